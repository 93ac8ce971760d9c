"""What the fakes of vendors' services share: a thread with a server on loopback, what came, and faults on demand.

They need aiohttp, which the extra of each vendor brings.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Request:
    """A request as it came.

    Attributes:
        path: without the query.
        headers: names in lower case.
        size: of the body, in bytes, as the request says it.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    size: int = 0


@dataclass(frozen=True)
class Fault:
    """What a fake does in place of an answer, once.

    Attributes:
        on: a pattern that "METHOD /path" has to match, such as "POST" or "GET .*/results".
        status: an HTTP status, answered with the vendor's error object.
        headers: more headers, such as retry-after.
        body: what is answered in place of the error object.
        cut: where the connection is cut: "upload" (amid the request), "taken" (once it was taken, before any answer)
            or "answer" (amid the answer).
        delay: seconds before anything else.
    """

    on: str = ""
    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    cut: str | None = None
    delay: float = 0.0


class Fake:
    """A vendor's service on loopback, in a thread of its own.

    Attributes:
        requests: all that came, in their order.
        faults: each is taken by the first request that it is meant for; while there is none, all succeed.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, name=type(self).__name__, daemon=True)
        self._stop: asyncio.Event | None = None

    # --- what a fake of a vendor says

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add the service's places."""
        raise NotImplementedError

    def error(self, status: int) -> Any:  # noqa: ANN401 - JSON
        """Return the vendor's error object."""
        raise NotImplementedError

    async def refuse(self, request: web.Request) -> web.StreamResponse | None:
        """Return the answer to a request without a valid key; None if it may pass."""
        del request
        return None

    # --- serving

    @property
    def base_url(self) -> str:
        """What clients are given."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, port: int = 0) -> Self:
        """Begin to serve; 0 takes a port that is free."""
        self.port = port
        self._thread.start()
        self._ready.wait()
        return self

    def close(self) -> None:
        """Stop serving."""
        if self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def asked(self, pattern: str) -> list[Request]:
        """Return the requests that "METHOD /path" has to match a pattern for."""
        return [r for r in self.requests if re.search(pattern, f"{r.method} {r.path}")]

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._served())
        self._loop.close()

    async def _served(self) -> None:
        self._stop = asyncio.Event()
        application = web.Application(middlewares=[self._middleware()], client_max_size=1 << 30)
        self.add_routes(application.router)
        runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=0.2)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port)
        await site.start()
        self.port = runner.addresses[0][1]
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()

    def _middleware(self) -> Any:  # noqa: ANN401 - aiohttp's
        @web.middleware
        async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._answer(request, handler)

        return middleware

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        fault = self._fault(request)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        if fault is not None and fault.cut == "upload":
            self._keep(request)
            await request.content.read(1 << 15)
            return _hung_up(request)
        if request.content_type == "multipart/form-data":
            await request.post()  # aiohttp keeps it
        elif request.can_read_body:
            await request.read()
        self._keep(request)
        refused = await self.refuse(request)
        if refused is not None:
            return refused
        if fault is not None and fault.cut is None:
            if fault.body is not None:
                return web.Response(status=fault.status, headers=fault.headers, body=fault.body)
            return web.json_response(self.error(fault.status), status=fault.status, headers=fault.headers)
        answer = await handler(request)
        if fault is None:
            return answer
        return _hung_up(request) if fault.cut == "taken" else await _halved(request, answer)

    def _fault(self, request: web.Request) -> Fault | None:
        for fault in self.faults:
            if re.search(fault.on, f"{request.method} {request.path}"):
                self.faults.remove(fault)
                return fault
        return None

    def _keep(self, request: web.Request) -> None:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append(
            Request(request.method, request.path, request.query_string, headers, request.content_length or 0)
        )


def _hung_up(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _halved(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    """Half of an answer, then nothing more."""
    body = answer.body if isinstance(answer, web.Response) and isinstance(answer.body, bytes) else b""
    headers = {**answer.headers, "content-length": str(len(body))}
    half = web.StreamResponse(status=answer.status, headers=headers)
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    await asyncio.sleep(0.01)  # so that what was written is sent before the connection is reset
    return _hung_up(request)


def serve_until_stopped(fake: Fake, environment: Mapping[str, str]) -> None:
    """Serve a fake, at the port that the command line names, until Ctrl-C.

    Before that, say how to reach it: the environment variables that clients want.
    """
    import argparse  # noqa: PLC0415 - for people who run a fake by itself only
    import time  # noqa: PLC0415 - as above

    parser = argparse.ArgumentParser(description=f"{(type(fake).__doc__ or '').splitlines()[0]} Runs until Ctrl-C.")
    parser.add_argument("port", nargs="?", type=int, default=0, help="any that is free, if there is none")
    fake.start(parser.parse_args().port)
    try:
        for name, value in environment.items():
            print(f"export {name}={value.format(base_url=fake.base_url)}", flush=True)  # noqa: T201 - what it is for
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        fake.close()
