"""An object store in memory that returns errors: a double of those that no test can reach, behind fsspec's interface.

``faulty://talks/a.json`` is a file in it. As in an object store, a file is there when it is closed, and not before;
and copying and removing are two requests.
"""

from __future__ import annotations

import errno
import random
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, ClassVar

import fsspec
from fsspec.implementations import memory

MemoryFile: Any = memory.MemoryFile
MemoryFileSystem: Any = memory.MemoryFileSystem


class Faults:
    """Which requests fail.

    Attributes:
        share: how many of them, by chance.
        left: how many are answered before all fail; None: no end.
        room: bytes that can still be written; None: no end.
        refused: how many were not answered.
    """

    share: float = 0.0
    left: int | None = None
    room: int | None = None
    refused: int = 0
    chance: random.Random = random.Random(0)

    @classmethod
    def request(cls) -> None:
        """Answer a request, or fail it.

        Raises:
            OSError: it fails.
        """
        if cls.left is not None:
            cls.left -= 1
        if (cls.left is not None and cls.left < 0) or cls.chance.random() < cls.share:
            cls.refused += 1
            raise cls.chance.choice([OSError(errno.EIO, "503 Slow Down"), TimeoutError("no answer in 60 s")])

    @classmethod
    def write(cls, size: int) -> None:
        """Take bytes.

        Raises:
            OSError: there is no room for them.
        """
        if cls.room is not None:
            if size > cls.room:
                raise OSError(errno.ENOSPC, "No space left on device")
            cls.room -= size


class _File(MemoryFile):  # type: ignore[misc]  # fsspec has no types
    """A file that is sent when it is closed."""

    def close(self) -> None:
        """Send what was written, once."""
        if self.mode == "wb" and not getattr(self, "_sent", False):
            self._sent = True
            Faults.request()
            Faults.write(self.size)
            self.fs.store[self.path] = self


class FaultyFileSystem(MemoryFileSystem):  # type: ignore[misc]  # fsspec has no types
    """The store."""

    protocol = "faulty"
    root_marker = "/"
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return "/" + path.removeprefix("faulty://").strip("/") if path not in ("", "/") else ""

    def _open(self, path: str, mode: str = "rb", **options: Any) -> Any:
        if mode != "wb":
            Faults.request()
            return super()._open(path, mode, **options)
        file = _File(self, self._strip_protocol(path), options.get("data"))
        file.mode = mode
        return file

    def get_file(self, rpath: str, lpath: str, **_: Any) -> None:
        """Fetch a file; some answers end early, as if all had come."""
        Faults.request()
        data = self.cat_file(rpath)
        if Faults.chance.random() < Faults.share:
            Faults.refused += 1
            data = data[: len(data) // 2]
        with open(lpath, "wb") as file:
            file.write(data)

    def cp_file(self, path1: str, path2: str, **options: Any) -> None:
        """Copy a file."""
        Faults.request()
        super().cp_file(path1, path2, **options)

    def rm_file(self, path: str) -> None:
        """Remove a file."""
        Faults.request()
        self._rm(path)

    def info(self, path: str, **options: Any) -> dict[str, Any]:
        """Tell of a file."""
        Faults.request()
        found: dict[str, Any] = super().info(path, **options)
        return found

    def find(self, path: str, *args: Any, **options: Any) -> Any:
        """List files."""
        Faults.request()
        with no_faults():
            return super().find(path, *args, **options)


fsspec.register_implementation("faulty", FaultyFileSystem, clobber=True)


@contextmanager
def no_faults() -> Generator[None]:
    """Answer all requests for a while."""
    before = Faults.share, Faults.left
    Faults.share, Faults.left = 0.0, None
    try:
        yield
    finally:
        Faults.share, Faults.left = before


@contextmanager
def faults(*, share: float = 0.0, left: int | None = None, room: int | None = None, seed: int = 0) -> Generator[None]:
    """Fail requests for a while."""
    Faults.share, Faults.left, Faults.room, Faults.refused = share, left, room, 0
    Faults.chance = random.Random(seed)
    try:
        yield
    finally:
        Faults.share, Faults.left, Faults.room = 0.0, None, None
