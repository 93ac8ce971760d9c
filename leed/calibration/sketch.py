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
_EDGES = np.array([0.0, *(LOWEST * RATIO**i for i in range(BINS))])  # a bin's lower one, then its upper one
_WIDTHS = np.diff(_EDGES)
_LEAST = 1e-300
_GROUP = 16  # bins that are summed up first: BINS is a multiple of it
_UP_TO = np.triu(np.ones((BINS // _GROUP, BINS // _GROUP)))  # makes running sums
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
    above = np.minimum(np.maximum(np.asarray(scores, np.float64), LOWEST), 2 * _HIGHEST) / LOWEST
    return np.minimum(np.ceil(np.log(above) / math.log(RATIO) - 1e-9).astype(np.int64), BINS - 1)


def quantiles(counts: NDArray[np.float64], shares: Sequence[float]) -> NDArray[np.float64]:
    """Return the scores below which shares of the counted ones lie, (..., len(shares)); NaN where none were counted.

    >>> quantiles(counted(np.linspace(0, 1, 101, dtype=np.float32)[:, None]), [0.5]).round(2)
    array([[0.5]])
    """
    flat = counts.reshape(-1, BINS // _GROUP, _GROUP)
    wanted = np.asarray(shares, np.float64)
    rows, columns = np.arange(len(flat))[:, None], np.arange(len(wanted))
    sums = flat @ np.ones(_GROUP)  # many times as fast as the sum along the axis
    ends = sums @ _UP_TO
    totals = ends[:, -1:]
    least = np.maximum(totals * (wanted - 1e-12), _LEAST)  # so much at the least has come where the quantile lies
    groups = (ends[:, None, :-1] < least[:, :, None]).sum(axis=2)
    start = (ends - sums)[rows, groups]
    inside = flat[rows, groups] @ _UP_TO[:_GROUP, :_GROUP]
    bins = (inside[:, :, :-1] < (least - start)[:, :, None]).sum(axis=2)
    there = flat[rows, groups, bins]
    missing = totals * wanted - start - inside[rows, columns, bins] + there
    part = np.minimum(np.maximum(missing / np.maximum(there, _LEAST), 0.0), 1.0)
    places = groups * _GROUP + bins
    found = _EDGES[places] + part * _WIDTHS[places]
    found[totals[:, 0] == 0] = np.nan
    return np.asarray(found.reshape(*counts.shape[:-1], len(wanted)))
