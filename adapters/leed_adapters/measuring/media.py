"""Media as they are handed over: files, bytes and addresses, each with a name that no other has."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import IO, Any, TypeAlias

from leed.errors import InputError

Given: TypeAlias = "str | os.PathLike[str] | bytes | bytearray | memoryview | IO[bytes] | Media"
"""One medium: a path, an address (http or https), bytes, an open file, or a Media."""


@dataclass(frozen=True)
class Media:
    """One medium to be measured.

    Attributes:
        name: what its scores will have as their source.
        path: the file; or
        data: the bytes; or
        url: where a service may fetch it; it may be signed, so it is not shown.
    """

    name: str
    path: str | None = None
    data: bytes | None = field(default=None, repr=False)
    url: str | None = field(default=None, repr=False)

    @property
    def size(self) -> int | None:
        """How many bytes it has; None for an address."""
        if self.path is not None:
            return os.path.getsize(self.path)
        return None if self.data is None else len(self.data)

    def open(self) -> IO[bytes]:
        """Return the bytes as an open file.

        Raises:
            InputError: it cannot be opened, or only has an address.
        """
        if self.path is not None:
            return _opened(self.path)
        if self.data is None:
            raise InputError(f"{self.name}: is an address, and this service takes files: fetch it, and give the file")
        return io.BytesIO(self.data)

    def read(self) -> bytes:
        """Return all bytes."""
        with self.open() as file:
            return file.read()


def media_of(given: Any) -> list[Media]:  # noqa: ANN401 - checked here
    """Return the media in what was given: one, or a list of them; their names differ.

    >>> [media.name for media in media_of([b"RIFF", b"RIFF", "https://example.org/a/call.wav?signature=1"])]
    ['media', 'media (2)', 'call.wav']

    Raises:
        InputError: there is none, one cannot be opened, or it is no medium.
    """
    items = list(given) if isinstance(given, (list, tuple)) else [given]
    if not items:
        raise InputError("no media are given: give a path, bytes, an open file, or a list of them")
    return _named(map(_media, items))


def _media(given: Any) -> Media:  # noqa: ANN401 - as above
    if isinstance(given, Media):
        return given
    if isinstance(given, str) and given.startswith(("http://", "https://")):
        return Media(os.path.basename(given.partition("?")[0].rstrip("/")) or "media", url=given)
    if isinstance(given, (str, os.PathLike)):
        path = os.fsdecode(os.fspath(given))
        if os.path.isdir(path):
            raise InputError(f"{path}: is a directory; give the files in it")
        _opened(path).close()
        return Media(os.path.basename(path), path=path)
    if isinstance(given, (bytes, bytearray, memoryview)):
        return Media("media", data=bytes(given))
    if hasattr(given, "read"):
        name = getattr(given, "name", None)
        data = given.read()
        if isinstance(data, bytes):
            return Media(os.path.basename(name) if isinstance(name, str) else "media", data=data)
    raise InputError(
        f"{type(given).__name__} is no medium: give a path, bytes, a file open for bytes, or a list of them"
    )


def _opened(path: str) -> IO[bytes]:
    try:
        return open(path, "rb")
    except OSError as error:
        raise InputError(f"{path}: cannot be opened: {error.strerror or error}") from error


def _named(media: Iterable[Media]) -> list[Media]:
    """Media with names that differ, so that nobody's scores are taken for another's."""
    taken: set[str] = set()
    named: list[Media] = []
    for medium in media:
        name, number = medium.name, 1
        while name in taken:
            number += 1
            name = f"{medium.name} ({number})"
        taken.add(name)
        named.append(replace(medium, name=name))
    return named


def is_one(given: object) -> bool:
    """Return whether one medium was given, and no list."""
    return not isinstance(given, Sequence) or isinstance(given, (str, bytes, bytearray, memoryview))
