"""What a Parquet file says of itself at its end: its columns, and where each of them lies in each group of rows.

Numbers of fields and kinds are those of https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from leed.batch.parquet.levels import BYTES, Leaf, is_list, is_structure, leaves, physical
from leed.batch.parquet.pages import CODED, PLAIN, RLE, Page
from leed.batch.parquet.thrift import Value, binary, i32, i64, listed, struct

if TYPE_CHECKING:
    import pyarrow as pa

MAGIC: Final = b"PAR1"
_VERSION: Final = 2
_AS_IT_IS, _SNAPPY = 0, 1
_REQUIRED, _OPTIONAL, _REPEATED = 0, 1, 2
_TEXT, _LIST = 0, 3
_AS_TEXT = {6: i32(_TEXT), 10: struct({1: struct({})})}
_AS_LIST = {6: i32(_LIST), 10: struct({3: struct({})})}
"""What a column means, in the older way of saying it and in the newer one."""


class Range(NamedTuple):
    """How many rows of a column have no value in a group, and its least and greatest value as bytes, if told."""

    missing: int
    bounds: tuple[bytes, bytes] | None = None


class Chunk:
    """A leaf in a group of rows, as its pages are written.

    Args:
        leaf: which.
        start: where in the file its first page is.
        found: what is told of its values.
        is_packed: whether its pages are packed by snappy.
    """

    def __init__(self, leaf: Leaf, start: int, found: Range | None, *, is_packed: bool) -> None:
        self.size = self.full_size = 0
        self._leaf = leaf
        self._start = start
        self._found = found
        self._is_packed = is_packed
        self._entries = 0
        self._first = start

    def add(self, page: Page, entries: int | None) -> None:
        """Take note of a page with so many entries; of a dictionary, with None."""
        self.size += page.size
        self.full_size += page.full_size
        if entries is None:
            self._first = self._start + self.size
        else:
            self._entries += entries

    def said(self) -> Value:
        """Return what the file says of it."""
        coded, found = self._leaf.is_coded, self._found
        about = {
            1: i32(self._leaf.physical),
            2: listed([i32(kind) for kind in ((PLAIN, RLE, CODED) if coded else (PLAIN, RLE))]),
            3: listed([binary(name) for name in self._leaf.path]),
            4: i32(_SNAPPY if self._is_packed else _AS_IT_IS),
            5: i64(self._entries),
            6: i64(self.full_size),
            7: i64(self.size),
            9: i64(self._first),
            11: i64(self._start) if coded else None,
            12: None if found is None else _statistics(found),
        }
        return struct({2: i64(0), 3: struct(about)})


class Group(NamedTuple):
    """A group of rows."""

    rows: int
    start: int
    chunks: Sequence[Chunk]

    def said(self) -> Value:
        """Return what the file says of it."""
        full, packed = sum(c.full_size for c in self.chunks), sum(c.size for c in self.chunks)
        chunks = listed([chunk.said() for chunk in self.chunks])
        return struct({1: chunks, 2: i64(full), 3: i64(self.rows), 5: i64(self.start), 6: i64(packed)})


def footer(schema: pa.Schema, groups: Sequence[Group], made_by: str) -> bytes:
    """Return the end of a file, its length and the letters that follow it included."""
    root = struct({4: binary("schema"), 5: i32(len(schema))})
    columns = [root, *(element for field in schema for element in _elements(field))]
    known = {**(schema.metadata or {}), b"ARROW:schema": base64.b64encode(schema.serialize())}
    in_order = struct({1: struct({})})  # as their kind has it
    said = struct(
        {
            1: i32(_VERSION),
            2: listed(columns),
            3: i64(sum(group.rows for group in groups)),
            4: listed([group.said() for group in groups]),
            5: listed([struct({1: binary(key), 2: binary(value)}) for key, value in known.items()]),
            6: binary(made_by),
            7: listed([in_order for field in schema for _ in leaves(field)]),
        }
    )
    return said.data + len(said.data).to_bytes(4, "little") + MAGIC


def _elements(field: pa.Field, name: str | None = None) -> Iterator[Value]:
    """A column and what it consists of, each before what lies in it."""
    kind = field.type
    known = {3: i32(_OPTIONAL if field.nullable else _REQUIRED), 4: binary(name or field.name)}
    if is_list(kind):
        yield struct({**known, 5: i32(1), **_AS_LIST})
        yield struct({3: i32(_REPEATED), 4: binary("list"), 5: i32(1)})
        yield from _elements(kind.value_field, "element")
    elif is_structure(kind):
        yield struct({**known, 5: i32(kind.num_fields)})
        for inner in kind:
            yield from _elements(inner)
    else:
        made_of = physical(field.name, kind)
        yield struct({1: i32(made_of), **known, **(_AS_TEXT if made_of == BYTES else {})})


def _statistics(found: Range) -> Value:
    known = {3: i64(found.missing)}
    if found.bounds is not None:
        least, greatest = found.bounds
        known |= {5: binary(greatest), 6: binary(least)}
    return struct(known)
