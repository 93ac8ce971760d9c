"""Rows of labels and scores, gathered into a recording: what plain mappings give (tables: `leed.readers.tabular`)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leed.readers.about import About
from leed.readers.columns import by_aspect, numbers, range_issues, track_of
from leed.readers.gathering import extras_of, parted
from leed.readers.units import PER_CENT, SAID_PER_CENT, in_per_cent, says_per_cent, shares
from leed.schema.recording import Recording
from leed.schema.terms import Issue
from leed.schema.tracks import Track
from leed.scores import Spread, centred, dimension_scale
from leed.taxonomy.matching import dimensions

_Row = tuple[dict[str, float], About]


class Rows:
    """Gathers rows; those of one source, channel, modality, granularity and speaker make a track."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str | None, ...], list[_Row]] = {}
        self._quantities: set[str | None] = set()
        self.issues: list[Issue] = []

    def add(self, scores: dict[str, float], about: About, quantity: str | None = None) -> None:
        """Add a row: label to score (NaN: not reported), and what else it says."""
        self._groups.setdefault(about.key, []).append((scores, about))
        self._quantities.add(quantity)

    def recording(self) -> Recording:
        """Return what was gathered."""
        if not self._groups:
            self.issues.append(Issue("no-segments", "there are no rows of scores"))
        told = self._quantities - {None}
        quantity = told.pop() if len(told) == 1 else None
        silent = sum(all(map(math.isnan, scores.values())) for rows in self._groups.values() for scores, _ in rows)
        if silent:
            total = sum(map(len, self._groups.values()))
            self.issues.append(Issue("no-scores", f"{silent} of {total} rows report no score"))
        quantity = self._settled_units() or quantity
        tracks = [
            track
            for key, rows in self._groups.items()
            for part, labels in parted(rows, lambda row: row[0])
            for track in _tracks(key, part, tuple(labels), quantity)
        ]
        issues = [*self.issues, *(issue for track in tracks for issue in range_issues(track))]
        return Recording(tuple(tracks), tuple(issues))

    def _settled_units(self) -> str | None:
        """Bring per cent and dimensions onto 0 to 1; return the quantity where the numbers tell it."""
        rows = [row for group in self._groups.values() for row in group]
        labels = list(dict.fromkeys(label for scores, _ in rows for label in scores))
        bipolar = set(dimensions(labels))
        self._settle_dimensions(rows, [label for label in labels if label in bipolar])
        others = [label for label in labels if label not in bipolar]
        quantity = None
        for part, names in parted(rows, lambda row: row[0]):
            here = [name for name in names if name not in bipolar]
            if any(v > 1 for scores, _ in part for v in scores.values()) and in_per_cent(_matrix(part, here)):
                _divide(part, here)
                quantity = "probability"
        if quantity:
            self.issues.append(SAID_PER_CENT)
        else:
            self._settle_signed(rows, [label for label in others if says_per_cent(label)])
        return quantity

    def _settle_signed(self, rows: list[_Row], labels: list[str]) -> None:
        """Divide scores whose label says that they are per cent."""
        if labels and shares(_matrix(rows, labels)) is not None:
            _divide(rows, labels)
            self.issues.append(Issue("inferred", f"{labels[0][:60]}, ...: per cent by name; read as shares of 1"))

    def _settle_dimensions(self, rows: list[_Row], labels: list[str]) -> None:
        """Put dimensions onto 0 to 1, or among the extras, by the scale that they run on together."""
        values = [v for scores, _ in rows for label in labels if not math.isnan(v := scores.get(label, math.nan))]
        if not values:
            return
        scale, issue = dimension_scale(labels, Spread.of(values))
        if issue is not None:
            self.issues.append(issue)
        for scores, about in rows:
            for label in labels:
                if label in scores and scale == "centred":
                    scores[label] = centred(scores[label])
                elif label in scores and scale == "foreign":
                    about.extras[label] = scores[label]
                    scores[label] = math.nan


def _matrix(rows: list[_Row], names: Sequence[str]) -> NDArray[np.float32]:
    matrix = np.array([[scores.get(name, math.nan) for name in names] for scores, _ in rows], np.float32)
    return matrix.reshape(len(rows), len(names))


def _divide(rows: list[_Row], names: list[str]) -> None:
    for scores, _ in rows:
        scores.update({name: scores[name] / PER_CENT for name in names if name in scores})


def _tracks(
    key: tuple[str | None, ...], rows: list[_Row], labels: tuple[str, ...], quantity: str | None
) -> list[Track]:
    """One track for each aspect that the labels belong to, attributes beside the expression they come with."""
    source, channel, modality, granularity, speaker = key
    abouts = [about for _, about in rows]
    columns: dict[str, Any] = {
        "source": source,
        "channel": channel,
        "granularity": granularity,
        "speaker": speaker,
        "begin": numbers([about.begin for about in abouts]),
        "end": numbers([about.end for about in abouts]),
        "text": tuple(about.text for about in abouts),
        "extras": extras_of([about.extras for about in abouts]),
    }
    tracks = []
    for aspect, names in by_aspect(labels, modality).items():
        matrix = _matrix(rows, names)
        if aspect != "expression" and np.isnan(matrix).all():
            continue
        tracks.append(
            track_of(
                names,
                matrix,
                modality=modality,
                aspect=aspect,
                quantity=quantity,
                **columns,
            )
        )
    return tracks
