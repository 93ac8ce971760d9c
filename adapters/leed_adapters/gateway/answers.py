"""Answers of the gateway's own: JSON with headers for it, and errors in OpenAI's shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.types import Send

Headers = list[tuple[bytes, bytes]]

SECURITY: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
]
"""What stands in answers that are the gateway's own, unless they have a line of their own by the same name."""

_CLIENT_ERRORS = 500


class Refused(Exception):  # noqa: N818 - nothing went wrong in the gateway
    """A request that gets an error for an answer.

    Attributes:
        status: HTTP's.
        message: one line for people.
        code: one word for programs.
        headers: more of them.
    """

    def __init__(self, status: int, message: str, code: str, headers: Headers | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.code = status, message, code
        self.headers = headers or []


def error_body(status: int, message: str, code: str | None) -> dict[str, Any]:
    """Return an error in the shape of OpenAI's.

    >>> error_body(413, "too large", "request_too_large")["error"]["type"]
    'invalid_request_error'
    """
    kind = "invalid_request_error" if status < _CLIENT_ERRORS else "server_error"
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


async def send_json(send: Send, status: int, plain: object, headers: Headers | None = None) -> int:
    """Send plain data as JSON; return how many bytes they were."""
    body = msgspec.json.encode(plain)
    own = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)), *SECURITY, *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": own})
    await send({"type": "http.response.body", "body": body})
    return len(body)


async def send_refusal(send: Send, refused: Refused, headers: Headers | None = None) -> int:
    """Send an error; return how many bytes it was."""
    plain = error_body(refused.status, refused.message, refused.code)
    return await send_json(send, refused.status, plain, [*refused.headers, *(headers or [])])


def secured(headers: Mapping[bytes, bytes]) -> Headers:
    """Return the headers of SECURITY that an answer has no line of its own for.

    >>> len(SECURITY) - len(secured({b"content-security-policy": b"default-src 'self'"}))
    1
    """
    return [(name, value) for name, value in SECURITY if name not in headers]
