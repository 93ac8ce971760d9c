"""Variety: how often a recording's commonest label comes first, and how many bits its first labels hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import nan

import numpy as np

import leed
from leed_evals.faithful.recordings import MODALITIES, Recordings, segments_of, tracks_of
from leed_evals.faithful.report import Part, Requirement, Table
from leed_evals.faithful.ways import ENOUGH, FIXED, OTHERS, OWN, OWN_OTHERS, Wording, labels_of, ways_to_word

NOTICEABLE = 0.01
"""By how much a share has to fall, or an entropy to rise, to count as lower or higher."""
MOST_FOR_ONE = 0.3
"""What share the commonest label may have where a person is compared with themselves."""

COLUMNS = ("recording", "who", "words by", "segments", "named", "commonest first label", "share", "entropy, bits")
NOTE = (
    "Which label comes first in the sentences about each real Hume recording. Share and entropy are those of the "
    "sentences that name a label; how many do stands under *named*, since a wording that names little is varied at no "
    "cost. *Others' recordings*: a calibration fitted on all other recordings with that modality, each as at most 100 "
    "segments. *Shipped calibration*: it rests on these recordings in part, so its figures are not held out. *Own "
    "baseline*: what is usual for the person, learned segment by segment from those before, and beginning as the "
    "shipped calibration or as *others'* has it."
)


@dataclass(frozen=True)
class Variety:
    """How the first labels of some descriptions are spread, over those that name one.

    Attributes:
        segments, named: how many there are, and how many of them name a label.
        commonest: the label that comes first most often; None where none is named.
        share: of the named ones, how many it has.
        entropy: of the first labels, in bits.
    """

    segments: int
    named: int
    commonest: str | None
    share: float
    entropy: float


def first_labels(track: leed.Track, wording: Wording) -> list[str | None]:
    """Return the label that comes first in the words about each segment; None where none is named."""
    return [labels[0] if labels else None for labels in labels_of(wording(track))]


def variety(first: Sequence[str | None]) -> Variety:
    """Return how first labels are spread.

    >>> variety(["Joy", "Joy", None, "Fear", "Awe"])
    Variety(segments=5, named=4, commonest='Joy', share=0.5, entropy=1.5)
    """
    counts = Counter(label for label in first if label is not None)
    if not counts:
        return Variety(len(first), 0, None, nan, nan)
    shares = np.array(list(counts.values())) / counts.total()
    entropy = abs(float((shares * np.log2(shares)).sum()))
    return Variety(len(first), counts.total(), counts.most_common(1)[0][0], float(shares.max()), entropy)


def spread(tracks: Sequence[leed.Track], ways: Mapping[str, Wording]) -> dict[str, Variety]:
    """Return the variety of the first labels of some tracks together, for each way to word them."""
    return {
        way: variety([label for track in tracks for label in first_labels(track, wording)])
        for way, wording in ways.items()
    }


def requirements_of_faces(faces: Mapping[str, Mapping[str, Variety]]) -> list[Requirement]:
    """Return what has to hold of the faces of each recording, by the one where it holds least."""

    def least(of: Callable[[Mapping[str, Variety]], float], way: str) -> tuple[float, str]:
        known = {name: of(found) for name, found in faces.items() if way in found}
        name = min(known, key=lambda name: known[name], default=None)
        return (nan, "not measured") if name is None else (known[name], name)

    if not faces:
        return []
    fall, where_fall = least(lambda found: found[FIXED].share - found[OTHERS].share, OTHERS)
    rise, where_rise = least(lambda found: found[OTHERS].entropy - found[FIXED].entropy, OTHERS)
    own, where_own = least(lambda found: -max(found[way].share for way in (OWN, OWN_OTHERS) if way in found), OWN)
    return [
        Requirement("faces, calibrated: commonest label's share falls by", fall, NOTICEABLE, note=where_fall),
        Requirement("faces, calibrated: entropy rises by, bits", rise, NOTICEABLE, note=where_rise),
        Requirement(
            "faces, own baseline: commonest label's share", -own, MOST_FOR_ONE, more_is_better=False, note=where_own
        ),
    ]


# --- the part of the report


def variety_part(recordings: Recordings, absent: Sequence[str]) -> Part:
    """Return a table for each modality and what has to hold of faces."""
    tables: list[Table] = []
    left_out = list(absent)
    faces: dict[str, dict[str, Variety]] = {}
    for modality, called in MODALITIES.items():
        rows: list[tuple[object, ...]] = []
        for name, recording in recordings.items():
            tracks = tracks_of(recording, modality)
            if segments_of(tracks) < ENOUGH:
                left_out += [f"{name}, {called}: {segments_of(tracks)} of at least {ENOUGH} segments"] if tracks else []
                continue
            ways = ways_to_word(recordings, name, modality)
            found = spread(tracks, ways)
            rows += _rows(name, "all", found)
            if modality == "face":
                faces[name] = found
            people = [track for track in tracks if len(tracks) > 1 and len(track) >= ENOUGH]
            rows += [row for person in people for row in _rows(name, str(person.speaker), spread([person], ways))]
        if rows:
            tables.append(Table(called.capitalize(), "", COLUMNS, tuple(rows)))
    return Part("Variety", NOTE, tuple(tables), tuple(requirements_of_faces(faces)), tuple(left_out))


def _rows(name: str, who: str, found: Mapping[str, Variety]) -> list[tuple[object, ...]]:
    return [
        (name, who, way, seen.segments, seen.named, seen.commonest, seen.share, seen.entropy)
        for way, seen in found.items()
    ]
