"""leed's own document: a recording as JSON, read back exactly.

::

    {"leed": "recording/1", "tracks": [{"labels": ["Joy"], "scores": [[0.84]], "modality": "face", ...}], "issues": []}

Quantity: as written. Source: `Recording.to_json`; the JSON Schema is printed by ``python -m leed.schema.documents``.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.errors import InputError, UnknownFormatError
from leed.readers import CERTAIN, NOT_THIS, Guess, Reader
from leed.readers.content import Content
from leed.readers.long_lists import LongList
from leed.schema.recording import Recording
from leed.schema.terms import Issue
from leed.schema.tracks import Track

_FIRST = re.compile(rb'\s*\{\s*"leed"\s*:\s*"recording/')
_ROW = msgspec.json.Decoder(list[float | None])
_ROWS = msgspec.json.Decoder(list[list[float | None]])


def recognise(content: Content) -> Guess:
    """Return whether the content says that it is a leed document."""
    if content.kind == "json":
        return Guess(CERTAIN) if _FIRST.match(content.head) else NOT_THIS
    version = content.plain.get("leed") if content.is_plain and isinstance(content.plain, Mapping) else None
    return Guess(CERTAIN) if isinstance(version, str) and version.startswith("recording/") else NOT_THIS


def read(content: Content) -> Recording:
    """Return the recording that the document holds."""
    plain = content.lean
    if not isinstance(plain, Mapping):
        raise UnknownFormatError(f"{content.shown}: is {type(plain).__name__}, not a leed document")
    matrices, frame = _parted(plain)
    if matrices:
        try:
            return _made(frame, matrices)
        except (InputError, ValueError):  # what is wrong is said of the whole
            pass
    return Recording.from_dict(content.plain)


def _parted(document: Mapping[str, Any]) -> tuple[dict[int, NDArray[np.float32]], dict[str, Any]]:
    """The long scores of tracks by the track's number, and what stands around them; no scores if one is odd."""
    matrices: dict[int, NDArray[np.float32]] = {}
    given = document.get("tracks")
    tracks = list(given) if isinstance(given, list) else []
    for number, track in enumerate(tracks):
        scores = track.get("scores") if isinstance(track, Mapping) else None
        if isinstance(scores, LongList):
            matrix = _matrix(scores, track.get("labels"))
            if matrix is None:
                return {}, {}
            matrices[number] = matrix
            tracks[number] = _held({**track, "scores": []})
    return matrices, {**_held(dict(document)), "tracks": tracks}


def _matrix(scores: LongList, labels: Any) -> NDArray[np.float32] | None:  # noqa: ANN401 - whatever the JSON holds
    """The scores, if each row has a number or null for each label."""
    if not isinstance(labels, list):
        return None
    values = array("f")
    try:
        for rows in scores.some(_ROW, _ROWS, strict=True):
            if any(len(row) != len(labels) for row in rows):
                return None
            _extend(values, rows)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    matrix = np.frombuffer(values, np.float32).reshape(len(scores), len(labels)) if values else None
    if matrix is None or np.isinf(matrix).any():
        return None
    matrix.flags.writeable = False
    return matrix


def _extend(values: array[float], rows: list[Any]) -> None:
    before = len(values)
    flat: Iterable[Any] = chain.from_iterable(rows)
    try:
        values.extend(flat)
    except TypeError:
        del values[before:]
        values.extend([math.nan if value is None else value for row in rows for value in row])


def _held(value: Any) -> Any:  # noqa: ANN401 - whatever the JSON holds
    """The value with nothing left in the file."""
    if isinstance(value, dict):
        return {key: _held(inner) for key, inner in value.items()}
    return [*iter(value)] if isinstance(value, LongList) else value


def _made(frame: dict[str, Any], matrices: Mapping[int, NDArray[np.float32]]) -> Recording:
    """The recording of what stands around long scores, which are put where they were.

    Raises:
        InputError, ValueError: it is no document.
    """
    from leed.schema.documents import checked  # noqa: PLC0415 - loads pydantic

    labels = {number: frame["tracks"][number]["labels"] for number in matrices}
    if not all(isinstance(label, str) for names in labels.values() for label in names):
        raise InputError("a label is no text")
    for number, matrix in matrices.items():
        frame["tracks"][number] |= {"labels": [], "scores": [[]] * len(matrix)}
    document = checked(frame)
    del frame
    for number, matrix in matrices.items():
        document["tracks"][number] |= {"labels": labels[number], "scores": matrix}
    tracks = tuple(Track.from_dict(track) for track in document["tracks"])
    return Recording(tracks, tuple(Issue(**issue) for issue in document["issues"]))


reader = Reader("leed", "leed's own JSON document", "as written", recognise, read)
