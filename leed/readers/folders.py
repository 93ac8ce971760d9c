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
from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import IO, Protocol

import msgspec

from leed.errors import DamagedInputError, InputError, LeedError
from leed.readers.about import Names
from leed.readers.content import Content
from leed.readers.raw import Raw
from leed.readers.storage import most_unpacked
from leed.schema.terms import Issue

MOST_FILES = 20_000
"""How many files of a directory are looked at; a job's artifacts are about five for each of its sources."""
MOST_ENTRIES = 1 << 23
"""Bytes of a zip's own list of its entries, about 80,000 of them."""
LARGEST = 1 << 30
"""Bytes of one unpacked file: some 500,000 faces."""
LARGEST_SUM = 1 << 31
"""Bytes of all unpacked files."""
_DEEPEST = 12
_SHALLOW = 4  # without a directory "csv", as artifacts have it on the way to their files
_TABLES = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
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

    def content(self, name: str, called: str) -> Content:
        """Return a file as a content; ``called`` is its name as a source."""
        ...


class Failure(msgspec.Struct, frozen=True):
    """Why a file cannot be read, as a clause, and whether that is because it is damaged."""

    why: str
    damaged: bool


class Folder:
    """The files of a directory or zip.

    Attributes:
        what: "a directory" or "a zip archive".
        failures: by name, why a file could not be read.
    """

    def __init__(self, files: Files) -> None:
        self.what = files.what
        self.failures: dict[str, Failure] = {}
        self._files = files
        self._names = sorted((name for name in files.names() if not _is_hidden(name)), key=_natural)
        self._alike = Counter(name.rpartition("/")[2] for name in self._names)
        self._notes: list[Issue] = []

    @property
    def issues(self) -> list[Issue]:
        """Why some of the files could not be read, and what was noted."""
        told = [f"{name[-200:]}: {failure.why}; it is left out" for name, failure in self.failures.items()]
        if len(told) > _NOTED:
            told[_NOTED:] = [f"{len(told) - _NOTED} more files cannot be read; they are left out"]
        return [*(Issue("not-read", message) for message in told), *self._notes]

    def names(self) -> list[str]:
        """Return all files that can be read, in the order of numbers and letters; hidden ones are passed over."""
        return [name for name in self._names if name not in self.failures]

    def tables(self) -> list[str]:
        """Return those that may be tables of text."""
        return [name for name in self.names() if name.casefold().endswith(_TABLES)]

    def head(self, name: str) -> bytes:
        """Return the first bytes of a file as UTF-8; nothing if it cannot be read, which is noted."""
        content = self.content(name)
        try:
            return b"" if content is None else content.head
        except LeedError as error:
            self.fail(name, error, content)
            return b""

    def content(self, name: str) -> Content | None:
        """Return a file as a content, called by its name or, where others have the same, its path.

        None if it cannot be read, which is noted.
        """
        try:
            return self._files.content(name, self._called(name))
        except (*_BROKEN, LeedError) as error:
            self.fail(name, error)
            return None

    def note(self, code: str, message: str) -> None:
        """Add an issue."""
        self._notes.append(Issue(code, message))

    def fail(self, name: str, error: Exception, content: Content | None = None) -> None:
        """Note that a file cannot be read; messages about the content begin with what it is called."""
        why = str(error) if isinstance(error, LeedError) else _damage(error)
        shown = self._called(name) if content is None else content.shown
        damaged = isinstance(error, DamagedInputError) or not isinstance(error, LeedError)
        self.failures[name] = Failure(why.removeprefix(f"{shown}: "), damaged)

    def _called(self, name: str) -> str:
        base = name.rpartition("/")[2]
        return base if self._alike[base] == 1 else _inner(name)


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
        seekable = file if file.seekable() else io.BytesIO(content.data)  # large gzip data cannot be gone back in
        try:
            archive = zipfile.ZipFile(_Bounded(seekable))
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

    def content(self, name: str, called: str) -> Content:
        return Content(path=self._file(name), name=called)

    def _file(self, name: str) -> str:
        path = os.path.join(self._path, *name.split("/"))
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise InputError("is no regular file")
        return path


class _Archive:
    """Files in a zip, unpacked in memory as they are read."""

    what = "a zip archive"

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._infos: dict[str, zipfile.ZipInfo] = {}
        self._left = LARGEST_SUM
        self._counted: set[str] = set()
        seen: Counter[str] = Counter()
        names = Names()
        for info in archive.infolist():
            if info.filename.endswith("/"):  # is_dir() expects that there is a name
                continue
            name = info.filename.replace("\\", "/")
            folder, slash, file = name.rpartition("/")
            seen[name] += 1
            if seen[name] > 1:
                name = f"{folder}{slash}again {seen[name]}/{file}"
            self._infos[names.free(name)] = info

    def names(self) -> list[str]:
        return list(self._infos)

    def content(self, name: str, called: str) -> Content:
        content = Content(storage=_Member(self._archive, self._infos[name]), name=called)
        if name not in self._counted:
            if content.size > self._left:
                raise InputError(f"the files before it unpack to {LARGEST_SUM >> 30} GB, which is as much as is read")
            self._counted.add(name)
            self._left -= content.size
        return content


class _Member:
    """A file in a zip, as a storage. It is opened anew each time it is read."""

    whole = LARGEST

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        if info.flag_bits & 0x1:
            raise InputError("is encrypted; unpack it with its password and give the directory")
        if info.compress_type not in _METHODS:
            raise InputError("is packed in a way that is not read (neither stored nor deflated)")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise InputError("is a symbolic link; give what it points to")
        if info.file_size > min(LARGEST, most_unpacked(info.compress_size)):
            raise InputError(f"unpacks from {info.compress_size} bytes to {info.file_size}, which no scores do")
        self._archive = archive
        self._info = info
        self.size = info.file_size
        self.weight = info.compress_size

    def open(self) -> IO[bytes]:
        try:
            return _Unzipping(self._archive.open(self._info)).buffered()
        except _BROKEN as error:
            raise DamagedInputError(_damage(error)) from error


class _Unzipping(Raw):
    """A file in a zip, open for reading; whatever is wrong with the archive is an error of leed's."""

    def _next(self, size: int) -> bytes:
        try:
            return self._inner.read(size)
        except _BROKEN as error:
            raise DamagedInputError(_damage(error)) from error


def _damage(error: Exception) -> str:
    return f"is damaged ({type(error).__name__}: {error!s:.100})"


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


def sourced(issues: Iterable[Issue], source: str | None) -> list[Issue]:
    """Return issues as those of a source, where they name none."""
    return [msgspec.structs.replace(issue, source=issue.source or source) for issue in issues]


def office(folder: Folder) -> str | None:
    """Return what to say of a folder that is an Office document, as a clause; None if it is none."""
    if "[Content_Types].xml" in folder.names():
        return "is an Office document (xlsx, docx); save its table as CSV and give that"
    return None


def listed(names: Sequence[str], *, verb: bool = True) -> str:
    """Return the first of some files, and how many more there are.

    >>> listed(["a.txt"]), listed(["a", "b", "c", "d"], verb=False)
    ('a.txt is', 'a, b, c and 1 more')
    """
    shown = ", ".join(" ".join(name[-80:].split()) for name in names[:_FEW])
    shown += f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return f"{shown} {'is' if len(names) == 1 else 'are'}" if verb else shown


_FEW = 3


def _inner(name: str) -> str:
    """A path within a folder; what points elsewhere is left out."""
    return "/".join(part for part in name.split("/") if part not in ("", ".", ".."))


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
