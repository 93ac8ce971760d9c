"""What part each label can play in a sentence, and how it is said."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from leed import quoting
from leed.lexicon import Lexicon, Word
from leed.scale import Scale
from leed.taxonomy import Concept, concepts, fold
from leed.taxonomy.matching import Match
from leed.taxonomy.sensitive import sounds_sensitive


class Entry(msgspec.Struct, frozen=True):
    """A label, ready to be named.

    Attributes:
        role: state, neutral, noun, act, attribute, dimension, nonclass (says nothing), withheld (sensitive), mute.
        sensitive: whether it is withheld or mute because it is sensitive, and was not allowed.
        word: how it is said, or None.
        position: where its score stands in the input.
        near: ranks of labels that would repeat it.
        poles: (low, high) words of a dimension.
    """

    label: str
    role: str
    position: int
    concept: str | None = None
    valence: int = 0
    opposite: tuple[str, ...] = ()
    word: Word | None = None
    noun: str = ""
    near: frozenset[int] = frozenset()
    poles: tuple[Word, Word] | None = None
    sensitive: bool = False


class Roles:
    """Tells what part each label can play in a sentence."""

    def __init__(
        self, lexicon: Lexicon, scale: Scale, ignore: frozenset[str], allow: frozenset[str], aspect: str
    ) -> None:
        self.lexicon = lexicon
        self.fold = scale.fold
        self.sensitive = scale.sensitive
        self.ignore = ignore
        self.allow = allow
        self.aspect = aspect
        self.concepts = concepts()

    def entries(self, matches: Sequence[Match], positions: Sequence[int]) -> list[Entry]:
        """Return an entry for each match; the matches stand in the order of rank."""
        ids = [m.concept for m in matches]
        entries = []
        for rank, m in enumerate(matches):
            concept = self.concepts.get(m.concept or "")
            same = {r for r, c in enumerate(ids) if r != rank and c is not None and c == m.concept}
            repeats = (
                {r for r, c in enumerate(ids) if concept is not None and c in concept.near} if self.fold else set()
            )
            entries.append(self._entry(m, concept, positions[rank], frozenset(same | repeats)))
        return entries

    def tells(self, m: Match, role: str) -> bool:
        """Return whether a low score of a label in this role says something of an expression: that there is little."""
        aspect = self.aspect if m.taxonomy is None else m.aspect
        return role not in ("mute", "act", "attribute") and aspect in ("expression", "sentiment")

    def _entry(self, m: Match, concept: Concept | None, position: int, near: frozenset[int]) -> Entry:
        noun = self.lexicon.foreign(m.label)
        sensitive = self._is_sensitive(m, concept)
        role = self._role(m, concept, sensitive=sensitive)
        if concept is None or m.concept is None:
            return Entry(m.label, role, position, noun=noun, sensitive=sensitive)
        word = self.lexicon.words.get(m.concept)
        poles = None
        if concept.poles is not None:
            low, high = (self.lexicon.words.get(pole) for pole in concept.poles)
            poles = (low, high) if low is not None and high is not None else None
        return Entry(
            m.label,
            role,
            position,
            m.concept,
            concept.valence,
            concept.opposite,
            word,
            noun if word is None else word.noun,
            near,
            poles,
            sensitive,
        )

    def _is_sensitive(self, m: Match, concept: Concept | None) -> bool:
        """Whether a label is not to be named, as it says, or may say, who somebody is.

        That an attribute of a voice is one that leed does not know is enough.
        """
        if _names(m) & self.allow:
            return False
        if concept is not None:
            return concept.sensitive and not self.sensitive
        return self.aspect == "attribute" or sounds_sensitive(m.given)

    def _role(self, m: Match, concept: Concept | None, *, sensitive: bool) -> str:
        if _names(m) & self.ignore:
            return "mute"
        if sensitive:
            aspect = m.aspect if concept is not None else self.aspect
            return "mute" if aspect == "attribute" else "withheld"
        if concept is None:
            if not quoting.name(m.label):
                return "nonclass"
            return "attribute" if self.aspect == "attribute" else "noun"
        kind = {"neutral": "neutral", "unknown": "nonclass", "silent": "mute", "dimension": "dimension", "act": "act"}
        if m.aspect == "attribute" and concept.kind not in ("silent", "dimension"):
            return "attribute"
        return kind.get(concept.kind, "state")


def _names(m: Match) -> set[str]:
    """The folded names under which a label may be ignored or allowed."""
    return {fold(m.label), fold(m.given)} | ({fold(m.concept)} if m.concept else set())
