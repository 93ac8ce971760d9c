"""The work done on this machine, by as many processes as are wanted; one that dies takes nothing with it."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Final

from leed.batch.engines import Item, Lost, Result, done, named
from leed.errors import LeedError, OptionError

_AHEAD: Final = 2  # items for each worker that are handed out, so that none waits
_ATTEMPTS: Final = 3  # how often an item may have been at work when its process died

_KILLED: Final = "killed, or had too little memory"

Make = Callable[[], Callable[[Any], Any]]


def run(
    make: Callable[[], Callable[[Item], Result]], items: Sequence[Item], *, workers: int | None = None
) -> Generator[tuple[int, Result | Lost]]:
    """Yield the place of each item with its result, as they are ready.

    >>> from operator import methodcaller
    >>> from functools import partial
    >>> list(run(partial(methodcaller, "upper"), ["a", "b"], workers=1))
    [(0, 'A'), (1, 'B')]

    No more than two items for each worker are handed out at a time, so that what waits takes no memory. Where a worker
    dies (killed, or out of memory), what was handed out then is done again, an item at a time, so that the one at fault
    is found out: it is `Lost` after three times, and the others are done. With one worker the work is done in this
    process.

    Args:
        make: makes the task, once for each worker.
        items: what is worked on.
        workers: how many processes; None: as many as there are cores for this one.

    Raises:
        OptionError: there are to be no workers.
        LeedError: the task could not be made.
    """
    wanted = cores() if workers is None else workers
    if wanted < 1:
        raise OptionError(f"workers is {workers}; give a whole number from 1")
    if min(wanted, len(items)) <= 1:
        task = make()
        yield from ((place, done(task, item)) for place, item in enumerate(items))
        return
    suspects: list[int] = []
    for place, result in _in_processes(make, items, range(len(items)), wanted, wanted * _AHEAD):
        if result is _DIED:
            suspects.append(place)
        else:
            yield place, result
    for attempt in range(2, _ATTEMPTS + 1):  # the first was among others
        again: list[int] = []
        for place, result in _in_processes(make, items, suspects, 1, 1):
            if result is not _DIED:
                yield place, result
            elif attempt < _ATTEMPTS:
                again.append(place)
            else:
                yield place, Lost(f"the process that worked on it died {attempt} times: it was {_KILLED}")
        suspects = again


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_DIED: Final = object()
_beginning: Final = threading.Lock()


def _in_processes(
    make: Make, items: Sequence[Any], places: Iterable[int], workers: int, most: int
) -> Iterator[tuple[int, Any]]:
    """Places with results, so many at a time; `_DIED` for each that was handed out when a worker died."""
    waiting = deque(places)
    while waiting:
        with _pool(make, min(workers, len(waiting))) as pool:
            yield from _until_broken(pool, items, waiting, most)


def _until_broken(
    pool: ProcessPoolExecutor, items: Sequence[Any], waiting: deque[int], most: int
) -> Iterator[tuple[int, Any]]:
    """Places with results, until all are done or a worker died."""
    running: dict[Future[Any], int] = {}
    broken = False
    while running or (waiting and not broken):
        while waiting and len(running) < most and not broken:
            place = waiting.popleft()
            try:
                with _without_main():
                    running[pool.submit(_do, items[place])] = place
            except BrokenProcessPool:
                waiting.appendleft(place)
                broken = True
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            place = running.pop(future)
            result = _result(future)
            broken = broken or result is _DIED
            yield place, result


def _result(future: Future[Any]) -> Any:  # noqa: ANN401 - of any task
    try:
        result = future.result()
    except BrokenProcessPool:
        return _DIED
    if isinstance(result, _Unmade):
        raise result.error
    return result


@contextmanager
def _pool(make: Make, workers: int) -> Generator[ProcessPoolExecutor]:
    pool = ProcessPoolExecutor(workers, mp_context=_context(), initializer=_begin, initargs=(_packed(make),))
    try:
        yield pool
    finally:
        # Whoever stops the run does not wait for what is at work: it can be done again. Nor are workers asked to end
        # when all is done: one that was killed may have died with the lock that another needs to answer.
        for process in list((pool._processes or {}).values()):  # noqa: SLF001 - Python 3.14 has kill_workers()
            process.kill()
        pool.shutdown(wait=True, cancel_futures=True)


def _packed(make: Make) -> bytes:
    """What makes the task as bytes.

    Raises:
        OptionError: it cannot be sent to another process.
    """
    try:
        return pickle.dumps(make)
    except Exception as error:  # whatever is in it may raise anything
        what = f"what workers need cannot be sent to another process ({named(error)}); use 1 worker"
        raise OptionError(what) from error


@contextmanager
def _without_main() -> Generator[None]:
    """Let processes begin without importing the program's main module, which might begin this run once more in each.

    They need nothing of it. multiprocessing looks for it under its name as long as a process begins.
    """
    with _beginning:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


def _context() -> Any:  # noqa: ANN401 - multiprocessing's, by the system
    """Where workers come from: a server that has imported what they need, where there is one."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["leed.batch.work"])
    return context


# --- in a worker


class _Unmade:
    """Stands for the result where there is no task."""

    def __init__(self, error: LeedError) -> None:
        self.error = error


_tasks: list[Callable[[Any], Any]] = []  # the one of this process


def _begin(packed: bytes) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who waits for the workers stops them
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _tasks[:] = [_task(packed)]


def _task(packed: bytes) -> Callable[[Any], Any]:
    """The task, or one that gives an error in place of each result."""
    try:
        return _loaded(packed)()
    except LeedError as error:
        unmade = _Unmade(error)
    except Exception as error:  # noqa: BLE001 - else each worker would die of it, and nobody would know why
        unmade = _Unmade(LeedError(f"the work cannot be begun: {named(error)}"))
    return lambda _: unmade


def _loaded(packed: bytes) -> Make:
    try:
        make: Make = pickle.loads(packed)  # noqa: S301 - from the process that started this one
    except Exception as error:  # whatever is in it may raise anything
        what = f"what workers need cannot be loaded in another process ({named(error)}); use 1 worker"
        raise OptionError(what) from error
    return make


def _end_with_parent() -> None:
    """End this process when the one that started it does, however that ends."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _do(item: Any) -> Any:  # noqa: ANN401 - of any task
    return done(_tasks[0], item)
