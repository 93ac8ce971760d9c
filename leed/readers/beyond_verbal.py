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
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, NEAR, NOT_THIS, Guess, Reader
from leed.readers.columns import numbers, range_issues, track_of
from leed.readers.content import Content
from leed.schema.recording import Recording, Track
from leed.schema.terms import Issue
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
    if any(_segments(result) for _, result in answers):
        return Guess(CERTAIN)
    return Guess(NEAR, _why_not(answers[0][1])) if answers else NOT_THIS


def read(content: Content) -> Recording:
    """Return a recording with a track for each answer."""
    answers = list(_answers(content.plain))
    if not any(_segments(result) for _, result in answers):
        why = _why_not(answers[0][1]) if answers else 'holds no Beyond Verbal result: no "analysisSegments"'
        raise UnknownFormatError(f"{content.shown}: {why}")
    tracks, issues = [], []
    for number, (answer, result) in enumerate(answers, 1):
        source = _source(answer, content.name, number, len(answers))
        segments = _segments(result)
        if not segments:
            issues.append(Issue("source-failed", f"it {_why_not(result)}", source))
            continue
        if result.get("sessionStatus") not in (None, "Done"):
            issues.append(Issue("incomplete", f"the session is not done ({result['sessionStatus']!s:.40})", source))
        answered = _Answer(source, segments)
        tracks.append(answered.track())
        issues += [*answered.issues, *range_issues(tracks[-1])]
    return Recording(tuple(tracks), tuple(issues))


class _Answer:
    """The segments of one answer, by column.

    Attributes:
        issues: what was odd about them.
    """

    def __init__(self, source: str | None, segments: list[Mapping[Any, Any]]) -> None:
        self.issues: list[Issue] = []
        self._source = source
        self._segments = segments

    def track(self) -> Track:
        """Return the segments as a track."""
        analyses = [_mapping(segment.get("analysis")) for segment in self._segments]
        values = [[self._value(_mapping(a.get(key)), key) for key in DIMENSIONS] for a in analyses]
        begin = numbers([self._seconds(segment.get("offset")) for segment in self._segments])
        length = numbers([self._seconds(segment.get("duration")) for segment in self._segments])
        end = numbers([self._seconds(segment.get("end")) for segment in self._segments])
        whole = any("summary" in segment for segment in self._segments)
        silent = sum(all(map(math.isnan, row)) for row in values)
        if silent:
            self._report("no-scores", f"{silent} of {len(values)} segments report neither arousal nor valence")
        track = track_of(
            list(DIMENSIONS.values()),
            np.array(values, np.float32).reshape(-1, len(DIMENSIONS)),
            modality="prosody",
            taxonomy=TAXONOMY,
            source=self._source,
            granularity="clip" if whole else "utterance",
            begin=begin,
            end=np.where(np.isnan(end), begin + length, end),
            extras=self._extras(analyses),
        )
        self._compare(analyses, values)
        return track

    def _value(self, dimension: Mapping[Any, Any], key: str) -> float:
        """A dimension's value as a share, NaN where the vendor calls it ambiguous."""
        number, odd = number_of(dimension.get("Value", dimension.get("Mean")))
        if odd not in (None, "not-a-number"):
            self._report(odd, f"{key}: a value is no finite number; it counts as not reported")
        return math.nan if str(dimension.get("Group")).casefold() == "ambiguous" else number / 100

    def _seconds(self, value: Any) -> float:  # noqa: ANN401 - whatever the input holds
        number, odd = number_of(value)
        if odd not in (None, "not-a-number"):
            self._report("unreadable-time", "a time is no finite number; it counts as unknown")
        return number / 1000

    def _extras(self, analyses: list[Mapping[Any, Any]]) -> dict[str, np.ndarray[Any, Any]]:
        """Everything else that was said, by the path of its keys: numbers, or text."""
        rows = [dict(_flat(analysis)) for analysis in analyses]
        names = [n for n in dict.fromkeys(name for row in rows for name in row) if n not in DIMENSIONS.values()]
        if len(names) > _MOST_COLUMNS:
            self._report("not-read", f"there are {len(names)} further values; {_MOST_COLUMNS} of them are kept")
        extras = {}
        for name in names[:_MOST_COLUMNS]:
            column = [row.get(name) for row in rows]
            read = [number_of(value)[0] for value in column]
            if all(value in (None, "") or not math.isnan(n) for value, n in zip(column, read, strict=True)):
                extras[name] = numbers(read)
            else:
                extras[name] = np.array(["" if value is None else str(value)[:_LONGEST] for value in column])
        return extras

    def _compare(self, analyses: list[Mapping[Any, Any]], values: list[list[float]]) -> None:
        """Report where the vendor's group is neutral and the sentence, which follows the number, is not."""
        for column, (key, label) in enumerate(DIMENSIONS.items()):
            groups = [str(_mapping(a.get(key)).get("Group")).casefold() for a in analyses]
            differ = sum(
                group in ("neutral", "medium") and abs(row[column] - 0.5) >= _MIDDLE
                for group, row in zip(groups, values, strict=True)
            )
            if differ:
                what = (
                    f"{differ} segments are in Beyond Verbal's middle group, but described by how far they are from 50"
                )
                self._report("group-differs", what, label)

    def _report(self, code: str, what: str, where: str | None = None) -> None:
        issue = Issue(code, what, self._source, where)
        if issue not in self.issues[-_DEEPEST:]:
            self.issues.append(issue)


def _answers(plain: Any, depth: int = 0) -> Iterator[tuple[Mapping[Any, Any], Mapping[Any, Any]]]:  # noqa: ANN401
    """The answers in plain data, each with its result."""
    if isinstance(plain, Mapping):
        result = plain.get("result", plain)
        if isinstance(result, Mapping) and ("analysisSegments" in result or "sessionStatus" in result):
            yield plain, result
    elif isinstance(plain, (list, tuple)) and depth == 0:
        for value in plain:
            yield from _answers(value, depth + 1)


def _segments(result: Mapping[Any, Any]) -> list[Mapping[Any, Any]]:
    """The analysed segments; without any, the summary of the whole as one."""
    listed = result.get("analysisSegments")
    segments = (
        [s for s in listed if isinstance(s, Mapping) and "analysis" in s] if isinstance(listed, (list, tuple)) else []
    )
    summary = _mapping(_mapping(result.get("analysisSummary")).get("AnalysisResult"))
    if not segments and any(key in summary for key in DIMENSIONS):
        return [{"analysis": summary, "summary": True, "offset": 0, "duration": result.get("duration")}]
    return segments


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
        name = _CAMEL.sub("_", str(key)[:_LONGEST]).casefold()
        if isinstance(value, Mapping):
            if name != "summary" and len(path) < _DEEPEST:
                yield from _flat(value, (*path, name))
        elif isinstance(value, (str, int, float)):
            yield "_".join(path if name == "value" and path else (*path, name)), value


def _mapping(value: Any) -> Mapping[Any, Any]:  # noqa: ANN401 - whatever the input holds
    return value if isinstance(value, Mapping) else {}


reader = Reader(
    "beyond-verbal",
    "Beyond Verbal, emotions analytics v3 to v5 (JSON)",
    "bipolar: arousal and valence",
    recognise,
    read,
)
