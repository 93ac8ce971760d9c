"""``openai:MODEL``: OpenAI's embeddings, and those of any server that speaks its API."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from leed import plugins
from leed.errors import OptionError
from leed_adapters.embedders.prices import ListedPrice, openai_price
from leed_adapters.embedders.service import Ask, Service


@dataclass(frozen=True)
class OpenAIEmbedder(Service):
    """Vectors of OpenAI: text-embedding-3-small, text-embedding-3-large, text-embedding-ada-002; see `Service`.

    The key is that in OPENAI_API_KEY; OPENAI_BASE_URL stands for ``base_url``. A server that wants no key takes any.

    >>> OpenAIEmbedder("text-embedding-3-large", dimensions=256).version
    '1; dimensions 256'
    """

    kind: ClassVar[str] = "openai"
    sizes: ClassVar[dict[str, int]] = {
        "text-embedding-ada-002": 1536,
        "text-embedding-3-small": 1536,
        "text-embedding-3-large": 3072,
    }
    limits: ClassVar[dict[str, int]] = dict.fromkeys(sizes, 8191)

    def __post_init__(self) -> None:
        super().__post_init__()
        size = self.sizes.get(str(self.model))
        if size is None or self.dimensions is None or self.dimensions == size:
            return
        if self.model == "text-embedding-ada-002":
            raise OptionError(f"{self.name}: dimensions is {self.dimensions}; this model's vectors always have {size}")
        if self.dimensions > size:
            raise OptionError(f"{self.name}: dimensions is {self.dimensions}; this model's vectors have {size} at most")

    def price(self) -> ListedPrice | None:
        """Return OpenAI's price; None for another server's."""
        return None if self._place() else openai_price(str(self.model))

    def _place(self) -> str | None:
        return self.base_url or os.environ.get("OPENAI_BASE_URL") or None

    @contextmanager
    def _open(self) -> Generator[Ask]:
        try:
            import openai  # noqa: PLC0415 - an extra
        except ModuleNotFoundError as error:
            raise plugins.missing(f"the embedder {self.name}", error, extra="openai") from error
        try:
            client = openai.OpenAI(base_url=self.base_url, timeout=self.timeout, max_retries=0)
        except openai.OpenAIError as error:
            raise OptionError(f"{self.name} needs a key: set OPENAI_API_KEY") from error
        # What the model has by itself is not asked for: older models and servers know no dimensions.
        shorter = self.dimensions != self.sizes.get(str(self.model))
        options: dict[str, Any] = {"dimensions": self.dimensions} if shorter else {}
        with client:
            yield lambda texts: client.embeddings.create(model=str(self.model), input=texts, **options)
