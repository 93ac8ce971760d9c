"""How far long work is, shown to people at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager


@contextmanager
def steps(
    total: int, done: int, *, shown: bool, what: str, doing: str = "embedding"
) -> Generator[Callable[[int], None]]:
    """Give a function that is told of each so many texts that are done; a terminal shows them if it is wanted.

    >>> with steps(3, 0, shown=False, what="minilm") as step:
    ...     step(3)
    """
    if not shown or done == total or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - for people only
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"{doing} ({what})", total=total, completed=done)
        yield lambda count: bar.advance(task, count)
