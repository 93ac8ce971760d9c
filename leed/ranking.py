"""The labels of each row of a matrix that are named first: the strongest ones, or those farthest above usual.

Both give ``(count, n)`` columns (numbers of nameable labels, in the taxonomy's order) and heights (what they are
ordered by; 0 where there are no more). A float32 leaves 29 bits of a double free: the column's number
goes there, so that one comparison of doubles orders by height and then by the taxonomy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_NUMBER = np.int64((1 << 29) - 1)
_TOGETHER = 64  # rows that are compared as one

Ranked = tuple[NDArray[np.int64], NDArray[np.float64]]


class Strongest:
    """Ranks the labels by their scores. Those at or below 0 never reach a bound, so their order does not matter.

    Args:
        positions: where in a row each nameable label stands.
    """

    def __init__(self, positions: NDArray[np.intp]) -> None:
        self._positions = positions
        self._straight = positions.tolist() == list(range(len(positions)))

    def __call__(self, block: NDArray[np.float32], count: int) -> Ranked:
        """Return the columns and scores of each row's strongest labels."""
        by_label = block.T if self._straight and block.shape[1] == len(self._positions) else block.T[self._positions]
        packed = by_label.astype(np.float64, order="C")
        with np.errstate(invalid="ignore", over="ignore"):
            total = packed.sum()
        if not np.isfinite(total):
            packed[~np.isfinite(packed)] = 0.0
        k, n = packed.shape
        bits = packed.view(np.int64)
        bits |= np.arange(k - 1, -1, -1, dtype=np.int64)[:, None]
        best = np.zeros((count, n))
        for column in packed:
            _insert(best, column)
        return _unpacked(best, k)


class StandingOut:
    """Ranks the labels that stand out by how far above usual they are. They are few, so each is put in its place.

    Args:
        positions: where in a row each nameable label stands.
        named_from: (labels of a row,) from which score a label stands out; infinity for one that is never named.
        usual: (labels of a row,) what is usual.
    """

    def __init__(
        self, positions: NDArray[np.intp], named_from: NDArray[np.float32], usual: NDArray[np.float32]
    ) -> None:
        self._named_from = named_from
        self._usual = usual
        self._columns = len(positions)
        self._tags = np.zeros(len(usual), np.int64)
        self._tags[positions] = np.arange(len(positions) - 1, -1, -1)

    def __call__(self, block: NDArray[np.float32], count: int) -> Ranked:
        """Return the columns and heights above usual of each row's labels that stand out the most."""
        n, k = block.shape
        block = np.ascontiguousarray(block)
        found = np.flatnonzero(self._stand_out(block))
        rows = found // k
        positions, scores = found - rows * k, block.take(found)
        if not np.isfinite(scores.sum(dtype=np.float64)):
            there = np.isfinite(scores)
            rows, positions, scores = rows[there], positions[there], scores[there]
        heights = (scores - self._usual.take(positions)).astype(np.float64)
        bits = heights.view(np.int64)
        bits |= self._tags.take(positions)
        amounts = np.bincount(rows, minlength=n)
        turn = np.arange(len(rows)) - np.repeat(np.cumsum(amounts) - amounts, amounts)
        by_turn = np.zeros((int(amounts.max(initial=0)), n))
        by_turn.ravel()[turn * n + rows] = heights
        best = np.zeros((count, n))
        for column in by_turn:
            _insert(best, column)
        return _unpacked(best, self._columns)

    def _stand_out(self, block: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Which scores stand out; several rows are compared as one long one, which is three times as fast."""
        n = len(block)
        together = min(n & -n, _TOGETHER)
        if together < 2:  # noqa: PLR2004 - an odd number of rows, or none
            return block >= self._named_from
        return block.reshape(n // together, -1) >= np.tile(self._named_from, together)


def _insert(best: NDArray[np.float64], column: NDArray[np.float64]) -> None:
    """Put a height of each row among its best ones, which are in falling order; the least of them all is lost."""
    spare, other = np.empty_like(column), np.empty_like(column)
    rest = column
    for kept in best[:-1]:
        lower = spare if rest is not spare else other
        np.minimum(kept, rest, out=lower)
        np.maximum(kept, rest, out=kept)
        rest = lower
    np.maximum(best[-1], rest, out=best[-1])


def _unpacked(best: NDArray[np.float64], columns: int) -> Ranked:
    """The columns and heights that doubles hold."""
    bits = best.view(np.int64)
    numbers = (columns - 1) - (bits & _NUMBER)
    bits &= ~_NUMBER
    return numbers, best
