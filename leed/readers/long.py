"""Long tables, which have a row for each label of a stretch, made wide: a column for each label.

::

    time,speaker,label,score
    0.0,Ann,Joy,0.84
    0.0,Ann,Fear,0.02

A row belongs to the stretch that its source, channel, modality, granularity, speaker, times, text and number of a row
name, wherever it stands. While the rows are read, each keeps its score and a small number for its label; who and when
is kept once for rows that follow each other, and for those that repeat others in their order (`leed.readers.runs`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.errors import UnknownFormatError
from leed.readers.about import field_of
from leed.readers.columns import arranged
from leed.readers.gathering import some
from leed.readers.matrices import Lent, finite
from leed.readers.runs import Found, Runs
from leed.readers.sheet import Column, Numbers, Sheet, Words
from leed.readers.stack import Plan, Stack, Table
from leed.readers.units import written_per_cent
from leed.schema.terms import Issue
from leed.taxonomy import concept_of, fold

_LABELS = ("label", "emotion", "expression", "labelname", "emotionname", "expressionname", "name", "class", "category")
_MELTED = ("variable", "value")  # as pandas names them
_SCORES = ("score", "value", "intensity", "probability", "prob", "confidence", "likelihood")
_TIMES = ("begin", "begin_ms", "end", "end_ms")
_WORDS = ("source", "channel", "modality", "granularity", "speaker", "text")
_NUMBERED = frozenset(("id", "row", "index", "frame", "frameid", "segment", "segmentid", "utteranceid", "turn", "clip"))
_BLOCK = 1 << 12
_CELLS = 1 << 24
_SPARSE = 128  # cells of a matrix for each score
_ORDER = "the order of the labels"


class Form(msgspec.Struct, frozen=True):
    """Which columns of a long table are what.

    Attributes:
        label, score: the numbers of these columns.
        times: those that say when.
        words: those that say who, what and where.
    """

    label: int
    score: int
    times: tuple[int, ...]
    words: tuple[int, ...]


def tells_apart(name: str) -> bool:
    """Return whether a column or key says which stretch a score belongs to: when, who, where, or a number.

    >>> tells_apart("time"), tells_apart("frame"), tells_apart("box")
    (True, True, False)
    """
    return field_of(name) in (*_TIMES, *_WORDS) or fold(name) in _NUMBERED


def form_of(names: Sequence[str]) -> Form | None:
    """Return which columns are what if the names are those of a long table, else None.

    >>> form_of(["time", "label", "score"])
    Form(label=1, score=2, times=(0,), words=())
    >>> form_of(["time", "Joy", "score"])
    """
    folded = [fold(name) for name in names]
    label = _first(folded, (*_LABELS, _MELTED[0]))
    score = _first(folded, _SCORES)
    if label is None or score is None or any(concept_of(name) and not field_of(name) for name in names):
        return None
    others = [i for i in range(len(names)) if i not in (label, score)]
    times = tuple(i for i in others if field_of(names[i]) in _TIMES)
    words = tuple(i for i in others if field_of(names[i]) in _WORDS or folded[i] in _NUMBERED)
    return Form(label, score, times, words)


def is_long(names: Sequence[str], columns: Mapping[int, Column]) -> bool:
    """Return whether a table has a row for each label: most of those in its first rows are known, and have scores.

    Args:
        names: of all columns.
        columns: some rows of them.
    """
    form = form_of(names)
    if form is None or not {form.label, form.score} <= columns.keys():
        return False
    labels = columns[form.label].words().values
    known = [label for label in labels if concept_of(label) is not None]
    return 0 < len(labels) <= 2 * len(known) and bool(np.isfinite(columns[form.score].numbers().values).any())


class LongTable:
    """A long table as a wide one (a `leed.readers.stack.Table`)."""

    def __init__(self, table: Table, form: Form, shown: str) -> None:
        """Read the rows; ``shown`` is what messages call the input.

        Raises:
            UnknownFormatError: nearly all labels differ.
        """
        plan = Plan(
            scores={_ORDER: [form.score]},
            numbers=form.times,
            times=form.times,
            words=[form.label, *form.words],
        )
        self._rows = _Rows(table.names, form)
        table.stacked(plan, self._rows)
        self._form = form
        self._lent = self._rows.pivoted(shown)
        self._labels = self._rows.labels
        self._matrix = self._lent.values.reshape(self._rows.stretches, len(self._labels))
        self._fields = [*form.times, *form.words]
        self.names: Sequence[str] = [*(table.names[i] for i in self._fields), *self._labels]
        self.forms: Sequence[str] = [*(table.forms[i] for i in self._fields), *("cells" for _ in self._labels)]
        lost = [n for i, n in enumerate(table.names) if n and i not in (form.label, form.score, *self._fields)]
        if lost:
            what = some(len(lost), "column", "that says nothing of a stretch is", "that say nothing of a stretch are")
            self._rows.issues.append(Issue("not-a-label", f"{what} left out: {', '.join(lost[:5])[:200]}"))

    def sampled(self) -> dict[int, Column]:
        """Return the columns of the first rows."""
        return self._columns(0, _BLOCK)

    def stacked(self, plan: Plan, into: Stack | None = None) -> Stack:
        """Return what the plan wants of the stretches, which are gone then."""
        stack = Stack(plan) if into is None else into
        stack.issues += self._rows.issues
        stack.expect(len(self._matrix))
        for start in range(0, len(self._matrix), _BLOCK):
            stack.add(Sheet(self._columns(start, start + _BLOCK), min(_BLOCK, len(self._matrix) - start)))
            self._lent.let_go((start + _BLOCK) * len(self._labels))
        return stack

    def _columns(self, start: int, stop: int) -> dict[int, Column]:
        block = self._matrix[start:stop]
        fields = self._rows.fields(self._form, start, stop)
        scores = [_Told(Numbers(block[:, i], self._rows.told)) for i in range(block.shape[1])]
        return dict(enumerate([*fields, *scores]))


class _Chunk(msgspec.Struct):
    """Rows that were read at once: the number of the label of each, its score, and the runs that they are."""

    labels: NDArray[np.integer[Any]]
    scores: NDArray[np.float32]
    runs: Found


class _Rows(Stack):
    """The rows of a long table as they come.

    Attributes:
        labels: in the order of their taxonomy, once the matrix was made.
    """

    def __init__(self, names: Sequence[str], form: Form) -> None:
        super().__init__(Plan())
        self._runs = Runs(form.times, form.words)
        self.labels: list[str] = []
        self._form = form
        self._names = names
        self._known: dict[str, int] = {}
        self._chunks: list[_Chunk] = []
        self._first: NDArray[np.int64] = np.empty(0, np.int64)
        self._quantities: set[str | None] = set()
        self._unnamed = self._unreadable = 0
        self._per_cent = False

    @property
    def told(self) -> str | None:
        """What all scores are, where they say it."""
        return next(iter(self._quantities)) if len(self._quantities) == 1 else None

    def add(self, sheet: Sheet) -> None:
        """Add rows."""
        if not sheet.rows:
            return
        self.rows += sheet.rows
        words = sheet.columns[self._form.label].words()
        codes = np.array([*(self._known.setdefault(v.strip(), len(self._known)) for v in words.values), -1])[
            words.codes
        ]
        numbers = sheet.columns[self._form.score].numbers()
        scores, odd = finite(numbers.values)
        self._unreadable += odd
        self._unnamed += int(np.count_nonzero(codes < 0))
        self._per_cent |= numbers.per_cent
        if not np.isnan(numbers.values).all():
            self._quantities.add(numbers.quantity)
        kept = Lent(sheet.rows).values
        kept[:] = np.where(codes < 0, np.nan, scores)
        codes[codes < 0] = 0
        self._chunks.append(_Chunk(_narrow(codes), kept, self._runs.found(sheet)))

    def pivoted(self, shown: str) -> Lent:
        """Return the scores as (stretches, labels); the rows are gone then."""
        ids, self._first = self._runs.identified()
        names = list(self._known)
        self.labels = arranged(tuple(names), None)
        place = np.array([self.labels.index(name) for name in names], np.int64)
        rows, width = len(self._first), len(names)
        filled = sum(len(chunk.scores) for chunk in self._chunks)
        if rows * width > max(_CELLS, _SPARSE * filled):
            raise UnknownFormatError(
                f"{shown}: is a table with a row for each label, but has {width} different labels in column "
                f"{self._names[self._form.label]!r}; expected the names of expressions there"
            )
        lent = Lent(rows * width)
        matrix = lent.values.reshape(rows, width)
        told = self._scatter(matrix, ids, place)
        self._report(
            told - int(sum(np.count_nonzero(~np.isnan(matrix[i : i + _BLOCK])) for i in range(0, rows, _BLOCK)))
        )
        return lent

    def _scatter(self, matrix: NDArray[np.float32], ids: NDArray[np.int64], place: NDArray[np.int64]) -> int:
        """Put each score in its place; return how many there are. Memory is taken as chunks give it back."""
        told = done = 0
        flat = matrix.reshape(-1)
        self._chunks.reverse()
        while self._chunks:
            chunk = self._chunks.pop()
            mine = chunk.runs.taken(ids)
            matrix[done : int(mine.max()) + 1] = np.nan
            done = max(done, int(mine.max()) + 1)
            cells = np.repeat(mine, chunk.runs.lengths) * matrix.shape[1] + place[chunk.labels]
            np.fmax.at(flat, cells, chunk.scores)
            told += int(np.count_nonzero(~np.isnan(chunk.scores)))
        return told

    @property
    def stretches(self) -> int:
        """How many there are, once the matrix was made."""
        return len(self._first)

    def fields(self, form: Form, start: int, stop: int) -> list[Column]:
        """Return what some stretches say besides their scores, column by column."""
        runs = self._first[start:stop]
        times = [_Told(Numbers(self._runs.numbers(i)[runs])) for i in form.times]
        words = [self._runs.words(i) for i in form.words]
        return [*times, *(_Told(None, Words(w.codes[runs], w.values)) for w in words)]

    def _report(self, again: int) -> None:
        if again:
            what = f"{some(again, 'row', 'gives', 'give')} a label of a stretch once more"
            self.issues.append(Issue("duplicate-label", f"{what}; the higher score is kept"))
        if self._per_cent:
            self.issues.append(written_per_cent(self._names[self._form.score]))
        if self._unreadable:
            what = some(self._unreadable, "cell", "is", "are")
            self.issues.append(
                Issue("unreadable-score", f"column {self._names[self._form.score]!r}: {what} no finite number")
            )
        if self._unnamed:
            what = some(self._unnamed, "row", "names", "name")
            self.issues.append(
                Issue("not-read", f"{what} no label in column {self._names[self._form.label]!r}; left out")
            )
        for place in self._form.times:
            if self._runs.odd(place):
                what = f"column {self._names[place]!r}: there are cells that are no number; they are left out"
                self.issues.append(Issue("unreadable-number", what))


class _Told:
    """A column whose cells are known already, as numbers or as words."""

    def __init__(self, numbers: Numbers | None, words: Words | None = None) -> None:
        self.form = "cells"
        self._numbers = numbers
        self._words = words

    def numbers(self) -> Numbers:
        """Return the column as numbers."""
        return self._numbers or self.words().numbers()

    def vectors(self) -> None:
        """Return None: there are no rows of numbers."""

    def texts(self) -> NDArray[np.object_]:
        """Return the text of each row, None where there is none."""
        return self.words().texts()

    def words(self) -> Words:
        """Return the column as text, each different one once."""
        return self._words or Words(np.full(len(self.numbers().values), -1), [])


def _narrow(codes: NDArray[np.int64]) -> NDArray[np.integer[Any]]:
    """The same in less memory: hardly any where all are one, as in the order of melt."""
    narrow: NDArray[np.integer[Any]] = codes.astype(np.uint8 if codes.max() <= np.iinfo(np.uint8).max else np.int32)
    return np.broadcast_to(narrow[0], len(narrow)) if (narrow == narrow[0]).all() else narrow


def _first(folded: Sequence[str], wanted: Iterable[str]) -> int | None:
    return next((folded.index(name) for name in wanted if name in folded), None)
