"""LangChain's messages as `leed.inject` takes them, and back again without a loss."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import BaseMessage, ChatMessage, HumanMessage, SystemMessage, convert_to_messages
from langchain_core.prompt_values import PromptValue
from msgspec import structs

from leed.errors import InputError
from leed.injection import Injection, inject
from leed.messages import INSTRUCTING, KEYS, Sent
from leed.schema.terms import Description

_ROLES = {"human": "user", "ai": "assistant", "system": "system", "tool": "tool", "function": "function"}
_DEVELOPER = {"__openai_role__": "developer"}  # how langchain-openai marks a system message of that role
_SOURCE = "message"  # under this key a plain message keeps the one that it was made of


class _NotedText(str):
    """A text with something put in, which remembers the content before; a copy of it is a plain str.

    Attributes:
        origin: the content before; None: the message was added.
        given: the description that was put in.
    """

    __slots__ = ("given", "origin")
    origin: Any
    given: Description | None

    def __reduce_ex__(self, _: object) -> tuple[Any, ...]:
        return (str, (str(self),))


class _NotedParts(list[Any]):
    """Parts with something put in, which remember the content before; a copy of them is a plain list.

    Attributes:
        origin: as that of a text.
        given: as that of a text.
    """

    __slots__ = ("given", "origin")
    origin: Any
    given: Description | None

    def __reduce_ex__(self, _: object) -> tuple[Any, ...]:
        return (list, (list(self),))


def as_messages(given: LanguageModelInput) -> list[BaseMessage]:
    """Return what a chat model may be given as a list of messages.

    >>> as_messages("I'm fine")
    [HumanMessage(content="I'm fine", additional_kwargs={}, response_metadata={})]

    Raises:
        InputError: it is neither a prompt value, nor messages, nor a str.
    """
    if isinstance(given, PromptValue):
        return given.to_messages()
    if isinstance(given, str):
        return [HumanMessage(given)]
    if isinstance(given, (list, tuple)):
        return convert_to_messages(given)
    raise InputError(f"a model's input is {type(given).__name__}: give a prompt value, a list of messages or a str")


def injected(
    messages: Iterable[BaseMessage],
    expressions: object = None,
    *,
    by_id: Mapping[str, Any] | None = None,
    on_inject: Callable[[Injection], object] | None = None,
    **options: Any,  # noqa: ANN401 - those of leed.inject
) -> list[BaseMessage]:
    r"""Return messages with descriptions; those in which nothing changed are the objects that were given.

    >>> injected([HumanMessage("I'm fine")], {"prosody": {"Sadness": 0.34}}, policy=None)[0].content
    "I'm fine\n\n[The user sounds quite sad.]"

    Args:
        messages: LangChain's.
        expressions: the expression of the newest message of the user.
        by_id: expressions of messages by their id, in place of those that ride on them.
        on_inject: is called with an `Injection` whose messages are LangChain's.
        options: those of `leed.inject`.
    """
    done: list[Injection] = []
    plain = [_plain(message, by_id or {}) for message in messages if not _is_added(message)]
    told = [_message(m) for m in inject(plain, expressions, on_inject=done.append, **options)]
    if on_inject is not None and done:
        on_inject(structs.replace(done[0], messages=tuple(told)))
    return told


# --- there


def _is_added(message: BaseMessage) -> bool:
    """Whether an earlier call added the whole message."""
    return isinstance(message.content, (_NotedText, _NotedParts)) and message.content.origin is None


def _plain(message: BaseMessage, by_id: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a mapping, or the message
    """A message as a mapping of role, name, content and expression; one without a role stays as it is."""
    role = _role(message)
    if role is None:
        return message
    given = None
    if isinstance(message.content, (_NotedText, _NotedParts)):
        given = message.content.given
        message = message.model_copy(update={"content": message.content.origin})
    plain: dict[str, Any] = {"role": role, "content": message.content, _SOURCE: message}
    if message.name is not None:
        plain["name"] = message.name
    if role == "user":
        plain |= {key: message.additional_kwargs[key] for key in KEYS if key in message.additional_kwargs}
        expression = given if message.id is None else by_id.get(message.id, given)
        if expression is not None:
            plain["expression"] = expression
    return plain


def _role(message: BaseMessage) -> str | None:
    if isinstance(message, ChatMessage):
        return message.role
    role = _ROLES.get(message.type.removesuffix("MessageChunk").lower())
    return "developer" if role == "system" and message.additional_kwargs.items() >= _DEVELOPER.items() else role


# --- and back


def _message(plain: Any) -> BaseMessage:  # noqa: ANN401 - as leed.inject returns it
    """The message for what `leed.inject` returned."""
    if isinstance(plain, BaseMessage):
        return plain
    source: BaseMessage | None = plain.get(_SOURCE)
    if source is None:
        return _added(plain)
    changes: dict[str, Any] = {}
    given = plain.given if isinstance(plain, Sent) else None
    if plain["content"] is not source.content or given is not None:
        is_ours = given is not None or plain["role"] in INSTRUCTING
        changes["content"] = _noted(plain["content"], source.content, given) if is_ours else plain["content"]
    if plain["role"] == "user" and any(key in source.additional_kwargs for key in KEYS):
        changes["additional_kwargs"] = {k: v for k, v in source.additional_kwargs.items() if k not in KEYS}
    return source.model_copy(update=changes) if changes else source


def _added(plain: Mapping[str, Any]) -> SystemMessage:
    """A message of leed's own: a policy or a note."""
    more = dict(_DEVELOPER) if plain["role"] == "developer" else {}
    message = SystemMessage("", additional_kwargs=more)
    return message.model_copy(update={"content": _noted(plain["content"], None, None)})


def _noted(content: Any, origin: Any, given: Description | None) -> Any:  # noqa: ANN401 - of a message
    if not isinstance(content, (str, list)):
        return content
    noted = _NotedText(content) if isinstance(content, str) else _NotedParts(content)
    noted.origin, noted.given = origin, given
    return noted
