"""Text parted by commas, tabs, semicolons or bars as a sheet, by pyarrow where it is installed and by the csv module.

pyarrow is many times as fast, but strict: rows of unequal length, odd numbers or letters in another encoding are left
to the csv module. Both give the same sheet.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Sequence
from itertools import chain, islice, repeat
from typing import Any

import numpy as np

from leed.readers.cells import Header, header_of
from leed.readers.content import Content
from leed.readers.csv_rows import check_width, rows_of
from leed.readers.sheet import MISSING, Cells, Sheet, number_in
from leed.schema.terms import Issue

_SAMPLE = 20
_NULLS = sorted({*MISSING, *(word.upper() for word in MISSING), "NaN", "Null", "None"})
_BLOCK = 1 << 20


def header(content: Content) -> Header | None:
    """Return the first line, or None if there is none.

    Raises:
        InputError: it names more columns than any table of scores has.
    """
    found = header_of(content.head)
    found = header_of(content.data) if found is None or found.start >= len(content.head) else found
    if found is not None:
        check_width(len(found.names), content.shown)
    return found


def sample_of(content: Content, found: Header) -> list[list[str]]:
    """Return the first rows below the header, as the head of the content has them."""
    text = content.head[found.start :].decode("utf-8", "replace")
    try:
        return list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=found.delimiter), _SAMPLE))
    except csv.Error:
        return []


def sheet_of(content: Content, found: Header, *, numeric: Callable[[str], bool]) -> Sheet:
    """Return the rows below the header by column.

    Args:
        content: the text.
        found: its header.
        numeric: whether a column of a name may hold numbers.

    Raises:
        DamagedInputError: it is no table.
    """
    return _by_arrow(content, found, numeric) or by_csv(content, found)


def by_csv(content: Content, found: Header) -> Sheet:
    """Return the rows below the header by column, as the csv module reads them."""
    found, text = _decoded(content, found)
    width = len(found.names)
    columns: list[list[str]] = [[] for _ in found.names]
    short = long = rows = 0
    lines = io.StringIO(text, newline="")
    for row in rows_of(lines, shown=content.shown, size=content.size, delimiter=found.delimiter, width=width):
        if not any(cell and not cell.isspace() for cell in row):
            continue
        rows += 1
        short += len(row) < width
        long += any(map(str.strip, row[width:]))
        for column, cell in zip(columns, chain(row, repeat("")), strict=False):
            column.append(cell)
    comma = found.delimiter != ","
    return Sheet(found.names, [Cells(c, comma=comma) for c in columns], rows, _uneven(short, long))


def _uneven(short: int, long: int) -> list[Issue]:
    issues = []
    if short:
        issues.append(Issue("short-rows", f"{short} rows have fewer cells than the header; the rest counts as empty"))
    if long:
        issues.append(Issue("long-rows", f"{long} rows have more cells than the header; what is beyond is left out"))
    return issues


def _decoded(content: Content, found: Header) -> tuple[Header, str]:
    """The header and the text below it; what is not UTF-8 is read as `Content.text` reads it, which reports it."""
    try:
        return found, content.data[found.start :].decode()
    except UnicodeDecodeError:
        data = content.text.encode()
        again = header_of(data) or found
        return again, data[again.start :].decode()


# --- by pyarrow


def _by_arrow(content: Content, found: Header, numeric: Callable[[str], bool]) -> Sheet | None:
    """The rows as pyarrow reads them; None if it is not installed, or does not take them."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - optional
    except ModuleNotFoundError:
        return None
    numbers = _numeric(found, sample_of(content, found), numeric)
    comma = found.delimiter != ","
    attempts = [(numbers, "."), *([(numbers, ",")] if comma and numbers else []), (frozenset[int](), ".")]
    for floats, point in attempts[: None if numbers else 1]:
        try:
            table = _table(content.data, found, floats, point)
            return _sheet(table, found, floats, comma=comma)
        except (pa.ArrowException, ValueError, _NotPlainError):
            continue
    return None


class _NotPlainError(Exception):
    """The cells are not what they would have to be to be read at once."""


def _numeric(found: Header, sample: Sequence[Sequence[str]], numeric: Callable[[str], bool]) -> frozenset[int]:
    """The columns of numbers, as far as the first rows tell."""
    comma = found.delimiter != ","

    def all_numbers(place: int) -> bool:
        cells = [row[place] for row in sample if place < len(row)]
        return bool(cells) and all(np.isfinite(v) or np.isnan(v) for v in (number_in(c, comma=comma) for c in cells))

    return frozenset(i for i, name in enumerate(found.names) if numeric(name) and all_numbers(i))


def _table(data: bytes, found: Header, floats: Collection[int], point: str) -> Any:  # noqa: ANN401 - a pyarrow Table
    """The table with these columns as float64 and all others as text."""
    import pyarrow as pa  # noqa: PLC0415 - optional
    from pyarrow import csv as arrow_csv  # noqa: PLC0415 - optional

    places = range(len(found.names))
    return arrow_csv.read_csv(
        pa.BufferReader(pa.py_buffer(memoryview(data)[found.start :])),
        # On one thread: on more it takes half as much CPU time again.
        read_options=arrow_csv.ReadOptions(column_names=[str(i) for i in places], use_threads=False, block_size=_BLOCK),
        parse_options=arrow_csv.ParseOptions(delimiter=found.delimiter, newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            column_types={str(i): pa.float64() if i in floats else pa.string() for i in places},
            null_values=_NULLS,
            strings_can_be_null=False,
            decimal_point=point,
        ),
    )


def _sheet(table: Any, found: Header, floats: Collection[int], *, comma: bool) -> Sheet:  # noqa: ANN401 - as above
    """The sheet without rows in which nothing stands.

    Raises:
        _NotPlainError: what stands in a cell has to be looked at as text.
    """
    from leed.readers.arrow import ArrowColumn  # noqa: PLC0415 - optional

    columns = [ArrowColumn(table.column(i), comma=comma) for i in range(len(found.names))]
    for place in floats:
        nans = np.count_nonzero(np.isnan(columns[place].numbers().values))
        if nans > table.column(place).null_count:  # as -nan, which is no number
            raise _NotPlainError
    blank = _blank(table, columns, floats)
    if blank.any():
        if floats:  # a row of "nan" says something, one of nothing does not
            raise _NotPlainError
        kept = table.filter(~blank)
        columns = [ArrowColumn(kept.column(i), comma=comma) for i in range(len(found.names))]
        return Sheet(found.names, columns, kept.num_rows, [])
    return Sheet(found.names, columns, table.num_rows, [])


def _blank(table: Any, columns: Sequence[Any], floats: Collection[int]) -> Any:  # noqa: ANN401 - as above
    """Which rows seem to hold nothing."""
    from leed.readers.arrow import compute  # noqa: PLC0415 - optional

    pc = compute()
    blank = np.ones(table.num_rows, np.bool_)
    for place in sorted(range(len(columns)), key=lambda i: i not in floats):
        if not blank.any():
            break
        if place in floats:
            blank &= np.isnan(columns[place].numbers().values)
        else:
            length = pc.utf8_length(pc.utf8_trim_whitespace(table.column(place)))
            blank &= pc.equal(pc.fill_null(length, 0), 0).to_numpy()
    return blank
