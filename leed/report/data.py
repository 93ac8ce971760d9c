"""What a report holds: plain frozen data, bounded however long the recording is."""

from __future__ import annotations

from typing import Any

import msgspec

from leed.schema.terms import Issue
from leed.weighing import Ladder


class Point(msgspec.Struct, frozen=True):
    """A stretch of a track that is plotted as one.

    Attributes:
        begin, end: seconds, or None where there are none.
        sentence: what is said of it.
        notable: whether that names anything.
        row: the first of its segments, by its place in the track; of short stretches as smoothed.
        count: how many segments it stands for.
    """

    begin: float | None
    end: float | None
    sentence: str
    notable: bool
    row: int
    count: int


class Series(msgspec.Struct, frozen=True):
    """One label over the points of a plot; None where it was not reported."""

    label: str
    values: tuple[float | None, ...]


class Stretch(msgspec.Struct, frozen=True):
    """A phase: what leads from one point to another, in words; ``stop`` is the point after its last."""

    start: int
    stop: int
    begin: float | None
    end: float | None
    words: str


class Plot(msgspec.Struct, frozen=True):
    """One track over time.

    Attributes:
        track: its number among the recording's tracks; None for a part of one, such as a face of a picture.
        who: whose it is, as sentences say it.
        count, labels: how many segments and labels the track has.
        timed: whether the points have times that can be told.
        sentences: what is told of it, a sentence for each kind of words.
        ladder: the steps of the scale.
    """

    track: int | None
    source: str | None
    who: str | None
    modality: str | None
    aspect: str
    granularity: str | None
    taxonomy: str | None
    quantity: str
    count: int
    labels: int
    timed: bool
    sentences: tuple[str, ...]
    points: tuple[Point, ...]
    series: tuple[Series, ...]
    stretches: tuple[Stretch, ...]
    ladder: Ladder


class Person(msgspec.Struct, frozen=True):
    """One person and what is told of them; ``name`` is None where they have none."""

    name: str | None
    source: str | None
    modalities: tuple[str | None, ...]
    sentences: tuple[str, ...]


class Strongest(msgspec.Struct, frozen=True):
    """A strong moment: when, whose, in which modality, and the sentence about it."""

    begin: float | None
    source: str | None
    who: str | None
    modality: str | None
    sentence: str


class Provenance(msgspec.Struct, frozen=True):
    """What decided the words."""

    leed: str
    fingerprint: str
    scale: str
    calibration: str
    lexicon: str
    taxonomies: str
    tokens: int
    counter: str


class Report(msgspec.Struct, frozen=True):
    """A recording as plain data for a page.

    Attributes:
        rows: segments as `Description.to_dict` gives them, from the beginning on.
        count: how many segments the recording has.
        left_out: what is not here, in the language of the report.
    """

    title: str
    lang: str
    summary: str
    sources: tuple[str | None, ...]
    people: tuple[Person, ...]
    plots: tuple[Plot, ...]
    moments: tuple[Strongest, ...]
    rows: tuple[dict[str, Any], ...]
    count: int
    issues: tuple[Issue, ...]
    left_out: tuple[str, ...]
    provenance: Provenance

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain
