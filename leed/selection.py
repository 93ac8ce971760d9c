"""Which labels are named, in what order, and with which step of the scale.

A `Plan` is prepared once for a set of labels, a modality and a quantity. Its `select` turns scores into a key: a tuple
of codes, one for each term, or the name of a fixed sentence. Scores are told apart in float32, whatever they came in.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final

import msgspec

from leed.entries import Entry, Roles
from leed.float32 import INFINITE, float32, least_double
from leed.lexicon import Lexicon
from leed.realiser import Piece
from leed.scale import Scale
from leed.schema.terms import Issue
from leed.scores import Spread, centred, dimension_scale
from leed.taxonomy import get
from leed.taxonomy.matching import Match

CODE: Final = 32
"""A code is rank * CODE + variant."""
LOW: Final = 16
"""Added to a step for the low end of a dimension."""
PLAIN: Final = 31
"""The variant without an adverb."""
TIED: Final = 30
"""The variant of classes that may be meant."""
HINT: Final = 29
"""The variant of a label that is rare, but below the floor."""

A_HINT: Final = "a hint of"
"""What a term has for an adverb where there is a hint of it."""

Key = tuple[int, ...] | str
"""Codes of terms, or the name of a sentence that names nothing: neutral, nothing, unclear, unreported, withheld."""
MOST_TIED: Final = 3
"""Classes that may be meant; of more, none is named."""
NEAR_TIE: Final = 1e-6  # two doubles that one float32 may stand for differ by less, for scores below 8
_LARGE = -8.0


class Plan:
    """How the scores of one set of labels are turned into terms.

    Attributes:
        entries: the labels by rank, in the taxonomy's order.
        simple: whether labels are simply those above a floor, the strongest first, and all that are low say the same.
        guarded: whether there are dimensions, and nobody said what they run from and to (``told``), so that those on a
            scale of their own are not described.
        low: the key for scores that are all low: neutral, or "nothing" where none of the labels is an expression.
    """

    def __init__(
        self,
        matches: Sequence[Match],
        *,
        modality: str | None,
        quantity: str,
        exclusive: bool,
        taxonomy: str | None,
        scale: Scale,
        lexicon: Lexicon,
        top: int | None,
        ignore: frozenset[str] = frozenset(),
        allow: frozenset[str] = frozenset(),
        told: bool = True,
    ) -> None:
        self.modality = modality
        self.quantity = quantity
        self.exclusive = exclusive and quantity == "probability"
        self.taxonomy = taxonomy
        self.scale = scale
        self.top = top
        self.lexicon = lexicon
        places = list(get(taxonomy).labels) if taxonomy is not None and get(taxonomy).distribution else []
        self.distribution = bool(places) and all(m.label in places for m in matches)
        self._places = {label: i / (len(places) - 1) for i, label in enumerate(places)}
        order = sorted(range(len(matches)), key=lambda i: _taxonomy_order(matches[i], i))
        aspect = get(taxonomy).aspect if taxonomy is not None else "expression"
        roles = Roles(lexicon, scale, ignore, allow, aspect)
        self.entries = roles.entries([matches[i] for i in order], order)
        self._dimensional = [rank for rank, entry in enumerate(self.entries) if entry.role == "dimension"]
        self.guarded = bool(self._dimensional) and not told
        self.ranks = [0] * len(order)
        for rank, position in enumerate(order):
            self.ranks[position] = rank
        self.steps = scale.steps(quantity if quantity not in ("presence", "bipolar") else "intensity", modality)
        self.bounds = self.steps.prepared() if quantity != "presence" else (0.5,)
        self.floor = self.bounds[0]
        self.likely = scale.steps("probability", modality).prepared()
        self.bipolar = scale.steps("bipolar", modality).bounds
        self._near = [entry.near for entry in self.entries]
        self._skip = frozenset(r for r, e in enumerate(self.entries) if e.role in ("mute", "withheld", "nonclass"))
        self._withheld = frozenset(r for r, e in enumerate(self.entries) if e.role == "withheld")
        self._telling = frozenset(r for r, i in enumerate(order) if roles.tells(matches[i], self.entries[r].role))
        self.low = self._quiet(range(len(order)))
        plain_roles = {"state", "noun", "mute", "withheld"}
        self.simple = (
            not self.exclusive
            and not self.distribution
            and quantity in ("intensity", "probability")
            and all(entry.role in plain_roles for entry in self.entries)
            and len({r in self._telling for r, e in enumerate(self.entries) if e.role != "mute"}) <= 1
        )

    def select(self, values: Iterable[float]) -> Key:
        """Return the key for scores in the order of the input's labels.

        NaN and infinity count as not reported.

        Raises:
            TypeError: a score is no number.
        """
        if not self.simple:
            return self.select_exact(values)
        floor = self.floor
        found = [(-v, r) for r, v in zip(self.ranks, values, strict=False) if v >= floor]
        if not found:
            return self.low if any(-INFINITE < v < INFINITE for v in values) else "unreported"
        found.sort()
        if found[0][0] < _LARGE or type(found[0][0]) is int:  # -True is an int: a flag is no score
            return self.select_exact(values)
        top = self.top
        skip = self._skip
        near = self._near
        bounds = self.bounds
        codes: list[int] = []
        named: list[int] = []
        last = -math.inf
        for negative, rank in found:
            if negative != last:
                if negative - last < NEAR_TIE:
                    return self.select_exact(values)
                if len(codes) == top:
                    break
                last = negative
            if len(codes) == top or rank in skip or not near[rank].isdisjoint(named):
                continue
            named.append(rank)
            codes.append(rank * CODE + bisect_right(bounds, -negative) - 1)
        if not codes:
            return self._nothing({r for _, r in found})
        return tuple(codes)

    def select_exact(self, values: Iterable[float]) -> Key:
        """Return the key by comparing the scores' float32 values, for any quantity and mix of labels."""
        by_rank = self._by_rank(values)
        if all(math.isnan(v) for v in by_rank):
            return "unreported"
        if self.distribution:
            return self._mean(by_rank)
        codes, unclear, withheld = self._expression(by_rank)
        statements = [*self._acts(by_rank), *codes, *self._dimensions(by_rank), *self._attributes(by_rank)]
        if self.top is not None:
            statements = statements[: self.top]
        named = tuple(code for statement in statements for code in statement)
        if named:
            return named
        if unclear:
            return "unclear"
        if withheld:
            return "withheld"
        return self.low if self.simple else self._quiet(r for r, v in enumerate(by_rank) if not math.isnan(v))

    def _by_rank(self, values: Iterable[float]) -> list[float]:
        """The scores in float32, NaN for those that are not described."""
        exact = [math.nan] * len(self.entries)
        for rank, value in zip(self.ranks, values, strict=True):
            if value is True:
                raise TypeError("a flag is no score")
            exact[rank] = float(value)
        if self.guarded:
            scale = self._scale_of(exact)[0]
            for rank in self._dimensional if scale != "plain" else ():
                exact[rank] = centred(exact[rank]) if scale == "centred" else math.nan
        by_rank = [float32(value) for value in exact]
        return [number if math.isfinite(number) else math.nan for number in by_rank]

    def dimensions_read(self, labels: Sequence[str], values: Sequence[float]) -> tuple[Issue, ...]:
        """Return the issue for dimensions that do not run from 0 to 1: read from -1 to 1, or not described."""
        _, issue = self._scale_of([float(values[entry.position]) for entry in self.entries], labels)
        return (issue,) if issue is not None and self.guarded else ()

    @property
    def dimensions(self) -> tuple[int, ...]:
        """Where the dimensions stand in the input, if nobody said what they run from and to."""
        return tuple(self.entries[rank].position for rank in self._dimensional) if self.guarded else ()

    def _scale_of(self, exact: Sequence[float], labels: Sequence[str] = ()) -> tuple[str, Issue | None]:
        """How the dimensions run, by the numbers of one row."""
        told = [exact[rank] for rank in self._dimensional if math.isfinite(exact[rank])]
        if not told:
            return "plain", None
        names = [labels[i] for i in sorted(self.entries[rank].position for rank in self._dimensional)] if labels else []
        return dimension_scale(names, Spread.of(told), "not described")

    def pieces(self, key: tuple[int, ...]) -> tuple[list[Piece], bool]:
        """Return the pieces of a sentence for a key, and whether its two terms pull in opposite directions."""
        pieces = [self._piece(code) for code in key]
        if any(p.tied and p.role == "noun" for p in pieces):  # what may be meant is named in one list
            pieces = [self._as_noun(code, p) if p.tied else p for code, p in zip(key, pieces, strict=True)]
        return pieces, self._both(key, pieces)

    def entry(self, code: int) -> Entry:
        """Return the label that a code names."""
        return self.entries[code // CODE]

    def nameable(self, rank: int, named: Sequence[int]) -> bool:
        """Return whether a label may be named beside those already named."""
        return rank not in self._skip and self._near[rank].isdisjoint(named)

    @cached_property
    def alone(self) -> tuple[bool, ...]:
        """By the input's order, whether a label may be named first."""
        return tuple(self.nameable(rank, ()) for rank in self.ranks)

    def opposed(self, first: int, second: int) -> bool:
        """Return whether two labels pull in opposite directions, so that a sentence says both ... and ...."""
        a, b = self.entries[first], self.entries[second]
        if self.quantity != "intensity" or a.role != "state" or b.role != "state":
            return False
        return a.valence * b.valence < 0 or b.concept in a.opposite

    def only_neutral(self, key: Key) -> bool:
        """Return whether all that a key names is the neutral class."""
        return not isinstance(key, str) and all(self.entry(code).role == "neutral" for code in key)

    def adverb(self, code: int) -> str | None:
        """Return the key of the adverb that a code carries."""
        variant = code % CODE
        if variant == HINT:
            return A_HINT
        if variant in (PLAIN, TIED):
            return None
        role = self.entry(code).role
        if role == "dimension" or self.distribution:
            return self.scale.steps("bipolar", self.modality).adverbs[variant % LOW]
        if role in ("attribute", "act"):
            return self.scale.steps("probability", self.modality).adverbs[variant]
        return self.steps.adverbs[variant]

    def _quiet(self, ranks: Iterable[int]) -> Key:
        """The key for low scores of these labels.

        Only expressions that are all low make neutral; muscles that did not move, acts that were not done and
        attributes that are nothing special say nothing of an expression.
        """
        low = set(ranks)
        if low & self._telling:
            return "neutral"
        return "withheld" if all(self.entries[rank].role == "mute" for rank in low) else "nothing"

    def _nothing(self, found: set[int]) -> Key:
        return "withheld" if found & self._withheld else self.low

    def _expression(self, values: list[float]) -> tuple[list[tuple[int, ...]], bool, bool]:
        """Statements about states: codes that belong together; whether it is unclear; whether some are withheld."""
        ranks = [
            r for r, e in enumerate(self.entries) if e.role in ("state", "neutral", "noun", "nonclass", "withheld")
        ]
        ranked = sorted((r for r in ranks if values[r] >= self.floor), key=lambda r: -values[r])
        withheld = any(r in self._withheld for r in ranked)
        if self.exclusive:
            return *self._one_class(ranks, ranked, values), withheld
        named: list[int] = []
        for rank in ranked:
            aside = self.entries[rank].role == "neutral" and named  # what else is named says that it is not neutral
            if self.nameable(rank, named) and not aside:
                named.append(rank)
        return [(rank * CODE + self._variant(rank, values[rank]),) for rank in named], False, withheld

    def _one_class(
        self, ranks: list[int], ranked: list[int], values: list[float]
    ) -> tuple[list[tuple[int, ...]], bool]:
        """The class that is meant, or the two or three that may be."""
        if not ranked or self.entries[ranked[0]].role == "nonclass":
            return [], bool(ranks)
        best = ranked[0]
        if best in self._withheld:
            return [], False
        ties = sorted(
            (r for r in ranks if values[best] - values[r] <= self.scale.tie + NEAR_TIE and r not in self._skip),
            key=lambda r: -values[r],
        )
        if len(ties) > MOST_TIED:
            return [], True
        if len(ties) > 1:
            return [tuple(r * CODE + TIED for r in ties)], False
        return [(best * CODE + self._variant(best, values[best]),)], False

    def _variant(self, rank: int, value: float) -> int:
        neutral = self.entries[rank].role == "neutral"
        if self.quantity == "presence" or (neutral and self.quantity != "probability"):
            return PLAIN
        if neutral and value >= least_double(self.scale.plain_from):
            return PLAIN
        return bisect_right(self.bounds, value) - 1

    def _acts(self, values: list[float]) -> list[tuple[int, ...]]:
        """What somebody did: the likeliest act, if it is likely enough to be said."""
        acts = [r for r, e in enumerate(self.entries) if e.role == "act" and not math.isnan(values[r])]
        best = max(acts, key=lambda r: values[r], default=None)
        return [] if best is None else self._stated(best, values[best])

    def _attributes(self, values: list[float]) -> list[tuple[int, ...]]:
        found = [r for r, e in enumerate(self.entries) if e.role == "attribute" and not math.isnan(values[r])]
        found.sort(key=lambda r: -values[r])
        return [statement for rank in found for statement in self._stated(rank, values[rank])]

    def _stated(self, rank: int, value: float) -> list[tuple[int, ...]]:
        """An attribute or act: plain, with the likelihood before it, or unsaid."""
        plain = self.scale.plain_from
        if self.quantity == "presence":
            plain = self.floor
        elif self.quantity == "intensity" and self.entries[rank].role == "attribute":
            plain = self.scale.said_from  # how much, not how sure
        if value >= least_double(plain):
            return [(rank * CODE + PLAIN,)]
        if value >= least_double(self.scale.said_from):
            return [(rank * CODE + bisect_right(self.likely, value) - 1,)]
        return []

    def _dimensions(self, values: list[float]) -> list[tuple[int, ...]]:
        found = []
        for rank, entry in enumerate(self.entries):
            if entry.role == "dimension" and not math.isnan(values[rank]):
                variant = self._pole(values[rank])
                if variant is not None:
                    found.append((-abs(values[rank] - 0.5), rank, variant))
        return [(rank * CODE + variant,) for _, rank, variant in sorted(found)]

    def _pole(self, value: float) -> int | None:
        """The step of a bipolar score and which end it is at, or None in the middle."""
        high = sum(value >= float32(0.5 + b) for b in self.bipolar)
        low = sum(value <= float32(0.5 - b) for b in self.bipolar)
        return high - 1 if high else LOW + low - 1 if low else None

    def _mean(self, values: list[float]) -> Key:
        """A distribution over steps from bad to good: its mean as a bipolar score."""
        weights = [0.0 if math.isnan(v) else max(v, 0.0) for v in values]
        total = sum(weights)
        if not total:
            return "unreported"
        mean = sum(self._places[e.label] * w for e, w in zip(self.entries, weights, strict=True)) / total
        variant = self._pole(float32(mean))
        best = max(range(len(weights)), key=lambda i: weights[i])
        return "neutral" if variant is None else (best * CODE + variant,)

    def _piece(self, code: int) -> Piece:
        entry = self.entry(code)
        variant = code % CODE
        adverb = self.adverb(code)
        word = entry.word
        if entry.poles is not None:
            word = entry.poles[0 if variant >= LOW else 1]
        numbered = self.scale.numbers and adverb is not None
        step = variant % LOW + 1 if numbered else None
        steps = self._steps_of(entry) if numbered else None
        if word is None:
            return Piece(entry.noun, role="noun", adverb=adverb, tied=variant == TIED, step=step, steps=steps)
        if word.verb is not None:
            role = "act" if entry.role == "act" else "manner"
            return Piece("", role=role, adverb=adverb, verb=word.verb)
        adjective = word.by_modality.get(self.modality or "", word.adjective)
        if adjective is None:
            return Piece(word.noun, role="noun", adverb=adverb, tied=variant == TIED, step=step, steps=steps)
        shown = word.adverbs.get(adverb) if adverb else None
        return Piece(adjective, adverb=adverb, shown=shown, tied=variant == TIED, step=step, steps=steps)

    def _as_noun(self, code: int, piece: Piece) -> Piece:
        return msgspec.structs.replace(piece, role="noun", word=self.entry(code).noun)

    def _steps_of(self, entry: Entry) -> int:
        if entry.role == "dimension" or self.distribution:
            return len(self.bipolar)
        return len(self.likely) if entry.role in ("attribute", "act") else len(self.steps.bounds)

    def _both(self, key: tuple[int, ...], pieces: list[Piece]) -> bool:
        if len(key) != 2 or any(p.role != "adjective" for p in pieces):  # noqa: PLR2004 - two terms
            return False
        return self.opposed(*(code // CODE for code in key))


def _taxonomy_order(m: Match, position: int) -> tuple[int, str, int]:
    if m.taxonomy is None:
        return (1, "", position)
    return (0, m.taxonomy, list(get(m.taxonomy).labels).index(m.label))
