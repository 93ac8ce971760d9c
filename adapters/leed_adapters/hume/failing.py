"""What Hume's SDKs raise, in leed's error tree."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import httpx

from leed.errors import ServiceError
from leed_adapters.measuring import failing
from leed_adapters.measuring.secrets import Secret

KEY = "HUME_API_KEY"
TITLE = "Hume"
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


def failure(wanted: str, error: Exception, secrets: Iterable[Secret], *, complete: bool = True) -> ServiceError:
    """Return what an SDK raised as an error of leed's.

    Args:
        wanted: what could not be done.
        error: an SDK's ApiError or ParsingError, or what its HTTP client raises.
        secrets: keys that must not show.
        complete: whether all of the request had been sent.
    """
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        body = _body(getattr(error, "body", None))
        if 200 <= status < 300:  # noqa: PLR2004 - HTTP's successes
            return failing.not_json(wanted, status, body, secrets=secrets)
        headers = getattr(error, "headers", None) or {}
        return failing.from_answer(wanted, status, headers, body, key=KEY, secrets=secrets)
    told: BaseException = TimeoutError() if isinstance(error, httpx.TimeoutException) else error
    found = failing.from_exception(wanted, told, secrets=secrets)
    if isinstance(error, _UNSENT) or not complete:
        found.repeatable = True
    return found


def _body(body: Any) -> bytes:  # noqa: ANN401 - text, plain data, or a model of the SDK
    if isinstance(body, (str, bytes)):
        return body.encode() if isinstance(body, str) else body
    plain = body.model_dump() if hasattr(body, "model_dump") else body
    return json.dumps(plain, default=str).encode()
