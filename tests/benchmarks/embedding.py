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


def sentences() -> Sentences:
    """A million rows, each of the different sentences as often as the others, shuffled."""
    adverbs = ("slightly", "somewhat", "moderately", "quite", "very", "extremely", "clearly", "probably")
    looks = ("sad", "joyful", "tired", "calm", "awed", "amused", "proud", "bored", "angry", "ashamed", "sure", "shy")
    pairs = [f"{adverb} {look}" for adverb in adverbs for look in looks]
    unique = [f"They sound {a} and {b}." for a in pairs for b in pairs if a != b]
    unique += [f"They look {a} and {b}." for a in pairs for b in pairs if a != b]
    codes = np.random.default_rng(48).permutation(np.arange(ROWS, dtype=np.int32) % DIFFERENT)
    return Sentences(codes, unique[:DIFFERENT])


def bench_embed() -> list[Result]:
    """Calls are counted; the baseline of the times is the same model on the different sentences alone."""
    many = sentences()
    texts = many.to_list()
    inner = get_embedder("minilm", device="cpu").inner
    assert isinstance(inner, InParts)
    inner.embed(["loads the model"])
    with tempfile.TemporaryDirectory() as folder:
        first, second = Counted(inner), Counted(inner)
        path = Path(folder) / "vectors.sqlite"
        time = 1 / cpu_ratio(lambda: inner.embed(many.unique), lambda: OnceEmbedder(inner).embed(texts), rounds=1)
        get_embedder(first, cache=path).unique(many)
        again = 1 / cpu_ratio(
            lambda: inner.embed(many.unique), lambda: get_embedder(second, cache=path).embed(texts), rounds=1
        )
    return [
        Result("embeddings, 1M rows / their 10,000 sentences", first.count / DIFFERENT, 1, more_is_better=False),
        Result("embeddings of the second run", second.count, 0, more_is_better=False),
        Result("minilm, 1M rows / their 10,000 sentences alone", time, 1.25, more_is_better=False, note="CPU time"),
        Result("minilm, 1M rows from the cache / the same", again, 0.5, more_is_better=False, note="CPU time"),
    ]
