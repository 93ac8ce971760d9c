"""Runs of rows of a long table: what follows each other of one stretch, whose who and when is kept once.

Where all rows of a label come before those of the next, as ``melt`` of pandas writes them, each row is a run; but the
runs of the second label are those of the first, in their order, and so they need not be kept again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.readers.matrices import finite
from leed.readers.sheet import Column, Numbers, Sheet, Words
from leed.readers.stack import Plan, Stack

_MOST_SPANS = 1 << 12  # of one sheet
_MOST_NEW = 16  # of those: each takes a look at the rest of the sheet
_FEW = 64

Keys = Mapping[int, NDArray[Any]]


class Found(msgspec.Struct, frozen=True):
    """The runs of some rows.

    Attributes:
        lengths: of how many rows each is.
        spans: which of the runs that are kept they are, as ranges in their order.
    """

    lengths: NDArray[np.int32]
    spans: Sequence[range]

    def taken(self, values: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the value of each run out of those of all that are kept."""
        return np.concatenate([values[span.start : span.stop] for span in self.spans])


class Runs(Stack):
    """The runs that are kept, by column.

    >>> from leed.readers.sheet import Cells
    >>> runs = Runs(times=[0], words=[])
    >>> time = Cells(["0.0", "0.5", "0.5", "1.0", "0.0", "0.5"], comma=False)
    >>> found = runs.found(Sheet({0: time}, 6))
    >>> found.lengths.tolist(), found.spans, runs.numbers(0).tolist()
    ([1, 2, 1, 1, 1], [range(0, 3), range(0, 2)], [0.0, 0.5, 1.0])
    """

    def __init__(self, times: Collection[int], words: Collection[int]) -> None:
        """Tell stretches apart by these columns."""
        super().__init__(Plan(numbers=times, times=times, words=words))
        self._fields = (*times, *words)
        self._next = 0  # behind those that the last rows are
        self._anchor = 0  # the first of the last that were new together
        self._growing = False

    def found(self, sheet: Sheet) -> Found:
        """Return the runs of some rows, and keep those that are new."""
        starts = np.flatnonzero(self._turns(sheet))
        lengths = np.diff(starts, append=sheet.rows).astype(np.int32)
        if (lengths == 1).all():  # as in the order of melt: they take no memory
            lengths = np.broadcast_to(np.int32(1), len(lengths))
        keys = self._keys(sheet, starts)
        return Found(lengths, [self._kept(sheet, starts)] if keys is None else self._spans(sheet, starts, keys))

    def identified(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the number of the stretch of each run that is kept, in the order of the table, and its first run."""
        whole = np.zeros(self.rows, np.int64)
        for place in self._fields:
            values = self.numbers(place) if place in self._numbers else self.words(place).codes
            if len(values) and (values == values[0]).all():
                continue
            codes = np.unique(values, return_inverse=True)[1]
            if whole.any():
                codes = np.unique(whole * (int(codes.max()) + 1) + codes, return_inverse=True)[1]
            whole = codes
        _, firsts, whole = np.unique(whole, return_index=True, return_inverse=True)
        ranks = np.argsort(firsts)
        places = np.empty_like(ranks)
        places[ranks] = np.arange(len(ranks))
        return places[whole], firsts[ranks]

    def _turns(self, sheet: Sheet) -> NDArray[np.bool_]:
        """At which rows something else begins."""
        turns = np.zeros(sheet.rows, np.bool_)
        turns[0] = True
        for place in self._fields:
            codes = _codes(sheet.columns[place], is_time=place in self._numbers)
            turns[1:] |= (codes[1:] != codes[:-1]) & ~(np.isnan(codes[1:]) & np.isnan(codes[:-1]))
        return turns

    def _keys(self, sheet: Sheet, starts: NDArray[np.int64]) -> Keys | None:
        """What tells runs apart as it would be kept; None where a time is no number, which is counted."""
        keys: dict[int, NDArray[Any]] = {}
        for place in self._fields:
            if place in self._numbers:
                keys[place], odd = finite(sheet.columns[place].numbers().values[starts])
                if odd:
                    return None
            else:
                words = sheet.columns[place].words()
                keys[place] = self._words[place].known(words)[words.codes[starts]]
        return keys

    def _spans(self, sheet: Sheet, starts: NDArray[np.int64], keys: Keys) -> list[range]:
        """The runs, as those that were kept before, and new ones."""
        spans: list[range] = []
        at = new = 0
        while at < len(starts):
            for first in (self._next, self._anchor, 0):
                count = self._same(keys, at, first)
                if count:
                    spans.append(range(first, first + count))
                    self._growing = False
                    break
            else:
                if not self._growing:
                    self._anchor, self._growing = self.rows, True
                new += 1
                more = len(spans) < _MOST_SPANS and new < _MOST_NEW
                end = self._again(keys, at) if more else len(starts)
                spans.append(self._kept(sheet, starts[at:end]))
                if more and end < len(starts):
                    keys = self._keys(sheet, starts) or keys  # words that were new are known now
            self._next = spans[-1].stop
            at += len(spans[-1])
        return spans

    def _kept(self, sheet: Sheet, starts: NDArray[np.int64]) -> range:
        """Keep runs that are new."""
        before = self.rows
        columns = {place: _Taken(sheet.columns[place], starts) for place in self._fields}
        self.add(Sheet(columns, len(starts)))
        return range(before, self.rows)

    def _same(self, keys: Keys, at: int, first: int) -> int:
        """How many runs, from one on, are those that are kept, from one on."""
        end = at + self.rows - first
        same, size = 0, 1
        length = min(end, _length(keys, end)) - at
        while same < length:
            size = min(size, length - same)
            equal = self._equal(keys, at + same, first + same, size)
            if not equal.all():
                return same + int(np.argmin(equal))
            same, size = same + size, size * _FEW
        return same

    def _equal(self, keys: Keys, at: int, first: int, size: int) -> NDArray[np.bool_]:
        equal = np.ones(size, np.bool_)
        for place, values in keys.items():
            column = self._numbers.get(place) or self._words[place]
            equal &= _alike(values[at : at + size], column.part(first, first + size))
        return equal

    def _again(self, keys: Keys, at: int) -> int:
        """Where, behind a run, the first of the last runs that were new comes again."""
        again = np.ones(_length(keys, at + 1) - at - 1, np.bool_)
        for place, values in keys.items():
            column = self._numbers.get(place) or self._words[place]
            first = values[at : at + 1] if self._anchor == self.rows else column.part(self._anchor, self._anchor + 1)
            again &= _alike(values[at + 1 :], first)
        return at + 1 + (int(np.argmax(again)) if again.any() else len(again))


def _length(keys: Keys, default: int) -> int:
    return min(map(len, keys.values()), default=default)


def _alike(some: NDArray[Any], others: NDArray[Any]) -> NDArray[np.bool_]:
    alike: NDArray[np.bool_] = (some == others) | (np.isnan(some) & np.isnan(others))
    return alike


class _Taken:
    """Some rows of a column."""

    def __init__(self, column: Column, rows: NDArray[np.int64]) -> None:
        self.form = column.form
        self._column = column
        self._rows = rows

    def numbers(self) -> Numbers:
        """Return the column as numbers."""
        numbers = self._column.numbers()
        return Numbers(numbers.values[self._rows], numbers.quantity)

    def vectors(self) -> None:
        """Return None: nothing is kept of these."""

    def texts(self) -> NDArray[np.object_]:
        """Return the text of each row, None where there is none."""
        return self._column.texts()[self._rows]

    def words(self) -> Words:
        """Return the column as text, each different one once."""
        words = self._column.words()
        return Words(words.codes[self._rows], words.values)


def _codes(column: Column, *, is_time: bool) -> NDArray[Any]:
    """Numbers that differ where the cells do."""
    values = column.numbers().values if is_time else None
    return column.words().codes.astype(np.float64) if values is None or np.isinf(values).any() else values
