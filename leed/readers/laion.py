"""LAION Empathic Insight answers, voice and face: raw values of 40 expressions and, for voices, 15 attributes.

::

    {"file": "a.wav", "caption": "so glad you came", "emotions": {"Amusement": 1.31, "Elation": 0.88,
     "Hope_Enthusiasm_Optimism": 1.02, ..., "Valence": 1.4, "Arousal": 2.1, "Confident_vs._Hesitant": 1.2, ...}}

One mapping for each clip or picture, or a list, also wrapped at any depth; or a table with a column for each name (also
``emotions.Amusement``, as pandas writes it). Quantity: intensity and, for attributes,
bipolar. The numbers are raw values of regression heads: about 0 to 4 for voices and 0 to 7 for faces (the annotators'
scale), here read onto 0 to 1, attributes by the ends in the taxonomy. What is usual differs very much from label to
label, so that only percentiles of each label are meaningful: an issue says that a calibration is wanted. Voice or face
is told from attributes, a caption, the file's name, or a value above 4.5. Age and gender are not said.
Source: LAION EmoNet and Empathic Insight; the public inference server's client.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, NOT_THIS, POSSIBLE, Guess, Reader
from leed.readers.answers import Answers, Kind, Path, first, found, mentions, number, plain_of, source_of, time_of
from leed.readers.content import Content
from leed.readers.delimited import names_of
from leed.readers.laion_scale import (
    ENOUGH,
    FACE,
    UNCALIBRATED,
    VOICE,
    columns_of,
    is_of_hume,
    is_telling,
    modality_of,
    of_laion,
    share,
)
from leed.readers.table import read as read_table
from leed.schema.recording import Recording
from leed.taxonomy import get

_A_FEW = 3  # of names under "emotions" that are all LAION's, one of them in its own way


def recognise(content: Content) -> Guess:
    """Return whether a mapping has ten or more of LAION's names, or a few, some of which are nobody else's."""
    if content.kind == "text":
        return Guess(CERTAIN) if _is_table(content) else NOT_THIS
    if not mentions(content, b'"emotions"', b"_Enthusiasm_", b"Emotional", b'"Sourness"'):
        return NOT_THIS
    answer = first(content, _is_answer)
    if answer is None:
        return NOT_THIS
    return Guess(CERTAIN if any(is_telling(str(name)) for name in _values(answer)) else POSSIBLE)


def read(content: Content) -> Recording:
    """Return a recording with a track of expressions and a track of attributes."""
    if _is_table(content):
        return read_table(content)
    gathered = Answers(content, "answer")
    plain = plain_of(content)
    met = False
    for answer, path in found(plain, _is_answer):
        met = True
        _add(gathered, answer, path)
    if not met:
        raise UnknownFormatError(
            f"{content.shown}: holds no answer of LAION's models: {{emotions: {{name: number}}}} with their 40 names"
        )
    for failed, path in found(
        plain, lambda mapping: isinstance(mapping.get("error"), str) and "emotions" not in mapping
    ):
        what = f"it failed: {failed['error'][:300]}"
        gathered.note("source-failed", what, source_of((*path, failed)) or content.name)
    gathered.note("uncalibrated", UNCALIBRATED, content.name)
    return gathered.recording()


def _is_table(content: Content) -> bool:
    return content.kind == "text" and columns_of(names_of(content)) is not None


def _values(answer: Mapping[str, Any]) -> Mapping[Any, Any]:
    inner = answer.get("emotions", answer)
    return inner if isinstance(inner, Mapping) else {}


def _is_answer(plain: Mapping[str, Any]) -> bool:
    names = [name for name in _values(plain) if isinstance(name, str)]
    own = of_laion(names)
    few = _A_FEW <= len(names) == own and "emotions" in plain and any(map(is_telling, names))
    return (few or own >= ENOUGH) and not is_of_hume(names)


def _add(gathered: Answers, answer: Mapping[str, Any], path: Path) -> None:
    around = (*path, answer)
    source = source_of(around)
    known, attributes = get("laion-voice-40"), get("laion-attributes-15")
    values = {str(k): v for k, v in _values(answer).items() if not isinstance(v, (Mapping, list, str))}
    told = {k: v for k, v in values.items() if attributes.canonical(k) is not None}
    expressions = {k: v for k, v in values.items() if k not in told and known.find(k) is not None}
    raw = gathered.scores(expressions.items(), source)
    text = answer.get("caption")
    reported = max((v for v in raw.values() if not math.isnan(v)), default=0.0)
    modality = modality_of(source, reported, speaks=bool(told) or "caption" in answer)
    highest = FACE if modality == "face" else VOICE
    begin = time_of(around)
    place: dict[str, Any] = {"source": source, "begin": begin, "text": text if isinstance(text, str) else None}
    kind = Kind(modality, "expression", "laion-voice-40", "intensity", False, "frame" if modality == "face" else None)
    gathered.add(kind, {label: value / highest for label, value in raw.items()}, **place)
    if told:
        kind = Kind(modality, "attribute", "laion-attributes-15", "bipolar", False, None)
        gathered.add(kind, {k: share(attributes.canonical(k) or k, number(v)) for k, v in told.items()}, **place)
    others = [k for k in values if k not in told and k not in expressions]
    if others and "emotions" in answer:
        what = f"{len(others)} names are no label of LAION's ({', '.join(others[:3])[:100]}, ...): left out"
        gathered.note("not-read", what, source)


reader = Reader(
    "laion",
    "LAION Empathic Insight, voice and face: 40 expressions, 15 attributes",
    "intensity from raw values; wants a calibration",
    recognise,
    read,
)
