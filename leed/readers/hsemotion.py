"""hsemotion (EmotiEffLib) answers, whose numbers are logits unless asked otherwise.

::

    ["Happiness", [-1.2, -0.6, 0.1, -2.3, 5.4, 1.9, -0.8, 0.3]]                  predict_emotions
    [["Happiness", "Anger"], [[-1.2, ...], [4.0, ...]]]                          predict_multi_emotions
    {"Anger": -1.2, "Contempt": -0.6, "Disgust": 0.1, "Fear": -2.3, "Happiness": 5.4, ...}      with their names

Quantity: probability of exclusive classes (AffectNet, eight or, without Contempt, seven). The numbers are logits if one
is negative or above 1, or if they do not sum to 1: softmax makes probabilities of them, and an issue says so. An array
without names has its classes in the order of the vendor's ``idx_to_class``; it is read only where its greatest number
is that of the label beside it. The ``_mtl`` models append valence and arousal, from -1 to 1, here on 0 to 1.
Source: hsemotion.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, NOT_THIS, POSSIBLE, Guess, Reader
from leed.readers.answers import (
    Answers,
    Kind,
    Path,
    first,
    found,
    listed,
    mentions,
    number,
    plain_of,
    probabilities,
    row_of,
    source_of,
    time_of,
)
from leed.readers.content import Content
from leed.readers.deepface import box_of
from leed.readers.long_lists import LongList
from leed.schema.recording import Recording
from leed.scores import centred

EIGHT = ("Anger", "Contempt", "Disgust", "Fear", "Happiness", "Neutral", "Sadness", "Surprise")
"""The classes of idx_to_class, in its order; the models of seven classes have no Contempt."""

SEVEN = tuple(label for label in EIGHT if label != "Contempt")

_DIMENSIONS = ("valence", "arousal")
_FACE = Kind("face", "expression", "affectnet-8", "probability", True, "frame")
_MOOD = Kind("face", "expression", "dimensions-3", "bipolar", False, "frame")
_PAIR = 2


def recognise(content: Content) -> Guess:
    """Return whether there are a label and an array that fits it, or all of AffectNet's names with logits."""
    if not mentions(content, b'"Happiness"', b'"happiness"', b'"Anger"', b'"Neutral"', b'"Sadness"', b'"Surprise"'):
        return NOT_THIS
    if _tuples(content.glimpse):
        return Guess(CERTAIN)
    named = first(content, _is_named)
    if named is None:
        return NOT_THIS
    return Guess(CERTAIN if "scores" in named else POSSIBLE)


def read(content: Content) -> Recording:
    """Return a recording with a segment for each face, and another for its valence and arousal."""
    gathered = Answers(content, "face")
    plain = plain_of(content)
    if tuples := _tuples(plain):
        for scores in tuples:
            _add(gathered, scores, (), {})
    else:
        met = False
        for face, path in found(plain, lambda mapping: _is_named(mapping, sure=True)):
            met = True
            _add(gathered, _named(face), (*path, face), box_of(face.get("box")))
        if not met:
            raise UnknownFormatError(
                f"{content.shown}: holds no answer of hsemotion: [label, 7 or 8 numbers], or all names with numbers"
            )
    return gathered.recording()


def _add(gathered: Answers, given: dict[str, Any], path: Path, extras: dict[str, Any]) -> None:
    source, begin = source_of(path), time_of(path)
    place: dict[str, Any] = {"source": source, "begin": begin, "end": begin, "extras": extras}
    scores = gathered.scores(((k, v) for k, v in given.items() if k not in _DIMENSIONS), source)
    made, was = probabilities(scores, whole=True)
    if was == "logits":
        gathered.note("inferred", "the numbers are logits; softmax made probabilities of them", source)
    elif was is not None:
        gathered.note("inferred", f"the numbers are {was}", source)
    gathered.add(_FACE, made, **place)
    mood = {name: centred(number(given[name])) for name in _DIMENSIONS if name in given}
    if mood:
        gathered.add(_MOOD, mood, **place)


def _tuples(plain: Any) -> Iterator[dict[str, Any]] | None:  # noqa: ANN401 - whatever the input holds
    """The scores of a label with an array, of labels with arrays, or of a list of such pairs; None if it is none."""
    if next(_pairs(plain), None) is None or any(_by_order(*pair) is None for pair in _pairs(plain)):
        return None
    return (scores for pair in _pairs(plain) if (scores := _by_order(*pair)) is not None)


def _pairs(plain: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - whatever the input holds
    """Each label with its array, or what stands in their places; the lists may lie in a file."""
    if not isinstance(plain, (list, tuple)) or not plain:
        return
    two = len(plain) == _PAIR
    if two and _label(plain[0]) is not None:
        yield plain[0], plain[1]
        return
    names = plain[0] if two else None
    if isinstance(names, (list, tuple)) and names and all(_label(name) is not None for name in names):
        rows = plain[1] if isinstance(plain[1], LongList) else listed(plain[1])
        same = isinstance(rows, list) and len(rows) == len(names)
        yield from zip(names, rows, strict=True) if same else ((None, None),)
        return
    for pair in plain:
        yield (pair[0], pair[1]) if isinstance(pair, (list, tuple)) and len(pair) == _PAIR else (None, None)


def _by_order(label: Any, values: Any) -> dict[str, Any] | None:  # noqa: ANN401 - whatever the input holds
    """An array with the names of its classes, if the label is that of its greatest number."""
    row = row_of(values)
    name = _label(label)
    if row is None or name is None:
        return None
    for classes in (EIGHT, SEVEN):
        dimensions = row[len(classes) :]
        told = dict(zip(classes, row, strict=False))
        if len(dimensions) not in (0, _PAIR) or len(told) < len(classes) or told.get(name) != max(row[: len(classes)]):
            continue
        return {**told, **dict(zip(_DIMENSIONS, dimensions, strict=False))}
    return None


def _label(value: Any) -> str | None:  # noqa: ANN401 - any value
    return next((name for name in EIGHT if isinstance(value, str) and value.casefold() == name.casefold()), None)


def _is_named(plain: Mapping[str, Any], *, sure: bool = False) -> bool:
    """Whether a mapping holds all names of seven or eight classes, with logits; or a label with a list of scores."""
    if "scores" in plain and _label(plain.get("emotion")) is not None:
        return _by_order(plain["emotion"], plain["scores"]) is not None
    given = dict(_own(plain))
    if set(given) not in ({*EIGHT}, {*SEVEN}):
        return False
    row = row_of(list(given.values()))
    if row is None or any(map(math.isnan, row)):
        return sure
    return sure or min(row) < 0 or max(row) > 1


def _own(plain: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in plain.items():
        name = _label(key)
        if name is not None:
            yield name, value


def _named(plain: Mapping[str, Any]) -> dict[str, Any]:
    if "scores" in plain and _label(plain.get("emotion")) is not None:
        return _by_order(plain["emotion"], plain["scores"]) or {}
    mood = {str(k).casefold(): v for k, v in plain.items() if str(k).casefold() in _DIMENSIONS}
    return {**dict(_own(plain)), **mood}


reader = Reader(
    "hsemotion",
    "hsemotion: seven or eight classes of faces, often as logits",
    "probability of exclusive classes, from logits by softmax",
    recognise,
    read,
)
