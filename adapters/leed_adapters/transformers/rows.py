"""Scores as they come, gathered into the tracks of a recording."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.readers.columns import Ranges, by_aspect, track_of
from leed.readers.gathering import extras_of
from leed.schema import Issue, Recording, Track
from leed.scores import Spread, centred, dimension_scale
from leed.taxonomy.matching import dimensions
from leed_adapters.transformers.heads import Head


class About(msgspec.Struct, frozen=True, kw_only=True):
    """Whose scores they are, of what stretch.

    Attributes:
        granularity: how long a stretch it is.
        channel: of the sound, by number, where each was heard by itself.
        speaker: whose voice or face it is.
        begin: seconds; NaN where there is no time.
        end: likewise.
        text: what was said.
        extras: anything else: the box of a face, how sure its detector was.
    """

    granularity: str
    channel: str | None = None
    speaker: str | None = None
    begin: float = math.nan
    end: float = math.nan
    text: str | None = None
    extras: Mapping[str, Any] = {}


class Rows:
    """Rows of scores of one medium."""

    def __init__(self, source: str, head: Head) -> None:
        self._source = source
        self._head = head
        self._abouts: list[About] = []
        self._scores: list[NDArray[np.float32]] = []

    def __len__(self) -> int:
        return len(self._scores)

    def add(self, about: About, scores: NDArray[np.float32]) -> None:
        """Add a row, (labels,); one without any number, of a stretch that could not be heard, is a row of NaN."""
        self._abouts.append(about)
        self._scores.append(scores)

    def recording(self, issues: Iterable[Issue] = ()) -> Recording:
        """Return the rows as tracks, those of a face or a voice together, each in order of time."""
        found = [Issue(i.code, i.message, i.source or self._source, i.where) for i in issues]
        if not self._scores:
            return Recording((), tuple(found))
        matrix = np.stack(self._scores)
        found += self._settle(matrix)
        keys: dict[tuple[str | None, ...], list[int]] = {}
        for i, about in enumerate(self._abouts):
            keys.setdefault((about.channel, about.granularity, about.speaker), []).append(i)
        tracks = [track for key, places in keys.items() for track in self._tracks(key, places, matrix)]
        ranges = Ranges()
        for track in tracks:
            ranges.add(track)
        return Recording(tuple(tracks), (*found, *ranges.issues()))

    def _settle(self, matrix: NDArray[np.float32]) -> list[Issue]:
        """Put dimensions onto 0 to 1, by the scale that they run on together; say what was inferred."""
        labels = self._head.labels
        found = []
        if self._head.is_unnamed:
            what = f"the labels are only numbered ({labels[0]}, ...): id2label in the model's config names none"
            found.append(Issue("unnamed-labels", what, self._source))
        names = dimensions(labels) if self._head.activation == "identity" else []
        places = [labels.index(name) for name in names]
        told = matrix[:, places][np.isfinite(matrix[:, places])].tolist()
        if not told:
            return found
        scale, issue = dimension_scale(names, Spread.of(told), "left out")
        if issue is not None:
            found.append(Issue(issue.code, issue.message, self._source))
        if scale == "centred":
            for place in places:
                matrix[:, place] = [centred(value) for value in matrix[:, place].tolist()]
        elif scale == "foreign":
            matrix[:, places] = np.nan
        return found

    def _tracks(self, key: tuple[str | None, ...], places: list[int], matrix: NDArray[np.float32]) -> Iterable[Track]:
        channel, granularity, speaker = key
        places = sorted(places, key=lambda i: (math.isnan(self._abouts[i].begin), self._abouts[i].begin))
        abouts = [self._abouts[i] for i in places]
        columns: dict[str, Any] = {
            "source": self._source,
            "channel": channel,
            "granularity": granularity,
            "speaker": speaker,
            "begin": np.array([about.begin for about in abouts], np.float64),
            "end": np.array([about.end for about in abouts], np.float64),
            "text": tuple(about.text for about in abouts),
            "extras": extras_of([dict(about.extras) for about in abouts]),
        }
        head = self._head
        for aspect, names in by_aspect(head.labels, head.modality).items():
            yield track_of(
                names,
                matrix[np.ix_(places, [head.labels.index(name) for name in names])],
                modality=head.modality,
                aspect=aspect,
                taxonomy=head.taxonomy,
                quantity=head.quantity,
                exclusive=head.exclusive if head.quantity else None,
                **columns,
            )
