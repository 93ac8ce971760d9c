"""Parquet: a recording that leed wrote (`Recording.to_table`), or a table with a column for each label.

::

    speaker: string, begin: double, end: double, Joy: float, Sadness: float

Quantity: as written; for other tables as the labels and numbers tell (see `leed.readers.table`, also for the columns
that say when, who and what). Numbers in text, dictionaries, dates and lists of numbers are read as what they are;
nested columns and pictures are left out and reported. Needs pyarrow, the extra ``data``. Source: the format is
Apache's, https://parquet.apache.org; files come from pandas, polars, Spark, DuckDB and data sets.
"""

from __future__ import annotations

import io
import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import chain
from typing import Any

from leed.errors import DamagedInputError, UnknownFormatError
from leed.readers import CERTAIN, GENERIC, NEAR, NOT_THIS, Guess, Reader
from leed.readers.arrow import INDEX, column_of, form_of, pyarrow
from leed.readers.content import Content
from leed.readers.gathering import some
from leed.readers.recorded import from_table
from leed.readers.roles import holds_scores, listed, unknown
from leed.readers.sheet import Column, Sheet
from leed.readers.stack import PART, Plan, Stack
from leed.readers.tabular import has_parts, parts_of, recording_of
from leed.schema.batches import COLUMNS, is_batches, tracks_of
from leed.schema.recording import Recording
from leed.schema.tables import is_recording
from leed.schema.terms import Issue

_MAGIC = b"PAR1"
_LARGE = 1 << 30
_RATIO = 250
"""How many times as large as the file its columns may be, once they are large at all."""
_SAMPLE = 20
_DECODED = 1 << 22  # bytes that are decoded at a time
_ABREAST = 2  # columns that are read side by side at least: for each, a page and its dictionary may take megabytes
_HELD = 5 << 19  # bytes of a row group whose columns may be more
_BUFFER = 1 << 16
_IN_PARTS = 1 << 25
"""Tables of so many bytes are given in parts where that is asked for: their rows are read twice then."""
_ROW = 1 << 8
"""Bytes that a row counts for at least: the texts in it become objects."""


def recognise(content: Content) -> Guess:
    """Return whether it is Parquet: a table of leed's, or one with at least one known label."""
    if content.kind != "Parquet":
        return NOT_THIS
    try:
        with _opened(content) as file:
            if is_recording(file.schema_arrow):
                return Guess(CERTAIN)
            table = ParquetTable(content, file.schema_arrow)
        scores = holds_scores(table)
    except (DamagedInputError, ImportError):
        return Guess(CERTAIN)  # reading says what is wrong
    return Guess(GENERIC) if scores else Guess(NEAR, unknown(table.names, "parquet"))


def read(content: Content) -> Recording:
    """Return the recording that the columns hold."""
    if not content.head.startswith(_MAGIC):
        raise UnknownFormatError(f"{content.shown}: is no Parquet, which begins with the letters PAR1")
    with _opened(content) as file:
        _sized(content, file)
        schema = file.schema_arrow
        if is_recording(schema):
            return from_table(_Columns(content, file))
    recording = recording_of(ParquetTable(content, schema), shown=content.shown, source=content.name)
    return recording.replace(issues=(*recording.issues, *_left_out(schema)))


def parts(content: Content) -> Iterator[Recording] | None:
    """Return the recording in parts of bounded size, or None if it is small, or one that leed wrote."""
    if not content.head.startswith(_MAGIC):
        return None
    with _opened(content) as file:
        _sized(content, file)
        schema, size = file.schema_arrow, _unpacked(file.metadata)
    if is_recording(schema) or size < _IN_PARTS or not has_parts(schema.names):
        return None
    table = ParquetTable(content, schema)
    said = Recording((), tuple(_left_out(schema)))
    return chain(parts_of(table, shown=content.shown, source=content.name), [said])


def is_part(content: Content) -> bool:
    """Return whether it is a part of a data set of leed's. What is damaged is left to `recognise`."""
    if content.kind != "Parquet":
        return False
    try:
        with _opened(content) as file:
            return is_batches(file.schema_arrow)
    except (DamagedInputError, ImportError):
        return False


def part(content: Content) -> Recording:
    """Return the recording that a part of a data set holds.

    Raises:
        DamagedInputError: it is not as it says.
    """
    with _opened(content) as file:
        _sized(content, file)
        return _recording(content, file.read(columns=list(COLUMNS), use_threads=False))


def parts_of_part(content: Content) -> Iterator[Recording]:
    """Return the same a group of rows at a time."""
    with _opened(content) as file:
        _sized(content, file)
        for group in range(file.metadata.num_row_groups):
            yield _recording(content, file.read_row_group(group, columns=list(COLUMNS), use_threads=False))


def _recording(content: Content, table: Any) -> Recording:  # noqa: ANN401 - a Table
    try:
        return Recording(tuple(tracks_of(table)))
    except (LookupError, ValueError, TypeError) as error:
        what = " ".join(str(error).split())[:300]
        raise DamagedInputError(
            f"{content.shown}: this part is not as its metadata says: {what}; write the data set anew with leed batch"
        ) from error


def _left_out(schema: Any) -> Iterator[Issue]:  # noqa: ANN401 - a schema of Arrow
    left = [field.name for field in schema if _is_left(field.type)]
    if left:
        what = f"{some(len(left), 'column', 'of bytes or nested values is', 'of bytes or nested values are')} left out"
        yield Issue("not-a-label", f"{what}: {listed(left)}")


class ParquetTable:
    """The table in a Parquet file (a `leed.readers.stack.Table`), decoded some rows at a time."""

    def __init__(self, content: Content, schema: Any) -> None:  # noqa: ANN401 - a schema of Arrow
        self._content = content
        self._places = [i for i, f in enumerate(schema) if not _is_left(f.type) and not INDEX.fullmatch(f.name)]
        self._fields = [schema.field(i) for i in self._places]
        self._unique = len(set(schema.names)) == len(schema.names)
        self.names: Sequence[str] = [field.name.strip() for field in self._fields]
        self.forms: Sequence[str] = [form_of(field.type) for field in self._fields]

    def sampled(self) -> dict[int, Column]:
        """Return the columns of the first rows."""
        with self._opened() as file:
            return next((self._columns(b, range(len(self.names))) for b in file.iter_batches(_SAMPLE)), {})

    def stacked(self, plan: Plan, into: Stack | None = None) -> Stack:
        """Read the rows; return what the plan wants of them.

        Raises:
            DamagedInputError: they cannot be decoded.
        """
        stack = Stack(plan) if into is None else into
        with self._opened() as file:
            if into is not None:
                for batch in self._batches(file, sorted(plan.wanted)):
                    stack.add(batch)
                return stack
            stack.rows = file.metadata.num_rows
            stack.expect(stack.rows)
            for places in self._parts(plan, _abreast(file.metadata)):
                self._put(stack, file, places)
        return stack

    def stacks(self, plan: Plan) -> Iterator[Stack]:
        """Read the rows some at a time; the last stack has counted what was odd in all of them.

        Raises:
            DamagedInputError: they cannot be decoded.
        """
        stack = Stack(plan)
        with self._opened() as file:
            for batch in self._batches(file, sorted(plan.wanted)):
                stack.add(batch)
                if stack.rows >= PART:
                    yield stack
                    stack = stack.emptied()
        yield stack

    def _parts(self, plan: Plan, abreast: int) -> Iterator[Sequence[int]]:
        """The columns that are wanted, so many at a time, in parts that are read one after the other."""
        beside = [place for places in plan.scores.values() for place in places]
        wanted = [*beside, *sorted(plan.wanted.difference(beside))]
        size = abreast if self._unique else len(wanted)
        return (wanted[start : start + size] for start in range(0, len(wanted), max(1, size)))

    def _put(self, stack: Stack, file: Any, places: Sequence[int]) -> None:  # noqa: ANN401 - a ParquetFile
        """Add all rows of some columns."""
        first = 0
        for batch in self._batches(file, places):
            if first + batch.rows > stack.rows:
                break
            stack.put(batch, first)
            first += batch.rows
        if first != stack.rows:
            raise ValueError(f"it says that it has {stack.rows} rows, and a column does not")

    def _batches(self, file: Any, places: Sequence[int]) -> Iterator[Sheet]:  # noqa: ANN401 - a ParquetFile
        """Some columns, some rows at a time."""
        names = [self._fields[i].name for i in places] if self._unique else None
        size = _DECODED // sum([_width(self._fields[i].type) for i in places] or [1])
        for batch in file.iter_batches(max(1, size), columns=names, use_threads=False):
            yield Sheet(self._columns(batch, places), batch.num_rows)

    def _columns(self, batch: Any, wanted: Iterable[int]) -> dict[int, Column]:  # noqa: ANN401 - a RecordBatch
        found = batch.schema.get_field_index
        places = {i: found(self._fields[i].name) if self._unique else self._places[i] for i in wanted}
        return {i: column_of(batch.column(place)) for i, place in places.items()}

    def _opened(self) -> AbstractContextManager[Any]:
        return _opened(self._content, [field.name for field in self._fields if _is_text(field.type)])


class _Columns:
    """The columns of a file that leed wrote (a `leed.readers.recorded.Table`), each decoded when it is asked for."""

    def __init__(self, content: Content, file: Any) -> None:  # noqa: ANN401 - a ParquetFile
        self.schema = file.schema_arrow
        self._content = content
        self._file = file

    def column(self, name: str) -> Any:  # noqa: ANN401 - a ChunkedArray
        """Return a column.

        Raises:
            LookupError: there is none of that name, or more than one.
            DamagedInputError: it cannot be decoded.
        """
        with _damage(self._content, pyarrow("reading Parquet")):
            table = self._file.read(columns=[name], use_threads=False)
        return table.column(name)


@contextmanager
def _opened(content: Content, texts: Sequence[str] = ()) -> Generator[Any]:
    """The file, its footer read; texts are columns to be read as codes. Of damage, an error of leed's tells."""
    pa = pyarrow("reading Parquet")
    from pyarrow import parquet  # noqa: PLC0415 - optional

    with _damage(content, pa):
        data, buffer = _bytes(content, pa)
        codes = list(texts)
        with data, parquet.ParquetFile(data, read_dictionary=codes, buffer_size=buffer, pre_buffer=False) as file:
            yield file


@contextmanager
def _damage(content: Content, pa: Any) -> Generator[None]:  # noqa: ANN401 - a module without types
    """Say of what goes wrong within that the file is damaged."""
    try:
        yield
    except (pa.ArrowException, OSError, ValueError, MemoryError, OverflowError) as error:
        what = " ".join(str(error).split())[:300]
        raise DamagedInputError(
            f"{content.shown}: is Parquet, but damaged or cut off: {what}; download or copy the file again"
        ) from error


def _bytes(content: Content, pa: Any) -> tuple[Any, int]:  # noqa: ANN401 - a module without types, and a file of its
    """The bytes as a file in which pyarrow may go back and forth; and how many are to be read of a column at a time."""
    file = content.open()
    if not content.path or not file.seekable():
        return pa.BufferReader(content.data), 0
    if isinstance(file, io.BufferedReader) and isinstance(file.raw, io.FileIO):
        with file:  # pyarrow reads it by itself in three quarters of the time
            return pa.OSFile(os.fsencode(content.path)), _BUFFER
    return pa.PythonFile(file), _BUFFER


def _sized(content: Content, file: Any) -> None:  # noqa: ANN401 - a ParquetFile
    """Refuse a small file that would unfold to a very large table."""
    cells = file.metadata.num_rows * file.metadata.num_columns
    if cells * 4 > max(_LARGE, _RATIO * content.size):
        raise DamagedInputError(
            f"{content.shown}: {content.size} bytes of Parquet claim {file.metadata.num_rows} rows; "
            "no recording of scores is packed so tightly"
        )


def _unpacked(metadata: Any) -> int:  # noqa: ANN401 - what a ParquetFile says of itself
    """How many bytes a table takes in memory, at least."""
    told = sum(int(metadata.row_group(i).total_byte_size) for i in range(metadata.num_row_groups))
    return max(told, int(metadata.num_rows) * max(_ROW, 4 * int(metadata.num_columns)))


def _abreast(metadata: Any) -> int:  # noqa: ANN401 - what a ParquetFile says of itself
    """How many columns of a file are read side by side: each such part passes over the memory of all scores."""
    largest = max((int(metadata.row_group(i).total_byte_size) for i in range(metadata.num_row_groups)), default=0)
    return max(_ABREAST, _HELD * int(metadata.num_columns) // max(1, largest))


def _width(kind: Any) -> int:  # noqa: ANN401 - a type of Arrow
    """How many bytes a cell takes, more or less."""
    from pyarrow import types  # noqa: PLC0415 - optional

    return kind.bit_width // 8 if types.is_floating(kind) else 8


def _is_text(kind: Any) -> bool:  # noqa: ANN401 - a type of Arrow
    from pyarrow import types  # noqa: PLC0415 - optional

    return bool(types.is_string(kind) or types.is_large_string(kind))


def _is_left(kind: Any) -> bool:  # noqa: ANN401 - a type of Arrow
    """Whether cells of a type hold no scores, and may be as large as pictures."""
    from pyarrow import types  # noqa: PLC0415 - optional

    tests = (types.is_struct, types.is_map, types.is_binary, types.is_large_binary, types.is_fixed_size_binary)
    return any(test(kind) for test in tests)


reader = Reader(
    "parquet",
    "Parquet: a recording that leed wrote, or a table with a column for each label",
    "as written, or as the labels tell",
    recognise,
    read,
    parts,
)
