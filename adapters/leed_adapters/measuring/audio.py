"""Audio as services want it: any format decoded, mixed down to one channel and resampled, and cut where nobody speaks.

libsndfile reads WAV, FLAC, Ogg, Opus and MP3, and PyAV what that does not, such as M4A, as everywhere in
`leed_adapters.media`; where PyAV is not installed, the program ffmpeg is asked.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import soundfile
from numpy.typing import NDArray

from leed.errors import InputError, MissingPackageError
from leed_adapters.measuring.media import Media
from leed_adapters.media.sound import RATE, blocks

Samples = NDArray[np.int16]

_FRAME = RATE // 50  # 20 ms: shorter than a syllable, longer than a period of a voice
_PAUSE = 0.3  # seconds from which silence passes for a pause between stretches of speech
_WITHIN = 0.3  # of the way from the quietest to the loudest, in decibels: below, nobody speaks
_SILENT = -80.0  # decibels of full scale, below which all is alike
_BREADTH = 12.0  # decibels between quiet and loud, below which nothing stands out


@dataclass(frozen=True)
class Part:
    """A stretch of audio.

    Attributes:
        begin: which sample it begins with.
        samples: (n,) int16.
        in_speech: whether it ends where somebody speaks, as there was no pause.
    """

    begin: int
    samples: Samples
    in_speech: bool = False


def decoded(media: Media) -> Samples:
    """Return audio as (n,) int16 samples of one channel, 16,000 a second.

    Raises:
        InputError: it holds no audio, or none that can be decoded.
        MissingPackageError: it needs PyAV or ffmpeg, and neither is installed.
    """
    try:
        made = [_whole(block[:, 0]) for block in blocks(media)]
    except MissingPackageError as error:
        return _by_ffmpeg(media, error)
    return np.concatenate(made)


def wav(samples: Samples) -> bytes:
    """Return samples as a WAV file.

    >>> import numpy as np
    >>> wav(np.zeros(4, np.int16))[:4], len(wav(np.zeros(4, np.int16)))
    (b'RIFF', 52)
    """
    file = io.BytesIO()
    soundfile.write(file, samples, RATE, subtype="PCM_16", format="WAV")
    return file.getvalue()


def parts(samples: Samples, most: int) -> Iterator[Part]:
    """Yield audio in parts of so many samples at most, cut amid pauses; where there is none, where it is quietest.

    A part begins at a whole millisecond, so that times can be put together again exactly.
    """
    begin = 0
    while len(samples) - begin > most:
        cut, in_speech = _cut(samples[begin : begin + most])
        yield Part(begin, samples[begin : begin + cut], in_speech)
        begin += cut
    yield Part(begin, samples[begin:])


def _whole(values: NDArray[np.float32]) -> Samples:
    scaled: Samples = np.clip(np.rint(values * 32768), -32768, 32767).astype(np.int16)
    return scaled


def _by_ffmpeg(media: Media, error: Exception) -> Samples:
    """Audio in a format that libsndfile does not read."""
    if shutil.which("ffmpeg") is None:
        raise MissingPackageError(
            f"{media.name}: this is no audio that libsndfile reads (WAV, FLAC, Ogg, MP3, ...), and neither PyAV nor "
            "ffmpeg, which read others, is installed: pip install av, install ffmpeg, or convert the file",
            name="av",
        ) from error
    with tempfile.NamedTemporaryFile(prefix="leed-") as held:
        path = media.path
        if path is None:
            held.write(media.read())
            held.flush()
            path = held.name
        command = [
            "ffmpeg",
            "-v",
            "error",
            "-nostdin",
            "-i",
            f"file:{path}",
            "-f",
            "s16le",
            "-ac",
            "1",
            "-ar",
            str(RATE),
            "-",
        ]
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - the path is one argument
    if done.returncode or not done.stdout:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise InputError(f"{media.name}: holds no audio that can be decoded: {said[-1] if said else error}") from error
    return np.frombuffer(done.stdout[: len(done.stdout) // 2 * 2], "<i2").astype(np.int16)


def _cut(samples: Samples) -> tuple[int, bool]:
    """Where to cut, and whether somebody speaks there: in the longest pause of the second half, else of the first."""
    levels = _levels(samples)
    quiet, loud = np.percentile(levels, [5, 95])
    silent = levels <= (quiet + _WITHIN * (loud - quiet) if loud - quiet >= _BREADTH else _SILENT)
    pauses = [(a, b) for a, b in _runs(silent) if (b - a) * _FRAME >= _PAUSE * RATE]
    half = len(levels) // 2
    late = [(a, b) for a, b in pauses if (a + b) // 2 >= half]
    if pauses:
        begin, end = max(late or pauses, key=lambda run: run[1] - run[0])
        return max((begin + end) // 2, 1) * _FRAME, False
    late_on = len(levels) * 4 // 5
    quietest = late_on + int(np.argmin(levels[late_on:]))
    return max(quietest, 1) * _FRAME, True


def _levels(samples: Samples) -> NDArray[np.float64]:
    """How loud each frame is, in decibels of full scale."""
    whole = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    power = np.einsum("ij,ij->i", whole, whole, dtype=np.float64, casting="unsafe") / _FRAME / 32768**2
    found: NDArray[np.float64] = np.maximum(10 * np.log10(power + 1e-20), _SILENT)
    return found


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where runs of True begin and end."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
