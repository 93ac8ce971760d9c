"""From chosen terms to a sentence, by the grammar of a lexicon.

The realiser knows no language: every word, list joint and frame comes from the lexicon. It is called once for each
combination of terms; the describer keeps the result, because the words around a transcript do not change with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import msgspec

from leed.lexicon import Adverb, Forms, Lexicon, Person


class Piece(msgspec.Struct, frozen=True):
    """A term on its way into a sentence.

    Attributes:
        word: the adjective or noun; empty for a verb.
        role: "adjective", "noun", "act" (what somebody did: comes first) or "manner" (how one speaks: comes last).
        adverb: the key of its adverb, or None.
        shown: the adverb as it is written, where the adjective asks for another ("highly energetic").
        verb: the forms, for acts and manners.
        tied: whether it is one of several classes that may be meant.
        step, steps: "5 of 6", or None.
    """

    word: str
    role: str = "adjective"
    adverb: str | None = None
    shown: str | None = None
    verb: Forms | None = None
    tied: bool = False
    step: int | None = None
    steps: int | None = None


class Sentence(msgspec.Struct, frozen=True):
    """A sentence with a place for a transcript.

    Attributes:
        plain: the sentence without a transcript.
        before, after: what stands around the quoted transcript.
        phrases: the words of each piece, in the order of the pieces.
    """

    plain: str
    before: str
    after: str
    phrases: tuple[str, ...] = ()


NEUTRAL: Final = "neutral"


class Realiser:
    """Fills in the grammar of a lexicon for one person and tense.

    >>> from leed.lexicon import get_lexicon
    >>> realise = Realiser(get_lexicon("en"))
    >>> realise("prosody", [Piece("sad", adverb="quite")]).plain
    'They sound quite sad.'
    >>> realise("prosody", [Piece("sad", adverb="quite")]).after
    ' and sound quite sad.'
    """

    def __init__(
        self,
        lexicon: Lexicon,
        *,
        person: Person | None = None,
        past: bool = False,
        adverbs: dict[str, Adverb] | None = None,
    ) -> None:
        self.lexicon = lexicon
        self.person = person or lexicon.person_named(None)
        self.past = past
        self.adverbs = {**lexicon.adverbs, **(adverbs or {})}
        self._form = 2 if past else 0 if self.person.plural else 1

    def __call__(self, modality: str | None, pieces: Sequence[Piece], *, both: bool = False) -> Sentence:
        """Return the sentence for these pieces; ``both`` marks two that pull in opposite directions."""
        grammar = self.lexicon.grammar
        frame = self.lexicon.modalities[modality or ""]
        acts = [self._verb(p, past=frame.past) for p in pieces if p.role == "act"]
        states = [p for p in pieces if p.role == "adjective"]
        manners = [self._verb(p) for p in pieces if p.role == "manner"]
        nouns = self._nouns([p for p in pieces if p.role == "noun"])

        predicates = list(acts)
        if states:
            predicates.append(self._state(frame.verb, states, manners, noun_subject=frame.noun_is_subject, both=both))
        elif manners:
            predicates.append(_list(manners, grammar.comma, grammar.and_))
        shows = self._shows(frame.noun, nouns, plural=frame.noun_plural) if nouns else ""
        phrases = tuple(self._phrase(p, past=frame.past) for p in pieces)
        return self._framed(modality, predicates, shows, phrases, wordless=not acts)

    def neutral(self, modality: str | None) -> Sentence:
        """Return the sentence for scores that are all low: "They sound neutral."."""
        word = self.lexicon.words[NEUTRAL].adjective or NEUTRAL
        return self(modality, [Piece(word)])

    def hint(self, noun: str, modality: str | None) -> Sentence:
        """Return the sentence for a label below the floor that is rare: "There is a hint of fear in their face."."""
        return msgspec.structs.replace(self.fixed("hint", modality, noun), phrases=(noun,))

    def fixed(self, kind: str, modality: str | None, hinted: str = "") -> Sentence:
        """Return the sentence for "unclear", "unreported", "withheld" or "nothing": none names a label.

        Args:
            kind: which of them, or "hint", which names one.
            modality: what the scores are of.
            hinted: the noun that a hint names.
        """
        grammar = self.lexicon.grammar
        frame = self.lexicon.modalities[modality or ""]
        person = self.person
        subject_form = (2 if self.past else 0) if frame.noun_is_subject and frame.noun_plural else self._form
        noun = grammar.noun_subject.format(possessive=person.possessive, noun=frame.noun)
        clause = getattr(grammar, kind)[self.past].format(
            mid=noun if frame.noun_is_subject else person.mid,
            how=frame.how[subject_form],
            possessive=person.possessive,
            noun=frame.noun,
            x=hinted,
            show=grammar.show[self._noun_form(plural=frame.noun_plural)].replace(" {x}", ""),
        )
        if frame.noun_is_subject and noun in clause:
            head, _, rest = clause.rpartition(noun)
            return Sentence(_upper(clause) + grammar.end, _upper(head + noun) + " ", rest + grammar.end)
        said = grammar.said.format(subject=person.subject)
        return Sentence(_upper(clause) + grammar.end, said, grammar.comma_and + clause + grammar.end)

    def _framed(
        self, modality: str | None, predicates: list[str], shows: str, phrases: tuple[str, ...], *, wordless: bool
    ) -> Sentence:
        """The whole sentence around the predicates, with and without a transcript."""
        grammar = self.lexicon.grammar
        frame = self.lexicon.modalities[modality or ""]
        person = self.person
        joined = _list(predicates, grammar.comma, grammar.and_)
        tail = (grammar.comma_and + shows if predicates and shows else "") + grammar.end
        if frame.noun_is_subject:
            subject = _upper(grammar.noun_subject.format(possessive=person.possessive, noun=frame.noun))
            told = joined or self._show(shows, subject)
            plain = f"{subject} {told}{tail}"
            return Sentence(plain, subject + " ", f" {told}{tail}", phrases)
        said = grammar.said.format(subject=person.subject)
        if not predicates:
            return Sentence(_upper(shows) + tail, said, grammar.and_ + shows + tail, phrases)
        joint = grammar.and_ if len(predicates) == 1 else grammar.comma
        after = joint + joined + tail
        if frame.wordless and wordless:
            plain = frame.wordless.format(sentence=f"{person.mid} {joined}{tail}")
        else:
            plain = f"{person.subject} {joined}{tail}"
        return Sentence(plain, said, after, phrases)

    def _show(self, shows: str, subject: str) -> str:
        """What the noun's clause says after its subject, which stands before the transcript."""
        return shows[len(subject) + 1 :]

    def _state(self, verb: Forms, states: list[Piece], manners: list[str], *, noun_subject: bool, both: bool) -> str:
        """The predicate of adjectives, with how one speaks behind it: "sound neutral and hesitant, and speak fast"."""
        grammar = self.lexicon.grammar
        form = (2 if self.past else 0) if noun_subject else self._form
        groups, lead = self._groups(states, both=both)
        several = len(groups) > 1 or bool(groups[0][1])
        wide = len(groups) > 1 and (any(many for _, many in groups) or _loose(states))
        texts = [text for text, _ in groups]
        if manners and several:
            complement = grammar.comma.join(texts)
        elif wide:
            complement = _list(texts, grammar.comma, grammar.comma_and)
        else:
            complement = _list(texts, grammar.comma, grammar.and_)
        predicate = verb[form].replace("{x}", complement)
        if lead is not None:
            predicate = f"{lead} {predicate}"
        if not manners:
            return predicate
        joint = grammar.comma_and if several or lead is not None else grammar.and_
        return predicate + joint + _list(manners, grammar.comma, grammar.and_)

    def _groups(self, states: list[Piece], *, both: bool) -> tuple[list[tuple[str, bool]], str | None]:
        """The adjectives in groups of one adverb: (text, of several words); and the adverb that stands at the verb."""
        grammar = self.lexicon.grammar
        groups: list[tuple[str, bool]] = []
        tied = [p for p in states if p.tied]
        if tied:
            words = _list([p.word for p in tied], grammar.comma, grammar.or_)
            groups.append((grammar.either.replace("{x}", words), True))
            states = [p for p in states if not p.tied]
        if both:
            words = grammar.and_.join(self._adjective(p) for p in states)
            return [(grammar.both.replace("{x}", words), True)], None
        lead: str | None = None
        if states and not groups and self._leads(states[0]):
            # "probably sound sad and hesitant" would make the second probable too: what is sure comes first.
            states = sorted(states, key=lambda p: p.adverb is not None)
        start = 0
        while start < len(states):
            first = states[start]
            end = start + 1
            while end < len(states) and first.step is None and _together(first, states[end]):
                end += 1
            words = _list([self._numbered(p.word, p) for p in states[start:end]], grammar.comma, grammar.and_)
            adverb = self._written(first)
            if adverb and not groups and self._leads(first):
                lead = adverb
            elif adverb:
                words = f"{adverb} {words}"
            groups.append((words, end - start > 1))
            start = end
        return groups, lead

    def _leads(self, piece: Piece) -> bool:
        return piece.adverb is not None and self.adverbs[piece.adverb].place == "verb"

    def _adjective(self, piece: Piece) -> str:
        adverb = self._written(piece)
        return self._numbered(f"{adverb} {piece.word}" if adverb else piece.word, piece)

    def _verb(self, piece: Piece, *, past: bool = False) -> str:
        form = 2 if past or self.past else self._form
        verb = piece.verb[form] if piece.verb else piece.word
        adverb = self._written(piece)
        return f"{adverb} {verb}" if adverb else verb

    def _nouns(self, pieces: list[Piece]) -> str:
        """The noun phrases, those of one adverb together: "strong signs of fear and relief and some signs of awe"."""
        grammar = self.lexicon.grammar
        texts = []
        tied = [p.word for p in pieces if p.tied]
        if tied:
            either = grammar.either.replace("{x}", _list(tied, grammar.comma, grammar.or_))
            texts.append(grammar.presence.replace("{noun}", either))
            pieces = [p for p in pieces if not p.tied]
        start = 0
        while start < len(pieces):
            first = pieces[start]
            end = start + 1
            while end < len(pieces) and first.step is None and pieces[end].adverb == first.adverb:
                end += 1
            words = _list([p.word for p in pieces[start:end]], grammar.comma, grammar.and_)
            texts.append(self._noun(first, words))
            start = end
        return _list(texts, grammar.comma, grammar.and_)

    def _noun(self, piece: Piece, words: str) -> str:
        pattern = self.adverbs[piece.adverb].noun if piece.adverb else self.lexicon.grammar.presence
        return self._numbered(pattern.replace("{noun}", words), piece)

    def _shows(self, noun: str, nouns: str, *, plural: bool) -> str:
        grammar = self.lexicon.grammar
        subject = grammar.noun_subject.format(possessive=self.person.possessive, noun=noun)
        return f"{subject} {grammar.show[self._noun_form(plural=plural)].replace('{x}', nouns)}"

    def _noun_form(self, *, plural: bool) -> int:
        return 2 if self.past else 0 if plural else 1

    def _phrase(self, piece: Piece, *, past: bool) -> str:
        if piece.role in ("act", "manner"):
            return self._verb(piece, past=past and piece.role == "act")
        return self._noun(piece, piece.word) if piece.role == "noun" else self._adjective(piece)

    def _written(self, piece: Piece) -> str | None:
        if piece.adverb is None:
            return None
        return piece.shown or self.adverbs[piece.adverb].word or piece.adverb

    def _numbered(self, text: str, piece: Piece) -> str:
        if piece.step is None:
            return text
        pattern = self.lexicon.grammar.numbered
        return pattern.replace("{step}", str(piece.step)).replace("{steps}", str(piece.steps)).replace("{x}", text)


def _loose(states: Sequence[Piece]) -> bool:
    """Whether a state without an adverb follows one with: a comma keeps the adverb from covering both."""
    adverbs = [p.adverb for p in states if not p.tied]
    return any(before and not after for before, after in pairwise(adverbs))


def _together(a: Piece, b: Piece) -> bool:
    return a.adverb == b.adverb and a.shown == b.shown and b.step is None


def _list(items: Sequence[str], comma: str, last: str) -> str:
    return comma.join(items[:-1]) + last + items[-1] if len(items) > 1 else "".join(items)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
