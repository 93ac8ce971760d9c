"""What plain numbers run from and to, where nobody says it: shares or per cent (dimensions: `leed.scores`)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from leed.schema.terms import Issue
from leed.scores import HIGHEST_SHARE

PER_CENT = 100.0
_ROUNDED = 0.6  # how far a whole number may be from what it was
_NEARLY_ALL = 0.95  # of the rows; a broken one does not hide the rest


def in_per_cent(rows: NDArray[np.floating]) -> bool:
    """Return whether rows of scores are exclusive classes in per cent: none beyond 0 to 100, the sums 100.

    >>> in_per_cent(np.array([[80.0, 15, 5], [33, 33, 33]])), in_per_cent(np.array([[0.5, 0.5]]))
    (True, False)

    Args:
        rows: (n, k), NaN for what is not reported.
    """
    if rows.shape[1] < 2 or not np.nanmax(rows, initial=0.0) > HIGHEST_SHARE:  # noqa: PLR2004 - one number sums to itself
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


def written_per_cent(columns: str) -> Issue:
    """Return the issue for columns some of whose cells are like "80%"."""
    return Issue("inferred", f"{columns}: cells written with % are per cent; read as shares of 1")


def is_no_share(high: float) -> bool:
    """Return whether a column whose greatest number is this holds no shares of 1.

    >>> is_no_share(1.2), is_no_share(80.0)
    (False, True)
    """
    return high > HIGHEST_SHARE


def shares(values: NDArray[np.floating]) -> NDArray[np.floating] | None:
    """Return numbers under a name that says per cent as shares of 1; None where they are shares already."""
    return values / PER_CENT if np.nanmax(values, initial=0.0) > HIGHEST_SHARE else None
