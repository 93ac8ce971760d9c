"""The columns and rows of a Hume v0 CSV, made into tracks that equal those of the JSON of the same job."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.readers.columns import range_issues, track_of, whole_numbers
from leed.readers.content import Content
from leed.readers.delimited import Delimited, Header
from leed.readers.gathering import some
from leed.readers.groups import Group, Groups, grouped, renamed, speaker_named
from leed.readers.hume_items import ASPECTS, MODALITY, granularity_of, taxonomy_of, words
from leed.readers.matrices import permuted, reported
from leed.readers.roles import listed
from leed.readers.stack import Plan, Stack
from leed.schema.terms import Issue
from leed.schema.tracks import Track
from leed.taxonomy import fold, get

MODELS = ("face", "prosody", "burst", "language", "ner")
"""The models that have CSV, in the order of their tracks."""

_FIELDS = {
    "id": "speaker",
    "frame": "frame",
    "time": "time",
    "probability": "prob",
    "facex0": "x",
    "facey0": "y",
    "facewidth": "w",
    "faceheight": "h",
    "text": "text",
    "begintime": "begin",
    "endtime": "end",
    "confidence": "confidence",
    "speakerconfidence": "speaker_confidence",
    "beginposition": "position_begin",
    "endposition": "position_end",
    "entity": "entity",
    "entityconfidence": "entity_confidence",
    "support": "support",
    "uri": "uri",
    "linkword": "link_word",
}
_TEXTS = {"speaker", "text", "entity", "uri", "link_word"}
_ANY_TEXT = ("text", "entity")  # the other columns of text repeat
_BOX = ("x", "y", "w", "h")
_TAXONOMIES = {
    "face": {"facs": "action-units", "descriptions": "hume-face-descriptions-27"},
    "burst": {"descriptions": "hume-bursts-67"},
    "language": {"sentiment": "hume-sentiment-9", "toxicity": "hume-toxicity-6"},
}
"""What a model's columns are beside its expressions."""


class Layout(msgspec.Struct, frozen=True):
    """What the columns of a Hume CSV are, by their numbers.

    Attributes:
        fields: by the name of the field.
        labels: by aspect, then label.
        others: those that Hume does not write.
        twice: names that stand a second time.
    """

    model: str
    header: Header
    fields: dict[str, int]
    labels: dict[str, dict[str, int]]
    others: dict[str, int]
    twice: tuple[str, ...] = ()

    def plan(self) -> Plan:
        """Return what is to be kept of the rows."""
        texts = {self.fields[name] for name in _ANY_TEXT if name in self.fields}
        repeated = {self.fields[name] for name in _TEXTS if name in self.fields} - texts
        scores = {aspect: tuple(labels.values()) for aspect, labels in self.labels.items() if labels}
        return Plan(
            scores=scores | {"box": tuple(self.fields[edge] for edge in _BOX if edge in self.fields)},
            numbers=[place for name, place in self.fields.items() if name not in (*_TEXTS, *_BOX)],
            words=[*repeated, *self.others.values()],
            texts=texts,
        )


def layout_of(header: Header | None) -> Layout | None:
    """Return what the columns are, if they are Hume's and at least one is a label."""
    if header is None:
        return None
    fields = {name: _FIELDS[fold(name)] for name in header.names if fold(name) in _FIELDS}
    present = set(fields.values())
    model = _model(present, header.names)
    if model is None:
        return None
    aspects = _aspects(model)
    places: dict[str, int] = {}
    labels: dict[str, dict[str, int]] = {aspect: {} for aspect in ASPECTS}
    others: dict[str, int] = {}
    twice = []
    seen = set()
    for i, name in enumerate(header.names):
        folded = fold(name) or name
        if folded in seen:
            twice += [name] if name else []
            continue
        seen.add(folded)
        aspect = aspects.get(folded)
        target = places if folded in _FIELDS else labels[aspect] if aspect else others
        target[_FIELDS.get(folded, name)] = i
    return Layout(model, header, places, labels, others, tuple(twice)) if labels["emotions"] else None


def _model(fields: set[str], names: tuple[str, ...]) -> str | None:
    """The model whose columns these are."""
    if set(_BOX) <= fields or {"frame", "prob"} <= fields:
        return "face"
    if "entity" in fields:
        return "ner"
    if not {"begin", "end"} <= fields:
        return None
    folded = {fold(name) for name in names}
    own = {fold(label) for label in get("hume-53").labels} - {fold(label) for label in get("hume-48").labels}
    if "position_begin" in fields or own <= folded:
        return "language"
    return "prosody" if "text" in fields else "burst"


@lru_cache(maxsize=8)
def _aspects(model: str) -> dict[str, str]:
    """From the folded name of a model's column to its aspect, as the JSON calls it."""
    taxonomies = {"emotions": "hume-53" if model in ("language", "ner") else "hume-48"} | _TAXONOMIES.get(model, {})
    aspects: dict[str, str] = {}
    for aspect, name in taxonomies.items():
        for label in get(name).labels:
            aspects.setdefault(fold(label), aspect)
    return aspects


def read_table(content: Content, layout: Layout, source: str | None) -> tuple[list[Track], list[Issue]]:
    """Return the tracks of one CSV, and its issues."""
    stack = Delimited(content, layout.header).stacked(layout.plan())
    if not stack.rows:
        return [], [Issue("nothing-detected", "nothing was detected", source, layout.model)]
    table = _Table(stack, layout, source)
    tracks = [track for group in table.groups for track in table.tracks(group)]
    return tracks, [*table.issues, *(issue for track in tracks for issue in range_issues(track))]


class _Table:
    """The rows of one CSV, those of a face or speaker beside each other, made into tracks.

    Attributes:
        groups: the rows of each face or speaker, in the order in which these come.
        issues: what was odd about them.
    """

    def __init__(self, stack: Stack, layout: Layout, source: str | None) -> None:
        self.issues: list[Issue] = []
        self._stack = stack
        self._layout = layout
        self._model = layout.model
        self._source = source
        place = layout.fields.get("speaker")
        found = grouped([None if place is None else renamed(stack.words(place), speaker_named)], stack.rows)
        self.groups = found.groups
        self._note_odd()
        self._columns = {
            field: found.ordered(stack.numbers(place))
            for field, place in layout.fields.items()
            if field not in (*_TEXTS, *_BOX)
        }
        self._texts = {
            field: found.texts(stack.texts(place) if field in _ANY_TEXT else stack.words(place).texts().tolist())
            for field, place in layout.fields.items()
            if field in _TEXTS
        }
        self._scores = {
            aspect: permuted(stack.matrix(aspect).rearranged(range(len(labels))), found.order)
            for aspect, labels in layout.labels.items()
            if labels and (aspect == "emotions" or not stack.matrix(aspect).is_blank)
        }
        self._box = self._read_box(found)
        self._others = {name: found.ordered(column) for name, column in self._read_others().items()}

    def tracks(self, group: Group) -> list[Track]:
        """Return a track for each aspect of some rows."""
        rows = group.rows
        begin = self._number("time" if self._model == "face" else "begin", rows)
        end = begin if self._model == "face" else self._number("end", rows)
        column = self._texts.get("entity" if self._model == "ner" else "text")
        text = None if column is None else tuple(column[rows])
        extras = self._extras(rows)
        tracks = []
        for aspect, matrix in self._scores.items():
            part = matrix[rows]
            kept, filled = reported(part)
            whole = bool(kept.all())
            if aspect == "emotions" and not whole:
                count = len(kept) - int(np.count_nonzero(kept))
                self._note("no-scores", f"{count} of {len(kept)} items hold no scores; they are left out")
            if not kept.any():
                continue
            labels = [name for name, any_ in zip(self._layout.labels[aspect], filled.tolist(), strict=True) if any_]
            part = part if whole else part[kept]
            tracks.append(
                track_of(
                    labels,
                    part if filled.all() else np.ascontiguousarray(part[:, filled]),
                    modality=MODALITY[self._model],
                    taxonomy=taxonomy_of(ASPECTS[aspect], self._model, len(labels)),
                    aspect=ASPECTS[aspect],
                    source=self._source,
                    speaker=group.key[0],
                    granularity=granularity_of(self._model, text),
                    begin=begin if whole else begin[kept],
                    end=end if whole else end[kept],
                    text=text if whole or text is None else tuple(text[i] for i in np.flatnonzero(kept).tolist()),
                    extras={name: values if whole else values[kept] for name, values in extras.items()},
                )
            )
        return tracks

    def _number(self, field: str, rows: slice) -> NDArray[np.float64]:
        column = self._columns.get(field)
        return np.full(rows.stop - rows.start, np.nan) if column is None else column[rows]

    def _extras(self, rows: slice) -> dict[str, NDArray[Any]]:
        """What else the rows say, named as in the recordings of the JSON; only what they do say."""
        extras: dict[str, NDArray[Any]] = {}
        for field in ("frame", "prob", "confidence", "speaker_confidence"):
            values = self._number(field, rows)
            if not np.isnan(values).all():
                extras["confidence" if field == "prob" else field] = (
                    whole_numbers(values) if field == "frame" else values
                )
        if self._box is not None and not np.isnan(self._box[rows]).all():
            extras["box"] = self._box[rows]
        position = np.stack([self._number(f"position_{edge}", rows) for edge in ("begin", "end")], axis=1)
        if not np.isnan(position).all():
            odd = np.isnan(position) | (abs(position) > 2**53)
            extras["position"] = np.where(odd, -1, position).astype(np.int64)
        for field in ("entity", "entity_confidence", "support", "uri", "link_word"):
            if field in self._texts:
                extras[field] = words(self._texts[field][rows])
            elif field in self._columns:
                extras[field] = self._number(field, rows)
        return {name: values[rows] for name, values in self._others.items()} | extras

    def _note_odd(self) -> None:
        """Report cells that are no numbers: they count as not reported."""
        names = self._layout.header.names
        for place in sorted(self._layout.plan().numeric):
            if odd := self._stack.odd(place):
                what = f"column {names[place]!r}: {some(odd, 'cell', 'is', 'are')} no finite number"
                self._note("unreadable-score", what)
        for name in self._layout.twice:
            self._note("duplicate-label", f"column {name[:60]!r} stands twice; the first is read")
        for issue in self._stack.issues:
            self._note(issue.code, issue.message)

    def _read_box(self, groups: Groups) -> NDArray[np.float32] | None:
        """The boxes, ordered by speaker; None if there are none."""
        matrix = self._stack.matrix("box")
        if matrix.is_blank:
            return None
        there = [edge for edge in _BOX if edge in self._layout.fields]
        missing = np.full(self._stack.rows, np.nan)
        edges = [there.index(edge) if edge in there else missing for edge in _BOX]
        box = permuted(matrix.rearranged(edges), groups.order)
        box.flags.writeable = False
        return box

    def _read_others(self) -> dict[str, NDArray[Any]]:
        """Columns that are not Hume's, by name; those without a name or any content are left out."""
        columns: dict[str, NDArray[Any]] = {}
        for name, place in self._layout.others.items():
            found = self._stack.words(place)
            if not found.values:
                continue
            if not name:
                self._note("not-read", "a column without a name is left out")
                continue
            numbers = found.numbers().values
            columns[name[:60]] = words(found.texts().tolist()) if np.isinf(numbers).any() else numbers
        if columns:
            what = some(len(columns), "column", "that is not Hume's is", "that are not Hume's are")
            self._note("not-a-label", f"{what} kept as extras: {listed(columns)}")
        return columns

    def _note(self, code: str, message: str) -> None:
        self.issues.append(Issue(code, message, self._source, self._model))
