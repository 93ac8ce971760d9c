"""The words of one language: adjectives, nouns and verbs per concept, adverbs with their places, and how sentences go.

A language is one JSON file in ``data/``. All grammar lives there; the realiser only fills it in.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

import msgspec

from leed.errors import DataFileError, one_of
from leed.lexicon.timeline import Timeline
from leed.quoting import spoken

LANGUAGES = ("en",)
"""The languages that leed speaks."""

TENSES = ("present", "past")

Forms = tuple[str, str, str]
"""Plural present (also the base form), third person singular present, past."""


class Word(msgspec.Struct, frozen=True):
    """How a concept is said.

    Attributes:
        adjective: fits "They sound quite ___"; None where only a noun or a verb does.
        noun: fits "signs of ___".
        verb: for something that one does.
        adverbs: adverbs that this adjective takes in place of others ("highly energetic", not "very").
        by_modality: adjectives that differ by modality.
    """

    noun: str
    adjective: str | None = None
    verb: Forms | None = None
    adverbs: dict[str, str] = {}
    by_modality: dict[str, str] = {}


class Adverb(msgspec.Struct, frozen=True):
    """An adverb: its form before a noun, where it stands, and the word itself where that is not its key.

    Attributes:
        noun: the form before a noun, such as "strong signs of {noun}".
        place: "adjective" (quite sad) or "verb" (probably sound sad).
        word: what is written; None where it is the key.
    """

    noun: str
    place: str = "adjective"
    word: str | None = None


class Person(msgspec.Struct, frozen=True):
    """Whom the sentences are about: at the head of a sentence, within one, as a possessive, and in number."""

    subject: str
    mid: str
    possessive: str
    plural: bool


class Modality(msgspec.Struct, frozen=True):
    """How a modality is spoken of.

    Attributes:
        verb: the predicate with {x} for what follows, in three forms.
        how: the verb after "how", in three forms.
        noun: what shows the expression: face, voice, words.
        alone: the same with its article, as the subject of a clause beside another modality's.
        wordless: the frame for a sound without words.
        noun_plural, noun_is_subject: of the noun; "Their words read as ...".
        past: whether acts of this modality are over when they are told ("They laughed").
    """

    verb: Forms
    how: Forms
    noun: str
    alone: str
    wordless: str | None = None
    noun_plural: bool = False
    noun_is_subject: bool = False
    past: bool = False


class Grammar(msgspec.Struct, frozen=True, rename={"and_": "and", "or_": "or"}):
    """The frames of sentences and lists."""

    noun_subject: str
    said: str
    and_: str
    comma: str
    comma_and: str
    or_: str
    either: str
    both: str
    show: Forms
    presence: str
    unclear: tuple[str, str]
    unreported: tuple[str, str]
    withheld: tuple[str, str]
    nothing: tuple[str, str]
    hint: tuple[str, str]
    usual: Forms
    but: str
    quote: tuple[str, str]
    numbered: str
    end: str


class Lexicon(msgspec.Struct, frozen=True, dict=True):
    """Everything that one language needs.

    >>> get_lexicon("en").words["joy"].adjective
    'joyful'
    """

    lang: str
    version: str
    source: str
    person: str
    persons: dict[str, Person]
    modalities: dict[str, Modality]
    grammar: Grammar
    adverbs: dict[str, Adverb]
    words: dict[str, Word]
    timeline: Timeline | None = None
    digest: str = ""

    def person_named(self, name: str | None) -> Person:
        """Return the person of that name; any name but a known one is a third person singular.

        A name is data: it is put on one line, without double quotation marks, and cut at 80 characters.
        """
        wanted = (name or self.person).strip().casefold()
        known = next((person for key, person in self.persons.items() if key.casefold() == wanted and key != "*"), None)
        if known is not None:
            return known
        shown = spoken(name, 80) or self.person
        pattern = self.persons["*"]
        filled = {field: getattr(pattern, field).replace("{name}", shown) for field in ("subject", "mid", "possessive")}
        return Person(**filled, plural=pattern.plural)


@cache
def get_lexicon(lang: str) -> Lexicon:
    """Return the lexicon of a language.

    Raises:
        OptionError: leed does not speak it.
    """
    if lang not in LANGUAGES:
        raise one_of("lang", lang, LANGUAGES)
    data = (files("leed.lexicon") / "data" / f"{lang}.json").read_bytes()
    try:
        lexicon = msgspec.json.decode(data, type=Lexicon)
    except msgspec.DecodeError as error:
        raise DataFileError(f"lexicon {lang}.json: {error}") from error
    return msgspec.structs.replace(lexicon, digest=hashlib.sha256(data).hexdigest()[:12])
