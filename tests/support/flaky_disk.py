"""A disk that returns errors, as a file system that a program registers with fsspec: ``flaky:///talks/a.json``.

How many requests fail by chance is an option (``share``).
"""

import random
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import fsspec
from fsspec.config import conf
from fsspec.implementations import local
from fsspec.registry import _registry

LocalFileSystem: Any = local.LocalFileSystem
PROTOCOL = "flaky"


class FlakyDisk(LocalFileSystem):  # type: ignore[misc]  # fsspec has no types
    """The disk."""

    protocol = PROTOCOL
    local_file = False

    def __init__(self, share: float = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.share = share
        self.chance = random.Random(share)

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        stripped: str = super()._strip_protocol(path.removeprefix(f"{PROTOCOL}://"))
        return stripped

    def unstrip_protocol(self, name: str) -> str:
        """Return the address of a path."""
        return f"{PROTOCOL}://{self._strip_protocol(name)}"

    def _open(self, path: str, mode: str = "rb", **options: Any) -> Any:
        self._request()
        return super()._open(path, mode, **options)

    def cp_file(self, path1: str, path2: str, **options: Any) -> None:
        """Copy a file."""
        self._request()
        super().cp_file(path1, path2, **options)

    def info(self, path: str, **options: Any) -> dict[str, Any]:
        """Tell of a file."""
        self._request()
        found: dict[str, Any] = super().info(path, **options)
        return found

    def _request(self) -> None:
        if self.chance.random() < self.share:
            raise ConnectionResetError("the disk is away for a moment")


@contextmanager
def registered(share: float) -> Generator[None]:
    """Make it known to fsspec for a while, in this process; such a share of its requests fails."""
    conf[PROTOCOL] = {"share": share}
    fsspec.register_implementation(PROTOCOL, FlakyDisk, clobber=True)
    yield
    del conf[PROTOCOL], _registry[PROTOCOL]
