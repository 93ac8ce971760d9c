"""What a hook makes of a request to LiteLLM's proxy: the fields that change, and the copies that must not remember.

The proxy keeps copies of a request before hooks run: its body as it came, the metadata of the one who asked, the
messages for logs. Expressions are taken out of all of them, in place, as the proxy passes requests on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from leed import marks
from leed.messages import INSTRUCTING, KEYS, with_texts
from leed_adapters.litellm.injecting import Injector

Body = dict[str, Any]

CALL_TYPES = {
    "completion": "messages",
    "acompletion": "messages",
    "responses": "input",
    "aresponses": "input",
    "anthropic_messages": "messages",
    "aanthropic_messages": "messages",
}
"""The proxy's names for calls that have messages, and where these are."""

BESIDE = "expression"
"""Where a request may bring the expression of its newest user message, beside messages: in metadata, or by itself."""

_METADATA = ("metadata", "litellm_metadata")


def changes(data: Mapping[str, Any], call_type: str, injector: Injector) -> Body:
    r"""Return the fields of a request that go out otherwise than they came.

    >>> said = [{"role": "user", "content": "Hey.", "expression": {"face": {"Joy": 0.84}}}]
    >>> changes({"system": "Be kind.", "messages": said}, "anthropic_messages", Injector(policy=None))["messages"]
    [{'role': 'user', 'content': 'Hey.\n\n[The user looks extremely joyful.]'}]
    """
    field = CALL_TYPES[call_type]
    given = data.get(field)
    if isinstance(given, str) and field == "input":
        given = [{"role": "user", "content": given}]
    if not isinstance(given, (list, tuple)):
        return {}
    messages = _with_beside(list(given), _beside(data))
    if "anthropic" in call_type:
        return _anthropic(data.get("system"), messages, injector)
    if field == "input":
        return _responses(data, messages, injector)
    return {field: injector(messages)}


def _responses(data: Mapping[str, Any], items: list[Any], injector: Injector) -> Body:
    """The policy ends the instructions: no server keeps them with a conversation, once for each turn.

    Only a stored prompt has instructions of its own, which those of a request would replace: there it is an item.
    """
    instructions = data.get("instructions")
    if instructions is None and data.get("prompt") is not None:
        return {"input": _as_given(injector(items), data["input"])}
    told = injector([{"role": "system", "content": instructions}, *items] if instructions else items)
    leads = bool(told) and isinstance(told[0], Mapping) and told[0].get("role") == "system"
    # A leading item that is not the caller's own is the policy.
    if leads and (instructions or _role(items) not in INSTRUCTING):
        return {"instructions": told[0]["content"], "input": _as_given(told[1:], data["input"])}
    return {"input": _as_given(told, data["input"])}


def _role(items: list[Any]) -> object:
    return items[0].get("role") if items and isinstance(items[0], Mapping) else None


def _as_given(told: list[Any], given: object) -> Any:  # noqa: ANN401 - a text, or items
    """A text as a text, as long as it is alone."""
    return told[0]["content"] if isinstance(given, str) and len(told) == 1 else told


def _anthropic(system: Any, messages: list[Any], injector: Injector) -> Body:  # noqa: ANN401 - text or blocks
    """Messages as Anthropic has them: instructions in a field of their own, results of tools inside users' messages."""
    handover = injector.handover
    if handover.role is not None:  # such notes are messages, and only user and assistant may have some here
        injector = injector.handing_over("inline")
        handover = injector.handover
    leading = [{"role": "system", "content": system}] if system else []
    told = injector([*leading, *(_harmless(message, json_marks=handover.name == "json") for message in messages)])
    if told and isinstance(told[0], Mapping) and told[0].get("role") == "system":
        return {"system": told[0]["content"], "messages": told[1:]}
    return {"messages": told}


def _harmless(message: Any, *, json_marks: bool) -> Any:  # noqa: ANN401 - a message as it came
    """A message in which no result of a tool passes for a note."""
    content = message.get("content") if isinstance(message, Mapping) else None
    if not isinstance(content, list):
        return message
    parts = [_harmless_result(part, json_marks=json_marks) for part in content]
    return message if all(a is b for a, b in zip(parts, content, strict=True)) else {**message, "content": parts}


def _harmless_result(part: Any, *, json_marks: bool) -> Any:  # noqa: ANN401 - a block as it came
    if not isinstance(part, Mapping) or part.get("type") != "tool_result":
        return part
    content = with_texts(part.get("content"), lambda text: marks.disarmed(text, json_marks=json_marks))
    return part if content is part.get("content") else {**part, "content": content}


# --- the expression beside messages


def _beside(data: Mapping[str, Any]) -> object:
    places = (data.get("metadata"), data.get("litellm_metadata"), data)
    found = (place.get(BESIDE) for place in places if isinstance(place, Mapping))
    return next((expression for expression in found if expression is not None), None)


def _with_beside(messages: list[Any], expression: object) -> list[Any]:
    """Messages with an expression on what the user said last; results of tools are not said."""
    if expression is None:
        return messages
    for i in range(len(messages) - 1, -1, -1):
        if _is_said(messages[i]):
            return [*messages[:i], {**messages[i], "expression": expression}, *messages[i + 1 :]]
    return messages


def _is_said(message: object) -> bool:
    if not isinstance(message, Mapping) or message.get("role") != "user":
        return False
    content = message.get("content")
    kinds = [part.get("type") for part in content if isinstance(part, Mapping)] if isinstance(content, list) else []
    return not kinds or any(kind != "tool_result" for kind in kinds)


# --- copies


def scrub(data: Body) -> None:
    """Take expressions out of a request and out of all that the proxy copied from it, in place."""
    kept = data.get("proxy_server_request")
    body = kept.get("body") if isinstance(kept, dict) else None
    for holder in (data, body):
        if not isinstance(holder, dict):
            continue
        holder.pop(BESIDE, None)
        for name in _METADATA:
            _scrub_metadata(holder.get(name))
        for messages in (holder.get("messages"), holder.get("input")):
            _scrub_messages(messages)
    for messages in _logged(data.get("litellm_logging_obj")):
        _scrub_messages(messages)


def put(data: Body, changed: Body) -> None:
    """Put changed fields into a request, and into the copy of its body."""
    data.update(changed)
    kept = data.get("proxy_server_request")
    body = kept.get("body") if isinstance(kept, dict) else None
    if isinstance(body, dict):
        body.update(changed)
    log = data.get("litellm_logging_obj")
    if log is not None and "input" in changed:  # the proxy itself does this for messages alone
        log.update_messages(changed["input"])


def _scrub_metadata(metadata: object) -> None:
    if isinstance(metadata, dict):
        metadata.pop(BESIDE, None)
        _scrub_metadata(metadata.get("requester_metadata"))


def _scrub_messages(messages: object) -> None:
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, dict) and isinstance(message.get("role"), str):
            for key in KEYS:
                message.pop(key, None)


def _logged(log: Any) -> Iterator[object]:  # noqa: ANN401 - litellm's Logging
    """The messages that litellm keeps for logs."""
    yield getattr(log, "messages", None)
    details = getattr(log, "model_call_details", None)
    if isinstance(details, dict):
        yield details.get("messages")
        yield details.get("input")
