"""Realtime audio and images with Hume, as segments and descriptions.

>>> import os
>>> from leed_adapters.fakes.hume import FakeHume, speech
>>> os.environ["HUME_API_KEY"] = "any"
>>> samples = speech((0.5, 2.0))[44:]
>>> with FakeHume() as service:
...     live = list(audio_stream([samples], base_url=service.base_url, pace=0))
>>> [(one.segment.aspect, one.segment.begin, one.segment.end) for one in live]
[('expression', 0.5, 2.0), ('attribute', 0.5, 2.0)]
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any, TypedDict, Unpack

from leed.schema import Issue, Segment
from leed.stream import Stream
from leed_adapters.hume.client import BASE
from leed_adapters.hume.failing import KEY, TITLE
from leed_adapters.hume.hearing import Hearing
from leed_adapters.hume.linking import Line, Link
from leed_adapters.hume.seeing import Seeing
from leed_adapters.hume_v0 import refuse_v0
from leed_adapters.measuring.answering import recording_of
from leed_adapters.measuring.http import base_of
from leed_adapters.measuring.live import Pump, Source, Streaming
from leed_adapters.measuring.secrets import required


class LineOptions(TypedDict, total=False):
    """How a realtime session is held: `leed_adapters.hume.linking.Line` says what each is."""

    attempts: int
    pause: float
    pace: float
    timeout: float


def audio_stream(
    frames: Source[bytes],
    *,
    stream: Stream | None = None,
    name: str = "realtime",
    interval: float | None = None,
    base_url: str | None = None,
    **options: Unpack[LineOptions],
) -> Streaming:
    """Return what is measured in audio as it is heard, for ``for`` and ``async for``.

    A connection that breaks is made anew; what belongs to an utterance that had not ended is sent again, and times and
    ids go on. The audio of an utterance is kept until it has ended, 60 s of it at most.

    Args:
        frames: samples as they come, 16-bit little-endian, one channel, 16,000 a second; an iterable, plain or async.
        stream: is fed with each segment, and says when there is something else to say.
        name: the source of what is measured.
        interval: seconds of speech between two measurements of an utterance; 3, if not given.
        base_url: where Hume is, if not where it has it.
        options: attempts, pause, pace (seconds that pass for a second that is sent: 1, as Hume wants it), timeout.

    Raises:
        OptionError: there is no key, or nothing says where Hume is.
        ServiceError: while it is gone through: Hume refused, or cannot be reached any more.
    """
    settings = {} if interval is None else {"measurement_timer_ms": round(interval * 1000)}
    return _streaming(Hearing, frames, stream, name, _line("audio", base_url, options), settings)


def video_stream(
    frames: Source[bytes | tuple[float, bytes]],
    *,
    stream: Stream | None = None,
    name: str = "realtime",
    base_url: str | None = None,
    **options: Unpack[LineOptions],
) -> Streaming:
    """Return what is measured in images as they are taken, for ``for`` and ``async for``.

    Args:
        frames: JPEG images, three a second at most; each alone, or with the seconds at which it was taken.
        stream: is fed with each segment, and says when there is something else to say.
        name: the source of what is measured.
        base_url: where Hume is, if not where it has it.
        options: as for `audio_stream`, whose errors these are too.
    """
    return _streaming(Seeing, frames, stream, name, _line("video", base_url, options), {})


def _line(kind: str, base_url: str | None, options: Any) -> Line:  # noqa: ANN401 - LineOptions
    base = base_of(base_url, BASE, "HUME_BASE_URL")
    refuse_v0(base)
    return Line(f"ws{base.removeprefix('http')}/v1/expression/{kind}/realtime", required(KEY, TITLE), **options)


def _streaming(
    link: type[Link],
    frames: Source[Any],
    stream: Stream | None,
    name: str,
    line: Line,
    settings: dict[str, Any],
) -> Streaming:
    async def segments(issues: list[Issue]) -> AsyncGenerator[Segment, None]:
        async with Pump(frames) as pump, aclosing(link(line, pump, issues, settings).messages()) as messages:
            async for entry in messages:
                for segment in _read(entry, name, issues):
                    yield segment

    return Streaming(segments, stream)


def _read(entry: Any, name: str, issues: list[Issue]) -> Iterator[Segment]:  # noqa: ANN401 - JSON
    """The segments of a message, as `leed.read` has them."""
    recording = recording_of([entry], name, "hume-v1")
    issues += [
        issue for issue in recording.issues if issue.code not in ("no-segments", "no-scores", "nothing-detected")
    ]
    yield from recording.segments()
