"""A user's own scale: what the file must look like, checked by pydantic.

::

    name = "mine-2026"
    top = 2
    [intensity.default]
    bounds = [0.3, 0.5, 0.7]
    adverbs = ["slightly", "quite", "a great deal"]
    [intensity.prosody]
    bounds = [0.1, 0.2, 0.4]
    adverbs = ["slightly", "quite", "a great deal"]
    [adverbs."a great deal"]
    noun = "a great deal of {noun}"
"""

from __future__ import annotations

from itertools import pairwise
from math import isfinite
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from leed.float32 import float32

Share = Annotated[float, Field(ge=0, le=1)]
Table = dict[Literal["default", "face", "prosody", "burst", "language"], "StepsTable"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class StepsTable(_Strict):
    """Bounds and the adverb from each bound on."""

    bounds: list[Annotated[float, Field(allow_inf_nan=False)]] = Field(min_length=1, max_length=15)
    adverbs: list[Annotated[str, Field(min_length=1, max_length=40)]]

    @model_validator(mode="after")
    def _increasing(self) -> StepsTable:
        if len(self.adverbs) != len(self.bounds):
            raise ValueError(f"{len(self.bounds)} bounds need as many adverbs; {len(self.adverbs)} are given")
        bounds = [float32(bound) for bound in self.bounds]  # as scores are compared
        for low, high in pairwise(bounds):
            if not low < high:
                raise ValueError(f"bounds must increase; {high:g} follows {low:g}")
        if bounds[0] <= 0:
            raise ValueError(f"the first bound must be above 0; it is {self.bounds[0]:g}")
        if not isfinite(bounds[-1]):
            raise ValueError(f"bounds must fit float32; {self.bounds[-1]:g} does not")
        if len(set(self.adverbs)) != len(self.adverbs):
            raise ValueError("an adverb stands on two steps; give each step its own")
        return self


class AdverbTable(_Strict):
    """An adverb of the user's own: where it stands and its form before a noun."""

    noun: str = "some {noun}"
    place: Literal["adjective", "verb"] = "adjective"

    @field_validator("noun")
    @classmethod
    def _holds_noun(cls, value: str) -> str:
        if value.count("{noun}") != 1 or value.replace("{noun}", "").count("{"):
            raise ValueError(f"the form before a noun must hold {{noun}} once; it is {value!r}")
        return value


class ScaleFile(_Strict):
    """A user's own scale; what is left out is as in the default scale."""

    name: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[\w.+-]+$")]
    source: str = ""
    intensity: Table = {}
    probability: Table = {}
    likelihood: Table = {}
    bipolar: Table = {}
    plain_from: Share = 0.75
    said_from: Share = 0.55
    tie: Share = 0.15
    top: Annotated[int, Field(ge=1)] | None = 3
    calibrated: bool = True
    fold: bool = True
    sensitive: bool = False
    numbers: bool = False
    adverbs: dict[str, AdverbTable] = {}


def check(plain: object) -> ScaleFile:
    """Return the scale file, checked.

    Raises:
        ValueError: it is no scale; the message names the first places and what is wrong there.
    """
    try:
        return ScaleFile.model_validate(plain)
    except ValidationError as error:
        places = [
            f"{'.'.join(map(str, e['loc'])) or 'scale'}: {e['msg'].removeprefix('Value error, ')[:160]}"
            for e in error.errors(include_url=False)[:3]
        ]
        raise ValueError("; ".join(places)) from error
