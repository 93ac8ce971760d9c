"""Vectorizers and sequence heads keep one contract, and a broken class fails each of its checks."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin

from leed.classifiers import FusionVectorizer, LeedVectorizer, SequenceClassifier
from leed.fusion import Items
from tests.classifiers.contract import CHECKS, TRANSFORMER_CHECKS, Case, check_names, check_set_output

Check = Callable[[Case], None]


class FaceVectorizer(LeedVectorizer):
    """A LeedVectorizer for the face of items."""

    def __init__(self, *, features: str = "leed", embedder: Any = "lexical") -> None:
        super().__init__(modality="face", features=features, embedder=embedder)

    def _items(self, X: Any) -> Items:
        return super()._items(Items.of(X))


TUNED = {"features": ["raw", "early"]}
CASES = {
    "raw": Case(lambda: FusionVectorizer(features="raw"), TUNED),
    "early": Case(lambda: FusionVectorizer(features="early"), TUNED),
    "late": Case(lambda: FusionVectorizer(features="late"), TUNED),
    "leed-frames": Case(lambda: FusionVectorizer(features="leed-frames"), TUNED),
    "frames-text": Case(lambda: FusionVectorizer(features="frames-text"), TUNED),
    "raw+early": Case(lambda: FusionVectorizer(features="raw+early"), TUNED),
    "calibration fitted": Case(
        lambda: FusionVectorizer(calibration="fit", describer={"top": 2}), {"calibration": [None]}
    ),
    "one modality": Case(FaceVectorizer, {"features": ["raw", "leed"]}),
}
HEAD = Case(lambda: SequenceClassifier(hidden=8, max_epochs=25, learning_rate=0.02), {"hidden": [4, 8]})


@pytest.mark.parametrize("check", [*CHECKS, *TRANSFORMER_CHECKS])
@pytest.mark.parametrize("name", CASES)
def test_a_vectorizer_keeps_the_contract(name: str, check: Check) -> None:
    check(CASES[name])


@pytest.mark.parametrize("check", CHECKS)
def test_a_sequence_head_keeps_the_contract(check: Check) -> None:
    check(HEAD)


class Broken(TransformerMixin, BaseEstimator):
    """Does everything wrong that the contract forbids."""

    def __init__(self, factor: float = 1.0) -> None:
        self.factor = [factor]
        self.seen_ = getattr(self, "seen_", 0)

    def fit(self, X: Any, y: Any = None) -> "Broken":  # noqa: ARG002
        self.seen_ += len(X)
        self.first_ = X[0]["face"]["Joy"]
        return self

    def transform(self, X: Any) -> Any:
        X[0]["face"]["Joy"] = 0.0
        seen = getattr(self, "seen_", 0)
        return np.array(
            [[one.get("face", {}).get("Joy", np.nan), seen, len(X), getattr(self, "first_", 0)] for one in X]
        )

    def get_feature_names_out(self, input_features: Any = None) -> Any:  # noqa: ARG002
        return np.array(["Joy", "Joy"], dtype=object)

    def __getstate__(self) -> dict[str, Any]:
        return {"factor": [1.0]}


@pytest.mark.parametrize("check", [*CHECKS, *TRANSFORMER_CHECKS])
def test_a_broken_class_fails_each_check(check: Check) -> None:
    with pytest.raises((AssertionError, RuntimeError, ValueError, TypeError)):
        check(Case(Broken, {"factor": [1.0, 2.0]}))


def test_the_checks_for_transformers_are_not_those_for_all() -> None:
    assert {check_names, check_set_output}.isdisjoint(CHECKS)
