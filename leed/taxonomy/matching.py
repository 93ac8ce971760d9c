"""Which taxonomy a set of labels belongs to, and what its numbers are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import isclose, isfinite

import msgspec

from leed.float32 import float32
from leed.taxonomy import ORDER, Taxonomy, concept_of, concepts, get

SUM_TOLERANCE = 0.01
"""How far the probabilities of exclusive classes may sum from 1 (models round to two or three decimals)."""

# The digits 1 to 9; and parts of large vocabularies of everyday words, which name other things elsewhere.
_NEVER_GUESSED = ("hume-sentiment-9", "hume-v1-audio", "hume-v1-voice")
_RANKED = 1_000  # of more labels than any model has, as many decide


class Match(msgspec.Struct, frozen=True):
    """A label of the input and what it is known as.

    Attributes:
        given: the label as it came.
        label: the spelling of the taxonomy, or as given where nobody knows it.
        taxonomy: the taxonomy's name, or None.
        concept: the concept's id, or None for an unknown label.
        group, aspect: as the taxonomy has them.
    """

    given: str
    label: str
    taxonomy: str | None
    concept: str | None
    group: str | None = None
    aspect: str = "expression"


@lru_cache(maxsize=512)
def match(labels: tuple[str, ...], modality: str | None = None, taxonomy: str | None = None) -> tuple[Match, ...]:
    """Return what each label is known as: in the one taxonomy that covers most of them, then in the others.

    >>> [m.label for m in match(("joy", "aesthetic appreciation"))]
    ['Joy', 'Aesthetic Appreciation']
    """
    order = _order(labels, modality, taxonomy)
    named = get(taxonomy).labels if taxonomy is not None else ()
    beside = (*labels, *named)
    return tuple(_match(label, order, beside) for label in labels)


def main_taxonomy(matches: Iterable[Match]) -> str | None:
    """Return the taxonomy that most of the known labels belong to."""
    counts: dict[str, int] = {}
    for m in matches:
        if m.taxonomy:
            counts[m.taxonomy] = counts.get(m.taxonomy, 0) + 1
    return max(counts, key=lambda name: counts[name]) if counts else None


def dimensions(labels: Sequence[str]) -> list[str]:
    """Return those of the labels that are dimensions, which go from a low to a high end.

    >>> dimensions(["arousal", "pleasure", "Joy"]), dimensions(["pleasure", "Joy"])
    (['arousal', 'pleasure'], [])
    """
    known = concepts()
    return [m.given for m in match(tuple(labels)) if m.concept and known[m.concept].kind == "dimension"]


def quantity_of(matches: Sequence[Match], *, taxonomy: str | None = None) -> tuple[str, bool, bool]:
    """Return what numbers under these labels are when nobody says it: (quantity, exclusive, by sum).

    *by sum* is True where three or more numbers that sum to 1 are to be taken as exclusive classes. That is so for
    every label set that no intensity model uses: Hume's own label names are intensities whatever they sum to. A
    neutral class, or a classifier's label set in full, tells probabilities; anything else picked by hand is intensity.
    """
    known = concepts()
    if taxonomy is not None:
        chosen = get(taxonomy)
        return chosen.quantity, chosen.exclusive, False
    if is_intensity_set(tuple(m.given for m in matches)):
        return "intensity", False, False
    main = main_taxonomy(matches)
    kinds = {known[m.concept].kind for m in matches if m.concept}
    if main is not None:
        chosen = get(main)
        covered = {m.label for m in matches if m.taxonomy == main}
        if chosen.aspect != "expression" or main in {"dimensions-3", "behavioral-signals"}:
            return chosen.quantity, chosen.exclusive, False
        if kinds & {"neutral", "unknown"} or covered == set(chosen.labels):
            if chosen.quantity == "intensity" and kinds & {"neutral", "unknown"}:
                return "probability", False, len(matches) >= 3  # noqa: PLR2004 - two numbers sum to 1 by chance
            return chosen.quantity, chosen.exclusive, False
    return "intensity", False, len(matches) >= 3  # noqa: PLR2004 - as above


def sums_to_one(values: Iterable[float]) -> bool:
    """Return whether these are the probabilities of exclusive classes: none negative, the sum 1 (see SUM_TOLERANCE).

    NaN and infinity count as not reported.

    >>> sums_to_one([0.476, 0.386, 0.133, 0.005]), sums_to_one([0.9, 0.41, 0.12])
    (True, False)
    """
    numbers = [v for v in map(float32, values) if isfinite(v)]
    return min(numbers, default=-1.0) >= 0 and isclose(sum(numbers), 1.0, abs_tol=SUM_TOLERANCE)


@lru_cache(maxsize=512)
def is_intensity_set(labels: tuple[str, ...]) -> bool:
    """Return whether all labels are spelled as one of Hume's intensity models spells them (case forgiven)."""
    return any(all(get(name).canonical(label) for label in labels) for name in ("hume-48", "hume-53"))


def _order(labels: tuple[str, ...], modality: str | None, taxonomy: str | None) -> list[Taxonomy]:
    """Taxonomies, best first: asked for; by labels covered; whole; by own spelling; of the modality; as ordered."""

    def rank(name: str) -> tuple[bool, int, bool, int, bool, int]:
        chosen = get(name)
        covered = {chosen.find(label) for label in labels} - {None}
        return (
            name != taxonomy,
            -len(covered),
            len(covered) < len(chosen.labels),
            # One or two labels picked by hand are no classifier's set, however they are spelled.
            -sum(chosen.canonical(label) is not None for label in labels) if len(labels) > 2 else 0,  # noqa: PLR2004
            modality is not None and bool(chosen.modalities) and modality not in chosen.modalities,
            ORDER.index(name),
        )

    labels = labels[:_RANKED]
    if taxonomy is not None:
        get(taxonomy)  # an unknown name is an error, not a taxonomy without hits
    candidates = [name for name in ORDER if name not in _NEVER_GUESSED or name == taxonomy]
    return [get(name) for name in sorted(candidates, key=rank)]


def _match(label: str, order: Sequence[Taxonomy], beside: Sequence[str]) -> Match:
    for taxonomy in order:
        found = taxonomy.find(label, beside)
        if found is not None:
            entry = taxonomy.labels[found]
            if order[0].partial and taxonomy is not order[0]:  # one of the vendor's, which it spells as it came
                return Match(label, label, None, entry.concept, None, order[0].aspect)
            return Match(label, found, taxonomy.name, entry.concept, entry.group, entry.aspect or taxonomy.aspect)
    return Match(label, label, None, concept_of(label))
