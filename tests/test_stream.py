"""Stream: what comes live is described when the words change, steadily, whatever the order it comes in."""

import itertools
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leed
from leed.stream import DWELL, GAP, LATE
from tests.support.parts import shared
from tests.test_calibration import HUME_48, usual_face


def frame(at: float, **scores: float) -> leed.Segment:
    return leed.Segment(scores=scores, modality="face", granularity="frame", begin=at)


def said(stream: leed.Stream, frames: list[leed.Segment]) -> list[str]:
    return [str(d) for d in map(stream.feed, frames) if d is not None]


def test_the_first_segment_is_described_at_once() -> None:
    stream = leed.Stream(person="The user")
    assert str(stream.feed(frame(0, Joy=0.84))) == "The user looks extremely joyful."
    assert str(stream.now()) == "The user looks extremely joyful."


def test_words_that_stay_the_same_are_said_once() -> None:
    assert said(leed.Stream(), [frame(i / 3, Joy=0.84 - i / 1000) for i in range(30)]) == [
        "They look extremely joyful."
    ]


def test_what_flickers_around_a_bound_changes_no_words() -> None:
    rng = np.random.default_rng(1)
    frames = [frame(i / 3, Joy=0.62 + 0.003 * rng.standard_normal()) for i in range(60)]
    assert len(said(leed.Stream(), frames)) == 1
    assert len({str(leed.describe(f)) for f in frames}) == 2


def test_a_description_stands_for_a_moment() -> None:
    frames = [frame(i / 10, Joy=0.9 if i % 2 else 0.3) for i in range(100)]
    stream = leed.Stream()
    changes = [f.begin for f in frames if stream.feed(f) is not None]
    assert all(b - a >= DWELL - 1e-9 for a, b in itertools.pairwise(t for t in changes if t is not None))


def test_a_change_that_lasts_is_said() -> None:
    frames = [frame(i / 3, Joy=0.9 if i < 10 else 0.05, Sadness=0.05 if i < 10 else 0.6) for i in range(30)]
    assert said(leed.Stream(), frames)[0] == "They look extremely joyful."
    assert said(leed.Stream(), frames)[-1] == "They look quite sad."


def test_utterances_stand_for_themselves() -> None:
    stream = leed.Stream()
    sentences = []
    for i, score in enumerate((0.34, 0.12, 0.34)):
        description = stream.feed({"Sadness": score}, modality="prosody", begin=10.0 * i, end=10.0 * i + 3)
        sentences.append(str(description))
    assert sentences == ["They sound quite sad.", "They sound slightly sad.", "They sound quite sad."]


def test_without_times_every_segment_stands_for_itself() -> None:
    stream = leed.Stream()
    assert str(stream.feed({"Sadness": 0.34}, modality="prosody")) == "They sound quite sad."
    assert str(stream.feed({"Sadness": 0.12}, modality="prosody")) == "They sound slightly sad."


def test_people_and_modalities_are_told_apart() -> None:
    stream = leed.Stream()
    stream.feed({"Joy": 0.84}, modality="face", speaker="Anna", begin=0.0)
    stream.feed({"Sadness": 0.6}, modality="face", speaker="Ben", begin=0.1)
    stream.feed({"Fear": 0.34}, modality="prosody", speaker="Anna", begin=0.2)
    assert str(stream.now(speaker="Anna", modality="face")) == "They look extremely joyful."
    assert str(stream.now(speaker="Ben")) == "They look quite sad."
    assert str(stream.now()) == "They sound quite fearful."
    assert stream.now(speaker="Caro") is None


@given(st.permutations(range(12)))
@settings(max_examples=60)
def test_the_order_within_a_moment_does_not_matter(order: list[int]) -> None:
    """What is late is put in its place: at the end the same is held."""
    frames = [frame(i / 3, Joy=0.2 + 0.05 * i) for i in range(12)]
    straight, mixed = leed.Stream(margin=0, dwell=0), leed.Stream(margin=0, dwell=0)
    for f in frames:
        straight.feed(f)
    for i in order:
        mixed.feed(frames[i])
    assert mixed.late == 0
    assert str(mixed.now()) == str(straight.now())


def test_what_comes_too_late_is_left_out_and_counted() -> None:
    stream = leed.Stream()
    stream.feed(frame(100, Joy=0.84))
    assert stream.feed(frame(100 - LATE - 1, Joy=0.3)) is None
    assert stream.late == 1
    assert str(stream.now()) == "They look extremely joyful."


def test_a_moment_that_is_measured_again_takes_the_place_of_the_first() -> None:
    stream = leed.Stream(dwell=0, margin=0)
    for score in (0.9, 0.34):
        stream.feed({"Sadness": score}, modality="prosody", begin=1.0, end=2.0)
    assert str(stream.now()) == "They sound quite sad."


def test_after_a_gap_it_begins_anew() -> None:
    stream = leed.Stream()
    stream.feed(frame(0, Joy=0.84))
    assert str(stream.feed(frame(GAP + 1, Joy=0.30))) == "They look slightly joyful."


def test_reset_forgets() -> None:
    stream = leed.Stream(baseline=True)
    stream.feed(frame(0, Joy=0.84))
    stream.reset()
    assert stream.now() is None
    assert stream.baselines
    assert str(stream.feed(frame(0.1, Joy=0.30))) == "They look slightly joyful."
    stream.reset(baselines=True)
    assert not stream.baselines


def test_other_labels_begin_anew() -> None:
    stream = leed.Stream(dwell=0)
    stream.feed(frame(0, Joy=0.84))
    assert str(stream.feed(frame(0.3, Sadness=0.6))) == "They look quite sad."


def test_the_baseline_of_each_speaker_is_learned() -> None:
    stream = leed.Stream(baseline=True, dwell=0)
    for i in range(200):
        stream.feed(leed.Segment(scores=usual_face(Calmness=0.7), modality="face", speaker="Anna", begin=i / 3))
    assert str(stream.now(speaker="Anna")) == "Nothing in their face stands out."
    assert list(stream.baselines) == ["Anna"]
    carried = leed.Stream(baseline={"Anna": leed.Baseline.from_dict(stream.baselines["Anna"].to_dict())})
    anna = leed.Segment(scores=usual_face(Calmness=0.7), modality="face", speaker="Anna", begin=0.0)
    ben = leed.Segment(scores=usual_face(Calmness=0.7), modality="face", speaker="Ben", begin=0.0)
    assert str(carried.feed(anna)) == "Nothing in their face stands out."
    assert str(carried.feed(ben)) == "They look very calm."


def test_nobody_learns_from_the_assistants_voice() -> None:
    stream = leed.Stream(baseline=True, person="The user")
    voice = leed.Segment(scores={"Joy": 0.5}, modality="prosody", channel="assistant", begin=0.0)
    assert str(stream.feed(voice)) == "The assistant sounds very joyful."
    assert not stream.baselines


@pytest.mark.parametrize(
    ("fed", "about", "message"),
    [
        ([1, 2], {}, "a stream is fed a Segment or a mapping"),
        ({"Joy": 0.5}, {"begin": "now"}, "this is no segment"),
        ({"Joy": 0.5}, {"when": 3}, "no field 'when'"),
    ],
)
def test_what_cannot_be_fed_is_said(fed: Any, about: dict[str, Any], message: str) -> None:
    with pytest.raises(leed.LeedError, match=message):
        leed.Stream().feed(fed, **about)


def test_a_wrong_option_is_said() -> None:
    with pytest.raises(leed.LeedError, match="settle is -1"):
        leed.Stream(settle=-1)


numbers = st.floats(0, 1.25, width=32)


@given(
    st.lists(st.tuples(st.floats(0, 30), st.dictionaries(st.sampled_from(HUME_48), numbers, max_size=4)), max_size=40),
    st.booleans(),
)
@settings(max_examples=60)
def test_any_order_of_anything_is_taken(fed: list[tuple[float, dict[str, float]]], learns: bool) -> None:  # noqa: FBT001
    stream = leed.Stream(baseline=learns)
    for at, scores in fed:
        description = stream.feed(leed.Segment(scores=usual_face(**scores), modality="face", begin=at))
        assert description is None or str(stream.now()) == str(description)
    if fed:
        assert stream.now() is not None
        assert stream.over(0, 30) is not None


# --- a stretch that is over


def majority(frames: list[leed.Description]) -> set[str]:
    counts = Counter(label for d in frames for label in {term.label for term in d.terms})
    return {label for label, count in counts.items() if 2 * count > len(frames)}


def test_a_stretch_names_what_most_of_its_frames_show() -> None:
    stream = leed.Stream()
    for i, (joy, fear) in enumerate([(0.3, 0.9), (0.5, 0.0), (0.5, 0.0), (0.5, 0.0), (0.6, 0.9)]):
        stream.feed(frame(i / 3, Joy=joy, Fear=fear))
    assert str(stream.over(0.0, 1.4)) == "They look moderately joyful."
    assert stream.over(50.0, 60.0) is None


def test_what_most_of_a_short_stretch_showed_is_said_when_it_has_ended() -> None:
    stream = leed.Stream(dwell=5)
    for i, (joy, fear) in enumerate([(0.1, 0.1), (0.1, 0.1), (0.5, 0.1), (0.5, 0.1), (0.1, 0.1)]):
        stream.feed(frame(i / 3, Joy=joy, Fear=fear))
    assert str(stream.now()) == "They look neutral."
    assert str(stream.ended(0.6, 1.1)) == "They look moderately joyful."
    assert str(stream.now()) == "They look moderately joyful."
    assert stream.ended(0.6, 1.1) is None


def test_a_stretch_whose_words_have_stood_changes_nothing_when_it_has_ended() -> None:
    stream = leed.Stream()
    for i in range(12):
        stream.feed(frame(i / 3, Joy=0.9 if i < 6 else 0.1, Sadness=0.1 if i < 6 else 0.9))
    before = str(stream.now())
    assert before == "They look extremely sad."
    assert stream.ended(0.0, 1.9) is None
    assert stream.ended(2.0, 3.9) is None
    assert stream.ended(50.0, 60.0) is None
    assert str(stream.now()) == before


def test_what_a_stretch_that_has_ended_says_stands_for_a_moment() -> None:
    stream = leed.Stream()
    for i, joy in enumerate((0.1, 0.5, 0.5, 0.1)):
        stream.feed(frame(i / 3, Joy=joy))
    assert str(stream.ended(0.3, 0.7)) == "They look moderately joyful."
    fed = [(i / 3, stream.feed(frame(i / 3, Joy=0.1))) for i in range(4, 10)]
    assert [round(at - 1, 2) >= DWELL for at, description in fed if description is not None] == [True]


def test_words_that_stood_under_other_labels_count_as_said() -> None:
    stream = leed.Stream(dwell=5)
    stream.feed(frame(0, Joy=0.84))
    stream.feed(frame(0.3, Joy=0.84, Fear=0.1))
    assert stream.ended(0.1, 0.4) is None


@pytest.mark.needs_data
def test_no_utterances_majority_term_is_lost() -> None:
    recording = leed.read(shared("hume/interreviewer/predictions.json"))
    spoken = sorted((s.begin or 0, s.end or 0) for s in recording.segments() if s.modality == "prosody")
    for track in (t for t in recording.tracks if t.modality == "face"):
        frames = [track.segment(i) for i in range(len(track))]
        stream = leed.Stream()
        fed = iter(frames)
        waiting = next(fed, None)
        for begin, end in spoken:
            while waiting is not None and (waiting.begin or 0) <= end:
                stream.feed(waiting)
                waiting = next(fed, None)
            inside = [leed.describe(f) for f in frames if begin <= (f.begin or 0) <= end]
            named = stream.over(begin, end)
            assert (named is None) == (not inside)
            assert named is None or majority(inside) <= {term.label for term in named.terms}


def test_what_stands_is_as_old_as_the_last_score_not_as_its_words() -> None:
    """So that `max_age` leaves out what was measured long ago, and not an expression that stays."""
    stream = leed.Stream(person="The user")
    for second in range(60):
        stream.feed({"Joy": 0.6}, modality="face", begin=float(second), end=second + 1.0)
    standing = stream.now()
    assert standing is not None
    assert (standing.begin, standing.end) == (0.0, 60.0)
    message = leed.user_message("Hello")
    fresh = leed.inject([message], stream, max_age=5, now=62.0, policy=None)
    stale = leed.inject([message], stream, max_age=5, now=90.0, policy=None)
    assert fresh == [{"role": "user", "content": "Hello\n\n[The user looks quite joyful.]"}]
    assert stale == [{"role": "user", "content": "Hello"}]
