"""Progress on a terminal: a line for each medium, and what goes on with it."""

from __future__ import annotations

import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from leed.quoting import clean
from leed_adapters.measuring.measurer import Event, Watch

_MOST = 20  # lines; beyond, there is one for all


@contextmanager
def shown(watch: Watch, names: Sequence[str]) -> Generator[None]:
    """Show what a watch is told on standard error, while the context lasts; nothing where that is no terminal."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console  # noqa: PLC0415 - for people only
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - as above

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        every = progress.add_task("measuring", total=len(names))
        lines = {name: progress.add_task(clean(name), total=None) for name in names[:_MOST]}

        def tell(event: Event) -> None:
            over = event.what in ("done", "failed")
            if over:
                progress.advance(every)
            if event.media in lines:
                line, share = lines[event.media], event.share
                description = clean(f"{event.media}: {event.what}")
                progress.update(
                    line, description=description, total=None if share is None else 1.0, completed=share or 0.0
                )
                if over:
                    progress.update(line, visible=False)

        watch.tell = tell
        yield
