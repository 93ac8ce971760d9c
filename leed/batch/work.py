"""One file's share of the work: read, described and written, all of it or nothing.

What comes out of a file are parts, one for each set of labels in it::

    OUT/modality=face/labels=hume-48/part-<digest of the address>.parquet

They are written beside their places under names that begin with a dot, and renamed. A record of the file, under
``OUT/_leed/``, is written last: a file without one is done anew, and its parts replaced. So a data set that was stopped
at any moment and gone on with is that of one that was not.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import uuid
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from leed.batch.inputs import Input, filesystem
from leed.batch.rows import VERSION, arrow, batches_of, describe_batch, told_of
from leed.errors import LeedError
from leed.readers import read_parts

if TYPE_CHECKING:
    import pyarrow as pa

    from leed.describer import Describer

RECORDS: Final = "_leed"
_VERSION: Final = "part/1"
_PLAIN: Final = ("begin", "end", "text", "scores")  # columns whose values hardly repeat


@dataclass(frozen=True)
class Share:
    """What came of one file.

    Attributes:
        url: the file.
        rows: how many segments were written.
        parts: where, below the data set's folder.
        issues: what was odd in it, by code.
        error: why nothing was written, or None.
    """

    url: str
    rows: int = 0
    parts: tuple[str, ...] = ()
    issues: dict[str, int] = field(default_factory=dict)
    error: str | None = None


class Worker:
    """Does one file after the other; holds the describer."""

    def __init__(self, out: str, describer: Describer) -> None:
        self._files, self._folder = filesystem(out)
        self._describer = describer

    def __call__(self, entry: Input) -> Share:
        """Return what came of a file; its parts and its record are in place then. A bad file is an error in it."""
        try:
            return self._done(entry)
        except LeedError as error:
            return Share(entry.url, error=" ".join(str(error).split()))
        except OSError as error:
            return Share(entry.url, error=f"{entry.url}: {error.strerror or error}")

    def is_done(self, entry: Input) -> Share | None:
        """Return what came of a file before, if it is the same file still, described by the same data."""
        path = self._record(entry)
        try:
            found = json.loads(self._files.cat_file(path))
        except (FileNotFoundError, ValueError):
            return None
        if found.pop("identity", None) != self._identity(entry):
            return None
        share = Share(**{**found, "parts": tuple(found["parts"])})
        return share if all(self._files.exists(posixpath.join(self._folder, part)) for part in share.parts) else None

    def _done(self, entry: Input) -> Share:
        issues: dict[str, int] = {}
        with _Parts(self._files, self._folder, entry.digest) as parts:
            for recording in read_parts(_opened(entry.url)):
                for issue in recording.issues:
                    issues[issue.code] = issues.get(issue.code, 0) + 1
                for batch in batches_of(recording):
                    parts.write(describe_batch(batch, self._describer))
            share = Share(entry.url, parts.rows, parts.named(), issues)
        record = {**asdict(share), "parts": list(share.parts), "identity": self._identity(entry)}
        _put(self._files, self._record(entry), json.dumps(record).encode())
        return share

    def _record(self, entry: Input) -> str:
        return posixpath.join(self._folder, RECORDS, f"{entry.digest}.json")

    def _identity(self, entry: Input) -> list[str]:
        return [VERSION, _VERSION, str(entry.size), entry.stamp, self._describer.fingerprint]


class _Parts:
    """The parts of one file, written under names of their own; put into place at the end, or not at all."""

    def __init__(self, files: Any, folder: str, digest: str) -> None:  # noqa: ANN401 - any of fsspec's
        self._files = files
        self._folder = folder
        self._digest = digest
        self._open: dict[str, tuple[Any, Any, str]] = {}  # by place: the file, its writer, its name for now
        self.rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self._settle()
        finally:
            for file, _, name in self._open.values():
                file.close()
                if self._files.exists(name):
                    self._files.rm_file(name)

    def named(self) -> tuple[str, ...]:
        """Return where the parts will stand, below the folder."""
        return tuple(sorted(self._open))

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows to the part that they belong to."""
        place = f"{_partition(batch)}/part-{self._digest}.parquet"
        if place not in self._open:
            self._open[place] = self._begun(place, batch)
        self._open[place][1].write_batch(batch)
        self.rows += batch.num_rows

    def _begun(self, place: str, batch: pa.RecordBatch) -> tuple[Any, Any, str]:
        arrow()
        from pyarrow import parquet  # noqa: PLC0415 - optional

        path = posixpath.join(self._folder, place)
        name = posixpath.join(posixpath.dirname(path), f".{posixpath.basename(path)}.{uuid.uuid4().hex[:8]}")
        self._files.makedirs(posixpath.dirname(path), exist_ok=True)
        file = self._files.open(name, "wb")
        coded = [field.name for field in batch.schema if field.name not in _PLAIN]
        return file, parquet.ParquetWriter(file, batch.schema, compression="zstd", use_dictionary=coded), name

    def _settle(self) -> None:
        for _, writer, _ in self._open.values():
            writer.close()
        for file, _, _ in self._open.values():
            file.close()
        for place, (_, _, name) in self._open.items():
            self._files.mv(name, posixpath.join(self._folder, place))


def _partition(batch: pa.RecordBatch) -> str:
    """Where the rows of a batch belong: those of one set of labels in one modality together."""
    about = told_of(batch.schema)
    labels = hashlib.sha256("\0".join(about["labels"]).encode("utf-8", "surrogatepass")).hexdigest()[:8]
    named = about["taxonomy"] or "labels"
    return f"modality={about['modality'] or 'none'}/labels={named}-{labels}"


def _opened(url: str) -> Any:  # noqa: ANN401 - a path, or an open file
    if "://" not in url:
        return url
    files, path = filesystem(url)
    return files.open(path, "rb")


def _put(files: Any, path: str, data: bytes) -> None:  # noqa: ANN401 - any of fsspec's
    """Write a small file, all of it or nothing."""
    name = f"{path}.{uuid.uuid4().hex[:8]}.part"
    files.makedirs(posixpath.dirname(path), exist_ok=True)
    files.pipe_file(name, data)
    files.mv(name, path)
