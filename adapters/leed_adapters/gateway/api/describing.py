"""``POST /leed/v1/describe``: scores in, a sentence out, and why it says what it says."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from leed.options import unmet
from leed.schema.terms import Description, Issue, Segment
from leed.weighing import Ladder, Weighed, ladders, weigh
from leed_adapters.gateway.api.choices import Choices, Modality, Quantity, Taxonomy
from leed_adapters.gateway.api.endpoint import Asked, Refusal, decoded

Number = Annotated[float, Meta(ge=-1e9, le=1e9)]
Scores = dict[str, Number | str | None]
"""By label: a number; a likelihood in words, such as VERY_LIKELY; or null for what was not reported."""


class Expression(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What several modalities say of one stretch: scores by label for each."""

    face: Scores | UnsetType = UNSET
    prosody: Scores | UnsetType = UNSET
    burst: Scores | UnsetType = UNSET
    language: Scores | UnsetType = UNSET

    def scores(self) -> dict[str, Scores]:
        """Return the scores by modality."""
        plain: dict[str, Scores] = msgspec.to_builtins(self)
        return plain


class Measured(Choices, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Scores of one stretch: one set of them, or one for each modality.

    Attributes:
        modality, quantity, exclusive, taxonomy: what ``scores`` are; an ``expression`` tells it by itself.
    """

    scores: Scores | UnsetType = UNSET
    expression: Expression | UnsetType = UNSET
    modality: Modality | UnsetType = UNSET
    quantity: Quantity | UnsetType = UNSET
    exclusive: bool | UnsetType = UNSET
    taxonomy: Taxonomy | UnsetType = UNSET
    text: str | UnsetType = UNSET

    def given(self) -> tuple[Any, dict[str, Any]]:
        """Return the scores as `leed.describe` takes them, and what they are.

        Raises:
            Refusal: 400, where there are none, or both kinds.
        """
        if (self.scores is UNSET) == (self.expression is UNSET):
            what = "neither" if self.scores is UNSET else "both"
            message = f"{what} of scores and expression: give one, such as 'scores': {{'Joy': 0.84}}"
            raise Refusal(400, message, param="scores")
        if not isinstance(self.expression, UnsetType):
            return self.expression.scores(), {}
        names = ("modality", "quantity", "exclusive", "taxonomy")
        return self.scores, {name: getattr(self, name) for name in names if getattr(self, name) is not UNSET}

    @property
    def words(self) -> str | None:
        """What was said, or None."""
        return None if isinstance(self.text, UnsetType) else self.text


ONE_OF_THEM = {"oneOf": [{"required": ["scores"]}, {"required": ["expression"]}]}
"""What a schema of `Measured` asks for beside its fields."""


class TermAnswer(msgspec.Struct, frozen=True):
    """A phrase of the sentence, and the number that it comes from."""

    label: str
    score: float
    adverb: str | None
    adjective: str | None
    phrase: str


class DescriptionAnswer(msgspec.Struct, frozen=True):
    """What `Description.to_dict` holds."""

    source: str | None
    modality: str | None
    aspect: str
    granularity: str | None
    speaker: str | None
    begin: float | None
    end: float | None
    text: str | None
    description: str
    notable: bool
    terms: tuple[TermAnswer, ...]
    fingerprint: str


class Described(DescriptionAnswer, frozen=True):
    """A description: what `Description.to_dict` holds, and why it says so.

    Attributes:
        explanation: the reasons, a line each.
        labels: each label: its score, what is usual, its step of the scale, and why it was named or not.
        ladders: the steps of the scale, by modality.
    """

    explanation: str
    labels: tuple[Weighed, ...]
    ladders: tuple[Ladder, ...]
    issues: tuple[Issue, ...]


def describe(asked: Asked) -> Described:
    """Return the description of the scores in a request."""
    wanted: Measured = decoded(asked.body, Measured)
    scores, about = wanted.given()
    describer = wanted.describer()
    description = describer.describe(scores, text=wanted.words, **about)
    weighed = weigh(description, describer.calibration)
    odd = unmet((*wanted.ignore, *wanted.allow), (one.label for one in weighed))
    issues = (*description.issues, *(Issue("unknown-label", clause) for clause in odd))
    return answered(description, weighed, issues)


def answered(description: Description, weighed: tuple[Weighed, ...], issues: tuple[Issue, ...]) -> Described:
    """Return a description as it is answered."""
    return Described(
        **fields_of(description),
        explanation=description.explain(),
        labels=weighed,
        ladders=ladders(description),
        issues=issues,
    )


def fields_of(description: Description) -> dict[str, Any]:
    """Return the fields of DescriptionAnswer."""
    plain = description.to_dict()
    plain["terms"] = tuple(TermAnswer(**term.to_dict(), phrase=term.phrase) for term in description.terms)
    return plain


def segment(scores: Scores, about: dict[str, Any]) -> Segment:
    """Return scores as a segment, for what takes no more than one thing."""
    return Segment(scores=scores, **about)  # type: ignore[arg-type] # tidied by whoever describes it
