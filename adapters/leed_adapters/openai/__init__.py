"""OpenAI's client with leed in its calls: `wrap(client)`.

Chat completions (``create``, ``parse``, ``stream``) and responses send what `leed.inject` makes of their messages;
everything else is as the client does it. Expressions ride on messages, so that no call has a new keyword.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, overload

import openai

from leed.errors import InputError
from leed_adapters.bodies import injected
from leed_adapters.injector import Injector, Live


class _Injecting:
    """What a wrapped client does in another way: all its calls pass through ``post``, once each, before any retry."""

    leed: Injector
    """The switch (``enabled``), and what went out (``last``)."""

    def _post(self, path: str, *, body: object = None, **request: Any) -> Any:  # noqa: ANN401 - the client's
        client: Any = super()
        return client.post(path, body=injected(path, body, self.leed), **request)

    def _copy(self, **changes: Any) -> Any:  # noqa: ANN401 - the client's
        client: Any = super()
        copied = client.copy(**changes)
        copied.leed = self.leed
        return copied

    if not TYPE_CHECKING:  # to whoever reads types, the client's own signatures stand
        post = _post
        copy = with_options = _copy


class LeedOpenAI(_Injecting, openai.OpenAI):
    """A wrapped OpenAI client."""


class LeedAsyncOpenAI(_Injecting, openai.AsyncOpenAI):
    """A wrapped AsyncOpenAI client."""


class LeedAzureOpenAI(LeedOpenAI, openai.AzureOpenAI):
    """A wrapped AzureOpenAI client."""


class LeedAsyncAzureOpenAI(LeedAsyncOpenAI, openai.AsyncAzureOpenAI):
    """A wrapped AsyncAzureOpenAI client."""


@overload
def wrap(client: openai.AzureOpenAI, expressions: Live = None, **options: Any) -> LeedAzureOpenAI: ...  # noqa: ANN401 - see below
@overload
def wrap(client: openai.AsyncAzureOpenAI, expressions: Live = None, **options: Any) -> LeedAsyncAzureOpenAI: ...  # noqa: ANN401 - see below
@overload
def wrap(client: openai.OpenAI, expressions: Live = None, **options: Any) -> LeedOpenAI: ...  # noqa: ANN401 - see below
@overload
def wrap(client: openai.AsyncOpenAI, expressions: Live = None, **options: Any) -> LeedAsyncOpenAI: ...  # noqa: ANN401 - see below
def wrap(client: Any, expressions: Live = None, **options: Any) -> Any:
    r"""Return a client like the one given that tells the model how each message came across.

    It shares the connections of the client given, which stays as it is. Give it the history itself: what goes out is
    injected anew for each call, and stands in ``client.leed.last``. ``client.leed.enabled = False`` turns it off.

    >>> from leed import user_message
    >>> from leed_adapters.fakes.openai import FakeOpenAI
    >>> with FakeOpenAI() as server:
    ...     client = wrap(openai.OpenAI(base_url=server.base_url, api_key="none"), policy=None)
    ...     message = user_message("I'm fine", expression={"prosody": {"Sadness": 0.34}})
    ...     answer = client.chat.completions.create(model="any", messages=[message])
    ...     client.close()
    >>> server.requests[0].json["messages"]
    [{'role': 'user', 'content': "I'm fine\n\n[The user sounds quite sad.]"}]
    >>> client.leed.last.notes[0].text
    '[The user sounds quite sad.]'

    Args:
        client: an OpenAI, AsyncOpenAI, AzureOpenAI or AsyncAzureOpenAI of any base_url, or of a class made from these.
        expressions: live scores: a `leed.Stream`, or a function that is asked at each call for the expression of the
            newest user message; what it gives stays on no message, as it does with `leed.user_message`.
        options: those of `leed.inject`, as in `leed_adapters.injector.Injector`; ``now`` is a function, such as
            time.monotonic.

    Raises:
        InputError: client is something else.
        OptionError: an option has a value that leed does not know.
    """
    kind = next((kind for kind in _KINDS if isinstance(client, kind)), None)
    if kind is None:
        raise InputError(
            f"client is {type(client).__name__}: give an openai.OpenAI(), AsyncOpenAI, AzureOpenAI or AsyncAzureOpenAI"
        )
    injector = Injector(expressions, **options)
    given = type(client)
    wrapping = given if isinstance(client, _Injecting) else _class_of(given, _KINDS[kind])  # type: ignore[arg-type] # hashable
    wrapped = object.__new__(wrapping)
    # What a client makes at its first use, such as its resources, would go on using the client given.
    made = {name for name in vars(client) if isinstance(getattr(given, name, None), cached_property)}
    vars(wrapped).update({name: value for name, value in vars(client).items() if name not in made})
    wrapped.leed = injector
    return wrapped


_KINDS: dict[type[Any], type[Any]] = {
    openai.AzureOpenAI: LeedAzureOpenAI,
    openai.AsyncAzureOpenAI: LeedAsyncAzureOpenAI,
    openai.OpenAI: LeedOpenAI,
    openai.AsyncOpenAI: LeedAsyncOpenAI,
}


@lru_cache(maxsize=64)
def _class_of(given: type[Any], kind: type[Any]) -> type[Any]:
    """The class of a wrapped client; by the same name, because that stands in the header User-Agent."""
    return type(given.__name__, (kind, given), {"__doc__": given.__doc__, "__module__": given.__module__})


__all__ = ["LeedAsyncAzureOpenAI", "LeedAsyncOpenAI", "LeedAzureOpenAI", "LeedOpenAI", "wrap"]
