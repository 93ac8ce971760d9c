"""The coarser scale that survives: the most steps that a model tells apart, with the bounds of what they replace."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

import msgspec

from leed.scale import Scale
from leed_evals.adverbs.ratings import Ratings


def survivors(ratings: Ratings, gap: float) -> tuple[int, ...]:
    """Return the most steps of which each is told apart from the one before; of several such, the farthest apart."""
    n = len(ratings.adverbs)
    apart = {(a, b): ratings.told_apart(a, b, gap) for a, b in combinations(range(n), 2)}
    means = [interval.value for interval in ratings.by_step]
    for size in range(n, 1, -1):
        chains = [chain for chain in combinations(range(n), size) if all(apart[pair] for pair in pairwise(chain))]
        if chains:
            return max(chains, key=lambda chain: min(means[b] - means[a] for a, b in pairwise(chain)))
    return (0,)


def starts(ratings: Ratings, kept: Sequence[int]) -> list[int]:
    """Return from which step on each kept adverb is used: a step between two goes to the one it is rated nearer to."""
    means = [interval.value for interval in ratings.by_step]
    found = [0]
    for low, high in pairwise(kept):
        costs = {
            cut: sum(abs(means[i] - means[low if i < cut else high]) for i in range(low + 1, high))
            for cut in range(high, low, -1)
        }
        found.append(min(costs, key=lambda cut: (costs[cut], -cut)))
    return found


def coarser(
    scale: Scale, quantity: str, kept: Mapping[tuple[str, ...], tuple[Sequence[int], Sequence[int]]], model: str
) -> dict[str, Any]:
    """Return a scale file with the steps that were kept; all else is as in the scale.

    Args:
        scale: the scale that was asked about.
        quantity: the tables that were asked about.
        kept: by adverbs of a table: which of them are kept, and from which step on each.
        model: that tells them apart.
    """
    plain: dict[str, Any] = msgspec.to_builtins(scale)
    plain.pop("digest")
    tables = {}
    for name, steps in getattr(scale, quantity).items():
        numbers, begins = kept.get(steps.adverbs, (range(len(steps.bounds)), range(len(steps.bounds))))
        tables[name] = {
            "bounds": [steps.bounds[i] for i in begins],
            "adverbs": [steps.adverbs[i] for i in numbers],
        }
    source = f"Those steps of {scale.name} that {model} tells apart, as python -m leed_evals adverbs found them."
    return {**plain, quantity: tables, "name": _named(scale.name, model), "source": source}


def _named(scale: str, model: str) -> str:
    plain = re.sub(r"[^\w.+-]+", "-", model).strip("-") or "model"
    return f"{scale}-for-{plain}"[:60]
