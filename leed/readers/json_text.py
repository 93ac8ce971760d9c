"""JSON as programs write it rather than as its standard has it, and where it breaks off."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

_MOST_DIGITS = 400
_TWO_LINES = re.compile(rb"\s*([^\n]+)\n\s*\S")
_INK = re.compile(r"\S")
_LONGEST_WORD = 1000
_UNFINISHED = re.compile(r'(?:[\[{,:]\s*)[^\[\]{},:"\s]*\s*$')
_BEGUN = re.compile(
    r"-?\d*\.?\d*(?:[eE][+-]?\d*)?|n|nu|nul|t|tr|tru|f|fa|fal|fals|N|Na|-?(?:I|In|Inf|Infi|Infin|Infini|Infinit)"
)


def _whole_number(digits: str) -> int | float:
    return int(digits) if len(digits) < _MOST_DIGITS else float(digits)


_DECODER = json.JSONDecoder(parse_int=_whole_number)
_LINES = msgspec.json.Decoder()


def decoded(text: str) -> Any:  # noqa: ANN401 - whatever the JSON holds
    """Return the data of JSON; NaN and infinity may stand in it as Python writes them, and numbers of any length.

    Raises:
        json.JSONDecodeError: it is none.
        RecursionError: it is nested too deeply.
    """
    return _DECODER.decode(text)


def beginning(text: str, start: int = 0) -> tuple[Any, int]:
    """Return the data of the JSON that begins at a place, as `decoded` has it, and where it ends.

    Raises:
        json.JSONDecodeError, RecursionError: as `decoded`.
    """
    return _DECODER.raw_decode(text, start)


def following(text: str) -> Iterator[tuple[Any, int]]:
    """Yield the data of one JSON value after another, as `decoded` has it, and where each ends.

    JSON lines are such values, though a value may also go on over the end of its line, or another begin before it.

    Raises:
        json.JSONDecodeError, RecursionError: as `decoded`; the values before were yielded.
    """
    end = 0
    while (start := after_blank(text, end)) < len(text):
        value, end = beginning(text, start)
        yield value, end


def after_blank(text: str, start: int) -> int:
    """Return the place of the first character that is not blank, from a place on."""
    ink = _INK.search(text, start)
    return ink.start() if ink else len(text)


def begins_lines(data: bytes) -> bool:
    """Return whether the first line is a mapping or list by itself, and not the last one: JSON lines."""
    lines = _TWO_LINES.match(data)
    if lines is None:
        return False
    try:
        return isinstance(decoded(lines[1].decode("utf-8", "replace")), (dict, list))
    except (ValueError, RecursionError):
        return False


def strict_lines(data: bytes) -> list[Any] | None:
    """Return the data of lines that are all strictly JSON, many times as fast as one by one; else None."""
    try:
        return _LINES.decode_lines(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def is_cut_off(text: str, error: json.JSONDecodeError) -> bool:
    """Return whether JSON that cannot be decoded just ends too early: within its last string, number or word."""
    if error.pos >= len(text.rstrip()) or "Unterminated" in error.msg:
        return True
    tail = _UNFINISHED.search(text, max(0, len(text) - _LONGEST_WORD))
    if tail is not None and error.pos > tail.start():
        return _BEGUN.fullmatch(tail[0][1:].strip()) is not None
    return "escape" in error.msg and '"' not in text[error.pos :]
