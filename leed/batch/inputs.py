"""What goes in: files, directories, patterns and lists of files, on this disk or wherever fsspec reaches."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from leed import plugins
from leed.errors import InputError

_LIST: Final = "@"  # before the name of a file that lists others, a line each
_MAGIC: Final = frozenset("*?[")
_STAMPS: Final = ("ETag", "etag", "mtime", "LastModified", "last_modified", "created")


@dataclass(frozen=True)
class Input:
    """One file to be read.

    Attributes:
        url: where it is: a path, or an address that fsspec knows.
        size: how many bytes it has, where that is known.
        stamp: what changes when the file does: its time, or an object store's tag.
    """

    url: str
    size: int | None
    stamp: str

    @property
    def digest(self) -> str:
        """What its output is called by: the same for the same address."""
        return hashlib.sha256(self.url.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def inputs_of(given: Sequence[str]) -> list[Input]:
    """Return the files meant, each once, in the order of their addresses.

    Args:
        given: files, directories (all files below), patterns (``talks/**/*.json``), and files that list others, a line
            each, with @ before their names; local paths, or URLs of fsspec (``s3://bucket/talks``).

    Raises:
        InputError: one of them is not there, or matches nothing.
        MissingPackageError: a URL needs a package that is not installed.
    """
    found = {entry.url: entry for one in _listed(given) for entry in _files(one)}
    if not found:
        raise InputError("there are no files to read: give files, directories, patterns or @lists of them")
    return [found[url] for url in sorted(found)]


def filesystem(url: str) -> tuple[Any, str]:
    """Return fsspec's file system of an address, and the path in it.

    Raises:
        InputError: there is no such file system.
        MissingPackageError: it needs a package that is not installed.
    """
    try:
        import fsspec  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise plugins.missing("leed batch", error, extra="batch") from error
    try:
        found: tuple[Any, str] = fsspec.core.url_to_fs(url)
    except ImportError as error:
        raise plugins.missing(url, ModuleNotFoundError(str(error), name=error.name)) from error
    except ValueError as error:
        raise InputError(f"{url}: cannot be reached: {error}") from error
    return found


def _listed(given: Iterable[str]) -> Iterator[str]:
    for one in given:
        if not one.startswith(_LIST):
            yield one
            continue
        files, path = filesystem(one[1:])
        try:
            text = files.cat_file(path).decode("utf-8", "surrogateescape")
        except OSError as error:
            raise InputError(f"{one[1:]}: cannot be opened: {error.strerror or error}") from error
        yield from (line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


def _files(one: str) -> Iterator[Input]:
    files, path = filesystem(one)
    try:
        if _MAGIC & set(path) and not files.exists(path):
            details = files.glob(path, detail=True)
        elif files.isdir(path):
            details = files.find(path, detail=True)
        else:
            details = {path: files.info(path)}
    except OSError as error:
        raise InputError(f"{one}: cannot be opened: {error.strerror or error}") from error
    meant = [about for about in details.values() if about.get("type") == "file" and not _hidden(about["name"], path)]
    if not meant:
        raise InputError(f"{one}: there are no files in it" if files.isdir(path) else f"{one}: matches no file")
    for about in meant:
        yield Input(_address(files, about["name"], one), about.get("size"), _stamp(about))


def _hidden(name: str, below: str) -> bool:
    """Whether a file, or a folder on the way to it, begins with a dot."""
    inner = name.removeprefix(below).replace(os.sep, "/")
    return name != below and any(part.startswith(".") for part in inner.split("/") if part)


def _address(files: Any, name: str, given: str) -> str:  # noqa: ANN401 - any of fsspec's
    return str(files.unstrip_protocol(name)) if "://" in given else name


def _stamp(about: dict[str, Any]) -> str:
    return next((str(about[key]) for key in _STAMPS if about.get(key) is not None), "")
