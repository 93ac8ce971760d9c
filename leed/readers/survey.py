"""What columns of numbers say as a whole, told from their rows a part at a time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.readers.stack import Stack
from leed.scores import Spread


class Fact(msgspec.Struct, frozen=True):
    """What the numbers of a column say; NaN counts as none.

    Attributes:
        known: how many there are.
        low, high: the least and the greatest; infinity and minus infinity where there is none.
        broken: whether any has a fraction.
        below: how many are negative.
        total: their sum.
    """

    known: int = 0
    low: float = math.inf
    high: float = -math.inf
    broken: bool = False
    below: int = 0
    total: float = 0.0

    @property
    def are_shares(self) -> bool:
        """Whether the numbers are between 0 and 1, some of them neither."""
        return self.broken and self.low >= 0 and self.high <= 1

    def and_of(self, values: NDArray[Any]) -> Fact:
        """Return the fact for some more numbers.

        >>> Fact().and_of(np.array([0.0, np.nan])).and_of(np.array([0.3]))
        Fact(known=2, low=0.0, high=0.3, broken=True, below=0, total=0.3)
        """
        values = values[~np.isnan(values)]
        if not len(values):
            return self
        return Fact(
            self.known + len(values),
            min(self.low, float(values.min())),
            max(self.high, float(values.max())),
            self.broken or bool((values != np.trunc(values)).any()),
            self.below + int(np.count_nonzero(values < 0)),
            self.total + float(values.sum(dtype=np.float64)),
        )

    @staticmethod
    def spread(facts: Sequence[Fact]) -> Spread:
        """Return how far the numbers of several columns go; each has some."""
        return Spread(
            sum(fact.known for fact in facts),
            min(fact.low for fact in facts),
            max(fact.high for fact in facts),
            sum(fact.below for fact in facts),
            math.fsum(fact.total for fact in facts),
        )


class Survey:
    """What the rows of a table say of its columns, added a stack at a time.

    Attributes:
        rows: how many there are.
    """

    def __init__(self, places: Iterable[int]) -> None:
        """Look at these columns; they are numbers, or scores, of the plan."""
        self.rows = 0
        self._last: Stack | None = None
        self._facts = dict.fromkeys(places, Fact())

    def add(self, stack: Stack) -> None:
        """Take note of some rows."""
        self.rows += stack.rows
        self._last = stack
        for place, fact in self._facts.items():
            if not stack.is_blank(place):
                self._facts[place] = fact.and_of(stack.values(place))

    @property
    def stack(self) -> Stack:
        """The last stack, which has counted what was odd in all of them."""
        if self._last is None:
            raise ValueError("no rows were added yet, not even none")
        return self._last

    def fact(self, place: int) -> Fact:
        """Return what the numbers of a column say."""
        return self._facts[place]
