"""What goes in: files, directories, patterns and lists of files, on this disk or wherever fsspec reaches."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from leed.batch.filesystems import below, filesystem, is_local, patiently, reason
from leed.errors import InputError, LeedError

OWN: Final = "_leed"
"""The folder of a data set that is no data: readers of data sets pass over names that begin with an underscore."""

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
        found: whether it was not named, but found in a directory.
    """

    url: str
    size: int | None
    stamp: str
    found: bool = False

    @property
    def digest(self) -> str:
        """What its output is called by: the same for the same address."""
        return hashlib.sha256(self.url.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def inputs_of(given: Sequence[str], failed: Callable[[str, str], None] | None = None) -> list[Input]:
    """Return the files meant, each once, in the order of their addresses.

    >>> import fsspec
    >>> [entry.url for entry in inputs_of([__file__])] == [__file__]
    True

    Args:
        given: files, directories (all files below), patterns (``talks/**/*.json``), and files that list others, a line
            each, with @ before their names; local paths, or URLs of fsspec (``s3://bucket/talks``).
        failed: told what of it is not there, and why, if that is to stop nothing.

    Raises:
        InputError: one of them is not there, or matches nothing; or there is no file at all.
        MissingPackageError: a URL needs a package that is not installed.
    """
    found: dict[str, Input] = {}
    errors: list[InputError] = []
    for one in listed(given):
        try:
            for entry in _files(one, failed or _refused):
                if found.get(entry.url, entry).found or not entry.found:  # what was named goes before what was found
                    found[entry.url] = entry
        except InputError as error:
            if failed is None:
                raise
            failed(one, str(error))
            errors.append(error)
    if not found and errors:
        raise errors[0]
    if not found:
        raise InputError("there are no files to read: give files, directories, patterns or @lists of them")
    return [found[url] for url in sorted(found)]


def _refused(_: str, why: str) -> None:
    raise InputError(why)


def listed(given: Iterable[str]) -> Iterator[str]:
    """Yield what is given, with what stands in @lists in their place.

    Raises:
        InputError: a list is not there.
    """
    for one in given:
        if not one.startswith(_LIST):
            yield one
            continue
        files, path = filesystem(one[1:])
        with _told(one[1:]):
            text = files.cat_file(path).decode("utf-8", "surrogateescape")
        yield from (line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


def _files(one: str, lost: Callable[[str, str], None]) -> Iterator[Input]:
    files, path = filesystem(one)

    def told(folder: str, error: Exception) -> None:
        address = _address(files, folder, one)
        lost(address, f"{address}: cannot be listed: {reason(error)}")

    with _told(one):
        details, folder = _looked_up(files, path, told)
    meant = [about for name, about in sorted(details.items()) if not _is_hidden(name.removeprefix(folder))]
    there = [entry for about in meant if (entry := _input(files, about, one, found=folder == path))]
    if not there:
        raise InputError(f"{one}: there are no files in it" if folder == path else f"{one}: matches no file")
    yield from there


def _looked_up(
    files: Any,  # noqa: ANN401 - any of fsspec's
    path: str,
    lost: Callable[[str, Exception], None],
) -> tuple[dict[str, dict[str, Any]], str]:
    """What is there, by name, and the folder that was given, in which it lies.

    Not by fsspec's `isdir` and `exists`, for which what cannot be told is not there.
    """
    if _MAGIC & set(path) and not _is_there(files, path):
        return _matching(files, path, lost)
    about = patiently(lambda: files.info(path))
    if about["type"] == "directory" or files.isdir(path):  # a link to one, or a page with links
        return below(files, path, lost), path
    return {path: about}, path[: path.rfind("/") + 1]


def _is_there(files: Any, path: str) -> bool:  # noqa: ANN401 - as above
    if is_local(files):  # where not every pattern could be a name
        return bool(files.exists(path))
    try:
        patiently(lambda: files.info(path))
    except FileNotFoundError:
        return False
    return True


def _matching(
    files: Any,  # noqa: ANN401 - as above
    pattern: str,
    lost: Callable[[str, Exception], None],
) -> tuple[dict[str, dict[str, Any]], str]:
    """What matches a pattern, by name, and the folder that it is in as far as it has no wildcards."""
    from fsspec.utils import glob_translate  # noqa: PLC0415 - an extra

    magic = min(pattern.find(letter) for letter in _MAGIC if letter in pattern)
    folder = pattern[: pattern.rfind("/", 0, magic) + 1]
    depth = None if "**" in pattern else pattern[len(folder) :].count("/") + 1
    match = re.compile(glob_translate(pattern)).match
    try:
        found = below(files, folder.rstrip("/") or folder, lost, depth=depth)
    except FileNotFoundError:
        return {}, folder
    return {name: about for name, about in found.items() if match(name)}, folder


def _input(files: Any, about: dict[str, Any], given: str, *, found: bool) -> Input | None:  # noqa: ANN401 - as above
    name = about["name"]
    if is_local(files):  # fsspec tells the time of a link, not of what it points to
        try:
            there = os.stat(name)
        except FileNotFoundError:
            return None
        about = {
            "type": "file" if stat.S_ISREG(there.st_mode) else "other",
            "size": there.st_size,
            "mtime": there.st_mtime_ns,
        }
    if about.get("type") != "file":
        return None
    return Input(_address(files, name, given), about.get("size"), _stamp(about), found)


def _address(files: Any, name: str, given: str) -> str:  # noqa: ANN401 - as above
    """How a file is called that was found at an address.

    One as "zip://talks::s3://bucket/talks.zip" leads through several file systems, and so does that of a file in it.
    """
    if "://" not in given:
        return name
    first, chain, rest = given.partition("::")
    if not chain:
        return str(files.unstrip_protocol(name))
    protocol, has_path, _ = first.partition("://")
    return f"{protocol}://{name}::{rest}" if has_path else f"{first}::{_address(files, name, rest)}"


def _is_hidden(inner: str) -> bool:
    """Whether a file, or a folder on the way to it, is somebody's own: begins with a dot, or is leed's."""
    return any(part.startswith(".") or part == OWN for part in inner.replace(os.sep, "/").split("/"))


def _stamp(about: dict[str, Any]) -> str:
    return next((str(about[key]) for key in _STAMPS if about.get(key) is not None), "")


@contextmanager
def _told(one: str) -> Generator[None]:
    try:
        yield
    except LeedError:
        raise
    except Exception as error:  # an object store's client may raise anything
        raise InputError(f"{one}: cannot be opened: {reason(error)}") from error
