"""Stretches whose labels differ from one to the next, gathered into tracks; and odd things, counted."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.schema.recording import Track
from leed.schema.terms import Issue

_MOST_NOTED = 50
_LONGEST_WORD = 100
_CELLS = 1 << 20
_SPARSE = 128

T = TypeVar("T")


class Stretch(msgspec.Struct, gc=False):
    """One measured stretch.

    Attributes:
        scores: label to score; NaN, or not there: not reported.
        begin, end: seconds, or NaN.
        extras: numbers, equally long tuples of numbers, or short words, by name.
    """

    scores: dict[str, float]
    begin: float = math.nan
    end: float = math.nan
    text: str | None = None
    extras: dict[str, Any] = {}


def tracks_of(
    stretches: list[Stretch],
    make: Callable[..., Track],
    *,
    ordered: bool = False,
    **fields: Any,  # noqa: ANN401 - those of Track
) -> list[Track]:
    """Return the stretches as one track, or as several where hardly any labels are shared.

    Args:
        stretches: in the order of the rows.
        make: takes the labels, the matrix and the fields; `leed.readers.columns.track_of` or `plain_track`.
        ordered: whether labels are put in the order of the alphabet, rather than that of their first score.
        fields: what else the tracks are told.
    """
    tracks = []
    for rows, labels in _parts(stretches):
        names = sorted(labels) if ordered else labels
        tracks.append(
            make(
                names,
                _matrix([row.scores for row in rows], names),
                begin=np.array([row.begin for row in rows], np.float64),
                end=np.array([row.end for row in rows], np.float64),
                text=tuple(row.text for row in rows),
                extras=extras_of([row.extras for row in rows]),
                **fields,
            )
        )
    return tracks


def _parts(stretches: list[Stretch]) -> Iterable[tuple[list[Stretch], list[str]]]:
    """The stretches in parts; the usual case, that all have the same labels, needs no counting."""
    names = list(stretches[0].scores) if stretches else []
    if names and all(list(stretch.scores) == names for stretch in stretches):
        return [(stretches, names)]
    return parted(stretches, lambda stretch: stretch.scores)


def _matrix(rows: Iterable[Mapping[str, float]], names: list[str]) -> NDArray[np.float32]:
    """The scores as (n, k) float32, NaN for what is not reported."""
    values = array("f")
    place = {name: i for i, name in enumerate(names)}
    absent = [math.nan] * len(names)
    count = 0
    for row in rows:
        count += 1
        if list(row) == names:
            values.extend(row.values())
            continue
        filled = absent.copy()
        for label, score in row.items():
            filled[place[label]] = score
        values.extend(filled)
    return (
        np.frombuffer(values, np.float32).reshape(count, len(names))
        if values
        else np.empty((count, len(names)), np.float32)
    )


def plain_track(names: list[str], matrix: NDArray[np.float32], **fields: Any) -> Track:  # noqa: ANN401 - those of Track
    """Return a track with the labels as they came, for a taxonomy that knows only some of them."""
    return Track(labels=tuple(names), matrix=matrix, **fields)


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
        if part and cells > _CELLS and cells > _SPARSE * filled:
            yield part, list(labels)
            part, labels, filled, is_known = [], {}, len(scores), False
            known = labels.keys()
        part.append(row)
        if not is_known:
            labels.update(dict.fromkeys(scores))
    if part:
        yield part, list(labels)


def extras_of(rows: list[dict[str, Any]]) -> dict[str, NDArray[Any]]:
    """Return the extras of rows by column."""
    columns: dict[str, NDArray[Any]] = {}
    if not any(rows):
        return columns
    for name in dict.fromkeys(name for row in rows for name in row):
        values = [row.get(name) for row in rows]
        kinds = {type(value) for value in values}
        if str in kinds:
            columns[name] = np.array([str(v or "")[:_LONGEST_WORD] for v in values])
        elif tuple in kinds:
            width = max(len(v) for v in values if v is not None)
            columns[name] = np.array([v or (math.nan,) * width for v in values], np.float64)
        elif kinds == {int} and all(abs(v) < 1 << 53 for v in values if v is not None):
            columns[name] = np.array(values, np.int64)
        else:
            columns[name] = np.array([math.nan if v is None else float(v) for v in values], np.float64)
    return columns


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
