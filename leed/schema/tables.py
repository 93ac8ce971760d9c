"""A recording as a table of Arrow, and back without a loss.

One row a segment, in the recording's order::

    track, row                            which track the segment is of, and where it stands there
    source, channel, modality, aspect, granularity, speaker, taxonomy, quantity, exclusive
    begin, end                            seconds; null where there is no time
    text
    Joy, Sadness, ...                     float32, a column for each label of any track; null: not reported, or another
                                          track's label
    extras.box, extras.confidence, ...    a column for each name and type; lists where the track has more than one
                                          number a row

The schema's metadata has, under the key ``leed``, what is the same for all rows of a track (labels, names and types of
extras) and the issues, as JSON. So the table may be filtered or sorted, and is read back as what is left of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leed import plugins
from leed.schema.plain import SAME, check_kind, clean

if TYPE_CHECKING:
    import pyarrow as pa

    from leed.schema.recording import Recording
    from leed.schema.tracks import Track

VERSION = "table/1"
KEY = b"leed"
"""Where the schema's metadata has it."""

_FIXED = ("track", "row", *SAME, "begin", "end", "text")


def is_recording(schema: pa.Schema) -> bool:
    """Return whether a schema is that of a recording which `to_table` wrote."""
    return KEY in (schema.metadata or {})


def to_table(recording: Recording, *, reserved: Iterable[str] = ()) -> pa.Table:
    """Return a recording as a table, one row a segment; no label gets a column with a name that is reserved.

    Raises:
        ColumnError: a track has an extra that is neither numbers nor flags nor text.
        MissingPackageError: pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - optional
    except ModuleNotFoundError as error:
        raise plugins.missing("a table of a recording", error, extra="data") from error
    columns = _Columns(recording, pa, reserved)
    metadata = {
        "leed": VERSION,
        "tracks": [columns.track(number, track) for number, track in enumerate(recording.tracks)],
        "issues": [issue.to_dict() for issue in recording.issues],
    }
    names, arrays = zip(*columns.arrays(), strict=True)
    return pa.Table.from_arrays(list(arrays), names=list(names)).replace_schema_metadata(
        {KEY: json.dumps(metadata).encode()}
    )


class _Columns:
    """Gathers the columns of a table. A column of several tracks is filled where their rows stand."""

    def __init__(self, recording: Recording, pa: Any, reserved: Iterable[str]) -> None:  # noqa: ANN401 - untyped
        self._pa = pa
        self._order = recording.order()
        self._rows = len(self._order)
        sizes = [len(track) for track in recording.tracks]
        starts = np.cumsum([0, *sizes])
        places = np.empty(self._rows, np.int64)
        places[starts[:-1][self._order[:, 0]] + self._order[:, 1]] = np.arange(self._rows)
        self._places = [places[a:b] for a, b in pairwise(starts)]
        self._tracks = recording.tracks
        self._scores: dict[str, tuple[str, NDArray[np.float32]]] = {}
        self._extras: dict[tuple[str, str, tuple[int, ...]], _Extra] = {}
        self._taken: set[str] = {*_FIXED, *reserved}

    def track(self, number: int, track: Track) -> dict[str, Any]:
        """Take in the rows of a track; return what has to be known of it besides."""
        places = self._places[number]
        told: dict[str, Any] = {name: getattr(track, name) for name in SAME}
        told |= {"labels": list(track.labels), "columns": [], "extras": {}, "odd": []}
        for i, label in enumerate(track.labels):
            if label not in self._scores:
                self._scores[label] = (self._named(label, "score."), np.full(self._rows, np.nan, np.float32))
            name, values = self._scores[label]
            values[places] = track.matrix[:, i]
            told["columns"].append(name)
        for name, column in track.extras.items():
            told["extras"][name] = self._extra(name, column, places)
        told["odd"] = [[row, text] for row, text in enumerate(track.text or ()) if text != clean(text)]
        return told

    def _extra(self, name: str, column: NDArray[Any], places: NDArray[np.int64]) -> dict[str, Any]:
        kind = column.dtype
        check_kind(name, kind)
        key = (name, kind.kind if kind.kind == "U" else kind.newbyteorder("=").str, column.shape[1:])
        if key not in self._extras:
            self._extras[key] = _Extra(self._named(f"extras.{name}", ""), self._rows, kind, column.shape[1:])
        extra = self._extras[key]
        extra.fill(places, column)
        told = {"column": extra.name, "type": str(kind), "shape": list(column.shape[1:])}
        if kind.kind == "U" and any(text != clean(text) for text in column.ravel().tolist()):
            told["values"] = column.tolist()
        return told

    def _named(self, name: str, prefix: str) -> str:
        """A name for a column that no other has."""
        name = str(clean(name)).replace("\0", "\ufffd")
        if not name or name in self._taken:
            name = prefix + name
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    def arrays(self) -> Iterator[tuple[str, Any]]:
        """Return the columns by name."""
        pa = self._pa
        track = self._order[:, 0]
        yield "track", pa.array(track.astype(np.int32))
        yield "row", pa.array(self._order[:, 1])
        for name in SAME:
            values = [getattr(t, name) for t in self._tracks]
            if name == "exclusive":
                yield name, pa.array(np.array(values, np.bool_)[track])
            else:
                yield name, self._repeated(values, track)
        for name in ("begin", "end"):
            yield name, pa.array(self._gathered([getattr(t, name) for t in self._tracks]), from_pandas=True)
        yield "text", pa.array(self._texts(), pa.string())
        for name, scores in self._scores.values():
            yield name, pa.array(scores, from_pandas=True)
        for extra in self._extras.values():
            yield extra.name, extra.array(pa)

    def _repeated(self, values: Sequence[str | None], track: NDArray[np.int64]) -> Any:  # noqa: ANN401 - of Arrow
        """A column in which few values stand many times."""
        pa = self._pa
        different = [value for value in dict.fromkeys(map(clean, values)) if value is not None]
        places = {value: i for i, value in enumerate(different)}
        codes = np.array([-1 if v is None else places[str(clean(v))] for v in values], np.int32)[track]
        return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), pa.array(different, pa.string()))

    def _gathered(self, columns: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
        values = np.full(self._rows, np.nan)
        for places, column in zip(self._places, columns, strict=True):
            values[places] = column
        return values

    def _texts(self) -> list[str | None]:
        texts: list[str | None] = [None] * self._rows
        for places, track in zip(self._places, self._tracks, strict=True):
            if track.text is not None:
                for place, text in zip(places.tolist(), track.text, strict=True):
                    texts[place] = clean(text)
        return texts


class _Extra:
    """A column of extras, of one name, type and shape."""

    def __init__(self, name: str, rows: int, kind: np.dtype[Any], shape: tuple[int, ...]) -> None:
        self.name = name
        self._shape = shape
        self._missing = np.ones(rows, np.bool_)
        self._values = np.zeros((rows, int(np.prod(shape))), object if kind.kind == "U" else kind.newbyteorder("="))

    def fill(self, places: NDArray[np.int64], column: NDArray[Any]) -> None:
        """Put the rows of a track where they stand."""
        self._missing[places] = False
        flat = column.reshape(len(column), self._values.shape[1])
        self._values[places] = np.vectorize(clean, otypes=[object])(flat) if column.dtype.kind == "U" else flat

    def array(self, pa: Any) -> Any:  # noqa: ANN401 - a module without types
        """Return the column; lists where there is more than one value a row."""
        kind = pa.string() if self._values.dtype == object else None
        if not self._shape:
            return pa.array(self._values[:, 0], kind, mask=self._missing)
        offsets = np.concatenate([[0], np.cumsum(np.where(self._missing, 0, self._values.shape[1]))])
        flat = pa.array(self._values[~self._missing].ravel(), kind)
        return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), flat, mask=pa.array(self._missing))
