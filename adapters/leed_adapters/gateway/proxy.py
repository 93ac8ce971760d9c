"""The way through: a request goes on to the upstream, its answer comes back byte for byte, chunk by chunk."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
from starlette.types import Receive, Scope, Send

from leed_adapters.gateway.answers import Refused
from leed_adapters.gateway.calls import Call, ClientLeftError, Watched, read_body, too_large
from leed_adapters.gateway.injecting import Describing
from leed_adapters.gateway.metrics import Metrics
from leed_adapters.gateway.sessions import Sessions
from leed_adapters.gateway.upstream import BrokenStreamError, Pairs, Reading, Upstream, is_within, kept, refusal_for

DESCRIBED = ("/chat/completions", "/responses")
"""Paths whose messages are described."""

_HELD = 1 << 20  # bytes of a body that is read whole before it goes on; a longer one goes on as it comes


class Proxy:
    """Passes requests on, with descriptions in those that have messages."""

    def __init__(
        self, upstream: Upstream, describing: Describing, sessions: Sessions, metrics: Metrics, limit: int
    ) -> None:
        self._upstream = upstream
        self._describing = describing
        self._sessions = sessions
        self._metrics = metrics
        self._limit = limit

    async def describe(self, path: str, call: Call, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request whose messages are described; its path is below the upstream's URL.

        Raises:
            Refused: it is too large, or no JSON; or the upstream does not answer.
            BrokenStreamError: the answer broke off.
            ClientLeftError: the client left.
        """
        await self.describe_read(await read_body(call, receive, self._limit), path, call, scope, receive, send)

    async def describe_read(
        self, body: bytes, path: str, call: Call, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Do the same with a body that was read already."""
        out = self._described(path, call, body)
        async with Watched(receive):
            await self._answered(call, scope, path + _query(scope), out, send)

    def _described(self, path: str, call: Call, body: bytes) -> bytes:
        """Return what goes out for a body; what is packed goes on as it is."""
        if b"content-encoding" in call.headers:
            call.trouble = "packed"
            return body
        name = call.headers.get(b"x-leed-session")
        prepare = None
        if name is not None:
            session = name.decode("latin-1")
            prepare = lambda messages: self._sessions.attached(session, messages)  # noqa: E731 - beside its argument
        out, call.notes, call.tokens = self._describing(path, body, prepare)
        return out

    async def pass_on(self, path: bytes, call: Call, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request of any other kind, as it is.

        Raises:
            Refused: its path leaves the upstream's URL; it is too large; or the upstream does not answer.
            BrokenStreamError: the answer broke off.
            ClientLeftError: the client left.
        """
        if not is_within(path) or not path.isascii():
            raise Refused(400, "the path of the request leads out of the API", "invalid_path")
        target = path.decode("ascii") + _query(scope)
        length = call.headers.get(b"content-length")
        chunked = b"transfer-encoding" in call.headers
        if not chunked and int(length or 0) <= _HELD:
            body = await read_body(call, receive, self._limit) if length else None
            async with Watched(receive):
                await self._answered(call, scope, target, body, send)
            return
        if length is not None and int(length) > self._limit:
            raise too_large(self._limit)
        upload = _Upload(call, receive, self._limit)
        try:
            await self._answered(call, scope, target, upload.chunks(), send, length=length)
        except Refused:
            if upload.trouble is not None:
                raise upload.trouble from None
            raise

    async def _answered(
        self,
        call: Call,
        scope: Scope,
        target: str,
        body: bytes | AsyncIterator[bytes] | None,
        send: Send,
        *,
        length: bytes | None = None,
    ) -> None:
        headers = self._upstream.headers(scope["headers"], keyed=call.keyed)
        if length is not None:
            headers["content-length"] = length.decode()
        response = await self._upstream.ask(call.method, target, headers, body)
        with Reading(response):
            await self._relay(response, call, send)

    async def _relay(self, response: aiohttp.ClientResponse, call: Call, send: Send) -> None:
        """Send the answer on, each chunk as it comes."""
        headers = self._headers(response, call)
        call.begins(response.status)
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        self._metrics.streams.inc()
        content = response.content
        try:
            more = True
            while more:
                chunk = await content.readany()
                more = not content.at_eof()
                call.sent += len(chunk)
                await send({"type": "http.response.body", "body": chunk, "more_body": more})
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            call.trouble = f"broken_{refusal_for(error).code}"
            raise BrokenStreamError from error
        finally:
            self._metrics.streams.dec()

    def _headers(self, response: aiohttp.ClientResponse, call: Call) -> Pairs:
        """The upstream's headers, and those of the gateway that it has none of."""
        headers = kept(response.raw_headers)
        theirs = response.headers.get("x-request-id")
        names = call.names()
        if theirs is not None:
            call.upstream_id = theirs[:128]
            names = names[1:]
        if call.cors:
            headers = [pair for pair in headers if not pair[0].startswith(b"access-control-")]
        return headers + names


class _Upload:
    """A body that goes on as it comes, up to a limit."""

    def __init__(self, call: Call, receive: Receive, limit: int) -> None:
        self.trouble: Exception | None = None
        self._call = call
        self._receive = receive
        self._limit = limit

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the chunks of the body."""
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self.trouble = ClientLeftError()
                raise self.trouble
            chunk = message.get("body", b"")
            self._call.received += len(chunk)
            if self._call.received > self._limit:
                self.trouble = too_large(self._limit)
                raise self.trouble
            more = message.get("more_body", False)
            if chunk:
                yield chunk


def _query(scope: Scope) -> str:
    query: bytes = scope["query_string"]
    return "?" + query.decode("latin-1") if query else ""
