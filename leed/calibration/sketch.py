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
    above = np.clip(np.asarray(scores, np.float64), LOWEST, 2 * _HIGHEST) / LOWEST
    return np.minimum(np.ceil(np.log(above) / math.log(RATIO) - 1e-9).astype(np.int64), BINS - 1)


def quantiles(counts: NDArray[np.float64], shares: Sequence[float]) -> NDArray[np.float64]:
    """Return the scores below which shares of the counted ones lie, (..., len(shares)); NaN where none were counted.

    >>> quantiles(counted(np.linspace(0, 1, 101, dtype=np.float32)[:, None]), [0.5]).round(2)
    array([[0.5]])
    """
    flat = counts.reshape(-1, counts.shape[-1])
    wanted = np.asarray(shares, np.float64)
    totals = flat.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        reached = np.cumsum(flat, axis=1) / totals
    first = np.argmax(flat > 0, axis=1)
    filled = np.maximum(first, BINS - 1 - np.argmax(flat[:, ::-1] > 0, axis=1))
    rows = np.arange(len(flat))
    found = np.empty((len(flat), len(wanted)))
    for i, share in enumerate(wanted.tolist()):
        place = np.clip((reached < share - 1e-12).sum(axis=1), first, filled)
        before = np.where(place > 0, reached[rows, place - 1], 0.0)
        part = np.clip((share - before) / np.maximum(reached[rows, place] - before, 1e-300), 0.0, 1.0)
        low = np.where(place > 0, LOWEST * RATIO ** (place - 1.0), 0.0)
        found[:, i] = low + part * (LOWEST * RATIO ** place.astype(np.float64) - low)
    found[totals[:, 0] == 0] = np.nan
    return found.reshape(*counts.shape[:-1], len(wanted))
