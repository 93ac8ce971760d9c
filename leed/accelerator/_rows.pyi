from typing import Any

from numpy.typing import NDArray

def keys(
    block: NDArray[Any],
    named_from: NDArray[Any],
    usual: NDArray[Any],
    number: NDArray[Any],
    near: NDArray[Any],
    bounds: NDArray[Any],
    hinted_from: NDArray[Any],
    withheld_from: NDArray[Any],
    base: int,
    top: int,
    gated: bool,
    out: NDArray[Any],
    /,
) -> int: ...
def number(given: NDArray[Any], places: NDArray[Any], /) -> bytes: ...
def terms(
    codes: NDArray[Any],
    offsets: NDArray[Any],
    which: NDArray[Any],
    places: NDArray[Any],
    matrix: NDArray[Any],
    begins: NDArray[Any],
    found: NDArray[Any],
    scores: NDArray[Any],
    /,
) -> None: ...
