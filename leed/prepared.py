"""A set of labels, prepared: its plan, the sentences made so far, and the short way to one of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, cast

import msgspec

from leed.realiser import Sentence
from leed.selection import CODE, Key, Plan
from leed.taxonomy.matching import sums_to_one

_MOST_SENTENCES: Final = 65536
_APART = 1e-6  # scores that differ by more differ in float32 too, as long as they are below 8
_LARGE = 8.0
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
        plan: how scores under these labels become terms.
        summing: the plan for when three or more of them sum to 1, if that differs.
    """

    def __init__(
        self, labels: tuple[str, ...], plan: Plan, summing: Plan | None, make: Callable[[Plan, Key], Said]
    ) -> None:
        self.labels = labels
        self.plan = plan
        self.summing = summing
        self._make = make
        self._said: dict[Key, Said] = {}
        self._said_summing: dict[Key, Said] = {}
        self._shortcuts: dict[tuple[object, ...], Said | int] = {}
        self._shorter: dict[tuple[object, ...], Said] = {}
        self._ranks = {labels[entry.position]: rank for rank, entry in enumerate(plan.entries)}
        self._short = plan.simple and plan.top == 3 and summing is None  # noqa: PLR2004 - see find
        self._bounds = plan.bounds
        self._floor = plan.floor
        self._search_from = plan.floor

    def find(self, scores: Mapping[str, Any]) -> Said:  # noqa: C901 - the hot path: a call more would cost a tenth
        """Return what is said of scores under just these labels.

        The short way is for the usual case: three terms, told apart by more than a rounding error. It looks the
        sentence up by the three strongest labels and their steps; there it finds either what is said, or which of the
        three is not to be named (0 to 2), so that the next one moves up.

        Raises:
            TypeError: a score is no number.
        """
        if self._short:
            floor = self._search_from
            found = [(v, label) for label, v in scores.items() if v >= floor]
            found.sort(reverse=True)
            if len(found) > _CROWD:
                self._search_from = found[_SEVENTH][0]
            bounds = self._bounds
            while len(found) > 3:  # noqa: PLR2004 - three terms and the one after
                a, one = found[0]
                b, two = found[1]
                c, three = found[2]
                d = found[3][0]
                # Other kinds of number may pass the floor by their own precision, but never fail it: one look will do.
                if type(a) is not float:
                    raise TypeError("the scores are no plain floats")
                if a - b <= _APART or b - c <= _APART or c - d <= _APART or a >= _LARGE:
                    break
                short = (one, bisect_right(bounds, a), two, bisect_right(bounds, b), three, bisect_right(bounds, c))
                said = self._shortcuts.get(short)
                if said is None:
                    said = self._shortcut(one, two, three, short[1::2])
                    _keep(self._shortcuts, short, said)
                if type(said) is Said:
                    return said
                del found[cast("int", said)]
            if floor != self._floor:
                self._search_from = self._floor
            elif found:
                few = self._few(found)
                if few is not None:
                    return few
        if type(next(iter(scores.values()), 0.0)) is not float:
            raise TypeError("the scores are no plain floats")
        return self.look_up(scores.values())

    def _few(self, found: list[tuple[float, str]]) -> Said | None:
        """What is said where no more labels are above the floor than there are terms; None if two are too close."""
        if type(found[0][0]) is not float:
            raise TypeError("the scores are no plain floats")
        if len(found) > 3 or found[0][0] >= _LARGE:  # noqa: PLR2004 - three terms
            return None
        short: list[object] = []
        last = _LARGE
        for value, label in found:
            if last - value <= _APART:
                return None
            last = value
            short += (label, bisect_right(self.plan.bounds, value))
        key = tuple(short)
        said = self._shorter.get(key)
        if said is None:
            values = dict.fromkeys(self.labels, 0.0)
            values.update((label, value) for value, label in found)
            said = self.look_up(values.values())
            _keep(self._shorter, key, said)
        return said

    def _shortcut(self, one: str, two: str, three: str, steps: tuple[Any, ...]) -> Said | int:
        """What is said of the three strongest labels on these steps, or which of them is not to be named."""
        ranks = [self._ranks[label] for label in (one, two, three)]
        for i, rank in enumerate(ranks):
            if not self.plan.nameable(rank, ranks[:i]):
                return i
        return self.say(tuple(rank * CODE + step - 1 for rank, step in zip(ranks, steps, strict=True)))

    def look_up(self, values: Iterable[float]) -> Said:
        """Return what is said of scores in the order of the labels.

        Raises:
            TypeError: a score is no number.
        """
        if self.summing is not None and sums_to_one(values):
            return self.say(self.summing.select(values), summing=True)
        return self.say(self.plan.select(values))

    def say(self, key: Key, *, summing: bool = False) -> Said:
        """Return what is said for a key; made at the first use and kept."""
        kept, plan = (self._said_summing, self.summing or self.plan) if summing else (self._said, self.plan)
        said = kept.get(key)
        if said is None:
            said = self._make(plan, key)
            _keep(kept, key, said)
        return said


def _keep(kept: dict[Any, Any], key: object, said: Said | int) -> None:
    if len(kept) >= _MOST_SENTENCES:
        kept.clear()
    kept[key] = said
