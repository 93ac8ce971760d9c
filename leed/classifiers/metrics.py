"""How good predictions are: UAR and recalls for classes, CCC and MAE for numbers, intervals over speakers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leed.errors import InputError

_ROUNDS = 2000
_TEXT = "US"


@dataclass(frozen=True)
class Interval:
    """A figure, and the range in which it lies with a share of 0.95.

    >>> print(Interval(0.5, 0.25, 0.75))
    0.500 [0.250, 0.750]
    """

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def confusion(y_true: ArrayLike, y_pred: ArrayLike, labels: Sequence[Any] | None = None) -> NDArray[np.int64]:
    """Return (c, c) counts: row by row the true label, column by column the predicted one.

    >>> import sklearn
    >>> confusion(["a", "a", "b"], ["a", "b", "b"]).tolist()
    [[1, 1], [0, 1]]
    """
    from sklearn.metrics import confusion_matrix  # noqa: PLC0415 - it is slow to import

    true, told = _pair(y_true, y_pred)
    counts: NDArray[np.int64] = confusion_matrix(true, told, labels=labels)
    return counts


def recalls(y_true: ArrayLike, y_pred: ArrayLike) -> dict[Any, float]:
    """Return the share of each true label's samples that were predicted so.

    >>> recalls(["a", "a", "b"], ["a", "b", "b"])
    {'a': 0.5, 'b': 1.0}
    """
    true, told = _pair(y_true, y_pred)
    return {label: float(np.mean(told[true == label] == label)) for label in np.unique(true).tolist()}


def uar(y_true: ArrayLike, y_pred: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
    """Return the unweighted average recall: the mean of the recalls of the labels that there are.

    >>> uar(["a", "a", "b"], ["a", "b", "b"])
    0.75

    Raises:
        InputError: predictions or weights are not one for each sample, one is missing, or a label weighs nothing.
    """
    true, told = _pair(y_true, y_pred)
    weights = np.ones(len(true)) if sample_weight is None else _weights(sample_weight, len(true))
    labels, codes = np.unique(true, return_inverse=True)
    totals = np.bincount(codes, weights)
    if not totals.all():
        raise InputError(
            f"the samples of {labels[totals == 0][0]} all weigh 0; give some of them a weight, or leave them out"
        )
    return float(np.mean(np.bincount(codes, weights * (true == told)) / totals))


def ccc(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Return Lin's concordance correlation coefficient (Lin 1989, Biometrics 45): 1 where all are equal.

    >>> ccc([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]), round(ccc([1.0, 2.0, 3.0], [2.0, 3.0, 4.0]), 3)
    (1.0, 0.571)
    """
    true, told = _numbers(y_true, y_pred)
    apart = (true.mean() - told.mean()) ** 2
    spread = true.var() + told.var() + apart
    both = np.mean((true - true.mean()) * (told - told.mean()))
    return 1.0 if spread == 0 else float(2 * both / spread)


def mae(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Return the mean absolute error.

    >>> mae([1.0, 2.0], [1.5, 2.0])
    0.25
    """
    true, told = _numbers(y_true, y_pred)
    return float(np.mean(np.abs(true - told)))


@dataclass(frozen=True, eq=False)
class Reliability:
    """Whether labels are as probable as they are said to be.

    Attributes:
        told: (b,) mean probability of the predicted label, in each bin that has samples.
        right: (b,) share of them that were right.
        counts: (b,) samples.
        error: expected calibration error: the mean distance of the two, weighted by the counts.
    """

    told: NDArray[np.float64]
    right: NDArray[np.float64]
    counts: NDArray[np.int64]
    error: float


def reliability(y_true: ArrayLike, probabilities: ArrayLike, labels: Sequence[Any], *, bins: int = 10) -> Reliability:
    """Return how the probability of the predicted label goes with its being right, in bins of equal width.

    >>> reliability(["a", "b"], [[0.8, 0.2], [0.7, 0.3]], ["a", "b"], bins=2).error
    0.25

    Args:
        y_true: (n,) true labels.
        probabilities: (n, c) as ``predict_proba`` gives them.
        labels: c labels, the columns.
        bins: how many.

    Raises:
        InputError: the probabilities are not (n, c) numbers from 0 to 1.
    """
    told = _probabilities(probabilities, len(np.asarray(y_true)), len(labels))
    if bins < 1:
        raise InputError(f"bins is {bins}; give 1 or more")
    best = told.argmax(axis=1)
    sure = told[np.arange(len(told)), best]
    right = np.asarray(labels)[best] == np.asarray(y_true)
    places = np.minimum((sure * bins).astype(np.int64), bins - 1)
    counts = np.bincount(places, minlength=bins)
    some = counts > 0
    means = np.bincount(places, sure, minlength=bins)[some] / counts[some]
    shares = np.bincount(places, right, minlength=bins)[some] / counts[some]
    error = float(np.average(np.abs(means - shares), weights=counts[some]))
    return Reliability(means, shares, counts[some], error)


def interval(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    metric: Callable[[ArrayLike, ArrayLike], float] = uar,
    rounds: int = _ROUNDS,
    seed: int = 0,
) -> Interval:
    """Return a figure with its 95 % interval: a bootstrap over speakers, or over samples where there are none.

    Whole speakers are drawn with replacement, because the samples of one are alike.

    >>> print(interval(["a", "b", "a", "b"], ["a", "b", "a", "b"], ["s", "s", "t", "t"]))
    1.000 [1.000, 1.000]
    """
    true, told = _pair(y_true, y_pred)
    return _bootstrap(lambda rows: metric(true[rows], told[rows]), len(true), groups, rounds, seed)


def paired_difference(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    y_other: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    metric: Callable[[ArrayLike, ArrayLike], float] = uar,
    rounds: int = _ROUNDS,
    seed: int = 0,
) -> Interval:
    """Return by how much predictions are better than others on the same samples, with its 95 % interval.

    In each round both are judged on the same speakers, drawn with replacement.

    >>> print(paired_difference(["a", "b"] * 2, ["a", "b"] * 2, ["a", "a"] * 2, ["s", "s", "t", "t"]))
    0.500 [0.500, 0.500]
    """
    true, told = _pair(y_true, y_pred)
    _, other = _pair(y_true, y_other)

    def difference(rows: NDArray[np.int64]) -> float:
        return metric(true[rows], told[rows]) - metric(true[rows], other[rows])

    return _bootstrap(difference, len(true), groups, rounds, seed)


def _bootstrap(
    figure: Callable[[NDArray[np.int64]], float], n: int, groups: ArrayLike | None, rounds: int, seed: int
) -> Interval:
    if rounds < 1:
        raise InputError(f"rounds is {rounds}; give 1 or more")
    codes = np.arange(n) if groups is None else _codes(groups, n)
    members = np.split(np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes))[:-1])
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(members), (rounds, len(members)))
    figures = [figure(np.concatenate([members[i] for i in row])) for row in drawn.tolist()]
    low, high = np.quantile(figures, (0.025, 0.975))
    return Interval(float(figure(np.arange(n))), float(low), float(high))


def _codes(groups: ArrayLike, n: int) -> NDArray[np.int64]:
    """(n,) which group each sample is of, as a number."""
    who = np.asarray(groups)
    if who.shape != (n,):
        raise InputError(f"there are groups of shape {who.shape} for {n} samples; give one for each")
    if _lacks(who):
        raise InputError("a group is missing (None or NaN); say who each sample is of, or give no groups")
    return np.unique(who, return_inverse=True)[1]


def _pair(y_true: ArrayLike, y_pred: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    true, told = np.asarray(y_true), np.asarray(y_pred)
    if true.ndim != 1 or told.ndim != 1:
        raise InputError(
            f"samples have the shape {true.shape}, predictions {told.shape}; give one label or number each"
        )
    if len(true) != len(told) or not len(true):
        raise InputError(f"there are {len(told)} predictions for {len(true)} samples; give one for each, and some")
    for values, what in ((true, "samples' truth"), (told, "predictions")):
        if _lacks(values):
            raise InputError(f"among the {what} is a missing value (None or NaN); leave such samples out")
    if (true.dtype.kind in _TEXT) != (told.dtype.kind in _TEXT) and "O" not in true.dtype.kind + told.dtype.kind:
        raise InputError(
            f"the truth is such as {true[0]!s}, predictions such as {told[0]!s}: give both as text, or both as numbers"
        )
    return true, told


def _lacks(values: NDArray[Any]) -> bool:
    if values.dtype.kind == "f":
        return bool(np.isnan(values).any())
    return values.dtype.kind == "O" and any(value is None or value != value for value in values.flat)  # noqa: PLR0124 - NaN


def _numbers(y_true: ArrayLike, y_pred: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    true, told = _pair(y_true, y_pred)
    if true.dtype.kind in _TEXT or told.dtype.kind in _TEXT:
        raise InputError(f"the truth is such as {true[0]!s}, predictions such as {told[0]!s}: give numbers")
    return true.astype(np.float64), told.astype(np.float64)


def _weights(given: ArrayLike, n: int) -> NDArray[np.float64]:
    weights = np.asarray(given, np.float64)
    if weights.shape != (n,) or not np.isfinite(weights).all() or (weights < 0).any():
        raise InputError(
            f"sample_weight has the shape {weights.shape} for {n} samples; give a number from 0 up for each"
        )
    return weights


def _probabilities(given: ArrayLike, n: int, c: int) -> NDArray[np.float64]:
    told = np.asarray(given, np.float64)
    if told.shape != (n, c) or not n:
        raise InputError(
            f"probabilities have the shape {told.shape}; give ({n}, {c}): {n} samples, {c} labels, and some of both"
        )
    if not ((told >= 0) & (told <= 1)).all():
        raise InputError("a probability is NaN, or not from 0 to 1; give what predict_proba gives")
    return told
