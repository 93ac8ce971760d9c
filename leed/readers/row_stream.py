"""Rows of JSON that are all alike, JSON lines or a list, decoded some at a time into columns.

What comes out is what `leed.readers.mapping` makes of all rows at once, many times as fast and in memory near that of
the scores. Where rows are not all of one shape (`leed.readers.row_shape`), or their numbers have to be settled first,
as per cent have, nothing comes out, and the whole has to be read.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.errors import LeedError
from leed.float32 import INFINITE
from leed.readers.about import About, word_of
from leed.readers.columns import by_aspect, range_issues, track_of
from leed.readers.gathering import Notes
from leed.readers.json_text import begins_lines
from leed.readers.matrices import Matrix, finite, permuted
from leed.readers.nesting import is_score, not_read
from leed.readers.row_shape import Scores, Shape, keys_of, shape_of
from leed.readers.storage import read_some
from leed.schema.recording import Recording, Track
from leed.schema.terms import Issue
from leed.taxonomy.matching import dimensions

_PIECE = 1 << 20
_LONGEST = 1 << 20  # bytes that one row may have
_SAMPLE = 200
_MOST = 1000  # rows that are kept as a sample
_KEY = frozenset({"source", "channel", "modality", "granularity", "speaker"})
_HIGHEST = 1.5  # above it, scores may be per cent, and dimensions are none from 0 to 1
_BETWEEN = re.compile(rb"\}([ \t\r\n]*,[ \t\r\n]*)\{")
_END_OF_LINE = re.compile(rb"(?<=\S)[ \t\r]*\n")
_BLANK = b" \t\r\n"
_FAULTS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

_ANY: msgspec.json.Decoder[Any] = msgspec.json.Decoder()

Row = dict[str, Any]


class UnevenError(LeedError):
    """The rows are not all alike; they have to be read as a whole. Nobody but this module sees it."""


def streamed(file: IO[bytes], shown: str) -> Rows | None:
    """Return the rows of a file of JSON if they are all of one shape, and the file is well-formed; else None.

    Args:
        file: is read to its end, if all goes well.
        shown: what messages call it.

    Raises:
        InputError: it cannot be read.
    """
    try:
        pieces = _pieces(file, shown)
        first = next(pieces, None)
        if first is None or (first.lines and not begins_lines(first.data)):
            return None
        plain = _plain(first)
        shape = shape_of(plain[0]) if plain else None
        if shape is None:
            return None
        rows = Rows(shape, plain)
        rows.add(first)
        for piece in pieces:
            rows.add(piece)
    except (UnevenError, *_FAULTS):
        return None
    return rows if len(rows) > 1 else None


class _Piece(msgspec.Struct):
    """Some whole rows: lines, or what stands between the brackets of a list."""

    data: bytes
    lines: bool

    def decoded(self, decoder: msgspec.json.Decoder[Any], listed: msgspec.json.Decoder[Any]) -> list[Any]:
        """Return the rows, by the decoder of one or that of a list of them."""
        found: list[Any] = decoder.decode_lines(self.data) if self.lines else listed.decode(b"[%b]" % self.data)
        return found

    def first(self) -> list[Row]:
        """Return the first row as it stands there; nothing if it takes more than a look to find its end."""
        end = _END_OF_LINE.search(self.data) if self.lines else _BETWEEN.search(self.data)
        try:
            return [] if end is None else [_ANY.decode(self.data[: end.start() + 1])]
        except _FAULTS:
            return []


def _plain(piece: _Piece) -> list[Any]:
    return piece.decoded(_ANY, _ANY)


def _pieces(file: IO[bytes], shown: str) -> Iterator[_Piece]:
    """The rows of a file in pieces."""
    data = read_some(file, _PIECE, shown)
    start = data.lstrip(_BLANK)
    if not start.startswith(b"["):
        while data:
            data += file.readline(_LONGEST)
            yield _Piece(data, lines=True)
            data = read_some(file, _PIECE, shown)
        return
    left = start[1:]
    while more := read_some(file, _PIECE, shown):
        left += more
        if len(left) > _PIECE + _LONGEST + len(more):
            raise UnevenError
        end, behind = _between(left)
        if end:
            yield _Piece(left[:end], lines=False)
            left = left[behind:]
    last = left.rstrip(_BLANK)
    if not last.endswith(b"]"):
        raise UnevenError
    yield _Piece(last[:-1], lines=False)


def _between(data: bytes) -> tuple[int, int]:
    """Where the last row ends behind which another begins, and where that begins; 0 if there is none.

    It may lie within a text. Then that piece cannot be decoded.
    """
    at = data.rfind(b"}")
    while at > 0:
        found = _BETWEEN.match(data, at)
        if found is not None:
            return found.start(1), found.end(1)
        at = data.rfind(b"}", 0, at)
    return 0, 0


class Rows:
    """Gathers rows of one shape.

    Attributes:
        sample: some of the rows as plain data, to recognise the format by.
    """

    def __init__(self, shape: Shape, first: Sequence[Row]) -> None:
        self.sample: list[Row] = list(first[:_SAMPLE])
        self._shape = shape
        self._row = msgspec.json.Decoder(shape.row)
        self._list = msgspec.json.Decoder(list[shape.row])  # type: ignore[name-defined] # made of the first row
        labels = list(dict.fromkeys(label for scores in shape.scores for label in scores.labels))
        self._columns = [_Columns(scores, {*dimensions(labels)}) for scores in shape.scores]
        self._said = _Said(shape.fields)
        self._unread = 0

    def __len__(self) -> int:
        return len(self._said)

    def add(self, piece: _Piece) -> None:
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
        for columns in self._columns:
            columns.add(rows)
        new = self._said.add([self._shape.values(row) for row in rows])
        if self._shape.unread and any(map(is_score, {text for row in rows for text in self._shape.texts(row)})):
            raise UnevenError
        if new:  # the order of labels is that of the first row of a track
            plain = _plain(piece)
            if any(keys_of(plain[place]) != self._shape.keys for place in new):
                raise UnevenError

    def recording(self, source: str | None) -> Recording:
        """Return what was gathered; nothing can be added any more.

        Args:
            source: what rows belong to that name no source.
        """
        notes = Notes()
        for _ in range(len(self)):
            for name in self._shape.unread:
                not_read(notes, name)
        issues = notes.issues()
        silent = sum(columns.silent for columns in self._columns)
        if silent:
            total = len(self) * len(self._columns)
            issues.append(Issue("no-scores", f"{silent} of {total} rows report no score"))
        tracks = tuple(self._tracks(source))
        return Recording(tracks, (*issues, *(issue for track in tracks for issue in range_issues(track))))

    def _tracks(self, source: str | None) -> Iterator[Track]:
        order, groups = self._said.groups(source)
        matrices = [permuted(columns.matrix(), order) for columns in self._columns]
        for group in groups:
            columns = self._said.columns(order, group.rows)
            for gathered, matrix in zip(self._columns, matrices, strict=True):
                scores = gathered.scores
                about = About(group.said, source=source, modality=scores.modality)
                yield from _tracks(about.key, scores.labels, matrix[group.rows], columns)


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
    """

    def __init__(self, scores: Scores, bipolar: set[str]) -> None:
        self.scores = scores
        self.silent = 0
        self._bipolar = [i for i, label in enumerate(scores.labels) if label in bipolar]
        self._matrix = Matrix(len(scores.labels))

    def add(self, rows: Sequence[Any]) -> None:
        """Add the scores of decoded rows.

        Raises:
            UnevenError: they may have to be settled: their numbers are not all near 0 to 1.
        """
        values = self._values(rows)
        low, high = (float(reduce(values, axis=None, initial=0.0)) for reduce in (np.fmin.reduce, np.fmax.reduce))
        if high > _HIGHEST or low <= -INFINITE or (low < 0 and (values[:, self._bipolar] < 0).any()):
            raise UnevenError
        missing = np.isnan(values)
        if missing.any():
            self.silent += int(np.count_nonzero(missing.all(axis=1)))
        self._matrix.add(list(values.T), len(rows))

    def matrix(self) -> NDArray[np.float32]:
        """Return the scores as (n, k) float32; nothing can be added any more."""
        return self._matrix.rearranged(range(len(self.scores.labels)))

    def _values(self, rows: Sequence[Any]) -> NDArray[np.float64]:
        values = array("d")
        take = self.scores.values
        try:
            for row in rows:
                values.extend(take(row))
        except TypeError:
            values = array("d", [np.nan if v is None else v for row in rows for v in take(row)])
        return np.frombuffer(values, np.float64).reshape(len(rows), len(self.scores.labels))


class _Group(msgspec.Struct):
    """The rows of one source, channel, granularity and speaker: what they say, and where they stand in the order."""

    said: Row
    rows: slice


class _Said:
    """What rows say besides their scores."""

    def __init__(self, fields: Sequence[str]) -> None:
        self._places = {field: i for i, field in enumerate(fields)}
        self._key = [field for field in fields if field in _KEY]
        self._numbers = {field: array("d") for field in fields if field not in (*_KEY, "text")}
        self._texts: list[str | None] = []
        self._codes = array("q")
        self._known: dict[tuple[Any, ...], int] = {}

    def __len__(self) -> int:
        return len(self._codes)

    def add(self, rows: list[tuple[Any, ...]]) -> list[int]:
        """Add the fields of rows; return at which of these somebody is met who was not before."""
        columns = list(zip(*rows, strict=True))
        for field, numbers in self._numbers.items():
            numbers.extend([np.nan if v is None else v for v in columns[self._places[field]]])
        if "text" in self._places:
            self._texts += map(word_of, columns[self._places["text"]])
        keys = list(zip(*(columns[self._places[field]] for field in self._key), strict=True)) or [()] * len(rows)
        known = len(self._known)
        codes = [self._known.setdefault(key, len(self._known)) for key in keys]
        self._codes.extend(codes)
        return [codes.index(code) for code in range(known, len(self._known))]

    def groups(self, source: str | None) -> tuple[NDArray[np.int64] | None, list[_Group]]:
        """Return the rows by whom they are of, in the order in which these were met, and that order if it is new."""
        said = [dict(zip(self._key, key, strict=True)) for key in self._known]
        found: dict[tuple[str | None, ...], int] = {}
        merged = [found.setdefault(About(fields, source=source).key, len(found)) for fields in said]
        codes = np.array(merged, np.int64)[np.frombuffer(self._codes, np.int64)]
        ends = np.cumsum(np.bincount(codes)).tolist()
        slices = map(slice, [0, *ends[:-1]], ends)
        groups = [_Group(said[merged.index(i)], rows) for i, rows in enumerate(slices)]
        return (None if (codes[1:] >= codes[:-1]).all() else np.argsort(codes, kind="stable")), groups

    def columns(self, order: NDArray[np.int64] | None, rows: slice) -> dict[str, Any]:
        """Return what the rows of a group say."""
        confidence = self._ordered(self._finite("confidence"), order, rows)
        texts = self._texts
        if texts:
            texts = texts[rows] if order is None else [texts[row] for row in order[rows].tolist()]
        return {
            "begin": self._ordered(self._seconds("begin"), order, rows),
            "end": self._ordered(self._seconds("end"), order, rows),
            "text": tuple(texts) if texts else None,
            "extras": {} if np.isnan(confidence).all() else {"confidence": confidence},
        }

    def _seconds(self, field: str) -> NDArray[np.float64]:
        seconds = self._finite(field)
        if f"{field}_ms" in self._numbers:
            seconds = np.where(np.isnan(seconds), self._finite(f"{field}_ms") / 1000, seconds)
        return seconds

    def _finite(self, field: str) -> NDArray[np.float64]:
        numbers = self._numbers.get(field)
        return np.full(len(self), np.nan) if numbers is None else finite(np.frombuffer(numbers, np.float64))[0]

    @staticmethod
    def _ordered(column: NDArray[np.float64], order: NDArray[np.int64] | None, rows: slice) -> NDArray[np.float64]:
        """The rows of a group, which nobody changes, so that a track needs no copy."""
        part = column[rows] if order is None else column[order[rows]]
        part.flags.writeable = False
        return part
