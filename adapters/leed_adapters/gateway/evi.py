"""Hume's EVI with a language model of one's own, over server-sent events: what it posts, and what it wants back."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

import aiohttp
import msgspec
from starlette.types import Receive, Scope, Send

from leed_adapters.gateway.answers import SECURITY, Refused
from leed_adapters.gateway.calls import Call, Watched
from leed_adapters.gateway.completions import Chunk, chunks_of
from leed_adapters.gateway.injecting import Describing, decoded, encoded
from leed_adapters.gateway.metrics import Metrics
from leed_adapters.gateway.sessions import Sessions
from leed_adapters.gateway.settings import EviSettings
from leed_adapters.gateway.upstream import BrokenStreamError, Pairs, Reading, Upstream, kept

PATH = "/chat/completions"
SESSION = "custom_session_id"

_ERROR = 400
_LONGEST_ERROR = 1 << 20
_OF_ERRORS = (b"content-type", b"retry-after", b"x-request-id")


class Evi:
    """Asks the upstream what EVI asks, with a few words in place of maps of scores."""

    def __init__(
        self, upstream: Upstream, describing: Describing, sessions: Sessions, metrics: Metrics, settings: EviSettings
    ) -> None:
        self._upstream = upstream
        self._describing = describing
        self._sessions = sessions
        self._metrics = metrics
        self._model = settings.model

    async def answer(self, body: bytes, call: Call, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request with a stream of chunks that carry its session, whatever the upstream answers with.

        Raises:
            Refused: the request is no chat; or the upstream does not answer, or not with a completion.
            ClientLeftError: the client left.
        """
        session, query = session_of(scope["query_string"])
        async with Watched(receive):
            response = await self.ask(decoded(body), call, scope["headers"], query, session)
            with Reading(response):
                if response.status >= _ERROR:
                    await _pass_error(response, call, send)
                else:
                    await self._stream(response, session, call, send)

    async def ask(
        self,
        plain: Any,  # noqa: ANN401 - JSON
        call: Call,
        headers: Pairs,
        query: str = "",
        session: str | None = None,
    ) -> aiohttp.ClientResponse:
        """Return the upstream's answer to a chat, which is asked to come as a stream.

        Raises:
            Refused: it is no chat; or there is no answer.
        """
        if not isinstance(plain, dict) or not isinstance(plain.get("messages"), list):
            raise Refused(400, "the body of the request has no list of messages", "invalid_request")
        body = {**plain, "messages": self._told(plain["messages"], call, session), "stream": True}
        if not body.get("model") and self._model is not None:
            body["model"] = self._model
        sent = self._upstream.headers(headers, keyed=call.keyed)
        sent["accept-encoding"] = "identity"
        sent["content-type"] = "application/json"
        return await self._upstream.ask("POST", PATH + query, sent, encoded(body), unpacked=True)

    def _told(self, messages: list[Any], call: Call, session: str | None) -> Any:  # noqa: ANN401 - messages
        """The messages with descriptions; what was posted for the session goes before the voice."""
        name = call.headers.get(b"x-leed-session", b"").decode("latin-1") or session
        from leed_adapters.gateway.history import described  # noqa: PLC0415 - loads NumPy: see Gateway.opened

        own = described(messages, self._describing.describer)
        told = self._describing.messages(own if name is None else self._sessions.attached(name, own))
        call.notes, call.tokens = self._describing.counted()
        return told

    async def _stream(self, response: aiohttp.ClientResponse, session: str | None, call: Call, send: Send) -> None:
        chunks = chunks_of(response)
        try:
            first = await anext(chunks, None)
        except BrokenStreamError as error:
            raise Refused(502, "the upstream did not answer with a completion", "upstream_failed") from error
        call.begins(200)
        headers = [(b"content-type", b"text/event-stream; charset=utf-8"), *SECURITY, *call.names()]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        self._metrics.streams.inc()
        try:
            if first is not None:
                await _send_event(first, session, call, send)
            async for chunk in chunks:
                await _send_event(chunk, session, call, send)
        except BrokenStreamError:
            # EVI goes on speaking with what it has, and waits for the next turn.
            call.trouble = "broken_upstream"
            end = {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
            await _send_event(end, session, call, send)
        finally:
            self._metrics.streams.dec()
        await _send(b"data: [DONE]\n\n", call, send, more=False)


async def _send_event(chunk: Chunk, session: str | None, call: Call, send: Send) -> None:
    if session is not None:
        chunk["system_fingerprint"] = session
    await _send(b"data: " + msgspec.json.encode(chunk) + b"\n\n", call, send, more=True)


async def _send(data: bytes, call: Call, send: Send, *, more: bool) -> None:
    call.sent += len(data)
    await send({"type": "http.response.body", "body": data, "more_body": more})


async def _pass_error(response: aiohttp.ClientResponse, call: Call, send: Send) -> None:
    """Send an error of the upstream's as it is."""
    try:
        body = await response.content.read(_LONGEST_ERROR)
    except (aiohttp.ClientError, TimeoutError, OSError):
        body = b""
    headers = [pair for pair in kept(response.raw_headers) if pair[0] in _OF_ERRORS]
    call.begins(response.status)
    call.sent += len(body)
    own = [pair for pair in call.names() if pair[0] not in dict(headers)]
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": response.status, "headers": [*headers, *own, length]})
    await send({"type": "http.response.body", "body": body})


def session_of(query: bytes) -> tuple[str | None, str]:
    """Return the session that a query names, and the query without it, as it goes on to the upstream.

    >>> session_of(b"custom_session_id=a1&beta=1")
    ('a1', '?beta=1')
    """
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    session = next((value for name, value in pairs if name == SESSION and value), None)
    rest = urlencode([(name, value) for name, value in pairs if name != SESSION])
    return session, f"?{rest}" if rest else ""


def is_evi(body: bytes) -> bool:
    """Return whether a request without a session is one of EVI's all the same: messages carry what it measures."""
    return b'"models"' in body and b'"prosody"' in body
