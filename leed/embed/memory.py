"""Vectors remembered while a program runs: of sentences that come back in every file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from leed.embed.protocol import Embedder

_MOST: Final = 1 << 24
"""Numbers that are remembered at most: 64 MiB."""


class Remembering:
    """An embedder around another one, which is not asked again for a text whose vector it gave before.

    >>> import sklearn
    >>> from leed.embed import get_embedder
    >>> embedder = Remembering(get_embedder("lexical", dimensions=16))
    >>> sad, glad = embedder.embed(["sad", "glad"])
    >>> bool((embedder.embed(["glad", "so-so"])[0] == glad).all())
    True
    """

    def __init__(self, inner: Embedder) -> None:
        self.inner = inner
        self._kept: dict[str, NDArray[np.float32]] = {}

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
        """How long a vector is."""
        return self.inner.dimensions

    def embed(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """Return (n, d) float32, a row for each text."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._kept]
        if not texts or len(missing) == len(texts):
            found = self.inner.embed(missing)
            self._keep(missing, found)
            return found
        known = {text: self._kept[text] for text in texts if text in self._kept}
        if missing:
            found = self.inner.embed(missing)
            known |= dict(zip(missing, found, strict=True))
            self._keep(missing, found)
        return np.stack([known[text] for text in texts])

    def _keep(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
        if (len(self._kept) + len(texts)) * max(vectors.shape[1], 1) > _MOST:
            self._kept.clear()
        if vectors.size <= _MOST:
            self._kept.update(zip(texts, vectors.copy(), strict=True))
