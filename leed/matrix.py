"""Sentences for a whole matrix of scores: the same words as one row at a time, many times as fast.

Rows are reduced to integer codes of their strongest labels and steps; only the codes that occur are put into words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leed.describer import Describer, describer_for
from leed.errors import InputError
from leed.gated import GatedPlan
from leed.ranking import StandingOut, Strongest
from leed.realiser import Piece
from leed.scores import Spread, centred, dimension_scale
from leed.selection import CODE, HINT, Key, Plan

if TYPE_CHECKING:
    import pyarrow as pa

    from leed.prepared import Prepared

_BLOCK = 8192  # rows at a time: their doubles fit the second-level cache
_MOST_RANKED = 6  # more terms than this are found one row at a time
_PLACES = tuple(chr(0xE000 + i) for i in range(_MOST_RANKED))  # stand for the words in a pattern


class Sentences(Sequence[str]):
    """The sentences of a matrix's rows: each different one once, and which one each row has.

    >>> import leed
    >>> sentences = leed.describe_matrix([[0.8, 0.1], [0.1, 0.5], [0.8, 0.1]], ["Joy", "Awe"], modality="face")
    >>> sentences.codes.tolist(), sentences.unique
    ([1, 0, 1], ('They look moderately awed.', 'They look extremely joyful.'))

    Attributes:
        codes: (n,) int32, an index into ``unique`` for each row.
        unique: the different sentences, each once.
    """

    def __init__(self, codes: NDArray[np.int32], unique: Sequence[str]) -> None:
        self.codes = codes
        self.unique = tuple(unique)

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self.unique[code] for code in self.codes[index].tolist()]
        return self.unique[int(self.codes[index])]

    def __iter__(self) -> Iterator[str]:
        return map(self.unique.__getitem__, self.codes.tolist())

    def __repr__(self) -> str:
        return f"<{len(self)} sentences, {len(self.unique)} different>"

    def to_list(self) -> list[str]:
        """Return a sentence for each row."""
        return list(self)

    def to_arrow(self) -> pa.DictionaryArray:
        """Return the sentences as a pyarrow DictionaryArray.

        Raises:
            MissingPackageError: pyarrow is not installed (``pip install 'leed[data]'``).
        """
        try:
            import pyarrow as pa  # noqa: PLC0415 - an extra
        except ModuleNotFoundError as error:
            from leed.plugins import missing  # noqa: PLC0415 - only then

            raise missing("to_arrow", error, extra="data") from error
        return pa.DictionaryArray.from_arrays(pa.array(self.codes), pa.array(self.unique, pa.string()))


def describe_matrix(
    matrix: ArrayLike,
    labels: Sequence[str],
    *,
    modality: str | None = None,
    quantity: str | None = None,
    exclusive: bool | None = None,
    taxonomy: str | None = None,
    describer: Describer | None = None,
    **options: Any,  # noqa: ANN401 - those of Describer
) -> Sentences:
    """Return a sentence for each row of a matrix of scores, the same as `leed.describe` gives for the row as a mapping.

    Only what dimensions (valence, ...) run from and to is told from all rows: one negative number says -1 to 1.

    >>> import numpy as np
    >>> describe_matrix(np.array([[0.84, np.nan]]), ["Joy", "Fear"], modality="face").to_list()
    ['They look extremely joyful.']

    Args:
        matrix: (n, k) numbers; NaN and infinity count as not reported. float32 is read as it is, without a copy.
        labels: k labels, a column each.
        modality: as for `leed.describe`; so are the rest.
        quantity: what the numbers are.
        exclusive: for probabilities: whether exactly one class applies.
        taxonomy: the label set, by name.
        describer: a prepared Describer.
        options: in place of a describer, its options.

    Raises:
        InputError: the matrix is not (n, k) numbers for k different labels.
        OptionError: an option has a value that leed does not know.
    """
    names = _labels(labels)
    rows = _checked(matrix, names)
    chosen = describer_for(describer, options)
    prepared = chosen.prepare(names, modality, quantity, exclusive, taxonomy)
    rows = _settled(rows, list(prepared.plans[0].dimensions))
    sentences, few = _described(chosen, _Keys(prepared), rows)
    return _put(sentences, few, _described(chosen, _Keys(prepared, few=True), rows[few])[0]) if len(few) else sentences


def _described(chosen: Describer, keys: _Keys, rows: NDArray[Any]) -> tuple[Sentences, NDArray[np.int64]]:
    """The sentences of all rows, and which rows report too few scores for these."""
    codes = np.empty(len(rows), np.int32)
    few = [np.empty(0, np.int64)]
    for start in range(0, len(rows), _BLOCK):
        with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, and counts as not reported
            block = rows[start : start + _BLOCK].astype(np.float32, copy=False)
        codes[start : start + _BLOCK] = keys.codes(block)
        few.append(start + keys.too_few(block))
    return keys.sentences(chosen, codes), np.concatenate(few)


def _put(sentences: Sentences, rows: NDArray[np.int64], others: Sentences) -> Sentences:
    """The sentences with those of some rows in their place."""
    places = {sentence: i for i, sentence in enumerate(dict.fromkeys((*sentences.unique, *others.unique)))}
    codes = np.array([places[sentence] for sentence in sentences.unique], np.int32)[sentences.codes]
    codes[rows] = np.array([places[sentence] for sentence in others.unique], np.int32)[others.codes]
    used, again = np.unique(codes, return_inverse=True)
    every = list(places)
    return Sentences(again.astype(np.int32), [every[i] for i in used.tolist()])


def _labels(labels: Sequence[str]) -> tuple[str, ...]:
    if isinstance(labels, str) or not isinstance(labels, Iterable):
        raise InputError(f"labels is {labels!r}; give a list with a label for each column")
    names = tuple(labels)
    for label in names:
        _check_label(label)
    return names


def _check_label(label: object) -> None:
    if not isinstance(label, str):
        raise InputError(f"the label {label!r} is {type(label).__name__}; a label is a str")


def _checked(matrix: ArrayLike, labels: tuple[str, ...]) -> NDArray[Any]:
    try:
        rows = np.asarray(matrix)
    except ValueError as error:
        raise InputError(f"the matrix is no table of numbers ({error}); give (n, {len(labels)}) numbers") from error
    if rows.dtype.kind not in "fiub":
        raise InputError(f"the matrix holds {rows.dtype}, not numbers; give (n, {len(labels)}) numbers")
    if rows.ndim != 2 or rows.shape[1] != len(labels):  # noqa: PLR2004 - rows and columns
        raise InputError(f"the matrix has shape {rows.shape}; expected (n, {len(labels)}): a column for each label")
    if len(set(labels)) != len(labels):
        twice = next(label for label in labels if labels.count(label) > 1)
        raise InputError(f"the label {twice!r} stands twice; give each column its own")
    return rows


def _settled(rows: NDArray[Any], dimensions: list[int]) -> NDArray[Any]:
    """The rows with dimensions on 0 to 1, however many of their numbers are negative; `dimension_scale` tells why."""
    told = rows[:, dimensions]
    told = told[np.isfinite(told)]
    if not told.size:
        return rows
    below = int(np.count_nonzero(told < 0))
    spread = Spread(told.size, float(told.min()), float(told.max()), below, float(told.sum(dtype=np.float64)))
    scale, issue = dimension_scale((), spread)
    if scale != "centred" and (scale != "plain" or issue is None):
        return rows
    rows = rows.astype(rows.dtype if rows.dtype.kind == "f" else np.float64)
    part = rows[:, dimensions]
    rows[:, dimensions] = centred(part) if scale == "centred" else np.maximum(part, 0)
    return rows


class _Keys:
    """Gives each row an integer for what is said of it."""

    def __init__(self, prepared: Prepared, *, few: bool = False) -> None:
        self.prepared = prepared
        self.which = 2 if few else 0
        self.plan = plan = prepared.plans[self.which]
        self.gated = plan if isinstance(plan, GatedPlan) else None
        self.numbers: dict[tuple[int, Key], int] = {}
        self.quick = plan.simple and plan.top is not None and plan.top <= _MOST_RANKED
        self.ranks = np.array([r for r in range(len(plan.entries)) if plan.nameable(r, ())], np.int64)
        columns = [plan.entries[r].position for r in self.ranks.tolist()]
        self.columns = np.array(columns, np.intp)
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
        k = len(columns)
        self.base = np.int64(max(k, 1) * len(self.bounds) + 1)
        self.near = np.zeros((k, k), bool)
        for a, rank in enumerate(self.ranks.tolist()):
            for b, other in enumerate(self.ranks.tolist()):
                self.near[a, b] = a != b and not plan.nameable(rank, (other,))
        self.repeats = bool(self.near.any())
        self.packed: list[NDArray[Any]] = []
        self.small = self.base ** (plan.top or 1) < 1 << 31
        self.room = 2 * len(prepared.labels)  # bytes a row that numbering may take: half of a float32 matrix

    def codes(self, block: NDArray[np.float32]) -> NDArray[np.int32] | int:
        """Return an int32 for each row; for the quick way they are filled in by `sentences`."""
        if self.quick and self.prepared.summing is None:
            self.packed.append(self._packed(block))
            return 0
        numbers = self.numbers
        keys = map(self.prepared.key, map(tuple, block.tolist()))
        return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int32)

    def too_few(self, block: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return the rows that report too few scores to count as a full set, where they were not told apart yet."""
        if self.gated is None or not self.packed:
            return np.empty(0, np.int64)
        with np.errstate(invalid="ignore", over="ignore"):
            if np.isfinite(block.sum()):
                return np.empty(0, np.int64)
        return np.flatnonzero(np.isfinite(block).sum(axis=1) < self.gated.gate.need)

    def sentences(self, describer: Describer, codes: NDArray[np.int32]) -> Sentences:
        """Return the sentences for the codes of all blocks."""
        if not self.packed:
            unique = [self.prepared.say(*key).sentence.plain for key in self.numbers]
            return Sentences(codes, unique)
        packed = np.concatenate(self.packed)
        self.packed.clear()
        lowest = -len(self.fixed) - len(self.columns)
        different, places = _numbered(packed, lowest, int(self.base) ** (self.plan.top or 1), self.room * len(packed))
        return Sentences(places, self._words(describer, different))

    def _packed(self, block: NDArray[np.float32]) -> NDArray[Any]:
        """One integer for a row: its terms as digits, the first the highest; below 0 for a fixed sentence."""
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
        return np.where(heights > 0, block[np.arange(len(block)), self.columns[columns]], np.float32(0))

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
                clash |= self.near.take(columns[earlier] * k + columns[later])
            clash &= heights[later] >= self.present
            place[clash] = later
        return place

    def _quiet(self, block: NDArray[np.float32]) -> NDArray[np.int64]:
        """What fits rows without terms: the number of a fixed sentence, or of a label that is hinted at behind them."""
        kinds = np.zeros(len(block), np.int64)
        finite = np.isfinite(block)
        kinds[~finite.any(axis=1)] = self.fixed.index("unreported")
        scores = np.where(finite, block, -np.inf).T
        if self.gated is not None:
            kinds[(scores[self.columns] >= self.bounds[0]).any(axis=0)] = self.fixed.index("nothing")
        if len(self.withheld):
            kinds[(scores[self.withheld] >= self.withheld_from[:, None]).any(axis=0)] = self.fixed.index("withheld")
        if self.gated is not None and len(self.columns):
            known = scores[self.columns]
            above = np.where(known >= self.hinted_from[:, None], known - self.usual[self.columns, None], -np.inf)
            hinted = np.isfinite(above).any(axis=0)
            kinds[hinted] = len(self.fixed) + above.argmax(axis=0)[hinted]
        return kinds

    def _words(self, describer: Describer, packed: NDArray[np.int64]) -> list[str]:
        """The sentences for the integers that occur.

        Labels that are named by an adjective share a pattern with all others on the same steps: the realiser is asked
        once for each pattern, and the adjectives are filled in.
        """
        plan = self.plan
        top = plan.top or 1
        if not len(self.columns):  # none may be named
            return [self._one(number, self.ranks, self.ranks, 0) for number in packed.tolist()]
        digits = np.empty((top, len(packed)), np.int64)
        rest = packed.copy()
        for place in range(top - 1, -1, -1):
            rest, digits[place] = np.divmod(rest, self.base)
        columns, step = np.divmod(np.maximum(digits - 1, 0), len(self.bounds))
        named = np.where(packed < 0, 0, (digits > 0).sum(axis=0))
        adjectives = np.array([_adjective(plan, rank) for rank in self.ranks.tolist()], object)
        plain = (np.array([word is None for word in adjectives])[columns] & (digits > 0)).any(axis=0) | (named == 0)
        both = (named == 2) & self._opposed(columns)  # noqa: PLR2004 - two that pull apart
        kind = both.astype(np.int64)
        for place in range(top):
            kind = kind * (len(self.bounds) + 1) + np.where(digits[place] > 0, step[place] + 1, 0)
        kind[plain] = -1
        sentences = np.empty(len(packed), object)
        order = np.argsort(kind, kind="stable")
        kinds, starts = np.unique(kind[order], return_index=True)
        for number, rows in zip(kinds.tolist(), np.split(order, starts[1:]), strict=True):
            if number < 0:
                for row in rows.tolist():
                    sentences[row] = self._one(int(packed[row]), columns[:, row], step[:, row], int(named[row]))
                continue
            first = rows[0]
            pattern = _pattern(describer, plan, step[: named[first], first].tolist(), both=bool(both[first]))
            words = [adjectives[columns[place, rows]].tolist() for place in range(named[first])]
            sentences[rows] = _filled(pattern, words)
        return sentences.tolist()

    def _one(self, packed: int, columns: NDArray[np.int64], step: NDArray[np.int64], named: int) -> str:
        """One sentence, asked of the realiser."""
        if packed < -len(self.fixed):
            hinted = int(self.ranks[-1 - packed - len(self.fixed)])
            return self.prepared.say(self.which, (hinted * CODE + HINT,)).sentence.plain
        if packed < 0:
            return self.prepared.say(self.which, self.fixed[-1 - packed]).sentence.plain
        ranks = self.ranks[columns[:named]].tolist()
        key = tuple(rank * CODE + s for rank, s in zip(ranks, step[:named].tolist(), strict=True))
        return self.prepared.say(self.which, key).sentence.plain

    def _opposed(self, columns: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether the first two terms of a row pull in opposite directions."""
        if len(columns) < 2 or not len(self.ranks):  # noqa: PLR2004 - it takes two
            return np.zeros(columns.shape[1], bool)
        ranks = self.ranks.tolist()
        table = np.array([[self.plan.opposed(a, b) for b in ranks] for a in ranks])
        return np.asarray(table[columns[0], columns[1]], bool)


def _filled(pattern: list[str], words: list[list[str]]) -> list[str]:
    """The sentences of one pattern: its parts with the words of each row between them."""
    if len(words) == 3:  # noqa: PLR2004 - the default, spelled out for speed
        p, q, r, s = pattern
        return [f"{p}{a}{q}{b}{r}{c}{s}" for a, b, c in zip(*words, strict=True)]
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


def _pattern(describer: Describer, plan: Plan, steps: Sequence[int], *, both: bool) -> list[str]:
    """The sentence for terms on these steps, in the parts between its adjectives."""
    total = len(plan.steps.bounds) if plan.scale.numbers else None
    pieces = [
        Piece(_PLACES[i], adverb=plan.steps.adverbs[s], step=s + 1 if total else None, steps=total)
        for i, s in enumerate(steps)
    ]
    rest = describer.realiser(plan.modality, pieces, both=both).plain
    parts = []
    for place in _PLACES[: len(steps)]:
        part, _, rest = rest.partition(place)
        parts.append(part)
    return [*parts, rest]
