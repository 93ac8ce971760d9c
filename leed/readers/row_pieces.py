"""Some rows of JSON at a time: whole lines, what stands between the brackets of a list, or cells of a table."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import IO, Any, Protocol

import msgspec

from leed.errors import LeedError
from leed.readers.json_text import begins_lines
from leed.readers.long_lists import LongList
from leed.readers.nesting import Table
from leed.readers.row_shape import Row
from leed.readers.storage import read_some

_PIECE = 1 << 20
_LONGEST = 1 << 20  # bytes that one row may have
_ROWS = 1 << 10  # of a table, at a time
_BETWEEN = re.compile(rb"\}([ \t\r\n]*,[ \t\r\n]*)\{")
_END_OF_LINE = re.compile(rb"(?<=\S)[ \t\r]*\n")
_BLANK = b" \t\r\n"
FAULTS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises."""

_ANY: msgspec.json.Decoder[Any] = msgspec.json.Decoder()


class UnevenError(LeedError):
    """The rows are not all alike; they have to be read as a whole. Nobody but the stream of rows sees it."""


class Piece(Protocol):
    """Some whole rows."""

    def begins(self) -> bool:
        """Return whether rows begin here, if this is the first piece."""
        ...

    def decoded(self, decoder: msgspec.json.Decoder[Any], listed: msgspec.json.Decoder[Any]) -> list[Any]:
        """Return the rows, by the decoder of one or that of a list of them.

        Raises:
            msgspec.DecodeError, UnicodeDecodeError, RecursionError: they do not fit.
        """
        ...

    def plain(self) -> list[Any]:
        """Return the rows as plain data; the errors are those of `decoded`."""
        ...

    def first(self) -> list[Row]:
        """Return the first row as it stands there; nothing if it takes more than a look to find its end."""
        ...


class Text(msgspec.Struct, frozen=True):
    """Rows of JSON: lines, or what stands between the brackets of a list."""

    data: bytes
    lines: bool

    def begins(self) -> bool:
        """Return whether this is how a list begins, or JSON lines do."""
        return not self.lines or begins_lines(self.data)

    def decoded(self, decoder: msgspec.json.Decoder[Any], listed: msgspec.json.Decoder[Any]) -> list[Any]:
        """Return the rows, by the decoder of one or that of a list of them."""
        found: list[Any] = decoder.decode_lines(self.data) if self.lines else listed.decode(b"[%b]" % self.data)
        return found

    def plain(self) -> list[Any]:
        """Return the rows as plain data."""
        return self.decoded(_ANY, _ANY)

    def first(self) -> list[Row]:
        """Return the first row as it stands there; nothing if it takes more than a look to find its end."""
        end = _END_OF_LINE.search(self.data) if self.lines else _BETWEEN.search(self.data)
        try:
            return [] if end is None else [_ANY.decode(self.data[: end.start() + 1])]
        except FAULTS:
            return []


class Cells(msgspec.Struct, frozen=True):
    """Rows of a table whose cells stand by column, or in lists, under these names."""

    names: Sequence[str]
    rows: list[Any]

    def begins(self) -> bool:
        """Return that they do."""
        return True

    def decoded(
        self,
        decoder: msgspec.json.Decoder[Any],  # noqa: ARG002 - as those of text
        listed: msgspec.json.Decoder[Any],
    ) -> list[Any]:
        """Return the rows, as the decoder of a list of them would have them."""
        found: list[Any] = msgspec.convert(self.plain(), listed.type)
        return found

    def plain(self) -> list[Any]:
        """Return the rows as plain data."""
        return [dict(zip(self.names, cells, strict=True)) for cells in self.rows]

    def first(self) -> list[Row]:
        """Return the first row."""
        return [dict(zip(self.names, cells, strict=True)) for cells in self.rows[:1]]


def pieces_of_file(opened: Callable[[], IO[bytes]], shown: str) -> Iterator[Piece]:
    """Return the rows of a file in pieces: of lines, or of a list.

    Raises:
        UnevenError: it is neither, or a row is too long.
        InputError: it cannot be read.
    """
    with opened() as file:
        yield from _pieces(file, shown)


def _pieces(file: IO[bytes], shown: str) -> Iterator[Piece]:
    data = read_some(file, _PIECE, shown)
    start = data.lstrip(_BLANK)
    if not start.startswith(b"["):
        while data:
            data += file.readline(_LONGEST)
            yield Text(data, lines=True)
            data = read_some(file, _PIECE, shown)
        return
    left = start[1:]
    while more := read_some(file, _PIECE, shown):
        left += more
        if len(left) > _PIECE + _LONGEST + len(more):
            raise UnevenError
        end, behind = _between(left)
        if end:
            yield Text(left[:end], lines=False)
            left = left[behind:]
    last = left.rstrip(_BLANK)
    if not last.endswith(b"]"):
        raise UnevenError
    yield Text(last[:-1], lines=False)


def _between(data: bytes) -> tuple[int, int]:
    """Where the last row ends behind which another begins, and where that begins; 0 if there is none.

    It may lie within a text. Then that piece cannot be decoded.
    """
    at = data.rfind(b"}")
    while at > 0:
        found = _BETWEEN.match(data, at)
        if found is not None:
            return found.start(1), found.end(1)
        at = data.rfind(b"}", 0, at)
    return 0, 0


def pieces_of_list(rows: LongList) -> Iterator[Piece]:
    """Return the rows of a flat list that lies in a file."""
    return (Text(data, lines) for data, lines in rows.stretches())


def pieces_of_table(table: Table) -> Iterator[Piece]:
    """Return the rows of a table that stands by column, or whose rows are lists.

    Raises:
        UnevenError: a row has not as many cells as there are columns, or one that is no finite number.
        msgspec.DecodeError: a list that lies in a file is not strictly JSON.
    """
    rows: Iterator[Any] = zip(*map(_one_by_one, table.columns), strict=True)
    if table.cells:
        rows = chain.from_iterable(_some(table.cells))
    while some := list(islice(rows, _ROWS)):
        if not all(type(cells) in {list, tuple} and len(cells) == len(table.names) for cells in some):
            raise UnevenError
        if any(type(cell) is float and not math.isfinite(cell) for cells in some for cell in cells):
            raise UnevenError
        yield Cells(table.names, some)


def _one_by_one(column: list[Any]) -> Iterator[Any]:
    return chain.from_iterable(map(_packed, _some(column)))


def _some(values: list[Any]) -> Iterator[list[Any]]:
    return values.some(_ANY, _ANY, strict=True) if isinstance(values, LongList) else iter([values])


def _packed(values: list[Any]) -> Sequence[Any]:
    """Values of a column, plain numbers in little memory."""
    return array("d", values) if {*map(type, values)} == {float} else values
