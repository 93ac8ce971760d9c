"""The items of Hume v0 predictions, gathered by column."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from itertools import chain
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.readers.columns import ScoreColumns, numbers, range_issues, track_of, whole_numbers
from leed.schema.terms import Issue
from leed.schema.tracks import Track
from leed.scores import from_pairs

ASPECTS = {
    "emotions": "expression",
    "facs": "action_unit",
    "descriptions": "description",
    "sentiment": "sentiment",
    "toxicity": "toxicity",
}
"""From the name of a list of scores to its aspect."""

MODALITY = {
    "face": "face",
    "facemesh": "face",
    "prosody": "prosody",
    "burst": "burst",
    "language": "language",
    "ner": "language",
}
"""From the name of a model to its modality; what another model found stands in a channel of the model's name."""

GRANULARITY = {"face": "frame", "facemesh": "frame", "prosody": "utterance", "burst": "utterance", "ner": "word"}


class Score(msgspec.Struct, gc=False):
    """One score under its name."""

    name: str
    score: float


class Stretch(msgspec.Struct, gc=False):
    """Where something begins and ends, in seconds or characters."""

    begin: float | None = None
    end: float | None = None


class Box(msgspec.Struct, gc=False):
    """A face's place in the picture, in pixels from the top left."""

    x: float | None = None
    y: float | None = None
    w: float | None = None
    h: float | None = None


class Item(msgspec.Struct, gc=False):
    """One measured stretch of any model of Hume v0."""

    emotions: list[Score] | None = None
    time: float | Stretch | None = None
    frame: float | None = None
    prob: float | None = None
    box: Box | None = None
    text: str | None = None
    position: Stretch | None = None
    confidence: float | None = None
    speaker_confidence: float | None = None
    facs: list[Score] | None = None
    descriptions: list[Score] | None = None
    sentiment: list[Score] | None = None
    toxicity: list[Score] | None = None
    entity: str | None = None
    entity_confidence: float | None = None
    support: float | None = None
    uri: str | None = None
    link_word: str | None = None


_ENTITY = ("entity", "entity_confidence", "support", "uri", "link_word")
_NO_ENTITY = (None,) * len(_ENTITY)
_ENTITY_OF = attrgetter(*_ENTITY)
_ENTITY_NUMBERS = ("entity_confidence", "support")
_LONGEST_WORD = 256
_NUMBERS = ("frame", "prob", "confidence", "speaker_confidence")
_GET = {name: attrgetter(name) for name in (*_NUMBERS, *ASPECTS)}
_NO_BOX = Box()
_SCORE = attrgetter("score")


class Group:
    """The items of one group of one model, by column.

    Attributes:
        issues: what was odd about its scores, without the source.
        more: columns of a reader's own, a row an item, that go to the extras.
    """

    def __init__(self) -> None:
        self.issues: dict[tuple[str, str], int] = {}
        self.more: dict[str, NDArray[Any]] = {}
        self._scores: dict[str, list[ScoreColumns]] = {}
        self._begin, self._end = array("d"), array("d")
        self._instants = True
        self._numbers = {name: array("d") for name in _NUMBERS}
        self._boxes = array("f")
        self._positions = array("q")
        self._text: list[str | None] = []
        self._entities: list[tuple[Any, ...]] = []
        self._without = 0
        self._earlier = 0  # items that stood in groups which this one follows

    def __len__(self) -> int:
        return len(self._begin)

    def emptied(self) -> Group:
        """Return a group to go on with, which has no items yet, and goes on counting what was odd about the group's."""
        following = Group()
        following.issues = self.issues
        following._without = self._without
        following._earlier = self._earlier + len(self)
        return following

    def add(
        self, items: list[Item], labels: tuple[str, ...] | None = None, scores: NDArray[np.float32] | None = None
    ) -> None:
        """Add items in their order.

        ``labels`` are those of their emotions, where decoding has checked them; ``scores`` these, one after the other,
        where they are not in the items.
        """
        start = len(self)
        self._add_times([item.time for item in items])
        for name, column in self._numbers.items():
            values = list(map(_GET[name], items))
            if values.count(None) < len(values):
                _pad(column, start, math.nan)
                _extend(column, values)
        boxes = [item.box or _NO_BOX for item in items]
        if boxes.count(_NO_BOX) < len(boxes):
            _pad(self._boxes, 4 * start, math.nan)
            _extend(self._boxes, [edge for box in boxes for edge in (box.x, box.y, box.w, box.h)])
        if any(item.position is not None for item in items):
            _pad(self._positions, 2 * start, -1)
            for place in (item.position or Stretch() for item in items):
                self._positions.extend((_whole(place.begin), _whole(place.end)))
        if any(item.text is not None for item in items):
            self._text += [None] * (start - len(self._text))
            self._text += [item.text for item in items]
        entities = list(map(_ENTITY_OF, items))
        if entities.count(_NO_ENTITY) < len(entities):
            self._entities += [_NO_ENTITY] * (start - len(self._entities))
            self._entities += entities
        for field, aspect in ASPECTS.items():
            if aspect == "expression" and labels and scores is not None:
                self._add_alike(start, labels, scores)
                continue
            known = labels if aspect == "expression" else None
            self._add_scores(aspect, start, list(map(_GET[field], items)), known)

    def untime(self, begin: str, end: str) -> None:
        """Make extras of these names of the times, so that the items have none."""
        self.more |= {begin: _column(self._begin, np.float64), end: _column(self._end, np.float64)}
        self._begin = self._end = array("d", [math.nan]) * len(self)
        self._instants = True

    def tracks(self, *, source: str | None, model: str, speaker: str | None, language: str | None) -> list[Track]:
        """Return a track for each aspect and set of labels."""
        modality = MODALITY.get(model)
        n = len(self)
        begin = _column(self._begin, np.float64)
        end = begin if self._instants else _column(self._end, np.float64)
        extras = self._extras(n)
        if language is not None:
            extras["detected_language"] = np.full(n, language[:_LONGEST_WORD])
        said = self._text or [entity for entity, *_ in self._entities]
        text = tuple(said) + (None,) * (n - len(said)) if said else None
        tracks = []
        for aspect, sets in self._scores.items():
            for scores in sets:
                rows = np.frombuffer(scores.rows, np.int64)
                every = len(rows) == n
                tracks.append(
                    track_of(
                        scores.names,
                        scores.matrix(),
                        modality=modality,
                        taxonomy=taxonomy_of(aspect, model, len(scores.names)),
                        aspect=aspect,
                        source=source,
                        channel=None if model in MODALITY else model or None,
                        speaker=speaker,
                        granularity=granularity_of(model, text),
                        begin=begin if every else begin[rows],
                        end=end if every else end[rows],
                        text=text if every or text is None else tuple(text[i] for i in rows.tolist()),
                        extras={k: v if every else v[rows] for k, v in extras.items()},
                    )
                )
        return tracks

    def issues_of(self, tracks: list[Track], source: str | None, model: str) -> list[Issue]:
        """Return what was odd about this group's items, and about those of the groups that it follows."""
        issues = [
            Issue(code, message if count == 1 else f"{message} ({count} times)", source, model)
            for (code, message), count in self.issues.items()
        ]
        if self._without:
            what = f"{self._without} of {self._earlier + len(self)} items hold no scores; they are left out"
            issues.append(Issue("no-scores", what, source, model))
        return issues + [issue for track in tracks for issue in range_issues(track)]

    def _add_times(self, times: list[float | Stretch | None]) -> None:
        """Add times: a stretch, or an instant that begins and ends at once."""
        if all(type(time) is float for time in times):
            self._begin.extend(times)  # type: ignore[arg-type] # floats, as was just seen
            self._end.extend(times)  # type: ignore[arg-type] # as above
            return
        for time in times:
            stretch = time if isinstance(time, Stretch) else Stretch(time, time)
            self._instants &= stretch.begin == stretch.end
            self._begin.append(_nan(stretch.begin))
            self._end.append(_nan(stretch.end))

    def labels(self) -> tuple[str, ...] | None:
        """Return the labels of the emotions so far, if they were always the same."""
        sets = self._scores.get("expression", ())
        return tuple(sets[0].names) if len(sets) == 1 else None

    def is_of(self, labels: tuple[str, ...]) -> bool:
        """Return whether all emotions so far, if any, have these labels."""
        return all(tuple(columns.names) == labels for columns in self._scores.get("expression", ()))

    def _add_alike(self, start: int, labels: tuple[str, ...], scores: NDArray[np.float32]) -> None:
        sets = self._scores.setdefault("expression", [])
        if not sets:
            sets.append(ScoreColumns(labels))
        if not sets[0].extend(start, len(scores) // len(labels), list(labels), scores, alike=True):
            raise ValueError("the group has emotions under other labels")

    def _add_scores(
        self, aspect: str, start: int, lists: list[list[Score] | None], known: tuple[str, ...] | None
    ) -> None:
        if aspect != "expression" and lists.count(None) == len(lists):
            return
        sets = self._scores.setdefault(aspect, [])
        if len({len(scores or ()) for scores in lists}) == 1 and lists[0]:
            first = list(known) if known else [s.name for s in lists[0]]
            if not sets and len(set(first)) == len(first):
                sets.append(ScoreColumns(first))
            names = None if known else [s.name for scores in lists for s in scores or ()]
            if sets and sets[0].extend(start, len(lists), names or first, _scores_of(lists), alike=names is None):
                return
        for row, scores in enumerate(lists, start):
            if scores:
                names = list(known) if known else [s.name for s in scores]
                self._add_row(sets, row, names, [s.score for s in scores])
            else:
                self._without += aspect == "expression"
        if not any(sets):
            del self._scores[aspect]

    def _add_row(self, sets: list[ScoreColumns], row: int, names: list[str], values: list[float]) -> None:
        """Add the scores of one item to the columns of its labels; what is odd about them is noted."""
        if len(set(names)) < len(names) or any(map(math.isinf, array("f", values))):
            names, values = self._once(names, values)
        if not any(columns.add(row, names, values) for columns in sets):
            sets.append(ScoreColumns(names))
            sets[-1].add(row, names, values)

    def _once(self, names: list[str], values: list[float]) -> tuple[list[str], list[float]]:
        tidy = from_pairs(zip(names, values, strict=True))
        self.note(tidy.issues)
        return list(tidy.labels), list(tidy.values)

    def note(self, issues: Iterable[Issue]) -> None:
        """Count issues that scores had."""
        for issue in issues:
            key = (issue.code, issue.message)
            if len(self.issues) < _MOST_NOTED or key in self.issues:
                self.issues[key] = self.issues.get(key, 0) + 1

    def _extras(self, n: int) -> dict[str, NDArray[Any]]:
        extras: dict[str, NDArray[Any]] = {}
        for name, column in self._numbers.items():
            if len(column):
                _pad(column, n, math.nan)
                values = _column(column, np.float64)
                extras["confidence" if name == "prob" else name] = whole_numbers(values) if name == "frame" else values
        if len(self._boxes):
            _pad(self._boxes, 4 * n, math.nan)
            extras["box"] = _column(self._boxes, np.float32).reshape(-1, 4)
        if len(self._positions):
            _pad(self._positions, 2 * n, -1)
            extras["position"] = _column(self._positions, np.int64).reshape(-1, 2)
        if self._entities:
            entities = self._entities + [_NO_ENTITY] * (n - len(self._entities))
            for name, cells in zip(_ENTITY, zip(*entities, strict=True), strict=True):
                if cells.count(None) < n:
                    extras[name] = numbers(cells) if name in _ENTITY_NUMBERS else words(cells)
        return {**extras, **self.more}


_MOST_NOTED = 50


def words(values: Iterable[str | None]) -> NDArray[np.str_]:
    """Return a column of short texts, "" for what is missing; what is longer than 256 characters is cut."""
    return np.array([(value or "")[:_LONGEST_WORD] for value in values], np.str_)


def _nan(value: float | None) -> float:
    return math.nan if value is None else value


def _whole(value: float | None) -> int:
    return -1 if value is None or abs(value) > 2**53 else int(value)


def _pad(column: array[Any], length: int, value: float) -> None:
    if len(column) < length:
        column.extend([value] * (length - len(column)))


def _column(values: array[Any], kind: type) -> NDArray[Any]:
    """A gathered column as an array, without a copy; nothing can be added to it any more."""
    column: NDArray[Any] = np.frombuffer(values, kind) if values else np.empty(0, kind)
    column.flags.writeable = False
    return column


def _scores_of(lists: list[list[Score] | None]) -> NDArray[np.float32]:
    """The scores of items one after the other; what float32 cannot hold becomes infinite."""
    every = chain.from_iterable(scores or () for scores in lists)
    with np.errstate(over="ignore"):
        return np.fromiter(map(_SCORE, every), np.float32)


def _extend(column: array[float], values: list[float | None]) -> None:
    length = len(column)
    try:
        column.extend(values)  # type: ignore[arg-type] # mostly all are numbers
    except TypeError:
        del column[length:]
        column.extend([math.nan if v is None else v for v in values])


def taxonomy_of(aspect: str, model: str, labels: int) -> str | None:
    """Return the taxonomy of an aspect of a model where it is sure, by how many labels there are."""
    if aspect == "sentiment":
        return "hume-sentiment-9"
    if aspect == "expression":
        return "hume-53" if model in ("language", "ner") and labels > 48 else "hume-48"  # noqa: PLR2004 - as named
    return None


def granularity_of(model: str, text: tuple[str | None, ...] | None) -> str | None:
    """Return how long the stretches are. Predictions do not say; where each text is one word, they are words."""
    if model != "language":
        return GRANULARITY.get(model)
    said = [t for t in text or () if t]
    single = sum(" " not in t.strip() for t in said)
    return "word" if len(said) > 2 and single >= 0.95 * len(said) else "utterance"  # noqa: PLR2004 - a few stray ones
