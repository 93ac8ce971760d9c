"""How many threads the models of a worker calculate in, so that all workers together have the cores and no more."""

from __future__ import annotations

import os
import sys
from typing import Any, Final

from leed.batch.local import cores

_NAMES: Final = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")


def share_of(workers: int | None, items: int) -> int | None:
    """Return how many threads one of so many workers may have for so many items; None where it is alone.

    >>> share_of(1, 10), share_of(4, 1), share_of(10_000, 10_000)
    (None, None, 1)
    """
    together = min(workers or cores(), items)
    return max(cores() // together, 1) if together > 1 else None


def limit(threads: int | None) -> None:
    """Let the models of this process, most of which are not loaded yet, calculate in so many threads at most."""
    if threads is None:
        return
    for name in _NAMES:
        own = os.environ.get(name, "")
        os.environ[name] = str(min(threads, int(own)) if own.isdecimal() and int(own) else threads)
    torch: Any = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(threads)
