"""Files that belong together: a directory, or a zip archive, of files each of which is in any of the other formats.

::

    session.zip
      call.json        an answer of any of the programs that leed reads
      face.csv.gz      a table, packed once more
      notes.txt        left out, with the reason

All that can be read makes one recording. A file whose content names no source is its own source, under its name, or its
path where names are alike. Of a zip, files of any directory in it are read; of a directory only those that lie directly
in it. Archives in archives are not. Nothing is unpacked to the disk.

Quantity: as each file has it. Source: downloads, exports and data sets of many programs. A directory or zip of Hume's
own CSV files is read by `leed.readers.hume_csv`.
"""

from __future__ import annotations

from leed.errors import DamagedInputError, InputError, LeedError, UnknownFormatError
from leed.readers import GENERIC, HINT, NEAR, NOT_THIS, Guess, Reader, read_content
from leed.readers.content import Content
from leed.readers.folders import MOST_FILES, Folder, is_folder, office, opened_folder, sourced
from leed.schema.recording import Recording, Track
from leed.schema.terms import Issue

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
    tracks: list[Track] = []
    issues: list[Issue] = []
    with opened_folder(content) as folder:
        names = _names(content, folder)
        for name in names:
            inner = folder.content(name)
            if inner is None:
                continue
            try:
                recording = _read(inner)
            except LeedError as error:
                folder.fail(name, error, inner)
            else:
                tracks += recording.tracks
                issues += sourced(recording.issues, inner.name)
        if len(folder.failures) == len(names):
            raise _nothing(content, folder)
        deeper = len(folder.names()) + len(folder.failures) - len(names)
        if deeper:
            what = f"{deeper} files in directories within it are not looked at; give those directories"
            folder.note("not-read", what)
        return Recording(tuple(tracks), (*folder.issues, *issues))


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
