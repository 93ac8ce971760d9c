"""What the gateway is measured against: pass-throughs that do nothing, and itself on httpx.

``python -m tests.benchmarks.proxies NAME PORT [UPSTREAM]`` runs aiohttp, httpx, gateway-httpx or upstream.
"""

import asyncio
import socket
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from leed_adapters.gateway import app
from leed_adapters.gateway.logs import Log
from leed_adapters.gateway.settings import Keys, settings_from
from leed_adapters.gateway.upstream import Upstream

BETWEEN = {"host", "connection", "keep-alive", "transfer-encoding", "content-length", "te", "trailer", "upgrade"}
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def sent_on(request: Request) -> dict[str, str]:
    """The headers of a request that go on."""
    return {name: value for name, value in request.headers.items() if name not in BETWEEN}


def sent_back(headers: Any) -> dict[str, str]:
    """The headers of an answer that go back."""
    return {name: value for name, value in headers.items() if name.lower() not in BETWEEN - {"content-length"}}


def with_aiohttp(upstream: str) -> Starlette:
    """A pass-through in the gateway's own stack."""

    @asynccontextmanager
    async def life(own: Starlette) -> AsyncGenerator[None]:
        async with aiohttp.ClientSession(auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()) as session:
            own.state.session = session
            yield

    async def handle(request: Request) -> StreamingResponse:
        answer = await request.app.state.session.request(
            request.method,
            f"{upstream}/{request.path_params['path']}",
            params=request.url.query or None,
            data=await request.body(),
            headers=sent_on(request),
            allow_redirects=False,
        )
        return StreamingResponse(
            answer.content.iter_any(),
            answer.status,
            sent_back(answer.headers),
            background=BackgroundTask(answer.release),
        )

    return Starlette(routes=[Route("/v1/{path:path}", handle, methods=METHODS)], lifespan=life)


def with_httpx(upstream: str) -> Starlette:
    """The same with the client that most people take."""

    @asynccontextmanager
    async def life(own: Starlette) -> AsyncGenerator[None]:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        async with httpx.AsyncClient(limits=limits, timeout=600) as client:
            own.state.client = client
            yield

    async def handle(request: Request) -> StreamingResponse:
        client: httpx.AsyncClient = request.app.state.client
        asked = client.build_request(
            request.method,
            f"{upstream}/{request.path_params['path']}",
            content=await request.body(),
            headers=sent_on(request),
        )
        answer = await client.send(asked, stream=True)
        return StreamingResponse(
            answer.aiter_raw(),
            answer.status_code,
            sent_back(answer.headers),
            background=BackgroundTask(answer.aclose),
        )

    return Starlette(routes=[Route("/v1/{path:path}", handle, methods=METHODS)], lifespan=life)


class OnHttpx(Upstream):
    """The gateway's upstream, asked with httpx: all else of the gateway stays as it is."""

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[None]:
        """Keep connections open."""
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        async with httpx.AsyncClient(limits=limits, timeout=600) as self._client:
            yield

    async def ask(self, method: str, path: str, headers: Any, body: Any, *, unpacked: bool = False) -> Any:
        """Return an answer, with as much of aiohttp's face as the gateway looks at."""
        del unpacked
        given = list(headers.items())
        asked = self._client.build_request(method, self._base + path, content=body, headers=given)
        return _Answer(await self._client.send(asked, stream=True))


class _Answer:
    connection = None

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self.raw_headers = tuple(answer.headers.raw)
        self.headers = answer.headers
        self.content = self
        self._chunks = answer.aiter_raw()
        self._over = False

    async def readany(self) -> bytes:
        try:
            return await anext(self._chunks)
        except StopAsyncIteration:
            self._over = True
            return b""

    def at_eof(self) -> bool:
        return self._over

    def close(self) -> None:
        """Do nothing: what was read to its end is closed."""


def gateway_on_httpx(upstream: str) -> Any:
    """The gateway, on httpx."""
    app.Upstream = OnHttpx  # type: ignore[attr-defined] # in a process of its own
    settings = settings_from({"upstream": upstream})
    return app.Gateway(settings, Keys(), Log(sys.stderr.buffer))


ANSWER = (
    b'{"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant",'
    + (
        b'"content":"' + b"A few words of an answer. " * 20 + b'"},"finish_reason":"stop"}],'
        b'"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}'
    )
)
EVENT = (
    b'data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m",'
    b'"choices":[{"index":0,"delta":{"content":"word "},"finish_reason":null}]}\n\n'
)
EVENTS = 40


class Fixed(asyncio.Protocol):
    """An upstream that answers every request with the same completion, or the same stream, at next to no cost."""

    def __init__(self) -> None:
        self._data = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer what is whole."""
        self._data += data
        while True:
            head, found, body = self._data.partition(b"\r\n\r\n")
            if not found:
                return
            lower = head.lower()
            _, has_length, rest = lower.partition(b"content-length:")
            length = int(rest.split(b"\r\n")[0]) if has_length else 0
            if len(body) < length:
                return
            asked, self._data = body[:length], body[length:]
            self._answer(b'"stream":true' in asked or b'"stream": true' in asked)

    def _answer(self, stream: bool) -> None:  # noqa: FBT001 - of its own
        if not stream:
            head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: r\r\ncontent-length: %d\r\n\r\n"
            self._transport.write(head % len(ANSWER) + ANSWER)
            return
        self._transport.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        self._event(EVENTS)

    def _event(self, left: int) -> None:
        if not left:
            self._transport.write(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
            return
        self._transport.write(b"%x\r\n%b\r\n" % (len(EVENT), EVENT))
        asyncio.get_running_loop().call_later(0.001, self._event, left - 1)


async def _upstream(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Fixed, "127.0.0.1", port, backlog=512)
    await server.serve_forever()


APPS: dict[str, Callable[[str], Any]] = {
    "aiohttp": with_aiohttp,
    "httpx": with_httpx,
    "gateway-httpx": gateway_on_httpx,
}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def main() -> None:
    """Run what the arguments name."""
    name, port, *upstream = sys.argv[1:]
    if name == "upstream":
        asyncio.run(_upstream(int(port)))
        return
    config = {"access_log": False, "log_level": "warning", "server_header": False, "date_header": False}
    uvicorn.run(APPS[name](upstream[0]), host="127.0.0.1", port=int(port), **config)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
