"""Open files made of other ones: unpacked, taken out of an archive or put into another encoding as they are read."""

from __future__ import annotations

import io
from abc import abstractmethod
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PIECE = 1 << 16
"""How many bytes are read at a time."""


class Raw(io.RawIOBase):
    """An open file that reads from another one, and closes it too."""

    def __init__(self, inner: IO[bytes]) -> None:
        super().__init__()
        self._inner = inner

    @abstractmethod
    def _next(self, size: int) -> bytes:
        """Return the next bytes, at most so many; none at the end."""

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill the buffer as far as what comes next goes; return how far, 0 at the end."""
        view = memoryview(buffer).cast("B")
        data = self._next(len(view))
        view[: len(data)] = data
        return len(data)

    def readall(self) -> bytes:
        """Return all that is left, in a memory that grows with it."""
        whole = io.BytesIO()
        while data := self._next(PIECE):
            whole.write(data)
        return whole.getvalue()

    def close(self) -> None:
        """Close the other file too."""
        self._inner.close()
        super().close()

    def buffered(self) -> io.BufferedReader:
        """Return the same, read a piece at a time."""
        return io.BufferedReader(self, PIECE)
