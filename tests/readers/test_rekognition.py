"""AWS Rekognition: pictures, videos, wrapped answers, and what is not said."""

from typing import Any

import pytest

import leed
from leed.errors import UnknownFormatError
from tests.support.answers import REKOGNITION
from tests.support.parts import shared
from tests.support.told import said

FACE = REKOGNITION["FaceDetails"][0]


def face(**scores: float) -> dict[str, Any]:
    return {**FACE, "Emotions": [{"Type": label, "Confidence": value} for label, value in scores.items()]}


def test_a_face_of_a_picture_is_described() -> None:
    assert said(REKOGNITION) == ["They look clearly calm."]
    assert said(face(HAPPY=99.2, SURPRISED=6.4, FEAR=5.9, SAD=2.2)) == ["They look very clearly happy."]
    assert said(face(HAPPY=50.1, CALM=45.0)) == ["They look either happy or calm."]


def test_per_cent_becomes_shares_and_what_else_is_said_of_a_face_is_kept() -> None:
    recording = leed.read(REKOGNITION)
    (track,) = recording.tracks
    assert (track.modality, track.taxonomy, track.granularity) == ("face", "rekognition-9", "frame")
    assert (track.quantity, track.exclusive) == ("probability", True)
    segment = recording.segments()[0]
    assert segment.scores["CALM"] == 0.81
    assert segment.extras == {
        "box": [0.44, 0.16, 0.27, 0.53],
        "confidence": pytest.approx(0.999),
        "pose": [2.0, 1.0, -3.0],
        "quality": [80.0, 90.0],
        "age": [46.0, 64.0],
        "gender": "Male",
        "smile": pytest.approx(0.005),
    }
    assert recording.issues == ()


def test_age_and_gender_are_never_said() -> None:
    for description in leed.describe_all(leed.read(REKOGNITION), top=None):
        assert not any(word in str(description).casefold() for word in ("male", "46", "64", "age", "old"))


def test_a_video_has_times() -> None:
    """Rekognition counts milliseconds."""
    faces = [{"Timestamp": 500 * i, "Face": face(HAPPY=90.0, CALM=8.0)} for i in range(3)]
    plain = {"JobStatus": "SUCCEEDED", "VideoMetadata": {"DurationMillis": 9000}, "Faces": faces, "NextToken": "abc"}
    recording = leed.read(plain)
    assert recording.tracks[0].begin.tolist() == recording.tracks[0].end.tolist() == [0.0, 0.5, 1.0]
    assert [(i.code, i.message) for i in recording.issues] == [
        ("cut-off", "there are more pages (NextToken) than were given")
    ]


def test_persons_of_a_video_are_speakers() -> None:
    persons = [{"Timestamp": 0, "Person": {"Index": i, "Face": face(CALM=90.0)}} for i in (3, 4)]
    assert [t.speaker for t in leed.read({"JobStatus": "SUCCEEDED", "Persons": persons}).tracks] == [
        "person_3",
        "person_4",
    ]


def test_a_face_whose_scores_are_all_near_a_half_is_unclear_and_reported() -> None:
    """Small faces come so: all eight near 50, which sum to 400."""
    recording = leed.read(face(FEAR=49.9, SAD=49.8, ANGRY=49.7, CALM=49.6, HAPPY=49.5))
    assert [str(d) for d in leed.describe_all(recording)] == ["It is unclear how they look."]
    assert [i.code for i in recording.issues] == ["undecided"]


def test_a_face_without_emotions_among_others_is_counted() -> None:
    bare = {k: v for k, v in FACE.items() if k != "Emotions"}
    recording = leed.read({"FaceDetails": [FACE, bare]})
    assert [i.message for i in recording.issues] == ["1 face without scores: left out"]


def test_an_empty_answer_among_others_is_reported() -> None:
    recording = leed.read([{"file": "a.png", "out": REKOGNITION}, {"file": "b.png", "out": {"FaceDetails": []}}])
    assert [(i.code, i.source) for i in recording.issues] == [("nothing-detected", "b.png")]


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        ({"JobStatus": "IN_PROGRESS"}, r"job that is not done \(IN_PROGRESS\); poll it until it is SUCCEEDED"),
        ({"JobStatus": "FAILED", "StatusMessage": "bad video"}, r"is not done \(FAILED: bad video\); start it again"),
        (
            {"FaceDetails": [{"BoundingBox": {}, "Landmarks": [], "Pose": {}}]},
            r"without Emotions; ask for them with Attributes=\['ALL'\]",
        ),
    ],
)
def test_what_holds_no_scores_is_a_near_miss(plain: Any, message: str) -> None:
    for options in ({}, {"format": "rekognition"}):
        with pytest.raises(UnknownFormatError, match=message):
            leed.read(plain, **options)


@pytest.mark.needs_data
def test_real_answers_that_an_application_wrapped_are_described() -> None:
    recording = leed.read(shared("other/rekognition-detect-faces.json"))
    sentences = [str(d) for d in leed.describe_all(recording)]
    assert len(recording.sources) == 7
    assert (recording.sources[0] or "").endswith("Gandalf-01.jpg")
    assert sentences[:3] == [
        "They look clearly calm.",
        "They look very clearly happy.",
        "They look very clearly happy.",
    ]
    assert sentences[3:13] == ["It is unclear how they look."] * 10
    assert sentences[13:] == [
        "They look very clearly calm.",
        "They look either calm or disgusted.",
        "They probably look happy.",
        "They look very clearly happy.",
    ]
    assert [i.code for i in recording.issues] == ["undecided"]
    assert leed.read(recording.to_json()) == recording


@pytest.mark.parametrize("plain", [{"FaceDetails": []}, {"JobStatus": "SUCCEEDED", "Faces": []}])
def test_nothing_found_is_an_empty_recording(plain: Any) -> None:
    recording = leed.read(plain)
    assert (len(recording), [i.code for i in recording.issues]) == (0, ["nothing-detected"])
