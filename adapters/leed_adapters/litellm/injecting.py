"""Injection for litellm's calls: plain dicts go out, so that what litellm keeps remembers no message as it was."""

from __future__ import annotations

import copy
from typing import Any, Self

from leed.messages import Sent
from leed.prompts import Handover, get_handover
from leed_adapters.injector import Injector as Preparing


class Injector(Preparing):
    r"""Puts descriptions into messages, always with the same options.

    >>> said = {"role": "user", "content": "I'm fine", "expression": {"prosody": {"Sadness": 0.34}}}
    >>> Injector(policy=None)([said])
    [{'role': 'user', 'content': "I'm fine\n\n[The user sounds quite sad.]"}]
    """

    @property
    def handover(self) -> Handover:
        """How descriptions are handed over."""
        return get_handover(self._options["handover"])

    def handing_over(self, handover: str) -> Self:
        """Return one that hands descriptions over in another way."""
        other = copy.copy(self)
        other._options = self._options | {"handover": get_handover(handover)}  # noqa: SLF001 - of the same class
        return other

    def __call__(self, messages: Any) -> Any:  # noqa: ANN401 - messages as they came
        """Return the messages that go out; without descriptions where something is wrong, unless strict."""
        told = super().__call__(messages)
        if not isinstance(told, list):
            return told
        return [dict(message) if isinstance(message, Sent) else message for message in told]
