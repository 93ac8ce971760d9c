"""The columns and rows of a Hume v0 CSV, made into tracks that equal those of the JSON of the same job."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.readers.cells import Cells, Header, read_cells
from leed.readers.columns import range_issues, track_of, whole_numbers
from leed.readers.content import Content
from leed.readers.hume_items import ASPECTS, MODALITY, granularity_of, taxonomy_of, words
from leed.schema.recording import Track
from leed.schema.terms import Issue
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

    @property
    def numeric(self) -> set[int]:
        """The columns that hold numbers."""
        fields = {i for name, i in self.fields.items() if name not in _TEXTS}
        return fields | {i for labels in self.labels.values() for i in labels.values()}


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
    table = _Table(read_cells(content, layout.header, layout.numeric), layout, source)
    if not table.cells.rows:
        return [], [Issue("nothing-detected", "nothing was detected", source, layout.model)]
    tracks = [track for speaker, rows in table.speakers().items() for track in table.tracks(speaker, rows)]
    return tracks, [*table.issues, *(issue for track in tracks for issue in range_issues(track))]


class _Table:
    """The cells of one CSV, made into tracks.

    Attributes:
        cells: the rows by column.
        issues: what was odd about them.
    """

    def __init__(self, cells: Cells, layout: Layout, source: str | None) -> None:
        self.cells = cells
        self.issues: list[Issue] = []
        self._layout = layout
        self._model = layout.model
        self._source = source
        self._note_odd()
        self._scores = {aspect: self._matrix(labels) for aspect, labels in layout.labels.items() if labels}
        self._others = self._read_others()

    def speakers(self) -> dict[str | None, NDArray[np.int64]]:
        """The rows of each face or speaker, in the order in which these come."""
        column = self._text("speaker")
        if column is None:
            return {None: np.arange(self.cells.rows)}
        codes: dict[str | None, int] = {}
        numbers = np.array(
            [codes.setdefault(None if name in (None, "unknown") else name, len(codes)) for name in column], np.int64
        )
        order = np.argsort(numbers, kind="stable")
        ends = np.cumsum(np.bincount(numbers, minlength=len(codes)))
        return dict(zip(codes, np.split(order, ends[:-1]), strict=True))

    def tracks(self, speaker: str | None, rows: NDArray[np.int64]) -> list[Track]:
        """Return a track for each aspect of some rows."""
        every = len(rows) == self.cells.rows
        begin = self._number("time" if self._model == "face" else "begin", rows)
        end = begin if self._model == "face" else self._number("end", rows)
        column = self._text("entity" if self._model == "ner" else "text")
        text = None if column is None else tuple(column if every else [column[row] for row in rows.tolist()])
        extras = self._extras(rows)
        tracks = []
        for aspect, (names, matrix) in self._scores.items():
            part = matrix if every else matrix[rows]
            empty = np.isnan(part)
            kept = ~empty.all(axis=1)
            whole = bool(kept.all())
            if aspect == "emotions" and not whole:
                what = f"{int((~kept).sum())} of {len(rows)} items hold no scores; they are left out"
                self.issues.append(Issue("no-scores", what, self._source, self._model))
            if not kept.any():
                continue
            filled = np.flatnonzero(~empty.all(axis=0))
            some = len(filled) < len(names)
            labels = [names[i] for i in filled.tolist()]
            part = part if whole else part[kept]
            tracks.append(
                track_of(
                    labels,
                    np.ascontiguousarray(part[:, filled]) if some else part,
                    modality=MODALITY[self._model],
                    taxonomy=taxonomy_of(ASPECTS[aspect], self._model, len(labels)),
                    aspect=ASPECTS[aspect],
                    source=self._source,
                    speaker=speaker,
                    granularity=granularity_of(self._model, text),
                    begin=begin if whole else begin[kept],
                    end=end if whole else end[kept],
                    text=text if whole or text is None else tuple(text[i] for i in np.flatnonzero(kept).tolist()),
                    extras={name: values if whole else values[kept] for name, values in extras.items()},
                )
            )
        return tracks

    def _text(self, field: str) -> list[str | None] | None:
        place = self._layout.fields.get(field)
        return None if place is None else self.cells.texts[place]

    def _number(self, field: str, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        place = self._layout.fields.get(field)
        if place is None:
            return np.full(len(rows), np.nan)
        values = self.cells.numbers[place]
        return values if len(rows) == len(values) else values[rows]

    def _extras(self, rows: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
        """What else the rows say, named as in the recordings of the JSON; only what they do say."""
        extras: dict[str, NDArray[Any]] = {}
        for field in ("frame", "prob", "confidence", "speaker_confidence"):
            values = self._number(field, rows)
            if not np.isnan(values).all():
                extras["confidence" if field == "prob" else field] = (
                    whole_numbers(values) if field == "frame" else values
                )
        box = np.stack([self._number(edge, rows) for edge in _BOX], axis=1)
        if not np.isnan(box).all():
            extras["box"] = _float32(box)
        position = np.stack([self._number(f"position_{edge}", rows) for edge in ("begin", "end")], axis=1)
        if not np.isnan(position).all():
            odd = np.isnan(position) | (abs(position) > 2**53)
            extras["position"] = np.where(odd, -1, position).astype(np.int64)
        for field in ("entity", "entity_confidence", "support", "uri", "link_word"):
            column = self._text(field) if field in _TEXTS else None
            if column is not None:
                extras[field] = words(column[row] for row in rows.tolist())
            elif field in self._layout.fields:
                extras[field] = self._number(field, rows)
        return {name: values[rows] for name, values in self._others.items()} | extras

    def _matrix(self, labels: dict[str, int]) -> tuple[list[str], NDArray[np.float32]]:
        matrix = np.empty((self.cells.rows, len(labels)), np.float32)
        for i, place in enumerate(labels.values()):
            matrix[:, i] = self.cells.numbers[place]
        return list(labels), matrix

    def _note_odd(self) -> None:
        """Report cells that are no numbers; what is not finite, or too large for float32, counts as not reported."""
        names = self._layout.header.names
        for place, values in self.cells.numbers.items():
            odd = np.abs(values) > np.finfo(np.float32).max
            if count := int(np.count_nonzero(odd)):
                self.cells.numbers[place] = np.where(odd, np.nan, values)
                self._note("not-finite", f"column {names[place]!r}: {count} cells are no finite number")
        for place, count in self.cells.unreadable.items():
            self._note("unreadable-score", f"column {names[place]!r}: {count} cells are no number")
        for name in self._layout.twice:
            self._note("duplicate-label", f"column {name[:60]!r} stands twice; the first is read")
        if self.cells.short:
            what = f"{self.cells.short} rows have fewer cells than the header; the rest counts as empty"
            self._note("short-rows", what)
        if self.cells.long:
            self._note("not-read", f"{self.cells.long} rows have more cells than the header; those are left out")

    def _read_others(self) -> dict[str, NDArray[Any]]:
        """Columns that are not Hume's, by name; those without a name or any content are left out."""
        columns: dict[str, NDArray[Any]] = {}
        for name, place in self._layout.others.items():
            values = self.cells.texts[place]
            if not any(values):
                continue
            if not name:
                self._note("not-read", "a column without a name is left out")
                continue
            columns[name[:60]] = _as_numbers(values)
        if columns:
            shown = ", ".join(list(columns)[:5]) + (", ..." if len(columns) > 5 else "")  # noqa: PLR2004 - a handful
            self._note("not-a-label", f"{len(columns)} columns that are not Hume's are kept as extras: {shown}")
        return columns

    def _note(self, code: str, message: str) -> None:
        self.issues.append(Issue(code, message, self._source, self._model))


def _float32(values: NDArray[np.float64]) -> NDArray[np.float32]:
    return values.astype(np.float32)


def _as_numbers(values: list[str | None]) -> NDArray[Any]:
    """A column of numbers if every cell with something in it is one, else of words."""
    try:
        numbers = np.array([np.nan if value is None else float(value) for value in values], np.float64)
    except ValueError:
        return words(values)
    return np.where(np.isinf(numbers), np.nan, numbers)
