"""Track and Recording: frozen, by column, and exact to plain data and back."""

import copy
import json
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

import leed
from leed.schema import Issue, Recording, Segment, Track
from tests.support.recordings import floats32, recordings, tracks


def track(**changes: Any) -> Track:
    given_: dict[str, Any] = {
        "labels": ("Joy", "Fear"),
        "matrix": np.array([[0.8, np.nan], [0.1, 0.35]], np.float32),
        "source": "a.mp4",
        "modality": "face",
        "granularity": "frame",
        "speaker": "Anna",
        "taxonomy": "hume-48",
        "begin": np.array([0.0, np.nan]),
        "end": np.array([0.5, np.nan]),
        "text": ("Hi", None),
        "extras": {"box": np.arange(8.0).reshape(2, 4), "id": np.array([1, 2])},
    }
    return Track(**(given_ | changes))


def test_a_row_holds_what_was_reported_in_the_shortest_numbers() -> None:
    assert track().row(0) == {"Joy": 0.8}
    assert track().row(1) == {"Joy": 0.1, "Fear": 0.35}
    assert all(type(score) is float for score in track().row(1).values())


def test_a_segment_knows_all_that_the_track_knows_of_it() -> None:
    assert track().segment(0) == Segment(
        scores={"Joy": 0.8},
        source="a.mp4",
        modality="face",
        granularity="frame",
        speaker="Anna",
        taxonomy="hume-48",
        quantity="intensity",
        exclusive=False,
        begin=0.0,
        end=0.5,
        text="Hi",
        extras={"box": [0.0, 1.0, 2.0, 3.0], "id": 1},
    )
    assert track().segment(1).begin is None
    assert track().segment(1).text is None
    assert track().segment(-1) == track().segment(1)
    with pytest.raises(IndexError):
        track().segment(2)


def test_a_track_is_frozen() -> None:
    found = track()
    for name in ("labels", "matrix", "source", "text", "new"):
        with pytest.raises((AttributeError, TypeError)):
            setattr(found, name, None)
    for array in (found.matrix, found.begin, found.end, found.extras["box"]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(TypeError):
        hash(found)


def test_a_track_does_not_change_with_the_array_it_was_made_of() -> None:
    matrix = np.array([[0.8]], np.float32)
    found = Track(labels=("Joy",), matrix=matrix)
    matrix[0, 0] = 0.1
    assert found.row(0) == {"Joy": 0.8}


def test_the_extras_of_a_track_are_frozen_too() -> None:
    with pytest.raises(TypeError):
        track().extras["new"] = np.zeros(2)  # type: ignore[index]


EQUALITY = [
    ("labels", ("Joy", "Awe")),
    ("matrix", np.array([[0.8, np.nan], [0.1, 0.36]])),
    ("matrix", np.array([[0.8, 0.0], [0.1, 0.35]])),
    ("source", None),
    ("modality", "prosody"),
    ("speaker", "Ben"),
    ("quantity", "probability"),
    ("exclusive", True),
    ("begin", np.array([0.0, 1.0])),
    ("text", ("Hi", "Ho")),
    ("text", None),
    ("extras", {}),
    ("extras", {"box": np.arange(8.0).reshape(2, 4), "id": np.array([1, 3])}),
]


def test_tracks_are_equal_by_value() -> None:
    assert track() == track()
    assert track() != "track"
    for name, value in EQUALITY:
        assert track(**{name: value}) != track(), name


def test_a_track_has_defaults_for_what_is_not_known() -> None:
    found = Track(labels=("Joy",), matrix=np.array([[0.5], [0.6]]))
    assert len(found) == 2
    assert found.matrix.dtype == np.float32
    assert np.isnan(found.begin).all()
    assert found.begin.shape == found.end.shape == (2,)
    assert found.text is None
    assert found.key == (None, None, None, "expression", None, None)
    assert Track(labels=("Joy",), matrix=np.array([[0.5]]), text=(None,)).text is None
    assert repr(track()) == (
        "Track(source='a.mp4', modality='face', aspect='expression', granularity='frame', speaker='Anna', "
        "2 segments x 2 labels)"
    )


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"matrix": np.zeros((2, 3))}, r"matrix has shape \(2, 3\); expected \(segments, 2\), a column per label"),
    ({"matrix": np.zeros(2)}, r"matrix has shape \(2,\)"),
    ({"labels": ("Joy", "Joy")}, "a label stands twice"),
    ({"begin": np.zeros(3)}, r"begin has shape \(3,\); the matrix has 2 rows"),
    ({"end": np.float64(1)}, r"end has shape \(\)"),
    ({"text": ("Hi",)}, "text has 1 rows; the matrix has 2"),
    ({"extras": {"box": np.zeros((3, 4))}}, r"box has shape \(3, 4\); the matrix has 2 rows"),
]


@pytest.mark.parametrize(("changes", "message"), WRONG, ids=lambda v: str(v)[:30])
def test_columns_that_do_not_fit_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(leed.LeedError, match=message):
        track(**changes)


def test_infinity_is_not_kept_in_a_track() -> None:
    try:
        found = track(matrix=np.array([[np.inf, 0.1], [-np.inf, 0.1]]))
    except leed.LeedError:
        return
    assert not np.isinf(found.matrix).any()


# --- recordings


def test_a_recording_counts_and_orders_by_source_then_begin() -> None:
    def one(source: str | None, begin: list[float], modality: str) -> Track:
        return Track(
            labels=("Joy",),
            matrix=np.full((len(begin), 1), 0.5),
            source=source,
            begin=np.array(begin),
            modality=modality,
        )

    recording = Recording(
        tracks=(
            one("b", [3.0, 1.0], "face"),
            one("a", [0.0], "face"),
            one("b", [2.0, 1.0], "prosody"),
            one("b", [np.nan], "burst"),
        )
    )
    assert repr(recording) == "Recording(4 tracks, 6 segments, 0 issues)"
    assert len(recording) == 6
    assert recording.sources == ("b", "a")
    assert [(s.source, s.begin, s.modality) for s in recording.segments()] == [
        ("b", 1.0, "face"),
        ("b", 1.0, "prosody"),
        ("b", 2.0, "prosody"),
        ("b", 3.0, "face"),
        ("b", None, "burst"),
        ("a", 0.0, "face"),
    ]


NAN = np.nan
PLACES: list[tuple[list[list[float]], list[tuple[int, int]]]] = [
    ([[0.0, NAN, 2.0, NAN]], [(0, 0), (0, 1), (0, 2), (0, 3)]),
    ([[NAN, 1.0, 2.0], [0.0, 1.5]], [(1, 0), (0, 0), (0, 1), (1, 1), (0, 2)]),
    ([[5.0, NAN, 1.0], [3.0]], [(0, 2), (1, 0), (0, 0), (0, 1)]),
    ([[NAN, NAN], [1.0, 2.0], [NAN]], [(1, 0), (1, 1), (0, 0), (0, 1), (2, 0)]),
]


@pytest.mark.parametrize(("begins", "order"), PLACES)
def test_a_segment_without_a_time_keeps_its_place_and_a_track_without_times_comes_last(
    begins: list[list[float]], order: list[tuple[int, int]]
) -> None:
    found = [Track(labels=(), matrix=np.empty((len(begin), 0), np.float32), begin=np.array(begin)) for begin in begins]
    assert list(map(tuple, Recording(tuple(found)).order().tolist())) == order


def test_segments_are_a_sequence() -> None:
    segments = Recording(tracks=(track(),)).segments()
    assert len(segments) == 2
    assert segments[0] == next(iter(segments)) == segments[-2]
    assert segments[:1] == [segments[0]]
    assert segments[::-1] == [segments[1], segments[0]]
    with pytest.raises(IndexError):
        segments[2]


def test_an_empty_recording_is_empty() -> None:
    recording = Recording()
    assert len(recording) == 0
    assert list(recording.segments()) == []
    assert recording.sources == ()
    assert list(leed.describe_all(recording)) == []
    assert Recording.from_dict(recording.to_dict()) == recording
    assert repr(recording) == "Recording(0 tracks, 0 segments, 0 issues)"


def test_a_recording_is_frozen_and_can_be_replaced() -> None:
    recording = Recording(tracks=(track(),), issues=(Issue("x", "y"),))
    with pytest.raises((AttributeError, TypeError)):
        recording.tracks = ()  # type: ignore[misc]
    assert recording.replace(issues=()) == Recording(tracks=(track(),))
    assert recording.replace(tracks=[]) == Recording(issues=(Issue("x", "y"),))
    assert recording.replace() == recording


def test_a_recording_survives_pickle_and_copy() -> None:
    recording = Recording(tracks=(track(),), issues=(Issue("x", "y"),))
    assert pickle.loads(pickle.dumps(recording)) == recording  # noqa: S301 - our own
    assert copy.copy(recording) == recording
    assert copy.deepcopy(recording) == recording
    again = pickle.loads(pickle.dumps(recording)).tracks[0]  # noqa: S301 - our own
    with pytest.raises(ValueError, match="read-only"):
        again.matrix[0, 0] = 1


# --- plain data and back


@given(recordings)
@settings(max_examples=150)
def test_plain_data_and_json_give_back_the_same_recording(recording: Recording) -> None:
    plain = recording.to_dict()
    assert Recording.from_dict(plain) == recording
    data = recording.to_json()
    assert Recording.from_dict(json.loads(data)) == recording
    assert Recording.from_dict(json.loads(json.dumps(plain, allow_nan=False))) == recording
    assert json.loads(data)["leed"] == "recording/1"


@given(tracks())
@settings(max_examples=100)
def test_plain_data_gives_back_the_same_track(found: Track) -> None:
    assert Track.from_dict(found.to_dict()) == found
    assert Track.from_dict(json.loads(json.dumps(found.to_dict(), allow_nan=False))) == found
    for row in range(len(found)):
        segment = found.segment(row)
        if set(map(type, segment.scores)) <= {str}:
            assert Segment.from_dict(json.loads(json.dumps(segment.to_dict()))) == segment


@given(npst.arrays(np.float32, st.tuples(st.integers(1, 4), st.integers(1, 4)), elements=floats32))
def test_every_float32_is_exact_to_the_last_bit(matrix: np.ndarray[Any, np.dtype[np.float32]]) -> None:
    found = Track(labels=tuple("abcd"[: matrix.shape[1]]), matrix=matrix)
    again = Recording.from_dict(json.loads(Recording((found,)).to_json())).tracks[0]
    reported = ~np.isnan(matrix)
    assert (again.matrix.view(np.int32) == matrix.view(np.int32))[reported].all()
    for row in range(len(matrix)):
        for label, score in found.row(row).items():
            assert np.float32(score) == matrix[row, found.labels.index(label)]


@pytest.mark.parametrize("shape", [(0, 2), (2, 0), (0, 0)])
def test_a_track_without_segments_or_labels_comes_back(shape: tuple[int, int]) -> None:
    found = Track(
        labels=("Joy", "Awe")[: shape[1]], matrix=np.zeros(shape, np.float32), extras={"box": np.zeros((shape[0], 4))}
    )
    assert Track.from_dict(found.to_dict()) == found
    assert Recording.from_dict(json.loads(Recording((found,)).to_json())).tracks[0] == found


def test_a_lone_surrogate_in_a_transcript_goes_to_json_and_back() -> None:
    """A file cut within an emoji has one, and JSON can write it."""
    recording = Recording(tracks=(Track(labels=("Joy",), matrix=np.array([[0.5]]), text=("\ud83d",)),))
    assert Recording.from_dict(json.loads(recording.to_json())) == recording
