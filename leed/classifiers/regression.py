"""LeedRegressor: scaled features and a ridge, for valence, arousal and other numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from leed.classifiers.inputs import checked_fit, checked_x
from leed.classifiers.rows import Rows, Standard, different_rows
from leed.classifiers.splits import folds

STRENGTHS = (1e-1, 1e0, 1e1, 1e2, 1e3, 1e4)
"""The penalties among which is chosen, for features with a standard deviation of 1."""


class LeedRegressor(RegressorMixin, BaseEstimator):
    """Ridge regression on scaled features, its penalty chosen by cross-validation that keeps each speaker on one side.

    X is a matrix of numbers, or items, as for `LeedClassifier`. The order of the rows never changes a model.

    Parameters
    ----------
    alpha : float or sequence of float, default=(0.1, 1, 10, 100, 1000, 10000)
        The penalty; of several, the one with the least squared error on held-out folds, of equals the largest.
    n_folds : int, default=3
        Folds of the inner cross-validation.
    features, embedder, describer : str, str or Embedder, Describer or None
        For items: as in `FusionVectorizer`.
    random_state : int or None, default=0
        Which groups stand together in a fold.

    Attributes
    ----------
    alpha_ : float
        The penalty that was chosen.
    scores_ : dict of float to float
        The mean squared error on held-out folds, by penalty; empty where nothing was chosen.
    coef_ : ndarray of shape (n_features,) or (n_targets, n_features)
        Weights on features as they are given.
    intercept_ : float or ndarray of shape (n_targets,)
        What is added.
    vectorizer_ : FusionVectorizer or None
        What makes features of items.
    n_features_in_ : int
        How many features there are.

    Notes
    -----
    A ridge and not the paper's SVM: a numeric target calls for a regression, and this one has a solution in closed
    form (Hoerl & Kennard 1970, Technometrics 12), the same on every machine.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.1], [0.4], [0.6], [0.9]] * 3)
    >>> model = LeedRegressor().fit(X, 2 * X[:, 0], groups=np.repeat(["a", "b", "c"], 4))
    >>> model.predict([[0.5]]).round(2).tolist()
    [1.0]
    """

    def __init__(
        self,
        *,
        alpha: float | Sequence[float] = STRENGTHS,
        n_folds: int = 3,
        features: str = "early",
        embedder: Any = "lexical",  # noqa: ANN401 - a name or an Embedder
        describer: Any = None,  # noqa: ANN401 - a Describer, or None
        random_state: int | None = 0,
    ) -> None:
        self.alpha = alpha
        self.n_folds = n_folds
        self.features = features
        self.embedder = embedder
        self.describer = describer
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - scikit-learn has no types
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def fit(
        self,
        X: Any,  # noqa: ANN401, N803 - numbers or items; as scikit-learn has it
        y: ArrayLike,
        groups: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> LeedRegressor:
        """Fit the model.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), or items
            What is known of each sample.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            The numbers to predict.
        groups : array-like of shape (n_samples,) or None
            Who each is of: speakers are never on both sides of an inner fold.
        sample_weight : array-like of shape (n_samples,) or None
            How much each counts.

        Returns
        -------
        self : LeedRegressor
            The same, fitted.
        """
        x, target, who, weights = checked_fit(self, X, y, groups, sample_weight, y_numeric=True, multi_output=True)
        rows = different_rows(x, np.asarray(target, np.float64), who, weights)
        self._choose(rows)
        coefficients, offset = _ridge(rows, self.alpha_)
        one = np.ndim(target) == 1
        self.coef_ = coefficients[0] if one else coefficients
        self.intercept_ = float(offset[0]) if one else offset
        return self

    def _choose(self, rows: Rows) -> None:
        penalties = sorted({float(a) for a in np.atleast_1d(np.asarray(self.alpha, np.float64))})
        if not penalties or penalties[0] <= 0:
            raise ValueError(f"alpha is {self.alpha!r}; give a number above 0, or several")
        splits = folds(rows.y, rows.groups, n_splits=self.n_folds, seed=self.random_state, classes=False)
        self.alpha_ = penalties[len(penalties) // 2]
        self.scores_: dict[float, float] = {}
        if not splits or len(penalties) == 1:
            return
        for penalty in penalties:
            errors = np.zeros(len(rows))
            for train, test in splits:
                coefficients, offset = _ridge(rows.take(train), penalty)
                told = rows.x[test] @ coefficients.T + offset
                errors[test] = ((told - rows.y[test].reshape(len(test), -1)) ** 2).mean(axis=1)
            self.scores_[penalty] = float(np.average(errors, weights=rows.weights))
        self.alpha_ = min(penalties, key=lambda a: (self.scores_[a], -a))

    def predict(self, X: Any) -> NDArray[np.float64]:  # noqa: ANN401, N803 - as in fit
        """Return the numbers of each sample.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), or items
            What is known of each sample.

        Returns
        -------
        numbers : ndarray of shape (n_samples,) or (n_samples, n_targets)
            As in ``y``.
        """
        check_is_fitted(self)
        return np.asarray(checked_x(self, X) @ self.coef_.T + self.intercept_)


def _ridge(rows: Rows, penalty: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights (t, d) on features as given and offsets (t,)."""
    from sklearn.linear_model import Ridge  # noqa: PLC0415 - only here

    standard = Standard.of(rows)
    targets = rows.y.reshape(len(rows), -1)
    ridge = Ridge(alpha=penalty, solver="cholesky").fit(standard(rows.x), targets, sample_weight=rows.weights)
    weights = np.atleast_2d(ridge.coef_)
    coefficients = standard.unturned(weights) / standard.scale
    return coefficients, np.atleast_1d(ridge.intercept_) - coefficients @ standard.mean
