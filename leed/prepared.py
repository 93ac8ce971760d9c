"""A set of labels, prepared: its plan, the sentences made so far, and the short way to one of them."""

from __future__ import annotations

import copy
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from math import inf, isfinite
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from leed.gated import GatedPlan
from leed.realiser import Sentence
from leed.selection import CODE, Key, Plan
from leed.taxonomy.matching import sums_to_one

if TYPE_CHECKING:
    from leed.calibration.gate import Gate

T = TypeVar("T")

_MOST_SENTENCES: Final = 65536
_APART = 1e-6  # scores that differ by more differ in float32 too, as long as they are below 8
_LARGE = 8.0
_INFINITE = inf
_CROWD = 10  # with more labels than this above the floor, the next row is first searched above this row's seventh
_SEVENTH = 6


class Said(msgspec.Struct, frozen=True):
    """The sentence for a key, and what its terms need but a score: (position, label, adverb, adjective, phrase).

    notable is False where nothing is named, or only the neutral class.
    """

    plan: Plan
    key: Key
    sentence: Sentence
    terms: tuple[tuple[int, str, str | None, str | None, str], ...]
    notable: bool


class Prepared:
    """What a describer knows of one set of labels in one modality.

    Attributes:
        plan: how scores under these labels become terms; behind a gate where what is usual for them is known.
        summing: the plan for when three or more of them sum to 1, if that differs.
        few: the plan for when so few are reported that they are no full set, if that differs.
    """

    def __init__(
        self,
        labels: tuple[str, ...],
        plan: Plan,
        summing: Plan | None,
        gate: Gate | None,
        make: Callable[[Plan, Key], Said],
    ) -> None:
        self.labels = labels
        self.plan = plan if gate is None else GatedPlan(labels, plan, gate)
        self.summing = summing
        self.few = None if gate is None else plan
        self._gated = self.plan if isinstance(self.plan, GatedPlan) else None
        self._make = make
        self._said: dict[tuple[int, Key], Said] = {}
        self._patterns: dict[tuple[Any, ...], Sentence] = {}
        self._tables: dict[int, Any] = {}
        self._tree: dict[Any, Any] = {}
        self._grown = 0
        self._ranks = {labels[entry.position]: rank for rank, entry in enumerate(plan.entries)}
        self._short = plan.simple and summing is None
        self._top = len(labels) if plan.top is None else plan.top
        self._bounds = plan.bounds
        self._floor = plan.floor
        self._search_from = plan.floor

    def behind(self, gate: Gate) -> Prepared:
        """Return the same behind another gate; what was said so far is shared, for a gate changes no words."""
        other = copy.copy(self)
        other.few = self.few or self.plan
        other.plan = GatedPlan(self.labels, other.few, gate)
        other._tables = {}  # noqa: SLF001 - of this class
        other._gated = other.plan  # noqa: SLF001 - of this class
        return other

    def plan_of(self, said: Said) -> Plan:
        """Return the plan by which something was said here; it may first have been said behind another gate."""
        return self.plan if isinstance(said.plan, GatedPlan) else said.plan

    def find(self, scores: Mapping[str, Any]) -> Said:  # noqa: C901, PLR0912 - the hot path: a call more would cost a tenth
        """Return what is said of scores under just these labels.

        The short way is for the usual case: labels told apart by more than a rounding error. It walks down a tree, the
        label to be named first first: a branch for each, None where the label is not to be named after those before
        it. The node where it ends holds what is said, by the steps of the scale that were passed.

        Raises:
            TypeError: a score is no number.
        """
        if not self._short:
            return self._the_long_way(scores)
        floor = self._search_from
        gated = self._gated
        if gated is None:
            found = [(v, v, label) for label, v in scores.items() if v >= floor]
        else:
            found = gated.standing_out(scores)
            if not found or type(found[0][1]) is not float or not -_INFINITE < sum(scores.values()) < _INFINITE:
                return self._the_long_way(scores)  # nothing stands out, or some are not reported: are enough?
        found.sort(reverse=True)
        node = self._tree
        bounds = self._bounds
        steps = 0
        left = self._top
        last = _LARGE
        try:
            for order, value, label in found:
                if last - order <= _APART:
                    return self._the_long_way(scores)
                last = order
                if not left:
                    break
                branch = node[label]
                if branch is not None:
                    node = branch
                    steps = steps * CODE + bisect_right(bounds, value)
                    left -= 1
            else:
                if floor != self._floor:  # too few were found above this row's own floor
                    self._search_from = self._floor
                    return self.find(scores)
                if not steps:
                    return self._the_long_way(scores)
            said: Said = node[steps]
        except KeyError:
            said = self._the_long_way(scores)
            self._grow(scores, said)
        if gated is None and len(found) > _CROWD:
            self._search_from = found[_SEVENTH][0]
        # Other kinds of number may pass the floor by their own precision, but never fail it: one look will do.
        return said if type(found[0][1]) is float else self._the_long_way(scores)

    def _grow(self, scores: Mapping[str, Any], said: Said) -> None:
        """Let the tree lead from the labels of these scores, the first to be named first, to what is said of them."""
        if self._gated is not None:
            found = self._gated.standing_out(scores)
        else:
            found = [(v, v, label) for label, v in scores.items() if v >= self._floor]
        found.sort(reverse=True)
        if any(one[0] - other[0] <= _APART for one, other in pairwise(found)):
            return
        if self._grown >= _MOST_SENTENCES:
            self._tree.clear()
            self._grown = 0
        node = self._tree
        steps = 0
        named: list[int] = []
        for _, value, label in found:
            if len(named) == self._top:
                break
            rank = self._ranks[label]
            if label not in node:
                node[label] = {} if self.plan.nameable(rank, named) else None
                self._grown += 1
            if node[label] is not None:
                node = node[label]
                named.append(rank)
                steps = steps * CODE + bisect_right(self._bounds, value)
        node[steps] = said
        self._grown += 1

    def _the_long_way(self, scores: Mapping[str, Any]) -> Said:
        """What is said of scores that the short way cannot tell apart.

        Raises:
            TypeError: a score is no number.
        """
        if type(next(iter(scores.values()), 0.0)) is not float:
            raise TypeError("the scores are no plain floats")
        return self.look_up(scores.values())

    def look_up(self, values: Iterable[float]) -> Said:
        """Return what is said of scores in the order of the labels.

        Raises:
            TypeError: a score is no number.
        """
        return self.say(*self.key(tuple(values)))

    def key(self, values: tuple[float, ...]) -> tuple[int, Key]:
        """Return the number of the plan that scores are read by (see `plans`), and the key that it gives.

        Raises:
            TypeError: a score is no number.
        """
        number = 0
        if self.summing is not None and sums_to_one(values):
            number = 1
        elif self._gated is not None and not isfinite(sum(values)) and not self._gated.is_full(values):
            number = 2
        return number, self.plans[number].select(values)

    @property
    def plans(self) -> tuple[Plan, Plan, Plan]:
        """The plan, that for scores that sum to 1, and that for few scores."""
        return self.plan, self.summing or self.plan, self.few or self.plan

    def say(self, number: int, key: Key) -> Said:
        """Return what is said for a key of one of the plans; made at the first use and kept."""
        said = self._said.get((number, key))
        if said is None:
            said = self._make(self.plans[number], key)
            if len(self._said) >= _MOST_SENTENCES:
                self._said.clear()
            self._said[number, key] = said
        return said

    def pattern(self, key: tuple[Any, ...], make: Callable[[], Sentence]) -> Sentence:
        """Return a sentence in which places stand for words; made at the first use and kept."""
        made = self._patterns.get(key)
        if made is None:
            if len(self._patterns) >= _MOST_SENTENCES:
                self._patterns.clear()
            made = self._patterns[key] = make()
        return made

    def table(self, number: int, make: Callable[[Plan], T]) -> T:
        """Return what is told of all labels of one of the plans, or of all pairs; made at the first use and kept."""
        if number not in self._tables:
            self._tables[number] = make(self.plans[number])
        found: T = self._tables[number]
        return found
