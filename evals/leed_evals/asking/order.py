"""Questions in an order that a seed decides, so that no answer's place tells what it is about."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


def shuffled(questions: Sequence[Q], seed: int, ask: Callable[[Sequence[Q]], Sequence[A]]) -> list[A]:
    """Return the answers in the questions' order, when they are asked in another one.

    >>> shuffled("abc", 1, lambda asked: [letter.upper() for letter in asked])
    ['A', 'B', 'C']
    """
    order = list(range(len(questions)))
    random.Random(seed).shuffle(order)  # noqa: S311 - an order, no secret
    answers = ask([questions[i] for i in order])
    return [answer for _, answer in sorted(zip(order, answers, strict=True), key=lambda pair: pair[0])]
