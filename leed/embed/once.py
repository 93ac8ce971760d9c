"""Each different text is embedded once, kept where that is asked for, and checked."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leed.embed.cache import Cache
from leed.embed.checking import checked
from leed.embed.cost import Estimate, estimate_of
from leed.embed.light import Light
from leed.embed.progress import steps
from leed.embed.protocol import Embedder, InParts, Part
from leed.embed.texts import different
from leed.errors import EmbeddingError
from leed.matrix import Sentences

_BATCH = 256
"""Texts at a time for an embedder that does not choose by itself: so many are lost when it fails, at most."""


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
        left = unique
        if self.cache:
            keys = self.cache.keys(self.inner, unique)
            found = self.cache.find(keys)
            left = [text for text, key in zip(unique, keys, strict=True) if key not in found]
        return estimate_of(self.inner, left, texts=len(codes), unique=len(unique))

    def _vectors(self, texts: list[str]) -> NDArray[np.float32]:
        rows = _Rows(len(texts), self.dimensions)
        keys = self.cache.keys(self.inner, texts) if self.cache else []
        with self._told(rows), self.cache.opened() if self.cache else nullcontext() as kept:
            if kept is not None:
                rows.put_found(keys, kept.find(keys))
            missing = rows.missing()
            with steps(len(texts), rows.done, shown=self.progress, what=self.name) as step:
                for some, vectors in self._parts([texts[place] for place in missing]) if missing else ():
                    places = [missing[i] for i in some]
                    whole = rows.put(places, vectors)
                    if kept is not None:
                        kept.keep([keys[place] for place in places], whole)
                    step(len(places))
            return rows.stacked()

    @contextmanager
    def _told(self, rows: _Rows) -> Generator[None]:
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

    def _parts(self, texts: Sequence[str]) -> Iterator[Part]:
        if isinstance(self.inner, InParts):
            yield from self.inner.parts(texts)
            return
        size = self.batch_size or _BATCH
        for start in range(0, len(texts), size):
            some = texts[start : start + size]
            yield range(start, start + len(some)), self.inner.embed(some)


class _Rows:
    """The vectors of texts, filled in as they come; all of one length."""

    def __init__(self, count: int, dimensions: int | None) -> None:
        self._rows: NDArray[np.float32] | None = None
        self._there = np.zeros(count, np.bool_)
        self._dimensions = dimensions

    def __len__(self) -> int:
        return len(self._there)

    @property
    def done(self) -> int:
        return int(self._there.sum())

    def missing(self) -> list[int]:
        missing: list[int] = np.flatnonzero(~self._there).tolist()
        return missing

    def put_found(self, keys: Sequence[bytes], found: Mapping[bytes, NDArray[np.float32]]) -> None:
        """Fill in what was kept."""
        places = [place for place, key in enumerate(keys) if key in found]
        if len({len(vector) for vector in found.values()}) > 1:
            raise EmbeddingError("vectors of several lengths are kept for one version of it")
        if places:
            self.put(places, np.stack([found[keys[place]] for place in places]))

    def put(self, places: Sequence[int], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Fill in vectors, and return them as they are kept.

        Raises:
            EmbeddingError: they are not one finite vector for each place, as long as the others.
        """
        expected = self._dimensions if self._rows is None else self._rows.shape[1]
        found = checked(vectors, len(places), expected)
        if self._rows is None:
            self._rows = np.empty((len(self), found.shape[1]), np.float32)
        self._rows[places] = found
        self._there[places] = True
        return found

    def stacked(self) -> NDArray[np.float32]:
        """Return all.

        Raises:
            EmbeddingError: some are missing.
        """
        if not self._there.all():
            raise EmbeddingError(f"{len(self) - self.done} texts got no vector")
        return np.zeros((0, self._dimensions or 0), np.float32) if self._rows is None else self._rows
