"""Scores of tables: columns side by side in one growing float32 buffer, which is rearranged where it lies.

Memory stays near that of the scores: what the buffer has in reserve is not touched, and nothing but a block of rows is
ever held twice. Columns that come one after the other are put down so within each block of rows, and are laid side by
side at last, while a block is in the processor's cache: that passes over the memory of all scores once, not once for
each column.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leed.finite import is_finite
from leed.float32 import INFINITE

_BLOCK = 4000  # rows of 48 scores that fit a processor's cache, whose parts columns share if it is a power of two
_ABREAST = 4  # columns whose rows are put into another order at once


class Matrix:
    """Rows of scores, added in blocks; as long as there are none but NaN, they take no memory.

    >>> matrix = Matrix(2)
    >>> matrix.add([np.array([0.5, np.inf]), np.array([1.0, 2.0])], 2)
    {0: 1}
    >>> matrix.rearranged([1, 0]).tolist()
    [[1.0, 0.5], [2.0, nan]]

    Attributes:
        expected: how many rows there will be, as far as can be told; memory is reserved for them.
        has_gaps: whether there is NaN.
    """

    def __init__(self, width: int) -> None:
        self.expected = 0
        self.has_gaps = False
        self._width = width
        self._rows = 0
        self._flat = np.empty(0, np.float32)
        self._pending = 0  # rows of NaN that take no memory yet: all there are, or none
        self._by_column = False  # whether the columns of each _BLOCK of rows lie one behind the other

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing but NaN."""
        return self._pending == self._rows

    def add(self, columns: Sequence[NDArray[Any]], rows: int) -> dict[int, int]:
        """Add rows, given by column; return which columns hold how many numbers that are none in float32: now NaN."""
        if self.is_blank and all(map(is_nan, columns)):
            self._pending += rows
            self._rows += rows
            self.has_gaps = self.has_gaps or bool(rows and columns)
            return {}
        self._fill()
        odd: dict[int, int] = {}
        for start in range(0, rows, _BLOCK):
            stop = min(start + _BLOCK, rows)
            block = self._reserved(stop - start)
            with np.errstate(over="ignore"):
                for i, column in enumerate(columns):
                    block[:, i] = column[start:stop]
            for place in self._infinite(block):
                block[:, place], count = finite(block[:, place])
                odd[place] = odd.get(place, 0) + count
        return odd

    def put(self, columns: Mapping[int, NDArray[Any]], first: int) -> dict[int, int]:
        """Put cells of some columns where they belong, from one of the expected rows on; return the same as `add`.

        All of the expected rows have to be put, of each column.
        """
        if not self._begun(columns.values()):
            return {}
        odd = {}
        for place, column in columns.items():
            if not _is_full(column):
                self.has_gaps = True
                known, odd[place] = finite(column)
                columns = {**columns, place: known}
        last = first + len(next(iter(columns.values())))
        for start, block in self._blocks(first, last):
            low, high = max(start, first), min(start + block.shape[1], last)
            for place, column in columns.items():
                block[place, low - start : high - start] = column[low - first : high - first]
        return {place: count for place, count in odd.items() if count}

    def column(self, place: int) -> NDArray[np.float32]:
        """Return a copy of one column."""
        self._fill()
        if self._by_column:
            return np.concatenate([self._flat[:0], *(block[place] for _, block in self._blocks(0, self._rows))])
        return self._flat[place : self._rows * self._width : self._width].copy()

    def rearranged(self, columns: Sequence[int | NDArray[Any]]) -> NDArray[np.float32]:
        """Return the rows with these columns, in the memory in which they lie; nothing can be added any more.

        Args:
            columns: each is the number of one that was added, or a column of as many numbers that is to stand there.
        """
        self._fill()
        as_they_are = len(columns) == self._width and all(isinstance(c, int) and c == i for i, c in enumerate(columns))
        if self._by_column or not as_they_are:
            self._rewrite(columns, as_they_are=as_they_are)
        return self._flat[: self._rows * len(columns)].reshape(self._rows, len(columns))

    def _begun(self, columns: Iterable[NDArray[Any]]) -> bool:
        """Whether the expected rows have their memory, which they take when the first number comes."""
        if not self._rows:
            self._rows = self._pending = self.expected
            self._by_column = True
        if not self._pending:
            return True
        if all(map(is_nan, columns)):
            self.has_gaps = True
            return False
        if self.has_gaps:
            self._fill()
        else:  # nothing was left out
            self._rows = self._pending = 0
            self._reserved(self.expected)
        return True

    def _blocks(self, first: int, last: int) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """The first row, and the memory by column, of each block that holds some of these rows."""
        for start in range(first - first % _BLOCK, last, _BLOCK):
            stop = min(start + _BLOCK, self._rows)
            block = self._flat[start * self._width : stop * self._width]
            yield start, block.reshape(self._width, stop - start)

    def _fill(self) -> None:
        """Let the rows that were pending take their memory."""
        if self._pending:
            self._rows, rows = 0, self._rows
            self._reserved(rows).fill(np.nan)
            self._pending, self.has_gaps = 0, True

    def _reserved(self, rows: int) -> NDArray[np.float32]:
        """The place of the next rows. What was returned before must not be looked at any more: it may have moved."""
        start, end = self._rows * self._width, (self._rows + rows) * self._width
        if not self._rows:
            self._flat = np.empty(max(end, self.expected * self._width), np.float32)
        elif end > len(self._flat):
            self._flat.resize(max(end, len(self._flat) + len(self._flat) // 16), refcheck=False)
        self._rows += rows
        return self._flat[start:end].reshape(rows, self._width)

    def _infinite(self, block: NDArray[np.float32]) -> list[int]:
        """Which columns hold infinity; that there is NaN is noted."""
        if is_finite(block):
            return []
        self.has_gaps = True
        return np.flatnonzero(np.isinf(block).any(axis=0)).tolist()

    def _rewrite(self, columns: Sequence[int | NDArray[Any]], *, as_they_are: bool) -> None:
        rows, old, new = self._rows, self._width, len(columns)
        if new > old:
            self._flat.resize(rows * new, refcheck=False)
        starts = range(0, rows, _BLOCK)
        for start in starts if new <= old else reversed(starts):  # so that no row is written over one still to be read
            stop = min(start + _BLOCK, rows)
            block = self._flat[start * old : stop * old].copy()
            block = block.reshape(old, stop - start).T if self._by_column else block.reshape(stop - start, old)
            moved = self._flat[start * new : stop * new].reshape(stop - start, new)
            if as_they_are:
                moved[:] = block
                continue
            for i, column in enumerate(columns):
                moved[:, i] = block[:, column] if isinstance(column, int) else column[start:stop]
        if new < old:
            self._flat.resize(rows * new, refcheck=False)
        self._by_column = False


class Lent:
    """Float32 numbers in memory of their own, which goes back to the system as soon as nobody has them any more.

    What is freed to a heap most often stays with the process.

    Attributes:
        values: zeros, at first.
    """

    def __init__(self, size: int) -> None:
        self._map = mmap.mmap(-1, max(1, size) * np.dtype(np.float32).itemsize)
        self._gone = 0
        self.values = np.frombuffer(self._map, np.float32, size)

    def let_go(self, end: int) -> None:
        """Give back the memory of the numbers before this one, where the system takes it; they are lost."""
        stop = min(end * self.values.itemsize, len(self._map)) // mmap.PAGESIZE * mmap.PAGESIZE
        if hasattr(mmap, "MADV_DONTNEED") and stop > self._gone:
            self._map.madvise(mmap.MADV_DONTNEED, self._gone, stop - self._gone)
            self._gone = stop


def permuted(matrix: NDArray[np.float32], order: NDArray[np.int64] | None) -> NDArray[np.float32]:
    """Return the matrix with its rows in another order, in the memory in which it lies."""
    if order is not None:
        for start in range(0, matrix.shape[1], _ABREAST):
            matrix[:, start : start + _ABREAST] = matrix[order, start : start + _ABREAST]
    return matrix


def reported(matrix: NDArray[np.float32]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which rows, and which columns, have any score."""
    rows = np.zeros(len(matrix), np.bool_)
    columns = np.zeros(matrix.shape[1], np.bool_)
    for start in range(0, len(matrix), _BLOCK):
        known = ~np.isnan(matrix[start : start + _BLOCK])
        rows[start : start + _BLOCK] = known.any(axis=1)
        columns |= known.any(axis=0)
    return rows, columns


def finite(values: NDArray[Any]) -> tuple[NDArray[Any], int]:
    """Return numbers with NaN for what float32 does not hold, and how many those are.

    >>> finite(np.array([0.5, 1e39, np.nan, -np.inf]))
    (array([0.5, nan, nan, nan]), 2)
    """
    high, low = (float(reduce(values, initial=0.0)) for reduce in (np.fmax.reduce, np.fmin.reduce))
    if max(high, -low) < INFINITE:
        return values, 0
    odd = np.abs(values) >= INFINITE if values.itemsize > 4 else np.isinf(values)  # noqa: PLR2004 - bytes of a float32
    return np.where(odd, np.nan, values), int(np.count_nonzero(odd))


def _is_full(values: NDArray[Any]) -> bool:
    """Whether there are only numbers that float32 holds."""
    if values.dtype == np.float32:
        return is_finite(values)
    low, high = (float(reduce(values, initial=0.0)) for reduce in (np.minimum.reduce, np.maximum.reduce))
    return max(high, -low) < INFINITE  # False where there is NaN


def is_nan(values: NDArray[Any]) -> bool:
    """Return whether there is no number; most often the first one tells."""
    return not len(values) or bool(np.isnan(values[0]) and np.isnan(values).all())
