"""Variety is that of the first labels, and what has to hold of it fails where it does not."""

import math

import numpy as np
import pytest

import leed
from leed import taxonomy
from leed_evals.faithful.recordings import hume_recordings, segments_of, tracks_of, usual_elsewhere
from leed_evals.faithful.variety import Variety, first_labels, requirements_of_faces, variety
from leed_evals.faithful.ways import (
    FIXED,
    OTHERS,
    OWN,
    OWN_OTHERS,
    against_own_baseline,
    by_segment,
    ways_to_word,
)
from tests.support.parts import shared


def face(*rows: dict[str, float]) -> leed.Recording:
    return leed.read([{"begin": i / 3, "face": row} for i, row in enumerate(rows)])


def test_first_labels_are_those_of_the_sentences() -> None:
    (track,) = face({"Joy": 0.84, "Fear": 0.5}, {"Joy": 0.3, "Fear": 0.5}, {"Joy": 0.1, "Fear": 0.1}).tracks
    assert first_labels(track, by_segment(leed.Describer())) == ["Joy", "Fear", None]


def test_share_and_entropy_are_over_what_is_named() -> None:
    assert variety(["Joy", "Joy", None, "Fear", "Awe"]) == Variety(5, 4, "Joy", 0.5, 1.5)
    assert variety(["Joy", "Joy"]) == Variety(2, 2, "Joy", 1.0, 0.0)


def test_where_nothing_is_named_there_is_no_variety() -> None:
    seen = variety([None, None])
    assert (seen.named, seen.commonest) == (0, None)
    assert math.isnan(seen.share)


def test_what_is_usual_elsewhere_leaves_the_recording_out() -> None:
    recordings = {"one": face({"Joy": 0.1}), "other": face({"Joy": 0.2}, {"Joy": 0.2})}
    calibration = usual_elsewhere(recordings, "one", "face")
    assert calibration is not None
    assert calibration.tables[0].segments == 2
    assert calibration.tables[0].labels["Joy"][0] == pytest.approx(0.2, rel=0.02)


def test_without_another_recording_nothing_is_known_of_what_is_usual() -> None:
    recordings = {"one": face({"Joy": 0.1})}
    assert usual_elsewhere(recordings, "one", "face") is None
    assert OTHERS not in ways_to_word(recordings, "one", "face")


def test_against_their_own_baseline_nobody_is_always_the_same() -> None:
    """A face that always scores high for one label is told from by what changes."""
    low = dict.fromkeys(taxonomy.get("hume-48").labels, 0.05)
    rows = [{**low, "Joy": 0.6, "Fear": 0.3 + 0.001 * (i % 20)} for i in range(60)]
    (track,) = face(*rows, {**low, "Joy": 0.6, "Fear": 0.48}).tracks
    plain, own = by_segment(leed.Describer(calibration="none"))(track), against_own_baseline(leed.Describer())(track)
    assert [plain[-1].terms[0].label, own[-1].terms[0].label] == ["Joy", "Fear"]


def test_a_baseline_is_that_of_one_track_alone() -> None:
    (track,) = face(*[{"Joy": 0.5}] * 40).tracks
    wording = against_own_baseline(leed.Describer())
    assert [str(description) for description in wording(track)] == [str(description) for description in wording(track)]


def found(share: float, entropy: float, own: float | None = None) -> dict[str, Variety]:
    ways = {FIXED: Variety(100, 100, "Joy", 0.6, 2.0), OTHERS: Variety(100, 90, "Joy", share, entropy)}
    return ways if own is None else {**ways, OWN: Variety(100, 90, "Joy", own, 3.0)}


def verdicts(**faces: dict[str, Variety]) -> list[bool]:
    return [requirement.holds for requirement in requirements_of_faces(faces)]


def test_a_calibration_must_make_faces_more_varied_in_every_recording() -> None:
    assert verdicts(a=found(0.4, 2.5, own=0.3)) == [True, True, True]
    assert verdicts(a=found(0.4, 2.5, own=0.3), b=found(0.6, 2.0, own=0.31)) == [False, False, False]
    assert verdicts(a=found(0.7, 2.5, own=0.1)) == [False, True, True]
    either = {**found(0.4, 2.5, own=0.3), OWN_OTHERS: Variety(100, 90, "Joy", 0.31, 3.0)}
    assert verdicts(a=either) == [True, True, False]


def test_what_was_not_measured_does_not_hold() -> None:
    assert verdicts(a=found(0.4, 2.5)) == [True, True, False]


@pytest.mark.needs_data
def test_the_real_recordings_are_read() -> None:
    recordings, absent = hume_recordings(shared())
    assert absent == []
    sizes = {
        (name, modality): segments_of(tracks_of(recording, modality))
        for name, recording in recordings.items()
        for modality in ("face", "prosody", "language")
    }
    assert {key: size for key, size in sizes.items() if size} == {
        ("interreviewer", "face"): 516,
        ("interreviewer", "prosody"): 24,
        ("interreviewer", "language"): 24,
        ("calhacks23, video", "face"): 122,
        ("calhacks23, pictures", "face"): 10,
        ("wilfordwoodruff", "language"): 1214,
        ("twilio-vintel", "language"): 25,
        ("evi", "prosody"): 1,
        ("streaming", "face"): 1,
    }


@pytest.mark.needs_data
def test_fixed_thresholds_say_calm_of_more_than_half_of_a_real_interview() -> None:
    recordings, _ = hume_recordings(shared())
    fixed = by_segment(leed.Describer(calibration="none"))
    tracks = tracks_of(recordings["interreviewer"], "face")
    seen = variety([label for track in tracks for label in first_labels(track, fixed)])
    assert (seen.commonest, seen.named) == ("Calmness", 516)
    assert np.isclose(seen.share, 289 / 516)
