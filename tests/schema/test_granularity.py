"""Shorter stretches gathered into longer ones."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leed
from leed.errors import OptionError
from leed.schema import Recording, Track
from tests.support.parts import shared


def words(*said: tuple[str, float, float, float], speaker: str | None = None, modality: str = "language") -> Track:
    """Words with begin, end and a score for Joy; NaN times where there are none."""
    return Track(
        labels=("Joy",),
        matrix=np.array([[joy] for *_, joy in said], np.float32).reshape(-1, 1),
        modality=modality,
        granularity="word",
        speaker=speaker,
        begin=np.array([begin for _, begin, _, _ in said]),
        end=np.array([end for _, _, end, _ in said]),
        text=tuple(text for text, *_ in said),
    )


def told(recording: Recording) -> list[tuple[str | None, float | None, float | None, float]]:
    return [(s.text, s.begin, s.end, round(s.scores.get("Joy", math.nan), 3)) for s in recording.segments()]


NAN = math.nan
SPOKEN = words(("It", 0, 0.2, 0.1), ("came!", 0.3, 0.9, 0.5), ("Oh", 1.2, 1.4, 0.9), ("no.", 1.4, 1.6, 0.3))


def test_words_become_sentences_at_full_stops_weighted_by_duration() -> None:
    """(0.2 s at 0.1 and 0.6 s at 0.5) is 0.4."""
    assert told(Recording((SPOKEN,)).at("sentence")) == [("It came!", 0.0, 0.9, 0.4), ("Oh no.", 1.2, 1.6, 0.6)]


def test_words_become_utterances_at_pauses_of_half_a_second() -> None:
    track = words(("So", 0, 0.2, 0.2), ("then", 0.3, 0.5, 0.4), ("we", 1.1, 1.3, 0.6), ("left", 1.4, 1.6, 0.8))
    assert told(Recording((track,)).at("utterance")) == [("So then", 0.0, 0.5, 0.3), ("we left", 1.1, 1.6, 0.7)]


def test_the_pause_that_ends_a_stretch_can_be_given() -> None:
    track = words(("So", 0, 0.2, 0.2), ("then", 0.3, 0.5, 0.4), ("we", 1.1, 1.3, 0.6), ("left", 1.4, 1.6, 0.8))
    recording = Recording((track,))
    assert told(recording.at("utterance", pause=0.7)) == [("So then we left", 0.0, 1.6, 0.5)]
    assert told(recording.at("sentence", pause=0.5)) == [("So then", 0.0, 0.5, 0.3), ("we left", 1.1, 1.6, 0.7)]
    assert told(recording.at("utterance", pause=0)) == told(Recording((track,)))


@pytest.mark.parametrize(
    ("granularity", "pause"), [("turn", 1.0), ("utterance", -1), ("utterance", NAN), ("sentence", "1")]
)
def test_a_pause_that_is_none_is_an_error(granularity: str, pause: Any) -> None:
    with pytest.raises(OptionError, match="give the seconds of silence that end a sentence or an utterance"):
        Recording((SPOKEN,)).at(granularity, pause=pause)


def test_without_times_utterances_end_at_full_stops_and_scores_count_alike() -> None:
    track = words(("It", NAN, NAN, 0.1), ("came!", NAN, NAN, 0.5), ("Oh.", NAN, NAN, 0.9))
    assert told(Recording((track,)).at("utterance")) == [("It came!", None, None, 0.3), ("Oh.", None, None, 0.9)]


def test_a_turn_ends_where_another_speaker_begins() -> None:
    anna = words(("Well", 0, 1, 0.2), ("yes.", 1, 2, 0.4), ("Bye.", 5, 6, 0.8), speaker="Anna")
    ben = words(("Good.", 3, 4, 0.6), speaker="Ben")
    turns = Recording((anna, ben)).at("turn")
    assert told(turns) == [("Well yes.", 0.0, 2.0, 0.3), ("Good.", 3.0, 4.0, 0.6), ("Bye.", 5.0, 6.0, 0.8)]
    assert {track.granularity for track in turns.tracks} == {"turn"}


def test_words_without_speakers_turn_where_the_voice_changes() -> None:
    anna = words(("Well yes.", 0, 2, 0.2), speaker="Anna", modality="prosody")
    ben = words(("Good.", 3, 4, 0.6), speaker="Ben", modality="prosody")
    said = words(("Well", 0.1, 1, 0.3), ("yes.", 1, 1.9, 0.3), ("Good.", 3.1, 3.9, 0.7))
    turns = Recording((anna, ben, said)).at("turn")
    assert [s.text for s in turns.segments() if s.modality == "language"] == ["Well yes.", "Good."]


def test_frames_are_gathered_by_the_stretch_in_which_they_fall() -> None:
    voice = words(("It came!", 0, 1, 0.5), modality="prosody")
    frames = Track(
        labels=("Joy",),
        matrix=np.array([[0.2], [0.4], [0.9]]),
        modality="face",
        granularity="frame",
        begin=np.array([0.1, 0.9, 3.0]),
        end=np.array([0.1, 0.9, 3.0]),
        extras={"frame": np.array([3, 27, 90]), "box": np.array([[0.0, 0, 2, 2], [2, 2, 4, 4], [9, 9, 9, 9]])},
    )
    raised = Recording((voice, frames)).at("utterance")
    face = next(s for s in raised.segments() if s.modality == "face")
    assert (face.begin, face.end, face.scores, face.extras) == (0.0, 1.0, {"Joy": 0.3}, {"box": [1.0, 1.0, 3.0, 3.0]})
    assert [str(issue) for issue in raised.issues] == [
        "face: 1 of 3 frames fall into no spoken stretch; they are left out",
        "face: extras that differ within a longer stretch are not kept: frame",
    ]


def test_frames_stay_where_nothing_spoken_has_times() -> None:
    frames = Track(labels=("Joy",), matrix=np.array([[0.2]]), modality="face", granularity="frame")
    raised = Recording((frames,)).at("turn")
    assert raised.tracks == (frames,)
    assert [issue.code for issue in raised.issues] == ["not-raised"]


def test_what_is_as_long_already_stays_as_it_is() -> None:
    recording = leed.read([{"text": "Hi.", "granularity": "turn", "Joy": 0.5}])
    assert recording.at("sentence") == recording


def test_an_unknown_granularity_says_what_there_is() -> None:
    with pytest.raises(OptionError, match="word, sentence, utterance, turn, clip"):
        Recording().at("phrase")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["yes", "no.", "", "«Ja!»", None]),
            st.one_of(st.just(NAN), st.floats(0, 60)),
            st.floats(0, 3),
            st.one_of(st.just(NAN), st.floats(0, 1, width=32)),
        ),
        max_size=12,
    ),
    st.sampled_from(["sentence", "utterance", "turn"]),
)
@settings(max_examples=150)
def test_no_word_is_lost_and_means_stay_between_the_least_and_the_most(
    said: list[tuple[str, float, float, float]], granularity: str
) -> None:
    track = words(*[(text, begin, begin + length, joy) for text, begin, length, joy in said])
    (raised,) = Recording((track,)).at(granularity).tracks
    assert " ".join(t for t in raised.text or () if t).split() == " ".join(t for t in track.text or () if t).split()
    scores = track.matrix[~np.isnan(track.matrix)]
    means = raised.matrix[~np.isnan(raised.matrix)]
    assert bool(len(scores)) == bool(len(means))
    if len(scores):
        assert scores.min() - 1e-6 <= means.min() <= means.max() <= scores.max() + 1e-6


@pytest.mark.needs_data
def test_a_real_interview_has_turns_of_two_speakers() -> None:
    turns = leed.read(shared("hume/interreviewer/predictions.json")).at("turn")
    voice = [s for s in turns.segments() if s.modality == "prosody"]
    assert [s.speaker for s in voice] == ["spk_0", "spk_1"] * 3 + ["spk_0"]
    assert voice[0].text == "Hi, Nun. How are you doing today?"
