"""``POST /leed/v1/prompt``: messages as they would be sent, with what leed puts in marked and counted."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from leed.injection import Injection, inject
from leed.marking import Marked, marked
from leed.tokens import get_counter
from leed_adapters.gateway.api.choices import Handover, Policy
from leed_adapters.gateway.api.describing import Measured, segment
from leed_adapters.gateway.api.endpoint import Asked, Refusal, decoded

Role = Literal["system", "developer", "user", "assistant", "tool"]


class Message(msgspec.Struct, frozen=True):
    """A message of a chat, as OpenAI's API has it; what was measured of it rides under the key "expression"."""

    role: Role
    content: str | list[dict[str, Any]] | None = None
    name: str | UnsetType = UNSET


class PromptRequest(Measured, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A chat, or the words and the scores of one message; and how descriptions are handed over."""

    messages: list[Message] | UnsetType = UNSET
    system: str | UnsetType = UNSET
    handover: Handover = "inline"
    policy: Policy = "subtle"


ONE_OF_THEM = {
    "oneOf": [{"required": ["messages"]}, {"required": ["scores"]}, {"required": ["expression"]}],
}
"""What a schema of `PromptRequest` asks for beside its fields."""


class Prompted(msgspec.Struct, frozen=True):
    """Messages as they would be sent.

    Attributes:
        messages: for a client.
        marked: the same in parts, with what leed put in marked.
        tokens, injected: of all texts, and of what leed put in.
        counter, exact: what counted them, and whether it is a count.
        skipped: why a message has no description, by its place among those that were given.
    """

    messages: list[dict[str, Any]]
    marked: list[Marked]
    tokens: int
    injected: int
    counter: str
    exact: bool
    skipped: dict[str, str]


def prompt(asked: Asked) -> Prompted:
    """Return the messages of a request as they would be sent."""
    wanted: PromptRequest = decoded(asked.body, PromptRequest)
    messages, beside = _messages(wanted, asked.body)
    made: list[Injection] = []
    inject(
        messages,
        beside,
        handover=wanted.handover,
        policy=wanted.policy,
        describer=wanted.describer(),
        on_inject=made.append,
    )
    counter = get_counter()
    told = marked(made[0], counter)
    return Prompted(
        messages=[dict(message) for message in made[0].messages],
        marked=told,
        tokens=sum(message.tokens for message in told),
        injected=sum(message.injected for message in told),
        counter=counter.name,
        exact=counter.exact,
        skipped={str(place): why for place, why in made[0].skipped.items()},
    )


def _messages(wanted: PromptRequest, body: bytes) -> tuple[list[dict[str, Any]], Any]:
    """The chat, and the expression of its newest message where that comes beside.

    Raises:
        Refusal: 400, where there is neither a chat nor scores, or both.
    """
    if not isinstance(wanted.messages, UnsetType):
        if not (wanted.scores is wanted.expression is UNSET):
            raise Refusal(400, "messages and scores: give one; expressions ride on messages", param="messages")
        plain: list[dict[str, Any]] = msgspec.json.decode(body)["messages"]
        return plain, None
    scores, about = wanted.given()
    leading = [] if isinstance(wanted.system, UnsetType) else [{"role": "system", "content": wanted.system}]
    message = {"role": "user", "content": wanted.words or ""}
    return [*leading, message], scores if about == {} and wanted.scores is UNSET else segment(scores, about)
