"""Some rows of a table by column, wherever they come from: numbers as floats, words as codes.

Columns of text are read here cell by cell, as the csv module gives them; `leed.readers.arrow` does the same for columns
of Arrow, many times as fast. Both give the same.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.scores import LIKELIHOODS

MISSING = frozenset({"", "nan", "na", "n/a", "null", "none", "-"})
"""How a cell says, in any case, that there is no number."""


class Numbers(msgspec.Struct, frozen=True):
    """A column as numbers.

    Attributes:
        values: floats of any width; NaN where there is none, infinity where a cell holds anything else.
        quantity: "likelihood" or "presence" where all cells say so, else None.
        per_cent: whether any of them was written with a sign of per cent, and read as a share of 1.
    """

    values: NDArray[Any]
    quantity: str | None = None
    per_cent: bool = False


class Words(msgspec.Struct, frozen=True):
    """A column as text: each different text once, and which one each row has; -1 where there is none."""

    codes: NDArray[np.signedinteger[Any]]
    values: list[str]

    def at(self, row: int) -> str | None:
        """Return the text of one row."""
        code = int(self.codes[row])
        return None if code < 0 else self.values[code]

    def texts(self) -> NDArray[np.object_]:
        """Return the text of each row, None where there is none."""
        texts: NDArray[np.object_] = np.array([*self.values, None], object)[self.codes]
        return texts

    def numbers(self, *, comma: bool = False) -> Numbers:
        """Return the text of each row as a number; ``comma`` says whether one may stand for the decimal point.

        >>> Words(np.array([0, 1, -1, 0]), ["0.5", "high"]).numbers().values.tolist()
        [0.5, inf, nan, 0.5]
        """
        values = np.array([*(number_in(value, comma=comma) for value in self.values), np.nan], np.float64)
        return Numbers(values[self.codes], quantity_in(self.values), _any_per_cent(self.values, values))


class Column(Protocol):
    """One column of some rows of a table.

    Attributes:
        form: what the cells are: "cells" (numbers or text), "vectors" (rows of numbers), "moments", "spans" of time, or
            "nested".
    """

    form: str

    def numbers(self) -> Numbers:
        """Return the column as numbers. For moments: seconds since 1970."""
        ...

    def vectors(self) -> NDArray[Any] | None:
        """Return rows of numbers as (n, d), d = 0 if no row has any; None where they are not all of one length."""
        ...

    def texts(self) -> NDArray[np.object_]:
        """Return the text of each row, None where there is none."""
        ...

    def words(self) -> Words:
        """Return the column as text, each different one once."""
        ...


class Sheet(msgspec.Struct, frozen=True):
    """Some rows of a table, by the numbers of the columns; those that nobody wants may be missing."""

    columns: Mapping[int, Column]
    rows: int


class Cells:
    """A column of text.

    >>> column = Cells(["0,5", "", "high"], comma=True)
    >>> column.numbers().values.tolist()
    [0.5, nan, inf]
    """

    def __init__(self, cells: Sequence[str], *, comma: bool) -> None:
        self.form = "cells"
        self._cells = cells
        self._comma = comma

    def numbers(self) -> Numbers:
        """Return the column as numbers."""
        comma = self._comma
        values = np.array([number_in(cell, comma=comma) for cell in self._cells], np.float64)
        return Numbers(values, quantity_in(self._cells), _any_per_cent(self._cells, values))

    def vectors(self) -> None:
        """Return None: text holds no rows of numbers."""

    def texts(self) -> NDArray[np.object_]:
        """Return the text of each row, None where there is none."""
        return np.array([None if not cell or cell.isspace() else cell for cell in self._cells], object)

    def words(self) -> Words:
        """Return the column as text, each different one once."""
        places: dict[str, int] = {}
        codes = [-1 if not c or c.isspace() else places.setdefault(c, len(places)) for c in self._cells]
        return Words(np.array(codes, np.int64), list(places))


class PlainNumbers:
    """A column of nothing but plain numbers, and NaN where there is none.

    >>> PlainNumbers(np.array([0.5, np.nan, 2.0])).texts().tolist()
    ['0.5', None, '2']
    """

    def __init__(self, values: NDArray[np.floating[Any]]) -> None:
        self.form = "cells"
        self._values = values

    def numbers(self) -> Numbers:
        """Return the column as numbers."""
        return Numbers(self._values)

    def vectors(self) -> None:
        """Return None: there are no rows of numbers."""

    def texts(self) -> NDArray[np.object_]:
        """Return the text of each row, None where there is none."""
        return np.array([plain_text(value) for value in self._values.tolist()], object)

    def words(self) -> Words:
        """Return the column as text, each different one once."""
        return Cells([text or "" for text in self.texts()], comma=False).words()


class CodedCells:
    """A column of text in which each different text is kept once, so that a small file stays small."""

    def __init__(self, words: Words, *, comma: bool = False) -> None:
        self.form = "cells"
        self._words = words
        self._comma = comma

    def numbers(self) -> Numbers:
        """Return the column as numbers."""
        return self._words.numbers(comma=self._comma)

    def vectors(self) -> None:
        """Return None: text holds no rows of numbers."""

    def texts(self) -> NDArray[np.object_]:
        """Return the text of each row, None where there is none."""
        return self._words.texts()

    def words(self) -> Words:
        """Return the column as text, each different one once."""
        return self._words


def plain_text(value: float) -> str | None:
    """Return a number as text, a whole one without a point; None for NaN.

    >>> plain_text(3.0), plain_text(0.25), plain_text(math.nan)
    ('3', '0.25', None)
    """
    if math.isnan(value):
        return None
    return str(int(value)) if value.is_integer() else str(value)


def number_in(cell: str, *, comma: bool) -> float:
    """Return the number in a cell: NaN where it says that there is none, infinity where it holds anything else.

    >>> number_in(" 0.5 ", comma=False), number_in("0,5", comma=True), number_in("n/a", comma=False)
    (0.5, 0.5, nan)
    >>> number_in("80 %", comma=False)
    0.8

    Args:
        cell: the text.
        comma: whether a comma may stand for the decimal point.
    """
    text = cell.strip()
    if comma and "," in text and "." not in text:
        text = text.replace(",", ".")
    unit = 1.0
    if text.endswith("%"):
        text, unit = text[:-1], 100.0
    try:
        return float(text) / unit
    except ValueError:
        word = text.casefold()
        return math.nan if word in MISSING or _NAN.fullmatch(word) else _WORDS.get(word, math.inf)


def _any_per_cent(cells: Sequence[str], values: NDArray[np.float64]) -> bool:
    """Whether any number among cells was written in per cent."""
    return any("%" in cell and math.isfinite(value) for cell, value in zip(cells, values, strict=False))


def quantity_in(cells: Iterable[str]) -> str | None:
    """Return "likelihood" if all cells that say something hold likelihood words, "presence" if they hold true or false.

    >>> quantity_in(["VERY_LIKELY", "", "UNLIKELY"]), quantity_in(["True", "0.5"])
    ('likelihood', None)
    """
    told: str | None = None
    for cell in cells:
        word = cell.strip().casefold()
        if word in MISSING:
            continue
        kind = "presence" if word in _FLAGS else "likelihood" if word in _WORDS else None
        if kind is None or kind != (told or kind):
            return None
        told = kind
    return told


_NAN = re.compile(r"[+-]?nan\(\w*\)")  # as C writes it, and pyarrow reads it
_FLAGS = {"true": 1.0, "false": 0.0}
_WORDS = {**{word.casefold(): number for word, number in LIKELIHOODS.items()}, "unknown": math.nan, **_FLAGS}
