"""Speakers under one name: where the user says so, and where voices are alike across files."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leed.errors import OptionError
from leed.schema import Recording, Track
from leed.schema.speakers import ALIKE, link, link_speakers

NAN = float("nan")


def track(speaker: str | None, begin: tuple[float, ...] = (0.0,), **changes: Any) -> Track:
    given_: dict[str, Any] = {
        "labels": ("Joy",),
        "matrix": np.full((len(begin), 1), 0.5),
        "source": "a.mp4",
        "modality": "prosody",
        "speaker": speaker,
        "begin": np.array(begin),
    }
    return Track(**(given_ | changes))


def names(recording: Recording) -> list[tuple[str | None, str | None]]:
    return [(t.modality, t.speaker) for t in recording.tracks]


TALK = Recording((track("face_0", modality="face"), track("spk_0"), track("spk_1"), track(None, modality="language")))


# --- who is who, as the user says


def test_a_face_gets_the_name_of_its_voice() -> None:
    linked = TALK.link({"face_0": "spk_1"})
    assert names(linked) == [("face", "spk_1"), ("prosody", "spk_0"), ("prosody", "spk_1"), ("language", None)]
    assert [str(issue) for issue in linked.issues] == ["a.mp4: face_0 is spk_1: linked as asked"]


def test_a_new_name_may_be_given_to_two() -> None:
    linked = TALK.link({"face_0": "Anna", "spk_0": "Anna"})
    assert names(linked)[:3] == [("face", "Anna"), ("prosody", "Anna"), ("prosody", "spk_1")]


def test_tracks_that_become_one_are_put_together_in_the_order_of_time() -> None:
    recording = Recording((track("spk_0", (0.0, 4.0)), track("spk_1", (2.0, 6.0), text=("two", None))))
    (linked,) = recording.link({"spk_1": "spk_0"}).tracks
    assert linked.begin.tolist() == [0.0, 2.0, 4.0, 6.0]
    assert linked.text == (None, "two", None, None)


def test_what_has_no_time_keeps_its_place() -> None:
    recording = Recording((track("spk_0", (NAN, NAN), text=("a", "b")), track("spk_1", (NAN,), text=("c",))))
    assert recording.link({"spk_1": "spk_0"}).tracks[0].text == ("a", "b", "c")


def test_links_that_follow_each_other_end_at_the_last_name() -> None:
    linked = TALK.link({"face_0": "spk_0", "spk_0": "spk_1"})
    assert names(linked)[:2] == [("face", "spk_1"), ("prosody", "spk_1")]


def test_no_names_change_nothing() -> None:
    assert TALK.link({}) == TALK


def test_other_tracks_of_one_key_are_left_as_they_are() -> None:
    twice = (track("spk_1"), track("spk_1"))
    assert Recording((*TALK.tracks, *twice)).link({"face_0": "spk_0"}).tracks[2:] == (*TALK.tracks[2:], *twice)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (
            {"face_9": "spk_0"},
            "speaker 'face_9' is not known: give one of face_0, spk_0, spk_1 (did you mean 'face_0'?)",
        ),
        (
            {"face_0": "spk_9"},
            (
                "speaker 'spk_9' is not known: give one of face_0, spk_0, spk_1 (did you mean 'spk_1'?); "
                "or give the same new name to two of them"
            ),
        ),
        ({"face_0": ""}, "a speaker cannot be named '': give a name"),
        ({"face_0": None}, "a speaker cannot be named None: give a name"),
        ({"face_0": "face_0"}, "speakers go round in a circle: face_0 is face_0; name one that stays"),
        (
            {"face_0": "spk_0", "spk_0": "face_0"},
            "speakers go round in a circle: face_0 is spk_0 is face_0; name one that stays",
        ),
    ],
)
def test_a_name_that_nobody_has_is_told(asked: dict[str, str], words: str) -> None:
    with pytest.raises(OptionError) as caught:
        TALK.link(asked)
    assert str(caught.value) == words


def test_a_recording_without_names_says_so() -> None:
    with pytest.raises(OptionError, match="speaker 'face_0' is not known: nobody has a name here"):
        Recording((track(None),)).link({"face_0": "spk_0"})


def test_a_name_that_several_files_have_needs_its_source() -> None:
    both = Recording(
        tuple(
            track(name, source=source, modality=modality)
            for source in ("a.mp4", "b.mp4")
            for name, modality in (("face_0", "face"), ("spk_0", "prosody"))
        )
    )
    with pytest.raises(OptionError, match=r"speaker 'face_0' is in a.mp4, b.mp4: say which is meant with source="):
        both.link({"face_0": "spk_0"})
    linked = both.link({"face_0": "spk_0"}, source="b.mp4")
    assert [t.speaker for t in linked.tracks] == ["face_0", "spk_0", "spk_0", "spk_0"]
    assert [issue.source for issue in linked.issues] == ["b.mp4"]
    with pytest.raises(OptionError, match=r"source 'c.mp4' is not known: give one of a.mp4, b.mp4"):
        both.link({"face_0": "spk_0"}, source="c.mp4")


def test_the_function_and_the_method_are_one() -> None:
    assert link(TALK, {"face_0": "spk_0"}) == TALK.link({"face_0": "spk_0"})


# --- voices across files


def axis(i: int, lean: float = 0.0, size: int = 192) -> np.ndarray[Any, Any]:
    """A direction, leaning towards its neighbour."""
    vector = np.zeros(size)
    vector[i], vector[i + 1] = 1.0, lean
    return vector


def voice(speaker: str | None, *rows: Any, **changes: Any) -> Track:
    return track(speaker, (0.0,) * len(rows), **{"extras": {"speaker_embedding": np.array(rows)}, **changes})


def file(source: str | None, *tracks: Track) -> Recording:
    return Recording(tuple(replace(t, source=source) for t in tracks))


def linked_names(*recordings: Recording, **options: float) -> list[list[str | None]]:
    return [[t.speaker for t in recording.tracks] for recording in link_speakers(recordings, **options)]


def test_voices_that_are_alike_get_the_first_name() -> None:
    first = file("a.wav", voice("spk_0", axis(0)), voice("spk_1", axis(2)))
    second = file("b.wav", voice("spk_0", axis(2, 0.1)), voice("spk_1", axis(0, 0.1)))
    linked = link_speakers([first, second])
    assert [[t.speaker for t in recording.tracks] for recording in linked] == [["spk_0", "spk_1"], ["spk_1", "spk_0"]]
    assert linked[0] == first
    assert [str(issue) for issue in linked[1].issues] == [
        "b.wav: spk_1 is taken for spk_0 of a.wav: their voices are alike (1.00 of 1)",
        "b.wav: spk_0 is taken for spk_1 of a.wav: their voices are alike (1.00 of 1)",
    ]
    assert [issue.code for issue in linked[1].issues] == ["speakers-linked"] * 2


def test_one_name_never_means_two_voices() -> None:
    linked = link_speakers([file("a.wav", voice("spk_0", axis(0))), file("b.wav", voice("spk_0", axis(2)))])
    assert [recording.tracks[0].speaker for recording in linked] == ["spk_0", "spk_1"]
    assert [str(issue) for issue in linked[1].issues] == [
        "b.wav: spk_0 is called spk_1 from here on: elsewhere spk_0 is, or may be, somebody else"
    ]


def test_a_group_whose_name_is_taken_gets_a_new_one_everywhere() -> None:
    recordings = [file(f"{i}.wav", voice("SPEAKER_00", axis(2 * min(i, 1)))) for i in range(3)]
    linked = link_speakers(recordings)
    assert [recording.tracks[0].speaker for recording in linked] == ["SPEAKER_00", "SPEAKER_01", "SPEAKER_01"]
    assert [str(issue) for issue in linked[2].issues] == [
        (
            "2.wav: SPEAKER_00 is taken for SPEAKER_00 of 1.wav, called SPEAKER_01 from here on: "
            "their voices are alike (1.00 of 1)"
        )
    ]


def test_speakers_of_one_file_are_never_joined() -> None:
    recording = file("a.wav", voice("spk_0", axis(0)), voice("spk_1", axis(0)))
    assert link_speakers([recording]) == [recording]
    other = file("b.wav", voice("spk_0", axis(0, 0.1)))
    assert linked_names(recording, other) == [["spk_0", "spk_1"], ["spk_0"]]
    third = file("b.wav", voice("x", axis(0)), voice("y", axis(0)), voice("z", axis(0)))
    assert linked_names(recording, third) == [["spk_0", "spk_1"], ["spk_0", "spk_1", "z"]]


def test_the_files_of_one_recording_are_files() -> None:
    recording = Recording(
        (*file("a.wav", voice("spk_0", axis(0))).tracks, *file("b.wav", voice("spk_7", axis(0))).tracks)
    )
    assert linked_names(recording) == [["spk_0", "spk_0"]]


def test_the_most_alike_are_linked_first() -> None:
    first = file("a.wav", voice("spk_0", axis(0)))
    second = file("b.wav", voice("x", axis(0, 0.5)), voice("y", axis(0, 0.1)))
    assert linked_names(first, second) == [["spk_0"], ["x", "spk_0"]]


def test_all_voices_of_a_group_are_alike_and_not_only_neighbours() -> None:
    chain = [file(f"{i}.wav", voice(f"v{i}", [np.cos(a), np.sin(a)])) for i, a in enumerate((0.0, 0.7, 1.4))]
    assert linked_names(*chain) == [["v0"], ["v0"], ["v2"]]


def test_the_mean_of_the_rows_counts_each_alike_and_odd_rows_not() -> None:
    rows = [axis(0) * 1e30, axis(0), np.full(192, NAN), np.zeros(192), np.full(192, np.inf)]
    assert linked_names(file("a.wav", voice("A", *rows)), file("b.wav", voice("B", axis(0)))) == [["A"], ["A"]]
    turned = [axis(0) * 1e200, axis(2), axis(2)]
    assert linked_names(file("a.wav", voice("A", *turned)), file("b.wav", voice("B", axis(2)))) == [["A"], ["A"]]
    huge = [np.full(192, 1e300)]
    assert linked_names(file("a.wav", voice("A", *huge)), file("b.wav", voice("B", np.ones(192)))) == [["A"], ["A"]]


def test_the_threshold_decides() -> None:
    recordings = [file("a.wav", voice("A", [1.0, 0.0])), file("b.wav", voice("B", [1.0, 1.0]))]  # cosine 0.707
    assert ALIKE == 0.7
    assert linked_names(*recordings) == [["A"], ["A"]]
    assert linked_names(*recordings, threshold=0.71) == [["A"], ["B"]]


@pytest.mark.parametrize("threshold", [0, -0.5, 1.1, NAN])
def test_a_threshold_that_is_no_cosine_is_told(threshold: float) -> None:
    with pytest.raises(OptionError, match="give a cosine similarity above 0 and up to 1"):
        link_speakers([], threshold=threshold)


@pytest.mark.parametrize(
    "odd",
    [
        track("B"),
        voice("B", axis(0, size=768)),
        voice("B", np.zeros(192)),
        voice("B", ["x"] * 192),
        voice("B", 1.0),
        voice("B", axis(0), -axis(0)),
        voice(None, axis(0)),
    ],
    ids=["none", "another size", "zero", "text", "one number", "no mean", "no name"],
)
def test_a_voice_without_a_comparable_embedding_is_left(odd: Track) -> None:
    recordings = [file("a.wav", voice("A", axis(0))), file("b.wav", odd)]
    assert link_speakers(recordings) == recordings


def test_a_name_that_may_be_somebody_elses_is_replaced_but_faces_are_left() -> None:
    silent = file("b.wav", track("spk_0"), track("face_0", modality="face"))
    first = file("a.wav", voice("spk_0", axis(0)), track("face_0", modality="face"))
    assert linked_names(first, silent) == [["spk_0", "face_0"], ["spk_1", "face_0"]]


def test_a_face_that_was_linked_goes_along_with_its_voice() -> None:
    talk = file("b.wav", voice("Bob", axis(0)), track("Bob", modality="face"), track("Ann_2"))
    assert linked_names(file("a.wav", voice("Ann", axis(0))), talk) == [["Ann"], ["Ann", "Ann", "Ann_2"]]


def test_a_new_name_is_like_the_old_one_and_nobodys() -> None:
    recordings = [file(f"{i}.wav", voice("Ann", axis(2 * i)), track("Ann_2")) for i in range(2)]
    assert linked_names(*recordings) == [["Ann", "Ann_2"], ["Ann_3", "Ann_2"]]


def test_no_recordings_are_no_recordings() -> None:
    assert link_speakers([]) == []
    assert link_speakers(iter([TALK])) == [TALK]


@given(st.lists(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 3)), max_size=3), max_size=4))
def test_one_name_is_one_voice_and_the_speakers_of_a_file_stay_apart(files: list[list[tuple[str, int]]]) -> None:
    recordings = [
        file("a.wav", *(voice(name, axis(2 * person)) for name, person in dict(held).items())) for held in files
    ]
    linked = link_speakers(recordings)
    people: dict[str | None, set[int]] = {}
    for recording, held in zip(linked, files, strict=True):
        speakers = [t.speaker for t in recording.tracks]
        assert len(set(speakers)) == len(speakers) == len(dict(held))
        for one in recording.tracks:
            people.setdefault(one.speaker, set()).add(int(np.argmax(one.extras["speaker_embedding"][0])))
    assert all(len(there) == 1 for there in people.values())
    again = link_speakers([recording.replace(issues=()) for recording in linked])
    assert [r.tracks for r in again] == [r.tracks for r in linked]
