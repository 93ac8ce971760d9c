"""Training on numbers, such as valence: cross-validated CCC and MAE, then a model of all examples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leed.classifiers import metrics
from leed.classifiers.regression import LeedRegressor
from leed.classifiers.saving import SavedModel, identity
from leed.classifiers.splits import folds
from leed.classifiers.training import Remembering, fit_all, known_of, labelled
from leed.embed import get_embedder
from leed.errors import InputError

if TYPE_CHECKING:
    from leed.classifiers.table import Examples
    from leed.fusion.items import Items

_PROGRESS = Callable[[Iterable[Any], str], Iterable[Any]]


@dataclass(frozen=True, eq=False)
class NumberReport:
    """How near predictions were on items that a model was not fitted on.

    Attributes:
        ccc: concordance correlation coefficient, with its 95 % interval over speakers (over items, where no speaker is
            known).
        mae: mean absolute error, with the same.
        folds: how many folds there were.
        predicted: (n,) the number that each item got.
    """

    ccc: metrics.Interval
    mae: metrics.Interval
    folds: int
    predicted: NDArray[np.float64]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "ccc": self.ccc.value,
            "ccc_interval": [self.ccc.low, self.ccc.high],
            "mae": self.mae.value,
            "mae_interval": [self.mae.low, self.mae.high],
            "folds": self.folds,
        }


def train_regressor(
    examples: Examples,
    *,
    features: str = "early",
    embedder: str = "lexical",
    n_folds: int = 5,
    seed: int = 0,
    progress: _PROGRESS | None = None,
) -> tuple[SavedModel, NumberReport]:
    """Return a model of all examples whose label is a number, and how near such models come on people held out.

    Examples without a label are left out.

    Raises:
        InputError: a label is no number, or there are too few items or groups to hold any out.
        OptionError: there are no such features, or no such embedder.
        MissingPackageError: what the embedder needs is not installed.
    """
    kept = labelled(examples)
    y = numbers_of(kept)
    groups = None if kept.groups is None else [str(group) for group in kept.groups]
    model: Any = LeedRegressor(features=features, embedder=Remembering(get_embedder(embedder)), random_state=seed)
    report = _cross_validated(model, kept.items, y, groups, n_folds=n_folds, seed=seed, progress=progress)
    fit_all(model, kept, y, embedder)
    return SavedModel(model, _about(model, kept, y, report, seed)), report


def numbers_of(examples: Examples) -> NDArray[np.float64]:
    """Return (n,) the labels as numbers.

    Raises:
        InputError: one is none.
    """
    found = np.zeros(len(examples))
    for place, label in enumerate(examples.labels):
        try:
            found[place] = float("nan" if isinstance(label, bool) else label)
        except (TypeError, ValueError):
            found[place] = np.nan
    wrong = np.flatnonzero(~np.isfinite(found))
    if len(wrong):
        shown = f"{examples.items.names[wrong[0]]} has {examples.labels[wrong[0]]!r}"
        raise InputError(
            f"{len(wrong)} of {len(found)} labels are no finite numbers ({shown}), which a regression needs: mend "
            "them, or name the column of numbers with --label, or train a classifier, without --regression"
        )
    return found


def _cross_validated(
    model: LeedRegressor,
    items: Items,
    y: NDArray[np.float64],
    groups: Sequence[str] | None,
    *,
    n_folds: int,
    seed: int,
    progress: _PROGRESS | None,
) -> NumberReport:
    from sklearn.base import clone  # noqa: PLC0415 - only here

    who = None if groups is None or len(set(groups)) == 1 else np.asarray(groups)
    splits = folds(y, who, n_splits=n_folds, seed=seed, classes=False)
    if not splits:
        raise InputError("no item can be held out to test on: cross-validation needs two items or more")
    predicted = np.zeros(len(y))
    for train, test in progress(splits, "cross-validating") if progress else splits:
        fold: Any = clone(model)
        fold.fit(items[train], y[train], groups=None if who is None else who[train])
        predicted[test] = fold.predict(items[test])
    return NumberReport(
        ccc=metrics.interval(y, predicted, who, metric=metrics.ccc),
        mae=metrics.interval(y, predicted, who, metric=metrics.mae),
        folds=len(splits),
        predicted=predicted,
    )


def _about(
    model: LeedRegressor, examples: Examples, y: NDArray[np.float64], report: NumberReport, seed: int
) -> dict[str, Any]:
    return {
        **identity(model),
        **known_of(model, examples),
        "range": [float(y.min()), float(y.max())],
        "alpha": model.alpha_,
        "seed": seed,
        "held_out": report.to_dict(),
    }
