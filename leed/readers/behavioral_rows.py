"""The rows of Behavioral Signals results, gathered into segments: one for each stretch, with all its tasks."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.readers.columns import numbers, range_issues, track_of
from leed.schema.recording import Recording
from leed.schema.terms import Issue
from leed.schema.tracks import Track
from leed.scores import number_of
from leed.taxonomy import get

TAXONOMY = "behavioral-signals"
GRANULARITY = {"segment": "frame", "utterance": "utterance", "0": "frame", "1": "utterance"}
"""From a row's level, by name or by its number in the protocol; a segment is a window of about two seconds."""
EMBEDDING = {"diarization": "speaker_embedding", "features": "behavioral_embedding"}
"""From a task to the column of its embedding; that of another task is called TASK_embedding."""

_UNSAID = ("language", "gender", "age", "deepfake", "visual_deepfake")  # known, but nothing that a sentence says
_LONGEST = 200  # characters of a name or text in a column
_MOST_WORDS = 1000  # that are held once, however often they are said
_MOST_NAMES = 256  # a hostile file could give every row a column of its own
_WHY = {
    "not-finite": "{n} numbers are not finite; they count as not reported",
    "unreadable-score": "{n} probabilities are no numbers; they count as not reported",
    "unreadable-time": "{n} times are no numbers; they count as unknown",
    "no-label": "{n} predictions have a probability and no label; they are left out",
    "not-read": "{n} rows or predictions are no mappings, or name no task; they are left out",
    "duplicate-label": "{n} labels stand twice in a row; the higher probability is kept",
    "duplicate-row": "{n} rows come again for the same task and stretch; the last is read",
    "malformed-embedding": "{n} embeddings are no lists of finite numbers, or of another length; they are left out",
    "too-many": f"{{n}} numbers are left out: there are more than {_MOST_NAMES} labels that leed does not know",
    "text-cut": f"{{n}} labels are longer than {_LONGEST} characters; they are cut",
    "alternatives": "{n} transcripts or speakers have alternatives; the first is read",
}
_CODE = {"no-label": "not-read", "too-many": "not-read", "alternatives": "not-read"}


class Place(msgspec.Struct, frozen=True):
    """Where rows stand: in the results of what, and in which list of them."""

    source: str | None = None
    channel: str | None = None
    modality: str | None = "prosody"


class _Cells(msgspec.Struct, gc=False):
    """Values by name, in little memory: the names are shared with others."""

    names: tuple[str, ...] = ()
    values: Any = ()

    def get(self, name: str) -> Any:  # noqa: ANN401 - any cell
        """Return the value of a name, or None."""
        return self.values[self.names.index(name)] if name in self.names else None


class Stretch:
    """One segment: what every task says about one stretch of speech.

    Attributes:
        tasks: which there were, as bits.
        scores: label to probability, for what leed has words for.
        extras: what else was said, numbers and text.
        embeddings: by column name.
        emotional: whether there is the probability of an emotion.
    """

    __slots__ = (
        *("place", "granularity", "begin", "end", "text", "speaker"),
        *("tasks", "scores", "extras", "embeddings", "emotional"),
    )

    def __init__(self, place: Place, granularity: str | None, begin: float, end: float) -> None:
        self.place = place
        self.granularity = granularity
        self.begin = begin
        self.end = end
        self.text: str | None = None
        self.speaker: str | None = None
        self.tasks = 0
        self.scores = _NO_CELLS
        self.extras = _NO_CELLS
        self.embeddings: dict[str, NDArray[np.float32]] | None = None
        self.emotional = False


_NO_CELLS = _Cells()


class Stretches:
    """Gathers rows by (id, level), in the order of the input; those of one source, level and speaker make a track.

    Attributes:
        issues: what was odd about the input as a whole.
    """

    def __init__(self) -> None:
        self.issues: list[Issue] = []
        self._stretches: list[Stretch] = []
        self._latest: dict[tuple[object, ...], Stretch] = {}
        self._odd: Counter[str] = Counter()
        self._wordless: dict[str, dict[str, None]] = {}
        self._names: set[str] = set()
        self._bits: dict[str, int] = {}
        self._shared: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._words: dict[str, str] = {}

    def add(self, rows: Iterable[Any], place: Place) -> None:
        """Add the rows of one list of results."""
        for row in rows:
            task = _word(row.get("task")) if isinstance(row, Mapping) else None
            if task is not None:
                self._add(row, task[:_LONGEST], place)
            elif row is not None:
                self._odd["not-read"] += 1

    def recording(self) -> Recording:
        """Return what was gathered."""
        groups: dict[tuple[object, ...], list[Stretch]] = {}
        for stretch in self._stretches:
            groups.setdefault((stretch.place, stretch.granularity, stretch.speaker), []).append(stretch)
        lengths = self._lengths()
        tracks = tuple(_track(group, lengths) for group in groups.values())
        issues = [*self.issues, *self._silent(), *self._unsaid(), *self._oddities()]
        return Recording(tracks, (*issues, *(issue for track in tracks for issue in range_issues(track))))

    def _add(self, row: Mapping[Any, Any], task: str, place: Place) -> None:
        stretch = self._stretch(row, task, place)
        predictions = self._predictions(row)
        final = _word(row.get("finalLabel", row.get("final_label")))
        if task in ("asr", "diarization"):
            self._say(stretch, task, row, predictions)
        else:
            best = self._score(stretch, task, predictions)
            if final is not None and (task == "language" or final != best):
                self._keep(stretch, "detected_language" if task == "language" else f"{task}_label", final)
        embedding = row.get("embedding")
        if embedding is None or (isinstance(embedding, (str, list, tuple)) and not len(embedding)):
            return
        vector = _vector(embedding)
        if vector is None:
            self._odd["malformed-embedding"] += 1
        elif self._room(name := EMBEDDING.get(task, f"{task}_embedding")):
            stretch.embeddings = {**(stretch.embeddings or {}), name: vector}

    def _stretch(self, row: Mapping[Any, Any], task: str, place: Place) -> Stretch:
        """The stretch that a row belongs to. A task that comes again with other times begins a new one."""
        begin, end = self._time(row, "startTime", "start_time", "st"), self._time(row, "endTime", "end_time", "et")
        level, name = _word(row.get("level")), _word(row.get("id"))
        key = (place, level, name if name is not None else (begin, end))
        stretch = self._latest.get(key)
        bit = self._bits.setdefault(task, 1 << len(self._bits))
        if stretch is not None and stretch.tasks & bit:
            if _same(stretch.begin, begin) and _same(stretch.end, end):
                self._odd["duplicate-row"] += 1
            else:
                stretch = None
        if stretch is None:
            stretch = self._latest[key] = Stretch(place, GRANULARITY.get((level or "").casefold()), begin, end)
            self._stretches.append(stretch)
            for column, value in (("id", name), ("level", None if stretch.granularity else level)):
                if value is not None:
                    self._keep(stretch, column, value)
        stretch.tasks |= bit
        stretch.begin = begin if math.isnan(stretch.begin) else stretch.begin
        stretch.end = end if math.isnan(stretch.end) else stretch.end
        return stretch

    def _predictions(self, row: Mapping[Any, Any]) -> list[Mapping[Any, Any]]:
        given = row.get("prediction")
        listed = list(given) if isinstance(given, (list, tuple)) else [] if given is None else [given]
        found = [prediction for prediction in listed if isinstance(prediction, Mapping)]
        self._odd["not-read"] += len(listed) - len(found)
        return found

    def _say(self, stretch: Stretch, task: str, row: Mapping[Any, Any], predictions: list[Mapping[Any, Any]]) -> None:
        """Take over what was said, untouched, or who said it."""
        labels = [row.get("finalLabel", row.get("final_label")), *(p.get("label") for p in predictions)]
        texts = [label for label in labels if isinstance(label, str) and label.strip()]
        self._odd["alternatives"] += len(set(texts)) > 1
        for prediction in predictions:
            if not math.isnan(sure := self._number(prediction.get("posterior"))):
                self._keep(stretch, f"{task}_confidence", sure)
        if not texts:
            return
        if task == "asr":
            stretch.text = texts[0]
        else:
            speaker = self._cut(texts[0].strip())
            stretch.speaker = None if speaker.casefold() == "unknown" else speaker

    def _score(self, stretch: Stretch, task: str, predictions: list[Mapping[Any, Any]]) -> str | None:
        """Take over the probabilities of a task's classes; return the label of the highest."""
        scores: dict[str, float] = {}
        best, highest = None, -math.inf
        dominant = []
        for prediction in predictions:
            label, value = _word(prediction.get("label")), self._number(prediction.get("posterior"))
            if label is None:
                self._odd["no-label"] += not math.isnan(value)
                self._regression(stretch, task, prediction)
                continue
            best, highest = (label, value) if value > highest else (best, highest)
            known = _known(task, label)
            name = known or f"{task}: {self._cut(label)}"
            if known is not None or task == "emotion":
                name = name if known is not None else _emotion(self._cut(label))
                if known is not None or self._room(name):
                    self._odd["duplicate-label"] += name in scores
                    scores[name] = max((v for v in (scores.get(name, math.nan), value) if v == v), default=math.nan)  # noqa: PLR0124
            elif not math.isnan(value):
                self._keep(stretch, name, value)
                self._wordless.setdefault(task, {})[self._cut(label)] = None
            for more in ("score", "logit"):
                if not math.isnan(number := self._number(prediction.get(more))):
                    self._keep(stretch, f"{task}: {self._cut(label)} {more}", number)
            where = prediction.get("dominantInSegments")
            if isinstance(where, (list, tuple)) and where:
                dominant.append(f"{label} {' '.join(map(str, where))}")
        if dominant:
            self._keep(stretch, f"{task}_dominant_in_segments", "; ".join(dominant))
        stretch.scores = self._and(stretch.scores, scores, array("d"))
        stretch.emotional |= task == "emotion" and not all(map(math.isnan, scores.values()))
        return best

    def _regression(self, stretch: Stretch, task: str, prediction: Mapping[Any, Any]) -> None:
        """Take over the score of a task that has no classes, such as intensity."""
        if not math.isnan(score := self._number(prediction.get("score"))):
            self._keep(stretch, task, score)
            self._wordless.setdefault(task, {})

    def _keep(self, stretch: Stretch, name: str, value: float | str) -> None:
        if self._room(name):
            if isinstance(value, str):
                value = self._cut(value)
                value = self._words.setdefault(value, value) if len(self._words) < _MOST_WORDS else value
            stretch.extras = self._and(stretch.extras, {name: value}, [])

    def _and(self, cells: _Cells, more: Mapping[str, Any], values: Any) -> _Cells:  # noqa: ANN401 - a list or an array
        """The cells and some more; ``values`` is what holds the first."""
        if not more:
            return cells
        values = cells.values if cells.names else values
        fresh = []
        for name, value in more.items():
            if name in cells.names:
                values[cells.names.index(name)] = value
            else:
                fresh.append(name)
                values.append(value)
        names = (*cells.names, *fresh)
        return _Cells(self._shared.setdefault(names, names), values)

    def _room(self, name: str) -> bool:
        """Whether there is room for a column of this name."""
        if name not in self._names and len(self._names) >= _MOST_NAMES:
            self._odd["too-many"] += 1
            return False
        self._names.add(name)
        return True

    def _cut(self, text: str) -> str:
        self._odd["text-cut"] += len(text) > _LONGEST
        return text[:_LONGEST]

    def _number(self, value: Any) -> float:  # noqa: ANN401 - whatever the input holds
        number, odd = number_of(value)
        if odd not in (None, "not-a-number"):  # numbers are text in this format
            self._odd[odd] += 1
        return number

    def _time(self, row: Mapping[Any, Any], *names: str) -> float:
        """The first of the row's times under these names, in seconds."""
        for name in names:
            number, odd = number_of(row.get(name))
            self._odd["unreadable-time"] += odd not in (None, "not-a-number")
            if not math.isnan(number):
                return number
        return math.nan

    def _lengths(self) -> dict[str, int]:
        """The length that most embeddings of a name have; others cannot stand in the same column."""
        seen: dict[str, Counter[int]] = {}
        for stretch in self._stretches:
            for name, vector in (stretch.embeddings or {}).items():
                seen.setdefault(name, Counter())[len(vector)] += 1
        self._odd["malformed-embedding"] += sum(c.total() - c.most_common(1)[0][1] for c in seen.values())
        return {name: counts.most_common(1)[0][0] for name, counts in seen.items()}

    def _silent(self) -> list[Issue]:
        """An issue for stretches without an emotion."""
        silent = sum(not stretch.emotional for stretch in self._stretches)
        what = f"no scores of emotion in {silent} of {len(self._stretches)} segments"
        return [Issue("nothing-detected", what, None, "emotion")] if silent else []

    def _unsaid(self) -> list[Issue]:
        """An issue for each task, or classes of it, that leed has no words for."""
        issues = []
        for task, labels in self._wordless.items():
            if task in _UNSAID:
                continue
            shown = ", ".join(map(repr, list(labels)[:5])) + (", ..." if len(labels) > 5 else "")  # noqa: PLR2004
            what = f"leed has no words for {shown or 'this task'}; the numbers are kept as extras and not said"
            issues.append(Issue("not-a-label", what, None, task))
        return issues

    def _oddities(self) -> list[Issue]:
        return [Issue(_CODE.get(code, code), _WHY[code].format(n=n)) for code, n in self._odd.items() if n]


def _track(group: list[Stretch], lengths: dict[str, int]) -> Track:
    first = group[0]
    places = {name: i for i, name in enumerate(_names(stretch.scores.names for stretch in group))}
    matrix = np.full((len(group), len(places)), np.nan, np.float32)
    for row, stretch in zip(matrix, group, strict=True):
        row[[places[name] for name in stretch.scores.names]] = stretch.scores.values
    extras: dict[str, NDArray[Any]] = {}
    for name in _names(stretch.extras.names for stretch in group):
        extras[name] = _column([stretch.extras.get(name) for stretch in group])
    for name in _names(tuple(stretch.embeddings or ()) for stretch in group):
        rows = np.full((len(group), lengths[name]), np.nan, np.float32)
        for row, stretch in zip(rows, group, strict=True):
            if len(vector := (stretch.embeddings or {}).pop(name, ())) == lengths[name]:
                row[:] = vector
        if not np.isnan(rows).all():
            extras[name] = rows
    return track_of(
        tuple(places),
        matrix,
        modality=first.place.modality,
        taxonomy=TAXONOMY,
        quantity="probability",
        exclusive=True,
        source=first.place.source,
        channel=first.place.channel,
        granularity=first.granularity,
        speaker=first.speaker,
        begin=numbers(stretch.begin for stretch in group),
        end=numbers(stretch.end for stretch in group),
        text=tuple(stretch.text for stretch in group),
        extras=extras,
    )


def _names(sets: Iterable[tuple[str, ...]]) -> list[str]:
    """All names, in the order in which they are met."""
    return list(dict.fromkeys(name for names in dict.fromkeys(sets) for name in names))


def _column(values: list[float | str | None]) -> NDArray[Any]:
    """A column of numbers, NaN where there is none; or of text, empty where there is none."""
    if any(isinstance(value, str) for value in values):
        return np.array(["" if value is None else str(value) for value in values])
    return numbers([None if value is None else float(value) for value in values])


def _known(task: str, label: str) -> str | None:
    """The label of the taxonomy for a class of a task, or None."""
    taxonomy = get(TAXONOMY)
    found = taxonomy.find(f"{task}: {label}")
    return found if found is not None and taxonomy.labels[found].group == task else None


def _emotion(label: str) -> str:
    """The name of an emotion that the taxonomy does not have: another emotion, or a new one."""
    return label if get(TAXONOMY).find(label) is None else f"emotion: {label}"


def _vector(value: Any) -> NDArray[np.float32] | None:  # noqa: ANN401 - whatever the input holds
    """An embedding from a list of numbers, or from text that holds one; None if it is neither."""
    try:
        listed = msgspec.json.decode(value, type=list[float]) if isinstance(value, str) else value
        with np.errstate(over="ignore"):
            vector = np.array(listed, np.float32)
    except (msgspec.DecodeError, ValueError, TypeError, OverflowError, RecursionError):
        return None
    return vector if vector.ndim == 1 and len(vector) and np.isfinite(vector).all() else None


def _word(value: Any) -> str | None:  # noqa: ANN401 - whatever the input holds
    """Text without white space around it, a number as text; None for what is empty or neither."""
    text = value if isinstance(value, str) else str(value) if isinstance(value, int) else ""
    return text.strip() or None


def _same(a: float, b: float) -> bool:
    return a == b or math.isnan(a) or math.isnan(b)
