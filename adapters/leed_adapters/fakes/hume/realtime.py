"""The fake's websockets: audio as it is heard, and images one by one."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import WSCloseCode, WSMsgType, web

from leed_adapters.fakes.hume.hearing import RATE, Ear

if TYPE_CHECKING:
    from leed_adapters.fakes.hume.server import FakeHume

_AUDIO = {"type": "raw", "encoding": "s16le", "sample_rate": RATE, "channels": 1}
_LONGEST = 320_000  # bytes of a frame of audio
_JPEG = b"\xff\xd8\xff"


@dataclass
class Realtime:
    """How the websockets behave.

    Attributes:
        fake: whose they are.
        cuts: after how many frames of a session the connection ends, and with which code; the first holds for the first
            session, and so on. 1006 cuts it without a word.
        limited: which frames of all (counted from 0) are sent too fast, and so answered with rate_limited.
        broken: which frames of all fail to be measured, and so are answered with internal_error (images only).
        idle: seconds of silence after which a session ends; None: never.
        sessions: the bytes of every frame of each session, in their order.
    """

    fake: FakeHume
    cuts: list[tuple[int, int]] = field(default_factory=list)
    limited: set[int] = field(default_factory=set)
    broken: set[int] = field(default_factory=set)
    idle: float | None = None
    sessions: list[list[bytes]] = field(default_factory=list)
    settings: list[dict[str, Any]] = field(default_factory=list)

    async def audio(self, request: web.Request) -> web.StreamResponse:
        """Serve a session of audio."""
        return await _Session(self, request, images=False).served()

    async def video(self, request: web.Request) -> web.StreamResponse:
        """Serve a session of images."""
        return await _Session(self, request, images=True).served()


class _Session:
    """One connection of a client."""

    def __init__(self, realtime: Realtime, request: web.Request, *, images: bool) -> None:
        self._all = realtime
        self._request = request
        self._images = images
        self._frames: list[bytes] = []
        self._ear = Ear()
        self._results = 0
        self._socket = web.WebSocketResponse(max_msg_size=1 << 21)

    async def served(self) -> web.StreamResponse:
        """Serve until either side ends it."""
        number = len(self._all.sessions)
        cut = self._all.cuts[number] if number < len(self._all.cuts) else None
        self._all.sessions.append(self._frames)
        await self._socket.prepare(self._request)
        await self._say({"type": "session.created", "session_id": f"session_{number}", **self._config(3000)})
        while True:
            try:
                message = await self._socket.receive(self._all.idle)
            except TimeoutError:
                await self._closed("idle_timeout")
                return self._socket
            if message.type is WSMsgType.BINARY:
                await self._frame(message.data)
                if cut is not None and len(self._frames) >= cut[0]:
                    await self._cut(cut[1])
                    return self._socket
            elif message.type is not WSMsgType.TEXT or not await self._told(json.loads(message.data)):
                return self._socket

    async def _told(self, message: dict[str, Any]) -> bool:
        """Whether the session goes on after a message."""
        if message.get("type") == "session.update":
            self._all.settings.append(message)
            self._ear.interval = message.get("measurement_timer_ms") or 3000
            await self._say({"type": "session.updated", **self._config(self._ear.interval)})
            return True
        for entry in self._ear.end():
            await self._say(entry)
        await self._closed("client_request")
        return False

    async def _frame(self, data: bytes) -> None:
        total = sum(map(len, self._all.sessions))
        if total in self._all.limited:
            self._all.limited.discard(total)
            await self._error("rate_limited", "Too fast.", retryable=True)
        elif self._images:
            await self._image(data, total)
        elif not data or len(data) % 2 or len(data) > _LONGEST:
            self._frames.append(data)
            await self._error("invalid_audio_frame", "Empty, odd or too long.", retryable=True)
        else:
            self._frames.append(data)
            for entry in self._ear.hear(data):
                await self._say(entry)

    async def _image(self, data: bytes, total: int) -> None:
        self._frames.append(data)
        if not data.startswith(_JPEG):
            await self._error("invalid_image_frame", "Not a JPEG.", retryable=True)
        elif total in self._all.broken:
            self._all.broken.discard(total)
            await self._error("internal_error", "Try again.", retryable=True)
        else:
            await self._say({"type": "measurement.result", "frame_id": self._results, "faces": self._all.fake.faces})
            self._results += 1

    async def _cut(self, code: int) -> None:
        if code == 1006:  # noqa: PLR2004 - what a client says where nobody said anything
            await asyncio.sleep(0.01)  # so that what was said is sent before the connection is reset
            if self._request.transport is not None:
                self._request.transport.abort()
        else:
            await self._socket.close(code=code)

    async def _closed(self, reason: str) -> None:
        received: dict[str, int] = {"frames": len(self._frames)}
        produced: dict[str, int] = {"measurements": self._results}
        if not self._images:
            received["audio_duration_ms"] = self._ear.heard
            produced = {"utterances": self._ear.utterances, "measurements": self._ear.measurements}
        told = {"session_id": f"session_{len(self._all.sessions) - 1}", "reason": reason}
        await self._say({"type": "session.closed", **told, "received": received, "produced": produced})
        await self._socket.close(code=WSCloseCode.OK)

    async def _error(self, code: str, message: str, *, retryable: bool) -> None:
        await self._say({"type": "error", "code": code, "message": message, "retryable": retryable})

    async def _say(self, message: dict[str, Any]) -> None:
        if not self._socket.closed:
            await self._socket.send_json(message)

    def _config(self, interval: int) -> dict[str, Any]:
        if self._images:
            return {"image": {"type": "jpeg"}, "face": {"threshold": 0.5, "min_size": 40}}
        return {"audio": _AUDIO, "measurement_timer_ms": interval}
