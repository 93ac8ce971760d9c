"""Single moments: what was said, and how it sounded, read or looked just then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from leed.timeline.phases import lines
from leed.timeline.points import Points, points
from leed.timeline.speech import QUOTED, Speech, Spoken, quoted, text_from
from leed.timeline.wording import Teller, clock

if TYPE_CHECKING:
    from leed.lexicon.timeline import Timeline
    from leed.selection import Plan

_MOST: Final = 300  # that are looked at: more would not fit a prompt


@dataclass(frozen=True, eq=False)
class Moment:
    """A sentence about one stretch of speech.

    Attributes:
        begin: seconds, or the place in its track where there are no times.
        strength: by which moments are chosen.
        sentence: makes it; None where nothing is notable after all.
    """

    teller: int
    begin: float
    strength: float
    sentence: Callable[[], str | None] = field(compare=False)


def moments(tellers: Sequence[Teller]) -> list[Moment]:
    """Return the moments of a recording, the strongest first, as far as they may be told."""
    found = [moment for i, teller in enumerate(tellers) if _may(teller) for moment in _of(i, teller)]
    return sorted(found, key=lambda moment: -moment.strength)[:_MOST]


def _may(teller: Teller) -> bool:
    """Whether there are moments to choose from."""
    return teller.line.kind == "adjective" and len(teller.line.points.rows) > 1


def spoken_at(teller: Teller, row: int) -> Callable[[], str | None] | None:
    """Return what makes the sentence about a row, if something was said in it that the sentence can quote."""
    track = teller.line.points.track
    at = int(teller.line.points.rows[row])
    if (
        not _may(teller)
        or track.modality == "face"
        or track.granularity == "word"
        or track.text is None
        or not track.text[at]
    ):
        return None
    return partial(_said, teller, row)


def _of(number: int, teller: Teller) -> Iterator[Moment]:
    own = teller.line.points
    heights = _heights(own)
    if own.track.modality == "face":
        for spoken, first, last in _seen(own, teller.speech):
            sentence = partial(_looked, teller, spoken, first, last)
            yield Moment(number, spoken.begin, float(heights[first:last].max()), sentence)
        return
    for row in np.argsort(-heights, kind="stable")[:_MOST].tolist():
        sentence_at = spoken_at(teller, row)
        if sentence_at is not None:
            begin = own.time_of(row) if own.timed else float(row)
            yield Moment(number, begin, float(heights[row]), sentence_at)


def _said(teller: Teller, row: int) -> str | None:
    """What was said in a row, and how."""
    own = teller.line.points
    description = own.subject.describer.describe(own.track.segment(int(own.rows[row])))
    if not description.notable:
        return None
    return _at(teller.frames, own.time_of(row) if own.timed else None, teller.named(description.sentence))


def _looked(teller: Teller, spoken: Spoken, first: int, last: int) -> str | None:
    """How a face looked while something was said, one thing after another."""
    own = teller.line.points
    meanwhile = points(own.track, own.subject, within=own.rows[first:last])
    line = next((line for line in lines(meanwhile) if line.kind == teller.line.kind), None)
    quote = text_from(spoken.track, spoken.row, QUOTED)
    if line is None or quote is None or line.leading is None or line.leading[0].state < 0:
        return None
    sentence = Teller(line, teller.frames, teller.speech).sentence(["main", "story"])
    if not own.subject.describer.quote:
        return _at(teller.frames, spoken.begin, sentence)
    said = quoted(quote, own.subject.describer.lexicon)
    return teller.frames.moment_while.format(time=clock(spoken.begin), quote=said, sentence=sentence)


def _at(frames: Timeline, begin: float | None, sentence: str) -> str:
    return sentence if begin is None else frames.moment.format(time=clock(begin), sentence=sentence)


def _seen(own: Points, speech: Speech) -> Iterator[tuple[Spoken, int, int]]:
    """What was said while a face was seen, with the rows from and to which that was."""
    if not own.timed:
        return
    times = own.track.begin[own.rows]
    for spoken in speech.spoken:
        first, last = np.searchsorted(times, [spoken.begin, spoken.end]).tolist()
        if last - first >= 2:  # noqa: PLR2004 - a single frame means little
            yield spoken, first, last


def _heights(own: Points) -> NDArray[np.float64]:
    """(n,) how strong the strongest label of each row is, 0 to 1 or more: only to choose by."""
    plan: Plan = own.plan
    columns = [entry.position for rank, entry in enumerate(plan.entries) if plan.nameable(rank, ())]
    scores = own.scores[:, columns]
    if plan.quantity == "bipolar":
        scores = 2 * np.abs(scores - 0.5)
    top = np.fmax.reduce(scores, axis=1, initial=0.0)
    return np.asarray(top / (plan.bounds[-1] if plan.quantity == "intensity" else 2.0))
