"""A recording as JSON lines: a line a segment, in the recording's order, which can be searched and filtered.

::

    {"leed":"lines/1","tracks":1,"segments":2,"issues":0}
    {"leed":"track","source":"a.wav",...,"labels":["Joy","Fear"],"extras":{},"track":0}
    {"leed":"segment","source":"a.wav",...,"begin":0.0,"end":1.5,"text":"so","scores":{"Joy":0.5},...,"track":0,"row":0}
    {"leed":"segment","source":"a.wav",...,"begin":1.5,"end":2.0,"text":null,"scores":{"Joy":0.2},...,"track":0,"row":1}

The first line counts those that follow: a line for each track, with its labels in their order and the types and shapes
of its extras; a line for each issue; and the segments. A segment says all of itself; a label that was not reported is
not among its scores. `leed.readers.lines` reads them; ``python -m leed.schema.lines`` prints the JSON Schema of a line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.schema.plain import SAME, Same, check_kind, listed, to_json
from leed.schema.terms import Issue

if TYPE_CHECKING:
    from leed.schema.recording import Recording
    from leed.schema.tracks import Track

VERSION = "lines/1"

Count = Annotated[int, msgspec.Meta(ge=0, lt=1 << 62)]
Seconds = float | Literal["inf", "-inf"] | None

_CHUNK = 1024  # segments whose numbers are made plain at once


class Head(msgspec.Struct, tag_field="leed", tag=VERSION):
    """The first line: how many lines of each kind follow."""

    tracks: Count
    segments: Count
    issues: Count


class ColumnLine(msgspec.Struct):
    """What NumPy calls the type of a column of extras, and the shape of one value."""

    type: str
    shape: list[Count]


class TrackLine(Same, tag_field="leed", tag="track", kw_only=True):
    """What is known of a track besides its segments."""

    labels: list[str]
    extras: dict[str, ColumnLine]
    track: Count


class IssueLine(Issue, frozen=True, tag_field="leed", tag="issue"):
    """An issue."""


class SegmentLine(Same, tag_field="leed", tag="segment", kw_only=True):
    """One segment, and where it stands in which track."""

    begin: Seconds
    end: Seconds
    text: str | None
    scores: dict[str, float | None]
    extras: dict[str, Any] = msgspec.field(default_factory=dict)
    track: Count
    row: Count


Line = Head | TrackLine | IssueLine | SegmentLine


def to_lines(recording: Recording) -> Iterator[bytes]:
    """Return the lines of a recording, made as they are asked for.

    Raises:
        ColumnError: a track has an extra that is neither numbers nor flags nor text.
    """
    for track in recording.tracks:
        for name, column in track.extras.items():
            check_kind(name, column.dtype)
    return (to_json(line) + b"\n" for line in _lines(recording))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a line.

    >>> sorted(json_schema()["$defs"])
    ['ColumnLine', 'Head', 'IssueLine', 'SegmentLine', 'TrackLine']
    """
    return msgspec.json.schema(Line)


def _lines(recording: Recording) -> Iterator[Line]:
    yield Head(len(recording.tracks), len(recording), len(recording.issues))
    for number, track in enumerate(recording.tracks):
        extras = {name: ColumnLine(str(c.dtype), list(c.shape[1:])) for name, c in track.extras.items()}
        yield TrackLine(**_same(track), labels=list(track.labels), extras=extras, track=number)
    for issue in recording.issues:
        yield IssueLine(**issue.to_dict())
    order = recording.order()
    for start in range(0, len(order), _CHUNK):
        yield from _segments(recording.tracks, order[start : start + _CHUNK])


def _segments(tracks: tuple[Track, ...], pairs: NDArray[np.int64]) -> Iterator[Line]:
    """The lines of (track, row) pairs; the numbers of one track are made plain at once."""
    waiting = {
        number: _of_track(tracks[number], number, pairs[pairs[:, 0] == number, 1])
        for number in np.unique(pairs[:, 0]).tolist()
    }
    for number in pairs[:, 0].tolist():
        yield next(waiting[number])


def _of_track(track: Track, number: int, rows: NDArray[np.int64]) -> Iterator[Line]:
    same = _same(track)
    scores, begin, end = (listed(column[rows]) for column in (track.matrix, track.begin, track.end))
    extras = {name: listed(column[rows]) for name, column in track.extras.items()}
    for i, row in enumerate(rows.tolist()):
        yield SegmentLine(
            **same,
            begin=begin[i],
            end=end[i],
            text=None if track.text is None else track.text[row],
            scores={label: score for label, score in zip(track.labels, scores[i], strict=True) if score is not None},
            extras={name: values[i] for name, values in extras.items()},
            track=number,
            row=row,
        )


def _same(track: Track) -> dict[str, Any]:
    return {name: getattr(track, name) for name in SAME}


if __name__ == "__main__":
    print(json.dumps(json_schema(), indent=2))  # noqa: T201 - a script's output
