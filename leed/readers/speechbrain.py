"""SpeechBrain's answer, a tuple: (out_prob, score, index, text_lab).

::

    [[[0.02, 0.01, 0.95, 0.02]], [0.95], [2], ["hap"]]          classify_file or classify_batch, tensors as lists
    (tensor([[0.02, 0.01, 0.95, 0.02]]), tensor([0.95]), tensor([2]), ['hap'])              what Python prints of it

Quantity: probability of exclusive classes (a log of it, in some models, is told by its sign and undone). Only the most
likely class has a name; the others are numbers without names, and leed reads no label by its place: they are kept as
the extra ``out_prob``. Source: speechbrain/emotion-recognition-wav2vec2-IEMOCAP.
"""

from __future__ import annotations

import ast
import math
import re
from typing import Any

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, NOT_THIS, Guess, Reader
from leed.readers.answers import Answers, Kind, listed, mentions, plain_of, row_of
from leed.readers.content import Content
from leed.schema.recording import Recording

_FOUR = 4
_PRINTED = re.compile(rb"\s*\(\s*tensor\(")
_TENSOR = re.compile(r"tensor\((\[[^()]*\])[^()]*\)")  # with its device or gradient, if it has them
_NAMES = ("neu", "ang", "hap", "sad")


def recognise(content: Content) -> Guess:
    """Return whether this is a list of four: rows of numbers, their greatest, its places, and its names."""
    if content.kind == "text":
        return Guess(CERTAIN) if _PRINTED.match(content.head) else NOT_THIS
    if content.kind == "json" and (not mentions(content, b'"') or content.head.lstrip()[:1] != b"["):
        return NOT_THIS
    if content.kind not in ("json", "plain"):
        return NOT_THIS
    return Guess(CERTAIN) if _taken(content.glimpse) is not None else NOT_THIS


def read(content: Content) -> Recording:
    """Return a recording with a segment for each input: the most likely class."""
    taken = _taken(_printed(content) if content.kind == "text" else plain_of(content))
    if taken is None:
        raise UnknownFormatError(f"{content.shown}: is no answer of SpeechBrain: [out_prob, score, index, text_lab]")
    rows, scores, labels = taken
    gathered = Answers(content, "answer")
    known = all(label in _NAMES for label in labels)
    kind = Kind("prosody", "expression", "iemocap-4" if known else None, "probability", True, "utterance")
    logs = all(v <= 0 or math.isnan(v) for v in scores)
    if logs:
        gathered.note("inferred", "scores are none above 0, so they are logarithms of probabilities", content.name)
    for row, score, label in zip(rows, scores, labels, strict=True):
        value = math.exp(score) if logs else score
        extras = {"out_prob": tuple(row)} if len(row) == len(rows[0]) else {}
        gathered.add(kind, gathered.scores([(label, value)]), extras=extras)
    what = "only the most likely class has a name; the others are kept as the extra out_prob"
    gathered.note("not-read", what, content.name)
    return gathered.recording()


def _printed(content: Content) -> Any:  # noqa: ANN401 - whatever the text holds
    """What was printed, as plain data; None if it is not a tuple of tensors."""
    try:
        printed = ast.literal_eval(_TENSOR.sub(r"\1", content.text.strip()))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return list(printed) if isinstance(printed, tuple) else None


def _taken(plain: Any) -> tuple[list[list[float]], list[float], list[str]] | None:  # noqa: ANN401 - anything
    """The rows, the greatest of each, and its name; None if this is no such answer."""
    if not isinstance(plain, list) or len(plain) != _FOUR:
        return None
    probabilities, best, index, names = (listed(part) for part in plain)
    scores = row_of(best if isinstance(best, list) else [best])
    places = row_of(index if isinstance(index, list) else [index])
    labels = [names] if isinstance(names, str) else names
    if not isinstance(probabilities, list) or not isinstance(labels, list) or scores is None or places is None:
        return None
    if not labels or not all(isinstance(label, str) for label in labels):
        return None
    rows = [row_of(row) for row in probabilities]
    if not len(rows) == len(scores) == len(places) == len(labels):
        return None
    told = [row for row in rows if row is not None]
    fits = len(told) == len(rows) and all(
        place == int(place) and 0 <= place < len(row) and math.isclose(row[int(place)], score, abs_tol=1e-3)
        for row, place, score in zip(told, places, scores, strict=True)
        if math.isfinite(place)
    )
    return (told, scores, labels) if fits else None


reader = Reader(
    "speechbrain",
    "SpeechBrain's tuple (out_prob, score, index, text_lab)",
    "probability of exclusive classes: the most likely one",
    recognise,
    read,
)
