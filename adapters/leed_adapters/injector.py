"""Injection for the calls of one client, which never keeps a call from going out."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeAlias

from leed.describer import describer_for
from leed.errors import LeedError, OptionError
from leed.injection import Injection, inject, report
from leed.messages import bare
from leed.prompts import get_handover, get_policy

if TYPE_CHECKING:
    from leed.stream import Stream  # loads NumPy

Live: TypeAlias = "Stream | Callable[[], Any] | None"
"""Where live scores come from."""

_NEWEST: ContextVar[tuple[Injector, Injection] | None] = ContextVar("leed_newest", default=None)


class Injector:
    r"""Puts descriptions into messages, call by call; whatever goes wrong, there are messages that can be sent.

    >>> from leed import user_message
    >>> injector = Injector(policy=None)
    >>> injector([user_message("I'm fine", expression={"prosody": {"Sadness": 0.34}})])
    [{'role': 'user', 'content': "I'm fine\n\n[The user sounds quite sad.]"}]
    >>> injector.last.notes[0].text
    '[The user sounds quite sad.]'
    >>> injector.enabled = False
    >>> injector([user_message("I'm fine", expression={"prosody": {"Sadness": 0.34}})])
    [{'role': 'user', 'content': "I'm fine"}]

    Args:
        expressions: live scores: a `leed.Stream`, or a function that is asked at each call for the expression of the
            newest user message and gives what `leed.inject` takes, or None. Nothing is waited for.
        now: a function that gives the present, in seconds of the clock that measured the live scores; for max_age.
        on_inject: is called with an `Injection` after each.
        strict: raise where something goes wrong; else it is logged once, and the messages go out without.
        enabled: whether anything is put in; can be set later.
        handover: as for `leed.inject`.
        policy: as for `leed.inject`.
        describer: as for `leed.inject`.
        options: others of `leed.inject`: max_age, older, step, speakers, and those of Describer.

    Raises:
        OptionError: an option has a value that leed does not know.
    """

    def __init__(
        self,
        expressions: Live = None,
        *,
        now: Callable[[], float] | None = None,
        on_inject: Callable[[Injection], object] | None = None,
        strict: bool = False,
        enabled: bool = True,
        handover: Any = "inline",  # noqa: ANN401 - as for inject
        policy: Any = "subtle",  # noqa: ANN401 - as for inject
        describer: Any = None,  # noqa: ANN401 - as for inject
        **options: Any,  # noqa: ANN401 - as for inject
    ) -> None:
        self.enabled = enabled
        self._expressions, self._now, self._on_inject, self._strict = _source(expressions), now, on_inject, strict
        if now is not None and not callable(now):
            raise OptionError(f"now is {now!r}; give a function that is asked at each call, such as time.monotonic")
        calling = {name: options.pop(name) for name in ("max_age", "older", "step", "speakers") if name in options}
        self._options: dict[str, Any] = calling | {
            "handover": get_handover(handover),
            "policy": get_policy(policy),
            "describer": describer_for(describer, options),
            "strict": strict,
        }
        inject([], **self._options, now=self._asked_now())  # bad options are told here, where they are given
        self._last: Injection | None = None

    @property
    def last(self) -> Injection | None:
        """What went out last from this thread or asyncio task; where it sent nothing itself, from any."""
        newest = _NEWEST.get()
        return newest[1] if newest is not None and newest[0] is self else self._last

    def __call__(self, messages: Any) -> Any:  # noqa: ANN401 - messages of any make, or what a user took for them
        """Return messages for one call, as `leed.inject` makes them; if that fails, those given, without scores."""
        if isinstance(messages, Iterator):  # it can be gone through once, and leed may fail half-way
            messages = list(messages)
        if not self.enabled:
            return _bare(messages)
        try:
            return inject(messages, self._live(), **self._options, now=self._asked_now(), on_inject=self._keep)
        except Exception as error:  # the call goes out: nothing in leed is worth the answer of a model
            if self._strict:
                raise
            # Only leed's own messages are known to hold no words of people.
            report(str(error) if isinstance(error, LeedError) else type(error).__name__)
            return _bare(messages)

    def _live(self) -> Any:  # noqa: ANN401 - whatever inject takes
        return self._expressions() if callable(self._expressions) else self._expressions

    def _asked_now(self) -> float | None:
        return None if self._now is None else self._now()

    def _keep(self, injection: Injection) -> None:
        self._last = injection
        _NEWEST.set((self, injection))
        if self._on_inject is None:
            return
        try:
            self._on_inject(injection)
        except Exception as error:  # a trace that fails is no reason to leave out what it was about
            if self._strict:
                raise
            report(f"on_inject raised {type(error).__name__}")


def _source(expressions: Any) -> Any:  # noqa: ANN401 - as for Injector
    if inspect.iscoroutinefunction(expressions):
        raise OptionError("expressions is a coroutine function, and a call waits for no scores; give a plain function")
    if expressions is None or callable(expressions) or (hasattr(expressions, "feed") and hasattr(expressions, "now")):
        return expressions
    raise OptionError(
        f"expressions is {type(expressions).__name__}; give a leed.Stream or a function that is asked at each call; "
        "what is known already rides on its message (leed.user_message)"
    )


def _bare(messages: Any) -> Any:  # noqa: ANN401 - as above
    """Messages without the keys that carry expressions; what is no list of messages, as it is."""
    if not isinstance(messages, (list, tuple)):
        return messages
    return [bare(message) if isinstance(message, Mapping) else message for message in messages]
