"""t-SNE: whether segments of a class have scores that lie together."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from sklearn.manifold import TSNE
from sklearn.preprocessing import StandardScaler

from leed_evals.figures.drawing import COLOURS, MARKERS, canvas, titled
from leed_evals.figures.gathering import Scores

FEWEST = 10
"""Fewer rows have no neighbourhoods."""
MOST = 2000
"""More rows are drawn from at random: dots would cover each other."""
_MOST_CLASSES = len(COLOURS)
_PERPLEXITY = 30.0


def by_class(scores: Scores, seed: int = 0) -> tuple[Figure, dict[str, Any]] | None:
    """Return the figure and its numbers; None if no classes are known, or too few rows have one."""
    rows = np.flatnonzero((scores.classes != "") & np.isfinite(scores.matrix).any(axis=1))
    if len(rows) < FEWEST:
        return None
    if len(rows) > MOST:
        rows = np.sort(np.random.default_rng(seed).choice(rows, MOST, replace=False))
    classes = scores.classes[rows]
    x = StandardScaler().fit_transform(np.nan_to_num(scores.matrix[rows]))
    perplexity = min(_PERPLEXITY, (len(rows) - 1) / 3)
    places = TSNE(perplexity=perplexity, random_state=seed, init="pca" if x.shape[1] > 1 else "random").fit_transform(x)
    names, counts = np.unique(classes, return_counts=True)
    shown = [str(names[i]) for i in np.argsort(-counts, kind="stable")][:_MOST_CLASSES]
    figure, axes = canvas(6.5, 5.0)
    for i, name in enumerate(shown):
        mine = classes == name
        axes.scatter(
            places[mine, 0],
            places[mine, 1],
            s=14,
            marker=MARKERS[i % len(MARKERS)],
            color=COLOURS[i % len(COLOURS)],
            alpha=0.75,
            linewidths=0.3,
            edgecolors="white",
            label=f"{name} ({mine.sum()})",
        )
    rest = ~np.isin(classes, shown)
    if rest.any():
        axes.scatter(places[rest, 0], places[rest, 1], s=8, color="#BBBBBB", label=f"others ({rest.sum()})", zorder=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=8, markerscale=1.6)
    titled(axes, f"Scores of the {scores.called} by class (t-SNE)", scores.told(len(rows)))
    numbers = {
        "modality": scores.modality,
        "n": len(rows),
        "perplexity": perplexity,
        "seed": seed,
        "classes": dict(zip(names.tolist(), counts.tolist(), strict=True)),
        "points": [
            {"class": str(name), "x": round(float(a), 3), "y": round(float(b), 3)}
            for name, (a, b) in zip(classes, places, strict=True)
        ],
    }
    return figure, numbers
