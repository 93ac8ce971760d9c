"""Runnables that a model made of itself, with another model in its place."""

from __future__ import annotations

from typing import Any, TypeVar

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import Runnable, RunnableBinding, RunnableParallel, RunnableSequence
from langchain_core.runnables.fallbacks import RunnableWithFallbacks

from leed.errors import InputError

R = TypeVar("R", bound=Runnable[Any, Any])


def rebound(made: R, inner: BaseChatModel, outer: BaseChatModel) -> R:
    """Return a Runnable that a model's bind_tools or with_structured_output returned, with another model in it.

    Raises:
        InputError: the model is not found in it.
    """
    swapped = _swapped(made, inner, outer)
    if swapped is made:
        raise InputError(
            f"{type(inner).__name__} makes a {type(made).__name__} in which leed does not find the model: put "
            "leed_messages() before it"
        )
    return swapped  # type: ignore[no-any-return] # the same kind of Runnable


def _swapped(made: Any, inner: BaseChatModel, outer: BaseChatModel) -> Any:  # noqa: ANN401 - any Runnable
    if made is inner:
        return outer
    if isinstance(made, RunnableBinding):
        bound = _swapped(made.bound, inner, outer)
        return made if bound is made.bound else made.model_copy(update={"bound": bound})
    if isinstance(made, RunnableSequence):
        steps = [_swapped(step, inner, outer) for step in made.steps]
        is_same = all(new is old for new, old in zip(steps, made.steps, strict=True))
        return made if is_same else RunnableSequence(*steps, name=made.name)
    if isinstance(made, RunnableParallel):
        named = {name: _swapped(step, inner, outer) for name, step in made.steps__.items()}
        is_same = all(named[name] is step for name, step in made.steps__.items())
        return made if is_same else made.model_copy(update={"steps__": named})
    if isinstance(made, RunnableWithFallbacks):
        first = _swapped(made.runnable, inner, outer)
        return made if first is made.runnable else made.model_copy(update={"runnable": first})
    return made
