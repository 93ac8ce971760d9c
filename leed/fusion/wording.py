"""How scores are put into words for features: all there is, where a prompt would name what stands out.

A prompt says few things, and of classes the most likely one. A classifier can only use what it is told: on CREMA-D's
voices the sentences of a prompt cost 0.05 UAR against the scores themselves, those made here 0.00 to 0.01. So every
label above the floor is named, none is folded into another or left out as usual, and classes of which only one applies
are said by how much speaks for each, as the paper has it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from leed.describer import Describer
from leed.errors import OptionError
from leed.matrix import Sentences, describe_matrix

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from leed.fusion.items import Block

SCALE = {"name": "features-2026-11", "top": None, "calibrated": False, "fold": False}
"""The default scale's steps, for every label above the floor; changed, it gets a new name."""

_AMOUNTS = ("probability", "presence")


@dataclass(frozen=True)
class Wording:
    """A describer, and whether the probabilities of classes are read as amounts.

    >>> from leed.fusion.items import Items
    >>> votes = {"prosody": {"HAPPY": 0.28, "NEUTRAL": 0.48, "SAD": 0.21, "ANGRY": 0.03}}
    >>> block = Items.of([votes]).blocks["prosody"]
    >>> Wording().sentences(block, block.mean()).to_list()
    ['They sound neutral, quite happy and moderately sad.']
    >>> Wording(Describer(), amounts=False).sentences(block, block.mean()).to_list()
    ['They possibly sound neutral.']

    Attributes:
        describer: what makes sentences.
        amounts: whether probabilities are read as intensities: how much of each there is.
    """

    describer: Describer = field(default_factory=lambda: Describer(scale=SCALE))
    amounts: bool = True

    @property
    def fingerprint(self) -> str:
        """The describer's, and how probabilities are read."""
        return self.describer.fingerprint + ("+amounts" if self.amounts else "")

    def about(self, block: Block) -> dict[str, Any]:
        """Return what the describer is told of a block's numbers."""
        quantity, exclusive = block.quantity, block.exclusive
        if self.amounts and quantity in _AMOUNTS:
            quantity, exclusive = "intensity", False
        return {"modality": block.modality, "quantity": quantity, "exclusive": exclusive, "taxonomy": block.taxonomy}

    def sentences(self, block: Block, rows: ArrayLike) -> Sentences:
        """Return a sentence for each of (m, k) rows of scores of a block's labels."""
        return describe_matrix(rows, block.labels, describer=self.describer, **self.about(block))

    def quoting(self, block: Block, scores: dict[str, float], text: str) -> str:
        """Return the sentence of one row that quotes what was said."""
        return self.describer.text(scores, text=text, **self.about(block))


def wording_of(given: Wording | Describer | None) -> Wording:
    """Return a wording: the one given, one of a describer as it is, or the default for features.

    Raises:
        OptionError: it is something else.
    """
    if given is None:
        return Wording()
    if isinstance(given, Describer):
        return Wording(given)
    if isinstance(given, Wording):
        return given
    raise OptionError(f"describer is {type(given).__name__}; give a leed.Describer, a leed.fusion.Wording or None")
