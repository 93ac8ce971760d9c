"""Track: the scores of one speaker or face in one modality, by column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leed.errors import ColumnError
from leed.finite import is_finite
from leed.schema.plain import column_of, listed
from leed.schema.terms import Segment

KEY = ("source", "channel", "modality", "aspect", "granularity", "speaker")
"""What makes a track: two stretches that agree in all of these and in their labels stand in one track."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Track:
    """The segments of one (source, channel, modality, aspect, granularity, speaker), by column.

    >>> import numpy as np
    >>> track = Track(labels=("Joy", "Fear"), matrix=np.array([[0.8, np.nan]]), modality="face")
    >>> track.segment(0).scores
    {'Joy': 0.8}

    Attributes:
        labels: k labels in the taxonomy's own spelling.
        matrix: (n, k) float32, read-only; NaN = not reported. Infinity is not allowed in.
        begin, end: (n,) float64 seconds; NaN where there is no time.
        text: n texts (None where there is none), or None if the track has none at all.
        extras: named columns of n rows: box (n, 4), confidence (n,), position (n, 2), embedding (n, d), ...
    """

    labels: tuple[str, ...]
    matrix: NDArray[np.float32]
    source: str | None = None
    channel: str | None = None
    modality: str | None = None
    aspect: str = "expression"
    granularity: str | None = None
    speaker: str | None = None
    taxonomy: str | None = None
    quantity: str = "intensity"
    exclusive: bool = False
    begin: NDArray[np.float64] = None  # type: ignore[assignment] # filled below
    end: NDArray[np.float64] = None  # type: ignore[assignment] # filled below
    text: tuple[str | None, ...] | None = None
    extras: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with np.errstate(over="ignore"):
            matrix = np.asarray(self.matrix, np.float32)
        if matrix.ndim != 2 or matrix.shape[1] != len(self.labels):  # noqa: PLR2004 - rows and columns
            raise ColumnError(
                f"matrix has shape {matrix.shape}; expected (segments, {len(self.labels)}), a column per label"
            )
        if len(set(self.labels)) != len(self.labels):
            raise ColumnError("labels: a label stands twice; give each column its own")
        n = len(matrix)
        put = object.__setattr__
        put(self, "labels", tuple(self.labels))
        put(self, "matrix", _frozen(_finite(matrix)))
        for name in ("begin", "end"):
            given = getattr(self, name)
            column = np.full(n, np.nan) if given is None else np.asarray(given, np.float64)
            put(self, name, _frozen(_rows(name, column, n)))
        if self.text is not None:
            if len(self.text) != n:
                raise ColumnError(f"text has {len(self.text)} rows; the matrix has {n}")
            put(self, "text", tuple(self.text) if any(t is not None for t in self.text) else None)
        extras = {k: _frozen(_rows(k, np.asarray(v), n)) for k, v in self.extras.items()}
        put(self, "extras", MappingProxyType(extras))

    def __len__(self) -> int:
        return len(self.matrix)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Track):
            return NotImplemented
        arrays = ("matrix", "begin", "end")
        plain = [f.name for f in fields(self) if f.name not in (*arrays, "extras")]
        return (
            all(getattr(self, name) == getattr(other, name) for name in plain)
            and all(_same(getattr(self, name), getattr(other, name)) for name in arrays)
            and self.extras.keys() == other.extras.keys()
            and all(_same(column, other.extras[name]) for name, column in self.extras.items())
        )

    __hash__ = None  # type: ignore[assignment] # holds arrays

    def __reduce__(self) -> tuple[Any, ...]:
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        return (_track, ({**given, "extras": dict(self.extras)},))

    def __repr__(self) -> str:
        parts = [f"{name}={getattr(self, name)!r}" for name in KEY if getattr(self, name) is not None]
        return f"Track({', '.join(parts)}, {len(self)} segments x {len(self.labels)} labels)"

    @property
    def key(self) -> tuple[str | None, ...]:
        """(source, channel, modality, aspect, granularity, speaker)."""
        return tuple(getattr(self, name) for name in KEY)

    def row(self, index: int) -> dict[str, float]:
        """Return the reported scores of one segment: each the shortest number that is the same in float32."""
        values = self.matrix[index]
        reported = np.flatnonzero(~np.isnan(values)).tolist()
        labels = self.labels
        return {labels[i]: float(str(values[i])) for i in reported}

    def segment(self, index: int) -> Segment:
        """Return one row as a Segment."""
        return Segment(
            scores=self.row(index),
            source=self.source,
            channel=self.channel,
            modality=self.modality,
            aspect=self.aspect,
            granularity=self.granularity,
            speaker=self.speaker,
            taxonomy=self.taxonomy,
            quantity=self.quantity,
            exclusive=self.exclusive,
            begin=_number(self.begin[index]),
            end=_number(self.end[index]),
            text=None if self.text is None else self.text[index],
            extras={name: _plain(column[index]) for name, column in self.extras.items()},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain data: lists, strings and numbers; None for what was not reported."""
        plain: dict[str, Any] = {
            f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("matrix", "extras")
        }
        plain["labels"] = list(self.labels)
        plain["text"] = None if self.text is None else list(self.text)
        plain["begin"], plain["end"] = listed(self.begin), listed(self.end)
        plain["scores"] = listed(self.matrix)
        plain["extras"] = {
            name: {"type": str(column.dtype), "shape": list(column.shape[1:]), "values": listed(column)}
            for name, column in self.extras.items()
        }
        return plain

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Track:
        """Return the track that `to_dict` made the data from."""
        given = dict(data)
        labels = tuple(given.pop("labels"))
        rows = given.pop("scores")
        with np.errstate(over="ignore"):
            scores = np.asarray(rows, np.float32).reshape(len(rows), len(labels))
        if np.isinf(scores).any():
            raise ValueError("scores: a number is too large for float32")
        extras = {
            name: column_of(name, column["type"], column.get("shape"), column["values"])
            for name, column in (given.pop("extras", None) or {}).items()
        }
        text = given.pop("text", None)
        given["text"] = None if text is None else tuple(text)
        for name in ("begin", "end"):
            column = given.pop(name, None)
            given[name] = None if column is None else np.array(column, np.float64)
        return cls(labels=labels, matrix=scores, extras=extras, **given)


def _track(given: dict[str, Any]) -> Track:
    return Track(**given)


def _finite(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """The scores with NaN for infinity."""
    if is_finite(matrix):
        return matrix
    high, low = (reduce(matrix, axis=None, initial=0.0) for reduce in (np.fmax.reduce, np.fmin.reduce))
    return matrix if np.isfinite(high) and np.isfinite(low) else np.where(np.isinf(matrix), np.float32(np.nan), matrix)


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    """An array that nobody changes: one that is read-only already is taken as it is, any other is copied."""
    if array.flags.writeable:
        array = array.copy()
        array.flags.writeable = False
    return array


def _rows(name: str, column: NDArray[Any], n: int) -> NDArray[Any]:
    if column.ndim == 0 or len(column) != n:
        raise ColumnError(f"{name} has shape {column.shape}; the matrix has {n} rows")
    return column


def _same(a: NDArray[Any], b: NDArray[Any]) -> bool:
    floats = a.dtype.kind == "f" and b.dtype.kind == "f"
    alike = a.dtype == b.dtype or a.dtype.kind == b.dtype.kind == "U"  # text columns are as wide as their longest
    return alike and np.array_equal(a, b, equal_nan=floats)


def _number(value: np.float64) -> float | None:
    number = float(value)
    return None if number != number else number  # noqa: PLR0124 - NaN


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell of any column
    if isinstance(value, np.ndarray):
        return [_plain(v) for v in value]
    if isinstance(value, np.floating):
        return None if np.isnan(value) else float(str(value))
    return value.item() if isinstance(value, np.generic) else value
