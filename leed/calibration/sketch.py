"""Counts of scores in bins that grow by 2 %: quantiles of any number of scores in fixed memory, merged by adding.

The idea is that of DDSketch (Masson, Rim and Lee, VLDB 2019): with bins in a fixed ratio, every quantile is right to
within that ratio, whatever the order in which scores come.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

RATIO = 1.02
LOWEST = 1e-4
"""Scores up to here, zero and below, are all alike: they stand in bin 0."""
_HIGHEST = 16.0
BINS = 2 + math.ceil(math.log(_HIGHEST / LOWEST) / math.log(RATIO))
_ROWS = 8192  # at a time, so that the logarithms fit the cache


def counted(matrix: NDArray[np.float32], weight: float = 1.0) -> NDArray[np.float64]:
    """Return how many of each column's scores fall into each bin, (k, BINS); NaN is not counted."""
    k = matrix.shape[1]
    counts = np.zeros(k * BINS)
    offsets = np.arange(k) * BINS
    for start in range(0, len(matrix), _ROWS):
        rows = matrix[start : start + _ROWS]
        there = np.isfinite(rows)
        places = bins_of(np.where(there, rows, 0.0)) + offsets
        counts += np.bincount(places[there], minlength=k * BINS)
    return counts.reshape(k, BINS) * weight


def bins_of(scores: ArrayLike) -> NDArray[np.int64]:
    """Return the number of the bin of each score."""
    above = np.maximum(np.asarray(scores, np.float64), LOWEST) / LOWEST
    return np.minimum(np.ceil(np.log(above) / math.log(RATIO) - 1e-9).astype(np.int64), BINS - 1)


def quantiles(counts: NDArray[np.float64], shares: Sequence[float]) -> NDArray[np.float64]:
    """Return the scores below which shares of the counted ones lie, (..., len(shares)); NaN where none were counted.

    >>> quantiles(counted(np.linspace(0, 1, 101, dtype=np.float32)[:, None]), [0.5]).round(2)
    array([[0.5]])
    """
    flat = counts.reshape(-1, counts.shape[-1])
    found = np.full((len(flat), len(shares)), np.nan)
    for row, bins in enumerate(flat):
        total = bins.sum()
        if total:
            found[row] = _quantiles(np.cumsum(bins) / total, bins > 0, shares)
    return found.reshape(*counts.shape[:-1], len(shares))


def _quantiles(reached: NDArray[np.float64], filled: NDArray[np.bool_], shares: Sequence[float]) -> NDArray[np.float64]:
    """Scores at shares, by how far into its bin each share is."""
    places = np.minimum(np.searchsorted(reached, np.asarray(shares) - 1e-12), int(np.flatnonzero(filled)[-1]))
    before = np.where(places > 0, reached[places - 1], 0.0)
    part = np.clip((np.asarray(shares) - before) / np.maximum(reached[places] - before, 1e-300), 0.0, 1.0)
    low = np.where(places > 0, LOWEST * RATIO ** (places - 1.0), 0.0)
    high = LOWEST * RATIO ** places.astype(np.float64)
    return np.asarray(low + part * (high - low))
