"""An input before it is read: its bytes or its plain data, looked at without being taken apart twice."""

from __future__ import annotations

import codecs
import errno
import io
import json
import os
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any

import msgspec

from leed.errors import DamagedInputError, InputError, LeedError, UnknownFormatError
from leed.readers import objects
from leed.schema.terms import Issue

if TYPE_CHECKING:
    import pyarrow as pa

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
        frame: Any = None,  # noqa: ANN401 - whatever speaks the Arrow PyCapsule interface
    ) -> None:
        self._data = data if frame is None else b""
        self._frame = frame
        self._plain = plain
        self.is_plain = data is None and path is None and frame is None
        self.path = path
        self.name = name or (os.path.basename(path) if path else None)
        self.issues: list[Issue] = []

    def __repr__(self) -> str:
        return f"<Content {self.shown}>"

    @property
    def shown(self) -> str:
        """What to call the input in messages."""
        if self.is_plain or self._frame is not None:
            return f"the {type(self._plain if self.is_plain else self._frame).__name__} given"
        return self.path or self.name or "the input"

    @cached_property
    def size(self) -> int:
        """How many bytes there are; 0 for plain data and a directory."""
        if self._data is not None:
            return len(self._data)
        return os.path.getsize(self.path) if self.path and not self.is_folder else 0

    @cached_property
    def is_folder(self) -> bool:
        """Whether a directory was given."""
        return self.path is not None and os.path.isdir(self.path)

    @cached_property
    def head(self) -> bytes:
        """The first bytes, without a byte order mark, in UTF-8."""
        raw = b"" if self.is_plain or self.is_folder else self._raw(HEAD)
        encoding = _encoding(raw)
        return codecs.getincrementaldecoder(encoding)("replace").decode(raw).encode() if encoding else raw

    def open(self) -> IO[bytes]:
        """Return the bytes as an open file, as they are."""
        if self.path is not None and "data" not in self.__dict__:
            return opened(self.path)
        return io.BytesIO(self.data)

    @cached_property
    def data(self) -> bytes:
        """All bytes, in UTF-8 without a byte order mark."""
        raw = b"" if self.is_plain else self._raw()
        encoding = _encoding(raw)
        return raw.decode(encoding, "replace").encode() if encoding else raw

    def _raw(self, size: int = -1) -> bytes:
        """The bytes as they are, or the first of them."""
        if self._data is not None:
            return self._data if size < 0 else self._data[:size]
        with opened(self.path or "") as file:
            try:
                return file.read(size)
            except OSError as error:
                raise InputError(f"{self.shown}: cannot be read: {error.strerror or error}") from error

    @cached_property
    def kind(self) -> str:
        """What was given: "plain", "frame", "a directory", "empty", "json", "text", "xml", or what bytes look like."""
        if self._data is None and (self.is_plain or self.is_folder):
            return "plain" if self.is_plain else "a directory"
        if self._frame is not None:
            return "frame"
        start = self.head.lstrip()
        if not start:
            return "empty"
        for mark, what in _KINDS:
            if self.head.startswith(mark):
                return what
        if start[:1] in b"{[":
            return "json"
        return "xml" if start[:1] == b"<" else "binary data" if b"\x00" in self.head else "text"

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
    def table(self) -> pa.Table:
        """The frame that was given, as a pyarrow Table."""
        from leed.readers.arrow import table_of  # noqa: PLC0415 - loads numpy; pyarrow is optional

        return table_of(self._frame)

    @cached_property
    def plain(self) -> Any:  # noqa: ANN401 - whatever the JSON holds
        """The plain data of JSON or JSON lines (a list of the lines).

        Raises:
            DamagedInputError: it is cut off or malformed; the message says at which byte.
        """
        if self.is_plain:
            return self._plain
        if self._frame is not None:
            return self.table.to_pylist()
        try:
            return msgspec.json.decode(self.data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return self._tolerant()
        except RecursionError as error:
            raise self.too_deep() from error

    def too_deep(self) -> DamagedInputError:
        """Return the error for data that is nested too deeply, or holds itself."""
        return DamagedInputError(f"{self.shown}: is nested too deeply to be a recording of scores, or holds itself")

    def _tolerant(self) -> Any:  # noqa: ANN401 - as plain
        """The plain data where strict JSON fails: NaN and infinity as Python writes them, JSON lines, odd bytes."""
        text = self.text
        first, _, rest = text.lstrip().partition("\n")
        if rest.strip():
            try:
                lines = isinstance(_DECODER.decode(first), (dict, list))
            except (ValueError, RecursionError):
                lines = False
            if lines:
                return list(self._lines(text))
        try:
            return _DECODER.decode(text)
        except RecursionError as error:
            raise self.too_deep() from error
        except json.JSONDecodeError as error:
            raise DamagedInputError(self._damage(text, error)) from error

    def _lines(self, text: str) -> Iterator[Any]:
        """The data of JSON lines; a last one that is cut off is left out."""
        at = 0
        end = len(text.rstrip())
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                try:
                    yield _DECODER.decode(line)
                except (ValueError, RecursionError) as error:
                    byte = self._byte(text, at)
                    if at + len(line.rstrip()) < end:
                        raise DamagedInputError(
                            f"{self.shown}: line {number} (byte {byte}) is no JSON: {getattr(error, 'msg', error)}"
                        ) from error
                    what = f"the last line, from byte {byte} on, is cut off; it is left out"
                    self.issues.append(Issue("cut-off", what))
            at += len(line) + 1

    def _damage(self, text: str, error: json.JSONDecodeError) -> str:
        if _is_cut_off(text, error):
            return (
                f"{self.shown}: the JSON is cut off at byte {self.size}: it ends in the middle; "
                "download or copy the file again"
            )
        return f"{self.shown}: not JSON from byte {self._byte(text, error.pos)} on: {error.msg}"

    def _byte(self, text: str, position: int) -> int:
        """Where in the bytes a character stands."""
        raw = self._raw(4)
        encoding = _encoding(raw)
        if encoding == "utf-16":
            return 2 + len(text[:position].encode("utf-16-le", "surrogatepass"))
        encoded = "cp1252" if any(issue.code == "encoding" for issue in self.issues) else "utf-8"
        return (3 if encoding else 0) + len(text[:position].encode(encoded, "replace"))


def _encoding(raw: bytes) -> str | None:
    """The encoding that a byte order mark tells."""
    return next((encoding for mark, encoding in _BOMS if raw.startswith(mark)), None)


def _whole_number(digits: str) -> int | float:
    return int(digits) if len(digits) < _MOST_DIGITS else float(digits)


_MOST_DIGITS = 400
_DECODER = json.JSONDecoder(parse_int=_whole_number)
_UNFINISHED = re.compile(r'(?:[\[{,:]\s*)[^\[\]{},:"\s]*\s*$')


def _is_cut_off(text: str, error: json.JSONDecodeError) -> bool:
    """Whether JSON that cannot be decoded just ends too early: within its last string, number or word, or behind it."""
    if error.pos >= len(text.rstrip()) or "Unterminated" in error.msg:
        return True
    tail = _UNFINISHED.search(text, max(0, len(text) - _LONGEST_WORD))
    if tail is not None and error.pos > tail.start():
        return _BEGUN.fullmatch(tail[0][1:].strip()) is not None
    return "escape" in error.msg and '"' not in text[error.pos :]


_LONGEST_WORD = 1000
_BEGUN = re.compile(
    r"-?\d*\.?\d*(?:[eE][+-]?\d*)?|n|nu|nul|t|tr|tru|f|fa|fal|fals|N|Na|-?(?:I|In|Inf|Infi|Infin|Infini|Infinit)"
)


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


def take(source: Any) -> Content:  # noqa: ANN401 - anything that leed.read takes
    """Return the content of anything that `leed.read` takes.

    Raises:
        InputError: it cannot be opened, or is nothing that leed reads.
    """
    if isinstance(source, (str, os.PathLike)):
        return _at(os.fsdecode(os.fspath(source)))
    if isinstance(source, (bytes, bytearray, memoryview)):
        return Content(data=bytes(source))
    if hasattr(type(source), "__arrow_c_stream__") or hasattr(type(source), "__arrow_c_array__"):
        return Content(frame=source)
    if isinstance(source, Mapping) or objects.is_object(source):
        return Content(plain=objects.plain(source))
    if hasattr(source, "read"):
        return Content(data=_read_open(source), name=_name_of(source))
    if isinstance(source, (list, tuple)):
        return Content(plain=list(objects.plain(source)))
    raise UnknownFormatError(
        f"cannot read {type(source).__name__}: give a path, bytes, an open file, or a mapping or list of plain data"
    )


def _at(path: str) -> Content:
    if os.path.isdir(path):
        return Content(path=path, name=os.path.basename(os.path.abspath(path)))
    with opened(path):
        pass
    return Content(path=path)


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
