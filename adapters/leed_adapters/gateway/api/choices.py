"""The options that requests have in common, and the describer they ask for. Names only: a path would be read here."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from leed import calibration, lexicon, prompts, quoting, scale
from leed.describer import Describer
from leed.schema.terms import MODALITIES, QUANTITIES
from leed.taxonomy import ORDER

if TYPE_CHECKING:  # no checker follows literals made of constants
    Scale = str
    Calibration = str
    Language = str
    Tense = str
    Handover = str
    Policy = str
    Modality = str
    Quantity = str
    Taxonomy = str
else:  # what can be chosen is what leed has
    Scale = Literal[scale.NAMES]
    Calibration = Literal[(*calibration.NAMES, calibration.NONE)]
    Language = Literal[lexicon.LANGUAGES]
    Tense = Literal[lexicon.TENSES]
    Handover = Literal[prompts.HANDOVERS]
    Policy = Literal[prompts.POLICIES]
    Modality = Literal[MODALITIES]
    Quantity = Literal[QUANTITIES]
    Taxonomy = Literal[ORDER]

Top = Annotated[int, Meta(ge=1, le=1000)] | Literal["all"]
Quoted = Annotated[int, Meta(ge=0, le=10_000, description="How many characters of what was said are quoted; 0: none.")]
Names = tuple[str, ...]


class Choices(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How descriptions are worded: the options of `leed.Describer`, by name."""

    scale: Scale | UnsetType = UNSET
    calibration: Calibration | UnsetType = UNSET
    top: Top | UnsetType = UNSET
    lang: Language = "en"
    person: Annotated[str, Meta(description="Whom it is about: They, The user, You, or a name.")] | UnsetType = UNSET
    tense: Tense = "present"
    ignore: Names = ()
    allow: Names = ()
    quote: Quoted | UnsetType = UNSET

    def describer(self) -> Describer:
        """Return the describer that is asked for; those without names of people or labels are kept."""
        plain: dict[str, Any] = {"lang": self.lang, "tense": self.tense}
        for name in ("scale", "calibration", "quote"):
            if getattr(self, name) is not UNSET:
                plain[name] = getattr(self, name)
        if self.top is not UNSET:
            plain["top"] = self.top
        own: dict[str, Any] = {name: getattr(self, name) for name in ("ignore", "allow") if getattr(self, name)}
        if self.person is not UNSET and quoting.spoken(self.person):
            own["person"] = self.person
        return Describer(**plain, **own) if own else _kept(**plain)


@lru_cache(maxsize=32)
def _kept(**options: Any) -> Describer:  # noqa: ANN401 - those of Describer
    return Describer(**options)
