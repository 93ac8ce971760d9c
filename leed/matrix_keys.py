"""What is said of each row of a matrix, as an integer: its strongest labels and their steps; and the words for those.

Only the integers that occur are put into words, or into terms.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed import accelerator
from leed.finite import is_finite
from leed.gated import GatedPlan
from leed.matrix_classes import Classes, has_classes
from leed.ranking import StandingOut, Strongest
from leed.realiser import Piece, Sentence
from leed.selection import CODE, HINT, Key, Plan

if TYPE_CHECKING:
    from leed.describer import Describer
    from leed.prepared import Prepared, Said

QUOTE = "\0"
"""Stands where a transcript goes; no text that reaches a sentence holds it."""

_MOST_RANKED = 6  # more terms than this are found one row at a time
_PLACES = tuple(chr(0xE000 + i) for i in range(_MOST_RANKED))  # stand for the words in a pattern


def plain(sentence: Sentence) -> str:
    """Return a sentence as it is where nothing was said."""
    return sentence.plain


def around_a_quote(sentence: Sentence) -> str:
    """Return a sentence with QUOTE where a transcript goes."""
    return f"{sentence.before}{QUOTE}{sentence.after}"


Form = Callable[[Sentence], str]


class Terms(msgspec.Struct, frozen=True):
    """The terms of several sentences.

    Attributes:
        offsets: (u + 1,) int64: those of sentence i stand from offsets[i] up to offsets[i + 1].
        which: which term stands there, an index into the table.
        table: the terms: the label's column, the label, adverb, adjective, and the phrase that it is by itself.
    """

    offsets: NDArray[np.int64]
    which: NDArray[np.int32]
    table: list[tuple[int, str, str | None, str | None, str]]

    def of_rows(
        self, codes: NDArray[np.int32], matrix: NDArray[np.float32]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
        """Return where the terms of each row begin, which term stands in each place, and its score in that row.

        Args:
            codes: (n,) which sentence each row has.
            matrix: (n, k) the scores of the rows.
        """
        places = np.array([term[0] for term in self.table], np.int64)
        if accelerator.is_used():
            return accelerator.laid_out(codes, self.offsets, self.which, places, matrix)
        counts = np.diff(self.offsets).take(codes)
        begins = np.zeros(len(codes) + 1, np.int32)
        np.cumsum(counts, out=begins[1:])
        shifts = np.repeat(self.offsets.take(codes) - begins[:-1], counts)
        shifts += np.arange(begins[-1])
        which = self.which.take(shifts)
        cells = np.repeat(np.arange(len(codes)) * matrix.shape[1], counts)
        cells += places.take(which)
        return begins, which, matrix.take(cells) if len(cells) else np.empty(0, np.float32)

    def and_of(self, others: Terms) -> Terms:
        """Return these terms, and behind them those of other sentences."""
        return Terms(
            np.concatenate([self.offsets, self.offsets[-1] + others.offsets[1:]]),
            np.concatenate([self.which, others.which + np.int32(len(self.table))]),
            [*self.table, *others.table],
        )


def _listed(terms: Sequence[tuple[tuple[int, str, str | None, str | None, str], ...]]) -> Terms:
    """Terms that were made one by one."""
    table = [term for some in terms for term in some]
    offsets = np.concatenate([[0], np.cumsum([len(some) for some in terms])]).astype(np.int64)
    return Terms(offsets, np.arange(len(table), dtype=np.int32), table)


class _Pairs(msgspec.Struct, frozen=True):
    """What is the same for all rows.

    Attributes:
        ranks: which labels may be named.
        near: for each pair of those, whether one is not named beside the other.
        opposed: whether they pull in opposite directions.
        adjectives: the adjective of each, None where it is named in another way.
    """

    ranks: NDArray[np.int64]
    near: NDArray[np.bool_]
    opposed: NDArray[np.bool_]
    adjectives: NDArray[np.object_]


def _pairs(plan: Plan) -> _Pairs:
    ranks = [r for r in range(len(plan.entries)) if plan.nameable(r, ())]
    shape = (len(ranks), len(ranks))
    near = [a != b and not plan.nameable(a, (b,)) for a in ranks for b in ranks]
    opposed = [plan.opposed(a, b) for a in ranks for b in ranks]
    adjectives = np.array([_adjective(plan, rank) for rank in ranks], object)
    return _Pairs(
        ranks=np.array(ranks, np.int64),
        near=np.array(near, bool).reshape(shape),
        opposed=np.array(opposed, bool).reshape(shape),
        adjectives=adjectives,
    )


class Keys:
    """Gives each row an integer for what is said of it."""

    def __init__(self, prepared: Prepared, *, few: bool = False) -> None:
        self.prepared = prepared
        self.which = 2 if few else 0
        self.plan = plan = prepared.plans[self.which]
        self.gated = plan if isinstance(plan, GatedPlan) else None
        self.numbers: dict[tuple[int, Key], int] = {}
        self.quick = plan.simple and plan.top is not None and plan.top <= _MOST_RANKED
        self.classes = Classes(plan) if has_classes(plan) and prepared.summing is None else None
        self.pairs = pairs = prepared.table(self.which, _pairs)
        self.ranks = pairs.ranks
        self.columns = np.array([plan.entries[r].position for r in self.ranks.tolist()], np.intp)
        self.fixed = (plan.low, "withheld", "unreported", "nothing")
        self.withheld = np.array([e.position for e in plan.entries if e.role == "withheld"], np.intp)
        self.bounds = np.array(plan.steps.bounds, np.float32)
        self.present = self.bounds[0] if self.gated is None else np.finfo(np.float32).tiny  # the least of a named label
        self.withheld_from = np.full(len(self.withheld), self.bounds[0])
        self.ranked: Strongest | StandingOut = Strongest(self.columns)
        if self.gated is not None:
            gate = self.gated.gate
            self.usual, rare, high = (np.array(scores, np.float32) for scores in (gate.usual, gate.rare, gate.high))
            self.hinted_from = rare[self.columns]
            self.withheld_from = high[self.withheld]
            self.ranked = StandingOut(self.columns, np.array(self.gated.named_from, np.float32), self.usual)
        self.base = np.int64(max(len(self.columns), 1) * len(self.bounds) + 1)
        self.repeats = bool(pairs.near.any())
        self.packed: list[NDArray[Any]] = []
        self.different: NDArray[np.int64] | None = None
        self.small = self.base ** (plan.top or 1) < 1 << 31
        self.room = 2 * len(prepared.labels)  # bytes a row that numbering may take: half of a float32 matrix
        self.compiled = self._compiled() if self.quick and len(self.columns) and accelerator.is_used() else None
        self.is_full = False  # whether the last block is known to have no gaps

    def codes(self, block: NDArray[np.float32]) -> NDArray[np.int32] | int:
        """Return an int32 for each row; for the quick way they are filled in by `sentences`."""
        if self.quick and self.prepared.summing is None:
            self.packed.append(self._packed(block))
            return 0
        if self.classes is None:
            return self._one_by_one(block)
        _, first, inverse = np.unique(self.classes(block), return_index=True, return_inverse=True)
        return self._one_by_one(block[first])[inverse]

    def _compiled(self) -> accelerator.Rows:
        """The same as `_packed`, as compiled code."""
        width = len(self.prepared.labels)
        withheld_from = np.full(width, np.inf)
        withheld_from[self.withheld] = self.withheld_from
        named_from, usual = np.full(width, self.bounds[0]), np.zeros(width, np.float32)
        hinted_from = None
        if self.gated is not None:
            named_from, usual = np.array(self.gated.named_from, np.float32), self.usual
            hinted_from = np.full(width, np.inf)
            hinted_from[self.columns] = self.hinted_from
        return accelerator.Rows(
            positions=self.columns,
            near=self.pairs.near,
            named_from=named_from,
            usual=usual,
            bounds=self.bounds,
            withheld_from=withheld_from,
            hinted_from=hinted_from,
            base=int(self.base),
            top=self.plan.top or 1,
        )

    def _one_by_one(self, block: NDArray[np.float32]) -> NDArray[np.int32]:
        numbers = self.numbers
        keys = map(self.prepared.key, map(tuple, block.tolist()))
        return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int32)

    def too_few(self, block: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return the rows that report too few scores to count as a full set, where they were not told apart yet."""
        if self.gated is None or not self.packed or self.is_full:
            return np.empty(0, np.int64)
        if is_finite(block):
            return np.empty(0, np.int64)
        return np.flatnonzero(np.isfinite(block).sum(axis=1) < self.gated.gate.need)

    def settle(self, codes: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return what is said of each row as a number, given the codes of all blocks; they count from 0."""
        if not self.packed:
            return codes
        packed = np.concatenate(self.packed)
        self.packed.clear()
        if self.compiled is not None:
            self.different, places = accelerator.numbered(packed)
            return places
        lowest = -len(self.fixed) - len(self.columns)
        space = int(self.base) ** (self.plan.top or 1)
        self.different, places = _numbered(packed, lowest, space, self.room * len(packed))
        return places

    def sentences(self, describer: Describer, form: Form = plain) -> list[str]:
        """Return the sentence for each of the numbers, as it is or around a quote."""
        if self.different is None:
            return [form(self.prepared.say(*key).sentence) for key in self.numbers]
        return self._words(describer, self.different, form)

    def terms(self) -> Terms:
        """Return the terms for each of the numbers."""
        if self.different is None:
            return _listed([self.prepared.say(*key).terms for key in self.numbers])
        return self._terms(self.different)

    def _terms(self, packed: NDArray[np.int64]) -> Terms:
        """The terms of the integers that occur; each term of a label on a step is asked for once."""
        if not len(self.columns):
            return _listed([self._said(number).terms for number in packed.tolist()])
        digits = self._digits(packed)
        digits[:, packed < 0] = 0
        used = np.flatnonzero(np.bincount(digits.ravel(), minlength=int(self.base))[1:]) + 1
        bounds = len(self.bounds)
        table = []
        for digit in used.tolist():
            column, step = divmod(digit - 1, bounds)
            (term,) = self.prepared.say(self.which, (int(self.ranks[column]) * CODE + step,)).terms
            table.append(term)
        quiet = np.flatnonzero(packed < 0)
        others = [self._said(number).terms for number in packed[quiet].tolist()]
        counts = (digits > 0).sum(axis=0)
        counts[quiet] = [len(terms) for terms in others]
        offsets = np.concatenate([[0], np.cumsum(counts)])
        which = np.empty(offsets[-1], np.int32)
        loud = np.repeat(packed >= 0, counts)
        places = np.empty(int(self.base), np.int32)
        places[used] = np.arange(len(used), dtype=np.int32)
        which[loud] = places.take(digits.T[digits.T > 0])
        which[~loud] = np.arange(len(table), len(table) + sum(map(len, others)))
        return Terms(offsets, which, [*table, *(term for terms in others for term in terms)])

    def _digits(self, packed: NDArray[np.int64]) -> NDArray[np.int64]:
        """The terms of integers, (top, n), the strongest first: 0 for none, else 1 and the place of label and step."""
        digits = np.empty((self.plan.top or 1, len(packed)), np.int64)
        rest = packed.copy()
        for place in range(len(digits) - 1, -1, -1):
            rest, digits[place] = np.divmod(rest, self.base)
        return digits

    def _said(self, packed: int) -> Said:
        """What is said of rows without a term of their own."""
        if packed < -len(self.fixed):
            hinted = int(self.ranks[-1 - packed - len(self.fixed)])
            return self.prepared.say(self.which, (hinted * CODE + HINT,))
        return self.prepared.say(self.which, self.fixed[-1 - packed])

    def _packed(self, block: NDArray[np.float32]) -> NDArray[Any]:
        """One integer for a row: its terms as digits, the first the highest; below 0 for a fixed sentence."""
        if self.compiled is not None:
            keys, missing = self.compiled(block)
            self.is_full = not missing
            return keys
        top = self.plan.top or 1
        if not len(self.columns):
            return np.full(len(block), -1) - self._quiet(block)
        columns, heights = self.ranked(block, top + self.repeats)
        if self.repeats:
            self._drop_repeats(block, columns, heights)
            columns, heights = columns[:top], heights[:top]
        scores = self._scores(block, columns, heights)
        step = np.zeros(scores.shape, np.uint8)
        reached = np.empty(scores.shape, bool)
        for bound in self.bounds:
            np.greater_equal(scores, bound, out=reached)
            step += reached
        columns *= len(self.bounds)
        columns += step
        columns *= step > 0
        terms = columns[0]
        for column in columns[1:]:
            terms *= self.base
            terms += column
        nothing = np.flatnonzero(terms == 0)
        if len(nothing):
            terms[nothing] = -1 - self._quiet(block[nothing])
        return np.asarray(terms, np.int32 if self.small else np.int64)

    def _scores(
        self, block: NDArray[np.float32], columns: NDArray[np.int64], heights: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        """The scores of labels that were chosen by their height; 0 where none was."""
        if self.gated is None:
            return heights.astype(np.float32)
        starts = np.arange(0, block.size, block.shape[1])
        return np.where(heights > 0, block.take(self.columns.take(columns) + starts), np.float32(0))

    def _drop_repeats(
        self, block: NDArray[np.float32], columns: NDArray[np.int64], heights: NDArray[np.float64]
    ) -> None:
        """Put the next label in the place of one that repeats a stronger one, in place.

        The last of the columns is a spare: it moves up in rows with one repeat. Those with more are searched again.
        """
        top = len(columns) - 1
        place = self._repeated(columns[:top], heights[:top])
        rows = np.flatnonzero(place)
        now, then, place = columns[:, rows], heights[:, rows], place[rows]
        repeats = now[place, np.arange(len(rows))]
        for later in range(1, top):
            moved = np.flatnonzero(place <= later)
            now[later, moved], then[later, moved] = now[later + 1, moved], then[later + 1, moved]
        columns[:, rows], heights[:, rows] = now, then

        more = np.flatnonzero(self._repeated(now[:top], then[:top]))
        rows, now, then = rows[more], now[:top, more], then[:top, more]
        scores = block[rows]
        scores[np.arange(len(rows)), self.columns[repeats[more]]] = 0
        while len(rows):
            place = self._repeated(now, then)
            again = np.flatnonzero(place)
            rows, scores = rows[again], scores[again]
            scores[np.arange(len(rows)), self.columns[now[place[again], again]]] = 0
            now, then = self.ranked(scores, top)
            columns[:top, rows], heights[:top, rows] = now, then

    def _repeated(self, columns: NDArray[np.int64], heights: NDArray[np.float64]) -> NDArray[np.uint8]:
        """For each row the first place whose label repeats one before it, or 0."""
        k = len(self.columns)
        place = np.zeros(len(columns[0]), np.uint8)
        for later in range(len(columns) - 1, 0, -1):
            clash = np.zeros(len(place), bool)
            for earlier in range(later):
                clash |= self.pairs.near.take(columns[earlier] * k + columns[later])
            clash &= heights[later] >= self.present
            place[clash] = later
        return place

    def _quiet(self, block: NDArray[np.float32]) -> NDArray[np.int64]:
        """What fits rows without terms: the number of a fixed sentence, or of a label that is hinted at behind them."""
        kinds = np.zeros(len(block), np.int64)
        finite = np.isfinite(block)
        kinds[~finite.any(axis=1)] = self.fixed.index("unreported")
        scores = block.T if finite.all() else np.where(finite, block, np.float32(-np.inf)).T
        known = scores[self.columns]
        if self.gated is not None:
            kinds[(known >= self.bounds[0]).any(axis=0)] = self.fixed.index("nothing")
        if len(self.withheld):
            kinds[(scores[self.withheld] >= self.withheld_from[:, None]).any(axis=0)] = self.fixed.index("withheld")
        if self.gated is not None and len(self.columns):
            above = known - self.usual[self.columns, None]
            np.copyto(above, -np.inf, where=known < self.hinted_from[:, None])
            hinted = np.isfinite(above).any(axis=0)
            kinds[hinted] = len(self.fixed) + above.argmax(axis=0)[hinted]
        return kinds

    def _words(self, describer: Describer, packed: NDArray[np.int64], form: Form) -> list[str]:
        """The sentences for the integers that occur.

        Labels that are named by an adjective share a pattern with all others on the same steps: the realiser is asked
        once for each pattern, and the adjectives are filled in.
        """
        plan = self.plan
        top = plan.top or 1
        if not len(self.columns):  # none may be named
            return [self._one(number, self.ranks, self.ranks, 0, form) for number in packed.tolist()]
        digits = self._digits(packed)
        columns, step = np.divmod(np.maximum(digits - 1, 0), len(self.bounds))
        named = np.where(packed < 0, 0, (digits > 0).sum(axis=0))
        adjectives = self.pairs.adjectives
        plain = (np.array([word is None for word in adjectives])[columns] & (digits > 0)).any(axis=0) | (named == 0)
        both = (named == 2) & self._opposed(columns)  # noqa: PLR2004 - two that pull apart
        kind = both.astype(np.int64)
        for place in range(top):
            kind = kind * (len(self.bounds) + 1) + np.where(digits[place] > 0, step[place] + 1, 0)
        kind[plain] = -1
        # sorting small integers takes a tenth of the time
        order = np.argsort(kind.astype(np.int16) if kind.max(initial=0) < 1 << 15 else kind, kind="stable")
        words = [adjectives[place[order]].tolist() for place in columns]
        starts = np.flatnonzero(np.diff(kind[order], prepend=-2, append=-2))
        ordered: list[str] = []
        for start, stop in pairwise(starts.tolist()):
            first = order[start]
            if kind[first] < 0:
                rows = order[start:stop].tolist()
                ordered += [self._one(int(packed[r]), columns[:, r], step[:, r], int(named[r]), form) for r in rows]
                continue
            steps = step[: named[first], first].tolist()
            pattern = _parted(form(self._pattern(describer, steps, both=bool(both[first]))), len(steps))
            ordered += _filled(pattern, [word[start:stop] for word in words[: len(steps)]])
        sentences = np.empty(len(packed), object)
        sentences[order] = ordered
        return sentences.tolist()

    def _pattern(self, describer: Describer, steps: list[int], *, both: bool) -> Sentence:
        """The sentence for terms on these steps."""
        modality = self.plan.modality
        return self.prepared.pattern(
            (self.which, both, *steps),
            lambda: describer.realiser(modality, _pieces(self.plan, steps), both=both),
        )

    def _one(self, packed: int, columns: NDArray[np.int64], step: NDArray[np.int64], named: int, form: Form) -> str:
        """One sentence, asked of the realiser."""
        if packed < 0:
            return form(self._said(packed).sentence)
        ranks = self.ranks[columns[:named]].tolist()
        key = tuple(rank * CODE + s for rank, s in zip(ranks, step[:named].tolist(), strict=True))
        return form(self.prepared.say(self.which, key).sentence)

    def _opposed(self, columns: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether the first two terms of a row pull in opposite directions."""
        if len(columns) < 2 or not len(self.ranks):  # noqa: PLR2004 - it takes two
            return np.zeros(columns.shape[1], bool)
        return np.asarray(self.pairs.opposed[columns[0], columns[1]], bool)


def _filled(pattern: list[str], words: list[list[str]]) -> list[str]:
    """The sentences of one pattern: its parts with the words of each row between them."""
    if len(words) == 3:  # noqa: PLR2004 - the default, spelled out for speed
        p, q, r, s = pattern
        return [f"{p}{a}{q}{b}{r}{c}{s}" for a, b, c in zip(*words, strict=True)]
    if len(words) == 2:  # noqa: PLR2004 - as above
        p, q, r = pattern
        return [f"{p}{a}{q}{b}{r}" for a, b in zip(*words, strict=True)]
    if len(words) == 1:
        p, q = pattern
        return [f"{p}{a}{q}" for a in words[0]]
    frame = "{}".join(part.replace("{", "{{").replace("}", "}}") for part in pattern)
    return [frame.format(*row) for row in zip(*words, strict=True)]


def _numbered(codes: NDArray[Any], lowest: int, space: int, room: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The different codes from the lowest on, and where each row's stands among them.

    Where a table over all codes that there could be fits the room (bytes), it is five times as fast as sorting.
    """
    if 4 * (space - lowest) > room:
        different, inverse = np.unique(codes, return_inverse=True)
        return different.astype(np.int64), inverse.astype(np.int32)
    shifted = codes - lowest
    seen = np.zeros(space - lowest, bool)
    seen[shifted] = True
    found = np.flatnonzero(seen)
    del seen
    table = np.empty(space - lowest, np.int32)  # only the pages that are written take memory
    table[found] = np.arange(len(found), dtype=np.int32)
    return found + lowest, table[shifted]


def _adjective(plan: Plan, rank: int) -> str | None:
    pieces, _ = plan.pieces((rank * CODE,))
    piece = pieces[0]
    return (
        piece.word
        if piece.role == "adjective" and piece.shown is None and plan.entries[rank].word is not None
        else None
    )


def _pieces(plan: Plan, steps: Sequence[int]) -> list[Piece]:
    """What stands for terms on these steps, whatever their adjectives are."""
    total = len(plan.steps.bounds) if plan.scale.numbers else None
    return [
        Piece(_PLACES[i], adverb=plan.steps.adverbs[s], step=s + 1 if total else None, steps=total)
        for i, s in enumerate(steps)
    ]


def _parted(sentence: str, count: int) -> list[str]:
    """A sentence in the parts between its adjectives."""
    parts, rest = [], sentence
    for place in _PLACES[:count]:
        part, _, rest = rest.partition(place)
        parts.append(part)
    return [*parts, rest]
