"""Wide tables of face tools, a row for each face and frame: columns as numbers, and tracks from some of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leed.readers.columns import range_issues, track_of
from leed.readers.content import Content
from leed.readers.delimited import Delimited, Header
from leed.readers.gathering import some
from leed.readers.groups import grouped, renamed
from leed.readers.sheet import Words
from leed.readers.stack import Plan
from leed.schema.recording import Recording
from leed.schema.terms import Issue
from leed.schema.tracks import Track

_NUMBERED = re.compile(r"(.*?)_?(\d{1,4})$")


class Frames:
    """A table by column: some columns of text, some of numbers, and the others, which are kept as extras.

    Attributes:
        header: the names, without blanks around them; of two alike the first is read.
        source: the name of the input.
        issues: what was odd about the cells.
    """

    def __init__(
        self,
        content: Content,
        found: Header,
        *,
        words: Collection[str],
        numbers: Collection[str],
        without: Collection[str] = (),
    ) -> None:
        """Read the rows.

        Args:
            content: the text.
            found: its header.
            words: columns of text.
            numbers: columns that are asked for as numbers.
            without: columns that are not read.
        """
        self.header = found.names
        self.source = content.name
        self._place = {name: i for i, name in reversed(list(enumerate(found.names)))}
        texts = {name for name in words if name in self._place}
        single = {name for name in numbers if name in self._place}
        others = [name for name in dict.fromkeys(found.names) if name not in {"", *words, *single, *without}]
        self._stems, self._plain = _stems(others)
        self._stack = Delimited(content, found).stacked(
            Plan(
                scores={stem: [self._place[name] for name in names] for stem, names in self._stems.items()},
                numbers=sorted(self._place[name] for name in (*single, *self._plain)),
                words=sorted(self._place[name] for name in texts),
            )
        )
        self._reported: set[str] = set()
        self.issues = [Issue(issue.code, issue.message, self.source) for issue in self._stack.issues]

    def __len__(self) -> int:
        return self._stack.rows

    def __contains__(self, name: str) -> bool:
        return name in self._place

    def words(self, name: str) -> Words:
        """Return a column of text without blanks around it; nothing in every row where there is no such column."""
        if name not in self._place:
            return Words(np.full(len(self), -1), [])
        return renamed(self._stack.words(self._place[name]), str.strip)

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Return a column as numbers; NaN where there is none. Cells that are no numbers are reported."""
        place = self._place.get(name)
        if place is None:
            return np.full(len(self), np.nan)
        odd = self._stack.odd(place)
        if odd and name not in self._reported:
            self._reported.add(name)
            what = f"column {name[:60]!r}: {some(odd, 'cell', 'is', 'are')} no finite number"
            self.issues.append(Issue("unreadable-score", what, self.source))
        return self._stack.numbers(place)

    def matrix(self, names: Sequence[str]) -> NDArray[np.float64]:
        """Return columns side by side, (n, k)."""
        return np.array([self.numbers(name) for name in names], np.float64).reshape(len(names), len(self)).T

    def others(self) -> dict[str, NDArray[Any]]:
        """Return the other columns of numbers; numbered ones (x_0, x_1, ...) as one column of rows."""
        extras: dict[str, NDArray[Any]] = {}
        for stem, names in self._stems.items():
            sound = [i for i, name in enumerate(names) if not self._stack.odd(self._place[name])]
            extras[stem] = self._stack.matrix(stem).rearranged(sound)
        for name in self._plain:
            if not self._stack.odd(self._place[name]):
                extras[name] = self._stack.numbers(self._place[name])
        return {name: column for name, column in extras.items() if not np.isnan(column).all()}


def _stems(names: Iterable[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Numbered names by what stands before the number, in the order of the numbers; and all others."""
    numbered: dict[str, list[tuple[int, str]]] = {}
    plain = []
    for name in names:
        parts = _NUMBERED.fullmatch(name)
        if parts and parts[1]:
            numbered.setdefault(parts[1], []).append((int(parts[2]), name))
        else:
            plain.append(name)
    plain += [found[0][1] for found in numbered.values() if len(found) == 1]
    return {stem: [name for _, name in sorted(found)] for stem, found in numbered.items() if len(found) > 1}, plain


class Part:
    """Some columns that make a track."""

    def __init__(self, names: Sequence[str], matrix: NDArray[np.float64], **fields: Any) -> None:  # noqa: ANN401 - of Track
        self.names = names
        self.matrix = matrix
        self.fields = fields


def recording_of(
    frames: Frames,
    parts: Sequence[Part],
    *,
    sources: Words | None = None,
    speakers: Words | None = None,
    begin: NDArray[np.float64],
    extras: Mapping[str, NDArray[Any]],
    more: Mapping[str, NDArray[Any]],
    failed: NDArray[np.bool_] | None = None,
) -> Recording:
    """Return a track for each part, source and speaker; rows without scores, or that failed, are left out and counted.

    Args:
        frames: the table.
        parts: the tracks to be.
        sources: of each row; where there is none, it is the input.
        speakers: of each row.
        begin: seconds.
        extras: of every track.
        more: extras of the first part's tracks only.
        failed: rows in which the tool found no face.
    """
    issues: list[Issue] = []
    tracks: list[Track] = []
    found_any = np.full(len(frames), True) if failed is None else ~failed
    shown = [np.asarray(found_any & ~np.isnan(part.matrix).all(axis=1)) for part in parts]
    anything = np.any(shown, axis=0) if shown else ~found_any
    found = grouped([sources, speakers], len(frames))
    for group in found.groups:
        mine = np.arange(len(frames))[group.rows] if found.order is None else found.order[group.rows]
        source, speaker = group.key[0] or frames.source, group.key[1]
        lost = len(mine) - int(np.count_nonzero(anything[mine]))
        if lost:
            what = f"{lost} of {len(mine)} rows show no face; they are left out"
            issues.append(Issue("nothing-detected", what, source, speaker))
        for number, part in enumerate(parts):
            rows = mine[shown[number][mine]]
            if not len(rows):
                continue
            columns = {**extras, **(more if number == 0 else {})}
            tracks.append(
                track_of(
                    part.names,
                    part.matrix[rows].astype(np.float32),
                    source=source,
                    speaker=speaker,
                    modality="face",
                    granularity="frame",
                    begin=begin[rows],
                    end=begin[rows],
                    extras={name: _picked(column, rows) for name, column in columns.items()},
                    **part.fields,
                )
            )
    if not len(frames):
        issues.append(Issue("no-segments", "the table has no rows"))
    issues += [issue for track in tracks for issue in range_issues(track)]
    return Recording(tuple(tracks), (*frames.issues, *issues))


def box_of(frames: Frames, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Return the extra ``box`` (x, y, width, height) from four columns, if there are all."""
    return {"box": frames.matrix(names).astype(np.float32)} if all(name in frames for name in names) else {}


def _picked(column: NDArray[Any], rows: NDArray[np.int64]) -> NDArray[Any]:
    """Some rows of a column, which nobody changes: without a copy where they are all."""
    picked = column if len(rows) == len(column) else column[rows]
    picked.flags.writeable = False
    return picked
