"""A Describer is frozen, equal by value, remembers what it made, and describes whole recordings."""

import copy
import pickle
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import leed
from tests.support.labels import HUME_48, MODALITIES

CHANGES: list[dict[str, Any]] = [
    {"scale": "hume-2023"},
    {"scale": "three-step"},
    {"scale": {"name": "mine", "top": 3}},
    {"scale": {"name": "mine", "top": 3, "tie": 0.1}},
    {"top": 1},
    {"top": "all"},
    {"person": "The user"},
    {"person": "Anna"},
    {"tense": "past"},
    {"ignore": ["Joy"]},
    {"ignore": ["Joy", "Awe"]},
    {"allow": ["Pain"]},
    {"allow": ["Joy"]},
    {"quote": False},
    {"quote": 20},
]


def test_every_changed_option_changes_the_fingerprint() -> None:
    describers = [leed.Describer(), *(leed.Describer(**change) for change in CHANGES)]
    prints = [describer.fingerprint for describer in describers]
    assert len(set(prints)) == len(prints)
    assert len(set(describers)) == len(describers)
    assert all(text.startswith("leed1:") and len(text) == 22 for text in prints)


@pytest.mark.parametrize("options", [{}, *CHANGES], ids=str)
def test_equal_options_give_equal_describers(options: dict[str, Any]) -> None:
    one, other = leed.Describer(**options), leed.Describer(**options)
    assert one == other
    assert hash(one) == hash(other)
    assert one.fingerprint == other.fingerprint
    assert repr(one) == repr(other)


EQUAL: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {"top": 3}),
    ({}, {"scale": "leed-2026-11"}),
    ({}, {"person": "They"}),
    ({}, {"quote": 400}),
    ({}, {"ignore": []}),
    ({"ignore": ["Joy", "Awe"]}, {"ignore": ("awe", "JOY")}),
    ({"ignore": ["Joy", "Joy"]}, {"ignore": {"Joy"}}),
    ({"quote": False}, {"quote": 0}),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_options_that_mean_the_same_have_one_fingerprint(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert leed.Describer(**one).fingerprint == leed.Describer(**other).fingerprint


@pytest.mark.parametrize("options", [{}, *CHANGES], ids=str)
@pytest.mark.parametrize("way", ["pickle", "copy", "deepcopy"])
def test_a_describer_survives_pickle_and_copy(options: dict[str, Any], way: str) -> None:
    describer = leed.Describer(**options)
    scores = {"Joy": 0.84, "Awe": 0.6, "Pain": 0.7, "Relief": 0.5, "Pride": 0.4}
    before = str(describer(scores, modality="face", text="one two three four five six"))
    copies: dict[str, Callable[[leed.Describer], leed.Describer]] = {
        "pickle": lambda d: pickle.loads(pickle.dumps(d)),  # noqa: S301 - our own
        "copy": copy.copy,
        "deepcopy": copy.deepcopy,
    }
    again = copies[way](describer)
    assert again == describer
    assert again.fingerprint == describer.fingerprint
    assert str(again(scores, modality="face", text="one two three four five six")) == before


def test_a_describer_is_frozen() -> None:
    describer = leed.Describer()
    for name in ("scale", "top", "person", "tense", "fingerprint", "new"):
        with pytest.raises(AttributeError, match="frozen"):
            setattr(describer, name, "x")
    with pytest.raises(AttributeError):
        del describer.tense
    assert describer != "leed1"


def test_a_fingerprint_stands_in_every_description() -> None:
    describer = leed.Describer(top=1)
    assert describer({"Joy": 0.8}).fingerprint == describer.fingerprint
    assert describer({}).fingerprint == describer.fingerprint


def test_a_describer_given_is_the_one_used() -> None:
    past = leed.Describer(tense="past")
    assert str(leed.describe({"Joy": 0.8}, modality="face", describer=past)) == "They looked extremely joyful."
    recording = leed.Recording(tracks=(leed.Track(labels=("Joy",), matrix=np.array([[0.8]]), modality="face"),))
    assert [str(d) for d in leed.describe_all(recording, describer=past)] == ["They looked extremely joyful."]
    assert leed.describe_matrix([[0.8]], ["Joy"], modality="face", describer=past).to_list() == [
        "They looked extremely joyful."
    ]


def test_a_describer_works_in_many_threads_at_once() -> None:
    rng = np.random.default_rng(2)
    rows = [
        (dict(zip(HUME_48, row, strict=True)), MODALITIES[i % 5])
        for i, row in enumerate((rng.beta(0.5, 2, (600, 48))).tolist())
    ]
    alone = leed.Describer()
    expected = [str(alone(scores, modality=modality)) for scores, modality in rows]
    shared = leed.Describer()
    start = threading.Barrier(8)

    def work(_: int) -> list[str]:
        start.wait()
        return [shared.text(scores, modality=modality) for scores, modality in rows]

    with ThreadPoolExecutor(8) as pool:
        for sentences in pool.map(work, range(8)):
            assert sentences == expected


def test_a_describer_remembers_no_more_than_it_should() -> None:
    describer = leed.Describer()
    for i in range(2000):
        describer({f"label {i}": 0.5, f"other {i}": i / 2000})
    assert len(describer._plans) <= 256


# --- describe_all


def recording() -> leed.Recording:
    track = leed.Track(
        labels=("Joy", "Sadness"),
        matrix=np.array([[0.84, 0.1], [0.1, 0.5], [np.nan, np.nan]]),
        modality="face",
        source="a.mp4",
        speaker="Anna",
        granularity="frame",
        begin=np.array([0.0, 1.0, np.nan]),
        end=np.array([0.5, 1.5, np.nan]),
        text=("Hi", None, "Bye"),
    )
    return leed.Recording(tracks=(track,))


def test_describe_all_is_a_lazy_sequence_with_a_description_for_each_segment() -> None:
    descriptions = leed.describe_all(recording())
    assert len(descriptions) == 3
    assert [str(d) for d in descriptions] == [
        'They said "Hi" and look extremely joyful.',
        "They look moderately sad.",
        'They said "Bye", and there are no scores for their face.',
    ]
    assert str(descriptions[-1]) == str(descriptions[2]) == str(list(descriptions)[2])
    assert [str(d) for d in descriptions[1:]] == [str(d) for d in list(descriptions)[1:]]
    assert list(descriptions) == list(descriptions)
    with pytest.raises(IndexError):
        descriptions[3]


def test_a_description_of_a_segment_says_where_it_comes_from() -> None:
    row = leed.describe_all(recording())[0].to_dict()
    fingerprint = row.pop("fingerprint")
    assert fingerprint == leed.Describer().fingerprint
    assert row == {
        "source": "a.mp4",
        "modality": "face",
        "aspect": "expression",
        "granularity": "frame",
        "speaker": "Anna",
        "begin": 0.0,
        "end": 0.5,
        "text": "Hi",
        "description": 'They said "Hi" and look extremely joyful.',
        "notable": True,
        "terms": [{"label": "Joy", "score": 0.84, "adverb": "extremely", "adjective": "joyful"}],
    }


def test_describe_all_takes_a_recording_only() -> None:
    wrongs: list[Any] = [{"Joy": 0.8}, [], None, "predictions.json"]
    for wrong in wrongs:
        with pytest.raises(leed.LeedError, match="describe_all takes a Recording"):
            leed.describe_all(wrong)


def test_a_segment_is_described_with_what_it_knows_and_arguments_come_first() -> None:
    segment = leed.Segment(scores={"Joy": 0.84}, modality="face", text="Hi", begin=1.0, source="a")
    assert str(leed.describe(segment)) == 'They said "Hi" and look extremely joyful.'
    assert str(leed.describe(segment, modality="prosody", text="Ho")) == 'They said "Ho" and sound extremely joyful.'
    assert leed.describe(segment).begin == 1.0
    assert leed.describe(segment).source == "a"
    assert leed.Describer().text(segment) == str(leed.describe(segment))  # type: ignore[arg-type]
