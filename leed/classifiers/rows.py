"""Rows in an order of their own, equal ones counted once: the order in which rows come changes no fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

_RANK = 1e-9  # directions in which the rows spread by less than this share of the most are rounding


@dataclass(frozen=True, eq=False)
class Rows:
    """Different rows (features, target, group), sorted by their bytes, and how much each of them weighs.

    Attributes:
        x: (n, d) float64 features.
        y: (n,) or (n, t) targets.
        groups: (n,) who each row is of, or None.
        weights: (n,) how much a row counts: how often it was given, or the sum of its weights.
    """

    x: NDArray[np.float64]
    y: NDArray[Any]
    groups: NDArray[np.int64] | None
    weights: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.x)

    def take(self, places: NDArray[Any]) -> Rows:
        """Return some of the rows."""
        groups = None if self.groups is None else self.groups[places]
        return Rows(self.x[places], self.y[places], groups, self.weights[places])


def different_rows(
    x: NDArray[np.float64],
    y: NDArray[Any],
    groups: ArrayLike | None = None,
    weights: NDArray[np.float64] | None = None,
) -> Rows:
    """Return the different rows, each once, in an order that does not depend on how they came.

    >>> rows = different_rows(np.array([[1.0], [0.0], [1.0]]), np.array([1, 0, 1]))
    >>> rows.x.tolist(), rows.y.tolist(), rows.weights.tolist()
    ([[0.0], [1.0]], [0, 1], [1.0, 2.0])
    """
    counted = np.ones(len(x)) if weights is None else weights
    kept = np.flatnonzero(counted)
    codes = None if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1].reshape(-1)
    parts = [x + 0.0, np.asarray(y, np.float64).reshape(len(x), -1)]  # + 0.0: no negative zero
    if codes is not None:
        parts.append(codes.astype(np.float64)[:, None])
    keys = np.ascontiguousarray(np.hstack(parts)[kept])
    packed = keys.view(np.dtype((np.void, keys.shape[1] * keys.itemsize))).reshape(-1)
    _, first, which = np.unique(packed, return_index=True, return_inverse=True)
    places = kept[first]
    summed = np.zeros(len(places))
    order = np.lexsort((counted[kept], which.reshape(-1)))  # added up in an order of their own, too
    np.add.at(summed, which.reshape(-1)[order], counted[kept][order])
    return Rows(x[places] + 0.0, y[places], None if codes is None else codes[places], summed)


@dataclass(frozen=True, eq=False)
class Standard:
    """What puts features on a mean of 0 and a standard deviation of 1, and turns them to the directions they spread in.

    Attributes:
        mean, scale: (d,) of the training rows; a feature that never changes keeps its scale.
        turn: (d, r) the r directions in which n < d rows can spread, or None; no linear model loses anything by it.
    """

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    turn: NDArray[np.float64] | None = None

    def __call__(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (n, r) features."""
        scaled = (x - self.mean) / self.scale
        return scaled if self.turn is None else np.asarray(scaled @ self.turn)

    @classmethod
    def of(cls, rows: Rows) -> Standard:
        """Return that of training rows."""
        mean = np.average(rows.x, axis=0, weights=rows.weights)
        scale = np.sqrt(np.average((rows.x - mean) ** 2, axis=0, weights=rows.weights))
        level = 10 * np.finfo(np.float64).eps * np.maximum(np.abs(mean), np.finfo(np.float64).tiny)
        scale = np.where(scale <= level, 1.0, scale)
        if len(rows) >= rows.x.shape[1]:
            return cls(mean, scale)
        _, spread, directions = np.linalg.svd((rows.x - mean) / scale, full_matrices=False)
        kept = spread > _RANK * max(spread[0], np.finfo(np.float64).tiny) if len(spread) else spread > 0
        return cls(mean, scale, directions[kept].T if kept.any() else None)

    def unturned(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (m, d) weights on the scaled features, of (m, r) weights on what a call gives."""
        return weights if self.turn is None else np.asarray(weights @ self.turn.T)
