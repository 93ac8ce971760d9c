"""DeepFace answers: `DeepFace.analyze` with the action "emotion", and its REST service.

::

    [{"emotion": {"angry": 0.02, "disgust": 0.0, "fear": 0.3, "happy": 97.4, "sad": 0.1, "surprise": 0.2,
                  "neutral": 1.98},
      "dominant_emotion": "happy", "region": {"x": 210, "y": 84, "w": 161, "h": 161}, "face_confidence": 0.92}]

One mapping for each face; a list, a list for each picture, ``{"results": [...]}``, ``{"instance_1": ...}``, or wrapped
at any depth by an application. Quantity: probability of exclusive classes, in per cent there. Shares under "emotion"
without any other key of DeepFace may be of a voice too, so their modality is left open. Units: pixels. A face
confidence of 0 means that no face was found, or that none was looked for: the scores are those of the whole picture;
that is reported. Age, gender and race, if asked for, are kept as extras and not said. Source: deepface.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeGuard

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, NEAR, NOT_THIS, POSSIBLE, Guess, Reader
from leed.readers.answers import (
    Answers,
    Kind,
    Path,
    first,
    found,
    mentions,
    number,
    numbers_of,
    plain_of,
    source_of,
    time_of,
)
from leed.readers.content import Content
from leed.schema.recording import Recording
from leed.taxonomy import get

FACE = Kind("face", "expression", "fer-7", "probability", True, "frame")
"""What the numbers of FER2013's seven classes are."""

UNTOLD = Kind(None, "expression", "fer-7", "probability", True)
"""The same where nothing says that they are of a face."""

_ENOUGH = 4
_SHARES = 1.5  # shares of 1 do not sum to more, scores in per cent do
_OWN = ("dominant_emotion", "region", "face_confidence")
_OTHER_ACTIONS = ("dominant_gender", "dominant_race", "age")


def recognise(content: Content) -> Guess:
    """Return whether a mapping has an emotion mapping with DeepFace's labels, all or beside its other keys."""
    if not mentions(content, b'"emotion"', b'"dominant_gender"', b'"dominant_race"'):
        return NOT_THIS
    face = first(content, _is_face)
    if face is None and first(content, _is_empty) is not None:
        return Guess(CERTAIN)
    if face is not None:
        return Guess(CERTAIN if any(key in face for key in _OWN) else POSSIBLE)
    return Guess(NEAR, _WITHOUT) if first(content, _is_without) is not None else NOT_THIS


def read(content: Content) -> Recording:
    """Return a recording with a segment for each face."""
    gathered = Answers(content, "face")
    met = measured = False
    for face, path in found(plain_of(content), _is_any):
        met, measured = True, measured or not _is_without(face)
        if _is_empty(face):
            gathered.note("nothing-detected", "no face was detected: emotion is empty", source_of((*path, face)))
            continue
        _add(gathered, face, path)
    if not met:
        raise UnknownFormatError(f"{content.shown}: holds no DeepFace answer: {{emotion, dominant_emotion, region}}")
    if not measured:
        raise UnknownFormatError(f"{content.shown}: {_WITHOUT}")
    return gathered.recording()


_WITHOUT = "is a DeepFace answer without emotion; analyze with actions=['emotion']"


def labelled(plain: Any) -> TypeGuard[Mapping[str, Any]]:  # noqa: ANN401 - any value of a mapping
    """Return whether these are mostly labels of FER2013 with scores."""
    if not isinstance(plain, Mapping):
        return False
    known = get("fer-7").labels
    return sum(key in known for key in plain) >= _ENOUGH and all(isinstance(key, str) for key in plain)


def box_of(plain: Any, names: tuple[str, str, str, str] = ("x", "y", "w", "h")) -> dict[str, Any]:  # noqa: ANN401
    """Return the extra ``box`` (x, y, width, height), if there is one."""
    box = numbers_of(plain, names)
    return {} if box is None else {"box": box}


def _is_face(plain: Mapping[str, Any], *, sure: bool = False) -> bool:
    scores = plain.get("emotion")
    if not labelled(scores):
        return False
    if sure:
        return True
    whole = set(scores) == set(get("fer-7").labels)
    return any(key in plain for key in _OWN) or whole or _total(scores) > _SHARES


def _is_without(plain: Mapping[str, Any]) -> bool:
    return "emotion" not in plain and "region" in plain and any(key in plain for key in _OTHER_ACTIONS)


def _is_empty(plain: Mapping[str, Any]) -> bool:
    return plain.get("emotion") == {} and any(key in plain for key in _OWN)


def _is_any(plain: Mapping[str, Any]) -> bool:
    return _is_face(plain, sure=True) or _is_without(plain) or _is_empty(plain)


def _total(scores: Any) -> float:  # noqa: ANN401 - the mapping of a face
    return math.fsum(v for v in map(number, scores.values()) if not math.isnan(v))


def _add(gathered: Answers, face: Mapping[str, Any], path: Path) -> None:
    source = source_of((*path, face))
    begin = time_of((*path, face))
    given = face.get("emotion", {})
    percent = not given or _total(given) > _SHARES  # somebody may have divided them already
    kind = FACE if percent or any(key in face for key in _OWN) else UNTOLD
    confidence = number(face.get("face_confidence"))
    extras: dict[str, Any] = box_of(face.get("region", face.get("facial_area")))
    if not math.isnan(confidence):
        extras["confidence"] = confidence
    if confidence == 0:
        what = "a face confidence of 0: no face was found or looked for, the scores are of the whole picture"
        gathered.note("nothing-detected", what, source)
    if "age" in face:
        extras["age"] = number(face["age"])
    for key in ("dominant_gender", "dominant_race"):
        if isinstance(face.get(key), str):
            extras[key] = str(face[key])
    scores = gathered.scores(given.items(), source, percent=percent)
    gathered.add(kind, scores, source=source, begin=begin, end=begin, extras=extras)


reader = Reader(
    "deepface", "DeepFace analyze: seven classes of faces", "probability of exclusive classes", recognise, read
)
