"""Hume's Expression Measurement v1 behind one call, with Hume's own SDK; needs the extra ``hume``.

Audio in any format is decoded, mixed down and resampled; JPEG and PNG images are measured for faces. The key is taken
from HUME_API_KEY; HUME_BASE_URL or ``base_url`` point to another place than Hume's.

>>> import os
>>> from leed_adapters.fakes.hume import FakeHume, speech
>>> os.environ["HUME_API_KEY"] = "any"
>>> with FakeHume() as service:
...     recording = measure(speech((0.5, 2.0)), base_url=service.base_url)
>>> [(segment.aspect, segment.begin, segment.end) for segment in recording.segments()]
[('expression', 0.5, 2.0), ('attribute', 0.5, 2.0)]
"""

from __future__ import annotations

from typing import Any

from leed.schema import Recording
from leed_adapters.hume.client import Hume
from leed_adapters.hume.imaging import aimages, images
from leed_adapters.hume.realtime import audio_stream, video_stream
from leed_adapters.measuring.calls import Calls, Options, Unpack

measurer = Hume()
_calls = Calls(measurer)


class HumeOptions(Options, total=False):
    """What a call may be told beside what all may.

    Attributes:
        interval: seconds of speech between two measurements of an utterance.
        part_bytes: of how many bytes a request may be; longer audio is cut at pauses.
    """

    interval: float
    part_bytes: int


def measure(media: Any, **options: Unpack[HumeOptions]) -> Recording:  # noqa: ANN401 - media_of checks them
    """Return what is measured in one medium, or in each of a list; of several, one that fails is an issue.

    Args:
        media: audio or an image: a path, bytes, a file open for bytes, or a list of them.
        options: base_url; timeout (seconds for each medium), concurrency (media at a time), attempts (of a request that
            may be made again), pause (seconds before the second), watch (is told what goes on), interval, part_bytes.

    Raises:
        ServiceError: Hume refused, failed, or cannot be reached.
        InputError: there is no such file, or it is neither audio nor an image.
        OptionError: an option has a value that cannot be, or there is no key.
        MissingPackageError: the audio needs PyAV or ffmpeg, and neither is installed.
    """
    return _calls.measure(media, **options)


async def ameasure(media: Any, **options: Unpack[HumeOptions]) -> Recording:  # noqa: ANN401 - as above
    """Return what `measure` returns, for code that is async itself."""
    return await _calls.ameasure(media, **options)


__all__ = ["aimages", "ameasure", "audio_stream", "images", "measure", "measurer", "video_stream"]
