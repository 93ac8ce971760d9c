"""Information kept: how many bits about the acted emotion a linear model draws from words, for speakers it never met.

The figure is the log-loss that a model saves over guessing by the classes' frequencies, on held-out rows. It is not a
mutual information counted from a table: that one grows with every rare sentence, noise included. A model over noise
gains nothing here, or less than nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import leed
from leed.calibration import Calibration
from leed.calibration.fit import Fit
from leed.errors import InputError
from leed_evals.faithful.labelled import Labelled
from leed_evals.faithful.ways import described

FOLDS = 5
INNER_FOLDS = 3
SEED = 20261120
RESAMPLES = 2000

STRENGTHS = (0.03, 0.1, 0.3, 1.0, 3.0)
"""What scikit-learn's C is chosen from: words and numbers of many kinds need their own."""

Features = Callable[[NDArray[np.intp]], NDArray[np.float64]]
"""Gives the features of all rows, and may look at no rows but those of the training part to make them."""
Bits = NDArray[np.float64]
"""The gain of each held-out row."""


@dataclass(frozen=True)
class Estimate:
    """A mean over rows with its 95 % interval, from resampled speakers."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


# --- features


def words(description: leed.Description) -> list[str]:
    """Return what a sentence says: each label named, and each with its adverb; without terms, the sentence itself.

    >>> words(leed.describe({"Joy": 0.84, "Fear": 0.4}, modality="face"))
    ['Joy', 'extremely Joy', 'Fear', 'somewhat Fear']
    """
    either = len(description.terms) > 1
    said = [
        (term.label, f"{term.adverb or ('either' if either else 'plain')} {term.label}") for term in description.terms
    ]
    return [feature for pair in said for feature in pair] or [description.sentence]


def labels(description: leed.Description) -> list[str]:
    """Return the labels that a sentence names, without their adverbs."""
    return [term.label for term in description.terms] or [description.sentence]


def labels_in_order(description: leed.Description) -> list[str]:
    """Return the labels, and which of them comes first: the order too tells what is strong."""
    return [*labels(description), f"first {labels(description)[0]}"]


def one_hot(rows: Sequence[Sequence[str]]) -> NDArray[np.float64]:
    """Return a 0 or 1 for each row and each feature that occurs."""
    places = {feature: i for i, feature in enumerate(sorted({feature for row in rows for feature in row}))}
    matrix = np.zeros((len(rows), len(places)))
    for values, row in zip(matrix, rows, strict=True):
        values[[places[feature] for feature in row]] = 1.0
    return matrix


def raw(labelled: Labelled) -> Features:
    """Return the scores and their logarithms, since which of them a linear model needs depends on what made them."""
    scores = labelled.track.matrix.astype(np.float64)
    both = np.hstack([scores, np.log(np.maximum(scores, 0) + 0.01)])

    def features(training: NDArray[np.intp]) -> NDArray[np.float64]:
        spread = both[training].std(axis=0)
        return np.asarray((both - both[training].mean(axis=0)) / np.where(spread > 0, spread, 1))

    return features


def worded(descriptions: Sequence[leed.Description], said: Callable[[leed.Description], list[str]] = words) -> Features:
    """Return what the descriptions say, the same whatever the training part."""
    matrix = one_hot([said(description) for description in descriptions])
    return lambda _: matrix


def calibrated(labelled: Labelled, usual: NDArray[np.bool_]) -> Features:
    """Return what sentences say behind a gate that was fitted on those usual rows that are in the training part."""

    def features(training: NDArray[np.intp]) -> NDArray[np.float64]:
        calibration = fitted(labelled.track, training[usual[training]])
        describer = leed.Describer(calibration=calibration)
        return one_hot([words(description) for description in described(labelled.track, describer)])

    return features


def fitted(track: leed.Track, rows: NDArray[np.intp]) -> Calibration:
    """Return a calibration fitted on some rows of a track."""
    fit = Fit()
    part = leed.Track(labels=track.labels, matrix=track.matrix[rows], modality=track.modality, taxonomy=track.taxonomy)
    fit.add(leed.Recording((part,)))
    return fit.calibration("of the training part")


# --- held-out gain


def gain(features: Features, labelled: Labelled) -> Bits:
    """Return by how many bits a model beats the classes' frequencies on each row, whose speaker it never met.

    The model is a multinomial logistic regression with an L2 penalty of strength 1 / C. The C is the one that does best
    inside the training part, where speakers are left out in turn too.

    Raises:
        InputError: there are fewer than three speakers, or not each of them acted each emotion.
    """
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - comes with scikit-learn

    _check(labelled)
    classes = np.unique(labelled.acted, return_inverse=True)[1]
    bits = np.zeros(len(labelled))
    with threadpool_limits(1):  # the matrices are small, and the figures then depend on no number of cores
        for training, test in left_out(labelled.speakers, FOLDS):
            x = features(training)
            scored = np.zeros(len(STRENGTHS))
            for fit, check in left_out(labelled.speakers[training], INNER_FOLDS):
                scored += _log2(x, classes, training[fit], training[check], STRENGTHS).sum(axis=1)
            best = STRENGTHS[int(scored.argmax())]
            frequencies = np.bincount(classes[training], minlength=classes.max() + 1) / len(training)
            bits[test] = _log2(x, classes, training, test, (best,))[0] - np.log2(frequencies[classes[test]])
    return bits


def _check(labelled: Labelled) -> None:
    speakers, emotions = set(labelled.speakers.tolist()), set(labelled.acted.tolist())
    pairs = set(zip(labelled.speakers.tolist(), labelled.acted.tolist(), strict=True))
    if len(speakers) < 3 or len(pairs) < len(speakers) * len(emotions):  # noqa: PLR2004 - to fit, to choose C, to test
        raise InputError(
            f"{labelled.name}: {len(speakers)} speakers, {len(emotions)} emotions; give at least three speakers, each "
            "with every emotion, so that some can be left out"
        )


def left_out(speakers: NDArray[np.str_], folds: int) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield the rows to train and to test on, so that each speaker is tested on once and never trained on then."""
    different, speaker = np.unique(speakers, return_inverse=True)
    fold_of = np.arange(len(different)) % min(folds, len(different))
    fold = np.random.default_rng(SEED).permutation(fold_of)[speaker]
    for number in range(fold.max() + 1):
        yield np.flatnonzero(fold != number), np.flatnonzero(fold == number)


def mean(bits: Bits, speakers: NDArray[np.str_]) -> Estimate:
    """Return the mean over rows, with the interval that resampling the speakers gives."""
    different, speaker = np.unique(speakers, return_inverse=True)
    sums, counts = np.bincount(speaker, bits), np.bincount(speaker)
    drawn = np.random.default_rng(SEED).integers(len(different), size=(RESAMPLES, len(different)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Estimate(float(bits.mean()), float(low), float(high))


def _log2(
    x: NDArray[np.float64],
    classes: NDArray[np.intp],
    training: NDArray[np.intp],
    test: NDArray[np.intp],
    strengths: Sequence[float],
) -> NDArray[np.float64]:
    """The log2 of the probability that a model of each strength gives to the classes of the test rows.

    Rows that say the same are fitted as one, by weight: few sentences differ. Each strength begins where the one before
    has ended.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - of the extra ml

    rows, place = np.unique(x[training], axis=0, return_inverse=True)
    counts = np.zeros((len(rows), classes.max() + 1))
    np.add.at(counts, (place.ravel(), classes[training]), 1)
    row, of_class = np.nonzero(counts)
    model = LogisticRegression(max_iter=2000, tol=1e-4, warm_start=True)
    found = []
    for strength in strengths:
        model.set_params(C=strength).fit(rows[row], of_class, sample_weight=counts[row, of_class])
        found.append(model.predict_log_proba(x[test])[np.arange(len(test)), classes[test]] / np.log(2))
    return np.array(found)
