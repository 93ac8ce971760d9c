"""What is made small: losses over the numbers that were given; NaN is none, and counts for nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

_TINY: Final = 1e-8


def mse(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the mean squared error.

    >>> mse(torch.tensor([[0.5, 0.0]]), torch.tensor([[1.0, torch.nan]])).item()
    0.25
    """
    there, filled = _reported(targets)
    return _mean((logits - filled) ** 2, there)


def bce(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the binary cross-entropy of numbers from 0 to 1.

    >>> round(bce(torch.tensor([[0.0, 9.0]]), torch.tensor([[1.0, torch.nan]])).item(), 4)
    0.6931
    """
    there, filled = _reported(targets)
    return _mean(functional.binary_cross_entropy_with_logits(logits, filled, reduction="none"), there)


def ccc(logits: Tensor, targets: Tensor) -> Tensor:
    """Return 1 - Lin's concordance correlation coefficient, the mean over labels that two clips have or more.

    >>> scores = torch.tensor([[1.0], [2.0], [3.0]])
    >>> round(ccc(scores, scores).item(), 4), round(ccc(scores + 1, scores).item(), 3)
    (0.0, 0.429)
    """
    there, filled = _reported(targets)
    counts = there.sum(0)
    usable = counts > 1
    if not usable.any():
        return (logits * 0).sum()
    n = counts.clamp(min=1)
    given, told = torch.where(there, filled, 0), torch.where(there, logits, 0)
    mean_given, mean_told = given.sum(0) / n, told.sum(0) / n
    off_given, off_told = torch.where(there, filled - mean_given, 0), torch.where(there, logits - mean_told, 0)
    both = (off_given * off_told).sum(0) / n
    spread = (off_given**2).sum(0) / n + (off_told**2).sum(0) / n + (mean_given - mean_told) ** 2
    return (1 - 2 * both / (spread + _TINY))[usable].mean()


LOSSES: Final[Mapping[str, Callable[[Tensor, Tensor], Tensor]]] = {"mse": mse, "ccc": ccc, "bce": bce}
"""By name, what gives a loss of (n, k) logits and (n, k) numbers."""


def _reported(targets: Tensor) -> tuple[Tensor, Tensor]:
    there = ~torch.isnan(targets)
    return there, torch.where(there, targets, 0)


def _mean(values: Tensor, there: Tensor) -> Tensor:
    return torch.where(there, values, 0).sum() / there.sum().clamp(min=1)
