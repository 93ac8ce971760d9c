"""The options of an adapter, prepared once, and where the expressions of a call come from."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from langchain_core.messages import BaseMessage

from leed.errors import InputError, LeedError
from leed.injection import inject
from leed_adapters.langchain.messages import injected

_LOG = logging.getLogger("leed")


class Injector:
    """Puts descriptions into messages, with the options that an adapter was made with.

    >>> from langchain_core.messages import HumanMessage
    >>> inject = Injector({"prosody": {"Sadness": 0.34}}, {"policy": None})
    >>> print(inject([HumanMessage("I'm fine")])[0].content)
    I'm fine
    <BLANKLINE>
    [The user sounds quite sad.]
    """

    def __init__(self, expressions: object, options: Mapping[str, Any]) -> None:
        """Prepare.

        Args:
            expressions: what `leed.inject` takes as its second argument, such as a `leed.Stream`; or a function that
                is asked for it at each call.
            options: those of `leed.inject`; ``now`` may be a function too.

        Raises:
            OptionError: an option is not known, or has a value that leed does not know.
        """
        self.expressions = expressions
        self.options = dict(options)
        checked = _at_present(self.options)
        checked.pop("on_inject", None)
        inject([], **checked)  # so that a wrong option is an error at once

    def __call__(
        self,
        messages: Sequence[BaseMessage],
        about: object = None,
        *,
        beside: object = None,
        by_id: Mapping[str, Any] | None = None,
    ) -> list[BaseMessage]:
        """Return messages for one call to a model.

        Args:
            messages: LangChain's; they are not changed.
            about: what the function for expressions is given; None: nothing.
            beside: the expression of the newest message of the user, before that which the adapter was made with.
            by_id: expressions of messages by their id.
        """
        expressions = self._asked(about) if beside is None else beside
        return injected(messages, expressions, by_id=by_id, **_at_present(self.options))

    def _asked(self, about: object) -> object:
        """The expressions at hand; None where the function for them fails, so that the call goes out."""
        given = self.expressions
        if not callable(given) or hasattr(given, "feed"):
            return given
        try:
            return given() if about is None else given(about)
        except Exception as error:
            if self.options.get("strict"):
                if isinstance(error, LeedError):
                    raise
                raise InputError(f"the function for expressions failed: {error}") from error
            _report(type(error).__name__)
            return None


def _at_present(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options with the present moment in place of a clock."""
    now: float | Callable[[], float] | None = options.get("now")
    return {**options, "now": now()} if callable(now) else dict(options)


@lru_cache(maxsize=64)
def _report(why: str) -> None:
    """Log a failure; once for each kind."""
    _LOG.warning("messages go out without a description: the function for expressions raised %s", why)
