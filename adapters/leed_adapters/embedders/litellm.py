"""``litellm:MODEL``: the embeddings of any service that LiteLLM knows, by its names."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, ClassVar, TypeVar

from leed import plugins
from leed_adapters.embedders.prices import ListedPrice
from leed_adapters.embedders.service import Ask, Service

T = TypeVar("T")


class _Never(int):
    """A 0 that counts as told: where litellm finds a false number of retries, its OpenAI client has two of its own."""

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True)
class LiteLLMEmbedder(Service):
    """Vectors of the services that LiteLLM knows: "litellm:mistral/mistral-embed", "litellm:cohere/embed-v4.0", ...

    Keys come from the environment, under the names that LiteLLM has for them. See `Service` for the rest.

    >>> LiteLLMEmbedder("mistral/mistral-embed").name
    'litellm:mistral/mistral-embed'
    """

    kind: ClassVar[str] = "litellm"

    def price(self) -> ListedPrice | None:
        """Return the price in the list that LiteLLM brings; None for another server's."""
        if self.base_url:
            return None
        dollars = self._listed("input_cost_per_token", float)
        return None if dollars is None else ListedPrice(dollars * 1e6, f"the list of litellm {version('litellm')}")

    def _place(self) -> str | None:
        return self.base_url

    @contextmanager
    def _open(self) -> Generator[Ask]:
        litellm = self._litellm()
        options: dict[str, Any] = {"timeout": self.timeout, "max_retries": _Never(0)}
        if self.dimensions is not None:
            options["dimensions"] = self.dimensions
        if self.base_url:
            options["api_base"] = self.base_url
        remarks, litellm.suppress_debug_info = litellm.suppress_debug_info, True  # else it prints some on stdout
        try:
            yield lambda texts: litellm.embedding(model=str(self.model), input=texts, **options)
        finally:
            litellm.suppress_debug_info = remarks

    def _size(self) -> int | None:
        return self.dimensions or self._listed("output_vector_size", int)

    def _listed(self, what: str, kind: type[T]) -> T | None:
        """What the list that LiteLLM brings says of the model."""
        litellm = self._litellm()
        try:
            found = litellm.get_model_info(self.model).get(what)
        except Exception:  # noqa: BLE001 - litellm raises a bare one for a model that is not listed
            return None
        return found if isinstance(found, kind) else None

    def _litellm(self) -> Any:  # noqa: ANN401 - a module
        # Importing it fetches a list of prices, unless it is told to use the one that it brings; a user's word stands.
        os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
        try:
            import litellm  # noqa: PLC0415 - an extra
        except ModuleNotFoundError as error:
            raise plugins.missing(f"the embedder {self.name}", error, extra="litellm") from error
        return litellm
