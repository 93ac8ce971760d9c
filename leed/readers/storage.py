"""Where the bytes of an input lie: in memory, on the disk, or packed by gzip, which is unpacked as it is read.

What is packed may be hostile: a kilobyte can unpack to a megabyte, and that again. So no more is unpacked than scores
can come to (`most_unpacked`), and nothing that is packed twice.
"""

from __future__ import annotations

import errno
import io
import os
import sys
import zlib
from typing import IO, Protocol

from leed.errors import DamagedInputError, InputError
from leed.readers.raw import PIECE, Raw

RATIO = 100
"""How many times smaller packing can make scores: those of a real job get about 2.2 times smaller, empty cells more."""
WHOLE = 1 << 31
"""Bytes of packed data that are unpacked into memory at once; what is streamed may be larger."""
_FREE = 1 << 24  # bytes that may be unpacked in any case
_KEPT = 1 << 25  # bytes that are kept from when they were counted, so that they are unpacked only once
_GZIP = b"\x1f\x8b"
_WITH_HEADER = 16 + zlib.MAX_WBITS


class Storage(Protocol):
    """Where bytes lie."""

    @property
    def size(self) -> int:
        """How many there are."""
        ...

    @property
    def weight(self) -> int:
        """How many they take where they come from, packed as they are there."""
        ...

    @property
    def whole(self) -> int:
        """How many may be read at once."""
        ...

    def open(self) -> IO[bytes]:
        """Return them as an open file.

        Raises:
            InputError: they cannot be opened.
        """
        ...


class Held:
    """Bytes in memory."""

    whole = sys.maxsize

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size = self.weight = len(data)

    def open(self) -> IO[bytes]:
        """Return the bytes as an open file."""
        return io.BytesIO(self._data)


class OnDisk:
    """A file."""

    whole = sys.maxsize

    def __init__(self, path: str) -> None:
        self._path = path

    @property
    def size(self) -> int:
        """How many bytes there are now."""
        return os.path.getsize(self._path)

    @property
    def weight(self) -> int:
        """How many bytes it takes."""
        return self.size

    def open(self) -> IO[bytes]:
        """Return the file, open for reading bytes."""
        return opened(self._path)


class Gzipped:
    """What gzip packed, unpacked anew each time it is opened.

    Attributes:
        trailing: how many bytes behind it are none of it.
    """

    whole = WHOLE

    def __init__(self, packed: Storage, shown: str) -> None:
        self.weight = packed.weight
        self._packed = packed
        self._shown = shown
        self._most = most_unpacked(packed.weight)
        self._kept: bytes | None = None
        self.size, self.trailing = self._count()

    def open(self) -> IO[bytes]:
        """Return what was packed as an open file, which cannot be gone back in if it is large."""
        return self._unpacking().buffered() if self._kept is None else io.BytesIO(self._kept)

    def _unpacking(self) -> Unpacking:
        return Unpacking(self._packed.open(), self._shown, self._most)

    def _count(self) -> tuple[int, int]:
        """Unpack everything once, so that damage is met before anything is read; keep it if it is small."""
        kept = bytearray()
        size = 0
        with self._unpacking() as file:
            while piece := file.read(PIECE):
                if not size and piece.startswith(_GZIP):
                    raise InputError(f"{self._shown}: is gzip data within gzip data; unpack it once and give that")
                size += len(piece)
                if size <= _KEPT:
                    kept += piece
            trailing = file.trailing
        if size <= _KEPT:
            self._kept = bytes(kept)
        return size, trailing


class Unpacking(Raw):
    """gzip data as an open file of what was packed.

    Reading raises DamagedInputError if the data is cut off or corrupt (the message says at which byte), and InputError
    if it unpacks to more than scores do.

    Attributes:
        trailing: at the end, how many bytes behind the last member are none, and no padding.
    """

    def __init__(self, packed: IO[bytes], shown: str, most: int) -> None:
        super().__init__(packed)
        self.trailing = 0
        self._shown = shown
        self._most = most
        self._inflate = zlib.decompressobj(_WITH_HEADER)
        self._pending = b""
        self._came = 0
        self._given = 0
        self._ended = False

    def _next(self, size: int) -> bytes:
        while size and not self._ended:
            if self._inflate.eof:
                self._ended = not self._another()
                continue
            packed = self._pending or self._more()
            data = self._unpacked(packed, size)
            if data:
                return data
            if not packed and not self._inflate.eof:
                raise DamagedInputError(
                    f"{self._shown}: the gzip data is cut off at byte {self._came}: it ends in the middle; "
                    "download or copy the file again"
                )
        return b""

    def _unpacked(self, packed: bytes, size: int) -> bytes:
        before = self._inflate.copy()
        try:
            data = self._inflate.decompress(packed, size)
        except zlib.error as error:
            byte = self._came - len(packed) + _place(before, packed)
            raise DamagedInputError(
                f"{self._shown}: the gzip data is damaged at byte {byte} ({_reason(error)}); "
                "download or copy the file again"
            ) from error
        self._pending = self._inflate.unconsumed_tail
        self._given += len(data)
        if self._given > self._most:
            raise InputError(
                f"{self._shown}: unpacks to more than {self._most} bytes, which no scores do; "
                "if it is sound, unpack it and give that"
            )
        return data

    def _more(self) -> bytes:
        packed = read_some(self._inner, PIECE, self._shown)
        self._came += len(packed)
        return packed

    def _another(self) -> bool:
        """Begin the next member, if there is one behind the padding."""
        rest = self._inflate.unused_data.lstrip(b"\x00")
        while len(rest) < len(_GZIP) and (more := self._more()):
            rest = (rest + more).lstrip(b"\x00")
        if not rest.startswith(_GZIP):
            self.trailing = len(rest) + sum(map(len, iter(self._more, b"")))
            return False
        self._pending = rest
        self._inflate = zlib.decompressobj(_WITH_HEADER)
        return True


def unpacked(packed: Storage, shown: str) -> Storage:
    """Return the storage itself, or what was packed if it is gzip data; ``shown`` is what messages call it."""
    with packed.open() as file:
        return Gzipped(packed, shown) if read_some(file, len(_GZIP), shown) == _GZIP else packed


def most_unpacked(size: int) -> int:
    """Return how many bytes scores that were packed to so many can unpack to."""
    return max(_FREE, RATIO * size)


def read_some(file: IO[bytes], size: int, shown: str) -> bytes:
    """Return the next bytes of a file, as many as there are up to ``size``; all if that is negative.

    Raises:
        InputError: they cannot be read.
    """
    try:
        return file.read(size)
    except OSError as error:
        raise InputError(f"{shown}: cannot be read: {error.strerror or error}") from error


def opened(path: str) -> IO[bytes]:
    """Return a file open for reading bytes.

    Raises:
        InputError: there is none, it is a directory, or it cannot be read.
    """
    try:
        return open(path, "rb")
    except FileNotFoundError as error:
        hint = "; content goes in as bytes" if path.lstrip()[:1] in ("{", "[", "<") else ""
        raise InputError(f"{_brief(path)}: no such file{hint}") from error
    except IsADirectoryError as error:
        raise InputError(f"{path}: is a directory; give a file in it") from error
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise InputError(f"{_brief(path)}: no file has such a long name; content goes in as bytes") from error
        raise InputError(f"{_brief(path)}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise InputError(f"{_brief(path)!r}: cannot be a path: {error}") from error


def _brief(path: str) -> str:
    shown = " ".join(path.split())
    return shown if len(shown) <= 100 else shown[:97] + "..."  # noqa: PLR2004 - fits a line


def _place(inflate: zlib._Decompress, packed: bytes) -> int:  # pyright: ignore[reportPrivateUsage] - typeshed's name
    """At which of the bytes unpacking fails."""
    for place in range(len(packed)):
        try:
            inflate.decompress(packed[place : place + 1])
        except zlib.error:
            return place
    return len(packed)


def _reason(error: zlib.error) -> str:
    """What zlib says, without the number: "incorrect data check"."""
    return str(error).rpartition(": ")[2]
