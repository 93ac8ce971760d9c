"""Rows of large JSON below wrappers, by column, or with their cells apart: decoded some at a time, as bare ones are.

What stands around the rows is gone through as `leed.readers.nesting` does. Where they are not all alike, or there are
several lists of them, nothing comes out, and the whole has to be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from leed.readers.long_lists import LongList
from leed.readers.nesting import Nest, Pairs, Row, Table
from leed.readers.row_pieces import Piece, pieces_of_list, pieces_of_table
from leed.readers.row_stream import streamed_from
from leed.schema.recording import Recording
from leed.schema.terms import Issue

_MOST_OPEN = 200  # lists that are gone through side by side, in a file each


def recording_below(
    plain: Any,  # noqa: ANN401 - whatever the JSON holds
    pairs_of: Callable[[Mapping[Any, Any]], Pairs],
    source: str | None,
) -> Recording | None:
    """Return the recording of rows that are all of one shape, and are all there is; else None.

    Args:
        plain: the whole, with long lists that lie in a file.
        pairs_of: as `Nest` has it.
        source: what rows belong to that name no source.

    Raises:
        InputError: it cannot be read.
    """
    found: list[tuple[Any, Row, list[Issue]]] = []

    def aside(value: Any, around: Row) -> bool:  # noqa: ANN401 - a list or table
        streamed = _is_streamed(value)
        if streamed:
            found.append((value, around, nest.notes.issues()))
        return streamed

    if isinstance(plain, LongList) and plain.is_flat:
        return None  # rows that were tried already
    nest = Nest(pairs_of, aside)
    if next(nest.rows(plain), None) is not None or len(found) != 1:
        return None
    value, around, noted = found[0]
    if nest.notes.issues() != noted:  # behind the rows, and so behind what there is to note of them
        return None
    rows = streamed_from(lambda: _pieces(value))
    if rows is None or not rows.stand_in(around, nest.notes):
        return None
    return rows.recording(source)


def _is_streamed(value: Any) -> bool:  # noqa: ANN401 - a list or table
    if isinstance(value, LongList):
        return value.is_flat
    if not isinstance(value, Table) or value.index is not None or value.twice:
        return False
    lists = [column for column in value.columns if isinstance(column, LongList)]
    if any(isinstance(column, Mapping) for column in value.columns) or len(lists) > _MOST_OPEN:
        return False
    return not lists or lists[0].is_seekable


def _pieces(value: LongList | Table) -> Iterator[Piece]:
    return pieces_of_list(value) if isinstance(value, LongList) else pieces_of_table(value)
