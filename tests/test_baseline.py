"""Baseline: what is usual for one person, learned while they are measured."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leed
from leed.baseline import PRIOR, SETTLED, WARM_UP
from tests.test_calibration import HUME_48, usual_face


def calm(times: int = 40, score: float = 0.04) -> leed.Baseline:
    baseline = leed.Baseline()
    for _ in range(times):
        baseline.add({"Distress": score}, modality="prosody")
    return baseline


# --- example 25b


def test_more_than_they_usually_do() -> None:
    description = leed.describe({"Distress": 0.14}, modality="prosody", baseline=calm())
    assert str(description) == "They sound slightly distressed, more than they usually do."
    assert description.terms[0].phrase == "slightly distressed"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"person": "The user"}, "The user sounds slightly distressed, more than the user usually does."),
        ({"tense": "past"}, "They sounded slightly distressed, more than they usually did."),
        ({"person": "You"}, "You sound slightly distressed, more than you usually do."),
        ({"text": "Hm."}, 'They said "Hm." and sound slightly distressed, more than they usually do.'),
        ({"lang": "de"}, "Die Person klingt leicht aufgewühlt, mehr als sonst."),
    ],
)
def test_the_clause_fits_person_tense_and_language(options: dict[str, Any], sentence: str) -> None:
    assert str(leed.describe({"Distress": 0.14}, modality="prosody", baseline=calm(), **options)) == sentence


@pytest.mark.parametrize(
    ("baseline", "score"),
    [(calm(WARM_UP - 1), 0.14), (calm(40, 0.14), 0.14), (calm(40, 0.2), 0.14), (calm(), 0.34), (leed.Baseline(), 0.14)],
    ids=["not warm yet", "as usual", "less than usual", "strong enough by itself", "of nothing yet"],
)
def test_no_clause_where_it_says_nothing(baseline: leed.Baseline, score: float) -> None:
    plain = leed.describe({"Distress": score}, modality="prosody")
    assert str(leed.describe({"Distress": score}, modality="prosody", baseline=baseline)) == str(plain)


# --- gate


def face(**changed: float) -> dict[str, float]:
    return usual_face(**changed)


def test_a_calm_person_is_not_called_calm_all_the_time() -> None:
    baseline = leed.Baseline()
    person = face(Calmness=0.7)
    assert str(leed.describe(person, modality="face", baseline=baseline)) == "They look very calm."
    rng = np.random.default_rng(3)
    for _ in range(200):
        baseline.add(face(Calmness=0.7 + 0.02 * rng.standard_normal()), modality="face")
    assert str(leed.describe(person, modality="face", baseline=baseline)) == "Nothing in their face stands out."
    assert str(leed.describe(face(Calmness=0.85), modality="face", baseline=baseline)) == "They look extremely calm."


def test_an_expression_that_is_held_does_not_become_usual() -> None:
    """Ten minutes at ease, then two minutes of anger, at three frames a second."""
    baseline = leed.Baseline()
    for _ in range(1800):
        baseline.add(face(), modality="face")
    for _ in range(360):
        baseline.add(face(Anger=0.6), modality="face")
    assert str(leed.describe(face(Anger=0.6), modality="face", baseline=baseline)) == "They look quite angry."


def test_one_outlier_changes_nothing() -> None:
    baseline = leed.Baseline()
    for _ in range(SETTLED // 2):
        baseline.add(face(), modality="face")
    before = [str(leed.describe(face(Awe=score), modality="face", baseline=baseline)) for score in (0.3, 0.5, 0.8)]
    baseline.add(face(Awe=1.0), modality="face")
    after = [str(leed.describe(face(Awe=score), modality="face", baseline=baseline)) for score in (0.3, 0.5, 0.8)]
    assert before == after


def test_a_cold_baseline_says_what_the_calibration_says() -> None:
    baseline = leed.Baseline()
    baseline.add(face(), modality="face")
    for scores in (face(Confusion=0.43), face(Interest=0.55), face(Fear=0.15)):
        assert str(leed.describe(scores, modality="face", baseline=baseline)) == str(
            leed.describe(scores, modality="face")
        )


def test_an_explanation_says_which_of_the_two_decided() -> None:
    """Also where another person had the same sentence before."""
    baseline = leed.Baseline()
    for _ in range(100):
        baseline.add(face(), modality="face")
    scores = face(Calmness=0.95)
    for _ in range(2):
        own = leed.describe(scores, modality="face", baseline=baseline)
        everybodys = leed.describe(scores, modality="face")
        assert str(own) == str(everybodys)
        assert "calibration the person's own baseline" in own.explain()
        assert "calibration hume-2026-11" in everybodys.explain()


def test_the_prior_fades() -> None:
    baseline = leed.Baseline()
    for n in (10, 100, 1000):
        for _ in range(n):
            baseline.add({"Distress": 0.04}, modality="prosody", taxonomy="hume-48")
    table = baseline.table("hume-48", "prosody")
    assert table is not None
    assert table.at("Distress", 0.5) == pytest.approx(0.04, rel=0.03 + PRIOR / 1000)


# --- carrying it


def test_a_baseline_survives_a_session() -> None:
    baseline = leed.Baseline()
    rng = np.random.default_rng(5)
    for _ in range(100):
        baseline.add(face(Calmness=0.7 + 0.02 * rng.standard_normal()), modality="face")
    carried = leed.Baseline.from_dict(json.loads(json.dumps(baseline.to_dict())))
    for scores in (face(Calmness=0.7), face(Calmness=0.9), face(Confusion=0.5)):
        assert str(leed.describe(scores, modality="face", baseline=carried)) == str(
            leed.describe(scores, modality="face", baseline=baseline)
        )
    assert carried.to_dict() == baseline.to_dict()


@pytest.mark.parametrize(
    "data", [{}, {"leed": "baseline/1"}, {"leed": "baseline/1", "tables": [{"n": "x"}]}, {"leed": 3}]
)
def test_what_is_no_baseline_is_said(data: dict[str, Any]) -> None:
    with pytest.raises(leed.LeedError, match="this is no baseline"):
        leed.Baseline.from_dict(data)


def test_it_counts_segments_and_recordings() -> None:
    recording = leed.read([{"modality": "prosody", "Distress": 0.04, "begin": i} for i in range(20)])
    baseline = leed.Baseline()
    baseline.add(recording)
    assert baseline.is_warm("Distress", "hume-48", "prosody")
    with pytest.raises(leed.LeedError, match="not list"):
        baseline.add([1])  # type: ignore[arg-type]
    with pytest.raises(leed.LeedError, match="no number"):
        baseline.add({"Joy": "a lot"}, modality="face")  # type: ignore[dict-item]


@given(st.lists(st.dictionaries(st.sampled_from(HUME_48), st.floats(allow_nan=True), max_size=5), max_size=30))
@settings(max_examples=50)
def test_any_scores_are_counted(rows: list[dict[str, float]]) -> None:
    baseline = leed.Baseline()
    for row in rows:
        baseline.add(usual_face(**row), modality="face")
        leed.describe(usual_face(**row), modality="face", baseline=baseline)
    table = baseline.table("hume-48", "face")
    assert table is None or all(math.isfinite(score) for scores in table.labels.values() for score in scores)
