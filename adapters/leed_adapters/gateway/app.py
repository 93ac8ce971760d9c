"""The gateway as an ASGI application: which request goes where, and what is said of it when it is over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from starlette.routing import Router
from starlette.types import Message, Receive, Scope, Send

from leed_adapters.gateway import api, endpoints, playground
from leed_adapters.gateway.answers import Refused, secured, send_refusal
from leed_adapters.gateway.calls import LEFT, Call, ClientLeftError, read_body
from leed_adapters.gateway.evi import PATH, SESSION, Evi, is_evi
from leed_adapters.gateway.guard import Guard
from leed_adapters.gateway.injecting import Describing
from leed_adapters.gateway.logs import Log
from leed_adapters.gateway.metrics import Metrics
from leed_adapters.gateway.proxy import DESCRIBED, Proxy
from leed_adapters.gateway.sessions import Sessions
from leed_adapters.gateway.settings import Keys, Settings
from leed_adapters.gateway.sockets import Sockets
from leed_adapters.gateway.upstream import BrokenStreamError, Upstream

API = "/v1"
"""Where the upstream's API begins, for clients: their base_url ends with it."""

_DESCRIBED: Mapping[str, str] = {f"{API}{path}": path for path in DESCRIBED}
_SESSION = SESSION.encode()
_LOG = logging.getLogger("leed.gateway")


class Gateway:
    """The application: made once, for one upstream.

    Attributes:
        metrics: what it has counted.

    Raises:
        LeedError: an option of injection has a value that leed does not know.
    """

    def __init__(self, settings: Settings, keys: Keys, log: Log | None = None) -> None:
        limits = settings.limits
        self._log = log or Log(None)
        self.metrics = Metrics()
        self._guard = Guard(settings, keys)
        self._limit = limits.body
        self._upstream = Upstream(settings.upstream, keys, limits)
        self._describing = describing = Describing(settings.inject.options())
        sessions = Sessions(limits, describing.describer)
        self._proxy = Proxy(self._upstream, describing, sessions, self.metrics, limits.body)
        self._evi = Evi(self._upstream, describing, sessions, self.metrics, settings.evi)
        self._sockets = Sockets(self._evi, self._guard, self.metrics, self._log, limits, settings.evi)
        page = playground.routes()
        self._free = endpoints.FREE | {route.path for route in page}
        own = endpoints.routes(self._upstream, sessions, self.metrics, limits)
        described = api.routes(more=endpoints.OPERATIONS, most_of_a_file=limits.file)
        self._router = Router([*own, *described, *page], redirect_slashes=False, default=_not_found)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, one WebSocket, or the application's life."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._sockets(scope, receive, send)
        else:
            await _live(receive, send, self.opened())

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[None]:
        """Keep what the gateway needs open while it serves."""
        self._describing.warm_up()
        try:
            async with self._upstream.opened():
                yield
        finally:
            self._log.flush()

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = Call(scope)
        try:
            await self._routed(call, scope, receive, send)
        except Refused as refused:
            call.trouble = refused.code
            call.begins(refused.status)
            call.sent = await send_refusal(send, refused, call.names())
        except ClientLeftError:
            call.status = LEFT
        except asyncio.CancelledError:
            call.trouble = "stopped"
            raise
        except BrokenStreamError:
            raise  # the server below closes the connection: there is no other way to tell
        except Exception as error:
            call.trouble = "fault"
            _LOG.error("a fault in the gateway", exc_info=error)
            if call.status:
                raise BrokenStreamError from error
            failed = Refused(500, "the gateway failed; its log says where", "gateway_fault")
            call.begins(failed.status)
            call.sent = await send_refusal(send, failed, call.names())
        finally:
            self._log.request(call, self.metrics.observe(call))

    async def _routed(self, call: Call, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        shared = self._guard.preflight(call)
        if shared is not None:
            call.route = "preflight"
            call.begins(204)
            await send({"type": "http.response.start", "status": 204, "headers": shared})
            await send({"type": "http.response.body", "body": b""})
            return
        self._guard.admit(call, free=path in self._free)
        described = _DESCRIBED.get(path) if call.method == "POST" else None
        if call.method == "POST" and PATH in {path, described} and _SESSION in scope["query_string"]:
            await self._answer_evi(call, scope, receive, send)
        elif described is not None:
            call.route = described[1:].replace("/", "_")
            await self._proxy.describe(described, call, scope, receive, send)
        elif path == PATH and call.method == "POST":
            await self._guess(call, scope, receive, send)
        elif path.startswith(f"{API}/"):
            call.route = "other"
            await self._proxy.pass_on(scope["raw_path"][len(API) :], call, scope, receive, send)
        else:
            await self._page(call, scope, receive, send)

    async def _answer_evi(self, call: Call, scope: Scope, receive: Receive, send: Send) -> None:
        call.route = "evi"
        body = await read_body(call, receive, self._limit)
        await self._evi.answer(body, call, scope, receive, send)

    async def _guess(self, call: Call, scope: Scope, receive: Receive, send: Send) -> None:
        """A chat without /v1 and without a session: EVI's, or that of a client whose base_url is short."""
        body = await read_body(call, receive, self._limit)
        if is_evi(body):
            call.route = "evi"
            await self._evi.answer(body, call, scope, receive, send)
        else:
            call.route = "chat_completions"
            await self._proxy.describe_read(body, PATH, call, scope, receive, send)

    async def _page(self, call: Call, scope: Scope, receive: Receive, send: Send) -> None:
        """What is the gateway's own, with headers that keep it to itself."""
        call.route = "own"
        scope["leed.call"] = call

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                call.begins(message["status"])
                headers = message["headers"]
                message = {**message, "headers": [*headers, *secured(dict(headers)), *call.names()]}
            else:
                call.sent += len(message.get("body", b""))
            await send(message)

        came = 0

        async def receiving() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            return message

        await self._router(scope, receiving, sending)
        call.received = came


async def _not_found(scope: Scope, receive: Receive, send: Send) -> None:
    del scope, receive, send
    raise Refused(404, "there is nothing here; the API is below /v1", "not_found")


async def _live(receive: Receive, send: Send, opened: AbstractAsyncContextManager[None]) -> None:
    """Open when the server begins, close when it ends."""
    async with AsyncExitStack() as stack:
        await receive()
        try:
            await stack.enter_async_context(opened)
        except Exception as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            raise
        await send({"type": "lifespan.startup.complete"})
        await receive()
    await send({"type": "lifespan.shutdown.complete"})
