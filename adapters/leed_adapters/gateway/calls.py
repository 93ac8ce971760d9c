"""One request on its way through the gateway: what is counted and logged of it, and nothing that anybody said."""

from __future__ import annotations

import asyncio
import itertools
import re
import secrets
import time
from types import TracebackType
from typing import Final, Self

from starlette.types import Receive, Scope

from leed_adapters.gateway.answers import Headers, Refused

LEFT: Final = 499
"""The status of a request whose client left, in logs and metrics; nobody is sent it."""

_PREFIX = secrets.token_hex(8)  # of this process; names need to be apart, not secret
_NUMBERS = itertools.count(1)
_ID = re.compile(rb"[\w.:/+=-]{1,128}", re.ASCII)


class Call:
    """A request: counts and durations.

    Attributes:
        id: what the client called it in X-Request-ID, or a name of the gateway's own.
        route: a name from a small set, for metrics.
        headers: those of the request, by name; of several of one name, the last.
        status: of the answer; 0 before it has begun.
        received, sent: bytes of bodies.
        notes, tokens: of descriptions that were put in.
        first: seconds until the answer began.
        trouble: one word for what went wrong.
        upstream_id: what the upstream called it.
    """

    __slots__ = (
        "began",
        "cors",
        "first",
        "headers",
        "id",
        "keyed",
        "method",
        "notes",
        "received",
        "route",
        "sent",
        "status",
        "tokens",
        "trouble",
        "upstream_id",
    )

    def __init__(self, scope: Scope) -> None:
        self.began = time.perf_counter()
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        given = self.headers.get(b"x-request-id")
        self.id: str = given.decode() if given and _ID.fullmatch(given) else _PREFIX + format(next(_NUMBERS), "08x")
        self.method: str = scope.get("method", "GET")
        self.route = "other"
        self.status = 0
        self.received = self.sent = 0
        self.notes = self.tokens = 0
        self.first = 0.0
        self.trouble: str | None = None
        self.upstream_id: str | None = None
        self.keyed = False
        self.cors: Headers = []

    def begins(self, status: int) -> None:
        """Take down that the answer begins."""
        self.status = status
        self.first = time.perf_counter() - self.began

    def names(self) -> Headers:
        """Return the headers that every answer has beside its own."""
        return [(b"x-request-id", self.id.encode()), (b"x-leed-request-id", self.id.encode()), *self.cors]


async def read_body(call: Call, receive: Receive, limit: int) -> bytes:
    """Return the body of a request.

    Raises:
        Refused: it is larger than the limit; told before anything is read, where its length is given.
        ClientLeftError: the client left.
    """
    length = call.headers.get(b"content-length")
    if length is not None and int(length) > limit:
        raise too_large(limit)
    chunks: list[bytes] = []
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeftError
        chunk = message.get("body", b"")
        call.received += len(chunk)
        if call.received > limit:
            raise too_large(limit)
        chunks.append(chunk)
        more = message.get("more_body", False)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def too_large(limit: int) -> Refused:
    """Return the refusal of a body that is larger than a limit in bytes."""
    return Refused(413, f"the body of the request is larger than {limit} bytes", "request_too_large")


class ClientLeftError(Exception):
    """The client closed the connection before its answer was complete."""


class Watched:
    """Cancels what is done in a block as soon as the client leaves, and raises ClientLeftError in its place.

    Args:
        receive: the client's side, from which nothing but its leaving is expected any more.
    """

    __slots__ = ("_left", "_receive", "_task", "_watch")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._left = False
        self._task: asyncio.Task[object] | None = None
        self._watch: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.current_task()
        self._watch = asyncio.get_running_loop().create_task(self._wait())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._watch is not None:
            self._watch.cancel()
        if self._left and self._task is not None:
            self._task.uncancel()
            if kind is not None and issubclass(kind, (asyncio.CancelledError, Exception)):
                raise ClientLeftError from None

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._left = True
        if self._task is not None:
            self._task.cancel()
