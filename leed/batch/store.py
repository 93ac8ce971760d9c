"""The folder of a data set, here or wherever fsspec reaches: files that stand in it whole, or not at all."""

from __future__ import annotations

import json
import os
import posixpath
import uuid
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import IO, Any, Final, TypeVar

from leed.batch.filesystems import below, filesystem, hopeless, is_local, patiently, reason
from leed.batch.inputs import OWN
from leed.errors import LeedError, OutputError

MANIFEST: Final = f"{OWN}/manifest.json"
_RECORDS: Final = f"{OWN}/files"
_LOCK: Final = f"{OWN}/lock"

Result = TypeVar("Result")


class Store:
    """A data set's folder."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._files, self._folder = filesystem(url)

    @property
    def address(self) -> str:
        """What it is called wherever the work is done, whichever folder that is in."""
        return self._folder if self.is_local else self.url

    @property
    def is_local(self) -> bool:
        """Whether it lies on a disk of this machine."""
        return is_local(self._files)

    def holds(self, url: str) -> bool:
        """Return whether a file lies in the folder."""
        files, path = filesystem(url)
        return type(files) is type(self._files) and path.startswith(self.path(""))

    def path(self, place: str) -> str:
        """Return what the file system calls a place."""
        return posixpath.join(self._folder, place)

    # --- files

    def places(self) -> set[str]:
        """Return where there are files, hidden ones too."""

        def lost(_: str, error: Exception) -> None:
            raise error

        begin = len(self._folder.rstrip("/")) + 1
        with self.told("listed"):
            self._files.invalidate_cache()
            try:
                found = below(self._files, self._folder, lost)
            except FileNotFoundError:
                return set()
        return {path[begin:] for path in found} - {_LOCK}

    def read(self, place: str) -> bytes | None:
        """Return what a file holds; None if there is none."""

        def read() -> bytes | None:
            try:
                return bytes(self._files.cat_file(self.path(place)))
            except FileNotFoundError:
                return None

        return self._patiently("read", read)

    def put(self, place: str, data: bytes) -> None:
        """Write a small file."""

        def put() -> None:
            name = self.beside(place)
            with self.opened(name) as file:
                file.write(data)
            self.move(name, place)

        self._patiently("written", put)

    def beside(self, place: str) -> str:
        """Return a hidden place beside another one, to write what is to stand there."""
        folder, name = posixpath.split(place)
        return posixpath.join(folder, f".{name}.{uuid.uuid4().hex[:8]}")

    def opened(self, place: str) -> IO[bytes]:
        """Return a new file, open for writing.

        Raises:
            OutputError: there can be none.
        """

        def opened() -> IO[bytes]:
            path = self.path(place)
            self._files.makedirs(posixpath.dirname(path), exist_ok=True)
            if self.is_local:
                return open(path, "wb")
            file: IO[bytes] = self._files.open(path, "wb")
            return file

        return self._patiently("written", opened)

    def move(self, place: str, other: str) -> None:
        """Put a file in the place of another, or where there is none.

        Raises:
            OutputError: that cannot be done.
        """
        if self.is_local:
            with self.told("written"):
                os.replace(self.path(place), self.path(other))
            return
        self._patiently("written", lambda: self._files.cp_file(self.path(place), self.path(other)))
        self.remove(place)

    def remove(self, place: str) -> None:
        """Take a file away, if it is there."""

        def remove() -> None:
            try:
                self._files.rm_file(self.path(place))
            except FileNotFoundError:
                return

        self._patiently("removed", remove)

    # --- records of files that are done

    def record(self, digest: str) -> str:
        """Return where the record of an input stands."""
        return f"{_RECORDS}/{digest}.json"

    def records(self, places: set[str]) -> dict[str, dict[str, Any]]:
        """Return the records of inputs, by digest; of those of whose parts one is missing, none."""
        found = {}
        for place in sorted(places):
            folder, name = posixpath.split(place)
            if folder != _RECORDS or name.startswith("."):
                continue
            try:
                record = json.loads(self.read(place) or b"")
                whole = places.issuperset(record["parts"])
            except (ValueError, KeyError, TypeError):  # one that is damaged: the file is done again
                continue
            if whole:
                found[name.removesuffix(".json")] = record
        return found

    # --- errors

    @contextmanager
    def told(self, done: str) -> Generator[None]:
        """Say of an error that it is about the data set.

        Raises:
            OutputError: whatever went wrong.
        """
        try:
            yield
        except LeedError:
            raise
        except Exception as error:  # an object store's client may raise anything
            raise OutputError(f"{self.url}: cannot be {done}: {reason(error)}", hopeless=hopeless(error)) from error

    def _patiently(self, done: str, do: Callable[[], Result]) -> Result:
        def told() -> Result:
            with self.told(done):
                return do()

        return patiently(told)

    def locked(self) -> AbstractContextManager[object]:
        """Keep other runs away for a while; on a disk of this machine only: object stores have no locks.

        Raises:
            OutputError: another run has it, or there can be no such folder.
        """
        return self._locked() if self.is_local else nullcontext()

    @contextmanager
    def _locked(self) -> Generator[None]:
        import filelock  # noqa: PLC0415 - an extra

        with self.told("written"):
            os.makedirs(self.path(OWN), exist_ok=True)
        lock = filelock.FileLock(self.path(_LOCK), blocking=False)
        try:
            with self.told("written"):
                lock.acquire()
        except OutputError as error:
            if isinstance(error.__cause__, filelock.Timeout):
                raise OutputError(f"{self.url}: another run writes this data set; wait for it, or stop it") from error
            raise
        try:
            yield
        finally:
            lock.release()
