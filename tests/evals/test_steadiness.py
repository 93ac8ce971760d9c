"""Steadiness counts changes of the words, and finds out a stream that swallows what a stretch mostly showed."""

import math

import numpy as np
import pytest

import leed
from leed_evals.faithful.steadiness import (
    Steadiness,
    at_three_a_second,
    changes,
    compared,
    majority,
    requirements_of_streams,
    stretches,
)
from leed_evals.faithful.ways import Streamed, by_segment, streamed


def track(*joys: float, step: float = 1 / 3) -> leed.Track:
    begin = np.arange(len(joys), dtype=np.float64) * step
    return leed.Track(labels=("Joy",), matrix=np.array(joys)[:, None], modality="face", begin=begin)


def plain(frames: leed.Track) -> list[leed.Description]:
    return by_segment(leed.Describer())(frames)


def test_changes_are_those_of_the_words_not_of_the_scores() -> None:
    assert changes(plain(track(0.84, 0.85, 0.5, 0.84))) == 2


def test_a_label_of_just_half_of_the_frames_is_no_majority() -> None:
    assert majority([["Joy"], ["Joy"], [], []]) == set()
    assert majority([["Joy", "Awe"], ["Joy"], ["Awe", "Awe"]]) == {"Joy", "Awe"}


def test_a_stream_that_holds_the_first_words_for_ever_loses_what_comes_later() -> None:
    frames = track(0.1, 0.1, 0.1, 0.8, 0.8, 0.8)
    words = plain(frames)
    deaf = Streamed([words[0]] * 6, [words[0], words[0]], [None, None], [words[0]] * 8)
    assert compared(frames, words, deaf, [(0, 1), (1, 2)]) == Steadiness(6, 1, 0, 1, lost=1, late=0, unsaid=1)


def test_what_is_not_said_live_is_not_lost_where_it_is_said_once_the_stretch_is_over() -> None:
    frames = track(0.1, 0.1, 0.1, 0.8, 0.8, 0.8)
    words = plain(frames)
    slow = Streamed([words[0]] * 6, [words[0], words[5]], [None, None], [words[0]] * 8)
    assert compared(frames, words, slow, [(0, 1), (1, 2)]) == Steadiness(6, 1, 0, 1, lost=0, late=0, unsaid=1)


def test_what_is_said_live_at_the_end_of_a_stretch_counts_as_said_and_as_a_change() -> None:
    frames = track(0.1, 0.1, 0.1, 0.8, 0.8, 0.8)
    words = plain(frames)
    late = Streamed([words[0]] * 6, [words[0], words[5]], [None, words[5]], [words[0]] * 7 + [words[5]])
    assert compared(frames, words, late, [(0, 1), (1, 2)]) == Steadiness(6, 1, 1, 1, lost=0, late=1, unsaid=0)


def test_a_stretch_of_which_the_stream_knows_nothing_is_lost() -> None:
    frames = track(0.8, 0.8)
    words = plain(frames)
    assert compared(frames, words, Streamed(words, [None], [None], words), [(0, 1)]).lost == 1


def test_the_real_stream_calms_the_words_and_tells_what_a_stretch_mostly_showed() -> None:
    frames = track(*[0.8, 0.8, 0.1] * 20, *[0.1] * 30)
    spans = [(0.0, 20.0), (20.0, 30.0)]
    seen = compared(frames, plain(frames), streamed(frames, leed.Describer(), spans), spans)
    assert (seen.changes, seen.majorities, seen.lost, seen.unsaid) == (39, 1, 0, 0)
    assert seen.share < 1 / 2


def test_too_many_changes_or_a_lost_label_do_not_hold() -> None:
    good = Steadiness(frames=30, changes=12, streamed=4, majorities=5, lost=0, late=0, unsaid=0)
    restless = Steadiness(frames=30, changes=12, streamed=5, majorities=5, lost=0, late=0, unsaid=0)
    deaf = Steadiness(frames=30, changes=12, streamed=1, majorities=5, lost=1, late=0, unsaid=1)

    def verdicts(**measured: Steadiness) -> list[bool]:
        return [requirement.holds for requirement in requirements_of_streams(measured)]

    silent = Steadiness(frames=30, changes=12, streamed=1, majorities=5, lost=0, late=0, unsaid=1)
    assert verdicts(a=good) == [True, True, True]
    assert verdicts(a=good, b=restless) == [False, True, True]
    assert verdicts(a=good, b=deaf) == [True, False, False]
    assert verdicts(a=good, b=silent) == [True, True, False]
    assert verdicts(still=Steadiness(30, 0, 0, 5, 0, 0, 0)) == [False, True, True]


def test_where_words_never_change_there_is_no_share() -> None:
    assert math.isnan(Steadiness(3, 0, 0, 0, 0, 0, 0).share)


def test_stretches_are_utterances_or_else_windows() -> None:
    silent = leed.Recording((track(*[0.5] * 40),))
    assert stretches(silent, silent.tracks[0])[:2] == [(0.0, 5.0), (5.0, 10.0)]
    voice = leed.Track(labels=("Joy",), matrix=[[0.5]], modality="prosody", begin=[1.0], end=[2.5])  # type: ignore[arg-type]
    assert stretches(leed.Recording((*silent.tracks, voice)), silent.tracks[0]) == [(1.0, 2.5)]


@pytest.mark.parametrize(("step", "taken"), [(1 / 3, 1), (0.3, 1), (1.0, 0), (1 / 25, 0), (0.0, 0)])
def test_faces_at_three_frames_a_second_are_looked_at(step: float, taken: int) -> None:
    recordings = {"a": leed.Recording((track(0.5, 0.5, 0.5, step=step),))}
    assert len(list(at_three_a_second(recordings))) == taken
