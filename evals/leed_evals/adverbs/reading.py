"""How the adverbs were read: the page, and the scale that survives."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from math import isfinite
from typing import Any

import leed
from leed.errors import InputError
from leed.scale import Scale
from leed_evals.adverbs.items import Item
from leed_evals.adverbs.proposal import coarser, starts, survivors
from leed_evals.adverbs.ratings import RESAMPLES, Ratings, arranged, number_in, rho
from leed_evals.asking.questions import Answer
from leed_evals.faithful.report import Part, Report, Table


def report_of(
    scale: Scale, options: argparse.Namespace, items: Sequence[Item], answers: Sequence[Answer]
) -> tuple[Report, dict[str, Any]]:
    """Return the page and the scale file that is proposed.

    Raises:
        InputError: no answer is a number from 0 to 100.
    """
    numbers = [number_in(answer.text) for answer in answers]
    if not any(map(isfinite, numbers)):
        raise InputError(
            f"none of {len(answers)} answers of {options.model} is a number from 0 to 100; the first is "
            f"{answers[0].text[:80]!r}: read {options.out / 'answers.jsonl'}, and try a model that follows instructions"
        )
    parts, kept = [], {}
    for adverbs, whose, rated in _families(items, numbers, options.repeats):
        ratings = Ratings(adverbs, rated, options.seed)
        chosen = survivors(ratings, options.gap)
        kept[adverbs] = (chosen, starts(ratings, chosen))
        parts.append(_part(ratings, whose, chosen, options.gap))
    proposed = coarser(scale, options.quantity, kept, options.model)
    about = (
        f"model: {options.model}; scale: {scale.name} ({options.quantity}), language {options.lang}",
        f"{len(answers)} answers: {len(items)} sentences on each step, {options.repeats} times each",
        *_oddities(answers, numbers),
        f"leed {leed.__version__}, prompt rating.v1, {dt.datetime.now(tz=dt.UTC).date()}",
        f"the scale that survives: {options.out / 'scale.json'}",
    )
    return Report("Are the adverbs read in their order?", about, tuple(parts)), proposed


def _oddities(answers: Sequence[Answer], numbers: Sequence[float]) -> list[str]:
    refused = [answer.refused for answer in answers if answer.refused]
    bare = sum(not isfinite(number) for number in numbers) - len(refused)
    told = [f"no number from 0 to 100: {bare} answers"] if bare else []
    return told + ([f"refused by the endpoint: {len(refused)}, the first for {refused[0]}"] if refused else [])


def _families(
    items: Sequence[Item], numbers: Sequence[float], repeats: int
) -> list[tuple[tuple[str, ...], list[Item], Any]]:
    """Items whose modalities have the same adverbs, and the numbers of each: they are looked at together."""
    ends = [0]
    for item in items:
        ends.append(ends[-1] + len(item.adverbs) * repeats)
    found: dict[tuple[str, ...], list[int]] = {}
    for i, item in enumerate(items):
        found.setdefault(item.adverbs, []).append(i)
    return [
        (
            adverbs,
            [items[i] for i in places],
            arranged([n for i in places for n in numbers[ends[i] : ends[i + 1]]], len(places), len(adverbs)),
        )
        for adverbs, places in found.items()
    ]


def _part(ratings: Ratings, whose: Sequence[Item], kept: Sequence[int], gap: float) -> Part:
    modalities = list(dict.fromkeys(item.modality for item in whose))
    note = (
        f"Spearman's rho between step and rating is {ratings.rho}, over {len(whose)} labels of modalities "
        f"({', '.join(modalities)}), with the 95 % interval of {RESAMPLES} resamples of them. "
    )
    alike = [f"'{ratings.adverbs[a]}' and '{ratings.adverbs[b]}'" for a, b in _neighbours(ratings, gap)]
    note += f"Not told apart: {'; '.join(alike)}. " if alike else "Every step is told apart from the next. "
    note += f"What survives: {', '.join(ratings.adverbs[i] for i in kept)}."
    return Part(", ".join(ratings.adverbs), note, (_steps(ratings, kept, gap), _modalities(ratings, whose)))


def _neighbours(ratings: Ratings, gap: float) -> list[tuple[int, int]]:
    return [pair for pair in pairwise(range(len(ratings.adverbs))) if not ratings.told_apart(*pair, gap)]


def _steps(ratings: Ratings, kept: Sequence[int], gap: float) -> Table:
    rows = []
    for i, (adverb, rating) in enumerate(zip(ratings.adverbs, ratings.by_step, strict=True)):
        above = ratings.difference(i - 1, i) if i else None
        verdict = "" if above is None else "apart" if ratings.told_apart(i - 1, i, gap) else "alike"
        verdict = "reversed" if above is not None and above.high < 0 else verdict
        rows.append((adverb, rating, above, verdict, "kept" if i in kept else ""))
    note = f"Mean ratings from 0 to 100. Apart: surely rated above the step before, by {gap:g} points at least."
    return Table("By step", note, ("step", "rating", "above the step before", "told", "scale"), tuple(rows))


def _modalities(ratings: Ratings, whose: Sequence[Item]) -> Table:
    rows = []
    for modality in dict.fromkeys(item.modality for item in whose):
        mine = [i for i, item in enumerate(whose) if item.modality == modality]
        part = Ratings(ratings.adverbs, ratings.rated[mine], ratings.seed)
        rows.append((modality, rho(part.rated), *(rating.value for rating in part.by_step)))
    return Table("By modality", "", ("modality", "rho", *ratings.adverbs), tuple(rows))
