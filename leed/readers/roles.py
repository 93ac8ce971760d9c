"""What each column of a table is for, as far as the header tells, and then as its cells do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leed.readers.about import FIELD_OF, field_of, is_personal
from leed.readers.columns import arranged
from leed.readers.gathering import some
from leed.readers.long import is_long
from leed.readers.sheet import Column
from leed.readers.stack import Plan, Stack, Table
from leed.readers.survey import Fact, Survey
from leed.readers.units import says_per_cent
from leed.schema.terms import Issue
from leed.taxonomy import concept_of, concepts, fold
from leed.taxonomy.matching import dimensions

SCORES = "scores"
"""The one matrix of a table's plan."""

KEYS = ("source", "channel", "modality", "granularity", "speaker")
"""Fields in text; rows that agree in these make a track."""

TIMES = ("begin", "begin_ms", "end", "end_ms", "confidence")
"""Fields in numbers."""
_NO_LABEL = re.compile(r"confidence|probability|_?\d+$", re.IGNORECASE)  # shares that are no scores; parts of a vector
_RANK = {name: i for i, name in enumerate(FIELD_OF)}
_SAYS_NOTHING = ("unknown", "silent")


def is_label(name: str) -> bool:
    """Return whether a column of this name holds the scores of a label that leed knows.

    >>> is_label("Joy"), is_label("begin"), is_label("pitch")
    (True, False, False)
    """
    return concept_of(name) is not None and field_of(name) is None


def tells(name: str) -> bool:
    """Return whether a column of this name makes its table one of scores: a label, and not what people are listed by.

    >>> tells("Joy"), tells("Age"), tells("other"), tells("pitch")
    (True, False, False, False)
    """
    if not is_label(name):
        return False
    concept = concepts()[concept_of(name) or ""]
    return concept.kind not in _SAYS_NOTHING and not (concept.sensitive and concept.kind != "state")


def may_be_label(name: str) -> bool:
    """Return whether a column of a name that nobody knows may hold scores.

    >>> may_be_label("wistfulness"), may_be_label("embedding_7"), may_be_label("speaker")
    (True, False, False)
    """
    return bool(name) and not _NO_LABEL.search(name) and field_of(name) is None and not is_personal(name)


def are_shares(values: NDArray[Any]) -> bool:
    """Return whether numbers are between 0 and 1, some of them neither; NaN counts as none.

    >>> are_shares(np.array([0.0, 0.3, np.nan])), are_shares(np.array([0.0, 1.0])), are_shares(np.array([0.5, 2.0]))
    (True, False, False)
    """
    return Fact().and_of(values).are_shares


def holds_scores(table: Table) -> bool:
    """Return whether a table is one of scores: it names a label, has a row for each, or holds shares of somebody."""
    if any(map(tells, table.names)):
        return True
    sample = table.sampled()
    return is_long(table.names, sample) or holds_shares(table.names, sample)


def holds_shares(names: Sequence[str], columns: Mapping[int, Column]) -> bool:
    """Return whether rows that say when and who hold shares under names that nobody knows, and no other numbers.

    Args:
        names: of all columns.
        columns: some rows of them.
    """
    fields = set(map(field_of, names))
    if not fields & {"begin", "begin_ms"} or not fields & {"end", "end_ms", "speaker", "text"}:
        return False
    shares = 0
    for place, name in enumerate(names):
        values = columns[place].numbers().values if name and field_of(name) is None and place in columns else None
        if values is None or not np.isfinite(values).any():
            continue
        if is_label(name) or not may_be_label(name) or not are_shares(values):
            return False
        shares += 1
    return shares > 1


def unknown(names: Sequence[str], format_: str) -> str:
    """Return the clause for a table none of whose columns is the label of an expression."""
    return (
        f"is a table, but none of its columns ({listed(names)}) is a label that leed knows"
        f"{' to tell an expression' if any(map(is_label, names)) else ''}; "
        f"if they are labels of your own, say so with format {format_!r}"
    )


def listed(names: Iterable[str]) -> str:
    """Return the first of some names, for a message."""
    shown = [name[:60] for name in names]
    return ", ".join(shown[:5]) + (", ..." if len(shown) > 5 else "")  # noqa: PLR2004 - a handful


class Roles:
    """What each column is for.

    Attributes:
        fields: by field, the number of the column.
        labels: by name, the number of the column; until the cells are known, of each that may hold scores.
        extras: by name, the numbers of columns of other numbers, once the cells are known.
        issues: what was odd about them.
    """

    def __init__(self, names: Sequence[str], forms: Sequence[str]) -> None:
        self.issues: list[Issue] = []
        self.extras: dict[str, int] = {}
        self._names = names
        self._forms = forms
        self.fields = _fields(names)
        self._moments()
        self._any_known = any(map(is_label, names))
        taken = set(self.fields.values())
        self._others = [i for i, name in enumerate(names) if name and i not in taken]
        self.labels = self._hoped_for()
        self._columns = tuple(self.labels[name] for name in arranged(tuple(self.labels), None))
        self._left: list[str] = []

    def plan(self) -> Plan:
        """Return what is to be kept of the rows."""
        wide = {place for place in self._others if self._forms[place] in ("vectors", "nested")}
        unclear = set(self._others) - set(self._columns) - wide
        moved = {*dimensions(list(self.labels)), *filter(says_per_cent, self.labels)}
        exact = {self.labels[name] for name in moved}  # their scores may be put onto 0 to 1
        return Plan(
            scores={SCORES: self._columns},
            numbers=sorted(unclear | exact | {self.fields[name] for name in TIMES if name in self.fields}),
            times=[self.fields[name] for name in ("begin", "end") if name in self.fields],
            words=[self.fields[name] for name in KEYS if name in self.fields],
            texts=[self.fields["text"]] if "text" in self.fields else [],
            vectors=sorted(wide),
        )

    def survey(self) -> Survey:
        """Return an empty survey of the columns whose numbers tell what they are, or how they are read."""
        others = set(self.plan().numbers) - set(self.fields.values())
        return Survey(others.union(() if self._any_known else self._columns))

    def settle(self, survey: Survey) -> None:
        """Decide by the cells which columns are labels, which are extras, and which hold nothing that is read."""
        stack = survey.stack
        self.labels = {}
        for place in self._others:
            name = self._names[place]
            if self._forms[place] in ("vectors", "nested"):
                self._vectors(place, name, stack.vectors(place))
            elif not stack.is_blank(place):
                self._column(place, name, stack.odd(place), survey)
        self._report()

    def other(self, stack: Stack, name: str) -> NDArray[Any]:
        """Return a column of other numbers."""
        place = self.extras[name]
        wide = stack.vectors(place) if self._forms[place] in ("vectors", "nested") else None
        return stack.numbers(place) if wide is None else wide

    def scores(self, stack: Stack, name: str) -> int | NDArray[Any]:
        """Return which column of the matrix holds the scores of a label, or these themselves."""
        place = self.labels[name]
        return self._columns.index(place) if place in self._columns else stack.numbers(place)

    def _moments(self) -> None:
        """Leave columns of dates among the others: they are no seconds from the start."""
        for field in ("begin", "end"):
            place = self.fields.get(field)
            if place is not None and self._forms[place] == "moments":
                del self.fields[field]
                what = f"column {self._names[place]!r} holds moments, not seconds from the start of the source"
                self.issues.append(Issue("not-a-time", f"{what}; it is kept as an extra, in seconds since 1970"))

    def _hoped_for(self) -> dict[str, int]:
        """The labels that leed knows; if there is none, whatever may be one."""
        hope = is_label if self._any_known else may_be_label
        found: dict[str, int] = {}
        for place in self._others:
            name = self._names[place]
            if self._forms[place] == "cells" and hope(name) and not is_personal(name):
                found.setdefault(name, place)
        return found

    def _vectors(self, place: int, name: str, vectors: NDArray[Any] | None) -> None:
        if vectors is None:
            self._left.append(name)
        elif vectors.shape[1]:
            if name in self.labels or name in self.extras:
                self._twice(name)
            else:
                self.extras[name] = place

    def _column(self, place: int, name: str, odd: int, survey: Survey) -> None:
        """Take a column of numbers as a label, as an extra, or not at all."""
        if name in self.labels or name in self.extras:
            self._twice(name)
        elif is_label(name) and self._forms[place] == "cells" and not is_personal(name):
            self.labels[name] = place
        elif self._are_numbers(name, survey.fact(place), odd):
            may = self._forms[place] == "cells" and may_be_label(name) and survey.fact(place).are_shares
            (self.labels if may or place in self._columns else self.extras)[name] = place

    def _are_numbers(self, name: str, fact: Fact, odd: int) -> bool:
        """Whether most cells that say something hold a number; else the column is left out."""
        if not fact.known or fact.known < odd:
            self._left.append(name)
            return False
        return True

    def _twice(self, name: str) -> None:
        self.issues.append(Issue("duplicate-label", f"column {name!r} stands twice; the first is read"))

    def _report(self) -> None:
        parts = []
        if self.extras:
            what = some(len(self.extras), "column", "of other numbers is", "of other numbers are")
            parts.append(f"{what} kept as extras: {listed(self.extras)}")
        if self._left:
            what = some(len(self._left), "column", "that holds no numbers is", "that hold no numbers are")
            parts.append(f"{what} left out: {listed(self._left)}")
        if parts:
            self.issues.append(Issue("not-a-label", "; ".join(parts)))


def _fields(names: Sequence[str]) -> dict[str, int]:
    """By field, the number of the column that fills it: of several the one with the plainest name."""
    found: dict[str, int] = {}
    for place, name in enumerate(names):
        field = field_of(name)
        if field is not None:
            best = found.get(field)
            if best is None or _RANK[fold(name)] < _RANK[fold(names[best])]:
                found[field] = place
    return found
