"""Segments as Arrow batches, and the one function that describes them: batches in, batches out, and nothing else.

A batch is what `leed.schema.batches` says, which makes it of a recording. Once it is described, it has also::

    description    dictionary<string>: the sentence, which quotes the text where the describer does
    terms          list<struct<label, score, adverb, adjective>>
    fingerprint    dictionary<string>: what decided the words
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leed.matrix import tell_matrix
from leed.matrix_keys import QUOTE
from leed.schema.batches import KEY, VERSION, arrow, batches_of, same, scores_in, told_of
from leed.schema.plain import clean

if TYPE_CHECKING:
    import pyarrow as pa

    from leed.describer import Describer
    from leed.matrix import Told


def describe_batch(batch: pa.RecordBatch, describer: Describer) -> pa.RecordBatch:
    """Return a batch with a description of each row, its terms, and the fingerprint of what decided the words.

    >>> import leed
    >>> import pyarrow
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
        "fingerprint": same(describer.fingerprint, batch.num_rows),
    }
    for name, column in columns.items():
        whole = pa.field(name, column.type, nullable=False)  # Parquet then need not keep which rows have it
        batch = batch.append_column(whole, column)
    return batch


def with_file(batch: pa.RecordBatch, url: str) -> pa.RecordBatch:
    """Return a batch with the address of the file that it was read from in a column ``file``, the first."""
    return batch.add_column(0, "file", same(url, batch.num_rows))


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
    return pa.DictionaryArray.from_arrays(pa.array(codes), _strings(pa, [*told.sentences, *places]))


def _terms(pa: Any, matrix: NDArray[np.float32], told: Told) -> Any:  # noqa: ANN401 - as above
    """The terms of each row, with its own scores."""
    terms = told.terms
    begins, which, scores = terms.of_rows(told.codes, matrix)
    label = _coded(pa, which, [term[1] for term in terms.table])
    adverb = _coded(pa, which, [term[2] for term in terms.table])
    adjective = _coded(pa, which, [term[3] for term in terms.table])
    fields = [
        pa.field("label", label.type, nullable=False),
        pa.field("score", pa.float32(), nullable=False),
        pa.field("adverb", adverb.type),
        pa.field("adjective", adjective.type),
    ]
    values = pa.StructArray.from_arrays([label, pa.array(scores), adverb, adjective], fields=fields)
    kind = pa.list_(pa.field("element", values.type, nullable=False))
    return pa.ListArray.from_arrays(pa.array(begins), values, type=kind)


def _coded(pa: Any, which: NDArray[np.int32], words: Sequence[str | None]) -> Any:  # noqa: ANN401 - as above
    """A column of words, each kept once."""
    places = {word: i for i, word in enumerate(dict.fromkeys(word for word in words if word is not None))}
    codes = np.array([-1 if word is None else places[word] for word in words], np.int32)
    here = codes.take(which) if len(which) else np.empty(0, np.int32)
    missing = here < 0 if len(places) < len(dict.fromkeys(words)) else None
    return pa.DictionaryArray.from_arrays(pa.array(here, mask=missing), _strings(pa, list(places)))


def _strings(pa: Any, texts: list[str]) -> Any:  # noqa: ANN401 - as above
    """Texts as Arrow takes them; most are so already."""
    try:
        return pa.array(texts, pa.string())
    except UnicodeEncodeError:
        return pa.array(list(map(clean, texts)), pa.string())


__all__ = ["KEY", "VERSION", "arrow", "batches_of", "describe_batch", "scores_in", "told_of", "with_file"]
