"""Arrow tables as sheets: what Parquet files, data frames and pyarrow's CSV give. Needs pyarrow, the extra ``data``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leed import plugins
from leed.errors import DamagedInputError, InputError, UnknownFormatError
from leed.readers.arrow_arrays import floats, integers, strings
from leed.readers.recorded import from_table
from leed.readers.sheet import MISSING, CodedCells, Column, Numbers, Sheet, Words
from leed.readers.stack import Plan, Stack
from leed.readers.tabular import recording_of
from leed.schema.recording import Recording
from leed.schema.tables import is_recording

if TYPE_CHECKING:
    import pyarrow as pa

_SAMPLE = 20
INDEX = re.compile(r"__index_level_\d+__")
"""How pandas names an index without a name: a count of rows, which says nothing."""


def pyarrow(feature: str) -> Any:  # noqa: ANN401 - a module without types
    """Return the module pyarrow.

    Raises:
        MissingPackageError: it is not installed; the message names the feature and the extra.
    """
    try:
        import pyarrow  # noqa: PLC0415, ICN001 - optional
    except ModuleNotFoundError as error:
        raise plugins.missing(feature, error, extra="data") from error
    return pyarrow


def table_of(frame: Any) -> pa.Table:  # noqa: ANN401 - any frame
    """Return a frame as a pyarrow Table.

    Raises:
        InputError: it cannot be taken apart; the message says why.
        MissingPackageError: pyarrow is not installed.
    """
    name = type(frame).__name__
    pa = pyarrow(f"reading a {name}")
    if isinstance(frame, pa.Table):
        return frame
    try:
        return pa.table(frame)
    except Exception as error:  # frames of somebody else's may raise anything
        if not callable(getattr(type(frame), "to_csv", None)):
            raise UnknownFormatError(
                f"the {name} given: is no table of columns that Arrow takes: {type(error).__name__}: {_line(error)}"
            ) from error
    return _by_cells(frame, name, pa)


def _by_cells(frame: Any, name: str, pa: Any) -> pa.Table:  # noqa: ANN401 - a frame of pandas
    """The table of a pandas frame that holds numbers and text in one column, or a name twice: all as text."""
    try:
        columns = [frame.iloc[:, i] for i in range(len(frame.columns))]
        texts = [[_cell(value) for value in column] for column in columns]
        names = [str(column) for column in frame.columns]
        return pa.Table.from_arrays([pa.array(cells, pa.string()) for cells in texts], names=names)
    except Exception as error:
        raise InputError(f"the {name} given: cannot be taken apart: {type(error).__name__}: {_line(error)}") from error


def _cell(value: Any) -> str | None:  # noqa: ANN401 - any cell
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


class ArrowTable:
    """A table of Arrow (a `leed.readers.stack.Table`). Rows in which nothing stands are part of it."""

    def __init__(self, table: pa.Table) -> None:
        places = [i for i, name in enumerate(table.column_names) if not INDEX.fullmatch(name)]
        self.names: Sequence[str] = [table.column_names[i].strip() for i in places]
        self._columns = [table.column(i) for i in places]
        self.forms: Sequence[str] = [form_of(column.type) for column in self._columns]
        self._rows = table.num_rows

    def sampled(self) -> dict[int, Column]:
        """Return the columns of the first rows."""
        return {i: column_of(column.slice(0, _SAMPLE)) for i, column in enumerate(self._columns)}

    def stacked(self, plan: Plan, into: Stack | None = None) -> Stack:
        """Return what the plan wants of the rows."""
        stack = Stack(plan) if into is None else into
        stack.expect(self._rows)
        stack.add(Sheet({i: column_of(column) for i, column in enumerate(self._columns)}, self._rows))
        return stack


def columns_of(table: pa.Table, *, comma: bool = False) -> dict[int, Column]:
    """Return the columns of a table by number; ``comma`` says whether one may stand for the decimal point in text."""
    return {i: column_of(column, comma=comma) for i, column in enumerate(table.columns)}


def column_of(column: pa.Array | pa.ChunkedArray, *, comma: bool = False) -> Column:
    """Return a column of any type."""
    import pyarrow as pa  # noqa: PLC0415 - optional
    from pyarrow import types  # noqa: PLC0415 - optional

    if types.is_floating(column.type):
        return FloatColumn(column)
    chunked = column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])
    if types.is_dictionary(column.type) and _is_text(column.type.value_type, views=True):
        return CodedCells(_words(chunked.chunks), comma=comma)
    return ArrowColumn(chunked, comma=comma)


def read_table(table: pa.Table, *, shown: str, source: str | None) -> Recording:
    """Return the recording that a table holds: one of leed's own exactly, any other by the names of its columns.

    Raises:
        UnknownFormatError: no column holds scores.
        DamagedInputError: the table is not as it says.
    """
    import pyarrow as pa  # noqa: PLC0415 - optional

    if is_recording(table.schema):
        return from_table(table)
    try:
        return recording_of(ArrowTable(table), shown=shown, source=source)
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise DamagedInputError(f"{shown}: not a well-formed table: {_line(error)}") from error


def compute() -> Any:  # noqa: ANN401 - a module without types
    """Return the module pyarrow.compute, most of whose functions are made when it is imported."""
    import pyarrow.compute as pc  # noqa: PLC0415 - optional

    return pc


class ArrowColumn:
    """A column of Arrow.

    >>> import pyarrow
    >>> ArrowColumn(pyarrow.chunked_array([["0.5", "high", None]])).numbers().values.tolist()
    [0.5, inf, nan]
    """

    def __init__(self, column: pa.ChunkedArray, *, comma: bool = False) -> None:
        import pyarrow as pa  # noqa: PLC0415 - optional

        self._comma = comma
        self.form = form_of(column.type)
        try:
            self._column = _opened(column)
        except pa.ArrowException:  # a type that pyarrow hands over, but does nothing with
            self._column = column
            self.form = "nested"

    def numbers(self) -> Numbers:
        """Return the column as numbers. For moments: seconds since 1970; for spans of time: seconds."""
        return self._numbers

    @cached_property
    def _numbers(self) -> Numbers:
        import pyarrow as pa  # noqa: PLC0415 - optional
        from pyarrow import types  # noqa: PLC0415 - optional

        column = self._column
        kind = column.type
        if types.is_floating(kind):
            return Numbers(floats(column))
        if types.is_boolean(kind):
            quantity = "presence" if column.null_count < len(column) else None
            return Numbers(floats(column.cast(pa.int8()).cast(pa.float32())), quantity)
        if _is_text(kind):
            return self._read()
        if types.is_null(kind) or self.form in ("vectors", "nested"):
            return Numbers(np.full(len(column), np.nan if types.is_null(kind) else np.inf))
        if types.is_temporal(kind):
            return Numbers(_seconds(column))
        return Numbers(floats(column.cast(pa.float64(), safe=False)))

    def vectors(self) -> NDArray[Any] | None:
        """Return rows of numbers as (n, d), d = 0 if no row has any; None where they are not all of one length."""
        import pyarrow as pa  # noqa: PLC0415 - optional

        column = self._column
        if column.null_count == len(column):
            return np.empty((len(column), 0), np.float32)
        if self.form != "vectors":
            return None
        lengths = integers(compute().list_value_length(column))
        width = int(lengths.max())
        if width < 1 or ((lengths != width) & (lengths >= 0)).any():
            return None
        flat = compute().list_flatten(column)
        values = floats(flat if pa.types.is_floating(flat.type) else flat.cast(pa.float64(), safe=False))
        rows = np.full((len(column), width), np.nan, values.dtype)
        rows[lengths >= 0] = values.reshape(-1, width)
        return rows

    def texts(self) -> NDArray[np.object_]:
        """Return the text of each row, None where there is none."""
        if self.form in ("vectors", "nested"):
            return np.full(len(self._column), None, object)
        return np.array([text if text and not text.isspace() else None for text in self._text.to_pylist()], object)

    def says_nothing(self) -> NDArray[np.bool_]:
        """Return in which cells of text nothing stands, or only blanks."""
        pc = compute()

        return np.asarray(integers(pc.utf8_length(pc.utf8_trim_whitespace(self._text))) < 1)

    def words(self) -> Words:
        """Return the column as text, each different one once."""
        import pyarrow as pa  # noqa: PLC0415 - optional

        if self.form in ("vectors", "nested"):
            return Words(np.full(len(self._column), -1), [])
        column = self._text.cast(pa.large_string())
        return _words([chunk.dictionary_encode() for chunk in column.chunks])

    @cached_property
    def _text(self) -> pa.ChunkedArray:
        return self._column if _is_text(self._column.type) else _as_text(self._column)

    def _read(self) -> Numbers:
        """Text as numbers: at once where all of it is, else each different text by itself."""
        import pyarrow as pa  # noqa: PLC0415 - optional

        pc = compute()

        text = pc.utf8_trim_whitespace(self._column)
        missing = pc.is_in(pc.utf8_lower(text), strings(sorted(MISSING), text.type))
        try:
            values = floats(pc.if_else(missing, strings(["nan"], text.type)[0], text).cast(pa.float64()))
        except pa.ArrowInvalid:
            return self.words().numbers(comma=self._comma)
        return Numbers(values)


class FloatColumn(ArrowColumn):
    """A column of floats in one piece or more, as nearly all are."""

    def __init__(self, column: pa.Array | pa.ChunkedArray) -> None:
        self._comma = False
        self.form = "cells"
        self._column = column
        self._floats = Numbers(floats(column))

    def numbers(self) -> Numbers:
        """Return the column as numbers."""
        return self._floats


def _words(chunks: Iterable[pa.DictionaryArray]) -> Words:
    """The texts of a column of dictionaries, without those that are blank or that no row has."""
    places: dict[str, int] = {}
    codes = [np.empty(0, np.int64)]
    for chunk in chunks:
        values = [v if v and not v.isspace() else None for v in chunk.dictionary.to_pylist()]
        own = integers(chunk.indices)
        used = np.bincount(own + 1, minlength=len(values) + 1)[1:] > 0
        known = [-1 if v is None or not used[i] else places.setdefault(v, len(places)) for i, v in enumerate(values)]
        codes.append(np.array([*known, -1], np.int64)[own])
    return Words(np.concatenate(codes), list(places))


def _opened(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column without dictionaries, views and types that somebody added to Arrow's own."""
    import pyarrow as pa  # noqa: PLC0415 - optional
    from pyarrow import types  # noqa: PLC0415 - optional

    while isinstance(column.type, pa.BaseExtensionType):
        column = pa.chunked_array([chunk.storage for chunk in column.chunks], column.type.storage_type)
    if types.is_dictionary(column.type):
        # Not cast, which knows no dictionaries of views, as those of polars are.
        kinds = [_opened(pa.chunked_array([chunk.dictionary])).combine_chunks() for chunk in column.chunks]
        taken = [values.take(chunk.indices) for values, chunk in zip(kinds, column.chunks, strict=True)]
        return pa.chunked_array(taken) if taken else pa.chunked_array([], pa.null())
    if types.is_run_end_encoded(column.type):
        return _opened(compute().run_end_decode(column))
    if types.is_string_view(column.type):
        return column.cast(pa.large_string())
    if types.is_binary_view(column.type):
        return column.cast(pa.large_binary())
    return column


def form_of(kind: Any) -> str:  # noqa: ANN401 - a type of Arrow
    """Return what cells of a type are (see `leed.readers.sheet.Column`)."""
    import pyarrow as pa  # noqa: PLC0415 - optional
    from pyarrow import types  # noqa: PLC0415 - optional

    while isinstance(kind, pa.BaseExtensionType):
        kind = kind.storage_type
    if types.is_dictionary(kind) or types.is_run_end_encoded(kind):
        return form_of(kind.value_type)
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        inner = kind.value_type
        return "vectors" if types.is_floating(inner) or types.is_integer(inner) else "nested"
    if types.is_timestamp(kind) or types.is_date(kind):
        return "moments"
    if types.is_duration(kind) or types.is_time(kind):
        return "spans"
    return "nested" if types.is_nested(kind) or _is_bytes(kind) else "cells"


def _is_bytes(kind: Any) -> bool:  # noqa: ANN401 - a type of Arrow
    from pyarrow import types  # noqa: PLC0415 - optional

    return bool(types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind))


def _is_text(kind: Any, *, views: bool = False) -> bool:  # noqa: ANN401 - a type of Arrow
    from pyarrow import types  # noqa: PLC0415 - optional

    return bool(types.is_string(kind) or types.is_large_string(kind) or (views and types.is_string_view(kind)))


def _seconds(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """Times of the day and spans as seconds, moments as seconds since 1970; NaN for null."""
    import pyarrow as pa  # noqa: PLC0415 - optional
    from pyarrow import types  # noqa: PLC0415 - optional

    kind = column.type
    if types.is_date(kind):
        return _seconds(column.cast(pa.timestamp("ms")))
    wide = column.cast(pa.int32()).cast(pa.int64()) if types.is_time32(kind) else column.cast(pa.int64())
    return floats(wide.cast(pa.float64(), safe=False)) / {"s": 1, "ms": 1e3, "us": 1e6, "ns": 1e9}[kind.unit]


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers as text, whole ones without a point: pandas has 1.0 for 1 wherever a number is missing."""
    import pyarrow as pa  # noqa: PLC0415 - optional
    from pyarrow import types  # noqa: PLC0415 - optional

    if types.is_floating(column.type):
        texts = ["" if np.isnan(v) else str(int(v)) if float(v).is_integer() else str(v) for v in floats(column)]
        return pa.chunked_array([strings(texts, pa.string())])
    return column.cast(pa.string())
