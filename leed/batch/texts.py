"""Texts of people's own: the lines of a file, or a column of a table."""

from __future__ import annotations

import csv
import io
import sys
from typing import Any

from leed import plugins
from leed.batch.fetching import at_hand
from leed.batch.sources import STDIN
from leed.errors import DamagedInputError, InputError


def texts_of(source: str, column: str | None) -> list[str]:
    """Return the lines of a file that are not blank, or the texts of a column of CSV or Parquet.

    Raises:
        InputError: it has no such column, or one of something else.
        DamagedInputError: it is no text in UTF-8, or no Parquet.
    """
    if column is not None and source.casefold().endswith(".parquet"):
        return _of_parquet(source, column)
    try:
        text = _bytes_of(source).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DamagedInputError(
            f"{source}: no text in UTF-8 ({error.reason} at byte {error.start}); convert it"
        ) from error
    if column is None:
        return [line for line in text.splitlines() if line.strip()]
    table = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        names = table.fieldnames or ()
        if column not in names:
            raise _no_column(source, column, names)
        return [row[column] or "" for row in table]
    except csv.Error as error:
        raise DamagedInputError(f"{source}: no CSV ({error} in line {table.line_num})") from error


def _bytes_of(source: str) -> bytes:
    if source == STDIN:
        return sys.stdin.buffer.read()
    with at_hand(source) as path, open(path, "rb") as stream:
        return stream.read()


def _of_parquet(source: str, column: str) -> list[str]:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        from pyarrow import parquet  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        raise plugins.missing("reading Parquet", error, extra="data") from error
    try:
        with at_hand(source) as path, parquet.ParquetFile(path) as file:
            names = file.schema_arrow.names
            if column not in names:
                raise _no_column(source, column, names)
            texts = file.read(columns=[column])[column].to_pylist()
    except pa.ArrowInvalid as error:
        raise DamagedInputError(f"{source}: no Parquet ({error})") from error
    wrong = next((text for text in texts if text is not None and not isinstance(text, str)), None)
    if wrong is not None:
        raise InputError(f"{source}: the column {column!r} holds {wrong!r}; give one of texts")
    return [text or "" for text in texts]


def _no_column(source: str, column: str, names: Any) -> InputError:  # noqa: ANN401 - a sequence of any kind
    return InputError(f"{source} has no column {column!r}; it has {', '.join(map(repr, names)) or 'none'}")
