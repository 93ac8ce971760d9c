"""Rows that belong together: those that agree in who or what they are of make a track."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.readers.sheet import Words

_FEW = 1 << 16
"""Numbers of groups for which a table is kept however few rows there are."""


class Group(msgspec.Struct, frozen=True):
    """The rows of one track: key, and where they stand once the rows are ordered by key."""

    key: tuple[str | None, ...]
    rows: slice


class Groups(msgspec.Struct, frozen=True):
    """The rows of a table by key, keys in the order in which they first appear.

    Attributes:
        order: the rows in that order, or None where it is that of the table.
    """

    order: NDArray[np.int64] | None
    groups: Sequence[Group]

    def ordered(self, column: NDArray[Any]) -> NDArray[Any]:
        """Return a column in that order; nobody changes it."""
        if self.order is not None:
            column = column[self.order]
            column.flags.writeable = False
        return column

    def texts(self, texts: Sequence[str | None]) -> Sequence[str | None]:
        """Return texts in that order."""
        return texts if self.order is None else np.array(texts, np.object_)[self.order].tolist()


def grouped(keys: Sequence[Words | None], rows: int) -> Groups:
    """Return the rows by what the columns say together; a column that is None says nothing of any row.

    >>> found = grouped([None, Words(np.array([0, 1, 0]), ["Ann", "Ben"])], 3)
    >>> [(group.key, found.order[group.rows].tolist()) for group in found.groups]
    [((None, 'Ann'), [0, 2]), ((None, 'Ben'), [1])]
    """
    whole, count = _combined(keys, rows)
    if not rows:
        return Groups(None, [])
    if count == 1:
        return Groups(None, [Group(_key(keys, 0), slice(0, rows))])
    firsts = np.zeros(count, np.int64)
    firsts[whole[::-1]] = np.arange(rows - 1, -1, -1)
    by_first = np.argsort(firsts)
    places = np.empty(count, whole.dtype)
    places[by_first] = np.arange(count)
    whole = places[whole]
    ends = np.cumsum(np.bincount(whole, minlength=count)).tolist()
    slices = map(slice, [0, *ends[:-1]], ends)
    found = [Group(_key(keys, row), part) for row, part in zip(firsts[by_first].tolist(), slices, strict=True)]
    in_order = bool((whole[1:] >= whole[:-1]).all())
    return Groups(None if in_order else np.argsort(whole, kind="stable"), found)


def _combined(keys: Sequence[Words | None], rows: int) -> tuple[NDArray[Any], int]:
    """For each row the number of what the columns say together, and how many different ones there are.

    The numbers are as narrow as their count lets them be, and nothing is sorted unless nearly every row differs.
    """
    whole: NDArray[Any] = np.zeros(rows, np.uint8)
    count = 1
    for words in keys:
        if words is None or not len(words.values):
            continue
        base = len(words.values) + 1
        whole = whole.astype(np.min_scalar_type(count * base)) * base + (words.codes + 1).astype(np.uint32)
        if count * base > _FEW + 2 * rows:
            used, whole = np.unique(whole, return_inverse=True)
            count = len(used)
            continue
        is_used = np.zeros(count * base, np.bool_)
        is_used[whole] = True
        count = int(np.count_nonzero(is_used))
        whole = (np.cumsum(is_used) - 1).astype(np.min_scalar_type(count))[whole]
    return whole, count


def renamed(words: Words, name: Callable[[str], str | None]) -> Words:
    """Return the column with other names for its texts; None where there is none."""
    names = [name(value) for value in words.values]
    kept = {new: i for i, new in enumerate(dict.fromkeys(new for new in names if new is not None))}
    codes = np.array([*(-1 if new is None else kept[new] for new in names), -1], np.int32)
    return Words(codes[words.codes], list(kept))


def speaker_named(name: str) -> str | None:
    """Return the name of a speaker; None for "unknown", which is nobody's."""
    return None if name == "unknown" else name


def _key(keys: Sequence[Words | None], row: int) -> tuple[str | None, ...]:
    return tuple(None if words is None else words.at(row) for words in keys)
