"""Which failures of a service pass by themselves, and how long to wait until then."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import uniform
from typing import Final, TypeVar

import openai
import tenacity

T = TypeVar("T")

_PASSING: Final = frozenset({408, 409, 429})
_LONGEST: Final = 60.0
"""Seconds between two tries at most, where the service names no time."""
_PATIENCE: Final = 120.0
"""Seconds that a service may ask to wait; a longer time is left to the user."""


def tried(ask: Callable[[], T], *, tries: int, backoff: float) -> T:
    """Return what a call returns, tried again while its failures may pass.

    Args:
        ask: the call.
        tries: how often at most.
        backoff: seconds that are waited after the first failure at most, and twice as long after each other one; how
            long exactly is left to chance, so that many clients do not come again all at once.
    """
    backing_off = tenacity.wait_random_exponential(multiplier=backoff, max=_LONGEST)

    def wait(state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome is not None else None
        asked = None if error is None else asked_to_wait(error)
        return backing_off(state) if asked is None else asked + uniform(0, 0.1 * asked)  # noqa: S311 - no secret

    return tenacity.Retrying(
        stop=tenacity.stop_after_attempt(tries),
        retry=tenacity.retry_if_exception(passes),
        wait=wait,
        reraise=True,
        sleep=time.sleep,
    )(ask)


def passes(error: BaseException) -> bool:
    """Return whether a failure may pass by itself: a broken connection, a timeout, too many requests, 5xx."""
    if not isinstance(error, openai.APIError) or (asked_to_wait(error) or 0) > _PATIENCE:
        return False
    status = getattr(error, "status_code", None)
    if not isinstance(status, int):
        return isinstance(error, openai.APIConnectionError)
    spent = "insufficient_quota" in f"{error.code} {error}"  # a budget, which no waiting brings back
    return (status in _PASSING and not spent) or status >= 500  # noqa: PLR2004 - HTTP's


def asked_to_wait(error: BaseException) -> float | None:
    """Return the seconds that the service asks to wait; None if it names no time."""
    headers = _headers(error)
    try:
        if "retry-after-ms" in headers:
            return max(float(headers["retry-after-ms"]) / 1000, 0)
        return _seconds(headers["retry-after"]) if "retry-after" in headers else None
    except ValueError:
        return None


def _seconds(given: str) -> float:
    try:
        return max(float(given), 0)
    except ValueError:
        date = parsedate_to_datetime(given)
        return max((date.replace(tzinfo=date.tzinfo or UTC) - datetime.now(UTC)).total_seconds(), 0)


def _headers(error: BaseException) -> Mapping[str, str]:
    """The headers of the answer: litellm's errors keep the true ones apart."""
    found = getattr(error, "litellm_response_headers", None)
    if found is None:
        found = getattr(getattr(error, "response", None), "headers", None)
    return {str(name).lower(): str(value) for name, value in found.items()} if found is not None else {}
