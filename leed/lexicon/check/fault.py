"""What a check finds, and what it measures by: English."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec

from leed import quoting
from leed.lexicon import source_of

UNKNOWN = "unknown"
"""How it is said of a key or a place that nobody reads or fills."""

Where = tuple[str, ...]
"""A path in the file: keys, and numbers of list entries."""


class Fault(msgspec.Struct, frozen=True):
    """One thing that is wrong.

    Attributes:
        where: the path to it in the file.
        what: what is wrong there.
        breaks: whether leed cannot speak without it. It can without a label's words (the label is quoted like an
            unknown one) and without a timeline.
    """

    where: Where
    what: str
    breaks: bool = True

    def __str__(self) -> str:
        """Return it on one line."""
        return quoting.clean(f"{'.'.join(self.where) or 'the file'}: {self.what}")


@cache
def english() -> dict[str, Any]:
    """Return the English lexicon as plain data."""
    plain: dict[str, Any] = json.loads(source_of("en"))
    return plain


def sample(words: object) -> str:
    """Return the English words for what is missing, in brackets."""
    if isinstance(words, dict):
        words = next((words[key] for key in ("adjective", "verb", "noun", "subject") if words.get(key)), None)
    if isinstance(words, list):
        words = words[0]
    return f" (English: {json.dumps(words, ensure_ascii=False)})" if words is not None else ""


def inner(value: object, key: str) -> dict[str, Any]:
    """Return the object under a key; an empty one where there is none."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def persons(plain: dict[str, Any]) -> Iterator[tuple[Where, dict[str, Any]]]:
    """Yield every person of a lexicon, and how a sentence goes on about it."""
    for name, person in inner(plain, "persons").items():
        if isinstance(person, dict):
            yield ("persons", name), person
            if isinstance(person.get("again"), dict):
                yield ("persons", name, "again"), person["again"]
