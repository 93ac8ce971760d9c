"""FER: faces of a picture, and the table of a video."""

from typing import Any

import numpy as np
import pytest

import leed
from leed.errors import UnknownFormatError
from tests.support.answers import FER
from tests.support.told import said

SENTENCE = "They look either surprised or sad."
COLUMNS = ("box", "angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
HEADER = ",".join(["", *(f"{name}{face}" for face in (0, 1) for name in COLUMNS)])


def table(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows]).encode()


@pytest.mark.parametrize(
    "plain",
    [
        FER,
        FER[0],
        [FER],
        [FER[0] | {"box": np.array([277, 90, 48, 63])}],
        [FER[0] | {"box": (277, 90, 48, 63)}],
        {"faces": FER},
    ],
)
def test_a_face_is_described(plain: Any) -> None:
    recording = leed.read(plain)
    assert [str(d) for d in leed.describe_all(recording)] == [SENTENCE]
    (track,) = recording.tracks
    assert (track.modality, track.taxonomy, track.quantity, track.exclusive) == ("face", "fer-7", "probability", True)
    assert track.extras["box"].tolist() == [[277.0, 90.0, 48.0, 63.0]]
    assert recording.issues == ()


def test_without_a_box_nothing_says_that_it_is_a_face() -> None:
    assert said({"emotions": FER[0]["emotions"]}) == ["They come across as either surprised or sad."]


def test_the_table_of_a_video_has_a_segment_for_each_face_in_each_frame() -> None:
    recording = leed.read(
        table(
            '0,"[10 20 30 40]",0.1,0,0,0.85,0,0,0.05,,,,,,,,',
            '1,"(10, 20, 30, 40)",0.1,0,0,0.85,0,0,0.05,"[1, 2, 3, 4]",0.9,0,0,0,0.1,0,0',
            "2,,,,,,,,,,,,,,,,",
        )
    )
    assert [str(d) for d in leed.describe_all(recording)] == [
        "They look clearly happy.",
        "They look clearly happy.",
        "They look very clearly angry.",
    ]
    (track,) = recording.tracks
    assert track.extras["box"].tolist() == [[10.0, 20.0, 30.0, 40.0], [10.0, 20.0, 30.0, 40.0], [1.0, 2.0, 3.0, 4.0]]
    assert (track.extras["row"].tolist(), track.extras["face"].tolist()) == ([0, 1, 1], [0, 0, 1])
    assert [(i.code, i.message) for i in recording.issues] == [("no-scores", "1 face without scores: left out")]


def test_an_odd_cell_is_reported() -> None:
    recording = leed.read(table("0,,x,0,0,0.85,0,0,0.15,,,,,,,,"))
    assert [i.code for i in recording.issues] == ["unreadable-score"]
    assert [str(d) for d in leed.describe_all(recording)] == ["They look clearly happy."]


def test_a_table_of_another_kind_is_refused_when_forced() -> None:
    with pytest.raises(UnknownFormatError, match="has no columns such as angry0 and box0"):
        leed.read(b"angry,sad\n0.1,0.9\n", format="fer")


@pytest.mark.parametrize("plain", [[{"box": [1, 2, 3, 4], "emotions": {}}]])
def test_nothing_found_is_an_empty_recording(plain: Any) -> None:
    recording = leed.read(plain)
    assert (len(recording), [i.code for i in recording.issues]) == (0, ["nothing-detected"])
