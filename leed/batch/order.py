"""Results in the order of the items, though an engine gives them as they are ready."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager

from leed.batch.engines import Engine, Item, Lost, Result


def in_order(
    engine: Engine,
    make: Callable[[], Callable[[Item], Result]],
    items: Sequence[Item],
    *,
    workers: int | None = None,
    is_here: Callable[[Item], bool] | None = None,
) -> Generator[Result | Lost]:
    """Yield the results of items in their order; what has to be done in this process is done here, and first.

    >>> from functools import partial
    >>> from operator import methodcaller
    >>> from leed.batch.local import run
    >>> list(in_order(run, partial(methodcaller, "upper"), ["a", "b"], workers=1, is_here="b".__eq__))
    ['A', 'B']

    Args:
        engine: where it is done.
        make: makes the task, as for an engine.
        items: what is worked on.
        workers: how many work at a time.
        is_here: which items have to be done in this process, such as standard input; None: none of them.
    """
    here = [] if is_here is None else [place for place, item in enumerate(items) if is_here(item)]
    there = [place for place in range(len(items)) if place not in here]
    done: dict[int, Result | Lost] = {}
    if here:
        task = make()
        done = {place: task(items[place]) for place in here}
    others = [items[place] for place in there] if here else items
    with stopping(engine(make, others, workers=workers) if there else iter(())) as results:
        for place in range(len(items)):
            while place not in done:
                number, result = next(results)
                done[there[number]] = result
            yield done.pop(place)


@contextmanager
def stopping(results: Iterator[Result]) -> Generator[Iterator[Result]]:
    """Give what an engine yields, and stop its work where nobody wants the rest."""
    try:
        yield results
    finally:
        if isinstance(results, Generator):
            results.close()
