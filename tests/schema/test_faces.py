"""False new identities of faces are joined; people who are seen together never are."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import leed
from leed.errors import OptionError
from leed.schema import Issue, Recording, Track
from leed.schema.faces import overlap
from tests.support.parts import shared

HERE = (100.0, 100.0, 80.0, 80.0)
NEAR = (110.0, 100.0, 80.0, 80.0)
THERE = (400.0, 100.0, 80.0, 80.0)
NAN = float("nan")


def face(name: str | None, begin: list[float], box: Any = HERE, **changes: Any) -> Track:
    boxes = np.array([box] * len(begin) if isinstance(box, tuple) else box, np.float32).reshape(len(begin), 4)
    given_: dict[str, Any] = {
        "labels": ("Joy",),
        "matrix": np.full((len(begin), 1), 0.5),
        "source": "a.mp4",
        "modality": "face",
        "granularity": "frame",
        "speaker": name,
        "begin": np.array(begin),
        "end": np.array(begin),
        "extras": {"box": boxes},
    }
    return Track(**(given_ | changes))


def names(recording: Recording) -> list[tuple[str | None, list[float]]]:
    return [(track.speaker, track.begin.tolist()) for track in recording.tracks]


def unchanged(*tracks: Track, **options: float) -> bool:
    recording = Recording(tracks)
    return recording.merge_faces(**options) == recording


def test_a_face_that_comes_back_in_the_same_place_is_the_same() -> None:
    merged = Recording((face("face_0", [0.0, 0.3]), face("face_1", [1.0, 1.3], NEAR))).merge_faces()
    assert names(merged) == [("face_0", [0.0, 0.3, 1.0, 1.3])]
    assert merged.issues == (
        Issue(
            "faces-merged",
            "face_1 is taken for face_0: it begins 0.70 s later in the same place (overlap 0.78)",
            "a.mp4",
        ),
    )


def test_a_chain_of_identities_gets_the_first_name() -> None:
    tracks = (face("face_2", [4.0]), face("face_0", [0.0]), face("face_1", [2.0]))
    merged = Recording(tracks).merge_faces()
    assert names(merged) == [("face_0", [0.0, 2.0, 4.0])]
    assert [issue.message.split(":")[0] for issue in merged.issues] == [
        "face_1 is taken for face_0",
        "face_2 is taken for face_0",
    ]


@pytest.mark.parametrize(
    "other",
    [
        face("face_1", [0.3, 1.0]),
        face("face_1", [0.15, 1.0]),
        face("face_1", [0.0, 0.3]),
        face("face_1", [0.2, 0.5], end=np.array([0.4, 0.6])),
    ],
    ids=["one frame shared", "by turns", "always together", "stretches that overlap"],
)
def test_faces_that_are_seen_together_or_by_turns_are_two_people(other: Track) -> None:
    assert unchanged(face("face_0", [0.0, 0.3]), other)
    assert unchanged(other, face("face_0", [0.0, 0.3]))


def test_a_model_that_returns_to_the_first_name_has_told_them_apart() -> None:
    assert unchanged(face("face_0", [0.0, 2.0]), face("face_1", [1.0]))


def test_a_face_elsewhere_or_much_later_is_somebody_else() -> None:
    first = face("face_0", [0.0])
    assert unchanged(first, face("face_1", [1.0], THERE))
    assert unchanged(first, face("face_1", [2.1]))
    assert not unchanged(first, face("face_1", [2.0]))
    assert not unchanged(first, face("face_1", [60.0]), max_gap=60)
    assert unchanged(first, face("face_1", [1.0], NEAR), min_overlap=0.8)


def test_the_boxes_at_the_handover_count() -> None:
    walked = face("face_0", [0.0, 1.0], [THERE, HERE])
    assert names(Recording((walked, face("face_1", [2.0, 3.0], [NEAR, THERE]))).merge_faces()) == [
        ("face_0", [0.0, 1.0, 2.0, 3.0])
    ]


def test_of_two_the_better_overlap_wins_and_a_face_has_one_successor() -> None:
    tracks = (face("face_0", [0.0]), face("face_1", [1.0], NEAR), face("face_2", [1.0], HERE))
    assert names(Recording(tracks).merge_faces()) == [("face_0", [0.0, 1.0]), ("face_1", [1.0])]


def test_two_people_who_both_come_back_keep_their_own_names() -> None:
    tracks = (
        face("face_0", [0.0]),
        face("face_1", [0.0], THERE),
        face("face_2", [1.0], THERE),
        face("face_3", [1.0], NEAR),
    )
    assert names(Recording(tracks).merge_faces()) == [("face_0", [0.0, 1.0]), ("face_1", [0.0, 1.0])]


def test_sources_and_channels_are_pictures_of_their_own() -> None:
    first = face("face_0", [0.0])
    assert unchanged(first, face("face_1", [1.0], source="b.mp4"))
    assert unchanged(first, face("face_1", [1.0], channel="2"))


@pytest.mark.parametrize(
    "other",
    [
        face("face_1", [1.0], extras={}),
        face("face_1", [1.0], (NAN, NAN, NAN, NAN)),
        face("face_1", [1.0], (100.0, 100.0, 0.0, 80.0)),
        face("face_1", [1.0], extras={"box": np.array([["a", "b", "c", "d"]])}),
        face("face_1", [1.0], extras={"box": np.ones((1, 3))}),
        face("face_1", [NAN]),
        face("face_1", [1.0, NAN]),
        face("face_1", []),
        face(None, [1.0]),
        face("face_1", [1.0], modality="prosody"),
    ],
    ids=["no boxes", "NaN", "flat", "text", "three numbers", "no time", "half a time", "no rows", "no name", "a voice"],
)
def test_what_cannot_be_compared_is_left(other: Track) -> None:
    assert unchanged(face("face_0", [0.0]), other)


def test_a_face_that_somebody_linked_to_a_voice_keeps_its_name() -> None:
    voice = face("spk_1", [9.0], modality="prosody", extras={})
    assert unchanged(face("face_0", [0.0]), face("spk_1", [1.0]), voice)
    merged = Recording((face("spk_1", [0.0]), face("face_1", [1.0]), voice)).merge_faces()
    assert names(merged) == [("spk_1", [0.0, 1.0]), ("spk_1", [9.0])]


def test_all_aspects_of_a_face_go_along() -> None:
    def units(name: str, begin: list[float]) -> Track:
        return face(name, begin, aspect="action_unit", labels=("AU12",))

    tracks = (face("face_0", [0.0]), units("face_0", [0.0]), face("face_1", [1.0]), units("face_1", [1.0]))
    merged = Recording(tracks).merge_faces()
    assert [(t.aspect, t.speaker, t.begin.tolist()) for t in merged.tracks] == [
        ("expression", "face_0", [0.0, 1.0]),
        ("action_unit", "face_0", [0.0, 1.0]),
    ]
    assert len(merged.issues) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"min_overlap": 0}, "min_overlap 0: give a share above 0 and up to 1, such as 0.5"),
        ({"min_overlap": 1.5}, "min_overlap 1.5"),
        ({"min_overlap": NAN}, "min_overlap nan"),
        ({"max_gap": -1}, "max_gap -1: give seconds, 0 or more, such as 2"),
        ({"max_gap": NAN}, "max_gap nan"),
    ],
)
def test_an_option_out_of_range_is_told(options: dict[str, float], words: str) -> None:
    with pytest.raises(OptionError, match=f"^{words}"):
        Recording().merge_faces(**options)


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        (HERE, HERE, 1.0),
        (HERE, THERE, 0.0),
        ((0, 0, 2, 2), (1, 0, 2, 2), 1 / 3),
        ((0, 0, 4, 4), (1, 1, 2, 2), 0.25),
        ((0, 0, 0, 0), (0, 0, 0, 0), 0.0),
        ((0, 0, 1e200, 1e200), (0, 0, 1e200, 1e200), 0.0),
    ],
)
def test_overlap_is_intersection_over_union(one: Any, other: Any, share: float) -> None:
    assert overlap(np.array(one, float), np.array(other, float)) == pytest.approx(share)


# --- joining


def test_joined_tracks_keep_texts_and_extras_and_fill_what_one_lacks() -> None:
    more = {"box": np.array([HERE], np.float32), "frame": np.array([7]), "note": np.array(["x"])}
    one = face("face_0", [0.0], text=("first",))
    merged = Recording((one, face("face_1", [1.0], extras=more))).merge_faces().tracks[0]
    assert merged.text == ("first", None)
    assert merged.extras["box"].shape == (2, 4)
    assert merged.extras["note"].tolist() == ["", "x"]
    assert merged.segment(0).extras["frame"] is None
    assert merged.segment(1).extras["frame"] == 7
    assert leed.read(Recording((merged,)).to_json()) == Recording((merged,))


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": ("Fear",)},
        {"taxonomy": "hume-48"},
        {"quantity": "probability"},
        {"extras": {"box": np.array([HERE]), "embedding": np.ones((1, 3))}},
        {"extras": {"box": np.array([HERE]), "embedding": np.array([["a", "b"]])}},
    ],
    ids=["labels", "taxonomy", "quantity", "width", "text"],
)
def test_tracks_that_do_not_fit_get_the_name_and_stay_apart(changes: dict[str, Any]) -> None:
    one = face("face_0", [0.0], extras={"box": np.array([HERE]), "embedding": np.ones((1, 2))})
    merged = Recording((one, face("face_1", [1.0], **changes))).merge_faces()
    assert names(merged) == [("face_0", [0.0]), ("face_0", [1.0])]


@given(st.data())
def test_no_segment_is_lost_and_no_two_faces_of_a_frame_become_one(data: st.DataObject) -> None:
    tracks = []
    for i in range(data.draw(st.integers(0, 6))):
        times = data.draw(st.lists(st.integers(0, 8), max_size=4, unique=True).map(sorted))
        boxes = [data.draw(st.sampled_from([HERE, NEAR, THERE, (NAN,) * 4])) for _ in times]
        tracks.append(face(f"face_{i}", [t / 2 for t in times], boxes))
    recording = Recording(tuple(tracks))
    merged = recording.merge_faces(max_gap=data.draw(st.sampled_from([0.5, 2.0, 100.0])))
    assert len(merged) == len(recording)
    assert len(merged.tracks) == len(recording.tracks) - len(merged.issues)
    for track in merged.tracks:
        assert len(set(track.begin.tolist())) == len(track)
        assert sorted(track.begin.tolist()) == track.begin.tolist()
    assert merged.merge_faces(max_gap=0).tracks == merged.tracks


# --- real files


@pytest.mark.needs_data
def test_the_two_people_of_the_interview_stay_two() -> None:
    recording = leed.read(shared("hume/interreviewer/predictions.json"))
    assert recording.merge_faces() == recording
    assert recording.merge_faces(min_overlap=0.01, max_gap=1e9) == recording


@pytest.mark.needs_data
def test_an_identity_of_the_interview_that_is_cut_in_two_is_joined() -> None:
    """The second half of each face under a new name: what merging gives is the recording as it was."""
    recording = leed.read(shared("hume/interreviewer/predictions.json"))
    faces = [track for track in recording.tracks if track.modality == "face"]
    cut = [part(track, half) for track in faces for half in (0, 1)]
    merged = Recording(tuple(cut)).merge_faces()
    assert merged.tracks == tuple(faces)
    assert len(merged.issues) == 2


def part(track: Track, half: int) -> Track:
    rows = slice(0, len(track) // 2) if half == 0 else slice(len(track) // 2, None)
    return Track(
        labels=track.labels,
        matrix=track.matrix[rows],
        source=track.source,
        modality=track.modality,
        granularity=track.granularity,
        speaker=f"{track.speaker}{'b' * half}",
        taxonomy=track.taxonomy,
        begin=track.begin[rows],
        end=track.end[rows],
        extras={name: column[rows] for name, column in track.extras.items()},
    )
