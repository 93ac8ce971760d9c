"""The gateway's small endpoints: whether it is well, what it has counted, and expressions posted beforehand."""

from __future__ import annotations

from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from leed.errors import LeedError
from leed.schema.terms import Description
from leed_adapters.gateway.answers import Refused
from leed_adapters.gateway.calls import read_body
from leed_adapters.gateway.metrics import CONTENT_TYPE, Metrics
from leed_adapters.gateway.sessions import Session, Sessions, is_packed
from leed_adapters.gateway.settings import LimitSettings
from leed_adapters.gateway.upstream import Upstream

FREE = frozenset({"/healthz", "/readyz"})
"""Paths that ask for no key: load balancers have none."""

EXPRESSIONS = "/leed/v1/sessions/{session}/expressions"

_LONGEST_NAME = 256
_AT_ONCE = 1 << 15  # bytes; what takes longer to read is read in a thread


def routes(upstream: Upstream, sessions: Sessions, metrics: Metrics, limits: LimitSettings) -> list[BaseRoute]:
    """Return the routes of these endpoints."""

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def readyz(_: Request) -> Response:
        ready = await upstream.is_ready()
        return JSONResponse({"status": "ok" if ready else "upstream unreachable"}, 200 if ready else 503)

    async def counted(_: Request) -> Response:
        metrics.sessions.set(len(sessions))
        return Response(metrics.text(), headers={"content-type": CONTENT_TYPE.decode()})

    async def post(request: Request) -> Response:
        name = _named(request)
        body = await read_body(request.scope["leed.call"], request.receive, limits.expression)
        if is_packed(body):
            raise Refused(415, "an expression is posted as it is, neither packed nor an archive", "unsupported")
        try:
            if len(body) > _AT_ONCE:
                described = await to_thread.run_sync(sessions.described, body)
            else:
                described = sessions.described(body)
            description = sessions.put(name, described)
        except LeedError as error:
            raise Refused(400, str(error), "invalid_expression") from error
        return JSONResponse({"session": name, **_plain(description), "expires_in": limits.session_s})

    async def get(request: Request) -> Response:
        name = _named(request)
        return JSONResponse({"session": name, **_kept(_there(sessions.get(name)))})

    async def delete(request: Request) -> Response:
        if not sessions.drop(_named(request)):
            raise Refused(404, "there is no such session; it may have been forgotten", "not_found")
        return Response(status_code=204)

    return [
        Route("/healthz", healthz, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
        Route("/metrics", counted, methods=["GET"]),
        *(Route(EXPRESSIONS, e, methods=[m]) for m, e in (("POST", post), ("GET", get), ("DELETE", delete))),
    ]


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
