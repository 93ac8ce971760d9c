"""Term, Description, Segment and Issue: the values that hold no arrays."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from leed.errors import InputError

MODALITIES = ("face", "prosody", "burst", "language")
"""What a model looked at or listened to: a face, how it was said, a laugh or sigh, what the words say."""

ASPECTS = ("expression", "description", "action_unit", "sentiment", "toxicity", "attribute")
"""Which family of scores a track holds."""

QUANTITIES = ("intensity", "probability", "likelihood", "bipolar", "presence")
"""What the numbers are: how much, how sure, an ordinal word, a distance from the middle, or just that it is there."""

GRANULARITIES = ("frame", "word", "sentence", "utterance", "turn", "clip")
"""How long a measured stretch is."""


class Term(msgspec.Struct, frozen=True, gc=False):
    """One phrase of a description and the number that it comes from.

    Attributes:
        label: the label in its taxonomy's own spelling, such as ``"Aesthetic Appreciation"``.
        score: the raw score, as it was measured.
        adverb: the word that the scale chose, or None where the term takes none (neutral, attributes, presence).
        adjective: the adjective in the sentence, or None where a noun or a verb stands in it.
        phrase: the words as they stand in the sentence, such as ``"quite sad"``.
    """

    label: str
    score: float
    adverb: str | None
    adjective: str | None
    phrase: str

    def to_dict(self) -> dict[str, Any]:
        """Return label, score, adverb and adjective as plain data."""
        return {"label": self.label, "score": self.score, "adverb": self.adverb, "adjective": self.adjective}


class Explainer(Protocol):
    """What can say why a description says what it says."""

    def explain(self, description: Description) -> str:
        """Return the reasons, a line each."""
        ...


class Description(msgspec.Struct, frozen=True, eq=False):
    """A sentence about how somebody comes across, with the terms that it was made from.

    ``str(description)`` is the sentence. Two descriptions are equal when they say the same of the same stretch.

    >>> import leed
    >>> d = leed.describe({"Relief": 0.31, "Sadness": 0.29}, modality="prosody")
    >>> str(d)
    'They sound both quite relieved and quite sad.'
    >>> [(t.label, t.score, t.adverb, t.adjective) for t in d.terms]
    [('Relief', 0.31, 'quite', 'relieved'), ('Sadness', 0.29, 'quite', 'sad')]

    Attributes:
        sentence: the sentence.
        terms: where each phrase comes from, in the order of the sentence.
        notable: False when nothing was strong enough to be named; such a description stays out of prompts.
        fingerprint: versions and digests of the data that decided the words, as one short string.
        source, modality, aspect, granularity, speaker: what was described, or None where it is not known.
        begin, end: seconds from the start of the source, or None.
        text: the words that were spoken or written, untouched.
        issues: what was odd about the scores, if they came as a mapping; a Recording holds its own.
    """

    sentence: str
    terms: tuple[Term, ...]
    notable: bool
    fingerprint: str
    source: str | None = None
    modality: str | None = None
    aspect: str = "expression"
    granularity: str | None = None
    speaker: str | None = None
    begin: float | None = None
    end: float | None = None
    text: str | None = None
    issues: tuple[Issue, ...] = ()
    evidence: Explainer | None = None

    def __str__(self) -> str:
        return self.sentence

    def __repr__(self) -> str:
        return f"Description({self.sentence!r})"

    def _key(self) -> tuple[object, ...]:
        return tuple(getattr(self, f) for f in self.__struct_fields__ if f != "evidence")

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, Description) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return (Description, self._key())

    def to_dict(self) -> dict[str, Any]:
        """Return plain data: a row of ``leed describe --output jsonl``."""
        return {
            "source": self.source,
            "modality": self.modality,
            "aspect": self.aspect,
            "granularity": self.granularity,
            "speaker": self.speaker,
            "begin": self.begin,
            "end": self.end,
            "text": self.text,
            "description": self.sentence,
            "notable": self.notable,
            "terms": [term.to_dict() for term in self.terms],
            "fingerprint": self.fingerprint,
        }

    def explain(self) -> str:
        """Return why the sentence says what it says: each number, its bounds, what was left out, and the data versions.

        >>> import leed
        >>> print(leed.describe({"Joy": 0.83, "Ecstasy": 0.58}, modality="face").explain())
        They look extremely joyful.
        - Joy 0.83: extremely (from 0.71, intensity)
        - Ecstasy 0.58: not said, repeats Joy
        read as: intensity, labels of hume-48
        decided by: scale leed-2026-11, lexicon en 2026-11-20, taxonomies 2026-11-28, top 3
        """
        if self.evidence is None:
            terms = "".join(f"\n- {t.label} {t.score:g}: {t.phrase}" for t in self.terms)
            return f"{self.sentence}{terms}\ndecided by: {self.fingerprint}"
        return self.evidence.explain(self)


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """One measured stretch: who, when, what was said, and the scores that were reported for it.

    Attributes:
        scores: label to score, in the taxonomy's order; a label that was not reported is not there.
        quantity, exclusive: what the numbers are; exclusive is True where exactly one of the labels applies.
        begin, end: seconds; None where the source has no times.
        extras: whatever else the source said of this stretch (box, confidence, position, ...).
    """

    scores: dict[str, float]
    source: str | None = None
    channel: str | None = None
    modality: str | None = None
    aspect: str = "expression"
    granularity: str | None = None
    speaker: str | None = None
    taxonomy: str | None = None
    quantity: str | None = None
    exclusive: bool | None = None
    begin: float | None = None
    end: float | None = None
    text: str | None = None
    extras: dict[str, Any] = {}

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        plain: dict[str, Any] = msgspec.structs.asdict(self)
        return plain

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Segment:
        """Return the segment that `to_dict` made the data from.

        Raises:
            InputError: it is no such data; the message says where and why.
        """
        try:
            return msgspec.convert(data, cls)
        except (msgspec.ValidationError, UnicodeEncodeError) as error:  # of half a character, instead of a number
            raise InputError(f"this is no segment: {error}") from error


class Issue(msgspec.Struct, frozen=True):
    """Something odd or missing that was met while reading. It never stops the reading.

    >>> print(Issue("nothing-detected", "face: nothing was detected", source="a.png"))
    a.png: face: nothing was detected

    Attributes:
        code: a stable name for programs, such as nothing-detected, no-segments, no-scores, source-failed, not-finite,
            not-a-number, unreadable-score, out-of-range, duplicate-label, not-a-label, not-read, cut-off, unknown-model
            or inferred.
        message: one sentence for people.
        source: the source it belongs to, or None for the whole input.
        where: which track or segment, in words, or None.
    """

    code: str
    message: str
    source: str | None = None
    where: str | None = None

    def __str__(self) -> str:
        return ": ".join(part for part in (self.source, self.where, self.message) if part)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        plain: dict[str, Any] = msgspec.structs.asdict(self)
        return plain
