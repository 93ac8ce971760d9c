"""AWS Rekognition answers: DetectFaces (pictures), GetFaceDetection (videos), and others that hold FaceDetail.

::

    {"FaceDetails": [{"BoundingBox": {"Left": 0.44, "Top": 0.16, "Width": 0.27, "Height": 0.53}, "Confidence": 99.99,
                      "AgeRange": {"Low": 46, "High": 64}, "Smile": {"Value": false, "Confidence": 99.5},
                      "Emotions": [{"Type": "CALM", "Confidence": 81.0}, {"Type": "SAD", "Confidence": 11.8}, ...]}]}

    {"JobStatus": "SUCCEEDED", "Faces": [{"Timestamp": 4500, "Face": {...}}], "NextToken": "..."}            video

Also wrapped at any depth by an application, whose file names are kept as sources. Quantity: probability of exclusive
classes, in per cent there (older answers sum to 100, newer ones to a little more; some list only the top three). For
small faces all eight are near 50 and sum to about 400: nothing is told apart, and that is reported.
Units: milliseconds; the box is shares of the picture's width and height. Age, gender and what else is said of a face
are kept as extras and not said; landmarks are left out. Source: Amazon Rekognition API reference, FaceDetail.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, NEAR, NOT_THIS, Guess, Reader
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
from leed.readers.deepface import box_of
from leed.readers.long_lists import LongList
from leed.readers.rekognition_video import quickly
from leed.schema.recording import Recording

_IMAGE = Kind("face", "expression", "rekognition-9", "probability", True, "frame")
_MS = 1000
_PERCENT = 100
_HALF, _MOST_AT_ONCE = 0.4, 2
_BOX = ("Left", "Top", "Width", "Height")
_POSE = ("Pitch", "Roll", "Yaw")
_FLAGS = {
    "Smile": "smile",
    "EyesOpen": "eyes_open",
    "MouthOpen": "mouth_open",
    "Eyeglasses": "eyeglasses",
    "Sunglasses": "sunglasses",
    "Beard": "beard",
    "Mustache": "mustache",
    "FaceOccluded": "face_occluded",
}
_UNDECIDED = "the scores of a face are all near 50 per cent, so they tell no expression from another"
_NO_EMOTIONS = (
    "is an answer of Rekognition without Emotions; ask for them with Attributes=['ALL'] (video: FaceAttributes='ALL')"
)


def recognise(content: Content) -> Guess:
    """Return whether something in it has Emotions with Type and Confidence; or is an answer without them."""
    if not mentions(content, b'"Emotions"', b'"FaceDetails"', b'"JobStatus"', b'"BoundingBox"'):
        return NOT_THIS
    if first(content, _is_face) is not None:
        return Guess(CERTAIN)
    if _is_empty(content):
        return Guess(CERTAIN)
    why = _why(content)
    return Guess(NEAR, why) if why else NOT_THIS


def read(content: Content) -> Recording:
    """Return a recording with a segment for each face in a picture, or in a frame of a video."""
    plain = plain_of(content)
    gathered = Answers(content, "face")
    measured = _add_video(gathered, plain)
    for face, path in () if measured else found(plain, _is_any):
        measured = measured or _is_face(face)
        _add(gathered, face, path)
    if not measured and not _is_empty(content):
        expected = _why(content) or "holds no answer of Rekognition: no FaceDetails or Faces with Emotions"
        raise UnknownFormatError(f"{content.shown}: {expected}")
    answers = ((source_of((*path, answer)), answer) for answer, path in found(plain, _is_answer))
    latest = next(answers, None)
    while latest is not None:
        (source, answer), latest = latest, next(answers, None)
        if answer.get("NextToken") and latest is None:
            gathered.note("cut-off", "there are more pages (NextToken) than were given", source)
        if answer.get("FaceDetails") == [] or answer.get("Faces") == []:
            gathered.note("nothing-detected", "no face was detected", source)
    return gathered.recording()


def _is_face(plain: Mapping[str, Any]) -> bool:
    emotions = plain.get("Emotions")
    if not isinstance(emotions, (list, tuple)) or not emotions:
        return False
    for entry in emotions:
        if (type(entry) is not dict and not isinstance(entry, Mapping)) or "Type" not in entry:
            return False
        if "Confidence" not in entry:
            return False
    return True


def _is_bare(plain: Mapping[str, Any]) -> bool:
    """Whether it is a face without emotions."""
    return "BoundingBox" in plain and not plain.get("Emotions") and ("Landmarks" in plain or "Pose" in plain)


def _is_any(plain: Mapping[str, Any]) -> bool:
    return _is_face(plain) or _is_bare(plain)


def _is_answer(plain: Mapping[str, Any]) -> bool:
    return isinstance(plain.get("FaceDetails"), list) or ("JobStatus" in plain and isinstance(plain.get("Faces"), list))


def _is_empty(content: Content) -> bool:
    """Whether there are only answers in which no face was detected."""
    answers = [answer for answer, _ in found(content.glimpse, _is_answer)]
    if not answers or any(answer.get("FaceDetails") or answer.get("Faces") for answer in answers):
        return False
    return all(answer.get("JobStatus", "SUCCEEDED") == "SUCCEEDED" for answer in answers)


def _why(content: Content) -> str | None:
    """What to say of an answer of Rekognition without emotions; None if it is none."""
    job = first(content, lambda mapping: "JobStatus" in mapping)
    status = job.get("JobStatus") if job is not None else None
    if job is not None and status in ("IN_PROGRESS", "FAILED"):
        reason = str(job.get("StatusMessage") or "")[:200]
        then = "poll it until it is SUCCEEDED" if status == "IN_PROGRESS" else "start it again"
        return f"is a Rekognition job that is not done ({status}{f': {reason}' if reason else ''}); {then}"
    if first(content, _is_bare) is not None:
        return _NO_EMOTIONS
    return None


def _add_video(gathered: Answers, plain: Any) -> bool:  # noqa: ANN401 - whatever the input holds
    """Add the faces of a video, if they are many and there is nothing else and nothing odd; return whether they are."""
    faces = plain.get("Faces") if isinstance(plain, Mapping) else None
    if not isinstance(faces, LongList) or _is_any(plain) or isinstance(plain.get("Index"), int):
        return False
    others = {key: value for key, value in plain.items() if key != "Faces"}
    video = quickly(faces, _FLAGS) if next(found(others, _is_any), None) is None else None
    if video is None:
        return False
    source = source_of((plain,))
    for _ in range(video.undecided):
        gathered.note("undecided", _UNDECIDED, source)
    gathered.take(_IMAGE, video.stretches, source)
    return True


def _add(gathered: Answers, face: Mapping[str, Any], path: Path) -> None:
    source, begin, speaker = source_of(path), _begin(path), None
    index = next((around["Index"] for around in reversed(path) if isinstance(around.get("Index"), int)), None)
    if index is not None:
        speaker = f"person_{index}"
    pairs = [(e.get("Type"), e.get("Confidence")) for e in face.get("Emotions") or ()]
    scores = gathered.scores(pairs, source, percent=True)
    if sum(score > _HALF for score in scores.values()) > _MOST_AT_ONCE:
        gathered.note("undecided", _UNDECIDED, source)
    place: dict[str, Any] = {"source": source, "speaker": speaker, "begin": begin, "end": begin}
    gathered.add(_IMAGE, scores, extras=_extras(face), **place)


def _begin(path: Path) -> float:
    for around in reversed(path):
        if "Timestamp" in around and ("Face" in around or "Person" in around):
            return number(around["Timestamp"]) / _MS
    return time_of(path)


def _extras(face: Mapping[str, Any]) -> dict[str, Any]:
    extras: dict[str, Any] = box_of(face.get("BoundingBox"), _BOX)
    confidence = number(face.get("Confidence"))
    if not math.isnan(confidence):
        extras["confidence"] = confidence / _PERCENT
    pose = numbers_of(face.get("Pose"), _POSE)
    if pose is not None:
        extras["pose"] = pose
    quality = numbers_of(face.get("Quality"), ("Brightness", "Sharpness"))
    if quality is not None:
        extras["quality"] = quality
    age = numbers_of(face.get("AgeRange"), ("Low", "High"))
    if age is not None:
        extras["age"] = age
    gender = face.get("Gender")
    if isinstance(gender, Mapping) and isinstance(gender.get("Value"), str):
        extras["gender"] = gender["Value"]
    extras.update(_flags(face, _FLAGS.items()))
    return extras


def _flags(face: Mapping[str, Any], names: Iterable[tuple[str, str]]) -> dict[str, float]:
    """What is said of a face yes or no, as the confidence that it is so."""
    flags: dict[str, float] = {}
    if face.keys().isdisjoint(_FLAGS):
        return flags
    for key, name in names:
        said = face.get(key)
        if isinstance(said, Mapping) and isinstance(said.get("Value"), bool):
            confidence = number(said.get("Confidence")) / _PERCENT
            flags[name] = confidence if said["Value"] else 1 - confidence
    return flags


reader = Reader(
    "rekognition",
    "AWS Rekognition: faces of pictures and videos",
    "probability of exclusive classes (per cent there)",
    recognise,
    read,
)
