"""A corpus described: its files done on an engine, each once, and a manifest of what came of them."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from leed.batch import manifest
from leed.batch.engines import get_engine
from leed.batch.inputs import OWN, Input, inputs_of
from leed.batch.reaching import Reaching, only_here
from leed.batch.store import MANIFEST, Store
from leed.batch.work import Share, Worker
from leed.errors import OptionError, OutputError, one_of
from leed.modality import modality_named
from leed.schema.terms import QUANTITIES

if TYPE_CHECKING:
    from leed.batch.engines import Engine
    from leed.describer import Describer

_LOCAL = "local"
_TELLING = 10  # rows from which it is no chance that two files have the same scores, and begin at the same times

Follow = Callable[[int, int, int], None]
"""Told how many files are done, of how many, and how many rows there are."""


@dataclass(frozen=True)
class Report:
    """What came of a corpus.

    Attributes:
        rows: how many segments the data set has.
        files: how many files they are of.
        before: how many of those were done in an earlier run.
        others: how many of those were not asked for this time; their rows are still there.
        failed: by file, why there is nothing of it.
        left_out: files found in directories that are no recordings, with what they are.
        issues: what was odd in files, by code: how often, and the first of it, after the name of its file.
        twice: files that seem to hold the same measurements: each with one before it.
        manifest: where all of that is written down.
    """

    rows: int
    files: int
    before: int
    others: int
    failed: dict[str, str]
    left_out: dict[str, str]
    issues: dict[str, tuple[int, str]]
    twice: dict[str, str]
    manifest: str


def describe_corpus(
    given: Sequence[str],
    out: str,
    *,
    describer: Describer | None = None,
    engine: str | Engine = _LOCAL,
    workers: int | None = None,
    resume: bool = False,
    form: str | None = None,
    modality: str | None = None,
    quantity: str | None = None,
    follow: Follow | None = None,
) -> Report:
    """Describe every segment of a corpus, and return what came of it; the data set stands in a folder.

    >>> import fsspec
    >>> import pyarrow
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with open(f"{folder}/talk.json", "w") as file:
    ...         _ = file.write('[{"modality": "face", "Joy": 0.84}, {"modality": "prosody", "Sadness": 0.34}]')
    ...     report = describe_corpus([f"{folder}/talk.json"], f"{folder}/described", workers=1)
    ...     report.rows, report.files, report.failed
    (2, 1, {})

    Args:
        given: files, directories, patterns and @lists; local paths or URLs of fsspec (see `inputs_of`).
        out: the folder of the data set, a path or URL; new or empty, if it is not to be gone on with.
        describer: how segments are described; None: as `leed.describe` does.
        engine: where the work is done: a name, such as "local" or "ray", or a function (see `Engine`).
        workers: how many work at a time; None: as the engine has it. What only this process reaches (``memory://``,
            a file system that a script defines) is worked on in it.
        resume: whether the folder may hold a data set: files that are in it, and have not changed, are not done again.
        form: the files' format, if it should not be told from the content.
        modality: what scores are of where a file does not say it.
        quantity: what the numbers are.
        follow: told how far it is, after each file.

    Raises:
        InputError: there are no files.
        OptionError: the folder is not empty, and is not to be gone on with; or the engine or workers are none, or
            nothing is known of such a modality or quantity, or the engine's workers reach no such address.
        OutputError: nothing can be written any more: the disk is full, or another run writes there. What is done is
            kept, for a run that goes on with it.
    """
    from leed.describer import Describer as New  # noqa: PLC0415 - loads numpy

    chosen = describer or New()
    modality = modality_named(modality)
    if quantity not in (None, *QUANTITIES):
        raise one_of("quantity", quantity, QUANTITIES)
    do = get_engine(engine) if isinstance(engine, str) else engine
    store = Store(out)
    failed: dict[str, str] = {}
    entries = [entry for entry in inputs_of(given, failed.__setitem__) if not store.holds(entry.url)]
    worker = partial(Worker, store.address, chosen, form=form, modality=modality, quantity=quantity)
    urls = [store.address, *(entry.url for entry in entries)]
    make = Reaching.of(worker, urls)
    here = only_here(urls) if isinstance(engine, str) else None
    if here is not None:
        if engine != _LOCAL:
            why = "it is in its memory, or its file system is of a class that cannot be imported elsewhere"
            raise OptionError(f"{here} is reached by this process only ({why}): use engine {_LOCAL!r}")
        workers = 1
    with store.locked():
        known = _known(store, resume=resume)
        store.put(MANIFEST, manifest.begun(chosen, len(entries)))
        run = _Run(store, make(), entries, known, failed)
        run.do(do, make, workers, follow or _unfollowed)
        return run.end(chosen)


def _unfollowed(done: int, total: int, rows: int) -> None:
    pass


def _known(store: Store, *, resume: bool) -> dict[str, dict[str, Any]]:
    """The records of files that are in the data set already; what runs that were stopped left beside is removed."""
    places = store.places()
    if not places:
        return {}
    if not resume:
        raise OptionError(f"{store.url} is not empty: go on with what is there by --resume, or name another folder")
    if not any(place.startswith(f"{OWN}/") for place in places):
        raise OptionError(f"{store.url} holds no data set of leed that could be gone on with; name another folder")
    records = store.records(places)
    _sweep(store, places, map(_share, records.values()))
    return records


def _sweep(store: Store, places: Iterable[str], shares: Iterable[Share]) -> None:
    """Remove parts that belong to no file's share, and what was written halfway."""
    kept = {place for share in shares for place in share.parts}
    for place in places:
        name = place.rpartition("/")[2]
        if name.startswith(".") or (place.startswith("labels=") and place not in kept):
            store.remove(place)


class _Run:
    """The files of one run, and what came of them so far."""

    def __init__(
        self,
        store: Store,
        worker: Worker,
        entries: Sequence[Input],
        known: dict[str, dict[str, Any]],
        failed: dict[str, str],
    ) -> None:
        self._store = store
        self._failed = failed
        self._left_out: dict[str, str] = {}
        self._shares: dict[str, Share] = {}  # by digest, those of the data set
        asked = {entry.digest: entry for entry in entries}
        self._others = [digest for digest in known if digest not in asked]
        for digest, record in known.items():
            if digest not in asked or record.get("identity") == worker.identity(asked[digest]):
                self._shares[digest] = _share(record)
        self._before = len(self._shares)
        self._left = [entry for entry in entries if entry.digest not in self._shares]
        self._total = len(entries)

    def do(self, engine: Engine, make: Callable[[], Worker], workers: int | None, follow: Follow) -> None:
        """Do the files that are left.

        Raises:
            OutputError: nothing can be written any more.
        """
        rows = sum(share.rows for share in self._shares.values())
        done = self._total - len(self._left)
        follow(done, self._total, rows)
        with closing(engine(make, self._left, workers=workers)) as results:
            for place, result in results:
                entry = self._left[place]
                share = result if isinstance(result, Share) else Share(entry.url, error=f"{entry.url}: {result.why}")
                self._take(entry, share)
                done, rows = done + 1, rows + share.rows
                follow(done, self._total, rows)
                if share.hopeless:
                    after = f"{len(self._shares)} files are done; once there is room, the same with --resume goes on"
                    raise OutputError(f"{share.error}; {after}", hopeless=True)

    def _take(self, entry: Input, share: Share) -> None:
        if share.error is None:
            self._shares[entry.digest] = share
            return
        told = self._left_out if share.unknown and entry.found else self._failed
        told[share.url] = share.error
        if not share.hopeless:
            self._store.remove(self._store.record(entry.digest))  # what it was before is no more

    def end(self, describer: Describer) -> Report:
        """Return what came of all, once that is written down and what belongs to no file is removed."""
        places = self._store.places()
        for digest, share in list(self._shares.items()):
            if not places.issuperset(share.parts):
                self._failed[share.url] = f"{share.url}: what was written of it is gone: do it again by --resume"
                del self._shares[digest]
        shares = list(self._shares.values())
        _sweep(self._store, places, shares)
        issues: dict[str, tuple[int, str]] = {}
        for share in sorted(shares, key=lambda share: share.url):  # whatever was done first
            for code, (count, first) in share.issues.items():
                before, told = issues.get(code, (0, f"{share.url}: {first}"))
                issues[code] = (before + count, told)
        report = Report(
            rows=sum(share.rows for share in shares),
            files=len(shares),
            before=self._before - len(self._others),
            others=len(self._others),
            failed=dict(sorted(self._failed.items())),
            left_out=dict(sorted(self._left_out.items())),
            issues=dict(sorted(issues.items())),
            twice=_twice(shares),
            manifest=posixpath.join(self._store.url, MANIFEST),
        )
        self._store.put(MANIFEST, manifest.ended(describer, report, shares))
        return report


def _twice(shares: Iterable[Share]) -> dict[str, str]:
    """Files with one that has as many rows under the same labels, and the same number for their scores and times."""
    first: dict[tuple[str, int, float], str] = {}
    found = {}
    for share in sorted(shares, key=lambda share: share.url):
        for place, size in share.sizes.items():
            rows = share.parts[place]
            key = (place.rpartition("/")[0], rows, float(f"{size:.12g}"))
            if rows >= _TELLING and first.setdefault(key, share.url) != share.url:
                found[share.url] = first[key]
    return found


def _share(record: dict[str, Any]) -> Share:
    found = {name: value for name, value in record.items() if name != "identity"}
    found["issues"] = {code: (count, first) for code, (count, first) in found["issues"].items()}
    return Share(**found)
