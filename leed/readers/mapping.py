"""Plain mappings, as Python values or JSON: label to score, alone, by modality, or a list of such rows.

::

    {"Joy": 0.84, "Interest": 0.31}
    {"prosody": {"Sadness": 0.34}, "language": {"Calmness": 0.55}, "text": "I'm fine", "begin": 1.5, "speaker": "Ben"}
    [{"begin": 0.0, "Joy": 0.84}, {"begin": 0.3, "Joy": 0.79}]
    [{"label": "happy", "score": 0.9}, {"label": "sad", "score": 0.1}]

Quantity: as the labels and numbers tell (see `leed.taxonomy.matching.quantity_of`). Keys such as begin, end, text,
speaker, modality and source say the rest of a row. Source: whatever a program has at hand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from leed.errors import UnknownFormatError
from leed.modality import NAMES
from leed.readers import GENERIC, NOT_THIS, Guess, Reader
from leed.readers.about import About, field_of
from leed.readers.content import Content
from leed.readers.rows import Rows
from leed.schema.recording import Recording
from leed.schema.terms import Issue
from leed.scores import LIKELIHOODS, as_pairs, from_pairs
from leed.taxonomy import concept_of, concepts

_SAMPLE = 20
_SMALL = 1 << 20


def recognise(content: Content) -> Guess:
    """Return whether these are mappings of labels to scores: at least one label is known, or all are scores."""
    if content.kind not in ("json", "plain"):
        return NOT_THIS
    plain = content.glimpse
    rows = plain if isinstance(plain, list) else [plain]
    sample = [row for row in rows[:_SAMPLE] if row is not None]
    if as_pairs(plain) is not None and isinstance(plain, list):
        return Guess(GENERIC)
    if sample and all(isinstance(row, Mapping) and _is_row(row) for row in sample):
        return Guess(GENERIC)
    return NOT_THIS


def read(content: Content) -> Recording:
    """Return a recording with a track for each modality, speaker and source that the rows name."""
    plain = _with_duplicates(content)
    rows = Rows()
    whole = as_pairs(plain) if isinstance(plain, list) else None
    if whole is not None:
        _add(rows, list(whole), {}, content.name, None)
        return rows.recording()
    listed: Any = [plain] if isinstance(plain, Mapping) else plain
    if not isinstance(listed, list):
        raise UnknownFormatError(f"{content.shown}: is {type(plain).__name__}, not a mapping of label to score")
    for number, row in enumerate(listed):
        if isinstance(row, Mapping) and row:
            _row(rows, _pairs(row), content.name)
        elif row is not None:  # a line that was cut off, and is reported
            rows.issues.append(Issue("not-read", f"row {number + 1} is no mapping of label to score; it is left out"))
    return rows.recording()


def _row(rows: Rows, pairs: list[tuple[Any, Any]], source: str | None) -> None:
    """Add one mapping: its scores, and those under each modality that it names."""
    fields: dict[str, Any] = {}
    scores: list[tuple[Any, Any]] = []
    modalities: list[tuple[str, list[tuple[Any, Any]]]] = []
    for key, value in pairs:
        name = str(key)
        inner = _pairs(value) if isinstance(value, Mapping) else as_pairs(value)
        if inner is not None and name.casefold() in NAMES:
            modalities.append((NAMES[name.casefold()], list(inner)))
        elif inner is not None:
            scores += [(f"{name}: {label}", number) for label, number in inner if not isinstance(number, (dict, list))]
        elif field_of(name) is not None:
            fields[field_of(name) or ""] = value
        elif _is_score(value) or concept_of(name) is not None:
            scores.append((name, value))
        else:
            rows.issues.append(Issue("not-read", f"{name[:60]!r} holds no score; it is left out"))
    if scores or not modalities:
        _add(rows, scores, fields, source, None)
    for modality, inner in modalities:
        _add(rows, inner, fields, source, modality)


def _add(
    rows: Rows, pairs: list[tuple[Any, Any]], fields: dict[str, Any], source: str | None, modality: str | None
) -> None:
    tidy = from_pairs(pairs)
    rows.issues += tidy.issues
    about = About(fields, source=source, modality=modality)
    rows.add(dict(zip(tidy.labels, tidy.values, strict=True)), about, tidy.quantity)


def _is_row(row: Mapping[Any, Any]) -> bool:
    """Whether a mapping is a row of scores: a modality with scores, a known label, or nothing but scores."""
    if any(str(k).casefold() in NAMES and _holds_scores(v) for k, v in row.items()):
        return True
    labels = {k: v for k, v in row.items() if field_of(str(k)) is None}
    known = concepts()
    ids = {k: concept_of(str(k)) for k in labels}
    if any(id_ and not known[id_].sensitive and (_is_score(labels[k]) or labels[k] is None) for k, id_ in ids.items()):
        return True
    nested = [v for v in labels.values() if isinstance(v, Mapping)]
    if nested and all(_is_row(v) for v in nested):
        return True
    numbers = [v for v in labels.values() if _is_score(v)]
    return bool(numbers) and len(numbers) == len(labels) and all(isinstance(v, float) and 0 <= v <= 1 for v in numbers)


def _holds_scores(value: Any) -> bool:  # noqa: ANN401 - any value of a mapping
    return any(_is_score(number) for _, number in as_pairs(value) or ())


def _is_score(value: Any) -> bool:  # noqa: ANN401 - any value of a mapping
    if isinstance(value, str):
        if value.strip().upper() in LIKELIHOODS:
            return True
        try:
            float(value)
        except ValueError:
            return False
        return True
    return hasattr(value, "__float__")


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
        return content.plain
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
