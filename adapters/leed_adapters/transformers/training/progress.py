"""Progress on a terminal: how many clips are read, how many updates are made, and the losses."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager

from leed.quoting import clean
from leed_adapters.transformers.training.trained import Event, Tell


@contextmanager
def shown() -> Generator[Tell]:
    """Give what shows events on standard error, while the context lasts; nothing where that is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - for people only
    from rich.progress import (  # noqa: PLC0415 - as above
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    text = TextColumn("{task.description}", markup=False)
    columns = (text, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks = {}

        def tell(event: Event) -> None:
            if event.what not in tasks:
                tasks[event.what] = progress.add_task(event.what, total=event.total)
            what = clean(f"{event.what}: {event.note}" if event.note else event.what)
            ended = event.done == event.total  # drawn in any case, however soon the context ends
            progress.update(tasks[event.what], description=what, completed=event.done, total=event.total, refresh=ended)

        yield tell
