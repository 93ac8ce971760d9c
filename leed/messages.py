"""A chat's messages, as plain data: what they carry, their words, and their copies with something put in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from leed.errors import InputError
from leed.schema.terms import Description

KEYS = ("expression", "models", "time")
"""Keys that carry expressions: leed's own, and those of Hume's EVI. Strict providers reject them."""

INSTRUCTING = ("system", "developer")
"""Roles that speak for the application; all others speak for people, tools and models."""

_TEXTS = ("text", "input_text", "output_text")  # types of parts that hold words

Message = Mapping[str, Any]


class Sent(dict[str, Any]):
    """A message with something put in, which remembers the message before; a copy of it is a plain dict.

    Attributes:
        origin: the message as it was given; None for one that was added.
        given: the description that was put in.
    """

    __slots__ = ("_as_sent", "given", "origin")

    def __init__(self, message: Message, origin: Message | None, given: Description | None = None) -> None:
        super().__init__(message)
        self.origin = origin
        self.given = given
        self._as_sent = dict(message)

    @property
    def is_untouched(self) -> bool:
        """Whether it still is what was sent."""
        return self == self._as_sent

    def __reduce_ex__(self, _: object) -> tuple[Any, ...]:
        return (dict, (dict(self),))


def restored(messages: object) -> Iterator[tuple[Any, Description | None]]:
    """Yield messages as they were before an earlier call, each with the description that was put in then.

    Raises:
        InputError: they are no list of messages.
    """
    if isinstance(messages, (str, bytes, Mapping)) or not isinstance(messages, Iterable):
        raise InputError(
            f"messages is {type(messages).__name__}: give a list of chat messages, such as "
            "[{'role': 'user', 'content': 'Hello'}]"
        )
    for message in messages:
        if isinstance(message, Sent) and message.is_untouched:
            if message.origin is not None:
                yield message.origin, message.given
        else:
            yield message, None


def bare(message: Message) -> dict[str, Any]:
    """Return a message without the keys that carry expressions.

    >>> bare({"role": "user", "content": "Hey.", "models": {}, "time": {"begin": 0, "end": 900}})
    {'role': 'user', 'content': 'Hey.'}
    """
    return {key: value for key, value in message.items() if key not in KEYS}


def carried(message: Message) -> object:
    """Return the expression that rides on a message, or None: under "expression", else under EVI's "models"."""
    expression = message.get("expression")
    return message.get("models") if expression is None else expression


def with_texts(content: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401 - a str, parts, or something else
    """Return content with each of its texts changed; the same object where that changes nothing.

    >>> with_texts([{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {}}], str.upper)
    [{'type': 'text', 'text': 'A'}, {'type': 'image_url', 'image_url': {}}]
    """
    if isinstance(content, str):
        return change(content)
    if not isinstance(content, (list, tuple)):
        return content
    parts = [_with_text(part, change) for part in content]
    return content if all(new is old for new, old in zip(parts, content, strict=True)) else parts


def _with_text(part: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401 - of content
    if isinstance(part, str):
        return change(part)
    if not isinstance(part, Mapping) or not isinstance(part.get("text"), str):
        return part
    text = change(part["text"])
    return part if text == part["text"] else {**part, "text": text}


def with_note(content: Any, note: Callable[[str], str]) -> Any:  # noqa: ANN401 - as above
    """Return content with a note: in its text, or as one more part behind its parts.

    Args:
        content: a str, a list of parts, or None.
        note: makes a text with the note of the text before it.
    """
    if content is None or isinstance(content, str):
        return note(content or "")
    if not isinstance(content, (list, tuple)):
        return content
    types = [part.get("type") for part in content if isinstance(part, Mapping)]
    kind = "input_text" if any(str(t).startswith("input_") and t != "input_audio" for t in types) else "text"
    return [*content, {"type": kind, "text": note("")}]


def without_empty_parts(content: Any) -> Any:  # noqa: ANN401 - as above
    """Return content without parts of text that hold none, as long as something else is left."""
    if not isinstance(content, list):
        return content
    kept = [p for p in content if not (isinstance(p, Mapping) and p.get("type") in _TEXTS and p.get("text") == "")]
    return kept if kept and len(kept) < len(content) else content
