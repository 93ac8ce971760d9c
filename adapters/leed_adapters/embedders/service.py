"""What embedders that are services share: requests within limits, tried again, and answers that are checked."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from leed import plugins
from leed.embed.checking import checked
from leed.embed.light import Light
from leed.embed.options import whole
from leed.embed.protocol import Part
from leed.errors import EmbeddingError, InputError, OptionError
from leed.tokens import TokenCounter, get_counter
from leed_adapters.embedders.batches import batches

_MOST: Final = 2048
_TOKENS: Final = 300_000
"""Inputs and tokens that a request may have; by the reference of OpenAI's API, as its client 2.54 quotes it."""
_METHOD: Final = "1"
"""Counts up when the same model and settings are asked in another way."""
_REFUSED: Final = (401, 403)

Ask = Callable[[list[str]], Any]


@dataclass(frozen=True)
class Service(Light):
    """An embedder that asks a service.

    An empty text, which OpenAI refuses, is sent as a space.

    Attributes:
        model: the model's name.
        dimensions: how long a vector is, for models that can shorten them; None: as the model has it.
        base_url: where the service is, if not where its client looks.
        batch_size: how many texts a request has at most.
        tries: how often a request is sent at most, while it fails as it may not the next time.
        backoff: seconds that are waited after the first failure at most, doubled after each other one; a service that
            names a time is waited for that long.
        timeout: seconds a request may take.
    """

    model: str | None = None
    dimensions: int | None = None
    base_url: str | None = None
    batch_size: int = _MOST
    tries: int = 6
    backoff: float = 1.0
    timeout: float = 60.0

    kind: ClassVar[str]
    sizes: ClassVar[Mapping[str, int]] = {}
    """How long vectors of known models are."""
    limits: ClassVar[Mapping[str, int]] = {}
    """How many tokens a text may have for known models."""

    def __post_init__(self) -> None:
        if not self.model:
            raise OptionError(f"embedder '{self.kind}' needs a model behind its name: '{self.kind}:MODEL'")
        if self.dimensions is not None:
            whole("dimensions", self.dimensions)
        if whole("batch_size", self.batch_size) > _MOST:
            raise OptionError(f"batch_size is {self.batch_size}; a request has {_MOST:,} texts at most")
        whole("tries", self.tries)
        for name in ("backoff", "timeout"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
                raise OptionError(f"{name} is {value!r}; give seconds above 0")
        if self.dimensions is None and self.model in self.sizes:
            object.__setattr__(self, "dimensions", self.sizes[self.model])

    @abstractmethod
    def _open(self) -> AbstractContextManager[Ask]:
        """Give a function that sends texts once, and returns the answer."""

    @abstractmethod
    def _place(self) -> str | None:
        """Return the address that the service has; None for the usual one."""

    @property
    def name(self) -> str:
        """The name."""
        return f"{self.kind}:{self.model}"

    @property
    def version(self) -> str:
        """The settings; what weights a service has under a model's name is its own affair."""
        place = self._place()
        said = [f"dimensions {self.dimensions}"] if self.dimensions is not None else []
        said += [f"at {_without_user(place)}"] if place else []
        return "; ".join([_METHOD, *said])

    def count_tokens(self, texts: Sequence[str]) -> tuple[int, bool]:
        """Return how many tokens texts are, and whether that is a count."""
        counter = self._counter()
        return sum(map(counter, texts)), counter.exact and self.model in self.limits

    def embed(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """Return (n, d) float32, a row for each text.

        Raises:
            InputError: a text is longer than the model takes.
            EmbeddingError: the service failed, or what it answered is no vectors.
        """
        found = [vectors for _, vectors in self.parts(texts)]
        if len({vectors.shape[1] for vectors in found}) > 1:
            raise EmbeddingError("the vectors are not all of one length")
        return np.concatenate(found) if found else np.zeros((0, self.dimensions or 0), np.float32)

    def parts(self, texts: Sequence[str]) -> Iterator[Part]:
        """Yield the texts of a request at a time, by their places, with their vectors."""
        counter = self._counter()
        self._check_lengths(texts, counter)
        with self._open() as ask:
            for places in batches(texts, count=counter, most=self.batch_size, tokens=_TOKENS):
                yield places, self._vectors(ask, [texts[place] or " " for place in places])

    def _check_lengths(self, texts: Sequence[str], counter: TokenCounter) -> None:
        limit = self.limits.get(str(self.model))
        if limit is None or not counter.exact:
            return  # an estimate is above the count: the service has the last word
        for text in texts:
            if 4 * len(text) > limit and (tokens := counter(text)) > limit:  # a character is four bytes at most
                begins = f"the text that begins {text[:40]!r}"
                raise InputError(f"{self.name}: {begins} has {tokens:,} tokens; cut it: the model takes {limit:,}")

    def _counter(self) -> TokenCounter:
        return get_counter("cl100k_base")

    def _vectors(self, ask: Ask, texts: list[str]) -> NDArray[np.float32]:
        try:
            from leed_adapters.embedders.retrying import tried  # noqa: PLC0415 - loads openai
        except ModuleNotFoundError as error:
            raise plugins.missing(f"the embedder {self.name}", error, extra=self.kind) from error
        try:
            answer = tried(lambda: ask(texts), tries=self.tries, backoff=self.backoff)
        except Exception as error:  # clients raise their own errors, and any other for an answer that they cannot read
            raise EmbeddingError(self._why(error)) from error
        return checked(ordered(_rows(answer), len(texts)), len(texts), self._size())

    def _size(self) -> int | None:
        """How long a vector has to be, as far as that is known once the client is loaded."""
        return self.dimensions

    def _why(self, error: Exception) -> str:
        """What failed, without a key."""
        from leed_adapters.embedders.retrying import asked_to_wait, passes  # noqa: PLC0415 - loaded by now

        status = getattr(error, "status_code", None)
        said = without_keys(_said(error))
        if status in _REFUSED:
            return (
                f"the service refused the key, or this use of it (status {status}); keys are read from the environment"
            )
        if passes(error):
            times = "once" if self.tries == 1 else f"{self.tries} times, the last time"
            return f"the service failed {times} with {_numbered(status, said)}"
        if not isinstance(status, int):
            return f"the answer of the service cannot be read ({type(error).__name__}: {said})"
        wait = asked_to_wait(error)
        return f"the service failed with {_numbered(status, said)}" + (
            f"; it asks to wait {wait:.0f} s" if wait else ""
        )


def _numbered(status: int | None, said: str) -> str:
    return said if status is None else f"status {status} ({said})"


def _said(error: Exception) -> str:
    """What an error says, in one line."""
    body = getattr(error, "body", None)
    said = body.get("message") if isinstance(body, Mapping) else None
    cause = f": {error.__cause__}" if error.__cause__ is not None and not said else ""
    return (str(said or error).strip() + cause).partition("\n")[0]


def _rows(answer: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401 - a client's object
    """The indexes and vectors of an answer, which has them as objects or as dicts."""
    data = getattr(answer, "data", None)
    if not isinstance(data, list):
        raise EmbeddingError(f"the service answered with no list of vectors: {str(answer)[:60]!r}")
    return [(_of(row, "index"), _of(row, "embedding")) for row in data]


def _of(row: Any, name: str) -> Any:  # noqa: ANN401 - a client's object
    return row.get(name) if isinstance(row, Mapping) else getattr(row, name, None)


def ordered(rows: Sequence[tuple[Any, Any]], count: int) -> list[Any]:
    """Return the vectors in the order of the texts, by the index that each came with.

    >>> ordered([(1, [0.5]), (0, [0.25])], 2)
    [[0.25], [0.5]]

    Raises:
        EmbeddingError: there is not one for each text.
    """
    if len(rows) != count:
        raise EmbeddingError(f"{count} texts were sent, and {len(rows)} vectors came back")
    by_index = dict(rows)
    if set(by_index) != set(range(count)):
        raise EmbeddingError(f"the vectors that came back are not numbered from 0 to {count - 1}")
    return [by_index[place] for place in range(count)]


def _without_user(address: str) -> str:
    """An address without a name and password."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl().rstrip("/")


def without_keys(text: str) -> str:
    """Return a text in which no key of the environment stands."""
    for name, value in os.environ.items():
        if name.endswith(("_KEY", "_TOKEN", "_SECRET")) and len(value) > 7:  # noqa: PLR2004 - shorter ones are words
            text = text.replace(value, f"(the value of {name})")
    return text
