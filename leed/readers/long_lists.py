"""Plain data of large JSON, whose long lists stay in the file and are decoded some entries at a time.

The file is passed once: what is small around the lists is decoded, and of each list it is kept where its entries lie,
some 256 KiB together. That a stretch of the file is whole entries is guessed, by a comma before what looks as the
entries begin, and proven: `[` and the stretch and `]` is JSON, which it would not be if the comma lay within a text or
deeper. Where the guess fails, the entries are parted one by one.

What cannot be passed so, as what is cut off, has to be decoded at once; `leed.readers.content` says what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import IO, Any, SupportsIndex, overload

import msgspec

from leed.errors import LeedError
from leed.readers import json_text
from leed.readers.storage import read_some

_WINDOW = 1 << 18  # what is decoded at a time stays in the processor's cache
_LONGEST = 1 << 22  # bytes of an entry that is decoded at once; the lists in a longer one are lists of their own
_LOOKS = (1 << 12, 1 << 18)  # bytes in which a small value is looked for
_KEYS = 1000  # of a mapping around long lists
_DEEPEST = 12
_GUESSES = 3
_SHOWN = 100  # entries
_BLANK = b" \t\r\n"
_OPENING = re.compile(rb'(?:[\[{][ \t\r\n]*)*(?:"(?:[^"\\]|\\.){0,200}"[ \t\r\n]*:)?')
_TOKEN = re.compile(rb'[\[{:]|"(?:[^"\\]|\\.)*"')
_TOLERATED = re.compile(rb"NaN|Infinity|\\u[dD][89a-fA-F]")
_FAULTS = (msgspec.DecodeError, UnicodeDecodeError)

_ANY: msgspec.json.Decoder[Any] = msgspec.json.Decoder()
_RAW = msgspec.json.Decoder(msgspec.Raw)
_RAWS = msgspec.json.Decoder(list[msgspec.Raw])

Opener = Callable[[], IO[bytes]]


class WholeError(LeedError):
    """The data has to be decoded at once. Nobody but this module sees it."""


class _Stretch(msgspec.Struct, frozen=True):
    """Whole entries, and where in the file they lie: lines, or with commas between them."""

    at: int
    size: int
    count: int
    lines: bool = False

    def decoded(self, data: bytes, decoder: msgspec.json.Decoder[Any], listed: msgspec.json.Decoder[Any]) -> list[Any]:
        """Return the entries, by the decoder of one or that of a list of them."""
        entries: list[Any] = decoder.decode_lines(data) if self.lines else listed.decode(b"[%b]" % data)
        return entries

    def plain(self, data: bytes) -> list[Any]:
        """Return the entries as plain data, as `Content.plain` has them."""
        try:
            entries: list[Any] = self.decoded(data, _ANY, _ANY)
        except _FAULTS:
            entries = _tolerant(data, lines=self.lines)
        return entries

    def picked(self, data: bytes, places: list[int]) -> list[Any]:
        """Return the entries at places; no other is decoded."""
        try:
            raw = self.decoded(data, _RAW, _RAWS)
            return [_ANY.decode(raw[place]) for place in places]
        except _FAULTS:
            entries = self.plain(data)
            return [entries[place] for place in places]


class _Long(msgspec.Struct, frozen=True):
    """An entry with long lists in it."""

    value: Any
    count: int = 1


class LongList(list[Any]):
    """A list that lies in a file. It can be gone through any number of times; nobody changes it.

    It is a list, as whoever reads plain data asks for one; what the list itself would hold is never there.
    """

    def __init__(self, parts: list[_Stretch | _Long], opened: Opener) -> None:
        super().__init__()
        self._parts = parts
        self._open = opened

    def __len__(self) -> int:
        return sum(part.count for part in self._parts)

    def __iter__(self) -> Iterator[Any]:
        for entries in self.some():
            yield from entries

    @overload
    def __getitem__(self, place: SupportsIndex, /) -> Any: ...  # noqa: ANN401 - whatever the JSON holds
    @overload
    def __getitem__(self, place: slice, /) -> list[Any]: ...
    def __getitem__(self, place: Any, /) -> Any:
        length = len(self)
        if isinstance(place, slice):
            places = range(*place.indices(length))
            return list(islice(self, places.start, places.stop, places.step)) if places.step > 0 else list(self)[place]
        index = place.__index__()
        index += length if index < 0 else 0
        if not 0 <= index < length:
            raise IndexError("list index out of range")
        return next(self.at([index]))

    def __contains__(self, value: object) -> bool:
        return any(value == entry for entry in self)

    def __reversed__(self) -> Iterator[Any]:
        yield from reversed(list(iter(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, list) and len(self) == len(other) and list(iter(self)) == list(iter(other))

    __hash__ = None  # as of any list

    def __repr__(self) -> str:
        """That of a list, but for what is far behind: messages quote the beginning."""
        shown = repr(list(islice(self, _SHOWN)))
        return shown if len(self) <= _SHOWN else f"{shown[:-1]}, ...]"

    def some(
        self,
        decoder: msgspec.json.Decoder[Any] | None = None,
        listed: msgspec.json.Decoder[Any] | None = None,
        *,
        strict: bool = False,
    ) -> Iterator[list[Any]]:
        """Return the entries, some at a time: as a decoder of one and a decoder of a list of them have them.

        Where an entry does not fit, it and those around it come as plain data, as all do without a decoder.

        Raises:
            DecodeError, UnicodeDecodeError: ``strict``, and an entry does not fit.
        """
        with self._open() as file:
            at = 0
            for part in self._parts:
                if isinstance(part, _Long):
                    if strict:
                        raise msgspec.DecodeError("an entry has long lists in it")
                    yield [part.value]
                    continue
                _pass_over(file, part.at - at)
                data = file.read(part.size)
                at = part.at + part.size
                yield part.plain(data) if decoder is None else _fitting(part, data, decoder, listed, strict=strict)

    @property
    def is_flat(self) -> bool:
        """Whether no entry has long lists in it."""
        return all(isinstance(part, _Stretch) for part in self._parts)

    @property
    def is_seekable(self) -> bool:
        """Whether the file is read from any place, so that its lists can be gone through side by side."""
        with self._open() as file:
            return file.seekable()

    def stretches(self) -> Iterator[tuple[bytes, bool]]:
        """Return the entries of a flat list as they stand in the file, some at a time, and whether they are lines."""
        with self._open() as file:
            at = 0
            for part in self._parts:
                if isinstance(part, _Stretch):
                    _pass_over(file, part.at - at)
                    at = part.at + part.size
                    yield file.read(part.size), part.lines

    def at(self, places: Iterable[int]) -> Iterator[Any]:
        """Return the entries at places, which go up, while the file is passed once."""
        wanted = iter(places)
        place = next(wanted, None)
        first = at = 0
        with self._open() as file:
            for part in self._parts:
                here = []
                while place is not None and place < first + part.count:
                    here.append(place - first)
                    place = next(wanted, None)
                first += part.count
                if here and isinstance(part, _Stretch):
                    _pass_over(file, part.at - at)
                    at = part.at + part.size
                    yield from part.picked(file.read(part.size), here)
                elif here and isinstance(part, _Long):
                    yield part.value


def _fitting(part: _Stretch, data: bytes, decoder: Any, listed: Any, *, strict: bool) -> list[Any]:  # noqa: ANN401 - as `some`
    try:
        entries: list[Any] = part.decoded(data, decoder, listed)
    except _FAULTS:
        if strict:
            raise
        return part.plain(data)
    return entries


def _tolerant(data: bytes, *, lines: bool) -> list[Any]:
    text = data.decode()
    if lines:
        return [value for value, _ in json_text.following(text)]
    entries: list[Any] = json_text.decoded(f"[{text}]")
    return entries


def _pass_over(file: IO[bytes], size: int) -> None:
    if file.seekable():
        file.seek(size, 1)
        return
    while size > 0 and (passed := file.read(min(size, _WINDOW))):
        size -= len(passed)


# --- passing the file


def lean(opened: Opener, shown: str, *, lines: bool) -> Any:  # noqa: ANN401 - whatever the JSON holds
    """Return the plain data of a file of JSON or JSON lines, with each long list in it as a `LongList`.

    Args:
        opened: opens the file, which is in UTF-8.
        shown: what messages call it.
        lines: whether it begins as JSON lines do.

    Raises:
        WholeError: it has to be decoded at once.
        InputError: it cannot be read.
    """
    try:
        with opened() as file:
            if lines:
                return LongList(list(_lines(file, shown)), opened)
            passing = _Passing(file, shown, opened)
            value = passing.value(0)
            if passing.next():
                raise WholeError
            return value
    except (*_FAULTS, ValueError, RecursionError) as error:
        raise WholeError from error


def _lines(file: IO[bytes], shown: str) -> Iterator[_Stretch]:
    at = 0
    while data := read_some(file, _WINDOW, shown):
        data += file.readline(_LONGEST)
        if data.strip(_BLANK):
            yield _Stretch(at, len(data), _counted(data, lines=True), lines=True)
        at += len(data)


def _counted(data: bytes, *, lines: bool) -> int:
    """How many entries there are in a stretch of whole ones.

    Raises:
        ValueError, RecursionError, or an error of msgspec: it is none.
    """
    if not data.isascii():
        data.decode()
    try:
        return len(_Stretch(0, 0, 0, lines).decoded(data, _RAW, _RAWS))
    except _FAULTS:
        if not _TOLERATED.search(data):
            raise
        return len(_tolerant(data, lines=lines))


class _Passing:
    """Goes through a file of JSON that is one value."""

    def __init__(self, file: IO[bytes], shown: str, opened: Opener) -> None:
        self._file = file
        self._shown = shown
        self._open = opened
        self._data = b""
        self._pos = 0
        self._before = 0  # bytes that were there before the data
        self._ended = False

    def value(self, depth: int) -> Any:  # noqa: ANN401 - whatever the JSON holds
        """Pass over the next value, and return it."""
        first = self.next()
        if depth > _DEEPEST:
            raise WholeError
        small = self._small()
        if small is not None:
            return small[0]
        if first not in (b"[", b"{"):
            raise WholeError
        return self._list(depth) if first == b"[" else self._mapping(depth)

    def next(self) -> bytes:
        """Pass over blanks; return the next byte, nothing at the end."""
        while True:
            found = _NOT_BLANK.search(self._data, self._pos)
            if found is not None:
                self._pos = found.start()
                return found[0]
            self._pos = len(self._data)
            if not self._has(1):
                return b""

    def _has(self, size: int) -> bool:
        """Read on until there is so much; return whether there is."""
        while len(self._data) - self._pos < size and not self._ended:
            more = read_some(self._file, max(_WINDOW, size - len(self._data) + self._pos), self._shown)
            self._before += self._pos
            self._data, self._pos = self._data[self._pos :] + more, 0
            self._ended = not more
        return len(self._data) - self._pos >= size

    def _take(self, wanted: bytes) -> bytes:
        """Pass over the next byte, which has to be one of these."""
        byte = self.next()
        if not byte or byte not in wanted:
            raise WholeError
        self._pos += 1
        return byte

    def _small(self) -> tuple[Any] | None:
        """Pass over a value that is small, and return it; None if it is not."""
        for size in _LOOKS:
            self._has(size)
            data = self._data[self._pos : self._pos + size]
            text = data.decode("utf-8", "surrogateescape")
            try:
                value, end = json_text.beginning(text)
            except ValueError:
                if len(data) < size:
                    raise
                continue
            if end < len(text) or (self._ended and len(data) < size):
                part = text[:end].encode("utf-8", "surrogateescape")
                part.decode()
                self._pos += len(part)
                try:
                    return (_ANY.decode(part),)
                except _FAULTS:
                    return (value,)
        return None

    def _mapping(self, depth: int) -> dict[str, Any]:
        self._take(b"{")
        found: dict[str, Any] = {}
        while True:
            key = self._small() if self.next() == b'"' else None
            if key is None or len(found) > _KEYS:
                raise WholeError
            self._take(b":")
            found[key[0]] = self.value(depth + 1)
            if self._take(b",}") == b"}":
                return found

    def _list(self, depth: int) -> list[Any]:
        self._take(b"[")
        parts: list[_Stretch | _Long] = []
        size = _WINDOW
        while True:
            self.next()
            self._has(size)
            part = self._guessed() or self._parted()
            if part is None and (self._ended or len(self._data) - self._pos >= _LONGEST):
                parts.append(_Long(self.value(depth + 1)))
            elif part is None:
                size *= 2
                continue
            else:
                parts.append(part)
                self._pos += part.size
            if self._take(b",]") == b"]":
                return LongList(parts, self._open)

    def _guessed(self) -> _Stretch | None:
        """The entries up to the last comma in sight behind which another seems to begin; None if they are none."""
        separator = _separator(self._data, self._pos)
        at = len(self._data)
        for _ in range(_GUESSES):
            at = _last(separator, self._data, self._pos, at)
            if at <= self._pos:
                return None
            try:
                return self._stretch(at)
            except _FAULTS:
                continue
        return None

    def _parted(self) -> _Stretch | None:
        """The entries in sight, parted one by one; None if the end of the first is not in sight."""
        text = self._data[self._pos :].decode("utf-8", "surrogateescape")
        end = start = 0
        while True:
            try:
                _, stop = json_text.beginning(text, start)
            except ValueError:
                break
            follows = _FOLLOWS.match(text, stop)
            if follows is None:
                break
            end = stop
            if follows[1] == "]":
                break
            start = follows.end()
        return self._stretch(self._pos + len(text[:end].encode("utf-8", "surrogateescape"))) if end else None

    def _stretch(self, end: int) -> _Stretch:
        """The entries up to a place."""
        count = _counted(self._data[self._pos : end], lines=False)
        return _Stretch(self._before + self._pos, end - self._pos, count)


_NOT_BLANK = re.compile(rb"[^ \t\r\n]")
_FOLLOWS = re.compile(r"[ \t\r\n]*([,\]])[ \t\r\n]*")


def _separator(data: bytes, pos: int) -> re.Pattern[bytes]:
    """What stands between entries that begin as the one here does."""
    opening = _OPENING.match(data, pos)
    return _pattern(tuple(_TOKEN.findall(opening[0])) if opening else ())


@lru_cache(maxsize=16)
def _pattern(tokens: tuple[bytes, ...]) -> re.Pattern[bytes]:
    return re.compile(rb"[ \t\r\n]*".join(map(re.escape, (b",", *tokens))))


def _last(separator: re.Pattern[bytes], data: bytes, start: int, end: int) -> int:
    """Where the last separator before a place stands; -1 if there is none."""
    at = data.rfind(b",", start, end)
    while at > start and not separator.match(data, at):
        at = data.rfind(b",", start, at)
    return at
