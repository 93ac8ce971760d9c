"""What came back: numbers out of answers, and what they say about the order of the steps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

RESAMPLES = 1000
HIGHEST = 100

_OF = re.compile(r"\b0\s*(?:-|–|to)\s*100\b|(?:/|\bout of|\bof)\s*100\b")
_NUMBER = re.compile(r"(?<![\w.,-])\d+(?:\.\d+)?(?![\w]|[.,–-]\d)")


def number_in(text: str) -> float:
    """Return the one number from 0 to 100 that an answer gives, or NaN.

    >>> number_in("85"), number_in("Rating: 85/100."), number_in("It is between 60 and 70."), number_in("very")
    (85.0, 85.0, nan, nan)
    """
    found = {float(number) for number in _NUMBER.findall(_OF.sub(" ", text))}
    value = found.pop() if len(found) == 1 else nan
    return value if 0 <= value <= HIGHEST else nan


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % interval, from resampled items."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        if isnan(self.value):
            return "–"
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings of sentences on the same steps.

    Attributes:
        adverbs: the steps.
        rated: (items, steps, repeats) from 0 to 100; NaN where an answer had no number.
        seed: of the resampling.
    """

    adverbs: tuple[str, ...]
    rated: NDArray[np.float64]
    seed: int = 0

    @property
    def means(self) -> NDArray[np.float64]:
        """(items, steps) the mean over repeats."""
        return _nanmean(self.rated, axis=2)

    @property
    def by_step(self) -> list[Interval]:
        """The mean rating of each step."""
        means = self.means
        return [self._interval(means[:, i]) for i in range(len(self.adverbs))]

    @property
    def rho(self) -> Interval:
        """Spearman's rho between the step and the rating, over all answers; 0 where all ratings are the same."""
        drawn = [rho(self.rated[draw]) for draw in self._draws()]
        low, high = np.quantile(drawn, [0.025, 0.975])
        return Interval(rho(self.rated), float(low), float(high))

    def difference(self, lower: int, higher: int) -> Interval:
        """Return by how much a step is rated above another one, item by item."""
        means = self.means
        return self._interval(means[:, higher] - means[:, lower])

    def told_apart(self, lower: int, higher: int, gap: float) -> bool:
        """Return whether a step is surely rated above another one: its interval above 0, by so many points."""
        difference = self.difference(lower, higher)
        return difference.low > 0 and difference.value >= gap

    def _draws(self) -> NDArray[np.intp]:
        n = len(self.rated)
        return np.random.default_rng(self.seed).integers(n, size=(RESAMPLES, n))

    def _interval(self, values: NDArray[np.float64]) -> Interval:
        drawn = _nanmean(values[self._draws()], axis=1)
        drawn = drawn[np.isfinite(drawn)]
        low, high = np.quantile(drawn, [0.025, 0.975]) if len(drawn) else (nan, nan)
        return Interval(float(_nanmean(values, axis=0)), float(low), float(high))


def rho(rated: NDArray[np.float64]) -> float:
    """Return Spearman's rho between the step and the rating, of (items, steps, repeats); 0 where nothing varies.

    >>> rho(np.array([[[10.0], [20.0], [70.0]]]))
    1.0
    """
    step = np.broadcast_to(np.arange(rated.shape[1])[None, :, None], rated.shape)
    there = np.isfinite(rated)
    x, y = rankdata(step[there]), rankdata(rated[there])
    if not len(x) or x.std() == 0 or y.std() == 0:
        return 0.0
    return round(float(np.corrcoef(x, y)[0, 1]), 12)


def _nanmean(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """The mean of what is there; NaN, and no warning, where nothing is."""
    there = np.isfinite(values)
    counts = there.sum(axis=axis)
    return np.asarray(np.where(there, values, 0).sum(axis=axis) / np.where(counts, counts, nan))


def arranged(numbers: Sequence[float], items: int, steps: int) -> NDArray[np.float64]:
    """Return numbers that stand by item, then step, then repeat as (items, steps, repeats)."""
    return np.array(numbers, np.float64).reshape(items, steps, -1)
