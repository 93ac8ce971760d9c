"""Tasks for Ray's workers, which import them by name."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import leed
from leed.batch.inputs import Input
from leed.batch.work import Share, Worker
from leed.errors import InputError


class Doubling:
    """Doubles numbers; other items do harm to the one that works on them, and to the process that it works in."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def __call__(self, item: int | str) -> Any:
        if isinstance(item, int):
            return item * 2
        with (self._folder / item).open("a") as file:
            file.write(".")
        if item == "kill" or (item == "kill once" and (self._folder / item).stat().st_size == 1):
            os.kill(os.getpid(), signal.SIGKILL)
        if item == "raise":
            raise ValueError("no\nnumber")
        if item == "exit":
            sys.exit("enough")
        if item == "no data":
            return lambda: item
        return 0


class Slow:
    """Does files like `Worker`, but takes its time."""

    def __init__(self, out: str) -> None:
        self._worker = Worker(out, leed.Describer())

    def __call__(self, entry: Input) -> Share:
        time.sleep(0.1)
        return self._worker(entry)


def unmade() -> Callable[[int], int]:
    """No task: an error of leed's."""
    raise InputError("there is no such thing")


def broken() -> Callable[[int], int]:
    """No task: another error."""
    raise KeyError("such thing")


def deadly() -> Callable[[int], int]:
    """No task, and no process."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError
