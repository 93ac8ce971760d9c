"""A recording written to a file, in the form that the file's name asks for."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from leed.errors import OptionError

if TYPE_CHECKING:
    from leed.schema.recording import Recording

ENDINGS = (".jsonl", ".json", ".parquet")


def write(recording: Recording, path: str | os.PathLike[str]) -> None:
    """Write a recording to a file; a file that is there is replaced once all is written.

    Raises:
        OptionError: the name ends in none of ENDINGS.
        ColumnError: a track has an extra that is neither numbers nor flags nor text.
        MissingPackageError: for Parquet, pyarrow is not installed.
    """
    name = os.fsdecode(os.fspath(path))
    ending = os.path.splitext(name)[1].casefold()
    if ending not in ENDINGS:
        raise OptionError(f"{name}: a recording is written to a name that ends in {', '.join(ENDINGS)}")
    with replacing(name) as part:
        if ending == ".parquet":
            table = recording.to_table()
            from pyarrow import parquet  # noqa: PLC0415 - optional

            parquet.write_table(table, part)
            return
        with open(part, "wb") as file:
            file.writelines(recording.to_json_lines() if ending == ".jsonl" else [recording.to_json()])


@contextmanager
def replacing(path: str) -> Generator[str]:
    """Give a name beside a path; what was written there stands under the path once all has gone well.

    So a failure leaves what was there, and a file may be read while it is written anew.
    """
    part = f"{path}.{os.getpid()}.part"
    try:
        yield part
        os.replace(part, path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) if error.filename == part else error from error
    finally:
        if os.path.exists(part):
            os.remove(part)
