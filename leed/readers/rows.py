"""Rows of labels and scores, gathered into a recording: what plain mappings give (tables: `leed.readers.tabular`)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from leed.readers.about import About
from leed.readers.columns import numbers, range_issues, track_of
from leed.readers.gathering import parted
from leed.schema.recording import Recording, Track
from leed.schema.terms import Issue
from leed.taxonomy.matching import dimensions, match

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
        self._centre_dimensions()
        tracks = [
            track
            for key, rows in self._groups.items()
            for part, labels in parted(rows, lambda row: row[0])
            for track in _tracks(key, part, tuple(labels), quantity)
        ]
        issues = [*self.issues, *(issue for track in tracks for issue in range_issues(track))]
        return Recording(tuple(tracks), tuple(issues))

    def _centre_dimensions(self) -> None:
        """Put dimensions that run from -1 to 1 on leed's 0 to 1, where a negative value shows that they do."""
        rows = [scores for group in self._groups.values() for scores, _ in group]
        moved = []
        for label in dimensions(list(dict.fromkeys(label for scores in rows for label in scores))):
            values = [scores[label] for scores in rows if label in scores]
            if min(values, default=0.0) >= 0 or max(map(abs, values)) > 1:
                continue
            for scores in rows:
                if label in scores:
                    scores[label] = (scores[label] + 1) / 2
            moved.append(label)
        if moved:
            what = f"{', '.join(moved)}: there are negative values, so they run from -1 to 1; read onto 0 to 1"
            self.issues.append(Issue("inferred", what))


def _tracks(
    key: tuple[str | None, ...], rows: list[_Row], labels: tuple[str, ...], quantity: str | None
) -> list[Track]:
    """One track for each aspect that the labels belong to, attributes beside the expression they come with."""
    source, channel, modality, granularity, speaker = key
    aspects: dict[str, list[str]] = {}
    for m in match(labels, modality):
        together = m.aspect in ("attribute", "description") or m.taxonomy is None
        aspects.setdefault("expression" if together else m.aspect, []).append(m.given)
    abouts = [about for _, about in rows]
    confidence = numbers([about.confidence for about in abouts])
    columns: dict[str, Any] = {
        "source": source,
        "channel": channel,
        "granularity": granularity,
        "speaker": speaker,
        "begin": numbers([about.begin for about in abouts]),
        "end": numbers([about.end for about in abouts]),
        "text": tuple(about.text for about in abouts),
        "extras": {} if np.isnan(confidence).all() else {"confidence": confidence},
    }
    tracks = []
    for aspect, names in aspects.items():
        matrix = np.array([[scores.get(name, math.nan) for name in names] for scores, _ in rows], np.float32)
        if aspect != "expression" and np.isnan(matrix).all():
            continue
        tracks.append(
            track_of(
                names,
                matrix.reshape(len(rows), len(names)),
                modality=modality,
                aspect=aspect,
                quantity=quantity,
                **columns,
            )
        )
    return tracks
