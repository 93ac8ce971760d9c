"""LeedClassifier: the paper's, a linear SVM on scaled features, for matrices of numbers and for items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.svm import SVC
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from leed.classifiers.inputs import Features, checked_fit, checked_x
from leed.classifiers.margins import chosen, decisions, offset_of, probabilities, sharpness_of
from leed.classifiers.metrics import uar
from leed.classifiers.rows import Rows, Standard, different_rows
from leed.classifiers.splits import folds

STRENGTHS = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)
"""The values of C among which the paper chooses."""
_MIDDLE = 1e-2  # where there is too little to choose by
_MOST_STEPS = 1_000_000


class LeedClassifier(Features, ClassifierMixin, BaseEstimator):
    """Linear SVM on scaled features, with C chosen by cross-validation that keeps each speaker on one side.

    X is a matrix of numbers, or items (`leed.fusion.Items`, recordings, plain data), which a `FusionVectorizer` turns
    into features inside ``fit``. Rows that are equal in everything are counted and fitted once, in an order of their
    own, so the order of the rows never changes a model.

    Parameters
    ----------
    C : float or sequence of float, default=(1e-4, 1e-3, 1e-2, 1e-1, 1.0)
        Strength of the fit; of several, the one with the highest UAR on held-out folds, of equals the smallest. They
        are tried from the smallest on, until two in a row are below the best by more than 0.01.
    n_folds : int, default=3
        Folds of the inner cross-validation.
    class_weight : "balanced", dict or None, default="balanced"
        How much each class counts; "balanced": all alike, as UAR sees it.
    features, embedder, describer : str, str or Embedder, Describer or None
        For items: as in `FusionVectorizer`.
    random_state : int or None, default=0
        Which groups stand together in a fold.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels.
    C_ : float
        The C that was chosen.
    scores_ : dict of float to float
        The UAR on held-out folds, by C; empty where nothing was chosen.
    coef_, intercept_ : ndarrays of shape (n_pairs, n_features) and (n_pairs,)
        A separator for each pair of classes, on features as they are given.
    sharpness_ : float
        What decisions are multiplied with to make probabilities; fitted on held-out folds.
    vectorizer_ : FusionVectorizer or None
        What makes features of items.
    n_features_in_ : int
        How many features there are.

    Notes
    -----
    Brooks et al. 2023 (doi 10.1145/3610661.3616129) scale features and train linear SVMs with C from 1e-4 to 1; they
    do not say how classes are weighted, nor how several classes are told apart. Here each pair of classes has a
    separator (hinge loss) and a vote, as libsvm does it.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.9, 0.1], [0.8, 0.0], [0.1, 0.7], [0.2, 0.9]] * 3)
    >>> y = np.array(["joy", "joy", "fear", "fear"] * 3)
    >>> speakers = np.repeat(["a", "b", "c"], 4)
    >>> model = LeedClassifier().fit(X, y, groups=speakers)
    >>> model.predict([[0.7, 0.2]]).tolist(), model.C_
    (['joy'], 0.0001)
    """

    def __init__(
        self,
        *,
        C: float | Sequence[float] = STRENGTHS,
        n_folds: int = 3,
        class_weight: str | dict[Any, float] | None = "balanced",
        features: str = "early",
        embedder: Any = "lexical",
        describer: Any = None,
        random_state: int | None = 0,
    ) -> None:
        self.C = C
        self.n_folds = n_folds
        self.class_weight = class_weight
        self.features = features
        self.embedder = embedder
        self.describer = describer
        self.random_state = random_state

    def fit(
        self,
        X: Any,
        y: ArrayLike,
        groups: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> LeedClassifier:
        """Fit the model.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), or items
            What is known of each sample.
        y : array-like of shape (n_samples,)
            The label of each.
        groups : array-like of shape (n_samples,) or None
            Who each is of: speakers are never on both sides of an inner fold.
        sample_weight : array-like of shape (n_samples,) or None
            How much each counts.

        Returns
        -------
        self : LeedClassifier
            The same, fitted.
        """
        x, target, who, weights = checked_fit(self, X, y, groups, sample_weight)
        check_classification_targets(target)
        self.classes_, codes = np.unique(target, return_inverse=True)
        if len(self.classes_) < 2:  # noqa: PLR2004 - there is nothing to tell apart
            raise ValueError(f"all labels are one class, {self.classes_[0]!r}; a classifier needs two or more")
        rows = different_rows(x, codes, who, weights)
        self._choose(rows)
        separators, standard = self._separators(rows, self.C_)
        self.coef_ = standard.unturned(separators[0]) / standard.scale
        self.intercept_ = separators[1] - self.coef_ @ standard.mean
        return self

    def _choose(self, rows: Rows) -> None:
        """Choose C, and find out how sharp the decisions are, on inner folds."""
        strengths = sorted({float(c) for c in np.atleast_1d(np.asarray(self.C, np.float64))})
        if not strengths or strengths[0] <= 0:
            raise ValueError(f"C is {self.C!r}; give a number above 0, or several")
        splits = folds(rows.y, rows.groups, n_splits=self.n_folds, seed=self.random_state)
        self.scores_: dict[float, float] = {}
        self.C_ = min(strengths, key=lambda c: abs(np.log(c / _MIDDLE)))
        self.sharpness_ = 1.0
        held_out = []
        for strength in strengths if splits else []:
            held_out.append(self._held_out(rows, splits, strength))
            self.scores_[strength] = uar(rows.y, chosen(held_out[-1]), sample_weight=rows.weights)
            if _has_peaked(list(self.scores_.values())):
                break
        if self.scores_:
            best = max(self.scores_, key=lambda c: (round(self.scores_[c], 12), -c))
            self.C_ = best  # pyright: ignore[reportConstantRedefinition] - scikit-learn's name
            decided = held_out[strengths.index(best)]
            self.sharpness_ = sharpness_of(decided, rows.y, self._weights(rows))

    def _held_out(self, rows: Rows, splits: Sequence[tuple[Any, Any]], strength: float) -> NDArray[np.float64]:
        """The decisions on each row by a model that was fitted without its fold."""
        n = len(self.classes_)
        out = np.zeros(len(rows) if n == 2 else (len(rows), n))  # noqa: PLR2004 - one column says both
        for train, test in splits:
            (weights, offsets), standard = self._separators(rows.take(train), strength)
            out[test] = decisions(standard(rows.x[test]) @ weights.T + offsets, n)
        return out

    def _separators(
        self, rows: Rows, strength: float
    ) -> tuple[tuple[NDArray[np.float64], NDArray[np.float64]], Standard]:
        """Separators of all pairs, on the features that the Standard beside them gives."""
        standard = Standard.of(rows)
        scaled = standard(rows.x)
        n = len(self.classes_)
        pairs = n * (n - 1) // 2
        weights, offsets = np.zeros((pairs, scaled.shape[1])), np.zeros(pairs)
        counted = self._weights(rows)
        place = -1
        for first in range(n):
            for second in range(first + 1, n):
                place += 1
                two = np.flatnonzero((rows.y == first) | (rows.y == second))
                sides = rows.y[two] == first
                if not sides.any() or sides.all():  # a fold without one of the classes is for the other
                    offsets[place] = 1.0 if sides.any() else -1.0 if len(two) else 0.0
                    continue
                svm = SVC(kernel="linear", C=strength, cache_size=500, max_iter=_MOST_STEPS)
                svm.fit(scaled[two], sides, sample_weight=counted[two])
                weights[place] = svm.coef_[0]
                offsets[place] = offset_of(scaled[two] @ svm.coef_[0], sides, counted[two])
        return (weights, offsets), standard

    def _weights(self, rows: Rows) -> NDArray[np.float64]:
        """How much each row counts, with its class."""
        if self.class_weight is None:
            return rows.weights
        if isinstance(self.class_weight, dict):
            by_class = np.array([self.class_weight.get(label, 1.0) for label in self.classes_.tolist()])
        elif self.class_weight == "balanced":
            sums = np.bincount(rows.y, rows.weights, minlength=len(self.classes_))
            by_class = rows.weights.sum() / (np.count_nonzero(sums) * np.where(sums > 0, sums, 1.0))
        else:
            raise ValueError(f"class_weight is {self.class_weight!r}; give 'balanced', a dict or None")
        return np.asarray(rows.weights * by_class[rows.y])

    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """Return how much speaks for each class; see `leed.classifiers.margins.decisions`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), or items
            What is known of each sample.

        Returns
        -------
        decided : ndarray of shape (n_samples, n_classes), or (n_samples,) for two classes
            For two classes, above 0 is the second.
        """
        check_is_fitted(self)
        return decisions(checked_x(self, X) @ self.coef_.T + self.intercept_, len(self.classes_))

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the probability of each class, sharpened so that it fits held-out folds of the training data.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), or items
            What is known of each sample.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            They sum to 1.
        """
        return probabilities(self.decision_function(X), self.sharpness_)

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the label of each sample.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), or items
            What is known of each sample.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
            One of ``classes_`` each.
        """
        decided = self.decision_function(X)
        return np.asarray(self.classes_[chosen(decided)])


def _has_peaked(scores: Sequence[float]) -> bool:
    """Whether the last two are clearly below the best: stronger fits take long, and will not be chosen."""
    clearly = 0.01
    return all(score < max(scores) - clearly for score in scores[-2:])
