"""Google Cloud Vision answers with face annotations.

::

    {"responses": [{"faceAnnotations": [{"boundingPoly": {"vertices": [{"x": 12, "y": 8}, ...]}, "rollAngle": 1.2,
      "detectionConfidence": 0.98, "joyLikelihood": "VERY_LIKELY", "sorrowLikelihood": "VERY_UNLIKELY",
      "angerLikelihood": "VERY_UNLIKELY", "surpriseLikelihood": "POSSIBLE", ...}]}]}

Names in camelCase (REST) or snake_case (Python client, where words may be their numbers: 1 VERY_UNLIKELY to 5
VERY_LIKELY); also wrapped at any depth by an application. Quantity: likelihood, an ordinal word; UNKNOWN (0) is not
reported. Units: pixels, degrees. Other likelihoods (blurred, under-exposed, headwear), angles and confidences are kept
as extras; landmarks are left out. Source: Cloud Vision API reference, FaceAnnotation and Likelihood.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, NEAR, NOT_THIS, POSSIBLE, Guess, Reader
from leed.readers.answers import Answers, Kind, Path, first, found, mentions, number, plain_of, source_of, time_of
from leed.readers.content import Content
from leed.schema.recording import Recording
from leed.scores import LIKELIHOODS

_KIND = Kind("face", "expression", "google-vision-4", "likelihood", False, "frame")
_LABELS = ("joy", "sorrow", "anger", "surprise")
_OTHERS = ("underExposed", "blurred", "headwear")
_ANGLES = ("rollAngle", "panAngle", "tiltAngle")
_HIGHEST = 5
_FACES = ("faceAnnotations", "face_annotations")


def recognise(content: Content) -> Guess:
    """Return whether something in it has joyLikelihood and its like; or is an answer without faces."""
    keys = (b'"joyLikelihood"', b'"joy_likelihood"', b'"faceAnnotations"', b'"face_annotations"', b'"responses"')
    if not mentions(content, *keys):
        return NOT_THIS
    if first(content, _is_face) is not None:
        return Guess(CERTAIN)
    if _is_empty(content.glimpse):
        return Guess(POSSIBLE)
    why = _why(content.glimpse)
    return Guess(NEAR, why) if why else NOT_THIS


def read(content: Content) -> Recording:
    """Return a recording with a segment for each face."""
    plain = plain_of(content)
    gathered = Answers(content, "face")
    for number_, response in enumerate(_responses(plain), 1):
        error = response.get("error")
        if isinstance(error, Mapping) and error.get("message"):
            what = f"picture {number_} failed: {str(error['message'])[:300]}"
            gathered.note("source-failed", what, source_of((response,)))
        elif not any(map(response.get, _FACES)):
            gathered.note("nothing-detected", f"picture {number_}: no face was detected", source_of((response,)))
    met = False
    for face, path in found(plain, _is_face):
        met = True
        _add(gathered, face, path)
    if not met and not _is_empty(plain):
        expected = _why(plain) or "holds no face annotations of Google Vision: nothing in it has joyLikelihood"
        raise UnknownFormatError(f"{content.shown}: {expected}")
    return gathered.recording()


def _is_face(plain: Mapping[str, Any]) -> bool:
    return any(_value(plain, f"{label}Likelihood") is not None for label in _LABELS)


def _is_empty(plain: Any) -> bool:  # noqa: ANN401 - whatever the input holds
    """Whether no face was detected in a picture; Google leaves out what it did not find."""
    return any(not response or [] in map(response.get, _FACES) for response in _responses(plain))


def _responses(plain: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - whatever the input holds
    """The answers to a batch; the only one, where an answer stands alone."""
    if isinstance(plain, Mapping) and any(isinstance(plain.get(key), list) for key in _FACES):
        yield plain
        return
    listed = plain.get("responses") if isinstance(plain, Mapping) else None
    for response in listed if isinstance(listed, list) else ():
        if isinstance(response, Mapping):
            yield response


def _why(plain: Any) -> str | None:  # noqa: ANN401 - whatever the input holds
    """What to say of an answer of Google Vision without faces; None if it is none."""
    responses = list(_responses(plain))
    errors = [e for r in responses if isinstance(e := r.get("error"), Mapping) and e.get("message")]
    if errors:
        return f"is an answer of Google Vision that failed ({str(errors[0]['message'])[:200]})"
    known = {
        "faceAnnotations",
        "labelAnnotations",
        "textAnnotations",
        "safeSearchAnnotation",
        "imagePropertiesAnnotation",
    }
    if responses and all(not r or known & r.keys() for r in responses):
        return "is an answer of Google Vision without face annotations; ask for the feature FACE_DETECTION"
    return None


def _value(plain: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - any cell
    snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
    return plain.get(name, plain.get(snake))


def _word(value: Any) -> Any:  # noqa: ANN401 - any cell
    """A likelihood as its word; a number is counted as in the protocol buffers."""
    if isinstance(value, str):
        return value
    place = number(value)
    if place in range(1, _HIGHEST + 1):
        return tuple(LIKELIHOODS)[int(place) - 1]
    return None if value is None or place == 0 else f"number {value!r:.40}"  # no score, and reported as none


def _add(gathered: Answers, face: Mapping[str, Any], path: Path) -> None:
    source, begin = source_of(path), time_of(path)
    scores = gathered.scores([(label, _word(_value(face, f"{label}Likelihood"))) for label in _LABELS], source)
    extras: dict[str, Any] = {}
    poly = _value(face, "boundingPoly")
    corners = poly.get("vertices") if isinstance(poly, Mapping) else None
    if isinstance(corners, list) and corners and all(isinstance(c, Mapping) for c in corners):
        xs, ys = ([number(c.get(axis, 0)) for c in corners] for axis in "xy")  # 0 is left out of the JSON
        extras["box"] = (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
    confidence = number(_value(face, "detectionConfidence"))
    if not math.isnan(confidence):
        extras["confidence"] = confidence
    angles = tuple(number(_value(face, name)) for name in _ANGLES)
    if not all(map(math.isnan, angles)):
        extras["pose"] = angles
    for name in _OTHERS:
        word = _word(_value(face, f"{name}Likelihood"))
        if isinstance(word, str) and word in LIKELIHOODS:
            extras[f"{name}Likelihood"] = LIKELIHOODS[word]
    gathered.add(_KIND, scores, source=source, begin=begin, end=begin, extras=extras)


reader = Reader(
    "google-vision", "Google Cloud Vision: faces of pictures", "likelihood (ordinal words)", recognise, read
)
