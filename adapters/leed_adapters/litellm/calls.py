"""litellm's own functions, with descriptions put into their messages."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

import litellm

from leed_adapters.litellm.injecting import Injector

P = ParamSpec("P")
R = TypeVar("R")


class Leed:
    """`completion` and `acompletion` with options of leed's; those of the module have the defaults.

    >>> import leed
    >>> companion = Leed(policy="companion", top=2)
    >>> history = [leed.user_message("I'm fine", expression={"prosody": {"Sadness": 0.34}})]
    >>> companion.completion("gpt-4o", history, mock_response="What happened?").choices[0].message.content
    'What happened?'

    Attributes:
        completion: litellm's, with the same arguments and results. Expressions ride on the messages.
        acompletion: the same for async code.
    """

    __slots__ = ("acompletion", "completion")

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of inject
        """Take the options of `leed.inject`: handover, policy, speakers, older, strict, enabled, top, lang and so on.

        Raises:
            OptionError: an option is not known, or has a value that leed does not know.
        """
        injector = Injector(**options)
        self.completion = _injecting(lambda: litellm.completion, injector)
        self.acompletion = _injecting_async(lambda: litellm.acompletion, injector)


# litellm's functions are looked up at each call: tracing tools replace them.


def _injecting(find: Callable[[], Callable[P, R]], injector: Injector) -> Callable[P, R]:
    @wraps(find())
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        told_args, told_kwargs = _told(args, kwargs, injector)
        return cast("Callable[..., R]", find())(*told_args, **told_kwargs)

    return call


def _injecting_async(
    find: Callable[[], Callable[P, Coroutine[Any, Any, R]]], injector: Injector
) -> Callable[P, Coroutine[Any, Any, R]]:
    @wraps(find())
    async def call(*args: P.args, **kwargs: P.kwargs) -> R:
        told_args, told_kwargs = _told(args, kwargs, injector)
        return await cast("Callable[..., Coroutine[Any, Any, R]]", find())(*told_args, **told_kwargs)

    return call


def _told(args: tuple[Any, ...], kwargs: dict[str, Any], injector: Injector) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments with other messages: those by name, or those behind the model."""
    if "messages" in kwargs:
        return args, kwargs | {"messages": injector(kwargs["messages"])}
    if len(args) > 1:
        return (args[0], injector(args[1]), *args[2:]), kwargs
    return args, kwargs
