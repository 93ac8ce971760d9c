r"""Text parted by commas, tabs, semicolons or bars: all tables of text are read here, some rows at a time.

The header tells what parts the cells; a first line ``sep=;`` may say so before it. Cells may have quotation marks
around them. Numbers may have a decimal comma where commas do not part the cells. What is not UTF-8 is read as
Windows-1252. Rows of nothing are passed over; rows that are too short are filled up, and what is beyond the header is
left out: both are counted.

pyarrow reads where it is installed (`leed.readers.arrow_csv`), many times as fast; what it does not take, as rows of
unequal length, and everything else where it is missing, the csv module reads, a piece at a time. Both give the same.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from leed.errors import InputError
from leed.readers.content import Content
from leed.readers.csv_rows import check_width, rows_of
from leed.readers.encoding import as_text
from leed.readers.gathering import some
from leed.readers.pieces import pieces
from leed.readers.sheet import Cells, Column, Sheet
from leed.readers.stack import PART, Plan, Stack
from leed.readers.storage import read_some
from leed.schema.terms import Issue

if TYPE_CHECKING:
    from leed.readers.arrow_csv import ArrowPieces

_DELIMITERS = ",\t;|"
_LINE = re.compile(rb"([^\r\n]*)(\r\n|\n|\r|\Z)")
_HINT = re.compile(rb'"?sep=(.)"?\s*', re.IGNORECASE)  # Excel's first line
_LONGEST = 1 << 24  # bytes of a header
_SAMPLE = 20
_MORE = 1.02  # rows than the first of them make us expect


class Header(msgspec.Struct, frozen=True):
    """The first line of a table: its names, what parts them, and the byte at which the rows begin."""

    names: tuple[str, ...]
    delimiter: str
    start: int


def header(content: Content) -> Header | None:
    """Return the header of a text, or None if there is no line in it."""
    found = header_of(content.head)
    if (found is None or found.start >= len(content.head)) and content.size > len(content.head):
        with content.open() as file:
            found = header_of(read_some(file, _LONGEST, content.shown))
    return found


def names_of(content: Content) -> Sequence[str]:
    """Return the names in the header of a text; none for anything else."""
    found = header(content) if content.kind == "text" else None
    return () if found is None else found.names


def header_of(head: bytes) -> Header | None:
    r"""Return the first line of a text in UTF-8 that is not blank, or None if there is none.

    >>> header_of(b"Id;Joy;Fear\n")
    Header(names=('Id', 'Joy', 'Fear'), delimiter=';', start=12)
    """
    at = 0
    hint = None
    while at < len(head):
        line = _LINE.match(head, at)
        if line is None:
            return None
        at = line.end()
        hinted = _HINT.fullmatch(line[1])
        if hinted is not None and hint is None:
            hint = as_text(hinted[1])[0]
        elif line[1].strip():
            return _header(as_text(line[1])[0], hint, at)
    return None


def _header(line: str, hint: str | None, start: int) -> Header | None:
    delimiter = hint or max(_DELIMITERS, key=lambda d: (line.count(d), -_DELIMITERS.index(d)))
    try:
        names = next(csv.reader([line], delimiter=delimiter), [])
    except (csv.Error, TypeError, ValueError):
        return None
    return Header(tuple(name.strip() for name in names), delimiter, start)


class Delimited:
    """The table in a text (a `leed.readers.stack.Table`).

    Attributes:
        comma: whether a comma may stand for the decimal point.
    """

    def __init__(self, content: Content, found: Header) -> None:
        """Take a text and its header.

        Raises:
            InputError: it has more columns than any table of scores.
        """
        check_width(len(found.names), content.shown)
        self.names: Sequence[str] = found.names
        self.forms: Sequence[str] = ["cells"] * len(found.names)
        self.comma = found.delimiter != ","
        self.delimiter = found.delimiter
        self._content = content
        self._shown = content.shown
        self._start = found.start

    @cached_property
    def sample(self) -> list[tuple[str, ...]]:
        """The cells of each column in the first rows, as the head of the content has them; no columns without a row."""
        text = as_text(self._content.head[self._start :])[0]
        try:
            rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter), _SAMPLE))
        except csv.Error:
            return []
        return list(zip(*(_fitted(row, len(self.names)) for row in rows if any(row)), strict=True))

    def sampled(self) -> dict[int, Column]:
        """Return the columns of the first rows."""
        return {i: Cells(cells, comma=self.comma) for i, cells in enumerate(self.sample)}

    def stacked(self, plan: Plan, into: Stack | None = None) -> Stack:
        """Read the rows; return what the plan wants of them.

        Raises:
            DamagedInputError: it is no table.
            InputError: the file cannot be read.
        """
        stack = Stack(plan) if into is None else into
        reading = _Reading(self, plan)
        for piece in self._pieces():
            sheet = reading.sheet(piece)
            if not stack.rows:
                stack.expect(int(sheet.rows * _MORE * (self._content.size - self._start) / len(piece)))
            stack.add(sheet)
            del piece, sheet  # before the next are made
        stack.issues += reading.issues()
        return stack

    def stacks(self, plan: Plan) -> Iterator[Stack]:
        """Read the rows some at a time; the last stack has counted what was odd in all of them.

        The errors are those of `stacked`.
        """
        stack = Stack(plan)
        reading = _Reading(self, plan)
        for piece in self._pieces():
            stack.add(reading.sheet(piece))
            del piece  # before the next is read
            if stack.rows >= PART:
                yield stack
                stack = stack.emptied()
        stack.issues += reading.issues()
        yield stack

    def rows(self) -> Iterator[list[str]]:
        """Return the cells of each row below the header, one for each column.

        Raises:
            DamagedInputError: it is no table.
            InputError: the file cannot be read, or has far more columns than cells.
        """
        for piece in self._pieces():
            for row in self.rows_of(piece):
                yield _fitted(row, len(self.names))

    def rows_of(self, piece: bytes) -> Iterator[list[str]]:
        """Return the cells of each row of a piece in UTF-8, however many they are."""
        lines = io.TextIOWrapper(io.BytesIO(piece), "utf-8", newline="")  # not StringIO: that has four bytes a letter
        width = len(self.names)
        return rows_of(lines, shown=self._shown, size=len(piece), delimiter=self.delimiter, width=width)

    def _pieces(self) -> Iterator[bytes]:
        """The rows below the header in UTF-8, some at a time; the first letter that was not UTF-8 is reported."""
        try:
            with self._content.open() as file:
                at = len(self._in_utf8(file.read(self._start), 0))
                for piece in pieces(file, self.delimiter, self._shown):
                    text = self._in_utf8(piece, at)
                    at += len(piece)
                    del piece
                    yield text
                    del text
        except OSError as error:
            raise InputError(f"{self._shown}: cannot be read: {error.strerror or error}") from error

    def _in_utf8(self, data: bytes, at: int) -> bytes:
        if data.isascii():
            return data
        text, odd = as_text(data, at)
        if odd:
            self._content.note_encoding(odd)
        return text.encode() if odd else data


class _Reading:
    """Makes sheets of pieces of a table, and counts the rows that are uneven."""

    def __init__(self, table: Delimited, plan: Plan) -> None:
        self._table = table
        self._arrow = arrow_pieces(table, plan)
        self._short = self._long = 0

    def sheet(self, piece: bytes) -> Sheet:
        """Return a piece of whole rows as a sheet."""
        return (self._arrow and self._arrow.sheet(piece)) or self._by_csv(piece)

    def issues(self) -> Iterator[Issue]:
        """Return what was odd about the rows."""
        if self._short:
            what = f"{some(self._short, 'row', 'has', 'have')} fewer cells than the header; the rest counts as empty"
            yield Issue("short-rows", what)
        if self._long:
            what = f"{some(self._long, 'row', 'has', 'have')} more cells than the header; what is beyond is left out"
            yield Issue("long-rows", what)

    def _by_csv(self, piece: bytes) -> Sheet:
        width = len(self._table.names)
        rows = [row for row in self._table.rows_of(piece) if any(cell and not cell.isspace() for cell in row)]
        for i, row in enumerate(rows):
            if len(row) != width:
                self._short += len(row) < width
                self._long += any(map(str.strip, row[width:]))
                rows[i] = _fitted(row, width)
        columns = zip(*rows, strict=True) if rows else [()] * width
        return Sheet({i: Cells(cells, comma=self._table.comma) for i, cells in enumerate(columns)}, len(rows))


def _fitted(row: list[str], width: int) -> list[str]:
    return row[:width] + [""] * (width - len(row))


def arrow_pieces(table: Delimited, plan: Plan) -> ArrowPieces | None:
    """Return what reads pieces by pyarrow, if that is installed."""
    try:
        import_module("pyarrow")
    except ModuleNotFoundError:
        return None
    from leed.readers.arrow_csv import ArrowPieces  # noqa: PLC0415 - loads pyarrow

    numeric = plan.numeric
    floats = [place for place, column in table.sampled().items() if place in numeric and _is_plain(column)]
    commas = table.comma and any("," in cell for place in floats for cell in table.sample[place])
    point = "," if commas else "."
    return ArrowPieces(
        len(table.names),
        table.delimiter,
        floats=floats,
        words=plan.words,
        numeric=numeric,
        point=point,
        comma=table.comma,
    )


def _is_plain(column: Column) -> bool:
    """Whether a column holds plain numbers, as far as it goes."""
    numbers = column.numbers()
    return numbers.quantity is None and not np.isinf(numbers.values).any()
