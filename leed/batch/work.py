"""One file's share of the work: read, described and written, all of it or nothing.

What comes out of a file are parts, one for each set of labels in it::

    OUT/labels=hume-48-face-1a2b3c4d/part-<digest of the address>.parquet

They are written beside their places under names that begin with a dot, and renamed. A record of the file, under
``OUT/_leed/``, is written last: a file without one is done anew, and its parts replaced. So a data set that was stopped
at any moment and gone on with is that of one that was not.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from leed.batch.fetching import fetched
from leed.batch.filesystems import patiently
from leed.batch.inputs import Input
from leed.batch.parquet import writer
from leed.batch.rows import KEY, VERSION, arrow, batches_of, describe_batch, scores_in, told_of, with_file
from leed.batch.store import Store
from leed.errors import LeedError, OutputError, UnknownFormatError
from leed.finite import is_finite
from leed.readers import read_parts

if TYPE_CHECKING:
    import pyarrow as pa

    from leed.describer import Describer
    from leed.schema.recording import Recording

_VERSION: Final = "part/1"


@dataclass(frozen=True)
class Share:
    """What came of one file.

    Attributes:
        url: the file.
        rows: how many segments were written.
        parts: where, below the data set's folder, and how many in each.
        sizes: a number for the scores in each and their times, by which two files that hold the same are noticed.
        issues: what was odd in it, by code: how often, and the first of it.
        error: why nothing was written, or None.
        unknown: whether that is because it is in no format that leed knows.
        hopeless: whether that is because nothing can be written any more.
    """

    url: str
    rows: int = 0
    parts: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, float] = field(default_factory=dict)
    issues: dict[str, tuple[int, str]] = field(default_factory=dict)
    error: str | None = None
    unknown: bool = False
    hopeless: bool = False


class Worker:
    """Does one file after the other; holds the describer.

    Args:
        out: the data set's folder, a path or URL.
        describer: how segments are described.
        form: the files' format, if it should not be told from the content.
        modality: what scores are of where a file does not say it.
        quantity: what the numbers are, whatever a file says.
    """

    def __init__(
        self,
        out: str,
        describer: Describer,
        *,
        form: str | None = None,
        modality: str | None = None,
        quantity: str | None = None,
    ) -> None:
        self._store = Store(out)
        self._describer = describer
        self._form = form
        self._modality = modality
        self._quantity = quantity

    def __call__(self, entry: Input) -> Share:
        """Return what came of a file; its parts and its record are in place then. A bad file is an error in it."""
        try:
            return patiently(lambda: self._done(entry))
        except LeedError as error:
            return Share(
                entry.url,
                error=" ".join(str(error).split()),
                unknown=isinstance(error, UnknownFormatError),
                hopeless=isinstance(error, OutputError) and error.hopeless,
            )
        except MemoryError:
            return Share(entry.url, error=f"{entry.url}: takes more memory than there is")

    def identity(self, entry: Input) -> list[str]:
        """Return what a file's share depends on: the file as it was, and what decides the words and the form."""
        options = [self._form, self._modality, self._quantity]
        return [VERSION, _VERSION, str(entry.size), entry.stamp, self._describer.fingerprint, *map(str, options)]

    def _done(self, entry: Input) -> Share:
        issues: dict[str, tuple[int, str]] = {}
        with _keeping_memory(), _Parts(self._store, entry.digest) as parts, fetched(entry) as path:
            for recording in read_parts(path, format=self._form):
                for issue in recording.issues:
                    count, first = issues.get(issue.code, (0, issue.message))
                    issues[issue.code] = (count + 1, first)
                for batch in batches_of(self._as_told(recording)):
                    parts.write(with_file(describe_batch(batch, self._describer), entry.url))
            parts.settle()
        share = Share(entry.url, sum(parts.rows.values()), parts.rows, parts.sizes, issues)
        record = {**asdict(share), "identity": self.identity(entry)}
        self._store.put(self._store.record(entry.digest), json.dumps(record).encode())
        return share

    def _as_told(self, recording: Recording) -> Recording:
        if self._modality is None and self._quantity is None:
            return recording
        return recording.replace(
            replace(track, modality=track.modality or self._modality, quantity=self._quantity or track.quantity)
            for track in recording.tracks
        )


class _Parts:
    """The parts of one file, written under names of their own; put into place together, or not at all."""

    def __init__(self, store: Store, digest: str) -> None:
        self._store = store
        self._digest = digest
        self._open: dict[str, _Part] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for part in self._open.values():
            part.discard()

    @property
    def rows(self) -> dict[str, int]:
        """How many rows there are, by place."""
        return {place: part.rows for place, part in sorted(self._open.items())}

    @property
    def sizes(self) -> dict[str, float]:
        """Return a number for the scores of a row, by place: its mean."""
        return {place: part.size / part.rows for place, part in sorted(self._open.items())}

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows to the part that they belong to."""
        if not batch.num_rows:
            return
        place = f"{_partition(batch)}/part-{self._digest}.parquet"
        if place not in self._open:
            self._open[place] = _Part(self._store, place, batch.schema)
        self._open[place].write(batch)

    def settle(self) -> None:
        """Put all parts into place. What was there of the file before loses its record first."""
        for part in self._open.values():
            part.close()
        self._store.remove(self._store.record(self._digest))
        for part in self._open.values():
            part.settle()


class _Part:
    """One part, under a name for now."""

    def __init__(self, store: Store, place: str, schema: pa.Schema) -> None:
        self.rows = 0
        self.size = 0.0
        self._store = store
        self._place = place
        self._name: str | None = store.beside(place)
        self._file = store.opened(self._name)
        with store.told("written"):
            self._writer = writer(self._file, schema)

    def write(self, batch: pa.RecordBatch) -> None:
        with self._store.told("written"):
            self._writer.write_batch(batch)
        self.size += _size(batch)
        self.rows += batch.num_rows

    def close(self) -> None:
        with self._store.told("written"):
            self._writer.close()
            self._file.close()

    def settle(self) -> None:
        if self._name is not None:
            self._store.move(self._name, self._place)
            self._name = None

    def discard(self) -> None:
        """Leave nothing, as far as that can be done: what is left is swept away when the run ends."""
        if self._name is None:
            return
        with suppress(LeedError), self._store.told("removed"):
            self._file.close()
        with suppress(LeedError):
            self._store.remove(self._name)


@contextmanager
def _keeping_memory() -> Generator[None]:
    """Let Arrow take its memory from the C library, which keeps some of what was freed for the next columns.

    Arrow's own pools give it back to the system after some milliseconds: taking it anew is a tenth of the work on a
    file. What was allocated before or meanwhile goes back to the pool that it came from.
    """
    pa = arrow()
    before = pa.default_memory_pool()
    if "ARROW_DEFAULT_MEMORY_POOL" not in os.environ:  # nobody has chosen another
        pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)


def _size(batch: pa.RecordBatch) -> float:
    """A number for the scores of rows and when they begin, whatever their order; no other rows have it but by chance.

    Neither logarithms nor roots add up to one another, so that of classes, too, the same few numbers give others.
    """
    scores = scores_in(batch)
    sums = _weighed(scores)
    if not is_finite(sums):
        sums = _weighed(np.nan_to_num(scores))
    begin = batch.column("begin").fill_null(0.0).to_numpy()
    return float(np.einsum("i,i,i", sums, sums, np.sqrt(1 + np.abs(begin))))


def _weighed(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    weights = np.log(np.arange(2, scores.shape[1] + 2)).astype(np.float32)
    # Not by BLAS: for a tenth of a second its threads go on spinning when the product is there.
    sums: NDArray[np.float64] = np.einsum("ij,j->i", scores, weights).astype(np.float64)
    return sums


def _partition(batch: pa.RecordBatch) -> str:
    """Where the rows of a batch belong: those of one set of labels, and one reading of its numbers, together.

    One key, and none that is called like a column: readers would take the key for another type than the column has.
    """
    about = told_of(batch.schema)
    digest = hashlib.sha256(batch.schema.metadata[KEY]).hexdigest()[:8]
    named = f"{about['taxonomy'] or 'own'}-{about['modality'] or 'none'}"
    return f"labels={quote(named, safe='')}-{digest}"
