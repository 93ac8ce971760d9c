"""A data set that `leed batch` wrote: its folder, or that of one set of labels; or one of its parts, a Parquet file.

::

    described
      _leed                              what is known of the run; not read
      labels=hume-48-face-1a2b3c4d
        part-0f3e….parquet               source, begin, ..., scores, description, terms, fingerprint

Quantity, labels and taxonomy: as they were, from the metadata of each part (`leed.schema.batches`). The descriptions
are not read: they are made anew. Extras are not in it. Needs pyarrow, the extra ``data``. Source: `leed.batch`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, NOT_THIS, Guess, Reader
from leed.readers.content import Content
from leed.readers.parquet import is_part, part, parts_of_part
from leed.schema.recording import Recording

_KEPT = "_leed"
_LABELS = "labels="


def recognise(content: Content) -> Guess:
    """Return whether it is the folder of a data set, or of one set of labels in it, or a part."""
    if not content.is_folder:
        return Guess(CERTAIN) if is_part(content) else NOT_THIS
    folder = Path(content.path or "")
    is_one = folder.resolve().name.startswith(_LABELS) or (folder / _KEPT).is_dir()
    return Guess(CERTAIN) if is_one and _parts(content) else NOT_THIS


def read(content: Content) -> Recording:
    """Return all segments of all parts, each with the tracks that it was written from."""
    return Recording(tuple(track for one in _contents(content) for track in part(one).tracks))


def parts(content: Content) -> Iterator[Recording]:
    """Return the recording a group of rows of a part at a time."""
    return chain.from_iterable(map(parts_of_part, _contents(content)))


def _contents(content: Content) -> list[Content]:
    if not content.is_folder:
        if not is_part(content):
            raise UnknownFormatError(f"{content.shown}: is no part of a data set that leed batch wrote")
        return [content]
    found = _parts(content)
    if not found:
        raise UnknownFormatError(f"{content.shown}: is no folder with parts of a data set that leed batch wrote")
    return [Content(path=str(path)) for path in found]


def _parts(content: Content) -> list[Path]:
    """The parts, in the order of their names; files whose names begin with a dot are being written, or left over."""
    folder = Path(content.path or "")
    below = folder.glob(f"{_LABELS}*/*.parquet")
    found = [*folder.glob("*.parquet"), *below] if folder.resolve().name.startswith(_LABELS) else [*below]
    return sorted(path for path in found if not path.name.startswith("."))


reader = Reader(
    "dataset",
    "a data set that leed batch wrote, or a part of it",
    "as it was read",
    recognise,
    read,
    parts,
)
