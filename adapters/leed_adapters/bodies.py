"""The bodies of OpenAI's requests: where their messages are, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from leed.prompts import without_policy

Inject = Callable[[Any], Any]
Body = Mapping[str, Any]


def injected(path: str, body: object, inject: Inject) -> object:
    """Return the body of a request with its messages injected; of other requests, the same object.

    >>> injected("/chat/completions", {"model": "m", "messages": ["a"]}, lambda messages: [*messages, "b"])
    {'model': 'm', 'messages': ['a', 'b']}
    >>> injected("/embeddings", {"input": "a"}, lambda messages: [])
    {'input': 'a'}
    """
    change = _CHANGES.get(path)
    return change(body, inject) if change is not None and isinstance(body, Mapping) else body


def _chat(body: Body, inject: Inject) -> Body:
    return {**body, "messages": inject(body["messages"])} if "messages" in body else body


def _response(body: Body, inject: Inject) -> Body:
    """The policy ends the instructions: they head each request, and no server keeps them for the next one.

    As an item of the input it would be kept with a conversation, once for each turn. Only a stored prompt has
    instructions of its own, which those of a request would replace: there it is the first item.
    """
    given = body.get("input")
    if not isinstance(given, (str, list)):
        return body
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given
    instructions = body.get("instructions")
    if instructions is None and body.get("prompt") is not None:
        return {**body, "input": _as_given(inject(items), given)}
    own = without_policy(instructions or "")
    told = inject([{"role": "system", "content": own}, *items])
    if told and told[0].get("role") == "system":
        own, told = told[0]["content"], told[1:]
    changed = {**body, "input": _as_given(told, given)}
    return changed if instructions is None and not own else {**changed, "instructions": own}


def _as_given(told: list[Any], given: object) -> Any:  # noqa: ANN401 - a str, or items
    """A text as a text, as long as it is alone."""
    return told[0]["content"] if isinstance(given, str) and len(told) == 1 else told


_CHANGES: Mapping[str, Callable[[Body, Inject], Body]] = {"/chat/completions": _chat, "/responses": _response}
