"""Fitting: what is usual in recordings of a user's own, counted segment by segment.

>>> import leed
>>> from leed.calibration.fit import Fit
>>> fit = Fit()
>>> fit.add(leed.read([{"modality": "face", "Joy": joy, "Awe": 0.1} for joy in (0.1, 0.2, 0.3)]))
>>> print(fit.calibration("mine"))
mine: hume-48 face (3 segments)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from leed.calibration import USUAL, Calibration, Usual, digested
from leed.calibration.sketch import BINS, counted, quantiles
from leed.errors import InputError

if TYPE_CHECKING:
    from leed.schema.recording import Recording
    from leed.schema.tracks import Track

POINTS = (0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0)
"""The quantiles that are written down."""
OFFSET_PRIOR = 1.0
"""A label's median counts as much as this many segments that have the median of all labels."""
SHAPE_PRIOR = 50.0
"""A label's own spread counts as much as the pooled one from this many segments on; both are leed's own choice."""

_COUNTED = ("intensity", "probability")


class Fit:
    """Counts what is usual; `calibration` writes it down.

    It holds counts only, never scores: its size is that of the label sets, whatever was added. Fits add up: what two
    of them counted apart, `merge` puts together as if it had been counted at once.

    Attributes:
        left_out: how many segments told nothing (of no known taxonomy, of exclusive classes, of an assistant's voice).
    """

    def __init__(self) -> None:
        self._tables: dict[tuple[str, str], _Table] = {}
        self.left_out = 0

    def add(self, recording: Recording, *, weight: float = 1.0) -> None:
        """Count the segments of a recording, each as much as ``weight``."""
        self.add_parts([recording], weight=weight)

    def add_parts(self, parts: Iterable[Recording], *, weight: float = 1.0) -> None:
        """Count the segments of one recording that comes in parts, as `leed.readers.read_parts` gives it.

        If that fails on the way, nothing of it is counted.
        """
        alone = Fit()
        for part in parts:
            for track in part.tracks:
                alone._add_track(track, weight)
        for table in alone._tables.values():
            table.recordings = 1
        self.merge(alone)

    def merge(self, other: Fit | Calibration) -> None:
        """Count what another fit, or the fit behind a calibration, has counted.

        Raises:
            InputError: the calibration holds percentiles only, without counts.
        """
        if isinstance(other, Calibration):
            other = _fit_of(other)
        for key, table in other._tables.items():  # noqa: SLF001 - of this class
            mine = self._tables.setdefault(key, _Table())
            mine.add(tuple(table.places), table.counts, table.segments)
            mine.recordings += table.recordings
        self.left_out += other.left_out

    def _add_track(self, track: Track, weight: float) -> None:
        if _counts(track):
            table = self._tables.setdefault((str(track.taxonomy), str(track.modality)), _Table())
            table.add(track.labels, counted(track.matrix, weight), len(track))
        else:
            self.left_out += len(track)

    @property
    def segments(self) -> int:
        """How many segments were counted."""
        return sum(table.segments for table in self._tables.values())

    def calibration(self, name: str, source: str = "") -> Calibration:
        """Return the calibration, with the counts that it rests on.

        Raises:
            InputError: nothing was counted.
        """
        tables = [table.usual(*key) for key, table in sorted(self._tables.items()) if table.counts.any()]
        if not tables:
            raise InputError(
                "nothing to calibrate: no segment has scores of a known taxonomy in a known modality "
                "(face, prosody, burst, language), other than exclusive classes"
            )
        return digested(Calibration(name, tuple(tables), source))


class _Table:
    """The counts of one taxonomy in one modality."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}
        self.counts: NDArray[np.float64] = np.zeros((0, BINS))
        self.segments = 0
        self.recordings = 0

    def add(self, labels: Sequence[str], counts: NDArray[np.float64], segments: int) -> None:
        for label in labels:
            self.places.setdefault(label, len(self.places))
        grown = np.zeros((len(self.places), BINS))
        grown[: len(self.counts)] = self.counts
        grown[[self.places[label] for label in labels]] += counts
        self.counts = grown
        self.segments += segments

    def usual(self, taxonomy: str, modality: str) -> Usual:
        known = {label: place for label, place in self.places.items() if self.counts[place].any()}
        counts = self.counts[list(known.values())]
        scores = shrunk(counts)
        return Usual(
            taxonomy,
            modality,
            self.segments,
            POINTS,
            {label: tuple(_rounded(row)) for label, row in zip(known, scores, strict=True)},
            recordings=self.recordings,
            source=f"{self.segments} segments of {self.recordings} recordings",
            counts={
                label: {bin_: float(row[bin_]) for bin_ in np.flatnonzero(row).tolist()}
                for label, row in zip(known, counts, strict=True)
            },
        )


def shrunk(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the scores at POINTS for each label, (k, len(POINTS)); where few were counted, closer to what all have.

    On the scale of logarithms a label's curve is its median plus the curve of all labels around their medians; the
    more segments were counted, the more of its own it has (see OFFSET_PRIOR and SHAPE_PRIOR). No curve goes beyond the
    highest score that was counted.
    """
    n = counts.sum(axis=1, keepdims=True)
    own = np.log(np.maximum(quantiles(counts, POINTS), 1e-6))
    middle = POINTS.index(USUAL)
    medians = own[:, [middle]]
    pooled = np.average(own - medians, axis=0, weights=n[:, 0])
    offset = (n * medians + OFFSET_PRIOR * np.average(medians[:, 0], weights=n[:, 0])) / (n + OFFSET_PRIOR)
    share = n / (n + SHAPE_PRIOR)
    curves = offset + share * (own - medians) + (1 - share) * pooled
    highest = quantiles(counts.sum(axis=0), [1.0])
    return np.asarray(np.minimum(np.exp(np.maximum.accumulate(curves, axis=1)), highest))


def _counts(track: Track) -> bool:
    """Whether a track tells what is usual of a person's expression."""
    return bool(
        track.taxonomy
        and track.modality
        and track.aspect == "expression"
        and track.quantity in _COUNTED
        and not track.exclusive
        and track.channel != "assistant"
    )


def _fit_of(calibration: Calibration) -> Fit:
    fit = Fit()
    for usual in calibration.tables:
        if usual.counts is None:
            raise InputError(
                f"calibration {calibration.name}: {usual.taxonomy} {usual.modality} holds percentiles without the "
                "counts behind them, so it cannot be merged; fit the recordings again"
            )
        table = fit._tables.setdefault((usual.taxonomy, usual.modality), _Table())  # noqa: SLF001 - of this module
        table.add(tuple(usual.counts), _unpacked(usual.counts.values()), usual.segments)
        table.recordings += usual.recordings or 0
    return fit


def _unpacked(rows: Iterable[dict[int, float]]) -> NDArray[np.float64]:
    listed = list(rows)
    counts = np.zeros((len(listed), BINS))
    for row, bins in zip(counts, listed, strict=True):
        for bin_, count in bins.items():
            if 0 <= bin_ < BINS:
                row[bin_] = count
    return counts


def _rounded(row: NDArray[np.float64]) -> list[float]:
    return [float(f"{value:.5g}") for value in row.tolist()]
