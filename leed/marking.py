"""Messages as they would go out, cut into what was there and what leed put in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from leed.injection import Injection

OPEN, CLOSE = "⟦", "⟧"
"""Around what leed put in, where there are no colours."""


class Part(msgspec.Struct, frozen=True):
    """A text of a message, and whether leed put it in."""

    text: str
    injected: bool = False


_BETWEEN = Part("\n")


class Marked(msgspec.Struct, frozen=True):
    """A message in parts.

    Attributes:
        who: its role, and the name of who said it.
        tokens, injected: how many tokens its texts are, and how many of them leed put in.
    """

    who: str
    parts: tuple[Part, ...]
    tokens: int
    injected: int


def marked(injection: Injection, count: Callable[[str], int]) -> list[Marked]:
    """Return the messages of an injection in parts; ``count`` counts the tokens of a text."""
    notes = {note.index: note.text for note in injection.notes}
    return [
        _marked(message, notes.get(i), injection.policy, count)
        for i, message in enumerate(injection.messages)
        if isinstance(message, Mapping)
    ]


def visible(text: str) -> str:
    r"""Return text of somebody else fit for a terminal: what would steer it is replaced.

    >>> visible("a\x1b[2Jb\n\tc")
    'a\ufffd[2Jb\n\tc'
    """
    return "".join(c if c.isprintable() or c in _KEPT else "\N{REPLACEMENT CHARACTER}" for c in text)


_KEPT = "\n\t\u200c\u200d"  # lines, tabs, and what joins letters and emoji


def _marked(message: Mapping[str, Any], note: str | None, policy: str, count: Callable[[str], int]) -> Marked:
    added = policy if note is None and message.get("role") in ("system", "developer") else note
    texts = [list(_cut(text, added)) for text in _texts(message)]
    counted = [part for parts in texts for part in parts]
    name = message.get("name")
    who = f"{message.get('role')} {name}" if isinstance(name, str) else str(message.get("role"))
    return Marked(
        who,
        tuple(part for i, parts in enumerate(texts) for part in ([_BETWEEN] if i else []) + parts),
        sum(count(part.text) for part in counted),
        sum(count(part.text) for part in counted if part.injected),
    )


def _cut(text: str, added: str | None) -> Iterator[Part]:
    """A text in up to two parts: what leed added stands at its end."""
    if not added or not text.endswith(added.strip()):
        yield Part(text)
        return
    before = text[: len(text) - len(added.strip())]
    if before:
        yield Part(before)
    yield Part(added.strip(), injected=True)


def _texts(message: Mapping[str, Any]) -> Iterator[str]:
    content = message.get("content")
    if isinstance(content, str):
        yield content
    for part in content if isinstance(content, (list, tuple)) else ():
        kind = part.get("type") if isinstance(part, Mapping) else None
        text = part.get("text") if isinstance(part, Mapping) else part
        yield text if isinstance(text, str) else f"({kind})"
    for call in message.get("tool_calls") or ():
        function = call.get("function") if isinstance(call, Mapping) else None
        if isinstance(function, Mapping):
            yield f"(calls {function.get('name')}: {function.get('arguments')})"
