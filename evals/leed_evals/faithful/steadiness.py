"""Steadiness: how often the words about a face change, by frame and as a stream, and what a stream loses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import nan
from operator import itemgetter

import numpy as np

import leed
from leed_evals.faithful.recordings import Recordings, tracks_of
from leed_evals.faithful.report import Part, Requirement, Table
from leed_evals.faithful.ways import Span, Streamed, by_segment, labels_of, streamed

STEPS = (0.28, 0.4)
"""Seconds from frame to frame, in the median, of the recordings that are looked at: about 3 frames a second."""
WINDOW = 5.0
"""Seconds of a stretch where nobody spoke in the recording."""
MOST_CHANGES = 1 / 3
"""What share of the changes frame by frame a stream may have at most."""

COLUMNS = (
    "recording",
    "who",
    "frames",
    "changes",
    "by stream",
    "share",
    "stretches",
    "majority labels",
    "lost",
    "at its end",
    "not said live",
)
NOTE = (
    "How often the words about a face change from one frame to the next, frame by frame and through a leed.Stream with "
    "the same describer. A majority label is one that more than half of the frames of a stretch name; it is lost if "
    "the stream's own description of that stretch (`Stream.over`) does not name it. *Not said live* are those that no "
    "description names which stands at a frame of the stretch, or which the stream gives when it is told that the "
    "stretch has ended (`Stream.ended`). The labels that only that one names stand under *at its end*, and the changes "
    "of the words that it brings count as changes by stream. "
    f"Stretches are the utterances of the recording, whoever speaks, or else windows of {WINDOW:g} s."
)


@dataclass(frozen=True)
class Steadiness:
    """How a stream's words about one face compare with those frame by frame.

    Attributes:
        frames: how many frames there are.
        changes, streamed: how often the words change from one frame to the next, without and with a stream.
        majorities: how many labels are named in more than half of a stretch's frames, over all stretches.
        lost: how many of them the stream does not name in its description of the stretch.
        late: how many of them no description names that stands during the stretch, but the one given at its end.
        unsaid: how many of them neither names.
    """

    frames: int
    changes: int
    streamed: int
    majorities: int
    lost: int
    late: int
    unsaid: int

    @property
    def share(self) -> float:
        """How many changes are left of those frame by frame; NaN where the words never change."""
        return self.streamed / self.changes if self.changes else nan


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
    track: leed.Track, plain: Sequence[leed.Description], stream: Streamed, spans: Sequence[Span]
) -> Steadiness:
    """Return how a stream's words compare with those of the frames alone, over the given stretches."""
    by_frame, live = labels_of(plain), labels_of(stream.live)
    majorities = lost = late = unsaid = 0
    for (begin, end), over, ended in zip(spans, stream.over, stream.ended, strict=True):
        inside = np.flatnonzero((track.begin >= begin) & (track.begin < end)).tolist()
        wanted = majority([by_frame[i] for i in inside])
        majorities += len(wanted)
        lost += len(wanted.difference(*labels_of([over] if over else [])))
        missed = wanted.difference(*(live[i] for i in inside))
        unsaid += len(missed.difference(*labels_of([ended] if ended else [])))
        late += len(missed.intersection(*labels_of([ended]))) if ended else 0
    return Steadiness(len(track), changes(plain), changes(stream.shown), majorities, lost, late, unsaid)


def stretches(recording: leed.Recording, track: leed.Track) -> list[Span]:
    """Return the utterances of a recording, the earliest end first, or windows of 5 s over a track if nobody spoke."""
    spoken = [
        (float(begin), float(end))
        for voice in tracks_of(recording, "prosody")
        for begin, end in zip(voice.begin, voice.end, strict=True)
        if begin < end
    ]
    starts = np.arange(track.begin[0], track.begin[-1] + WINDOW, WINDOW)
    return sorted(spoken, key=itemgetter(1)) or list(pairwise(starts.tolist()))


def at_three_a_second(recordings: Recordings) -> Iterator[tuple[str, leed.Recording, leed.Track]]:
    """Yield the faces that were looked at about three times a second, with the recording that they are from."""
    for name, recording in recordings.items():
        for track in tracks_of(recording, "face"):
            steps = np.diff(track.begin)
            if len(steps) and STEPS[0] <= np.median(steps) <= STEPS[1]:
                yield name, recording, track


def requirements_of_streams(measured: Mapping[str, Steadiness]) -> list[Requirement]:
    """Return what has to hold of streams: few changes by the face where most are left, and nothing lost in any."""
    moving = {name: seen.share for name, seen in measured.items() if seen.changes}
    name = max(moving, key=lambda name: moving[name], default="not measured")
    lost, unsaid = (float(sum(getattr(seen, what) for seen in measured.values())) for what in ("lost", "unsaid"))
    return [
        Requirement(
            "stream: share of the changes by frame",
            moving.get(name, nan),
            MOST_CHANGES,
            more_is_better=False,
            note=name,
        ),
        Requirement("stream: majority labels of stretches lost", lost, 0, more_is_better=False, note="all faces"),
        Requirement("stream: majority labels not said live", unsaid, 0, more_is_better=False, note="all faces"),
    ]


# --- the part of the report


def steadiness_part(recordings: Recordings, absent: Sequence[str]) -> Part:
    """Return the table of all faces at 3 frames a second, and what has to hold."""
    rows: list[tuple[object, ...]] = []
    measured: dict[str, Steadiness] = {}
    for name, recording, track in at_three_a_second(recordings):
        describer = leed.Describer()
        spans = stretches(recording, track)
        seen = compared(track, by_segment(describer)(track), streamed(track, describer, spans), spans)
        who = track.speaker or "all"
        measured[f"{name}, {who}"] = seen
        figures = (seen.frames, seen.changes, seen.streamed, seen.share, len(spans), seen.majorities)
        rows.append((name, who, *figures, seen.lost, seen.late, seen.unsaid))
    if not rows:
        return Part("Steadiness", NOTE, skipped=tuple(absent))
    table = Table("Faces at 3 frames a second", "", COLUMNS, tuple(rows))
    return Part("Steadiness", NOTE, (table,), tuple(requirements_of_streams(measured)), tuple(absent))
