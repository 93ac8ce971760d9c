"""A plot as shapes: where its lines, steps, times and stretches lie in a picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec

from leed.report.data import Plot, Series
from leed.timeline.wording import clock

WIDTH, HEIGHT = 760, 268
"""Of a picture, in its own units."""

_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 104, 14, 212
_BAND = (224, 18)  # where the stretches lie, and how high they are
_APART = 13  # units that two labels of steps are apart at the least
_LETTER = 6.4  # units that a letter of a stretch takes


class Mark(msgspec.Struct, frozen=True):
    """A place on one of the axes, and what stands there."""

    at: float
    text: str


class Band(msgspec.Struct, frozen=True):
    """A stretch: from where to how far, its words, and as many of them as fit."""

    x: float
    width: float
    words: str
    fits: bool


class Curve(msgspec.Struct, frozen=True):
    """A label's line: a path, and a dot for each point (where they are few, or stand alone)."""

    label: str
    path: str
    dots: tuple[tuple[float, float], ...]


class Drawing(msgspec.Struct, frozen=True):
    """All shapes of one plot.

    Attributes:
        steps: the scale's steps, those that have room for their words first.
        ticks: times, or numbers of segments.
        levels: scores.
    """

    curves: tuple[Curve, ...]
    steps: tuple[Mark, ...]
    levels: tuple[Mark, ...]
    ticks: tuple[Mark, ...]
    bands: tuple[Band, ...]
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    top: float = _TOP
    bottom: float = _BOTTOM
    band_top: float = _BAND[0]
    band_height: float = _BAND[1]


def drawing_of(plot: Plot) -> Drawing:
    """Return the shapes of a plot."""
    places = _places(plot)
    low, high = _range(plot)
    return Drawing(
        curves=tuple(_curve(series, places, low, high) for series in plot.series),
        steps=tuple(_steps(plot, low, high)),
        levels=tuple(Mark(_y(value, low, high), f"{value:.4g}") for value in (low, (low + high) / 2, high)),
        ticks=tuple(_ticks(plot)),
        bands=tuple(_bands(plot, places)),
    )


def _places(plot: Plot) -> list[float]:
    """Where each point lies: at the middle of its time, or in its turn."""
    middles = [_middle(point.begin, point.end) if plot.timed else None for point in plot.points]
    if any(middle is None for middle in middles):
        middles = [float(i) for i in range(len(middles))]
    known = [middle for middle in middles if middle is not None]
    first, last = _span(plot) if plot.timed else (known[0], known[-1])
    return [_x(middle, first, last) for middle in known]


def _middle(begin: float | None, end: float | None) -> float | None:
    return begin if begin is None or end is None else (begin + end) / 2


def _span(plot: Plot) -> tuple[float, float]:
    begins = [point.begin for point in plot.points if point.begin is not None]
    ends = [point.end for point in plot.points if point.end is not None]
    return min(begins, default=0.0), max([*ends, *begins], default=1.0)


def _x(value: float, first: float, last: float) -> float:
    share = (value - first) / (last - first) if last > first else 0.5
    return round(_LEFT + share * (WIDTH - _RIGHT - _LEFT), 1)


def _y(value: float, low: float, high: float) -> float:
    return round(_BOTTOM - (value - low) / (high - low) * (_BOTTOM - _TOP), 1)


def _range(plot: Plot) -> tuple[float, float]:
    """From where to where scores are drawn: from 0, to the next tenth above the highest."""
    values = [value for series in plot.series for value in series.values if value is not None]
    tenths = -(-max(values, default=0.0) // 0.1) / 10
    high = 1.0 if plot.ladder.quantity == "bipolar" else max(tenths, 0.3)
    low = min(values, default=0.0)
    return (0.0 if low >= 0 else low), max(high, max(values, default=0.0))


def _curve(series: Series, places: Sequence[float], low: float, high: float) -> Curve:
    points = [
        None if value is None else (x, _y(value, low, high)) for x, value in zip(places, series.values, strict=True)
    ]
    path = ""
    for before, point in pairwise([None, *points]):
        if point is not None:
            path += f"{'M' if before is None else 'L'}{point[0]:g} {point[1]:g}"
    few = len(points) <= 40  # noqa: PLR2004 - more dots would hide the line
    return Curve(series.label, path, tuple(p for p in points if p is not None) if few else ())


def _steps(plot: Plot, low: float, high: float) -> Iterable[Mark]:
    last = float("inf")
    if plot.ladder.quantity == "bipolar":
        return
    for step in plot.ladder.steps:
        if low <= step.from_ <= high:
            y = _y(step.from_, low, high)
            roomy = last - y >= _APART
            last = y if roomy else last
            yield Mark(y, step.adverb if roomy else "")


def _ticks(plot: Plot) -> Iterable[Mark]:
    first, last = _span(plot) if plot.timed else (1.0, float(len(plot.points)))
    count = 5 if last > first else 1
    shown = ""
    for i in range(count):
        value = first + (last - first) * i / max(count - 1, 1)
        text = clock(value) if plot.timed else f"{value:.0f}"
        if text != shown:
            yield Mark(_x(value, first, last), text)
        shown = text


def _bands(plot: Plot, places: Sequence[float]) -> Iterable[Band]:
    """The stretches, each up to the middle between its last point and the next one."""
    edges = [float(_LEFT), *((a + b) / 2 for a, b in pairwise(places)), float(WIDTH - _RIGHT)]
    for stretch in plot.stretches:
        x, end = edges[stretch.start], edges[stretch.stop]
        yield Band(
            round(x, 1), round(max(end - x - 1, 1), 1), stretch.words, len(stretch.words) * _LETTER < end - x - 8
        )
