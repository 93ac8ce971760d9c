"""FER answers: `FER().detect_emotions`, and the table of a video that `Video.to_pandas` makes.

::

    [{"box": [277, 90, 48, 63], "emotions": {"angry": 0.02, "disgust": 0.0, "fear": 0.05, "happy": 0.16,
      "neutral": 0.09, "sad": 0.27, "surprise": 0.41}}]

    ,box0,angry0,disgust0,fear0,happy0,sad0,surprise0,neutral0,box1,angry1,...      (video: a number for each face)

One mapping for each face; also wrapped at any depth by an application. Quantity: probability of exclusive classes,
rounded to two decimals, so that the sum is only about 1. Without a box, the modality is left open. Units: pixels. A
number of a face in a video's table is its place among the faces of that frame, not who it is; it is kept as the extra
``face``. Source: fer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, NOT_THIS, POSSIBLE, Guess, Reader
from leed.readers.answers import Answers, Path, first, found, mentions, plain_of, row_of, source_of, time_of
from leed.readers.content import Content
from leed.readers.deepface import FACE, UNTOLD, box_of, labelled
from leed.readers.delimited import Delimited, header, names_of
from leed.schema.recording import Recording
from leed.taxonomy import get

_COLUMN = re.compile(r"([a-z]+)(\d+)$")
_SMALL = 1.05
_FOUR = 4
_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")


def recognise(content: Content) -> Guess:
    """Return whether a mapping has FER's box and emotions, or a table has columns such as angry0."""
    if content.kind == "text":
        return Guess(CERTAIN) if _columns(names_of(content)) else NOT_THIS
    if not mentions(content, b'"emotions"'):
        return NOT_THIS
    face = first(content, _is_face)
    if face is None:
        return NOT_THIS if first(content, _is_empty) is None else Guess(CERTAIN)
    return Guess(CERTAIN if "box" in face else POSSIBLE)


def read(content: Content) -> Recording:
    """Return a recording with a segment for each face."""
    gathered = Answers(content, "face")
    if content.kind == "text":
        _read_table(content, gathered)
        return gathered.recording()
    met = False
    for face, path in found(plain_of(content), lambda plain: _is_face(plain) or _is_empty(plain)):
        met = True
        if _is_empty(face):
            gathered.note("nothing-detected", "no face was measured: emotions is empty", source_of((*path, face)))
            continue
        _add(gathered, face, path)
    if not met:
        raise UnknownFormatError(f"{content.shown}: holds no answer of FER: {{box, emotions}}")
    return gathered.recording()


def _is_face(plain: Mapping[str, Any]) -> bool:
    scores = plain.get("emotions")
    if not labelled(scores):
        return False
    if "box" in plain:
        return True
    known = get("fer-7").labels
    numbers = row_of(list(scores.values())) or [math.nan]
    return set(scores) == set(known) and all(0 <= v <= _SMALL for v in numbers)


def _is_empty(plain: Mapping[str, Any]) -> bool:
    return plain.get("emotions") == {} and "box" in plain


def _add(gathered: Answers, face: Mapping[str, Any], path: Path) -> None:
    around = (*path, face)
    begin = time_of(around)
    box = row_of(face.get("box"))
    extras: dict[str, Any] = box_of(face.get("box"))
    if box is not None and len(box) == _FOUR:
        extras["box"] = tuple(box)
    source = source_of(around)
    scores = gathered.scores(face["emotions"].items(), source)
    kind = FACE if "box" in face else UNTOLD
    gathered.add(kind, scores, source=source, begin=begin, end=begin, extras=extras)


def _columns(names: Sequence[str]) -> dict[int, dict[str, int]]:
    """For each face of a table its columns: labels and the box; nothing if this is no such table."""
    faces: dict[int, dict[str, int]] = {}
    known = get("fer-7").labels
    for i, name in enumerate(names):
        parts = _COLUMN.match(name)
        if parts and (parts[1] in known or parts[1] == "box") and len(parts[2]) <= _FOUR:
            faces.setdefault(int(parts[2]), {})[parts[1]] = i
    return {face: columns for face, columns in faces.items() if labelled(dict(columns))}


def _read_table(content: Content, gathered: Answers) -> None:
    found = header(content)
    faces = _columns(found.names) if found else {}
    if found is None or not faces:
        raise UnknownFormatError(f"{content.shown}: has no columns such as angry0 and box0, as FER writes for a video")
    for frame, cells in enumerate(Delimited(content, found).rows()):
        for face, columns in faces.items():
            told = {name: cells[i] for name, i in columns.items() if cells[i].strip()}
            box = [float(n) for n in _NUMBERS.findall(told.pop("box", ""))[:_FOUR]]
            extras: dict[str, Any] = {"row": frame, "face": face}
            if len(box) == _FOUR:
                extras["box"] = tuple(box)
            scores = {name: _cell(value) for name, value in told.items()}
            if scores:
                gathered.add(FACE, gathered.scores(scores.items()), extras=extras)
        if not any(cells[i].strip() for columns in faces.values() for i in columns.values()):
            gathered.add(FACE, {})


def _cell(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


reader = Reader(
    "fer", "FER: seven classes of faces in pictures and videos", "probability of exclusive classes", recognise, read
)
