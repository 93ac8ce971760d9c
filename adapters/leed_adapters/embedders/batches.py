"""Texts in requests that a service takes: not too many, not too many tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence


def batches(texts: Sequence[str], *, count: Callable[[str], int], most: int, tokens: int) -> Iterator[Sequence[int]]:
    """Yield the places of texts that go together, in their order; a text of more tokens than are allowed goes alone.

    >>> [list(some) for some in batches(["a", "bb", "cc", "d"], count=len, most=3, tokens=4)]
    [[0, 1], [2, 3]]
    """
    start = total = 0
    for place, text in enumerate(texts):
        here = count(text)
        if place > start and (place - start == most or total + here > tokens):
            yield range(start, place)
            start, total = place, 0
        total += here
    if texts:
        yield range(start, len(texts))
