"""How a describer prepares a set of labels: what the numbers are, which plan and gate apply, the words for a key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from leed import taxonomy
from leed.calibration import Calibration
from leed.calibration.gate import Gate, gate_for
from leed.errors import one_of
from leed.lexicon import Lexicon
from leed.modality import modality_named
from leed.prepared import Prepared, Said
from leed.realiser import Realiser
from leed.schema.terms import QUANTITIES
from leed.selection import CODE, HINT, Key, Plan
from leed.taxonomy.matching import Match, main_taxonomy, match, quantity_of

if TYPE_CHECKING:
    from leed.scale import Scale


class Preparer:
    """Prepares sets of labels for one describer."""

    def __init__(
        self,
        *,
        scale: Scale,
        calibration: Calibration,
        lexicon: Lexicon,
        realiser: Realiser,
        top: int | None,
        ignore: frozenset[str],
        allow: frozenset[str],
    ) -> None:
        self.scale = scale
        self.calibration = calibration
        self.lexicon = lexicon
        self.realiser = realiser
        self.top = top
        self.ignore = ignore
        self.allow = allow

    def __call__(
        self,
        labels: tuple[str, ...],
        modality: str | None,
        quantity: str | None,
        exclusive: bool | None,  # noqa: FBT001 - None is a third answer
        name: str | None,
    ) -> Prepared:
        """Return what is known of a set of labels.

        Raises:
            TypeError: a label is no string.
            OptionError: modality, quantity or taxonomy is none that leed knows.
        """
        if not all(isinstance(label, str) for label in labels):
            raise TypeError("a label is no string")
        modality = modality_named(modality)
        if quantity is not None and quantity not in QUANTITIES:
            raise one_of("quantity", quantity, QUANTITIES)
        if name is not None and name not in taxonomy.ORDER:
            raise one_of("taxonomy", name, taxonomy.ORDER)
        told = quantity is not None or name is not None
        matches = match(labels, modality, name)
        main = name or main_taxonomy(matches)
        inferred, one_class, by_sum = quantity_of(matches, taxonomy=name)
        if quantity is not None:
            chosen = taxonomy.get(main) if main else None
            covered = chosen is not None and all(m.taxonomy == main for m in matches)
            one_class = bool(covered and chosen and chosen.exclusive and chosen.quantity == "probability")
            by_sum = quantity == "probability" and not one_class and len(labels) >= 3  # noqa: PLR2004
        if exclusive is not None:
            one_class, by_sum = exclusive, False

        def plan(*, quantity: str, one_class: bool) -> Plan:
            return Plan(
                matches,
                modality=modality,
                quantity=quantity,
                exclusive=one_class,
                taxonomy=main,
                scale=self.scale,
                lexicon=self.lexicon,
                top=self.top,
                ignore=self.ignore,
                allow=self.allow,
                told=told,
            )

        first = plan(quantity=quantity or inferred, one_class=one_class)
        summing = plan(quantity="probability", one_class=True) if by_sum else None
        return Prepared(labels, first, summing, self._gate(matches, first, modality), self.made)

    def _gate(self, matches: Sequence[Match], plan: Plan, modality: str | None) -> Gate | None:
        """What is usual for these labels, where the calibration knows it and they are a full set.

        Hume's label sets share labels, so half of one may be half of the other: the plan's own taxonomy comes first.
        """
        tables = [table for table in self.calibration.tables if plan.simple and table.modality == modality]
        tables.sort(key=lambda table: table.taxonomy != plan.taxonomy)
        labels = [m.label for m in matches]
        gates = (gate_for(table, labels, plan.floor, self.calibration.name) for table in tables)
        return next((gate for gate in gates if gate is not None), None)

    def made(self, plan: Plan, key: Key) -> Said:
        """Return what is said for a key of a plan."""
        if not isinstance(key, str) and key[0] % CODE == HINT:
            entry = plan.entry(key[0])
            noun = entry.noun
            sentence = self.realiser.hint(noun, plan.modality)
            term = (entry.position, entry.label, self.lexicon.grammar.trace, None, sentence.phrases[0])
            return Said(plan, key, sentence, (term,), notable=True)
        if isinstance(key, str):
            neutral = key == "neutral"
            sentence = self.realiser.neutral(plan.modality) if neutral else self.realiser.fixed(key, plan.modality)
            return Said(plan, key, sentence, (), notable=False)
        pieces, both = plan.pieces(key)
        sentence = self.realiser(plan.modality, pieces, both=both)
        terms = []
        for code, piece, phrase in zip(key, pieces, sentence.phrases, strict=True):
            entry = plan.entry(code)
            adjective = piece.word if piece.role == "adjective" else None
            terms.append((entry.position, entry.label, self.realiser.written(piece), adjective, phrase))
        return Said(plan, key, sentence, tuple(terms), notable=not plan.only_neutral(key))
