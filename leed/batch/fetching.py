"""An input as a file on this machine, wherever it lies."""

from __future__ import annotations

import os
import posixpath
import tempfile
from collections.abc import Generator
from contextlib import contextmanager

from leed.batch.filesystems import filesystem, is_local, patiently, reason
from leed.batch.inputs import Input
from leed.errors import InputError, LeedError


@contextmanager
def at_hand(source: str) -> Generator[str]:
    """Give the path of an address: a path as it is, and what a URL names once it is fetched.

    Raises:
        InputError: it cannot be fetched.
    """
    if "://" not in source:
        yield source
        return
    with fetched(Input(source, None, "")) as path:
        yield path


@contextmanager
def fetched(entry: Input) -> Generator[str]:
    """Give the path of an input; one that lies elsewhere is fetched into a temporary folder, whole, in one go.

    Raises:
        InputError: it cannot be fetched, or not all of it comes, several times.
    """
    files, path = filesystem(entry.url)
    if is_local(files):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="leed-") as folder:
        target = os.path.join(folder, posixpath.basename(path.rstrip("/")) or "input")

        def fetch() -> None:
            try:
                files.get_file(path, target)
                _check(entry, os.path.getsize(target))
            except LeedError:
                raise
            except Exception as error:  # an object store's client may raise anything
                raise InputError(f"{entry.url}: cannot be read: {reason(error)}") from error

        patiently(fetch)
        try:
            yield target
        except InputError as error:  # it is called by its own name
            raise type(error)(str(error).replace(target, entry.url)) from error


def _check(entry: Input, came: int) -> None:
    if entry.size is not None and came != entry.size:
        raise OSError(f"{came} of {entry.size} bytes came")
