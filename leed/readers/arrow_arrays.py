"""Arrays of Arrow as arrays of NumPy, and back, by their buffers.

pyarrow's own conversions import pandas wherever it is installed, which takes 40 MiB and half a second, and gives
nothing that is needed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

_FLOATS = {width: np.dtype(f"f{width // 8}") for width in (16, 32, 64)}


def floats(column: pa.Array | pa.ChunkedArray) -> NDArray[Any]:
    """Return a column of floats with NaN for null; without a copy where it is in one piece that has none.

    >>> import pyarrow
    >>> floats(pyarrow.array([0.5, None, 0.25]))
    array([0.5 ,  nan, 0.25])
    """
    kind = _FLOATS[column.type.bit_width]
    pieces = [_piece(chunk, kind, np.nan) for chunk in _chunks(column)]
    return pieces[0] if len(pieces) == 1 else np.concatenate([np.empty(0, kind), *pieces])


def matrix(table: pa.Table) -> NDArray[np.float64]:
    """Return columns of float64 side by side, with NaN for null; the numbers of each lie behind each other.

    >>> import pyarrow
    >>> matrix(pyarrow.table({"a": [0.5, None], "b": [1.0, 2.0]})).tolist()
    [[0.5, 1.0], [nan, 2.0]]
    """
    import pyarrow as pa  # noqa: PLC0415 - optional

    how = {"null_to_nan": True, "row_major": False, "memory_pool": pa.system_memory_pool()}
    pieces = [batch.to_tensor(**how).to_numpy() for batch in table.to_batches()]
    if len(pieces) == 1:
        return np.asarray(pieces[0])
    return np.concatenate([np.empty((0, table.num_columns), order="F"), *pieces])


def integers(column: pa.Array | pa.ChunkedArray) -> NDArray[np.int64]:
    """Return a column of integers with -1 for null.

    >>> import pyarrow
    >>> integers(pyarrow.array([3, None], "uint8"))
    array([ 3, -1])
    """
    kind = np.dtype(f"{_letter(column.type)}{column.type.bit_width // 8}")
    pieces = [np.where(_valid(chunk), _piece(chunk, kind, 0), np.int64(-1)) for chunk in _chunks(column)]
    return np.concatenate([np.empty(0, np.int64), *pieces])


def values_of(column: pa.Array | pa.ChunkedArray) -> NDArray[Any]:
    """Return a column as pyarrow would: of its own type, or of floats where there are integers and null.

    >>> import pyarrow
    >>> values_of(pyarrow.array([True, False])), values_of(pyarrow.array([1, None], "uint8"))
    (array([ True, False]), array([ 1., nan]))
    """
    import pyarrow as pa  # noqa: PLC0415 - optional

    kind = column.type
    if pa.types.is_floating(kind):
        return floats(column)
    if pa.types.is_integer(kind) and column.null_count:
        return floats(column.cast(pa.float64(), safe=False))
    if pa.types.is_integer(kind):
        return _whole(column)
    if pa.types.is_boolean(kind) and not column.null_count:
        return _whole(column.cast(pa.uint8())).view(np.bool_)
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return np.asarray(whole.to_numpy(zero_copy_only=False))


def valid(column: pa.Array | pa.ChunkedArray) -> NDArray[np.bool_]:
    """Return which values of a column are not null.

    >>> import pyarrow
    >>> valid(pyarrow.array(["a", None]))
    array([ True, False])
    """
    return np.concatenate([np.empty(0, np.bool_), *map(_valid, _chunks(column))])


def strings(texts: Sequence[str], kind: pa.DataType) -> pa.Array:
    """Return an array of the type string or large_string."""
    import pyarrow as pa  # noqa: PLC0415 - optional

    encoded = [text.encode() for text in texts]
    width = np.int64 if pa.types.is_large_string(kind) else np.int32
    offsets = np.cumsum([0, *map(len, encoded)], dtype=width)
    return pa.Array.from_buffers(kind, len(texts), [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))])


def indices(numbers: NDArray[np.int64]) -> pa.Array:
    """Return an array of the type int64, in the same memory."""
    import pyarrow as pa  # noqa: PLC0415 - optional

    return pa.Array.from_buffers(pa.int64(), len(numbers), [None, pa.py_buffer(np.ascontiguousarray(numbers))])


def _whole(column: pa.Array | pa.ChunkedArray) -> NDArray[Any]:
    """A column of integers without null."""
    kind = np.dtype(f"{_letter(column.type)}{column.type.bit_width // 8}")
    pieces = [_piece(chunk, kind, 0) for chunk in _chunks(column)]
    return np.concatenate([np.empty(0, kind), *pieces])


def _letter(kind: pa.DataType) -> str:
    import pyarrow as pa  # noqa: PLC0415 - optional

    return "u" if pa.types.is_unsigned_integer(kind) else "i"


def _chunks(column: Any) -> list[Any]:  # noqa: ANN401 - an array of Arrow, in one piece or more
    return list(getattr(column, "chunks", [column]))


def _piece(array: pa.Array, kind: np.dtype[Any], missing: float) -> NDArray[Any]:
    data = array.buffers()[1]
    if not len(array) or data is None:
        return np.full(len(array), missing, kind)
    values = np.frombuffer(data, kind, len(array), array.offset * kind.itemsize)
    return np.where(_valid(array), values, kind.type(missing)) if array.null_count else values


def _valid(array: pa.Array) -> NDArray[np.bool_]:
    bits = array.buffers()[0] if array.null_count else None
    if bits is None:
        return np.full(len(array), not array.null_count)
    packed = np.frombuffer(bits, np.uint8)
    return np.unpackbits(packed, count=array.offset + len(array), bitorder="little")[array.offset :].view(np.bool_)
