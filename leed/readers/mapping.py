"""Plain mappings, as Python values or JSON: label to score, alone, by modality, or a list of such rows.

::

    {"Joy": 0.84, "Interest": 0.31}
    {"prosody": {"Sadness": 0.34}, "language": {"Calmness": 0.55}, "text": "I'm fine", "begin": 1.5, "speaker": "Ben"}
    [{"begin": 0.0, "Joy": 0.84}, {"begin": 0.3, "Joy": 0.79}]
    [{"label": "happy", "score": 0.9}, {"label": "sad", "score": 0.1}]
    [{"time": 0.0, "label": "happy", "score": 0.9}, {"time": 0.3, "label": "happy", "score": 0.8}]
    {"columns": ["begin", "Joy"], "index": [0, 1], "data": [[0.0, 0.84], [0.3, 0.79]]}

also under keys of a program's own (see `leed.readers.nesting`). Quantity: as the labels and numbers tell (see
`leed.taxonomy.matching.quantity_of`); scores that sum to 100 are per cent. Keys such as begin, end, text, speaker,
modality and source say the rest of a row; age, gender and the like are kept as extras. Source: whatever a program has
at hand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from leed.errors import UnknownFormatError
from leed.readers import GENERIC, NOT_THIS, Guess, Reader
from leed.readers.about import About
from leed.readers.below import recording_below
from leed.readers.content import Content
from leed.readers.nesting import Nest, is_known, is_nested, is_row
from leed.readers.rows import Rows
from leed.schema.recording import Recording
from leed.scores import as_pairs, from_pairs, number_of

_SAMPLE = 20
_SMALL = 1 << 20


def recognise(content: Content) -> Guess:
    """Return whether these are mappings of labels to scores: at least one label is known, or all are scores."""
    if content.kind not in ("json", "plain"):
        return NOT_THIS
    plain = content.glimpse
    rows = plain if isinstance(plain, list) else [plain]
    sample = [row for row in rows[:_SAMPLE] if row is not None]
    pairs = as_pairs(plain) if isinstance(plain, list) else None
    if pairs is not None:
        return (
            Guess(GENERIC) if any(is_known(str(label)) for label, _ in pairs) or "label" not in plain[0] else NOT_THIS
        )
    if sample and all(isinstance(row, Mapping) and is_row(row) for row in sample):
        return Guess(GENERIC)
    return NOT_THIS


def read(content: Content) -> Recording:
    """Return a recording with a track for each modality, speaker and source that the rows name."""
    if content.rows is not None:
        return content.rows.recording(content.name)
    plain = _with_duplicates(content)
    if not isinstance(plain, (Mapping, list)):
        raise UnknownFormatError(f"{content.shown}: is {type(plain).__name__}, not a mapping of label to score")
    below = recording_below(plain, _pairs, content.name) if content.is_large_json else None
    return _at_once(plain, content.name) if below is None else below


def _at_once(plain: Any, source: str | None) -> Recording:  # noqa: ANN401 - whatever the input holds
    rows = Rows()
    nest = Nest(_pairs)
    for row in nest.rows(plain):
        tidy = from_pairs(row.scores)
        nest.notes.add_all(tidy.issues)
        about = About(row.fields, source=source, modality=row.modality)
        about.extras.update(_extras(row.personal))
        rows.add(dict(zip(tidy.labels, tidy.values, strict=True)), about, tidy.quantity)
    rows.issues += nest.notes.issues()
    return rows.recording()


def _extras(personal: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of who somebody is: numbers, and words."""
    return {
        name: value if isinstance(value, str) else number_of(value)[0]
        for name, value in personal.items()
        if value is not None and not is_nested(value)
    }


class _Object(dict[str, Any]):
    """A JSON object that remembers how it was written, a key that stands twice included."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


def _pairs(plain: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
    return plain.pairs if isinstance(plain, _Object) else list(plain.items())


def _with_duplicates(content: Content) -> Any:  # noqa: ANN401 - whatever the JSON holds
    """The plain data; from small JSON text with objects that remember a label that stands twice."""
    if content.is_plain or content.size > _SMALL:
        return content.lean
    try:
        return json.loads(content.text, object_pairs_hook=_Object)
    except (ValueError, RecursionError):
        return content.plain  # JSON lines, or numbers that only the tolerant way reads


reader = Reader(
    "mapping",
    "label to score: a mapping or JSON, alone, by modality, or a list of rows",
    "as the labels tell",
    recognise,
    read,
)
