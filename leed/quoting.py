"""Words of other people inside a sentence: quoted, on one line, and unable to end the quotation."""

from __future__ import annotations

import re
import unicodedata

LIMIT = 400
"""How many characters of a transcript a sentence quotes at most."""

_QUOTES = re.compile(
    '["\u00ab\u00bb\u02ba\u02ee\u201c\u201d\u201e\u201f\u2033\u2036\u275d\u275e\u2760\u2e42\u301d\u301e\u301f\uff02'
    "\U0001f676\U0001f677\U0001f678]"
)
_JOINERS = "\u200c\u200d"  # zero-width, but part of how Persian words and many emoji are spelled


def clean(text: str) -> str:
    r"""Return text on one line: white space folded, control, direction and private characters removed.

    >>> clean("line one\n\tline two\x00\u202e")
    'line one line two'
    """
    if text.isprintable() and "  " not in text:
        return text.strip()
    kept = []
    for c in text:
        kind = unicodedata.category(c)
        if c.isspace() or kind in ("Zl", "Zp"):
            kept.append(" ")
        elif kind == "Cs":
            kept.append("\ufffd")
        elif kind not in ("Cc", "Cf", "Cn", "Co") or c in _JOINERS:
            kept.append(c)
    return " ".join("".join(kept).split())


def shorten(text: str, limit: int) -> str:
    """Return text of at most ``limit`` characters, cut between words where that is possible.

    >>> shorten("one two three", 9)
    'one two…'
    """
    if len(text) <= limit:
        return text
    if limit <= 1:
        return "…"
    head = text[: limit - 1]
    if not text[len(head)].isspace() and not head[-1].isspace() and " " in head.strip():
        head = head.rsplit(None, 1)[0]
    return head.rstrip() + "…"


def spoken(text: str | None, limit: int = LIMIT) -> str | None:
    r"""Return a transcript fit to stand between quotation marks, or None if nothing was said.

    Double quotation marks of any kind become single ones, so that a transcript cannot close its own quotation.

    >>> spoken('He said "go" and\nleft')
    "He said 'go' and left"
    >>> spoken("  ") is None
    True
    """
    if not text:
        return None
    # A megabyte of white space or control characters is looked at no further than this.
    text = clean(text[: 8 * limit])
    return shorten(_QUOTES.sub("'", text), limit) if text else None


def name(label: str, limit: int = 60) -> str:
    """Return an unknown label fit to be quoted as a noun: lower case unless it mixes cases or holds digits.

    >>> name("Wistfulness"), name("AU12"), name("iPhoneJoy")
    ('wistfulness', 'AU12', 'iPhoneJoy')
    """
    label = _QUOTES.sub("'", clean(label[: 8 * limit]))
    label = label.replace("_", " ").strip() or label
    words_only = not any(c.isdigit() for c in label)
    if words_only and (label.istitle() or label.isupper() or label[1:].islower()):
        label = label.lower()
    return shorten(label, limit)
