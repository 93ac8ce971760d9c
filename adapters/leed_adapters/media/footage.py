"""Frames of videos at points in time, by PyAV, turned as their container says."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
import numpy as np

from leed.errors import InputError
from leed_adapters.measuring.media import Media
from leed_adapters.media import containers
from leed_adapters.media.glance import is_text
from leed_adapters.media.sound import OnIssue, OnProgress


def frames(
    media: Media, step: Fraction, on_issue: OnIssue, on_progress: OnProgress
) -> Iterator[tuple[float, np.ndarray[Any, np.dtype[np.uint8]]]]:
    """Yield times in seconds and upright RGB frames: the first one at or after each multiple of a step.

    Raises:
        InputError: there is no video, or none that can be decoded.
    """
    with media.open() as file:
        head = file.read(4096)
    if not head or is_text(head):
        what = "text" if head else "empty"
        raise InputError(f"{media.name}: is {what}: give an image (JPEG, PNG, ...) or a video (MP4, WebM, ...)")
    with containers.opened(media) as container:
        streams = containers.moving(container)
        if not streams:
            raise InputError(f"{media.name}: holds no pictures: give an image or a video")
        stream = streams[0]
        stream.thread_type = "AUTO"
        total = None if container.duration is None else container.duration / av.time_base
        begins, due, seen, time = containers.origin(container), Fraction(0), 0, Fraction(0)
        for frame in containers.frames(container, stream, media, on_issue):
            if not isinstance(frame, av.VideoFrame):
                continue
            time = _time(frame, seen, stream.average_rate) - begins
            seen += 1
            if time < due:
                continue
            due = (time // step + 1) * step
            yield float(max(time, Fraction(0))), _upright(frame)
            on_progress(float(time), total)
        if not seen:
            raise InputError(f"{media.name}: is a video of which no frame can be decoded")
        containers.tell_cut_off(container, stream, float(time), media, on_issue)


def _time(frame: av.VideoFrame, number: int, rate: Fraction | None) -> Fraction:
    if frame.pts is not None and frame.time_base is not None:
        return frame.pts * frame.time_base
    return number / (rate or Fraction(25))


def _upright(frame: av.VideoFrame) -> np.ndarray[Any, np.dtype[np.uint8]]:
    pixels = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
    turns = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(pixels, turns)) if turns else pixels
