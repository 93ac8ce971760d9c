"""Correlation matrices: which labels of a modality rise and fall together."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from leed_evals.figures.drawing import DIVERGING, canvas, titled
from leed_evals.figures.gathering import Scores

FEWEST = 3
"""Two rows always correlate by 1 or -1."""
_WRITTEN = 12
"""In matrices of so many labels at most, the numbers are written too."""


def correlations(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (k, k) Pearson correlations over the rows that report both; NaN where one never varies.

    >>> correlations(np.array([[0.0, 0.2], [0.5, 0.1], [1.0, 0.0]])).round(2).tolist()
    [[1.0, -1.0], [-1.0, 1.0]]
    """
    k = matrix.shape[1]
    there = np.isfinite(matrix)
    found = np.full((k, k), np.nan)
    for i in range(k):
        for j in range(i, k):
            both = there[:, i] & there[:, j]
            x, y = matrix[both, i], matrix[both, j]
            if both.sum() >= FEWEST and x.std() > 0 and y.std() > 0:
                found[i, j] = found[j, i] = round(float(np.corrcoef(x, y)[0, 1]), 12)
    return found


def correlation(scores: Scores) -> tuple[Figure, dict[str, Any]] | None:
    """Return the figure and its numbers, with alike labels side by side; None if fewer than two labels vary."""
    found = correlations(scores.matrix)
    varying = [i for i in range(len(found)) if np.isfinite(found[i, i])]
    if len(varying) < 2:  # noqa: PLR2004 - something and something else
        return None
    found = found[np.ix_(varying, varying)]
    order = _order(found)
    found = found[np.ix_(order, order)]
    labels = [scores.labels[varying[i]] for i in order]
    k = len(labels)
    size = max(4.2, 2.2 + 0.165 * k if k > _WRITTEN else 2.2 + 0.42 * k)
    figure, axes = canvas(size + 0.6, size)
    axes.spines[["left", "bottom"]].set_visible(False)
    image = axes.imshow(found, cmap=DIVERGING, vmin=-1, vmax=1)
    axes.set_facecolor("#EEEEEE")
    size_of_text = 8 if k <= 2 * _WRITTEN else 6.5
    axes.set_xticks(range(k), labels, rotation=90, fontsize=size_of_text)
    axes.set_yticks(range(k), labels, fontsize=size_of_text)
    axes.tick_params(length=0)
    if k <= _WRITTEN:
        _written(axes, found)
    bar = figure.colorbar(image, ax=axes, shrink=0.6, aspect=28)
    bar.ax.tick_params(labelsize=8)
    bar.set_label("Pearson's r", fontsize=8)
    titled(axes, f"Labels of the {scores.called} that go together", scores.told())
    return figure, {"modality": scores.modality, "n": len(scores), "labels": labels, "pearson": found.tolist()}


def _order(found: NDArray[np.float64]) -> list[int]:
    if len(found) < 3:  # noqa: PLR2004 - nothing to order
        return list(range(len(found)))
    apart = 1 - np.nan_to_num(found)
    np.fill_diagonal(apart, 0)
    return [int(i) for i in leaves_list(linkage(squareform(apart, checks=False), "average", optimal_ordering=True))]


def _written(axes: Any, found: NDArray[np.float64]) -> None:  # noqa: ANN401 - Axes
    for (i, j), value in np.ndenumerate(found):
        if np.isfinite(value):
            colour = "white" if abs(value) > 0.6 else "black"  # noqa: PLR2004 - readable on it
            axes.text(j, i, f"{value:.2f}".replace("0.", "."), ha="center", va="center", fontsize=7, color=colour)
