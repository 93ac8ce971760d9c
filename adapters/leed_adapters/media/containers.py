"""Containers that FFmpeg reads, by PyAV: the sound of videos and of formats that libsndfile does not know."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import TypeAlias

import av
import numpy as np
from av import AudioFrame, VideoFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import EOFError as EndOfFile
from av.error import FFmpegError
from av.stream import Disposition
from av.video.stream import VideoStream

from leed.errors import InputError
from leed.schema import Issue
from leed_adapters.measuring.media import Media
from leed_adapters.media.sound import OnIssue, Samples, Source

AnyStream: TypeAlias = AudioStream | VideoStream

_GAP = 0.1  # seconds without sound that are a gap, and no rounding
_LONGEST_GAP = 3600.0  # seconds; a timestamp farther on is none to believe
_MISSING = 0.5  # seconds that a header may tell too many, and ten times the share of what is there
_MANY = 100  # packets that cannot be decoded, one after another, after which nothing more is to be expected


@contextmanager
def opened(media: Media) -> Generator[InputContainer]:
    """Give a container, open while the context lasts.

    Raises:
        InputError: FFmpeg does not read it.
    """
    with media.open() as file:
        try:
            container = av.open(file, "r", metadata_errors="ignore")
        except (FFmpegError, ValueError) as error:
            raise InputError(f"{media.name}: holds no audio or video that can be decoded: {_said(error)}") from error
        with container:
            yield container


def sound(container: InputContainer, media: Media, on_issue: OnIssue) -> Source:
    """Return the sound of a container's first stream of it.

    Raises:
        InputError: it has none.
    """
    if not container.streams.audio:
        kind = "a video without sound" if container.streams.video else "a file without sound"
        raise InputError(f"{media.name}: holds no audio: it is {kind}")
    stream = container.streams.audio[0]
    if not stream.rate or not stream.channels:
        raise InputError(f"{media.name}: holds no audio that can be decoded: its rate or channels are not told")
    seconds = None if container.duration is None else container.duration / av.time_base
    return Source(stream.rate, stream.channels, seconds, _decoded(container, media, on_issue))


def moving(container: InputContainer) -> list[VideoStream]:
    """Return the streams of pictures, without the covers of albums."""
    return [stream for stream in container.streams.video if Disposition.attached_pic not in stream.disposition]


def origin(container: InputContainer) -> Fraction:
    """Return the time at which a container begins, in seconds: its streams may begin later."""
    return Fraction(container.start_time or 0, av.time_base)


def _decoded(container: InputContainer, media: Media, on_issue: OnIssue) -> Iterator[Samples]:
    """Samples with silence where timestamps leave a gap, so that times stay those of the medium."""
    stream = container.streams.audio[0]
    resampler = AudioResampler(format="flt", layout=stream.layout, rate=stream.rate)
    begins, done = float(origin(container)), 0
    for frame in frames(container, stream, media, on_issue):
        if not isinstance(frame, AudioFrame):
            continue
        late = 0.0 if frame.time is None else frame.time - begins - done / stream.rate
        if _GAP < late < _LONGEST_GAP:
            silence = np.zeros((round(late * stream.rate), stream.channels), np.float32)
            done += len(silence)
            yield from np.array_split(silence, max(len(silence) >> 17, 1))
        for made in resampler.resample(frame):
            samples = made.to_ndarray().reshape(-1, stream.channels).astype(np.float32, copy=False)
            done += len(samples)
            yield samples
    tell_cut_off(container, stream, done / stream.rate, media, on_issue)


def tell_cut_off(container: InputContainer, stream: AnyStream, seconds: float, media: Media, on_issue: OnIssue) -> None:
    """Tell if a stream ended long before its header says."""
    told = None
    if stream.duration is not None and stream.time_base is not None:
        told = float(stream.duration * stream.time_base)
    elif len(container.streams) == 1 and container.duration is not None:
        told = container.duration / av.time_base
    if told is not None and told - seconds > max(_MISSING, seconds * _MISSING / 10):
        on_issue(Issue("cut-off", f"the file is cut off; the first {seconds:.2f} s are there", media.name))


def frames(
    container: InputContainer, stream: AnyStream, media: Media, on_issue: OnIssue
) -> Iterator[AudioFrame | VideoFrame]:
    """Yield the frames of a stream; packets that cannot be decoded are left out, and told."""
    bad = row = 0
    last: Exception | None = None
    packets = container.demux(stream)
    while row <= _MANY:
        try:
            packet = next(packets, None)
            if packet is None:
                break
            made = packet.decode()
        except EndOfFile:
            break
        except FFmpegError as error:
            bad, row, last = bad + 1, row + 1, error
            continue
        row = 0
        for frame in made:
            if isinstance(frame, (AudioFrame, VideoFrame)):
                yield frame
    if last is not None:
        what = "1 packet cannot be decoded, and is" if bad == 1 else f"{bad} packets cannot be decoded, and are"
        on_issue(Issue("not-read", f"{what} left out: {_said(last)}", media.name))


def _said(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
