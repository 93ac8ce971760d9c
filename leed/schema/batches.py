"""A recording as batches of Arrow, and back: what goes through a cluster, and what a data set of `leed batch` holds.

A batch holds segments under one set of labels. Its columns are::

    source, channel, modality, aspect, granularity, speaker     dictionaries of text
    begin, end                                                  float64 seconds, null where there is no time
    text                                                        what was said
    scores                                                      fixed_size_list<float>[k], null where not reported

Others may stand beside them, such as a description. The labels, and what the numbers are, stand in the schema's
metadata under ``leed.batch``. Extras are not kept, and half a character that a text ends in becomes a replacement
character; `leed.schema.tables` keeps both.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed import plugins
from leed.finite import is_finite
from leed.schema.plain import clean
from leed.schema.terms import MODALITIES, QUANTITIES
from leed.schema.tracks import Track

if TYPE_CHECKING:
    import pyarrow as pa

    from leed.schema.recording import Recording

VERSION: Final = "batch/1"
KEY: Final = b"leed.batch"
"""Where the schema's metadata has it."""
SAME: Final = ("source", "channel", "modality", "aspect", "granularity", "speaker")
COLUMNS: Final = (*SAME, "begin", "end", "text", "scores")
_ROWS: Final = 1 << 17
"""Rows of a batch at most: many have the same sentence, and it takes little memory."""


class About(msgspec.Struct):
    """What a schema says of the labels of its batches, and of what their numbers are."""

    version: Literal["batch/1"]
    labels: list[str]
    modality: Literal[MODALITIES] | None  # type: ignore[valid-type] # a literal made of a constant
    quantity: Literal[QUANTITIES]  # type: ignore[valid-type] # as above
    exclusive: bool
    taxonomy: str | None


def batches_of(recording: Recording) -> Iterator[pa.RecordBatch]:
    """Yield the segments of a recording, those of each track together, some thousands at a time.

    >>> import leed
    >>> import pyarrow
    >>> (batch,) = batches_of(leed.read({"face": {"Joy": 0.84, "Fear": 0.1}}))
    >>> batch.num_rows, batch.column("modality").to_pylist()
    (1, ['face'])

    Raises:
        MissingPackageError: pyarrow is not installed.
    """
    for track in recording.tracks:
        for start in range(0, len(track), _ROWS):
            yield _batch(track, start, min(start + _ROWS, len(track)))


def tracks_of(table: pa.Table) -> list[Track]:
    """Return the tracks whose segments are the rows of a table of batches; where rows are gone, what is left of them.

    >>> import leed
    >>> import pyarrow as pa
    >>> recording = leed.read({"face": {"Joy": 0.84, "Fear": 0.1}})
    >>> tracks_of(pa.Table.from_batches(batches_of(recording))) == list(recording.tracks)
    True

    Raises:
        KeyError, ValueError: it is not as its metadata says.
        msgspec.ValidationError: the metadata is not leed's.
    """
    about = about_of(table.schema)
    columns = table.select(list(COLUMNS)).combine_chunks()
    matrix = _matrix(columns.column("scores"), len(about.labels))
    begin, end = (_numbers(columns.column(name), np.float64) for name in ("begin", "end"))
    coded = [_codes(columns.column(name)) for name in SAME]
    tracks = []
    for rows in _alike([codes for codes, _ in coded], table.num_rows):
        first = rows.start if isinstance(rows, slice) else rows[0]
        given: dict[str, Any] = {name: words[codes[first]] for name, (codes, words) in zip(SAME, coded, strict=True)}
        given["aspect"] = given["aspect"] or "expression"
        tracks.append(
            Track(
                labels=tuple(about.labels),
                matrix=matrix[rows],
                text=_texts(columns.column("text"), rows),
                begin=begin[rows],
                end=end[rows],
                quantity=about.quantity,
                exclusive=about.exclusive,
                taxonomy=about.taxonomy,
                **given,
            )
        )
    return tracks


def is_batches(schema: pa.Schema) -> bool:
    """Return whether a schema is that of batches of a recording."""
    return KEY in (schema.metadata or {})


def about_of(schema: pa.Schema) -> About:
    """Return what a schema says of its batches.

    Raises:
        msgspec.ValidationError: its metadata is not leed's.
    """
    return msgspec.convert(told_of(schema), About)


def told_of(schema: pa.Schema) -> dict[str, Any]:
    """Return what a schema says of the labels of its batches, and of what their numbers are."""
    found: dict[str, Any] = json.loads((schema.metadata or {})[KEY])
    return found


def scores_in(batch: pa.RecordBatch) -> NDArray[np.float32]:
    """Return the scores of a batch, (n, k) float32, NaN for what is not reported; without a copy where none is."""
    column = batch.column("scores")
    width = column.type.list_size
    values = column.values.slice(column.offset * width, len(column) * width)
    return _numbers(values, np.float32).reshape(len(column), width)[:, : len(told_of(batch.schema)["labels"])]


def arrow() -> Any:  # noqa: ANN401 - pyarrow, which has no types
    """Return pyarrow.

    Raises:
        MissingPackageError: it is not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - optional
    except ModuleNotFoundError as error:
        raise plugins.missing("leed batch", error, extra="data") from error
    return pa


def same(value: str | None, count: int) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Return a column in which each row has the same value."""
    pa = arrow()
    kind = pa.dictionary(pa.int32(), pa.string())
    if value is None:
        return pa.nulls(count, kind)
    return pa.DictionaryArray.from_arrays(_firsts(count), pa.array([clean(value)], pa.string()))


@lru_cache(maxsize=1)
def _firsts(count: int) -> Any:  # noqa: ANN401 - as above
    """So many times the first of the words; the columns of a batch share it."""
    return arrow().array(np.zeros(count, np.int32))


def _batch(track: Track, start: int, stop: int) -> pa.RecordBatch:
    pa = arrow()
    part = np.ascontiguousarray(track.matrix[start:stop])
    texts = None if track.text is None else [clean(text) for text in track.text[start:stop]]
    columns = {name: same(getattr(track, name), stop - start) for name in SAME}
    columns |= {name: _nullable(getattr(track, name)[start:stop]) for name in ("begin", "end")}
    columns["text"] = pa.nulls(len(part), pa.string()) if texts is None else pa.array(texts, pa.string())
    scores = part if track.labels else np.full((len(part), 1), np.nan, np.float32)  # Arrow has no lists of nothing
    columns["scores"] = pa.FixedSizeListArray.from_arrays(_nullable(scores.ravel()), scores.shape[1])
    fields = [pa.field(name, column.type, nullable=name != "scores") for name, column in columns.items()]
    about = {
        "version": VERSION,
        "labels": list(track.labels),
        "modality": track.modality,
        "quantity": track.quantity,
        "exclusive": track.exclusive,
        "taxonomy": track.taxonomy,
    }
    schema = pa.schema(fields, {KEY: json.dumps(about).encode()})
    return pa.RecordBatch.from_arrays(list(columns.values()), schema=schema)


def _nullable(values: NDArray[Any]) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Numbers with null for NaN; without a copy where there is none."""
    pa = arrow()
    return pa.array(values) if is_finite(values) else pa.array(values, mask=np.isnan(values))


def _numbers(column: Any, kind: type) -> NDArray[Any]:  # noqa: ANN401 - as above
    """The numbers of a column, NaN for null."""
    found: NDArray[Any] = np.asarray(column.to_numpy(zero_copy_only=False))
    return found.astype(kind, copy=False)


def _matrix(column: pa.ChunkedArray, width: int) -> NDArray[np.float32]:
    """The scores of rows, each of which has as many as there are labels."""
    values = _numbers(column.combine_chunks().flatten(), np.float32)
    if column.null_count or len(values) != len(column) * max(width, 1):
        raise ValueError(f"there are {len(values)} scores in {len(column)} rows of {width}")
    return values.reshape(len(column), max(width, 1))[:, :width]


def _codes(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], list[str | None]]:
    """A column of few different words: for each row the place of its word, the last for none; and the words."""
    coded = column.combine_chunks()
    coded = coded if hasattr(coded, "dictionary") else coded.dictionary_encode()
    words = [*coded.dictionary.to_pylist(), None]
    return _numbers(coded.indices.fill_null(len(words) - 1), np.int64), words


def _alike(codes: list[NDArray[np.int64]], count: int) -> Iterator[slice | NDArray[np.int64]]:
    """The rows of each track: those with the same codes, in the order in which the first of each stand."""
    if not count:
        return
    keys = np.stack(codes, axis=1)
    changes = np.flatnonzero((keys[1:] != keys[:-1]).any(axis=1)) + 1
    found: dict[tuple[int, ...], list[slice]] = {}
    for start, stop in zip([0, *changes.tolist()], [*changes.tolist(), count], strict=True):
        found.setdefault(tuple(keys[start].tolist()), []).append(slice(start, stop))
    for runs in found.values():
        yield runs[0] if len(runs) == 1 else np.concatenate([np.arange(run.start, run.stop) for run in runs])


def _texts(column: pa.ChunkedArray, rows: slice | NDArray[np.int64]) -> tuple[str | None, ...] | None:
    if column.null_count == len(column):
        return None
    there = column.slice(rows.start, rows.stop - rows.start) if isinstance(rows, slice) else column.take(rows)
    return tuple(there.to_pylist())
