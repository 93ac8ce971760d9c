"""The work done on this machine, by as many processes as are wanted; one that dies takes nothing with it."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Final

from leed.batch.work import Share, Worker
from leed.errors import OptionError

if TYPE_CHECKING:
    from leed.batch.inputs import Input
    from leed.describer import Describer

_AHEAD: Final = 2  # files for each worker that are handed out, so that none waits
_ATTEMPTS: Final = 2


def run(entries: Sequence[Input], out: str, describer: Describer, workers: int) -> Iterator[Share]:
    """Yield what came of each file, as they end.

    Where a worker dies (killed, or out of memory), the files that were at work are done again, one at a time, so that
    the one at fault is found out; it is an error in its share, and the others are done.

    Args:
        entries: the files.
        out: the folder of the data set.
        describer: how segments are described.
        workers: how many processes; 1 is this one.

    Raises:
        OptionError: there are to be no workers.
    """
    if workers < 1:
        raise OptionError(f"workers is {workers}; give a whole number from 1")
    if workers == 1:
        yield from map(Worker(out, describer), entries)
        return
    suspects: list[Input] = []
    for entry, share in _together(deque(entries), out, describer, workers):
        if share is None:
            suspects.append(entry)
        else:
            yield share
    for entry in suspects:
        yield _alone(entry, out, describer)


def _together(
    waiting: deque[Input], out: str, describer: Describer, workers: int
) -> Iterator[tuple[Input, Share | None]]:
    """Files with what came of them; None for one that was at work, or handed out, when a worker died."""
    while waiting:
        with _pool(out, describer, workers) as pool:
            yield from _until_broken(pool, waiting, workers * _AHEAD)


def _until_broken(pool: ProcessPoolExecutor, waiting: deque[Input], most: int) -> Iterator[tuple[Input, Share | None]]:
    running: dict[Future[Share], Input] = {}
    broken = False
    while running or (waiting and not broken):
        while waiting and len(running) < most and not broken:
            entry = waiting.popleft()
            try:
                running[pool.submit(_do, entry)] = entry
            except BrokenProcessPool:
                waiting.appendleft(entry)
                broken = True
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            entry = running.pop(future)
            try:
                yield entry, future.result()
            except BrokenProcessPool:
                broken = True
                yield entry, None


def _alone(entry: Input, out: str, describer: Describer) -> Share:
    for _ in range(_ATTEMPTS):
        with _pool(out, describer, 1) as pool:
            try:
                return pool.submit(_do, entry).result()
            except BrokenProcessPool:
                continue
    died = f"{entry.url}: the process that read it died {_ATTEMPTS} times: it was killed, or had too little memory"
    return Share(entry.url, error=died)


def _pool(out: str, describer: Describer, workers: int) -> ProcessPoolExecutor:
    spawned = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=spawned, initializer=_begin, initargs=(out, describer))


_workers: list[Worker] = []  # the one of this process


def _begin(out: str, describer: Describer) -> None:
    _workers[:] = [Worker(out, describer)]


def _do(entry: Input) -> Share:
    return _workers[0](entry)


def still_to_do(worker: Worker, entries: Iterable[Input]) -> tuple[list[Share], list[Input]]:
    """Return what came of files before, and those that are still to be done."""
    done, left = [], []
    for entry in entries:
        share = worker.is_done(entry)
        if share is None:
            left.append(entry)
        else:
            done.append(share)
    return done, left
