"""Rows of probabilities of exclusive classes, told apart by all that decides what is said of them, many at once.

What is said is decided by the likeliest class, the step that its probability is on, and the classes that come close to
it. So few rows differ, and one of each kind is put into words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from leed.float32 import least_double
from leed.selection import MOST_TIED, NEAR_TIE

if TYPE_CHECKING:
    from leed.selection import Plan

_NAMED: Final = frozenset({"state", "neutral", "noun", "nonclass", "withheld"})
_UNNAMED: Final = "mute"


def has_classes(plan: Plan) -> bool:
    """Return whether a plan names the likeliest class, and nothing else."""
    roles = {entry.role for entry in plan.entries}
    return plan.exclusive and not plan.distribution and not plan.guarded and roles <= _NAMED | {_UNNAMED}


class Classes:
    """Gives rows numbers: those with the same number are described alike."""

    def __init__(self, plan: Plan) -> None:
        named = [entry for entry in plan.entries if entry.role in _NAMED]
        self._positions = np.array([entry.position for entry in named], np.intp)
        self._skipped = np.array([entry.role in ("nonclass", "withheld") for entry in named], bool)
        self._withheld = np.array([entry.role == "withheld" for entry in named], bool)
        self._bounds = np.array(plan.bounds, np.float64)
        self._plain_from = least_double(plan.scale.plain_from)
        self._tie = plan.scale.tie + NEAR_TIE

    def __call__(self, block: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return a number for each row; where a row is like no other, it has one below 0 for itself."""
        every = np.isfinite(block)
        scores = np.where(every, block, -np.inf)[:, self._positions].astype(np.float64)
        if not scores.size:
            return -1 - np.arange(len(block))
        best = scores.argmax(axis=1)
        most = scores[np.arange(len(scores)), best]
        with np.errstate(invalid="ignore"):
            close = (most[:, None] - scores <= self._tie) & ~self._skipped
        numbers = best * 2 + (most >= self._plain_from)
        numbers = numbers * 2 + (scores[:, self._withheld] >= self._bounds[0]).any(axis=1)
        numbers = numbers * (len(self._bounds) + 1) + np.searchsorted(self._bounds, most, side="right")
        numbers = numbers * (MOST_TIED + 2) + np.minimum(close.sum(axis=1), MOST_TIED + 1)
        numbers = self._with_ties(numbers, scores, close)
        alone = ~every.all(axis=1) & (most < self._bounds[0])
        numbers[alone] = -1 - np.flatnonzero(alone)
        unreported = ~every.any(axis=1)
        numbers[unreported] = -1 - len(block)
        return numbers

    def _with_ties(
        self, numbers: NDArray[np.int64], scores: NDArray[np.float64], close: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """The numbers, with which classes may be meant, in their order."""
        base = scores.shape[1] + 1
        numbers = numbers * base**MOST_TIED
        tied = np.flatnonzero(close.sum(axis=1) > 1)
        order = np.argsort(np.where(close[tied], -scores[tied], np.inf), axis=1, kind="stable")[:, :MOST_TIED]
        for place in range(order.shape[1]):
            there = close[tied, order[:, place]]
            numbers[tied] += np.where(there, order[:, place] + 1, 0) * base**place
        return numbers
