"""Each label of a description: where its score stands on the scale, what is usual, and why it was named or not."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from leed.calibration import HIGH, RARE, USUAL
from leed.entries import Entry
from leed.explaining import Evidence
from leed.gated import GatedPlan
from leed.scores import number_of
from leed.selection import CODE, LOW, Plan
from leed.together import Reasons

if TYPE_CHECKING:
    from leed.calibration import Calibration, Usual
    from leed.lexicon import Lexicon
    from leed.schema.terms import Description


class Weighed(msgspec.Struct, frozen=True):
    """One label of a description.

    Attributes:
        label: as its taxonomy spells it.
        score: as it was measured; None where it was not reported.
        step: the step of the scale that the score reaches, from 1; 0 below the first; None where steps are no degrees.
        adverb: that step's word, in the language of the description.
        usual, high, rare: the median, the 90th and the 99th percentile of what is usual, where that is known.
        gated: whether what is usual decided.
        named: whether the sentence names it.
        phrase: the words it has there.
        why: why it was named, or was not.
    """

    label: str
    modality: str | None
    score: float | None
    step: int | None
    adverb: str | None
    usual: float | None
    high: float | None
    rare: float | None
    gated: bool
    named: bool
    phrase: str | None
    why: str


class Rung(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """A step of a scale: the score from which on it holds, and its adverb."""

    from_: float
    adverb: str


class Ladder(msgspec.Struct, frozen=True):
    """The steps that one modality of a description was graded by.

    Attributes:
        quantity: what the numbers are; for "bipolar" the steps count the distance from 0.5.
        taxonomy: the label set, where it is a known one.
    """

    modality: str | None
    quantity: str
    taxonomy: str | None
    steps: tuple[Rung, ...]


def weigh(description: Description, calibration: Calibration | None = None) -> tuple[Weighed, ...]:
    """Return each label that a description was made from, in the order of its taxonomy.

    >>> import leed
    >>> fear, joy = weigh(leed.describe({"Joy": 0.84, "Fear": 0.1}, modality="face"))
    >>> joy.label, joy.step, joy.adverb, joy.why
    ('Joy', 6, 'extremely', 'extremely (from 0.71, intensity)')
    >>> fear.named, fear.why
    (False, 'not strong enough to be said (floor 0.26)')

    Args:
        description: what a describer made.
        calibration: what is usual, also where it did not decide because the scores were picked by hand.
    """
    return tuple(
        label for part, evidence in _parts(description) for label in _of(part, evidence, calibration, description)
    )


def ladders(description: Description) -> tuple[Ladder, ...]:
    """Return the steps of the scale for each modality of a description.

    >>> import leed
    >>> ladders(leed.describe({"Joy": 0.84}, modality="face"))[0].steps[0]
    Rung(from_=0.26, adverb='slightly')
    """
    return tuple(ladder_of(evidence.plan) for _, evidence in _parts(description))


def _parts(description: Description) -> Iterator[tuple[Description, Evidence]]:
    evidence = description.evidence
    if isinstance(evidence, Evidence):
        yield description, evidence
    if isinstance(evidence, Reasons):
        for part in evidence.parts:
            yield from _parts(part)


def ladder_of(plan: Plan) -> Ladder:
    """Return the steps of the scale that a plan grades by."""
    steps, quantity = plan.steps, plan.quantity
    if plan.distribution or quantity == "bipolar":
        steps, quantity = plan.scale.steps("bipolar", plan.modality), "bipolar"
    rungs = (Rung(bound, _word(name, plan)) for bound, name in zip(steps.bounds, steps.adverbs, strict=True))
    return Ladder(plan.modality, quantity, plan.taxonomy, tuple(rungs))


def _of(
    part: Description, evidence: Evidence, calibration: Calibration | None, whole: Description
) -> Iterator[Weighed]:
    plan = evidence.plan
    named = {} if isinstance(evidence.key, str) else {code // CODE: code for code in evidence.key}
    said = {term.label: term.phrase for term in part.terms}
    told = {term.phrase for term in whole.terms}  # of several modalities, some may stay unsaid
    table = None if calibration is None else calibration.table(plan.taxonomy, plan.modality)
    for rank, entry in enumerate(plan.entries):
        value = number_of(evidence.values[entry.position])[0]
        phrase = said.get(entry.label) if rank in named else None
        step, adverb = _step(plan, entry, value)
        usual = _usual(plan, entry, table)
        yield Weighed(
            entry.label,
            plan.modality,
            value if math.isfinite(value) else None,
            step,
            adverb,
            *usual,
            gated=isinstance(plan, GatedPlan),
            named=phrase is not None and phrase in told,
            phrase=phrase if phrase in told else None,
            why=evidence.why(rank, named, value),
        )


def _usual(plan: Plan, entry: Entry, table: Usual | None) -> tuple[float | None, float | None, float | None]:
    """The median, the 90th and the 99th percentile, where they are known."""
    if isinstance(plan, GatedPlan):
        gate = plan.gate
        found = (gate.usual[entry.position], gate.high[entry.position], gate.rare[entry.position])
        return round(found[0], 6), round(found[1], 6), round(found[2], 6)
    if table is None or entry.label not in table.labels:
        return None, None, None
    return table.at(entry.label, USUAL), table.at(entry.label, HIGH), table.at(entry.label, RARE)


def _step(plan: Plan, entry: Entry, value: float) -> tuple[int | None, str | None]:
    """The step of the scale that a score reaches, and its word."""
    if not math.isfinite(value) or plan.quantity == "presence" or entry.role in ("nonclass", "neutral"):
        return None, None
    if entry.role == "dimension" or plan.distribution:
        step = bisect_right(plan.bipolar, abs(value - 0.5) + 1e-7)
        code = plan.entries.index(entry) * CODE + step - 1 + (LOW if value < 0.5 else 0)  # noqa: PLR2004 - the middle
    else:
        step = bisect_right(plan.likely if entry.role in ("attribute", "act") else plan.bounds, value)
        code = plan.entries.index(entry) * CODE + step - 1
    adverb = plan.adverb(code) if step else None
    return step, None if adverb is None else _word(adverb, plan)


def _word(adverb: str, plan: Plan) -> str:
    lexicon: Lexicon = plan.lexicon
    known = lexicon.adverbs.get(adverb)
    return adverb if known is None else known.word or adverb
