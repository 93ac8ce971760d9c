"""Delimited text cut into pieces of whole rows, so that a file of any size is read in little memory.

A row ends with a line, except within quotation marks. These stand around a whole cell; within it they are doubled. In
text that is written like this, a place lies within a cell if the number of marks before it is odd. Marks that stand
anywhere else mean themselves, and spoil that count: then each cell is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from leed.errors import DamagedInputError

_SIZE = 3 << 20
_LARGEST = 1 << 25
"""Bytes that one row may have."""
_QUOTED = re.compile(rb'"[^"]*+(?:""[^"]*+)*+"')


def pieces(file: IO[bytes], delimiter: str, shown: str) -> Iterator[bytes]:
    """Return the rest of a file in pieces that end where a row does; ``shown`` is what messages call it.

    Raises:
        DamagedInputError: a quotation mark is opened, and not closed in what could be one row.
    """
    ends = _Ends(delimiter)
    left = b""
    size = _SIZE
    while len(text := b"".join((left, file.read(size), file.readline(_SIZE)))) > len(left):
        end = ends.last(text)
        left = text[end:]
        if end:
            piece = text[:end]
            del text
            yield piece
            del piece  # so that none is held while the next is read
        elif len(left) > _LARGEST:
            what = f"a row is longer than {_LARGEST >> 20} MiB; is a quotation mark missing?"
            raise DamagedInputError(f"{shown}: not a well-formed table: {what}")
        size = max(_SIZE, len(left))  # so that a long cell is not looked through again and again
    if left:
        yield left


class _Ends:
    """Finds where rows end in text whose cells are parted by a delimiter."""

    def __init__(self, delimiter: str) -> None:
        around = re.escape(delimiter.encode()) + rb"\r\n"
        self._beside = frozenset(delimiter.encode() + b"\r\n")
        # Where one mark stands for each cell in quotation marks: one that is not alone in its cell.
        self._stray = re.compile(rb'"(?:(?![%s])|(?<=[^%s]"))' % (around, around))

    def last(self, text: bytes) -> int:
        """Return where the last row ends that does, in text that begins with one; 0 if none does."""
        end = _line(text, 0, _known(text))
        if b'"' not in text:
            return end
        well = text.count(b'"', 0, end) % 2 == 0 and not self._stray.search(_QUOTED.sub(b'"', text[:end]))
        return end if well else self._by_cell(text)

    def _by_cell(self, text: bytes) -> int:
        """The same, where quotation marks may stand anywhere."""
        end = after = 0
        at = text.find(b'"')
        while at >= 0:
            if at and text[at - 1] not in self._beside:
                at = text.find(b'"', at + 1)
                continue
            end = _line(text, after, at) or end
            cell = _QUOTED.match(text, at)
            if cell is None or cell.end() == len(text):  # it goes on, or may
                return end
            after = cell.end()
            at = text.find(b'"', after)
        return _line(text, after, _known(text)) or end


def _line(text: bytes, after: int, before: int) -> int:
    """Where the last line ends that does between two places; 0 if none does."""
    return max(text.rfind(b"\n", after, before), text.rfind(b"\r", after, before)) + 1


def _known(text: bytes) -> int:
    """Up to where the ends of lines are known: behind a carriage return, a line feed may come."""
    return len(text) - text.endswith(b"\r")
