"""Vectors kept on disk: by what was embedded, by what, and never wrong ones.

A SQLite file in WAL mode, which several processes may read and write at a time. It holds no text: a key is a digest of
the embedder's name and version and the text, so that models, versions and sizes never mix. Beside each vector stands a
checksum.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
import time
import zlib
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from leed.embed.protocol import Embedder
from leed.errors import CacheError

_APPLICATION: Final = int.from_bytes(b"leed")
_FORMAT: Final = 1
_PAUSE: Final = 0.01  # seconds between two tries
_AT_A_TIME: Final = 500  # SQLite before 3.32 takes 999 values in a statement
_TABLE: Final = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"


@dataclass(frozen=True)
class Cache:
    """Vectors in a file, which is made when the first ones are kept.

    Attributes:
        path: where the file lies.
        patience: seconds to wait while other processes write.
    """

    path: str
    patience: float = 60.0

    def keys(self, embedder: Embedder, texts: Iterable[str]) -> list[bytes]:
        """Return what vectors of these texts are kept under."""
        start = hashlib.sha256()
        for part in (embedder.name, embedder.version):
            data = part.encode(errors="surrogatepass")
            start.update(len(data).to_bytes(8) + data)
        keys = []
        for text in texts:
            digest = start.copy()
            digest.update(text.encode(errors="surrogatepass"))
            keys.append(digest.digest())
        return keys

    def find(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """Return the vectors that are there; no file is made for it.

        Raises:
            CacheError: the file is damaged, or no cache.
        """
        if not os.path.exists(self.path):
            return {}
        with self.opened() as kept:
            return kept.find(keys)

    def __len__(self) -> int:
        """Return how many vectors there are."""
        if not os.path.exists(self.path):
            return 0
        with self.opened() as kept:
            return len(kept)

    def __bool__(self) -> bool:
        return True

    @contextmanager
    def opened(self) -> Generator[Kept]:
        """Open the file for one run: a connection suits neither another thread nor a forked process.

        Raises:
            CacheError: the file is damaged, or no cache.
        """
        with _told(self.path):
            os.makedirs(os.path.dirname(os.path.abspath(self.path)), mode=0o700, exist_ok=True)
            file = sqlite3.connect(self.path, timeout=self.patience, isolation_level=None)
        with closing(file):
            with _told(self.path):
                self._prepare(file)
            yield Kept(self.path, file)

    def _prepare(self, file: sqlite3.Connection) -> None:
        # Safe from a process that dies; the last vectors may be lost to a failure of power, and the file is not.
        file.execute("PRAGMA synchronous=NORMAL")
        (application,) = file.execute("PRAGMA application_id").fetchone()
        (version,) = file.execute("PRAGMA user_version").fetchone()
        if (application, version) == (_APPLICATION, _FORMAT):
            return
        if application == _APPLICATION:
            raise CacheError(f"the cache {self.path} is of another version of leed; name another file")
        self._write_ahead(file)
        with file:
            file.execute("BEGIN IMMEDIATE")
            tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            if tables not in ([], ["vectors"]):
                raise CacheError(f"{self.path} is a database of something else; name another file for the cache")
            file.execute(_TABLE)
            file.execute(f"PRAGMA application_id={_APPLICATION}")
            file.execute(f"PRAGMA user_version={_FORMAT}")

    def _write_ahead(self, file: sqlite3.Connection) -> None:
        """Switch a new file to WAL mode; SQLite waits for others in all it does but this."""
        end = time.monotonic() + self.patience
        while True:
            try:
                file.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                    raise
                time.sleep(_PAUSE)
            else:
                return


class Kept:
    """An open cache."""

    def __init__(self, path: str, file: sqlite3.Connection) -> None:
        self._path = path
        self._file = file

    def __len__(self) -> int:
        with _told(self._path):
            return int(self._file.execute("SELECT count(*) FROM vectors").fetchone()[0])

    def find(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """Return the vectors that are there."""
        found: dict[bytes, NDArray[np.float32]] = {}
        for start in range(0, len(keys), _AT_A_TIME):
            some = keys[start : start + _AT_A_TIME]
            marks = ",".join("?" * len(some))
            with _told(self._path):
                rows = self._file.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", some)  # noqa: S608
                found.update((key, _vector(key, packed)) for key, packed in rows)
        return found

    def keep(self, keys: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
        """Keep vectors, all or none of them."""
        rows = [(key, _packed(key, vector)) for key, vector in zip(keys, vectors, strict=True)]
        with _told(self._path), self._file:
            self._file.execute("BEGIN IMMEDIATE")
            self._file.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)


@contextmanager
def _told(path: str) -> Generator[None]:
    """Say of an error which file it is about, and what to do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise CacheError(f"the cache {path} cannot be used: {error}") from error
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # what SQLite says may hold damaged text itself
        raise CacheError(f"the cache {path} is damaged ({error}); remove it, or name another file") from error
    except OSError as error:
        raise CacheError(f"the cache {path} cannot be used: {error.strerror or error}") from error


def _vector(key: bytes, packed: object) -> NDArray[np.float32]:
    if not isinstance(packed, bytes) or len(packed) % 4 or packed[:4] != _checksum(key, packed[4:]):
        raise sqlite3.DatabaseError("a vector is not what was written")
    return np.frombuffer(packed, "<f4", offset=4).astype(np.float32)


def _packed(key: bytes, vector: NDArray[np.float32]) -> bytes:
    data = vector.astype("<f4").tobytes()
    return _checksum(key, data) + data


def _checksum(key: bytes, data: bytes) -> bytes:
    return zlib.crc32(data, zlib.crc32(key)).to_bytes(4)


def default_path() -> str:
    """Return where vectors are kept if no file is named: LEED_CACHE_DIR, else where the system keeps such things."""
    folder = os.environ.get("LEED_CACHE_DIR") or os.path.join(_caches(), "leed")
    return os.path.join(folder, "embeddings.sqlite")


def _caches() -> str:
    """The user's folder for caches, as the XDG specification, Apple and Microsoft have it."""
    if sys.platform == "win32":
        return os.environ.get("LOCALAPPDATA") or os.path.expanduser(r"~\AppData\Local")
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Caches")
    chosen = os.environ.get("XDG_CACHE_HOME", "")
    return chosen if os.path.isabs(chosen) else os.path.expanduser("~/.cache")
