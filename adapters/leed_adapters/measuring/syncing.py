"""The sync face of what is async: it works inside a running event loop too, as in notebooks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

_T = TypeVar("_T")


def run(work: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
    """Return what a coroutine returns.

    Where a loop runs in this thread already, the coroutine has one of its own in another; Ctrl-C cancels it in both.

    >>> async def answer() -> int:
    ...     return 42
    >>> run(answer)
    42
    """
    if _is_running():
        found: _T = _Beside(work).result()
        return found
    return asyncio.run(work())


def _is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


class _Beside:
    """A coroutine that runs in a thread of its own."""

    def __init__(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        self._work = work
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None
        self._error: BaseException | None = None
        self._value: Any = None
        self._thread = threading.Thread(target=self._run, name="leed-measuring", daemon=True)
        self._thread.start()

    def result(self) -> Any:  # noqa: ANN401 - what the coroutine returns
        """Wait for what the coroutine returns."""
        try:
            self._thread.join()
        except KeyboardInterrupt:
            self._cancel()
            self._thread.join()
            raise
        if self._error is not None:
            raise self._error
        return self._value

    def _cancel(self) -> None:
        loop, task = self._loop, self._task
        if loop is not None and task is not None:
            with suppress(RuntimeError):  # it has just ended by itself, and its loop is closed
                loop.call_soon_threadsafe(task.cancel)

    def _run(self) -> None:
        async def watched() -> Any:  # noqa: ANN401 - as above
            self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
            return await self._work()

        try:
            self._value = asyncio.run(watched())
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits
            self._error = error
