"""Which labels that nobody knows sound as if they said who somebody is: a list of words as data, for what to withhold.

A classifier of ages, accents or illnesses has labels that no taxonomy lists, so they are known by their words alone.
Saying too little is the safe side: a label of an expression that has such a word is withheld too, until it is allowed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

import msgspec

from leed.errors import DataFileError

_FILE = "sensitive-words.json"
_LONGEST = 500
_BETWEEN = re.compile(r"(?<=[a-z])(?=[A-Z])|[_\s]+")


class _Words(msgspec.Struct, frozen=True):
    """The file's content.

    Attributes:
        words: by topic, words and runs of words that are met whole, with or without a plural's s.
        parts: in scripts that put no blanks between words: met anywhere.
        whole: short codes that only a whole label, or all of it behind a colon, is.
        patterns: regular expressions of ages, met whole.
    """

    words: dict[str, tuple[str, ...]]
    parts: tuple[str, ...]
    whole: tuple[str, ...]
    patterns: tuple[str, ...]


@lru_cache(maxsize=4096)
def sounds_sensitive(label: str) -> bool:
    """Return whether a label names age, gender, origin, health, sexuality, religion, intoxication or crime.

    Case and accents are forgiven. It is for labels that no taxonomy knows: these say themselves what is sensitive.

    >>> [sounds_sensitive(name) for name in ("race: White", "20-29", "more than 70", "EastAsian", "autistic-sounding")]
    [True, True, True, True, True]
    >>> [sounds_sensitive(name) for name in ("Wistfulness", "AU12", "musing", "whiteness")]
    [False, False, False, False]
    """
    words = _folded(_BETWEEN.sub(" ", label[:_LONGEST]))
    value = words.rpartition(":")[2].strip()
    codes, pattern = _prepared()
    return value in codes or pattern.search(words) is not None


@cache
def _prepared() -> tuple[frozenset[str], re.Pattern[str]]:
    try:
        listed = msgspec.json.decode((files("leed.taxonomy") / "data" / _FILE).read_bytes(), type=_Words)
        words = [_folded(word).replace(" ", "[ -]") for topic in listed.words.values() for word in topic]
        met_whole = "|".join([rf"(?:{'|'.join(words)})s?", *map(_plain, listed.patterns)])
        parts = "|".join(map(_plain, listed.parts))  # Hangul and some kana come apart
        return frozenset(listed.whole), re.compile(rf"(?<!\w)(?:{met_whole})(?!\w)|{parts}")
    except (msgspec.DecodeError, re.error) as error:
        raise DataFileError(f"taxonomy file {_FILE}: {error}") from error


def _folded(text: str) -> str:
    return " ".join(_plain(text.casefold()).split())


def _plain(text: str) -> str:
    """Text without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
