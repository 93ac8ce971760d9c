"""Beyond Verbal, emotions analytics of recordings, v3 to v5 (the company is gone; files live on).

::

    {"status": "success", "recordingId": "77cc249c-...", "result": {"duration": "34310.50", "sessionStatus": "Done",
      "analysisSegments": [{"offset": 2936, "duration": 21870, "analysis": {
        "Temper": {"Value": "18.36", "Group": "low", "Summary": {"Mean": "18.36", ...}},
        "Valence": {"Value": "43.27", "Group": "neutral", ...}, "Arousal": {"Value": "1.83", "Group": "low", ...},
        "Gender": {"Group": "male"}, "Mood": {"Group11": {"Primary": {"Id": 7, "Phrase": "Sadness, Sorrow"}}}}}]}}

Alone, or a list of them. Quantity: bipolar; arousal (tranquil to excited) and valence (negative to positive), text from
0 to 100, become 0 to 1. Times are milliseconds and become seconds. Temper is no scale with two ends (low: gloomy,
medium: warm and friendly, high: confrontational), so it has no words; it is kept as the extra ``temper``. So are the
vendor's groups (``valence_group``), moods (``mood_group11_primary_phrase``), gender, and the quality of the sound; none
of them is said. Where the vendor's group is neutral and the number is not near the middle, that is reported: the
sentence follows the number. Left out: ``Summary``, the mean of the segments so far; without any segment, the summary
is read as one clip. Source: Beyond Verbal's guide to the interpretation of results, and public answers of the API.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, NEAR, NOT_THIS, Guess, Reader
from leed.readers.columns import range_issues, track_of
from leed.readers.content import Content
from leed.schema.recording import Recording
from leed.schema.terms import Issue
from leed.schema.tracks import Track
from leed.scores import number_of

TAXONOMY = "dimensions-3"
DIMENSIONS = {"Arousal": "arousal", "Valence": "valence"}
"""From a key of the analysis to a label."""

_SMALL = 1 << 20
_KEY = re.compile(rb'"(?:analysisSegments|sessionStatus)"\s*:')
_MOST_COLUMNS = 256
_LONGEST = 200
_DEEPEST = 5
_MIDDLE = 0.1  # nearer to the middle than this, a dimension is not named
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def recognise(content: Content) -> Guess:
    """Return whether these are analysed segments, or an answer without any."""
    if content.kind == "json" and content.size > _SMALL:
        return Guess(CERTAIN) if _KEY.search(content.head) else NOT_THIS
    if content.kind not in ("json", "plain"):
        return NOT_THIS
    answers = list(_answers(content.glimpse))
    if any(_is_measured(result) for _, result in answers):
        return Guess(CERTAIN)
    return Guess(NEAR, _why_not(answers[0][1])) if answers else NOT_THIS


def read(content: Content) -> Recording:
    """Return a recording with a track for each answer."""
    several, any_measured, why = 0, False, 'holds no Beyond Verbal result: no "analysisSegments"'
    for _, result in _answers(content.lean):
        several += 1
        any_measured = any_measured or _is_measured(result)
        why = _why_not(result) if several == 1 else why
    if not any_measured:
        raise UnknownFormatError(f"{content.shown}: {why}")
    tracks, issues = [], []
    for number, (answer, result) in enumerate(_answers(content.lean), 1):
        source = _source(answer, content.name, number, several)
        if not _is_measured(result):
            issues.append(Issue("source-failed", f"it {_why_not(result)}", source))
            continue
        if result.get("sessionStatus") not in (None, "Done"):
            issues.append(Issue("incomplete", f"the session is not done ({result['sessionStatus']!s:.40})", source))
        gathered = _gathered(result, source)
        tracks.append(gathered.track())
        issues += [*gathered.issues(), *range_issues(tracks[-1])]
    return Recording(tuple(tracks), tuple(issues))


def _gathered(result: Mapping[Any, Any], source: str | None) -> _Gathered:
    """The segments of a result, by column; they are gone through again where numbers turn out to be text."""
    texts: set[str] = set()
    while True:
        gathered = _Gathered(source, texts)
        for segment in _segments(result):
            gathered.add(segment)
        if gathered.turned <= texts:
            return gathered
        texts |= gathered.turned


class _Gathered:
    """Gathers the segments of one answer by column.

    Attributes:
        turned: the columns whose first numbers were gathered before it was met that the column is of text.
    """

    def __init__(self, source: str | None, texts: Iterable[str]) -> None:
        self.turned: set[str] = set()
        self._source = source
        self._texts = frozenset(texts)
        self._rows = self._silent = 0
        self._whole = False
        self._values = array("f")
        self._times = {name: array("d") for name in ("offset", "duration", "end")}
        self._odd: dict[Issue, None] = {}
        self._untimed = False
        self._differ = dict.fromkeys(DIMENSIONS, 0)
        self._names: dict[str, None] = {}
        self._columns: dict[str, _Column] = {}

    def add(self, segment: Mapping[Any, Any]) -> None:
        """Add a segment."""
        analysis = _mapping(segment.get("analysis"))
        values = [self._value(_mapping(analysis.get(key)), key) for key in DIMENSIONS]
        self._values.extend(values)
        self._silent += all(map(math.isnan, values))
        for name, times in self._times.items():
            times.append(self._seconds(segment.get(name)))
        self._whole = self._whole or "summary" in segment
        self._add_extras(analysis)
        for key, value in zip(DIMENSIONS, values, strict=True):
            group = str(_mapping(analysis.get(key)).get("Group")).casefold()
            self._differ[key] += group in ("neutral", "medium") and abs(value - 0.5) >= _MIDDLE
        self._rows += 1

    def track(self) -> Track:
        """Return the segments as a track; nothing can be added any more."""
        begin, length, end = (np.frombuffer(times, np.float64) for times in self._times.values())
        return track_of(
            list(DIMENSIONS.values()),
            np.frombuffer(self._values, np.float32).reshape(-1, len(DIMENSIONS)),
            modality="prosody",
            taxonomy=TAXONOMY,
            source=self._source,
            granularity="clip" if self._whole else "utterance",
            begin=_settled(begin),
            end=_settled(np.where(np.isnan(end), begin + length, end)),
            extras={name: _settled(self._columns.pop(name).of(self._rows)) for name in list(self._columns)},
        )

    def issues(self) -> list[Issue]:
        """Return what was odd about them."""
        found = list(self._odd)
        if self._untimed:
            found.append(Issue("unreadable-time", "a time is no finite number; it counts as unknown"))
        if self._silent:
            what = f"{self._silent} of {self._rows} segments report neither arousal nor valence"
            found.append(Issue("no-scores", what))
        if len(self._names) > _MOST_COLUMNS:
            what = f"there are {len(self._names)} further values; {_MOST_COLUMNS} of them are kept"
            found.append(Issue("not-read", what))
        for key, differ in self._differ.items():
            if differ:
                what = (
                    f"{differ} segments are in Beyond Verbal's middle group, but described by how far they are from 50"
                )
                found.append(Issue("group-differs", what, None, DIMENSIONS[key]))
        return [Issue(issue.code, issue.message, self._source, issue.where) for issue in found]

    def _value(self, dimension: Mapping[Any, Any], key: str) -> float:
        """A dimension's value as a share, NaN where the vendor calls it ambiguous."""
        number, odd = number_of(dimension.get("Value", dimension.get("Mean")))
        if odd not in (None, "not-a-number"):
            self._odd[Issue(odd, f"{key}: a value is no finite number; it counts as not reported")] = None
        return math.nan if str(dimension.get("Group")).casefold() == "ambiguous" else number / 100

    def _seconds(self, value: Any) -> float:  # noqa: ANN401 - whatever the input holds
        number, odd = number_of(value)
        self._untimed = self._untimed or odd not in (None, "not-a-number")
        return number / 1000

    def _add_extras(self, analysis: Mapping[Any, Any]) -> None:
        """Add everything else that was said, by the path of its keys."""
        for name, value in dict(_flat(analysis)).items():
            if name not in self._names:
                if name in DIMENSIONS.values():
                    continue
                self._names[name] = None
                if len(self._names) <= _MOST_COLUMNS:
                    self._columns[name] = _Column(is_text=name in self._texts)
            column = self._columns.get(name)
            if column is not None and not column.put(self._rows, value):
                self.turned.add(name)


class _Column:
    """What was said under one name: numbers, or text if any of it is no number."""

    def __init__(self, *, is_text: bool) -> None:
        self._is_text = is_text
        self._numbers = array("d")
        self._codes = array("i")
        self._words = {"": 0}  # each is held once, however often it is said

    def put(self, row: int, value: str | float) -> bool:
        """Add the value of a row, after rows that may have none; return whether it is of the kind of those before.

        If not, the column is of text, and all has to be put again into one that is told so.
        """
        if self._is_text:
            self._codes.extend([0] * (row - len(self._codes)))
            self._codes.append(self._words.setdefault(str(value)[:_LONGEST], len(self._words)))
            return True
        number = number_of(value)[0]
        self._numbers.extend([math.nan] * (row - len(self._numbers)))
        if value == "" or not math.isnan(number):
            self._numbers.append(number)
            return True
        same = bool(np.isnan(self._numbers).all())
        self._is_text, self._numbers = True, array("d")
        self.put(row, value)
        return same

    def of(self, rows: int) -> NDArray[Any]:
        """Return the column of so many rows."""
        if not self._is_text:
            self._numbers.extend([math.nan] * (rows - len(self._numbers)))
            return np.frombuffer(self._numbers, np.float64)
        self._codes.extend([0] * (rows - len(self._codes)))
        return np.array(list(self._words))[np.frombuffer(self._codes, np.int32)]


def _settled(column: NDArray[Any]) -> NDArray[Any]:
    """The column, which nobody changes, so that a track needs no copy."""
    column.flags.writeable = False
    return column


def _answers(plain: Any, depth: int = 0) -> Iterator[tuple[Mapping[Any, Any], Mapping[Any, Any]]]:  # noqa: ANN401
    """The answers in plain data, each with its result."""
    if isinstance(plain, Mapping):
        result = plain.get("result", plain)
        if isinstance(result, Mapping) and ("analysisSegments" in result or "sessionStatus" in result):
            yield plain, result
    elif isinstance(plain, (list, tuple)) and depth == 0:
        for value in plain:
            yield from _answers(value, depth + 1)


def _segments(result: Mapping[Any, Any]) -> Iterator[Mapping[Any, Any]]:
    """The analysed segments; without any, the summary of the whole as one."""
    listed = result.get("analysisSegments")
    found = False
    for segment in listed if isinstance(listed, (list, tuple)) else ():
        if isinstance(segment, Mapping) and "analysis" in segment:
            found = True
            yield segment
    summary = _mapping(_mapping(result.get("analysisSummary")).get("AnalysisResult"))
    if not found and any(key in summary for key in DIMENSIONS):
        yield {"analysis": summary, "summary": True, "offset": 0, "duration": result.get("duration")}


def _is_measured(result: Mapping[Any, Any]) -> bool:
    return next(_segments(result), None) is not None


def _why_not(result: Mapping[Any, Any]) -> str:
    status = result.get("sessionStatus")
    if status in ("Started", "Processing"):
        return f"is a Beyond Verbal answer without segments (session status {status}); the analysis was not done yet"
    return "is a Beyond Verbal answer without segments: there was too little speech to analyse"


def _source(answer: Mapping[Any, Any], name: str | None, number: int, several: int) -> str | None:
    told = answer.get("recordingId")
    recording = f"recording {told}"[:60] if isinstance(told, (str, int)) else None
    if several == 1:
        return name or recording
    return recording or (f"{name} ({number})" if name else f"result {number}")


def _flat(plain: Mapping[Any, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Names and values of an analysis: ("mood_group11_primary_phrase", "Sadness, Sorrow")."""
    for key, value in plain.items():
        name = _named(str(key)[:_LONGEST])
        if isinstance(value, Mapping):
            if name != "summary" and len(path) < _DEEPEST:
                yield from _flat(value, (*path, name))
        elif isinstance(value, (str, int, float)):
            yield "_".join(path if name == "value" and path else (*path, name)), value


@lru_cache(maxsize=1024)
def _named(key: str) -> str:
    return _CAMEL.sub("_", key).casefold()


def _mapping(value: Any) -> Mapping[Any, Any]:  # noqa: ANN401 - whatever the input holds
    return value if isinstance(value, Mapping) else {}


reader = Reader(
    "beyond-verbal",
    "Beyond Verbal, emotions analytics v3 to v5 (JSON)",
    "bipolar: arousal and valence",
    recognise,
    read,
)
