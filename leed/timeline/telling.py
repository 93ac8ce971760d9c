"""What is told in which order, and how much of it fits a budget of tokens."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from leed import quoting
from leed.schema.faces import overlap
from leed.timeline.moments import Moment, moments, spoken_at
from leed.timeline.phases import lines
from leed.timeline.points import MOST, points
from leed.timeline.speech import Speech, quoted
from leed.timeline.subjects import Subject, subjects
from leed.timeline.wording import Teller, clock

if TYPE_CHECKING:
    from leed.describer import Describer
    from leed.lexicon.timeline import Timeline
    from leed.schema.recording import Recording
    from leed.schema.tracks import Track

_NAMED: Final = 4  # people who are told of before anything else is
_POINTS: Final = 20_000  # of all lines together, so that a thousand short tracks take no longer than a few long ones
_FEWEST: Final = 12  # points of a line, however many lines there are
_MODALITIES: Final = ("prosody", "face", "burst", "language", None)  # which is told first of a person
_FACES: Final = 50  # of one picture; more are frames without times
_SAME_PLACE: Final = 0.5  # intersection over union, as for `Recording.merge_faces`
_SOURCE: Final = 40  # characters of a file's name


@dataclass(frozen=True)
class Step:
    """One more fact: of a line, or a moment of it.

    Attributes:
        fact: one of `leed.timeline.wording.FACTS`, or "moment".
        teller: the number of the line.
        sentence: that about the moment.
    """

    fact: str
    teller: int
    moment: Moment | None = None
    sentence: str = ""


class Telling:
    """All that can be told of a recording, the most important first.

    Attributes:
        tellers: one for each line, in the order in which their sentences stand.
    """

    def __init__(self, recording: Recording, describer: Describer, frames: Timeline) -> None:
        self._frames = frames
        self._describer = describer
        tracks = list(_chosen(recording))
        speech = {source: Speech([t for t in recording.tracks if t.source == source]) for source in recording.sources}
        most = min(MOST, max(_FEWEST, _POINTS // max(len(tracks), 1)))
        found = [
            Teller(line, frames, speech[track.source])
            for track, subject in zip(tracks, subjects(tracks, describer, frames), strict=True)
            if len(own := points(track, subject, most=most))
            for line in lines(own)
        ]
        place = {source: i for i, source in enumerate(recording.sources)}
        found.sort(key=lambda t: (place[_subject(t).source], _subject(t).order, *_preference(t)))
        self._first = _strongest(found)
        self.tellers = [
            Teller(t.line, frames, t.speech, strongest=True) if i == self._first else t for i, t in enumerate(found)
        ]
        self._sources = _shown(dict.fromkeys(_subject(t).source for t in found), describer)

    def steps(self) -> Iterator[Step]:
        """Yield the facts, the most important first.

        First what leads in the line with the strongest moment, and that moment; then what leads in up to three more
        people; how each of these changed, and after which words; then everybody and everything else; then detail.
        """
        if not self.tellers:
            return
        first, people = self._people()
        yield from self._facts(("main", "peak"), first[:1])
        yield from self._facts(("main",), first[1:])
        yield from self._facts(("story", "cause"), first)
        yield from self._facts(("peak",), first[1:])
        strongest = self._strongest_moment()
        yield from _told(strongest)
        for i in people:
            yield from self._facts(("main", "story", "cause", "peak"), [i])
        yield from self._facts(("exact", "full", "terms"), [*first, *people])
        told = {(moment.teller, moment.begin) for moment in strongest}
        yield from _told(m for m in moments(self.tellers) if (m.teller, m.begin) not in told)

    def _facts(self, facts: Iterable[str], numbers: Sequence[int]) -> Iterator[Step]:
        """Each of some facts, of all lines that have it."""
        for fact in facts:
            for i in numbers:
                if fact in self.tellers[i].facts:
                    yield Step(fact, i)

    def text(self, steps: Sequence[Step]) -> str:
        """Return the text that tells these facts."""
        facts: dict[int, list[str]] = {}
        said: list[tuple[str | None, float, str]] = []
        for step in steps:
            if step.moment is None:
                facts.setdefault(step.teller, []).append(step.fact)
            else:
                said.append((self._source(step.teller), step.moment.begin, step.sentence))
        sentences = [(self._source(i), self.tellers[i].sentence(facts[i])) for i in sorted(facts)]
        texts = []
        for source, shown in self._sources.items():
            own = [text for place, text in sentences if place == source]
            own += [text for place, _, text in sorted(said, key=lambda one: one[1]) if place == source]
            if own and shown is not None:
                own[0] = self._frames.source.format(source=shown, sentence=own[0])
            texts += own
        return " ".join(texts)

    def name(self, step: Step) -> str:
        """Return a fact as a line for programs: of whom, in which modality, what."""
        teller = self.tellers[step.teller]
        subject = _subject(teller)
        who = subject.name or subject.describer.realiser.person.subject
        what = step.fact
        if step.moment is not None and teller.line.points.timed:
            what = f"{what} at {clock(step.moment.begin)}"
        source = subject.source if self._sources[subject.source] is not None else None
        parts = (source, who, teller.line.points.track.modality, what)
        return ", ".join(part for part in parts if part)

    def _people(self) -> tuple[list[int], list[int]]:
        """The lines that are told first, one of each of up to four people; and the others, in that order of people."""
        own: dict[int, list[int]] = {}
        for i, teller in enumerate(self.tellers):
            own.setdefault(_subject(teller).order, []).append(i)

        def weight(order: int) -> tuple[bool, bool, bool, int, int]:
            numbers = own[order]
            tracks = [self.tellers[i].line.points.track for i in numbers]
            speaks = any(t.modality != "face" and t.speaker is not None for t in tracks)
            rows = sum(map(len, tracks))
            return self._first not in numbers, _subject(self.tellers[numbers[0]]).assistant, not speaks, -rows, order

        ranked = sorted(own, key=weight)
        for numbers in own.values():
            numbers.sort(key=lambda i: (i != self._first, _preference(self.tellers[i])))
        first = [own[order][0] for order in ranked[:_NAMED]]
        return first, [i for order in ranked for i in own[order] if i not in first]

    def _strongest_moment(self) -> list[Moment]:
        """What was said in the strongest moment, if anything was."""
        teller = self.tellers[self._first]
        peak = teller.line.peak
        if peak is None or (sentence := spoken_at(teller, peak.row)) is None:
            return []
        own = teller.line.points
        begin = own.time_of(peak.row) if own.timed else float(peak.row)
        return [Moment(self._first, begin, peak.strength, sentence)]

    def _source(self, number: int) -> str | None:
        return _subject(self.tellers[number]).source


def fitting(telling: Telling, budget: int, count: Callable[[str], int]) -> tuple[list[Step], str]:
    """Return as many of the facts, from the most important on, as fit the budget, and the text that tells them."""
    steps: list[Step] = []
    text = ""
    for step in telling.steps():
        longer = telling.text([*steps, step])
        if count(longer) > budget:
            break
        steps.append(step)
        text = longer
    return steps, text


def _told(chosen: Iterable[Moment]) -> Iterator[Step]:
    for moment in chosen:
        sentence = moment.sentence()
        if sentence is not None:
            yield Step("moment", moment.teller, moment, sentence)


def _chosen(recording: Recording) -> Iterator[Track]:
    """The tracks to tell of: expressions, and other aspects only where a source has none; one of each granularity."""
    with_expressions = {t.source for t in recording.tracks if t.aspect == "expression" and len(t)}
    longest: dict[tuple[object, ...], Track] = {}
    for track in recording.tracks:
        if len(track) and (track.aspect == "expression" or track.source not in with_expressions):
            key = (track.source, track.channel, track.modality, track.aspect, track.speaker, track.labels)
            if key not in longest or len(track) > len(longest[key]):
                longest[key] = track
    for track in longest.values():
        yield from _apart(track)


def _apart(track: Track) -> list[Track]:
    """A track; if it holds the faces of one picture, a track for each of them."""
    begin, boxes = track.begin, track.extras.get("box")
    if track.modality != "face" or track.speaker is not None or not 1 < len(track) <= _FACES:
        return [track]
    at_once = np.isnan(begin).all() or (begin == begin[0]).all()
    if not at_once or boxes is None or boxes.shape[1:] != (4,):
        return [track]
    if any(overlap(boxes[i], boxes[j]) >= _SAME_PLACE for i in range(len(track)) for j in range(i)):
        return [track]
    return [_of_row(track, i) for i in range(len(track))]


def _of_row(track: Track, row: int) -> Track:
    """One row of a track, as a face of its own."""
    text = None if track.text is None else track.text[row : row + 1]
    extras = {name: column[row : row + 1] for name, column in track.extras.items()}
    return replace(
        track,
        matrix=track.matrix[row : row + 1],
        begin=track.begin[row : row + 1],
        end=track.end[row : row + 1],
        text=text,
        extras=extras,
        speaker=f"face_{row}",
    )


def _strongest(tellers: Sequence[Teller]) -> int:
    """The line with the strongest moment; that of an assistant only where nobody else is there."""

    def weight(i: int) -> tuple[bool, float, float, int]:
        peak = tellers[i].line.peak
        strong = (peak.strength, peak.score) if peak is not None else (-1.0, 0.0)
        return not _subject(tellers[i]).assistant, *strong, -i

    return max(range(len(tellers)), key=weight, default=0)


def _subject(teller: Teller) -> Subject:
    return teller.line.points.subject


def _preference(teller: Teller) -> tuple[bool, int, str]:
    return teller.line.kind != "adjective", _MODALITIES.index(teller.line.points.track.modality), teller.line.kind


def _shown(sources: Iterable[str | None], describer: Describer) -> dict[str | None, str | None]:
    """What each source is called: the end of its path, quoted; None where there is only one."""
    listed = list(sources)
    ends = {source: re.split(r"[/\\]", source.rstrip("/\\"))[-1] for source in listed if source is not None}
    unique = len(set(ends.values())) == len(ends)
    shown: dict[str | None, str | None] = {}
    for source in listed:
        name = quoting.spoken((ends[source] if unique else source) if source is not None else None, _SOURCE)
        shown[source] = quoted(name, describer.lexicon) if name is not None and len(listed) > 1 else None
    return shown
