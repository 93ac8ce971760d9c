"""Google Vision: likelihoods as words and as numbers, and answers without faces."""

from typing import Any

import pytest

import leed
from leed.errors import UnknownFormatError
from tests.support.answers import GOOGLE_VISION

FACE = GOOGLE_VISION["responses"][0]["faceAnnotations"][0]


def test_likelihoods_are_described() -> None:
    """As in example 22."""
    recording = leed.read(GOOGLE_VISION)
    assert [str(d) for d in leed.describe_all(recording)] == ["They look clearly joyful and possibly surprised."]
    (track,) = recording.tracks
    assert (track.labels, track.taxonomy) == (("joy", "sorrow", "anger", "surprise"), "google-vision-4")
    assert (track.modality, track.quantity, track.exclusive) == ("face", "likelihood", False)
    assert recording.segments()[0].extras == {
        "box": [12.0, 0.0, 40.0, 90.0],
        "confidence": 0.98,
        "pose": [1.5, -2.0, 0.5],
        "underExposedLikelihood": 1.0,
        "blurredLikelihood": 2.0,
    }
    assert recording.issues == ()


@pytest.mark.parametrize(
    ("plain", "scores"),
    [
        ({"face_annotations": [{"joy_likelihood": 5, "sorrow_likelihood": 0}]}, {"joy": 5.0}),
        ({"face_annotations": [{"joy_likelihood": "LIKELY", "anger_likelihood": "UNKNOWN"}]}, {"joy": 4.0}),
        (FACE, {"joy": 5.0, "sorrow": 1.0, "anger": 1.0, "surprise": 3.0}),
        ({"joyLikelihood": "likely"}, {"joy": 4.0}),
    ],
)
def test_names_and_words_of_any_form_are_read(plain: Any, scores: dict[str, float]) -> None:
    assert leed.read(plain, format="google-vision").segments()[0].scores == scores


def test_a_picture_that_failed_or_shows_no_face_is_reported() -> None:
    plain = {"responses": [*GOOGLE_VISION["responses"], {}, {"error": {"code": 3, "message": "Bad image data."}}]}
    recording = leed.read(plain)
    assert [(i.code, i.message) for i in recording.issues] == [
        ("nothing-detected", "picture 2: no face was detected"),
        ("source-failed", "picture 3 failed: Bad image data."),
    ]
    assert len(recording) == 1


def test_a_number_beyond_the_words_is_no_score() -> None:
    recording = leed.read({"face_annotations": [{"joy_likelihood": 9, "anger_likelihood": 4}]})
    assert [i.code for i in recording.issues] == ["unreadable-score"]
    assert recording.segments()[0].scores == {"anger": 4.0}


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        ({"responses": [{"labelAnnotations": []}]}, "ask for the feature FACE_DETECTION"),
        ({"responses": [{"error": {"message": "Bad image data."}}]}, r"failed \(Bad image data.\)"),
    ],
)
def test_what_holds_no_faces_is_a_near_miss(plain: Any, message: str) -> None:
    for options in ({}, {"format": "google-vision"}):
        with pytest.raises(UnknownFormatError, match=message):
            leed.read(plain, **options)


@pytest.mark.parametrize(
    "plain", [{"responses": [{}]}, {"responses": [{"faceAnnotations": []}]}, {"faceAnnotations": []}]
)
def test_nothing_found_is_an_empty_recording(plain: Any) -> None:
    recording = leed.read(plain)
    assert (len(recording), [i.code for i in recording.issues]) == (0, ["nothing-detected"])
