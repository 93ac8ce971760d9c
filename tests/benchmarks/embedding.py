"""A million rows with 10,000 different sentences, embedded: how often, and how long beside the 10,000 alone."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from leed.embed import InParts, OnceEmbedder, Part, get_embedder
from leed.matrix import Sentences
from tests.benchmarks.measure import Result, cpu_ratio

ROWS, DIFFERENT = 1_000_000, 10_000


class Counted:
    """An embedder around another one, that counts the texts it is given."""

    def __init__(self, inner: InParts) -> None:
        self.inner = inner
        self.name, self.version, self.dimensions = inner.name, inner.version, inner.dimensions
        self.embed = inner.embed
        self.count = 0

    def parts(self, texts: Sequence[str]) -> Iterator[Part]:
        """Count, and pass on."""
        self.count += len(texts)
        return self.inner.parts(texts)


def sentences(different: int) -> Sentences:
    """A million rows, each of so many sentences as often as the others, shuffled."""
    adverbs = ("slightly", "somewhat", "moderately", "quite", "very", "extremely", "clearly", "probably")
    looks = ("sad", "joyful", "tired", "calm", "awed", "amused", "proud", "bored", "angry", "ashamed", "sure", "shy")
    pairs = [f"{adverb} {look}" for adverb in adverbs for look in looks]
    unique = [f"They {verb} {a} and {b}." for verb in ("sound", "look") for a in pairs for b in pairs if a != b]
    codes = np.random.default_rng(48).permutation(np.arange(ROWS, dtype=np.int32) % different)
    return Sentences(codes, unique[:different])


def bench_embed() -> list[Result]:
    """Calls are counted; the baseline of the times is the same model on the different sentences alone.

    minilm has a thousand of them, as ten thousand would take it minutes: so the rows weigh ten times as much. With
    lexical, which is faster than 1.5 GB of vectors can be written, the baseline writes them too, by one index.
    """
    minilm = get_embedder("minilm", device="cpu").inner
    minilm.embed(["loads the model"])
    few = sentences(DIFFERENT // 10)
    texts = few.to_list()
    slow = 1 / cpu_ratio(lambda: minilm.embed(few.unique), lambda: OnceEmbedder(minilm).embed(texts), rounds=2)
    return [
        *_lexical(sentences(DIFFERENT)),
        Result("minilm, 1M rows / their 1,000 sentences alone", slow, 2, more_is_better=False, note="CPU time"),
    ]


def _lexical(many: Sentences) -> list[Result]:
    inner = get_embedder("lexical", dimensions=384).inner
    assert isinstance(inner, InParts)
    texts = many.to_list()
    first, second = Counted(inner), Counted(inner)
    codes = many.codes.astype(np.int64)
    fast = 1 / cpu_ratio(lambda: inner.embed(many.unique)[codes], lambda: OnceEmbedder(inner).embed(texts), rounds=3)
    folded = 1 / cpu_ratio(lambda: inner.embed(many.unique), lambda: OnceEmbedder(inner).unique(many), rounds=3)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.sqlite"
        get_embedder(first, cache=path).embed(texts)
        get_embedder(second, cache=path).embed(texts)
    return [
        Result("embeddings, 1M rows / their 10,000 sentences", first.count / DIFFERENT, 1, more_is_better=False),
        Result("embeddings of the second run", second.count, 0, more_is_better=False),
        Result("lexical, 1M rows / their 10,000, put in rows", fast, 3, more_is_better=False, note="CPU time"),
        Result("lexical, unique() of 1M rows / their 10,000", folded, 2, more_is_better=False, note="CPU time"),
    ]
