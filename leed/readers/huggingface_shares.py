"""Long lists of Hugging Face answers whose scores are all shares, gathered some at a time without looking at each.

What comes out is what `leed.readers.huggingface` makes of them one by one. Where anything may be odd about one of them,
nothing comes out: a label that is missing or stands twice, a score that is no share, fields beside label and score.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import chain
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.readers.long_lists import LongList
from leed.readers.shares import Pairs, UnevenError, widths_of
from leed.readers.stretches import Stretches
from leed.taxonomy.matching import SUM_TOLERANCE

_CLOSE = 1e-9  # sums that are nearer to a bound than this are made again, as they are for one answer


class _Pair(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    label: str
    score: float


_PAIR = msgspec.json.Decoder(_Pair)
_PAIRS = msgspec.json.Decoder(list[_Pair])
_ANSWERS = msgspec.json.Decoder(list[list[_Pair]])


class Quick:
    """Gathers answers.

    Attributes:
        flat: whether each is a pair by itself, rather than a list of them.
        highest: the largest sum of an answer's scores.
        widest: the most labels of an answer.
    """

    def __init__(self, *, flat: bool) -> None:
        self.flat = flat
        self.stretches = Stretches()
        self.highest = 0.0
        self.widest = 0
        self._pairs = Pairs()

    @property
    def labels(self) -> dict[str, int]:
        """Those of all answers, in the order in which they are met."""
        return self._pairs.labels

    @property
    def rows(self) -> int:
        """How many answers there are."""
        return len(self.stretches)

    def add(self, answers: Sequence[Any]) -> None:
        """Add some answers.

        Raises:
            UnevenError: something may be odd about one of them.
        """
        lists: Sequence[list[_Pair]] = [[pair] for pair in answers] if self.flat else answers
        widths = widths_of(lists, len(lists))
        pairs = list(chain.from_iterable(lists))
        scores = np.frombuffer(array("d", [pair.score for pair in pairs]), np.float64)
        if scores.min(initial=0) < 0 or scores.max(initial=0) > 1 + SUM_TOLERANCE:
            raise UnevenError
        matrix = self._pairs.matrix(widths, [pair.label for pair in pairs], scores)
        self.stretches.add_rows(list(self.labels), matrix)
        self.widest = max(self.widest, int(widths.max()))
        self._sum(lists, np.add.reduceat(scores, np.cumsum(widths) - widths))

    def _sum(self, lists: Sequence[list[_Pair]], sums: NDArray[np.float64]) -> None:
        """Take in what the scores of answers sum to, just as `sum` has it where that may matter."""
        matters = sums > max(self.highest, 1 + SUM_TOLERANCE) - _CLOSE
        for row in np.flatnonzero(matters).tolist():
            self.highest = max(self.highest, sum(pair.score for pair in lists[row]))


def quickly(plain: LongList) -> Quick | None:
    """Return the answers of a long list of them, or of their top labels; None if each has to be looked at."""
    first = plain[0]
    quick = Quick(flat=isinstance(first, dict))
    one, several = (_PAIR, _PAIRS) if quick.flat else (_PAIRS, _ANSWERS)
    try:
        for answers in plain.some(one, several):
            if not isinstance(answers[0], _Pair if quick.flat else list) or (
                not quick.flat and not all(isinstance(answer[0], _Pair) for answer in answers if answer)
            ):
                return None
            quick.add(answers)
    except (UnevenError, OverflowError):
        return None
    repeats = quick.rows > len(quick.labels)
    return quick if quick.rows and (repeats or not quick.flat) else None
