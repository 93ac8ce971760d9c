"""Audio measured by Behavioral Signals as it is heard, over gRPC, with the SDK's own messages and stub.

>>> import os
>>> from leed_adapters.fakes.behavioral_signals import FakeBehavioralSignals
>>> from leed_adapters.fakes.hume import speech
>>> os.environ |= {"BEHAVIORALSIGNALS_API_KEY": "any", "BEHAVIORALSIGNALS_CID": "1"}
>>> with FakeBehavioralSignals() as service:
...     live = list(audio_stream([speech((0.5, 2.0))[44:]], target=service.streaming_url, pace=0))
>>> [(one.segment.begin, one.segment.end) for one in live]
[(0.5, 2.0)]
"""

from __future__ import annotations

import asyncio
import os
import queue
import random
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import grpc
import msgspec
from behavioralsignals import StreamingOptions
from behavioralsignals.generated import api_pb2 as pb
from behavioralsignals.generated import api_pb2_grpc as pb_grpc
from google.protobuf.json_format import MessageToDict

from leed.errors import OptionError, ServiceError
from leed.schema import Issue, Segment
from leed.stream import Stream
from leed_adapters.behavioral_signals.client import CID, FORMAT, KEY, TITLE
from leed_adapters.measuring import failing
from leed_adapters.measuring.answering import recording_of
from leed_adapters.measuring.live import Pump, Source, Streaming
from leed_adapters.measuring.secrets import Secret, required

TARGET: Final = "https://streaming.behavioralsignals.com:443"
Level = Literal["segment", "utterance", "all"]
_AGAIN: Final = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL, grpc.StatusCode.ABORTED)
_ADVICE: Final = {
    grpc.StatusCode.UNAUTHENTICATED: f"set {KEY} and {CID} to those that are valid",
    grpc.StatusCode.PERMISSION_DENIED: f"set {KEY} and {CID} to those that may stream",
    grpc.StatusCode.RESOURCE_EXHAUSTED: "there are no credits left, or too many streams: add credits, or wait",
    grpc.StatusCode.UNIMPLEMENTED: "this is no address of that service: check target",
}
_KEPT = 60.0  # seconds of audio that are kept until they are answered
_BURST = 0.5  # seconds that may be sent ahead of time
_WAITING = 8  # messages that wait to be sent
_MOMENT = 0.005  # seconds until it is looked whether there is room for more
_LONGEST = 20.0  # seconds between two attempts


def audio_stream(
    frames: Source[bytes],
    *,
    stream: Stream | None = None,
    name: str = "realtime",
    level: Level = "utterance",
    rate: int = 16_000,
    target: str | None = None,
    attempts: int = 8,
    pause: float = 1.0,
    pace: float = 1.0,
    timeout: float = 30.0,
) -> Streaming:
    """Return what is measured in audio as it is heard, for ``for`` and ``async for``.

    A connection that breaks is made anew; what came after the last answer is sent again, 60 s of it at most, and times
    go on.

    Args:
        frames: samples as they come, 16-bit little-endian, one channel; an iterable, plain or async.
        stream: is fed with each segment, and says when there is something else to say.
        name: the source of what is measured.
        level: windows of about two seconds ("segment"), utterances, or "all".
        rate: samples a second.
        target: where the service is: https://host:port, or http://host:port without TLS.
        attempts: how often in a row a connection is tried that gives nothing.
        pause: seconds before the second attempt.
        pace: seconds that pass for a second that is sent; 0 does not wait.
        timeout: seconds of silence after everything was sent.

    Raises:
        OptionError: there is no key or client id, or an option has a value that cannot be.
        ServiceError: while it is gone through: the service refused, or cannot be reached any more.
    """
    if level not in ("segment", "utterance", "all") or rate <= 0:
        raise OptionError(
            f"level {level!r} or rate {rate!r} cannot be: give segment, utterance or all, and a rate above 0"
        )
    line = _Line(
        _address(target or os.environ.get("BEHAVIORALSIGNALS_STREAMING_URL") or TARGET),
        _client_id(),
        required(KEY, TITLE),
        StreamingOptions(sample_rate=rate, encoding="LINEAR_PCM", level=level),
        attempts,
        pause,
        pace,
        timeout,
    )

    async def segments(issues: list[Issue]) -> AsyncGenerator[Segment, None]:
        async with Pump(frames) as pump, aclosing(_Calls(line, pump, name, issues).segments()) as found:
            async for segment in found:
                yield segment

    return Streaming(segments, stream)


@dataclass(frozen=True)
class _Line:
    address: tuple[str, bool]
    cid: int
    key: Secret
    options: StreamingOptions
    attempts: int
    pause: float
    pace: float
    timeout: float


def _client_id() -> int:
    cid = required(CID, TITLE).reveal()
    if not cid.isdecimal():
        raise OptionError(f"{CID} is no number, as the ids of {TITLE}' clients are: set it anew")
    return int(cid)


def _address(target: str) -> tuple[str, bool]:
    """Host and port, and whether by TLS.

    >>> _address("http://127.0.0.1:50051"), _address("https://streaming.example.org")
    (('127.0.0.1:50051', False), ('streaming.example.org:443', True))
    """
    parts = urlsplit(target)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise OptionError(f"target {target!r} is no address: give one such as https://streaming.example.org:443")
    safe = parts.scheme == "https"
    return f"{parts.hostname}:{parts.port or (443 if safe else 80)}", safe


class _Calls:
    """Streams, one after the other, in the times of the whole."""

    def __init__(self, line: _Line, pump: Pump, name: str, issues: list[Issue]) -> None:
        self._line = line
        self._pump = pump
        self._name = name
        self._issues = issues
        self._second = line.options.sample_rate * 2  # bytes
        self._held = bytearray()  # what was sent, and is not answered
        self._begin = 0.0  # seconds at which that begins
        self._offset = 0.0  # seconds at which the stream begins
        self._odd = b""
        self._fruitless = 0

    async def segments(self) -> AsyncGenerator[Segment, None]:
        """Yield what the service measures, stream by stream."""
        while True:
            self._offset = self._begin
            try:
                with self._channel() as channel:
                    async with aclosing(self._answers(channel)) as answers:
                        async for segment in answers:
                            self._fruitless = 0
                            yield segment
                return
            except grpc.RpcError as error:
                self._judge(error)
            longest = min(self._line.pause * 2.0 ** max(self._fruitless - 1, 0), _LONGEST)
            await asyncio.sleep(random.uniform(longest / 2, longest))  # noqa: S311 - so that many do not come back together

    def _channel(self) -> Any:  # noqa: ANN401 - grpc's
        address, safe = self._line.address
        if safe:
            return grpc.secure_channel(address, grpc.ssl_channel_credentials())
        return grpc.insecure_channel(address)

    async def _answers(self, channel: Any) -> AsyncGenerator[Segment, None]:  # noqa: ANN401 - as above
        waiting: queue.Queue[Any] = queue.Queue(_WAITING)
        feeder = asyncio.create_task(self._feed(waiting))
        # gRPC's own threads ask for messages and wait for answers: its asyncio side forgets why a stream was refused,
        # if there was something to send just then.
        stub: Any = pb_grpc.BehavioralStreamingApiStub  # the SDK types no stubs
        call = stub(channel).StreamAudio(iter(waiting.get, None))
        try:
            while (answer := await self._next(call, feeder)) is not None:
                for segment in self._read(MessageToDict(answer, always_print_fields_with_no_presence=True)):
                    yield segment
        finally:
            call.cancel()
            feeder.cancel()
            await asyncio.gather(feeder, return_exceptions=True)
            with suppress(queue.Empty):
                while True:
                    waiting.get_nowait()
            waiting.put_nowait(None)

    async def _next(self, call: Any, feeder: asyncio.Task[None]) -> Any:  # noqa: ANN401 - a message, or None at the end
        """The next answer; once all was sent, it may take so long and no longer."""
        reading = asyncio.ensure_future(asyncio.to_thread(next, call, None))
        try:
            await asyncio.wait({reading, feeder}, return_when=asyncio.FIRST_COMPLETED)
            if feeder.done() and (failed := feeder.exception()) is not None:
                raise failed
            return await asyncio.wait_for(asyncio.shield(reading), self._line.timeout)
        except TimeoutError:
            what = f"{TITLE} gave no answer for {self._line.timeout:g} s after everything was sent"
            raise ServiceError(what, repeatable=False) from None
        finally:
            if not reading.done():
                call.cancel()
                await asyncio.gather(reading, return_exceptions=True)

    async def _feed(self, waiting: queue.Queue[Any]) -> None:
        """Hand on what is to be sent, and None at the end."""
        async for message in self._requests():
            await _put(waiting, message)
        await _put(waiting, None)

    async def _requests(self) -> AsyncIterator[Any]:
        about: dict[str, Any] = {"cid": self._line.cid, "x_auth_token": self._line.key.reveal()}
        loop = asyncio.get_running_loop()
        began, seconds = loop.time(), 0.0
        yield pb.AudioStream(**about, config=self._line.options.to_pb_config())
        async for data in self._audio():
            seconds += len(data) / self._second
            ahead = seconds * self._line.pace - (loop.time() - began) - _BURST
            if ahead > 0 and self._line.pace:
                await asyncio.sleep(ahead)
            yield pb.AudioStream(**about, audio_content=data)

    async def _audio(self) -> AsyncIterator[bytes]:
        """What was not answered, then what is new, a quarter of a second at a time."""
        step = max(self._second // 4 // 2 * 2, 2)
        held = bytes(self._held)
        for at in range(0, len(held), step):
            yield held[at : at + step]
        while (item := await self._pump.get()) is not None:
            data = self._odd + bytes(item)  # type: ignore[call-overload] # what the source gives
            whole = len(data) // 2 * 2
            self._odd = data[whole:]
            for at in range(0, whole, step):
                piece = data[at : min(at + step, whole)]
                self._held += piece
                self._settle(self._begin + len(self._held) / self._second - _KEPT)
                yield piece

    def _read(self, plain: dict[str, Any]) -> list[Segment]:
        recording = recording_of(plain, self._name, FORMAT)
        self._issues += [issue for issue in recording.issues if issue not in self._issues]
        found = [self._moved(segment) for segment in recording.segments()]
        ends = [segment.end for segment in found if segment.end is not None]
        if ends:
            self._settle(max(ends))
        return found

    def _moved(self, segment: Segment) -> Segment:
        begin, end = segment.begin, segment.end
        return msgspec.structs.replace(
            segment,
            begin=None if begin is None else begin + self._offset,
            end=None if end is None else end + self._offset,
        )

    def _settle(self, until: float) -> None:
        """Forget what is answered."""
        count = min(int((until - self._begin) * self._second) // 2 * 2, len(self._held))
        if count > 0:
            del self._held[:count]
            self._begin += count / self._second

    def _judge(self, error: Any) -> None:  # noqa: ANN401 - an RpcError, which is a call too
        """Go on after a stream broke, if that is of use."""
        code = error.code()
        said = failing.scrubbed(error.details() or "", (self._line.key,))
        self._fruitless += 1
        if code in _AGAIN and self._fruitless < self._line.attempts:
            return
        again = f", {self._fruitless} times in a row" if code in _AGAIN else ""
        advice = _ADVICE.get(code, "try again later")
        text = f"{TITLE} ended the stream{again} ({code.name}): {said}; {advice}"
        raise ServiceError(text, code=code.name, repeatable=False) from failing.cause_of(error, (self._line.key,))


async def _put(waiting: queue.Queue[Any], message: Any) -> None:  # noqa: ANN401 - a message, or None
    while True:
        try:
            waiting.put_nowait(message)
        except queue.Full:
            await asyncio.sleep(_MOMENT)
        else:
            return
