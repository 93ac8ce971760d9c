"""Scores of many answers at once: pairs of label and number, scattered into rows under all labels met so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from leed.taxonomy import fold

_MOST = 128  # labels; with no more of them, no matrix is nearly all holes


class UnevenError(Exception):
    """Something may be odd about an answer, so each has to be looked at. Only who gathers many at once sees it."""


class Pairs:
    """Scatters the pairs of answers.

    Attributes:
        labels: of all answers, in the order in which they are met, and their columns.
    """

    def __init__(self) -> None:
        self.labels: dict[str, int] = {}
        self._folds: dict[str, int] = {}
        self._of: list[int] = []  # by column, what the label folds to

    def matrix(
        self, widths: NDArray[np.int64], labels: Sequence[str], values: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return a row for each answer, NaN where it has no number for a label.

        Args:
            widths: how many pairs each answer has.
            labels: of the pairs of all answers.
            values: their numbers.

        Raises:
            UnevenError: an answer has no pair, or a label twice; a label is empty; there are many of them.
        """
        if not len(widths) or not widths.all():
            raise UnevenError
        places = self._places(labels)
        rows = np.repeat(np.arange(len(widths)), widths)
        if np.bincount(rows * len(self._folds) + np.array(self._of)[places]).max() > 1:
            raise UnevenError
        matrix = np.full((len(widths), len(self.labels)), np.nan)
        matrix[rows, places] = values
        return matrix

    def _places(self, labels: Sequence[str]) -> NDArray[np.int64]:
        """The columns of labels."""
        known = self.labels
        for label in dict.fromkeys(labels):
            if label not in known:
                known[label] = len(known)
                self._of.append(self._folds.setdefault(fold(label) or label, len(self._folds)))
        if "" in known or len(known) > _MOST:
            raise UnevenError
        return np.fromiter(map(known.__getitem__, labels), np.int64, len(labels))


def widths_of(lists: Iterable[Sequence[object]], count: int) -> NDArray[np.int64]:
    """Return how long lists are, so many of which there are."""
    return np.fromiter(map(len, lists), np.int64, count)
