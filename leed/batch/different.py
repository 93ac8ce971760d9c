"""The different texts of any number of inputs, each once: on disk, but for a digest of each."""

from __future__ import annotations

import hashlib
import os
from array import array
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Final, Self, overload

import numpy as np
from numpy.typing import NDArray

_DIGEST: Final = 16  # bytes; with a million million texts, two have the same with a chance of 1e-15


class DifferentTexts(Sequence[str]):
    """Texts in a file, each once, in the order in which they came.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, DifferentTexts(f"{folder}/texts") as texts:
    ...     print(texts.add(["sad", "glad", "sad"]).tolist(), texts.add(["so-so", "glad"]).tolist(), texts[1:])
    [0, 1, 0] [2, 1] ['glad', 'so-so']
    """

    def __init__(self, path: str) -> None:
        self._file = open(path, "w+b")  # noqa: SIM115 - closed by close
        self._starts = array("q", [0])
        self._places: dict[bytes, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._starts) - 1

    def add(self, texts: Iterable[str]) -> NDArray[np.int64]:
        """Return the place of each text; those that are not there yet are added."""
        self._file.seek(0, os.SEEK_END)
        places = self._places
        found = []
        for text in texts:
            data = text.encode()
            digest = hashlib.blake2b(data, digest_size=_DIGEST).digest()
            place = places.setdefault(digest, len(places))
            found.append(place)
            if place == len(self._starts) - 1:
                self._file.write(data)
                self._starts.append(self._starts[-1] + len(data))
        return np.array(found, np.int64)

    def settle(self) -> None:
        """Forget what is only needed to add texts."""
        self._places = {}
        self._file.flush()

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return self.take(np.arange(len(self))[index])
        return self.take(np.arange(len(self))[[index]])[0]

    def take(self, places: NDArray[np.int64]) -> list[str]:
        """Return the texts at some places."""
        found = []
        starts = self._starts
        for place in places.tolist():
            self._file.seek(starts[place])
            found.append(self._file.read(starts[place + 1] - starts[place]).decode())
        return found
