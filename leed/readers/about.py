"""What a row says besides its scores: when, who, what was said; under the names that people usually give these."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Any

from leed.errors import OptionError
from leed.modality import modality_named
from leed.schema.terms import GRANULARITIES
from leed.scores import number_of
from leed.taxonomy import concept_of, fold

_NAMES = {
    "begin": ("begin", "start", "begin_time", "start_time", "begin_s", "start_s", "time", "timestamp", "onset", "t"),
    "begin_ms": ("begin_ms", "start_ms", "time_ms", "timestamp_ms", "begin_time_ms", "start_time_ms"),
    "end": ("end", "stop", "end_time", "stop_time", "end_s", "offset"),
    "end_ms": ("end_ms", "stop_ms", "end_time_ms"),
    "text": ("text", "transcript", "transcription", "utterance", "sentence", "words", "content", "message"),
    "speaker": ("speaker", "speaker_id", "spk", "face_id", "person", "participant", "user", "role"),
    "modality": ("modality",),
    "source": ("source", "file", "filename", "file_name", "path", "recording", "video", "audio", "url"),
    "channel": ("channel", "channel_number"),
    "granularity": ("granularity",),
    "confidence": ("confidence", "probability", "prob", "face_score", "facescore"),
}
FIELD_OF = {fold(name): field for field, names in _NAMES.items() for name in names}
"""From a folded column name to the field that it fills."""

ASSISTANT = "assistant"
"""The role and channel of who answers."""

_FILE = re.compile(r"[^\n]*[^\s.]\.[A-Za-z][A-Za-z0-9]{1,4}")
_PERSONAL = {"age", "gender", "ethnicity", "nationality", "accent"}  # concepts


class About:
    """What one row says besides its scores.

    Attributes:
        key: (source, channel, modality, granularity, speaker).
        extras: numbers and words that are no scores, by name.
    """

    __slots__ = ("begin", "confidence", "end", "extras", "key", "text")

    def __init__(self, fields: dict[str, Any], *, source: str | None = None, modality: str | None = None) -> None:
        self.begin = _seconds(fields, "begin")
        self.end = _seconds(fields, "end")
        self.text = word_of(fields.get("text"))
        self.confidence = number_of(fields.get("confidence"))[0]
        speaker = word_of(fields.get("speaker"))
        granularity = word_of(fields.get("granularity"))
        self.extras: dict[str, Any] = {} if math.isnan(self.confidence) else {"confidence": self.confidence}
        self.key = (
            word_of(fields.get("source")) or source,
            word_of(fields.get("channel")) or (ASSISTANT if speaker == ASSISTANT else None),
            _modality(word_of(fields.get("modality"))) or modality,
            granularity if granularity in GRANULARITIES else None,
            None if speaker == "unknown" else speaker,
        )


def field_of(name: str) -> str | None:
    """Return the field that a column or key of this name fills, or None.

    >>> field_of("Start Time"), field_of("BeginTime"), field_of("Joy")
    ('begin', 'begin', None)
    """
    return FIELD_OF.get(fold(name))


def clock_seconds(cell: str) -> float:
    """Return the seconds of a clock time, minutes and seconds or with hours before them; NaN for anything else.

    >>> clock_seconds("00:01:02.5"), clock_seconds("1:30"), clock_seconds("00:00:01,500"), clock_seconds("soon")
    (62.5, 90.0, 1.5, nan)
    """
    found = _CLOCK.fullmatch(cell.strip())
    if found is None:
        return math.nan
    hours, minutes, seconds = found.groups("0")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds.replace(",", "."))


_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2}(?:[.,]\d{1,9})?)")


def is_file(name: str) -> bool:
    """Return whether a key looks like a file's name.

    >>> is_file("clips/a.wav"), is_file("Ann"), is_file("0.5"), is_file("Mr. Smith")
    (True, False, False, False)
    """
    return _FILE.fullmatch(name) is not None


def is_personal(name: str) -> bool:
    """Return whether a column or key of this name says who somebody is, so that it is no score.

    >>> is_personal("Sex"), is_personal("dominant_race"), is_personal("Joy")
    (True, True, False)
    """
    return concept_of(name.casefold().removeprefix("dominant_")) in _PERSONAL


def _seconds(fields: dict[str, Any], name: str) -> float:
    given = fields.get(name)
    number, _ = number_of(given)
    if not math.isfinite(number) and isinstance(given, str):
        number = clock_seconds(given)
    if math.isnan(number):
        number = number_of(fields.get(f"{name}_ms"))[0] / 1000
    return number


def word_of(value: Any) -> str | None:  # noqa: ANN401 - any cell
    """Return a cell as text; None where it says nothing, or is nested.

    >>> word_of("Ann"), word_of(7), word_of(" "), word_of([1])
    ('Ann', '7', None, None)
    """
    if value is None or isinstance(value, (dict, list)):
        return None
    text = value if isinstance(value, str) else str(value)
    return text if text.strip() else None


def _modality(name: str | None) -> str | None:
    try:
        return modality_named(name)
    except OptionError:
        return None


class Names:
    """Names that no two things have, as of sources.

    >>> names = Names()
    >>> [names.free("a"), names.free("a", "b/a"), names.free("a"), names.free("a")]
    ['a', 'b/a', 'a (2)', 'a (3)']
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._numbers: Counter[str] = Counter()

    def free(self, name: str, *others: str) -> str:
        """Return the name, one of the others if it is taken, or else the name with a number; it is taken then."""
        found = next((other for other in (name, *others) if other not in self._taken), None)
        while found is None:
            self._numbers[name] += 1
            numbered = f"{name} ({self._numbers[name] + 1})"
            found = None if numbered in self._taken else numbered
        self._taken.add(found)
        return found
