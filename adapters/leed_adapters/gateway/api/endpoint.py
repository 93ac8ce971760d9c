"""From a request to work in a thread, and back: bodies of bounded size, and errors that say what to do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from anyio import CapacityLimiter, to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from leed import errors, quoting
from leed.schema.plain import to_json
from leed_adapters.gateway.api.openapi import JSON, Failure, Fault

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_LOG = logging.getLogger("leed")
_WAITING = 16  # requests that wait for a thread, at most: each holds its body
_STATUS: tuple[tuple[type[errors.LeedError], int, str], ...] = (  # the most specific first
    (errors.OptionError, 400, "invalid_request_error"),
    (errors.RefusedError, 422, "refused"),
    (errors.InputError, 422, "unreadable_input"),
    (errors.LeedError, 422, "leed_error"),
)


class Asked(msgspec.Struct, frozen=True):
    """A request, read: the query by name, and the body."""

    query: Mapping[str, list[str]]
    body: bytes


Work = Callable[[Asked], Any]
"""What makes an answer that msgspec can write; it runs in a thread."""


class Refusal(Exception):  # noqa: N818 - what the client did, not what leed did wrong
    """A request that is not answered: its status, and why."""

    def __init__(
        self,
        status: int,
        message: str,
        kind: str = "invalid_request_error",
        *,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.param = param
        self.headers = dict(headers or {})

    def response(self) -> Response:
        """Return the answer, in the shape of OpenAI's errors."""
        fault = Fault(quoting.clean(str(self)), self.kind, self.param)
        return Response(to_json(Failure(fault)), self.status, self.headers, JSON)


class Threads:
    """The threads that requests are worked on in: so many at a time, and a few that wait."""

    def __init__(self, count: int) -> None:
        self._limiter = CapacityLimiter(count)
        self._most = count + _WAITING
        self._taken = 0  # worked on or waiting; the limiter sees a request only a turn of the loop later

    def check(self) -> None:
        """Refuse where too many wait already.

        Raises:
            Refusal: 503.
        """
        if self._taken >= self._most:
            message = f"more than {_WAITING} requests wait for their turn; try again in a second"
            raise Refusal(503, message, "overloaded", headers={"retry-after": "1"})

    async def run(self, work: Callable[[], bytes]) -> bytes:
        """Return what work gives, done in a thread.

        Raises:
            Refusal: 503, where too many wait already.
        """
        self.check()
        self._taken += 1
        try:
            return await to_thread.run_sync(work, limiter=self._limiter)
        finally:
            self._taken -= 1


class Endpoint:
    """An ASGI application that answers one path.

    Attributes:
        method: the one that it takes; GET takes HEAD as well.
        limit: how many bytes a body has at most.
        media: the content type that a body has to have, if it says one; None for any.
    """

    def __init__(self, method: str, work: Work, threads: Threads, *, limit: int, media: str | None = None) -> None:
        self.method = method
        self.limit = limit
        self.media = media
        self._work = work
        self._threads = threads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = Request(scope, receive)
        try:
            response = await self._answered(request)
        except Refusal as refusal:
            response = refusal.response()
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _answered(self, request: Request) -> Response:
        self._check(request)
        self._threads.check()
        asked = Asked(_listed(request.query_params.multi_items()), await self._body(request))
        return Response(await self._threads.run(lambda: _done(self._work, asked)), media_type=JSON)

    def _check(self, request: Request) -> None:
        allowed = {self.method} | ({"HEAD"} if self.method == "GET" else set())
        if request.method not in allowed:
            message = f"{request.method} {request.url.path}: use {self.method}"
            raise Refusal(405, message, headers={"allow": ", ".join(sorted(allowed))})
        given = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
        if self.media is not None and given and given != self.media:
            raise Refusal(415, f"the body is {given[:80]}; send it as {self.media} (content-type: {self.media})")

    async def _body(self, request: Request) -> bytes:
        """The body, as far as the limit allows; a stream without a length is counted as it comes."""
        if self.method == "GET":
            return b""
        told = request.headers.get("content-length", "")
        if told.isdecimal() and int(told) > self.limit:
            raise self._too_large()
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > self.limit:
                raise self._too_large()
        return bytes(body)

    def _too_large(self) -> Refusal:
        message = f"the body has more than {self.limit:,} bytes, which is the limit here; send a part of it"
        # What was not read cannot be passed over on a connection that goes on.
        return Refusal(413, message, "too_large", headers={"connection": "close"})


def decoded(body: bytes, kind: type[msgspec.Struct]) -> Any:  # noqa: ANN401 - of the kind
    """Return a JSON body as a structure.

    Raises:
        Refusal: 400, for what is no JSON, or has another shape.
    """
    try:
        plain = msgspec.json.decode(body)
        if isinstance(plain, dict):  # 3.0 is an integer, as JSON Schema has it
            plain = {name: int(v) if isinstance(v, float) and v.is_integer() else v for name, v in plain.items()}
        return msgspec.convert(plain, kind)
    except msgspec.ValidationError as error:
        raise _misfit(error, kind) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, f"the body is no JSON: {error}; send an object, see /openapi.json") from error


def converted(query: Mapping[str, list[str]], kind: type[msgspec.Struct]) -> Any:  # noqa: ANN401 - of the kind
    """Return the parameters of a query as a structure.

    Raises:
        Refusal: 400, for one that is not known, stands twice or has another shape.
    """
    several = {field.encode_name for field in msgspec.structs.fields(kind) if field.default == ()}
    for name, values in query.items():
        if len(values) > 1 and name not in several:
            raise Refusal(400, f"{name[:60]} is given {len(values)} times; give it once", param=name[:60])
    plain = {name: values if name in several else values[0] for name, values in query.items()}
    try:
        return msgspec.convert(plain, kind, strict=False)
    except msgspec.ValidationError as error:
        raise _misfit(error, kind) from error


def _done(work: Work, asked: Asked) -> bytes:
    """The answer as JSON; whatever goes wrong is a refusal."""
    try:
        return to_json(work(asked))
    except Refusal:
        raise
    except errors.LeedError as error:
        status, kind = next((status, kind) for cls, status, kind in _STATUS if isinstance(error, cls))
        raise Refusal(status, str(error), kind) from error
    except Exception as error:
        # Neither the request's content nor the error's words, which may hold some of it, belong in a log.
        _LOG.error("a request failed: %s", type(error).__name__)
        raise Refusal(500, f"unexpected {type(error).__name__}: this is a fault in leed", "server_error") from error


def _misfit(error: msgspec.ValidationError, kind: type[msgspec.Struct]) -> Refusal:
    """Why a request does not have its shape: what is wrong, where, and what is accepted there."""
    message, _, path = str(error).partition(" - at ")
    field = path.strip("`").removeprefix("$").removeprefix(".").partition(".")[0].partition("[")[0]
    schema = msgspec.json.schema_components([kind])[1][kind.__name__]["properties"]
    accepted = schema.get(field, {}).get("enum", ())
    choice = f"; give one of {', '.join(accepted)}" if accepted else "; see /openapi.json"
    place = f"{path.strip('`').removeprefix('$').removeprefix('.')}: " if field else ""
    return Refusal(400, f"{place}{message.replace('`', '')}{choice}", param=field or None)


def _listed(items: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in items:
        found.setdefault(name, []).append(value)
    return found
