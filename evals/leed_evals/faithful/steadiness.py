"""Steadiness: how often the words about a face change, by frame and as a stream, and what a stream loses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import nan

import numpy as np

import leed
from leed_evals.faithful.recordings import Recordings, tracks_of
from leed_evals.faithful.report import Part, Requirement, Table
from leed_evals.faithful.ways import STREAMED, by_segment, labels_of

STEPS = (0.28, 0.4)
"""Seconds from frame to frame, in the median, of the recordings that are looked at: about 3 frames a second."""
WINDOW = 5.0
"""Seconds of a stretch where nobody spoke in the recording."""
MOST_CHANGES = 1 / 3
"""What share of the changes frame by frame a stream may have at most."""

COLUMNS = ("recording", "who", "frames", "changes", "by stream", "share", "stretches", "majority labels", "lost")
NOTE = (
    "How often the words about a face change from one frame to the next, frame by frame and through a leed.Stream with "
    "the same describer, and how many of the labels that more than half of a stretch's frames name the stream does not "
    "name within that stretch. Stretches are the utterances of the recording, whoever speaks, or else windows of "
    f"{WINDOW:g} s."
)

Span = tuple[float, float]


@dataclass(frozen=True)
class Steadiness:
    """How a stream's words about one face compare with those frame by frame.

    Attributes:
        frames: how many frames there are.
        changes, streamed: how often the words change from one frame to the next, without and with a stream.
        majorities: how many labels are named in more than half of a stretch's frames, over all stretches.
        lost: how many of them the stream does not name within that stretch.
    """

    frames: int
    changes: int
    streamed: int
    majorities: int
    lost: int

    @property
    def share(self) -> float:
        """How many changes are left of those frame by frame; NaN where the words never change."""
        return self.streamed / self.changes if self.changes else float("nan")


def changes(descriptions: Sequence[leed.Description]) -> int:
    """Return how often the words differ from those before."""
    return sum(str(before) != str(after) for before, after in pairwise(descriptions))


def majority(named: Sequence[Sequence[str]]) -> set[str]:
    """Return the labels that more than half of some sentences name.

    >>> sorted(majority([["Joy", "Awe"], ["Joy"], ["Awe", "Fear"]]))
    ['Awe', 'Joy']
    """
    counts = Counter(label for labels in named for label in set(labels))
    return {label for label, count in counts.items() if 2 * count > len(named)}


def compared(
    track: leed.Track, plain: Sequence[leed.Description], streamed: Sequence[leed.Description], spans: Sequence[Span]
) -> Steadiness:
    """Return how a stream's words at each frame compare with those of the frames alone, over the given stretches."""
    by_frame, by_stream = labels_of(plain), labels_of(streamed)
    majorities = lost = 0
    for begin, end in spans:
        inside = np.flatnonzero((track.begin >= begin) & (track.begin < end)).tolist()
        wanted = majority([by_frame[i] for i in inside])
        told = {label for i in inside for label in by_stream[i]}
        majorities += len(wanted)
        lost += len(wanted - told)
    return Steadiness(len(track), changes(plain), changes(streamed), majorities, lost)


def stretches(recording: leed.Recording, track: leed.Track) -> list[Span]:
    """Return the utterances of a recording, or windows of five seconds over a track where nobody spoke."""
    spoken = [
        (float(begin), float(end))
        for voice in tracks_of(recording, "prosody")
        for begin, end in zip(voice.begin, voice.end, strict=True)
        if begin < end
    ]
    starts = np.arange(track.begin[0], track.begin[-1] + WINDOW, WINDOW)
    return spoken or list(pairwise(starts.tolist()))


def at_three_a_second(recordings: Recordings) -> Iterator[tuple[str, leed.Recording, leed.Track]]:
    """Yield the faces that were looked at about three times a second, with the recording that they are from."""
    for name, recording in recordings.items():
        for track in tracks_of(recording, "face"):
            steps = np.diff(track.begin)
            if len(steps) and STEPS[0] <= np.median(steps) <= STEPS[1]:
                yield name, recording, track


def requirements_of_streams(measured: Mapping[str, Steadiness]) -> list[Requirement]:
    """Return what has to hold of streams: few changes by the face where most are left, and nothing lost in any."""
    name = max(measured, key=lambda name: measured[name].share, default="not measured")
    share = measured[name].share if measured else nan
    lost = float(sum(steadiness.lost for steadiness in measured.values())) if measured else nan
    where = "all faces" if measured else "not measured"
    return [
        Requirement("stream: share of the changes by frame", share, MOST_CHANGES, more_is_better=False, note=name),
        Requirement("stream: majority labels of stretches lost", lost, 0, more_is_better=False, note=where),
    ]


# --- the part of the report


def steadiness_part(recordings: Recordings, absent: Sequence[str]) -> Part:
    """Return the table of all faces at 3 frames a second, and what has to hold."""
    rows: list[tuple[object, ...]] = []
    measured: dict[str, Steadiness] = {}
    for name, recording, track in at_three_a_second(recordings):
        plain = by_segment(leed.Describer())(track)
        spans = stretches(recording, track)
        streamed = None if STREAMED is None else STREAMED(track)
        seen = compared(track, plain, streamed or plain, spans)
        who = track.speaker or "all"
        if streamed:
            measured[f"{name}, {who}"] = seen
        told = (seen.streamed, seen.share, seen.lost) if streamed else (None, None, None)
        rows.append((name, who, seen.frames, seen.changes, *told[:2], len(spans), seen.majorities, told[2]))
    if not rows:
        return Part("Steadiness", NOTE, skipped=tuple(absent))
    table = Table("Faces at 3 frames a second", "", COLUMNS, tuple(rows))
    return Part("Steadiness", NOTE, (table,), tuple(requirements_of_streams(measured)), tuple(absent))
