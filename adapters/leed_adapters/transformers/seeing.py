"""Pictures classified, by any model that classifies images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leed_adapters.transformers.loading import Loaded


class PictureViewer:
    """Gives pictures their scores, some at a time."""

    def __init__(self, loaded: Loaded, batch_size: int) -> None:
        self._loaded = loaded
        self._batch_size = batch_size

    def scores(self, pictures: Sequence[NDArray[np.uint8]]) -> Iterator[NDArray[np.float32]]:
        """Yield the scores of some pictures, each (height, width, 3) uint8, at a time: (n, labels), in their order."""
        for start in range(0, len(pictures), self._batch_size):
            some: list[Any] = list(pictures[start : start + self._batch_size])
            inputs = self._loaded.prepare(images=some, return_tensors="pt")
            yield self._loaded.head.scores(self._loaded.outputs(inputs).numpy())


def cropped(pixels: NDArray[np.uint8], box: Sequence[float], margin: float = 0.1) -> NDArray[np.uint8]:
    """Return a face cut out of a picture, with a margin around its box as a share of its sides.

    >>> cropped(np.zeros((100, 100, 3), np.uint8), (50, 40, 20, 20)).shape
    (24, 24, 3)

    Args:
        pixels: the picture, (height, width, 3).
        box: x, y, width and height in pixels.
        margin: what is left around it, as far as the picture goes.
    """
    x, y, width, height = box
    left, right = (round(edge) for edge in (x - margin * width, x + width + margin * width))
    top, bottom = (round(edge) for edge in (y - margin * height, y + height + margin * height))
    return pixels[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
