"""What an embedder is, to those who use one and to those who write one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Part: TypeAlias = tuple[Sequence[int], NDArray[np.float32]]
"""Some of the texts, by their places, and their vectors."""


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors of one length.

    Attributes:
        name: what `get_embedder` finds it by: "minilm", "openai:text-embedding-3-small".
        version: identifies weights and settings: two embedders with one name and version give one text one vector.
        dimensions: how long a vector is; None where only the first answer tells.
    """

    @property
    def name(self) -> str: ...  # noqa: D102 - above
    @property
    def version(self) -> str: ...  # noqa: D102 - above
    @property
    def dimensions(self) -> int | None: ...  # noqa: D102 - above
    def embed(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """Return (n, d) float32, a row for each text."""
        ...


@runtime_checkable
class InParts(Embedder, Protocol):
    """An embedder that chooses its own batches and gives vectors as they come, so that they can be kept."""

    def parts(self, texts: Sequence[str]) -> Iterator[Part]:
        """Yield some of the texts at a time, in any order, until each has its vector."""
        ...


@runtime_checkable
class Paid(Embedder, Protocol):
    """An embedder that costs money by the token."""

    def count_tokens(self, texts: Sequence[str]) -> tuple[int, bool]:
        """Return how many tokens texts are, and whether that is a count and not an estimate from above."""
        ...

    def price(self) -> Price | None:
        """Return what a million tokens cost; None where that is not known."""
        ...


class Price(Protocol):
    """What a million tokens cost.

    Attributes:
        dollars: US dollars for a million tokens.
        source: where that was read, and when.
    """

    @property
    def dollars(self) -> float: ...  # noqa: D102 - above
    @property
    def source(self) -> str: ...  # noqa: D102 - above
