"""What several modalities say of one stretch: together, or against each other where they pull apart."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any

import msgspec

from leed.explaining import Evidence
from leed.modality import NAMES
from leed.schema.terms import Description, Segment
from leed.selection import CODE, HINT

if TYPE_CHECKING:
    from leed.baseline import Baseline
    from leed.describer import Describer

CLEAR = 0.5
"""How far from the middle each of two modalities has to be, in steps of its scale as a share of all steps, for them to
be set against each other: from the middle of the scale ("moderately", "probably") on. Leed's own choice."""
_ORDER = ("language", "prosody", "burst", "face")
_SAYS = ("prosody", "language")  # which of them carries what was said


class Reasons(msgspec.Struct, frozen=True, gc=False):
    """Why a description of several modalities says what it says."""

    parts: tuple[Description, ...]
    contrast: str | None

    def explain(self, description: Description) -> str:
        """Return the reasons of each modality, one after the other."""
        told = [part.explain() for part in self.parts]
        if self.contrast:
            told.insert(0, f"{description.sentence}\n{self.contrast}")
        return "\n".join(told)


def parts_of(given: object) -> dict[str, Segment] | None:
    """Return segments by modality from an Utterance or a mapping of modality to scores; None for anything else.

    Of an utterance's faces one is taken only if it is the only one: nobody says whose the others are.
    """
    if hasattr(given, "prosody") and hasattr(given, "language"):
        return _of_utterance(given)
    if not isinstance(given, Mapping) or not given:
        return None
    parts = {}
    for name, scores in given.items():
        modality = NAMES.get(name.casefold()) if isinstance(name, str) else None
        if modality is None or not isinstance(scores, (Mapping, Segment)):
            return None
        parts[modality] = scores if isinstance(scores, Segment) else Segment(scores=dict(scores), modality=modality)
    return parts


def _of_utterance(utterance: Any) -> dict[str, Segment]:  # noqa: ANN401 - loading its class loads numpy
    parts: dict[str, Segment | None] = {"prosody": utterance.prosody, "language": utterance.language}
    parts["burst"] = utterance.bursts[0] if utterance.bursts else None
    parts["face"] = utterance.faces[0] if len(utterance.faces) == 1 else None
    return {modality: segment for modality, segment in parts.items() if segment is not None}


def describe_together(
    describer: Describer, parts: Mapping[str, Segment], text: str | None, baseline: Baseline | None
) -> Description:
    """Return one description of several modalities.

    Where the words, the voice and the face pull clearly apart, the first two that do are set against each other;
    otherwise each modality that has something to say has a sentence of its own.
    """
    said = {
        modality: describer.describe(parts[modality], modality=modality, baseline=baseline)
        for modality in _ORDER
        if modality in parts
    }
    words = text if text is not None else next((said[m].text for m in _SAYS if m in said and said[m].text), None)
    for pair in combinations([m for m in said if said[m].notable], 2):
        leanings = [_leaning(said[m]) for m in pair]
        if min(leanings) <= -CLEAR and max(leanings) >= CLEAR:
            return _against(describer, [said[m] for m in pair], leanings, list(said.values()), words)
    return _beside(describer, said, parts, words, baseline)


def _leaning(description: Description) -> float:
    """How pleasant what is named is, -1 to 1: its strongest pleasant step less its strongest unpleasant one."""
    evidence = description.evidence
    if not isinstance(evidence, Evidence) or isinstance(evidence.key, str):
        return 0.0
    plan = evidence.plan
    steps = len(plan.steps.bounds)
    reached: dict[int, float] = {1: 0.0, -1: 0.0}
    for code in evidence.key:
        valence = plan.entry(code).valence
        if valence and code % CODE < HINT:
            side = 1 if valence > 0 else -1
            reached[side] = max(reached[side], min(1.0, (code % CODE + 1) / steps))
    return reached[1] - reached[-1]


def _against(
    describer: Describer,
    pair: list[Description],
    leanings: list[float],
    parts: list[Description],
    words: str | None,
) -> Description:
    """One modality against another: "The words read as quite calm, but the voice sounds quite distressed."."""
    clauses = []
    for part in pair:
        evidence = part.evidence
        assert isinstance(evidence, Evidence)  # noqa: S101 - it leans
        assert not isinstance(evidence.key, str)  # noqa: S101 - as above
        pieces, both = evidence.plan.pieces(evidence.key)
        clauses.append((part.modality, pieces, both))
    sentence = describer.realiser.contrast(*clauses)
    names = " and ".join(f"{part.modality} ({lean:+.2f})" for part, lean in zip(pair, leanings, strict=True))
    why = f"set against each other: {names} lean to different sides by {CLEAR:g} or more"
    return _joined(sentence.plain, pair, parts, words, describer, why, after=sentence)


def _beside(
    describer: Describer,
    said: Mapping[str, Description],
    parts: Mapping[str, Segment],
    words: str | None,
    baseline: Baseline | None,
) -> Description:
    """What each modality has to say, the one that carries the words first; what says nothing is left out."""
    speaking = next((m for m in _SAYS if m in said), None)
    order = [m for m in (speaking, *_ORDER) if m is not None and m in said]
    told = [m for m in dict.fromkeys(order) if said[m].notable] or order[:1]
    if speaking is not None and words is not None and speaking not in told:
        told.insert(0, speaking)
    sentences, named = [], []
    for i, modality in enumerate(told):
        spoken = words if i == 0 and modality in _SAYS else None
        part = describer.describe(
            msgspec.structs.replace(parts[modality], text=spoken), modality=modality, baseline=baseline
        )
        sentences.append(part.sentence)
        named.append(part)
    return _joined(" ".join(sentences), named, list(said.values()), words, describer, None)


def _joined(
    sentence: str,
    named: list[Description],
    parts: list[Description],
    words: str | None,
    describer: Describer,
    why: str | None,
    *,
    after: Any = None,  # noqa: ANN401 - a Sentence
) -> Description:
    first = parts[0]
    begins = [part.begin for part in parts if part.begin is not None]
    ends = [part.end for part in parts if part.end is not None]
    if after is not None and words is not None:
        sentence = describer.quoted(words, after) or sentence
    return Description(
        sentence,
        tuple(term for part in named for term in part.terms),
        any(part.notable for part in named),
        describer.fingerprint,
        source=next((part.source for part in parts if part.source is not None), None),
        modality=first.modality if len(parts) == 1 else None,
        granularity=first.granularity,
        speaker=next((part.speaker for part in parts if part.speaker is not None), None),
        begin=min(begins, default=None),
        end=max(ends, default=None),
        text=words,
        issues=tuple(issue for part in parts for issue in part.issues),
        evidence=Reasons(tuple(parts), why),
    )
