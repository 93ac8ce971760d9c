"""leed's own JSON lines: a recording with a line for each segment, read back exactly, or what is left of it.

::

    {"leed":"lines/1","tracks":1,"segments":2,"issues":0}
    {"leed":"track","source":"a.wav","modality":"prosody",...,"labels":["Joy","Fear"],"extras":{},"track":0}
    {"leed":"segment","source":"a.wav","modality":"prosody",...,"begin":0.0,"scores":{"Joy":0.5},...,"track":0,"row":0}

Quantity: as written. The lines may have been filtered, edited, put into another order or cut off, and several files
may stand one behind the other. Source: `Recording.to_json_lines`; `leed.schema.lines` has the layout.
"""

from __future__ import annotations

import json
import math
import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.errors import ColumnError, DamagedInputError, UnknownFormatError
from leed.readers import CERTAIN, NEAR, NOT_THIS, Guess, Reader
from leed.readers.content import Content
from leed.schema.lines import VERSION, ColumnLine, Head, IssueLine, Line, Seconds, SegmentLine, TrackLine
from leed.schema.plain import SAME, Same, column_of
from leed.schema.recording import Recording
from leed.schema.terms import Issue
from leed.schema.tracks import Track

_TAG = re.compile(rb'(?<!\\)"leed"\s*:\s*"([^"\\]*)"')
_KINDS = re.compile(r"lines/\d+|track|issue|segment")
_DESCRIBED = {"description", "terms", "fingerprint"}
_DESCRIPTION = re.compile(  # JSON lines, CSV, WebVTT and SubRip of `leed describe`
    rb'\{"source":[^\n]*"description":[^\n]*"terms":|source,modality,[^\n]*,description,[^\n]*terms,fingerprint'
    rb"|(?:WEBVTT|\d+)\s+\d\d:\d\d:\d\d[.,]\d{3} --> "
)
_NO_SCORES = (
    "holds descriptions or subtitles, as 'leed describe' writes them, and no scores; "
    "give the file that they were made from (Parquet of 'leed describe' has the scores too)"
)
_DECODER: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)
_FAULTS = (msgspec.MsgspecError, ValueError, RecursionError)
_ABSENT = object()
_CHUNK = 4096  # values of an extra that wait to become an array
_SHOWN = 5


def recognise(content: Content) -> Guess:
    """Return whether the first line says that it is one of a recording; what else leed writes is a near miss."""
    rows = _rows(content) if content.is_plain else [content.head.lstrip().partition(b"\n")[0]]
    first = rows[0] if rows else None
    if content.kind in ("json", "plain") and _KINDS.fullmatch(_tag(first)):
        return Guess(CERTAIN)
    if content.kind in ("json", "plain", "text"):
        whole = first.keys() >= _DESCRIBED if isinstance(first, Mapping) else _DESCRIPTION.match(content.head.lstrip())
        return Guess(NEAR, _NO_SCORES) if whole else NOT_THIS
    return NOT_THIS


def read(content: Content) -> Recording:
    """Return the recording, or what is left of it."""
    if content.is_plain:
        return _read(_rows(content), content.shown)
    with content.open() as file:
        return _read(file, content.shown)


def _rows(content: Content) -> list[Any]:
    return content.plain if isinstance(content.plain, list) else [content.plain]


def _read(lines: Iterable[Any], shown: str) -> Recording:
    """The recording of lines: of bytes, or plain data."""
    gathered = _Gathered()
    odd: list[int] = []
    why, cut_off = "it is empty", False
    for number, line in enumerate(lines, 1):
        if line in (b"\n", b"\r\n"):
            continue
        try:
            gathered.add(_decoded(line))
            cut_off = False
        except _FAULTS as error:
            tag = _tag(line)
            if tag.startswith("lines/") and tag != VERSION:
                raise UnknownFormatError(
                    f"{shown}: was written by another leed, as {tag}; this one reads {VERSION}"
                ) from error
            if not odd:
                why = f"line {number}: {' '.join(str(error).split())[:200]}"
            odd.append(number)
            cut_off = isinstance(line, bytes) and not line.endswith(b"\n")
    if not gathered.lines:
        raise DamagedInputError(f"{shown}: has no line of a recording that leed wrote; {why}")
    if cut_off:
        gathered.issues.append(Issue("cut-off", f"line {odd.pop()}, the last one, is cut off; it is left out"))
    if odd:
        more = ", ..." if len(odd) > _SHOWN else ""
        what = (
            f"{len(odd)} lines are none of a recording ({', '.join(map(str, odd[:_SHOWN]))}{more}); they are left out"
        )
        gathered.issues.append(Issue("not-read", f"{what}; {why}"))
    return gathered.recording()


def _decoded(line: Any) -> Line:  # noqa: ANN401 - bytes, or plain data
    """One line; the tolerant way takes half a character, and NaN as Python writes it.

    Raises:
        MsgspecError, ValueError, RecursionError: it is none.
    """
    if isinstance(line, bytes):
        try:
            return _DECODER.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            line = json.loads(line)
    plain: Line = msgspec.convert(line, Line)
    return plain


def _tag(line: Any) -> str:  # noqa: ANN401 - bytes, or plain data
    """What a line says that it is, or nothing."""
    if isinstance(line, Mapping):
        return str(line.get("leed"))
    found = _TAG.search(line) if isinstance(line, bytes) else None
    return found[1].decode("utf-8", "replace") if found else ""


class _Gathered:
    """Gathers lines of one recording, or of several one behind the other; they may stand in any order.

    Attributes:
        lines: how many there were.
        issues: what was odd about them.
    """

    def __init__(self) -> None:
        self.lines = 0
        self.issues: list[Issue] = []
        self._heads: list[Head] = []
        self._told: dict[tuple[int, int], TrackLine] = {}
        self._tracks: dict[tuple[Any, ...], _Rows] = {}
        self._found: list[Issue] = []

    def add(self, line: Line) -> None:
        """Add a line."""
        self.lines += 1
        if isinstance(line, Head):
            self._heads.append(line)
        elif isinstance(line, IssueLine):
            self._found.append(Issue(line.code, line.message, line.source, line.where))
        else:
            self._add(line, (max(len(self._heads) - 1, 0), line.track))

    def _add(self, line: TrackLine | SegmentLine, place: tuple[int, int]) -> None:
        """Add what belongs to the track of this number in a recording; one edited to say otherwise has its own."""
        key = (*place, *(getattr(line, name) for name in SAME))
        rows = self._tracks.get(key)
        if rows is None:
            rows = self._tracks[key] = _Rows(line)
            if place in self._told:
                rows.tell(self._told[place])
        if isinstance(line, SegmentLine):
            rows.add(line)
        else:
            self._told[place] = line
            rows.tell(line)

    def recording(self) -> Recording:
        """Return what was gathered."""
        ordered = [self._tracks[key] for key in sorted(self._tracks, key=lambda key: key[:2])]
        tracks = [rows.track(self.issues) for rows in ordered]
        self._count(sum(map(len, tracks)))
        return Recording(tuple(tracks), (*self._found, *self.issues))

    def _count(self, segments: int) -> None:
        """Note what is missing."""
        if not self._heads:
            what = "the line that counts the others is missing, so others may be too; what is there is read"
            self.issues.append(Issue("incomplete", what))
            return
        found = {"segments": segments, "tracks": len(self._told), "issues": len(self._found)}
        counts = {name: sum(getattr(head, name) for head in self._heads) for name in found}
        missing = [f"{counts[name] - n} of {counts[name]} {name}" for name, n in found.items() if n < counts[name]]
        if missing:
            self.issues.append(Issue("incomplete", f"{', '.join(missing)} are missing; what is left is read"))


class _Rows:
    """The segments of one track, in the order of their lines."""

    def __init__(self, same: Same) -> None:
        self._same = {name: getattr(same, name) for name in SAME}
        self._order: list[str] = []
        self._labels: list[str] = []
        self._places: dict[str, int] = {}
        self._stood = array("q")
        self._begin, self._end = array("d"), array("d")
        self._texts: list[str | None] = []
        self._blocks: list[tuple[int, array[float]]] = [(0, array("f"))]  # by how many labels were known
        self._extras: dict[str, _Extra] = {}

    def tell(self, told: TrackLine) -> None:
        """Take in the line of the track, which may stand behind its segments."""
        self._order = told.labels
        if not self._stood:
            self._know(told.labels)
        for name, column in told.extras.items():
            self._extras.setdefault(name, _Extra(name)).told = column

    def add(self, line: SegmentLine) -> None:
        """Add a segment."""
        values: Iterable[float | None] = line.scores.values()
        if list(line.scores) != self._labels:
            self._know(line.scores)
            values = map(line.scores.get, self._labels)
        self._blocks[-1][1].extend([math.nan if value is None else value for value in values])
        for name, value in line.extras.items():
            self._extras.setdefault(name, _Extra(name)).put(len(self._stood), value)
        self._stood.append(line.row)
        self._begin.append(_seconds(line.begin))
        self._end.append(_seconds(line.end))
        self._texts.append(line.text)

    def _know(self, labels: Iterable[str]) -> None:
        """Make room for labels that are new."""
        known = len(self._labels)
        for label in labels:
            if self._places.setdefault(label, len(self._labels)) == len(self._labels):
                self._labels.append(label)
        if len(self._labels) > known:
            self._blocks.append((len(self._stood), array("f")))

    def track(self, issues: list[Issue]) -> Track:
        """Return the track, its rows and labels in their order; note what is odd about it."""
        stood = np.array(self._stood, np.int64)
        order = np.argsort(stood, kind="stable")
        labels = tuple(dict.fromkeys([*self._order, *self._labels]))
        matrix = self._matrix(labels)[order]

        def note(code: str, what: str) -> None:
            issues.append(Issue(code, what, self._same["source"], self._same["modality"]))

        twice = int((np.diff(stood[order]) == 0).sum())
        if twice:
            note("duplicate-segment", f"{twice} segments have the place of another in their track; they are kept")
        huge = int(np.isinf(matrix).sum())
        if huge:
            note("not-finite", f"{huge} scores are not finite in float32; they count as not reported")
        extras = {}
        for name, extra in self._extras.items():
            try:
                extras[name] = extra.column(len(stood))[order]
            except ColumnError as error:
                note("not-read", f"{error}; it is left out")
        return Track(
            **self._same,
            labels=labels,
            matrix=matrix,
            begin=np.array(self._begin)[order],
            end=np.array(self._end)[order],
            text=tuple(self._texts[i] for i in order.tolist()),
            extras=extras,
        )

    def _matrix(self, labels: Sequence[str]) -> NDArray[np.float32]:
        """The scores under labels in their order."""
        place = {label: i for i, label in enumerate(labels)}
        columns = np.array([place[label] for label in self._labels], np.intp)
        matrix = np.full((len(self._stood), len(labels)), np.nan, np.float32)
        ends = [*(start for start, _ in self._blocks[1:]), len(self._stood)]
        for (start, block), end in zip(self._blocks, ends, strict=True):
            if end > start:
                rows = np.array(block, np.float32).reshape(end - start, -1)
                matrix[start:end, columns[: rows.shape[1]]] = rows
        return matrix


class _Extra:
    """A column of extras: of the type and shape that the line of the track tells, else as the values look.

    Attributes:
        told: what the line of the track says of it.
    """

    def __init__(self, name: str) -> None:
        self.told: ColumnLine | None = None
        self._name = name
        self._settled: list[NDArray[Any]] = []
        self._values: list[Any] = []
        self._rows = 0
        self._fault: ColumnError | None = None

    def put(self, row: int, value: Any) -> None:  # noqa: ANN401 - of any column
        """Add the value of a row; rows that are passed over have none."""
        self._pass_over(row)
        self._values.append(value)
        self._rows += 1
        if self.told is not None and len(self._values) >= _CHUNK:
            self._settle()

    def column(self, rows: int) -> NDArray[Any]:
        """Return the values of all rows.

        Raises:
            ColumnError: they do not fit.
        """
        self._pass_over(rows)
        self._settle()
        if self._fault is not None:
            raise self._fault
        try:
            return np.concatenate(self._settled)
        except ValueError as error:
            raise ColumnError(f"extras.{self._name}: {error}") from error

    def _pass_over(self, row: int) -> None:
        self._values += [_ABSENT] * (row - self._rows)
        self._rows = row

    def _settle(self) -> None:
        """Make an array of the values that wait."""
        if self._fault is None:
            try:
                self._settled.append(self._array())
            except ColumnError as error:
                self._fault = error
        self._values = []

    def _array(self) -> NDArray[Any]:
        present = [value for value in self._values if value is not _ABSENT]
        told = self.told or _guessed(self._name, present)
        column = column_of(self._name, told.type, told.shape, present)
        absent = len(self._values) - len(present)
        if not absent:
            return column
        if column.dtype.kind != "f" or not (present or self._settled):
            raise ColumnError(f"extras.{self._name}: {absent} segments do not have it")
        whole = np.full((len(self._values), *column.shape[1:]), np.nan, column.dtype)
        whole[[value is not _ABSENT for value in self._values]] = column
        return whole


def _guessed(name: str, values: list[Any]) -> ColumnLine:
    """What the type and shape of values may be."""
    try:
        column = np.array(values)
        leaves = np.array(values, object).ravel().tolist()
    except ValueError as error:
        raise ColumnError(f"extras.{name}: {error}") from error
    plain = column.dtype.kind in "iub" or (column.dtype.kind == "U" and all(isinstance(leaf, str) for leaf in leaves))
    return ColumnLine(str(column.dtype) if plain else "float64", list(column.shape[1:]))


def _seconds(given: Seconds) -> float:
    return math.nan if given is None else float(given)


reader = Reader(
    "leed-jsonl",
    "leed's own JSON lines, a line for each segment",
    "as written",
    recognise,
    read,
)
