"""Splits that keep a speaker on one side."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import GroupKFold, KFold, LeaveOneGroupOut, StratifiedGroupKFold, StratifiedKFold

from leed.errors import OptionError

Split = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Places of the rows to train on, and of those to test on."""


def folds(
    y: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    n_splits: int = 5,
    seed: int | None = 0,
    classes: bool = True,
) -> list[Split]:
    """Return up to n_splits splits that keep each group on one side, with the classes shared out evenly.

    With groups, the same people stand on the same side whatever the order of the rows. Without, rows are split as they
    stand. Fewer splits come out where there are fewer groups, or fewer rows of a class; none where that leaves one.

    >>> [test.tolist() for _, test in folds([0, 1, 0, 1], ["a", "a", "b", "b"], n_splits=5)]
    [[2, 3], [0, 1]]

    Args:
        y: (n,) targets.
        groups: (n,) who each row is of.
        n_splits: how many splits at most.
        seed: decides which groups stand together.
        classes: whether the targets are classes, and not numbers.

    Raises:
        OptionError: fewer than two splits are asked for.
    """
    if n_splits < 2:  # noqa: PLR2004 - one side to train on, and one to test on
        raise OptionError(f"n_splits is {n_splits!r}; give 2 or more")
    target = np.asarray(y)
    n = min(n_splits, _most(target, groups, classes=classes))
    if n < 2:  # noqa: PLR2004 - as above
        return []
    return list(_split(_splitter(n, seed, grouped=groups is not None, classes=classes), target, groups))


def _most(target: NDArray[Any], groups: ArrayLike | None, *, classes: bool) -> int:
    """How many splits there can be."""
    sizes = np.unique(target, return_counts=True)[1] if classes else np.array([len(target)])
    if groups is None:
        return int(sizes.min(initial=len(target)))
    return min(len(np.unique(np.asarray(groups))), int(sizes.max(initial=0)))


def _splitter(n: int, seed: int | None, *, grouped: bool, classes: bool) -> Any:  # noqa: ANN401 - sklearn has no types
    if grouped:
        kind = StratifiedGroupKFold if classes else GroupKFold
        return kind(n, shuffle=True, random_state=seed)
    return (StratifiedKFold if classes else KFold)(n, shuffle=True, random_state=seed)


def _split(splitter: Any, target: NDArray[Any], groups: ArrayLike | None) -> Iterator[Split]:  # noqa: ANN401 - as above
    with warnings.catch_warnings():  # that a class has fewer rows than there are splits is for data checks to say
        warnings.simplefilter("ignore", UserWarning)
        for train, test in splitter.split(np.zeros((len(target), 1)), target, groups):
            if len(train) and len(test):
                yield train, test


def leave_one_out(y: ArrayLike, groups: ArrayLike) -> list[Split]:
    """Return a split for each group, which alone is tested on.

    >>> [test.tolist() for _, test in leave_one_out([0, 1, 0], ["a", "a", "b"])]
    [[0, 1], [2]]
    """
    return list(_split(LeaveOneGroupOut(), np.asarray(y), groups))
