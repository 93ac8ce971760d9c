"""What estimators are given: a matrix of numbers, checked as scikit-learn does, or items, made into features."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import _check_sample_weight, check_consistent_length, validate_data

from leed.fusion.items import Items
from leed.schema.recording import Recording
from leed.schema.terms import Segment
from leed.schema.tracks import Track

_ONE = (Mapping, Recording, Track, Segment, str, os.PathLike, Items)


def are_items(given: Any) -> bool:
    """Return whether an X is items and not a matrix of numbers.

    >>> are_items([{"face": {"Joy": 0.8}}]), are_items([[0.8, 0.1]])
    (True, False)
    """
    if isinstance(given, (Items, Recording)):
        return True
    return isinstance(given, (list, tuple)) and len(given) > 0 and isinstance(given[0], _ONE)


class Features:
    """What the estimators share that take numbers or items."""

    features: str
    embedder: Any
    describer: Any
    vectorizer_: Any


def checked_fit(
    estimator: Any,
    X: Any,
    y: ArrayLike,
    groups: ArrayLike | None,
    sample_weight: ArrayLike | None,
    **options: Any,
) -> tuple[NDArray[np.float64], NDArray[Any], NDArray[Any] | None, NDArray[np.float64] | None]:
    """Return features, targets, groups and weights; what makes features of items is fitted on the way."""
    estimator.vectorizer_ = None
    given = X
    if are_items(X):
        from leed.classifiers.vectorizers import FusionVectorizer  # noqa: PLC0415 - it uses this module

        given = Items.of(X)
        estimator.vectorizer_ = FusionVectorizer(
            features=estimator.features, embedder=estimator.embedder, describer=estimator.describer
        )
        given = estimator.vectorizer_.fit_transform(given)
    check: Any = validate_data  # its types are guessed from its defaults
    x, target = check(estimator, given, y, dtype=np.float64, **options)
    who = None if groups is None else np.asarray(groups)
    if who is not None:
        check_consistent_length(x, who)
    weights = None if sample_weight is None else _check_sample_weight(sample_weight, x, dtype=np.float64)
    return x, target, who, weights


def checked_x(estimator: Any, X: Any) -> NDArray[np.float64]:
    """Return features, by what was fitted."""
    given = X
    if estimator.vectorizer_ is not None:
        given = estimator.vectorizer_.transform(Items.of(X))
    check: Any = validate_data
    checked: NDArray[np.float64] = check(estimator, given, dtype=np.float64, reset=False)
    return checked
