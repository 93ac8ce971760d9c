"""From a table to a recording: what its columns say of each row, and which rows make a track."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leed.errors import OptionError, UnknownFormatError
from leed.modality import modality_named
from leed.readers import laion_scale
from leed.readers.columns import Ranges, Sums, arranged, by_aspect, may_sum, track_of
from leed.readers.gathering import some
from leed.readers.groups import grouped, renamed, speaker_named
from leed.readers.long import LongTable, form_of
from leed.readers.matrices import permuted
from leed.readers.roles import KEYS, SCORES, TIMES, Roles, is_label, listed
from leed.readers.sheet import Words
from leed.readers.stack import Stack, Table, TableInParts
from leed.readers.survey import Fact, Survey
from leed.readers.units import PER_CENT, SAID_PER_CENT, in_per_cent, is_no_share, says_per_cent, written_per_cent
from leed.schema.recording import Recording
from leed.schema.terms import GRANULARITIES, MODALITIES, Issue
from leed.schema.tracks import Track
from leed.scores import centred, dimension_scale
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
    plan, survey = roles.plan(), roles.survey()
    stack = table.stacked(plan)
    survey.add(stack)
    roles.settle(survey)
    if not roles.labels:
        return _empty(names, survey, shown, long=form is not None)
    reading = _Reading(names, roles, survey, raw=raw is not None)
    tracks = tuple(_Rows(reading, stack).tracks(source))
    recording = Recording(tracks, tuple(reading.issues()))
    return recording if raw is None else laion_scale.settled(recording, source)


def has_parts(names: Sequence[str]) -> bool:
    """Return whether `parts_of` takes a table of these columns: none of LAION's, and none with a row for each label."""
    return form_of(names) is None and laion_scale.columns_of(names) is None


def parts_of(table: TableInParts, *, shown: str, source: str | None) -> Iterator[Recording]:
    """Return the same recording in parts of bounded size, the last one with the issues.

    The rows are read twice: what a column holds, and what its numbers run from and to, is known once all were seen.
    Where it takes a track's rows to tell whether they sum to 1, they are read a third time.

    The arguments and errors are those of `recording_of`.
    """
    roles = Roles(table.names, table.forms)
    plan, survey = roles.plan(), roles.survey()
    for stack in table.stacks(plan):
        survey.add(stack)
    roles.settle(survey)
    if not roles.labels:
        yield _empty(table.names, survey, shown)
        return
    reading = _Reading(table.names, roles, survey)
    if reading.may_sum():
        for stack in filter(_has_rows, table.stacks(plan)):
            reading.add_sums(_Rows(reading, stack, summing=False).tracks(source))
    reading.start_again()
    for stack in filter(_has_rows, table.stacks(plan)):
        yield Recording(tuple(_Rows(reading, stack).tracks(source)))
    yield Recording((), tuple(reading.issues()))


def _has_rows(stack: Stack) -> bool:
    return stack.rows > 0


def _empty(names: Sequence[str], survey: Survey, shown: str, *, long: bool = False) -> Recording:
    """The recording of a table none of whose columns holds scores, if it has no rows either."""
    if not survey.rows and (long or any(map(is_label, names))):
        return Recording((), (*survey.stack.issues, Issue("no-segments", "there are no rows of scores")))
    raise UnknownFormatError(
        f"{shown}: none of the {len(names)} columns holds scores; expected a column for each label"
    )


class _Reading:
    """How the rows of a table are read, and what was odd about them.

    Attributes:
        names: of the columns.
        roles: what each column is for.
        quantity: what the numbers are, where the cells say so.
        scale: how dimensions are read.
        bipolar: the labels that are dimensions.
        signed: the labels whose numbers are divided, since they are per cent by name.
        in_per_cent: whether exclusive classes are in per cent; None until rows were looked at.
        lost: by field, the texts that name nothing which leed knows.
        silent: how many rows report no score.
        ranges: scores outside 0 to 1.
    """

    def __init__(self, names: Sequence[str], roles: Roles, survey: Survey, *, raw: bool = False) -> None:
        """Take what was seen of all rows; ``raw`` says that their numbers are not to be brought onto 0 to 1."""
        self.names = names
        self.roles = roles
        self._raw = raw
        self._survey = survey
        told = {survey.stack.quantity(place) for place in roles.labels.values()}
        self.quantity = told.pop() if len(told) == 1 else None
        self.bipolar = dimensions(list(roles.labels))
        self.scale, self._scale_issue = self._scale()
        self.signed = [n for n in roles.labels if says_per_cent(n) and is_no_share(self._fact(n).high)]
        self._sums: dict[tuple[str | None, ...], Sums] = {}
        self._arranged: Sequence[str] = ()
        self.start_again()

    def start_again(self) -> None:
        """Forget what was odd about rows, before they are read again."""
        self.in_per_cent: bool | None = False if self._raw else None
        self.lost: dict[str, dict[str, None]] = {}
        self.silent = 0
        self.ranges = Ranges()

    def arranged(self, modality: str | None) -> Sequence[str]:
        """Return the labels in the order of their columns, which the modality of the first row tells for all."""
        self._arranged = self._arranged or _arranged(tuple(self.roles.labels), modality)
        return self._arranged

    def may_sum(self) -> bool:
        """Return whether it takes the rows of a track to tell whether they are exclusive classes."""
        labels = tuple(self.roles.labels)
        modalities = (None, *MODALITIES)
        return any(may_sum(names, m) for m in modalities for names in by_aspect(labels, m).values())

    def add_sums(self, tracks: Iterable[Track]) -> None:
        """Count which rows of parts of tracks sum to 1."""
        for track in tracks:
            self._sums[track.key] = self._sums.get(track.key, Sums()).and_of(track.matrix)

    def summing(self, key: tuple[str | None, ...]) -> bool | None:
        """Return whether the rows of a track sum to 1, where they were counted."""
        found = self._sums.get(key)
        return None if found is None else found.are_one

    def issues(self) -> Iterator[Issue]:
        """Return what was odd about the rows that were read."""
        yield from self._survey.stack.issues
        yield from self.roles.issues
        for field, names in self.lost.items():
            what = f"column {self.names[self.roles.fields[field]]!r}: {listed(names)} is no {field} that leed knows"
            yield Issue("not-read", f"{what}; it is left out")
        yield from self._odd_cells()
        if self.silent:
            yield Issue("no-scores", f"{self.silent} of {self._survey.rows} rows report no score")
        yield from self._units()
        if not self._raw:
            yield from self.ranges.issues()

    def _odd_cells(self) -> Iterator[Issue]:
        for field in (name for name in TIMES if name in self.roles.fields):
            place = self.roles.fields[field]
            odd = self._survey.stack.odd(place)
            if odd:
                what = f"{some(odd, 'cell', 'is', 'are')} no number; {'it is' if odd == 1 else 'they are'} left out"
                yield Issue("unreadable-number", f"column {self.names[place]!r}: {what}")
        for name, place in self.roles.labels.items():
            odd = self._survey.stack.odd(place)
            if odd:
                what = f"{some(odd, 'cell', 'is', 'are')} no finite number"
                yield Issue("unreadable-score", f"column {name!r}: {what}")

    def _units(self) -> Iterator[Issue]:
        written = [name for name, place in self.roles.labels.items() if self._survey.stack.is_per_cent(place)]
        if written:
            yield written_per_cent(listed(written))
        if self.signed:
            yield Issue("inferred", f"{listed(self.signed)}: per cent by name; read as shares of 1")
        if self.in_per_cent:
            yield SAID_PER_CENT
        if self._scale_issue is not None:
            yield self._scale_issue

    def _scale(self) -> tuple[str, Issue | None]:
        """How dimensions are read, and the issue that says so."""
        told = [fact for fact in map(self._fact, self.bipolar) if fact.known]
        if not told or self._raw:
            return "plain", None
        return dimension_scale(self.bipolar, Fact.spread(told))

    def _fact(self, name: str) -> Fact:
        return self._survey.fact(self.roles.labels[name])


class _Rows:
    """What some rows say, ordered so that those of a track stand together."""

    def __init__(self, reading: _Reading, stack: Stack, *, summing: bool | None = None) -> None:
        """Take the rows of a stack; ``summing`` is whether they sum to 1, where that is not to be looked at."""
        self._reading = reading
        self._roles = roles = reading.roles
        self._stack = stack
        self._summing = summing
        self._groups = grouped([self._key(field) for field in KEYS], stack.rows)
        self._begin, self._end = self._seconds("begin"), self._seconds("end")
        place = roles.fields.get("text")
        self._text = None if place is None else self._groups.texts(stack.texts(place))
        self._extras = {name: self._groups.ordered(roles.other(stack, name)) for name in roles.extras}
        if "confidence" in roles.fields:
            self._extras["confidence"] = self._groups.ordered(self._numbers("confidence"))

    def tracks(self, source: str | None) -> Iterator[Track]:
        """Return one track for each group of rows and aspect that the labels belong to."""
        names = self._reading.arranged(self._groups.groups[0].key[KEYS.index("modality")])
        matrix = self._matrix(names)
        quantity = "probability" if self._reading.in_per_cent else self._reading.quantity
        for group in self._groups.groups:
            first, channel, modality, granularity, speaker = group.key
            for aspect, members in by_aspect(tuple(self._roles.labels), modality).items():
                places = sorted(map(names.index, members))
                scores = matrix[group.rows, _slice_of(places)]
                if aspect == "expression" or not np.isnan(scores).all():
                    key = (first or source, channel, modality, aspect, granularity, speaker)
                    track = track_of(
                        [names[i] for i in places],
                        scores,
                        quantity=quantity,
                        summing=self._reading.summing(key) if self._summing is None else self._summing,
                        source=key[0],
                        channel=channel,
                        modality=modality,
                        aspect=aspect,
                        granularity=granularity,
                        speaker=speaker,
                        **self._columns(group.rows),
                    )
                    self._reading.ranges.add(track)
                    yield track

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
        reading = self._reading
        columns = {name: self._roles.scores(self._stack, name) for name in names}
        columns |= {name: self._exact(name) / PER_CENT for name in reading.signed}
        if reading.scale == "centred":
            columns |= {name: centred(self._exact(name)) for name in reading.bipolar}
        matrix = self._stack.matrix(SCORES).rearranged(list(columns.values()))
        reading.silent += self._silent(matrix)
        self._settle_per_cent(matrix, [i for i, name in enumerate(names) if name not in reading.bipolar])
        if reading.scale == "foreign":
            for name in reading.bipolar:
                self._extras[name] = self._groups.ordered(self._exact(name))
                matrix[:, names.index(name)] = np.nan
        return permuted(matrix, self._groups.order)

    def _exact(self, name: str) -> NDArray[np.float64]:
        return self._stack.numbers(self._roles.labels[name])

    def _settle_per_cent(self, matrix: NDArray[np.float32], places: Sequence[int]) -> None:
        """Divide exclusive classes in per cent, where they are; the first rows of the table tell it."""
        if self._reading.in_per_cent is None:
            self._reading.in_per_cent = bool(places) and in_per_cent(matrix[:_LOOKED_AT, _slice_of(places)])
        if self._reading.in_per_cent:
            for i in places:
                matrix[:, i] /= PER_CENT

    def _silent(self, matrix: NDArray[np.float32]) -> int:
        """How many rows report no score."""
        if not self._stack.matrix(SCORES).has_gaps:
            return 0
        silent = np.ones(len(matrix), np.bool_)
        for i in range(matrix.shape[1]):
            silent &= np.isnan(matrix[:, i])
            if not silent.any():
                return 0
        return int(np.count_nonzero(silent))

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
            self._reading.lost.setdefault(field, {}).update(dict.fromkeys(lost))
        return renamed(words, _NAMED[field])

    def _seconds(self, field: str) -> NDArray[np.float64]:
        """Seconds, from the column of seconds or else that of milliseconds; NaN where there is none."""
        seconds = self._numbers(field)
        if f"{field}_ms" in self._roles.fields:
            seconds = np.where(np.isnan(seconds), self._numbers(f"{field}_ms") / 1000, seconds)
        return self._groups.ordered(seconds)

    def _numbers(self, field: str) -> NDArray[np.float64]:
        """A column of numbers as it stands in the table."""
        place = self._roles.fields.get(field)
        return np.full(self._stack.rows, np.nan) if place is None else self._stack.numbers(place)


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
