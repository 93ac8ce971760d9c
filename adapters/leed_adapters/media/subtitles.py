"""WebVTT and SubRip: what is said from when to when, read leniently, with what cannot be read reported."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import pairwise

from leed.schema import Issue
from leed_adapters.media.boundaries import Stretch

_TIME = r"(?:(\d+):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9}))?"
_CUE = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(?:\s|$)")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]*)>")
_TAG = re.compile(r"</?[a-zA-Z0-9:.][^>]*>|\{\\[^}]*\}")
_BLOCKS = re.compile(r"\n[ \t]*\n")
_NOTES = ("WEBVTT", "NOTE", "STYLE", "REGION")


def is_subtitles(text: str) -> bool:
    r"""Return whether a text is WebVTT or SubRip.

    >>> is_subtitles("WEBVTT\n"), is_subtitles("1\n00:00:01,000 --> 00:00:02,500\nHi\n"), is_subtitles("Hi")
    (True, True, False)
    """
    return text.startswith("WEBVTT") or any(_CUE.match(line) for line in text.split("\n", 20)[:20])


def cues(text: str) -> tuple[list[Stretch], list[Issue]]:
    r"""Return the cues of WebVTT or SubRip, and what was odd.

    A voice tag (``<v Ada>``) names who speaks; a cue with several is one stretch for each voice, all with its times.

    >>> cues("WEBVTT\n\n00:01.000 --> 00:02.500\n<v Ada>I&amp;d <i>rather</i> not\n")[0]
    [Stretch(begin=1.0, end=2.5, text='I&d rather not', speaker='Ada', channel=None)]
    """
    made: list[Stretch] = []
    odd: list[str] = []
    for block in _BLOCKS.split(text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.strip("\n").split("\n")
        places = [i for i, line in enumerate(lines) if _CUE.match(line)]
        odd += _lost(lines[: places[0]] if places else lines, named=bool(places))
        for place, following in pairwise([*places, len(lines)]):
            said = lines[place + 1 : following]
            if following < len(lines) and said and said[-1].strip().isdigit():
                said.pop()  # the number of the next cue, where no empty line parts them
            made += _cue(lines[place], said)
    issues = [Issue("not-read", f"{_counted(len(odd))} no subtitles, the first {odd[0][:60]!r}")] if odd else []
    return made, issues


def _lost(lines: list[str], *, named: bool) -> list[str]:
    """Lines without a time that should have had one; a cue may be named by the line before it."""
    if not lines or lines[0].strip().startswith(_NOTES):
        return []
    return [line for line in (lines[:-1] if named else lines) if line.strip()][:1]


def _cue(times: str, said: list[str]) -> Iterator[Stretch]:
    found = _CUE.match(times)
    if found is not None:
        yield from _voices(_seconds(found.groups()[:4]), _seconds(found.groups()[4:]), "\n".join(said))


def _counted(number: int) -> str:
    return "1 part is" if number == 1 else f"{number} parts are"


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = parts
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(f"{int(seconds or 0)}.{fraction or 0}")


def _voices(begin: float, end: float, text: str) -> Iterator[Stretch]:
    parts = _VOICE.split(text)
    said = [(None, parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]
    for speaker, raw in said:
        words = " ".join(html.unescape(_TAG.sub("", raw)).split())
        if words or (speaker is None and len(said) == 1):
            yield Stretch(begin, end, words or None, " ".join(html.unescape(speaker).split()) if speaker else None)
