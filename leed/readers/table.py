"""A table with a column for each label: CSV, or text parted by tabs or semicolons.

::

    clip,speaker,begin,end,Joy,Sadness
    a.wav,Ben,0.0,1.5,0.84,0.02

Quantity: as the labels and numbers tell; rows that sum to 1 are probabilities of exclusive classes. A column is a label
if leed knows its name. Beside known ones, a column that nobody knows is a label too if its cells are shares between 0
and 1; other columns of numbers are kept as extras. Columns such as begin, end, text, speaker, modality and source say
the rest of a row. Source: exports of many programs.
"""

from __future__ import annotations

import csv
import io
import math
import re
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from leed.errors import DamagedInputError, UnknownFormatError
from leed.float32 import float32
from leed.readers import GENERIC, NEAR, NOT_THIS, Guess, Reader
from leed.readers.about import About, field_of
from leed.readers.columns import numbers
from leed.readers.content import Content
from leed.readers.rows import Rows
from leed.schema.recording import Recording
from leed.schema.terms import Issue
from leed.taxonomy import concept_of

_DELIMITERS = ",\t;|"
_NO_LABEL = re.compile(r"confidence|probability|_?\d+$", re.IGNORECASE)  # shares that are no scores; parts of a vector
_SAMPLE = 20
_FEW = 2


def recognise(content: Content) -> Guess:
    """Return whether the first line names at least one known label, among other columns."""
    if content.kind != "text":
        return NOT_THIS
    head = content.head.decode("utf-8", "replace").lstrip()
    delimiter = _delimiter(head.partition("\n")[0])
    try:
        sample = list(islice(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), _SAMPLE))
    except csv.Error:
        return NOT_THIS
    header = sample[0] if sample else []
    known = [name for name in header if _is_label(name)]
    if known and (len(header) > 1 or len(sample) > 1):
        return Guess(GENERIC)
    if len(header) > _FEW and any(_numeric(cell) for row in sample[1:] for cell in row):
        shown = ", ".join(name[:30] for name in header[:5])
        return Guess(
            NEAR,
            f"is a table, but none of its columns ({shown}, ...) is a label that leed knows; "
            "if they are labels of your own, say so with format 'table'",
        )
    return NOT_THIS


def read(content: Content) -> Recording:
    """Return a recording with a track for each source, speaker and modality that the columns name."""
    text = content.text.lstrip()
    if not text:
        raise UnknownFormatError(f"{content.shown}: is empty; expected a table with a column for each label")
    delimiter = _delimiter(text.partition("\n")[0])
    records = _records(content, text, delimiter)
    header = [name.strip() for name in next(records, [])]
    table = [row for row in records if any(cell.strip() for cell in row)]
    rows = Rows()
    labels, extras = _columns(header, table, delimiter, rows.issues)
    if not labels:
        raise UnknownFormatError(
            f"{content.shown}: none of the {len(header)} columns holds scores; expected a column for each label"
        )
    fields = {i: field for i, name in enumerate(header) if (field := field_of(name)) and header[i] not in labels}
    short = 0
    bad: dict[str, int] = {}
    for record in table:
        short += len(record) < len(header)
        cells = {name: record[i] if i < len(record) else "" for name, i in labels.items()}
        scores = {name: _number(cell, delimiter) for name, cell in cells.items()}
        for name, value in scores.items():
            if math.isnan(value) and not _missing(cells[name]):
                bad[name] = bad.get(name, 0) + 1
        said = {field: record[i] for i, field in fields.items() if i < len(record) and record[i].strip()}
        rows.add(scores, About(said, source=content.name))
    for name, count in bad.items():
        rows.issues.append(Issue("unreadable-score", f"column {name!r}: {count} cells are no finite number"))
    if short:
        rows.issues.append(
            Issue("short-rows", f"{short} rows have fewer cells than the header; the rest counts as empty")
        )
    recording = rows.recording()
    return _with_extras(recording, extras) if extras and len(recording.tracks) == 1 else recording


def _records(content: Content, text: str, delimiter: str) -> Iterator[list[str]]:
    limit = csv.field_size_limit(sys.maxsize)  # a transcript may be a megabyte
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise DamagedInputError(f"{content.shown}: not a well-formed table: {error}") from error
    finally:
        csv.field_size_limit(limit)


def _columns(
    header: list[str], table: list[list[str]], delimiter: str, issues: list[Issue]
) -> tuple[dict[str, int], dict[str, np.ndarray[Any, Any]]]:
    """The label columns by name, and the columns of other numbers."""
    labels: dict[str, int] = {}
    extras: dict[str, np.ndarray[Any, Any]] = {}
    others = []
    any_known = any(_is_label(name) for name in header)
    for i, name in enumerate(header):
        if not name or name in extras:
            continue
        if name in labels:
            issues.append(Issue("duplicate-label", f"column {name!r} stands twice; the first is read"))
        elif _is_label(name):
            if any(i < len(row) and row[i].strip() for row in table):
                labels[name] = i
        elif field_of(name) is None:
            column = [_number(row[i], delimiter) if i < len(row) else math.nan for row in table]
            known = [v for v in column if not math.isnan(v)]
            if not known:
                continue
            share = all(0 <= v <= 1 for v in known) and any(v != int(v) for v in known)
            if not _NO_LABEL.search(name) and (share or not any_known):
                labels[name] = i
            else:
                extras[name] = numbers(column)
                others.append(name)
    if others:
        shown = ", ".join(others[:5]) + (", ..." if len(others) > 5 else "")  # noqa: PLR2004 - a handful
        issues.append(Issue("not-a-label", f"{len(others)} columns of other numbers are kept as extras: {shown}"))
    return labels, extras


def _with_extras(recording: Recording, extras: dict[str, np.ndarray[Any, Any]]) -> Recording:
    from dataclasses import replace  # noqa: PLC0415 - for this line only

    (track,) = recording.tracks
    return recording.replace(tracks=[replace(track, extras={**extras, **track.extras})])


def _is_label(name: str) -> bool:
    return concept_of(name) is not None and (field_of(name) is None)


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=lambda d: (line.count(d), -_DELIMITERS.index(d)))


def _number(cell: str, delimiter: str) -> float:
    """A cell as a number, or NaN; "0,34" where columns are not parted by commas."""
    text = cell.strip()
    if delimiter != "," and "," in text and "." not in text:
        text = text.replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return math.nan
    return number if math.isfinite(float32(number)) else math.nan


def _numeric(cell: str) -> bool:
    return not math.isnan(_number(cell, ","))


def _missing(cell: str) -> bool:
    return cell.strip().casefold() in ("", "nan", "na", "n/a", "null", "none", "-")


reader = Reader(
    "table", "a table with a column for each label: CSV, tabs, semicolons", "as the labels tell", recognise, read
)
