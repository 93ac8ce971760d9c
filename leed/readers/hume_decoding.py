"""The items of Hume v0 predictions, from JSON or plain data: decoded by type, or leniently where they are odd."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any

import msgspec

from leed import accelerator
from leed.readers.hume_items import ASPECTS, Box, Group, Item, Score, Stretch
from leed.schema.terms import Issue
from leed.scores import from_pairs, number_of

_DECODER = msgspec.json.Decoder(list[Item])
_EMOTIONS = attrgetter("emotions")


def gather(data: bytes, group: Group, labels: tuple[str, ...] | None = None) -> None:
    """Add the items of a JSON array to a group, leniently where they are not as Hume writes them.

    With ``labels``, it is first tried whether all emotions have just these names in this order, which is faster.

    Raises:
        ValueError: it is no JSON array, not even with NaN and infinity allowed.
    """
    if labels is not None:
        if accelerator.is_used() and group.is_of(labels) and _gather_lifted(data, group, labels):
            return
        try:
            group.add(_decoder_of(labels).decode(data), labels)
        except (msgspec.DecodeError, UnicodeDecodeError):
            gather(data, group)
        return
    group.add(_decode(data, group))


def _gather_lifted(data: bytes, group: Group, labels: tuple[str, ...]) -> bool:
    """Add the items by compiled code, if they are as Hume writes them; return whether they are."""
    found = accelerator.lifted(data, _in_json(labels))
    if found is None:
        return False
    rest, scores = found
    try:
        items = _DECODER.decode(rest)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    if len(items) * len(labels) != len(scores) or list(map(_EMOTIONS, items)).count(None) < len(items):
        return False
    group.add(items, labels, scores)
    return True


@lru_cache(maxsize=16)
def _in_json(labels: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(map(msgspec.json.encode, labels))


@lru_cache(maxsize=16)
def _decoder_of(labels: tuple[str, ...]) -> msgspec.json.Decoder[list[Item]]:
    """The decoder for items whose emotions have these names in this order: each is a type that knows its name."""
    scores = tuple(
        msgspec.defstruct(f"Score{i}", [("score", float)], tag_field="name", tag=label, gc=False)
        for i, label in enumerate(labels)
    )
    item = msgspec.defstruct("KnownItem", [("emotions", tuple[scores], None)], bases=(Item,), gc=False)  # type: ignore[valid-type]
    return msgspec.json.Decoder(list[item])  # type: ignore[valid-type]


def _decode(data: bytes, group: Group) -> list[Item]:
    try:
        return _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        import json  # noqa: PLC0415 - the exception

        plain = json.loads(data)
        if not isinstance(plain, list):
            raise TypeError("expected a JSON array of predictions") from None
        return lenient(plain, group)


def lenient(plain: Iterable[Any], group: Group) -> list[Item]:
    """Return items from plain data of any shape; what cannot be used is noted in the group."""
    items = []
    for entry in plain:
        if isinstance(entry, Mapping):
            items.append(_item(entry, group))
        else:
            group.note([Issue("not-read", f"a prediction is {type(entry).__name__}, not an object; it is left out")])
    return items


def _item(entry: Mapping[str, Any], group: Group) -> Item:
    time = entry.get("time")
    scores = {}
    for field in ASPECTS:
        pairs = _pairs(entry.get(field), group)
        if pairs is not None:
            tidy = from_pairs(pairs)
            group.note(tidy.issues)
            scores[field] = [Score(label, value) for label, value in zip(tidy.labels, tidy.values, strict=True)]
        elif entry.get(field):
            group.note([Issue("not-read", f"{field} is no list of names and scores; it is left out")])
    box = entry.get("box", entry.get("bbox"))
    return Item(
        time=_stretch(time) if isinstance(time, Mapping) else _finite(time),
        box=Box(**{k: _finite(box.get(k)) for k in "xywh"}) if isinstance(box, Mapping) else None,
        text=_said(entry.get("text")),
        position=_stretch(entry["position"]) if isinstance(entry.get("position"), Mapping) else None,
        frame=_finite(entry.get("frame")),
        prob=_finite(entry.get("prob")),
        confidence=_finite(entry.get("confidence")),
        speaker_confidence=_finite(entry.get("speaker_confidence")),
        emotions=scores.get("emotions"),
        facs=scores.get("facs"),
        descriptions=scores.get("descriptions"),
        sentiment=scores.get("sentiment"),
        toxicity=scores.get("toxicity"),
        entity=_said(entry.get("entity")),
        entity_confidence=_finite(entry.get("entity_confidence")),
        support=_finite(entry.get("support")),
        uri=_said(entry.get("uri")),
        link_word=_said(entry.get("link_word")),
    )


def _pairs(plain: Any, group: Group) -> list[tuple[Any, Any]] | None:  # noqa: ANN401 - whatever the input holds
    """Names and scores from a mapping or from a list of objects; entries that are neither are noted."""
    if isinstance(plain, Mapping):
        return list(plain.items())
    if not isinstance(plain, list):
        return None
    good = [e for e in plain if isinstance(e, Mapping) and "name" in e and "score" in e]
    if len(good) < len(plain):
        group.note([Issue("not-read", "an entry is no name with a score; it is left out")] * (len(plain) - len(good)))
    return [(e["name"], e["score"]) for e in good]


def _stretch(plain: Mapping[str, Any]) -> Stretch:
    return Stretch(_finite(plain.get("begin")), _finite(plain.get("end")))


def _said(value: Any) -> str | None:  # noqa: ANN401 - any cell
    return value if value is None or isinstance(value, str) else str(value)


def _finite(value: Any) -> float | None:  # noqa: ANN401 - any cell
    number, _ = number_of(value)
    return None if math.isnan(number) else number
