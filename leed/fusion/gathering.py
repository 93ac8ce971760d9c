"""Items out of whatever holds them: recordings, plain data, tables with a column for each label."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leed.errors import InputError
from leed.fusion.items import Block, Items
from leed.modality import modality_named
from leed.readers import read
from leed.schema.recording import Recording
from leed.schema.terms import Issue, Segment
from leed.schema.tracks import Track
from leed.taxonomy import fold

_TAKEN = "give Items, a list of recordings or of plain data such as {'face': {'Joy': 0.8}}, or a table"
_ASSISTANT = "assistant"
_TEXT = "text"


def gathered(given: Any) -> Items:  # noqa: ANN401 - this is where anything comes in
    """Return the items that were given; see `Items.of`."""
    if isinstance(given, Items):
        return given
    if isinstance(given, Recording):
        return _by_source(given)
    if isinstance(given, Track):
        return Items.from_tracks({given.modality or "scores": given})
    columns = _columns(given)
    if columns is not None:
        return from_columns(columns)
    if isinstance(given, np.ndarray) and given.ndim == 1:
        given = given.tolist()
    if not isinstance(given, (list, tuple)):
        raise InputError(f"items are {type(given).__name__}; {_TAKEN}")
    if given and all(isinstance(one, Items) for one in given):
        return joined(given)
    return from_recordings([_recording(one, place) for place, one in enumerate(given)])


def _recording(one: Any, place: int) -> Recording:  # noqa: ANN401 - as above
    if isinstance(one, Recording):
        return one
    if isinstance(one, Track):
        return Recording((one,))
    if isinstance(one, Segment):
        one = one.to_dict()
    if one is None or (isinstance(one, Mapping) and not {*one} - {_TEXT}):
        text = None if one is None else one.get(_TEXT)  # an item that has nothing but its words
        track = Track(labels=(), matrix=np.zeros((1, 0), np.float32), text=(text,))
        return Recording((track,))
    if not isinstance(one, (Mapping, list, str, bytes, os.PathLike)):
        raise InputError(f"item {place} is {type(one).__name__}; {_TAKEN}")
    return read(one)


def from_recordings(recordings: Sequence[Recording], names: Sequence[str] | None = None) -> Items:
    """Return items from recordings, one each; see `Items.from_recordings`."""
    gathering = _Gathering(len(recordings))
    for place, recording in enumerate(recordings):
        for track in recording.tracks:
            gathering.add(place, track)
    return gathering.items(tuple(map(str, range(len(recordings)) if names is None else names)))


def _by_source(recording: Recording) -> Items:
    """A recording's sources, an item each."""
    parts = [Recording(tuple(t for t in recording.tracks if t.source == source)) for source in recording.sources]
    return from_recordings(parts, [str(source or place) for place, source in enumerate(recording.sources)])


class _Gathering:
    """Gathers the tracks of n items by modality."""

    def __init__(self, n: int) -> None:
        self.tracks: dict[str, list[tuple[int, Track]]] = {}
        self.texts: list[list[str]] = [[] for _ in range(n)]
        self.extras: dict[str, list[tuple[int, NDArray[np.float32]]]] = {}
        self.left_out: dict[str, int] = {}
        self.n = n

    def add(self, place: int, track: Track) -> None:
        if track.channel == _ASSISTANT:
            self.left_out["the assistant's own voice"] = self.left_out.get("the assistant's own voice", 0) + 1
            return
        for text in track.text or ():
            if text and text not in self.texts[place]:  # each modality repeats what was said
                self.texts[place].append(text)
        for name, column in track.extras.items():
            if _is_embedding(column):
                self.extras.setdefault(name, []).append((place, np.asarray(column, np.float32)))
        if track.aspect != "expression":
            what = f"scores of {track.aspect.replace('_', ' ')}"
            self.left_out[what] = self.left_out.get(what, 0) + 1
        elif track.labels:
            self.tracks.setdefault(track.modality or "scores", []).append((place, track))

    def items(self, names: tuple[str, ...]) -> Items:
        blocks = {name: _stacked(name, tracks, self.n) for name, tracks in self.tracks.items()}
        issues = [Issue("left-out", f"{what}: left out in {count} tracks") for what, count in self.left_out.items()]
        return Items(
            names=names,
            blocks=blocks,
            texts=tuple(" ".join(texts) or None for texts in self.texts),
            extras={name: _means(name, columns, self.n) for name, columns in self.extras.items()},
            issues=tuple(issues),
        )


def _is_embedding(column: NDArray[Any]) -> bool:
    """Whether an extra column is a vector of many numbers; boxes and positions are four at most."""
    most = 4
    return column.ndim == 2 and column.shape[1] > most and column.dtype.kind in "fiu"  # noqa: PLR2004 - rows and columns


def _means(name: str, columns: list[tuple[int, NDArray[np.float32]]], n: int) -> NDArray[np.float32]:
    widths = {column.shape[1] for _, column in columns}
    if len(widths) > 1:
        told = " and ".join(map(str, sorted(widths)))
        raise InputError(f"{name} has {told} numbers in different items; give items that were measured alike")
    rows: dict[int, list[NDArray[np.float32]]] = {}
    for place, column in columns:
        rows.setdefault(place, []).append(column[np.isfinite(column).all(axis=1)])
    out = np.full((n, widths.pop()), np.nan, np.float32)
    for place, parts in rows.items():
        stacked = np.concatenate(parts)
        if len(stacked):
            out[place] = stacked.mean(axis=0, dtype=np.float64)
    return out


def _stacked(name: str, tracks: list[tuple[int, Track]], n: int) -> Block:
    """The block of a modality, whose labels are those of all its tracks."""
    first = tracks[0][1]
    kinds = {(track.quantity, track.exclusive) for _, track in tracks}
    if len(kinds) > 1:
        told = " and ".join(sorted(f"{quantity}{' of one class' if one else ''}" for quantity, one in kinds))
        raise InputError(
            f"{name}: the numbers are {told} in different items, which cannot be compared; "
            "give items that were measured alike"
        )
    labels = list(dict.fromkeys(label for _, track in tracks for label in track.labels))
    places = {label: i for i, label in enumerate(labels)}
    tracks = sorted(tracks, key=lambda pair: pair[0])
    matrix = np.full((sum(len(track) for _, track in tracks), len(labels)), np.nan, np.float32)
    lengths = np.zeros(n, np.int64)
    at = 0
    for place, track in tracks:
        matrix[at : at + len(track), [places[label] for label in track.labels]] = track.matrix
        lengths[place] += len(track)
        at += len(track)
    return Block(
        modality=first.modality,
        labels=tuple(labels),
        matrix=matrix,
        starts=np.concatenate(([0], np.cumsum(lengths))),
        quantity=first.quantity,
        exclusive=first.exclusive,
        taxonomy=first.taxonomy if len({track.taxonomy for _, track in tracks}) == 1 else None,
    )


def joined(parts: Iterable[Items]) -> Items:
    """Return the items of several, one after the other."""
    recordings: list[Recording] = []
    names: list[str] = []
    texts: list[str | None] = []
    for part in parts:
        for one in part:
            recordings.append(Recording(tuple(_track(block) for block in one.blocks.values())))
            names += one.names
            texts += one.texts
    items = from_recordings(recordings, names)
    return Items(names=items.names, blocks=items.blocks, texts=tuple(texts), issues=items.issues)


def _track(block: Block) -> Track:
    return Track(
        labels=block.labels,
        matrix=block.matrix,
        modality=block.modality,
        quantity=block.quantity,
        exclusive=block.exclusive,
        taxonomy=block.taxonomy,
    )


# --- tables


def _columns(given: Any) -> dict[str, Sequence[Any]] | None:  # noqa: ANN401 - as above
    """The columns of a data frame or table, or None."""
    if hasattr(given, "columns") and hasattr(given, "__getitem__") and hasattr(given, "to_dict"):
        frame = given.to_dict("list") if hasattr(given, "iloc") else given.to_dict(as_series=False)
        return {str(name): column for name, column in frame.items()}
    if hasattr(given, "column_names") and hasattr(given, "to_pydict"):
        plain: dict[str, Sequence[Any]] = given.to_pydict()
        return plain
    return None


def from_columns(columns: Mapping[str, Sequence[Any]]) -> Items:
    """Return items from columns named "MODALITY.LABEL" (also with a colon), and "text"; row i is item i.

    >>> from_columns({"face.Joy": [0.8, 0.1], "voice:Fear": [0.2, None], "text": ["Hi", None]})
    Items(2: face (1 label), prosody (1 label, lacking in 1))

    Raises:
        InputError: no column is named so.
    """
    found: dict[str, dict[str, Sequence[Any]]] = {}
    for name, column in columns.items():
        split = split_column(name)
        if split is not None:
            found.setdefault(split[0], {})[split[1]] = column
    if not found:
        raise InputError(
            f"no column is named MODALITY.LABEL, such as face.Joy; the columns are {', '.join(list(columns)[:8])}"
        )
    tracks = {modality: track_of(modality, scores) for modality, scores in found.items()}
    texts = next((column for name, column in columns.items() if fold(name) == _TEXT), None)
    said = None if texts is None else [text if isinstance(text, str) and text else None for text in texts]
    return Items.from_tracks(tracks, texts=said)


def split_column(name: str) -> tuple[str, str] | None:
    """Return the modality and the label that a column's name says, or None.

    >>> split_column("voice: Sadness"), split_column("face.Surprise (positive)"), split_column("age")
    (('prosody', 'Sadness'), ('face', 'Surprise (positive)'), None)
    """
    for mark in (".", ":"):
        head, found, label = name.partition(mark)
        if found and label.strip() and head.strip().casefold() in _SAID:
            return str(modality_named(head.strip().casefold())), label.strip()
    return None


_SAID = ("face", "prosody", "voice", "burst", "language", "text", "words")


def track_of(modality: str | None, scores: Mapping[str, Sequence[Any]]) -> Track:
    """Return a track of columns of scores, as `leed.read` takes them to be.

    Raises:
        InputError: a column does not hold numbers.
    """
    columns = [_numbers(label, values) for label, values in scores.items()]
    matrix = np.stack(columns, axis=1) if columns else np.zeros((0, 0), np.float32)
    kind = kind_of(modality, tuple(scores), matrix)
    return Track(
        labels=tuple(scores),
        matrix=matrix,
        modality=modality,
        quantity=kind.quantity,
        exclusive=kind.exclusive,
        taxonomy=kind.taxonomy,
    )


def kind_of(modality: str | None, labels: tuple[str, ...], matrix: NDArray[np.float32]) -> Track:
    """Return a track of one row that says what `leed.read` takes such numbers to be."""
    full = np.flatnonzero(~np.isnan(matrix).all(axis=1)) if matrix.size else np.zeros(0, np.int64)
    row = matrix[full[0]].tolist() if len(full) else [0.0] * len(labels)
    scores = {label: 0.0 if np.isnan(score) else score for label, score in zip(labels, row, strict=True)}
    told = read({modality: scores} if modality is not None else scores).tracks
    return told[0] if told else Track(labels=(), matrix=np.zeros((1, 0), np.float32))


def _numbers(label: str, values: Sequence[Any]) -> NDArray[np.float32]:
    """A column as numbers, NaN where a cell is empty."""
    array = np.asarray(values)
    if array.dtype.kind in "fiub":
        return array.astype(np.float32)
    return np.array([_number(label, value) for value in values], np.float32)


def _number(label: str, value: object) -> float:
    if value is None or value == "":
        return np.nan
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise InputError(f"{label}: {value!r} is no number; a column of scores holds numbers") from error
