"""What a medium is, told from its content and not from its ending."""

from __future__ import annotations

import codecs

from leed.readers.encoding import encoding_of

_CONTROL = frozenset(range(32)) - {9, 10, 12, 13, 27}


def is_text(head: bytes) -> bool:
    r"""Return whether bytes that something begins with are text.

    >>> is_text(b"WEBVTT\n"), is_text("né".encode("utf-16")), is_text(b"RIFF\x00\x00"), is_text(b"")
    (True, True, False, False)
    """
    encoding, mark = encoding_of(head)
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head[mark:])
    except UnicodeDecodeError:
        return False
    return bool(text) and not has_controls(text)


def has_controls(text: str) -> bool:
    r"""Return whether a text has characters that no text has.

    >>> has_controls("a\tb\n"), has_controls("a\x00")
    (False, True)
    """
    return any(ord(letter) in _CONTROL for letter in text)
