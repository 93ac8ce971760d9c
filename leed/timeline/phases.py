"""From points to phases: stretches in which one thing leads, what grew or faded in them, and the strongest moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from leed.selection import CODE, LOW, PLAIN, TIED, Plan
from leed.timeline.points import GAP, NEUTRAL, Head, Points, State, heads, kind_of, state_of

RISING, FALLING = 1, -1

_CREDIT: Final = (1.0, 0.6, 0.3)  # of a label that is named first, second, third or later
_LEADING: Final = 16  # states that are told apart in one line
_SWITCH: Final = 0.9  # what a change of phase costs, in points at which another label leads: one alone is no phase
_SWITCH_SHARE: Final = 1 / 40  # the same, as a share of all points
_STEPS: Final = 2  # that a trend passes
_STEADILY: Final = 0.5  # Kendall's tau of a trend
_SURE: Final = 0.5  # how much of a moment certainty makes: "very clearly happy" is no stronger than "quite happy"


@dataclass(frozen=True)
class Phase:
    """A stretch in which one state leads.

    Attributes:
        start, stop: its first point, and the one after its last.
        head: what is said of it most often; empty for a gap and for the neutral state.
        trend: RISING, FALLING or 0.
        first, last: for a trend, what is said of its two ends.
        share: how much of it the state leads: less than 1 where it was interrupted.
    """

    state: State
    start: int
    stop: int
    head: Head = ()
    trend: int = 0
    first: Head = ()
    last: Head = ()
    share: float = 1.0

    def __len__(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True)
class Peak:
    """The strongest moment: the row and point at which it was, what is said of it, and how strong it is, 0 to 1."""

    row: int
    point: int
    state: State
    head: Head
    strength: float
    score: float


class Line:
    """What is told of a track in one kind of words: adjectives, nouns, acts or manners.

    Attributes:
        kind: the role of its words.
        credit: (m, s) how much each of the states leads each point.
    """

    def __init__(self, points: Points, kind: str) -> None:
        self.points = points
        self.kind = kind
        self.plan = points.plan
        self._heads: dict[State, list[Head]] = {}
        by_point = [self._of_point(i) for i in range(len(points))]
        total: Counter[State] = Counter()
        for found in by_point:
            total.update(found)
        self.states = [state for state, _ in total.most_common(_LEADING)]
        self.credit = np.array([[found.get(state, 0.0) for state in self.states] for found in by_point])

    def _of_point(self, point: int) -> dict[State, float]:
        """The states of a point with their credit."""
        said = self.points.said[point]
        found: dict[State, float] = {}
        for head in heads(said):
            if kind_of(said.plan, head) != self.kind:
                continue
            state = state_of(said.plan, head)
            found.setdefault(state, _CREDIT[min(len(found), len(_CREDIT) - 1)])
            if said.plan is self.plan:
                self._heads.setdefault(state, []).append(head)
        if found:
            return found
        return {NEUTRAL if said.key == "neutral" and self.kind == "adjective" else GAP: 1.0}

    @cached_property
    def phases(self) -> list[Phase]:
        """The phases, all points in order: found as the path through the states that collects most credit."""
        path = _path(self.credit, max(_SWITCH, len(self.points) * _SWITCH_SHARE))
        cuts = np.flatnonzero(np.diff(path)) + 1
        bounds = [0, *cuts.tolist(), len(path)]
        return [
            part for start, stop in pairwise(bounds) for part in self._shaped(self.states[path[start]], start, stop)
        ]

    def at_most(self, count: int) -> list[Phase]:
        """Return at most so many phases to tell: the least of them are passed over, and what they parted is joined."""
        kept = list(self.phases)
        while sum(phase.state != GAP for phase in kept) > count:
            least = min((p for p in kept if p.state != GAP), key=lambda p: (len(p) * (1 if p.head else 0.5), p.start))
            i = kept.index(least)
            kept[i] = Phase(GAP, least.start, least.stop)
            kept = self._joined(kept)
        return self._joined(kept)

    @cached_property
    def leading(self) -> tuple[Phase, float] | None:
        """Return what leads most of the time, and how much of it; None where nothing can be named."""
        total: Counter[State] = Counter()
        for phase in self.phases:
            total[phase.state] += len(phase)
        shares = {state: count / len(self.points) for state, count in total.items()}
        best = max((s for s in shares if s >= 0), key=lambda s: shares[s], default=None)
        if NEUTRAL in shares and (best is None or (shares[NEUTRAL] >= 0.5 and shares[best] < 0.2)):  # noqa: PLR2004
            best = NEUTRAL
        if best is None:
            return None
        own = [phase for phase in self.phases if phase.state == best]
        longest = max(own, key=len)
        if longest.trend and 2 * len(longest) >= len(self.points):
            return longest, shares[best]
        return self._phase(best, own[0].start, own[-1].stop), shares[best]

    @cached_property
    def peak(self) -> Peak | None:
        """The strongest moment of the track, by the step of the scale that it reaches; if equal, of what leads."""
        usual = self.leading[0].state if self.leading is not None else GAP
        scores = self.points.scores
        found: list[Peak] = []
        for row in dict.fromkeys(_highest(scores, self.plan)):
            said = self.points.say(scores[row])
            for head in heads(said):
                if kind_of(said.plan, head) == self.kind and state_of(said.plan, head) != NEUTRAL:
                    point = int(np.searchsorted(self.points.starts, row, "right")) - 1
                    score = float(scores[row, said.plan.entry(head[0]).position])
                    state = state_of(said.plan, head)
                    found.append(Peak(row, point, state, head, strength(said.plan, head), score))
        return max(found, key=lambda p: (p.strength, p.state == usual, p.score, -p.row), default=None)

    def _shaped(self, state: State, start: int, stop: int) -> list[Phase]:
        """A phase; two where it grows and then fades."""
        whole = self._phase(state, start, stop)
        levels = self._levels(state, start, stop)
        if whole.trend or levels is None:
            return [whole]
        top = start + int(np.argmax(self._scores(state)[start:stop]))
        up, down = self._phase(state, start, top + 1), self._phase(state, top, stop)
        if up.trend == RISING:
            rest = replace(down, start=top + 1) if down.trend == FALLING else self._phase(state, top + 1, stop)
            return [up, rest]
        return [self._phase(state, start, top), down] if down.trend == FALLING else [whole]

    def _phase(self, state: State, start: int, stop: int) -> Phase:
        if state == GAP:
            return Phase(GAP, start, stop)
        phase = Phase(state, start, stop, self._typical(state, start, stop))
        levels = self._levels(state, start, stop)
        return phase if levels is None else self._trended(phase, levels)

    def _typical(self, state: State, start: int, stop: int) -> Head:
        """What is said most often of a state between two points; the weaker where it is equally often."""
        if state == NEUTRAL:
            return ()
        said = [
            head
            for one in self.points.said[start:stop]
            if one.plan is self.plan
            for head in heads(one)
            if state_of(self.plan, head) == state
        ]
        counted = Counter(said or self._heads.get(state, []))
        return max(sorted(counted), key=lambda head: counted[head], default=(max(state, 0) // 2 * CODE + PLAIN,))

    def _trended(self, phase: Phase, levels: NDArray[np.int64]) -> Phase:
        named = np.flatnonzero(levels > 0)
        if len(named) < 3:  # noqa: PLR2004 - two points are no trend
            return phase
        scores = self._scores(phase.state)[phase.start : phase.stop][named]
        ends = max(len(named) // 5, 1)
        low, high = (self._level(phase.state, float(np.median(part))) for part in (scores[:ends], scores[-ends:]))
        tau = _tau(scores)
        for trend in (RISING, FALLING):
            if trend * (high - low) >= _STEPS and trend * tau >= _STEADILY:
                first, last = (self._code(phase.state, level) for level in (low, high))
                return replace(phase, trend=trend, first=(first,), last=(last,))
        return phase

    def _scores(self, state: State) -> NDArray[np.float64]:
        """(m,) how strong a state is at each point; for the low end of a dimension, how far below 1."""
        column = self.points.means[:, self.plan.entry(state // 2 * CODE).position]
        filled = np.nan_to_num(column, nan=0.0)
        return np.where(np.isnan(column), 0.0, 1.0 - filled) if state % 2 else filled

    def _levels(self, state: State, start: int, stop: int) -> NDArray[np.int64] | None:
        """The steps of the scale that a state passes at each point, from 1; None where steps are no degrees."""
        if state < 0 or self.plan.distribution or any(h[0] % CODE in (TIED, PLAIN) for h in self._heads.get(state, [])):
            return None
        if self.plan.quantity != "intensity" and self.plan.entry(state // 2 * CODE).role != "dimension":
            return None
        return np.array([self._level(state, score) for score in self._scores(state)[start:stop].tolist()], np.int64)

    def _level(self, state: State, score: float) -> int:
        bounds: Sequence[float] = self.plan.bounds
        if self.plan.entry(state // 2 * CODE).role == "dimension":
            bounds = [0.5 + bound for bound in self.plan.bipolar]
        return int(np.searchsorted(bounds, score + 1e-7, "right"))

    def _code(self, state: State, level: int) -> int:
        return state // 2 * CODE + (LOW if state % 2 else 0) + max(level - 1, 0)

    def _joined(self, phases: Iterable[Phase]) -> list[Phase]:
        """Phases with those of one state joined where nothing but a short gap parts them, and gaps joined too."""
        kept: list[Phase] = []
        for phase in phases:
            before = kept[-1] if kept else None
            if before is not None and before.state == phase.state == GAP:
                kept[-1] = Phase(GAP, before.start, phase.stop)
            elif before is not None and before.state == phase.state and not (before.trend or phase.trend):
                kept[-1] = self._phase(phase.state, before.start, phase.stop)
            elif len(kept) > 1 and before is not None and before.state == GAP and self._same(kept[-2], phase):
                led = kept[-2].share * len(kept[-2]) + phase.share * len(phase)
                joined = self._phase(phase.state, kept[-2].start, phase.stop)
                kept[-2:] = [replace(joined, share=led / len(joined))]
            else:
                kept.append(phase)
        return kept

    def _same(self, one: Phase, other: Phase) -> bool:
        """Whether two phases with a gap between them are one that was interrupted: the gap is the shorter."""
        gap = other.start - one.stop
        return one.state == other.state and not one.trend and not other.trend and gap <= len(one) + len(other)


def lines(points: Points) -> list[Line]:
    """Return a line for each kind of words that the points are told in, adjectives first."""
    kinds = dict.fromkeys(kind_of(said.plan, head) for said in points.said for head in heads(said))
    return [Line(points, kind) for kind in sorted({*kinds} or {"adjective"})]


def strength(plan: Plan, head: Head) -> float:
    """Return how strong a statement is, 0 to 1: the share of the scale's steps that it has passed."""
    entry, variant = plan.entry(head[0]), head[0] % CODE
    if variant in (PLAIN, TIED):
        return _SURE / 2
    if entry.role == "dimension" or plan.distribution:
        return (variant % LOW + 1) / len(plan.bipolar)
    if entry.role in ("attribute", "act") or plan.quantity != "intensity":
        return _SURE * (variant + 1) / len(plan.likely if entry.role in ("attribute", "act") else plan.bounds)
    return (variant + 1) / len(plan.bounds)


def _highest(scores: NDArray[np.float64], plan: Plan) -> list[int]:
    """The rows at which each label is highest, and each dimension lowest."""
    lowest, highest = np.where(np.isnan(scores), np.inf, scores), np.where(np.isnan(scores), -np.inf, scores)
    low, high = lowest.argmin(axis=0).tolist(), highest.argmax(axis=0).tolist()
    reached = (highest.max(axis=0) >= plan.floor).tolist()
    rows: list[int] = []
    for rank, entry in enumerate(plan.entries):
        two_ended = entry.role == "dimension" or plan.distribution
        if plan.nameable(rank, ()) and (two_ended or reached[entry.position]):
            rows += [high[entry.position], low[entry.position]] if two_ended else [high[entry.position]]
    return rows


def _path(credit: NDArray[np.float64], switch: float) -> NDArray[np.int64]:
    """(m,) the states of the path that collects most credit, where each change costs; the Viterbi algorithm."""
    m, s = credit.shape
    came = np.zeros((m, s), np.int64)
    best = credit[0].copy()
    stay = np.arange(s)
    for i in range(1, m):
        leader = int(best.argmax())
        changed = best[leader] - switch
        came[i] = np.where(best >= changed, stay, leader)
        best = np.maximum(best, changed) + credit[i]
    path = np.empty(m, np.int64)
    path[-1] = best.argmax()
    for i in range(m - 1, 0, -1):
        path[i - 1] = came[i, path[i]]
    return path


def _tau(values: NDArray[np.float64]) -> float:
    """Kendall's tau of values against their order: 1 where each is above those before it."""
    later, earlier = np.tril_indices(len(values), -1)
    return float(np.sign(values[later] - values[earlier]).mean())
