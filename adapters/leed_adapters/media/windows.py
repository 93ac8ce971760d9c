"""Long stretches as windows that overlap, and the scores of windows put together again."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leed.errors import OptionError


def windows(length: int, longest: int, overlap: float = 0.5) -> list[tuple[int, int]]:
    """Return where the windows of a stretch begin and end: all are equally long, and overlap by this share at least.

    >>> windows(100, 40, 0.5)
    [(0, 40), (20, 60), (40, 80), (60, 100)]
    >>> windows(30, 40)
    [(0, 30)]
    """
    if length <= longest:
        return [(0, length)]
    hop = max(round(longest * (1 - overlap)), 1)
    count = math.ceil((length - longest) / hop) + 1
    begins = np.rint(np.linspace(0, length - longest, count)).astype(int).tolist()
    return [(begin, begin + longest) for begin in begins]


def window_mean(
    scores: ArrayLike, begin: ArrayLike, end: ArrayLike, stretch: ArrayLike
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return a row of scores for each stretch, and which stretch it is of, in the order in which they first come.

    Each moment of a stretch counts once: where windows overlap, it is shared out among them. A score that is NaN was
    not reported, and the others of its label count in its place.

    >>> mean, stretches = window_mean([[0.2], [0.6], [0.5]], [0, 1, 5], [2, 3, 6], [7, 7, 8])
    >>> mean.tolist(), stretches.tolist()
    ([[0.4000000059604645], [0.5]], [7, 8])

    Args:
        scores: (windows, labels).
        begin: (windows,) where each window begins, in seconds or samples.
        end: (windows,) where it ends.
        stretch: (windows,) which stretch each window belongs to; those of one stretch need not stand together.

    Raises:
        OptionError: the shapes do not fit together.
    """
    matrix = np.asarray(scores, np.float64)
    begins, ends = np.asarray(begin, np.float64), np.asarray(end, np.float64)
    numbers = np.asarray(stretch, np.int64)
    if matrix.ndim != 2 or not len(matrix) == len(begins) == len(ends) == len(numbers):  # noqa: PLR2004 - a matrix
        raise OptionError(
            f"scores have the shape {matrix.shape}, with {len(begins)} beginnings, {len(ends)} ends and {len(numbers)} "
            "stretches: give (windows, labels), and one of each for a window"
        )
    found, first, of = np.unique(numbers, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rows: Sequence[NDArray[np.float64]] = [
        _mean(matrix[of == one], begins[of == one], ends[of == one]) for one in order.tolist()
    ]
    mean = np.array(rows, np.float32).reshape(len(order), matrix.shape[1])
    return mean, found[order]


def _mean(matrix: NDArray[np.float64], begin: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(matrix) == 1:
        only: NDArray[np.float64] = matrix[0]
        return only
    edges = np.unique(np.concatenate([begin, end]))
    covers = (begin[:, None] <= edges[:-1]) & (end[:, None] >= edges[1:])
    reported = ~np.isnan(matrix)
    counts = covers.T.astype(float) @ reported  # windows that report a label in each piece
    lengths = np.diff(edges)[:, None]
    shares = np.divide(lengths, counts, out=np.zeros_like(counts), where=counts > 0)
    weights = (covers @ shares) * reported
    weights = np.where(weights.sum(axis=0) > 0, weights, reported)
    total = weights.sum(axis=0)
    summed = (np.nan_to_num(matrix) * weights).sum(axis=0)
    mean: NDArray[np.float64] = np.divide(summed, total, out=np.full_like(total, np.nan), where=total > 0)
    return mean
