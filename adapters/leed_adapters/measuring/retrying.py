"""Requests made again where that does nothing twice: at longer and longer intervals, and not all at once."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from leed.errors import ServiceError
from leed_adapters.measuring.failing import may_be_repeated
from leed_adapters.measuring.measurer import Settings

_T = TypeVar("_T")
_LONGEST = 20.0  # seconds between two attempts, unless the service asks for more
_GROWTH = 2.0
_SLOWEST = 10.0  # seconds between two looks at a job
_SLOWER = 1.5


async def repeated(request: Callable[[], Awaitable[_T]], settings: Settings, *, idempotent: bool) -> _T:
    """Return what a request gives, made again where that does nothing twice.

    Raises:
        ServiceError: it failed for good, or too often; the last error is raised.
    """

    def pause(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome is not None else None
        asked = error.retry_after if isinstance(error, ServiceError) else None
        longest = min(settings.pause * _GROWTH ** (state.attempt_number - 1), _LONGEST)
        own = random.uniform(longest / 2, longest)  # noqa: S311 - so that many clients do not come back together
        return own if asked is None else asked + random.uniform(0, settings.pause)  # noqa: S311 - as above

    async def once() -> _T:
        return await request()

    retrying = AsyncRetrying(
        stop=stop_after_attempt(settings.attempts),
        wait=pause,
        retry=retry_if_exception(lambda error: may_be_repeated(error, idempotent=idempotent)),
        reraise=True,
    )
    return await retrying(once)


def pauses(first: float) -> Iterator[float]:
    """Yield the seconds between looks at a job: longer and longer, up to ten.

    >>> from itertools import islice
    >>> [0.8 * wanted <= pause <= wanted for wanted, pause in zip((1.0, 1.5, 2.25), islice(pauses(1.0), 3))]
    [True, True, True]
    """
    pause = first
    while True:
        yield random.uniform(pause * 0.8, pause)  # noqa: S311 - as above
        pause = min(pause * _SLOWER, max(_SLOWEST, first))
