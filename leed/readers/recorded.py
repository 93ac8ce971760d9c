"""A table of a recording that leed wrote (`leed.schema.tables`), read back exactly, or what is left of it.

Columns are asked for one by one, so that those of a file need not be in memory together. Needs pyarrow, the extra
``data``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.errors import DamagedInputError
from leed.readers.arrow_arrays import floats, indices, integers, values_of
from leed.schema.plain import SAME, Same, check_kind
from leed.schema.recording import Recording
from leed.schema.tables import KEY
from leed.schema.terms import Issue
from leed.schema.tracks import Track

if TYPE_CHECKING:
    import pyarrow as pa

T = TypeVar("T")


class Table(Protocol):
    """What has a schema and columns by name: a table of Arrow, or a file."""

    @property
    def schema(self) -> pa.Schema:
        """What the columns are called, and what else is told."""
        ...

    def column(self, name: str) -> pa.ChunkedArray:
        """Return a column.

        Raises:
            LookupError: there is none of that name, or more than one.
        """
        ...


def from_table(table: Table) -> Recording:
    """Return the recording that `to_table` made a table from, or what is left of it.

    Raises:
        DamagedInputError: the table is not as its metadata says.
    """
    import pyarrow as pa  # noqa: PLC0415 - there is a table

    try:
        # Not msgspec's decoder, which refuses half a character.
        told = msgspec.convert(json.loads(table.schema.metadata[KEY]), _Told)
        rows = _rows(table, len(told.tracks))
        return Recording(tuple(_Tracks(table, told.tracks, rows).made()), tuple(told.issues))
    except (*_FAULTS, pa.ArrowException) as error:
        what = " ".join(str(error).split())[:300]
        raise DamagedInputError(f"this table is not the recording that it says it is: {what}") from error


_FAULTS = (ValueError, TypeError, LookupError, AttributeError, OverflowError, MemoryError, RecursionError, SyntaxError)


class _Column(msgspec.Struct):
    """A column of extras: where it is, and what NumPy calls its type."""

    column: str
    type: str
    shape: list[int]
    values: list[Any] | None = None


class _SameOfAll(Same, kw_only=True):
    """What all rows of a track have in common."""

    labels: list[str]
    columns: list[str]
    extras: dict[str, _Column]
    odd: list[tuple[int, str]]


class _Told(msgspec.Struct):
    """What the metadata tells."""

    leed: Literal["table/1"]
    tracks: list[_SameOfAll]
    issues: list[Issue]


class _Rows(msgspec.Struct, frozen=True):
    """The rows of one track.

    Attributes:
        at: where in the table they are, in the track's order: a slice if they stand together.
        stood: where in the track they stood; some may be gone.
    """

    at: slice | NDArray[np.int64]
    stood: NDArray[np.int64]

    def taken(self, column: NDArray[Any]) -> NDArray[Any]:
        """Return these rows of a column, which nobody changes, so that a track needs no copy."""
        rows = column[self.at]
        rows.flags.writeable = False
        return rows

    def of(self, column: Any) -> Any:  # noqa: ANN401 - of Arrow, in one piece or more
        """Return these rows of a column."""
        if isinstance(self.at, slice):
            return column.slice(self.at.start, len(self.stood))
        return column.take(indices(self.at))


def _rows(table: Table, count: int) -> list[_Rows]:
    """The rows of each track."""
    track, row = (_whole(table.column(name)) for name in ("track", "row"))
    if len(row) and row.min() < 0:
        raise ValueError("there is a row without its place in a track")
    if len(track) and (track.min() < 0 or track.max() >= count):
        raise ValueError(f"there are rows of a track beyond the {count} it tells of")
    order = np.lexsort((row, track))
    track, row = track[order], row[order]
    if ((track[1:] == track[:-1]) & (row[1:] == row[:-1])).any():
        raise ValueError("a row of a track stands twice; read the tables of different recordings one by one")
    apart = order[1:] - order[:-1] != 1
    bounds = np.searchsorted(track, np.arange(count + 1)).tolist()
    found = []
    for a, b in pairwise(bounds):
        whole = not apart[a : max(a, b - 1)].any()
        start = int(order[a]) if a < b else 0
        found.append(_Rows(slice(start, start + b - a) if whole else order[a:b], row[a:b]))
    return found


class _Tracks:
    """Makes the tracks of a table; each column is taken out of Arrow once, for all of them."""

    def __init__(self, table: Table, told: list[_SameOfAll], rows: list[_Rows]) -> None:
        self._table = table
        self._told = told
        self._rows = rows

    def made(self) -> list[Track]:
        """Return the tracks."""
        matrices = self._matrices()
        extras = self._extras()
        begin, end = (self._numbers(name, "float64") for name in ("begin", "end"))
        texts = self._table.column("text")
        return [
            Track(
                labels=tuple(told.labels),
                matrix=matrices[i],
                begin=rows.taken(begin),
                end=rows.taken(end),
                text=_text(rows, texts, dict(told.odd)),
                extras=extras[i],
                **{name: getattr(told, name) for name in SAME},
            )
            for i, (told, rows) in enumerate(zip(self._told, self._rows, strict=True))
        ]

    def _matrices(self) -> list[NDArray[np.float32]]:
        """The scores of each track."""
        if any(len(told.columns) != len(told.labels) for told in self._told):
            raise ValueError("it has not a column for each label")
        together = zip(self._told, self._rows, strict=True)
        matrices = [np.empty((len(rows.stood), len(told.labels)), np.float32) for told, rows in together]
        for name, places in _places([enumerate(told.columns) for told in self._told]).items():
            values = self._numbers(name, "float32")
            for track, i in places:
                matrices[track][:, i] = values[self._rows[track].at]
        for matrix in matrices:
            matrix.flags.writeable = False  # it is the track's own: no copy
        return matrices

    def _extras(self) -> list[dict[str, NDArray[Any]]]:
        """The extras of each track, in the order in which they are told."""
        made = [dict.fromkeys(told.extras, np.empty(0)) for told in self._told]
        named = [[(name, extra.column) for name, extra in told.extras.items()] for told in self._told]
        for column, places in _places(named).items():
            given = self._table.column(column)
            for track, name in places:
                made[track][name] = _extra(self._told[track].extras[name], self._rows[track], given)
        return made

    def _numbers(self, name: str, kind: str) -> NDArray[Any]:
        return _real(self._table.column(name), kind)


def _whole(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """A column as integers, -1 for null; no cast where none is needed, which takes 15 MiB to load."""
    from pyarrow import types  # noqa: PLC0415 - there is a table

    return integers(column if types.is_integer(column.type) else column.cast("int64"))


def _real(column: pa.ChunkedArray, kind: str) -> NDArray[Any]:
    """The same for numbers of a type of float."""
    from pyarrow import types  # noqa: PLC0415 - there is a table

    given = column.type
    same = types.is_floating(given) and given.bit_width == np.dtype(kind).itemsize * 8
    return floats(column if same else column.cast(kind))


def _places(columns: Iterable[Iterable[tuple[T, str]]]) -> dict[str, list[tuple[int, T]]]:
    """By the name of a column, which tracks it is for, and what it is there."""
    found: dict[str, list[tuple[int, T]]] = {}
    for track, named in enumerate(columns):
        for what, name in named:
            found.setdefault(name, []).append((track, what))
    return found


def _text(rows: _Rows, given: Any, odd: dict[int, str]) -> tuple[str | None, ...] | None:  # noqa: ANN401 - of Arrow
    column = given if given.null_count == len(given) else rows.of(given)
    if column.null_count == len(column):
        return None
    texts = _texts(column)
    if not odd:
        return tuple(texts)
    return tuple(odd.get(row, text) for row, text in zip(rows.stood.tolist(), texts, strict=True))


def _extra(told: _Column, rows: _Rows, given: Any) -> NDArray[Any]:  # noqa: ANN401 - of Arrow
    """A column of extras; all of it is told where Arrow cannot hold it."""
    kind = np.dtype(told.type)
    check_kind(told.column[:60], kind)
    shape = (len(rows.stood), *told.shape)
    if told.values is not None:
        return np.array([told.values[row] for row in rows.stood.tolist()], str).reshape(shape)
    if not (told.shape or given.null_count or kind.kind == "U"):
        return rows.taken(values_of(given).astype(kind, copy=False))
    column = rows.of(given)
    if told.shape:
        column = column.combine_chunks().flatten()
    if column.null_count and kind.kind != "f":
        raise ValueError(f"column {told.column[:60]!r} lacks rows")
    if kind.kind == "U":
        return np.array(_texts(column), str).reshape(shape)
    return values_of(column).astype(kind).reshape(shape)


def _texts(column: Any) -> list[str | None]:  # noqa: ANN401 - of Arrow, in one piece or more
    """The texts of a column, with or without dictionaries; each text of a dictionary is made once."""
    texts: list[str | None] = []
    for chunk in getattr(column, "chunks", [column]):
        if not hasattr(chunk, "dictionary"):
            texts += chunk.cast("large_string").to_pylist()
            continue
        values = np.array([*chunk.dictionary.to_pylist(), None], object)
        texts += values[integers(chunk.indices)].tolist()
    return texts
