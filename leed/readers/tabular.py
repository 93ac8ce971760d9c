"""From a sheet to a recording: which columns are labels, which say when and who, and which rows make a track."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.errors import OptionError, UnknownFormatError
from leed.float32 import INFINITE
from leed.modality import modality_named
from leed.readers.about import FIELD_OF, clock_seconds, field_of, is_personal
from leed.readers.columns import arranged, range_issues, track_of
from leed.readers.sheet import Column, Sheet, Words
from leed.readers.units import PER_CENT, SAID_PER_CENT, dimension_scale, in_per_cent, says_per_cent, shares
from leed.schema.recording import Recording, Track
from leed.schema.terms import GRANULARITIES, Issue
from leed.taxonomy import concept_of, concepts, fold
from leed.taxonomy.matching import dimensions, match

KEYS = ("source", "channel", "modality", "granularity", "speaker")
"""Rows that agree in these make a track."""

_NO_LABEL = re.compile(r"confidence|probability|_?\d+$", re.IGNORECASE)  # shares that are no scores; parts of a vector
_RANK = {name: i for i, name in enumerate(FIELD_OF)}


def is_label(name: str) -> bool:
    """Return whether a column of this name holds the scores of a label that leed knows.

    >>> is_label("Joy"), is_label("begin"), is_label("pitch")
    (True, False, False)
    """
    return concept_of(name) is not None and field_of(name) is None


def tells(name: str) -> bool:
    """Return whether a column of this name makes its table one of scores: a label, and not what people are listed by.

    >>> tells("Joy"), tells("Age")
    (True, False)
    """
    concept = concepts().get(concept_of(name) or "")
    return concept is not None and field_of(name) is None and not (concept.sensitive and concept.kind != "state")


def unknown(names: Sequence[str], format_: str) -> str:
    """Return the clause for a table none of whose columns is a known label."""
    shown = ", ".join(name[:30] for name in names[:5]) + (", ..." if len(names) > 5 else "")  # noqa: PLR2004 - a handful
    return (
        f"is a table, but none of its columns ({shown}) is a label that leed knows; "
        f"if they are labels of your own, say so with format {format_!r}"
    )


def recording_of(sheet: Sheet, *, shown: str, source: str | None) -> Recording:
    """Return a recording with a track for each source, speaker and modality that the columns name.

    Args:
        sheet: the table.
        shown: what messages call the input.
        source: what rows belong to that name no source.

    Raises:
        UnknownFormatError: no column holds scores.
    """
    roles = _Roles(sheet)
    if not roles.labels:
        if not sheet.rows and any(map(is_label, sheet.names)):
            return Recording((), (*sheet.issues, Issue("no-segments", "there are no rows of scores")))
        raise UnknownFormatError(
            f"{shown}: none of the {len(sheet.names)} columns holds scores; expected a column for each label"
        )
    issues = [*sheet.issues, *roles.issues]
    said = _Said(sheet, roles, source)
    issues += said.issues
    matrix, names = _matrix(sheet, roles, said, issues)
    tracks = list(_tracks(said, names, matrix, roles))
    return Recording(tuple(tracks), (*issues, *(issue for track in tracks for issue in range_issues(track))))


class _Roles:
    """What each column is for.

    Attributes:
        labels: by name, the number of the column.
        fields: by field, the number of the column.
        extras: columns of other numbers, by name.
        quantity: what the numbers under the labels are, where the cells say so.
    """

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self.issues: list[Issue] = []
        self.labels: dict[str, int] = {}
        self.fields = _fields(sheet.names)
        self.extras: dict[str, NDArray[Any]] = {}
        self._left: list[str] = []
        self._moments()
        self._any_known = any(map(is_label, sheet.names))
        for place, name in enumerate(sheet.names):
            if name and place not in self.fields.values():
                self._column(place, name)
        told = {sheet.columns[place].numbers().quantity for place in self.labels.values()}
        self.quantity = told.pop() if len(told) == 1 else None
        self._report()

    def _moments(self) -> None:
        """Leave columns of dates among the others: they are no seconds from the start."""
        for field in ("begin", "end"):
            place = self.fields.get(field)
            if place is not None and self._sheet.columns[place].form == "moments":
                del self.fields[field]
                what = f"column {self._sheet.names[place]!r} holds moments, not seconds from the start of the source"
                self.issues.append(Issue("not-a-time", f"{what}; it is kept as an extra, in seconds since 1970"))

    def _column(self, place: int, name: str) -> None:
        column = self._sheet.columns[place]
        if name in self.labels or name in self.extras:
            if not column.is_blank():
                what = f"column {name!r} stands twice; the first is read"
                self.issues.append(Issue("duplicate-label", what))
        elif column.is_blank():
            pass
        elif is_label(name) and column.form == "cells" and not is_personal(name):
            self.labels[name] = place
        else:
            self._other(place, name, column)

    def _other(self, place: int, name: str, column: Column) -> None:
        """Take a column that nobody knows as a label, as an extra, or not at all."""
        if column.form in ("vectors", "nested"):
            vectors = column.vectors() if column.form == "vectors" else None
            if vectors is None:
                self._left.append(name)
            else:
                self.extras[name] = vectors
            return
        values = column.numbers().values
        finite = np.isfinite(values)
        known = values[finite]
        if not len(known) or len(known) < np.isinf(values).sum():
            self._left.append(name)
            return
        share = bool(((known >= 0) & (known <= 1)).all() and (known != np.trunc(known)).any())
        named = not _NO_LABEL.search(name) and field_of(name) is None and not is_personal(name)
        a_label = named and column.form == "cells"
        if a_label and (share or not self._any_known):
            self.labels[name] = place
        else:
            self.extras[name] = _finite(values.astype(np.float64))[0]

    def _report(self) -> None:
        parts = []
        if self.extras:
            parts.append(f"{len(self.extras)} columns of other numbers are kept as extras: {listed(self.extras)}")
        if self._left:
            parts.append(f"{len(self._left)} columns that hold no numbers are left out: {listed(self._left)}")
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


class _Group(msgspec.Struct, frozen=True):
    """The rows of one track: key, and where they stand once the rows are ordered by key."""

    key: tuple[str | None, ...]
    rows: slice


class _Said:
    """What the rows say besides their scores, ordered so that the rows of a track stand together.

    Attributes:
        order: the rows in that order, or None where it is that of the sheet.
    """

    def __init__(self, sheet: Sheet, roles: _Roles, source: str | None) -> None:
        self.issues: list[Issue] = []
        self._sheet = sheet
        self._fields = roles.fields
        self.order, self.groups = self._grouped(source)
        self.begin, self.end = self._seconds("begin"), self._seconds("end")
        place = self._fields.get("text")
        self.text = None if place is None else self.ordered(sheet.columns[place].texts())
        self.extras = {name: self.ordered(column) for name, column in roles.extras.items()}
        if "confidence" in self._fields:
            self.extras["confidence"] = self.ordered(self._numbers("confidence"))

    def ordered(self, column: NDArray[Any]) -> NDArray[Any]:
        """Return a column in the order of the groups."""
        return column if self.order is None else column[self.order]

    def _grouped(self, source: str | None) -> tuple[NDArray[np.int64] | None, list[_Group]]:
        """The order of the rows by key, keys as they first appear; and where the rows of each key are."""
        rows = self._sheet.rows
        coded = {field: words for field in KEYS if (words := self._key(field)) is not None}
        whole = np.zeros(rows, np.int64)
        for words in coded.values():
            whole = np.unique(whole * (len(words.values) + 1) + words.codes + 1, return_inverse=True)[1]
        _, firsts, whole = np.unique(whole, return_index=True, return_inverse=True)
        ranks = np.argsort(firsts)
        keys = [coded[field].at(firsts[ranks]) if field in coded else [None] * len(firsts) for field in KEYS]
        if len(firsts) == 1:
            return None, [_Group(_key(keys, 0, source), slice(0, rows))]
        places = np.empty_like(ranks)
        places[ranks] = np.arange(len(ranks))
        order = np.argsort(places[whole], kind="stable")
        ends = np.cumsum(np.bincount(places[whole])).tolist()
        slices = map(slice, [0, *ends[:-1]], ends)
        return order, [_Group(_key(keys, i, source), rows) for i, rows in enumerate(slices)]

    def _key(self, field: str) -> Words | None:
        """A column of the key, its values as leed names them; None where there is none."""
        place = self._fields.get(field)
        if place is None:
            return None
        words = self._sheet.columns[place].words()
        values = {value: _NAMED[field](value) if field in _NAMED else value for value in words.values}
        lost = [value for value, named in values.items() if named is None and value != "unknown"]
        if lost:
            what = f"column {self._sheet.names[place]!r}: {listed(lost)} is no {field} that leed knows"
            self.issues.append(Issue("not-read", f"{what}; it is left out"))
        kept = {named: i for i, named in enumerate(dict.fromkeys(n for n in values.values() if n is not None))}
        codes = np.array([*(-1 if named is None else kept[named] for named in values.values()), -1], np.int64)
        return Words(codes[words.codes], list(kept))

    def _seconds(self, field: str) -> NDArray[np.float64]:
        """Seconds, from the column of seconds or else that of milliseconds; NaN where there is none."""
        seconds = self._numbers(field)
        if f"{field}_ms" in self._fields:
            seconds = np.where(np.isnan(seconds), self._numbers(f"{field}_ms") / 1000, seconds)
        return self.ordered(seconds)

    def _numbers(self, field: str) -> NDArray[np.float64]:
        """A column of numbers as it stands in the sheet; what is none is reported."""
        place = self._fields.get(field)
        if place is None:
            return np.full(self._sheet.rows, np.nan)
        column = self._sheet.columns[place]
        values, odd = _finite(column.numbers().values.astype(np.float64))
        if odd and field in ("begin", "end") and column.form == "cells":
            cells = column.texts()
            read = int(np.count_nonzero(np.isnan(values)))
            values = _clocks(values, cells)
            odd -= read - int(np.count_nonzero(np.isnan(values)))
        if odd:
            what = f"column {self._sheet.names[place]!r}: {odd} cells are no number; they are left out"
            self.issues.append(Issue("unreadable-number", what))
        return values


def _clocks(seconds: NDArray[np.float64], cells: NDArray[np.object_]) -> NDArray[np.float64]:
    """Seconds, with clock times in place of what was no number."""
    unread = np.flatnonzero(np.isnan(seconds))
    seconds[unread] = [math.nan if cells[row] is None else clock_seconds(str(cells[row])) for row in unread.tolist()]
    return seconds


def _key(keys: Sequence[Sequence[str | None]], place: int, source: str | None) -> tuple[str | None, ...]:
    first, *others = (column[place] for column in keys)
    return (first or source, *others)


def _speaker(name: str) -> str | None:
    return None if name == "unknown" else name


def _modality(name: str) -> str | None:
    try:
        return modality_named(name)
    except OptionError:
        return None


def _granularity(name: str) -> str | None:
    return name if name in GRANULARITIES else None


_NAMED: Mapping[str, Callable[[str], str | None]] = {
    "speaker": _speaker,
    "modality": _modality,
    "granularity": _granularity,
}


# --- scores


def _matrix(sheet: Sheet, roles: _Roles, said: _Said, issues: list[Issue]) -> tuple[NDArray[np.float32], list[str]]:
    """The scores as (n, k) float32, in the order of the groups, and their labels in the taxonomy's order."""
    names = arranged(tuple(roles.labels), said.groups[0].key[2])
    matrix = np.empty((sheet.rows, len(names)), np.float32)
    odd: dict[str, int] = {}
    signed: list[str] = []
    for i, name in enumerate(names):
        values, odd[name] = _finite(sheet.columns[roles.labels[name]].numbers().values)
        divided = shares(values) if says_per_cent(name) else None
        matrix[:, i] = said.ordered(values if divided is None else divided)
        if divided is not None:
            signed.append(name)
    issues += [
        Issue("unreadable-score", f"column {name!r}: {odd[name]} cells are no finite number")
        for name in roles.labels
        if odd[name]
    ]
    issues += _silent(matrix)
    if signed:
        issues.append(Issue("inferred", f"{listed(signed)}: per cent by name; read as shares of 1"))
    _settle_units(matrix, names, roles, said, issues)
    return matrix, names


def _settle_units(
    matrix: NDArray[np.float32], names: Sequence[str], roles: _Roles, said: _Said, issues: list[Issue]
) -> None:
    """Bring per cent and dimensions onto 0 to 1, in place; dimensions of another scale become extras."""
    bipolar = dimensions(names)
    places = [i for i, name in enumerate(names) if name in bipolar]
    others = [i for i, name in enumerate(names) if name not in bipolar]
    if in_per_cent(matrix[:, others] if places else matrix):
        for i in others:
            matrix[:, i] /= PER_CENT
        roles.quantity = "probability"
        issues.append(SAID_PER_CENT)
    told = [column for i in places for column in (matrix[:, i],) if not np.isnan(column).all()]
    if not told:
        return
    low, high = min(float(np.nanmin(c)) for c in told), max(float(np.nanmax(c)) for c in told)
    written = [name for name in roles.labels if name in bipolar]
    scale, issue = dimension_scale(written, low, high)
    if issue is not None:
        issues.append(issue)
    for i in places:
        if scale == "centred":
            matrix[:, i] = (matrix[:, i].astype(np.float64) + 1) / 2
        elif scale == "foreign":
            said.extras[names[i]] = matrix[:, i].copy()
            matrix[:, i] = np.nan


def _finite(values: NDArray[Any]) -> tuple[NDArray[Any], int]:
    """The numbers with NaN for what float32 does not hold, and how many those are."""
    if float(np.fmax.reduce(values, initial=0)) < INFINITE and float(np.fmin.reduce(values, initial=0)) > -INFINITE:
        return values, 0
    odd = np.abs(values) >= INFINITE if values.itemsize > 4 else np.isinf(values)  # noqa: PLR2004 - bytes of a float32
    return np.where(odd, np.nan, values), int(np.count_nonzero(odd))


def _silent(matrix: NDArray[np.float32]) -> list[Issue]:
    """An issue for rows that report no score."""
    silent = np.ones(len(matrix), np.bool_)
    for i in range(matrix.shape[1]):
        silent &= np.isnan(matrix[:, i])
        if not silent.any():
            return []
    return [Issue("no-scores", f"{np.count_nonzero(silent)} of {len(matrix)} rows report no score")]


def _tracks(said: _Said, names: Sequence[str], matrix: NDArray[np.float32], roles: _Roles) -> Iterator[Track]:
    """One track for each group and aspect that the labels belong to."""
    begin, end = said.begin, said.end
    for group in said.groups:
        source, channel, modality, granularity, speaker = group.key
        rows = group.rows
        extras = {name: column[rows] for name, column in said.extras.items()}
        for aspect, places in _aspects(tuple(names), tuple(roles.labels), modality).items():
            scores = matrix[rows] if len(places) == len(names) else matrix[rows][:, places]
            if aspect != "expression" and np.isnan(scores).all():
                continue
            yield track_of(
                [names[i] for i in places],
                scores,
                modality=modality,
                aspect=aspect,
                quantity=roles.quantity,
                source=source,
                channel=channel,
                granularity=granularity,
                speaker=speaker,
                begin=begin[rows],
                end=end[rows],
                text=None if said.text is None else tuple(said.text[rows].tolist()),
                extras={name: column for name, column in extras.items() if not np.isnan(column).all()},
            )


@lru_cache(maxsize=64)
def _aspects(names: tuple[str, ...], written: tuple[str, ...], modality: str | None) -> dict[str, list[int]]:
    """The places of the labels by aspect, attributes beside the expression they come with.

    The aspects stand in the order in which the labels were written.
    """
    aspects: dict[str, list[int]] = {}
    belongs = {}
    for m in match(written, modality):
        together = m.aspect in ("attribute", "description") or m.taxonomy is None
        belongs[m.given] = "expression" if together else m.aspect
        aspects.setdefault(belongs[m.given], [])
    for i, name in enumerate(names):
        aspects[belongs[name]].append(i)
    return aspects


def listed(names: Iterable[str]) -> str:
    """Return the first of some names, for a message."""
    shown = [name[:60] for name in names]
    return ", ".join(shown[:5]) + (", ..." if len(shown) > 5 else "")  # noqa: PLR2004 - a handful
