"""A table with a column for each label: CSV, text parted by tabs or semicolons, or a data frame.

::

    clip,speaker,begin,end,Joy,Sadness
    a.wav,Ben,0.0,1.5,0.84,0.02

Quantity: as the labels and numbers tell; rows that sum to 1 are probabilities of exclusive classes. A column is a label
if leed knows its name. Beside known ones, a column that nobody knows is a label too if its cells are shares between 0
and 1; other columns of numbers are kept as extras. Columns such as begin, end, text, speaker, modality and source say
the rest of a row. Frames are those of pandas (from 2.2), polars, pyarrow and whatever else speaks the Arrow PyCapsule
interface; they need the extra ``data``, as do large files to be read fast. Source: exports of many programs.
"""

from __future__ import annotations

import numpy as np

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, GENERIC, NEAR, NOT_THIS, Guess, Reader
from leed.readers.about import field_of
from leed.readers.arrow import read_table
from leed.readers.content import Content
from leed.readers.delimited import header, sample_of, sheet_of
from leed.readers.parquet import read as read_parquet
from leed.readers.sheet import number_in
from leed.readers.tabular import recording_of, tells, unknown
from leed.schema.recording import Recording
from leed.schema.tables import is_recording

_FEW = 2
_TIMES = {"begin", "begin_ms", "end", "end_ms", "confidence"}


def recognise(content: Content) -> Guess:
    """Return whether the first line, or the frame, names at least one known label, among other columns."""
    if content.kind == "frame":
        return _frame(content)
    found = header(content) if content.kind == "text" else None
    if found is None:
        return NOT_THIS
    sample = sample_of(content, found)
    if any(map(tells, found.names)) and (len(found.names) > 1 or sample):
        return Guess(GENERIC)
    numeric = any(np.isfinite(number_in(cell, comma=False)) for row in sample for cell in row)
    return Guess(NEAR, unknown(found.names, "table")) if len(found.names) > _FEW and numeric else NOT_THIS


def _frame(content: Content) -> Guess:
    table = content.table
    if is_recording(table.schema):
        return Guess(CERTAIN)
    if any(map(tells, table.column_names)):
        return Guess(GENERIC)
    return Guess(NEAR, unknown(table.column_names, "table"))


def read(content: Content) -> Recording:
    """Return a recording with a track for each source, speaker and modality that the columns name."""
    if content.kind == "frame":
        return read_table(content.table, shown=content.shown, source=None)
    if content.kind == "Parquet":
        return read_parquet(content)
    found = header(content)
    if found is None:
        raise UnknownFormatError(f"{content.shown}: is empty; expected a table with a column for each label")
    return recording_of(sheet_of(content, found, numeric=_numeric), shown=content.shown, source=content.name)


def _numeric(name: str) -> bool:
    """Whether a column may hold numbers: whatever says in words who, where or what may not."""
    field = field_of(name)
    return field is None or field in _TIMES


reader = Reader(
    "table",
    "a table with a column for each label: CSV, tabs, semicolons, data frames",
    "as the labels tell",
    recognise,
    read,
)
