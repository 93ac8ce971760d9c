"""What went wrong at a service, in leed's error tree: one place for all vendors.

A message says what was wanted, what the service said (its message, code and request id), and what to do.
"""

from __future__ import annotations

import asyncio
import email.utils
import json
import math
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from leed.errors import ServiceError
from leed.quoting import clean
from leed_adapters.measuring.secrets import Secret

_ADVICE = {
    400: "the service cannot read the request: check the file and the options",
    401: "the key was refused: set {key} to one that is valid",
    402: "there are no credits left: add some at the vendor's",
    403: "the key may not do this, or the address is barred: ask whoever runs the service",
    404: "there is nothing at this address: check --base-url, and the id if one was given",
    405: "this is no address of that service: check --base-url",
    408: "the service waited for the file in vain: try again, on a faster line",
    413: "the file is too large for the service: cut it, or send it in a smaller format",
    415: "the service does not take this format: convert the file, to 16-bit WAV for instance",
    422: "the service cannot measure this file: check that it holds what the service expects",
    429: "too many requests: try again later, or with a lower --concurrency",
    507: "the service has no room left for files: ask whoever runs it",
}
_OURS = 500
_LONGEST = 300
_REQUEST_IDS = ("x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid")
_UNTOUCHED = frozenset({408, 429})
FRUITLESS = frozenset({401, 402, 403})
"""Statuses that every other file would meet too."""


def from_answer(
    wanted: str,
    status: int,
    headers: Mapping[str, str],
    body: bytes | str,
    *,
    key: str = "",
    secrets: Iterable[Secret] = (),
) -> ServiceError:
    """Return the error for an answer with a status that is no success.

    >>> body = b'{"type": "error", "code": "audio_too_long", "message": "Over 25 MB.", "request_id": "r1"}'
    >>> print(from_answer("call.wav: Hume did not measure it", 413, {}, body))
    call.wav: Hume did not measure it (status 413, code audio_too_long, request r1): Over 25 MB.; ...

    Args:
        wanted: what could not be done, as a clause with the medium and the service in it.
        status: that of the answer.
        headers: those of the answer.
        body: that of the answer.
        key: the name of the environment variable with the key.
        secrets: keys that must not show, should the service repeat them.
    """
    told = dict(_told(body))
    lower = {name.lower(): value for name, value in headers.items()}
    request_id = told.get("request_id") or next((lower[name] for name in _REQUEST_IDS if lower.get(name)), None)
    named = (
        f"status {status}",
        f"code {told['code']}" if "code" in told else "",
        request_id and f"request {request_id}",
    )
    said = told.get("message") or _page(body)
    advice = _ADVICE.get(status, "the service failed: try again later" if status >= _OURS else "")
    message = f"{wanted} ({', '.join(filter(None, named))})" + (f": {said}" if said else "")
    if advice:
        message += f"; {advice.format(key=key or 'the key')}"
    return ServiceError(
        scrubbed(message, secrets),
        status=status,
        code=told.get("code"),
        request_id=request_id,
        retry_after=retry_after(lower.get("retry-after")),
    )


def from_exception(wanted: str, error: BaseException, *, secrets: Iterable[Secret] = ()) -> ServiceError:
    """Return the error for a connection that could not be made, or broke.

    >>> print(from_exception("call.wav: Hume cannot be asked", ConnectionRefusedError(111, "Connection refused")))
    call.wav: Hume cannot be asked: Connection refused
    """
    if isinstance(error, (TimeoutError, asyncio.TimeoutError)):
        said = "it did not answer in time"
    else:
        cause = getattr(error, "os_error", None) or error
        said = str(getattr(cause, "strerror", None) or cause) or type(error).__name__
    return ServiceError(scrubbed(f"{wanted}: {clean(said)[:_LONGEST]}", secrets))


def not_json(wanted: str, status: int, body: bytes, *, secrets: Iterable[Secret] = ()) -> ServiceError:
    """Return the error for an answer that should be JSON.

    >>> print(not_json("call.wav: Phonexia cannot be asked", 200, b"<html><title>Sign in</title></html>"))
    call.wav: Phonexia cannot be asked: it answered with a web page (status 200), not JSON: Sign in; check --base-url
    """
    what = "with a web page" if _is_page(body) else "with nothing" if not body.strip() else "with something else"
    said = _page(body)
    said = f": {said}" if said else ""
    message = f"{wanted}: it answered {what} (status {status}), not JSON{said}; check --base-url"
    return ServiceError(scrubbed(message, secrets), status=status, repeatable=False)


def cause_of(error: BaseException, secrets: Iterable[Secret]) -> BaseException | None:
    """Return a foreign error as the cause of leed's own; None if a key shows in it."""
    shown = f"{error!r} {error} {getattr(error, 'body', '')!r} {getattr(error, 'headers', '')!r}"
    return error if scrubbed(shown, secrets) == shown else None


def scrubbed(text: str, secrets: Iterable[Secret]) -> str:
    """Return a text without any of the keys."""
    for secret in secrets:
        text = secret.scrub(text)
    return text


def may_be_repeated(error: BaseException, *, idempotent: bool) -> bool:
    """Return whether a request that failed so may be made again without doing anything twice.

    A request that changes nothing may, unless the answer says that it is in vain. An upload may where the service says
    that it has not taken it, or cannot have it.
    """
    if not isinstance(error, ServiceError):
        return False
    if error.repeatable is not None:
        return error.repeatable
    if error.status is None:
        return idempotent
    return error.status in _UNTOUCHED or (idempotent and error.status >= _OURS and error.status != 507)  # noqa: PLR2004


def retry_after(given: str | None) -> float | None:
    """Return the seconds that a service asks to wait, from a number or a date.

    >>> retry_after("3"), retry_after("0.5"), retry_after("soon"), retry_after(None)
    (3.0, 0.5, None, None)
    >>> retry_after("Wed, 21 Oct 2015 07:28:00 GMT")
    0.0
    """
    if given is None:
        return None
    try:
        seconds = float(given)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(given).timestamp() - time.time()
        except ValueError:
            return None
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def _told(body: bytes | str) -> Iterator[tuple[str, str]]:
    """The message, code and request id in an error's body, in whatever shape."""
    try:
        plain = json.loads(body)
    except ValueError:
        return
    nested = plain.get("error") if isinstance(plain, dict) else None
    holders = [holder for holder in (nested, plain) if isinstance(holder, dict)]
    for name, keys in (
        ("message", ("message", "detail", "error_description", "error", "title", "statusmsg")),
        ("code", ("code", "slug", "error_code")),
        ("request_id", ("request_id", "requestId")),
    ):
        found = (_text(holder.get(key)) for holder in holders for key in keys)
        value = next(filter(None, found), None)
        if value:
            yield name, value


def _text(value: Any) -> str:  # noqa: ANN401 - whatever the body holds
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return clean(str(value))[:_LONGEST].strip()
    if isinstance(value, list):  # FastAPI's: what is wrong with each field
        parts = [f"{'.'.join(map(str, e.get('loc', ())))}: {e.get('msg')}" for e in value if isinstance(e, dict)]
        return clean("; ".join(parts))[:_LONGEST]
    return ""


def _is_page(body: bytes | str) -> bool:
    text = body if isinstance(body, str) else body[:2000].decode("utf-8", "replace")
    return re.match(r"\s*(<!doctype html|<html|<head|<\?xml)", text, re.IGNORECASE) is not None


def _page(body: bytes | str) -> str:
    """What a body that is no JSON says: the title of a page, or the beginning of a text."""
    text = body if isinstance(body, str) else body[:4000].decode("utf-8", "replace")
    if _is_page(text):
        title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
        return clean(title[1])[:_LONGEST].strip() if title else ""
    return "" if text.lstrip().startswith(("{", "[")) else clean(text)[:_LONGEST].strip()
