"""What embedding texts takes, told before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from leed.embed.protocol import Embedder, Paid
from leed.tokens import get_counter


@dataclass(frozen=True)
class Estimate:
    """What it takes to embed texts.

    >>> print(Estimate(texts=1000, unique=40, uncached=30, tokens=450, exact=True, paid=True, dollars=0.000009))
    1,000 texts, 40 different, 30 to embed: 450 tokens, under $0.01

    Attributes:
        texts: how many were given.
        unique: how many are different.
        uncached: how many have to be embedded.
        tokens: how many tokens these are.
        exact: whether that is a count, and not an estimate from above.
        paid: whether somebody is paid for it.
        dollars: US dollars; 0 for what runs here, None where the price is not known.
        source: where the price was read, and when.
    """

    texts: int
    unique: int
    uncached: int
    tokens: int
    exact: bool
    paid: bool
    dollars: float | None
    source: str | None = None

    def __str__(self) -> str:
        tokens = f"{self.tokens:,} tokens" if self.exact else f"at most about {self.tokens:,} tokens"
        line = f"{self.texts:,} texts, {self.unique:,} different, {self.uncached:,} to embed: {tokens}"
        if not self.paid:
            return line
        if self.dollars is None:
            return f"{line}, at a price that leed does not know"
        money = f"${self.dollars:,.2f}" if self.dollars >= 0.01 or not self.uncached else "under $0.01"  # noqa: PLR2004
        return f"{line}, {money}" + (f" ({self.source})" if self.source else "")


def estimate_of(embedder: Embedder, left: Iterable[Sequence[str]], *, texts: int, unique: int) -> Estimate:
    """Return what it takes to embed the texts that are left of all, which come some at a time."""
    count, price, paid = _counting, None, isinstance(embedder, Paid)
    if isinstance(embedder, Paid):
        count, price = embedder.count_tokens, embedder.price()
    uncached = 0
    tokens, exact = count([])
    for some in left:
        more, counted = count(some)
        uncached, tokens, exact = uncached + len(some), tokens + more, exact and counted
    dollars = 0.0 if not paid else None if price is None else tokens * price.dollars / 1e6
    return Estimate(
        texts,
        unique,
        uncached,
        tokens,
        exact,
        paid=paid,
        dollars=dollars,
        source=None if price is None else price.source,
    )


def _counting(texts: Sequence[str]) -> tuple[int, bool]:
    """How many tokens texts are for what runs here, and whether that is a count."""
    counter = get_counter()
    return sum(map(counter, texts)), counter.exact
