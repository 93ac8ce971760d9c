"""Training: cross-validated figures, then a model of all examples, with what is known of it."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leed.classifiers import metrics
from leed.classifiers.linear import LeedClassifier
from leed.classifiers.saving import SavedModel, identity
from leed.classifiers.splits import Split, folds
from leed.embed import Embedder, get_embedder
from leed.errors import InputError

if TYPE_CHECKING:
    from leed.classifiers.table import Examples
    from leed.fusion.items import Items

_PROGRESS = Callable[[Iterable[Any], str], Iterable[Any]]


@dataclass(frozen=True, eq=False)
class Report:
    """How good predictions were on items that a model was not fitted on.

    Attributes:
        uar: unweighted average recall, with its 95 % interval over speakers (over items, where no speaker is known).
        recalls: by label, of those that could be held out.
        labels: c labels, the order of ``confusion``.
        confusion: (c, c) counts: true labels by row, predicted ones by column.
        calibration_error: expected calibration error of the probabilities.
        folds: how many folds there were.
        predicted: (n,) the label that each item got.
    """

    uar: metrics.Interval
    recalls: dict[Any, float]
    labels: tuple[Any, ...]
    confusion: NDArray[np.int64]
    calibration_error: float
    folds: int
    predicted: NDArray[Any]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "uar": self.uar.value,
            "uar_interval": [self.uar.low, self.uar.high],
            "recalls": {str(label): recall for label, recall in self.recalls.items()},
            "labels": [str(label) for label in self.labels],
            "confusion": self.confusion.tolist(),
            "calibration_error": self.calibration_error,
            "folds": self.folds,
        }


class Remembering:
    """An embedder that embeds no text twice over all folds.

    >>> remembering = Remembering(get_embedder("lexical", dimensions=8))
    >>> remembering.embed(["quite sad", "quite sad"]).shape, remembering.name
    ((2, 8), 'lexical')
    """

    def __init__(self, embedder: Embedder) -> None:
        self.inner = embedder
        self.kept: dict[str, NDArray[np.float32]] = {}

    @property
    def name(self) -> str:
        """The name of what embeds."""
        return self.inner.name

    @property
    def version(self) -> str:
        """The weights and settings of what embeds."""
        return self.inner.version

    @property
    def dimensions(self) -> int | None:
        """How long a vector is."""
        return self.inner.dimensions

    def embed(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """Return (n, d) float32, a row for each text."""
        new = [text for text in dict.fromkeys(texts) if text not in self.kept]
        if new:
            self.kept.update(zip(new, self.inner.embed(new), strict=True))
        return np.stack([self.kept[text] for text in texts]) if len(texts) else self.inner.embed([])

    def __deepcopy__(self, _: object) -> Remembering:
        return self  # a clone of an estimator goes on with what is remembered


def cross_validated(
    model: LeedClassifier,
    items: Items,
    labels: Sequence[Any],
    groups: Sequence[Any] | None = None,
    *,
    n_folds: int = 5,
    seed: int = 0,
    progress: _PROGRESS | None = None,
) -> Report:
    """Return how good a model is on people whom it was not fitted on.

    In each fold everything is fitted anew on the training side: what stands in for missing numbers, the calibration if
    there is one, scaling, C.

    Raises:
        InputError: there are too few items or groups to hold any out.
    """
    from sklearn.base import clone  # noqa: PLC0415 - only here

    y = np.asarray(labels)
    who = None if groups is None or len(set(groups)) == 1 else np.asarray([str(group) for group in groups])
    splits = [split for split in folds(y, who, n_splits=n_folds, seed=seed) if len(np.unique(y[split[0]])) > 1]
    if not splits:
        raise InputError(
            "no item can be held out to test on: cross-validation needs two items of each class, and two groups that "
            "each have several classes"
        )
    classes = np.unique(y)
    predicted, told = y.copy(), np.zeros((len(y), len(classes)))
    tested = np.zeros(len(y), bool)
    for train, test in progress(splits, "cross-validating") if progress else splits:
        fold: Any = clone(model)
        fold.fit(items[train], y[train], groups=None if who is None else who[train])
        predicted[test] = fold.predict(items[test])
        told[np.ix_(test, np.searchsorted(classes, fold.classes_))] = fold.predict_proba(items[test])
        tested[test] = True
    return _report(y[tested], predicted[tested], told[tested], None if who is None else who[tested], splits, classes)


def _report(
    y: NDArray[Any],
    predicted: NDArray[Any],
    told: NDArray[np.float64],
    who: NDArray[Any] | None,
    splits: Sequence[Split],
    classes: NDArray[Any],
) -> Report:
    return Report(
        uar=metrics.interval(y, predicted, who),
        recalls=metrics.recalls(y, predicted),
        labels=tuple(classes.tolist()),
        confusion=metrics.confusion(y, predicted, classes.tolist()),
        calibration_error=metrics.reliability(y, told, classes.tolist()).error,
        folds=len(splits),
        predicted=predicted,
    )


def train(
    examples: Examples,
    *,
    features: str = "early",
    embedder: str = "lexical",
    n_folds: int = 5,
    seed: int = 0,
    progress: _PROGRESS | None = None,
) -> tuple[SavedModel, Report]:
    """Return a model of all examples that have a label, and how good such models are on people held out.

    Raises:
        InputError: there are too few items or groups to hold any out.
        OptionError: there are no such features, or no such embedder.
        MissingPackageError: what the embedder needs is not installed.
    """
    kept = labelled(examples)
    labels = [str(label) for label in kept.labels]
    remembering = Remembering(get_embedder(embedder))
    model = LeedClassifier(features=features, embedder=remembering, random_state=seed)
    report = cross_validated(model, kept.items, labels, kept.groups, n_folds=n_folds, seed=seed, progress=progress)
    fit_all(model, kept, labels, embedder)
    return SavedModel(model, _about(model, kept, report, seed)), report


def labelled(examples: Examples) -> Examples:
    """Return those that have a label."""
    return examples.take([place for place, label in enumerate(examples.labels) if label is not None])


def fit_all(model: Any, examples: Examples, y: Any, embedder: str) -> None:
    """Fit a model on all examples; it then goes by the embedder's name, and keeps no vectors."""
    model.fit(examples.items, y, groups=None if examples.groups is None else [str(group) for group in examples.groups])
    for part in (model, model.vectorizer_):
        part.set_params(embedder=embedder)


def _about(model: LeedClassifier, examples: Examples, report: Report, seed: int) -> dict[str, Any]:
    labels = [str(label) for label in examples.labels]
    return {
        **identity(model),
        **known_of(model, examples),
        "labels": model.classes_.tolist(),
        "by_label": {label: labels.count(label) for label in model.classes_.tolist()},
        "C": model.C_,
        "seed": seed,
        "held_out": report.to_dict(),
    }


def known_of(model: Any, examples: Examples) -> dict[str, Any]:
    """Return what is known of any model that was trained on items: its features, its data, what made it."""
    import sklearn  # noqa: PLC0415 - only its version

    return {
        "features": model.features,
        "columns": int(vars(model)["n_features_in_"]),
        "modalities": {name: layout["labels"] for name, layout in model.vectorizer_.layout_.items()},
        "items": len(examples),
        "groups": None if examples.groups is None else len(set(examples.groups)),
        "versions": {
            "leed": version("leed"),
            "scikit-learn": str(sklearn.__version__),
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
    }
