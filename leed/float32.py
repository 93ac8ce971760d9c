"""The one precision in which scores are told apart, for numbers that are Python's doubles."""

from __future__ import annotations

import math
import struct

INFINITE = math.ldexp(2 - 2**-24, 127)
"""The least double that is infinite in float32."""


def float32(value: float) -> float:
    """Return the value that a score has in float32, as a float; infinity where it is beyond float32.

    >>> float32(0.1)
    0.10000000149011612
    """
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except struct.error as error:
        raise TypeError(f"{value!r} is no number") from error
    except OverflowError:
        return math.copysign(math.inf, value)


def least_double(bound: float) -> float:
    """Return the least float64 that float32 rounds to the bound or above.

    Comparing a float64 score with it gives what comparing its float32 with the bound would.

    >>> float32(least_double(0.35)) == float32(0.35)
    True
    """
    b = float32(bound)
    below = struct.unpack("i", struct.pack("f", b))[0]
    below = struct.unpack("f", struct.pack("i", below - 1))[0] if b > 0 else -1e-45
    middle: float = (below + b) / 2
    return middle if float32(middle) >= b else math.nextafter(middle, math.inf)
