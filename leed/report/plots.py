"""Tracks as plots: points, the labels that matter most, and the stretches in which one thing leads."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from leed import quoting
from leed.report.data import Plot, Point, Series, Stretch
from leed.timeline.phases import Line
from leed.timeline.points import GAP, Points
from leed.weighing import ladder_of

if TYPE_CHECKING:
    from leed.schema.tracks import Track
    from leed.timeline.wording import Teller

_NAME = 120  # characters of a speaker's or a file's name


def plot_of(tellers: Sequence[Teller], numbers: Mapping[int, int], *, labels: int) -> Plot:
    """Return the plot of one track from the lines that are told of it.

    Args:
        tellers: those of the track, adjectives first.
        numbers: the number of each of the recording's tracks, by identity.
        labels: how many labels are plotted at most.
    """
    points = tellers[0].line.points
    track = points.track
    return Plot(
        track=numbers.get(id(track)),
        source=shown(track.source),
        who=who_of(points),
        modality=track.modality,
        aspect=track.aspect,
        granularity=track.granularity,
        taxonomy=track.taxonomy,
        quantity=track.quantity,
        count=len(track),
        labels=len(track.labels),
        timed=points.timed,
        sentences=tuple(teller.sentence(teller.facts) for teller in tellers),
        points=tuple(_point(points, i) for i in range(len(points))),
        series=_series(points, [teller.line for teller in tellers], labels),
        stretches=tuple(_stretches(tellers[0])),
        ladder=ladder_of(points.plan),
    )


def who_of(points: Points) -> str | None:
    """Return what a person is called; None where nobody is named."""
    subject = points.subject
    return None if subject.name is None else shown(subject.describer.realiser.person.subject)


def shown(name: str | None) -> str | None:
    """Return a name on one line, of a length that fits a page."""
    return None if name is None else quoting.shorten(quoting.clean(name[: 8 * _NAME]), _NAME)


def second(value: float) -> float | None:
    """Return a time to the thousandth; None where there is none.

    >>> second(1.23456), second(float("nan"))
    (1.235, None)
    """
    return round(float(value), 3) if math.isfinite(value) else None


def _point(points: Points, i: int) -> Point:
    start = int(points.starts[i])
    stop = int(points.starts[i + 1]) if i + 1 < len(points) else len(points.rows)
    said = points.said[i]
    row = int(points.rows[start])
    begin, end = second(points.begin(i)), second(points.end(i))
    return Point(begin, end, said.sentence.plain, said.notable, row, stop - start)


def _series(points: Points, lines: Sequence[Line], most: int) -> tuple[Series, ...]:
    """The labels that lead most, then those that are highest."""
    places = dict.fromkeys([*_leading(lines), *_highest(points)])
    means = points.means
    return tuple(
        Series(points.plan.entries[rank].label, tuple(_rounded(means[:, points.plan.entries[rank].position])))
        for rank in list(places)[:most]
    )


def _leading(lines: Sequence[Line]) -> list[int]:
    """The ranks of labels by how much they lead, in all kinds of words."""
    credit: dict[int, float] = {}
    for line in lines:
        for column, state in enumerate(line.states):
            if state >= 0:
                rank = state // 2
                credit[rank] = credit.get(rank, 0.0) + float(line.credit[:, column].sum())
    return sorted(credit, key=lambda rank: -credit[rank])


def _highest(points: Points) -> list[int]:
    """The ranks of the labels that may be named, the highest first; one where others are plotted already."""
    highest = np.fmax.reduce(points.means, axis=0, initial=-np.inf) if len(points) else np.empty(0)
    plan = points.plan
    ranks = [rank for rank in range(len(plan.entries)) if plan.nameable(rank, ()) and len(highest)]
    known = [rank for rank in ranks if math.isfinite(highest[plan.entries[rank].position])]
    return sorted(known, key=lambda rank: -highest[plan.entries[rank].position])[:2]


def _rounded(column: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[float | None]:
    return [round(value, 4) if math.isfinite(value) else None for value in column.tolist()]


def _stretches(teller: Teller) -> list[Stretch]:
    points = teller.line.points
    return [
        Stretch(
            phase.start,
            phase.stop,
            second(points.begin(phase.start)),
            second(points.end(phase.stop - 1)),
            teller.words_of(phase),
        )
        for phase in teller.line.phases
        if phase.state != GAP
    ]


def longest_first(tracks: Sequence[Track]) -> list[int]:
    """Return the places of tracks, the longest first."""
    return sorted(range(len(tracks)), key=lambda i: -len(tracks[i]))
