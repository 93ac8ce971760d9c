"""The sentences that are compared: as features, as prompts, without adverbs, with shuffled ones, and plain numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isnan
from typing import Any

import numpy as np

import leed
from leed import scale
from leed.fusion import Wording

_AMOUNTS = ("probability", "presence")


@dataclass(frozen=True)
class Words:
    """Puts a track into sentences, row by row.

    Attributes:
        describer: what makes sentences.
        amounts: whether probabilities are read as amounts, as in the paper, so that each class is named with its own.
    """

    describer: leed.Describer
    amounts: bool = True

    def __call__(self, track: leed.Track) -> list[str]:
        """Return a sentence for each row."""
        return leed.describe_matrix(
            track.matrix, track.labels, describer=self.describer, **self._about(track)
        ).to_list()

    def quoting(self, track: leed.Track, texts: Sequence[str]) -> list[str]:
        """Return a sentence for each row that quotes what was said."""
        about = self._about(track)
        known: dict[tuple[bytes, str], str] = {}
        for row, text in zip(track.matrix, texts, strict=True):
            key = (row.tobytes(), text)
            if key not in known:
                scores = dict(zip(track.labels, row.tolist(), strict=True))
                known[key] = str(self.describer.describe(scores, text=text or None, **about))
        return [known[row.tobytes(), text] for row, text in zip(track.matrix, texts, strict=True)]

    def _about(self, track: leed.Track) -> dict[str, Any]:
        quantity, exclusive = track.quantity, track.exclusive
        if self.amounts and quantity in _AMOUNTS:
            quantity, exclusive = "intensity", False
        return {"modality": track.modality, "quantity": quantity, "exclusive": exclusive, "taxonomy": track.taxonomy}

    @cached_property
    def adverbs(self) -> re.Pattern[str]:
        """What finds an adverb of the scale, with the space behind it."""
        words = {adverb for steps in self.describer.scale.intensity.values() for adverb in steps.adverbs}
        longest_first = sorted(words, key=lambda word: (-len(word), word))
        return re.compile(rf"\b({'|'.join(map(re.escape, longest_first))})\b ?")


def as_features() -> Words:
    """Return the wording of features, `leed.fusion.Wording`: every label above the floor, with its adverb."""
    return Words(Wording().describer)


def as_prompts() -> Words:
    """Return the wording of prompts: what stands out, three labels at most; of exclusive classes, the likeliest."""
    return Words(leed.Describer(scale=scale.DEFAULT), amounts=False)


def without_adverbs(words: Words) -> Callable[[Sequence[str]], list[str]]:
    """Return what takes the adverbs out of sentences.

    >>> without_adverbs(as_features())(["They sound both very happy and slightly sad."])
    ['They sound both happy and sad.']
    """
    return lambda sentences: [words.adverbs.sub("", sentence) for sentence in sentences]


def shuffled_adverbs(words: Words, seed: int) -> Callable[[Sequence[str]], list[str]]:
    """Return what puts any adverb in the place of each, so that they tell nothing.

    Each is drawn from all that the sentences hold, so that each is as frequent as before.
    """

    def shuffled(sentences: Sequence[str]) -> list[str]:
        drawn = [adverb for sentence in sentences for adverb in words.adverbs.findall(sentence)]
        order = iter(np.random.default_rng(seed).permutation(len(drawn)).tolist())
        return [words.adverbs.sub(lambda _: f"{drawn[next(order)]} ", sentence) for sentence in sentences]

    return shuffled


def numbers_as_text(track: leed.Track) -> list[str]:
    """Return the scores as they are, with two decimals.

    >>> track = leed.Track(labels=("Joy", "Fear"), matrix=np.array([[0.84, 0.1]]), modality="face")
    >>> numbers_as_text(track)
    ['Joy 0.84, Fear 0.10']
    """
    return [
        ", ".join(
            f"{label} {score:.2f}" for label, score in zip(track.labels, row.tolist(), strict=True) if not isnan(score)
        )
        for row in track.matrix
    ]
