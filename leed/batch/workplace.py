"""Where a worker works: in the folder of whoever started it, on its share of the cores."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from typing import Any, Final

from leed.batch.local import cores

_NAMES: Final = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")


@dataclass(frozen=True)
class Workplace:
    """Made where work is handed out; `settle` is called where it is done, before anything heavy is loaded.

    Attributes:
        threads: how many threads models may calculate in; None: as they like, for there are no others.
        folder: what paths are relative to.
    """

    threads: int | None = None
    folder: str = field(default_factory=os.getcwd)

    @classmethod
    def of(cls, workers: int | None, items: int) -> Workplace:
        """Return that of one of so many workers, for so many items.

        >>> Workplace.of(1, 10).threads, Workplace.of(4, 1).threads, Workplace.of(10_000, 10_000).threads
        (None, None, 1)
        """
        together = min(workers or cores(), items)
        return cls(max(cores() // together, 1) if together > 1 else None)

    def settle(self) -> None:
        """Make this process work there."""
        if os.getcwd() != self.folder and os.path.isdir(self.folder):
            os.chdir(self.folder)
        if self.threads is not None:
            _limit(self.threads)


def _limit(threads: int) -> None:
    for name in _NAMES:
        own = os.environ.get(name, "")
        os.environ[name] = str(min(threads, int(own)) if own.isdecimal() and int(own) else threads)
    torch: Any = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(threads)
