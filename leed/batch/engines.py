"""Where work is done: an engine does a task for each item, on as many workers as are wanted.

An engine is a function, found by its name: ``local`` is `leed.batch.local.run`; ``ray`` is in `leed_adapters.ray`;
others are entry points of the group ``leed.engines``.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from leed import plugins

GROUP: Final = "leed.engines"

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Lost:
    """What stands for the result of an item whose work did not come to an end.

    Attributes:
        why: what happened, as the end of a sentence about the item.
    """

    why: str


class Engine(Protocol):
    """Does a task for each item; results come as they are ready."""

    def __call__(
        self,
        make: Callable[[], Callable[[Item], Result]],
        items: Sequence[Item],
        *,
        workers: int | None = None,
    ) -> Generator[tuple[int, Result | Lost]]:
        """Yield the place of each item with its result, once for each, in the order in which they are ready.

        Who closes it early stops the work.

        Args:
            make: makes the task where it is done, once for each worker; it is pickled, and so are items and results.
            items: what is worked on.
            workers: how many work at a time; None: as many as there are cores.

        Raises:
            OptionError: there are to be no workers.
            LeedError: the task could not be made.
        """
        ...


def get_engine(name: str) -> Engine:
    """Return the engine of a name.

    >>> get_engine("local").__module__
    'leed.batch.local'

    Raises:
        OptionError: nobody offers that name.
        MissingPackageError: it needs a package that is not installed.
    """
    found: Any = plugins.load(GROUP, name)
    engine: Engine = found
    return engine


def done(task: Callable[[Item], Result], item: Item) -> Result | Lost:
    """Return the result of a task, or why there is none: an error in one item takes nothing from the others."""
    try:
        return task(item)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others are to be done
        return Lost(f"unexpected {named(error)}")


def named(error: BaseException) -> str:
    r"""Return an error in one line, by its type.

    >>> named(ValueError("no\nnumber"))
    'ValueError: no number'
    """
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
