"""An input before it is read: its bytes or its plain data, looked at without being taken apart twice."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

import msgspec

from leed.errors import DamagedInputError, InputError, LeedError, UnknownFormatError
from leed.readers import encoding, json_text, objects
from leed.readers.glimpse import glimpse, sampled
from leed.readers.storage import Gzipped, Held, OnDisk, Storage, opened, read_some, unpacked
from leed.schema.terms import Issue

if TYPE_CHECKING:
    import pyarrow as pa

    from leed.readers.long_lists import LongList
    from leed.readers.row_stream import Rows

HEAD = 1 << 16
"""How many bytes of the beginning are looked at to recognise a format."""

LARGE = 1 << 22
"""From how many bytes on rows of JSON are read some at a time, if that can be done."""

_KINDS = (  # where in the head which bytes stand
    (0, b"PK\x03\x04", "a zip archive"),
    (0, b"PK\x05\x06", "a zip archive"),  # an empty one
    (0, b"PAR1", "Parquet"),
    (0, b"RIFF", "a WAV or AVI file"),
    (0, b"\x89PNG", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"%PDF", "a PDF document"),
    (0, b"ID3", "an MP3 file"),
    (0, b"SQLite format 3", "an SQLite database"),
    (0, b"\x28\xb5\x2f\xfd", "compressed by zstd"),
    (4, b"1AY&SY", "compressed by bzip2"),
    (0, b"\xfd7zXZ\x00", "compressed by xz"),
    (0, b"\x04\x22\x4d\x18", "compressed by lz4"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (257, b"ustar", "a tar archive"),
)
_MARK = 20
_SMALL = 1 << 20  # bytes of lines that are decoded all at once to have a glimpse of them
_LONGEST = 1 << 12  # bytes of a lone value that are decoded to say what it is
UNPACK = {
    "compressed by zstd": "zstd -d",
    "compressed by bzip2": "bunzip2",
    "compressed by xz": "unxz",
    "compressed by lz4": "lz4 -d",
    "a 7z archive": "7z x",
    "a RAR archive": "unrar x",
    "a tar archive": "tar -xf",
}
"""By kind, what unpacks it; only gzip and zip are read as they are."""


class Content:
    """What was given to `leed.read`: a path, bytes, text or plain data.

    Attributes:
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
        storage: Storage | None = None,
    ) -> None:
        self.is_plain = data is None and path is None and frame is None and storage is None
        self._storage = storage or (Held(data or b"") if path is None else OnDisk(path))
        self._frame = frame
        self._plain = plain
        self._name = name or (os.path.basename(path) if path else None)
        self.path = path
        self.issues: list[Issue] = []

    def __repr__(self) -> str:
        return f"<Content {self.shown}>"

    @property
    def shown(self) -> str:
        """What to call the input in messages."""
        if self.is_plain or self._frame is not None:
            return f"the {type(self._plain if self.is_plain else self._frame).__name__} given"
        return self.path or self._name or "the input"

    @cached_property
    def name(self) -> str | None:
        """The file's name, as the source of scores that name none; that of gzip data without its ending."""
        if self._name is None or self.is_folder or not isinstance(self.storage, Gzipped):
            return self._name
        return self._name[:-3] if self._name.casefold().endswith(".gz") else self._name

    @cached_property
    def storage(self) -> Storage:
        """Where the bytes lie, unpacked."""
        found = unpacked(self._storage, self.shown)
        if isinstance(found, Gzipped) and found.trailing:
            what = f"the last {found.trailing} bytes are no gzip data; they are left out"
            self.issues.append(Issue("left-out", what))
        return found

    @cached_property
    def size(self) -> int:
        """How many bytes there are, unpacked; 0 for plain data and a directory."""
        return 0 if self.is_folder else self.storage.size

    @cached_property
    def is_folder(self) -> bool:
        """Whether a directory was given."""
        return self.path is not None and os.path.isdir(self.path)

    @cached_property
    def head(self) -> bytes:
        """The first bytes, without a byte order mark, in UTF-8."""
        return b"" if self.is_folder else encoding.beginning_in_utf8(self._raw(HEAD))

    def open(self) -> IO[bytes]:
        """Return the bytes as an open file, in UTF-8 without a byte order mark."""
        name, mark = encoding.encoding_of(self._raw(encoding.LOOKED_AT))
        file = self.storage.open()
        file.read(mark)
        return file if name == "utf-8" else encoding.Transcoding(file, name, mark, self.note_encoding).buffered()

    @cached_property
    def data(self) -> bytes:
        """All bytes, in UTF-8 without a byte order mark."""
        self._check_size()
        with self.open() as file:
            return read_some(file, -1, self.shown)

    def note_encoding(self, odd: str) -> None:
        """Add the first thing that was odd about the encoding to the issues."""
        if not any(issue.code == "encoding" for issue in self.issues):
            self.issues.append(Issue("encoding", odd))

    def _raw(self, size: int = -1) -> bytes:
        """The bytes as they are, or the first of them."""
        if size < 0:
            self._check_size()
        with self.storage.open() as file:
            return read_some(file, size, self.shown)

    def _check_size(self) -> None:
        if self.size > self.storage.whole:
            what = f"unpacks to {self.size} bytes, more than are read at once; unpack it and give that"
            raise InputError(f"{self.shown}: {what}")

    @cached_property
    def kind(self) -> str:
        """What was given: "plain", "frame", "a directory", "empty", "json", "text", "xml", or what bytes look like."""
        if self._frame is not None:
            return "frame"
        if self.is_plain or self.is_folder:
            return "plain" if self.is_plain else "a directory"
        start = self.head.lstrip()
        if not start:
            return "empty"
        for place, mark, what in _KINDS:
            if self.head.startswith(mark, place):
                return what
        if start[:1] in b"{[":
            return "json"
        return "xml" if start[:1] == b"<" else "binary data" if b"\x00" in self.head else "text"

    @property
    def is_html(self) -> bool:
        """Whether this is a web page, such as a server's error."""
        return self.head.lstrip()[:_MARK].lower().startswith((b"<!doctype html", b"<html"))

    @property
    def lone(self) -> str:
        """What to say of JSON that is a single value, as a clause; empty if it is none."""
        if self.size > _LONGEST:
            return ""
        try:
            value = msgspec.json.decode(self.data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return ""
        kind = {bool: "a truth value", str: "a text", type(None): "null"}.get(type(value), "a number")
        return f"is JSON, but only {kind}, where an object or a list with scores is expected"

    @cached_property
    def text(self) -> str:
        """All bytes as text. What is not UTF-8 is read as Windows-1252, and that is reported."""
        text, odd = encoding.as_text(self.data)
        if odd:
            self.note_encoding(odd)
        return text

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
            return self._lines() if json_text.begins_lines(self.data) else self._tolerant()
        except RecursionError as error:
            raise self.too_deep() from error

    @cached_property
    def lean(self) -> Any:  # noqa: ANN401 - as plain
        """The same data as `plain`; of large JSON, long lists are decoded as they are gone through.

        Raises:
            DamagedInputError: as `plain`.
        """
        if not self.is_large_json or "plain" in vars(self):
            return self.plain
        from leed.readers.long_lists import WholeError, lean  # noqa: PLC0415 - only for what is large

        try:
            return lean(self.open, self.shown, lines=self._begins_lines)
        except WholeError:
            return self.plain

    @property
    def long_list(self) -> LongList | None:
        """The list that large JSON or JSON lines are, if it can be decoded some entries at a time."""
        from leed.readers.long_lists import LongList  # noqa: PLC0415 - as above

        return self.lean if self.is_large_json and isinstance(self.lean, LongList) else None

    @cached_property
    def glimpse(self) -> Any:  # noqa: ANN401 - as plain
        """The plain data if it is small, else a sample of it, to recognise a format by; None if there is none."""
        if self.kind not in ("json", "plain"):
            return None
        if self.rows is not None:
            return glimpse(self.rows.sample)
        lines = self._sampled_lines() if self.size > _SMALL and self._begins_lines else None
        return glimpse(self.lean if lines is None else lines)

    def _sampled_lines(self) -> list[Any] | None:
        """The data of some of the lines, those at which a glimpse looks, without holding all; None if one is odd."""
        with self.open() as file:
            wanted = set(sampled(sum(not line.isspace() for line in file)))
        with self.open() as file:
            lines = (line for line in file if not line.isspace())
            try:
                return [msgspec.json.decode(line) for i, line in enumerate(lines) if i in wanted]
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                return None

    @cached_property
    def _begins_lines(self) -> bool:
        return self.kind == "json" and json_text.begins_lines(self.head)

    @cached_property
    def rows(self) -> Rows | None:
        """The rows of large JSON that are all of one shape; None for all else, which `plain` has."""
        if not self.is_large_json:
            return None
        from leed.readers.row_stream import streamed  # noqa: PLC0415 - loads numpy

        return streamed(self.open, self.shown)

    @property
    def is_large_json(self) -> bool:
        """Whether it is JSON of so many bytes that it is read some at a time, where that can be done."""
        return self.kind == "json" and self.size >= LARGE

    def too_deep(self) -> DamagedInputError:
        """Return the error for data that is nested too deeply, or holds itself."""
        return DamagedInputError(f"{self.shown}: is nested too deeply to be a recording of scores, or holds itself")

    def _tolerant(self) -> Any:  # noqa: ANN401 - as plain
        """The plain data where strict JSON fails: NaN and infinity as Python writes them, long numbers, odd bytes."""
        text = self.text
        try:
            return json_text.decoded(text)
        except RecursionError as error:
            raise self.too_deep() from error
        except json.JSONDecodeError as error:
            raise DamagedInputError(self._damage(text, error)) from error

    def entries(self) -> Iterator[Any]:
        """Return the entries of the plain data if it is a list, else itself; lines are decoded one at a time.

        Raises:
            DamagedInputError: as `plain`.
        """
        done = 0
        if self._begins_lines and "plain" not in vars(self):
            with self.open() as file:
                for line in file:
                    if line.isspace():
                        continue
                    try:
                        entry = msgspec.json.decode(line)
                    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                        break
                    yield entry
                    done += 1
                else:
                    return
        plain = self.plain  # of lines too, where one of them is not strictly JSON
        yield from islice(plain, done, None) if isinstance(plain, list) else (plain,)

    def _lines(self) -> list[Any]:
        """The data of JSON lines; a last one that is cut off is left out."""
        strict = json_text.strict_lines(self.data)
        if strict is not None:
            return strict
        found = []
        at = 0
        text = self.text
        try:
            for value, end in json_text.following(text):
                found.append(value)
                at = end
        except (ValueError, RecursionError) as error:
            at = json_text.after_blank(text, at)
            byte = self._byte(at)
            if text[at:].partition("\n")[2].strip():
                number = text.count("\n", 0, at) + 1
                raise DamagedInputError(
                    f"{self.shown}: line {number} (byte {byte}) is no JSON: {getattr(error, 'msg', error)}"
                ) from error
            self.issues.append(Issue("cut-off", f"the last line, from byte {byte} on, is cut off; it is left out"))
        return found

    def _damage(self, text: str, error: json.JSONDecodeError) -> str:
        if json_text.is_cut_off(text, error):
            return (
                f"{self.shown}: the JSON is cut off at byte {self.size}: it ends in the middle; "
                "download or copy the file again"
            )
        return f"{self.shown}: not JSON from byte {self._byte(error.pos)} on: {error.msg}"

    def _byte(self, place: int) -> int:
        """Where in the bytes a character of the text stands."""
        return encoding.byte_of(self._raw(), place)


def take(source: Any) -> Content:  # noqa: ANN401 - anything that leed.read takes
    """Return the content of anything that `leed.read` takes.

    Raises:
        InputError: it cannot be opened, or is nothing that leed reads.
    """
    if isinstance(source, (str, os.PathLike)):
        return _at(os.fsdecode(os.fspath(source)))
    if isinstance(source, (bytes, bytearray, memoryview)):
        return Content(data=bytes(source))
    if isinstance(source, Mapping) or objects.is_object(source):
        return Content(plain=objects.plain(source))
    if hasattr(type(source), "__arrow_c_stream__") or hasattr(type(source), "__arrow_c_array__"):
        return Content(frame=source)
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
