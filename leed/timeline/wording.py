"""The sentence about one line of a timeline, with more or less detail; all words and frames are the lexicon's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import msgspec

from leed.realiser import NEUTRAL as NEUTRAL_WORD
from leed.realiser import Piece, Realiser
from leed.selection import CODE, LOW, PLAIN
from leed.timeline.phases import FALLING, RISING, Line, Peak, Phase, strength
from leed.timeline.points import GAP, NEUTRAL, Head, heads, kind_of, mean_of, state_of
from leed.timeline.speech import Speech, quoted

if TYPE_CHECKING:
    from leed.lexicon.timeline import Timeline

_PLACE: Final = "\ue000"  # stands for the words in a sentence; private characters never get into names
_STORY, _FULL = 3, 10  # parts of a story at most, and of one in full
_ALL, _MOST = 0.85, 0.5  # of the time: throughout, mostly
_ACTS: Final = 3  # that are told at most

FACTS = ("main", "peak", "story", "cause", "exact", "full", "terms")
"""What can be told of a line, the most important first: what leads, the strongest moment, what came after what, the
words that a change is tied to, times and degrees of what led to it, every phase, and what else each was."""


@dataclass(frozen=True, eq=False)
class _Part:
    """A phase to tell, with its neighbours; or how much of the time it takes."""

    phase: Phase
    before: Phase | None = None
    after: Phase | None = None
    frequency: str = ""

    def leads_in(self) -> bool:
        """Whether a trend follows at once: then the beginning of that says how long this lasted."""
        return self.after is not None and self.after.trend != 0


@dataclass(frozen=True, eq=False)
class Teller:
    """Words the sentences about one line.

    Attributes:
        strongest: whether the strongest moment of all is this line's: it is told even where it stands out little.
    """

    line: Line
    frames: Timeline
    speech: Speech
    strongest: bool = False
    _sentences: dict[frozenset[str], str] = field(default_factory=dict, init=False)

    @cached_property
    def facts(self) -> list[str]:
        """What there is to tell, in the order of `FACTS`: a later fact is there only if it changes the sentence."""
        found = ["main"]
        sentence = self.sentence(found)
        for fact in FACTS[1:]:
            more = self.sentence([*found, fact])
            if more != sentence:
                found.append(fact)
                sentence = more
        return found

    def sentence(self, facts: Sequence[str]) -> str:
        """Return the sentence that tells these facts; made at the first use and kept."""
        key = frozenset(facts)
        if key not in self._sentences:
            self._sentences[key] = self._made(key)
        return self._sentences[key]

    def words_of(self, phase: Phase) -> str:
        """Return what is said of one phase, as it stands after the verb; empty for a gap."""
        if phase.state == GAP:
            return ""
        return self._trend(phase) if phase.trend else self._words(phase, plain=False, wide=False)

    def _made(self, facts: frozenset[str]) -> str:
        if self.line.kind == "act":
            return self.named(self._acts())
        points = self.line.points
        if "cause" in facts and len(points.rows) == 1:
            return self.named(points.subject.describer.describe(points.track.segment(int(points.rows[0]))).sentence)
        leading = self.line.leading
        if leading is None:
            return self.named(self._nothing())
        parts = self._parts(facts, *leading)
        peak = self._peak(leading[0]) if "peak" in facts else None
        lead = self._lead(parts)
        x = self._story(parts, facts, peak, plain=lead is not None)
        return self.named(self._framed(parts[0].phase, x, lead))

    # --- parts

    def _peak(self, leading: Phase) -> Peak | None:
        """The strongest moment, if it is one: stronger than what leads, or the strongest of all."""
        peak = self.line.peak
        if peak is None or len(self.line.points.rows) == 1:
            return None
        stronger = not leading.head or peak.strength > strength(self.line.plan, leading.head)
        return peak if stronger or self.strongest or peak.state == leading.state else None

    def _parts(self, facts: frozenset[str], leading: Phase, share: float) -> list[_Part]:
        """What the sentence tells one after another."""
        phases = self.line.at_most(_FULL if "full" in facts else _STORY)
        if "story" not in facts or len(phases) < 2:  # noqa: PLR2004 - one phase is no story
            return [_Part(leading, frequency="" if leading.trend else self._frequency(share))]
        around = zip([None, *phases], phases, [*phases[1:], None], strict=False)
        return [_Part(phase, before, after) for before, phase, after in around if phase.state != GAP]

    def _frequency(self, share: float) -> str:
        if share >= _ALL:
            return self.frames.throughout if len(self.line.points) > 2 else ""  # noqa: PLR2004 - two points are little
        return self.frames.mostly if share >= _MOST else self.frames.sometimes

    def _story(self, parts: Sequence[_Part], facts: frozenset[str], peak: Peak | None, *, plain: bool) -> str:
        """What the parts say one after another, with the peak."""
        frames = self.frames
        home = _home(parts, peak)
        at_once = not self.line.points.timed and len(parts) > 1 and not any(part.phase.trend for part in parts)
        x = ""
        for part in parts:
            text = self._state(part, facts, plain=plain, last=part is parts[-1])
            if peak is not None and part is home:
                text = self._peaked(part.phase, text, peak)
            if at_once and not x:
                text = frames.first.format(x=text)
            x = frames.then.format(before=x, x=text) if x else text
        if peak is None or home is not None:
            return x
        frame = frames.but if self.line.points.timed else frames.but_untimed
        return frame.format(x=x, state=self._phrase(peak.head), time=self._time(peak))

    def _state(self, part: _Part, facts: frozenset[str], *, plain: bool, last: bool) -> str:
        """What one part says, without its peak."""
        phase, lead_in = part.phase, part.leads_in() and "exact" not in facts
        if phase.trend:
            x = self._trend(phase)
        else:
            background = lead_in and (self.line.leading is None or self.line.leading[0].state != phase.state)
            x = self._words(phase, plain=plain or background, wide="terms" in facts)
            x = self.frames.mostly.format(x=x) if phase.share < _ALL and not part.frequency else x
        if part.frequency:
            return part.frequency.format(x=x)
        if "cause" in facts and phase.start and phase.state != NEUTRAL:
            x = self._caused(phase, x)
        if phase.trend == FALLING or (phase.trend and not self.line.points.timed):  # else the peak says how far
            x = self._from_to(phase, x, last=last)
        return x if lead_in else self._timed(part, x)

    def _timed(self, part: _Part, x: str) -> str:
        """A part with its time, where that does not show from what stands beside it."""
        frames, points, phase = self.frames, self.line.points, part.phase
        if not points.timed:
            return x
        begin, end = clock(points.begin(phase.start)), clock(points.end(phase.stop - 1))
        follows = part.before is None or part.before.state != GAP
        if part.after is None:
            return x if follows else frames.since.format(x=x, time=begin)
        if follows:
            return frames.until.format(x=x, time=end)
        return frames.between.format(x=x, begin=begin, end=end)

    def _trend(self, phase: Phase) -> str:
        frames, signs = self.frames, self.line.kind == "noun"
        rising, falling = (frames.rising_signs, frames.falling_signs) if signs else (frames.rising, frames.falling)
        return (rising if phase.trend == RISING else falling).format(x=self._phrase(phase.head, plain=True))

    def _from_to(self, phase: Phase, x: str, *, last: bool) -> str:
        now, in_the_end = self.frames.from_to
        frame = now if last and not self._realiser.past else in_the_end
        first = self._phrase(phase.first) if self.line.kind == "noun" else self._adverb(phase.first)
        return frame.format(x=x, first=first, last=self._phrase(phase.last))

    def _peaked(self, phase: Phase, x: str, peak: Peak) -> str:
        """A part with its peak, if that is more than the part says."""
        frames, timed = self.frames, self.line.points.timed
        rose = phase.trend == RISING
        told = phase.last if rose else phase.first if phase.trend == FALLING else phase.head
        if _degree(peak.head) > _degree(told) or (rose and timed):
            frame = frames.peak if timed else frames.peak_untimed
            return frame.format(x=x, state=self._phrase(peak.head), time=self._time(peak))
        once = timed and self.strongest and not phase.trend
        return frames.most.format(x=x, time=self._time(peak)) if once else x

    def _caused(self, phase: Phase, x: str) -> str:
        describer = self.line.points.subject.describer
        cause = self.speech.cause(self.line.points, phase.start) if describer.quote else None
        if cause is None:
            return x
        frame = self.frames.after if cause.kind == "after" else self.frames.with_words
        return frame.format(x=x, quote=quoted(cause.quote, describer.lexicon))

    def _time(self, peak: Peak) -> str:
        points = self.line.points
        return clock(points.time_of(peak.row)) if points.timed else ""

    # --- words

    @property
    def _realiser(self) -> Realiser:
        return self.line.points.subject.describer.realiser

    @property
    def _modality(self) -> str | None:
        return self.line.plan.modality

    def _words(self, phase: Phase, *, plain: bool, wide: bool) -> str:
        if phase.state == NEUTRAL:
            lexicon = self._realiser.lexicon
            return lexicon.words[NEUTRAL_WORD].adjective or NEUTRAL_WORD
        if wide and not plain and self.line.kind == "adjective":
            return self._all_words(phase)
        return self._phrase(phase.head, plain=plain)

    def _all_words(self, phase: Phase) -> str:
        """What leads, and what else is named of the mean of the phase."""
        points, plan = self.line.points, self.line.plan
        said = points.say(mean_of(points.means[phase.start : phase.stop]))
        others = [h for h in heads(said) if said.plan is plan and kind_of(plan, h) == self.line.kind]
        fitting = [h for h in others if state_of(plan, h) not in (phase.state, NEUTRAL) and len(h) == 1]
        codes = [*phase.head, *(code for head in fitting for code in head)]
        ranks = [code // CODE for code in codes]
        if len(phase.head) > 1 or not all(plan.nameable(r, ranks[:i]) for i, r in enumerate(ranks)):
            return self._phrase(phase.head)
        return self._phrase(tuple(codes[: plan.top or len(codes)]))

    def _phrase(self, head: Head, *, plain: bool = False) -> str:
        """The words of a statement as they stand after the verb: "quite anxious", or "anxious"."""
        pieces, both = self.line.plan.pieces(head)
        if plain:
            pieces = [msgspec.structs.replace(p, adverb=None, shown=None, step=None, steps=None) for p in pieces]
        sentence = self._realiser(self._modality, pieces, both=both)
        if len(pieces) == 1:
            return sentence.phrases[0]
        before, _, after = self._frame(Piece(_PLACE)).partition(_PLACE)
        fits = sentence.plain.startswith(before) and sentence.plain.endswith(after)
        return sentence.plain[len(before) : len(sentence.plain) - len(after)] if fits else sentence.phrases[0]

    def _adverb(self, head: Head) -> str:
        """The adverb of a statement alone; the statement where it has none."""
        (piece,), _ = self.line.plan.pieces(head)
        return self._realiser.written(piece) or self._phrase(head)

    def _lead(self, parts: Sequence[_Part]) -> str | None:
        """The adverb that stands at the verb, where it is that of all that is said: "They probably sounded sad"."""
        phase = parts[0].phase
        if len(parts) > 1 or self.line.kind != "adjective" or phase.trend or len(phase.head) != 1:
            return None
        adverb = self.line.plan.pieces(phase.head)[0][0].adverb
        return adverb if adverb is not None and self._realiser.adverbs[adverb].place == "verb" else None

    # --- sentences

    def _framed(self, phase: Phase, x: str, lead: str | None) -> str:
        """The sentence that says something of the person."""
        kind = self.line.kind
        if kind == "adjective":
            return self._frame(Piece(_PLACE, adverb=lead)).replace(_PLACE, x)
        if kind == "noun":
            sentence = self._realiser(self._modality, [Piece(_PLACE, role="noun")])
            return sentence.plain.replace(sentence.phrases[0], x)
        pieces, _ = self.line.plan.pieces(phase.head)
        sentence = self._realiser(self._modality, pieces)
        return sentence.plain.replace(sentence.phrases[0], x, 1)

    def _frame(self, piece: Piece) -> str:
        return self._realiser(self._modality, [piece]).plain

    def _acts(self) -> str:
        """What somebody did, and how often."""
        plan = self.line.plan
        counts = Counter(
            h[0] // CODE for said in self.line.points.said for h in heads(said) if kind_of(said.plan, h) == "act"
        )
        ranks = [rank for rank, _ in counts.most_common(_ACTS)]
        pieces, _ = plan.pieces(tuple(rank * CODE + PLAIN for rank in ranks))
        sentence = self._realiser(self._modality, pieces)
        plain = sentence.plain
        for rank, phrase in zip(ranks, sentence.phrases, strict=True):
            if counts[rank] > 1:
                plain = plain.replace(phrase, self.frames.times.format(x=phrase, n=counts[rank]), 1)
        return plain

    def _nothing(self) -> str:
        """The sentence that names nothing which fits most of the points."""
        said = [one for one in self.line.points.said if isinstance(one.key, str)] or self.line.points.said
        return Counter(one.sentence.plain for one in said).most_common(1)[0][0]

    def named(self, sentence: str) -> str:
        """A sentence that says whose it is."""
        subject = self.line.points.subject
        person = self._realiser.person
        if subject.name is not None and not any(_stands_in(name, sentence) for name in (person.subject, person.mid)):
            sentence = self.frames.of.format(name=subject.name, sentence=sentence)
        return sentence[:1].upper() + sentence[1:]  # "the first face" may begin it


def clock(seconds: float) -> str:
    """Return a time as hours, minutes and seconds.

    >>> clock(250.4), clock(3671.0)
    ('4:10', '1:01:11')
    """
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def _stands_in(name: str, sentence: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", sentence) is not None


def _home(parts: Sequence[_Part], peak: Peak | None) -> _Part | None:
    """The part that the peak belongs to."""
    fitting = [part for part in parts if peak is not None and part.phase.state == peak.state]
    within = [p for p in fitting if peak is not None and p.phase.start <= peak.point < p.phase.stop]
    return next(iter(within or (fitting if len(parts) == 1 else ())), None)


def _degree(head: Head) -> int:
    """The step of a statement; -1 without one."""
    variant = head[0] % CODE if head else PLAIN
    return -1 if variant >= PLAIN - 1 else variant % LOW
