"""How near scores come to what was given, label by label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leed.classifiers.metrics import ccc
from leed_adapters.transformers.training.trained import LabelFigures

_HALF = 0.5


def figures(
    scores: NDArray[np.float32], given: NDArray[np.float32], labels: Sequence[str], *, classes: bool
) -> tuple[LabelFigures, ...]:
    """Return the figures of each label, over the clips that have a number for it.

    >>> import numpy as np
    >>> one = np.array([[0.1], [0.4], [0.9]], np.float32)
    >>> figures(one, one, ["Joy"], classes=True)
    (LabelFigures(label='Joy', clips=3, ccc=1.0, pearson=1.0, mse=0.0, auc=1.0, f1=1.0),)

    Args:
        scores: (n, k) what the model gives.
        given: (n, k) what the clips were given; NaN = nothing.
        labels: k labels.
        classes: whether numbers from 0.5 up are to be told from others.
    """
    return tuple(_of(label, scores[:, k], given[:, k], classes=classes) for k, label in enumerate(labels))


def _of(label: str, scores: NDArray[Any], given: NDArray[Any], *, classes: bool) -> LabelFigures:
    there = ~np.isnan(given)
    told, true = scores[there].astype(np.float64), given[there].astype(np.float64)
    n = len(true)
    varied = n > 1 and np.ptp(true) > 0
    return LabelFigures(
        label=label,
        clips=n,
        ccc=round(ccc(true, told), 6) if varied else None,
        pearson=round(float(np.corrcoef(true, told)[0, 1]), 6) if varied and np.ptp(told) > 0 else None,
        mse=float(np.mean((true - told) ** 2)) if n else None,
        auc=auc(told, true >= _HALF) if classes else None,
        f1=f1(told >= _HALF, true >= _HALF) if classes else None,
    )


def auc(scores: NDArray[Any], positive: NDArray[np.bool_]) -> float | None:
    """Return the area under the ROC curve: how often a positive scores above a negative; None if there are not both.

    >>> import numpy as np
    >>> auc(np.array([0.2, 0.8, 0.2]), np.array([False, True, True]))
    0.75
    """
    above, below = int(positive.sum()), int((~positive).sum())
    if not above or not below:
        return None
    _, ranks, counts = np.unique(scores, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts - 1) / 2
    return float((middle[ranks][positive].sum() - above * (above + 1) / 2) / (above * below))


def f1(told: NDArray[np.bool_], true: NDArray[np.bool_]) -> float | None:
    """Return the F1 score; None where nothing is positive, neither told nor true."""
    every = int(told.sum() + true.sum())
    return float(2 * (told & true).sum() / every) if every else None
