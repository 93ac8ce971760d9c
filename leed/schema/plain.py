"""Arrays as plain data, and back without a loss: lists, None for NaN, and float32 as the shortest number."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.errors import ColumnError
from leed.schema.terms import ASPECTS, MODALITIES, QUANTITIES

_INFINITIES = ("inf", "-inf")  # JSON has no numbers for them
_KINDS = "fiubU"
_WIDEST = 8  # bytes of a number that JSON carries exactly
_POWERS = np.array([float(10**n) for n in range(23)])  # all that are exact in float64
_EXPONENTS = (-14, 5)  # of the numbers that are rounded by those
_DIGITS = range(6, 10)  # at most 9 tell any float32 from its neighbours


class Same(msgspec.Struct, kw_only=True):
    """What all segments of a track have in common."""

    source: str | None
    channel: str | None
    modality: Literal[MODALITIES] | None  # type: ignore[valid-type] # a literal made of a constant
    aspect: Literal[ASPECTS]  # type: ignore[valid-type] # as above
    granularity: str | None
    speaker: str | None
    taxonomy: str | None
    quantity: Literal[QUANTITIES]  # type: ignore[valid-type] # as above
    exclusive: bool


SAME = Same.__struct_fields__


def to_json(plain: Any) -> bytes:  # noqa: ANN401 - any plain data
    """Return plain data as JSON, half a character that some transcripts end in (a lone surrogate) included."""
    try:
        return msgspec.json.encode(plain)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(plain), separators=(",", ":")).encode()


def clean(text: str | None) -> str | None:
    r"""Return text as Arrow takes it: half a character, which some transcripts end in, becomes a replacement character.

    >>> clean("so\ud83d")
    'so\ufffd'
    """
    if text is None or text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def check_kind(name: str, kind: np.dtype[Any]) -> None:
    """Refuse a column of extras that plain data cannot hold.

    Raises:
        ColumnError: its type is not that of numbers, flags or text.
    """
    if kind.kind not in _KINDS or (kind.kind == "f" and kind.itemsize > _WIDEST):
        raise ColumnError(f"extras.{name}: type {str(kind)[:40]} is not that of numbers, flags or text")


def listed(array: NDArray[Any]) -> list[Any]:
    """Return plain lists with None for NaN, and for float32 the shortest numbers that read back the same.

    >>> listed(np.array([[0.1, np.nan], [np.inf, 2.0]], np.float32))
    [[0.1, None], ['inf', 2.0]]
    """
    if array.dtype.kind != "f":
        plain: list[Any] = array.tolist()
        return plain
    flat = array.ravel()
    cells = (_shortest(flat) if array.dtype == np.float32 else flat.astype(np.float64)).astype(object)
    if not np.isfinite(flat).all():
        cells[np.isnan(flat)] = None
        for infinity in _INFINITIES:
            cells[flat == float(infinity)] = infinity
    nested: list[Any] = cells.reshape(array.shape).tolist()
    return nested


def column_of(name: str, kind: str, shape: Sequence[int] | None, values: list[Any]) -> NDArray[Any]:
    """Return the column of extras that `listed` made values of; text is as wide as its longest.

    Args:
        name: what messages call it.
        kind: the NumPy dtype, as text.
        shape: of one value; None or empty: as the values tell.
        values: one a row.

    Raises:
        ColumnError: the values do not fit, or the type is not that of numbers, flags or text.
    """
    try:
        dtype = np.dtype(kind)
        check_kind(name, dtype)
        with np.errstate(over="raise"):
            column = np.array(values, dtype=np.dtype(str) if dtype.kind == "U" else dtype)
        return column.reshape(len(values), *(shape or column.shape[1:]))
    except ColumnError:
        raise
    except (ValueError, TypeError, ArithmeticError, SyntaxError) as error:  # NumPy's own of a type such as ","
        raise ColumnError(f"extras.{name} (type {kind[:40]!r}): {error}") from error


def _shortest(flat: NDArray[np.float32]) -> NDArray[np.float64]:
    """The shortest decimal numbers that are the same in float32: what `str` gives, in a tenth of the time."""
    exact = flat.astype(np.float64)
    found = np.full(len(flat), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        exponents = np.floor(np.log10(np.abs(exact)))
    low, high = _EXPONENTS
    rest = np.flatnonzero((exponents >= low) & (exponents <= high))
    for digits in _DIGITS:
        powers = _POWERS[digits - 1 - exponents[rest].astype(np.intp)]
        rounded = np.rint(exact[rest] * powers) / powers
        same = rounded.astype(np.float32) == flat[rest]
        found[rest[same]] = rounded[same]
        rest = rest[~same]
    odd = np.isnan(found)  # very large or small, zero, or no number
    found[odd] = flat[odd].astype("U32").astype(np.float64)
    return found
