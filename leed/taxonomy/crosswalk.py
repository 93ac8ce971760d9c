"""From the labels of one taxonomy to those of another: which go together, how their numbers combine, what is lost.

A *crosswalk* is a dated JSON file in ``data/crosswalks/``, named FROM--TO. It says where its grouping comes from
(``source``), what is no longer known afterwards (``lost``), and how the numbers of several labels become one
(``combine``, by what the numbers are):

- ``max``, for numbers that stand each for itself (intensities, probabilities of labels that may hold together): as much
  of the class as the strongest of its labels. A sum would turn many weak labels into a strong class.
- ``sum``, for probabilities of exclusive classes: the chance that any of them holds.
- Onto valence, labels have weights, 1 pleasant and -1 unpleasant: 0.5 + (pleasant - unpleasant) / 2, each side combined
  as above, so that 0.5 is the middle, and 0 and 1 are reached where one side is 1 and the other 0. Where nothing was
  reported for one of the sides, the valence is not reported either.

NaN is not reported and never 0: a class is reported where any of its labels is, and a class that no label of the input
goes to is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.errors import DataFileError, OptionError
from leed.schema.recording import Recording
from leed.schema.terms import Issue
from leed.schema.tracks import Track
from leed.taxonomy import get
from leed.taxonomy.matching import main_taxonomy, match

Combine = Literal["max", "sum"]


class Crosswalk(msgspec.Struct, frozen=True, rename={"origin": "from", "target": "to"}):
    """Which labels of one taxonomy become which of another.

    >>> load("goemotions-28", "ekman-7").labels["fear"]
    ('fear', 'nervousness')

    Attributes:
        origin, target: names of taxonomies.
        source: where the grouping comes from.
        lost: what is no longer known afterwards.
        combine: from what the numbers are (a quantity, or ``"exclusive"`` for probabilities of exclusive classes) to
            how several of them become one.
        labels: from a label of the target to those of the origin, with weights where the target is a dimension.
    """

    name: str
    version: str
    origin: str
    target: str
    source: str
    lost: str
    combine: dict[str, Combine]
    labels: dict[str, tuple[str, ...] | dict[str, float]]


@cache
def available() -> tuple[tuple[str, str], ...]:
    """Return all crosswalks as (origin, target), sorted.

    >>> ("hume-48", "ekman-7") in available()
    True
    """
    folder = files("leed.taxonomy") / "data" / "crosswalks"
    names = sorted(path.name.removesuffix(".json") for path in folder.iterdir() if path.name.endswith(".json"))
    pairs = (name.partition("--") for name in names)
    return tuple((origin, target) for origin, _, target in pairs)


@cache
def load(origin: str, target: str) -> Crosswalk:
    """Return the crosswalk from one taxonomy to another.

    >>> load("hume-53", "hume-48").lost[:70]
    'Annoyance, Disapproval, Enthusiasm, Gratitude and Sarcasm have no coun'

    Raises:
        OptionError: there is no such taxonomy, or no crosswalk between them; the message says which there are.
    """
    for name in (origin, target):
        get(name)
    if (origin, target) not in available():
        raise _no_way([origin], target)
    path = files("leed.taxonomy") / "data" / "crosswalks" / f"{origin}--{target}.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Crosswalk)
    except msgspec.DecodeError as error:
        raise DataFileError(f"crosswalk file {origin}--{target}.json: {error}") from error


def to_taxonomy(recording: Recording, name: str) -> Recording:
    """Return the recording with its expressions under the labels of another taxonomy.

    The numbers stay what they are (intensities, probabilities, ...); onto ``dimensions-3`` they become a valence
    around 0.5. Times, texts, speakers and extras stay. Labels without a counterpart are dropped, and an issue names
    them. Tracks of other aspects, and those from where no crosswalk leads, stay as they are, and an issue says so.

    >>> import leed
    >>> faces = leed.read([{"begin": 0, "Joy": 0.4, "Amusement": 0.7, "Craving": 0.1}, {"begin": 1, "Anger": 0.3}])
    >>> classes = to_taxonomy(faces, "ekman-7")
    >>> [segment.scores for segment in classes.segments()]
    [{'joy': 0.7}, {'anger': 0.3}]
    >>> print(classes.issues[0])
    hume-48 to ekman-7 (crosswalk of 2026-11-20): 1 of 4 labels has no counterpart and is left out: Craving

    Raises:
        OptionError: there is no such taxonomy, or no crosswalk leads there from any track; the message says what
            there is.
    """
    get(name)
    expressions = [track for track in recording.tracks if track.aspect == "expression"]
    origins = {id(track): _origin(track) for track in expressions}
    if expressions and not any(origin == name or (origin, name) in available() for origin in origins.values()):
        raise _no_way(list(dict.fromkeys(origins.values())), name)
    report = _Report(name)
    tracks = [
        _converted(track, origins[id(track)], name, report) if track.aspect == "expression" else report.stays(track)
        for track in recording.tracks
    ]
    return recording.replace(tracks, (*recording.issues, *report.issues()))


def _origin(track: Track) -> str | None:
    return track.taxonomy or main_taxonomy(match(track.labels, track.modality))


def _converted(track: Track, origin: str | None, name: str, report: _Report) -> Track:
    if origin == name:
        return track
    if origin is None or (origin, name) not in available():
        return report.no_crosswalk(track, origin)
    walk = load(origin, name)
    kind = "exclusive" if track.exclusive and track.quantity == "probability" else track.quantity
    if kind not in walk.combine:
        return report.no_rule(track, walk)
    groups = _groups(track, walk)
    used = {i for weights in groups.values() for i in weights}
    report.drop(track, walk, [i for i in range(len(track.labels)) if i not in used], kind)
    bipolar = get(name).quantity == "bipolar"
    matrix = np.empty((len(track), len(groups)), np.float32)
    with np.errstate(over="ignore"):
        for column, weights in enumerate(groups.values()):
            if bipolar:
                matrix[:, column] = _difference(track, weights, walk.combine[kind], report)
            else:
                matrix[:, column] = _combined(track.matrix[:, list(weights)], walk.combine[kind])
    return replace(
        track,
        labels=tuple(groups),
        matrix=matrix,
        taxonomy=name,
        quantity="bipolar" if bipolar else track.quantity,
        exclusive=track.exclusive and not bipolar,
    )


def _groups(track: Track, walk: Crosswalk) -> dict[str, dict[int, float]]:
    """For each label of the target that the track has something for: its columns there, with their weights."""
    places: dict[str, list[int]] = {}
    for i, label in enumerate(track.labels):
        found = get(walk.origin).find(label)
        if found is not None:
            places.setdefault(found, []).append(i)
    groups = {}
    for label, sources in walk.labels.items():
        weights = sources if isinstance(sources, dict) else dict.fromkeys(sources, 1.0)
        there = {i: weight for source, weight in weights.items() for i in places.get(source, ())}
        if there:
            groups[label] = there
    return groups


def _combined(part: NDArray[np.floating], how: Combine) -> NDArray[np.float64]:
    """One number a row; NaN where none was reported."""
    if not part.shape[1]:
        return np.full(len(part), np.nan)
    if how == "max":
        highest: NDArray[np.float64] = np.fmax.reduce(part, axis=1).astype(np.float64)
        return highest
    total = np.nansum(part, axis=1, dtype=np.float64)
    return np.where(np.isnan(part).all(axis=1), np.nan, total)


def _difference(track: Track, weights: dict[int, float], how: Combine, report: _Report) -> NDArray[np.float64]:
    def side(sign: int) -> NDArray[np.float64]:
        there = [i for i, weight in weights.items() if weight * sign > 0]
        return _combined(track.matrix[:, there] * np.array([abs(weights[i]) for i in there]), how)

    pleasant, unpleasant = side(1), side(-1)
    report.one_sided += int((np.isnan(pleasant) != np.isnan(unpleasant)).sum())
    value: NDArray[np.float64] = 0.5 + (pleasant - unpleasant) / 2
    return value


@dataclass
class _Loss:
    """Labels that were dropped from tracks with the same labels."""

    total: int
    sources: set[str | None] = field(default_factory=set)
    rows: int = 0
    held: float = 0.0


class _Report:
    """What to say of a conversion: like losses are said once."""

    def __init__(self, name: str) -> None:
        self.one_sided = 0
        self._name = name
        self._stay: dict[str, int] = {}
        self._losses: dict[tuple[str, str, tuple[str, ...]], _Loss] = {}

    def stays(self, track: Track) -> Track:
        return self._kept(track, f"there are no crosswalks for {track.aspect.replace('_', ' ')} scores")

    def no_crosswalk(self, track: Track, origin: str | None) -> Track:
        of = "labels of no taxonomy that leed knows" if origin is None else origin
        return self._kept(track, f"there is no crosswalk from {of} to {self._name}")

    def no_rule(self, track: Track, walk: Crosswalk) -> Track:
        return self._kept(track, f"the crosswalk from {walk.origin} to {walk.target} has no rule for {track.quantity}")

    def drop(self, track: Track, walk: Crosswalk, dropped: Sequence[int], kind: str) -> None:
        """Note the columns that go."""
        if not dropped:
            return
        key = (walk.origin, walk.version, tuple(track.labels[i] for i in dropped))
        loss = self._losses.setdefault(key, _Loss(len(track.labels)))
        loss.sources.add(track.source)
        if kind == "exclusive" and get(walk.target).quantity != "bipolar" and not _grouped(walk.origin):
            reported = track.matrix[~np.isnan(track.matrix).all(axis=1)]
            loss.rows += len(reported)
            loss.held += float(np.nansum(reported[:, list(dropped)], dtype=np.float64))

    def issues(self) -> list[Issue]:
        """Return what there is to say."""
        found = [self._loss(*key, loss) for key, loss in self._losses.items()]
        if self.one_sided:
            what = f"{_counted(self.one_sided, 'segment')} with only pleasant or only unpleasant labels"
            found.append(Issue("one-sided", f"{what}: no valence is reported"))
        for why, n in self._stay.items():
            found.append(Issue("not-converted", f"{_counted(n, 'track')} {'stays' if n == 1 else 'stay'}: {why}"))
        return found

    def _kept(self, track: Track, why: str) -> Track:
        self._stay[why] = self._stay.get(why, 0) + 1
        return track

    def _loss(self, origin: str, version: str, dropped: tuple[str, ...], loss: _Loss) -> Issue:
        one = len(dropped) == 1
        what = (
            f"{origin} to {self._name} (crosswalk of {version}): {len(dropped)} of {_counted(loss.total, 'label')} "
            f"{'has no counterpart and is' if one else 'have no counterpart and are'} left out: {', '.join(dropped)}"
        )
        if loss.rows:
            what += f"; {'it' if one else 'they'} held {loss.held / loss.rows:.0%} of the probability"
        return Issue("labels-dropped", what, loss.sources.pop() if len(loss.sources) == 1 else None)


def _grouped(origin: str) -> bool:
    """Whether a taxonomy holds classes of several attributes, so that its probabilities sum to more than 1."""
    return any(label.group for label in get(origin).labels.values())


def _no_way(origins: Sequence[str | None], target: str) -> OptionError:
    """The error that says from where the target can be had, and where else one can go."""
    known = [origin for origin in origins if origin is not None]
    of = " or ".join(known) or "labels of no taxonomy that leed knows"
    to_it = [origin for origin, other in available() if other == target]
    elsewhere = dict.fromkeys(other for origin, other in available() if origin in known)
    ways = [f"crosswalks to {target} lead from {', '.join(to_it)}" if to_it else f"no crosswalk leads to {target}"]
    if known:
        ways.append(f"from {of} they lead to {', '.join(elsewhere)}" if elsewhere else f"none leads from {of}")
    return OptionError(f"there is no crosswalk from {of} to {target}: {'; '.join(ways)}")


def _counted(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
