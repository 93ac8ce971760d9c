"""OpenFace tables: intensity from 0 to 5, presence, frames without a face, several faces."""

import numpy as np
import pytest

import leed
from leed.errors import UnknownFormatError
from tests.support.answers import OPENFACE


def test_intensity_and_presence_are_described() -> None:
    assert [str(d) for d in leed.describe_all(leed.read(OPENFACE))] == [
        "Their face shows very strong signs of lip corners pulled up.",
        "Their face shows signs of lip corners pulled up.",
        "Their face shows moderate signs of raised inner brows.",
        "Their face shows signs of sucked-in lips.",
    ]


def test_0_to_5_becomes_0_to_1_and_presence_stays() -> None:
    intensity, presence = leed.read(OPENFACE).tracks
    assert (intensity.quantity, intensity.aspect, intensity.taxonomy) == ("intensity", "action_unit", "action-units")
    assert (presence.quantity, presence.aspect) == ("presence", "action_unit")
    assert intensity.labels == ("AU1 Inner Brow Raise", "AU12 Lip Corner Puller")
    assert presence.labels == ("AU12 Lip Corner Puller", "AU28 Lips Suck")
    np.testing.assert_allclose(intensity.matrix, [[0.084, 0.8], [0.5, 0.0]], rtol=1e-6)
    assert presence.matrix.tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert (intensity.begin.tolist(), intensity.granularity, intensity.speaker) == ([0.0, 0.067], "frame", None)
    assert sorted(intensity.extras) == ["confidence", "frame", "gaze_0_x", "pose_Tx", "x"]
    assert sorted(presence.extras) == ["confidence", "frame"]


def test_a_frame_without_success_is_left_out_and_counted() -> None:
    (issue,) = leed.read(OPENFACE).issues
    assert (issue.code, issue.message) == ("nothing-detected", "1 of 3 rows show no face; they are left out")


def test_blanks_before_names_do_not_matter() -> None:
    assert leed.read(OPENFACE.replace(b", ", b",")) == leed.read(OPENFACE)


def test_several_faces_are_several_speakers() -> None:
    data = b"frame,face_id,timestamp,confidence,success,AU12_r\n1,0,0.0,0.9,1,4\n1,1,0.0,0.9,1,1\n2,1,0.1,0.9,1,2\n"
    assert [(t.speaker, len(t)) for t in leed.read(data).tracks] == [("face_0", 1), ("face_1", 2)]


def test_the_table_of_a_picture_has_no_times() -> None:
    data = b"face, confidence, gaze_0_x, AU12_r, AU12_c\n0, 0.95, 0.1, 4.0, 1.0\n1, 0.95, 0.1, 0.0, 0.0\n"
    (intensity, _) = leed.read(data).tracks
    assert np.isnan(intensity.begin).all()
    assert len(intensity) == 2


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (b"timestamp,confidence,success,AU12_r\n0.0,0.9,1,6.5\n", ["out-of-range"]),
        (b"timestamp,confidence,success,AU12_r,AU01_r\n0.0,0.9,1,-1.#IND,1\n", ["unreadable-score"]),
        (b"timestamp,confidence,success,AU12_r\n", ["no-segments"]),
        (b"timestamp,confidence,success,AU12_r\n0.0,0.9,0,0\n", ["nothing-detected"]),
    ],
)
def test_what_is_odd_is_reported(data: bytes, codes: list[str]) -> None:
    assert [i.code for i in leed.read(data).issues] == codes


def test_a_table_without_action_units_is_a_near_miss() -> None:
    data = b"frame, timestamp, confidence, success, gaze_0_x\n1, 0.0, 0.98, 1, 0.4\n"
    with pytest.raises(UnknownFormatError, match="is an OpenFace table without action units; run it with -aus"):
        leed.read(data)
    with pytest.raises(UnknownFormatError, match="has no columns such as AU01_r or AU01_c"):
        leed.read(data, format="openface")
