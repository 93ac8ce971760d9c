"""What EVI sends with each turn: all messages with their scores, described by what is usual for the one who speaks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from leed.describer import Describer
from leed.errors import LeedError
from leed.injection import report
from leed.readers.hume_evi_chats import voice_of, without_annotations
from leed.schema.terms import Description, Segment
from leed.scores import as_pairs, from_pairs, number_of
from leed.stream import Stream

Message = dict[str, Any]


def described(messages: list[Any], describer: Describer) -> list[Any]:
    """Return the messages of a chat with EVI, each user's with its description in place of scores.

    The person's baseline and what stood before are gathered anew from the messages before each, and from nothing else:
    the same history has the same words, and one that is longer begins with them. What EVI itself appends to a text is
    taken away.

    >>> from leed.expressions import for_chat
    >>> said = {"role": "user", "content": "Fine. {very sad}", "models": {"prosody": {"scores": {"Sadness": 0.34}}}}
    >>> told = described([said], for_chat(Describer()))[0]
    >>> told["content"], told["expression"].sentence
    ('Fine.', 'The user sounds quite sad.')
    """
    stream = Stream(describer=describer, baseline=True, settle=0.0, dwell=0.0)
    return [_described(message, stream) if isinstance(message, Mapping) else message for message in messages]


def _described(message: Mapping[str, Any], stream: Stream) -> Message:
    if message.get("role") != "user":
        return dict(message)
    told = _unannotated(message)
    voice = voice_of(message)
    if voice is None or message.get("expression") is not None:
        return told
    try:
        description = _followed(voice, message.get("time"), stream)
    except Exception as error:  # noqa: BLE001 - the call goes out: inject tells of scores that are none
        report(str(error) if isinstance(error, LeedError) else type(error).__name__)
        return told
    told.pop("models", None)
    return told if description is None else {**told, "expression": description}


def _followed(voice: object, time: object, stream: Stream) -> Description | None:
    pairs = as_pairs(voice)
    if pairs is None:
        return None
    tidy = from_pairs(pairs)
    scores = {label: score for label, score in zip(tidy.labels, tidy.values, strict=True) if math.isfinite(score)}
    if not scores:
        return None
    begin, end = (_seconds(time, name) for name in ("begin", "end"))
    segment = Segment(
        scores=scores,
        modality="prosody",
        quantity="intensity",
        exclusive=False,
        taxonomy="hume-48",
        granularity="utterance",
        begin=begin,
        end=end,
    )
    description = stream.feed(segment) or stream.now()
    return description if description is not None and description.notable else None


def _seconds(time: object, name: str) -> float | None:
    value = number_of(time.get(name))[0] / 1000 if isinstance(time, Mapping) else math.nan
    return value if math.isfinite(value) else None


def _unannotated(message: Mapping[str, Any]) -> Message:
    content = message.get("content")
    return {**message, "content": without_annotations(content)} if isinstance(content, str) else dict(message)
