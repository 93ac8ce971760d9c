"""Files that come together: those of a directory, or of a zip archive, which is never unpacked to the disk.

Whatever is in there may be hostile: archives that unpack to far more than they are, thousands of entries, names that
point elsewhere, pipes, links in a circle. What is not read for such a reason is an issue.
"""

from __future__ import annotations

import io
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from typing import IO, Protocol

from leed.errors import InputError, LeedError
from leed.readers.content import HEAD, Content
from leed.schema.terms import Issue

MOST_FILES = 20_000
"""How many files of a directory are looked at; a job's artifacts are about five for each of its sources."""
MOST_ENTRIES = 1 << 23
"""Bytes of a zip's own list of its entries, about 80,000 of them."""
LARGEST = 1 << 30
"""Bytes of one unpacked file: some 500,000 faces."""
LARGEST_SUM = 1 << 31
"""Bytes of all unpacked files."""
RATIO = 100
"""How many times smaller packing can make a file; one of scores gets about 2.2 times smaller, more with empty cells."""
_FREE = 1 << 24  # what may be unpacked in any case
_DEEPEST = 12
_SHALLOW = 4  # without a directory "csv", as artifacts have it on the way to their files
_TABLES = (".csv", ".tsv")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others can take gigabytes for a dictionary
_BROKEN = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, EOFError, OSError, ValueError),
    *(ArithmeticError, LookupError, RuntimeError),
)


class Files(Protocol):
    """Where files lie."""

    what: str

    def names(self) -> list[str]:
        """Return the files' paths within the folder, with slashes."""
        ...

    def head(self, name: str) -> bytes:
        """Return the first bytes of a file."""
        ...

    def content(self, name: str) -> Content:
        """Return a file as a content."""
        ...


class Folder:
    """The files of a directory or zip.

    Attributes:
        what: "a directory" or "a zip archive".
        issues: why some of the files could not be read.
    """

    def __init__(self, files: Files) -> None:
        self.what = files.what
        self.issues: list[Issue] = []
        self._files = files
        self._names = sorted((name for name in files.names() if not _is_hidden(name)), key=_natural)
        self._failed: set[str] = set()

    def names(self) -> list[str]:
        """Return all files that can be read, in the order of numbers and letters; hidden ones are passed over."""
        return [name for name in self._names if name not in self._failed]

    def tables(self) -> list[str]:
        """Return those that may be tables of text."""
        return [name for name in self.names() if name.casefold().endswith(_TABLES)]

    def head(self, name: str) -> bytes:
        """Return the first bytes of a file as UTF-8; nothing if it cannot be read, which is noted."""
        try:
            return Content(data=self._files.head(name)).head
        except (*_BROKEN, LeedError) as error:
            self.fail(name, error)
            return b""

    def content(self, name: str) -> Content | None:
        """Return a file as a content; None if it cannot be read, which is noted."""
        try:
            return self._files.content(name)
        except (*_BROKEN, LeedError) as error:
            self.fail(name, error)
            return None

    def note(self, code: str, message: str) -> None:
        """Add an issue."""
        self.issues.append(Issue(code, message))

    def fail(self, name: str, error: Exception) -> None:
        """Note that a file cannot be read."""
        self._failed.add(name)
        why = str(error) if isinstance(error, LeedError) else f"is damaged ({type(error).__name__}: {error!s:.100})"
        if len(self._failed) <= _NOTED:
            self.note("not-read", f"{name[-200:]}: {why}; it is left out")
        elif len(self._failed) == _NOTED + 1:
            self.note("not-read", "more files cannot be read; they are left out")


_NOTED = 20


def is_folder(content: Content) -> bool:
    """Return whether a content is a directory or a zip archive."""
    return content.is_folder or content.kind == "a zip archive"


@contextmanager
def opened_folder(content: Content) -> Generator[Folder, None, None]:
    """Give the files of a directory or zip.

    Raises:
        InputError: it cannot be opened, or has more files than anything that holds scores.
    """
    if content.is_folder:
        yield Folder(_Directory(content.path or "", content.shown))
        return
    with content.open() as file:
        try:
            archive = zipfile.ZipFile(_Bounded(file))
        except LeedError as error:
            raise InputError(f"{content.shown}: {error}") from error
        except _BROKEN as error:
            why = f"is a zip archive that is damaged or cut off ({error!s:.100})"
            raise InputError(f"{content.shown}: {why}; download or copy it again") from error
        with archive:
            yield Folder(_Archive(archive))


class _Directory:
    """Files on the disk, as they lie there."""

    what = "a directory"

    def __init__(self, path: str, shown: str) -> None:
        self._path = path
        self._shown = shown

    def names(self) -> list[str]:
        found: list[str] = []
        for folder, folders, files in os.walk(self._path):
            inner = os.path.relpath(folder, self._path)
            parts = [] if inner == os.curdir else inner.split(os.sep)
            if len(parts) >= (_DEEPEST if "csv" in parts else _SHALLOW):
                folders.clear()
            folders[:] = [name for name in folders if not _is_hidden(name)]
            found += ["/".join((*parts, name)) for name in files]
            if len(found) > MOST_FILES:
                raise InputError(f"{self._shown}: is a directory of more than {MOST_FILES} files; give one in it")
        return found

    def head(self, name: str) -> bytes:
        with open(self._file(name), "rb") as file:
            return file.read(HEAD)

    def content(self, name: str) -> Content:
        return Content(path=self._file(name))

    def _file(self, name: str) -> str:
        path = os.path.join(self._path, *name.split("/"))
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise InputError("is no regular file")
        return path


class _Archive:
    """Files in a zip, unpacked in memory."""

    what = "a zip archive"

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._infos: dict[str, zipfile.ZipInfo] = {}
        self._left = LARGEST_SUM
        for info in archive.infolist():
            if not info.is_dir():
                name = info.filename.replace("\\", "/")
                while name in self._infos:
                    folder, slash, file = name.rpartition("/")
                    name = f"{folder}{slash}again/{file}"
                self._infos[name] = info

    def names(self) -> list[str]:
        return list(self._infos)

    def head(self, name: str) -> bytes:
        return self._read(self._infos[name], HEAD)

    def content(self, name: str) -> Content:
        info = self._infos[name]
        self._left -= info.file_size
        if self._left < 0:
            raise InputError(f"the files before it unpack to {LARGEST_SUM >> 30} GB, which is as much as is read")
        return Content(data=self._read(info, info.file_size), name=name.rpartition("/")[2])

    def _read(self, info: zipfile.ZipInfo, size: int) -> bytes:
        if info.flag_bits & 0x1:
            raise InputError("is encrypted; unpack it with its password and give the directory")
        if info.compress_type not in _METHODS:
            raise InputError("is packed in a way that is not read (neither stored nor deflated)")
        if info.file_size > min(LARGEST, max(_FREE, RATIO * info.compress_size)):
            raise InputError(f"unpacks from {info.compress_size} bytes to {info.file_size}, which no scores do")
        with self._archive.open(info) as file:
            return file.read(size)


class _Bounded(io.RawIOBase):
    """A file that gives as much at a time as an honest zip has in its list of entries, and no more."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MOST_ENTRIES:
            raise InputError("is a zip archive of more files than are read; unpack it and give a directory in it")
        return self._file.read(-1 if size is None else size)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


def _is_hidden(name: str) -> bool:
    """Whether a file is one that an operating system keeps for itself."""
    parts = name.split("/")
    return "__MACOSX" in parts or parts[-1].startswith(".") or parts[-1].casefold() in ("thumbs.db", "desktop.ini")


def _natural(name: str) -> list[tuple[int, int, str]]:
    """A key that puts file-10 behind file-9."""
    return [
        (0, int(part[:15]), part) if part.isascii() and part.isdigit() else (1, 0, part)
        for part in re.split(r"(\d+)", name)
        if part
    ]
