"""Which of two replies is preferred: asked in both orders, and counted so that no position wins."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import nan

import numpy as np
from numpy.typing import NDArray

from leed_evals.asking.prompts import prompt
from leed_evals.asking.questions import Answer, Question
from leed_evals.empathy.cases import Case
from leed_evals.empathy.conditions import CONDITIONS

RESAMPLES = 2000
Pair = tuple[str, str]

LEED_PAIRS: tuple[Pair, ...] = tuple(("leed", other) for other in CONDITIONS[1:])
ALL_PAIRS: tuple[Pair, ...] = tuple(combinations(CONDITIONS, 2))

_WORD = re.compile(r"\W*(?:reply\W)?(a|b|tie)\W*", re.IGNORECASE)
_NAMED = re.compile(r"\b(A|B|[Tt]ie|TIE)\b")


def judgements_wanted(
    cases: Sequence[Case], replies: Mapping[tuple[str, str], str], pairs: Sequence[Pair]
) -> list[Question]:
    """Return what the judge is asked: each pair of replies to each case, in both orders."""
    return [
        Question(
            ({"role": "user", "content": _asked(case, replies, first, second)},),
            {"kind": "verdict", "case": case.name, "first": first, "second": second, "prompt": "judge.v1"},
        )
        for case in cases
        for pair in pairs
        for first, second in (pair, pair[::-1])
    ]


def _asked(case: Case, replies: Mapping[tuple[str, str], str], first: str, second: str) -> str:
    shown = {"first": replies[case.name, first], "second": replies[case.name, second]}
    return prompt("judge", conversation=case.conversation, situation=case.situation, **shown)


def share_of_first(text: str) -> float:
    """Return what the reply that stood first gets: 1, 0, or 0.5 for a tie; NaN where there is no verdict.

    >>> share_of_first("A"), share_of_first("b."), share_of_first("A tie"), share_of_first("Both are fine.")
    (1.0, 0.0, nan, nan)
    """
    whole = _WORD.fullmatch(text)
    found = {verdict.lower() for verdict in ([whole[1]] if whole else _NAMED.findall(text))}
    return {"a": 1.0, "b": 0.0, "tie": 0.5}[found.pop()] if len(found) == 1 else nan


@dataclass(frozen=True, eq=False)
class Verdicts:
    """What the judge said of one pair.

    Attributes:
        pair: the two conditions.
        shares: (cases, 2) what the reply that stood first got, when the pair's first stood first, and when its second.
        seed: of the resampling.
    """

    pair: Pair
    shares: NDArray[np.float64]
    seed: int = 0

    @property
    def won(self) -> NDArray[np.float64]:
        """What the pair's first won of each case, over both orders; of those with a verdict in both."""
        whole = self.shares[np.isfinite(self.shares).all(axis=1)]
        return np.asarray((whole[:, 0] + 1 - whole[:, 1]) / 2)

    @property
    def rate(self) -> tuple[float, float, float]:
        """The win rate of the pair's first, a tie as half a win, with its 95 % interval over cases."""
        won = self.won
        if not len(won):
            return nan, nan, nan
        drawn = np.random.default_rng(self.seed).integers(len(won), size=(RESAMPLES, len(won)))
        low, high = np.quantile(won[drawn].mean(axis=1), [0.025, 0.975])
        return float(won.mean()), float(low), float(high)

    @property
    def outcomes(self) -> tuple[int, int, int]:
        """In how many cases the first won, neither did, and the second won."""
        won = self.won
        return int((won > 0.5).sum()), int((won == 0.5).sum()), int((won < 0.5).sum())  # noqa: PLR2004 - the middle

    @property
    def preferred(self) -> str:
        """Which is surely preferred, or that neither is."""
        _, low, high = self.rate
        if low > 0.5:  # noqa: PLR2004 - the middle
            return self.pair[0]
        return self.pair[1] if high < 0.5 else "no preference"  # noqa: PLR2004 - the middle


def first_position(verdicts: Sequence[Verdicts]) -> tuple[float, int]:
    """Return how often the reply that stood first was chosen, of so many verdicts that are no ties; 0.5 is no bias."""
    every = np.concatenate([v.shares.ravel() for v in verdicts])
    decided = every[(every == 0) | (every == 1)]
    return (float(decided.mean()) if len(decided) else nan), len(decided)


def verdicts_of(
    cases: Sequence[Case], pairs: Sequence[Pair], answers: Sequence[Answer], seed: int
) -> tuple[list[Verdicts], NDArray[np.float64]]:
    """Return the verdicts by pair, from answers by case, then pair, then order; and all shares as they came."""
    shares = np.array([share_of_first(answer.text) for answer in answers]).reshape(len(cases), len(pairs), 2)
    return [Verdicts(pair, shares[:, i], seed) for i, pair in enumerate(pairs)], shares
