"""Features for classifiers: items with the scores of several modalities, as numbers.

>>> import sklearn
>>> from leed.embed import get_embedder
>>> from leed.fusion import Items, concat_embeddings, concat_text
>>> items = Items.of([{"face": {"Joy": 0.8}, "prosody": {"Joy": 0.3}}, {"face": {"Fear": 0.5}}])
>>> lexical = get_embedder("lexical", dimensions=64)
>>> concat_embeddings(items, lexical).matrix.shape, concat_text(items, lexical).matrix.shape
((2, 128), (2, 64))

The paper's names for these, "early" and "late", are the reverse of common use; they are taken as the paper has them.
"""

from __future__ import annotations

from leed.fusion.features import (
    FUSIONS,
    POOLS,
    Features,
    concat_embeddings,
    concat_text,
    extras,
    fuse,
    raw_scores,
    step_embeddings,
    step_text,
    step_vectors,
    transcripts,
)
from leed.fusion.items import Block, Items
from leed.fusion.sentences import described, lacking
from leed.fusion.wording import Wording

__all__ = [
    "FUSIONS",
    "POOLS",
    "Block",
    "Features",
    "Items",
    "Wording",
    "concat_embeddings",
    "concat_text",
    "described",
    "extras",
    "fuse",
    "lacking",
    "raw_scores",
    "step_embeddings",
    "step_text",
    "step_vectors",
    "transcripts",
]
