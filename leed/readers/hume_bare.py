"""Predictions of Hume v0 that an application took out of the answer, without the files and models around them.

::

    [{"frame": 8, "time": 0.32, "prob": 0.99, "box": {...}, "emotions": [{"name": "Joy", "score": 0.8}, ...]}]
    {"prosody": [{"text": "Hi.", "time": {"begin": 0, "end": 1.5}, "emotions": [...]}]}
    {"turns": [{"speaker": "Ann", "start": 0, "end": 1.5, "text": "Hi.", "emotions": [...]}]}

The model is told from the key that they stand under, else from what only one model writes: a box is of a face, a
position in the text is of words. Where neither is there, it is left open.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from leed.readers.about import About, field_of, is_file
from leed.readers.answers import source_of
from leed.readers.hume_items import ASPECTS, MODALITY
from leed.taxonomy import get

UNTOLD = ""
"""The model of predictions that do not tell it."""

_DEEPEST = 12
_SAMPLE = 20
_OF_FACES = {"box", "bbox", "prob", "frame"}
_OF_WORDS = {"position", "sentiment", "toxicity"}
_SPEAKING = 48  # labels; language has 53, and its predictions have a position too


class Bare(msgspec.Struct):
    """One prediction as plain data, and what is known of it."""

    item: Mapping[str, Any]
    model: str
    source: str | None
    speaker: str | None


class _Around(msgspec.Struct, frozen=True):
    """What the mappings around a prediction tell."""

    model: str | None = None
    source: str | None = None
    speaker: str | None = None


def bare(plain: Any) -> Iterator[Bare]:  # noqa: ANN401 - whatever the input holds
    """Return the predictions in plain data of any depth, in the order of the input.

    >>> [(found.model, found.speaker) for found in bare({"face": [{"emotions": [{"name": "Joy", "score": 0.8}]}]})]
    [('face', None)]
    """
    return _inside(plain, _Around(), 0)


def _inside(value: Any, around: _Around, depth: int) -> Iterator[Bare]:  # noqa: ANN401 - as above
    if depth > _DEEPEST:
        return
    if isinstance(value, (list, tuple)):
        for inner in value:
            yield from _inside(inner, around, depth + 1)
    elif isinstance(value, Mapping):
        if _is_item(value):
            yield _bare(value, around)
            return
        group = value.get("id") if "predictions" in value else None
        here = _Around(around.model, source_of((value,)) or around.source, _speaker(group) or around.speaker)
        for key, inner in value.items():
            if isinstance(inner, (Mapping, list, tuple)):
                model = key if key in MODALITY else here.model
                source = key if isinstance(key, str) and is_file(key) else here.source
                yield from _inside(inner, _Around(model, source, here.speaker), depth + 1)


def is_hume(item: Mapping[str, Any]) -> bool:
    """Return whether the emotions of a prediction are called as Hume calls them, so that it is no other program's."""
    known = get("hume-53")
    names = [entry["name"] for entry in item["emotions"][:_SAMPLE]]
    return bool(names) and all(isinstance(name, str) and known.find(name) is not None for name in names)


def _is_item(plain: Mapping[str, Any]) -> bool:
    """Whether a mapping has a list of emotions by name, which is empty where nothing was measured."""
    emotions = plain.get("emotions")
    if not isinstance(emotions, (list, tuple)):
        return False
    sample = emotions[:_SAMPLE]
    return all(isinstance(entry, Mapping) and "name" in entry and "score" in entry for entry in sample)


def _bare(entry: Mapping[str, Any], around: _Around) -> Bare:
    fields = {field_of(str(key)): value for key, value in entry.items() if key not in ("id", *ASPECTS)}
    about = About({str(field): value for field, value in fields.items() if field})
    source, _, modality, _, speaker = about.key
    item = entry
    if not isinstance(entry.get("time"), (int, float, Mapping)) and not math.isnan(about.begin):
        item = {**entry, "time": {"begin": about.begin, "end": about.end}}
    model = around.model or modality or _model(entry, around)
    return Bare(item, model, source or around.source, speaker or around.speaker)


def _model(entry: Mapping[str, Any], around: _Around) -> str:
    """The model that alone writes such a prediction."""
    if _OF_FACES & entry.keys() or (around.speaker or "").startswith("face_"):
        return "face"
    if _OF_WORDS & entry.keys() or len(entry["emotions"]) > _SPEAKING:
        return "language"
    whole = len(entry["emotions"]) == _SPEAKING
    return "prosody" if whole and "text" in entry and isinstance(entry.get("time"), Mapping) else UNTOLD


def _speaker(name: Any) -> str | None:  # noqa: ANN401 - whatever the input holds
    return None if name in (None, "", "unknown") or not isinstance(name, (str, int)) else str(name)
