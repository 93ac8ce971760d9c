"""How many bits words keep is measured so that noise gains nothing and a broken describer is found out."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

import leed
from leed_evals.faithful.comparison import (
    BARE,
    CALM,
    DEFAULT,
    ORDERED,
    PUBLISHED,
    RAW,
    SHUFFLED,
    Comparison,
    gates,
    requirements_of_gates,
    requirements_of_words,
    wordings,
)
from leed_evals.faithful.information import fitted, gain, left_out, mean, raw, worded, words
from leed_evals.faithful.ways import described
from tests.support.labelled import made, telling_degrees, telling_labels


@pytest.fixture(scope="module")
def by_labels() -> Comparison:
    return wordings(telling_labels())


@pytest.fixture(scope="module")
def by_degrees() -> Comparison:
    return wordings(telling_degrees())


class RandomLabels:
    """A broken describer: it names any label, whatever the scores."""

    def __init__(self) -> None:
        self._rng = np.random.default_rng(7)

    def __call__(self, segment: leed.Segment) -> leed.Description:
        label = self._rng.choice(list(segment.scores))
        return leed.describe({str(label): float(self._rng.uniform(0.3, 0.9))}, modality="face")


class RandomDegrees:
    """A broken describer: it names the right label, and says anything of how strong it is."""

    def __init__(self) -> None:
        self._rng = np.random.default_rng(7)

    def __call__(self, segment: leed.Segment) -> leed.Description:
        label = max(segment.scores, key=lambda label: segment.scores[label])
        return leed.describe({label: float(self._rng.uniform(0.3, 0.9))}, modality="face")


def verdicts(comparison: Comparison) -> dict[str, bool]:
    return {requirement.name: requirement.holds for requirement in requirements_of_words([comparison])}


# --- gain


def test_scores_and_words_that_tell_the_emotion_gain_most_of_its_bits(by_labels: Comparison) -> None:
    assert 1.0 < by_labels.estimate(RAW).value < np.log2(3)
    assert 1.0 < by_labels.estimate(DEFAULT).value < np.log2(3)


@pytest.mark.parametrize("seed", range(3))
def test_scores_that_tell_nothing_gain_nothing(seed: int) -> None:
    labelled = telling_labels()
    noise = replace(labelled, acted=np.random.default_rng(seed).permutation(labelled.acted))
    assert mean(gain(raw(noise), noise), noise.speakers).value < 0.02


@pytest.mark.parametrize("seed", range(3))
def test_features_of_every_row_alone_gain_nothing(seed: int) -> None:
    """A label of its own for each row would hold all bits by counting."""
    labelled = telling_labels(seed)
    matrix = np.eye(len(labelled))
    assert mean(gain(lambda _: matrix, labelled), labelled.speakers).value <= 0.001


def test_shuffled_emotions_gain_nothing(by_labels: Comparison) -> None:
    assert by_labels.estimate(SHUFFLED).value < 0.02


def test_adverbs_help_where_the_degree_tells_the_emotion(by_degrees: Comparison) -> None:
    assert by_degrees.difference(DEFAULT, BARE).low > 0.8
    assert by_degrees.estimate(BARE).value < 0.02


def test_a_speaker_is_never_in_training_and_test() -> None:
    speakers = telling_labels().speakers
    parts = list(left_out(speakers, 5))
    assert [len({*speakers[training]}) for training, _ in parts] == [8, 8, 8, 8, 8]
    assert all({*speakers[training]}.isdisjoint(speakers[test]) for training, test in parts)
    assert sorted(np.concatenate([test for _, test in parts]).tolist()) == list(range(len(speakers)))


def test_features_are_made_from_the_training_part() -> None:
    labelled = telling_labels()
    seen = []

    def features(training: NDArray[np.intp]) -> NDArray[np.float64]:
        seen.append({*labelled.speakers[training].tolist()})
        return labelled.track.matrix.astype(np.float64)

    gain(features, labelled)
    assert [len(speakers) for speakers in seen] == [8, 8, 8, 8, 8]


def test_the_same_is_measured_each_time() -> None:
    labelled = telling_labels()
    first, second = (mean(gain(raw(labelled), labelled), labelled.speakers) for _ in range(2))
    assert first == second


def test_the_interval_is_wider_where_speakers_differ() -> None:
    speakers = np.repeat(["a", "b", "c", "d"], 25)
    alike, different = np.tile([0.0, 1.0], 50), np.repeat([0.0, 1.0, 0.0, 1.0], 25)
    assert mean(alike, speakers).high - mean(alike, speakers).low < 0.1
    assert mean(different, speakers).low < 0.1
    assert mean(different, speakers).high > 0.9


def test_words_are_labels_with_their_adverbs_or_the_sentence() -> None:
    tied = leed.describe({"NEUTRAL": 0.476, "SAD": 0.386, "HAPPY": 0.133, "ANGRY": 0.005}, modality="prosody")
    assert words(tied) == ["NEUTRAL", "either NEUTRAL", "SAD", "either SAD"]
    assert words(leed.describe({"Joy": 0.1}, modality="face")) == ["They look neutral."]


@pytest.mark.parametrize("speakers", [["a", "b"] * 6, ["a", "a", "b", "c"] * 3])
def test_too_few_speakers_to_leave_any_out_is_an_error(speakers: list[str]) -> None:
    labelled = made(["joy", "fear"] * 6, [{"Joy": 0.5}] * 12)
    with pytest.raises(leed.LeedError, match="give at least three speakers, each with every emotion"):
        gain(raw(labelled), replace(labelled, speakers=np.array(speakers)))


# --- what has to hold


def test_the_describer_holds_what_it_must(by_labels: Comparison, by_degrees: Comparison) -> None:
    assert all(verdicts(by_labels).values())
    assert all(verdicts(by_degrees).values())


def test_a_describer_that_names_any_label_is_found_out() -> None:
    published = leed.Describer(scale=PUBLISHED)
    found = verdicts(wordings(telling_labels(), {DEFAULT: RandomLabels(), PUBLISHED: published}))
    assert not found["words: bits, lower end"]
    assert not found["words: bits over hume-2023, upper end"]


def test_a_describer_that_says_any_degree_is_found_out() -> None:
    published = leed.Describer(scale=PUBLISHED)
    found = verdicts(wordings(telling_degrees(), {DEFAULT: RandomDegrees(), PUBLISHED: published}))
    assert not found["words: bits, lower end"]


def test_an_evaluation_that_sees_the_emotion_in_shuffled_rows_is_found_out(by_labels: Comparison) -> None:
    leaking = Comparison(by_labels.labelled, {**by_labels.bits, SHUFFLED: by_labels.bits[DEFAULT]})
    assert not verdicts(leaking)["shuffled emotions: bits"]


# --- gates


def test_a_gate_is_fitted_on_the_given_rows_alone() -> None:
    labelled = telling_labels()
    matrix = labelled.track.matrix.copy()
    matrix[100:] = 0.99
    other = leed.Track(labels=labelled.track.labels, matrix=matrix, modality="face", taxonomy="hume-48")
    rows = np.arange(100)
    assert fitted(labelled.track, rows) == fitted(other, rows)


def test_a_gate_that_loses_what_tells_the_emotion_is_found_out() -> None:
    """What is usual for happiness is above the scale's floor, so that only a gate leaves it unsaid."""
    rng = np.random.default_rng(3)
    acted = [("NEU", "NEU", "ANG")[i] for i in rng.integers(3, size=240)]
    strong = {"ANG": (0.6, 0.9), "NEU": (0.05, 0.1)}
    rows = [{"HAP": rng.uniform(0.4, 0.5), "ANG": rng.uniform(*strong[emotion])} for emotion in acted]
    comparison = gates(made(acted, rows, taxonomy="cremad-6"))
    assert [requirement.holds for requirement in requirements_of_gates([comparison])] == [True]
    states = comparison.labelled
    silent = gain(worded(described(states.track, lambda _: leed.describe({"Joy": 0.0}))), states)
    lossy = Comparison(states, {**comparison.bits, CALM: silent})
    assert [requirement.holds for requirement in requirements_of_gates([lossy])] == [False]


def test_every_contender_is_measured(by_degrees: Comparison) -> None:
    assert list(by_degrees.bits) == [
        RAW,
        "leed-2026-11",
        "hume-2023",
        "three-step",
        "four-step",
        "words-and-number",
        ORDERED,
        BARE,
        SHUFFLED,
    ]
