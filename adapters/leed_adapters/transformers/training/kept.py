"""Arrays of many clips, kept on disk and taken a batch at a time, so that memory does not grow with the clips."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Kept:
    """Arrays (d, t) of float32, one after another in a file; what a clip's last frames repeat is kept once.

    Whisper hears every clip as 30 s, so the frames of a short one are silence for the most part.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._file: Any = open(path, "wb")  # noqa: SIM115 - closed by ready()
        self._begins: list[int] = []
        self._lengths: list[int] = []
        self._shape = (0, 0)
        self._size = 0
        self._flat: Any = None

    def __len__(self) -> int:
        return len(self._begins)

    def add(self, array: NDArray[np.float32]) -> None:
        """Keep one more; all have one shape."""
        frames = np.ascontiguousarray(array.T, np.float32)
        differing = np.flatnonzero((frames != frames[-1]).any(axis=1))
        length = min(int(differing[-1]) + 2 if len(differing) else 1, len(frames))
        self._shape = (array.shape[0], array.shape[1])
        self._begins.append(self._size)
        self._lengths.append(length)
        self._file.write(frames[:length].tobytes())
        self._size += length * array.shape[0]

    def ready(self) -> Kept:
        """Return itself, once all are added."""
        self._file.close()
        self._flat = np.memmap(self._path, np.float32, "r") if self._size else np.empty(0, np.float32)
        return self

    def batch(self, places: Sequence[int]) -> NDArray[np.float32]:
        """Return (b, d, t) arrays, exactly as they were added."""
        d, t = self._shape
        out = np.empty((len(places), d, t), np.float32)
        for row, place in zip(out, places, strict=True):
            begin, length = self._begins[place], self._lengths[place]
            frames = self._flat[begin : begin + length * d].reshape(length, d)
            row[:, :length] = frames.T
            row[:, length:] = frames[-1][:, None]
        return out

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
        self._flat = None
