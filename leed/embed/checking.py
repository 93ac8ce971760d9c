"""What a vector has to be before it is used or kept."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from leed.errors import EmbeddingError


def checked(vectors: Any, count: int, dimensions: int | None) -> NDArray[np.float32]:  # noqa: ANN401 - what came
    """Return vectors as float32: a finite one for each of so many texts, all of one length.

    >>> checked([[0.5, 0.5]], 1, 2).tolist()
    [[0.5, 0.5]]

    Raises:
        EmbeddingError: they are not so.
    """
    try:
        with np.errstate(over="ignore"):
            found = np.asarray(vectors, np.float32)
    except (TypeError, ValueError) as error:
        raise EmbeddingError("the vectors are not numbers, or not all of one length") from error
    if found.ndim != 2 or len(found) != count:  # noqa: PLR2004 - rows and columns
        raise EmbeddingError(f"{count} texts were given, and the vectors have the shape {found.shape}")
    if dimensions is not None and found.shape[1] != dimensions:
        raise EmbeddingError(f"a vector has {found.shape[1]} dimensions, and not {dimensions}")
    if not np.isfinite(found).all():
        raise EmbeddingError("a vector has numbers that are not finite (NaN or infinity)")
    return found
