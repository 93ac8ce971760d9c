"""Unweighted average recall, with intervals over speakers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leed_evals.faithful.information import RESAMPLES, SEED, Estimate


@dataclass(frozen=True, eq=False)
class Hits:
    """How many items of each speaker and class there are, and how many of them were told right.

    Attributes:
        right, there: (speakers, classes) counts.
    """

    right: NDArray[np.float64]
    there: NDArray[np.float64]

    @property
    def uar(self) -> Estimate:
        """The mean over classes of the share that was told right."""
        return _estimate(self, None)

    def over(self, other: Hits) -> Estimate:
        """Return by how much it is better than another one on the same items."""
        return _estimate(self, other)


def hits(predicted: NDArray[np.str_], labels: NDArray[np.str_], groups: NDArray[np.str_]) -> Hits:
    """Return the counts, by speaker and class in their alphabetical order.

    >>> told = hits(np.array(["a", "b"]), np.array(["a", "a"]), np.array(["x", "x"]))
    >>> told.right.tolist(), told.there.tolist()
    ([[1.0]], [[2.0]])
    """
    speakers, speaker = np.unique(groups, return_inverse=True)
    classes, label = np.unique(labels, return_inverse=True)
    right, there = np.zeros((2, len(speakers), len(classes)))
    np.add.at(there, (speaker, label), 1)
    np.add.at(right, (speaker, label), predicted == labels)
    return Hits(right, there)


def _estimate(one: Hits, other: Hits | None) -> Estimate:
    n = len(one.there)
    drawn = np.random.default_rng(SEED).integers(n, size=(RESAMPLES, n))
    values = _uar(one, drawn) - (_uar(other, drawn) if other else 0)
    low, high = np.quantile(values, [0.025, 0.975])
    whole = np.arange(n)[None, :]
    value = _uar(one, whole)[0] - (_uar(other, whole)[0] if other else 0)
    return Estimate(float(value), float(low), float(high))


def _uar(counts: Hits, drawn: NDArray[np.intp]) -> NDArray[np.float64]:
    """The UAR of each draw of speakers; a class that none of them has does not count."""
    right, there = counts.right[drawn].sum(axis=1), counts.there[drawn].sum(axis=1)
    recall = np.where(there > 0, right / np.maximum(there, 1), 0)
    return np.asarray(recall.sum(axis=1) / (there > 0).sum(axis=1))
