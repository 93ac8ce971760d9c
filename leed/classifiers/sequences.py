"""SequenceClassifier: a small network over vectors or over an item's steps, trained by torch, kept as NumPy arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    assert_all_finite,
    check_array,
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
)

from leed import plugins
from leed.classifiers.inputs import are_items
from leed.classifiers.splits import folds
from leed.errors import InputError

if TYPE_CHECKING:
    from leed.classifiers.vectorizers import FusionVectorizer

_PIECES = 2  # the mean and the maximum over steps
_FARTHEST = 1e6  # standard deviations: what is farther out would drown all else


class SequenceClassifier(ClassifierMixin, BaseEstimator):
    """A hidden layer for each step, its mean and maximum over the steps, and a linear layer: a head over sequences.

    X is a matrix (n_samples, n_features), whose rows are sequences of one step; a list of n_samples arrays
    (n_steps, n_features); or items, whose steps are embedded as `FusionVectorizer` embeds them, modality by modality.
    Torch is needed to fit, and for nothing else: the state is NumPy's.

    Parameters
    ----------
    hidden : int, default=64
        Width of the hidden layer.
    dropout : float, default=0.3
        Share of the pooled numbers that is left out at random while training.
    learning_rate : float, default=0.003
        Of Adam.
    weight_decay : float, default=0.001
        Penalty on the weights.
    batch_size : int, default=64
        Items at a time.
    max_epochs : int, default=100
        How often each item is seen at most.
    patience : int, default=10
        After how many epochs without a lower loss on the held-out groups training stops; the best epoch counts.
    embedder : str or Embedder, default="lexical"
        For items: what embeds their sentences.
    describer : Describer, Wording, dict or None, default=None
        For items: what makes their sentences.
    random_state : int or None, default=0
        Decides the first weights, the order of batches, and which groups are held out.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels.
    state_ : dict of str to ndarray
        The weights.
    mean_, scale_ : ndarrays of shape (n_features,)
        Of the training steps.
    epochs_ : int
        The epoch whose weights were kept.
    vectorizer_ : FusionVectorizer or None
        What makes vectors of items.
    n_features_in_ : int
        How many numbers a step has.

    Notes
    -----
    Masked pooling: a sequence's mean and maximum are over its own steps, so what it is batched with changes nothing.

    Examples
    --------
    >>> import torch
    >>> import numpy as np
    >>> X = [np.full((steps, 2), level) for level in (0.0, 1.0) for steps in (2, 3, 4, 5)]
    >>> model = SequenceClassifier(hidden=8, max_epochs=30).fit(X, ["low"] * 4 + ["high"] * 4)
    >>> model.predict([np.zeros((1, 2)), np.ones((7, 2))]).tolist()
    ['low', 'high']
    """

    def __init__(
        self,
        *,
        hidden: int = 64,
        dropout: float = 0.3,
        learning_rate: float = 3e-3,
        weight_decay: float = 1e-3,
        batch_size: int = 64,
        max_epochs: int = 100,
        patience: int = 10,
        embedder: Any = "lexical",
        describer: Any = None,
        random_state: int | None = 0,
    ) -> None:
        self.hidden = hidden
        self.dropout = dropout
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.patience = patience
        self.embedder = embedder
        self.describer = describer
        self.random_state = random_state

    def fit(
        self,
        X: Any,
        y: ArrayLike,
        groups: ArrayLike | None = None,
    ) -> SequenceClassifier:
        """Fit the head, stopping early by the loss on groups held out.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), list of arrays (n_steps, n_features), or items
            What is known of each sample.
        y : array-like of shape (n_samples,)
            The label of each.
        groups : array-like of shape (n_samples,) or None
            Who each is of.

        Returns
        -------
        self : SequenceClassifier
            The same, fitted.
        """
        sequences = self._sequences(X, fitting=True)
        target = column_or_1d(y, warn=True)
        if target.dtype.kind == "f":
            assert_all_finite(target, input_name="y")
        check_consistent_length(sequences, target)
        check_classification_targets(target)
        self.classes_, codes = np.unique(target, return_inverse=True)
        if len(self.classes_) < 2:  # noqa: PLR2004 - there is nothing to tell apart
            raise ValueError(f"all labels are one class, {self.classes_[0]!r}; a classifier needs two or more")
        who = None if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1].reshape(-1)
        order = _order(sequences, codes, who)
        sequences, codes = [sequences[i] for i in order], codes[order]
        self.n_features_in_ = sequences[0].shape[1]
        steps = np.concatenate(sequences)
        self.mean_ = steps.mean(axis=0)
        spread = steps.std(axis=0)
        self.scale_ = np.where(spread > 1e-9, spread, 1.0)  # noqa: PLR2004 - rounding
        self.state_, self.epochs_ = self._trained(self._scaled(sequences), codes, None if who is None else who[order])
        return self

    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """Return how much speaks for each class: logits, for two classes their difference.

        Parameters
        ----------
        X : as in fit
            What is known of each sample.

        Returns
        -------
        decided : ndarray of shape (n_samples, n_classes), or (n_samples,) for two classes
            For two classes, above 0 is the second.
        """
        check_is_fitted(self)
        found = self._logits(X)
        return found[:, 1] - found[:, 0] if len(self.classes_) == 2 else found  # noqa: PLR2004 - as scikit-learn has it

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the probability of each class.

        Parameters
        ----------
        X : as in fit
            What is known of each sample.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            They sum to 1.
        """
        check_is_fitted(self)
        found = self._logits(X)
        raised = np.exp(found - found.max(axis=1, keepdims=True, initial=-np.inf))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the label of each sample.

        Parameters
        ----------
        X : as in fit
            What is known of each sample.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
            One of ``classes_`` each.
        """
        check_is_fitted(self)
        return np.asarray(self.classes_[self._logits(X).argmax(axis=1)])

    # --- the network, in NumPy

    def _logits(self, X: Any) -> NDArray[np.float64]:
        sequences = self._sequences(X, fitting=False)
        for sequence in sequences:
            if sequence.shape[1] != self.n_features_in_:
                raise ValueError(
                    f"X has {sequence.shape[1]} features, but SequenceClassifier is expecting {self.n_features_in_} "
                    "features as input"
                )
        pooled = [self._pooled(sequence) for sequence in self._scaled(sequences)]
        state = self.state_
        return np.asarray(np.array(pooled) @ state["out.weight"].T.astype(np.float64) + state["out.bias"])

    def _pooled(self, sequence: NDArray[np.float64]) -> NDArray[np.float64]:
        heights = np.maximum(
            sequence @ self.state_["hidden.weight"].T.astype(np.float64) + self.state_["hidden.bias"], 0.0
        )
        return np.concatenate((heights.mean(axis=0), heights.max(axis=0)))

    def _scaled(self, sequences: Sequence[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
        return [np.clip((sequence - self.mean_) / self.scale_, -_FARTHEST, _FARTHEST) for sequence in sequences]

    def _sequences(self, X: Any, *, fitting: bool) -> list[NDArray[np.float64]]:
        if fitting:
            self.vectorizer_: FusionVectorizer | None = None
        if are_items(X) or (not fitting and self.vectorizer_ is not None):
            return self._embedded(X, fitting=fitting)
        if isinstance(X, list) and X and np.ndim(X[0]) == 2:  # noqa: PLR2004 - steps and features
            return [_numbers(sequence) for sequence in X]
        return [row[None, :] for row in _numbers(X)]

    def _embedded(self, X: Any, *, fitting: bool) -> list[NDArray[np.float64]]:
        from leed.classifiers.vectorizers import FusionVectorizer  # noqa: PLC0415 - as light as the rest

        if fitting:
            self.vectorizer_ = FusionVectorizer(embedder=self.embedder, describer=self.describer).fit(X)
        if self.vectorizer_ is None:
            raise InputError("the model was fitted on numbers; give numbers, and not items")
        return [np.asarray(steps, np.float64) for steps in self.vectorizer_.step_vectors(X)]

    # --- training

    def _trained(
        self, sequences: list[NDArray[np.float64]], codes: NDArray[np.int64], groups: NDArray[np.int64] | None
    ) -> tuple[dict[str, NDArray[np.float32]], int]:
        try:
            import torch  # noqa: PLC0415 - an extra
        except ModuleNotFoundError as error:
            raise plugins.missing("fitting a SequenceClassifier", error, extra="transformers") from error
        from leed.classifiers.network import trained  # noqa: PLC0415 - it needs torch

        splits = folds(codes, groups, n_splits=5, seed=self.random_state)
        whole = np.arange(len(codes))
        train, held = splits[0] if splits else (whole, whole)
        with torch.random.fork_rng(devices=[]):  # nobody else's random numbers change
            narrow = [sequence.astype(np.float32) for sequence in sequences]
            return trained(self, narrow, codes, train, held, pieces=_PIECES)


def _order(
    sequences: Sequence[NDArray[np.float64]], codes: NDArray[np.int64], groups: NDArray[np.int64] | None
) -> list[int]:
    """An order that does not depend on how the samples came."""
    who = np.zeros(len(codes), np.int64) if groups is None else groups
    return sorted(range(len(codes)), key=lambda i: (int(codes[i]), int(who[i]), sequences[i].tobytes()))


def _numbers(given: Any) -> NDArray[np.float64]:
    check: Any = check_array  # its types are guessed from its defaults
    checked: NDArray[np.float64] = check(given, dtype=np.float64)
    return checked
