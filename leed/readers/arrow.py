"""Arrow tables as sheets: what Parquet files, data frames and pyarrow's CSV give. Needs pyarrow, the extra ``data``."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leed import plugins
from leed.errors import DamagedInputError, InputError, UnknownFormatError
from leed.readers.sheet import MISSING, Column, Numbers, Sheet, Words, number_in, quantity_in
from leed.readers.tabular import recording_of
from leed.schema.recording import Recording
from leed.schema.tables import from_table, is_recording

if TYPE_CHECKING:
    import pyarrow as pa

_INDEX = re.compile(r"__index_level_\d+__")
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


def sheet_of(table: pa.Table, *, comma: bool = False) -> Sheet:
    """Return a table as a sheet. Rows in which nothing stands are part of it.

    Args:
        table: any table; columns of dictionaries, lists and times included.
        comma: whether a comma may stand for the decimal point in text.
    """
    places = [i for i, name in enumerate(table.column_names) if not _INDEX.fullmatch(name)]
    names = [table.column_names[i].strip() for i in places]
    return Sheet(names, [column_of(table.column(i), comma=comma) for i in places], table.num_rows)


def column_of(column: pa.ChunkedArray, *, comma: bool = False) -> Column:
    """Return a column of any type."""
    from pyarrow import types  # noqa: PLC0415 - optional

    if types.is_dictionary(column.type) and _is_text(column.type.value_type, views=True):
        return CodedColumn(_words(column), comma=comma)
    return ArrowColumn(column, comma=comma)


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
        return recording_of(sheet_of(table), shown=shown, source=source)
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
        try:
            self._column = _opened(column)
            self.form = _form(self._column.type)
        except pa.ArrowException:  # a type that pyarrow hands over, but does nothing with
            self._column = column
            self.form = "nested"

    def is_blank(self) -> bool:
        """Return whether every cell is empty, or says that there is nothing."""
        pc = compute()

        column = self._column
        if column.null_count == len(column):
            return True
        if _is_text(column.type):
            return bool(pc.all(self._missing).as_py())
        if self.form != "cells":
            return False
        values = self.numbers().values
        return bool(np.isnan(values[0]) and np.isnan(values).all())

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
            return Numbers(_floats(column))
        if types.is_boolean(kind):
            return Numbers(_floats(column.cast(pa.int8()).cast(pa.float32())), "presence")
        if _is_text(kind):
            return self._read()
        if types.is_null(kind) or self.form in ("vectors", "nested"):
            return Numbers(np.full(len(column), np.nan if types.is_null(kind) else np.inf))
        if types.is_temporal(kind):
            return Numbers(_seconds(column))
        return Numbers(_floats(column.cast(pa.float64(), safe=False)))

    def vectors(self) -> NDArray[Any] | None:
        """Return rows of numbers as (n, d), or None where they are not all of one length."""
        pc = compute()

        column = self._column
        lengths = pc.list_value_length(column).to_numpy()
        known = lengths[~np.isnan(lengths)] if lengths.dtype.kind == "f" else lengths
        if not len(known) or not known[0] or (known != known[0]).any():
            return None
        flat = _floats(pc.list_flatten(column))
        out = np.full((len(column), int(known[0])), np.nan, flat.dtype if flat.dtype.kind == "f" else np.float64)
        out[~column.is_null().to_numpy()] = flat.reshape(-1, int(known[0]))
        return out

    def texts(self) -> NDArray[np.object_]:
        """Return the text of each row, None where there is none."""
        pc = compute()

        if self.form in ("vectors", "nested"):
            return np.full(len(self._column), None, object)
        column = self._text
        texts = np.array(column.to_numpy(), object)
        texts[pc.equal(pc.utf8_length(pc.utf8_trim_whitespace(column)), 0).fill_null(False).to_numpy()] = None
        return texts

    @cached_property
    def _text(self) -> pa.ChunkedArray:
        return self._column if _is_text(self._column.type) else _as_text(self._column)

    def words(self) -> Words:
        """Return the column as text, each different one once."""
        import pyarrow as pa  # noqa: PLC0415 - optional

        if self.form in ("vectors", "nested"):
            return Words(np.full(len(self._column), -1), [])
        column = self._text.cast(pa.large_string())
        return _words(pa.chunked_array([chunk.dictionary_encode() for chunk in column.chunks] or [[]]))

    @cached_property
    def _missing(self) -> Any:  # noqa: ANN401 - of Arrow
        """Which cells of text say that there is no number."""
        import pyarrow as pa  # noqa: PLC0415 - optional

        pc = compute()

        words = pa.array(sorted(MISSING), self._column.type)
        return pc.fill_null(pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(self._column)), words), True)

    def _read(self) -> Numbers:
        """Text as numbers: at once where all of it is, else each different text by itself."""
        import pyarrow as pa  # noqa: PLC0415 - optional

        pc = compute()

        text = pc.utf8_trim_whitespace(self._column)
        told = pc.if_else(self._missing, pa.scalar(None, self._column.type), text)
        try:
            found = told.cast(pa.float64())
        except pa.ArrowInvalid:
            return CodedColumn(self.words(), comma=self._comma).numbers()
        values = _floats(found)
        odd = np.isnan(values)
        if np.count_nonzero(odd) > found.null_count:  # as -nan
            values = np.where(odd & found.is_valid().to_numpy(), np.inf, values)
        return Numbers(values)


class CodedColumn:
    """A column of text in which each different text is kept once, so that a small file stays small.

    >>> CodedColumn(Words(np.array([0, 1, -1, 0]), ["0.5", "high"])).numbers().values.tolist()
    [0.5, inf, nan, 0.5]
    """

    def __init__(self, words: Words, *, comma: bool = False) -> None:
        self.form = "cells"
        self._words = words
        self._comma = comma

    def is_blank(self) -> bool:
        """Return whether every cell is empty, or says that there is nothing."""
        return all(value.strip().casefold() in MISSING for value in self._words.values)

    def numbers(self) -> Numbers:
        """Return the column as numbers."""
        words = self._words
        values = np.array([*(number_in(value, comma=self._comma) for value in words.values), np.nan], np.float64)
        return Numbers(values[words.codes], quantity_in(words.values))

    def vectors(self) -> None:
        """Return None: text holds no rows of numbers."""

    def texts(self) -> NDArray[np.object_]:
        """Return the text of each row, None where there is none."""
        return np.array([*self._words.values, None], object)[self._words.codes]

    def words(self) -> Words:
        """Return the column as text, each different one once."""
        return self._words


def _words(column: pa.ChunkedArray) -> Words:
    """The texts of a column of dictionaries, without those that are blank or that no row has."""
    places: dict[str, int] = {}
    codes = [np.empty(0, np.int64)]
    for chunk in column.chunks:
        values = [v if v and not v.isspace() else None for v in chunk.dictionary.to_pylist()]
        own = np.asarray(chunk.indices.fill_null(len(values)).to_numpy(zero_copy_only=False), np.int64)
        used = np.bincount(own, minlength=len(values) + 1) > 0
        known = [-1 if v is None or not used[i] else places.setdefault(v, len(places)) for i, v in enumerate(values)]
        codes.append(np.array([*known, -1], np.int64)[own])
    return Words(np.concatenate(codes), list(places))


def _opened(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column without dictionaries, views and types that somebody added to Arrow's own."""
    import pyarrow as pa  # noqa: PLC0415 - optional

    pc = compute()
    from pyarrow import types  # noqa: PLC0415 - optional

    while isinstance(column.type, pa.BaseExtensionType):
        column = pa.chunked_array([chunk.storage for chunk in column.chunks], column.type.storage_type)
    if types.is_dictionary(column.type):
        # Not cast, which knows no dictionaries of views, as those of polars are.
        kinds = [_opened(pa.chunked_array([chunk.dictionary])).combine_chunks() for chunk in column.chunks]
        taken = [values.take(chunk.indices) for values, chunk in zip(kinds, column.chunks, strict=True)]
        return pa.chunked_array(taken) if taken else pa.chunked_array([], pa.null())
    if types.is_run_end_encoded(column.type):
        return _opened(pc.run_end_decode(column))
    if types.is_string_view(column.type):
        return column.cast(pa.large_string())
    if types.is_binary_view(column.type):
        return column.cast(pa.large_binary())
    return column


def _form(kind: Any) -> str:  # noqa: ANN401 - a type of Arrow
    """What cells of a type are (see `Column.form`)."""
    from pyarrow import types  # noqa: PLC0415 - optional

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


def _floats(column: Any) -> NDArray[Any]:  # noqa: ANN401 - an array of Arrow, in one piece or more
    """A column of numbers with NaN for null; without a copy where it is in one piece."""
    import pyarrow as pa  # noqa: PLC0415 - optional

    if isinstance(column, pa.ChunkedArray):
        if column.num_chunks != 1:
            return np.asarray(column.to_numpy())
        column = column.chunk(0)
    return np.asarray(column.to_numpy(zero_copy_only=False))


def _seconds(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """Times of the day and spans as seconds, moments as seconds since 1970; NaN for null."""
    import pyarrow as pa  # noqa: PLC0415 - optional
    from pyarrow import types  # noqa: PLC0415 - optional

    kind = column.type
    if types.is_date(kind):
        return _seconds(column.cast(pa.timestamp("ms")))
    wide = column.cast(pa.int32()).cast(pa.int64()) if types.is_time32(kind) else column.cast(pa.int64())
    return _floats(wide.cast(pa.float64(), safe=False)) / {"s": 1, "ms": 1e3, "us": 1e6, "ns": 1e9}[kind.unit]


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers as text, whole ones without a point: pandas has 1.0 for 1 wherever a number is missing."""
    import pyarrow as pa  # noqa: PLC0415 - optional
    from pyarrow import types  # noqa: PLC0415 - optional

    if types.is_floating(column.type):
        values = _floats(column)
        texts = [None if np.isnan(v) else str(int(v)) if float(v).is_integer() else str(v) for v in values]
        return pa.chunked_array([pa.array(texts, pa.string())])
    return column.cast(pa.string())
