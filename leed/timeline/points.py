"""A track over time: a few hundred points at most, each with what the describer says of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from leed.prepared import Prepared, Said
from leed.schema.tracks import Track
from leed.selection import CODE, HINT, LOW, TIED, Plan
from leed.timeline.subjects import Subject

MOST = 240
"""How many points a track has at most; every point is the mean of as many segments as that takes."""

NEUTRAL, GAP = -1, -2
"""States beside those of labels: the neutral class or scores that are all low, and nothing that can be named."""

State = int
"""What somebody comes across as, without a degree: 2 * rank of the label, and 1 more for the low end of a dimension."""

Head = tuple[int, ...]
"""The codes of one statement: one, or several that are tied."""

_FRAMES = ("frame", "word")  # short stretches, of which a single one means little
_IN_POINT = 5  # frames: at 3 a second, less than 2 s
_FEWEST = 12  # points that short stretches are not gathered below
_LASTING = 2.0  # seconds: within less, times to the second say nothing
_LATEST = 360_000.0  # seconds, 100 hours: beyond it a time is a date


@dataclass(frozen=True, eq=False)
class Points:
    """A track over time.

    Attributes:
        rows: the n segments of the track that have scores, in the order of time.
        scores: (n, k) float64: those of short stretches are medians of three, so that a single one decides nothing.
        starts: (m,) where each point begins among the rows.
        timed: whether the segments have times that can be told.
    """

    track: Track
    subject: Subject
    rows: NDArray[np.int64]
    scores: NDArray[np.float64]
    starts: NDArray[np.int64]
    timed: bool

    @cached_property
    def said(self) -> list[Said]:
        """What the describer says of each point."""
        return [self.say(values) for values in _means(self.scores, self.starts)]

    @cached_property
    def plan(self) -> Plan:
        """The plan by which most points are read."""
        plans = {id(said.plan): said.plan for said in self.said}
        return plans[Counter(id(said.plan) for said in self.said).most_common(1)[0][0]]

    @cached_property
    def means(self) -> NDArray[np.float64]:
        """(m, k) scores of the points."""
        return _means(self.scores, self.starts)

    @cached_property
    def _prepared(self) -> Prepared:
        track = self.track
        reading = (track.modality, track.quantity, track.exclusive, track.taxonomy)
        return self.subject.describer.prepare(track.labels, *reading)

    def __len__(self) -> int:
        return len(self.starts)

    def say(self, values: NDArray[np.float64]) -> Said:
        """Return what the describer says of scores under the track's labels."""
        return self._prepared.look_up(values.tolist())

    def time_of(self, row: int) -> float:
        """Return the second at which one of the rows begins."""
        return float(self.track.begin[self.rows[row]])

    def begin(self, point: int) -> float:
        """Return the second at which a point begins."""
        return self.time_of(int(self.starts[point]))

    def end(self, point: int) -> float:
        """Return the second at which a point ends: where its last segment does, else where that begins."""
        after = self.starts[point + 1] if point + 1 < len(self.starts) else len(self.rows)
        row = self.rows[after - 1]
        return float(np.fmax(self.track.begin[row], self.track.end[row]))


def points(track: Track, subject: Subject, *, most: int = MOST, within: NDArray[np.int64] | None = None) -> Points:
    """Return the points of a track, or of some of its rows, which then are one stretch without times."""
    rows = np.arange(len(track)) if within is None else within
    rows = rows[~np.isnan(track.matrix[rows]).all(axis=1)] if track.labels else rows[:0]
    begin = track.begin[rows]
    timed = within is None and bool(((begin >= 0) & (begin < _LATEST)).all())
    if timed:
        rows = rows[np.argsort(begin, kind="stable")]
    scores = track.matrix[rows].astype(np.float64)
    together = 1
    if track.granularity in _FRAMES:
        scores = _calmed(scores)
        together = min(max(len(rows) // _FEWEST, 1), _IN_POINT)
    together = max(together, -(-len(rows) // most))
    lasts = len(rows) == 1 or (timed and bool(begin.max(initial=0) - begin.min(initial=_LATEST) >= _LASTING))
    return Points(track, subject, rows, scores, np.arange(0, len(rows), together), timed and lasts)


def heads(said: Said) -> list[Head]:
    """Return the statements of what is said, those that are hinted at left out."""
    if isinstance(said.key, str):
        return []
    tied: Head = tuple(code for code in said.key if code % CODE == TIED)
    rest: list[Head] = [(code,) for code in said.key if code % CODE not in (TIED, HINT)]
    return [tied, *rest] if tied else rest


def state_of(plan: Plan, head: Head) -> State:
    """Return what a statement is about, whatever its degree."""
    entry, variant = plan.entry(head[0]), head[0] % CODE
    if entry.role == "neutral" and len(head) == 1:
        return NEUTRAL
    pole = (entry.role == "dimension" or plan.distribution) and variant >= LOW
    return 2 * (head[0] // CODE) + pole


def kind_of(plan: Plan, head: Head) -> str:
    """Return the role of a statement's word: adjective, noun, act or manner."""
    return plan.pieces(head)[0][0].role


def mean_of(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (k,) the mean of rows of scores, over what was reported."""
    mean: NDArray[np.float64] = _means(scores, np.zeros(1, np.int64))[0]
    return mean


def _calmed(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each score the median of itself and its neighbours; at the ends and beside a missing one as it is."""
    if len(scores) < 3:  # noqa: PLR2004 - a middle and two neighbours
        return scores
    before, middle, after = scores[:-2], scores[1:-1], scores[2:]
    median = np.maximum(np.minimum(before, middle), np.minimum(np.maximum(before, middle), after))
    calmed = scores.copy()
    calmed[1:-1] = np.where(np.isnan(median), middle, median)
    calmed[0], calmed[-1] = np.fmin(scores[0], calmed[1]), np.fmin(scores[-1], calmed[-2])
    return calmed


def _means(scores: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    if len(starts) == len(scores):
        return scores
    reported = ~np.isnan(scores)
    total = np.add.reduceat(np.where(reported, scores, 0.0), starts, axis=0)
    count = np.add.reduceat(reported, starts, axis=0, dtype=np.int64)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
