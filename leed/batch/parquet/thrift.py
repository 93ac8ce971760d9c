"""Thrift's compact protocol, as far as what a Parquet file says of itself takes it.

Source: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

_I32, _I64, _BINARY, _LIST, _STRUCT = 5, 6, 8, 9, 12
_SHORT: Final = 15
"""A list of fewer, and a step between fields of no more, takes a byte."""


class Value(NamedTuple):
    """A value: what it is, and its bytes."""

    kind: int
    data: bytes


def i32(number: int) -> Value:
    """Return a number of 32 bits."""
    return Value(_I32, _zigzag(number))


def i64(number: int) -> Value:
    """Return a number of 64 bits."""
    return Value(_I64, _zigzag(number))


def binary(value: str | bytes) -> Value:
    """Return bytes, or text as such."""
    data = value.encode() if isinstance(value, str) else value
    return Value(_BINARY, varint(len(data)) + data)


def listed(values: Sequence[Value]) -> Value:
    """Return values of one kind; if there are none, as structures."""
    kind, count = values[0].kind if values else _STRUCT, len(values)
    head = bytes([count << 4 | kind]) if count < _SHORT else bytes([0xF0 | kind]) + varint(count)
    return Value(_LIST, head + b"".join(value.data for value in values))


def struct(fields: Mapping[int, Value | None]) -> Value:
    """Return a structure of fields by their numbers, which rise; one that is None is left out.

    >>> struct({1: i32(3), 3: None, 4: binary("a")}).data.hex()
    '150638016100'
    """
    data, last = [], 0
    for number, value in fields.items():
        if value is not None:
            data.append(bytes([number - last << 4 | value.kind]) + value.data)
            last = number
    return Value(_STRUCT, b"".join(data) + b"\0")


def varint(number: int) -> bytes:
    """Return a number as groups of seven bits, the last ones first.

    >>> varint(300).hex()
    'ac02'
    """
    data = bytearray()
    while number > 0x7F:  # noqa: PLR2004 - seven bits
        data.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*data, number])


def _zigzag(number: int) -> bytes:
    return varint(number << 1 if number >= 0 else (-number << 1) - 1)
