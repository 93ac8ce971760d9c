"""The words of one language: adjectives, nouns and verbs per concept, adverbs with their places, and how sentences go.

A language is one JSON file in ``data/``, or a file of the user's own. All grammar lives there; the realiser only fills
it in: a place such as {x} is filled with words, any other name in braces with what the person has under that name
(English {their}, German {hat} or {sich}). docs/languages.md says how to write one.
"""

from __future__ import annotations

import hashlib
import os
from functools import cache
from importlib.resources import files

import msgspec

from leed.errors import DataFileError, one_of
from leed.lexicon.timeline import Timeline
from leed.quoting import name, spoken

LANGUAGES = ("en", "de")
"""The languages that leed speaks."""

TENSES = ("present", "past")

Forms = tuple[str, ...]
"""The forms of a verb, in the order that the lexicon's conjugation counts; the last serves for all beyond it."""


class Word(msgspec.Struct, frozen=True):
    """How a concept is said.

    Attributes:
        adjective: fits "They sound quite ___"; None where only a noun or a verb does.
        noun: fits "signs of ___", in the case that the adverbs' frames want.
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
    """Whom the sentences are about.

    Attributes:
        subject, mid: at the head of a sentence, and within one.
        agrees: the line of the conjugation that its verbs follow.
        words: what differs by person, by the names that frames use: possessives, auxiliaries, reflexives.
        again: how a sentence goes on about the same person ("Die Person ..., und ihr Gesicht ..."); None: as before.
        also: names that this person is known by beside its key.
    """

    subject: str
    mid: str
    agrees: str
    words: dict[str, str] = {}
    again: Person | None = None
    also: tuple[str, ...] = ()

    def named(self, name: str) -> Person:
        """Return this person with {name} filled in."""
        return Person(
            self.subject.replace("{name}", name),
            self.mid.replace("{name}", name),
            self.agrees,
            {key: word.replace("{name}", name) for key, word in self.words.items()},
            self.again.named(name) if self.again is not None else None,
        )


class Modality(msgspec.Struct, frozen=True):
    """How a modality is spoken of.

    Attributes:
        title: its name above or before its sentences.
        verb: the predicate with {x} for what follows.
        how: the verb after "how".
        noun: what shows the expression, as a subject: "their face".
        alone: the same with its article, as the subject of a clause beside another modality's.
        cases: other forms of the noun, by the names that frames use.
        again: the noun where it is the subject for a second time in a sentence; None: as before.
        wordless: the frame for a sound without words: {mid} is the person, {predicate} what follows, of which
            {head} is the first word and {rest} the others.
        agrees: the line of the conjugation that the noun's verb follows.
        noun_is_subject: "Their words read as ...".
        past: whether acts of this modality are over when they are told ("They laughed").
    """

    title: str
    verb: Forms
    how: Forms
    noun: str
    alone: str
    cases: dict[str, str] = {}
    again: str | None = None
    wordless: str | None = None
    agrees: str = "singular"
    noun_is_subject: bool = False
    past: bool = False


class Grammar(msgspec.Struct, frozen=True, rename={"and_": "and", "or_": "or"}):
    """The frames of sentences and lists.

    Attributes:
        said: before a transcript.
        and_, or_, but, comma: between words and clauses.
        and_groups: between groups of adjectives that hold lists themselves.
        and_predicates: before a further predicate where the first holds a list.
        and_clauses: before a clause with a subject of its own.
        and_shows: between a transcript and what a face or a voice shows.
        before_manner: before the last adjective where a predicate of manner follows.
        either, both: around classes that may be meant, and two states that pull in opposite directions.
        adverb_at_verb: where an adverb such as "probably" stands: {head} is the verb's first word, {rest} the others.
        show: what a face, a voice or words do with signs.
        presence, presence_either: signs without an adverb.
        unclear, unreported, withheld, nothing, hint: sentences of their own, in the present and the past.
        trace: what a hint has for an adverb.
        usual: around a predicate that is more than usual.
        quote: around a transcript and a foreign name.
        numbered: a term with its step of the scale.
        end: behind a sentence.
        capital_nouns: whether a foreign label keeps its capital, as nouns have one.
    """

    said: str
    and_: str
    or_: str
    but: str
    comma: str
    and_groups: str
    and_predicates: str
    and_clauses: str
    and_shows: str
    before_manner: str
    either: str
    both: str
    adverb_at_verb: str
    show: Forms
    presence: str
    presence_either: str
    unclear: tuple[str, str]
    unreported: tuple[str, str]
    withheld: tuple[str, str]
    nothing: tuple[str, str]
    hint: tuple[str, str]
    trace: str
    usual: Forms
    quote: tuple[str, str]
    numbered: str
    end: str
    capital_nouns: bool = False


class Lexicon(msgspec.Struct, frozen=True, dict=True):
    """Everything that one language needs.

    >>> get_lexicon("en").words["joy"].adjective
    'joyful'
    >>> get_lexicon("de").words["joy"].adjective
    'fröhlich'

    Attributes:
        person: the key of the person that sentences are about by default.
        conjugation: by grammatical person, which of a verb's forms it takes in the present and in the past. Nouns
            agree with "singular" or "plural".
        persons: by the names that leed takes; "*" for a name that is none of them.
        timeline: the frames of `leed.summarize`; a lexicon of one's own may leave them out.
        digest: of the file's content.
    """

    lang: str
    version: str
    source: str
    person: str
    conjugation: dict[str, tuple[int, int]]
    persons: dict[str, Person]
    modalities: dict[str, Modality]
    grammar: Grammar
    adverbs: dict[str, Adverb]
    words: dict[str, Word]
    timeline: Timeline | None = None
    digest: str = ""

    @property
    def titles(self) -> dict[str, str]:
        """What the modalities are called above or before their sentences.

        >>> get_lexicon("de").titles["prosody"]
        'Stimme'
        """
        return {name: modality.title for name, modality in self.modalities.items()}

    def person_named(self, given: str | None) -> Person:
        """Return the person of that name; any name but a known one is a third person singular.

        A name is data: it is put on one line, without double quotation marks, and cut at 80 characters.
        """
        wanted = (given or self.person).strip().casefold()
        for key, person in self.persons.items():
            if key != "*" and wanted in {known.casefold() for known in (key, *person.also)}:
                return person
        return self.persons["*"].named(spoken(given, 80) or self.person)

    def foreign(self, label: str) -> str:
        """Return a label that nobody knows as a noun between quotation marks.

        >>> get_lexicon("en").foreign("Wistfulness"), get_lexicon("de").foreign("Wistfulness")
        ('"wistfulness"', '„Wistfulness“')
        """
        before, after = self.grammar.quote
        shown = name(label)
        if self.grammar.capital_nouns and label[:1].isupper():
            shown = shown[:1].upper() + shown[1:]
        return f"{before}{shown}{after}"


def get_lexicon(lang: str | os.PathLike[str]) -> Lexicon:
    """Return the lexicon of a language that leed speaks, or of a JSON file of one's own.

    Raises:
        OptionError: leed does not speak it, and it names no JSON file.
        DataFileError: the file is no complete lexicon; ``leed lexicon check`` lists what is missing.
    """
    if str(lang).endswith(".json"):
        return _own(os.fspath(lang))
    if lang not in LANGUAGES:
        raise one_of("lang", lang, (*LANGUAGES, "a JSON file"))
    return _shipped(lang)


def source_of(lang: str | os.PathLike[str]) -> bytes:
    """Return the JSON text of a language's lexicon, or of a file.

    Raises:
        OptionError: leed does not speak it, and it names no JSON file.
        DataFileError: the file cannot be read.
    """
    if lang in LANGUAGES:
        return (files("leed.lexicon") / "data" / f"{lang}.json").read_bytes()
    path = os.fspath(lang)
    if not path.endswith(".json"):
        raise one_of("lang", path, (*LANGUAGES, "a JSON file"))
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise DataFileError(f"lexicon {path}: {error.strerror or error}") from error


@cache
def _shipped(lang: str) -> Lexicon:
    return _decoded(source_of(lang), lang)


def _own(path: str) -> Lexicon:
    from leed.lexicon.check import refuse_broken  # noqa: PLC0415 - for a lexicon of one's own only

    data = source_of(path)
    refuse_broken(data, path)
    return _decoded(data, path)


def _decoded(data: bytes, where: str) -> Lexicon:
    try:
        lexicon = msgspec.json.decode(data, type=Lexicon)
    except msgspec.DecodeError as error:
        raise DataFileError(f"lexicon {where}: {error}") from error
    return msgspec.structs.replace(lexicon, digest=hashlib.sha256(data).hexdigest()[:12])
