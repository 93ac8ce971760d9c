"""Stretches whose labels may differ from one to the next, gathered by column into tracks, in memory near theirs."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.readers.gathering import column_of, is_torn
from leed.schema.tracks import Track

_BLOCK = 1 << 14
_WORDS = 1000  # of a column that are held once, however often they stand there
_SURE = 1 << 53  # whole numbers below it are the same as float64


class Kept(msgspec.Struct, gc=False):
    """Scores that wait to be gathered, in little memory; the labels are shared with others."""

    labels: tuple[str, ...]
    values: array[float]

    def by_label(self) -> dict[str, float]:
        """Return label to score."""
        return dict(zip(self.labels, self.values, strict=True))


class Stretches:
    """Gathers measured stretches. Where hardly any labels are shared, they make several tracks."""

    def __init__(self) -> None:
        self._parts: list[_Part] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(
        self,
        scores: Mapping[str, float],
        begin: float = math.nan,
        end: float = math.nan,
        text: str | None = None,
        extras: Mapping[str, Any] | None = None,
    ) -> None:
        """Add a stretch.

        Args:
            scores: label to score; NaN, or not there: not reported.
            begin: seconds, or NaN.
            end: seconds, or NaN.
            text: what was said.
            extras: numbers, equally long tuples of numbers, or short words, by name.
        """
        part = self._parts[-1] if self._parts else None
        if part is None or not part.takes(scores):
            part = _Part()
            self._parts.append(part)
        part.add(scores, begin, end, text, extras)
        self._count += 1

    def add_rows(
        self,
        names: Sequence[str],
        matrix: NDArray[np.float64],
        times: NDArray[np.float64] | None = None,
        extras: Mapping[str, Any] | None = None,
    ) -> None:
        """Add a stretch for each row of scores, NaN for what is not there; the names are few, and each row has one.

        Args:
            names: those of all rows before and some more, in the order of their first score.
            matrix: a column a name.
            times: in seconds; each stretch is an instant.
            extras: by name, an array of float64 or a list of words; those of all rows before.
        """
        if not self._parts:
            self._parts.append(_Part())
        self._parts[-1].add_rows(names, matrix, times, extras or {})
        self._count += len(matrix)

    def tracks(
        self,
        make: Callable[..., Track],
        *,
        ordered: bool = False,
        **fields: Any,  # noqa: ANN401 - those of Track
    ) -> list[Track]:
        """Return the stretches as one track, or as several; nothing can be added any more.

        Args:
            make: takes the labels, the matrix and the fields; `leed.readers.columns.track_of` or `plain_track`.
            ordered: whether labels are put in the order of the alphabet, rather than that of their first score.
            fields: what else the tracks are told.
        """
        made = []
        while self._parts:
            part = self._parts.pop(0)
            names = sorted(part.names) if ordered else part.names
            made.append(make(names, part.matrix(names), **part.columns(), **fields))
        return made


def plain_track(names: list[str], matrix: NDArray[np.float32], **fields: Any) -> Track:  # noqa: ANN401 - those of Track
    """Return a track with the labels as they came, for a taxonomy that knows only some of them."""
    return Track(labels=tuple(names), matrix=_settled(matrix), **fields)


class _Part:
    """Stretches that make one track.

    Attributes:
        names: the labels, in the order of their first score.
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self._place: dict[str, int] = {}
        self._blocks: list[tuple[int, int, array[float]]] = []  # the first row, the width, and rows of that width
        self._filled = 0
        self._begin, self._end = array("d"), array("d")
        self._texts: list[str | None] = []
        self._extras: dict[str, _Column] = {}

    def takes(self, scores: Mapping[str, float]) -> bool:
        """Return whether the matrix would not be nearly all holes with these scores too."""
        known = scores.keys() <= self._place.keys()
        width = len(self.names) if known else len(self._place.keys() | scores.keys())
        return not is_torn((len(self._begin) + 1) * width, self._filled + len(scores))

    def add(
        self, scores: Mapping[str, float], begin: float, end: float, text: str | None, extras: Mapping[str, Any] | None
    ) -> None:
        """Add a stretch, as `Stretches.add`."""
        row = len(self._begin)
        self._filled += len(scores)
        self._add_scores(row, scores)
        self._begin.append(begin)
        self._end.append(end)
        if text is not None:
            self._texts += [None] * (row - len(self._texts))
            self._texts.append(text)
        if extras:
            for name, value in extras.items():
                column = self._extras.get(name)
                if column is None:
                    column = self._extras[name] = _Column()
                column.put(row, value)

    def add_rows(
        self,
        names: Sequence[str],
        matrix: NDArray[np.float64],
        times: NDArray[np.float64] | None,
        extras: Mapping[str, Any],
    ) -> None:
        """Add stretches, as `Stretches.add_rows`."""
        rows = array("d", [math.nan]) * len(matrix) if times is None else array("d", times.tobytes())
        for name, values in extras.items():
            self._extras.setdefault(name, _Column()).put_rows(len(self._begin), values)
        self._take_names(names)
        self._values(len(self._begin)).frombytes(matrix.astype(np.float32).tobytes())
        self._filled += int(np.count_nonzero(~np.isnan(matrix)))
        self._begin.extend(rows)
        self._end.extend(rows)

    def _take_names(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self._place:
                self._place[name] = len(self.names)
                self.names.append(name)

    def _values(self, row: int) -> array[float]:
        """The rows of the present width, the next of which is this."""
        width = len(self.names)
        if not self._blocks or self._blocks[-1][1] != width:
            self._blocks.append((row, width, array("f")))
        return self._blocks[-1][2]

    def _add_scores(self, row: int, scores: Mapping[str, float]) -> None:
        if [*scores] == self.names and self._blocks:
            self._blocks[-1][2].extend(scores.values())
            return
        self._take_names(scores)
        filled = [math.nan] * len(self.names)
        for name, score in scores.items():
            filled[self._place[name]] = score
        self._values(row).extend(filled)

    def matrix(self, names: Sequence[str]) -> NDArray[np.float32]:
        """Return the scores as (n, k) float32 under the labels in an order of theirs, NaN for what is not reported."""
        count, width = len(self._begin), len(self.names)
        order = [self._place[name] for name in names]
        if len(self._blocks) == 1 and width:
            matrix = np.frombuffer(self._blocks[0][2], np.float32).reshape(count, width)
        else:
            matrix = np.full((count, width), np.nan, np.float32)
            for start, wide, values in self._blocks if width else ():
                rows = np.frombuffer(values, np.float32).reshape(-1, wide) if wide else np.empty((0, 0), np.float32)
                matrix[start : start + len(rows), :wide] = rows
        if order != list(range(width)):
            for start in range(0, count, _BLOCK):
                matrix[start : start + _BLOCK] = matrix[start : start + _BLOCK][:, order]
        self._blocks = []
        return matrix

    def columns(self) -> dict[str, Any]:
        """Return what a track is told of the stretches besides their scores."""
        rows = len(self._begin)
        return {
            "begin": _settled(np.frombuffer(self._begin, np.float64)),
            "end": _settled(np.frombuffer(self._end, np.float64)),
            "text": tuple(self._texts) + (None,) * (rows - len(self._texts)) if self._texts else None,
            "extras": {name: _settled(column.of(rows)) for name, column in self._extras.items()},
        }


class _Column:
    """An extra: a buffer as long as the values are of one usual kind, then a list of them.

    What comes out is what `column_of` makes of all values, None where there was none.
    """

    def __init__(self) -> None:
        self._kind: type | None = None  # float, int or tuple; None before the first value; object for a list
        self._width = 1
        self._buffer: array[Any] = array("d")
        self._values: list[Any] = []
        self._absent = array("q")
        self._rows = 0
        self._words: dict[str, str] = {}

    def put(self, row: int, value: Any) -> None:  # noqa: ANN401 - of any column
        """Add the value of a row; rows that are passed over have none."""
        self._pass_over(row)
        kind = type(value)
        if kind is not self._kind or kind is tuple:
            self._fit(kind, value)
        if self._kind is object:
            if kind is str:
                value = self._words.setdefault(value, value) if len(self._words) < _WORDS else value
            self._values.append(value)
        elif self._kind is tuple:
            self._buffer.extend(value)
        else:
            self._buffer.append(value)
        self._rows += 1

    def put_rows(self, row: int, values: NDArray[np.float64] | list[str]) -> None:
        """Add the values of rows, all of one kind and width, as those before."""
        if not len(values):
            return
        if isinstance(values, list):
            for place, word in enumerate(values, row):
                self.put(place, word)
            return
        first = tuple(values[0].tolist()) if values.ndim > 1 else float(values[0])
        self.put(row, first)
        self._buffer.frombytes(values[1:].tobytes())
        self._rows += len(values) - 1

    def of(self, rows: int) -> NDArray[Any]:
        """Return the column of so many rows."""
        self._pass_over(rows)
        if self._kind is object:
            return column_of(self._values)
        if self._kind is int:
            return np.frombuffer(self._buffer, np.int64)
        column: NDArray[Any] = np.frombuffer(self._buffer, np.float64)
        return column.reshape(rows, self._width) if self._kind is tuple else column

    def _pass_over(self, row: int) -> None:
        missing = row - self._rows
        if not missing:
            return
        if self._kind is int:
            self._as_floats()
        self._absent.extend(range(self._rows, row))
        if self._kind is object:
            self._values += [None] * missing
        else:
            self._buffer.extend([math.nan] * (missing * self._width))
        self._rows = row

    def _fit(self, kind: type, value: Any) -> None:  # noqa: ANN401 - as `put`
        """Become of a kind that a value fits."""
        if kind is tuple and value and all(type(number) is float for number in value):
            if self._kind is tuple and len(value) == self._width:
                return
            if self._kind is None:
                self._kind, self._width = tuple, len(value)
                self._buffer.extend([math.nan] * (len(self._buffer) * (self._width - 1)))
                return
        elif kind is int and abs(value) < _SURE:
            if self._kind is None:
                self._kind = float if self._rows else int
                self._buffer = self._buffer if self._rows else array("q")
            if self._kind in (int, float):
                return
        elif kind is float and self._kind in (None, int):
            self._as_floats()
            return
        self._as_list()

    def _as_floats(self) -> None:
        self._kind, self._buffer = float, array("d", self._buffer)

    def _as_list(self) -> None:
        if self._kind is not object:
            values: list[Any] = self._buffer.tolist()
            if self._kind is tuple:
                values = list(zip(*[iter(values)] * self._width, strict=True))
            for row in self._absent:
                values[row] = None
            self._kind, self._values, self._buffer = object, values, array("d")


def _settled(column: NDArray[Any]) -> NDArray[Any]:
    """The column, which nobody changes, so that a track needs no copy."""
    column.flags.writeable = False
    return column
