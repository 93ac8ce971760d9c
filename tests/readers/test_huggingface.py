"""Hugging Face pipelines: one answer or several, cut by top_k, exclusive or not."""

import json
import math
import re
from typing import Any

import numpy as np
import pytest

import leed
from leed.errors import UnknownFormatError
from tests.support.told import codes, said

Pairs = list[dict[str, Any]]


def pairs(**scores: Any) -> Pairs:
    return [{"label": label, "score": score} for label, score in scores.items()]


def exclusive(plain: Any) -> tuple[str, bool]:
    (track,) = leed.read(plain).tracks
    return track.quantity, track.exclusive


@pytest.mark.parametrize(
    ("plain", "sentences"),
    [
        (pairs(hap=0.71, neu=0.2, ang=0.06, sad=0.03), ["They probably sound happy."]),
        (pairs(joy=0.93), ["They come across as very clearly joyful."]),
        ([pairs(joy=0.93, anger=0.02)], ["They come across as very clearly joyful."]),
        (
            [pairs(hap=0.8, neu=0.1), pairs(sad=0.6, neu=0.3)],
            ["They sound clearly happy.", "They probably sound sad."],
        ),
        (
            [[pairs(joy=0.93)], [pairs(anger=0.6)]],
            ["They come across as very clearly joyful.", "They probably come across as angry."],
        ),
        ({"label": "joy", "score": 0.93}, ["They come across as very clearly joyful."]),
        (
            pairs(gratitude=0.93, joy=0.41, relief=0.12),
            ["Their words read as very clearly grateful and possibly joyful."],
        ),
        (
            {"sequence": "This saved my week", "labels": ["joy", "anger"], "scores": [0.9, 0.1]},
            ['Their words "This saved my week" read as very clearly joyful.'],
        ),
        (
            {"file": "a.wav", "start": 0.5, "modality": "voice", "preds": pairs(hap=0.8, neu=0.1)},
            ["They sound clearly happy."],
        ),
        (pairs(POSITIVE=0.99, NEGATIVE=0.01), ["They come across as positive in tone."]),
    ],
)
def test_an_answer_is_described(plain: Any, sentences: list[str]) -> None:
    assert said(plain) == sentences
    assert said(json.dumps(plain).encode()) == sentences
    assert said(plain, format="huggingface") == sentences


def test_a_cut_softmax_is_exclusive_and_what_is_cut_off_is_not_reported() -> None:
    """The sum of the top two is below 1; two close ones are either, or."""
    (track,) = leed.read([pairs(hap=0.45, neu=0.4), pairs(sad=0.7, neu=0.2)]).tracks
    assert (track.taxonomy, track.labels) == ("iemocap-4", ("neu", "hap", "sad"))
    assert (track.quantity, track.exclusive) == ("probability", True)
    np.testing.assert_allclose(track.matrix, [[0.4, 0.45, np.nan], [0.2, np.nan, 0.7]], rtol=1e-6)
    assert said(pairs(hap=0.45, neu=0.4)) == ["They sound either happy or neutral."]


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        (pairs(anger=0.1, joy=0.9), ("probability", True)),
        (pairs(angry=0.5, calm=0.2, happy=0.1), ("probability", True)),
        (pairs(joy=0.9, anger=0.6), ("probability", False)),
        (pairs(gratitude=0.5, joy=0.3), ("probability", False)),
        (pairs(foo=0.5, joy=0.3), ("probability", True)),
        (pairs(arousal=0.9, dominance=0.5, valence=0.2), ("bipolar", False)),
    ],
)
def test_exclusive_or_not_is_told_from_the_labels_and_the_sum(plain: Any, expected: tuple[str, bool]) -> None:
    assert exclusive(plain) == expected


@pytest.mark.parametrize(
    "plain",
    [
        [{"label": "joy", "score": 0.9}, {"label": "joy", "score": 0.6}],
        [{"label": "joy", "score": 0.9}, {"label": "Joy", "score": 0.6}],
    ],
)
def test_a_label_that_stands_twice_tells_several_inputs(plain: Any) -> None:
    """A list of texts gives one flat list of their top labels."""
    assert said(plain) == ["They come across as very clearly joyful.", "They probably come across as joyful."]
    assert codes(plain) == ["inferred"]


def test_more_than_1_in_no_order_tells_several_inputs() -> None:
    plain = pairs(joy=0.6, sadness=0.95)
    assert said(plain) == ["They probably come across as joyful.", "They come across as very clearly sad."]
    assert str(leed.read(plain).issues[0]) == (
        "the list is read as the top labels of 2 inputs, not as one answer: it is in no order and sums to 1.55"
    )


def test_more_than_1_in_order_is_one_answer_with_several_labels_and_that_is_said() -> None:
    assert said(pairs(joy=0.95, sadness=0.6)) == ["They come across as very clearly joyful and probably sad."]
    assert codes(pairs(joy=0.95, sadness=0.6)) == ["inferred"]


def test_a_whole_set_in_the_models_own_order_is_one_answer() -> None:
    """As return_all_scores gave it, unsorted; its sigmoids may sum to more than 1."""
    labels = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
    scores = (0.2, 0.0, 0.1, 0.9, 0.3, 0.0, 0.1)
    plain = pairs(**dict(zip(labels, scores, strict=True)))
    assert len(leed.read(plain)) == 1
    assert exclusive(plain) == ("probability", False)


def test_logits_of_a_whole_set_become_probabilities_and_that_is_said() -> None:
    labels = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
    plain = pairs(**dict(zip(labels, (-1.2, 0.1, 0.0, 5.0, 0.2, 0.3, 2.0), strict=True)))
    segment = leed.read(plain).segments()[0]
    assert segment.scores["happy"] == pytest.approx(0.9231, abs=1e-4)
    assert str(leed.read(plain).issues[0]) == "scores are logits (-1.2 to 5); softmax made probabilities of them"


def test_logits_that_do_not_exclude_each_other_go_through_a_sigmoid() -> None:
    recording = leed.read(pairs(gratitude=2.0, joy=-2.0))
    assert recording.segments()[0].scores == pytest.approx({"gratitude": 0.8808, "joy": 0.1192}, abs=1e-4)
    assert [i.code for i in recording.issues] == ["inferred", "inferred"]


def test_per_cent_becomes_shares() -> None:
    recording = leed.read(pairs(happy=96.0, sad=4.0))
    assert recording.segments()[0].scores == pytest.approx({"happy": 0.96, "sad": 0.04})
    assert [i.code for i in recording.issues] == ["inferred"]


def test_cut_logits_are_kept_and_reported() -> None:
    recording = leed.read(pairs(happy=5.0, sad=2.0))
    assert recording.segments()[0].scores == {"happy": 5.0, "sad": 2.0}
    assert [i.code for i in recording.issues] == ["inferred", "out-of-range"]


@pytest.mark.parametrize(
    ("plain", "code"),
    [
        (pairs(joy="0.9"), "not-a-number"),
        (pairs(joy=math.nan, anger=0.3), "not-finite"),
        (pairs(joy=10**400, anger=0.3), "not-finite"),
        (pairs(joy="much", anger=0.3), "unreadable-score"),
        ([{"label": None, "score": 0.8}, {"label": "joy", "score": 0.2}], "not-read"),
        ([pairs(joy=0.9), []], "no-scores"),
        (pairs(joy=None), "no-scores"),
    ],
)
def test_what_is_odd_is_reported(plain: Any, code: str) -> None:
    assert code in codes(plain)


def test_a_mapping_around_an_answer_says_when_who_and_where() -> None:
    rows = [
        {"file": "a.wav", "start": i, "end": i + 1, "speaker": "Ben", "text": "so", "preds": pairs(hap=0.8)}
        for i in (0, 1)
    ]
    (track,) = leed.read(rows).tracks
    assert (track.source, track.speaker, track.begin.tolist(), track.text) == ("a.wav", "Ben", [0.0, 1.0], ("so", "so"))


def test_a_mapping_by_modality_stays_a_mapping() -> None:
    assert said({"voice": pairs(hap=0.9)}) == ["They sound extremely happy."]


def test_the_pairs_can_still_be_read_as_a_mapping() -> None:
    assert said(pairs(happy=0.8, sad=0.2), format="mapping") == ["They come across as extremely happy."]


def test_arrays_are_taken_as_lists() -> None:
    plain = {"sequence": "so", "labels": np.array(["joy", "anger"]), "scores": np.array([0.9, 0.1])}
    assert said(plain) == ['Their words "so" read as very clearly joyful.']


def test_an_error_answer_is_a_near_miss() -> None:
    plain = {"error": "Model a/b is currently loading", "estimated_time": 20.0}
    for options in ({}, {"format": "huggingface"}):
        with pytest.raises(
            UnknownFormatError,
            match=r"error answer of Hugging Face's API \(Model a/b is currently loading\); ask again",
        ):
            leed.read(plain, **options)


def test_boxes_of_objects_are_no_answer() -> None:
    plain = [{"label": "person", "score": 0.9, "box": {"xmin": 1}}]
    with pytest.raises(UnknownFormatError, match=r"no list of \{label, score\}"):
        leed.read(plain, format="huggingface")


@pytest.mark.parametrize(
    ("plain", "modality"),
    [
        (pairs(gratitude=0.9), "language"),
        (pairs(neu=0.9), "prosody"),
        (pairs(sad=0.9), None),
        (pairs(joy=0.9), None),
        (pairs(happy=0.9), None),
    ],
)
def test_the_modality_is_told_by_labels_of_one_kind_of_model_only_and_that_is_said(
    plain: Any, modality: str | None
) -> None:
    recording = leed.read(plain)
    assert recording.tracks[0].modality == modality
    assert [i.code for i in recording.issues] == (["inferred"] if modality else [])


@pytest.mark.parametrize(
    "labels",
    [
        *(("cat", "dog"), ("spam", "ham"), ("5 stars", "4 stars"), ("LABEL_0", "LABEL_1"), ("yes", "no")),
        *(("nsfw", "normal"), ("high", "strong"), ("slow", "fast"), ("East Asian", "White"), ("male", "female")),
    ],
)
def test_a_classifier_of_something_else_is_read_only_where_it_is_asked_for(labels: tuple[str, str]) -> None:
    plain = [{"label": label, "score": score} for label, score in zip(labels, (0.9, 0.1), strict=True)]
    what = f"holds classes {', '.join(labels)}, none of which leed knows as an expression; with format='huggingface'"
    with pytest.raises(UnknownFormatError, match=re.escape(what)):
        leed.read(plain)
    track = leed.read(plain, format="huggingface").tracks[0]
    assert track.labels == (labels if labels != ("male", "female") else ("gender: male", "gender: female"))


def test_classes_that_are_only_numbered_are_reported() -> None:
    recording = leed.read(pairs(LABEL_0=0.9, LABEL_1=0.1), format="huggingface")
    assert [issue.code for issue in recording.issues] == ["unnamed-labels"]
