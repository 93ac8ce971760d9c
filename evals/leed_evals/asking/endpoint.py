"""A chat model, and where it is asked: plain data."""

from __future__ import annotations

import os
from dataclasses import dataclass

from leed.errors import OptionError
from leed_evals.asking.questions import Question

KEY = "OPENAI_API_KEY"


@dataclass(frozen=True)
class Endpoint:
    """A chat model, and where it is asked.

    Attributes:
        model: its name, as the endpoint has it.
        base_url: up to /v1; None for OPENAI_BASE_URL, or else OpenAI's own.
        temperature: None leaves it to the endpoint; some models take none.
        retries: how often a question is asked again after a failure that may pass.
        timeout: seconds that an answer may take.
        key_name: the environment variable that holds the key.
    """

    model: str
    base_url: str | None = None
    temperature: float | None = None
    retries: int = 4
    timeout: float = 120.0
    key_name: str = KEY

    def key(self, question: Question) -> str:
        """Return what an answer of this model is found by."""
        return question.key(self.model, self.temperature)

    def access(self) -> tuple[str | None, str]:
        """Return the address and the key, from the environment where they are not given.

        Raises:
            OptionError: there is neither a key nor a server that may need none.
        """
        own = self.base_url or os.environ.get("OPENAI_BASE_URL")
        key = os.environ.get(self.key_name)
        if not own and not key:
            raise OptionError(f"no key: set {self.key_name}, or give --base-url of a server that needs none")
        return own, key or "none"
