"""Hume's EVI with a language model of one's own, over a WebSocket."""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.types import Message, Receive, Scope, Send

from leed_adapters.gateway.answers import Refused, error_body
from leed_adapters.gateway.calls import LEFT, Call
from leed_adapters.gateway.completions import chunks_of, text_of
from leed_adapters.gateway.evi import Evi
from leed_adapters.gateway.guard import Guard
from leed_adapters.gateway.logs import Log
from leed_adapters.gateway.metrics import Metrics
from leed_adapters.gateway.settings import EviSettings, LimitSettings
from leed_adapters.gateway.upstream import BrokenStreamError, Reading

ROUTE = "socket"

_ENDS = re.compile(r"[.!?…][\"'”’)\]]*\s+|[。！？]|\n+")
_BAD_DATA, _POLICY = 1007, 1008
_ERROR = 400


class Sentences:
    """Cuts words that come in pieces into sentences; put together they are the same words.

    >>> sentences = Sentences()
    >>> sentences.feed("Hello! How are"), sentences.feed(" you? I"), sentences.rest()
    (['Hello! '], ['How are you? '], ['I'])
    """

    def __init__(self) -> None:
        self._waiting = ""

    def feed(self, text: str) -> list[str]:
        """Return the sentences that are complete now."""
        self._waiting += text
        found: list[str] = []
        start = 0
        for end in _ENDS.finditer(self._waiting):
            found.append(self._waiting[start : end.end()])
            start = end.end()
        self._waiting = self._waiting[start:]
        return found

    def rest(self) -> list[str]:
        """Return what is left at the end."""
        left, self._waiting = self._waiting, ""
        return [left] if left else []


class Pieces(Sentences):
    """Leaves the pieces as they come."""

    def feed(self, text: str) -> list[str]:
        """Return the piece."""
        return [text]


class Sockets:
    """Answers chats over WebSockets; a message that comes while one is answered interrupts that answer."""

    def __init__(
        self,
        evi: Evi,
        guard: Guard,
        metrics: Metrics,
        log: Log,
        limits: LimitSettings,
        settings: EviSettings,
    ) -> None:
        self._evi = evi
        self._guard = guard
        self._metrics = metrics
        self._log = log
        self._limits = limits
        self._cut = Sentences if settings.pieces == "sentence" else Pieces
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one WebSocket until it is closed."""
        call = Call(scope)
        call.route = ROUTE
        await receive()  # that it connects
        try:
            self._admit(call, scope)
        except Refused as refused:
            call.begins(refused.status)
            self._observe(call)
            await _refuse(refused, scope, send)
            return
        await send({"type": "websocket.accept"})
        self._open += 1
        self._metrics.sockets.inc()
        try:
            await self._serve(scope, receive, send, keyed=call.keyed)
        finally:
            self._open -= 1
            self._metrics.sockets.dec()

    def _admit(self, call: Call, scope: Scope) -> None:
        if scope["path"] not in ("/llm", "/v1/llm"):
            raise Refused(404, "there is no such WebSocket; EVI's is /llm", "not_found")
        self._guard.admit(call, scope["query_string"])
        if self._open >= self._limits.sockets:
            raise Refused(503, "too many WebSockets are open", "overloaded")

    async def _serve(self, scope: Scope, receive: Receive, send: Send, *, keyed: bool) -> None:
        answering: asyncio.Task[None] | None = None
        times: deque[float] = deque(maxlen=self._limits.socket_messages)
        try:
            while (message := await self._received(receive))["type"] == "websocket.receive":
                plain = _plain(message)
                if plain is None or _is_flood(times, self._limits.socket_window_s):
                    self._metrics.trouble("socket_nonsense" if plain is None else "socket_flood")
                    code = _BAD_DATA if plain is None else _POLICY
                    await send({"type": "websocket.close", "code": code})
                    return
                await _ended(answering)
                call = Call(scope)
                call.route, call.method, call.keyed = ROUTE, "WS", keyed
                call.received = len(message.get("text") or message.get("bytes") or "")
                answering = asyncio.create_task(self._answered(plain, call, send))
        except TimeoutError:
            await send({"type": "websocket.close", "code": 1000, "reason": "idle"})
        finally:
            await _ended(answering)

    async def _received(self, receive: Receive) -> Message:
        async with asyncio.timeout(self._limits.socket_idle_s):
            return await receive()

    async def _answered(self, plain: dict[str, Any], call: Call, send: Send) -> None:
        """Answer a message, and say that the answer is over; whatever goes wrong, EVI must not wait for ever."""
        try:
            try:
                await self._answer(plain, call, send)
            except Refused as refused:
                call.status, call.trouble = refused.status, refused.code
            except BrokenStreamError:
                call.trouble = "broken_upstream"
            await _send(send, {"type": "assistant_end"})
        except asyncio.CancelledError:
            call.status = LEFT
            raise
        except OSError:  # the other side is gone; uvicorn says so by an error of this kind
            call.status = LEFT
        finally:
            self._observe(call)

    async def _answer(self, plain: dict[str, Any], call: Call, send: Send) -> None:
        messages = from_socket(plain.get("messages"))
        if not messages:
            raise Refused(400, "there are no messages", "invalid_request")
        session = plain.get("custom_session_id")
        authorization = call.headers.get(b"authorization")
        headers = [] if authorization is None else [(b"authorization", authorization)]
        name = session if isinstance(session, str) else None
        response = await self._evi.ask({"messages": messages}, call, headers, session=name)
        with Reading(response):
            if response.status >= _ERROR:
                raise Refused(response.status, "the upstream answered with an error", "upstream_error")
            call.begins(200)
            cut = self._cut()
            async for chunk in chunks_of(response):
                for piece in cut.feed(text_of(chunk)):
                    await self._say(piece, call, send)
            for piece in cut.rest():
                await self._say(piece, call, send)

    async def _say(self, text: str, call: Call, send: Send) -> None:
        if text:
            call.sent += await _send(send, {"type": "assistant_input", "text": text})

    def _observe(self, call: Call) -> None:
        self._log.request(call, self._metrics.observe(call))


async def _send(send: Send, plain: dict[str, Any]) -> int:
    text = msgspec.json.encode(plain).decode()
    await send({"type": "websocket.send", "text": text})
    return len(text)


async def _ended(task: asyncio.Task[None] | None) -> None:
    """Cancel a task, and wait until it is over."""
    if task is None:
        return
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _plain(message: Message) -> dict[str, Any] | None:
    try:
        plain = msgspec.json.decode(message.get("text") or message.get("bytes") or b"")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return plain if isinstance(plain, dict) else None


def _is_flood(times: deque[float], window: float) -> bool:
    """Whether as many messages as are kept came within a window; this one is counted."""
    now = time.monotonic()
    full = len(times) == times.maxlen and now - times[0] < window
    times.append(now)
    return full


async def _refuse(refused: Refused, scope: Scope, send: Send) -> None:
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": _POLICY})
        return
    body = msgspec.json.encode(error_body(refused.status, refused.message, refused.code))
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)), *refused.headers]
    await send({"type": "websocket.http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body})


def from_socket(messages: object) -> list[dict[str, Any]]:
    """Return messages of a chat from those that EVI sends over a WebSocket; interim ones are left out.

    >>> from_socket([{"type": "user_message", "message": {"role": "user", "content": "Hey."}, "models": {}}])
    [{'role': 'user', 'content': 'Hey.', 'models': {}}]
    """
    found: list[dict[str, Any]] = []
    for entry in messages if isinstance(messages, list) else []:
        message = entry.get("message") if isinstance(entry, Mapping) else None
        if not isinstance(message, Mapping) or entry.get("interim") is True or "role" not in message:
            continue
        beside = {name: entry[name] for name in ("models", "time", "expression") if entry.get(name) is not None}
        found.append({**message, **beside})
    return found
