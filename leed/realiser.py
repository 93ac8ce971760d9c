"""From chosen terms to a sentence, by the grammar of a lexicon.

The realiser knows no language: every word, list joint and frame comes from the lexicon. It is called once for each
combination of terms; the describer keeps the result, because the words around a transcript do not change with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import msgspec

from leed.lexicon import Adverb, Forms, Lexicon, Modality, Person


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
_MARK: Final = "\0"  # stands where a transcript goes; no text that reaches a sentence holds it


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
        self.again = self.person.again or self.person
        self.past = past
        self.adverbs = {**lexicon.adverbs, **(adverbs or {})}

    def __call__(self, modality: str | None, pieces: Sequence[Piece], *, both: bool = False) -> Sentence:
        """Return the sentence for these pieces; ``both`` marks two that pull in opposite directions."""
        return self._sentence(self.lexicon.modalities[modality or ""], pieces, both=both)

    def contrast(self, *clauses: tuple[str | None, Sequence[Piece], bool]) -> Sentence:
        """Return a sentence that sets modalities against each other; a transcript stands before it.

        Args:
            clauses: for each, its modality, its pieces, and whether two of them pull in opposite directions.
        """
        grammar = self.lexicon.grammar
        told = []
        for modality, pieces, both in clauses:
            frame = self.lexicon.modalities[modality or ""]
            alone = Person(frame.alone, frame.alone, frame.agrees, self.person.words)
            teller = Realiser(self.lexicon, person=alone, past=self.past, adverbs=self.adverbs)
            frame = msgspec.structs.replace(frame, noun_is_subject=False, wordless=None)
            told.append(teller._sentence(frame, pieces, both=both).plain.removesuffix(grammar.end))
        plain = _upper(grammar.but.join(told)) + grammar.end
        return Sentence(plain, self._said(), " " + plain)

    def _sentence(self, frame: Modality, pieces: Sequence[Piece], *, both: bool) -> Sentence:
        grammar = self.lexicon.grammar
        acts = [self._verb(p, past=frame.past) for p in pieces if p.role == "act"]
        states = [p for p in pieces if p.role == "adjective"]
        manners = [self._verb(p) for p in pieces if p.role == "manner"]
        nouns = self._nouns([p for p in pieces if p.role == "noun"])

        predicates = list(acts)
        if states:
            predicates.append(self._state(frame, states, manners, both=both))
        elif manners:
            predicates.append(_list(manners, grammar.comma, grammar.and_))
        phrases = tuple(self._phrase(p, past=frame.past) for p in pieces)
        return self._framed(frame, predicates, nouns, phrases, wordless=not acts)

    def neutral(self, modality: str | None) -> Sentence:
        """Return the sentence for scores that are all low: "They sound neutral."."""
        word = self.lexicon.words[NEUTRAL].adjective or NEUTRAL
        return self(modality, [Piece(word)])

    def fixed(self, kind: str, modality: str | None) -> Sentence:
        """Return the sentence for "unclear", "unreported", "withheld" or "nothing": none names a label."""
        return self._clause(getattr(self.lexicon.grammar, kind)[self.past], modality)

    def hint(self, noun: str, modality: str | None) -> Sentence:
        """Return the sentence for a label below the floor that is rare: "There is a hint of fear in their face."."""
        sentence = self._clause(self.lexicon.grammar.hint[self.past], modality, x=noun)
        return msgspec.structs.replace(sentence, phrases=(noun,))

    def more_than_usual(self, sentence: Sentence) -> Sentence:
        """Return the sentence with a clause that says so: "They sound slightly sad, more than they usually do."."""
        pattern = _form(self.lexicon.grammar.usual, self._form(self.again))
        end = self.lexicon.grammar.end

        def usual(text: str) -> str:
            return pattern.format(**{**self.again.words, "x": text.removesuffix(end), "mid": self.again.mid}) + end

        return msgspec.structs.replace(sentence, plain=usual(sentence.plain), after=usual(sentence.after))

    def written(self, piece: Piece) -> str | None:
        """Return the adverb of a piece as the sentence has it, or None."""
        if piece.adverb is None:
            return None
        return piece.shown or self.adverbs[piece.adverb].word or piece.adverb

    def _clause(self, pattern: str, modality: str | None, **more: str) -> Sentence:
        """A clause with a frame of its own; a transcript follows the words that it belongs to, or comes before."""
        grammar = self.lexicon.grammar
        frame = self.lexicon.modalities[modality or ""]
        if frame.noun_is_subject:
            head, mark, rest = self._filled(pattern, frame, self.person, _MARK, more).partition(_MARK)
            if mark:
                rest = rest.replace(_MARK, "") + grammar.end
                return Sentence(_upper(head + rest), _upper(head) + " ", rest)
        plain = self._filled(pattern, frame, self.person, "", more) + grammar.end
        after = self._filled(pattern, frame, self.again, "", more) + grammar.end
        return Sentence(_upper(plain), self._said(), grammar.and_clauses + after)

    def _filled(self, pattern: str, frame: Modality, person: Person, mark: str, more: dict[str, str]) -> str:
        """A clause's pattern with the person and the noun filled in, a mark behind the noun."""
        form = self._noun_form(frame) if frame.noun_is_subject else self._form(person)
        nouns = {
            case: noun.format(**person.words) + mark for case, noun in (("noun", frame.noun), *frame.cases.items())
        }
        slots = {
            **person.words,
            **nouns,
            "mid": nouns["noun"] if frame.noun_is_subject else person.mid,
            "how": _form(frame.how, form).format(**person.words),
            "show": _form(self.lexicon.grammar.show, self._noun_form(frame)).format(x="", **person.words).strip(),
        }
        return pattern.format(**{**slots, **more})

    def _framed(
        self, frame: Modality, predicates: list[str], nouns: str, phrases: tuple[str, ...], *, wordless: bool
    ) -> Sentence:
        """The whole sentence around the predicates, with and without a transcript."""
        grammar = self.lexicon.grammar
        person = self.person
        joined = _list(predicates, grammar.comma, grammar.and_)
        tail = grammar.end
        if predicates and nouns:
            tail = grammar.and_clauses + self._shows(frame, nouns, self.again, again=True) + tail
        if frame.noun_is_subject:
            subject = _upper(frame.noun.format(**person.words)) + " "
            told = (joined or self._show(frame, nouns, person)) + tail
            return Sentence(subject + told, subject, " " + told, phrases)
        if not predicates:
            plain, after = (self._shows(frame, nouns, p) + grammar.end for p in (person, self.again))
            return Sentence(_upper(plain), self._said(), grammar.and_shows + after, phrases)
        plain = f"{person.subject} {joined}"
        if frame.wordless and wordless:
            head, _, rest = joined.partition(" ")
            plain = frame.wordless.format(mid=person.mid, predicate=joined, head=head, rest=rest).rstrip()
        joint = grammar.and_ if len(predicates) == 1 else grammar.comma
        return Sentence(plain + tail, self._said(), joint + joined + tail, phrases)

    def _said(self) -> str:
        return self.lexicon.grammar.said.format(**{**self.person.words, "subject": self.person.subject})

    def _state(self, frame: Modality, states: list[Piece], manners: list[str], *, both: bool) -> str:
        """The predicate of adjectives, with how one speaks behind it: "sound neutral and hesitant, and speak fast"."""
        grammar = self.lexicon.grammar
        form = self._noun_form(frame) if frame.noun_is_subject else self._form(self.person)
        groups, lead = self._groups(states, both=both)
        several = len(groups) > 1 or bool(groups[0][1])
        wide = len(groups) > 1 and (any(many for _, many in groups) or _loose(states))
        last = grammar.before_manner if manners and several else grammar.and_groups if wide else grammar.and_
        complement = _list([text for text, _ in groups], grammar.comma, last)
        predicate = self._inflected(_form(frame.verb, form), lead, x=complement)
        if not manners:
            return predicate
        joint = grammar.and_predicates if several or lead is not None else grammar.and_
        return predicate + joint + _list(manners, grammar.comma, grammar.and_)

    def _inflected(self, pattern: str, adverb: str | None, **slots: str) -> str:
        """A verb's form with the person's words filled in, and an adverb at its place."""
        place = "{adverb}"
        if adverb is None:
            pattern = pattern.replace(place + " ", "").replace(place, "").rstrip()
        elif place not in pattern:
            head, _, rest = pattern.partition(" ")
            pattern = self.lexicon.grammar.adverb_at_verb.format(head=head, rest=rest, adverb=place).rstrip()
        return pattern.format(**{**self.person.words, "adverb": adverb or "", **slots})

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
            x, y = (self._adjective(p) for p in states)
            return [(grammar.both.format(x=x, y=y), True)], None
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
            adverb = self.written(first)
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
        adverb = self.written(piece)
        return self._numbered(f"{adverb} {piece.word}" if adverb else piece.word, piece)

    def _verb(self, piece: Piece, *, past: bool = False) -> str:
        if piece.verb is None:
            return piece.word
        return self._inflected(_form(piece.verb, self._form(self.person, past=past)), self.written(piece))

    def _nouns(self, pieces: list[Piece]) -> str:
        """The noun phrases, those of one adverb together: "strong signs of fear and relief and some signs of awe"."""
        grammar = self.lexicon.grammar
        texts = []
        tied = [p.word for p in pieces if p.tied]
        if tied:
            texts.append(grammar.presence_either.replace("{x}", _list(tied, grammar.comma, grammar.or_)))
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

    def _shows(self, frame: Modality, nouns: str, person: Person, *, again: bool = False) -> str:
        """A clause of the signs that a face, a voice or words show; ``again`` if these have been the subject before."""
        noun = (again and frame.again) or frame.noun
        return f"{noun.format(**person.words)} {self._show(frame, nouns, person)}"

    def _show(self, frame: Modality, nouns: str, person: Person) -> str:
        return _form(self.lexicon.grammar.show, self._noun_form(frame)).format(**{**person.words, "x": nouns})

    def _form(self, person: Person, *, past: bool = False) -> int:
        """Which of a verb's forms a person takes."""
        return self.lexicon.conjugation[person.agrees][past or self.past]

    def _noun_form(self, frame: Modality) -> int:
        return self.lexicon.conjugation[frame.agrees][self.past]

    def _phrase(self, piece: Piece, *, past: bool) -> str:
        if piece.role in ("act", "manner"):
            return self._verb(piece, past=past and piece.role == "act")
        return self._noun(piece, piece.word) if piece.role == "noun" else self._adjective(piece)

    def _numbered(self, text: str, piece: Piece) -> str:
        if piece.step is None:
            return text
        pattern = self.lexicon.grammar.numbered
        return pattern.replace("{step}", str(piece.step)).replace("{steps}", str(piece.steps)).replace("{x}", text)


def _form(forms: Forms, number: int) -> str:
    """The form of a verb; the last one serves for all beyond it."""
    return forms[min(number, len(forms) - 1)]


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
