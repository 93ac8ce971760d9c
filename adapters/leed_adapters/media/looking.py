"""Pictures: still images, frames of animations and of videos, some a second, upright and in RGB."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from leed import plugins
from leed.errors import InputError, OptionError
from leed.schema import Issue
from leed_adapters.measuring.media import Media
from leed_adapters.media.sound import OnIssue, OnProgress, ignore

Pixels = NDArray[np.uint8]
_UNTOLD = 100  # milliseconds of a frame of an animation that tells no duration, as browsers have it
_LEAST = 10  # milliseconds, below which a duration passes for none
_MOST_PIXELS = 100_000_000


@dataclass(frozen=True, eq=False)
class Picture:
    """One picture.

    Attributes:
        index: which one it is, from 0.
        time: seconds from the start; None for a still image.
        pixels: (height, width, 3) uint8, RGB, upright.
    """

    index: int
    time: float | None
    pixels: Pixels


def pictures(
    media: Media, *, per_second: float = 3.0, on_issue: OnIssue = ignore, on_progress: OnProgress = ignore
) -> Iterator[Picture]:
    """Yield the picture that an image is, or so many a second of an animation or video, as it is read.

    They are upright, whatever way the camera was held. Of a video it is the first frame at or after each point in time,
    by the timestamps, so that a rate that varies does no harm.

    >>> import io
    >>> file = io.BytesIO()
    >>> Image.new("RGB", (40, 30), "red").save(file, "PNG")
    >>> [(p.index, p.time, p.pixels.shape) for p in pictures(Media("a.png", data=file.getvalue()))]
    [(0, None, (30, 40, 3))]

    Args:
        media: an image, an animation (GIF, WebP, PNG) or a video.
        per_second: how many pictures a second of an animation or video.
        on_issue: is called with what is odd.
        on_progress: is called with the seconds done, and the seconds there are, or None.

    Raises:
        InputError: it holds no picture, or none that can be decoded.
        MissingPackageError: it is a video, and PyAV is not installed.
        OptionError: per_second is no number above 0.
    """
    if not 0 < per_second <= 1000:  # noqa: PLR2004 - frames of no camera
        raise OptionError(f"per_second is {per_second!r}: give how many pictures a second, above 0")
    step = 1 / Fraction(per_second).limit_denominator(1000)
    if is_image(media):
        yield from _of_image(media, step, on_issue)
    else:
        yield from _of_video(media, step, on_issue, on_progress)


def is_image(media: Media) -> bool:
    """Return whether Pillow reads it: whether it is an image or an animation."""
    with media.open() as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            Image.open(file).close()
        except UnidentifiedImageError:
            return False
        except Exception:  # noqa: BLE001 - a damaged or enormous image is one, and told as it is read
            return True
    return True


def is_animated(media: Media) -> bool:
    """Return whether an image has several frames."""
    with media.open() as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(file) as image:
                return getattr(image, "n_frames", 1) > 1
        except Exception:  # noqa: BLE001 - as above
            return False


def _of_image(media: Media, step: Fraction, on_issue: OnIssue) -> Iterator[Picture]:
    done = 0
    with media.open() as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd metadata, and of many pixels, which have a bound here
        try:
            with Image.open(file) as image:
                _check_size(media, image.size)
                if getattr(image, "n_frames", 1) == 1:
                    yield Picture(0, None, _upright(image))
                    return
                for picture in _animated(image, step):
                    yield picture
                    done += 1
        except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError, MemoryError) as error:
            if not done:
                raise InputError(f"{media.name}: is an image that cannot be decoded: {error}") from error
            on_issue(Issue("cut-off", f"the animation cannot be decoded beyond picture {done}: {error}", media.name))


def _check_size(media: Media, size: tuple[int, int]) -> None:
    if size[0] * size[1] > _MOST_PIXELS:
        raise InputError(
            f"{media.name}: has {size[0]} x {size[1]} pixels, and leed takes {_MOST_PIXELS:,} at most: scale it down"
        )


def _upright(image: Image.Image) -> Pixels:
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I;16"):  # which Pillow would cut off at 255
        upright = Image.fromarray((np.asarray(upright) >> 8).astype(np.uint8))
    return np.array(upright.convert("RGB"))


def _animated(image: Image.Image, step: Fraction) -> Iterator[Picture]:
    time, index = Fraction(0), 0
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        image.load()  # only then WebP knows how long it is shown
        length = Fraction(image.info.get("duration") or 0)
        end = time + Fraction(length if length >= _LEAST else _UNTOLD) / 1000
        if end > index * step:
            pixels = _upright(image)
            while end > index * step:
                yield Picture(index, float(index * step), pixels)
                index += 1
        time = end


def _of_video(media: Media, step: Fraction, on_issue: OnIssue, on_progress: OnProgress) -> Iterator[Picture]:
    try:
        from leed_adapters.media import footage  # noqa: PLC0415 - PyAV is needed for videos only
    except ModuleNotFoundError as error:
        raise plugins.missing(f"{media.name}: reading a video", error, extra="video") from error
    for index, (time, pixels) in enumerate(footage.frames(media, step, on_issue, on_progress)):
        yield Picture(index, time, pixels)
