"""The ways to word a track that are compared: the one place where the evaluation meets what leed offers for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

import leed
from leed.baseline import Baseline
from leed.errors import LeedError
from leed_evals.faithful.recordings import Recordings, usual_elsewhere

FIXED = "fixed scale"
OTHERS = "others' recordings"
SHIPPED = "shipped calibration"
OWN = "own baseline"
OWN_OTHERS = "own baseline on others'"

ENOUGH = 20
"""Fewer segments tell neither what is usual nor how varied the words are."""

Describe = Callable[[leed.Segment], leed.Description]
"""What puts a segment into words: a Describer, or a test's double."""
Wording = Callable[[leed.Track], list[leed.Description]]
"""Puts a track into words, a description for each segment."""

Span = tuple[float, float]
"""From when to when, in seconds; the end is no longer part of it."""


def described(track: leed.Track, describe: Describe) -> list[leed.Description]:
    """Return the descriptions of a track, row by row."""
    return [describe(track.segment(i)) for i in range(len(track))]


def by_segment(describe: Describe) -> Wording:
    """Return the wording that describes each segment on its own."""
    return lambda track: described(track, describe)


def against_own_baseline(describer: leed.Describer) -> Wording:
    """Return the wording against what is usual for the person, as far as it is known from the segments before."""

    def wording(track: leed.Track) -> list[leed.Description]:
        baseline = Baseline(describer.calibration)
        descriptions = []
        for i in range(len(track)):
            segment = track.segment(i)
            descriptions.append(describer.describe(segment, baseline=baseline))
            baseline.add(segment)
        return descriptions

    return wording


@dataclass(frozen=True)
class Streamed:
    """What a stream says of a track that is fed to it.

    Attributes:
        live: the description that stands at each segment.
        over: the description of each stretch, asked for when it is over; None where nothing was measured in it.
        ended: what the stream says live when it is told that a stretch has ended; None where it says nothing.
        shown: all that stands, in its order: at each segment, and when stretches have ended.
    """

    live: list[leed.Description]
    over: list[leed.Description | None]
    ended: list[leed.Description | None]
    shown: list[leed.Description]


def streamed(track: leed.Track, describer: leed.Describer, spans: Sequence[Span]) -> Streamed:
    """Return what a stream says of a track, segment by segment and of the given stretches, the earliest end first."""
    stream = leed.Stream(describer=describer)
    said = Streamed([], [], [], [])
    ends = [*track.begin[1:].tolist(), np.inf]
    for i, following in enumerate(ends):
        stream.feed(track.segment(i))
        said.live.append(_standing(stream))
        said.shown.append(said.live[-1])
        while len(said.over) < len(spans) and spans[len(said.over)][1] <= following:
            begin, end = spans[len(said.over)]
            within = begin, float(np.nextafter(end, begin))
            said.over.append(stream.over(*within))
            said.ended.append(stream.ended(*within))
            said.shown.append(_standing(stream))
    return said


def _standing(stream: leed.Stream) -> leed.Description:
    description = stream.now()
    if description is None:
        raise LeedError("a stream that was fed has nothing to say")
    return description


def ways_to_word(recordings: Recordings, name: str, modality: str) -> dict[str, Wording]:
    """Return the ways to word a recording, by name, from the least to the most that is known of what is usual."""
    ways = {FIXED: by_segment(leed.Describer(calibration="none"))}
    usual = usual_elsewhere(recordings, name, modality)
    if usual is not None and usual.tables[0].segments >= ENOUGH:
        ways[OTHERS] = by_segment(leed.Describer(calibration=usual))
        ways[OWN_OTHERS] = against_own_baseline(leed.Describer(calibration=usual))
    ways[SHIPPED] = by_segment(leed.Describer())
    ways[OWN] = against_own_baseline(leed.Describer())
    return ways


def labels_of(descriptions: Iterable[leed.Description]) -> list[list[str]]:
    """Return the labels that each description names, in its order."""
    return [[term.label for term in description.terms] for description in descriptions]
