"""Ridge plots: how the scores of the strongest labels are distributed."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.stats import gaussian_kde

from leed_evals.figures.drawing import COLOURS, canvas, titled
from leed_evals.figures.gathering import Scores

TOP = 10
_FEWEST = 5
"""Fewer scores have no shape; they are drawn as strokes."""
_OVERLAP = 1.6


def strongest(scores: Scores, top: int = TOP) -> list[int]:
    """Return the columns with the highest means, the highest first; of equal ones, in their order."""
    means = np.array([_mean(scores.matrix[:, i]) for i in range(len(scores.labels))])
    return [int(i) for i in np.argsort(-means, kind="stable")[:top] if np.isfinite(means[i])]


def _mean(column: NDArray[np.float64]) -> float:
    there = column[np.isfinite(column)]
    return float(there.mean()) if len(there) else -np.inf


def ridge(scores: Scores, top: int = TOP) -> tuple[Figure, dict[str, Any]]:
    """Return the figure and its numbers: the quantiles of each label drawn."""
    columns = strongest(scores, top)
    drawn = {scores.labels[i]: _reported(scores.matrix[:, i]) for i in columns}
    every = np.concatenate(list(drawn.values()))
    low, high = min(0.0, float(every.min())), max(float(every.max()), 1e-6)
    grid = np.linspace(low, high + 0.03 * (high - low), 400)
    figure, axes = canvas(6.5, 1.2 + 0.42 * len(drawn))
    for place, (label, values) in enumerate(drawn.items()):
        base = len(drawn) - 1 - place
        _one(axes, grid, values, base, label)
    axes.set_yticks(range(len(drawn)), list(drawn)[::-1])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlim(grid[0], grid[-1])
    axes.set_ylim(-0.25, len(drawn) - 1 + _OVERLAP + 0.1)
    axes.set_xlabel("score (the stroke is the median)")
    titled(axes, f"Strongest labels of the {scores.called}", scores.told())
    quantiles = {
        label: {
            "n": len(values),
            **dict(zip(("5%", "25%", "50%", "75%", "95%"), _quantiles(values), strict=True)),
            "mean": float(values.mean()),
        }
        for label, values in drawn.items()
    }
    return figure, {"modality": scores.modality, "n": len(scores), "labels": quantiles}


def _one(axes: Any, grid: NDArray[np.float64], values: NDArray[np.float64], base: float, label: str) -> None:  # noqa: ANN401 - Axes
    axes.axhline(base, color="#DDDDDD", linewidth=0.8, zorder=1)
    median = float(np.median(values))
    if len(values) < _FEWEST or np.ptp(values) < 1e-9:  # noqa: PLR2004 - one and the same number
        axes.plot(values, np.full(len(values), base + 0.12), "|", color=COLOURS[0], markersize=9, zorder=3)
        return
    density = gaussian_kde(values)(grid)
    height = base + density / density.max() * _OVERLAP * 0.85
    axes.fill_between(grid, base, height, color=COLOURS[0], alpha=0.55, linewidth=0, zorder=2 + 1 / (2 + base))
    axes.plot(grid, height, color="white", linewidth=1.1, zorder=2 + 1 / (2 + base))
    at = float(np.interp(median, grid, height))
    axes.plot(
        [median, median], [base, base + (at - base) * 0.97], color=COLOURS[7], linewidth=1.1, zorder=4, label=label
    )


def _reported(column: NDArray[np.float64]) -> NDArray[np.float64]:
    return column[np.isfinite(column)]


def _quantiles(values: NDArray[np.float64]) -> list[float]:
    return [float(q) for q in np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95))]
