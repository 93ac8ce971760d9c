"""Behavioral Signals v5 behind one call; needs the extra ``behavioralsignals``.

The key is taken from BEHAVIORALSIGNALS_API_KEY, the client's id from BEHAVIORALSIGNALS_CID, as the SDK has it.

>>> import os
>>> from leed_adapters.fakes.behavioral_signals import FakeBehavioralSignals
>>> from leed_adapters.fakes.hume import speech
>>> os.environ |= {"BEHAVIORALSIGNALS_API_KEY": "any", "BEHAVIORALSIGNALS_CID": "1"}
>>> with FakeBehavioralSignals() as service:
...     recording = measure(speech((0.5, 2.0)), base_url=service.base_url)
>>> (segment,) = recording.segments()
>>> segment.begin, segment.end, segment.text, segment.scores["sad"]
(0.5, 2.0, 'Utterance 0.', 0.5142)
"""

from __future__ import annotations

from typing import Any

from leed.schema import Recording
from leed_adapters.behavioral_signals.client import BehavioralSignals
from leed_adapters.behavioral_signals.streaming import audio_stream
from leed_adapters.measuring.calls import Calls, Options, Unpack
from leed_adapters.measuring.gathering import Job

measurer = BehavioralSignals()
_calls = Calls(measurer)


class ProcessOptions(Options, total=False):
    """What a call may be told beside what all may.

    Attributes:
        embeddings: whether embeddings of voice and behaviour come with the scores.
        meta: JSON of a user's own, which the service keeps beside the process.
    """

    embeddings: bool
    meta: str


def measure(media: Any, **options: Unpack[ProcessOptions]) -> Recording:  # noqa: ANN401 - media_of checks them
    """Return what is measured in one medium, or in each of a list; of several, one that fails is an issue.

    Args:
        media: audio: a path, a presigned address, bytes, a file open for bytes, or a list of them.
        options: base_url; timeout (seconds for each file), concurrency (files at a time), attempts (of a request that
            may be made again), pause (seconds before the second), watch (is told what goes on), embeddings, meta.

    Raises:
        ServiceError: the service refused, failed, or cannot be reached. UnfinishedError: the time was up, and the
            process goes on; its id is the error's ``job``.
        InputError: there is no such file.
        OptionError: an option has a value that cannot be, or there is no key.
    """
    return _calls.measure(media, **options)


async def ameasure(media: Any, **options: Unpack[ProcessOptions]) -> Recording:  # noqa: ANN401 - as above
    """Return what `measure` returns, for code that is async itself."""
    return await _calls.ameasure(media, **options)


def submit(media: Any, **options: Unpack[ProcessOptions]) -> list[Job]:  # noqa: ANN401 - as above
    """Hand files over and return their jobs, without waiting; the arguments and errors are those of `measure`."""
    return _calls.submit(media, **options)


async def asubmit(media: Any, **options: Unpack[ProcessOptions]) -> list[Job]:  # noqa: ANN401 - as above
    """Return what `submit` returns, for code that is async itself."""
    return await _calls.asubmit(media, **options)


def resume(jobs: Any, **options: Unpack[ProcessOptions]) -> Recording:  # noqa: ANN401 - ids or Jobs
    """Return the results of jobs (ids, or what `submit` gave), waiting for them if need be; else as `measure`."""
    return _calls.resume(jobs, **options)


async def aresume(jobs: Any, **options: Unpack[ProcessOptions]) -> Recording:  # noqa: ANN401 - as above
    """Return what `resume` returns, for code that is async itself."""
    return await _calls.aresume(jobs, **options)


__all__ = ["ameasure", "aresume", "asubmit", "audio_stream", "measure", "measurer", "resume", "submit"]
