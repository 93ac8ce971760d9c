"""What the tests of vendors' services share."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import leed
from leed import Recording


def saved(answer: bytes, name: str, folder: Path) -> Recording:
    """What leed.read makes of an answer that is saved to a file."""
    path = folder / name
    path.write_bytes(answer)
    return leed.read(path)


@contextmanager
def everything_logged() -> Generator[list[str]]:
    """All that anybody logs meanwhile, at any level, as it would be written."""
    lines: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Keeper(logging.NOTSET)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def in_a_running_loop(call: Callable[[], Any]) -> Any:
    """What a sync call gives inside a loop that runs, as in a notebook."""

    async def cell() -> Any:
        return call()

    work: Coroutine[Any, Any, Any] = cell()
    return asyncio.run(work)
