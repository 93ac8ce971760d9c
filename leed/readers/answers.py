"""Answers of classifiers, one for each face, clip or text: found in plain data of any depth, gathered into tracks."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec
import numpy as np

from leed.float32 import INFINITE
from leed.readers.about import is_file
from leed.readers.columns import range_issues, track_of
from leed.readers.content import HEAD, Content
from leed.readers.gathering import Notes
from leed.readers.stretches import Stretches
from leed.schema.recording import Recording
from leed.schema.tracks import Track
from leed.scores import from_pairs, number_of, usual_scores
from leed.taxonomy.matching import SUM_TOLERANCE, sums_to_one

_WHOLE = 1 << 25  # up to here, a file is searched to its end for what tells the format
_PIECE = 1 << 16
_DEEPEST = 12
_PERCENT = 100.0
_EPOCH = 1e9  # seconds: a later time is a date, not a place in a recording

Path = tuple[Mapping[str, Any], ...]
"""The mappings around an answer, the outermost first."""

SOURCES = ("file", "filename", "file_name", "img_path", "image_path", "src", "source", "path", "image", "video", "url")


class Kind(msgspec.Struct, frozen=True):
    """What the numbers of an answer are; the fields are those of Track.

    Attributes:
        exclusive: None: told from the sums.
    """

    modality: str | None = None
    aspect: str = "expression"
    taxonomy: str | None = None
    quantity: str | None = None
    exclusive: bool | None = None
    granularity: str | None = None


class Answers:
    """Gathers answers; those of one kind, source and speaker make a track. What is odd is noted for each source."""

    def __init__(self, content: Content, thing: str) -> None:
        self._notes: dict[str | None, Notes] = {}
        self.source = content.name
        self._thing = thing
        self._groups: dict[tuple[Kind, str | None, str | None], _Group] = {}
        self._added = 0
        self._nothing = False
        self._silent: dict[str | None, int] = {}

    def note(self, code: str, message: str, source: str | None = None) -> None:
        """Count an issue of a source."""
        self._nothing |= code == "nothing-detected"
        self._notes.setdefault(source, Notes()).add(code, message)

    def note_all(self, notes: Notes, source: str | None = None) -> None:
        """Count issues that were counted already."""
        if notes.issues():
            self._notes.setdefault(source, Notes()).add_more(notes)

    def scores(
        self, pairs: Iterable[tuple[Any, Any]], source: str | None = None, *, percent: bool = False
    ) -> dict[str, float]:
        """Return (label, value) pairs as numbers, from per cent as shares; what is odd about them is noted."""
        pairs = pairs if isinstance(pairs, list) else list(pairs)
        usual = usual_scores(pairs)
        if usual is not None:
            return {label: value / _PERCENT for label, value in usual.items()} if percent else usual
        tidy = from_pairs(pairs)
        for issue in tidy.issues:
            self.note(issue.code, issue.message, source or self.source)
        if not percent:
            return dict(zip(tidy.labels, tidy.values, strict=True))
        return {label: value / _PERCENT for label, value in zip(tidy.labels, tidy.values, strict=True)}

    def add(
        self,
        kind: Kind,
        scores: dict[str, float],
        *,
        source: str | None = None,
        speaker: str | None = None,
        begin: float = math.nan,
        end: float = math.nan,
        text: str | None = None,
        extras: dict[str, Any] | None = None,
    ) -> None:
        """Add an answer; one without any score and text is counted and left out."""
        source = source or self.source
        self._added += 1
        if text is None and all(map(math.isnan, scores.values())):
            self._silent[source] = self._silent.get(source, 0) + 1
            return
        self._group(kind, source, speaker).add(scores, begin, end, text, extras)

    def _group(self, kind: Kind, source: str | None, speaker: str | None) -> _Group:
        key = (kind, source, speaker)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Group(kind)
        return group

    def take(self, kind: Kind, stretches: Stretches, source: str | None = None) -> None:
        """Add answers of a source that were gathered already; nobody is said to speak."""
        self._added += len(stretches)
        self._groups[kind, source or self.source, None] = _Group(kind, stretches)

    def settle(self, *, exclusive: bool) -> None:
        """Tell all answers whether their classes exclude each other."""
        for group in self._groups.values():
            group.settle(exclusive=exclusive)

    def recording(self) -> Recording:
        """Return what was gathered, in the order of the input."""
        for source, count in self._silent.items():
            what = f"{count} {self._thing}{'' if count == 1 else 's'} without scores"
            self.note("no-scores", f"{what}: left out", source)
        if not self._added and not self._nothing:
            self.note("no-segments", f"there is no {self._thing}", self.source)
        tracks = [
            track
            for (_, source, speaker), group in self._groups.items()
            for track in group.tracks(source=source, speaker=speaker)
        ]
        issues = [issue for source, notes in self._notes.items() for issue in notes.issues(source)]
        issues += [issue for track in tracks for issue in range_issues(track)]
        return Recording(tuple(tracks), tuple(issues))


class _Group:
    """The answers of one kind, source and speaker; counts those that are probabilities of exclusive classes."""

    def __init__(self, kind: Kind, stretches: Stretches | None = None) -> None:
        self._kind = kind
        self._stretches = stretches or Stretches()
        self._sums = kind.exclusive is None and kind.quantity == "probability"
        self._ones = 0

    def add(
        self, scores: dict[str, float], begin: float, end: float, text: str | None, extras: dict[str, Any] | None
    ) -> None:
        """Add an answer."""
        self._stretches.add(scores, begin, end, text, extras)
        if self._sums:
            self._ones += sums_to_one(scores.values())

    def settle(self, *, exclusive: bool) -> None:
        """Tell whether the classes exclude each other."""
        self._kind = msgspec.structs.replace(self._kind, exclusive=exclusive)

    def tracks(self, **fields: Any) -> list[Track]:  # noqa: ANN401 - those of Track
        """Return the answers as tracks. They are exclusive if nearly all sum to 1 (95 %; one may be broken)."""
        kind = self._kind
        return self._stretches.tracks(
            track_of,
            modality=kind.modality,
            aspect=kind.aspect,
            taxonomy=kind.taxonomy,
            quantity=kind.quantity,
            exclusive=self._ones >= 0.95 * len(self._stretches) if self._sums else kind.exclusive,
            granularity=kind.granularity,
            **fields,
        )


def probabilities(scores: dict[str, float], *, whole: bool) -> tuple[dict[str, float], str | None]:
    """Return scores as shares of 1, and what they were: "per cent", "logits" (softmax is applied), or None.

    Args:
        scores: of one answer.
        whole: whether it is the whole set of exclusive classes, so that a sum other than 1 tells logits.

    >>> probabilities({"happy": 98.0, "sad": 2.0}, whole=True)
    ({'happy': 0.98, 'sad': 0.02}, 'per cent')
    >>> probabilities({"happy": 2.0, "sad": 2.0}, whole=True)
    ({'happy': 0.5, 'sad': 0.5}, 'logits')
    """
    told = [v for v in scores.values() if not math.isnan(v)]
    if not told:
        return scores, None
    total = sum(told)
    shares = min(told) >= 0 and max(told) <= 1 + SUM_TOLERANCE
    if shares and (not whole or len(told) < len(scores) or abs(total - 1) <= _rounded(len(told))):
        return scores, None
    if min(told) >= 0 and abs(total - _PERCENT) <= 1:
        return {label: value / _PERCENT for label, value in scores.items()}, "per cent"
    if not whole or len(told) < len(scores):
        return scores, None
    top = max(told)
    powers = {label: math.exp(value - top) for label, value in scores.items()}
    total = sum(powers.values())
    return {label: power / total for label, power in powers.items()}, "logits"


def _rounded(count: int) -> float:
    """How far the sum of shares that were rounded to two decimals may be from 1."""
    return SUM_TOLERANCE + 0.005 * count


def plain_of(content: Content) -> Any:  # noqa: ANN401 - whatever the input holds
    """Return the plain data of JSON, its long lists not held, and of what was given as such; None for anything else."""
    return content.lean if content.kind in ("json", "plain") else None


def mentions(content: Content, *keys: bytes) -> bool:
    """Return whether JSON mentions one of the keys, so that it is worth decoding; plain data may mention anything."""
    if content.kind != "json":
        return content.is_plain
    if any(key in content.head for key in keys):
        return True
    return HEAD < content.size <= _WHOLE and _mentions(content, keys)


def _mentions(content: Content, keys: tuple[bytes, ...]) -> bool:
    """Whether one of the keys stands anywhere in the bytes."""
    kept = max(map(len, keys))
    before = b""
    with content.open() as file:
        while piece := file.read(_PIECE):
            before = before[-kept:] + piece
            if any(key in before for key in keys):
                return True
    return False


def found(
    plain: Any,  # noqa: ANN401 - whatever the input holds
    test: Callable[[Mapping[str, Any]], bool],
) -> Iterator[tuple[Mapping[str, Any], Path]]:
    """Return each mapping that passes the test, with the mappings around it, in the order of the input.

    A key that is a file's name counts as a mapping that names it.

    Args:
        plain: mappings and lists of any depth.
        test: what is looked for; nothing is looked for inside of it.
    """
    yield from _inside(plain, (), test)


def _inside(
    value: Any,  # noqa: ANN401 - as above
    path: Path,
    test: Callable[[Mapping[str, Any]], bool],
) -> Iterator[tuple[Mapping[str, Any], Path]]:
    if len(path) > _DEEPEST:
        return
    if type(value) is dict or isinstance(value, Mapping):
        if test(value):
            yield value, path
            return
        for key, inner in value.items():
            if _is_outer(inner):
                named = ({SOURCES[0]: key},) if isinstance(key, str) and is_file(key) else ()
                yield from _inside(inner, (*path, value, *named), test)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            if type(inner) is dict and test(inner):
                yield inner, path
            elif _is_outer(inner):
                yield from _inside(inner, path, test)


def _is_outer(value: Any) -> bool:  # noqa: ANN401 - whatever the input holds
    """Whether there may be mappings in a value."""
    kind = type(value)
    return kind is dict or kind is list or (kind not in _LEAVES and isinstance(value, (Mapping, tuple, list)))


_LEAVES = frozenset({str, float, int, bool, type(None)})


def first(content: Content, test: Callable[[Mapping[str, Any]], bool]) -> Mapping[str, Any] | None:
    """Return the first mapping that passes the test in a sample of the plain data, or None."""
    return next((value for value, _ in found(content.glimpse, test)), None)


def source_of(path: Path) -> str | None:
    """Return the file or picture that the mappings around an answer name, the nearest first, or None."""
    for around in reversed(path):
        if around.keys().isdisjoint(SOURCES):
            continue
        for key in SOURCES:
            name = around.get(key)
            if isinstance(name, str) and name.strip() and not name.startswith("data:"):
                return without_query(name)
    return None


def without_query(name: str) -> str:
    """Return a URL without its query, which may be a signature; anything else as it is.

    >>> without_query("https://a.org/b.jpg?sig=1"), without_query("b.jpg?X-Amz-Signature=1"), without_query("what?.jpg")
    ('https://a.org/b.jpg', 'b.jpg', 'what?.jpg')
    """
    if "://" in name:
        return name.partition("?")[0].partition("#")[0]
    return _SIGNED.sub("", name)


_SIGNED = re.compile(r"\?(?=[^?]*\b(?:X-Amz-|X-Goog-|Signature=|sig=|sv=|token=)).*", re.IGNORECASE | re.DOTALL)


def time_of(path: Path) -> float:
    """Return the seconds that the mappings around an answer name, the nearest first, or NaN."""
    for around in reversed(path):
        if around.keys().isdisjoint(_TIMES):
            continue
        for key, unit in _TIMES.items():
            seconds = number(around.get(key)) / unit
            if not math.isnan(seconds) and seconds < _EPOCH:
                return seconds
    return math.nan


_TIMES = {"time": 1, "timestamp": 1, "begin": 1, "start": 1, "timestamp_ms": 1000, "time_ms": 1000, "ms": 1000}


def number(value: Any) -> float:  # noqa: ANN401 - any cell
    """Return a value as a finite float, or NaN."""
    if type(value) is float:
        return value if -INFINITE < value < INFINITE else math.nan
    if value is None or isinstance(value, (bool, str)):
        return math.nan
    return number_of(value)[0]


def numbers_of(value: Any, names: Iterable[str]) -> tuple[float, ...] | None:  # noqa: ANN401 - any cell
    """Return the numbers under some keys of a mapping, or None if there is none of them."""
    if type(value) is not dict and not isinstance(value, Mapping):
        return None
    row = tuple([number(value.get(name)) for name in names])
    return None if all(map(math.isnan, row)) else row


def listed(value: Any) -> Any:  # noqa: ANN401 - any value
    """Return an array or tensor (anything with tolist) as plain lists; anything else as it is."""
    if isinstance(value, (list, tuple)):
        return [listed(v) for v in value]
    if isinstance(value, np.ndarray) or (hasattr(value, "tolist") and not isinstance(value, (Mapping, str))):
        try:
            return value.tolist()
        except Exception:  # noqa: BLE001 - a foreign object may raise anything
            return value
    return value


def row_of(value: Any) -> list[float] | None:  # noqa: ANN401 - any value
    """Return a flat list of numbers as floats (NaN for null), or None if it is none."""
    plain = listed(value)
    if not isinstance(plain, list) or not plain:
        return None
    if not all(v is None or (isinstance(v, (int, float)) and not isinstance(v, bool)) for v in plain):
        return None
    return [number(v) for v in plain]
