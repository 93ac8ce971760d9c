"""Sound of any file, a block at a time, at 16,000 samples a second: decoded by libsndfile, else by FFmpeg (PyAV).

What is odd about it (no numbers, clipping, an end that is missing) is told once it has been read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from leed import plugins
from leed.errors import InputError, MissingPackageError, one_of
from leed.schema import Issue
from leed_adapters.measuring.media import Media
from leed_adapters.media.glance import is_text

RATE = 16_000
"""Samples a second that models of speech take."""

CHANNELS = ("mix", "each")
Samples = NDArray[np.float32]
OnIssue = Callable[[Issue], object]
OnProgress = Callable[[float, float | None], object]
"""Is called with the seconds that are done, and how many there are, or None where nobody knows."""

_BLOCK = 1 << 17  # samples at a time: 8 s of one channel at 16 kHz
_PIECE = 1 << 12  # samples of a channel that are lost where libsndfile fails: about a frame of FLAC
_FULL = 0.9999  # of full scale: 16 bits end at 0.99997
_RUN = 3  # samples at full scale, one after another, that a wave does not have by itself
_SHARE = 0.001  # of all samples in such runs, from which the sound passes for clipped
_LOUDEST = 4.0  # full scale is 1; decoders of lossy formats overshoot a little, whole numbers stored as floats by far
_SHORT = 0.02  # of the samples that the header tells of: estimates for MP3 are less exact
_UNKNOWN = 0x7FFF_F000  # bytes of a header that was written before the end was known
_CUT = re.compile(r"^\s*(?:data|SSND)\s*:\s*(\d+) \(should be (\d+)\)", re.MULTILINE)


@dataclass(frozen=True)
class Source:
    """Sound as it is decoded.

    Attributes:
        rate: samples a second of a channel.
        channels: how many there are.
        seconds: how long it is by its header, or None.
        blocks: (n, channels) each; none is long.
    """

    rate: int
    channels: int
    seconds: float | None
    blocks: Iterator[Samples]


class _Forward(soundfile.SoundFile):  # type: ignore[misc] # soundfile ships no types
    """A file that is read from the beginning to the end.

    After each read soundfile seeks to where it is, which costs MP3 the bits that frames lend each other: that is heard
    as gaps.
    """

    def seekable(self) -> bool:
        return False


def ignore(*_: object) -> None:
    """Tell nobody."""


def blocks(
    media: Media, *, channels: str = "mix", on_issue: OnIssue = ignore, on_progress: OnProgress = ignore
) -> Iterator[Samples]:
    """Yield sound as (n, channels) float32 blocks, 16,000 samples a second; full scale is 1.

    >>> import numpy as np, io, soundfile
    >>> file = io.BytesIO()
    >>> soundfile.write(file, np.zeros((8000, 2)), 8000, format="WAV")
    >>> sum(len(block) for block in blocks(Media("a.wav", data=file.getvalue())))
    16000

    Args:
        media: an audio file, or a video.
        channels: "mix" for their mean as one channel, "each" for each on its own.
        on_issue: is called with what is odd.
        on_progress: is called with the seconds done, and the seconds there are, or None.

    Raises:
        InputError: it holds no sound, or none that can be decoded.
        MissingPackageError: it needs PyAV, which is not installed.
        OptionError: channels is something else.
    """
    if channels not in CHANNELS:
        raise one_of("channels", channels, CHANNELS)
    with opened(media, on_issue) as source:
        yield from _resampled(media, source, channels == "mix", on_issue, on_progress)


@contextmanager
def opened(media: Media, on_issue: OnIssue = ignore) -> Generator[Source]:
    """Give sound as it is decoded, while the context lasts; the errors are those of `blocks`."""
    with media.open() as file:
        given: Any = file  # any open file will do
        try:
            sound = _Forward(given)
        except (soundfile.LibsndfileError, TypeError) as error:
            failed: Exception = error
        else:
            with sound:
                yield Source(sound.samplerate, sound.channels, _seconds(sound), _by_libsndfile(media, sound, on_issue))
                return
    with _by_ffmpeg(media, failed, on_issue) as source:
        yield source


@contextmanager
def _by_ffmpeg(media: Media, error: Exception, on_issue: OnIssue) -> Generator[Source]:
    with media.open() as file:
        head = file.read(4096)
    if not head or is_text(head):
        what = "is text, and no audio" if head else "is empty"
        raise InputError(f"{media.name}: {what}: give a file with sound (WAV, FLAC, MP3, Ogg, M4A, a video)") from error
    try:
        from leed_adapters.media import containers  # noqa: PLC0415 - PyAV is needed for few formats
    except ModuleNotFoundError as missing:
        told = plugins.missing("reading it", missing, extra="audio")
        message = f"{media.name}: this is no audio that libsndfile reads (WAV, FLAC, Ogg, MP3, ...), and {told}"
        raise MissingPackageError(message, name=missing.name) from error
    with containers.opened(media) as container:
        yield containers.sound(container, media, on_issue)


def _seconds(sound: soundfile.SoundFile) -> float | None:
    frames = int(sound.frames)
    return frames / sound.samplerate if 0 < frames < 1 << 48 else None


def _by_libsndfile(media: Media, sound: soundfile.SoundFile, on_issue: OnIssue) -> Iterator[Samples]:
    done, failed = 0, None
    held: list[Samples] = []
    while True:
        try:
            piece: Any = sound.read(_PIECE, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            failed, piece = error, np.empty((0, sound.channels), np.float32)
        done += len(piece)
        held.append(piece)
        if not len(piece) or len(held) * _PIECE * sound.channels >= _BLOCK:
            yield np.concatenate(held)
            held = []
        if not len(piece):
            break
    if failed is not None and not done:
        raise InputError(f"{media.name}: holds no audio that can be decoded: {failed.error_string}") from failed
    if failed is not None or _lacks(sound, done):
        on_issue(_cut_off(media, done / sound.samplerate))


def _lacks(sound: soundfile.SoundFile, done: int) -> bool:
    """Whether there are fewer samples than the header tells of."""
    info = sound.extra_info
    told = _CUT.search(info)
    if told and int(told[2]) < int(told[1]) < _UNKNOWN:
        return True
    return "lacks an end-of-stream bit" in info or done < (_seconds(sound) or 0) * sound.samplerate * (1 - _SHORT)


def _cut_off(media: Media, seconds: float) -> Issue:
    return Issue("cut-off", f"the file is cut off; the first {seconds:.2f} s are there", media.name)


def _resampled(
    media: Media,
    source: Source,
    mix: bool,  # noqa: FBT001 - within
    on_issue: OnIssue,
    on_progress: OnProgress,
) -> Iterator[Samples]:
    tally = _Tally()
    count = 1 if mix else source.channels
    resample = _resampler(media, source.rate, count)
    done = 0
    for block in source.blocks:
        whole = tally.checked(block)
        done += len(whole)
        yield resample(whole.mean(axis=1, keepdims=True, dtype=np.float32) if mix else whole, False)
        on_progress(done / source.rate, source.seconds)
    if not done:
        raise InputError(f"{media.name}: holds no audio: it has no samples")
    yield resample(np.empty((0, count), np.float32), True)
    tally.tell(media, on_issue)


def _resampler(media: Media, rate: int, channels: int) -> Callable[[Samples, bool], Samples]:
    if rate == RATE:
        return lambda block, _: block
    try:
        stream = soxr.ResampleStream(rate, RATE, channels, dtype="float32", quality="HQ")
    except (ValueError, RuntimeError) as error:
        raise InputError(f"{media.name}: {rate} samples a second cannot be resampled: {error}") from error

    def resample(block: Samples, last: bool) -> Samples:  # noqa: FBT001 - within
        made: Samples = stream.resample_chunk(block if channels > 1 else block[:, 0], last=last)
        return made.reshape(-1, channels)

    return resample


class _Tally:
    """What was odd about samples."""

    def __init__(self) -> None:
        self._all = 0
        self._no_numbers = 0
        self._clipped = 0
        self._peak = 0.0

    def checked(self, block: Samples) -> Samples:
        """Samples that are numbers: what is none is silence."""
        finite = np.isfinite(block)
        if not finite.all():
            self._no_numbers += int(block.size - np.count_nonzero(finite))
            block = np.where(finite, block, np.float32(0))
        self._all += block.size
        if block.size:
            self._look(np.abs(block))
        return block

    def _look(self, loud: Samples) -> None:
        self._peak = max(self._peak, float(loud.max()))
        full = loud >= _FULL
        if full.any():
            runs = full[: len(full) - _RUN + 1].copy()
            for late in range(1, _RUN):
                runs &= full[late : len(full) - _RUN + 1 + late]
            self._clipped += int(np.count_nonzero(runs))

    def tell(self, media: Media, on_issue: OnIssue) -> None:
        if self._no_numbers:
            what = f"{self._no_numbers} of {self._all} samples are no finite numbers; they are taken for silence"
            on_issue(Issue("not-finite", what, media.name))
        if self._peak > _LOUDEST:
            on_issue(Issue("out-of-range", f"samples reach {self._peak:g}, where full scale is 1", media.name))
        elif self._clipped > self._all * _SHARE:
            what = f"the sound is clipped: {self._clipped / self._all:.1%} of it is at full scale"
            on_issue(Issue("clipped", what, media.name))
