"""Batches of Arrow to a Parquet file, for columns of floats and strings, by themselves, in lists, and in structures.

pyarrow writes anything, and lists slowly: of a list it tells, number by number, where the next one begins, which takes
longer than all else that is done to a row of scores. Here that is told once for lists of one length, so that a file
takes a third of the time (`python -m tests.benchmarks.batch` measures both). The schema is kept as pyarrow keeps it;
whatever reads Parquet reads the files: `tests/batch/test_parquet_file.py` holds them to what pyarrow, polars and DuckDB
read of the same batches. Whatever else leed writes as Parquet, pyarrow writes.

From the bytes up: `thrift`, the protocol of what a file says of itself; `hybrid`, numbers of few bits; `levels`, nested
columns as flat ones; `pages`, some rows of one; `footer`, where what stands; `writing`, batches in groups of rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from leed.batch.parquet.writing import GROUP, Writer

if TYPE_CHECKING:
    import pyarrow as pa

_SOUGHT: Final = ("source", "channel", "modality", "aspect", "granularity", "speaker", "begin", "end")
"""Columns whose least and greatest values are told of each group, so that readers can pass over it."""


def writer(file: Any, schema: pa.Schema, *, most: int = GROUP) -> Writer:  # noqa: ANN401 - an open file of any kind
    """Return what writes batches of a schema to a file; the file stays the caller's to close.

    >>> import io
    >>> import pyarrow as pa
    >>> file, batch = io.BytesIO(), pa.record_batch({"begin": [0.0, 0.5]})
    >>> part = writer(file, batch.schema)
    >>> part.write_batch(batch)
    >>> part.close()
    >>> pa.parquet.read_table(file).to_pylist()
    [{'begin': 0.0}, {'begin': 0.5}]

    Args:
        file: open for writing.
        schema: that of the batches.
        most: rows of a group at most.

    Raises:
        TypeError: a column is neither of floats nor of strings, nor of lists or structures of them.
    """
    return Writer(file, schema, sought=_SOUGHT, most=most)


__all__ = ["Writer", "writer"]
