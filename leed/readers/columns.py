"""Scores gathered row by row into the columns of tracks, in the taxonomy's order and spelling."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.schema.terms import Issue
from leed.schema.tracks import Track
from leed.taxonomy import get
from leed.taxonomy.matching import main_taxonomy, match, quantity_of, sums_to_one

_BLOCK = 1 << 12
_SUMMED = 1 << 16  # rows that tell whether scores sum to 1
_LARGEST_WHOLE = 2.0**53  # beyond, a float64 does not tell one from the next


class ScoreColumns:
    """Rows of scores under one set of labels, in one growing float32 buffer.

    Attributes:
        names: the labels, in the order of the first row.
        rows: for each row of scores, the number of the segment that it belongs to.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(names)
        self._place = {name: i for i, name in enumerate(self.names)}
        self._values = array("f")
        self.rows = array("q")

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, row: int, names: list[str], values: list[float]) -> bool:
        """Add a row of scores whose labels are these, in any order; return whether they are."""
        if names != self.names:
            if len(names) != len(self.names) or any(name not in self._place for name in names):
                return False
            by_name = dict(zip(names, values, strict=True))
            values = [by_name[name] for name in self.names]
        self._values.extend(values)
        self.rows.append(row)
        return True

    def extend(self, first: int, count: int, names: Sequence[str], values: NDArray[np.float32], *, alike: bool) -> bool:
        """Add so many rows of as many values each, of segments from a number on; return whether they have these labels.

        The names are those of all values, or, where the rows are alike, those of each row; they are to be in this
        order. Rows with a number that float32 cannot hold are not added either.
        """
        expected = self.names if alike else self.names * count
        if len(values) != count * len(self.names) or names != expected or np.isinf(values).any():
            return False
        self._values.frombytes(values.tobytes())
        self.rows.extend(range(first, first + count))
        return True

    def matrix(self) -> NDArray[np.float32]:
        """Return the rows as (n, k) float32, without a copy; nothing can be added any more."""
        return np.frombuffer(self._values, np.float32).reshape(-1, len(self.names))


def track_of(
    names: Sequence[str],
    matrix: NDArray[np.float32],
    *,
    modality: str | None,
    taxonomy: str | None = None,
    quantity: str | None = None,
    exclusive: bool | None = None,
    summing: bool | None = None,
    **columns: Any,  # noqa: ANN401 - the other fields of Track
) -> Track:
    """Return a track with its labels in the taxonomy's order and spelling, and its quantity told if none is given.

    The matrix is reordered in place where it can be. ``summing`` is whether the rows sum to 1, where this is a part of
    a track; else they are looked at.
    """
    known = _known(tuple(names), modality, taxonomy)
    matrix = _reordered(matrix, known.order)
    matrix.flags.writeable = False  # it is the track's own: no copy
    if quantity is None:
        quantity, told = known.quantity, known.exclusive
        if known.by_sum and (Sums.of(matrix).are_one if summing is None else summing):
            quantity, told = "probability", True
        exclusive = told if exclusive is None else exclusive
    return Track(
        labels=known.labels,
        matrix=matrix,
        modality=modality,
        taxonomy=known.taxonomy,
        quantity=quantity,
        exclusive=bool(exclusive),
        **columns,
    )


def arranged(names: Sequence[str], modality: str | None) -> list[str]:
    """Return names in the order in which `track_of` has their labels, so that it need not move columns."""
    order = _known(tuple(names), modality, None).order
    return list(names) if order is None else [names[i] for i in order]


@lru_cache(maxsize=256)
def by_aspect(names: tuple[str, ...], modality: str | None) -> dict[str, tuple[str, ...]]:
    """Return the labels by the aspect that they belong to, attributes beside the expression they come with.

    >>> by_aspect(("joy", "AU12 Lip Corner Puller"), "face")
    {'expression': ('joy',), 'action_unit': ('AU12 Lip Corner Puller',)}
    """
    aspects: dict[str, list[str]] = {}
    for m in match(names, modality):
        together = m.aspect in ("attribute", "description") or m.taxonomy is None
        aspects.setdefault("expression" if together else m.aspect, []).append(m.given)
    return {aspect: tuple(members) for aspect, members in aspects.items()}


def range_issues(track: Track) -> list[Issue]:
    """Return an issue for scores outside 0 to 1, which are kept as they are."""
    ranges = Ranges()
    ranges.add(track)
    return ranges.issues()


class Ranges:
    """Counts scores outside 0 to 1, which are kept as they are, in tracks that may come in parts."""

    def __init__(self) -> None:
        self._seen: dict[tuple[tuple[str | None, ...], tuple[str, ...]], _Range] = {}

    def add(self, track: Track) -> None:
        """Count the scores of a track, or of a part of one."""
        if track.quantity not in ("intensity", "probability") or not track.matrix.size:
            return
        found = self._seen.get((track.key, track.labels), _Range(track.source, _where(track)))
        for start in range(0, len(track), _BLOCK):
            block = track.matrix[start : start + _BLOCK]
            low, high = (float(reduce(block, axis=None, initial=0.0)) for reduce in (np.fmin.reduce, np.fmax.reduce))
            rows = 0
            if low < 0 or high > 1:
                rows = _rows_of((block > 1) | (block < 0) if low < 0 else block > 1)
            found = found.and_of(len(block), rows, low, high)
        self._seen[track.key, track.labels] = found

    def issues(self) -> list[Issue]:
        """Return an issue for each track that has such scores."""
        return [found.issue() for found in self._seen.values() if found.rows]


class _Range(msgspec.Struct, frozen=True):
    """How many segments of a track have scores outside 0 to 1, and from where to where the scores go."""

    source: str | None
    where: str | None
    total: int = 0
    rows: int = 0
    low: float = 0.0
    high: float = 0.0

    def and_of(self, total: int, rows: int, low: float, high: float) -> _Range:
        return _Range(
            self.source, self.where, self.total + total, self.rows + rows, min(self.low, low), max(self.high, high)
        )

    def issue(self) -> Issue:
        what = f"{self.rows} of {self.total} segments have scores outside 0 to 1 ({self.low:.3g} to {self.high:.3g})"
        return Issue("out-of-range", f"{what}; they are kept as they are", self.source, self.where)


def whole_numbers(values: NDArray[np.float64]) -> NDArray[Any]:
    """Return whole numbers as int64; as they are where one of them is missing, has a fraction, or is too large.

    >>> whole_numbers(np.array([1.0, 2.0])), whole_numbers(np.array([1.0, 2.5]))
    (array([1, 2]), array([1. , 2.5]))
    """
    whole = (np.trunc(values) == values) & (np.abs(values) <= _LARGEST_WHOLE)
    return values.astype(np.int64) if whole.all() else values


def _rows_of(cells: NDArray[np.bool_]) -> int:
    """In how many rows there are any of the cells, which are few."""
    rows = np.flatnonzero(cells) // cells.shape[1]
    return len(rows) and 1 + int(np.count_nonzero(np.diff(rows)))


def numbers(values: Iterable[float | None]) -> NDArray[np.float64]:
    """Return a float64 column with NaN for what is missing."""
    return np.array([math.nan if v is None else v for v in values], np.float64)


def _where(track: Track) -> str | None:
    return " ".join(part for part in (track.modality, track.speaker) if part) or None


class Sums(msgspec.Struct, frozen=True):
    """How many of the first rows of a track are probabilities of exclusive classes.

    Attributes:
        rows: how many there were.
        filled: how many of those that were looked at have any score.
        ones: how many of them sum to 1.
    """

    rows: int = 0
    filled: int = 0
    ones: int = 0

    @classmethod
    def of(cls, matrix: NDArray[np.float32]) -> Sums:
        """Return those of a matrix."""
        return cls().and_of(matrix)

    def and_of(self, matrix: NDArray[np.float32]) -> Sums:
        """Return those of some more rows, too."""
        rows = matrix[: max(0, _SUMMED - self.rows)]
        rows = rows[~np.isnan(rows).all(axis=1)]
        ones = sum(sums_to_one(row[~np.isnan(row)].tolist()) for row in rows)
        return Sums(self.rows + len(matrix), self.filled + len(rows), self.ones + ones)

    @property
    def are_one(self) -> bool:
        """Whether nearly all are (95 %; a broken row does not hide the rest)."""
        return self.filled > 0 and self.ones >= 0.95 * self.filled


def may_sum(names: Sequence[str], modality: str | None) -> bool:
    """Return whether rows under these labels are probabilities of exclusive classes if they sum to 1."""
    return _known(tuple(names), modality, None).by_sum


class _Known(msgspec.Struct, frozen=True):
    """What is known of a set of labels: their order and spelling, their taxonomy, and what their numbers are."""

    labels: tuple[str, ...]
    order: tuple[int, ...] | None
    taxonomy: str | None
    quantity: str
    exclusive: bool
    by_sum: bool


@lru_cache(maxsize=256)
def _known(names: tuple[str, ...], modality: str | None, taxonomy: str | None) -> _Known:
    matches = match(names, modality, taxonomy)
    spelled = Counter(m.label for m in matches)
    labels = [m.label if spelled[m.label] == 1 else m.given for m in matches]
    places = {
        name: {label: i for i, label in enumerate(get(name).labels)}
        for name in {m.taxonomy for m in matches if m.taxonomy}
    }

    def rank(i: int) -> tuple[int, str, int]:
        name = matches[i].taxonomy
        return (1, "", i) if name is None else (0, name, places[name][matches[i].label])

    order = tuple(sorted(range(len(labels)), key=rank))
    quantity, exclusive, by_sum = quantity_of(matches, taxonomy=taxonomy)
    return _Known(
        tuple(labels[i] for i in order),
        None if order == tuple(range(len(order))) else order,
        taxonomy or main_taxonomy(matches),
        quantity,
        exclusive,
        by_sum,
    )


def _reordered(matrix: NDArray[np.float32], order: tuple[int, ...] | None) -> NDArray[np.float32]:
    if order is None:
        return matrix
    if not matrix.flags.writeable:
        return matrix[:, list(order)]
    for start in range(0, len(matrix), _BLOCK):
        matrix[start : start + _BLOCK] = matrix[start : start + _BLOCK][:, list(order)]
    return matrix
