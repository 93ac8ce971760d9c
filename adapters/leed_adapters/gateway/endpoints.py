"""The gateway's small endpoints: whether it is well, what it has counted, and expressions posted beforehand."""

from __future__ import annotations

from typing import Any

import msgspec
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from leed.errors import LeedError
from leed.schema.terms import Description
from leed_adapters.gateway.answers import Refused
from leed_adapters.gateway.api.openapi import JSON, Answer, Body, Failure, Operation, Parameter
from leed_adapters.gateway.calls import read_body
from leed_adapters.gateway.metrics import CONTENT_TYPE, Metrics
from leed_adapters.gateway.sessions import Session, Sessions, is_packed
from leed_adapters.gateway.settings import LimitSettings
from leed_adapters.gateway.upstream import Upstream

FREE = frozenset({"/healthz", "/readyz"})
"""Paths that ask for no key: load balancers have none."""

EXPRESSIONS = "/leed/v1/sessions/{session}/expressions"


class Waiting(msgspec.Struct, frozen=True):
    """What is kept of a post: neither scores nor words."""

    session: str
    description: str | None
    terms: list[str]
    expires_in: float


class Held(msgspec.Struct, frozen=True):
    """What is kept of a session."""

    session: str
    description: str | None
    terms: list[str]
    messages_described: int


class Health(msgspec.Struct, frozen=True):
    """Whether the gateway is well."""

    status: str


_LONGEST_NAME = 256
_AT_ONCE = 1 << 15  # bytes; what takes longer to read is read in a thread
_NAME = {"type": "string", "minLength": 1, "maxLength": _LONGEST_NAME}
_SESSION = (Parameter("session", "path", _NAME, required=True),)
_BAD_NAME = {400: Answer("The session's name, or what was posted, is not as it should be.", Failure)}
_UNKNOWN = {404: Answer("There is no such session, or it was forgotten.", Failure)}

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "POST",
        EXPRESSIONS,
        "post_expressions",
        "Keep what the next chat of a session says of its newest user message.",
        {
            200: Answer("What is kept.", Waiting),
            **_BAD_NAME,
            **_UNKNOWN,
            413: Answer("The body is larger than the limit.", Failure),
            415: Answer("The body is packed.", Failure),
        },
        parameters=_SESSION,
        body=Body(JSON, {}, "Scores, scores by modality, or a file that leed reads."),
    ),
    Operation(
        "GET",
        EXPRESSIONS,
        "get_expressions",
        "What is kept of a session.",
        {200: Answer("What is kept.", Held), **_BAD_NAME, **_UNKNOWN},
        parameters=_SESSION,
    ),
    Operation(
        "DELETE",
        EXPRESSIONS,
        "delete_expressions",
        "Forget a session.",
        {204: Answer("It is forgotten."), **_BAD_NAME, **_UNKNOWN},
        parameters=_SESSION,
    ),
    Operation("GET", "/healthz", "healthz", "Whether the gateway runs.", {200: Answer("It does.", Health)}),
    Operation(
        "GET",
        "/readyz",
        "readyz",
        "Whether the upstream can be reached.",
        {200: Answer("It can.", Health), 503: Answer("It cannot.", Health)},
    ),
    Operation(
        "GET",
        "/metrics",
        "metrics",
        "Counts, for Prometheus.",
        {200: Answer("The counts.", {"type": "string"}, media="text/plain")},
    ),
)
"""What these endpoints take and answer."""


def routes(upstream: Upstream, sessions: Sessions, metrics: Metrics, limits: LimitSettings) -> list[BaseRoute]:
    """Return the routes of these endpoints."""
    watch, kept = _Watch(upstream, sessions, metrics), _Posted(sessions, limits)
    return [
        Route("/healthz", watch.healthz, methods=["GET"]),
        Route("/readyz", watch.readyz, methods=["GET"]),
        Route("/metrics", watch.metrics, methods=["GET"]),
        Route(EXPRESSIONS, kept.post, methods=["POST"]),
        Route(EXPRESSIONS, kept.get, methods=["GET"]),
        Route(EXPRESSIONS, kept.delete, methods=["DELETE"]),
    ]


class _Watch:
    """For those who watch over the gateway."""

    def __init__(self, upstream: Upstream, sessions: Sessions, metrics: Metrics) -> None:
        self._upstream = upstream
        self._sessions = sessions
        self._metrics = metrics

    async def healthz(self, _: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def readyz(self, _: Request) -> Response:
        ready = await self._upstream.is_ready()
        return JSONResponse({"status": "ok" if ready else "upstream unreachable"}, 200 if ready else 503)

    async def metrics(self, _: Request) -> Response:
        self._metrics.sessions.set(len(self._sessions))
        return Response(self._metrics.text(), headers={"content-type": CONTENT_TYPE.decode()})


class _Posted:
    """For those who post expressions."""

    def __init__(self, sessions: Sessions, limits: LimitSettings) -> None:
        self._sessions = sessions
        self._limits = limits

    async def post(self, request: Request) -> Response:
        name = _named(request)
        body = await read_body(request.scope["leed.call"], request.receive, self._limits.expression)
        if is_packed(body):
            raise Refused(415, "an expression is posted as it is, neither packed nor an archive", "unsupported")
        try:
            if len(body) > _AT_ONCE:
                described = await to_thread.run_sync(self._sessions.described, body)
            else:
                described = self._sessions.described(body)
        except LeedError as error:
            raise Refused(400, str(error), "invalid_expression") from error
        self._sessions.put(name, described)
        return JSONResponse({"session": name, **_plain(described), "expires_in": self._limits.session_s})

    async def get(self, request: Request) -> Response:
        name = _named(request)
        return JSONResponse({"session": name, **_kept(_there(self._sessions.get(name)))})

    async def delete(self, request: Request) -> Response:
        if not self._sessions.drop(_named(request)):
            raise Refused(404, "there is no such session; it may have been forgotten", "not_found")
        return Response(status_code=204)


def _named(request: Request) -> str:
    name: str = request.path_params["session"]
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise Refused(400, f"a session has a name of {_LONGEST_NAME} printable characters at most", "invalid_session")
    return name


def _there(session: Session | None) -> Session:
    if session is None:
        raise Refused(404, "there is no such session; it may have been forgotten", "not_found")
    return session


def _plain(description: Description | None) -> dict[str, Any]:
    """What is kept of a description."""
    if description is None:
        return {"description": None, "terms": []}
    return {"description": description.sentence, "terms": [term.label for term in description.terms]}


def _kept(session: Session) -> dict[str, Any]:
    return {**_plain(session.waiting), "messages_described": len(session.bound)}
