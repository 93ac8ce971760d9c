"""Label sets: which labels a model scores, what they mean, and which are sensitive.

A *taxonomy* is a vendor's or model's list of labels, one JSON file in ``data/`` each. A *concept* is what a label
means, shared between taxonomies ("Sadness", "SAD", "sad" and "sadness" are one concept); concepts carry near-synonyms,
opposites, other spellings, and whether the label is sensitive. Labels are matched by name with case, spaces, hyphens
and known aliases forgiven, never by position.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

import msgspec

from leed.errors import DataFileError, one_of


class Concept(msgspec.Struct, frozen=True):
    """What a label means, whatever it is called.

    Attributes:
        valence: 1 pleasant, -1 unpleasant, 0 neither; two states of opposite valence are worded "both ... and ...".
        near: concepts that would repeat this one in a sentence.
        opposite: concepts that exclude it in plain speech.
        aliases: other spellings.
        sensitive: never named unless asked for by name.
        kind: state, neutral, act, sign, pole, dimension, unknown (says nothing), silent (never said).
        poles: for a dimension, the concepts of its low and its high end.
    """

    valence: int = 0
    near: tuple[str, ...] = ()
    opposite: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    sensitive: bool = False
    kind: str = "state"
    poles: tuple[str, str] | None = None


class Label(msgspec.Struct, frozen=True):
    """A label of a taxonomy.

    Attributes:
        concept: the id of its concept.
        group: labels of one group exclude each other (the classes of one attribute).
        aspect: the family of scores, where it differs from the taxonomy's.
        aliases: spellings that are valid inside this taxonomy only.
        beside: spellings that are valid only where another label of this taxonomy stands beside them.
    """

    concept: str
    group: str | None = None
    aspect: str | None = None
    aliases: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


class Taxonomy(msgspec.Struct, frozen=True, dict=True):
    """A label set, in the vendor's order.

    Attributes:
        partial: whether only some of the vendor's labels are known; the others keep the spelling that they came in.

    >>> hume = get("hume-48")
    >>> len(hume.labels), hume.quantity, hume.find("aesthetic-appreciation"), hume.find("sad")
    (48, 'intensity', 'Aesthetic Appreciation', 'Sadness')
    """

    name: str
    title: str
    version: str
    source: str
    quantity: str
    labels: dict[str, Label]
    aspect: str = "expression"
    exclusive: bool = False
    modalities: tuple[str, ...] = ()
    distribution: bool = False
    partial: bool = False

    def canonical(self, label: str) -> str | None:
        """Return the label as the taxonomy spells it, with case, spaces and hyphens forgiven; no aliases."""
        return _spellings(self.name)[0].get(fold(label))

    def find(self, label: str, beside: Iterable[str] = ()) -> str | None:
        """Return the label as the taxonomy spells it, aliases included, or None.

        ``beside`` are the labels that it stands with: beside arousal, pleasure is the dimension valence.

        >>> get("dimensions-3").find("pleasure", ["pleasure", "arousal"]), get("dimensions-3").find("pleasure", ["joy"])
        ('valence', None)
        """
        own, aliases, in_company = _spellings(self.name)
        folded = fold(label)
        hit = own.get(folded) or aliases.get(folded)
        if hit is None and "/" in label:  # FunASR writes two languages: 生气/angry
            return next((found for part in label.split("/") if (found := self.find(part))), None)
        if hit is None and folded in in_company and any(map(self.find, beside)):
            return in_company[folded]
        return hit


ORDER = (
    "hume-48",
    "hume-53",
    "phonexia-4",
    "ekman-7",
    "fer-7",
    "ravdess-8",
    "cremad-6",
    "affectnet-8",
    "iemocap-4",
    "rekognition-9",
    "emotion2vec-9",
    "sensevoice-8",
    "goemotions-28",
    "google-vision-4",
    "dimensions-3",
    "behavioral-signals",
    "laion-voice-40",
    "laion-attributes-15",
    "hume-bursts-67",
    "hume-face-descriptions-27",
    "sensevoice-events-4",
    "action-units",
    "hume-toxicity-6",
    "hume-sentiment-9",
    "hume-v1-audio",
    "hume-v1-voice",
)
"""The taxonomies that come with leed, in the order in which a set of labels is matched to them."""

VERSION = "2026-11-28"
"""The date of the concepts and taxonomies that this leed carries."""


@lru_cache(maxsize=4096)
def fold(label: str) -> str:
    """Return a label without what is forgiven: case, and everything but letters and digits.

    >>> fold("Aesthetic Appreciation") == fold("aesthetic_appreciation") == fold("AESTHETIC-APPRECIATION")
    True
    """
    return "".join(c for c in label.casefold() if c.isalnum())


@cache
def get(name: str) -> Taxonomy:
    """Return a taxonomy by name.

    Raises:
        OptionError: there is none of that name.
    """
    if name not in ORDER:
        raise one_of("taxonomy", name, ORDER)
    try:
        return msgspec.json.decode(_file(name), type=Taxonomy)
    except msgspec.DecodeError as error:
        raise DataFileError(f"taxonomy file {name}.json: {error}") from error


@cache
def concepts() -> dict[str, Concept]:
    """Return all concepts by id."""

    class File(msgspec.Struct):
        concepts: dict[str, Concept]

    return msgspec.json.decode(_file("concepts"), type=File).concepts


@lru_cache(maxsize=4096)
def concept_of(label: str) -> str | None:
    """Return the id of the concept that a label of any taxonomy means, or None for a label nobody knows.

    >>> concept_of("HAPPY"), concept_of("hap"), concept_of("生气/angry"), concept_of("Wistfulness")
    ('happiness', 'happiness', 'anger', None)
    """
    known = _aliases()
    hit = known.get(fold(label))
    if hit is None and "/" in label:
        return next((found for part in label.split("/") if (found := concept_of(part))), None)
    return hit


def digest() -> str:
    """Return a short digest of all taxonomy files."""
    return _digest()


@cache
def _digest() -> str:
    h = hashlib.sha256(_file("concepts"))
    for name in (*ORDER, "sensitive-words"):
        h.update(_file(name))
    return h.hexdigest()[:12]


def _file(name: str) -> bytes:
    return (files("leed.taxonomy") / "data" / f"{name}.json").read_bytes()


@cache
def _aliases() -> dict[str, str]:
    spelled: dict[str, str] = {}
    for name in concepts():
        spelled[fold(name)] = name
    for name, concept in concepts().items():
        for alias in concept.aliases:
            spelled.setdefault(fold(alias), name)
    return spelled


@cache
def _spellings(name: str) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """The folded spellings of a taxonomy's labels: its own, those forgiven, and those forgiven beside another label."""
    taxonomy = get(name)
    own = {fold(label): label for label in taxonomy.labels}
    aliases: dict[str, str] = {}
    for label, entry in taxonomy.labels.items():
        for alias in entry.aliases:
            aliases.setdefault(fold(alias), label)
    if taxonomy.aspect == "expression" and not taxonomy.distribution:
        known = concepts()
        for label, entry in taxonomy.labels.items():
            for alias in (entry.concept, *known[entry.concept].aliases):
                aliases.setdefault(fold(alias), label)
    in_company = {fold(spelling): label for label, entry in taxonomy.labels.items() for spelling in entry.beside}
    return own, aliases, in_company
