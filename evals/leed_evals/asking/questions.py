"""A question to a chat model, and its answer: plain values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from leed.tokens import count_tokens

Messages = tuple[Mapping[str, str], ...]
"""A chat, as OpenAI's client takes it."""


@dataclass(frozen=True)
class Question:
    """What a model is asked.

    Attributes:
        messages: the chat that it is to go on with.
        about: what the question is about, for whoever reads the transcript; plain data.
        repeat: the how manieth time the same is asked.
    """

    messages: Messages
    about: Mapping[str, Any] = field(default_factory=dict)
    repeat: int = 0

    def key(self, model: str, temperature: float | None = None) -> str:
        """Return what an answer is found by: the same for the same model, words, temperature and repeat.

        >>> question = Question(({"role": "user", "content": "Hello"},))
        >>> question.key("a") == question.key("a"), question.key("a") == question.key("b")
        (True, False)
        """
        asked = json.dumps([model, [dict(m) for m in self.messages], temperature, self.repeat], sort_keys=True)
        return hashlib.sha256(asked.encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Answer:
    """What a model said.

    Attributes:
        text: its words; empty if it said nothing.
        refused: why the endpoint did not take the question, or None.
    """

    text: str
    refused: str | None = None


def tokens(questions: Iterable[Question]) -> int:
    """Return about how many tokens questions have, estimated from above where tiktoken's files are not on disk."""
    return sum(count_tokens(message["content"]) for question in questions for message in question.messages)
