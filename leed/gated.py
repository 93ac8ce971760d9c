"""A plan that names only what stands out: labels of a full set of scores that are above what is usual for them."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from math import isfinite
from operator import ge

from leed.calibration.gate import Gate
from leed.float32 import INFINITE
from leed.selection import CODE, HINT, Key, Plan

Standing = tuple[float, float, str]
"""A label that stands out: how far above usual, its score, its name."""


class GatedPlan(Plan):
    """A simple plan behind a gate: the gate chooses labels and orders them by how far above usual they are.

    How strongly a label is named stays a matter of its raw score. A label above its 99th percentile but below the
    scale's floor is hinted at, where nothing else is named.

    Attributes:
        gate: from where each label is named, and what is usual.
        named_from: by the input's order, the score from which a label is named; infinity for one that never is.
    """

    def __init__(self, labels: Sequence[str], plan: Plan, gate: Gate) -> None:
        may = plan.alone
        self.__dict__.update(plan.__dict__)
        self.gate = gate
        self.named_from = tuple(score if named else math.inf for score, named in zip(gate.high, may, strict=True))
        self._hinted_from = tuple(score if named else math.inf for score, named in zip(gate.rare, may, strict=True))
        self._usual_of = dict(zip(labels, gate.usual, strict=True))
        self._loud_from = tuple(plan.floor if named else math.inf for named in may)
        self._positions = range(len(may))
        self._hidden = [i for i, rank in enumerate(plan.ranks) if rank in self._withheld]

    def standing_out(self, scores: Mapping[str, float]) -> list[Standing]:
        """Return the labels that stand out by their float64 scores, in the input's order."""
        usual = self._usual_of
        found = []
        for label in compress(scores, map(ge, scores.values(), self.named_from)):
            score = scores[label]
            found.append((score - usual[label], score, label))
        return found

    def is_full(self, values: Iterable[float]) -> bool:
        """Return whether enough scores are reported for the gate to apply."""
        return sum(map(isfinite, values)) >= self.gate.need

    def select(self, values: Iterable[float]) -> Key:
        """Return the key for scores in the order of the input's labels, compared in float32."""
        values = tuple(values)
        named: list[int] = []
        codes: list[int] = []
        for position in self._by_excess(values, self.named_from):
            rank = self.ranks[position]
            if self.nameable(rank, named):
                named.append(rank)
                codes.append(rank * CODE + bisect_right(self.bounds, values[position]) - 1)
                if len(codes) == self.top:
                    break
        return tuple(codes) if codes else self._quiet_key(values)

    select_exact = select

    def _quiet_key(self, values: tuple[float, ...]) -> Key:
        """The key where no label stands out: a hint of one, or the name of a sentence that names none."""
        hinted = self._by_excess(values, self._hinted_from)
        if hinted:
            return (self.ranks[hinted[0]] * CODE + HINT,)
        if any(self.gate.high[i] <= values[i] < INFINITE for i in self._hidden):
            return "withheld"
        if any(values[i] < INFINITE for i in compress(self._positions, map(ge, values, self._loud_from))):
            return "nothing"
        return self.low if any(map(isfinite, values)) else "unreported"

    def _by_excess(self, values: tuple[float, ...], least: tuple[float, ...]) -> list[int]:
        """The places of finite scores from their least on, the farthest above usual first, by the taxonomy if equal."""
        found: list[tuple[float, int, int]] = []
        for position in compress(self._positions, map(ge, values, least)):
            score = values[position]
            if score is True:
                raise TypeError("a flag is no score")
            if score < INFINITE:
                found.append((-self.gate.above(position, float(score)), self.ranks[position], position))
        found.sort()
        return [position for _, _, position in found]
