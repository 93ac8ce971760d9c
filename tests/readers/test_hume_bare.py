"""Predictions of Hume without the batch around them, and items alone."""

from functools import partial
from typing import Any

import pytest

import leed
from leed.errors import UnknownFormatError
from tests.support import told
from tests.support.hume import read

said = partial(told.said, calibration="none")

JOY = [{"name": "Joy", "score": 0.8}, {"name": "Sadness", "score": 0.1}]
FACE = {"frame": 8, "time": 0.5, "prob": 0.9, "box": {"x": 1, "y": 2, "w": 3, "h": 4}, "emotions": JOY}
SAID = {"text": "Hi.", "time": {"begin": 0.5, "end": 1.5}, "emotions": JOY}
TURN = {"speaker": "Ann", "start": 0.5, "end": 1.5, "text": "Hi.", "emotions": JOY}


@pytest.mark.parametrize(
    ("plain", "modality", "speaker", "end"),
    [
        ([{"time": 0.5, "emotions": JOY}], None, None, 0.5),
        ({"time": 0.5, "emotions": JOY}, None, None, 0.5),
        ([FACE], "face", None, 0.5),
        ({"predictions": [FACE]}, "face", None, 0.5),
        ({"face": [{"time": 0.5, "emotions": JOY}]}, "face", None, 0.5),
        ({"prosody": [SAID]}, "prosody", None, 1.5),
        ([SAID], None, None, 1.5),
        ([{**SAID, "position": {"begin": 0, "end": 3}}], "language", None, 1.5),
        ({"turns": [TURN]}, None, "Ann", 1.5),
    ],
)
def test_predictions_are_read_without_the_files_and_models_around_them(
    plain: Any, modality: str | None, speaker: str | None, end: float
) -> None:
    """Also at any depth of an application's own keys."""
    for given in (plain, {"app": {"calls": [plain]}}):
        recording = read(given)
        assert [
            (t.modality, t.speaker, t.labels, t.begin.tolist(), t.end.tolist(), t.taxonomy) for t in recording.tracks
        ] == [(modality, speaker, ("Joy", "Sadness"), [0.5], [end], "hume-48")]
        assert recording.issues == ()


def test_groups_alone_are_read() -> None:
    plain = {"grouped_predictions": [{"id": "face_0", "predictions": [{"time": 0.5, "emotions": JOY}]}]}
    (track,) = read(plain).tracks
    assert (track.modality, track.speaker, track.begin.tolist()) == ("face", "face_0", [0.5])


def test_a_prediction_alone_without_emotions_is_reported() -> None:
    recording = read([FACE, {**FACE, "emotions": []}])
    assert len(recording) == 1
    assert [issue.message for issue in recording.issues] == ["1 of 2 items hold no scores; they are left out"]


def test_a_job_that_failed_is_called_so() -> None:
    with pytest.raises(UnknownFormatError, match=r"status FAILED\): the job failed, so there are no"):
        leed.read({"job_id": "1", "status": "FAILED", "predictions": []})


@pytest.mark.parametrize("key", ["data", "results", "Response", "body", "clips/a.mp4"])
def test_predictions_under_a_key_of_a_program_are_no_streaming_message(key: str) -> None:
    item = {"frame": 1, "time": 0.3, "prob": 0.9, "box": dict.fromkeys("xywh", 1.0)}
    recording = leed.read({key: {"predictions": [item | {"emotions": [{"name": "Joy", "score": 0.84}]}]}})
    (track,) = recording.tracks
    assert (track.modality, track.labels, track.begin.tolist()) == ("face", ("Joy",), [0.3])
    assert track.source == ("clips/a.mp4" if "." in key else None)
    assert recording.issues == ()


def test_the_group_of_a_face_under_a_key_of_a_program_keeps_its_name() -> None:
    item = {"box": dict.fromkeys("xywh", 1.0), "emotions": [{"name": "Joy", "score": 0.84}]}
    (track,) = leed.read({"data": {"id": "face_0", "predictions": [item]}}).tracks
    assert (track.modality, track.speaker) == ("face", "face_0")


@pytest.mark.parametrize("items", [[0], [0, 1], [5]])
def test_numbers_in_the_place_of_predictions_are_left_out(items: list[int]) -> None:
    models = {"face": {"grouped_predictions": [{"id": "face_0", "predictions": items}]}}
    recording = leed.read(
        [{"source": {"type": "file"}, "results": {"predictions": [{"file": "a.mp4", "models": models}]}}]
    )
    (issue,) = recording.issues
    assert (len(recording), issue.message.startswith("a prediction is int, not an object; it is left out")) == (0, True)
