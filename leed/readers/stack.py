"""Sheets stacked into one table as they come: what is wanted of each column grows, all else goes with its sheet."""

from __future__ import annotations

import math
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.readers.about import clock_seconds
from leed.readers.matrices import Matrix, finite, is_nan
from leed.readers.sheet import CodedCells, Column, Sheet, Words
from leed.schema.terms import Issue

_SURE = 1000
"""A column that begins with so many cells of text, and no number, is one of text."""

PART = 1 << 14
"""Rows from which on a part of a table is given, where it is read in parts."""


class Plan(msgspec.Struct, frozen=True):
    """What is kept of the columns of a table, by their numbers; a column may be kept in several ways, or in none.

    Attributes:
        scores: by the name of a matrix, the columns that stand side by side in it as float32.
        numbers: columns to be had as float64.
        times: those of them whose cells may be clock times.
        words: columns of text that repeats: each different text is kept once.
        texts: columns of any text.
        vectors: columns of rows of numbers.
    """

    scores: Mapping[str, Sequence[int]] = {}
    numbers: Collection[int] = ()
    times: Collection[int] = ()
    words: Collection[int] = ()
    texts: Collection[int] = ()
    vectors: Collection[int] = ()

    @property
    def wanted(self) -> set[int]:
        """The columns that are kept in any way."""
        return {p for places in self.scores.values() for p in places}.union(
            self.numbers, self.words, self.texts, self.vectors
        )

    @property
    def numeric(self) -> set[int]:
        """The columns whose cells are wanted as numbers only."""
        return self.wanted.difference(self.words, self.texts, self.vectors)


class Table(Protocol):
    """Anything that has rows under names.

    Attributes:
        names: a name for each column, without blanks around it; may be empty or stand twice.
        forms: what the cells of each column are (see `leed.readers.sheet.Column`).
    """

    names: Sequence[str]
    forms: Sequence[str]

    def stacked(self, plan: Plan, into: Stack | None = None) -> Stack:
        """Read the rows; return what the plan wants of them, in the stack given if there is one."""
        ...

    def sampled(self) -> Mapping[int, Column]:
        """Return the columns of the first rows."""
        ...


class TableInParts(Table, Protocol):
    """A table that can be read from its beginning more than once, some rows at a time."""

    def stacks(self, plan: Plan) -> Iterator[Stack]:
        """Read the rows; return what the plan wants of them, PART rows or more at a time but for the last."""
        ...


class Stack:
    """The rows of a table by column, as far as a plan wants them.

    Attributes:
        rows: how many there are.
        issues: what was odd about them.
    """

    def __init__(self, plan: Plan) -> None:
        self.rows = 0
        self.issues: list[Issue] = []
        self._plan = plan
        self._scores = {name: tuple(places) for name, places in plan.scores.items()}
        self._matrices = {name: Matrix(len(places)) for name, places in self._scores.items()}
        self._numbers = {place: _Numbers() for place in plan.numbers}
        self._words = {place: _Dictionary() for place in plan.words}
        self._texts: dict[int, list[str | None]] = {place: [] for place in plan.texts}
        self._vectors: dict[int, list[NDArray[Any] | None]] = {place: [] for place in plan.vectors}
        self._times = frozenset(plan.times)
        self._tallies = {place: _Tally() for places in (*self._scores.values(), plan.numbers) for place in places}
        self._once: dict[str, str] = {}

    def emptied(self) -> Stack:
        """Return a stack for the rows that follow: it has none, and goes on counting what their cells say."""
        following = Stack(self._plan)
        following._tallies = self._tallies
        for place, column in self._numbers.items():
            following._numbers[place] = _Numbers(blank=column.is_blank)
        return following

    def expect(self, rows: int) -> None:
        """Reserve memory for so many rows; there may be more, or fewer."""
        for matrix in self._matrices.values():
            matrix.expected = rows

    def add(self, sheet: Sheet) -> None:
        """Add the rows of a sheet below those that are there."""
        self.rows += sheet.rows
        values = self._taken(sheet)
        for name, places in self._scores.items():
            self._count(places, self._matrices[name].add([values[place] for place in places], sheet.rows))

    def put(self, sheet: Sheet, first: int) -> None:
        """Add rows, from this number on, of some columns only.

        All rows have to be expected before, and to be put in their order, for each column that the plan wants.
        """
        self.rows = max(self.rows, first + sheet.rows)
        values = self._taken(sheet)
        for name, places in self._scores.items():
            here = {i: values[place] for i, place in enumerate(places) if place in sheet.columns}
            if here:
                self._count(places, self._matrices[name].put(here, first))

    def matrix(self, name: str) -> Matrix:
        """Return the scores of a matrix of the plan."""
        return self._matrices[name]

    def numbers(self, place: int) -> NDArray[np.float64]:
        """Return a column as float64; NaN where there is no number that float32 holds."""
        return self._numbers[place].whole()

    def values(self, place: int) -> NDArray[Any]:
        """Return a column of numbers, or of scores, as it is kept."""
        if place in self._numbers:
            return self.numbers(place)
        name = next(name for name, places in self._scores.items() if place in places)
        return self._matrices[name].column(self._scores[name].index(place))

    def odd(self, place: int) -> int:
        """Return how many cells of a column of numbers hold something else, infinity included."""
        return self._tallies[place].odd

    def is_blank(self, place: int) -> bool:
        """Return whether every cell of a column of numbers is empty, or says that there is nothing."""
        return not (self._tallies[place].plain or self._tallies[place].quantities)

    def quantity(self, place: int) -> str | None:
        """Return "likelihood" or "presence" where all cells that say something say that, else None."""
        tally = self._tallies[place]
        return None if tally.plain or len(tally.quantities) != 1 else min(tally.quantities)

    def is_per_cent(self, place: int) -> bool:
        """Return whether any cell of a column of numbers was written with a sign of per cent."""
        return self._tallies[place].per_cent

    def words(self, place: int) -> Words:
        """Return a column as text, each different one once."""
        return self._words[place].words()

    def texts(self, place: int) -> list[str | None]:
        """Return the text of each row of a column, None where there is none."""
        return self._texts[place]

    def vectors(self, place: int) -> NDArray[Any] | None:
        """Return rows of numbers as (n, d), d = 0 if no row has any; None where they are not all of one length."""
        pieces = [piece for piece in self._vectors[place] if piece is not None]
        widths = {piece.shape[1] for piece in pieces} - {0}
        if len(pieces) < len(self._vectors[place]) or len(widths) > 1:
            return None
        width = max(widths, default=0)
        padded = [p if p.shape[1] else np.full((len(p), width), np.nan, np.float32) for p in pieces]
        return np.concatenate(padded) if padded else np.empty((0, 0))

    def _taken(self, sheet: Sheet) -> dict[int, NDArray[Any]]:
        """Add the columns of a sheet that stand alone; return the numbers of all that are numbers."""
        values = {place: self._values(place, sheet) for place in self._tallies if place in sheet.columns}
        for place, column in sheet.columns.items():
            if place in self._numbers:
                values[place], odd = finite(values[place])
                self._tallies[place].odd += odd
                self._numbers[place].add(values[place])
            if place in self._words:
                self._words[place].add(column.words())
            if place in self._texts:
                self._texts[place].extend(self._text(column))
            if place in self._vectors:
                self._vectors[place].append(column.vectors())
        return values

    def _count(self, places: Sequence[int], odd: Mapping[int, int]) -> None:
        """Take note of cells of a matrix that are no numbers."""
        for i, count in odd.items():
            self._tallies[places[i]].odd += count

    def _values(self, place: int, sheet: Sheet) -> NDArray[Any]:
        """Some cells of a column as numbers; infinity where there is something else."""
        if self._is_text(place):
            return np.broadcast_to(np.inf, sheet.rows)
        values = self._tallies[place].values(sheet.columns[place])
        return _with_clock_times(values, sheet.columns[place]) if place in self._times else values

    def _is_text(self, place: int) -> bool:
        """Whether a column of numbers holds text, so that its cells need not be looked at any more."""
        column = self._numbers.get(place)
        return column is not None and column.is_blank and self._tallies[place].odd > _SURE

    def _text(self, column: Column) -> NDArray[np.object_]:
        """The text of each row; one that repeats is kept once, if other sheets have it too."""
        if not isinstance(column, CodedCells):
            return column.texts()
        words = column.words()
        if len(words.values) * 2 < len(words.codes):
            words = Words(words.codes, [self._once.setdefault(value, value) for value in words.values])
        return words.texts()


class _Tally:
    """What the cells of a column of numbers say, as far as they were seen.

    Attributes:
        odd: how many hold something that is no number.
        plain: whether any says something that is neither a likelihood nor a flag.
        quantities: what the others are.
        per_cent: whether any was written with a sign of per cent.
    """

    def __init__(self) -> None:
        self.odd = 0
        self.plain = False
        self.per_cent = False
        self.quantities: set[str] = set()

    def values(self, column: Column) -> NDArray[Any]:
        """Take note of some cells; return their numbers."""
        numbers = column.numbers()
        self.per_cent |= numbers.per_cent
        if numbers.quantity is not None:
            self.quantities.add(numbers.quantity)
        elif not self.plain:
            self.plain = not is_nan(numbers.values)
        return numbers.values


class _Numbers:
    """A growing column of float64; as long as there are none but NaN, they take no memory."""

    def __init__(self, *, blank: bool = True) -> None:
        self._values = array("d")
        self._pending = 0
        self._blank = blank

    @property
    def is_blank(self) -> bool:
        return self._blank and not self._values

    def add(self, values: NDArray[Any]) -> None:
        if is_nan(values):
            self._pending += len(values)
            return
        self._fill()
        self._values.frombytes(np.ascontiguousarray(values, np.float64).data.cast("B"))

    def part(self, start: int, stop: int) -> NDArray[np.float64]:
        """A copy of some rows."""
        part = np.full(stop - start, np.nan)
        known = np.array(self._values[start:stop], np.float64)
        part[: len(known)] = known
        return part

    def whole(self) -> NDArray[np.float64]:
        """The column; nothing can be added any more, and nobody changes it, so that tracks need no copy."""
        self._fill()
        whole = np.frombuffer(self._values, np.float64)
        whole.flags.writeable = False
        return whole

    def _fill(self) -> None:
        self._values.extend(repeat(math.nan, self._pending))
        self._pending = 0


class _Dictionary:
    """A growing column of text that repeats."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._codes = array("i")

    def add(self, words: Words) -> None:
        known = [self._places.setdefault(value, len(self._places)) for value in words.values]
        self._codes.frombytes(np.array([*known, -1], np.intc)[words.codes].data.cast("B"))

    def part(self, start: int, stop: int) -> NDArray[np.intc]:
        """A copy of the codes of some rows."""
        return np.array(self._codes[start:stop], np.intc)

    def known(self, words: Words) -> NDArray[np.int64]:
        """The codes, in this column, of the values of another; -2 for one that is not in it. Last comes -1."""
        return np.array([*(self._places.get(value, -2) for value in words.values), -1], np.int64)

    def words(self) -> Words:
        return Words(np.frombuffer(self._codes, np.intc), list(self._places))


def _with_clock_times(values: NDArray[Any], column: Column) -> NDArray[Any]:
    """Numbers, with the seconds of clock times in place of infinity."""
    odd = np.flatnonzero(np.isinf(values)).tolist()
    if odd and column.form == "cells":
        texts = column.texts()
        values = values.copy()
        for row in odd:
            seconds = clock_seconds(texts[row] or "")
            values[row] = math.inf if math.isnan(seconds) else seconds
    return values
