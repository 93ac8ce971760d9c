"""DeepFace: per cent, several faces, no face, and other actions."""

import json
from typing import Any

import numpy as np
import pytest

import leed
from leed.errors import UnknownFormatError
from tests.support.answers import DEEPFACE
from tests.support.told import said

HAPPY = "They look very clearly happy."
SCORES = DEEPFACE[0]["emotion"]


def face(**fields: Any) -> dict[str, Any]:
    return {**DEEPFACE[0], **fields}


@pytest.mark.parametrize(
    ("plain", "count"),
    [
        (DEEPFACE, 1),
        (DEEPFACE[0], 1),
        ([DEEPFACE, DEEPFACE], 2),
        ({"results": [*DEEPFACE, *DEEPFACE]}, 2),
        ({"instance_1": DEEPFACE[0], "instance_2": DEEPFACE[0]}, 2),
        ({"emotion": SCORES}, 1),
        ({"emotion": SCORES, "dominant_emotion": "happy"}, 1),
        (face(emotion={k: v / 100 for k, v in SCORES.items()}), 1),
        (face(emotion={k: np.float32(v) for k, v in SCORES.items()}), 1),
    ],
)
def test_faces_are_described(plain: Any, count: int) -> None:
    assert said(plain) == [HAPPY] * count


def test_a_face_is_shares_of_exclusive_classes_with_a_box() -> None:
    recording = leed.read(
        face(age=31, dominant_gender="Man", dominant_race="white", gender={"Man": 99.0, "Woman": 1.0})
    )
    (track,) = recording.tracks
    assert (track.modality, track.granularity, track.taxonomy) == ("face", "frame", "fer-7")
    assert (track.quantity, track.exclusive) == ("probability", True)
    segment = recording.segments()[0]
    assert segment.scores["happy"] == 0.974
    assert segment.extras == {
        "box": [210.0, 84.0, 161.0, 160.0],
        "confidence": 0.92,
        "age": 31.0,
        "dominant_gender": "Man",
        "dominant_race": "white",
    }
    assert recording.issues == ()
    assert [str(d) for d in leed.describe_all(recording)] == [HAPPY]


def test_two_classes_that_are_close_are_either_or() -> None:
    scores = dict.fromkeys(SCORES, 0.0) | {"sad": 48.0, "neutral": 44.0, "fear": 8.0}
    assert said(face(emotion=scores)) == ["They look either sad or neutral."]


def test_shares_that_nothing_says_are_of_a_face_have_no_modality() -> None:
    plain = {"emotion": {k: v / 100 for k, v in SCORES.items()}}
    assert said(plain) == ["They come across as very clearly happy."]


def test_a_picture_without_a_face_is_reported() -> None:
    """With enforce_detection=False, DeepFace scores the whole picture."""
    recording = leed.read([face(face_confidence=0)])
    assert [i.code for i in recording.issues] == ["nothing-detected"]
    assert len(recording) == 1


def test_frames_of_an_application_have_times_and_sources() -> None:
    plain = {"video": "a.mp4", "frames": [{"time": 0.5, "faces": DEEPFACE}, {"time": 1.0, "faces": []}]}
    assert [(s.source, s.begin, s.end) for s in leed.read(plain).segments()] == [("a.mp4", 0.5, 0.5)]


def test_a_face_without_emotion_among_others_is_counted() -> None:
    other = {"region": {"x": 1, "y": 1, "w": 5, "h": 5}, "age": 31}
    recording = leed.read([face(), other])
    assert [(i.code, i.message) for i in recording.issues] == [("no-scores", "1 face without scores: left out")]


def test_other_actions_alone_are_a_near_miss() -> None:
    plain = [{"region": {"x": 1, "y": 1, "w": 5, "h": 5}, "age": 31, "dominant_gender": "Man"}]
    for options in ({}, {"format": "deepface"}):
        with pytest.raises(UnknownFormatError, match=r"without emotion; analyze with actions=\['emotion'\]"):
            leed.read(plain, **options)


def test_odd_scores_are_reported() -> None:
    recording = leed.read(json.dumps(face(emotion=SCORES | {"sad": "x", "fear": None})).encode())
    assert [i.code for i in recording.issues] == ["unreadable-score"]
    assert "fear" not in recording.segments()[0].scores


def test_keys_that_are_files_are_the_sources() -> None:
    recording = leed.read({"a.jpg": DEEPFACE, "b.jpg": DEEPFACE})
    assert [track.source for track in recording.tracks] == ["a.jpg", "b.jpg"]


@pytest.mark.parametrize("plain", [[{"emotion": {}, "dominant_emotion": None, "region": {"x": 0}}]])
def test_nothing_found_is_an_empty_recording(plain: Any) -> None:
    recording = leed.read(plain)
    assert (len(recording), [i.code for i in recording.issues]) == (0, ["nothing-detected"])
