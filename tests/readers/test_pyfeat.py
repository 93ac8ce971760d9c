"""Py-Feat tables: emotions, valence and arousal, action units, and what else a wide table holds."""

import numpy as np
import pytest

import leed
from leed.errors import UnknownFormatError
from tests.support.answers import PYFEAT
from tests.support.mangling import harmless
from tests.support.parts import shared


def test_each_face_has_a_track_of_emotions_of_dimensions_and_of_action_units() -> None:
    recording = leed.read(PYFEAT)
    assert [str(d) for d in leed.describe_all(recording)][:5] == [
        "They look very clearly happy.",
        "They look very positive in expression and slightly subdued.",
        "Their face shows very strong signs of lip corners pulled up and a hint of raised inner brows.",
        "They probably look sad.",
        "They look very subdued and rather negative in expression.",
    ]


def test_quantities_units_and_extras_are_those_of_the_format() -> None:
    emotions, mood, units = leed.read(PYFEAT).tracks
    assert (emotions.taxonomy, emotions.quantity, emotions.exclusive) == ("fer-7", "probability", True)
    assert (mood.taxonomy, mood.quantity, mood.labels) == ("dimensions-3", "bipolar", ("arousal", "valence"))
    assert (units.taxonomy, units.quantity, units.aspect) == ("action-units", "intensity", "action_unit")
    np.testing.assert_allclose(mood.matrix, [[0.4, 0.87], [0.05, 0.2]], rtol=1e-6)
    assert {t.modality for t in (emotions, mood, units)} == {"face"}
    assert (emotions.source, emotions.speaker, emotions.granularity) == ("a.mp4", None, "frame")
    assert (emotions.begin.tolist(), emotions.end.tolist()) == ([0.0, 2.0], [0.0, 2.0])
    assert sorted(emotions.extras) == ["Pitch", "box", "confidence", "frame", "x"]
    assert emotions.extras["x"].shape == (2, 2)
    assert sorted(units.extras) == ["box", "confidence", "frame"]


def test_a_row_of_nan_shows_no_face_and_is_counted() -> None:
    (issue,) = leed.read(PYFEAT).issues
    assert (issue.code, str(issue)) == ("nothing-detected", "a.mp4: 1 of 3 rows show no face; they are left out")


def test_identities_are_speakers_and_their_vectors_embeddings() -> None:
    data = b"FaceScore,AU01,Identity_1,Identity_2,Identity\n0.9,0.5,1.5,2.5,Person_0\n0.9,0.4,3.5,4.5,Person_1\n"
    recording = leed.read(data)
    assert [t.speaker for t in recording.tracks] == ["Person_0", "Person_1"]
    assert recording.tracks[1].extras["embedding"].tolist() == [[3.5, 4.5]]
    assert "Identity_1" not in recording.tracks[0].extras


@pytest.mark.parametrize("order", [1, -1])
def test_columns_are_found_by_name_and_not_by_place(order: int) -> None:
    rows = [line.split(b",")[::order] for line in PYFEAT.splitlines()]
    data = b"\n".join(b",".join(row) for row in rows)
    assert [str(d) for d in leed.describe_all(leed.read(data))] == [
        str(d) for d in leed.describe_all(leed.read(PYFEAT))
    ]


def test_odd_cells_and_short_rows_are_reported() -> None:
    data = b"FaceScore,AU01,AU12,happiness\n0.9,x,0.5,1e99\n0.9,0.1\n"
    recording = leed.read(data)
    assert sorted(i.code for i in recording.issues) == ["short-rows", "unreadable-score", "unreadable-score"]
    assert [s.scores for s in recording.segments()] == [{"AU12 Lip Corner Puller": 0.5}, {"AU1 Inner Brow Raise": 0.1}]


def test_a_table_without_scores_is_a_near_miss() -> None:
    with pytest.raises(UnknownFormatError, match="is a Py-Feat table without emotions and action units"):
        leed.read(b"FaceRectX,FaceRectY,FaceScore\n1,2,0.9\n")
    with pytest.raises(UnknownFormatError, match="none of its columns is an emotion, valence, arousal or AU01"):
        leed.read(b"FaceRectX,FaceRectY,FaceScore\n1,2,0.9\n", format="pyfeat")


def test_a_table_without_rows_is_reported() -> None:
    assert [i.code for i in leed.read(PYFEAT.splitlines()[0] + b"\n").issues] == ["no-segments"]


def test_a_quotation_that_never_ends_is_harmless() -> None:
    harmless(PYFEAT + b'"' + b"x" * 200_000)


@pytest.mark.needs_data
def test_a_real_table_of_2183_columns_is_described() -> None:
    recording = leed.read(shared("other/pyfeat-frames.csv"))
    assert [(t.aspect, t.quantity, t.matrix.shape) for t in recording.tracks] == [
        ("expression", "probability", (20, 7)),
        ("expression", "bipolar", (20, 2)),
        ("action_unit", "intensity", (20, 20)),
    ]
    first = recording.tracks[0]
    assert (first.source, first.extras["frame"].tolist()[:3]) == ("001.mp4", [0.0, 2.0, 4.0])
    assert first.extras["mesh_x"].shape == (20, 478)
    assert "embedding" not in first.extras  # its columns are there, and empty
    assert first.extras["jawOpen"].shape == (20,)
    assert float(first.matrix[0, list(first.labels).index("happy")]) == pytest.approx(0.9766, abs=1e-4)
    sentences = [str(d) for d in leed.describe_all(recording)]
    assert sentences.count("They look very clearly happy.") == 19
    assert {s for s in sentences if "positive" in s} == {
        "They look very positive in expression.",
        "They look rather positive in expression.",
    }
    assert recording.issues == ()
    assert leed.read(recording.to_json()) == recording
