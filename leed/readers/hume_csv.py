"""Hume Expression Measurement v0 as CSV: a file, a directory of them, or the zip of a job's artifacts.

::

    Id,Text,BeginTime,EndTime,Confidence,SpeakerConfidence,Admiration,Adoration,Aesthetic Appreciation, ...
    spk_0,"Hi, Nun.",3.0328947,4.0714912,,,0.02337345853447914,0.022956570610404015,0.0176899041980505, ...

The header tells the model: face has Frame, Time, Probability, FaceX0, FaceY0, FaceWidth and FaceHeight, 48 labels, and
often empty columns of action units and descriptions; prosody has Text, BeginTime and EndTime, and 48 labels; burst has
no Text, 48 labels and 67 descriptions; language has BeginPosition and EndPosition, 53 labels, ``1`` to ``9``
(sentiment) and six of toxicity. ``Id`` may be missing. Labels stand in another order than in the JSON (Desire after
Satisfaction): columns are matched by name. An empty cell is null. Copies saved by a spreadsheet are read: semicolons
and decimal commas, 8.62e-05, empty rows and columns.

Artifacts are ``file-0-NAME/csv/NAME/face.csv`` (or ``url-0-...``), one source for each NAME, all in one recording.
Where other files lie beside them, `leed.readers.files` reads all. Nothing is unpacked to the disk.

Quantity: intensity, about 0 to 1; sentiment is a distribution over 1 to 9; toxicity is a probability. Units: seconds,
characters, pixels. Source: Hume's API reference and real files, which equal the JSON of the same job.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from leed.errors import DamagedInputError, InputError, UnknownFormatError
from leed.readers import CERTAIN, NEAR, NOT_THIS, POSSIBLE, Guess, Reader
from leed.readers.about import Names
from leed.readers.content import Content
from leed.readers.delimited import Header, header_of
from leed.readers.folders import Folder, is_folder, listed, office, opened_folder, sourced
from leed.readers.hume_table import MODELS, Layout, layout_of, read_table
from leed.schema.recording import Recording
from leed.schema.terms import Issue
from leed.schema.tracks import Track
from leed.taxonomy import fold

_LABELS = 40
"""As many of Hume's labels beside its other columns are its CSV for sure."""


def recognise(content: Content) -> Guess:
    """Return whether a header is Hume's; of a directory or zip, whether there are such files in it, and no others."""
    if content.kind == "text":
        return _guess(header_of(content.head))
    if not is_folder(content):
        return NOT_THIS
    try:
        with opened_folder(content) as folder:
            tables = {name for name, _ in _tables(folder)}
            return Guess(CERTAIN) if tables and tables.issuperset(folder.names()) else NOT_THIS
    except InputError:
        return NOT_THIS  # `leed.readers.files` says what is wrong with it


def read(content: Content) -> Recording:
    """Return a recording with a track for each source, model, face or speaker, and aspect."""
    if is_folder(content):
        return _read_folder(content)
    layout = layout_of(header_of(content.head)) if content.kind == "text" else None
    if layout is None:
        raise UnknownFormatError(
            f"{content.shown}: is no CSV of Hume: its first line has to name columns such as Id, Text, BeginTime and "
            "EndTime, or Frame, Time and FaceX0, and one for each label"
        )
    return _recording([read_table(content, layout, content.name)])


def _read_folder(content: Content) -> Recording:
    with opened_folder(content) as folder:
        job = read_job(content, folder)
        if not job.read:
            raise (DamagedInputError if job.tables or folder.issues else UnknownFormatError)(
                f"{content.shown}: {_no_artifacts(folder)}"
            )
        left = [name for name in folder.names() if name not in job.tables]
        if left:
            what = f"{listed(left)} left out: with format='hume-csv', only a job's CSV files are read"
            folder.note("not-read", what)
        return job.recording.replace(issues=(*folder.issues, *job.recording.issues))


class Job(msgspec.Struct):
    """What the CSVs of Hume in a folder hold.

    Attributes:
        tables: the names of all of them.
        read: how many could be read.
        recording: what is in those, without the folder's issues.
    """

    tables: frozenset[str]
    read: int
    recording: Recording


def read_job(content: Content, folder: Folder) -> Job:
    """Return what the CSVs of Hume in a folder hold together; why one cannot be read is noted in the folder."""
    found: list[tuple[list[Track], list[Issue]]] = []
    sources = _Sources(content)
    tables = list(_tables(folder))
    named = [(*sources.place(name, layout.model), name, layout) for name, layout in tables]
    for _, _, source, name, layout in sorted(named, key=lambda entry: entry[:2]):
        inner = folder.content(name)
        if inner is None:
            continue
        try:
            tracks, issues = read_table(inner, layout, source)
        except InputError as error:
            folder.fail(name, error, inner)
        else:
            found.append((tracks, [*sourced(inner.issues, source), *issues]))
    return Job(frozenset(name for name, _ in tables), len(found), _recording(found))


def _tables(folder: Folder) -> Iterator[tuple[str, Layout]]:
    """The CSVs of Hume in a folder, where those of a job lie: not anywhere deep down in a home directory."""
    for name in folder.tables():
        parents = name.split("/")[:-1]
        if folder.what == "a zip archive" or len(parents) <= 1 or "csv" in parents[:_ABOVE]:
            layout = layout_of(header_of(folder.head(name)))
            if layout is not None:
                yield name, layout


_ABOVE = 4  # artifacts/file-0-NAME/csv/NAME/face.csv, and one directory more


def _no_artifacts(folder: Folder) -> str:
    """What to say of a folder without any CSV of Hume's that can be read."""
    if folder.issues:
        return f"none of the CSV files in it can be read: {folder.issues[0].message}"
    document = office(folder)
    if document is not None:
        return document
    names = folder.names()
    what = f"it holds {listed(names, verb=False)}" if names else "it is empty"
    advice = "give a file in it" if folder.what == "a directory" else "unpack it and give a file in it"
    return f"is {folder.what} without any CSV of Hume; {what}: {advice}"


class _Sources:
    """Gives the files of a folder their sources: those of one directory belong together."""

    def __init__(self, content: Content) -> None:
        name = content.name or ""
        self._root = (name if content.is_folder else name.removesuffix(".zip")) or None
        self._numbers: Counter[tuple[str, str, str]] = Counter()
        self._places: dict[tuple[str, str, int], tuple[int, str | None]] = {}
        self._names = Names()

    def place(self, path: str, model: str) -> tuple[int, int, str | None]:
        """Return the number of a file's source, that of its model, and the source's name."""
        folder, _, file = path.rpartition("/")
        stem = file.removesuffix(".gz").rpartition(".")[0]
        rest = stem[: -len(model)].rstrip("-_. ") if stem.casefold().endswith(model) else stem
        key = (folder, rest, self._numbers[folder, rest, model])
        self._numbers[folder, rest, model] += 1
        if key not in self._places:
            self._places[key] = (len(self._places), self._free(rest or _source_of(folder) or self._root))
        order, name = self._places[key]
        return order, MODELS.index(model), name

    def _free(self, name: str | None) -> str | None:
        free = self._names.free(name or "file")
        return None if name is None and free == "file" else free


def _source_of(folder: str) -> str | None:
    """The NAME of ``file-0-NAME/csv/NAME``, or the name of the innermost directory."""
    parts = [part for part in folder.split("/") if part not in ("", ".", "..")]
    if "csv" in parts[:-1]:
        return "/".join(parts[parts.index("csv") + 1 :])
    return parts[-1] if parts else None


def _guess(header: Header | None) -> Guess:
    layout = layout_of(header)
    if layout is not None:
        known = len(layout.labels["emotions"]) >= _LABELS
        return Guess(CERTAIN if known else POSSIBLE)
    if header is not None and {"facex0", "facey0", "facewidth", "faceheight"} <= {fold(name) for name in header.names}:
        return Guess(NEAR, "has the header of a Hume CSV of faces, but no column for any label")
    return NOT_THIS


def _recording(found: list[tuple[list[Track], list[Issue]]]) -> Recording:
    return Recording(
        tuple(track for tracks, _ in found for track in tracks), tuple(issue for _, issues in found for issue in issues)
    )


reader = Reader(
    "hume-csv",
    "Hume Expression Measurement v0, CSV: a file, a directory, the artifacts zip",
    "intensity",
    recognise,
    read,
)
