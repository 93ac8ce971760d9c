"""A table with a column, or a row, for each label: CSV, text parted by tabs or semicolons, or a data frame.

::

    clip,speaker,begin,end,Joy,Sadness
    a.wav,Ben,0.0,1.5,0.84,0.02

or with a row for each label, which may stand in any order::

    time,speaker,label,score
    0.0,Ben,Joy,0.84
    0.0,Ben,Sadness,0.02

Quantity: as the labels and numbers tell; rows that sum to 1 are probabilities of exclusive classes. A column is a label
if leed knows its name. Beside known ones, a column that nobody knows is a label too if its cells are shares between 0
and 1; other columns of numbers are kept as extras. Columns such as begin, end, text, speaker, modality and source say
the rest of a row. A table all of whose labels are unknown is one of scores if it says when and who, and all its other
numbers are shares; age, gender and the like alone make none. Frames are those of pandas (from 2.2), polars, pyarrow and
whatever else speaks the Arrow PyCapsule interface; they need the extra ``data``, as do large files to be read fast.
Source: exports of many programs.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, GENERIC, NEAR, NOT_THIS, Guess, Reader
from leed.readers.arrow import ArrowTable, read_table
from leed.readers.content import Content
from leed.readers.delimited import Delimited, header
from leed.readers.long import is_long
from leed.readers.parquet import read as read_parquet
from leed.readers.roles import holds_scores, holds_shares, tells, unknown
from leed.readers.tabular import has_parts, parts_of, recording_of
from leed.schema.recording import Recording
from leed.schema.tables import is_recording

_FEW = 2
_IN_PARTS = 1 << 23
"""Text of more bytes is given in parts where that is asked for; the scores of less take 4 MiB."""


def recognise(content: Content) -> Guess:
    """Return whether the first line, or the frame, names a label that leed knows, or the first rows hold shares."""
    if content.kind == "frame":
        return _frame(content)
    found = header(content) if content.kind == "text" else None
    if found is None:
        return NOT_THIS
    table = Delimited(content, found)
    if any(map(tells, found.names)) and (len(found.names) > 1 or table.sample):
        return Guess(GENERIC)
    columns = table.sampled()
    if is_long(found.names, columns) or holds_shares(found.names, columns):
        return Guess(GENERIC)
    numeric = any(np.isfinite(column.numbers().values).any() for column in columns.values())
    return Guess(NEAR, unknown(found.names, "table")) if len(found.names) > _FEW and numeric else NOT_THIS


def _frame(content: Content) -> Guess:
    frame = content.table
    if is_recording(frame.schema):
        return Guess(CERTAIN)
    table = ArrowTable(frame)
    return Guess(GENERIC) if holds_scores(table) else Guess(NEAR, unknown(table.names, "table"))


def read(content: Content) -> Recording:
    """Return a recording with a track for each source, speaker and modality that the columns name."""
    if content.kind == "frame":
        return read_table(content.table, shown=content.shown, source=None)
    if content.kind == "Parquet":
        return read_parquet(content)
    found = header(content)
    if found is None:
        what = "is a directory; give a file in it" if content.is_folder else "is empty"
        raise UnknownFormatError(f"{content.shown}: {what}; expected a table with a column for each label")
    return recording_of(Delimited(content, found), shown=content.shown, source=content.name)


def parts(content: Content) -> Iterator[Recording] | None:
    """Return the recording in parts of bounded size, or None if it is small, or no text."""
    found = header(content) if content.kind == "text" and content.size > _IN_PARTS else None
    if found is None or not has_parts(found.names):
        return None
    return parts_of(Delimited(content, found), shown=content.shown, source=content.name)


reader = Reader(
    "table",
    "a table with a column or row for each label: CSV, tabs, semicolons, data frames",
    "as the labels tell",
    recognise,
    read,
    parts,
)
