"""LAION Empathic Insight answers, voice and face: raw values of 40 expressions and, for voices, 15 attributes.

::

    {"file": "a.wav", "caption": "so glad you came", "emotions": {"Amusement": 1.31, "Elation": 0.88,
     "Hope_Enthusiasm_Optimism": 1.02, ..., "Valence": 1.4, "Arousal": 2.1, "Confident_vs._Hesitant": 1.2, ...}}

One mapping for each clip or picture, or a list, also wrapped at any depth. Quantity: intensity and, for attributes,
bipolar. The numbers are raw values of regression heads: about 0 to 4 for voices and 0 to 7 for faces (the annotators'
scale), here read onto 0 to 1, attributes by the ends in the taxonomy. What is usual differs very much from label to
label, so that only percentiles of each label are meaningful: an issue says that a calibration is wanted. Voice or face
is told from attributes, a caption, the file's name, or a value above 4.5. Age and gender are not said.
Source: LAION EmoNet and Empathic Insight; the public inference server's client.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, NOT_THIS, POSSIBLE, Guess, Reader
from leed.readers.answers import Answers, Kind, Path, first, found, mentions, number, plain_of, source_of, time_of
from leed.readers.content import Content
from leed.schema.recording import Recording
from leed.taxonomy import get

VOICE, FACE = 4.0, 7.0
"""The highest raw values, about: of voice heads, and of face heads (EmoNet's annotators rated faces from 0 to 7)."""

RANGES: dict[str, tuple[float, float]] = {
    "Age": (0, 6),
    "Arousal": (0, 4),
    "Authenticity": (0, 4),
    "Background_Noise": (0, 3),
    "Confident_vs._Hesitant": (0, 4),
    "Gender": (-2, 2),
    "High-Pitched_vs._Low-Pitched": (0, 4),
    "Monotone_vs._Expressive": (0, 4),
    "Recording_Quality": (0, 4),
    "Serious_vs._Humorous": (0, 4),
    "Soft_vs._Harsh": (-2, 2),
    "Submissive_vs._Dominant": (-3, 3),
    "Valence": (-3, 3),
    "Vulnerable_vs._Emotionally_Detached": (0, 4),
    "Warm_vs._Cold": (-2, 2),
}
"""The ends of the attributes' raw values, as leed/taxonomy/data/laion-attributes-15.json has them."""

_ENOUGH = 10
_A_FEW = 3  # of names under "emotions" that are all LAION's, one of them in its own way
_TELLING = re.compile(r"[_/&]")
_ABOVE_VOICE = 4.5
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|bmp|gif|tiff?)$", re.IGNORECASE)
_SOUND = re.compile(r"\.(?:wav|mp3|flac|ogg|m4a|opus|aac)$", re.IGNORECASE)


def recognise(content: Content) -> Guess:
    """Return whether a mapping has ten or more of LAION's names, or a few, some of which are nobody else's."""
    if not mentions(content, b'"emotions"', b"_Enthusiasm_", b"Emotional", b'"Sourness"'):
        return NOT_THIS
    answer = first(content, _is_answer)
    if answer is None:
        return NOT_THIS
    return Guess(CERTAIN if any(_TELLING.search(str(name)) for name in _values(answer)) else POSSIBLE)


def read(content: Content) -> Recording:
    """Return a recording with a track of expressions and a track of attributes."""
    gathered = Answers(content, "answer")
    plain = plain_of(content)
    answers = list(found(plain, _is_answer))
    if not answers:
        raise UnknownFormatError(
            f"{content.shown}: holds no answer of LAION's models: {{emotions: {{name: number}}}} with their 40 names"
        )
    for answer, path in answers:
        _add(gathered, answer, path)
    for failed, path in found(
        plain, lambda mapping: isinstance(mapping.get("error"), str) and "emotions" not in mapping
    ):
        what = f"it failed: {failed['error'][:300]}"
        gathered.note("source-failed", what, source_of((*path, failed)) or content.name)
    what = "raw values differ in what is usual from label to label: the words are rough without a calibration"
    gathered.note("uncalibrated", what, content.name)
    return gathered.recording()


def _values(answer: Mapping[str, Any]) -> Mapping[Any, Any]:
    inner = answer.get("emotions", answer)
    return inner if isinstance(inner, Mapping) else {}


def _is_answer(plain: Mapping[str, Any]) -> bool:
    known, attributes = get("laion-voice-40"), get("laion-attributes-15")
    names = [name for name in _values(plain) if isinstance(name, str)]
    own = sum(known.canonical(name) is not None or attributes.canonical(name) is not None for name in names)
    own += sum("/" in name and known.find(name) is not None for name in names)
    few = _A_FEW <= len(names) == own and "emotions" in plain and any(map(_TELLING.search, names))
    return (few or own >= _ENOUGH) and not _is_of_hume(names)


def _is_of_hume(names: list[str]) -> bool:
    hume = get("hume-53")
    return sum(hume.canonical(name) is not None for name in names) > 0.9 * len(names)


def _add(gathered: Answers, answer: Mapping[str, Any], path: Path) -> None:
    around = (*path, answer)
    source = source_of(around)
    known, attributes = get("laion-voice-40"), get("laion-attributes-15")
    values = {str(k): v for k, v in _values(answer).items() if not isinstance(v, (Mapping, list, str))}
    told = {k: v for k, v in values.items() if attributes.canonical(k) is not None}
    expressions = {k: v for k, v in values.items() if k not in told and known.find(k) is not None}
    raw = gathered.scores(expressions.items(), source)
    text = answer.get("caption")
    modality = _modality(answer, source, bool(told), raw)
    highest = FACE if modality == "face" else VOICE
    begin = time_of(around)
    place: dict[str, Any] = {"source": source, "begin": begin, "text": text if isinstance(text, str) else None}
    kind = Kind(modality, "expression", "laion-voice-40", "intensity", False, "frame" if modality == "face" else None)
    gathered.add(kind, {label: value / highest for label, value in raw.items()}, **place)
    if told:
        kind = Kind(modality, "attribute", "laion-attributes-15", "bipolar", False, None)
        gathered.add(kind, {k: _share(attributes.canonical(k) or k, v) for k, v in told.items()}, **place)
    others = [k for k in values if k not in told and k not in expressions]
    if others and "emotions" in answer:
        what = f"{len(others)} names are no label of LAION's ({', '.join(others[:3])[:100]}, ...): left out"
        gathered.note("not-read", what, source)


def _share(label: str, value: Any) -> float:  # noqa: ANN401 - any cell
    low, high = RANGES[label]
    return (number(value) - low) / (high - low)


def _modality(answer: Mapping[str, Any], source: str | None, attributes: bool, raw: dict[str, float]) -> str | None:  # noqa: FBT001 - one of several signs
    if attributes or "caption" in answer or (source and _SOUND.search(source)):
        return "prosody"
    highest = max((v for v in raw.values() if not math.isnan(v)), default=0.0)
    return "face" if (source and _PICTURE.search(source)) or highest > _ABOVE_VOICE else None


reader = Reader(
    "laion",
    "LAION Empathic Insight, voice and face: 40 expressions, 15 attributes",
    "intensity from raw values; wants a calibration",
    recognise,
    read,
)
