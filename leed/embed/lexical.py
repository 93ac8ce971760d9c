"""An embedder without a model: words and pairs of words, hashed to columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leed import plugins
from leed.embed.light import Light
from leed.embed.options import no_model, whole
from leed.embed.protocol import Part
from leed.errors import OptionError

_METHOD = "1"
"""Counts up when the same settings give other vectors."""


@dataclass(frozen=True)
class LexicalEmbedder(Light):
    """Word n-grams hashed to columns by scikit-learn; the same everywhere, offline, of length 1.

    Texts are alike by the words they share; a text without a word is all zeros.

    >>> import sklearn
    >>> vectors = LexicalEmbedder().embed(["quite sad", "very sad", "extremely joyful"])
    >>> vectors.shape, bool(vectors[0] @ vectors[1] > vectors[0] @ vectors[2])
    ((3, 2048), True)

    Attributes:
        model: there is none to choose.
        dimensions: how many columns; fewer of them are shared by more words.
        ngrams: the shortest and longest run of words that has a column.
        batch_size: how many texts at a time.

    Raises:
        OptionError: an option has a value that makes no sense.
    """

    model: str | None = None
    dimensions: int = 2048
    ngrams: tuple[int, int] = (1, 2)
    batch_size: int = 4096

    def __post_init__(self) -> None:
        no_model("lexical", self.model)
        whole("dimensions", self.dimensions)
        whole("batch_size", self.batch_size)
        low, high = _pair(self.ngrams)
        object.__setattr__(self, "ngrams", (whole("ngrams", low), whole("ngrams", high)))
        if low > high:
            raise OptionError(f"ngrams is {self.ngrams!r}; give the shortest before the longest, as (1, 2)")

    @property
    def name(self) -> str:
        """The name."""
        return "lexical"

    @property
    def version(self) -> str:
        """The settings."""
        low, high = self.ngrams
        return f"{_METHOD}; dimensions {self.dimensions}; ngrams {low}-{high}"

    def embed(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """Return (n, d) float32, a row for each text."""
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for places, found in self.parts(texts):
            vectors[places] = found
        return vectors

    def parts(self, texts: Sequence[str]) -> Iterator[Part]:
        """Yield some of the texts at a time, by their places, with their vectors."""
        for start in range(0, len(texts), self.batch_size):
            some = texts[start : start + self.batch_size]
            yield range(start, start + len(some)), self._vectorizer.transform(some).toarray()

    @cached_property
    def _vectorizer(self) -> Any:  # noqa: ANN401 - scikit-learn ships no types
        try:
            from sklearn.feature_extraction.text import HashingVectorizer  # noqa: PLC0415 - an extra
        except ModuleNotFoundError as error:
            raise plugins.missing("the embedder lexical", error, extra="ml") from error
        make: Any = HashingVectorizer  # its types are guessed from its defaults
        return make(
            n_features=self.dimensions,
            ngram_range=self.ngrams,
            token_pattern=r"(?u)\b\w+\b",  # noqa: S106 - which words count; scikit-learn's own leaves out "I"
            norm="l2",
            dtype=np.float32,
        )


def _pair(given: object) -> tuple[Any, Any]:
    if not isinstance(given, tuple | list) or len(given) != 2:  # noqa: PLR2004 - a pair
        raise OptionError(f"ngrams is {given!r}; give two whole numbers, as (1, 2)")
    return given[0], given[1]
