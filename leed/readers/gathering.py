"""Rows whose labels differ from one to the next, in parts; their extras by column; and odd things, counted."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from leed.schema.terms import Issue

_MOST_NOTED = 50
_LONGEST_WORD = 100
_CELLS = 1 << 20
_SPARSE = 128

T = TypeVar("T")


def parted(rows: Iterable[T], scores_of: Callable[[T], Mapping[str, float]]) -> Iterator[tuple[list[T], list[str]]]:
    """Return rows in parts whose matrix is not all holes, each with its labels, however many rows share none."""
    part: list[T] = []
    labels: dict[str, None] = {}
    filled = 0
    known = labels.keys()
    for row in rows:
        scores = scores_of(row)
        filled += len(scores)
        is_known = scores.keys() <= known
        cells = (len(part) + 1) * (len(labels) if is_known else len(labels.keys() | scores.keys()))
        if part and is_torn(cells, filled):
            yield part, list(labels)
            part, labels, filled, is_known = [], {}, len(scores), False
            known = labels.keys()
        part.append(row)
        if not is_known:
            labels.update(dict.fromkeys(scores))
    if part:
        yield part, list(labels)


def is_torn(cells: int, filled: int) -> bool:
    """Return whether a matrix of so many cells, so many of which are filled, is large and nearly all holes."""
    return cells > _CELLS and cells > _SPARSE * filled


def extras_of(rows: list[dict[str, Any]]) -> dict[str, NDArray[Any]]:
    """Return the extras of rows by column."""
    columns: dict[str, NDArray[Any]] = {}
    if not any(rows):
        return columns
    for name in dict.fromkeys(name for row in rows for name in row):
        columns[name] = column_of([row.get(name) for row in rows])
    return columns


def column_of(values: list[Any]) -> NDArray[Any]:
    """Return a column of values, some of which may be None: of words, of tuples of numbers, or of numbers."""
    kinds = {type(value) for value in values}
    if str in kinds:
        return np.array([str(v or "")[:_LONGEST_WORD] for v in values])
    if tuple in kinds:
        width = max(len(v) for v in values if v is not None)
        return np.array([v or (math.nan,) * width for v in values], np.float64)
    if kinds == {int} and all(abs(v) < 1 << 53 for v in values if v is not None):
        return np.array(values, np.int64)
    return np.array([math.nan if v is None else float(v) for v in values], np.float64)


class Notes:
    """Issues, alike ones counted."""

    def __init__(self) -> None:
        self._counts: dict[Issue, int] = {}
        self._others = 0

    def add(self, code: str, message: str, where: str | None = None) -> None:
        """Count an issue."""
        issue = Issue(code, message, None, where)
        if len(self._counts) < _MOST_NOTED or issue in self._counts:
            self._counts[issue] = self._counts.get(issue, 0) + 1
        else:
            self._others += 1

    def add_all(self, issues: tuple[Issue, ...], where: str | None = None) -> None:
        """Count the issues that scores had."""
        for issue in issues:
            self.add(issue.code, issue.message, where)

    def add_more(self, notes: Notes) -> None:
        """Count what others counted."""
        for issue, count in notes._counts.items():
            if len(self._counts) < _MOST_NOTED or issue in self._counts:
                self._counts[issue] = self._counts.get(issue, 0) + count
            else:
                self._others += count
        self._others += notes._others

    def issues(self, source: str | None = None) -> list[Issue]:
        """Return each issue of a source once, with how often it was met."""
        found = []
        for issue, count in self._counts.items():
            message = issue.message if count == 1 else f"{issue.message} ({count} times)"
            found.append(Issue(issue.code, message, source, issue.where))
        if self._others:
            found.append(Issue("not-read", f"there are {self._others} more issues, which are not listed", source))
        return found


def counted(count: int, total: int, what: str) -> str:
    """Return how many of how many things.

    >>> counted(1, 3, "message"), counted(3, 3, "message"), counted(1, 1, "message")
    ('1 of 3 messages', 'all 3 messages', 'the only message')
    """
    if count == total:
        return f"all {total} {what}s" if total > 1 else f"the only {what}"
    return f"{count} of {total} {what}s"


def some(count: int, thing: str, verb: str = "", verbs: str = "") -> str:
    """Return how many of a thing there are, with the verb that one of them, or several, have.

    >>> some(1, "row", "has", "have"), some(2, "row", "has", "have"), some(3, "cell")
    ('1 row has', '2 rows have', '3 cells')
    """
    return f"{count} {thing} {verb}".rstrip() if count == 1 else f"{count} {thing}s {verbs}".rstrip()
