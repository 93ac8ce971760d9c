"""Why a description says what it says: the numbers, the bounds, what was left out, and the data that decided."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from leed import quoting
from leed.entries import Entry
from leed.float32 import float32
from leed.gated import GatedPlan
from leed.schema.terms import Description
from leed.scores import number_of
from leed.selection import CODE, HINT, TIED, Key, Plan

if TYPE_CHECKING:
    from leed.calibration.gate import Gate

_SHOWN = 8


class Evidence(msgspec.Struct, frozen=True, gc=False):
    """What a description was made from; it can say why."""

    plan: Plan
    values: tuple[float, ...]
    key: Key
    lang: str
    lexicon: str

    def explain(self, description: Description) -> str:
        """Return the reasons, a line each."""
        plan = self.plan
        values = [number_of(value)[0] for value in self.values]
        lines = [description.sentence]
        named: dict[int, int] = {}
        if not isinstance(self.key, str):
            for code, term in zip(self.key, description.terms, strict=True):
                named[code // CODE] = code
                lines.append(f"- {_shown(term.label)} {_number(term.score)}: {self._why(code)}")
        lines += self._unsaid(named, values)
        taxonomy = f", labels of {plan.taxonomy}" if plan.taxonomy else ", labels of no known taxonomy"
        classes = " of exclusive classes" if plan.exclusive else ""
        by_sum = " (three or more that sum to 1)" if plan.exclusive and not _known_exclusive(plan) else ""
        lines.append(f"read as: {plan.quantity}{classes}{by_sum}{taxonomy}")
        top = "all terms" if plan.top is None else f"top {plan.top}"
        scale = plan.scale.name
        calibration = "" if self._gate is None else f", calibration {self._gate.source}"
        from leed.taxonomy import VERSION  # noqa: PLC0415 - for this line only

        lines.append(
            f"decided by: scale {scale}{calibration}, lexicon {self.lang} {self.lexicon}, taxonomies {VERSION}, {top}"
        )
        return "\n".join(lines)

    def why(self, rank: int, named: dict[int, int], value: float) -> str:
        """Return why one label was named, by its code, or was not."""
        if rank in named:
            return self._why(named[rank])
        passed_over = self._passed_over(self.plan.entries[rank], value)
        return self._reason(rank, named, value) if passed_over is None else self._counted[passed_over]

    @property
    def _counted(self) -> dict[str, str]:
        """Why labels are only counted, by `_passed_over`."""
        return {
            "quiet": f"not strong enough to be said (floor {self.plan.steps.bounds[0]:g})",
            "withheld": "withheld (sensitive; allow= names those that it lists)",
            "missing": "not reported",
        }

    @property
    def _gate(self) -> Gate | None:
        return self.plan.gate if isinstance(self.plan, GatedPlan) else None

    def _usually(self, code: int) -> str:
        """What is usual for a label that is named, where that decided."""
        if self._gate is None:
            return ""
        position = self.plan.entry(code).position
        usual, high = self._gate.usual[position], self._gate.high[position]
        return f"; usually {_number(usual)}, stands out from {_number(high)}"

    def _why(self, code: int) -> str:
        plan = self.plan
        if code % CODE == HINT and self._gate is not None:
            position = plan.entry(code).position
            usual, rare = self._gate.usual[position], self._gate.rare[position]
            floor = f"below the floor ({plan.steps.bounds[0]:g})"
            return f"a hint: {floor}, but above its 99th percentile ({_number(rare)}); usually {_number(usual)}"
        return self._graded(code) + self._usually(code)

    def _graded(self, code: int) -> str:
        plan = self.plan
        adverb = plan.adverb(code)
        role = plan.entry(code).role
        if code % CODE == TIED:
            return f"may be meant (within {plan.scale.tie:g} of the likeliest class)"
        if adverb is None:
            if role in ("attribute", "act"):
                return f"stated plainly (from {plan.scale.plain_from:g})"
            return "named without a degree"
        if role == "dimension" or plan.distribution:
            steps = plan.scale.steps("bipolar", plan.modality)
            return f"{adverb} ({steps.bounds[code % 16]:g} or more from the middle, bipolar)"
        steps = plan.scale.steps("probability", plan.modality) if role in ("attribute", "act") else plan.steps
        return f"{adverb} (from {steps.bounds[code % CODE]:g}, {plan.quantity})"

    def _unsaid(self, named: dict[int, int], values: list[float]) -> list[str]:
        """The labels above the floor that were not named, with the reason; the rest counted."""
        plan = self.plan
        lines: list[str] = []
        rest = 0
        others = {"quiet": 0, "withheld": 0, "missing": 0}
        ranked = sorted(range(len(plan.entries)), key=lambda r: -_ordered(values[plan.entries[r].position]))
        for rank in ranked:
            entry = plan.entries[rank]
            value = values[entry.position]
            if rank in named:
                continue
            passed_over = self._passed_over(entry, value)
            if passed_over is not None:
                others[passed_over] += 1
            elif len(lines) >= _SHOWN:
                rest += 1
            else:
                lines.append(f"- {_shown(entry.label)} {_number(value)}: not said, {self._reason(rank, named, value)}")
        if rest:
            lines.append(f"- {rest} more above the floor: not said")
        lines += [f"- {count} more: {self._counted[kind]}" for kind, count in others.items() if count]
        return lines

    def _passed_over(self, entry: Entry, value: float) -> str | None:
        """As what a label is only counted; None where it is told why it was not named."""
        if _ordered(value) == -math.inf:
            return "missing"
        if entry.sensitive:
            return "withheld"
        quiet = float32(value) < float32(self.plan.floor) or entry.role in ("dimension", "attribute", "act")
        return "quiet" if quiet else None

    def _reason(self, rank: int, named: dict[int, int], value: float) -> str:
        plan = self.plan
        entry = plan.entries[rank]
        if entry.role == "mute":
            return "ignored"
        if entry.role == "nonclass":
            return "a class that says nothing"
        repeats = next((r for r in named if r in entry.near), None)
        if repeats is not None:
            return f"repeats {_shown(plan.entries[repeats].label)}"
        return self._outranked(entry, value)

    def _outranked(self, entry: Entry, value: float) -> str:
        """Why a label that could have been named was not."""
        plan = self.plan
        if self._gate is not None and float32(value) < float32(self._gate.high[entry.position]):
            usual, high = self._gate.usual[entry.position], self._gate.high[entry.position]
            return f"as usual (usually {_number(usual)}, stands out from {_number(high)})"
        if plan.exclusive:
            return "the classes are too close to tell apart" if self.key == "unclear" else "one class only is meant"
        return f"beyond the top {plan.top}"


def _known_exclusive(plan: Plan) -> bool:
    from leed.taxonomy import get  # noqa: PLC0415 - for this line only

    return plan.taxonomy is not None and get(plan.taxonomy).exclusive


def _ordered(value: float) -> float:
    return -math.inf if math.isnan(value) else value


def _shown(label: str) -> str:
    return quoting.shorten(quoting.clean(label[:500]), 60)


def _number(value: float) -> str:
    return f"{float(value):.4g}"
