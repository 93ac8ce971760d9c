"""What every vectorizer and sequence head must do, as checks that take a class's case and raise AssertionError."""

import copy
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import make_pipeline

from leed.classifiers import LeedClassifier


def talks() -> list[dict[str, Any]]:
    """18 items of two classes, with a face and, in all but one, a voice."""
    rng = np.random.default_rng(0)
    levels = np.clip(rng.normal([[0.8, 0.2, 0.5, 0.1], [0.2, 0.7, 0.1, 0.4]] * 9, 0.1), 0, 1).round(3).tolist()
    items = [{"face": {"Joy": a, "Fear": b}, "prosody": {"Joy": c, "Fear": d}} for a, b, c, d in levels]
    del items[4]["prosody"]
    return items


@dataclass(frozen=True)
class Case:
    """An estimator to check: how it is made, what it is given, what it may be tuned by."""

    make: Callable[[], Any]
    tuned: Mapping[str, list[Any]]
    X: list[dict[str, Any]] = field(default_factory=talks)
    y: NDArray[np.str_] = field(default_factory=lambda: np.array(["happy", "afraid"] * 9))
    groups: NDArray[np.str_] = field(default_factory=lambda: np.repeat(["Ann", "Ben", "Cem"], 6))

    def output(self, estimator: Any, X: Any) -> NDArray[np.float64]:
        return np.asarray(estimator.transform(X) if hasattr(estimator, "transform") else estimator.predict_proba(X))

    def fitted(self) -> Any:
        return self.make().fit(copy.deepcopy(self.X), self.y)


def check_clone(case: Case) -> None:
    estimator = case.fitted()
    copied: Any = clone(estimator)
    assert repr(copied.get_params()) == repr(case.make().get_params()), "a clone has other parameters"
    assert not [name for name in vars(copied) if name.endswith("_")], "a clone is fitted"


def check_not_fitted(case: Case) -> None:
    try:
        case.output(case.make(), case.X)
    except NotFittedError:
        return
    raise AssertionError("an estimator that is not fitted does not say so")


def check_refit(case: Case) -> None:
    twice = case.fitted().fit(copy.deepcopy(case.X[:12]), case.y[:12])
    once = case.make().fit(copy.deepcopy(case.X[:12]), case.y[:12])
    np.testing.assert_array_equal(
        case.output(twice, case.X), case.output(once, case.X), "a first fit shows in a second"
    )


def check_pickle(case: Case) -> None:
    estimator = case.fitted()
    again = pickle.loads(pickle.dumps(estimator))  # noqa: S301 - made here
    np.testing.assert_array_equal(case.output(again, case.X), case.output(estimator, case.X), "a pickle differs")


def check_set_output(case: Case) -> None:
    plain = case.output(case.fitted(), copy.deepcopy(case.X))
    for kind in ("pandas", "polars"):
        frame = case.fitted().set_output(transform=kind).transform(copy.deepcopy(case.X))
        assert type(frame).__module__.startswith(kind), f"{kind} was asked for"
        np.testing.assert_array_equal(frame.to_numpy(), plain, f"{kind} has other numbers")


def check_names(case: Case) -> None:
    estimator = case.fitted()
    names = estimator.get_feature_names_out().tolist()
    assert len(set(names)) == len(names) == case.output(estimator, case.X).shape[1], (
        "names are not those of the columns"
    )


def check_one_row(case: Case) -> None:
    estimator = case.fitted()
    alone = case.output(estimator, copy.deepcopy(case.X[3:4]))
    np.testing.assert_allclose(alone, case.output(estimator, case.X)[3:4], rtol=1e-6, err_msg="a row alone differs")


def check_missing_modality(case: Case) -> None:
    estimator = case.fitted()
    found = case.output(estimator, [{"face": {"Joy": 0.5, "Fear": 0.1}}, {"prosody": {"Joy": 0.5, "Fear": 0.1}}])
    assert found.shape == (2, case.output(estimator, case.X).shape[1])
    assert np.isfinite(found).all(), "what is missing is no number"


def check_input_unchanged(case: Case) -> None:
    given = copy.deepcopy(case.X)
    estimator = case.make().fit(given, case.y)
    case.output(estimator, given)
    assert given == case.X, "the input was changed"


def check_grid_search(case: Case) -> None:
    estimator = case.make()
    chain = make_pipeline(estimator, LeedClassifier(C=0.1)) if hasattr(estimator, "transform") else estimator
    step = type(estimator).__name__.lower() + "__" if chain is not estimator else ""
    grid = {step + name: values for name, values in case.tuned.items()}
    options: Any = {"error_score": "raise"}
    search = GridSearchCV(chain, grid, cv=GroupKFold(3), **options)
    search.fit(copy.deepcopy(case.X), case.y, groups=case.groups)
    assert search.best_score_ > 0.8, "what can be told apart is not"


def check_row_order(case: Case) -> None:
    order = np.random.default_rng(1).permutation(len(case.X))
    mixed = case.make().fit([copy.deepcopy(case.X[i]) for i in order], case.y[order])
    np.testing.assert_array_equal(
        case.output(mixed, case.X), case.output(case.fitted(), case.X), "the order of the rows shows"
    )


CHECKS = (
    check_clone,
    check_not_fitted,
    check_refit,
    check_pickle,
    check_one_row,
    check_missing_modality,
    check_input_unchanged,
    check_grid_search,
    check_row_order,
)
"""For every estimator."""

TRANSFORMER_CHECKS = (check_set_output, check_names)
"""For transformers only."""
