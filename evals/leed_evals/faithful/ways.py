"""The ways to word a track that are compared: the one place where the evaluation meets what leed offers for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import leed
from leed_evals.faithful.recordings import Recordings, usual_elsewhere

FIXED = "fixed scale"
OTHERS = "others' recordings"
SHIPPED = "shipped calibration"
OWN = "own baseline"

ENOUGH = 20
"""Fewer segments tell neither what is usual nor how varied the words are."""

Describe = Callable[[leed.Segment], leed.Description]
"""What puts a segment into words: a Describer, or a test's double."""
Wording = Callable[[leed.Track], list[leed.Description]]
"""Puts a track into words, a description for each segment."""

OWN_BASELINE: Wording | None = None
"""Words a track against the speaker's own baseline; None as long as leed has none."""
STREAMED: Wording | None = None
"""Gives the words that stand at each segment of a track fed to a leed.Stream; None as long as leed has none."""


def described(track: leed.Track, describe: Describe) -> list[leed.Description]:
    """Return the descriptions of a track, row by row."""
    return [describe(track.segment(i)) for i in range(len(track))]


def by_segment(describe: Describe) -> Wording:
    """Return the wording that describes each segment on its own."""
    return lambda track: described(track, describe)


def ways_to_word(recordings: Recordings, name: str, modality: str) -> dict[str, Wording]:
    """Return the ways to word a recording, by name, from the least to the most that is known of what is usual."""
    ways = {FIXED: by_segment(leed.Describer(calibration="none"))}
    usual = usual_elsewhere(recordings, name, modality)
    if usual is not None and usual.tables[0].segments >= ENOUGH:
        ways[OTHERS] = by_segment(leed.Describer(calibration=usual))
    ways[SHIPPED] = by_segment(leed.Describer())
    if OWN_BASELINE is not None:
        ways[OWN] = OWN_BASELINE
    return ways


def labels_of(descriptions: Iterable[leed.Description]) -> list[list[str]]:
    """Return the labels that each description names, in its order."""
    return [[term.label for term in description.terms] for description in descriptions]
