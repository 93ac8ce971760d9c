"""An input before it is read: its bytes or its plain data, looked at without being taken apart twice."""

from __future__ import annotations

import codecs
import io
import json
import os
import re
from collections.abc import Mapping
from functools import cached_property
from typing import IO, Any

import msgspec

from leed.errors import DamagedInputError, InputError, LeedError, UnknownFormatError
from leed.schema.terms import Issue

HEAD = 1 << 16
"""How many bytes of the beginning are looked at to recognise a format."""

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_KINDS = (
    (b"\x1f\x8b", "gzip data"),
    (b"PK\x03\x04", "a zip archive"),
    (b"PAR1", "Parquet"),
    (b"RIFF", "a WAV or AVI file"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"%PDF", "a PDF document"),
    (b"ID3", "an MP3 file"),
    (b"SQLite format 3", "an SQLite database"),
)
_BYTE = re.compile(r"\(byte (\d+)\)")


class Content:
    """What was given to `leed.read`: a path, bytes, text or plain data.

    Attributes:
        name: the file's name for messages and as the source of scores that name none; None for plain data.
        path: the file, or None.
        issues: what was noticed while decoding.
    """

    def __init__(
        self,
        *,
        data: bytes | None = None,
        plain: Any = None,  # noqa: ANN401 - whatever the JSON holds
        path: str | None = None,
        name: str | None = None,
    ) -> None:
        self._data = data
        self._plain = plain
        self.is_plain = data is None and path is None
        self.path = path
        self.name = name or (os.path.basename(path) if path else None)
        self.issues: list[Issue] = []

    def __repr__(self) -> str:
        return f"<Content {self.shown}>"

    @property
    def shown(self) -> str:
        """What to call the input in messages."""
        if self.is_plain:
            return f"the {type(self._plain).__name__} given"
        return self.path or self.name or "the input"

    @cached_property
    def size(self) -> int:
        """How many bytes there are; 0 for plain data."""
        if self._data is not None:
            return len(self._data)
        return os.path.getsize(self.path) if self.path else 0

    @cached_property
    def head(self) -> bytes:
        """The first bytes, without a byte order mark, in UTF-8."""
        if self._data is not None:
            raw = self._data[:HEAD]
        elif self.path:
            with opened(self.path) as file:
                raw = file.read(HEAD)
        else:
            return b""
        for mark, encoding in _BOMS:
            if raw.startswith(mark):
                return codecs.getincrementaldecoder(encoding)("replace").decode(raw).encode()
        return raw

    def open(self) -> IO[bytes]:
        """Return the bytes as an open file, as they are."""
        if self.path is not None and "data" not in self.__dict__:
            return opened(self.path)
        return io.BytesIO(self.data)

    @cached_property
    def data(self) -> bytes:
        """All bytes, in UTF-8 without a byte order mark."""
        raw = self._data
        if raw is None:
            if self.path is None:
                return b""
            with opened(self.path) as file:
                raw = file.read()
        for mark, encoding in _BOMS:
            if raw.startswith(mark):
                return raw.decode(encoding, "replace").encode()
        return raw

    @cached_property
    def kind(self) -> str:
        """What the bytes are: "plain", "empty", "json", "text", "xml" or, for anything else, what it looks like."""
        if self.is_plain:
            return "plain"
        start = self.head.lstrip()
        if not start:
            return "empty"
        for mark, what in _KINDS:
            if self.head.startswith(mark):
                return what
        if start[:1] in b"{[":
            return "json"
        if start[:1] == b"<":
            return "xml"
        return "binary data" if b"\x00" in self.head else "text"

    @cached_property
    def text(self) -> str:
        """All bytes as text. What is not UTF-8 is read as Windows-1252, and that is reported."""
        try:
            return self.data.decode()
        except UnicodeDecodeError as error:
            self.issues.append(
                Issue("encoding", f"not UTF-8 at byte {error.start}; read as Windows-1252, so letters may be wrong")
            )
            return self.data.decode("cp1252", "replace")

    @cached_property
    def plain(self) -> Any:  # noqa: ANN401 - whatever the JSON holds
        """The plain data of JSON or JSON lines (a list of the lines).

        Raises:
            DamagedInputError: it is cut off or malformed; the message says at which byte.
        """
        if self.is_plain:
            return self._plain
        try:
            return msgspec.json.decode(self.data)
        except msgspec.DecodeError as error:
            return self._tolerant(error)
        except RecursionError as error:
            raise DamagedInputError(
                f"{self.shown}: the JSON is nested too deeply to be a recording of scores"
            ) from error

    def _tolerant(self, error: msgspec.DecodeError) -> Any:  # noqa: ANN401 - as plain
        """The plain data where strict JSON fails: NaN and infinity as Python writes them, JSON lines, odd bytes."""
        lines = [line for line in self.text.splitlines() if line.strip()]
        if len(lines) > 1:
            try:
                first = json.loads(lines[0])
            except ValueError:
                first = None
            if isinstance(first, (dict, list)):
                return [self._line(i, line, lines) for i, line in enumerate(lines)]
        try:
            return json.loads(self.text)
        except RecursionError as deep:
            raise DamagedInputError(
                f"{self.shown}: the JSON is nested too deeply to be a recording of scores"
            ) from deep
        except ValueError as broken:
            raise DamagedInputError(self._damage(broken, error)) from error

    def _line(self, index: int, line: str, lines: list[str]) -> Any:  # noqa: ANN401 - as plain
        try:
            return json.loads(line)
        except (ValueError, RecursionError) as error:
            at = sum(len(earlier.encode()) + 1 for earlier in lines[:index])
            if index == len(lines) - 1:
                self.issues.append(Issue("cut-off", f"the last line, from byte {at} on, is cut off; it is left out"))
                return None
            raise DamagedInputError(f"{self.shown}: line {index + 1} (byte {at}) is no JSON: {error}") from error

    def _damage(self, broken: ValueError, strict: msgspec.DecodeError) -> str:
        size = len(self.data)
        position = getattr(broken, "pos", None)
        at = len(self.text[:position].encode()) if position is not None else size
        unterminated = "Unterminated" in str(broken)
        if unterminated or at >= len(self.data.rstrip()):
            return (
                f"{self.shown}: the JSON is cut off at byte {size}: it ends in the middle; "
                "download or copy the file again"
            )
        found = _BYTE.search(str(strict))
        at = int(found[1]) if found and not isinstance(broken, json.JSONDecodeError) else at
        return f"{self.shown}: not JSON from byte {at} on: {getattr(broken, 'msg', broken)}"


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
        raise InputError(f"{_brief(path)}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise InputError(f"{_brief(path)!r}: cannot be a path: {error}") from error


def take(source: Any) -> Content:  # noqa: ANN401 - anything that leed.read takes
    """Return the content of anything that `leed.read` takes.

    Raises:
        InputError: it cannot be opened, or is nothing that leed reads.
    """
    if isinstance(source, (str, os.PathLike)):
        path = os.fspath(source)
        path = os.fsdecode(path) if isinstance(path, bytes) else path
        with opened(path):
            pass
        return Content(path=path)
    if isinstance(source, (bytes, bytearray, memoryview)):
        return Content(data=bytes(source))
    if hasattr(source, "read"):
        return Content(data=_read_open(source), name=_name_of(source))
    if isinstance(source, Mapping):
        return Content(plain=source)
    if isinstance(source, (list, tuple)):
        return Content(plain=list(source))
    raise UnknownFormatError(
        f"cannot read {type(source).__name__}: give a path, bytes, an open file, or a mapping or list of plain data"
    )


def _read_open(file: Any) -> bytes:  # noqa: ANN401 - any open file
    try:
        data = file.read()
    except LeedError:
        raise
    except Exception as error:  # a file of the user's may raise anything
        raise InputError(f"the open file {_name_of(file) or ''} cannot be read: {error}") from error
    if isinstance(data, str):
        return data.encode("utf-8", "surrogatepass")
    if isinstance(data, (bytes, bytearray, memoryview)):
        return bytes(data)
    raise InputError(f"the open file gave {type(data).__name__}, not bytes or text")


def _name_of(file: Any) -> str | None:  # noqa: ANN401 - any open file
    name = getattr(file, "name", None)
    return os.path.basename(name) if isinstance(name, str) and not name.startswith("<") else None


def _brief(path: str) -> str:
    shown = " ".join(path.split())
    return shown if len(shown) <= 100 else shown[:97] + "..."  # noqa: PLR2004 - fits a line
