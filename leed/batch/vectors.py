"""Vectors of any number of texts: asked of embedders on an engine, and put into a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Final, overload

import numpy as np
from numpy.typing import NDArray

from leed.batch.engines import Engine, Lost
from leed.batch.local import cores
from leed.batch.order import stopping
from leed.batch.workplace import Workplace
from leed.embed.once import Asked, OnceEmbedder
from leed.embed.protocol import Paid, Part
from leed.errors import EmbeddingError, LeedError

if TYPE_CHECKING:
    from leed.batch.different import DifferentTexts

_MOST: Final = 2048
"""Texts of a chunk at most: as many as an encoder sorts by length together, and as a request to a service has."""
_LEAST: Final = 32
_CHUNKS: Final = 4  # for each worker, at least, so that all end at about the same time


class VectorFile:
    """A row of numbers for each text, in a file.

    It is no memory map: a full disk is to be an error and not a signal, and what was looked at is to take no memory.
    """

    def __init__(self, path: str, count: int, dimensions: int) -> None:
        self.dimensions = dimensions
        self._path = path
        self._bytes = dimensions * np.dtype(np.float32).itemsize
        with open(path, "wb") as file:
            file.truncate(count * self._bytes)

    def __setitem__(self, places: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Put vectors into some of the rows."""
        order = np.argsort(places)
        rows = np.asarray(places)[order]
        with open(self._path, "r+b") as file:
            for start, stop in _runs(rows):
                file.seek(int(rows[start]) * self._bytes)
                file.write(vectors[order[start:stop]].tobytes())

    def __getitem__(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return some of the rows."""
        rows, again = np.unique(places, return_inverse=True)
        found = np.empty((len(rows), self.dimensions), np.float32)
        if self._bytes:
            with open(self._path, "rb") as file:
                for start, stop in _runs(rows):
                    file.seek(int(rows[start]) * self._bytes)
                    file.readinto(found[start:stop].data.cast("B"))
        return found[again]


def _runs(rows: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Where rows that follow one another begin and end among sorted ones."""
    bounds = [0, *(np.flatnonzero(np.diff(rows) != 1) + 1).tolist(), len(rows)]
    return [(start, stop) for start, stop in pairwise(bounds) if start < stop]


@dataclass(frozen=True)
class Answer:
    """What an embedder gave for some texts.

    Attributes:
        parts: places among them, with their vectors.
        error: why there are no more.
    """

    parts: list[Part] = field(default_factory=list)
    error: LeedError | None = None


class Asking:
    """Embeds some texts after the other, with one embedder, as long as nobody put up the sign to stop."""

    def __init__(self, embedder: OnceEmbedder, stop: str, place: Workplace) -> None:
        self._embedder = embedder
        self._stop = stop
        place.settle()

    def __call__(self, texts: Sequence[str]) -> Answer:
        """Return the vectors of texts, as far as they came."""
        answer: list[Part] = []
        if os.path.exists(self._stop):
            return Answer(answer)
        try:
            for part in self._embedder.parts(texts):
                answer.append(part)  # noqa: PERF402 - what came before an error is kept
        except LeedError as error:
            return Answer(answer, error)
        return Answer(answer)


class Asker:
    """Asks embedders on an engine for the vectors of different texts, some at a time.

    What others have in hand when one fails is waited for: a service was paid for it.
    """

    def __init__(
        self, engine: Engine, workers: int | None, embedder: OnceEmbedder, texts: DifferentTexts, stop: str
    ) -> None:
        self._engine = engine
        self._workers = workers
        self._embedder = embedder
        self._texts = texts
        self._stop = stop

    def __call__(self, missing: NDArray[np.int64]) -> Asked:
        """Yield some of the missing places, with their vectors, in any order.

        Raises:
            LeedError: some were not embedded.
        """
        if not len(missing):
            return
        failure: LeedError | None = None
        chunks = _Chunks(self._texts, missing, self._size(len(missing)))
        with stopping(self._engine(self._make(len(chunks)), chunks, workers=self._workers)) as answers:
            for number, answer in answers:
                if isinstance(answer, Lost):
                    failure = failure or EmbeddingError(answer.why)
                    continue
                where = chunks.places(number)
                for some, vectors in answer.parts:
                    yield where[some], vectors
                if answer.error is not None:
                    failure = failure or answer.error
                    with open(self._stop, "wb"):
                        pass
        if failure is not None:
            raise failure

    def _make(self, chunks: int) -> Callable[[], Callable[[list[str]], Answer]]:
        alone = OnceEmbedder(self._embedder.inner, None, self._embedder.batch_size)
        return partial(Asking, alone, self._stop, Workplace.of(self._workers, chunks))

    def _size(self, count: int) -> int:
        """How many texts a worker gets at a time."""
        most = _MOST
        if isinstance(self._embedder.inner, Paid):  # what is paid for is kept request by request
            most = min(most, self._embedder.batch_size or most)
        workers = self._workers or cores()
        if workers == 1:
            return most
        return min(most, max(-(-count // (_CHUNKS * workers)), _LEAST))


class _Chunks(Sequence[list[str]]):
    """Texts some at a time, read when they are asked for."""

    def __init__(self, texts: DifferentTexts, places: NDArray[np.int64], size: int) -> None:
        self._texts = texts
        self._places = places
        self._size = size

    def __len__(self) -> int:
        return (len(self._places) + self._size - 1) // self._size

    def places(self, number: int) -> NDArray[np.int64]:
        """Return where the texts of a chunk stand."""
        return self._places[number * self._size : (number + 1) * self._size]

    @overload
    def __getitem__(self, index: int) -> list[str]: ...
    @overload
    def __getitem__(self, index: slice) -> list[list[str]]: ...
    def __getitem__(self, index: int | slice) -> list[str] | list[list[str]]:
        if isinstance(index, slice):
            return [self[number] for number in range(len(self))[index]]
        return self._texts.take(self.places(range(len(self))[index]))
