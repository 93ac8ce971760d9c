"""emotion2vec and emotion2vec+ answers, as FunASR gives them.

::

    [{"key": "clip_1", "labels": ["生气/angry", "厌恶/disgusted", ..., "<unk>"], "scores": [0.01, 0.0, ..., 0.0],
      "feats": [0.12, -0.3, ...]}]

Scores are one row for an utterance, or one for each frame (``granularity="frame"``: 50 frames a second, by the model
card). The last label may come as ``<unk>`` or as an empty string. Quantity: probability of exclusive classes; other and
unknown say nothing. ``feats``, if there are any, are kept as the extra ``embedding``. Source: FunASR, emotion2vec_plus.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import repeat
from typing import Any

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, NEAR, NOT_THIS, POSSIBLE, Guess, Reader
from leed.readers.answers import Answers, Kind, first, found, listed, mentions, plain_of, row_of, without_query
from leed.readers.content import Content
from leed.readers.long_lists import LongList
from leed.schema.recording import Recording
from leed.taxonomy import get

FRAMES_PER_SECOND = 50
"""How many frames a second have with granularity="frame" (model card of emotion2vec)."""

_TAXONOMY = "emotion2vec-9"
_ENOUGH = 3
_KEY_OF_ARRAYS = "rand_key_"  # what FunASR calls audio that has no name


def recognise(content: Content) -> Guess:
    """Return whether answers hold labels and scores in parallel, and the labels are emotion2vec's."""
    if not mentions(content, b'"feats"', b'"labels"'):
        return NOT_THIS
    answer = first(content, _is_answer)
    if answer is not None:
        return Guess(CERTAIN if "key" in answer or "feats" in answer or _is_raw(answer) else POSSIBLE)
    if first(content, _is_empty) is not None:
        return Guess(CERTAIN)
    if first(content, _is_embedding) is not None:
        return Guess(NEAR, _EMBEDDING)
    return NOT_THIS


def read(content: Content) -> Recording:
    """Return a recording with a segment for each utterance or frame."""
    gathered = Answers(content, "answer")
    plain = plain_of(content)
    met = False
    for answer, _ in found(plain, lambda entry: _is_answer(entry) or _is_empty(entry)):
        met = True
        key = answer.get("key")
        source = without_query(key) if isinstance(key, str) and not key.startswith(_KEY_OF_ARRAYS) else None
        if _is_empty(answer):
            gathered.note("nothing-detected", "nothing was measured: labels and scores are empty", source)
            continue
        labels = ["unknown" if label in ("", "<unk>") else str(label) for label in answer["labels"]]
        scores, feats = _listed(answer["scores"]), _listed(answer.get("feats"))
        framewise = _is_framewise(scores) and next(_rows(scores), None) is not None
        kind = Kind("prosody", "expression", _TAXONOMY, "probability", True, "frame" if framewise else "utterance")
        vectors = _rows(feats) if _count(feats) == _count(scores) else repeat(None)
        for i, (row, vector) in enumerate(zip(_rows(scores), vectors, strict=False)):
            if row is None or len(row) != len(labels):
                what = "scores and labels are not equally many; they are left out"
                gathered.note("not-read", what, source or content.name)
                continue
            gathered.add(
                kind,
                gathered.scores(zip(labels, row, strict=True), source),
                source=source,
                begin=i / FRAMES_PER_SECOND if framewise else math.nan,
                end=(i + 1) / FRAMES_PER_SECOND if framewise else math.nan,
                extras={"embedding": tuple(vector)} if vector else {},
            )
    if not met:
        embedding = first(content, _is_embedding) is not None
        expected = _EMBEDDING if embedding else "holds no answer of emotion2vec: {key, labels, scores}"
        raise UnknownFormatError(f"{content.shown}: {expected}")
    return gathered.recording()


_EMBEDDING = "is FunASR output with features only (feats): the model has no emotion head; use an emotion2vec_plus model"


def _is_answer(plain: Mapping[str, Any]) -> bool:
    labels = plain.get("labels")
    if not isinstance(labels, (list, tuple)) or "scores" not in plain or "sequence" in plain:
        return False
    if not isinstance(_listed(plain["scores"]), list):
        return False
    known = get(_TAXONOMY)
    return sum(isinstance(label, str) and known.find(label) is not None for label in labels) >= _ENOUGH


def _is_empty(plain: Mapping[str, Any]) -> bool:
    return "key" in plain and all(isinstance(plain.get(k), list) and not plain[k] for k in ("labels", "scores"))


def _is_raw(plain: Mapping[str, Any]) -> bool:
    """Whether the labels are as FunASR writes them, in two languages."""
    return any(isinstance(label, str) and "/" in label for label in plain["labels"])


def _is_embedding(plain: Mapping[str, Any]) -> bool:
    return "key" in plain and "feats" in plain and "scores" not in plain


def _listed(value: Any) -> Any:  # noqa: ANN401 - whatever the input holds
    """An array as plain lists; a list that lies in a file stays there."""
    return value if isinstance(value, LongList) else listed(value)


def _is_framewise(plain: Any) -> bool:  # noqa: ANN401 - whatever the input holds
    return isinstance(plain, list) and bool(plain) and isinstance(next(iter(plain)), list)


def _count(plain: Any) -> int:  # noqa: ANN401 - whatever the input holds
    """How many rows there are."""
    return len(plain) if _is_framewise(plain) else int(isinstance(plain, list) and bool(plain))


def _rows(plain: Any) -> Iterator[list[float] | None]:  # noqa: ANN401 - whatever the input holds
    """The rows of a list of numbers or of a list of such lists; None for what is none."""
    if _is_framewise(plain):
        yield from map(row_of, plain)
    elif isinstance(plain, list) and plain:
        yield row_of(plain)


reader = Reader(
    "emotion2vec",
    "emotion2vec+ (FunASR): nine classes of voice",
    "probability of exclusive classes, by utterance or frame",
    recognise,
    read,
)
