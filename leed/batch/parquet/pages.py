"""Pages: some rows of a leaf as the bytes of a Parquet file, their levels first, and then their values.

Values are plain, one after the other, or the places of words in a dictionary, each as one, two or four bytes: that is
among the ways Parquet knows, needs no bits to be moved, and snappy packs what repeats. So does a run for what is the
same throughout. Source: https://parquet.apache.org/docs/file-format/data-pages/encodings/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from leed.batch.parquet import hybrid, thrift
from leed.batch.parquet.levels import Entries, Leaf
from leed.batch.parquet.thrift import i32, struct

if TYPE_CHECKING:
    import pyarrow as pa

PLAIN, RLE, CODED = 0, 3, 8
"""Parquet's numbers of encodings: values themselves, levels, places in a dictionary."""
_DATA, _DICTIONARY = 0, 2


class Page(NamedTuple):
    """A page as it stands in a file: the parts of it, and how many bytes they are, packed and not."""

    parts: tuple[Any, ...]
    size: int
    full_size: int


def dictionary_page(words: pa.Array, codec: Any) -> Page:  # noqa: ANN401 - pyarrow has no types
    """Return the words of a dictionary.

    Raises:
        ValueError: one of them is missing.
    """
    if words.null_count:
        raise ValueError("a dictionary has a place for nothing; what is missing has no place in it")
    said = {1: i32(len(words)), 2: i32(PLAIN)}
    return _page(_DICTIONARY, (plain(words),), {7: struct(said)}, codec)


def data_page(leaf: Leaf, entries: Entries, codec: Any) -> Page:  # noqa: ANN401 - as above
    """Return some rows, packed by a codec; as they are if there is none."""
    said = {1: i32(entries.total), 2: i32(CODED if leaf.is_coded else PLAIN), 3: i32(RLE), 4: i32(RLE)}
    values = _codes(entries.values) if leaf.is_coded else plain(entries.values)
    return _page(_DATA, (entries.levels, values), {5: struct(said)}, codec)


def plain(values: pa.Array) -> Any:  # noqa: ANN401 - whatever holds bytes
    """Return numbers, or texts with their lengths, one after the other.

    >>> import pyarrow as pa
    >>> bytes(plain(pa.array(["a", "bc"]))).hex()
    '0100000061020000006263'
    """
    import pyarrow as pa  # noqa: PLC0415 - optional
    import pyarrow.compute as module  # noqa: PLC0415 - optional

    compute: Any = module  # most of its functions are made when it is imported
    if not len(values):
        return b""
    if not pa.types.is_string(values.type):
        numbers = values.to_numpy()
        return numbers.astype(numbers.dtype.newbyteorder("<"), copy=False).data.cast("B")
    lengths = compute.binary_length(values).to_numpy().astype("<i4")
    told = pa.FixedSizeBinaryArray.from_buffers(pa.binary(4), len(lengths), [None, pa.py_buffer(lengths)])
    whole = compute.binary_join_element_wise(told.cast(pa.binary()), values.cast(pa.binary()), b"")
    return whole.buffers()[2].slice(0, int(lengths.sum()) + lengths.nbytes)


def _page(kind: int, parts: tuple[Any, ...], said: dict[int, thrift.Value], codec: Any) -> Page:  # noqa: ANN401 - as above
    full_size = sum(map(len, parts))
    body = parts if codec is None else (codec.compress(b"".join(parts)),)
    size = sum(map(len, body))
    head = struct({1: i32(kind), 2: i32(full_size), 3: i32(size), **said}).data
    return Page((head, *body), len(head) + size, len(head) + full_size)


def _codes(values: pa.DictionaryArray) -> bytes:
    """The places of words, each in as many bytes as the last place takes."""
    size = next(size for size in (1, 2, 4) if len(values.dictionary) <= 1 << 8 * size)
    return bytes([8 * size]) + (hybrid.places(values.indices.to_numpy(), size) if len(values) else b"")
