"""Compiled code beside NumPy and msgspec, and faster. leed does without it, and says the same.

It is built where a C compiler is found when leed is installed (see hatch_build.py). ``LEED_ACCELERATOR=0`` in the
environment of a program leaves it unused.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray


def _compiled() -> Any:  # noqa: ANN401 - a module without types
    try:
        return import_module("leed.accelerator._compiled")
    except ImportError:  # not built, or built for another Python
        return None


compiled = _compiled()
"""The compiled module, or None."""


def is_used() -> bool:
    """Return whether compiled code is there, and wanted.

    >>> isinstance(is_used(), bool)
    True
    """
    return compiled is not None and os.environ.get("LEED_ACCELERATOR") != "0"


class Rows:
    """Gives rows of scores the integers that `leed.matrix_keys.Keys` describes, in one pass.

    Args:
        positions: (m,) where in a row each label stands that may be named, in the taxonomy's order.
        near: (m, m) whether the second of two labels is not named beside the first.
        named_from: (k,) from which score each number of a row is named.
        usual: (k,) what its height is measured from; labels are ordered by height.
        bounds: rising scores at which the steps of the adverbs begin.
        withheld_from: (k,) from which score a label that is not to be named is said to be withheld.
        hinted_from: (k,) from which score a label is hinted at where none is named; None where labels are named for
            their scores alone.
        base: how many terms there are, and one for none.
        top: how many terms are named.
    """

    def __init__(
        self,
        *,
        positions: NDArray[np.intp],
        near: NDArray[np.bool_],
        named_from: NDArray[Any],
        usual: NDArray[Any],
        bounds: NDArray[Any],
        withheld_from: NDArray[Any],
        hinted_from: NDArray[Any] | None,
        base: int,
        top: int,
    ) -> None:
        width = len(named_from)
        never = np.ones(width, bool)
        never[positions] = False
        number = np.full(width, -1, np.int32)
        number[positions] = np.arange(len(positions))
        hinted = np.full(width, np.inf) if hinted_from is None else hinted_from
        named_from = np.where(never, np.inf, named_from)
        self._before = (_floats(named_from), _floats(usual), number, _laid(near, np.bool_))
        self._after = (_floats(bounds), _floats(hinted), _floats(withheld_from))
        self._plan = (base, top, hinted_from is not None)

    def __call__(self, block: NDArray[np.float32]) -> tuple[NDArray[np.int64], int]:
        """Return an integer for each row of (n, k) float32, and how many scores are not finite."""
        keys = np.empty(len(block), np.int64)
        missing = compiled.keys(_floats(block), *self._before, *self._after, *self._plan, keys)
        return keys, missing


def numbered(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the different integers in rising order, and where each key's stands among them."""
    places = np.empty(len(keys), np.int32)
    found = np.frombuffer(compiled.number(np.ascontiguousarray(keys, np.int64), places), np.int64)
    order = found.argsort()
    ranks = np.empty(len(found), np.int32)
    ranks[order] = np.arange(len(found), dtype=np.int32)
    return found[order], ranks.take(places)


def laid_out(
    codes: NDArray[np.int32],
    offsets: NDArray[np.int64],
    which: NDArray[np.int32],
    places: NDArray[np.int64],
    matrix: NDArray[np.float32],
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
    """Return where the terms of each row begin, which term stands in each place, and its score in that row.

    Args:
        codes: (n,) which sentence each row has.
        offsets: (u + 1,) where the terms of each sentence begin in ``which``.
        which: the terms of all sentences.
        places: which column the score of each term stands in.
        matrix: (n, k) the scores of the rows.
    """
    count = int(np.diff(offsets).take(codes).sum())
    begins, found = np.empty(len(codes) + 1, np.int32), np.empty(count, np.int32)
    scores = np.empty(count, np.float32)
    given = (_laid(codes, np.int32), _laid(offsets, np.int64), _laid(which, np.int32), _laid(places, np.int64))
    compiled.terms(*given, _laid(matrix, np.float32), begins, found, scores)
    return begins, found, scores


def lifted(data: bytes, names: tuple[bytes, ...]) -> tuple[bytes, NDArray[np.float32]] | None:
    """Return a JSON list of objects with null for their ``emotions``, and the scores that stood there, row by row.

    Of ``[{"time": 0.5, "emotions": [{"name": "Joy", "score": 0.5}]}]``, with the name ``"Joy"``, what is left is
    ``[{"time": 0.5, "emotions":null}]``, and the scores are ``[0.5]``.

    Args:
        data: JSON. What is left of it is valid if it was.
        names: those of the scores of each object, in their order, as JSON has them.

    Returns:
        None where an object has not just these names, or a number that float32 does not hold.
    """
    found = compiled.lift(data, names)
    return found and (found[0], np.frombuffer(found[1], np.float32))


def _laid(values: NDArray[Any], kind: type) -> NDArray[Any]:
    return np.ascontiguousarray(values, kind)


def _floats(values: NDArray[Any]) -> NDArray[np.float32]:
    return _laid(values, np.float32)
