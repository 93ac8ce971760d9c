"""Scores as people hand them over, made into plain floats; what is odd about them becomes an issue."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from leed.float32 import INFINITE, float32
from leed.schema.terms import Issue
from leed.taxonomy import fold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = TypeVar("Numbers", float, NDArray[np.float64])

LIKELIHOODS = {"VERY_UNLIKELY": 1.0, "UNLIKELY": 2.0, "POSSIBLE": 3.0, "LIKELY": 4.0, "VERY_LIKELY": 5.0}
"""Google's ordinal words, counted as its protocol buffers count them (UNKNOWN, 0, is not reported)."""


HIGHEST_SHARE = 1.5
"""A number above it is no share that was rounded or overshot."""

BARELY_BELOW = -0.05
"""A dimension from 0 to 1 may overshoot so far; a number below it tells that it runs from -1."""

_SCALES = ((5, "1 to 5, 1 to 7 or 1 to 9"), (7, "1 to 7 or 1 to 9"), (9, "1 to 9"), (10, "0 to 10"), (100, "0 to 100"))
_CENTRED = ((3, "-3 to 3"), (5, "-5 to 5"), (10, "-10 to 10"), (100, "-100 to 100"))
_LISTED = 5
_FEW_BELOW = 0.05
_NEARER_TO_HALF = 0.25


class Scores(msgspec.Struct, frozen=True):
    """Labels and their numbers; NaN where nothing usable was given.

    Attributes:
        quantity: "likelihood" or "presence" where the values say so, else None.
    """

    labels: tuple[str, ...]
    values: tuple[float, ...]
    quantity: str | None = None
    issues: tuple[Issue, ...] = ()


def from_pairs(pairs: Iterable[tuple[Any, Any]]) -> Scores:
    """Return the scores of (label, value) pairs, whatever the values are.

    A numeric string counts as its number. A label that stands twice keeps its highest score. All of this is reported.

    >>> scores = from_pairs([("Joy", "0.84"), ("Fear", float("nan")), ("Awe", None), ("Joy", 0.5)])
    >>> scores.labels, scores.values
    (('Joy', 'Fear', 'Awe'), (0.84, nan, nan))
    >>> [issue.code for issue in scores.issues]
    ['not-a-number', 'not-finite', 'duplicate-label']
    """
    pairs = pairs if isinstance(pairs, list) else list(pairs)
    usual = usual_scores(pairs)
    if usual:
        return Scores(tuple(usual), tuple(usual.values()))
    issues: list[Issue] = []
    found: dict[str, float] = {}
    spelled: dict[str, str] = {}
    words = flags = others = 0
    for given, value in pairs:
        label = given if isinstance(given, str) else str(given)
        label = spelled.setdefault(fold(label) or label, label)
        number, issue = number_of(value)
        if issue is not None:
            issues.append(Issue(issue, what_is_odd(label, value, issue)))
        if isinstance(value, str) and value.strip().upper() in (*LIKELIHOODS, "UNKNOWN"):
            words += 1
        elif isinstance(value, bool):
            flags += 1
        elif value is not None:
            others += 1
        if label in found:
            kept = max((x for x in (found[label], number) if not math.isnan(x)), default=math.nan)
            issues.append(Issue("duplicate-label", f"{_shown(label)} stands twice; the higher score is kept"))
            number = kept
        found[label] = number
    quantity = None
    if not others:
        quantity = "likelihood" if words and not flags else "presence" if flags and not words else None
    return Scores(tuple(found), tuple(found.values()), quantity, tuple(issues))


def usual_scores(pairs: list[tuple[Any, Any]]) -> dict[str, float] | None:
    """Return label to score for pairs about which nothing is odd, as for nearly all; None if anything may be.

    >>> usual_scores([("Joy", 0.8), ("Fear", 0)]), usual_scores([("Joy", "0.8")]), usual_scores([("a", 1), ("A", 1)])
    ({'Joy': 0.8, 'Fear': 0.0}, None, None)
    """
    try:
        found = dict(pairs)
        values = found.values()
        if len(found) < len(pairs) or not _differ(tuple(found)):
            return None
        kinds = set(map(type, values))
        if kinds != _FLOATS:
            if not kinds <= _NUMBERS:
                return None
            found = dict(zip(found, map(float, values), strict=True))
            values = found.values()
        total = sum(values)
    except (TypeError, OverflowError):  # a label that cannot be a key, a whole number that is too large
        return None
    # Where none is negative, none is larger than their sum.
    if not -INFINITE < total < INFINITE or (min(values, default=0.0) < 0 and not _within(values)):
        return None
    return found


def _within(values: Iterable[float]) -> bool:
    return all(-INFINITE < value < INFINITE for value in values)


_FLOATS = {float}
_NUMBERS = {float, int}
_SURE = 1 << 53  # whole numbers below it are the same as floats


@lru_cache(maxsize=4096)
def _differ(labels: tuple[Any, ...]) -> bool:
    """Whether these are texts, no two of which are spellings of one label."""
    return all(type(label) is str for label in labels) and len({fold(label) or label for label in labels}) == len(
        labels
    )


def number_of(value: Any) -> tuple[float, str | None]:  # noqa: ANN401, C901, PLR0911 - this is where anything comes in
    """Return a value as a float and, if it was not simply one, the code of the issue.

    >>> number_of("0.5"), number_of("80%"), number_of("LIKELY"), number_of(float("inf")), number_of("high")
    ((0.5, 'not-a-number'), (0.8, 'not-a-number'), (4.0, None), (nan, 'not-finite'), (nan, 'unreadable-score'))
    """
    if type(value) is float:
        return (value, None) if -INFINITE < value < INFINITE else (math.nan, "not-finite")
    if type(value) is int and -_SURE < value < _SURE:
        return float(value), None
    issue = None
    if value is None:
        return math.nan, None
    if isinstance(value, str):
        word = value.strip().upper()
        if word in LIKELIHOODS:
            return LIKELIHOODS[word], None
        if word in ("", "UNKNOWN"):
            return math.nan, None
        issue = "not-a-number"
    if isinstance(value, (bytes, bytearray)):
        return math.nan, "unreadable-score"
    share = value.rstrip().removesuffix("%") if isinstance(value, str) else value
    percent = isinstance(value, str) and value.rstrip().endswith("%")
    try:
        number = float(share) / 100 if percent else float(value)
    except OverflowError:
        return math.nan, "not-finite"
    except (TypeError, ValueError):
        return math.nan, "unreadable-score"
    if not math.isfinite(number) or math.isinf(float32(number)):
        return math.nan, "not-finite"
    return number, issue


def as_pairs(scores: Any) -> Iterable[tuple[Any, Any]] | None:  # noqa: ANN401 - this is where anything comes in
    """Return (label, value) pairs from a mapping or from a list of {name|label: ..., score: ...}, or None.

    >>> list(as_pairs([{"name": "Joy", "score": 0.8}]))
    [('Joy', 0.8)]
    """
    if isinstance(scores, Mapping):
        return scores.items()
    if isinstance(scores, (list, tuple)) and scores:
        keys = next((k for k in PAIR_KEYS if all(isinstance(e, Mapping) and {*k} <= e.keys() for e in scores)), None)
        if keys is not None:
            return [(e[keys[0]], e[keys[1]]) for e in scores]
    return None


PAIR_KEYS = (("name", "score"), ("label", "score"), ("name", "probability"), ("emotion", "probability"))


def what_is_odd(label: str, value: object, code: str) -> str:
    """Return what to say of a score that was not simply a number, for the code that `number_of` has for it.

    >>> what_is_odd("Joy", "80%", "not-a-number")
    "'Joy': the score is text, '80%'; it is read as that number"
    """
    return f"{_shown(label)}: {_WHY[code].format(value=_shown(value))}"


_WHY = {
    "not-a-number": "the score is text, {value}; it is read as that number",
    "not-finite": "the score is {value}, which is no finite number; it counts as not reported",
    "unreadable-score": "the score {value} is no number; it counts as not reported",
}


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004 - fits a line


def centred(value: Numbers) -> Numbers:
    """Return a dimension that runs from -1 to 1 as one from 0 to 1.

    >>> centred(-1.0), centred(0.0), centred(0.5)
    (0.0, 0.5, 0.75)
    """
    return (value + 1) / 2


class Spread(msgspec.Struct, frozen=True):
    """How far numbers go, and where most of them lie.

    Attributes:
        count: how many there are.
        low, high: the least and the greatest of them.
        below: how many are negative.
        total: their sum.
    """

    count: int
    low: float
    high: float
    below: int
    total: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return that of some numbers, at least one."""
        return cls(len(values), min(values), max(values), sum(value < 0 for value in values), math.fsum(values))

    @property
    def overshoots(self) -> bool:
        """Whether these are numbers from 0 to 1 of which a few came out slightly negative (see `dimension_scale`)."""
        few = self.below <= _FEW_BELOW * self.count
        return BARELY_BELOW <= self.low < 0 and few and self.total >= _NEARER_TO_HALF * self.count


def dimension_scale(
    names: Sequence[str], spread: Spread, done: str = "kept as extras, and not described"
) -> tuple[str, Issue | None]:
    """Return how the dimensions of one model are read, and the issue that says so.

    All of them are of one scale, so one negative number tells what they all run from: "centred" dimensions run from -1
    to 1, "foreign" ones on a scale that is not known, so that they are no scores; anything else is "plain", 0 to 1.

    A regression model for 0 to 1 overshoots at both ends, though. Numbers that are barely negative (-0.05 or more) tell
    nothing where they are rare, at most one in twenty, and the mean is nearer to 0.5, the middle of 0 to 1, than to 0,
    that of -1 to 1. All three are needed: a model from -1 to 1 has its usual numbers just around 0, so that a row of
    few numbers with one of -0.03 is much likelier its than an overshoot; and of many rows hardly any are below 0 only
    where the speaker is in high spirits throughout. Those would be read as 0 to 1 without the one negative number, too.

    >>> dimension_scale(["valence"], Spread.of([0.2, 0.9])), dimension_scale(["valence"], Spread.of([-0.5, 0.3]))[0]
    (('plain', None), 'centred')
    >>> dimension_scale(["valence"], Spread.of([3.0, 5.5]))[0]
    'foreign'
    >>> [dimension_scale(["valence"], Spread.of([-0.03, *[0.5] * rows]))[0] for rows in (1, 30)]
    ['centred', 'plain']

    Args:
        names: of the dimensions.
        spread: of all their numbers.
        done: what becomes of foreign ones, for the issue.
    """
    low, high = spread.low, spread.high
    shown = ", ".join(names[:_LISTED]) + (", ..." if len(names) > _LISTED else "")
    if spread.overshoots and high <= HIGHEST_SHARE:
        what = f"{shown}: {spread.below} of {spread.count} values are slightly below 0 ({low:.3g}), most are far above"
        return "plain", Issue("out-of-range", f"{what}, so they run from 0 to 1; those below say the same as 0")
    if low < 0 and max(-low, high) <= 1:
        what = f"{shown}: there are negative values, so they run from -1 to 1; read onto 0 to 1"
        return "centred", Issue("inferred", what)
    if not _is_foreign(low, high):
        return "plain", None
    return "foreign", Issue("out-of-range", f"{_foreign_scale(names, low, high)}; {done}")


def _is_foreign(low: float, high: float) -> bool:
    """Return whether dimensions that go from low to high run on a scale of their own: not 0 to 1, nor -1 to 1.

    >>> _is_foreign(-0.2, 1.2), _is_foreign(-1, 0.5), _is_foreign(0.5, 5.5)
    (False, False, True)
    """
    centred = low < 0 and max(-low, high) <= 1
    return not centred and not (high <= HIGHEST_SHARE and low >= 1 - HIGHEST_SHARE)


def _foreign_scale(names: Sequence[str], low: float, high: float) -> str:
    """Return what is to be said of dimensions on a scale of their own, which goes on with what was done about it."""
    shown = ", ".join(names[:_LISTED]) + (", ..." if len(names) > _LISTED else "")
    most = max(-low, high)
    known = next((text for end, text in (_CENTRED if low < 0 else _SCALES) if most <= end), None)
    may = f" They may run from {known}:" if known else ""
    return (
        f"{shown}: values from {low:.3g} to {high:.3g}, where 0 to 1 or -1 to 1 was expected.{may} put them onto 0 to 1"
    )
