"""LeedClassifier and LeedRegressor as scikit-learn checks them, and the same result whatever the order or process."""

import json
import subprocess
import sys
import textwrap
import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.exceptions import SkipTestWarning
from sklearn.utils.estimator_checks import check_estimator

from leed.classifiers import LeedClassifier, LeedRegressor, SequenceClassifier
from leed.classifiers.margins import offset_of
from leed.classifiers.splits import folds, leave_one_out
from tests.classifiers.contract import talks


@pytest.mark.parametrize("estimator", [LeedClassifier(), LeedRegressor(), SequenceClassifier(max_epochs=40)])
def test_a_numeric_estimator_passes_scikit_learns_checks(estimator: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SkipTestWarning)  # array API input is checked where SciPy is told to take it
        results = check_estimator(estimator, on_fail=None)
    failed = [(r["check_name"], r["exception"]) for r in results if r["status"] not in ("passed", "skipped")]
    assert failed == []
    assert [r["check_name"] for r in results if r["status"] == "skipped"] == ["check_array_api_input"]
    assert len(results) > 50


def numbers() -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(3)
    y = np.tile(["a", "b", "c"], 20)
    X = rng.normal(size=(60, 5)) + np.array([[0.0], [0.7], [1.4]] * 20)
    return X, y, np.repeat([f"s{i}" for i in range(6)], 10)


@pytest.mark.parametrize("make", [LeedClassifier, SequenceClassifier])
def test_the_order_of_rows_changes_nothing(make: Any) -> None:
    X, y, groups = numbers()
    order = np.random.default_rng(0).permutation(60)
    one = make().fit(X, y, groups=groups).predict_proba(X)
    other = make().fit(X[order], y[order], groups=groups[order]).predict_proba(X)
    assert one.tolist() == other.tolist()


def test_another_process_gets_the_same_result() -> None:
    source = """
        import json, sys
        from leed.classifiers import LeedClassifier, SequenceClassifier
        from tests.classifiers.test_estimators import numbers
        X, y, groups = numbers()
        models = [make().fit(X, y, groups=groups) for make in (LeedClassifier, SequenceClassifier)]
        print(json.dumps([model.predict_proba(X[:5]).tolist() for model in models]))
    """
    command = [sys.executable, "-c", textwrap.dedent(source)]
    first, second = (
        json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(2)
    )
    X, y, groups = numbers()
    assert first == second
    assert first[0] == LeedClassifier().fit(X, y, groups=groups).predict_proba(X[:5]).tolist()


def test_a_classifier_takes_items() -> None:
    items, y = talks(), ["happy", "afraid"] * 9
    model = LeedClassifier().fit(items, y, groups=["a"] * 6 + ["b"] * 6 + ["c"] * 6)
    assert model.predict(items[:2]).tolist() == ["happy", "afraid"]
    assert model.vectorizer_.sentences(items[:1])["face"] == ["They look extremely joyful."]


def test_probabilities_go_with_labels() -> None:
    X, y, groups = numbers()
    model = LeedClassifier().fit(X, y, groups=groups)
    told = model.predict_proba(X)
    assert np.allclose(told.sum(axis=1), 1)
    assert model.classes_[told.argmax(axis=1)].tolist() == model.predict(X).tolist()


def test_a_regressor_finds_a_line() -> None:
    X, _, groups = numbers()
    model = LeedRegressor().fit(X, X @ [1.0, 2.0, 0.0, 0.0, -1.0] + 3, groups=groups)
    assert model.predict(X[:1])[0] == pytest.approx(X[0] @ [1.0, 2.0, 0.0, 0.0, -1.0] + 3, abs=0.05)


def test_a_head_over_sequences_looks_at_their_own_steps_only() -> None:
    """What a sequence is batched with changes nothing."""
    rng = np.random.default_rng(0)
    X = [rng.normal(size=(steps, 3)) + level for level in (0, 2) for steps in range(1, 9)]
    model = SequenceClassifier(hidden=8, max_epochs=20).fit(X, [0] * 8 + [1] * 8)
    assert np.allclose(model.predict_proba(X)[:3], [model.predict_proba([x])[0] for x in X[:3]])


def test_folds_keep_each_speaker_on_one_side_in_any_order() -> None:
    _, y, groups = numbers()
    order = np.random.default_rng(0).permutation(60)
    sides = [{frozenset(groups[test]) for _, test in folds(y, groups)}]
    sides.append({frozenset(groups[order][test]) for _, test in folds(y[order], groups[order])})
    assert sides[0] == sides[1]
    assert all(not {*groups[train]} & {*groups[test]} for train, test in folds(y, groups))
    assert len(leave_one_out(y, groups)) == 6


def test_there_is_no_fold_where_nothing_can_be_held_out() -> None:
    assert folds([0, 1, 1], ["a", "a", "a"]) == []
    assert folds([0, 1, 1]) == []


def test_a_small_c_leaves_no_class_out() -> None:
    """Where all rows stand within the margin, libsvm gives an end of the offset's interval: one class for all."""
    rows = {"joy": [0.8, 0.2], "fear": [0.3, 0.6]}
    X = np.array([rows["joy"]] * 7 + [rows["fear"]] * 24 + [[0.2, 0.7]] * 5 + [[0.7, 0.1]] * 22)
    y = ["joy"] * 7 + ["fear"] * 29 + ["joy"] * 22
    model = LeedClassifier(C=1e-4).fit(X, y)
    assert model.predict(X).tolist() == y


@pytest.mark.parametrize("seed", range(20))
def test_the_offset_has_the_least_hinge_loss(seed: int) -> None:
    rng = np.random.default_rng(seed)
    heights, first, weights = rng.normal(size=15), np.arange(15) % 3 > 0, rng.uniform(0.5, 2, 15)

    def loss(offset: float) -> float:
        return float(weights @ np.maximum(0, 1 - np.where(first, 1, -1) * (heights + offset)))

    found = loss(offset_of(heights, first, weights))
    assert found <= min(loss(offset) for offset in np.linspace(-5, 5, 4001)) + 1e-12
