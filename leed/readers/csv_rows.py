"""Rows of text parted by commas and the like, as the csv module reads them; hostile ones are an error of leed's."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator

from leed.errors import DamagedInputError, InputError

MOST_COLUMNS = 1 << 14
"""How many columns a table may have: as many as a spreadsheet."""
_FREE = 1 << 22  # cells that a table may have in any case
_RATIO = 16
"""How many cells a table may have for each of its bytes; a whole row has at most one for each."""


def rows_of(
    lines: Iterable[str], *, shown: str, size: int, delimiter: str = ",", width: int | None = None
) -> Iterator[list[str]]:
    """Return the cells of each row.

    Args:
        lines: the text.
        shown: what messages call the input.
        size: how many bytes it has: rows far shorter than the header would be filled up to many more cells.
        delimiter: what parts the cells.
        width: how many columns there are, if the first row does not tell.

    Raises:
        DamagedInputError: it is no table.
        InputError: it has more columns, or far more columns than cells, than any table of scores.
    """
    limit = csv.field_size_limit(sys.maxsize)  # a transcript may be a megabyte
    left = max(_FREE, _RATIO * size)
    try:
        for row in csv.reader(lines, delimiter=delimiter):
            if width is None:
                width = len(row)
                check_width(width, shown)
            left -= width
            if left < 0:
                what = "whose rows have hardly any cells; fill them, or leave the columns out"
                raise InputError(f"{shown}: is a table of {width} columns {what}")
            yield row
    except csv.Error as error:
        raise DamagedInputError(f"{shown}: not a well-formed table: {error}") from error
    finally:
        csv.field_size_limit(limit)


def check_width(width: int, shown: str) -> None:
    """Raise an InputError if there are more columns than in any table of scores."""
    if width > MOST_COLUMNS:
        raise InputError(f"{shown}: is a table of {width} columns; no more than {MOST_COLUMNS} are read")
