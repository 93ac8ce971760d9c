"""Realtime images with Hume: each is answered once, in order, and kept until then, as a connection may break."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from leed.errors import InputError
from leed.schema import Issue
from leed_adapters.hume.linking import Link

_PER_SECOND = 3
_PAIR = 2
_MOST = 8  # images that wait for their answers


@dataclass
class _Frame:
    """An image, when it was taken, and how often its measurement failed."""

    at: float
    data: bytes
    failures: int = 0


class Seeing(Link):
    """Sessions of images."""

    def __init__(self, *about: Any) -> None:  # noqa: ANN401 - as Link
        super().__init__(*about)
        self._waiting: deque[_Frame] = deque()  # sent, and not answered
        self._queued: deque[_Frame] = deque()  # to be sent again within the session
        self._results = 0
        self._sessions = 0
        self._frames = 0
        self._answer = asyncio.Event()

    def begin(self) -> None:
        """Send everything anew that was not answered."""
        self._sessions += 1
        if self._sessions > 1:
            what = "the connection broke and was made anew; faces may have other names from here on"
            self.issues.append(Issue("inferred", what, where=f"image {self._results}"))

    def unanswered(self) -> Iterator[bytes]:
        """Yield the images that were not answered, in their order."""
        frames = sorted((*self._waiting, *self._queued), key=lambda frame: frame.at)
        self._waiting.clear()
        self._queued.clear()
        self._queued.extend(frames)
        yield from self._pending()

    def taken(self, item: Any) -> Iterator[bytes]:  # noqa: ANN401 - an image, or its seconds and it
        """Yield a new image, after those that have to be sent again."""
        yield from self._pending()
        at, data = _timed(item, self._frames / _PER_SECOND)
        self._frames += 1
        self._waiting.append(_Frame(at, data))
        yield data

    def seconds(self, data: bytes) -> float:  # noqa: ARG002 - as Link
        """Return how long an image takes: three may be sent a second."""
        return 1 / _PER_SECOND

    def answered(self, message: dict[str, Any]) -> Iterator[Any]:
        """Yield an image's time with its faces; note what was rejected."""
        kind, code = message.get("type"), message.get("code")
        if kind == "measurement.result" and self._waiting:
            frame = self._waiting.popleft()
            entry = {**message, "frame_id": self._results}
            self._results += 1
            self._answer.set()
            yield {"timestamp_ms": frame.at * 1000, "result": entry}
        elif kind == "error" and code in ("rate_limited", "internal_error", "invalid_image_frame") and self._waiting:
            self._rejected(self._waiting.popleft(), message)
            self._answer.set()

    def _rejected(self, frame: _Frame, message: dict[str, Any]) -> None:
        code = message.get("code")
        if code == "rate_limited" or (code == "internal_error" and message.get("retryable") and not frame.failures):
            frame.failures += code == "internal_error"
            self._queued.append(frame)
            return
        what = f"an image was rejected: {code}: {message.get('message')}"
        self.issues.append(Issue("source-failed", what, where=f"{frame.at:g} s"))

    def _pending(self) -> Iterator[bytes]:
        while self._queued:
            frame = self._queued.popleft()
            self._waiting.append(frame)
            yield frame.data

    async def _room(self) -> None:
        """Wait until not too many images wait for their answers."""
        while len(self._waiting) > _MOST:
            self._answer.clear()
            await self._answer.wait()

    async def _settled(self, socket: Any, clock: Any) -> None:  # noqa: ANN401 - as Link
        """Wait for the answer to every image, and send again what has to be."""
        while self._waiting or self._queued:
            for data in self._pending():
                await self._sent(socket, data, clock)
            self._answer.clear()
            if self._waiting:
                await self._answer.wait()


def _timed(item: Any, otherwise: float) -> tuple[float, bytes]:  # noqa: ANN401 - whatever the source gives
    """The seconds and the bytes of an image."""
    if isinstance(item, (tuple, list)) and len(item) == _PAIR:
        return float(item[0]), bytes(item[1])
    if isinstance(item, (bytes, bytearray, memoryview)):
        return otherwise, bytes(item)
    raise InputError(f"{type(item).__name__} is no image: give JPEG bytes, or pairs of seconds and JPEG bytes")
