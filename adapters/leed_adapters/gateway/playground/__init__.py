"""The playground: one page that shows what leed does with scores, served whole from the package.

Nothing is loaded from elsewhere, and nothing on the page runs but its own modules: the policy of every answer says so.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

POLICY: Final = (
    "default-src 'self'; connect-src 'self'; img-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'"
)
"""The Content-Security-Policy of the page: nothing inline, nothing from elsewhere, no markup that is made of text."""

PLACE: Final = "/playground/"
"""Below which the page's files lie."""

_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
}
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-cache",
}

STATIC: Final = (
    "page.css",
    "icon.svg",
    "app.js",
    "bars.js",
    "choices.js",
    "code.js",
    "dom.js",
    "input.js",
    "prompt.js",
    "sentence.js",
    "server.js",
    "state.js",
    "theme.js",
    "timeline.js",
)
"""The page's files."""

SAMPLES: Final = ("call.json", "meeting.json", "against.json", "classes.json", "dimensions.csv")
"""Recordings written for the page; the call is that of `leed demo`."""


def routes() -> list[Route]:
    """Return the routes of the page and its files, for a Starlette application.

    >>> [route.path for route in routes()][:2]
    ['/', '/playground/page.css']
    """
    page = (files(__name__) / "static" / "index.html").read_bytes()
    static = {f"{PLACE}{name}": (files(__name__) / "static" / name).read_bytes() for name in STATIC}
    samples = {f"{PLACE}samples/{name}": _sample(name) for name in SAMPLES}
    found = {"/": (page, "html")}
    found |= {path: (content, path.rpartition(".")[2]) for path, content in {**static, **samples}.items()}
    return [_route(path, content, kind) for path, (content, kind) in found.items()]


def _sample(name: str) -> bytes:
    if name == "call.json":
        return (files("leed.cli") / "sample-conversation.json").read_bytes()
    return (files(__name__) / "samples" / name).read_bytes()


def _route(path: str, content: bytes, kind: str) -> Route:
    return Route(path, _answer(content, _TYPES[kind]), methods=["GET"], include_in_schema=False)


def _answer(content: bytes, media: str) -> Callable[[Request], Awaitable[Response]]:
    """What answers with a file; one that the browser has already is not sent again."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    headers = {**_HEADERS, "etag": tag}

    async def answer(request: Request) -> Response:
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type=media)

    return answer
