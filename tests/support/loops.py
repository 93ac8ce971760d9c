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
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        asyncio.set_event_loop(None)
        loop.close()
