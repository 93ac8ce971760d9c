"""A table of text by column: numbers as float64, everything else as text. pyarrow reads it where it is installed.

The csv module reads what pyarrow is too strict for (rows of unequal length, cells that are no numbers, other encodings)
and, many times more slowly, everything where pyarrow is missing. Both give the same.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.readers.content import Content
from leed.readers.csv_rows import check_width, rows_of
from leed.readers.encoding import as_text

_DELIMITERS = ",\t;|"
_LINE = re.compile(rb"([^\r\n]*)(\r\n|\n|\r|\Z)")
_HINT = re.compile(rb'"?sep=(.)"?\s*', re.IGNORECASE)  # Excel's first line
NULLS = ("", "null", "NULL", "None", "NA", "N/A", "n/a", "-")
"""How a cell of a column of numbers says that there is none."""


class Header(msgspec.Struct, frozen=True):
    """The first line of a table: its names, what parts them, and the byte at which the rows begin."""

    names: tuple[str, ...]
    delimiter: str
    start: int


class Cells(msgspec.Struct):
    """The rows of a table by column; rows without any content are left out.

    Attributes:
        numbers: by the number of the column; NaN where there is none, infinity where there was one that is not finite.
        texts: by the number of the column; None where there is none.
        unreadable: how many cells of a column of numbers hold none, by the number of the column.
        short, long: how many rows have fewer or more cells than the header.
    """

    rows: int
    numbers: dict[int, NDArray[np.float64]]
    texts: dict[int, list[str | None]]
    unreadable: dict[int, int]
    short: int = 0
    long: int = 0


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
            hint = hinted[1].decode("utf-8", "replace")
        elif line[1].strip():
            return _header(line[1].decode("utf-8", "replace"), hint, at)
    return None


def _header(line: str, hint: str | None, start: int) -> Header | None:
    delimiter = hint or max(_DELIMITERS, key=lambda d: (line.count(d), -_DELIMITERS.index(d)))
    try:
        names = next(csv.reader([line], delimiter=delimiter), [])
    except (csv.Error, TypeError, ValueError):
        return None
    return Header(tuple(name.strip() for name in names), delimiter, start)


def read_cells(content: Content, header: Header, numeric: Collection[int]) -> Cells:
    """Return the cells below the header; ``numeric`` says which columns hold numbers.

    Raises:
        DamagedInputError: it is no table.
        InputError: it has more columns than any table of scores.
    """
    check_width(len(header.names), content.shown)
    found = _by_arrow(content.data, header, numeric) or _by_csv(content, header, numeric)
    return _without_blank(found)


def _by_arrow(data: bytes, header: Header, numeric: Collection[int]) -> Cells | None:
    """The cells as pyarrow reads them; None if it is not installed, or does not take them."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - optional
        from pyarrow import csv as arrow_csv  # noqa: PLC0415 - optional
    except ImportError:
        return None
    places = range(len(header.names))
    rows = memoryview(data)[header.start :]
    for point in ".," if header.delimiter != "," else ".":
        try:
            table = arrow_csv.read_csv(
                pa.BufferReader(pa.py_buffer(rows)),
                read_options=arrow_csv.ReadOptions(column_names=[str(i) for i in places]),
                parse_options=arrow_csv.ParseOptions(delimiter=header.delimiter, newlines_in_values=True),
                convert_options=arrow_csv.ConvertOptions(
                    column_types={str(i): pa.float64() if i in numeric else pa.string() for i in places},
                    null_values=list(NULLS),
                    strings_can_be_null=False,
                    decimal_point=point,
                ),
            )
        except (pa.ArrowException, ValueError):
            continue
        texts = {i: [text or None for text in table.column(i).to_pylist()] for i in places if i not in numeric}
        return Cells(len(table), {i: _numbers(table.column(i)) for i in places if i in numeric}, texts, {})
    return None


def _numbers(column: Any) -> NDArray[np.float64]:  # noqa: ANN401 - a pyarrow column
    """The numbers of a column, NaN for null and infinity for what is a number, but not finite."""
    values: NDArray[np.float64] = column.to_numpy()
    missing = np.isnan(values)
    if np.count_nonzero(missing) > column.null_count:
        values = np.where(missing & ~column.is_null().to_numpy(), np.inf, values)
    return values


def _by_csv(content: Content, header: Header, numeric: Collection[int]) -> Cells:
    places = range(len(header.names))
    texts: dict[int, list[str | None]] = {i: [] for i in places if i not in numeric}
    columns: dict[int, list[float]] = {i: [] for i in places if i in numeric}
    found = Cells(0, {}, texts, {})
    number = _Numbers(found.unreadable, comma=header.delimiter != ",")
    for row in _rows(content, header):
        if not any(cell and not cell.isspace() for cell in row):
            continue
        found.rows += 1
        found.short += len(row) < len(places)
        found.long += any(cell.strip() for cell in row[len(places) :])
        full = row + [""] * (len(places) - len(row))
        for i, text in texts.items():
            text.append(full[i] or None)
        for i, column in columns.items():
            column.append(number(full[i], i))
    found.numbers = {i: np.array(column, np.float64) for i, column in columns.items()}
    return found


class _Numbers:
    """Reads cells as numbers, and counts those that are none."""

    def __init__(self, unreadable: dict[int, int], *, comma: bool) -> None:
        self._unreadable = unreadable
        self._comma = comma

    def __call__(self, cell: str, column: int) -> float:
        try:
            number = float(cell)
        except ValueError:
            return self._odd(cell.strip(), column)
        return number if math.isfinite(number) else math.inf

    def _odd(self, cell: str, column: int) -> float:
        if cell in NULLS:
            return math.nan
        if self._comma and cell.count(",") == 1 and "." not in cell:
            return self(cell.replace(",", "."), column)
        self._unreadable[column] = self._unreadable.get(column, 0) + 1
        return math.nan


def _rows(content: Content, header: Header) -> Iterator[list[str]]:
    text, odd = as_text(content.data[header.start :])
    if odd:
        _ = content.text  # reports it
    lines = io.StringIO(text, newline="")
    width = len(header.names)
    return rows_of(lines, shown=content.shown, size=content.size, delimiter=header.delimiter, width=width)


def _without_blank(cells: Cells) -> Cells:
    """The cells without rows that hold nothing, as spreadsheets leave them at the end."""
    blank = np.ones(cells.rows, np.bool_)
    for numbers in cells.numbers.values():
        if not blank.any():
            return cells
        blank &= np.isnan(numbers)
    for texts in cells.texts.values():
        blank &= _blank(texts, blank)
    if not blank.any():
        return cells
    kept = np.flatnonzero(~blank)
    cells.numbers = {i: numbers[kept] for i, numbers in cells.numbers.items()}
    cells.texts = {i: [texts[row] for row in kept.tolist()] for i, texts in cells.texts.items()}
    cells.rows = len(kept)
    return cells


def _blank(texts: Sequence[str | None], among: NDArray[np.bool_]) -> NDArray[np.bool_]:
    found = np.zeros(len(texts), np.bool_)
    for row in np.flatnonzero(among).tolist():
        found[row] = not (texts[row] or "").strip()
    return found
