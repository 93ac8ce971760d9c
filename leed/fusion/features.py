"""Features: numbers for each item, with a name for every column.

The paper's names are the reverse of common use: its *early* fusion embeds each modality and puts the vectors side by
side (`concat_embeddings`, d x m columns); its *late* fusion joins the sentences and embeds the text (`concat_text`, d).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from leed.errors import InputError, OptionError, one_of
from leed.fusion.sentences import described, lacking, step_sentences
from leed.fusion.wording import Wording, wording_of

if TYPE_CHECKING:
    from leed.describer import Describer
    from leed.embed import Embedder
    from leed.fusion.items import Block, Items

FUSIONS: Mapping[str, str] = {
    "early": "concat_embeddings",
    "concat_embeddings": "concat_embeddings",
    "late": "concat_text",
    "concat_text": "concat_text",
}
"""The names that each way to fuse goes by."""

POOLS = ("mean", "max", "std")
"""What is kept of the vectors of an item's steps."""


@dataclass(frozen=True, eq=False)
class Features:
    """A matrix of features, and the names of its columns.

    Attributes:
        matrix: (n, d) numbers.
        names: d names, such as "face.Joy", "face.leed.17", "leed.3".
    """

    matrix: NDArray[np.float32]
    names: tuple[str, ...]

    def beside(self, other: Features) -> Features:
        """Return these features and others beside them."""
        return Features(np.hstack((self.matrix, other.matrix)), (*self.names, *other.names))


def raw_scores(items: Items, modalities: Sequence[str] | None = None) -> Features:
    """Return the scores as they are, the mean over an item's steps; NaN where nothing is reported.

    >>> from leed.fusion import Items
    >>> features = raw_scores(Items.of([{"face": {"Joy": 0.5, "Fear": 0.25}}, {"face": {"Fear": 0.75}}]))
    >>> features.names, features.matrix.tolist()
    (('face.Fear', 'face.Joy'), [[0.25, 0.5], [0.75, nan]])
    """
    chosen = _chosen(items, modalities)
    names = [f"{name}.{label}" for name in chosen for label in items.blocks[name].labels]
    means = [items.blocks[name].mean() for name in chosen]
    return Features(np.hstack(means) if means else np.zeros((len(items), 0), np.float32), tuple(names))


def concat_embeddings(
    items: Items,
    embedder: Embedder,
    *,
    describer: Wording | Describer | None = None,
    modalities: Sequence[str] | None = None,
    transcript: bool = False,
) -> Features:
    """Return the vector of each modality's sentence, side by side: the paper's *early* fusion, (n, d x m).

    The sentence is that of the mean over an item's steps. Where an item lacks a modality it is the describer's own
    sentence for that, "There are no scores for their face.", which an embedder tells from all others.

    >>> import sklearn
    >>> from leed.embed import get_embedder
    >>> from leed.fusion import Items
    >>> items = Items.of([{"face": {"Joy": 0.8}, "prosody": {"Joy": 0.3}}, {"face": {"Fear": 0.5}}])
    >>> features = concat_embeddings(items, get_embedder("lexical", dimensions=64))
    >>> features.matrix.shape, features.names[0], features.names[-1]
    ((2, 128), 'face.leed.0', 'prosody.leed.63')
    """
    parts = described(items, _chosen(items, modalities), wording_of(describer), transcript=transcript)
    features = [_named(_embedded(embedder, sentences), f"{name}.leed") for name, sentences in parts.items()]
    return _side_by_side(features, len(items))


def concat_text(
    items: Items,
    embedder: Embedder,
    *,
    describer: Wording | Describer | None = None,
    modalities: Sequence[str] | None = None,
    transcript: bool = False,
) -> Features:
    """Return the vector of the sentences of all modalities, joined to one text: the paper's *late* fusion, (n, d).

    A modality that an item lacks has the same sentence as with `concat_embeddings`.

    >>> import sklearn
    >>> from leed.embed import get_embedder
    >>> from leed.fusion import Items
    >>> items = Items.of([{"face": {"Joy": 0.8}, "prosody": {"Joy": 0.3}}])
    >>> concat_text(items, get_embedder("lexical", dimensions=64)).matrix.shape
    (1, 64)
    """
    parts = described(items, _chosen(items, modalities), wording_of(describer), transcript=transcript)
    texts = [" ".join(sentences) for sentences in zip(*parts.values(), strict=True)]
    return _named(_embedded(embedder, texts or [""] * len(items)), "leed")


def fuse(items: Items, embedder: Embedder, how: str, **options: object) -> Features:
    """Return the features of `concat_embeddings` ("early") or `concat_text` ("late"), by name.

    Raises:
        OptionError: there is no such way to fuse.
    """
    if how not in FUSIONS:
        raise one_of("fusion", how, tuple(FUSIONS))
    by = concat_embeddings if FUSIONS[how] == "concat_embeddings" else concat_text
    return by(items, embedder, **options)  # type: ignore[arg-type]


def step_embeddings(
    items: Items,
    embedder: Embedder,
    *,
    describer: Wording | Describer | None = None,
    modalities: Sequence[str] | None = None,
    pools: Sequence[str] = POOLS,
) -> Features:
    """Return what is kept of the vectors of an item's steps (frames, words, ...): mean, max, standard deviation.

    An item without a step has that of its sentence for what is lacking, as if it were one step.

    >>> import sklearn
    >>> from leed.embed import get_embedder
    >>> from leed.fusion import Items
    >>> items = Items.of([[{"face": {"Joy": 0.8}, "begin": 0}, {"face": {"Joy": 0.3}, "begin": 1}]])
    >>> features = step_embeddings(items, get_embedder("lexical", dimensions=8), pools=("mean", "std"))
    >>> features.matrix.shape, features.names[8]
    ((1, 16), 'face.leed.std.0')

    Raises:
        OptionError: there is no such pool.
    """
    for pool in pools:
        if pool not in POOLS:
            raise one_of("pool", pool, POOLS)
    if not pools:
        raise OptionError("pools is empty; give one or more of mean, max, std")
    spoken = wording_of(describer)
    parts = [
        part
        for name in _chosen(items, modalities)
        for part in _pooled(items.blocks[name], embedder, spoken, name, pools)
    ]
    return _side_by_side(parts, len(items))


def step_text(
    items: Items,
    embedder: Embedder,
    *,
    describer: Wording | Describer | None = None,
    modalities: Sequence[str] | None = None,
) -> Features:
    """Return the vector of the sentences of an item's steps, joined to one text for each modality, (n, d x m).

    A sentence that stays the same over several steps is said once.
    """
    spoken = wording_of(describer)
    parts = []
    for name in _chosen(items, modalities):
        block = items.blocks[name]
        sentences = step_sentences(block, spoken)
        texts = []
        for low, high in zip(block.starts[:-1].tolist(), block.starts[1:].tolist(), strict=True):
            own = sentences[low:high]
            kept = [one for place, one in enumerate(own) if place == 0 or one != own[place - 1]]
            texts.append(" ".join(kept) or lacking(block, spoken))
        parts.append(_named(_embedded(embedder, texts), f"{name}.leed.steps"))
    return _side_by_side(parts, len(items))


def step_vectors(
    items: Items, embedder: Embedder, *, describer: Wording | Describer | None = None
) -> list[NDArray[np.float32]]:
    """Return, for each item, the vectors of its steps' sentences, modality beside modality: (steps, d x m).

    A modality with fewer steps than another is stretched: each of its steps counts for those nearest in order. One
    that an item lacks has the sentence for that at each step.
    """
    wording = wording_of(describer)
    parts = []
    for block in items.blocks.values():
        sentences = [*step_sentences(block, wording), lacking(block, wording)]
        parts.append((block, _embedded(embedder, sentences)))
    found = []
    for place in range(len(items)):
        longest = max((int(block.lengths[place]) for block, _ in parts), default=0) or 1
        columns = [vectors[_stretched(block, place, longest)] for block, vectors in parts]
        found.append(np.hstack(columns))
    return found


def _stretched(block: Block, place: int, longest: int) -> NDArray[np.int64]:
    """The rows of a block's steps that stand for an item's steps; the last row of all where it has none."""
    low, high = int(block.starts[place]), int(block.starts[place + 1])
    if low == high:
        return np.full(longest, len(block.matrix), np.int64)
    return low + (np.arange(longest) * (high - low)) // longest


def transcripts(items: Items, embedder: Embedder) -> Features:
    """Return the vector of what was said, (n, d); that of the empty text where nothing is known to be said."""
    return _named(_embedded(embedder, [text or "" for text in items.texts]), "text")


def extras(items: Items, names: Sequence[str] | None = None) -> Features:
    """Return numbers that came beside the scores, such as a vendor's embedding; NaN where an item has none.

    Raises:
        InputError: there are none of that name.
    """
    for name in names or ():
        if name not in items.extras:
            raise InputError(f"no {name!r} came beside the scores; there are {', '.join(items.extras) or 'none'}")
    parts = [_named(items.extras[name], name) for name in (items.extras if names is None else names)]
    return _side_by_side(parts, len(items))


def _pooled(block: Block, embedder: Embedder, wording: Wording, name: str, pools: Sequence[str]) -> list[Features]:
    sentences = [*step_sentences(block, wording), lacking(block, wording)]
    unique, places = np.unique(np.array(sentences, object), return_inverse=True)
    vectors = np.asarray(embedder.embed(unique.tolist()), np.float32)
    steps = vectors[places[:-1]].astype(np.float64)
    count = np.maximum(block.lengths, 1)[:, None]
    mean = block.reduced(np.add, steps) / count
    found: dict[str, NDArray[np.float64]] = {"mean": mean}
    if "max" in pools:
        found["max"] = block.reduced(np.maximum, steps)
    if "std" in pools:
        apart = (steps - np.repeat(mean, block.lengths, axis=0)) ** 2
        found["std"] = np.sqrt(block.reduced(np.add, apart) / count)
    absent = block.lengths == 0
    for pool in ("mean", "max"):
        if pool in found:
            found[pool][absent] = vectors[places[-1]]
    return [_named(found[pool], f"{name}.leed.{pool}") for pool in pools]


def _embedded(embedder: Embedder, sentences: Sequence[str]) -> NDArray[np.float32]:
    """(n, d) the vectors, each different sentence embedded once, in an order that does not depend on theirs."""
    unique = sorted(set(sentences))
    places = {sentence: i for i, sentence in enumerate(unique)}
    vectors = np.asarray(embedder.embed(unique), np.float32)
    return vectors[[places[sentence] for sentence in sentences]]


def _named(matrix: NDArray[np.floating], prefix: str) -> Features:
    return Features(np.asarray(matrix, np.float32), tuple(f"{prefix}.{i}" for i in range(matrix.shape[1])))


def _side_by_side(parts: Sequence[Features], n: int) -> Features:
    if not parts:
        return Features(np.zeros((n, 0), np.float32), ())
    return Features(np.hstack([part.matrix for part in parts]), tuple(name for part in parts for name in part.names))


def _chosen(items: Items, modalities: Sequence[str] | None) -> tuple[str, ...]:
    for name in modalities or ():
        if name not in items.blocks:
            raise InputError(f"the items have no scores of {name}; they have {', '.join(items.blocks) or 'none'}")
    return tuple(items.blocks) if modalities is None else tuple(modalities)


Fusion = Literal["concat_embeddings", "concat_text", "early", "late"]

__all__ = [
    "FUSIONS",
    "POOLS",
    "Features",
    "Fusion",
    "concat_embeddings",
    "concat_text",
    "extras",
    "fuse",
    "raw_scores",
    "step_embeddings",
    "step_text",
    "step_vectors",
    "transcripts",
]
