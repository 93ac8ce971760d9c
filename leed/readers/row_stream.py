"""Rows of JSON that are all alike, JSON lines or a list, decoded some at a time into columns.

What comes out is what `leed.readers.mapping` makes of all rows at once, many times as fast and in memory near that of
the scores. Keys may be missing in some rows, or come later. Where rows are not all of one shape
(`leed.readers.row_shape`) else, or their numbers have to be settled first, as per cent have, nothing comes out, and the
whole has to be read.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import IO, Any

import msgspec
import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from leed.float32 import INFINITE
from leed.readers import nesting
from leed.readers.about import About
from leed.readers.columns import by_aspect, range_issues, track_of
from leed.readers.gathering import Notes
from leed.readers.matrices import Matrix, permuted
from leed.readers.nesting import is_known, is_score, not_read, place_of
from leed.readers.row_owners import Group, Order, Said, inherited
from leed.readers.row_pieces import FAULTS, Piece, UnevenError, pieces_of_file
from leed.readers.row_shape import Row, Scores, Shape, keys_of, number_in, shape_of, union
from leed.readers.survey import Fact
from leed.schema.recording import Recording
from leed.schema.terms import Issue
from leed.schema.tracks import Track
from leed.scores import BARELY_BELOW, dimension_scale, what_is_odd
from leed.taxonomy.matching import dimensions

_SAMPLE = 200
_MOST = 1000  # rows that are kept as a sample
_TRIES = 8
_MOST_OPTIONAL = 128  # labels; of more, hardly any may be in a row, which is put into tracks of its own then
_HIGHEST = 1.5  # above it, scores may be per cent, and dimensions are none from 0 to 1
_TEXT = "not-a-number"  # as `leed.scores.number_of` has it


def streamed(opened: Callable[[], IO[bytes]], shown: str) -> Rows | None:
    """Return the rows of a file of JSON if they are all of one shape, and the file is well-formed; else None.

    Args:
        opened: opens the file; it may be read more than once.
        shown: what messages call it.

    Raises:
        InputError: it cannot be read.
    """
    return streamed_from(lambda: pieces_of_file(opened, shown))


def streamed_from(pieces: Callable[[], Iterator[Piece]]) -> Rows | None:
    """Return the rows of some pieces, as `streamed`.

    Where the rows differ in their keys, they are taken again, by a shape that has all keys that were met.

    Args:
        pieces: gives them all; it may be called more than once.

    Raises:
        InputError: they cannot be read.
    """
    met: list[Row] = []
    for _ in range(_TRIES):
        before = keys_of(union(met))
        try:
            rows = _gathered(pieces(), met)
        except (UnevenError, *FAULTS):
            if keys_of(union(met)) == before:
                return None
        else:
            return rows if rows is not None and len(rows) > 1 else None
    return None


def _gathered(pieces: Iterator[Piece], met: list[Row]) -> Rows | None:
    """The rows of some pieces; None if they are of no shape that leed streams.

    Args:
        pieces: of one file.
        met: a row of all keys that were met before; nothing at first. Where a piece does not fit, its keys are added.

    Raises:
        UnevenError, or an error of msgspec: they are not all of one shape, or cannot be decoded.
    """
    rows: Rows | None = None
    for piece in pieces:
        if rows is None:
            if not piece.begins():
                return None
            plain = piece.plain()
            shape = shape_of(met[0], optional=True) if met else shape_of(plain[0]) if plain else None
            if shape is None:
                return None
            rows = Rows(shape, plain)
        try:
            rows.add(piece)
        except (UnevenError, msgspec.ValidationError):
            found = [*rows.sample, *piece.plain()]
            if any(keys_of(row) != rows.shape.keys for row in filter(_is_row, found)):  # else it is not for the keys
                met[:] = [union(filter(_is_row, [*met, *found]))]
            raise
    if rows is not None:
        rows.check_scale()
    return rows


def _is_row(plain: Any) -> bool:  # noqa: ANN401 - whatever the input holds
    return isinstance(plain, dict)


class Rows:
    """Gathers rows of one shape.

    Attributes:
        sample: some of the rows as plain data, to recognise the format by.
        shape: what their keys are.
    """

    def __init__(self, shape: Shape, first: Sequence[Row]) -> None:
        self.sample: list[Row] = list(first[:_SAMPLE])
        self.shape = shape
        self._row = msgspec.json.Decoder(shape.row)
        self._list = msgspec.json.Decoder(list[shape.row])  # type: ignore[name-defined] # made of the first row
        labels = list(dict.fromkeys(label for scores in shape.scores for label in scores.labels))
        self._bipolar = dimensions(labels)
        self._scale_issue: Issue | None = None
        self._columns = [_Columns(scores, {*self._bipolar}) for scores in shape.scores]
        self._said = Said(shape.fields)
        self._unread: dict[str, int] = {}
        self._notes = Notes()  # of rows with scores as text
        self._modality: str | None = None  # the one that they all stand below
        self._sequences: dict[int, list[str]] = {}  # the keys of the first row of each code
        if shape.optional and len(labels) > _MOST_OPTIONAL:
            raise UnevenError

    def __len__(self) -> int:
        return len(self._said)

    def add(self, piece: Piece) -> None:
        """Add the rows of a piece.

        Raises:
            UnevenError, or an error of msgspec: they have another shape, or cannot be decoded.
        """
        rows = piece.decoded(self._row, self._list)
        if not rows:
            return
        if len(self):
            self.sample += piece.first()
        if len(self.sample) > _MOST:
            del self.sample[_SAMPLE::2]
        present = [columns.add(rows) for columns in self._columns]
        codes, new = self._said.add([self.shape.values(row) for row in rows])
        texts = [self.shape.texts(row) for row in rows] if self.shape.unread else []
        if any(map(is_score, {text for row in texts for text in row if text is not UNSET})):
            raise UnevenError
        if self.shape.worded:
            self._note_texts(piece.plain())
        if self.shape.optional:
            self._note(piece, codes, present, texts)
            return
        self._unread = dict.fromkeys(self.shape.unread, len(self))
        if new:  # the order of labels is that of the first row of a track
            plain = piece.plain()
            if any(keys_of(plain[place]) != self.shape.keys for place in new):
                raise UnevenError

    def _note_texts(self, rows: Sequence[Row]) -> None:
        """Note which scores are text, and what is not read, in the order of the rows."""
        unread = frozenset(self.shape.unread)
        below = {scores.key for scores in self.shape.scores if scores.key is not None}
        labels = {label for scores in self.shape.scores if scores.key is None for label in scores.labels}
        for row in rows:
            for name in row:
                if name in unread:
                    not_read(self._notes, name)
            for name, value in row.items():
                if name in below:
                    self._note_scores(value)
            self._note_scores({name: value for name, value in row.items() if name in labels})

    def _note_scores(self, scores: Mapping[str, Any]) -> None:
        for label, value in scores.items():
            if isinstance(value, str) and value.strip():
                self._notes.add(_TEXT, _as_text(label, value))

    def _note(
        self, piece: Piece, codes: list[int], present: list[NDArray[np.bool_]], texts: list[tuple[Any, ...]]
    ) -> None:
        """Note which of the optional keys rows have: the order of labels is that in which they come in a track."""
        where = [columns.order.new(codes, here) for columns, here in zip(self._columns, present, strict=True)]
        told = [[name for name, text in zip(self.shape.unread, row, strict=True) if text is not UNSET] for row in texts]
        first = [i for i, names in enumerate(told) if not self._unread.keys() >= {*names}]
        plain = piece.plain() if first or any(where) else []
        for columns, places in zip(self._columns, where, strict=True):
            key = columns.scores.key
            for place in places:
                row = plain[place]
                columns.order.note(codes[place], list(row if key is None else row[key]))
                self._sequences.setdefault(codes[place], list(row))
        for place in first:
            self._unread.update({name: 0 for name in plain[place] if name in told[place] and name not in self._unread})
        for names in told:
            for name in names:
                self._unread[name] += 1

    def check_scale(self) -> None:
        """Tell what dimensions run from, when all rows were added.

        Raises:
            UnevenError: they have to be put onto 0 to 1, or it is to be said in which order their labels are met.
        """
        told = [columns.fact for columns in self._columns if columns.fact.known]
        scale, self._scale_issue = dimension_scale(self._bipolar, Fact.spread(told)) if told else ("plain", None)
        if scale != "plain" or (self._scale_issue is not None and self.shape.optional):
            raise UnevenError

    def stand_in(self, around: nesting.Row, notes: Notes) -> bool:
        """Take what was said and noted around the rows; return whether it is the same for all of them.

        Args:
            around: what they stand in.
            notes: on what else stands there.
        """
        said = inherited(around.fields, self.shape.fields, optional=self.shape.optional)
        below = any(scores.modality is not None for scores in self.shape.scores)
        if said is None or around.personal or ("modality" in said and below):
            return False
        if around.modality is not None and "modality" in self.shape.fields:  # rows of both may be of one track
            return False
        self._said.around, self._modality = said, around.modality
        notes.add_more(self._notes)
        self._notes = notes
        return True

    def recording(self, source: str | None) -> Recording:
        """Return what was gathered; nothing can be added any more.

        Args:
            source: what rows belong to that name no source.
        """
        for name, count in () if self.shape.worded else self._unread.items():
            for _ in range(count):
                not_read(self._notes, name)
        issues = self._notes.issues()
        silent = sum(columns.silent for columns in self._columns)
        if silent:
            total = len(self) * len(self._columns)
            issues.append(Issue("no-scores", f"{silent} of {total} rows report no score"))
        if self._scale_issue is not None:
            issues.append(self._scale_issue)
        tracks = tuple(self._tracks(source))
        return Recording(tracks, (*issues, *(issue for track in tracks for issue in range_issues(track))))

    def _tracks(self, source: str | None) -> Iterator[Track]:
        order, groups = self._said.groups(source)
        matrices = [permuted(columns.matrix(), order) for columns in self._columns]
        for group in groups:
            columns = self._said.columns(order, group.rows)
            for gathered, matrix in self._in_order(group, matrices):
                about = About(group.said, source=source, modality=gathered.scores.modality or self._modality)
                labels, part = gathered.of(group, matrix)
                yield from _tracks(about.key, labels, part, columns)

    def _in_order(
        self, group: Group, matrices: list[NDArray[np.float32]]
    ) -> list[tuple[_Columns, NDArray[np.float32]]]:
        """The scores in the order in which modalities stand in the first row of a group."""
        keys = self._sequences.get(group.codes[0], [])
        both = list(zip(self._columns, matrices, strict=True))
        return sorted(both, key=lambda one: keys.index(one[0].scores.key) if one[0].scores.key in keys else 0)


def _tracks(
    key: tuple[str | None, ...], labels: tuple[str, ...], matrix: NDArray[np.float32], columns: Mapping[str, Any]
) -> Iterator[Track]:
    """One track for each aspect that the labels belong to."""
    source, channel, modality, granularity, speaker = key
    aspects = by_aspect(labels, modality)
    for aspect, names in aspects.items():
        part = matrix if len(aspects) == 1 else matrix[:, [labels.index(name) for name in names]]
        if aspect == "expression" or not np.isnan(part).all():
            yield track_of(
                names,
                part,
                modality=modality,
                aspect=aspect,
                source=source,
                channel=channel,
                granularity=granularity,
                speaker=speaker,
                **columns,
            )


class _Columns:
    """Scores of rows under the same labels.

    Attributes:
        silent: how many rows have none.
        order: in which order the rows have their labels, if these are optional.
        fact: what the numbers of dimensions say.
    """

    def __init__(self, scores: Scores, bipolar: set[str]) -> None:
        self.scores = scores
        self.order = Order(scores.labels)
        self.silent = 0
        self.fact = Fact()
        self._bipolar = [i for i, label in enumerate(scores.labels) if label in bipolar]
        self._known = [i for i, label in enumerate(scores.labels) if is_known(label)]
        self._matrix = Matrix(len(scores.labels))

    def add(self, rows: Sequence[Any]) -> NDArray[np.bool_]:
        """Add the scores of decoded rows; return which labels each has, where they are optional.

        Raises:
            UnevenError: they may have to be settled: their numbers are not all near 0 to 1.
        """
        values, present = self._values(rows)
        low, high = (float(reduce(values, axis=None, initial=0.0)) for reduce in (np.fmin.reduce, np.fmax.reduce))
        if high > _HIGHEST or low <= -INFINITE:
            raise UnevenError
        if self._bipolar:
            self.fact = self.fact.and_of(values[:, self._bipolar])
            if self.fact.low < BARELY_BELOW:
                raise UnevenError
        missing = np.isnan(values)
        if missing.any():
            self.silent += int(np.count_nonzero(missing.all(axis=1)))
        self._matrix.add(list(values.T), len(rows))
        return present

    def matrix(self) -> NDArray[np.float32]:
        """Return the scores as (n, k) float32; nothing can be added any more."""
        return self._matrix.rearranged(range(len(self.scores.labels)))

    def of(self, group: Group, matrix: NDArray[np.float32]) -> tuple[tuple[str, ...], NDArray[np.float32]]:
        """Return the labels of a group, and its rows of the whole matrix."""
        labels = self.order.of(group.codes) or self.scores.labels
        part = matrix[group.rows]
        same = labels == self.scores.labels
        return labels, part if same else part[:, [self.scores.labels.index(label) for label in labels]]

    def _values(self, rows: Sequence[Any]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """The scores, and which labels the rows have, if these are optional."""
        values = array("d")
        take = self.scores.values
        shape = (len(rows), len(self.scores.labels))
        present = np.ones(shape, np.bool_)
        try:
            for row in rows:
                values.extend(take(row))
        except TypeError:
            told = [v for row in rows for v in take(row)]
            values = array("d", map(_number, told))
            if any(type(v) is str and not v.strip() for v in told):
                self._check_blank(told)
            present = np.array([v is not UNSET for v in told]).reshape(shape)
        if not present[:, self._known].any(axis=1).all():  # what it is depends on more
            raise UnevenError
        return np.frombuffer(values, np.float64).reshape(shape), present

    def _check_blank(self, told: list[Any]) -> None:
        """Raise an error if blank text may be no score: below a modality, or under a name that leed does not know."""
        for place, value in enumerate(told):
            label = self.scores.labels[place % len(self.scores.labels)]
            nowhere = self.scores.key is not None or place_of(label)[0] != "label"
            if nowhere and type(value) is str and not value.strip():
                raise UnevenError


def _number(value: Any) -> float:  # noqa: ANN401 - a score as it was decoded
    """A score as a number, NaN where there is none.

    Raises:
        UnevenError: it is text, but no number.
    """
    if value is None or value is UNSET:
        return math.nan
    if type(value) is not str:
        return float(value)
    try:
        return number_in(value)
    except ValueError as error:
        raise UnevenError from error


@lru_cache(maxsize=1 << 14)
def _as_text(label: str, value: str) -> str:
    """What to say of a score that is a number as text."""
    return what_is_odd(label, value, _TEXT)
