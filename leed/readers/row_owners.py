"""Whom the rows of a stream of JSON are of, what they say besides scores, and in which order their labels are met."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from leed.readers.about import About, word_of
from leed.readers.matrices import finite
from leed.readers.row_shape import Row

_KEY = frozenset({"source", "channel", "modality", "granularity", "speaker"})


class Order:
    """In which order the labels of rows are met first, by the code of whom the rows are of."""

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = labels
        self._met: dict[int, dict[str, int]] = {}
        self._count = 0

    def new(self, codes: Sequence[int], present: NDArray[np.bool_]) -> list[int]:
        """Return which rows have a label that none before them of the same has."""
        width = len(self._labels)
        if all(len(self._met.get(code, ())) == width for code in {*codes}):
            return []
        rows, places = np.nonzero(present)
        pairs, firsts = np.unique(np.array(codes, np.int64)[rows] * width + places, return_index=True)
        new = [
            int(rows[first])
            for pair, first in zip(pairs.tolist(), firsts.tolist(), strict=True)
            if self._labels[pair % width] not in self._met.get(pair // width, ())
        ]
        return sorted({*new})

    def note(self, code: int, keys: Sequence[str]) -> None:
        """Take the labels of a row in their order; rows are taken in theirs."""
        met = self._met.setdefault(code, {})
        for label in keys:
            if label in self._labels and label not in met:
                met[label] = self._count = self._count + 1

    def of(self, codes: Sequence[int]) -> tuple[str, ...]:
        """Return the labels that rows of these codes have, in the order of the first row of each."""
        first: dict[str, int] = {}
        for code in codes:
            for label, count in self._met.get(code, {}).items():
                first[label] = min(count, first.get(label, count))
        return tuple(sorted(first, key=first.__getitem__))


class Group(msgspec.Struct):
    """The rows of one source, channel, granularity and speaker: what they say, and where they stand in the order."""

    said: Row
    codes: list[int]
    rows: slice


def inherited(around: Mapping[str, Any], fields: Sequence[str], *, optional: bool) -> dict[str, Any] | None:
    """Return what rows say because it is said around them; None if only some of them may, having said nothing else.

    >>> inherited({"begin": 5, "speaker": "Ann"}, ["begin"], optional=False)
    {'speaker': 'Ann'}

    Args:
        around: by field.
        fields: those that rows fill themselves.
        optional: whether one of them may be missing in some rows.
    """
    kept = {}
    for field, value in around.items():
        if field in fields and not optional:
            continue
        if any(field.removesuffix("_ms") == other.removesuffix("_ms") for other in fields):
            return None
        kept[field] = value
    return kept


class Said:
    """What rows say besides their scores.

    Attributes:
        around: what all say besides, by field.
    """

    def __init__(self, fields: Sequence[str]) -> None:
        self.around: Mapping[str, Any] = {}
        self._places = {field: i for i, field in enumerate(fields)}
        self._key = [field for field in fields if field in _KEY]
        self._numbers = {field: array("d") for field in fields if field not in (*_KEY, "text")}
        self._texts: list[str | None] = []
        self._codes = array("q")
        self._known: dict[tuple[Any, ...], int] = {}

    def __len__(self) -> int:
        return len(self._codes)

    def add(self, rows: list[tuple[Any, ...]]) -> tuple[list[int], list[int]]:
        """Add the fields of rows; return whom each is of, and at which of them somebody is met who was not before."""
        columns = [[None if v is UNSET else v for v in column] for column in zip(*rows, strict=True)]
        for field, numbers in self._numbers.items():
            numbers.extend([np.nan if v is None else v for v in columns[self._places[field]]])
        if "text" in self._places:
            self._texts += map(word_of, columns[self._places["text"]])
        keys = list(zip(*(columns[self._places[field]] for field in self._key), strict=True)) or [()] * len(rows)
        known = len(self._known)
        codes = [self._known.setdefault(key, len(self._known)) for key in keys]
        self._codes.extend(codes)
        return codes, [codes.index(code) for code in range(known, len(self._known))]

    def groups(self, source: str | None) -> tuple[NDArray[np.int64] | None, list[Group]]:
        """Return the rows by whom they are of, in the order in which these were met, and that order if it is new."""
        said = [{**self.around, **dict(zip(self._key, key, strict=True))} for key in self._known]
        found: dict[tuple[str | None, ...], int] = {}
        merged = [found.setdefault(About(fields, source=source).key, len(found)) for fields in said]
        places = np.array(merged, np.int64)[np.frombuffer(self._codes, np.int64)]
        ends = np.cumsum(np.bincount(places)).tolist()
        slices = map(slice, [0, *ends[:-1]], ends)
        members: list[list[int]] = [[] for _ in found]
        for code, group in enumerate(merged):
            members[group].append(code)
        groups = [Group(said[codes[0]], codes, rows) for codes, rows in zip(members, slices, strict=True)]
        return (None if (places[1:] >= places[:-1]).all() else np.argsort(places, kind="stable")), groups

    def columns(self, order: NDArray[np.int64] | None, rows: slice) -> dict[str, Any]:
        """Return what the rows of a group say."""
        around = About({**self.around})
        confidence = self._ordered(self._finite("confidence", around.confidence), order, rows)
        texts = self._texts or ([around.text] * len(self) if around.text is not None else [])
        if texts:
            texts = texts[rows] if order is None else [texts[row] for row in order[rows].tolist()]
        return {
            "begin": self._ordered(self._seconds("begin", around.begin), order, rows),
            "end": self._ordered(self._seconds("end", around.end), order, rows),
            "text": tuple(texts) if texts else None,
            "extras": {} if np.isnan(confidence).all() else {"confidence": confidence},
        }

    def _seconds(self, field: str, otherwise: float) -> NDArray[np.float64]:
        seconds = self._finite(field, otherwise)
        if f"{field}_ms" in self._numbers:
            seconds = np.where(np.isnan(seconds), self._finite(f"{field}_ms", math.nan) / 1000, seconds)
        return seconds

    def _finite(self, field: str, otherwise: float) -> NDArray[np.float64]:
        numbers = self._numbers.get(field)
        return np.full(len(self), otherwise) if numbers is None else finite(np.frombuffer(numbers, np.float64))[0]

    @staticmethod
    def _ordered(column: NDArray[np.float64], order: NDArray[np.int64] | None, rows: slice) -> NDArray[np.float64]:
        """The rows of a group, which nobody changes, so that a track needs no copy."""
        part = column[rows] if order is None else column[order[rows]]
        part.flags.writeable = False
        return part
