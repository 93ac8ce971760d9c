"""From a table to a recording: what its columns say of each row, and which rows make a track."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leed.errors import OptionError, UnknownFormatError
from leed.modality import modality_named
from leed.readers import laion_scale
from leed.readers.answers import centred
from leed.readers.columns import arranged, by_aspect, range_issues, track_of
from leed.readers.gathering import some
from leed.readers.groups import grouped, renamed, speaker_named
from leed.readers.long import LongTable, form_of
from leed.readers.matrices import permuted
from leed.readers.roles import KEYS, SCORES, Roles, is_label, listed
from leed.readers.sheet import Words
from leed.readers.stack import Stack, Table
from leed.readers.units import PER_CENT, SAID_PER_CENT, in_per_cent, says_per_cent, shares, written_per_cent
from leed.schema.recording import Recording, Track
from leed.schema.terms import GRANULARITIES, Issue
from leed.scores import dimension_scale
from leed.taxonomy.matching import dimensions

_LOOKED_AT = 1 << 12
"""Rows that tell whether scores are per cent."""


def recording_of(table: Table, *, shown: str, source: str | None) -> Recording:
    """Return a recording with a track for each source, speaker and modality that the columns name.

    Args:
        table: its rows are read here.
        shown: what messages call the input.
        source: what rows belong to that name no source.

    Raises:
        UnknownFormatError: no column holds scores.
    """
    form = form_of(table.names)
    if form is not None:
        table = LongTable(table, form, shown)
    raw = laion_scale.columns_of(table.names)
    names = table.names if raw is None else raw
    roles = Roles(names, table.forms)
    stack = table.stacked(roles.plan())
    roles.settle(stack)
    if not roles.labels:
        if not stack.rows and (form is not None or any(map(is_label, names))):
            return Recording((), (*stack.issues, Issue("no-segments", "there are no rows of scores")))
        raise UnknownFormatError(
            f"{shown}: none of the {len(table.names)} columns holds scores; expected a column for each label"
        )
    rows = _Rows(names, roles, stack, raw=raw is not None)
    tracks = tuple(rows.tracks(source))
    issues = (*stack.issues, *roles.issues, *rows.issues)
    if raw is not None:
        return laion_scale.settled(Recording(tracks, issues), source)
    return Recording(tracks, (*issues, *(i for track in tracks for i in range_issues(track))))


class _Rows:
    """What the rows say, ordered so that those of a track stand together.

    Attributes:
        issues: what was odd about it.
    """

    def __init__(self, names: Sequence[str], roles: Roles, stack: Stack, *, raw: bool) -> None:
        """Take the rows; ``raw`` says that their numbers are not to be brought onto 0 to 1."""
        self.issues: list[Issue] = []
        self._raw = raw
        self._names = names
        self._roles = roles
        self._stack = stack
        told = {stack.quantity(place) for place in roles.labels.values()}
        self._quantity = told.pop() if len(told) == 1 else None
        self._groups = grouped([self._key(field) for field in KEYS], stack.rows)
        self._begin, self._end = self._seconds("begin"), self._seconds("end")
        place = roles.fields.get("text")
        self._text = None if place is None else self._groups.texts(stack.texts(place))
        self._extras = {name: self._groups.ordered(column) for name, column in roles.extras.items()}
        if "confidence" in roles.fields:
            self._extras["confidence"] = self._groups.ordered(self._numbers("confidence"))

    def tracks(self, source: str | None) -> Iterator[Track]:
        """Return one track for each group of rows and aspect that the labels belong to."""
        names = _arranged(tuple(self._roles.labels), self._groups.groups[0].key[KEYS.index("modality")])
        matrix = self._matrix(names)
        for group in self._groups.groups:
            first, channel, modality, granularity, speaker = group.key
            for aspect, members in by_aspect(tuple(self._roles.labels), modality).items():
                places = sorted(map(names.index, members))
                scores = matrix[group.rows, _slice_of(places)]
                if aspect == "expression" or not np.isnan(scores).all():
                    yield track_of(
                        [names[i] for i in places],
                        scores,
                        aspect=aspect,
                        quantity=self._quantity,
                        source=first or source,
                        channel=channel,
                        modality=modality,
                        granularity=granularity,
                        speaker=speaker,
                        **self._columns(group.rows),
                    )

    def _columns(self, rows: slice) -> dict[str, Any]:
        """What the rows of a group say besides their scores."""
        extras = {name: column[rows] for name, column in self._extras.items()}
        return {
            "begin": self._begin[rows],
            "end": self._end[rows],
            "text": None if self._text is None else tuple(self._text[rows]),
            "extras": {name: column for name, column in extras.items() if not np.isnan(column).all()},
        }

    def _matrix(self, names: Sequence[str]) -> NDArray[np.float32]:
        """The scores as (n, k) float32, in the order of the groups, from 0 to 1 where it can be told what they are."""
        labels = self._roles.labels
        bipolar = dimensions(list(labels))
        scale, issue = self._scale(bipolar)
        divided = {name: shares(self._exact(name)) for name in filter(says_per_cent, labels)}
        signed = {name: values for name, values in divided.items() if values is not None}
        columns = {name: self._roles.scores(self._stack, name) for name in names} | signed
        if scale == "centred":
            columns |= {name: centred(self._exact(name)) for name in bipolar}
        matrix = permuted(self._stack.matrix(SCORES).rearranged(list(columns.values())), self._groups.order)
        for name, place in labels.items():
            self._note_odd("unreadable-score", name, self._stack.odd(place), "finite number")
        self._note_silent(matrix)
        written = [name for name, place in labels.items() if self._stack.is_per_cent(place)]
        if written:
            self.issues.append(written_per_cent(listed(written)))
        if signed:
            self.issues.append(Issue("inferred", f"{listed(signed)}: per cent by name; read as shares of 1"))
        self._settle_per_cent(matrix, [i for i, name in enumerate(names) if name not in bipolar])
        self.issues += [issue] if issue is not None else []
        if scale == "foreign":
            for name in bipolar:
                self._extras[name] = self._groups.ordered(self._exact(name))
                matrix[:, names.index(name)] = np.nan
        return matrix

    def _exact(self, name: str) -> NDArray[np.float64]:
        return self._stack.numbers(self._roles.labels[name])

    def _scale(self, bipolar: Sequence[str]) -> tuple[str, Issue | None]:
        """How dimensions are read, and the issue that says so."""
        told = [values for name in bipolar if not np.isnan(values := self._exact(name)).all()]
        if not told or self._raw:
            return "plain", None
        return dimension_scale(bipolar, min(map(np.nanmin, told)), max(map(np.nanmax, told)))

    def _settle_per_cent(self, matrix: NDArray[np.float32], places: Sequence[int]) -> None:
        """Divide exclusive classes in per cent, where they are."""
        if places and not self._raw and in_per_cent(matrix[:_LOOKED_AT, _slice_of(places)]):
            for i in places:
                matrix[:, i] /= PER_CENT
            self._quantity = "probability"
            self.issues.append(SAID_PER_CENT)

    def _note_silent(self, matrix: NDArray[np.float32]) -> None:
        """Report rows without any score."""
        if not self._stack.matrix(SCORES).has_gaps:
            return
        silent = np.ones(len(matrix), np.bool_)
        for i in range(matrix.shape[1]):
            silent &= np.isnan(matrix[:, i])
            if not silent.any():
                return
        what = f"{np.count_nonzero(silent)} of {len(matrix)} rows report no score"
        self.issues.append(Issue("no-scores", what))

    def _note_odd(self, code: str, name: str, odd: int, what: str) -> None:
        if odd:
            self.issues.append(Issue(code, f"column {name!r}: {some(odd, 'cell', 'is', 'are')} no {what}"))

    def _key(self, field: str) -> Words | None:
        """A column of the key, its values as leed names them; None where there is none."""
        place = self._roles.fields.get(field)
        if place is None:
            return None
        words = self._stack.words(place)
        if field not in _NAMED:
            return words
        lost = [value for value in words.values if value != "unknown" and _NAMED[field](value) is None]
        if lost:
            what = f"column {self._names[place]!r}: {listed(lost)} is no {field} that leed knows"
            self.issues.append(Issue("not-read", f"{what}; it is left out"))
        return renamed(words, _NAMED[field])

    def _seconds(self, field: str) -> NDArray[np.float64]:
        """Seconds, from the column of seconds or else that of milliseconds; NaN where there is none."""
        seconds = self._numbers(field)
        if f"{field}_ms" in self._roles.fields:
            seconds = np.where(np.isnan(seconds), self._numbers(f"{field}_ms") / 1000, seconds)
        return self._groups.ordered(seconds)

    def _numbers(self, field: str) -> NDArray[np.float64]:
        """A column of numbers as it stands in the table; what is none is reported."""
        place = self._roles.fields.get(field)
        if place is None:
            return np.full(self._stack.rows, np.nan)
        odd = self._stack.odd(place)
        if odd:
            what = f"{some(odd, 'cell', 'is', 'are')} no number; {'it is' if odd == 1 else 'they are'} left out"
            self.issues.append(Issue("unreadable-number", f"column {self._names[place]!r}: {what}"))
        return self._stack.numbers(place)


def _modality(name: str) -> str | None:
    try:
        return modality_named(name)
    except OptionError:
        return None


def _granularity(name: str) -> str | None:
    return name if name in GRANULARITIES else None


_NAMED: Mapping[str, Callable[[str], str | None]] = {
    "speaker": speaker_named,
    "modality": _modality,
    "granularity": _granularity,
}


def _arranged(labels: tuple[str, ...], modality: str | None) -> list[str]:
    """The labels in the order of their taxonomy; those of one aspect stand together, so that no copy is needed."""
    aspect_of = {name: i for i, names in enumerate(by_aspect(labels, modality).values()) for name in names}
    return sorted(arranged(labels, modality), key=aspect_of.__getitem__)


def _slice_of(places: Sequence[int]) -> slice | list[int]:
    """The same places as a slice, if they stand together."""
    together = places[-1] - places[0] == len(places) - 1
    return slice(places[0], places[-1] + 1) if together else list(places)
