"""An event loop for code that takes whichever there is, as litellm does, and leaves it open."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def event_loop() -> Generator[asyncio.AbstractEventLoop]:
    """The thread's event loop, closed at the end with all that runs in it."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield loop
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(_ended(left))
        loop.run_until_complete(loop.shutdown_asyncgens())
        asyncio.set_event_loop(None)
        loop.close()


async def _ended(tasks: set[asyncio.Task[object]]) -> None:
    """Wait for tasks; what runs meanwhile may have left the thread without a loop of its own, as asyncio.run does."""
    await asyncio.gather(*tasks, return_exceptions=True)
