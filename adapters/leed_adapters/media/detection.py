"""Faces in pictures: MTCNN's cascade, from many proposals to a few boxes."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import interpolate

from leed import plugins
from leed.errors import OptionError
from leed_adapters.media.looking import Picture, Pixels
from leed_adapters.media.tracking import Face, overlaps

Found = NDArray[np.float64]
"""(n, 5): left, top, right, bottom and confidence."""

_FACTOR = 0.709  # from one size of the picture to the next, as in the paper: half the area
_CELL = 12  # pixels that the first network looks at, every second pixel
_SURE = (0.6, 0.7, 0.7)  # from which confidence each network keeps a box, as in the authors' code
_LONGEST = 1280  # pixels of a side, above which a picture is scaled down to look for faces
_BATCH = 512


class Detector:
    """Finds faces; looks at one picture at a time, and may be kept.

    The networks are small, and run on the CPU.
    """

    def __init__(self, *, smallest: int = 40, confidence: float = 0.9) -> None:
        """Take how wide the smallest face is that is looked for, in pixels, and how sure one must be.

        Raises:
            MissingPackageError: the package mtcnn, which carries the weights, is not installed.
            OptionError: an option has no such value.
        """
        if smallest < _CELL or not 0 <= confidence < 1:
            raise OptionError(
                f"smallest is {smallest!r} and confidence {confidence!r}: give pixels from {_CELL}, and a share below 1"
            )
        try:
            from leed_adapters.media.mtcnn import stages  # noqa: PLC0415 - loads what carries the weights

            self._propose, self._refine, self._decide = stages()
        except ModuleNotFoundError as error:
            raise plugins.missing("finding faces", error, extra="video") from error
        self._smallest = smallest
        self._confidence = confidence

    def __call__(self, pixels: Pixels) -> list[Face]:
        """Return the faces in (height, width, 3) RGB pixels, from left to right."""
        height, width = pixels.shape[:2]
        scale = min(1.0, _LONGEST / max(height, width, 1))
        if min(height, width) * scale < _CELL:
            return []
        with torch.inference_mode():
            picture = (torch.from_numpy(np.ascontiguousarray(pixels)).permute(2, 0, 1)[None].float() - 127.5) / 128
            if scale < 1:
                size = (round(height * scale), round(width * scale))
                picture = interpolate(picture, size=size, mode="area")
            found = self._found(picture)
        found[:, :4] /= scale
        return [_face(row, width, height) for row in found[found[:, 0].argsort()] if row[4] >= self._confidence]

    def _found(self, picture: Tensor) -> Found:
        found = self._proposed(picture)
        found = _square(found)
        found = self._checked(picture, found, 24, self._refine, _SURE[1])
        found = _square(found[_kept(found, 0.7)])
        found = self._checked(picture, found, 48, self._decide, _SURE[2])
        return found[_kept(found, 0.7, of_smaller=True)]

    def _proposed(self, picture: Tensor) -> Found:
        height, width = picture.shape[2:]
        made = [np.empty((0, 9))]
        scale = _CELL / self._smallest
        while min(height, width) * scale >= _CELL:
            size = (math.ceil(height * scale), math.ceil(width * scale))
            shifts, sure = self._propose(interpolate(picture, size=size, mode="area"))
            rows, columns = np.nonzero(sure[0].numpy() >= _SURE[0])
            places = np.stack([columns, rows], axis=1) * 2
            edges: Found = np.concatenate([places, places + _CELL], axis=1).astype(np.float64) / scale
            odds, moves = sure[0].double().numpy(), shifts[0].double().numpy()
            there: Found = np.concatenate([edges, odds[rows, columns, None], moves[:, rows, columns].T], axis=1)
            made.append(there[_kept(there, 0.5)])
            scale *= _FACTOR
        every = np.concatenate(made)
        every = every[_kept(every, 0.7)]
        return _shifted(every[:, :5], every[:, 5:])

    def _checked(self, picture: Tensor, found: Found, size: int, stage: torch.nn.Module, sure: float) -> Found:
        if not len(found):
            return found
        crops = torch.cat([_crop(picture, row, size) for row in found])
        told = [stage(crops[i : i + _BATCH]) for i in range(0, len(crops), _BATCH)]
        shifts = torch.cat([s for s, _ in told]).numpy()
        odds = torch.cat([f for _, f in told]).numpy()
        keep = odds >= sure
        kept = np.concatenate([found[keep, :4], odds[keep, None]], axis=1)
        return _shifted(kept, shifts[keep])


def faces(picture: Picture) -> list[Face]:
    """Return the faces in a picture, from left to right, by a `Detector` with the values that it has by default.

    >>> import numpy as np
    >>> faces(Picture(0, None, np.zeros((64, 64, 3), np.uint8)))
    []

    Raises:
        MissingPackageError: a package that it needs is not installed.
    """
    return _detector()(picture.pixels)


@lru_cache(maxsize=1)
def _detector() -> Detector:
    return Detector()


def _face(row: Found, width: int, height: int) -> Face:
    left, top = max(float(row[0]), 0.0), max(float(row[1]), 0.0)
    right, bottom = min(float(row[2]), float(width)), min(float(row[3]), float(height))
    return Face((left, top, max(right - left, 0.0), max(bottom - top, 0.0)), float(row[4]))


def _crop(picture: Tensor, row: Found, size: int) -> Tensor:
    """A box of the picture as a square of this size; what is beyond the edge is black."""
    left, top, right, bottom = (round(float(edge)) for edge in row[:4])
    height, width = picture.shape[2:]
    right, bottom = max(right, left + 1), max(bottom, top + 1)
    inside = picture[:, :, max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    pads = (max(-left, 0), max(right - width, 0), max(-top, 0), max(bottom - height, 0))
    if not inside.numel():
        return torch.full((1, 3, size, size), -127.5 / 128)
    if any(pads):
        inside = torch.nn.functional.pad(inside, pads, value=-127.5 / 128)
    return interpolate(inside, size=(size, size), mode="area")


def _shifted(found: Found, shifts: NDArray[np.float64] | NDArray[np.float32]) -> Found:
    """Boxes with their edges moved, by shares of their size."""
    sides = found[:, 2:4] - found[:, :2]
    return np.concatenate([found[:, :4] + shifts * np.tile(sides, 2), found[:, 4:5]], axis=1)


def _square(found: Found) -> Found:
    """Boxes as squares about the same middles."""
    middle = (found[:, :2] + found[:, 2:4]) / 2
    half = (found[:, 2:4] - found[:, :2]).max(axis=1, keepdims=True) / 2
    return np.concatenate([middle - half, middle + half, found[:, 4:5]], axis=1)


def _kept(found: Found, most: float, *, of_smaller: bool = False) -> NDArray[np.int64]:
    """Which boxes are left when those go that share more with a surer one."""
    order = np.argsort(-found[:, 4], kind="stable")
    boxes = [(a, b, c - a, d - b) for a, b, c, d in found[order, :4].tolist()]
    shared = overlaps(boxes, boxes, of_smaller=of_smaller) > most
    alive = np.ones(len(order), bool)
    for i in range(len(order)):
        if alive[i]:
            alive[i + 1 :] &= ~shared[i, i + 1 :]
    return order[alive]
