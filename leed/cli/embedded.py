"""What ``leed embed`` reads beside recordings, and what it writes."""

from __future__ import annotations

import csv
import io
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from leed import plugins
from leed.errors import DamagedInputError, InputError, OptionError
from leed.schema.terms import Description

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from leed.embed import OnceEmbedder

ENDINGS: Final = (".parquet", ".csv", ".npy")
_TEXT: Final = ("source", "modality", "aspect", "granularity", "speaker", "text", "description", "fingerprint")
_TIMES: Final = ("begin", "end")
_FIELDS: Final = (*_TEXT[:5], *_TIMES, *_TEXT[5:])


class Rows:
    """The rows of the table, by column.

    Attributes:
        columns: the fields of each row's description.
        sentences: what is embedded.
    """

    def __init__(self) -> None:
        self.columns: dict[str, list[Any]] = {name: [] for name in _FIELDS}
        self.sentences: list[str] = self.columns["description"]

    def add(self, description: Description) -> None:
        """Add a segment's description."""
        row = description.to_dict()
        for name, column in self.columns.items():
            column.append(row[name])

    def add_text(self, text: str, source: str) -> None:
        """Add a text of the user's own."""
        for name, column in self.columns.items():
            column.append({"source": source, "text": text, "description": text}.get(name))


# --- reading


def texts_of(file: str, column: str | None) -> list[str]:
    """Return the lines of a file that are not blank, or the texts of a column of CSV or Parquet.

    Raises:
        InputError: it has no such column, or one of something else.
        DamagedInputError: it is no text in UTF-8, or no Parquet.
    """
    if column is not None and file.casefold().endswith(".parquet"):
        return _of_parquet(file, column)
    try:
        text = _bytes_of(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DamagedInputError(
            f"{file}: no text in UTF-8 ({error.reason} at byte {error.start}); convert it"
        ) from error
    if column is None:
        return [line for line in text.splitlines() if line.strip()]
    table = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        names = table.fieldnames or ()
        if column not in names:
            raise _no_column(file, column, names)
        return [row[column] or "" for row in table]
    except csv.Error as error:
        raise DamagedInputError(f"{file}: no CSV ({error} in line {table.line_num})") from error


def _bytes_of(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    with open(file, "rb") as stream:
        return stream.read()


def _of_parquet(file: str, column: str) -> list[str]:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        from pyarrow import parquet  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        raise plugins.missing("reading Parquet", error, extra="data") from error
    try:
        names = parquet.read_schema(file).names
        if column not in names:
            raise _no_column(file, column, names)
        texts = parquet.read_table(file, columns=[column])[column].to_pylist()
    except pa.ArrowInvalid as error:
        raise DamagedInputError(f"{file}: no Parquet ({error})") from error
    wrong = next((text for text in texts if text is not None and not isinstance(text, str)), None)
    if wrong is not None:
        raise InputError(f"{file}: the column {column!r} holds {wrong!r}; give one of texts")
    return [text or "" for text in texts]


def _no_column(file: str, column: str, names: Any) -> InputError:  # noqa: ANN401 - a sequence of any kind
    return InputError(f"{file} has no column {column!r}; it has {', '.join(map(repr, names)) or 'none'}")


# --- writing


def check_target(path: str) -> None:
    """Refuse a target that could not be written, before anything is embedded.

    Raises:
        OptionError: its name says nothing of how to write, or its folder is not there.
        MissingPackageError: Parquet needs pyarrow.
    """
    ending = os.path.splitext(path)[1].casefold()
    if ending not in ENDINGS:
        raise OptionError(f"{path}: vectors are written to a name that ends in {', '.join(ENDINGS)}")
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise OptionError(f"{path}: there is no folder {folder}")
    if ending == ".parquet":
        try:
            import_module("pyarrow")
        except ModuleNotFoundError as error:
            raise plugins.missing("writing Parquet", error, extra="data") from error


def write(path: str, rows: Rows, vectors: NDArray[np.float32], embedder: OnceEmbedder) -> None:
    """Write the rows with their vectors, in the form that the file's name asks for."""
    from leed.schema.files import replacing  # noqa: PLC0415 - keeps 'leed --help' fast

    how = {".parquet": _write_parquet, ".csv": _write_csv, ".npy": _write_npy}
    with replacing(path) as part:
        how[os.path.splitext(path)[1].casefold()](part, rows, vectors, embedder)


def _write_npy(part: str, rows: Rows, vectors: NDArray[np.float32], embedder: OnceEmbedder) -> None:  # noqa: ARG001
    import numpy as np  # noqa: PLC0415 - as above

    with open(part, "wb") as file:
        np.save(file, vectors)


def _write_csv(part: str, rows: Rows, vectors: NDArray[np.float32], embedder: OnceEmbedder) -> None:
    with open(part, "w", encoding="utf-8", errors="replace", newline="") as file:
        table = csv.writer(file)
        numbers = [f"embedding.{i}" for i in range(vectors.shape[1])]
        table.writerow([*rows.columns, "embedder", "version", *numbers])
        about = (embedder.name, embedder.version)
        for cells, vector in zip(zip(*rows.columns.values(), strict=True), vectors, strict=True):
            table.writerow([*cells, *about, *map(str, vector)])


def _write_parquet(part: str, rows: Rows, vectors: NDArray[np.float32], embedder: OnceEmbedder) -> None:
    import pyarrow as pa  # noqa: PLC0415 - an extra
    from pyarrow import parquet  # noqa: PLC0415 - an extra

    columns: dict[str, Any] = {}
    for name, values in rows.columns.items():
        if name in _TIMES:
            columns[name] = pa.array(values, pa.float64())
        else:
            columns[name] = pa.array([v if v is None else _whole(v) for v in values], pa.string()).dictionary_encode()
    for name, value in (("embedder", embedder.name), ("version", embedder.version)):
        columns[name] = pa.array([_whole(value)] * len(vectors)).dictionary_encode()
    columns["embedding"] = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1])
    parquet.write_table(pa.table(columns), part)


def _whole(text: str) -> str:
    """Text without halves of characters, which Parquet does not take."""
    return text.encode("utf-8", "replace").decode()
