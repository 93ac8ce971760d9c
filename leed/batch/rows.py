"""Segments as Arrow batches, and the one function that describes them: batches in, batches out, and nothing else.

A batch holds segments under one set of labels. Its columns are::

    source, channel, modality, aspect, granularity, speaker     dictionaries of text
    begin, end                                                  float64 seconds, null where there is no time
    text                                                        what was said
    scores                                                      fixed_size_list<float>[k], null where not reported

and, once it is described::

    description    dictionary<string>: the sentence, which quotes the text where the describer does
    terms          list<struct<label, score, adverb, adjective>>
    fingerprint    dictionary<string>: what decided the words

The labels, and what the numbers are, stand in the schema's metadata under ``leed``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from leed import plugins
from leed.matrix import tell_matrix
from leed.matrix_keys import QUOTE

if TYPE_CHECKING:
    import pyarrow as pa

    from leed.describer import Describer
    from leed.matrix import Told
    from leed.schema.recording import Recording, Track

VERSION: Final = "batch/1"
KEY: Final = b"leed"
SAME: Final = ("source", "channel", "modality", "aspect", "granularity", "speaker")
_ROWS: Final = 1 << 16
"""Rows of a batch at most: many have the same sentence, and it takes little memory."""


def batches_of(recording: Recording) -> Iterator[pa.RecordBatch]:
    """Yield the segments of a recording, those of each track together, some thousands at a time.

    >>> import leed
    >>> (batch,) = batches_of(leed.read({"face": {"Joy": 0.84, "Fear": 0.1}}))
    >>> batch.num_rows, batch.column("modality").to_pylist()
    (1, ['face'])

    Raises:
        MissingPackageError: pyarrow is not installed.
    """
    for track in recording.tracks:
        for start in range(0, len(track), _ROWS):
            yield _batch(track, start, min(start + _ROWS, len(track)))


def describe_batch(batch: pa.RecordBatch, describer: Describer) -> pa.RecordBatch:
    """Return a batch with a description of each row, its terms, and the fingerprint of what decided the words.

    >>> import leed
    >>> (batch,) = batches_of(leed.read({"face": {"Joy": 0.84, "Fear": 0.1}}))
    >>> describe_batch(batch, leed.Describer()).column("description").to_pylist()
    ['They look extremely joyful.']

    Args:
        batch: one that `batches_of` made, from wherever it came back.
        describer: how they are described.
    """
    pa = arrow()
    about = told_of(batch.schema)
    matrix = scores_in(batch)
    describer = describer.speaking_of(_first(batch, "channel"))
    quoted = _quotations(batch, describer)
    told = tell_matrix(
        matrix,
        about["labels"],
        describer=describer,
        modality=about["modality"],
        quantity=about["quantity"],
        exclusive=about["exclusive"],
        taxonomy=about["taxonomy"],
        spoken=bool(quoted),
    )
    columns = {
        "description": _sentences(pa, told, quoted),
        "terms": _terms(pa, matrix, told),
        "fingerprint": _same(pa, describer.fingerprint, batch.num_rows),
    }
    kept = [name for name in batch.schema.names if name not in columns]
    arrays = [batch.column(name) for name in kept] + list(columns.values())
    return pa.RecordBatch.from_arrays(arrays, names=[*kept, *columns]).replace_schema_metadata(batch.schema.metadata)


def with_file(batch: pa.RecordBatch, url: str) -> pa.RecordBatch:
    """Return a batch with the address of the file that it was read from in a column ``file``, the first."""
    pa = arrow()
    names = ["file", *batch.schema.names]
    columns = [_same(pa, url, batch.num_rows), *batch.columns]
    return pa.RecordBatch.from_arrays(columns, names=names).replace_schema_metadata(batch.schema.metadata)


def _first(batch: pa.RecordBatch, name: str) -> str | None:
    """The value of a column that has the same in all rows."""
    value: str | None = batch.column(name)[0].as_py() if batch.num_rows else None
    return value


def _quotations(batch: pa.RecordBatch, describer: Describer) -> dict[int, str]:
    """What is quoted, by row."""
    texts = batch.column("text")
    if not describer.quote or texts.null_count == len(texts):
        return {}
    found = ((row, describer.quotation(text)) for row, text in enumerate(texts.to_pylist()) if text)
    return {row: quoted for row, quoted in found if quoted is not None}


def _sentences(pa: Any, told: Told, quoted: dict[int, str]) -> Any:  # noqa: ANN401 - pyarrow has no types
    """The sentence of each row; those that quote what was said stand behind the others, each once."""
    codes = told.codes
    sentences = dict.fromkeys(told.frames[codes[row]].replace(QUOTE, text) for row, text in quoted.items())
    places = {sentence: len(told.sentences) + i for i, sentence in enumerate(sentences)}
    if quoted:
        codes = codes.copy()
        codes[list(quoted)] = [places[told.frames[codes[row]].replace(QUOTE, text)] for row, text in quoted.items()]
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array([*told.sentences, *places], pa.string()))


def told_of(schema: pa.Schema) -> dict[str, Any]:
    """Return what a schema says of the labels of its batches, and of what their numbers are."""
    found: dict[str, Any] = json.loads((schema.metadata or {})[KEY])
    return found


def scores_in(batch: pa.RecordBatch) -> NDArray[np.float32]:
    """Return the scores of a batch, (n, k) float32, NaN for what is not reported; without a copy where none is."""
    column = batch.column("scores")
    width = column.type.list_size
    values = column.values.slice(column.offset * width, len(column) * width)
    flat: NDArray[np.float32] = values.to_numpy(zero_copy_only=values.null_count == 0)
    return flat.astype(np.float32, copy=False).reshape(len(column), width)


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


def _batch(track: Track, start: int, stop: int) -> pa.RecordBatch:
    pa = arrow()
    part = np.ascontiguousarray(track.matrix[start:stop])
    count = stop - start
    times = {name: getattr(track, name)[start:stop] for name in ("begin", "end")}
    texts = [None] * count if track.text is None else list(track.text[start:stop])
    columns = {name: _same(pa, getattr(track, name), count) for name in SAME}
    columns |= {name: pa.array(column, pa.float64(), from_pandas=True) for name, column in times.items()}
    columns["text"] = pa.array(texts, pa.string())
    flat = pa.array(part.ravel(), pa.float32(), mask=np.isnan(part.ravel()))
    columns["scores"] = pa.FixedSizeListArray.from_arrays(flat, part.shape[1])
    about = {
        "version": VERSION,
        "labels": list(track.labels),
        "modality": track.modality,
        "quantity": track.quantity,
        "exclusive": track.exclusive,
        "taxonomy": track.taxonomy,
    }
    batch = pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))
    return batch.replace_schema_metadata({KEY: json.dumps(about).encode()})


def _same(pa: Any, value: str | None, count: int) -> Any:  # noqa: ANN401 - pyarrow has no types
    """A column in which each row has the same value."""
    codes = pa.array(np.zeros(count, np.int32), mask=np.full(count, value is None))
    return pa.DictionaryArray.from_arrays(codes, pa.array([value or ""], pa.string()))


def _terms(pa: Any, matrix: NDArray[np.float32], told: Any) -> Any:  # noqa: ANN401 - as above
    """The terms of each row, with its own scores."""
    terms = told.terms
    counts = np.diff(terms.offsets)[told.codes]
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    rows = np.repeat(np.arange(len(told.codes)), counts)
    within = np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts)
    which = terms.which[np.repeat(terms.offsets[:-1][told.codes], counts) + within]
    positions = np.array([term[0] for term in terms.table], np.int64)
    scores = matrix[rows, positions[which]] if len(which) else np.empty(0, np.float32)
    words = [_coded(pa, which, [term[place] for term in terms.table]) for place in (1, 2, 3)]
    values = pa.StructArray.from_arrays(
        [words[0], pa.array(scores), words[1], words[2]], names=["label", "score", "adverb", "adjective"]
    )
    return pa.ListArray.from_arrays(pa.array(offsets), values)


def _coded(pa: Any, which: NDArray[np.int32], words: list[str | None]) -> Any:  # noqa: ANN401 - as above
    """A column of words, each kept once."""
    places = {word: i for i, word in enumerate(dict.fromkeys(word for word in words if word is not None))}
    codes = np.array([places.get(word, -1) if word is not None else -1 for word in words], np.int32)
    here = codes[which] if len(which) else np.empty(0, np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(here, mask=here < 0), pa.array(list(places), pa.string()))


__all__ = ["KEY", "SAME", "VERSION", "arrow", "batches_of", "describe_batch", "scores_in", "told_of", "with_file"]
