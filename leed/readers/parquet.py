"""Parquet: a recording that leed wrote (`Recording.to_table`), or a table with a column for each label.

::

    speaker: string, begin: double, end: double, Joy: float, Sadness: float

Quantity: as written; for other tables as the labels and numbers tell (see `leed.readers.table`, also for the columns
that say when, who and what). Numbers in text, dictionaries, dates and lists of numbers are read as what they are;
nested columns and pictures are left out and reported. Needs pyarrow, the extra ``data``. Source: the format is
Apache's, https://parquet.apache.org; files come from pandas, polars, Spark, DuckDB and data sets.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

from leed.errors import DamagedInputError, UnknownFormatError
from leed.readers import CERTAIN, GENERIC, NEAR, NOT_THIS, Guess, Reader
from leed.readers.arrow import pyarrow, read_table
from leed.readers.content import Content
from leed.readers.tabular import listed, tells, unknown
from leed.schema.recording import Recording
from leed.schema.tables import is_recording
from leed.schema.terms import Issue

_MAGIC = b"PAR1"
_LARGE = 1 << 30
_RATIO = 250
"""How many times as large as the file its columns may be, once they are large at all."""


def recognise(content: Content) -> Guess:
    """Return whether it is Parquet: a table of leed's, or with at least one known label."""
    if content.kind != "Parquet":
        return NOT_THIS
    try:
        with _opened(content) as file:
            schema = file.schema_arrow
    except (DamagedInputError, ImportError):
        return Guess(CERTAIN)  # reading says what is wrong
    if is_recording(schema):
        return Guess(CERTAIN)
    return Guess(GENERIC) if any(map(tells, schema.names)) else Guess(NEAR, unknown(schema.names, "parquet"))


def read(content: Content) -> Recording:
    """Return the recording that the columns hold."""
    if not content.head.startswith(_MAGIC):
        raise UnknownFormatError(f"{content.shown}: is no Parquet, which begins with the letters PAR1")
    with _opened(content) as file:
        _sized(content, file)
        schema = file.schema_arrow
    left = _left(schema)
    texts = [field.name for field in schema if _is_text(field.type)]
    with _opened(content, texts) as file:
        table = file.read(
            columns=[name for name in schema.names if name not in left] if left else None, use_threads=False
        )
    recording = read_table(table, shown=content.shown, source=content.name)
    if not left:
        return recording
    what = f"{len(left)} columns of bytes or nested values are left out: {listed(left)}"
    return recording.replace(issues=(*recording.issues, Issue("not-a-label", what)))


@contextmanager
def _opened(content: Content, texts: Sequence[str] = ()) -> Generator[Any]:
    """The file, its footer read; texts are columns to be read as codes. Of damage, an error of leed's tells."""
    pa = pyarrow("reading Parquet")
    from pyarrow import parquet  # noqa: PLC0415 - optional

    try:
        with parquet.ParquetFile(pa.BufferReader(content.data), read_dictionary=list(texts)) as file:
            yield file
    except (pa.ArrowException, OSError, ValueError, MemoryError, OverflowError) as error:
        what = " ".join(str(error).split())[:300]
        raise DamagedInputError(
            f"{content.shown}: is Parquet, but damaged or cut off: {what}; download or copy the file again"
        ) from error


def _sized(content: Content, file: Any) -> None:  # noqa: ANN401 - a ParquetFile
    """Refuse a small file that would unfold to a very large table."""
    cells = file.metadata.num_rows * file.metadata.num_columns
    if cells * 4 > max(_LARGE, _RATIO * content.size):
        raise DamagedInputError(
            f"{content.shown}: {content.size} bytes of Parquet claim {file.metadata.num_rows} rows; "
            "no recording of scores is packed so tightly"
        )


def _is_text(kind: Any) -> bool:  # noqa: ANN401 - a type of Arrow
    from pyarrow import types  # noqa: PLC0415 - optional

    return bool(types.is_string(kind) or types.is_large_string(kind))


def _left(schema: Any) -> list[str]:  # noqa: ANN401 - a schema of Arrow
    """The columns that hold no scores, and may be as large as pictures."""
    from pyarrow import types  # noqa: PLC0415 - optional

    return (
        []
        if is_recording(schema)
        else [
            field.name
            for field in schema
            if types.is_struct(field.type)
            or types.is_map(field.type)
            or types.is_binary(field.type)
            or types.is_large_binary(field.type)
            or types.is_fixed_size_binary(field.type)
        ]
    )


reader = Reader(
    "parquet",
    "Parquet: a recording that leed wrote, or a table with a column for each label",
    "as written, or as the labels tell",
    recognise,
    read,
)
