"""Correlations between modalities: whether what is seen goes with what is heard, where they overlap in time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.stats import false_discovery_control, spearmanr

from leed_evals.figures.drawing import COLOURS, canvas, titled
from leed_evals.figures.gathering import Scores

FEWEST = 5
"""Fewer pairs tell nothing of a correlation."""
SURE = 0.05
_MOST = 24
NOTE = (
    "Rows are the stretches of the modality with fewer of them, each with the mean of the other's segments that "
    "overlap it in time, whoever they are of. p is that of independent rows, by Benjamini and Hochberg over labels; "
    "neighbouring stretches are not independent, so that small p are smaller than they should be."
)


def paired(first: Scores, second: Scores) -> tuple[tuple[str, ...], NDArray[np.float64], NDArray[np.float64]]:
    """Return the labels that both have, and (pairs, labels) scores of each, where they overlap in time."""
    swapped = len(second) < len(first)
    few, many = (second, first) if swapped else (first, second)
    labels = tuple(label for label in first.labels if label in second.labels)
    columns = [[scores.labels.index(label) for label in labels] for scores in (few, many)]
    a, b = few.matrix[:, columns[0]], many.matrix[:, columns[1]]
    rows, means = [], []
    for i in range(len(few)):
        over = np.flatnonzero(
            (many.source == few.source[i]) & (many.begin <= few.end[i]) & (many.end >= few.begin[i])
        )  # NaN, where there is no time, is never over anything
        if len(over):
            rows.append(a[i])
            means.append(_means(b[over]))
    x = np.array(rows).reshape(-1, len(labels))
    y = np.array(means).reshape(-1, len(labels))
    return (labels, y, x) if swapped else (labels, x, y)


def _means(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    there = np.isfinite(rows)
    counts = there.sum(axis=0)
    return np.asarray(np.where(there, rows, 0).sum(axis=0) / np.where(counts, counts, np.nan))


def spearman(x: NDArray[np.float64], y: NDArray[np.float64]) -> list[tuple[float, float, int]]:
    """Return rho, p and the number of pairs, column by column; NaN where there are too few, or nothing varies."""
    found = []
    for i in range(x.shape[1]):
        both = np.isfinite(x[:, i]) & np.isfinite(y[:, i])
        a, b = x[both, i], y[both, i]
        if both.sum() < FEWEST or np.ptp(a) == 0 or np.ptp(b) == 0:
            found.append((float("nan"), float("nan"), int(both.sum())))
        else:
            result: Any = spearmanr(a, b)  # its types are guessed
            rho, p = result
            found.append((float(rho), float(p), int(both.sum())))
    return found


def between(first: Scores, second: Scores) -> tuple[Figure, dict[str, Any]] | None:
    """Return the figure and its numbers; None if the modalities share no labels, or too few stretches overlap."""
    labels, x, y = paired(first, second)
    found = [(label, *row) for label, row in zip(labels, spearman(x, y), strict=True) if np.isfinite(row[0])]
    if not found:
        return None
    adjusted = false_discovery_control([p for _, _, p, _ in found]).tolist()
    rows = sorted(zip(found, adjusted, strict=True), key=lambda row: -row[0][1])
    shown = rows if len(rows) <= _MOST else [*rows[: _MOST // 2], *rows[-_MOST // 2 :]]
    figure, axes = canvas(6.5, 1.6 + 0.2 * len(shown))
    _dots(axes, shown)
    left = "" if len(shown) == len(rows) else f"; the {_MOST // 2} highest and lowest of {len(rows)} labels"
    pairs = max(n for _, _, _, n in found)
    title = f"{first.called.capitalize()} and {second.called}: Spearman's rho"
    titled(axes, title, f"n = {pairs:,} overlapping stretches; {_sources(first)}{left}")
    numbers = {
        "modalities": [first.modality, second.modality],
        "pairs": pairs,
        "note": NOTE,
        "labels": {label: {"rho": rho, "p": p, "p_adjusted": q, "n": n} for (label, rho, p, n), q in rows},
    }
    return figure, numbers


def _dots(axes: Any, rows: Sequence[tuple[tuple[str, float, float, int], float]]) -> None:  # noqa: ANN401 - Axes
    axes.axvline(0, color="#888888", linewidth=0.8)
    heights = list(range(len(rows)))[::-1]
    for height, ((_, rho, _, _), q) in zip(heights, rows, strict=True):
        sure = q < SURE
        axes.plot([0, rho], [height, height], color="#BBBBBB", linewidth=1.2, zorder=1)
        axes.plot(
            rho,
            height,
            "o",
            color=COLOURS[0],
            markerfacecolor=COLOURS[0] if sure else "white",
            markersize=6,
            zorder=2,
        )
        axes.annotate(
            _shown(q), (1.02, height), xycoords=("axes fraction", "data"), va="center", fontsize=7, color="#444444"
        )
    axes.set_yticks(heights, [row[0][0] for row in rows], fontsize=8)
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(-1.05, 1.05)
    axes.set_ylim(-0.8, len(rows) - 0.2)
    axes.set_xlabel(f"rho (filled: p < {SURE} over all labels; p at the right, as if stretches were independent)")


def _shown(p: float) -> str:
    return "p < .001" if p < 0.001 else f"p = {p:.3f}".replace("0.", ".", 1)  # noqa: PLR2004 - as it is usual


def _sources(scores: Scores) -> str:
    return scores.told().partition("; ")[2]
