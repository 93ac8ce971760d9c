"""Which items were at work when their processes died, and how often: what outlives the workers."""

from __future__ import annotations

from collections import Counter


class Ledger:
    """Holds what workers were at.

    >>> ledger = Ledger()
    >>> ledger.begin(0) is None  # the first time, nothing is noted
    True
    >>> ledger.begin(0)  # the worker died
    {}
    >>> ledger.note(0, 3)
    >>> ledger.begin(0)  # and again, at item 3
    {3: 1}
    """

    def __init__(self) -> None:
        self._making: Counter[str] = Counter()
        self._noted: dict[int, int | None] = {}
        self._deaths: Counter[int] = Counter()

    def making(self, worker: str) -> int:
        """Return for how many times a worker begins to make its task, this one included."""
        self._making[worker] += 1
        return self._making[worker]

    def made(self, worker: str) -> None:
        """Take down that a worker has its task."""
        del self._making[worker]

    def begin(self, block: int) -> dict[int, int] | None:
        """Return by item how many workers died of it in a block that was begun before; None if it was not.

        Args:
            block: the place of its first item.
        """
        if block not in self._noted:
            self._noted[block] = None
            return None
        at = self._noted[block]
        if at is not None:
            self._deaths[at] += 1
            self._noted[block] = None
        return dict(self._deaths)

    def note(self, block: int, place: int | None) -> None:
        """Take down which item of a block is next; None: no other."""
        self._noted[block] = place
