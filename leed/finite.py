"""Whether arrays of numbers hold nothing but numbers, told in one pass over their memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def is_finite(values: NDArray[Any]) -> bool:
    """Return whether floats are all finite; False may also mean that some are too large for their squares to add up.

    >>> is_finite(np.array([0.5, 1.0])), is_finite(np.array([0.5, np.nan])), is_finite(np.array([np.inf]))
    (True, False, False)
    """
    if not values.flags.c_contiguous:
        return bool(np.isfinite(values).all())
    flat = values.ravel()
    with np.errstate(over="ignore", invalid="ignore"):
        # A square of NaN is NaN, and sums keep both it and infinity. Not by BLAS, whose threads go on spinning.
        return bool(np.isfinite(np.einsum("i,i", flat, flat)))
