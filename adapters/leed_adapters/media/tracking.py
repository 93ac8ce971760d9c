"""Which face is which from picture to picture, by how much their boxes overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leed.errors import OptionError

Box = tuple[float, float, float, float]
"""Left, top, width and height, in pixels."""


@dataclass(frozen=True)
class Face:
    """A face in a picture.

    Attributes:
        box: left, top, width and height, in pixels; within the picture.
        confidence: how sure the detector is, from 0 to 1.
    """

    box: Box
    confidence: float


class Tracker:
    """Names for faces that stay the same while a face is seen: "face_0" for the first one, and so on.

    A face is the one of an earlier picture whose box it overlaps most, as intersection over union; of several, those
    pairs are taken first that overlap most, and each face once. One that was away for longer than a gap is a new one.

    >>> tracker = Tracker()
    >>> tracker.ids([Face((0, 0, 10, 10), 0.9), Face((50, 0, 10, 10), 0.9)], 0.0)
    ['face_0', 'face_1']
    >>> tracker.ids([Face((51, 0, 10, 10), 0.9), Face((1, 1, 10, 10), 0.9)], 0.33)
    ['face_1', 'face_0']
    """

    def __init__(self, *, overlap: float = 0.3, gap: float = 1.0) -> None:
        """Take the overlap from which two boxes are of one face, and the seconds for which one may be away."""
        if not 0 < overlap <= 1 or not gap >= 0:
            raise OptionError(f"overlap is {overlap!r} and gap {gap!r}: give a share above 0, and seconds from 0")
        self._overlap = overlap
        self._gap = gap
        self._known: list[tuple[str, Box, float]] = []
        self._next = 0

    def ids(self, faces: Sequence[Face], time: float | None = None) -> list[str]:
        """Return the name of each face; times go up. Faces of a still image, which has no time, are all new."""
        now = np.inf if time is None else time
        self._known = [k for k in self._known if now - k[2] <= self._gap + 1e-9] if time is not None else []
        taken = self._matches(faces)
        names = [self._known[taken[i]][0] if i in taken else self._new() for i in range(len(faces))]
        unseen = [k for j, k in enumerate(self._known) if j not in taken.values()]
        self._known = unseen + [(name, face.box, now) for name, face in zip(names, faces, strict=True)]
        return names

    def _new(self) -> str:
        self._next += 1
        return f"face_{self._next - 1}"

    def _matches(self, faces: Sequence[Face]) -> dict[int, int]:
        """Which known face each of the faces is."""
        shared = overlaps([face.box for face in faces], [box for _, box, _ in self._known])
        taken: dict[int, int] = {}
        for i, j in zip(*np.unravel_index(np.argsort(-shared, axis=None, kind="stable"), shared.shape), strict=True):
            if shared[i, j] < self._overlap:
                break
            if int(i) not in taken and int(j) not in taken.values():
                taken[int(i)] = int(j)
        return taken


def overlaps(first: Sequence[Box], second: Sequence[Box], *, of_smaller: bool = False) -> NDArray[np.float64]:
    """Return the (n, m) intersections over unions of boxes, or over the smaller one of both.

    >>> overlaps([(0, 0, 10, 10)], [(0, 0, 10, 10), (5, 0, 10, 10), (20, 0, 10, 10)]).round(2).tolist()
    [[1.0, 0.33, 0.0]]
    """
    a = np.array(first, np.float64).reshape(-1, 1, 4)
    b = np.array(second, np.float64).reshape(1, -1, 4)
    low = np.maximum(a[..., :2], b[..., :2])
    high = np.minimum(a[..., :2] + a[..., 2:], b[..., :2] + b[..., 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=-1)
    sizes = np.prod(a[..., 2:], axis=-1), np.prod(b[..., 2:], axis=-1)
    union = np.minimum(*sizes) if of_smaller else sizes[0] + sizes[1] - shared
    found: NDArray[np.float64] = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return found
