"""Faces in pictures and video, one after the other, with what a model says of each."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from leed.schema import Issue
from leed_adapters.measuring.media import Media
from leed_adapters.media import Picture, Tracker, faces, pictures
from leed_adapters.transformers.loading import Loaded
from leed_adapters.transformers.rows import About
from leed_adapters.transformers.seeing import PictureViewer, cropped
from leed_adapters.transformers.wishes import Wishes

_AHEAD: Final = 16  # pictures whose faces are looked at together


def faces_in(
    media: Media,
    loaded: Loaded,
    wishes: Wishes,
    *,
    on_issue: Callable[[Issue], object],
    on_progress: Callable[[float, float | None], object],
) -> Iterator[tuple[About, NDArray[np.float32]]]:
    """Yield each face with its scores: in each picture from the surest to the least sure, picture by picture.

    Args:
        media: a picture, or a video.
        loaded: the model.
        wishes: how many pictures a second, and whether faces are looked for.
        on_issue: is called with what is odd, such as pictures without a face.
        on_progress: is called with the seconds done, and the seconds there are, or None.

    Raises:
        InputError: it holds no pictures, or none that can be decoded.
        MissingPackageError: a package that it needs is not installed.
    """
    viewer = PictureViewer(loaded, wishes.batch_size)
    step = 1 / wishes.per_second
    tracker = Tracker()
    seen = empty = 0
    coming = pictures(media, per_second=wishes.per_second, on_issue=on_issue, on_progress=on_progress)
    while some := list(islice(coming, _AHEAD)):
        found: list[tuple[About, NDArray[np.uint8]]] = []
        for picture in some:
            here = list(_faces(picture, tracker, wishes, step))
            seen, empty = seen + 1, empty + (not here)
            found += here
        abouts = iter(about for about, _ in found)
        for scores in viewer.scores([pixels for _, pixels in found]):
            yield from zip(islice(abouts, len(scores)), scores, strict=True)
    if empty:
        what = "no face is found in it" if seen == 1 else f"no face is found in {empty} of {seen} pictures"
        hint = "" if seen > 1 else "; where the picture is of a face and nothing else, say so: --faces whole"
        on_issue(Issue("no-face", what + hint, media.name))


def _faces(
    picture: Picture, tracker: Tracker, wishes: Wishes, step: float
) -> Iterator[tuple[About, NDArray[np.uint8]]]:
    """The faces of a picture, cut out."""
    begin = math.nan if picture.time is None else picture.time
    end = begin + step
    if wishes.faces == "whole":
        yield (
            About(granularity="frame", speaker=None, begin=begin, end=end, extras={"frame": picture.index}),
            picture.pixels,
        )
        return
    found = faces(picture)
    for face, speaker in zip(found, tracker.ids(found, picture.time), strict=True):
        extras = {"frame": picture.index, "box": face.box, "confidence": face.confidence}
        about = About(granularity="frame", speaker=speaker, begin=begin, end=end, extras=extras)
        yield about, cropped(picture.pixels, face.box)
