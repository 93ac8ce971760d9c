"""CPU time of two things side by side in one run, and how many cores the machine really gives."""

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Result:
    """What was measured, against what is required.

    Attributes:
        value: a ratio, or a share where less is better.
        required, stretch: what it has to be; None where there is none.
        more_is_better: whether the value has to reach the requirement or to stay below it.
    """

    name: str
    value: float
    required: float
    stretch: float | None = None
    more_is_better: bool = True
    note: str = ""

    @property
    def holds(self) -> bool:
        """Whether the requirement is met."""
        return self.value >= self.required if self.more_is_better else self.value <= self.required

    def line(self) -> str:
        """The result as a line of a table."""
        sign = ">=" if self.more_is_better else "<="
        stretch = f" (stretch {self.stretch:g})" if self.stretch is not None else ""
        verdict = "holds" if self.holds else "MISSED"
        return f"{self.name:<46} {self.value:8.2f}   {sign} {self.required:g}{stretch:<14} {verdict:<7} {self.note}"


def cpu_ratio(
    baseline: Callable[[], Any], ours: Callable[[], Any], *, rounds: int = 7, share: float = 1.0, again: int = 1
) -> float:
    """How many times the baseline's CPU time ours takes less, each at its best of some rounds, taken in turns.

    share: the part of our work that the baseline does, where all of it would take minutes.
    again: how often ours is done in each round, where once is so short that it would be measured with the caches and
        the memory that seconds of the baseline have left.
    """
    best_baseline = best_ours = float("inf")
    for _ in range(rounds):
        best_baseline = min(best_baseline, cpu_of(baseline))
        best_ours = min(best_ours, *(cpu_of(ours) for _ in range(again)))
    return best_baseline / share / best_ours


def effective_cores() -> float:
    """How many cores' worth of work the machine does when every core is asked for it."""
    count = multiprocessing.cpu_count()
    start = time.perf_counter()
    _spin(0)
    alone = time.perf_counter() - start
    with multiprocessing.get_context("spawn").Pool(count) as pool:
        pool.map(_warm, range(count))
        start = time.perf_counter()
        pool.map(_spin, range(count), chunksize=1)
        together = time.perf_counter() - start
    return count * alone / together


def cpu_of(work: Callable[[], Any]) -> float:
    """The CPU seconds that something takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def _spin(_: int) -> int:
    return sum(i * i for i in range(6_000_000))


def _warm(_: int) -> int:
    return 0
