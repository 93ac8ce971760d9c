"""Each different text is embedded once, kept where that is asked for, and checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leed.embed.light import Light
from leed.embed.protocol import Embedder, InParts, Part
from leed.embed.texts import different
from leed.errors import EmbeddingError, LeedError
from leed.matrix import Sentences

_BATCH = 256
"""Texts at a time for an embedder that does not choose by itself: so many are lost when it fails, at most."""


@dataclass(frozen=True)
class OnceEmbedder(Light):
    """An embedder around another one, which is asked for each different text once.

    Attributes:
        inner: what embeds.
        batch_size: how many texts an embedder is given at a time that does not choose its own batches.
        progress: whether a terminal shows how far it is.
    """

    inner: Embedder
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
        """
        vectors, codes = self.unique(texts)
        return vectors if np.array_equal(codes, np.arange(len(vectors))) else vectors[codes]

    def unique(self, texts: Sequence[str] | Sentences, /) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return (u, d) float32, a row for each different text, and (n,) which of them each text has.

        Raises:
            InputError: it is no sequence of texts.
            EmbeddingError: some texts got no vector; it says how many did, and how to go on.
        """
        unique, codes = different(texts)
        return self._vectors(unique), codes

    def _vectors(self, texts: list[str]) -> NDArray[np.float32]:
        rows: list[NDArray[np.float32] | None] = [None] * len(texts)
        done = 0
        try:
            for places, found in self._parts(texts):
                for place, vector in zip(places, _checked(found, len(places)), strict=True):
                    rows[place] = vector
                done += len(places)
            return _stacked(rows, self.dimensions)
        except LeedError as error:
            raise self._stopped(error, done, len(texts)) from error

    def _stopped(self, error: LeedError, done: int, total: int) -> LeedError:
        if not isinstance(error, EmbeddingError):
            return error
        return EmbeddingError(f"{self.name}: {error}; {done} of {total} texts were embedded", done=done, total=total)

    def _parts(self, texts: Sequence[str]) -> Iterator[Part]:
        if isinstance(self.inner, InParts):
            yield from self.inner.parts(texts)
            return
        size = self.batch_size or _BATCH
        for start in range(0, len(texts), size):
            some = texts[start : start + size]
            yield range(start, start + len(some)), self.inner.embed(some)


def _checked(found: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Vectors that are: a finite row for each text."""
    vectors = np.asarray(found, np.float32)
    if vectors.ndim != 2 or len(vectors) != count:  # noqa: PLR2004 - rows and columns
        raise EmbeddingError(f"the answer to {count} texts has the shape {vectors.shape}, not ({count}, d)")
    if not np.isfinite(vectors).all():
        raise EmbeddingError("the answer has numbers that are not finite (NaN or infinity)")
    return vectors


def _stacked(rows: Sequence[NDArray[np.float32] | None], dimensions: int | None) -> NDArray[np.float32]:
    found = [row for row in rows if row is not None]
    if len(found) < len(rows):
        raise EmbeddingError(f"{len(rows) - len(found)} texts got no vector")
    widths = sorted({len(row) for row in found})
    if len(widths) > 1:
        raise EmbeddingError(f"vectors have {' and '.join(map(str, widths))} dimensions; one model gives one length")
    return np.stack(found) if found else np.zeros((0, dimensions or 0), np.float32)
