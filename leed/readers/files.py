"""Files that belong together: a directory, or a zip archive, of files each of which is in any of the other formats.

::

    session.zip
      call.json        an answer of any of the programs that leed reads
      face.csv.gz      a table, packed once more
      notes.txt        left out, with the reason

All that can be read makes one recording. A file whose content names no source is its own source, under its name, or its
path where names are alike. Of a zip, files of any directory in it are read; of a directory only those that lie directly
in it. Archives in archives are not. Nothing is unpacked to the disk.

The CSV files of a Hume job belong together as `leed.readers.hume_csv` tells; the JSON of the same job beside them is
not counted twice. Where several files name the same source and measure the same of it, the later one has a number.

Quantity: as each file has it. Source: downloads, exports and data sets of many programs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from leed.errors import DamagedInputError, InputError, LeedError, UnknownFormatError
from leed.readers import GENERIC, HINT, NEAR, NOT_THIS, Guess, Reader, read_content
from leed.readers.about import Names
from leed.readers.content import Content
from leed.readers.folders import MOST_FILES, Folder, is_folder, office, opened_folder, sourced
from leed.readers.gathering import counted
from leed.readers.hume_csv import read_job
from leed.schema.recording import Recording
from leed.schema.tracks import Track

_FEW = 3


def recognise(content: Content) -> Guess:
    """Return whether it is a directory or zip with any file in it; which of them can be read is seen while reading."""
    if not is_folder(content):
        return NOT_THIS
    try:
        with opened_folder(content) as folder:
            why = office(folder)
            if why is None and not _names(content, folder):
                why = _empty(folder)
            return Guess(NEAR, why) if why else Guess(GENERIC)
    except InputError as error:
        return Guess(NEAR, str(error).removeprefix(f"{content.shown}: "))


def read(content: Content) -> Recording:
    """Return all tracks of the files that can be read; why another cannot is an issue."""
    if not is_folder(content):
        raise UnknownFormatError(f"{content.shown}: is {content.kind}; expected a directory or a zip archive")
    with opened_folder(content) as folder:
        names = _names(content, folder)
        job = read_job(content, folder)
        together = _Together(folder, job.recording)
        for name in names:
            inner = None if name in job.tables or name in folder.failures else folder.content(name)
            if inner is None:
                continue
            try:
                recording = _read(inner)
            except LeedError as error:
                folder.fail(name, error, inner)
            else:
                together.add(name, recording.replace(issues=sourced(recording.issues, inner.name)))
        if not together.files and not job.read:
            raise _nothing(content, folder)
        deeper = len({*folder.names(), *folder.failures} - {*names, *job.tables})
        if deeper:
            what = f"{deeper} files in directories within it are not looked at; give those directories"
            folder.note("not-read", what)
        return together.recording()


class _Together:
    """What the files of a folder hold, added one by one to what its Hume job holds.

    Attributes:
        files: how many were added.
    """

    def __init__(self, folder: Folder, job: Recording) -> None:
        self.files = 0
        self._folder = folder
        self._tracks = list(job.tracks)
        self._issues = list(job.issues)
        self._measured = {_measured(track) for track in job.tracks}
        self._names = Names()
        self._known = {self._names.free(source) for source in job.sources if source is not None}
        self._job = {_scores_of(track) for track in job.tracks}

    def add(self, name: str, recording: Recording) -> None:
        """Add a file: what the job holds already is left out, a source that another one has gets a number."""
        self.files += 1
        tracks = [track for track in recording.tracks if _scores_of(track) not in self._job]
        same = len(recording.tracks) - len(tracks)
        if same:
            what = f"{name[-200:]}: {counted(same, len(recording.tracks), 'track')}: the same as in the job's CSV files"
            self._folder.note("left-out", f"{what}; left out")
        others = self._renamed(name, tracks)
        if others:
            tracks = [replace(track, source=others.get(track.source, track.source)) for track in tracks]
        self._tracks += tracks
        self._measured.update(map(_measured, tracks))
        for issue in recording.issues:
            source = others.get(issue.source, issue.source)
            self._issues.append(msgspec.structs.replace(issue, source=source))

    def recording(self) -> Recording:
        """Return all in one, after what is wrong with the folder."""
        return Recording(tuple(self._tracks), (*self._folder.issues, *self._issues))

    def _renamed(self, name: str, tracks: list[Track]) -> dict[str | None, str]:
        """The sources of a file that need another name, since a file before it measured the same of that source."""
        others: dict[str | None, str] = {}
        for source in dict.fromkeys(track.source for track in tracks if track.source is not None):
            if any(track.source == source and _measured(track) in self._measured for track in tracks):
                others[source] = self._names.free(source)
                what = f"{name[-200:]}: another file measures {source[-80:]} too; this one is called {others[source]}"
                self._folder.note("inferred", what)
            elif source not in self._known:
                self._known.add(self._names.free(source))
        return others


def _measured(track: Track) -> tuple[str | None, ...]:
    """What a track measures; two of a kind cannot be of the same source."""
    return track.source, track.channel, track.modality, track.aspect, track.granularity, track.speaker, track.taxonomy


def _scores_of(track: Track) -> tuple[Any, ...]:
    return track.modality, track.aspect, track.labels, track.matrix.tobytes()


def _names(content: Content, folder: Folder) -> list[str]:
    """The files that are looked at: of a directory, which may be anybody's home, only those directly in it."""
    names = [name for name in folder.names() if folder.what == "a zip archive" or "/" not in name]
    if len(names) > MOST_FILES:
        raise InputError(f"{content.shown}: is {folder.what} of more than {MOST_FILES} files; give some of them")
    return names


def _read(inner: Content) -> Recording:
    if is_folder(inner):
        raise UnknownFormatError("is a zip archive within the other; unpack it and give it alone")
    try:
        return read_content(inner)
    except UnknownFormatError as error:
        raise UnknownFormatError(str(error).removesuffix(HINT)) from error


def _nothing(content: Content, folder: Folder) -> InputError:
    """The error for a folder without any file that can be read."""
    failures = list(folder.failures.items())
    if not failures:
        return UnknownFormatError(f"{content.shown}: {_empty(folder)}")
    kind = DamagedInputError if all(failure.damaged for _, failure in failures) else UnknownFormatError
    told = "; ".join(f"{name[-80:]}: {failure.why}" for name, failure in failures[:_FEW])
    more = f"; and {len(failures) - _FEW} more" if len(failures) > _FEW else ""
    return kind(f"{content.shown}: is {folder.what}, and no file in it can be read: {told}{more}")


def _empty(folder: Folder) -> str:
    return f"is {folder.what} without a file {'directly ' if folder.names() else ''}in it"


reader = Reader(
    "files",
    "a directory or zip archive of files in any of these formats",
    "as in each file",
    recognise,
    read,
)
