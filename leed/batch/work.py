"""One file's share of the work: read, described and written, all of it or nothing.

What comes out of a file are parts, one for each set of labels in it::

    OUT/modality=face/labels=hume-48/part-<digest of the address>.parquet

They are written beside their places under names that begin with a dot, and renamed. A record of the file, under
``OUT/_leed/``, is written last: a file without one is done anew, and its parts replaced. So a data set that was stopped at
any moment and gone on with is that of one that was not.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from leed.batch.inputs import Input, filesystem
from leed.batch.rows import arrow, batches_of, describe_batch, told_of
from leed.errors import LeedError
from leed.readers import read_parts
from leed.schema.plain import listed

if TYPE_CHECKING:
    import pyarrow as pa

    from leed.describer import Describer

RECORDS: Final = "_leed"
_VERSION: Final = "part/1"


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
        writers = _Writers(self, entry)
        issues: dict[str, int] = {}
        with writers.open():
            for part in read_parts(_source(entry.url)):
                for issue in part.issues:
                    issues[issue.code] = issues.get(issue.code, 0) + 1
                for batch in batches_of(part):
                    writers.write(describe_batch(batch, self._describer))
        share = Share(entry.url, writers.rows, tuple(writers.parts), issues)
        self._put(self._record(entry), {**listed(share.__dict__), "identity": self._identity(entry)})
        return share
