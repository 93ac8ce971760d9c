"""Hume v0 predictions from a file of any size, in bounded memory.

The file is read in windows. The lists of items, which are nearly all of it, are decoded as they pass and gathered by
column; what remains is a small frame of JSON in which each list of items is replaced by its number.

An item is found by its first key: in JSON, ``{`` and ``"frame"`` can only stand together where an object begins,
because within a string the quotation marks would be escaped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import IO

from leed.errors import DamagedInputError
from leed.readers.hume_decoding import gather
from leed.readers.hume_items import Group

_WINDOW = 1 << 18  # what is decoded at a time stays in the processor's cache
_OPENING = re.compile(rb'(?<!\\)"predictions"\s*:\s*\[')
_FIRST_KEY = re.compile(rb'\s*\{\s*("(?:[^"\\]|\\.)*")\s*:')
_CLOSE = re.compile(rb"\s*(\]|,)")
_OF_FILES = (b'"file"', b'"file_type"', b'"models"', b'"source"')
_KEEP = 256  # bytes of the frame that may hold the beginning of a key


class UnstreamableError(Exception):
    """The file is not written as Hume writes it; it has to be read as a whole."""


def stream(file: IO[bytes], shown: str) -> tuple[bytes, list[Group]]:
    """Return the frame of a predictions file and the groups of items by number.

    ``shown`` is what messages call the file.

    Raises:
        UnstreamableError: it is not written as Hume writes it.
        DamagedInputError: it ends in the middle.
    """
    passing = Passing(file, shown)
    for _ in passing.parts():
        pass
    return passing.frame, passing.groups


class Passing:
    """A predictions file that is read from its beginning to its end, once.

    Attributes:
        groups: the groups of items by number. Whoever goes through the parts may take one, and leave in its place what
            `Group.emptied` gives.
    """

    def __init__(self, file: IO[bytes], shown: str) -> None:
        """Take an open file; ``shown`` is what messages call it."""
        self.groups: list[Group] = []
        self._window = _Window(file, shown)
        self._labels: tuple[str, ...] | None = None  # those of the list before; most often the next has the same

    @property
    def frame(self) -> bytes:
        """What stands around the lists of items, as far as it has passed."""
        return bytes(self._window.frame)

    def parts(self) -> Iterator[tuple[int, bool]]:
        """Gather the items; after some of a group, return its number, and whether those were its last.

        Raises:
            UnstreamableError: the file is not written as Hume writes it.
            DamagedInputError: it ends in the middle.
        """
        window = self._window
        while (found := window.find(_OPENING)) is not None:
            window.to_frame(found)
            key = window.first_key()
            if key is None or key in _OF_FILES:
                continue
            window.frame += str(len(self.groups)).encode()
            self.groups.append(Group())
            for ended in self._items(key):
                yield len(self.groups) - 1, ended

    def _items(self, key: bytes) -> Iterator[bool]:
        """Gather the items of one list, whose objects begin with this key; the window then stands at its end."""
        window = self._window
        while True:
            end = window.buffer.find(b'"predictions"')
            last = _last_item(window.buffer, key, end if end >= 0 else len(window.buffer))
            if last > 0:
                _gather(window.take(last), self.groups[-1], self._labels)
                self._labels = self.groups[-1].labels()
                yield False
            if end < 0 and window.more():
                continue
            window.until(_an_item(window, self.groups[-1]))
            if window.closes():
                yield True
                return
            another = window.first_key()
            if another is None:
                raise UnstreamableError
            key = another


def _last_item(buffer: bytearray, key: bytes, end: int) -> int:
    """Where the last object that begins with the key begins, if a comma stands before it; 0 if there is none."""
    at = buffer.rfind(key, 0, end)
    while at > 0:
        before = buffer[:at].rstrip() if at < _KEEP else buffer[at - _KEEP : at].rstrip()
        if before.endswith(b"{") and before[:-1].rstrip().endswith(b","):
            return at - _KEEP + len(before) - 1 if at >= _KEEP else len(before) - 1
        at = buffer.rfind(key, 0, at)
    return 0


def _gather(items: bytes, group: Group, labels: tuple[str, ...] | None = None) -> None:
    try:
        gather(b"[" + items.strip().strip(b",") + b"]", group, labels)
    except (ValueError, TypeError, RecursionError) as error:
        raise UnstreamableError from error


def _an_item(window: _Window, group: Group) -> int:
    """Gather the one object that the window stands at; return where it ends."""
    while True:
        text = window.buffer.decode("utf-8", "surrogateescape")
        start = len(text) - len(text.lstrip())
        try:
            _, stop = json.JSONDecoder().raw_decode(text, start)
        except RecursionError as error:
            raise UnstreamableError from error
        except ValueError as error:
            if window.more():
                continue
            if getattr(error, "pos", 0) < len(text.rstrip()) and "Unterminated" not in str(error):
                raise UnstreamableError from error
            raise window.cut_off() from error
        item = text[start:stop].encode("utf-8", "surrogateescape")
        _gather(item, group)
        return len(text[:stop].encode("utf-8", "surrogateescape"))


class _Window:
    """The part of a file that is being looked at, and the frame of what was passed."""

    def __init__(self, file: IO[bytes], shown: str) -> None:
        self.shown = shown
        self.buffer = bytearray()
        self.frame = bytearray()
        self.size = 0
        self._file = file

    def more(self) -> bool:
        """Read on; return whether there was more."""
        data = self._file.read(_WINDOW)
        self.buffer += data
        self.size += len(data)
        return bool(data)

    def find(self, pattern: re.Pattern[bytes]) -> int | None:
        """Return where the next match ends; what stands before it for sure goes to the frame."""
        while True:
            found = pattern.search(self.buffer)
            if found is not None:
                return found.end()
            if len(self.buffer) > _KEEP:
                self.to_frame(len(self.buffer) - _KEEP)
            if not self.more():
                self.to_frame(len(self.buffer))
                return None

    def take(self, length: int) -> bytes:
        """Return the first bytes and go past them."""
        taken = bytes(self.buffer[:length])
        del self.buffer[:length]
        return taken

    def until(self, length: int) -> None:
        """Go past bytes that were gathered."""
        del self.buffer[:length]

    def to_frame(self, length: int) -> None:
        """Go past bytes that belong to the frame."""
        self.frame += self.take(length)

    def first_key(self) -> bytes | None:
        """Return the first key of the object that comes next, or None if no object does."""
        while True:
            found = _FIRST_KEY.match(self.buffer)
            if found is not None:
                return found[1]
            if len(self.buffer) > _WINDOW or not self.more():
                return None

    def closes(self) -> bool:
        """Return whether the list ends here; else go past the comma."""
        while True:
            found = _CLOSE.match(self.buffer)
            if found is not None:
                if found[1] == b"]":
                    return True
                self.until(found.end())
                return False
            if len(self.buffer.strip()) or not self.more():
                raise self.cut_off() if not self.buffer.strip() else UnstreamableError

    def cut_off(self) -> DamagedInputError:
        """The error for a file that ends in the middle."""
        return DamagedInputError(
            f"{self.shown}: the JSON is cut off at byte {self.size}: it ends in the middle; download or copy it again"
        )
