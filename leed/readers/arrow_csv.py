"""Pieces of delimited text read by pyarrow, which is fast and strict. Needs the extra ``data``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leed.readers.arrow import ArrowColumn, column_of, columns_of
from leed.readers.arrow_arrays import indices, matrix
from leed.readers.sheet import MISSING, Column, PlainNumbers, Sheet

if TYPE_CHECKING:
    import pyarrow as pa

_BLOCK = 1 << 18  # what fits a processor's cache is read a third faster
_NULLS = sorted({*MISSING, *(word.upper() for word in MISSING), "NaN", "Null", "None"})


class _NotPlainError(Exception):
    """The cells have to be looked at as text."""


class ArrowPieces:
    """Makes sheets of pieces of whole rows.

    Columns of plain numbers are read as such at once. As soon as anything else stands in one of them, all are read as
    text, and numbers are made of that, which takes half as long again.
    """

    def __init__(
        self,
        width: int,
        delimiter: str,
        *,
        floats: Collection[int],
        words: Collection[int],
        numeric: Collection[int],
        point: str,
        comma: bool,
    ) -> None:
        """Prepare to read.

        Args:
            width: how many columns there are.
            delimiter: what parts them.
            floats: those that are likely to hold plain numbers.
            words: those whose text repeats.
            numeric: those that are wanted as numbers, whatever they hold.
            point: the decimal point of the numbers.
            comma: whether a comma may stand for the decimal point in text.
        """
        self._names = [str(place) for place in range(width)]
        self._delimiter = delimiter
        self._floats = frozenset(floats)
        self._words = frozenset(words)
        self._numeric = frozenset(numeric)
        self._point = point
        self._comma = comma

    def sheet(self, piece: bytes) -> Sheet | None:
        """Return the rows of a piece in which anything stands; None if pyarrow does not take them."""
        import pyarrow as pa  # noqa: PLC0415 - optional

        if self._floats:
            try:
                return self._plain(self._table(piece))
            except (pa.ArrowException, _NotPlainError):
                self._floats = frozenset()
                del self._options
        try:
            return self._text(self._table(piece))
        except (pa.ArrowException, UnicodeDecodeError):
            return None

    def _table(self, piece: bytes) -> pa.Table:
        """The rows, with columns of numbers as float64 and all others as text."""
        import pyarrow as pa  # noqa: PLC0415 - optional
        from pyarrow import csv  # noqa: PLC0415 - optional

        # Arrow's own pool of memory keeps some 10 MiB more.
        return csv.read_csv(pa.BufferReader(piece), memory_pool=pa.system_memory_pool(), **self._options)

    @cached_property
    def _options(self) -> dict[str, Any]:
        import pyarrow as pa  # noqa: PLC0415 - optional
        from pyarrow import csv  # noqa: PLC0415 - optional

        coded = pa.dictionary(pa.int32(), pa.string())
        kinds = dict.fromkeys(self._words, coded)
        if self._floats:  # what is no number among numbers is best looked at once
            kinds |= dict.fromkeys(self._numeric, coded) | dict.fromkeys(self._floats, pa.float64())
        return {
            # On one thread: on more it takes half as much CPU time again.
            "read_options": csv.ReadOptions(
                column_names=self._names,
                use_threads=False,
                block_size=_BLOCK if self._floats else 1 << 30,  # a longer row is an error
            ),
            "parse_options": csv.ParseOptions(delimiter=self._delimiter, newlines_in_values=True),
            "convert_options": csv.ConvertOptions(
                column_types={name: kinds.get(i, pa.string()) for i, name in enumerate(self._names)},
                null_values=_NULLS,
                true_values=[],  # nothing is read as such; to prepare for them takes a fifth of a millisecond
                false_values=[],
                strings_can_be_null=False,
                decimal_point=self._point,
            ),
        }

    def _plain(self, table: pa.Table) -> Sheet:
        """The rows of a table with columns of numbers.

        Raises:
            _NotPlainError: what stands in a cell has to be looked at as text.
        """
        places = sorted(self._floats)
        scores = matrix(table.select(places))
        columns: dict[int, Column] = {place: PlainNumbers(scores[:, i]) for i, place in enumerate(places)}
        for place in set(range(table.num_columns)) - self._floats:
            columns[place] = column_of(table.column(place), comma=self._comma)
        if _blank(columns, table.num_rows, floats=self._floats).any():
            raise _NotPlainError  # a row of "nan" says something, one of nothing does not
        return Sheet(columns, table.num_rows)

    def _text(self, table: pa.Table) -> Sheet:
        """The rows of a table of text."""
        columns = columns_of(table, comma=self._comma)
        blank = _blank(columns, table.num_rows)
        if not blank.any():
            return Sheet(columns, table.num_rows)
        kept = table.take(indices(np.flatnonzero(~blank)))
        return Sheet(columns_of(kept, comma=self._comma), kept.num_rows)


def _blank(columns: Mapping[int, Column], rows: int, *, floats: Collection[int] = ()) -> NDArray[np.bool_]:
    """In which rows there is nothing, as far as can be told; a column without a gap tells at once."""
    blank = np.ones(rows, np.bool_)
    for place in sorted(columns, key=lambda place: place not in floats):
        if not blank.any():
            break
        column = columns[place]
        if place in floats:
            blank &= np.isnan(column.numbers().values)
        elif isinstance(column, ArrowColumn):
            blank &= column.says_nothing()
        else:
            blank &= column.words().codes < 0
    return blank
