"""Described rows by column, some thousands at a time, on their way through a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.embed.texts import fit
from leed.schema.plain import clean

TEXTS: Final = ("source", "modality", "aspect", "granularity", "speaker", "text", "description", "fingerprint")
TIMES: Final = ("begin", "end")
FIELDS: Final = (*TEXTS[:5], *TIMES, *TEXTS[5:])
_LENGTH: Final = 8  # bytes that say how many follow


class Column(msgspec.Struct, frozen=True):
    """A column of texts: each different one once.

    Attributes:
        packed: which of them each row has, int32.
        values: the texts; None where there is none.
    """

    packed: bytes
    values: list[str | None]

    @property
    def codes(self) -> NDArray[np.int32]:
        """(n,) which value each row has."""
        return np.frombuffer(self.packed, np.int32)

    def cells(self) -> list[str | None]:
        """Return the text of each row."""
        return [self.values[code] for code in self.codes.tolist()]


class Block(msgspec.Struct, frozen=True):
    """Some rows.

    Attributes:
        texts: columns by name.
        seconds: columns of times by name: float64, NaN where there is none.
    """

    texts: dict[str, Column]
    seconds: dict[str, bytes]

    def __len__(self) -> int:
        return len(self.texts["description"].codes)

    def times(self, name: str) -> NDArray[np.float64]:
        """Return a column of times."""
        return np.frombuffer(self.seconds[name], np.float64)


class Filling:
    """A block of so many rows, filled in by column."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._codes = {name: np.zeros(count, np.int32) for name in TEXTS}
        self._values: dict[str, dict[str | None, int]] = {name: {} for name in TEXTS}
        self._times = {name: np.full(count, np.nan) for name in TIMES}

    def same(self, name: str, where: NDArray[np.int64], value: str | None) -> None:
        """Give some rows one text."""
        self._codes[name][where] = self._code(name, value)

    def each(self, name: str, where: NDArray[np.int64], values: Iterable[str | None]) -> None:
        """Give each of some rows its text."""
        self._codes[name][where] = [self._code(name, value) for value in values]

    def coded(self, name: str, where: NDArray[np.int64], codes: NDArray[np.int32], values: Sequence[str]) -> None:
        """Give each of some rows the text of its code."""
        used, again = np.unique(codes, return_inverse=True)
        known: list[int] = used.tolist()
        own = np.array([self._code(name, values[code]) for code in known], np.int32)
        self._codes[name][where] = own[again]

    def timed(self, name: str, where: NDArray[np.int64], seconds: NDArray[np.float64]) -> None:
        """Give each of some rows its time."""
        self._times[name][where] = seconds

    def done(self) -> tuple[Block, list[str]]:
        """Return the block, and for each value of its descriptions the text that is embedded."""
        texts = {
            name: Column(codes.tobytes(), list(map(clean, self._values[name]))) for name, codes in self._codes.items()
        }
        block = Block(texts, {name: seconds.tobytes() for name, seconds in self._times.items()})
        return block, [fit(text or "") for text in self._values["description"]]

    def _code(self, name: str, value: str | None) -> int:
        values = self._values[name]
        return values.setdefault(value, len(values))


def put(file: IO[bytes], what: Block | list[str]) -> None:
    """Write a block, or texts, behind what a file has."""
    data = msgspec.msgpack.encode(what)
    file.write(len(data).to_bytes(_LENGTH, "little") + data)


def blocks_in(path: str) -> Iterator[Block]:
    """Yield the blocks of a file."""
    decoder = msgspec.msgpack.Decoder(Block)
    yield from map(decoder.decode, _pieces(path))


def texts_in(path: str) -> Iterator[list[str]]:
    """Yield the lists of texts of a file."""
    decoder: Any = msgspec.msgpack.Decoder(list[str])
    yield from map(decoder.decode, _pieces(path))


def _pieces(path: str) -> Iterator[bytes]:
    with open(path, "rb") as file:
        while head := file.read(_LENGTH):
            yield file.read(int.from_bytes(head, "little"))
