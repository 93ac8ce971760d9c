"""Rows that belong together: those that agree in who or what they are of make a track."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.readers.sheet import Words


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
        return texts if self.order is None else [texts[row] for row in self.order.tolist()]


def grouped(keys: Sequence[Words | None], rows: int) -> Groups:
    """Return the rows by what the columns say together; a column that is None says nothing of any row.

    >>> found = grouped([None, Words(np.array([0, 1, 0]), ["Ann", "Ben"])], 3)
    >>> [(group.key, found.order[group.rows].tolist()) for group in found.groups]
    [((None, 'Ann'), [0, 2]), ((None, 'Ben'), [1])]
    """
    whole = np.zeros(rows, np.int64)
    for words in keys:
        if words is not None and len(words.values):
            whole = np.unique(whole * (len(words.values) + 1) + words.codes + 1, return_inverse=True)[1]
    if rows and not whole.any():
        return Groups(None, [Group(_key(keys, 0), slice(0, rows))])
    _, firsts, whole = np.unique(whole, return_index=True, return_inverse=True)
    ranks = np.argsort(firsts)
    places = np.empty_like(ranks)
    places[ranks] = np.arange(len(ranks))
    order = np.argsort(places[whole], kind="stable")
    ends = np.cumsum(np.bincount(places[whole], minlength=len(ranks))).tolist()
    slices = map(slice, [0, *ends[:-1]], ends)
    found = [Group(_key(keys, row), part) for row, part in zip(firsts[ranks].tolist(), slices, strict=True)]
    return Groups(None if (order[1:] > order[:-1]).all() else order, found)


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
