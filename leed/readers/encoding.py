"""Bytes as text: UTF-8, UTF-16 and UTF-32 with or without a byte order mark, and what was written in none of them."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from typing import IO

from leed.readers.raw import PIECE, Raw

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins as that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ASCII = rb"[\t\n\r -~]"
_UNMARKED = (  # JSON and the header of a table begin in ASCII
    (re.compile(rb"(?:%s\x00{3}){2}" % _ASCII), "utf-32-le"),
    (re.compile(rb"(?:\x00{3}%s){2}" % _ASCII), "utf-32-be"),
    (re.compile(rb"(?:%s\x00){2}" % _ASCII), "utf-16-le"),
    (re.compile(rb"(?:\x00%s){2}" % _ASCII), "utf-16-be"),
)
LOOKED_AT = 8
"""How many of the first bytes tell the encoding."""
ESCAPED = "surrogateescape"
"""How bytes that are not UTF-8 are kept apart until `mended` reads them."""
_ESCAPES = re.compile("[\udc80-\udcff]+")


def encoding_of(raw: bytes) -> tuple[str, int]:
    r"""Return the encoding that the first bytes tell, and how long their byte order mark is.

    >>> encoding_of(b"\xff\xfe[\x00"), encoding_of(b"[\x001\x00"), encoding_of(b"[1]")
    (('utf-16-le', 2), ('utf-16-le', 0), ('utf-8', 0))
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return encoding, len(mark)
    return next((encoding for pattern, encoding in _UNMARKED if pattern.match(raw)), "utf-8"), 0


class Transcoding(Raw):
    """Bytes in another encoding as an open file of the same in UTF-8.

    What cannot be read becomes a replacement character; where that first happens is told, as a clause.
    """

    def __init__(self, inner: IO[bytes], encoding: str, at: int, tell: Callable[[str], None]) -> None:
        """Take a file that stands at this byte, behind the mark, and what is called with what is odd."""
        super().__init__(inner)
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._tell = tell
        self._at = at
        self._ready = b""
        self._ended = False

    def _next(self, size: int) -> bytes:
        while size and not (self._ready or self._ended):
            raw = self._inner.read(PIECE)
            self._ended = not raw
            self._ready = self._decoded(raw).encode()
        data, self._ready = self._ready[:size], self._ready[size:]
        return data

    def _decoded(self, raw: bytes) -> str:
        before = self._decoder.getstate()
        try:
            text = self._decoder.decode(raw, not raw)
        except UnicodeDecodeError as error:
            byte = self._at - len(before[0]) + error.start
            name = self._encoding.upper()[:6]
            self._tell(f"not {name} at byte {byte}; what cannot be read stands as \N{REPLACEMENT CHARACTER}")
            self._decoder = codecs.getincrementaldecoder(self._encoding)("replace")
            self._decoder.setstate(before)
            text = self._decoder.decode(raw, not raw)
        self._at += len(raw)
        return text


def beginning_in_utf8(raw: bytes) -> bytes:
    """Return the first bytes of something in UTF-8, without a byte order mark; they may end within a letter."""
    encoding, mark = encoding_of(raw)
    if encoding == "utf-8":
        return raw[mark:]
    return codecs.getincrementaldecoder(encoding)("replace").decode(raw[mark:]).encode()


def as_text(data: bytes, at: int = 0) -> tuple[str, str]:
    r"""Return text, and what was odd about it, as a clause. Bytes that are not UTF-8 are read as Windows-1252.

    ``at`` is where in the input the bytes stand.

    >>> as_text(b"na\xefve caf\xc3\xa9")
    ('naïve café', 'not UTF-8 at byte 2; read as Windows-1252, so letters may be wrong')
    """
    try:
        return data.decode(), ""
    except UnicodeDecodeError as error:
        text = mended(data.decode("utf-8", ESCAPED))
        return text, f"not UTF-8 at byte {at + error.start}; read as Windows-1252, so letters may be wrong"


def mended(text: str) -> str:
    """Return text that was decoded with errors `ESCAPED`, what was not UTF-8 read as Windows-1252."""
    return _ESCAPES.sub(lambda found: found[0].encode("utf-8", ESCAPED).decode("cp1252", "replace"), text)


def byte_of(raw: bytes, place: int) -> int:
    r"""Return at which byte the character stands that has this place in the text of the bytes.

    >>> byte_of("\ufeffé!".encode(), 1)
    5
    """
    encoding, mark = encoding_of(raw)
    if encoding == "utf-8":
        before = raw[mark:].decode("utf-8", ESCAPED)[:place]
        return mark + len(before.encode("utf-8", ESCAPED))
    before = raw[mark:].decode(encoding, "replace")[:place]
    return mark + len(before.encode(encoding, "surrogatepass"))
