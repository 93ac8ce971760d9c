"""Phonexia Speech Platform 4, emotion recognition, behind one call; needs the extra ``phonexia``.

The platform runs on a machine of one's own: ``base_url``, or PHONEXIA_BASE_URL, says where. Where it wants a key, that
is taken from PHONEXIA_API_KEY and sent as a bearer token.

>>> from leed_adapters.fakes.phonexia import FakePhonexia
>>> with FakePhonexia() as platform:
...     recording = measure(b"RIFF....", base_url=platform.base_url)
>>> recording.tracks[0].channel, recording.tracks[0].row(0)
('0', {'HAPPY': 0.799, 'NEUTRAL': 0.19, 'SAD': 0.006, 'ANGRY': 0.005})
"""

from __future__ import annotations

from typing import Any

from leed.schema import Recording
from leed_adapters.measuring.calls import Calls, Options, Unpack
from leed_adapters.measuring.gathering import Job
from leed_adapters.phonexia.client import Phonexia

measurer = Phonexia()
_calls = Calls(measurer)


def measure(media: Any, **options: Unpack[Options]) -> Recording:  # noqa: ANN401 - media_of checks them
    """Return what is measured in one file, or in each of a list; of several, one that fails is an issue.

    Args:
        media: a path, bytes, a file open for bytes, or a list of them.
        options: base_url; timeout (seconds for each file), concurrency (files at a time), attempts (of a request that
            may be made again), pause (seconds before the second), watch (is told what goes on).

    Raises:
        ServiceError: the platform refused, failed, or cannot be reached. UnfinishedError: the time was up, and the task
            goes on; its id is the error's ``job``.
        InputError: there is no such file.
        OptionError: an option has a value that cannot be, or nothing says where the platform is.
    """
    return _calls.measure(media, **options)


async def ameasure(media: Any, **options: Unpack[Options]) -> Recording:  # noqa: ANN401 - as above
    """Return what `measure` returns, for code that is async itself."""
    return await _calls.ameasure(media, **options)


def submit(media: Any, **options: Unpack[Options]) -> list[Job]:  # noqa: ANN401 - as above
    """Hand files over and return their jobs, without waiting; the arguments and errors are those of `measure`."""
    return _calls.submit(media, **options)


async def asubmit(media: Any, **options: Unpack[Options]) -> list[Job]:  # noqa: ANN401 - as above
    """Return what `submit` returns, for code that is async itself."""
    return await _calls.asubmit(media, **options)


def resume(jobs: Any, **options: Unpack[Options]) -> Recording:  # noqa: ANN401 - ids or Jobs
    """Return the results of jobs (ids, or what `submit` gave), waiting for them if need be; else as `measure`."""
    return _calls.resume(jobs, **options)


async def aresume(jobs: Any, **options: Unpack[Options]) -> Recording:  # noqa: ANN401 - as above
    """Return what `resume` returns, for code that is async itself."""
    return await _calls.aresume(jobs, **options)


__all__ = ["ameasure", "aresume", "asubmit", "measure", "measurer", "resume", "submit"]
