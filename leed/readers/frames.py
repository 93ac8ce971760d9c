"""Wide tables of face tools, a row for each face and frame: columns as numbers, and tracks from some of them."""

from __future__ import annotations

import io
import math
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leed.readers.columns import range_issues, track_of
from leed.readers.content import Content
from leed.readers.csv_rows import rows_of
from leed.readers.encoding import ESCAPED, mended
from leed.schema.recording import Recording, Track
from leed.schema.terms import Issue

_MISSING = {"", "nan", "na", "n/a", "null", "none", "-"}
_NUMBERED = re.compile(r"(.*?)_?(\d{1,4})$")
_LARGEST = float(np.finfo(np.float32).max)
_BLOCK = 500
_LARGE = 1 << 24  # from here on, a file is decoded while it is read


Key = tuple[str | None, str | None]
"""A source and a speaker."""


class Frames:
    """A table by column: numbers, except for some columns of text.

    Attributes:
        header: the names, without blanks around them; of two alike the first is read.
        issues: what was odd about the cells.
    """

    def __init__(self, content: Content, texts: Sequence[str] = ()) -> None:
        self.issues: list[Issue] = []
        self._name = content.name
        rows = rows_of(_lines(content), shown=content.shown, size=content.size)
        self.header = [name.strip() for name in next(rows, [])]
        self._place = {name: i for i, name in reversed(list(enumerate(self.header)))}
        self._texts: dict[str, list[str]] = {name: [] for name in texts}
        self._blocks: list[NDArray[np.float64]] = [np.empty((0, len(self.header)))]
        self._bad = np.zeros(len(self.header), np.int64)
        short = 0
        while block := list(islice((row for row in rows if any(cell.strip() for cell in row)), _BLOCK)):
            short += sum(len(row) < len(self.header) for row in block)
            self._add(block)
        if short:
            what = f"{short} of {len(self)} rows have fewer cells than the header; the rest counts as empty"
            self.issues.append(Issue("short-rows", what, self._name))

    def __len__(self) -> int:
        return sum(map(len, self._blocks))

    def __contains__(self, name: str) -> bool:
        return name in self._place

    def text(self, name: str) -> list[str]:
        """Return a column of text; empty where there is none."""
        return self._texts[name]

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Return a column as numbers; NaN where there is none. Cells that are no numbers are reported."""
        place = self._place.get(name)
        if place is None:
            return np.full(len(self), np.nan)
        if self._bad[place]:
            what = f"column {name[:60]!r}: {self._bad[place]} of {len(self)} cells are no finite number"
            issue = Issue("unreadable-score", f"{what}; they count as not reported", self._name)
            self.issues += [] if issue in self.issues else [issue]
        return np.concatenate([block[:, place] for block in self._blocks])

    def matrix(self, names: Sequence[str]) -> NDArray[np.float64]:
        """Return columns side by side, (n, k)."""
        return np.array([self.numbers(name) for name in names], np.float64).reshape(len(names), len(self)).T

    def others(self, used: Iterable[str]) -> dict[str, NDArray[Any]]:
        """Return the columns of numbers that are not used yet; numbered ones (x_0, x_1, ...) as one column of rows."""
        taken = set(used)
        stems: dict[str, list[tuple[int, str]]] = {}
        plain: list[str] = []
        for name in dict.fromkeys(self.header):
            parts = _NUMBERED.fullmatch(name)
            if not name or name in taken or self._bad[self._place[name]]:
                continue
            if parts and parts[1]:
                stems.setdefault(parts[1], []).append((int(parts[2]), name))
            else:
                plain.append(name)
        extras: dict[str, NDArray[Any]] = {}
        for stem, numbered in stems.items():
            if len(numbered) == 1:
                plain.append(numbered[0][1])
            else:
                extras[stem] = self.matrix([name for _, name in sorted(numbered)]).astype(np.float32)
        extras.update((name, self.numbers(name)) for name in plain)
        return {name: column for name, column in extras.items() if not np.isnan(column).all()}

    def _add(self, rows: list[list[str]]) -> None:
        """Add a block of rows, and count the cells that are no numbers."""
        for name, cells in self._texts.items():
            place = self._place.get(name, sys.maxsize)
            cells += [row[place].strip() if place < len(row) else "" for row in rows]
            for row in rows:
                row[place : place + 1] = [""] * (place < len(row))  # text is no number that cannot be read
        width = len(self.header)
        block = np.full((len(rows), width), np.nan)
        for i, row in enumerate(rows):
            try:
                block[i, : len(row)] = [float(cell or "nan") for cell in row[:width]]
            except ValueError:
                block[i, : len(row)] = [math.nan if (v := _float(cell)) is None else v for cell in row[:width]]
                bad = [k for k, cell in enumerate(row[:width]) if _is_bad(cell)]
                self._bad[bad] += 1
        beyond = np.abs(block) > _LARGEST
        self._bad += beyond.sum(axis=0)
        block[beyond] = np.nan
        self._blocks.append(block)


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
    keys: Sequence[Key],
    begin: NDArray[np.float64],
    extras: Mapping[str, NDArray[Any]],
    more: Mapping[str, NDArray[Any]],
    failed: NDArray[np.bool_],
) -> Recording:
    """Return a track for each part, source and speaker; rows without scores, or that failed, are left out and counted.

    Args:
        frames: the table.
        parts: the tracks to be.
        keys: (source, speaker) of each row.
        begin: seconds.
        extras: of every track.
        more: extras of the first part's tracks only.
        failed: rows in which the tool found no face.
    """
    issues: list[Issue] = []
    tracks: list[Track] = []
    silent = failed | np.all([np.isnan(part.matrix).all(axis=1) for part in parts], axis=0)
    said = [~silent & ~np.isnan(part.matrix).all(axis=1) for part in parts]
    for (source, speaker), places in _places(keys).items():
        mine = np.array(places)
        lost = int(silent[mine].sum())
        if lost:
            what = f"{lost} of {len(mine)} rows show no face; they are left out"
            issues.append(Issue("nothing-detected", what, source, speaker))
        for number, part in enumerate(parts):
            rows = mine[said[number][mine]]
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
                    extras={name: column[rows] for name, column in columns.items()},
                    **part.fields,
                )
            )
    if not len(frames):
        issues.append(Issue("no-segments", "the table has no rows"))
    issues += [issue for track in tracks for issue in range_issues(track)]
    return Recording(tuple(tracks), (*frames.issues, *issues))


def _places(keys: Sequence[Key]) -> dict[Key, list[int]]:
    """By key, the rows that have it."""
    places: dict[Key, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    return places


def header_of(content: Content) -> list[str]:
    """Return the names in the first line of a comma-separated text, without blanks; nothing if it is none."""
    if content.kind != "text":
        return []
    line = content.head.decode("utf-8", "replace").lstrip().partition("\n")[0]
    return [name.strip().strip('"') for name in line.strip().split(",")]


def box_of(frames: Frames, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Return the extra ``box`` (x, y, width, height) from four columns, if there are all."""
    return {"box": frames.matrix(names).astype(np.float32)} if all(name in frames for name in names) else {}


def _lines(content: Content) -> Iterable[str]:
    if content.size <= _LARGE:
        return io.StringIO(content.text.lstrip("\ufeff \r\n"), newline="")
    return _lines_of_large(content)


def _lines_of_large(content: Content) -> Iterator[str]:
    odd = False
    with io.TextIOWrapper(content.open(), encoding="utf-8", errors=ESCAPED, newline="") as file:
        for line in file:
            text = mended(line)
            odd = odd or text != line
            yield text
    if odd:
        what = "not UTF-8 throughout; read as Windows-1252 where it is not, so letters may be wrong"
        content.issues.append(Issue("encoding", what))


def _is_bad(cell: str) -> bool:
    """Whether a cell holds something, and that is no number."""
    return cell.strip().casefold() not in _MISSING and _float(cell) is None


def _float(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None
