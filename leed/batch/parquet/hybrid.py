"""Parquet's mix of runs and packed bits, in which levels and places in dictionaries are told.

Source: https://parquet.apache.org/docs/file-format/data-pages/encodings/, run length encoding / bit-packing hybrid.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leed.batch.parquet.thrift import varint


def levels(numbers: NDArray[np.uint8], width: int) -> bytes:
    """Return small numbers of so many bits each, which are some.

    >>> levels(np.array([0, 1, 1], np.uint8), 1).hex(), levels(np.array([2, 2, 2], np.uint8), 2).hex()
    ('0306', '0602')
    """
    if _are_same(numbers):
        return run(len(numbers), int(numbers[0]))
    bits = np.stack([numbers >> i & 1 for i in range(width)], axis=1) if width > 1 else numbers
    return _packed(len(numbers), np.packbits(bits, bitorder="little").tobytes(), width)


def run(count: int, number: int, size: int = 1) -> bytes:
    """Return so many times a number, which takes so many bytes."""
    return varint(count << 1) + number.to_bytes(size, "little")


@lru_cache(maxsize=16)
def regular(count: int, every: int) -> bytes:
    """Return ones, and 0 for the first of so many; the pages of a column share it."""
    return levels((np.arange(count) % every > 0).view(np.uint8), 1)


def places(numbers: NDArray[np.signedinteger[Any]], size: int) -> bytes:
    """Return numbers of so many bytes each, which are some: whole bytes are bits that need not be packed."""
    numbers = numbers.astype(f"<u{size}")
    if _are_same(numbers):
        return run(len(numbers), int(numbers[0]), size)
    return _packed(len(numbers), numbers.tobytes(), 8 * size)


def _are_same(numbers: NDArray[Any]) -> bool:
    """Whether all are the same; most often the ends tell."""
    return bool(numbers[0] == numbers[-1] and (numbers == numbers[0]).all())


def _packed(count: int, bits: bytes, width: int) -> bytes:
    """So many numbers of so many bits, in eights, of which the last one is filled up."""
    eights = -(-count // 8)
    return varint(eights << 1 | 1) + bits.ljust(eights * width, b"\0")
