"""False new identities joined: one person to whom a face model gave several names.

A face model that loses a face (a hand, a turned head, a change of light) often takes it for a new person when it comes
back. Such a face begins just after the other has ended, in the same place of the picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leed.errors import OptionError
from leed.schema.joining import renamed
from leed.schema.recording import Recording
from leed.schema.terms import Issue
from leed.schema.tracks import Track

Place = tuple[str | None, str | None]
"""A source and a channel: the picture that faces stand in."""


@dataclass(frozen=True)
class Face:
    """When and where a named face was seen.

    Attributes:
        first, last: the begin of the first and the latest end of its segments, in seconds.
        entry, exit: time and box (x, y, width, height) of the first and of the last segment that has a box.
    """

    name: str
    first: float
    last: float
    begun_last: float
    entry: tuple[float, NDArray[np.float64]]
    exit: tuple[float, NDArray[np.float64]]

    def is_before(self, other: Face) -> bool:
        """Return whether this face was gone for good when the other was first seen."""
        return self.begun_last < other.first and self.last <= other.first


@dataclass(frozen=True)
class Handover:
    """A face that may go on under another name."""

    before: Face
    after: Face
    overlap: float
    gap: float


def merge_faces(recording: Recording, *, min_overlap: float, max_gap: float) -> Recording:
    """Return the recording with each false new identity under the name that the person had before.

    A face is taken for an earlier one of the same source and channel when it begins after the last segment of that one,
    at most ``max_gap`` seconds later, and its first box and the other's last overlap by at least ``min_overlap``
    (intersection over union). So faces that are ever seen together, or by turns, are never merged: a model that comes
    back to the first name has told the two apart. The best overlap wins, and a face has one successor at most. Faces
    without a name, boxes or times are left, and so is a name that a voice has too. Every merge is an issue.

    >>> face = {"modality": "face", "labels": ("Joy",), "source": "a.mp4"}
    >>> def seen(name, begin, x):
    ...     matrix, box = np.full((len(begin), 1), 0.5), np.array([[x, 40.0, 100.0, 100.0]] * len(begin))
    ...     return Track(speaker=name, matrix=matrix, begin=np.array(begin), extras={"box": box}, **face)
    >>> tracks = (seen("face_0", [0.0, 0.3], 10), seen("face_1", [0.0, 0.3], 500), seen("face_2", [1.0, 1.3], 20))
    >>> merged = merge_faces(Recording(tracks), min_overlap=0.5, max_gap=2.0)
    >>> [(track.speaker, track.begin.tolist()) for track in merged.tracks]
    [('face_0', [0.0, 0.3, 1.0, 1.3]), ('face_1', [0.0, 0.3])]
    >>> print(merged.issues[0])
    a.mp4: face_2 is taken for face_0: it begins 0.70 s later in the same place (overlap 0.82)

    Raises:
        OptionError: an option is no number of its range.
    """
    if not 0 < min_overlap <= 1:
        raise OptionError(f"min_overlap {min_overlap!r}: give a share above 0 and up to 1, such as 0.5")
    if not max_gap >= 0:
        raise OptionError(f"max_gap {max_gap!r}: give seconds, 0 or more, such as 2")
    names: dict[tuple[str | None, str | None, str], str] = {}
    issues = list(recording.issues)
    for (source, channel), faces in _faces(recording.tracks).items():
        voices = {track.speaker for track in recording.tracks if track.source == source and track.modality != "face"}
        for link in _chosen(_handovers(faces, voices, min_overlap, max_gap)):
            before = names.get((source, channel, link.before.name), link.before.name)
            names[source, channel, link.after.name] = before
            what = f"{link.after.name} is taken for {before}: it begins {link.gap:.2f} s later in the same place"
            issues.append(Issue("faces-merged", f"{what} (overlap {link.overlap:.2f})", source))

    def name(track: Track) -> str | None:
        if track.modality != "face" or track.speaker is None:
            return track.speaker
        return names.get((track.source, track.channel, track.speaker), track.speaker)

    return recording.replace(renamed(recording.tracks, name), issues) if names else recording


def overlap(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the intersection of two boxes (x, y, width, height) over their union, 0 to 1.

    >>> overlap(np.array([0, 0, 10, 10]), np.array([5, 0, 10, 10]))
    0.3333333333333333
    """
    (x, y, width, height), (x2, y2, width2, height2) = (map(float, box) for box in (one, other))
    across = max(min(x + width, x2 + width2) - max(x, x2), 0.0)
    down = max(min(y + height, y2 + height2) - max(y, y2), 0.0)
    union = width * height + width2 * height2 - across * down
    return across * down / union if 0 < union < math.inf else 0.0


def _faces(tracks: Iterable[Track]) -> Mapping[Place, list[Face]]:
    """The faces that have a name, times and boxes, by picture; the aspects of one face are one."""
    groups: dict[Place, dict[str, list[Track]]] = {}
    for track in tracks:
        if track.modality == "face" and track.speaker is not None and len(track):
            groups.setdefault((track.source, track.channel), {}).setdefault(track.speaker, []).append(track)
    found = {
        place: [_face(name, parts) for name, parts in named.items() if len(named) > 1]
        for place, named in groups.items()
    }
    return {place: [face for face in faces if face is not None] for place, faces in found.items()}


def _face(name: str, tracks: list[Track]) -> Face | None:
    begin = np.concatenate([track.begin for track in tracks])
    end = np.concatenate([track.end for track in tracks])
    if not np.isfinite(begin).all():
        return None  # a segment without a time may be in any frame
    boxes = np.concatenate([_boxes(track) for track in tracks])
    seen = np.flatnonzero(np.isfinite(boxes).all(axis=1) & (boxes[:, 2:] > 0).all(axis=1))
    if not len(seen):
        return None
    entry, out = seen[np.argmin(begin[seen])], seen[len(seen) - 1 - np.argmax(begin[seen][::-1])]
    return Face(
        name=name,
        first=float(begin.min()),
        last=float(np.fmax(begin, end).max()),
        begun_last=float(begin.max()),
        entry=(float(begin[entry]), boxes[entry]),
        exit=(float(np.fmax(begin, end)[out]), boxes[out]),
    )


def _boxes(track: Track) -> NDArray[np.float64]:
    boxes = track.extras.get("box")
    if boxes is None or boxes.shape[1:] != (4,) or boxes.dtype.kind not in "fiu":
        return np.full((len(track), 4), np.nan)
    return boxes.astype(np.float64)


def _handovers(faces: list[Face], voices: set[str | None], min_overlap: float, max_gap: float) -> Iterable[Handover]:
    ends = np.array([face.exit[0] for face in faces])
    for after in faces:
        if after.name in voices:
            continue  # somebody said that this face is a voice's; another name would part them
        for i in np.flatnonzero((ends <= after.entry[0]) & (after.entry[0] - ends <= max_gap)).tolist():
            before = faces[i]
            if before.is_before(after):
                shared = overlap(before.exit[1], after.entry[1])
                if shared >= min_overlap:
                    yield Handover(before, after, shared, after.entry[0] - before.exit[0])


def _chosen(links: Iterable[Handover]) -> list[Handover]:
    """Each face with one successor and one predecessor at most, the best overlaps first; in the order of time."""
    chosen: list[Handover] = []
    gone, come = set[str](), set[str]()
    for link in sorted(links, key=lambda link: (-link.overlap, link.gap)):
        if link.before.name not in gone and link.after.name not in come:
            gone.add(link.before.name)
            come.add(link.after.name)
            chosen.append(link)
    return sorted(chosen, key=lambda link: link.after.first)
