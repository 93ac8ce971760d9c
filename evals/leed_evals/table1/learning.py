"""Predictions for speakers that a classifier never met: a linear SVM over scaled features, all chosen inside training.

Vectors of sentences are scaled, and turned to their 64 strongest principal components; whether these keep their spread
or are scaled again, and which C, is chosen by inner folds of speakers. Rows that read the same count as one by weight:
few sentences differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.svm import LinearSVC

from leed.errors import InputError
from leed_evals.faithful.information import left_out

OUTER = 10
FEWER = 5
MANY = 2000
"""Of more items, there are fewer folds."""
INNER = 3
COMPONENTS = 64
_WIDE = 1000
"""Of wider vectors, components are found by a random start, always the same one."""
RAW_C = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)
SPREAD_C = (1e-6, 1e-5, 1e-4, 1e-3)
SCALED_C = (1e-3, 1e-2)

Matrix = NDArray[np.float64]
Rows = NDArray[np.intp]
Choice = tuple[str, float]
"""What was chosen: whether components keep their spread or are scaled, and C."""


@dataclass(frozen=True, eq=False)
class Features:
    """What a classifier sees of each item.

    Attributes:
        scores: (n, k) numbers that are used as they are; NaN counts as 0. None: there are none.
        vectors: (n, d) vectors of sentences. None: there are none.
        alike: (n,) rows with the same number have the same features.
    """

    scores: Matrix | None
    vectors: NDArray[np.float32] | None
    alike: Rows

    @property
    def dims(self) -> int:
        """How many numbers there are for an item."""
        return sum(part.shape[1] for part in (self.scores, self.vectors) if part is not None)


def of_scores(scores: NDArray[np.float32]) -> Features:
    """Return scores as features."""
    return Features(np.nan_to_num(scores.astype(np.float64)), None, _alike(scores))


def of_vectors(vectors: NDArray[np.float32], alike: Rows) -> Features:
    """Return vectors as features; a number that is the same in all of them tells nothing, and is left out."""
    varying = np.ptp(vectors, axis=0) > 0
    return Features(None, vectors[:, varying] if varying.any() else vectors[:, :1], alike)


def together(scores: Features, vectors: Features) -> Features:
    """Return scores and vectors side by side."""
    return Features(scores.scores, vectors.vectors, _alike(np.column_stack([scores.alike, vectors.alike])))


def _alike(rows: NDArray[np.generic]) -> Rows:
    return np.unique(np.asarray(rows), axis=0, return_inverse=True)[1].reshape(-1)


def predictions(features: Features, labels: NDArray[np.str_], groups: NDArray[np.str_]) -> NDArray[np.str_]:
    """Return a label for each item, from a classifier that was trained, and chosen, on other speakers alone.

    Raises:
        InputError: there are fewer than three speakers, or a speaker has a class that nobody else has.
    """
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - comes with scikit-learn

    _check(labels, groups)
    predicted = np.empty_like(labels)
    with threadpool_limits(1):  # so that the figures depend on no number of cores
        for training, test in left_out(groups, OUTER if len(labels) <= MANY else FEWER):
            chosen = _chosen(features, labels, groups, training)
            predicted[test] = _predicted(features, labels, training, test, [chosen])[0]
    return predicted


def optimistic(
    features: Features, labels: NDArray[np.str_], groups: NDArray[np.str_], seed: int
) -> tuple[NDArray[np.str_], Rows]:
    """Return labels and the rows they are of, as the paper's protocol has it: the best choice on the test set itself.

    Twenty speakers are trained on and four others tested on; where there are fewer, all but four.

    Raises:
        InputError: there are fewer than six speakers.
    """
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - comes with scikit-learn

    different = np.unique(groups)
    if len(different) < 6:  # noqa: PLR2004 - four to test on
        raise InputError(f"{len(different)} speakers are too few for the paper's protocol: give six at least")
    drawn = np.random.default_rng(seed).permutation(different)
    test = np.flatnonzero(np.isin(groups, drawn[:4]))
    training = np.flatnonzero(np.isin(groups, drawn[4:24]))
    with threadpool_limits(1):
        every = _predicted(features, labels, training, test, _choices(features))
    best = int(np.argmax([_uar(labels[test], one) for one in every]))
    return every[best], test


def _check(labels: NDArray[np.str_], groups: NDArray[np.str_]) -> None:
    speakers = np.unique(groups)
    if len(speakers) < 3:  # noqa: PLR2004 - to train on, to choose by, to test on
        raise InputError(f"{len(speakers)} speakers are too few: give three at least, so that some can be left out")
    if len(np.unique(labels)) < 2:  # noqa: PLR2004 - something to tell apart
        raise InputError(f"every item has the label {str(labels[0])!r}: give two classes at least")
    for label in np.unique(labels):
        if len(np.unique(groups[labels == label])) < 3:  # noqa: PLR2004 - as above
            raise InputError(f"fewer than three speakers have the label {str(label)!r}: leave it out, or give more")


def _choices(features: Features) -> list[Choice]:
    if features.vectors is None:
        return [("scores", c) for c in RAW_C]
    return [*(("spread", c) for c in SPREAD_C), *(("scaled", c) for c in SCALED_C)]


def _chosen(features: Features, labels: NDArray[np.str_], groups: NDArray[np.str_], training: Rows) -> Choice:
    """What does best on speakers inside the training part; of equals, the first, which is the plainest."""
    choices = _choices(features)
    reached = np.zeros(len(choices))
    for fit, check in left_out(groups[training], INNER):
        every = _predicted(features, labels, training[fit], training[check], choices)
        reached += [_uar(labels[training[check]], one) for one in every]
    return choices[int(np.argmax(reached.round(9)))]


def _predicted(
    features: Features, labels: NDArray[np.str_], training: Rows, test: Rows, choices: Sequence[Choice]
) -> list[NDArray[np.str_]]:
    """The labels of the test rows, for each choice."""
    first, weights = _weighted(features.alike[training], labels[training])
    scores = None if features.scores is None else _scaled(features.scores, training)
    vectors, spread = (None, np.ones(1)) if features.vectors is None else _components(features.vectors, training)
    found = []
    for kind, c in choices:
        x = _seen(scores, vectors, spread, kind)
        options: dict[str, Any] = {"dual": False, "tol": 1e-2, "max_iter": 2000}
        model = LinearSVC(C=c, **options)
        model.fit(x[training[first]], labels[training[first]], sample_weight=weights)
        found.append(model.predict(x[test]))
    return found


def _weighted(alike: Rows, labels: NDArray[np.str_]) -> tuple[Rows, Matrix]:
    """One row of each that are alike and have the same label, and its weight: each class counts the same in all."""
    classes, label = np.unique(labels, return_inverse=True)
    _, first, place = np.unique(np.column_stack([alike, label]), axis=0, return_index=True, return_inverse=True)
    counts = np.bincount(label)
    return first, np.bincount(place.reshape(-1)) * (len(labels) / len(classes) / counts)[label[first]]


def _scaled(values: Matrix, training: Rows) -> Matrix:
    mean, spread = values[training].mean(axis=0), values[training].std(axis=0)
    return np.asarray((values - mean) / np.where(spread > 0, spread, 1))


def _components(vectors: NDArray[np.float32], training: Rows) -> tuple[Matrix, Matrix]:
    """All rows on the strongest components of the training part, and how far they spread on each."""
    x = _scaled(vectors.astype(np.float64), training)
    most = min(COMPONENTS, x.shape[1], len(training))
    solver = "covariance_eigh" if x.shape[1] <= _WIDE else "randomized"
    pca = PCA(most, svd_solver=solver, random_state=0).fit(x[training])
    return pca.transform(x), np.maximum(np.sqrt(pca.explained_variance_), 1e-6)


def _seen(scores: Matrix | None, vectors: Matrix | None, spread: Matrix, kind: str) -> Matrix:
    """The features for a choice; beside vectors that keep their spread, scores get as much of it as all of them."""
    if vectors is None:
        return scores if scores is not None else np.empty((0, 0))
    placed = vectors / spread if kind == "scaled" else vectors
    if scores is None:
        return placed
    weight = float(np.sqrt((spread**2).sum() / scores.shape[1])) if kind == "spread" else 1.0
    return np.hstack([scores * weight, placed])


def _uar(labels: NDArray[np.str_], predicted: NDArray[np.str_]) -> float:
    return float(np.mean([(predicted[labels == one] == one).mean() for one in np.unique(labels)]))
