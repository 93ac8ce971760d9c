"""The vectors of texts, filled in as they come: in memory, or wherever they are put."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leed.embed.checking import checked
from leed.errors import EmbeddingError


def in_memory(count: int, dimensions: int) -> NDArray[np.float32]:
    """Return so many rows of this length."""
    return np.empty((count, dimensions), np.float32)


class Rows:
    """A row for each text; all of one length.

    >>> rows = Rows(2, None)
    >>> _ = rows.put([1], np.array([[0.5, 0.5]], np.float32))
    >>> rows.done, rows.missing().tolist(), rows.store.shape
    (1, [0], (2, 2))

    Attributes:
        store: what holds the vectors, made with the first of them; until then None.
    """

    def __init__(self, count: int, dimensions: int | None, make: Callable[[int, int], Any] = in_memory) -> None:
        self.store: Any = None
        self._there = np.zeros(count, np.bool_)
        self._dimensions = dimensions
        self._make = make

    def __len__(self) -> int:
        return len(self._there)

    @property
    def done(self) -> int:
        """How many are filled in."""
        return int(self._there.sum())

    def missing(self) -> NDArray[np.int64]:
        """Return the places of those that are not."""
        return np.flatnonzero(~self._there)

    def put_found(self, start: int, keys: Sequence[bytes], found: Mapping[bytes, NDArray[np.float32]]) -> None:
        """Fill in what was kept under the keys of the texts from one on."""
        places = [place for place, key in enumerate(keys) if key in found]
        if len({len(vector) for vector in found.values()}) > 1:
            raise EmbeddingError("vectors of several lengths are kept for one version of it")
        if places:
            self.put(start + np.array(places), np.stack([found[keys[place]] for place in places]))

    def put(self, places: Sequence[int] | NDArray[np.int64], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Fill in vectors, and return them as they are kept.

        Raises:
            EmbeddingError: they are not one finite vector for each place, as long as the others.
        """
        found = checked(vectors, len(places), self._dimensions)
        if self.store is None:
            self._dimensions = found.shape[1]
            self.store = self._make(len(self), found.shape[1])
        self.store[places] = found
        self._there[places] = True
        return found

    def check(self) -> None:
        """Refuse to go on where some are missing.

        Raises:
            EmbeddingError: some are.
        """
        if not self._there.all():
            raise EmbeddingError(f"{len(self) - self.done} texts got no vector")
