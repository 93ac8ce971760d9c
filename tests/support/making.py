"""Media made for tests: tones, spoken sentences, sound files and small videos."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import av
import numpy as np
import soundfile
from av import AudioFifo, AudioFrame, VideoFrame
from numpy.typing import NDArray

from tests.support.parts import program

Samples = NDArray[np.float64]


def tone(seconds: float, rate: int = 16_000, pitch: float = 220.0) -> Samples:
    """A sine at a quarter of full scale.

    >>> tone(0.5).shape
    (8000,)
    """
    found: Samples = 0.25 * np.sin(np.arange(round(seconds * rate)) * (2 * np.pi * pitch / rate))
    return found


def sound(samples: NDArray[Any], rate: int = 16_000, form: str = "WAV", subtype: str | None = None) -> bytes:
    """(n,) or (n, channels) samples as a file."""
    out = io.BytesIO()
    soundfile.write(out, samples, rate, format=form, subtype=subtype)
    return out.getvalue()


def spoken(words: str, rate: int = 22_050) -> Samples:
    """A sentence that espeak-ng says, without the silence around it."""
    said = subprocess.run([program("espeak"), "--stdout", words], capture_output=True, check=True).stdout
    samples, found = soundfile.read(io.BytesIO(said))
    loud = np.flatnonzero(np.abs(samples) > 0.02)
    samples = samples[loud[0] : loud[-1] + 1]
    at = np.arange(0, len(samples), found / rate)
    made: Samples = np.interp(at, np.arange(len(samples)), samples)
    return made


def video(
    pictures: Sequence[NDArray[np.uint8]],
    times: Sequence[float],
    *,
    form: str = "mp4",
    codec: str = "mpeg4",
    heard: tuple[Samples, int] | None = None,
) -> bytes:
    """Pictures, each shown from its time on, with or without sound, as a file."""
    out = io.BytesIO()
    with av.open(out, "w", format=form) as container:
        stream: Any = container.add_stream(codec, rate=25)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        sounding: Any = None if heard is None else container.add_stream("aac", rate=heard[1], layout="mono")
        for picture, time in zip(pictures, times, strict=True):
            frame = VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = round(time * 1000), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if heard is not None:
            _mux_sound(container, sounding, *heard)
    return out.getvalue()


def m4a(samples: Samples, rate: int = 48_000, form: str = "ipod", codec: str = "aac") -> bytes:
    """Samples of one channel as AAC, which libsndfile does not read."""
    out = io.BytesIO()
    with av.open(out, "w", format=form) as container:
        _mux_sound(container, container.add_stream(codec, rate=rate, layout="mono"), samples, rate)
    return out.getvalue()


def _mux_sound(container: Any, stream: Any, samples: Samples, rate: int) -> None:
    frame = AudioFrame.from_ndarray(samples.astype(np.float32)[None], format="fltp", layout="mono")
    frame.rate, frame.pts = rate, 0
    fifo = AudioFifo()
    fifo.write(frame)
    while (part := fifo.read(1024, partial=True)) is not None:
        container.mux(stream.encode(part))
    container.mux(stream.encode(None))
