"""What is usual for a label in a modality: percentiles, from which the describer tells what is worth naming.

A calibration chooses and orders labels; the adverb stays that of the raw score. It is data: a dated JSON file in
``data/``, or one that ``leed calibrate`` (`leed.calibration.fit.Fit`) made from a user's own recordings.
"""

from __future__ import annotations

import hashlib
import os
from bisect import bisect_left
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import isfinite
from typing import Any

import msgspec

from leed.errors import DataFileError, one_of

DEFAULT = "hume-2026-11"
NAMES = (DEFAULT,)
"""The calibrations that come with leed."""
NONE = "none"
"""Names no calibration: labels are named from the scale's floor on, the strongest first."""

USUAL, HIGH, RARE = 0.5, 0.9, 0.99
"""The percentiles that decide: what is usual; from where a label is named in a full set; from where it is hinted at."""

CALIBRATION_MARK = b'"leed": "calibration/'
"""What stands near the head of a calibration's file."""

Counts = dict[str, dict[int, float]]


class Usual(msgspec.Struct, frozen=True, dict=True, omit_defaults=True):
    """What is usual for the labels of one taxonomy in one modality.

    Attributes:
        segments, recordings: how many of them it rests on.
        points: which quantiles are given for each label, increasing, as shares (0.9 is the 90th percentile).
        labels: by label, the score at each of the points.
        source: where the numbers come from.
        counts: by label, how many segments fell into each bin of `leed.calibration.sketch`, if that is known; with it,
            calibrations are merged without a loss.
    """

    taxonomy: str
    modality: str
    segments: int
    points: tuple[float, ...]
    labels: dict[str, tuple[float, ...]]
    recordings: int | None = None
    source: str = ""
    counts: Counts | None = None

    def at(self, label: str, share: float) -> float:
        """Return the score that a share of a label's segments stays below; for an unknown label, that of all labels.

        >>> usual = get_calibration().table("hume-48", "face")
        >>> round(usual.at("Interest", 0.5), 2)
        0.46
        """
        scores = self.labels.get(label) or self._of_all
        after = bisect_left(self.points, share)
        if after == 0:
            return scores[0]
        if after == len(self.points):
            return scores[-1]
        low, high = self.points[after - 1], self.points[after]
        part = (share - low) / (high - low)
        return scores[after - 1] + part * (scores[after] - scores[after - 1])

    def share_below(self, label: str, score: float) -> float:
        """Return the share of a label's segments with a lower score, between the first and the last of the points.

        >>> get_calibration().table("hume-48", "face").share_below("Fear", 0.1)
        0.917
        """
        scores = self.labels.get(label) or self._of_all
        after = bisect_left(scores, score)
        if after == 0:
            return 0.0 if score < scores[0] else self.points[0]
        if after == len(scores):
            return self.points[-1]
        part = (score - scores[after - 1]) / (scores[after] - scores[after - 1])
        return round(self.points[after - 1] + part * (self.points[after] - self.points[after - 1]), 3)

    @property
    def _of_all(self) -> tuple[float, ...]:
        """The mean over all labels, for a label that is not listed."""
        known = list(self.labels.values())
        return tuple(sum(column) / len(known) for column in zip(*known, strict=True))


class Calibration(msgspec.Struct, frozen=True, dict=True, omit_defaults=True, tag_field="leed", tag="calibration/1"):
    """What is usual, by taxonomy and modality.

    >>> print(get_calibration())
    hume-2026-11: hume-48 face (1075 segments), hume-48 prosody (25 segments), hume-53 language (1263 segments)

    Attributes:
        name: what it is called in explanations.
        tables: one for each taxonomy and modality.
        source: where it comes from.
        digest: of the tables' numbers.
    """

    name: str
    tables: tuple[Usual, ...]
    source: str = ""
    digest: str = ""

    def table(self, taxonomy: str | None, modality: str | None) -> Usual | None:
        """Return what is usual for a taxonomy in a modality, or None where that is not known."""
        return next((t for t in self.tables if t.taxonomy == taxonomy and t.modality == modality), None)

    def __str__(self) -> str:
        told = (f"{table.taxonomy} {table.modality} ({table.segments} segments)" for table in self.tables)
        return f"{self.name}: {', '.join(told) or 'no tables'}"

    def to_json(self) -> bytes:
        """Return the calibration as a JSON document, which `get_calibration` takes back."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"


def get_calibration(calibration: str | os.PathLike[str] | Mapping[str, Any] | Calibration | None = None) -> Calibration:
    """Return a calibration: one of leed's by name, one from a JSON file or its plain data, or the default.

    "none" gives one without tables: it leaves labels ungated.

    Raises:
        OptionError: no calibration of that name, and no such file.
        DataFileError: the file or data is no calibration; the message says where and why.
    """
    if isinstance(calibration, Calibration):
        return calibration
    if isinstance(calibration, Mapping):
        return _decoded(msgspec.json.encode(calibration, enc_hook=str), "the calibration given")
    if calibration is not None and not isinstance(calibration, (str, os.PathLike)):
        raise one_of("calibration", calibration, (*NAMES, NONE, "a JSON file", "a Calibration"))
    name = os.fspath(calibration) if calibration is not None else DEFAULT
    if name in NAMES or name == NONE:
        return _shipped(name)
    if not os.path.exists(name):
        raise one_of("calibration", name, (*NAMES, NONE, "a JSON file made by 'leed calibrate'"))
    try:
        with open(name, "rb") as file:
            return _decoded(file.read(), f"calibration {name}")
    except OSError as error:
        raise DataFileError(f"calibration {name}: {error.strerror or error}") from error


@cache
def _shipped(name: str) -> Calibration:
    if name == NONE:
        return Calibration(NONE, ())
    return _decoded((files("leed.calibration") / "data" / f"{name}.json").read_bytes(), f"calibration {name}")


def _decoded(data: bytes, where: str) -> Calibration:
    try:
        calibration = msgspec.json.decode(data, type=Calibration)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataFileError(
            f"{where}: is no calibration: {error}; 'leed calibrate FILE... -o calibration.json' makes one"
        ) from error
    for table in calibration.tables:
        _check(table, f"{where}: {table.taxonomy} {table.modality}")
    return digested(calibration)


def digested(calibration: Calibration) -> Calibration:
    """Return the same calibration with the digest of its tables."""
    numbers = msgspec.json.encode([(t.taxonomy, t.modality, t.points, t.labels) for t in calibration.tables])
    return msgspec.structs.replace(calibration, digest=hashlib.sha256(numbers).hexdigest()[:12])


def _check(table: Usual, where: str) -> None:
    """Say what is wrong with a table, if anything is."""
    points = table.points
    if not points or points[0] > USUAL or points[-1] < RARE or not all(a < b for a, b in pairwise((-1.0, *points))):
        raise DataFileError(f"{where}: points must increase, start at {USUAL} or below and reach {RARE}")
    if points[0] < 0 or points[-1] > 1:
        raise DataFileError(f"{where}: points are shares of 1; they go from {points[0]:g} to {points[-1]:g}")
    if not table.labels:
        raise DataFileError(f"{where}: there are no labels")
    for label, scores in table.labels.items():
        if len(scores) != len(points):
            raise DataFileError(f"{where}: {label} has {len(scores)} scores for {len(points)} points")
        if not all(map(isfinite, scores)) or any(a > b for a, b in pairwise(scores)):
            raise DataFileError(f"{where}: the scores of {label} must be finite and must not decrease")
