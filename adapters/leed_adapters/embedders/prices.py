"""What a million tokens cost, and where that was read."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import msgspec

_FILE: Final = "prices-2026-11.json"


@dataclass(frozen=True)
class ListedPrice:
    """A price that stands in a list.

    Attributes:
        dollars: US dollars for a million tokens.
        source: the list, and its date.
    """

    dollars: float
    source: str


def openai_price(model: str) -> ListedPrice | None:
    """Return what OpenAI takes for a model; None where the list does not have it.

    >>> openai_price("text-embedding-3-small").dollars, openai_price("mine")
    (0.02, None)
    """
    listed = msgspec.json.decode((files("leed_adapters.embedders") / _FILE).read_bytes())
    dollars = listed["dollars_per_million_tokens"].get(model)
    return None if dollars is None else ListedPrice(dollars, f"{listed['name']}: {listed['source']}")
