"""`leed.inject` with options that are prepared once, for calls that go out whatever happens."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from leed.describer import describer_for
from leed.errors import InputError, LeedError
from leed.injection import inject
from leed.messages import Sent, bare

_LOG = logging.getLogger("leed")
_BESIDE = ("messages", "expressions", "options")  # parameters of inject that are no options
_OWN = frozenset(inspect.signature(inject).parameters) - frozenset(_BESIDE)


class Injector:
    r"""Puts descriptions into messages, always with the same options.

    >>> said = {"role": "user", "content": "I'm fine", "expression": {"prosody": {"Sadness": 0.34}}}
    >>> Injector(policy=None)([said])
    [{'role': 'user', 'content': "I'm fine\n\n[The user sounds quite sad.]"}]
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of inject
        """Check the options.

        Raises:
            OptionError: an option is not known, or has a value that leed does not know.
        """
        own: dict[str, Any] = {name: value for name, value in options.items() if name in _OWN}
        others = {name: value for name, value in options.items() if name not in _OWN}
        own["describer"] = describer_for(own.get("describer"), others)
        self._options = own
        checked: dict[str, Any] = own | {"on_inject": None}
        inject([], **checked)

    @property
    def strict(self) -> bool:
        """Whether failures are raised."""
        return bool(self._options.get("strict"))

    def replace(self, **options: Any) -> Injector:  # noqa: ANN401 - those of inject
        """Return one with other values for some options."""
        changed: dict[str, Any] = self._options | options
        return Injector(**changed)

    @property
    def handover(self) -> Any:  # noqa: ANN401 - as inject takes it
        """How descriptions are handed over."""
        return self._options.get("handover", "inline")

    def __call__(self, messages: Any) -> Any:  # noqa: ANN401 - messages as they came
        """Return the messages that go out, as plain dicts; without descriptions where something is wrong.

        Raises:
            LeedError: something is wrong, and strict was asked for.
        """
        try:
            # Plain dicts: what litellm keeps for its logs shall not remember the messages before.
            return [
                dict(message) if isinstance(message, Sent) else message for message in inject(messages, **self._options)
            ]
        except Exception as error:
            if self.strict:
                if isinstance(error, LeedError):
                    raise
                raise InputError(f"the messages cannot be described: {error}") from error
            _report(str(error) if isinstance(error, LeedError) else type(error).__name__)
            return without_keys(messages)


def without_keys(messages: Any) -> Any:  # noqa: ANN401 - whatever came as messages
    """Return messages without the keys that carry expressions; what is no list stays as it is.

    >>> without_keys([{"role": "user", "content": "Hey.", "expression": {"face": {"Joy": 0.4}}}])
    [{'role': 'user', 'content': 'Hey.'}]
    """
    if not isinstance(messages, (list, tuple)):
        return messages
    return [bare(message) if isinstance(message, Mapping) else message for message in messages]


@lru_cache(maxsize=256)
def _report(why: str) -> None:
    """Log a failure; once for each."""
    _LOG.warning("a call goes out without descriptions: %s", why[:400])
