"""Baseline: what is usual for one person, learned while they are measured."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.calibration import HIGH, RARE, USUAL, Calibration, Counts, Usual, get_calibration
from leed.calibration.gate import FULL, LEAST_SPREAD, Gate, gate_for
from leed.calibration.sketch import BINS, bins_of, quantiles
from leed.errors import InputError
from leed.schema.terms import Segment
from leed.taxonomy.matching import main_taxonomy, match

if TYPE_CHECKING:
    import os

    from leed.prepared import Prepared
    from leed.schema.recording import Recording
    from leed.selection import Plan

WARM_UP = 8
"""From this many segments on, a label has a baseline."""
PRIOR = 20.0
"""After this many segments, what is usual for everybody and for the person count the same (by squares, so that the
person's own soon decides)."""
SETTLED = 60
"""After this many segments, a score that stands out counts for HELD of a segment: an expression that is held for
minutes is not what is usual."""
HELD = 0.25
MEMORY = 2000.0
"""From this many segments on, all that was counted counts half: a baseline follows a person slowly. All of these
figures are leed's own choice; see ``python -m leed_evals faithful`` for what they do on real recordings."""
_POINTS = (USUAL, HIGH, RARE)
_OWN = "the person's own baseline"
_MOST_WAITING = 64  # sets of scores
_EVERY = 10  # segments after which percentiles are read off again; later, a fifth of all


class Baseline:
    """What is usual for one person: running percentiles of each label, robust against single and held expressions.

    Before it is warm it says what the calibration says; then, the more the person was measured, what is usual for them.

    >>> import leed
    >>> baseline = Baseline()
    >>> for _ in range(30):
    ...     baseline.add({"Distress": 0.04}, modality="prosody")
    >>> print(leed.describe({"Distress": 0.14}, modality="prosody", baseline=baseline))
    They sound slightly distressed, more than they usually do.

    Args:
        calibration: what is usual for everybody, as for `leed.Describer`.
    """

    def __init__(self, calibration: str | os.PathLike[str] | Mapping[str, Any] | Calibration | None = None) -> None:
        self._everybody = get_calibration(calibration)
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._last: tuple[list[str], str | None, str | None, _Kept, list[str], Usual | None] | None = None

    def __repr__(self) -> str:
        told = ", ".join(f"{taxonomy} {modality} {kept.n}" for (taxonomy, modality), kept in self._kept.items())
        return f"<Baseline {told or 'of nothing yet'}>"

    def add(
        self,
        scores: Mapping[str, float] | Segment | Recording,
        *,
        modality: str | None = None,
        taxonomy: str | None = None,
    ) -> None:
        """Count one set of scores, a segment, or all segments of a recording (of one person).

        Raises:
            InputError: it is none of these, or a score is no number.
        """
        if isinstance(scores, Segment):
            if scores.aspect == "expression":
                self._count(scores.scores, modality or scores.modality, taxonomy or scores.taxonomy)
            return
        if isinstance(scores, Mapping):
            self._count(scores, modality, taxonomy)
            return
        segments = getattr(scores, "segments", None)
        if segments is None:
            raise InputError(f"a baseline counts scores, a Segment or a Recording, not {type(scores).__name__}")
        for segment in segments():
            self.add(segment, modality=modality, taxonomy=taxonomy)

    def table(self, taxonomy: str | None, modality: str | None) -> Usual | None:
        """Return what is usual for the person, as far as it is known; None before the first segment."""
        kept = self._kept.get((taxonomy or "", modality or ""))
        return None if kept is None else kept.usual(self._everybody.table(taxonomy, modality), taxonomy, modality)

    def is_warm(self, label: str, taxonomy: str | None, modality: str | None) -> bool:
        """Return whether a label was counted often enough to say what is usual for the person."""
        kept = self._kept.get((taxonomy or "", modality or ""))
        return kept is not None and kept.weight(label) >= WARM_UP

    def behind(self, prepared: Prepared) -> Prepared:
        """Return what is prepared for a set of labels, gated by what is usual for the person."""
        plan = prepared.plan
        kept = self._kept.get((plan.taxonomy or "", plan.modality or ""))
        if kept is None or not plan.simple:
            return prepared
        return kept.behind(prepared, self._everybody.table(plan.taxonomy, plan.modality))

    def is_exceeded(self, plan: Plan, *named: tuple[int, float]) -> bool:
        """Return whether labels (their places in the input, and scores) are all well above what the person usually has.

        That is above their own 90th percentile, and only where it is known from WARM_UP segments on.
        """
        kept = self._kept.get((plan.taxonomy or "", plan.modality or ""))
        if kept is None:
            return False
        labels = {entry.position: entry.label for entry in plan.entries}
        return kept.are_exceeded([labels[place] for place, _ in named], [score for _, score in named])

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, which `from_dict` takes back; it holds counts, and no text."""
        tables = [
            {"taxonomy": taxonomy, "modality": modality, "n": kept.n, "counts": kept.to_dict()}
            for (taxonomy, modality), kept in self._kept.items()
        ]
        return {"leed": "baseline/1", "tables": tables}

    @classmethod
    def from_dict(
        cls,
        data: Mapping[str, Any],
        calibration: str | os.PathLike[str] | Mapping[str, Any] | Calibration | None = None,
    ) -> Baseline:
        """Return the baseline that `to_dict` made the data from.

        Raises:
            InputError: it is no such data; the message says where and why.
        """
        try:
            document = msgspec.convert(dict(data), _Document, strict=False)
        except (msgspec.ValidationError, TypeError, ValueError) as error:
            raise InputError(f"this is no baseline: {error}") from error
        baseline = cls(calibration)
        for table in document.tables:
            baseline._kept[table.taxonomy, table.modality] = _Kept.from_counts(table.counts, table.n)
        return baseline

    def _count(self, scores: Mapping[str, float], modality: str | None, taxonomy: str | None) -> None:
        last = self._last
        if last is None or last[1:3] != (modality, taxonomy) or last[0] != list(scores):
            matches = match(tuple(scores), modality, taxonomy)
            key = (taxonomy or main_taxonomy(matches) or "", modality or "")
            kept = self._kept.setdefault(key, _Kept())
            labels = [m.label for m in matches]
            last = self._last = (list(scores), modality, taxonomy, kept, labels, self._everybody.table(*key))
        _, _, _, kept, labels, everybody = last
        values = list(scores.values())
        try:
            sum(values)
        except TypeError:  # numbers as text, or nothing
            values = _numbers(values)
        kept.count(labels, values, everybody)


def _numbers(values: list[Any]) -> list[float]:
    try:
        return [float(value) for value in np.array(values, np.float64)]
    except (TypeError, ValueError) as error:
        raise InputError(f"a score is no number: {error}") from error


class _Table(msgspec.Struct):
    taxonomy: str
    modality: str
    n: int
    counts: Counts


class _Document(msgspec.Struct, tag_field="leed", tag="baseline/1"):
    tables: list[_Table]


class _Kept:
    """The counts of one taxonomy in one modality.

    Scores are counted some sets at a time, before anybody looks: that is many times as fast as each on its own, and
    what is counted is the same.
    """

    def __init__(self) -> None:
        self.n = 0
        self._places: dict[str, int] = {}
        self._counts: NDArray[np.float64] = np.zeros((0, BINS))
        self._weights: NDArray[np.float64] = np.zeros(0)
        self._heaviest = 0.0
        self._labels: tuple[list[str], NDArray[np.int64]] | None = None
        self._waiting: list[list[float]] = []  # sets of scores under these labels that are still to be counted
        self._scores: NDArray[np.float64] | None = None
        self._usual: Usual | None = None
        self._due = 0
        self._prior: NDArray[np.float64] = np.zeros((0, len(_POINTS)))
        self._behind: tuple[Prepared, NDArray[np.float64], Prepared] | None = None

    def count(self, labels: list[str], values: list[float], everybody: Usual | None) -> None:
        """Count one set of scores."""
        if self._labels is None or self._labels[0] != labels:
            self._settle()
            self._labels = (labels, self._rows(labels))
        if self.n >= SETTLED:
            self.read_off(everybody)
        self._waiting.append(values)
        self.n += 1
        waiting = len(self._waiting)
        if waiting >= _MOST_WAITING or self.n == SETTLED or self._heaviest + waiting > MEMORY:
            self._settle()

    def weight(self, label: str) -> float:
        """Return how much was counted of a label."""
        self._settle()
        place = self._places.get(label)
        return 0.0 if place is None else float(self._weights[place])

    def are_exceeded(self, labels: list[str], scores: list[float]) -> bool:
        """Return whether scores are all above the person's own 90th percentile, where that is known."""
        self._settle()
        places = [self._places.get(label, -1) for label in labels]
        if min(places, default=0) < 0 or (self._weights[places] < WARM_UP).any():
            return False
        middle, high = quantiles(self._counts[places], (USUAL, HIGH)).T
        return bool((np.array(scores) >= np.maximum(high, middle + LEAST_SPREAD)).all())

    def read_off(self, everybody: Usual | None) -> NDArray[np.float64]:
        """Return the percentiles of each label, between everybody's and the person's own; infinity where none is known.

        They are read off anew now and then: then it is another array.
        """
        if self._scores is None or self.n >= self._due or len(self._scores) != len(self._places):
            self._settle()
            self._due = self.n + max(_EVERY, self.n // 5)
            own = quantiles(self._counts, _POINTS)
            n = np.where(self._weights >= WARM_UP, self._weights, 0.0)[:, None] ** 2
            if everybody is not None:
                if len(self._prior) != len(self._places):
                    self._prior = np.array([[everybody.at(label, p) for p in _POINTS] for label in self._places])
                prior = self._prior
                scores = np.where(n > 0, (n * own + PRIOR**2 * prior) / (n + PRIOR**2), prior)
            else:
                scores = np.where(n > 0, own, np.inf)
            self._scores, self._usual = scores, None
        return self._scores

    def usual(self, everybody: Usual | None, taxonomy: str | None, modality: str | None) -> Usual:
        """Return the same as a table."""
        scores = self.read_off(everybody)
        if self._usual is None:
            labels = {
                label: tuple(row) for label, row in zip(self._places, scores.tolist(), strict=True) if row[0] < np.inf
            }
            self._usual = Usual(taxonomy or "", modality or "", self.n, _POINTS, labels, source="the person's own")
        return self._usual

    def behind(self, prepared: Prepared, everybody: Usual | None) -> Prepared:
        """Return the prepared labels behind a gate of the person's own; made anew when the percentiles are."""
        scores = self.read_off(everybody)
        kept = self._behind
        if kept is not None and kept[0] is prepared and kept[1] is scores:
            return kept[2]
        plan = prepared.plan
        labels = [entry.label for entry in sorted(plan.entries, key=lambda entry: entry.position)]
        gate = self._gate(labels, plan, everybody)
        gated = prepared if gate is None or prepared.few is None else prepared.behind(gate)
        self._behind = (prepared, scores, gated)
        return gated

    def _gate(self, labels: list[str], plan: Plan, everybody: Usual | None) -> Gate | None:
        """The gate for labels: what `gate_for` gives, all labels at a time where each has its percentiles."""
        scores = self.read_off(everybody)
        places = [self._places.get(label, -1) for label in labels]
        if min(places, default=-1) < 0 or not np.isfinite(scores).all():
            usual = self.usual(everybody, plan.taxonomy, plan.modality)
            return gate_for(usual, labels, plan.floor, _OWN) if usual.labels else None
        need = math.ceil(len(scores) * FULL)
        if len(labels) < need:
            return None
        low, high, rare = scores[places].T
        high, rare = low + (high - low), high + (rare - high)  # as `Usual.at` has them
        usual32 = low.astype(np.float32).astype(np.float64)
        named = np.maximum(_least_doubles(np.maximum(high, usual32 + LEAST_SPREAD)), plan.floor)
        hinted = _least_doubles(np.maximum(rare, 1e-6))
        return Gate(tuple(usual32.tolist()), tuple(named.tolist()), tuple(hinted.tolist()), need, _OWN)

    def _settle(self) -> None:
        """Count the sets of scores that are waiting."""
        if not self._waiting or self._labels is None:
            return
        values = np.array(self._waiting, np.float64)
        self._waiting.clear()
        there = np.isfinite(values)
        weights = there.astype(np.float64)
        rows = self._labels[1]
        if self.n > SETTLED and self._scores is not None:
            weights[there & (values >= self._scores[rows, 1])] = HELD
        if not there.all():
            values = np.where(there, values, 0.0)
        np.add.at(self._counts.reshape(-1), (bins_of(values) + rows * BINS).ravel(), weights.ravel())
        np.add.at(self._weights, rows, weights.sum(axis=0))
        self._heaviest = float(self._weights.max(initial=0.0))
        if self._heaviest > MEMORY:
            self._counts /= 2
            self._weights /= 2
            self._heaviest /= 2

    def to_dict(self) -> dict[str, dict[str, float]]:
        """Return the bins that are filled, by label."""
        self._settle()
        return {
            label: {
                str(bin_): round(float(self._counts[place, bin_]), 4) for bin_ in np.flatnonzero(self._counts[place])
            }
            for label, place in self._places.items()
        }

    @classmethod
    def from_counts(cls, counts: Counts, n: int) -> _Kept:
        """Return what `to_dict` wrote."""
        kept = cls()
        kept.n = n
        rows = kept._rows(list(counts))
        for row, bins in zip(rows.tolist(), counts.values(), strict=True):
            for bin_, count in bins.items():
                if 0 <= bin_ < BINS and np.isfinite(count) and count > 0:
                    kept._counts[row, bin_] = count
        kept._weights = kept._counts.sum(axis=1)
        kept._heaviest = float(kept._weights.max(initial=0.0))
        return kept

    def _rows(self, labels: list[str]) -> NDArray[np.int64]:
        """The rows of labels; new ones are added."""
        for label in labels:
            self._places.setdefault(label, len(self._places))
        if len(self._places) > len(self._counts):
            grown = np.zeros((len(self._places), BINS))
            grown[: len(self._counts)] = self._counts
            self._counts = grown
            self._weights = grown.sum(axis=1)
        return np.array([self._places[label] for label in labels], np.int64)


def _least_doubles(bounds: NDArray[np.float64]) -> NDArray[np.float64]:
    """What `leed.float32.least_double` gives for each bound."""
    rounded = bounds.astype(np.float32)
    below = np.where(rounded > 0, np.nextafter(rounded, np.float32(-1)).astype(np.float64), -1e-45)
    middle = (below + rounded) / 2
    return np.where(middle.astype(np.float32) >= rounded, middle, np.nextafter(middle, np.inf))
