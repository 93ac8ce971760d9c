"""A gate: for one set of labels, from which score each is named, and how far above usual it is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from leed.calibration import HIGH, RARE, USUAL, Usual
from leed.float32 import float32, least_double

LEAST_SPREAD = 0.01
"""A label is named from this much above its usual score at the least, however steady it was in the data."""
FULL = 0.5
"""A set of scores counts as full from this share of the taxonomy's labels on: nobody picks half of them by hand."""


class Gate(msgspec.Struct, frozen=True):
    """Where a label stands out, by its place in the input.

    Attributes:
        usual: the score that half of a label's segments stay below, in float32.
        high: the least double from which a label is named: its 90th percentile, or the scale's floor if that is higher.
        rare: the least double from which a label below the floor is hinted at: its 99th percentile.
        need: how many scores must be reported for the set to count as full.
        source: the calibration's name.
    """

    usual: tuple[float, ...]
    high: tuple[float, ...]
    rare: tuple[float, ...]
    need: int
    source: str

    def above(self, position: int, score: float) -> float:
        """Return how far above usual a label's score is, in float32."""
        return float32(float32(score) - self.usual[position])


def gate_for(table: Usual, labels: Sequence[str], floor: float, source: str) -> Gate | None:
    """Return the gate for labels of a table's taxonomy; None where they are too few to be a full set.

    A label that the table does not list is gated by the mean of all that it lists.
    """
    need = math.ceil(len(table.labels) * FULL)
    if sum(label in table.labels for label in labels) < need:
        return None
    usual = tuple(float32(table.at(label, USUAL)) for label in labels)
    high = (max(table.at(label, HIGH), low + LEAST_SPREAD) for label, low in zip(labels, usual, strict=True))
    return Gate(
        usual,
        tuple(max(least_double(score), floor) for score in high),
        tuple(least_double(max(table.at(label, RARE), 1e-6)) for label in labels),
        need,
        source,
    )
