"""Batches to a file: groups of many rows, in each a chunk for each leaf, in it pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import version
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from leed.batch.parquet.footer import MAGIC, Chunk, Group, Range, footer
from leed.batch.parquet.levels import BYTES, Entries, Leaf, entries, leaves
from leed.batch.parquet.pages import Page, data_page, dictionary_page, plain

if TYPE_CHECKING:
    import pyarrow as pa

GROUP: Final = 1 << 17
"""Rows of a group: enough for columns to pack well, few enough to be held in memory."""
_PAGE: Final = 1 << 19
"""Bytes of a page before it is packed, about."""
_SAMPLE: Final = 1 << 13
"""Values that tell whether a column is packed."""
_WORTH_IT: Final = 0.95
"""How large they may be when they are packed."""
_LONGEST: Final = 1 << 10
"""Bytes of a least or greatest text that is told."""


class Writer:
    """Writes batches of any number of rows, many small ones together: a group costs time to write and to read.

    Args:
        file: open for writing; it stays the caller's to close.
        schema: that of the batches.
        sought: columns, not of lists, whose least and greatest values are told of each group, so that readers can pass
            over it.
        most: rows of a group at most.
    """

    def __init__(self, file: Any, schema: pa.Schema, *, sought: tuple[str, ...] = (), most: int = GROUP) -> None:  # noqa: ANN401 - a file of any kind
        from pyarrow import Codec  # noqa: PLC0415 - optional

        self._file = file
        self._schema = schema
        self._sought = sought
        self._most = most
        self._codec = Codec("snappy")
        self._leaves = [(field, list(leaves(field))) for field in schema]
        self._groups: list[Group] = []
        self._waiting: list[pa.RecordBatch] = []
        self._rows = 0
        self._at = 0
        self._put(MAGIC)

    def write_batch(self, batch: pa.RecordBatch) -> None:
        """Add rows.

        Raises:
            ValueError: they are not as the schema says.
        """
        if not batch.schema.equals(self._schema):
            raise ValueError(f"a batch has other columns than the file: {batch.schema}; expected {self._schema}")
        if self._waiting and self._rows + batch.num_rows > self._most:
            self._write()
        self._waiting.append(batch)
        self._rows += batch.num_rows

    def close(self) -> None:
        """Write what is left, and what readers look for at the end."""
        self._write()
        self._put(footer(self._schema, self._groups, _maker()))

    def _write(self) -> None:
        """Write what waits."""
        import pyarrow as pa  # noqa: PLC0415 - optional

        if self._rows:
            whole = self._waiting[0] if len(self._waiting) == 1 else pa.concat_batches(self._waiting)
            for start in range(0, self._rows, self._most):
                self._write_group(whole.slice(start, self._most))
        self._waiting, self._rows = [], 0

    def _write_group(self, batch: pa.RecordBatch) -> None:
        start = self._at
        chunks = [
            chunk
            for (field, its_leaves), column in zip(self._leaves, batch.columns, strict=True)
            for chunk in self._chunks(field, its_leaves, column)
        ]
        self._groups.append(Group(batch.num_rows, start, chunks))

    def _chunks(self, field: pa.Field, its_leaves: list[Leaf], column: pa.Array) -> Iterator[Chunk]:
        """Write a column."""
        size = getattr(column, "indices", column).nbytes
        rows = max(1, _PAGE * len(its_leaves) * len(column) // max(1, size))
        parts = [entries(column.slice(start, rows), field) for start in range(0, len(column), rows)]
        for leaf, pieces in zip(its_leaves, zip(*parts, strict=True), strict=True):
            found = _range(leaf, column) if leaf.path[0] in self._sought else None
            codec = self._codec if _is_worth_it(leaf, pieces[0].values, self._codec) else None
            chunk = Chunk(leaf, self._at, found, is_packed=codec is not None)
            for page, total in _pages(leaf, pieces, codec):
                chunk.add(page, total)
                for part in page.parts:
                    self._put(part)
            yield chunk

    def _put(self, data: Any) -> None:  # noqa: ANN401 - whatever holds bytes
        self._file.write(data)
        self._at += len(data)


@cache
def _maker() -> str:
    """Who wrote a file, as readers expect to be told."""
    return f"leed version {version('leed')}"


def _is_worth_it(leaf: Leaf, values: Any, codec: Any) -> bool:  # noqa: ANN401 - pyarrow has no types
    """Whether values get notably smaller when they are packed; those of scores most often do not, as the first tell."""
    if leaf.is_coded or not len(values):
        return True
    data = plain(values.slice(0, _SAMPLE))
    return len(codec.compress(data)) < _WORTH_IT * len(data)


def _pages(leaf: Leaf, pieces: Sequence[Entries], codec: Any) -> Iterator[tuple[Page, int | None]]:  # noqa: ANN401
    """The pages of a leaf, and how many entries each has; that of its dictionary first."""
    if leaf.is_coded:
        words, pieces = _worded(pieces)
        yield dictionary_page(words, codec), None
    for piece in pieces:
        yield data_page(leaf, piece, codec), piece.total


def _worded(pieces: Sequence[Entries]) -> tuple[pa.Array, Sequence[Entries]]:
    """The words of pieces in one dictionary, each once, and the pieces with their places in it.

    It is the dictionary that they have, unless its words outnumber the values: those may be the words of other groups.
    Nor may a word stand in it twice: pyarrow keeps one of them when it reads the file, and mistakes the places behind.
    """
    import pyarrow as pa  # noqa: PLC0415 - optional

    some = [piece.values for piece in pieces if len(piece.values)]
    words = some[0].dictionary if some else pa.array([], pa.string())
    is_theirs = all(values.dictionary.equals(words) for values in some)
    if is_theirs and len(words) <= sum(map(len, some)) and len(words.unique()) == len(words):
        return words, pieces
    whole = pa.concat_arrays(some).dictionary_decode().dictionary_encode()
    starts = accumulate((len(piece.values) for piece in pieces), initial=0)
    coded = [piece._replace(values=whole.slice(i, len(piece.values))) for i, piece in zip(starts, pieces, strict=False)]
    return whole.dictionary, coded


def _range(leaf: Leaf, column: pa.Array) -> Range:
    """The least and greatest value of a column, where they can be told."""
    import pyarrow as pa  # noqa: PLC0415 - optional

    missing = column.null_count
    known = column.drop_null() if missing else column
    if not len(known):
        return Range(missing)
    if leaf.physical == BYTES:
        if leaf.is_coded:
            words = known.dictionary
            known = words if len(words) == 1 else words.take(pa.array(np.flatnonzero(np.bincount(known.indices))))
        words = sorted(word.encode() for word in known.to_pylist())
        bounds = words[0], words[-1]
        return Range(missing, bounds if max(map(len, bounds)) <= _LONGEST else None)
    numbers = known.to_numpy()
    # Zeros are told so that those of either sign are between them.
    least, greatest = (bound or zero for bound, zero in [(numbers.min(), -0.0), (numbers.max(), 0.0)])
    if np.isnan(least):
        return Range(missing)
    return Range(
        missing, (bytes(plain(pa.array([least], column.type))), bytes(plain(pa.array([greatest], column.type))))
    )
