"""Metrics against scikit-learn's and against their formulas, and intervals over speakers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike
from sklearn.metrics import balanced_accuracy_score, mean_absolute_error, recall_score

from leed.classifiers import metrics
from leed.errors import InputError

RNG = np.random.default_rng(0)
TRUE = RNG.choice(["afraid", "calm", "happy"], 90, p=[0.2, 0.1, 0.7])
PREDICTED = np.where(RNG.random(90) < 0.6, TRUE, RNG.choice(["afraid", "calm", "happy", "sad"], 90))
SPEAKERS = np.repeat([f"s{i}" for i in range(9)], 10)
WEIGHTS = RNG.random(90)
NAN = float("nan")


# --- classes


def test_uar_is_the_balanced_accuracy_of_scikit_learn() -> None:
    known = np.where(PREDICTED == "sad", "calm", PREDICTED)  # scikit-learn warns of labels that are only predicted
    assert metrics.uar(TRUE, known) == pytest.approx(balanced_accuracy_score(TRUE, known), abs=1e-12)
    weighted = balanced_accuracy_score(TRUE, known, sample_weight=WEIGHTS)
    assert metrics.uar(TRUE, known, WEIGHTS) == pytest.approx(weighted, abs=1e-12)
    assert metrics.uar(TRUE, PREDICTED, WEIGHTS) != metrics.uar(TRUE, PREDICTED)


def test_uar_of_one_class_is_its_recall() -> None:
    assert metrics.uar(["a", "a", "a", "a"], ["a", "b", "b", "b"]) == 0.25


def test_recalls_are_those_of_scikit_learn() -> None:
    each: Any = recall_score  # its types do not know of average=None
    told = each(TRUE, PREDICTED, labels=["afraid", "calm", "happy"], average=None)
    assert metrics.recalls(TRUE, PREDICTED) == pytest.approx(dict(zip(["afraid", "calm", "happy"], told, strict=True)))


def test_labels_may_be_numbers_or_truths() -> None:
    assert metrics.recalls([0, 0, 1], [0, 1, 1]) == {0: 0.5, 1: 1.0}
    assert metrics.uar([True, False], [1, 0]) == 1.0
    assert metrics.uar(np.array(["a", "b"], object), ["a", "c"]) == 0.5


def test_confusion_has_true_labels_in_rows_in_the_order_asked_for() -> None:
    assert metrics.confusion(["a", "a", "b"], ["b", "a", "b"], ["b", "a"]).tolist() == [[1, 0], [1, 1]]
    assert metrics.confusion(["a"], ["c"]).tolist() == [[0, 1], [0, 0]]


# --- numbers


@pytest.mark.parametrize(
    ("true", "told", "expected"),
    [
        ([1, 2, 3], [1, 2, 3], 1.0),
        ([1, 2, 3], [3, 2, 1], -1.0),
        ([1, 2, 3], [2, 3, 4], 4 / 7),  # 2 x 2/3 / (2/3 + 2/3 + 1)
        ([1, 2, 3], [2, 4, 6], 4 / 11),  # 2 x 4/3 / (2/3 + 8/3 + 4)
        ([1, 2, 3], [2, 2, 2], 0.0),
        ([5, 5], [5, 5], 1.0),
        ([5, 5], [6, 6], 0.0),
    ],
)
def test_ccc_is_lins(true: list[float], told: list[float], expected: float) -> None:
    assert metrics.ccc(true, told) == pytest.approx(expected, abs=1e-12)


def test_ccc_is_the_correlation_lowered_by_what_lies_apart() -> None:
    true, told = RNG.normal(0, 1, 200), RNG.normal(0.3, 2, 200)
    told += true
    r = np.corrcoef(true, told)[0, 1]
    expected = 2 * r * true.std() * told.std() / (true.var() + told.var() + (true.mean() - told.mean()) ** 2)
    assert metrics.ccc(true, told) == pytest.approx(expected)
    assert metrics.ccc(told, true) == pytest.approx(expected)


def test_mae_is_that_of_scikit_learn() -> None:
    true, told = RNG.normal(size=50), RNG.normal(size=50)
    assert metrics.mae(true, told) == pytest.approx(mean_absolute_error(true, told))


# --- probabilities


def test_reliability_compares_what_was_told_with_what_was_right() -> None:
    told = [[0.95, 0.05], [0.85, 0.15], [0.4, 0.6], [0.3, 0.7], [0.0, 1.0]]
    found = metrics.reliability(["a", "b", "b", "b", "b"], told, ["a", "b"], bins=2)
    assert (found.counts.tolist(), found.right.tolist()) == ([5], [0.8])
    assert found.told.tolist() == pytest.approx([0.82])
    assert found.error == pytest.approx(0.02)
    found = metrics.reliability(["a", "b", "b", "b", "b"], told, ["a", "b"], bins=4)
    assert found.counts.tolist() == [2, 3]
    assert found.told.tolist() == pytest.approx([0.65, 2.8 / 3])
    assert found.right.tolist() == pytest.approx([1.0, 2 / 3])
    assert found.error == pytest.approx((2 * 0.35 + 3 * (2.8 / 3 - 2 / 3)) / 5)


def test_reliability_has_no_error_where_the_probabilities_are_right() -> None:
    told = np.tile([0.75, 0.25], (4, 1))
    assert metrics.reliability(["a", "a", "a", "b"], told, ["a", "b"]).error == pytest.approx(0)


# --- intervals


def test_the_same_seed_gives_the_same_interval() -> None:
    once = metrics.interval(TRUE, PREDICTED, SPEAKERS, rounds=200, seed=3)
    assert once == metrics.interval(TRUE, PREDICTED, SPEAKERS, rounds=200, seed=3)
    assert once != metrics.interval(TRUE, PREDICTED, SPEAKERS, rounds=200, seed=4)
    assert once.low < once.value < once.high
    assert once.value == metrics.uar(TRUE, PREDICTED)


def test_the_names_and_order_of_speakers_do_not_count() -> None:
    once = metrics.interval(TRUE, PREDICTED, SPEAKERS, rounds=200)
    numbered = [int(name[1:]) for name in SPEAKERS]
    assert metrics.interval(TRUE, PREDICTED, numbered, rounds=200) == once


def test_whole_speakers_are_drawn() -> None:
    seen: list[frozenset[int]] = []

    def noted(true: ArrayLike, _: ArrayLike) -> float:
        values, counts = np.unique(np.asarray(true), return_counts=True)
        seen.append(frozenset(counts.tolist()))
        assert all(values // 4 * 4 + k in values for k in range(4))
        return 0.0

    metrics.interval(np.arange(12), np.arange(12), np.repeat(["x", "y", "z"], 4), metric=noted, rounds=50)
    assert {frozenset({1}), frozenset({3}), frozenset({1, 2})} == set(seen)


def test_speakers_who_differ_make_an_interval_wider_than_their_samples_would() -> None:
    true = np.tile(["a", "b"], 60)
    told = np.where(np.arange(120) < 60, true, "c")  # half of the speakers are all right, half all wrong
    speakers = np.repeat(np.arange(6), 20)
    by_speaker = metrics.interval(true, told, speakers, rounds=500)
    by_sample = metrics.interval(true, told, rounds=500)
    assert by_speaker.high - by_speaker.low > 2 * (by_sample.high - by_sample.low)
    assert by_speaker.value == by_sample.value == 0.5


def test_one_speaker_gives_no_range() -> None:
    found = metrics.interval(TRUE, PREDICTED, ["s"] * 90, rounds=20)
    assert found.low == found.value == found.high


def test_an_interval_is_of_any_metric() -> None:
    found = metrics.interval([1.0, 2.0, 3.0, 4.0], [1.5, 2.5, 3.5, 4.5], metric=metrics.mae, rounds=20)
    assert str(found) == "0.500 [0.500, 0.500]"


def test_a_system_is_no_better_than_itself() -> None:
    assert metrics.paired_difference(TRUE, PREDICTED, PREDICTED, SPEAKERS, rounds=200) == metrics.Interval(0, 0, 0)


def test_systems_that_are_equally_good_differ_by_an_interval_about_zero() -> None:
    true = np.tile(["a", "b"], 60)
    speakers = np.repeat(np.arange(12), 10)
    wrong = np.where(true == "a", "b", "a")
    one = np.where(speakers % 2 == 0, wrong, true)
    other = np.where(speakers % 2 == 1, wrong, true)
    found = metrics.paired_difference(true, one, other, speakers, rounds=500)
    assert found.value == 0
    assert found.low < 0 < found.high


def test_both_systems_are_judged_on_the_same_speakers() -> None:
    true = np.tile(["a", "b"], 60)
    speakers = np.repeat(np.arange(12), 10)
    other = np.where(speakers % 2 == 0, np.where(true == "a", "b", "a"), true)
    better = other.copy()
    better[::10] = true[::10]  # one sample of each speaker, mended
    found = metrics.paired_difference(true, better, other, speakers, rounds=500)
    apart = metrics.interval(true, other, speakers, rounds=500)
    assert found.low > 0 or found.high - found.low < (apart.high - apart.low) / 2
    again = metrics.paired_difference(true, better, other, speakers, rounds=500)
    assert (again.value, again.low, again.high) == (found.value, found.low, found.high)
    assert metrics.paired_difference(true, other, better, speakers, rounds=500).value == -found.value


# --- odd input

PAIRED: list[Callable[..., Any]] = [
    metrics.uar,
    metrics.recalls,
    metrics.confusion,
    metrics.ccc,
    metrics.mae,
    metrics.interval,
]


@pytest.mark.parametrize("metric", PAIRED)
def test_each_sample_needs_one_prediction(metric: Callable[..., Any]) -> None:
    with pytest.raises(InputError, match=r"^there are 2 predictions for 3 samples; give one for each, and some$"):
        metric([1, 2, 3], [1, 2])
    with pytest.raises(InputError, match=r"^there are 0 predictions for 0 samples; give one for each, and some$"):
        metric([], [])
    with pytest.raises(InputError, match=r"^samples have the shape \(2, 1\), predictions \(2,\); give one label"):
        metric([[1], [2]], [1, 2])


@pytest.mark.parametrize("missing", [NAN, None])
@pytest.mark.parametrize("metric", PAIRED)
def test_a_missing_value_is_an_error(metric: Callable[..., Any], missing: float | None) -> None:
    with pytest.raises(InputError, match=r"^among the predictions is a missing value \(None or NaN\); leave"):
        metric([1.0, 2.0], [1.0, missing])
    with pytest.raises(InputError, match=r"^among the samples' truth is a missing value \(None or NaN\); leave"):
        metric([missing, 2.0], [1.0, 2.0])


def test_labels_that_are_text_here_and_numbers_there_are_an_error() -> None:
    with pytest.raises(InputError, match=r"^the truth is such as 1, predictions such as 0: give both as text, or both"):
        metrics.uar(["1", "0"], [0, 1])


def test_words_have_no_ccc() -> None:
    with pytest.raises(InputError, match=r"^the truth is such as a, predictions such as a: give numbers$"):
        metrics.ccc(["a", "b"], ["a", "b"])


@pytest.mark.parametrize("weights", [[1.0], [1.0, NAN, 1.0], [1.0, -1.0, 1.0]])
def test_weights_that_are_none_are_an_error(weights: list[float]) -> None:
    with pytest.raises(InputError, match=r"for 3 samples; give a number from 0 up for each$"):
        metrics.uar(["a", "a", "b"], ["a", "a", "b"], weights)


def test_a_label_that_weighs_nothing_is_an_error() -> None:
    with pytest.raises(InputError, match=r"^the samples of b all weigh 0; give some of them a weight, or leave"):
        metrics.uar(["a", "a", "b"], ["a", "a", "b"], [1, 1, 0])


@pytest.mark.parametrize("told", [[[0.5, 0.5]], [[1.0], [1.0]], []])
def test_probabilities_need_a_row_for_each_sample_and_a_column_for_each_label(told: list[Any]) -> None:
    with pytest.raises(InputError, match=r"^probabilities have the shape .*; give \(2, 2\): 2 samples, 2 labels"):
        metrics.reliability(["a", "b"], told, ["a", "b"])


@pytest.mark.parametrize("odd", [NAN, 1.5, -0.5])
def test_what_is_no_probability_is_an_error(odd: float) -> None:
    with pytest.raises(InputError, match=r"^a probability is NaN, or not from 0 to 1; give what predict_proba gives$"):
        metrics.reliability(["a", "b"], [[0.5, 0.5], [odd, 0.5]], ["a", "b"])


def test_no_bins_and_no_rounds_are_errors() -> None:
    with pytest.raises(InputError, match=r"^bins is 0; give 1 or more$"):
        metrics.reliability(["a"], [[1.0]], ["a"], bins=0)
    with pytest.raises(InputError, match=r"^rounds is 0; give 1 or more$"):
        metrics.interval(["a"], ["a"], rounds=0)


def test_each_sample_needs_a_group() -> None:
    with pytest.raises(InputError, match=r"^there are groups of shape \(1,\) for 2 samples; give one for each$"):
        metrics.interval(["a", "b"], ["a", "b"], ["s"])
    with pytest.raises(InputError, match=r"^a group is missing \(None or NaN\); say who each sample is of, or give no"):
        metrics.paired_difference(["a", "b"], ["a", "b"], ["a", "b"], np.array(["s", None]))


def test_the_other_system_needs_a_prediction_for_each_sample() -> None:
    with pytest.raises(InputError, match=r"^there are 1 predictions for 2 samples; give one for each, and some$"):
        metrics.paired_difference(["a", "b"], ["a", "b"], ["a"])
