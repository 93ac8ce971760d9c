"""What plain numbers run from and to, where nobody says it: shares or per cent, dimensions from 0 to 1 or otherwise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from leed.schema.terms import Issue

PER_CENT = 100.0
_SHARES = 1.5  # a number above it is no share that was rounded or overshot
_ROUNDED = 0.6  # how far a whole number may be from what it was
_NEARLY_ALL = 0.95  # of the rows; a broken one does not hide the rest
_SCALES = ((5, "1 to 5, 1 to 7 or 1 to 9"), (7, "1 to 7 or 1 to 9"), (9, "1 to 9"), (10, "0 to 10"), (100, "0 to 100"))
_CENTRED = ((3, "-3 to 3"), (5, "-5 to 5"), (10, "-10 to 10"), (100, "-100 to 100"))
_SHOWN = 5


def in_per_cent(rows: NDArray[np.floating]) -> bool:
    """Return whether rows of scores are exclusive classes in per cent: none beyond 0 to 100, the sums 100.

    >>> in_per_cent(np.array([[80.0, 15, 5], [33, 33, 33]])), in_per_cent(np.array([[0.5, 0.5]]))
    (True, False)

    Args:
        rows: (n, k), NaN for what is not reported.
    """
    if rows.shape[1] < 2 or not np.nanmax(rows, initial=0.0) > _SHARES:  # noqa: PLR2004 - one number sums to itself
        return False
    told = ~np.isnan(rows)
    filled = told.sum(axis=1)
    sums = np.nansum(rows, axis=1)
    beyond = (told & ((rows < 0) | (rows > PER_CENT + _ROUNDED))).any(axis=1)
    fits = ~beyond & (np.abs(sums - PER_CENT) <= _ROUNDED * np.maximum(filled, 1))
    return bool(fits[filled > 0].mean() >= _NEARLY_ALL)


SAID_PER_CENT = Issue("inferred", "the scores of a row sum to 100, so they are per cent; read as shares of 1")


def says_per_cent(name: str) -> bool:
    """Return whether a column or key says that its numbers are per cent.

    >>> says_per_cent("happy (%)"), says_per_cent("happy")
    (True, False)
    """
    return "%" in name


def is_no_share(high: float) -> bool:
    """Return whether a column whose greatest number is this holds no shares of 1.

    >>> is_no_share(1.2), is_no_share(80.0)
    (False, True)
    """
    return high > _SHARES


def shares(values: NDArray[np.floating]) -> NDArray[np.floating] | None:
    """Return numbers under a name that says per cent as shares of 1; None where they are shares already."""
    return values / PER_CENT if np.nanmax(values, initial=0.0) > _SHARES else None


def dimension_scale(names: Sequence[str], low: float, high: float) -> tuple[str, Issue | None]:
    """Return how the dimensions of one model are read, and the issue that says so.

    All of them are of one scale, so one negative number tells what they all run from: "centred" dimensions run from -1
    to 1, "foreign" ones on a scale that is not known, so that they are no scores; anything else is "plain", 0 to 1.

    >>> dimension_scale(["valence"], 0.2, 0.9), dimension_scale(["valence"], -0.5, 0.3)[0]
    (('plain', None), 'centred')
    >>> dimension_scale(["valence"], 3.0, 5.5)[0]
    'foreign'
    """
    shown = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    if low < 0 and max(-low, high) <= 1:
        what = f"{shown}: there are negative values, so they run from -1 to 1; read onto 0 to 1"
        return "centred", Issue("inferred", what)
    if high <= _SHARES and low >= 1 - _SHARES:
        return "plain", None
    most = max(-low, high)
    known = next((text for end, text in (_CENTRED if low < 0 else _SCALES) if most <= end), None)
    may = f" They may run from {known}:" if known else ""
    what = f"{shown}: values from {low:.3g} to {high:.3g}, where 0 to 1 or -1 to 1 was expected.{may}"
    return "foreign", Issue("out-of-range", f"{what} put them onto 0 to 1; kept as extras, and not described")
