"""Chance that can be stopped and gone on with: the states of Python's, NumPy's and torch's random numbers."""

from __future__ import annotations

import random
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch


@contextmanager
def seeded(seed: int) -> Generator[None]:
    """Draw by a seed while the context lasts; then as if nothing had been drawn in it.

    >>> before = torch.random.get_rng_state()
    >>> with seeded(7):
    ...     _ = torch.rand(3)
    >>> bool((torch.random.get_rng_state() == before).all())
    True
    """
    before = state()
    try:
        random.seed(seed)
        np.random.seed(seed % 2**32)  # noqa: NPY002 - the one that libraries draw from
        torch.manual_seed(seed)
        yield
    finally:
        restore(before)


def state() -> dict[str, Any]:
    """Return the states, as plain data and tensors."""
    version, numbers, gauss = random.getstate()
    kind, keys, *rest = np.random.get_state()  # noqa: NPY002 - as above
    return {
        "python": [version, list(numbers), gauss],
        "numpy": [kind, np.asarray(keys).tolist(), *rest],
        "torch": torch.random.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def restore(states: dict[str, Any]) -> None:
    """Put states back."""
    version, numbers, gauss = states["python"]
    random.setstate((version, tuple(numbers), gauss))
    kind, keys, *rest = states["numpy"]
    np.random.set_state((kind, np.array(keys, np.uint32), *rest))  # noqa: NPY002 - as above
    torch.random.set_rng_state(states["torch"])
    if states["cuda"]:
        torch.cuda.set_rng_state_all(states["cuda"])


def order(n: int, epoch: int, seed: int) -> list[int]:
    """Return the order of n clips in an epoch; it depends on nothing that was drawn before.

    >>> order(5, 0, seed=1) == order(5, 0, seed=1), sorted(order(5, 1, seed=1))
    (True, [0, 1, 2, 3, 4])
    """
    found: list[int] = np.random.default_rng((seed, epoch)).permutation(n).tolist()
    return found
