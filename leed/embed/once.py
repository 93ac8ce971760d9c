"""Each different text is embedded once, kept where that is asked for, and checked."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from leed.embed.cache import Cache
from leed.embed.cost import Estimate, estimate_of
from leed.embed.light import Light
from leed.embed.progress import steps
from leed.embed.protocol import Embedder, InParts, Part
from leed.embed.rows import Rows
from leed.embed.texts import different
from leed.errors import EmbeddingError
from leed.matrix import Sentences

_BATCH = 256
"""Texts at a time for an embedder that does not choose by itself: so many are lost when it fails, at most."""

_SOME = 4096
"""Texts at a time that are looked up in a cache."""


Asked: TypeAlias = Generator[tuple[NDArray[np.int64], NDArray[np.float32]]]
"""Places of texts with their vectors, some at a time."""


@dataclass(frozen=True)
class OnceEmbedder(Light):
    """An embedder around another one, which is asked for each different text once, and for none that is kept.

    Attributes:
        inner: what embeds.
        cache: where vectors are kept; None: nowhere.
        batch_size: how many texts an embedder is given at a time that does not choose its own batches.
        progress: whether a terminal shows how far it is.
    """

    inner: Embedder
    cache: Cache | None = None
    batch_size: int | None = None
    progress: bool = False

    @property
    def name(self) -> str:
        """The name of what embeds."""
        return self.inner.name

    @property
    def version(self) -> str:
        """The weights and settings of what embeds."""
        return self.inner.version

    @property
    def dimensions(self) -> int | None:
        """How long a vector is; None where only the first answer tells."""
        return self.inner.dimensions

    def embed(self, texts: Sequence[str] | Sentences, /) -> NDArray[np.float32]:
        """Return (n, d) float32, a row for each text.

        Raises:
            InputError: it is no sequence of texts.
            EmbeddingError: some texts got no vector; it says how many did, and how to go on.
            CacheError: the cache is damaged, or no such file.
        """
        vectors, codes = self.unique(texts)
        return vectors if np.array_equal(codes, np.arange(len(vectors))) else vectors[codes]

    def unique(self, texts: Sequence[str] | Sentences, /) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return (u, d) float32, a row for each different text, and (n,) which of them each text has.

        Raises:
            InputError: it is no sequence of texts.
            EmbeddingError: some texts got no vector; it says how many did, and how to go on.
            CacheError: the cache is damaged, or no such file.
        """
        unique, codes = different(texts)
        return self._vectors(unique), codes

    def estimate(self, texts: Sequence[str] | Sentences, /) -> Estimate:
        """Return what it takes to embed texts, before anything is sent: how many, how many tokens, how many dollars.

        Raises:
            InputError: it is no sequence of texts.
            CacheError: the cache is damaged, or no such file.
        """
        unique, codes = different(texts)
        return self.estimate_different(unique, len(codes))

    def estimate_different(self, unique: Sequence[str], texts: int) -> Estimate:
        """Return what `estimate` does for the different ones of so many texts.

        Raises:
            CacheError: the cache is damaged, or no such file.
        """
        return estimate_of(self.inner, self._left(unique), texts=texts, unique=len(unique))

    def fill(
        self,
        rows: Rows,
        texts: Sequence[str],
        ask: Callable[[NDArray[np.int64]], Asked] | None = None,
    ) -> None:
        """Fill rows with the vectors of different texts: those that are kept, and those that are asked for.

        Args:
            rows: one for each text.
            texts: different texts, fit for any tokenizer.
            ask: given the places of texts without a vector, yields some places with their vectors until there are no
                more; None: the embedder is asked, here.

        Raises:
            EmbeddingError: some texts got no vector; it says how many did, and how to go on.
            CacheError: the cache is damaged, or no such file.
        """
        asked = ask or partial(self._asked, texts)
        with self._told(rows), self.cache.opened() if self.cache else nullcontext() as kept:
            if kept is not None:
                for start, keys in self._keys(texts):
                    rows.put_found(start, keys, kept.find(keys))
            missing = rows.missing()
            answers = asked(missing)
            with closing(answers), steps(len(texts), rows.done, shown=self.progress, what=self.name) as step:
                for places, vectors in answers:
                    whole = rows.put(places, vectors)
                    if kept is not None and self.cache is not None:
                        kept.keep(self.cache.keys(self.inner, _at(texts, places)), whole)
                    step(len(places))
            rows.check()

    def parts(self, texts: Sequence[str]) -> Iterator[Part]:
        """Yield some of the texts at a time, by their places, with their vectors, as the embedder gives them."""
        if isinstance(self.inner, InParts):
            yield from self.inner.parts(texts)
            return
        size = self.batch_size or _BATCH
        for start in range(0, len(texts), size):
            some = texts[start : start + size]
            yield range(start, start + len(some)), self.inner.embed(some)

    def _vectors(self, texts: list[str]) -> NDArray[np.float32]:
        rows = Rows(len(texts), self.dimensions)
        self.fill(rows, texts)
        return np.zeros((0, self.dimensions or 0), np.float32) if rows.store is None else rows.store

    def _asked(self, texts: Sequence[str], missing: NDArray[np.int64]) -> Asked:
        if not len(missing):
            return
        for some, vectors in self.parts(_at(texts, missing)):
            yield missing[some], vectors

    def _keys(self, texts: Sequence[str]) -> Iterator[tuple[int, list[bytes]]]:
        """What vectors are kept under, some at a time, with the place of the first."""
        for start in range(0, len(texts) if self.cache else 0, _SOME):
            if self.cache is not None:
                yield start, self.cache.keys(self.inner, texts[start : start + _SOME])

    def _left(self, texts: Sequence[str]) -> Iterator[Sequence[str]]:
        """The texts whose vectors are not kept, some at a time."""
        if self.cache is None:
            yield from (texts[start : start + _SOME] for start in range(0, len(texts), _SOME))
            return
        for start, keys in self._keys(texts):
            found = self.cache.find(keys)
            some = texts[start : start + _SOME]
            yield [text for text, key in zip(some, keys, strict=True) if key not in found]

    @contextmanager
    def _told(self, rows: Rows) -> Generator[None]:
        """Add to an error how far it came, and how to go on."""
        try:
            yield
        except EmbeddingError as error:
            done, total = rows.done, len(rows)
            so_far = f"{done} of {total} different texts are embedded"
            if self.cache is None:
                so_far += ", and none is kept: with a cache (cache=True) the next run would go on from there"
            else:
                so_far += f" and kept in {self.cache.path}: run the same again to go on with the others"
            raise EmbeddingError(f"{self.name}: {error}; {so_far}", done=done, total=total) from error


def _at(texts: Sequence[str], places: NDArray[np.int64]) -> list[str]:
    listed: list[int] = places.tolist()
    return [texts[place] for place in listed]
