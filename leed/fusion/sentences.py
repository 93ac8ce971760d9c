"""The sentences behind features: one for each item or step and modality."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from leed.fusion.items import Block, Items
    from leed.fusion.wording import Wording
    from leed.matrix import Sentences


def described(
    items: Items, modalities: Sequence[str], wording: Wording, *, transcript: bool = False
) -> dict[str, list[str]]:
    """Return, by modality, a sentence for each item: that of the mean over its steps.

    >>> from leed.fusion import Items, Wording
    >>> items = Items.of([{"face": {"Joy": 0.8}, "prosody": {"Joy": 0.3}, "text": "Hi!"}, {"face": {"Joy": 0.5}}])
    >>> described(items, ["prosody"], Wording())
    {'prosody': ['They sound quite joyful.', 'There are no scores for their voice.']}
    >>> described(items, ["face"], Wording(), transcript=True)
    {'face': ['They said "Hi!" and look extremely joyful.', 'They look moderately joyful.']}

    Args:
        items: what is described.
        modalities: which of its modalities.
        wording: how.
        transcript: whether the sentence of the first modality quotes what was said in an item.
    """
    spoken = {name: mean_sentences(items.blocks[name], wording) for name in modalities}
    if transcript and modalities:
        first = modalities[0]
        spoken[first] = _quoting(items, items.blocks[first], spoken[first], wording)
    return spoken


def mean_sentences(block: Block, wording: Wording) -> list[str]:
    """Return a sentence for each item of a block."""
    return wording.sentences(block, block.mean()).to_list()


def step_sentences(block: Block, wording: Wording) -> Sentences:
    """Return a sentence for each step of a block."""
    return wording.sentences(block, block.matrix)


def lacking(block: Block, wording: Wording) -> str:
    """Return the sentence of an item that has nothing of a block's modality.

    It is the describer's own for scores that are not reported: the same in every fusion, fixed before anything is
    fitted, and different from every sentence that says something.

    >>> from leed.fusion import Items, Wording
    >>> lacking(Items.of([{"face": {"Joy": 0.8}}]).blocks["face"], Wording())
    'There are no scores for their face.'
    """
    return wording.sentences(block, np.full((1, len(block.labels)), np.nan, np.float32))[0]


def _quoting(items: Items, block: Block, plain: list[str], wording: Wording) -> list[str]:
    means = block.mean()
    quoted = []
    for place, text in enumerate(items.texts):
        if not text:
            quoted.append(plain[place])
            continue
        scores = dict(zip(block.labels, means[place].tolist(), strict=True))
        quoted.append(wording.quoting(block, scores, text))
    return quoted
