"""Ratings out of whatever leed reads: for each clip who speaks in it, and a number for each label."""

from __future__ import annotations

import csv
import io
import math
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from leed import taxonomy as taxonomies
from leed.classifiers.table import table_rows
from leed.errors import InputError, OptionError, UnknownFormatError
from leed.readers import read
from leed.readers.about import field_of
from leed.schema.recording import Recording
from leed.schema.terms import Issue
from leed.schema.tracks import Track

OWN: Final = "own"
"""Names no taxonomy: the labels are those of the table, in its spelling."""

_AS: Final = {"intensity": "intensity", "bipolar": "bipolar"}  # every other quantity is learned as a probability
_SHOWN: Final = 8


@dataclass(frozen=True)
class Clip:
    """A stretch of sound that was rated: a file's name, and the seconds from where to where, None for all of it."""

    name: str
    begin: float | None = None
    end: float | None = None

    @property
    def key(self) -> tuple[str, float, float]:
        """What it is told apart and put in order by."""
        begin, end = (-1.0 if time is None else time for time in (self.begin, self.end))
        return self.name, begin, end


@dataclass(frozen=True, eq=False)
class Ratings:
    """What clips were given.

    Attributes:
        clips: n clips, in an order of their own.
        speakers: n names of who speaks; "" where that is not known.
        matrix: (n, k) float32; NaN = not rated.
        labels: k labels.
        taxonomy: the set that all labels belong to, or None.
        quantity: what the numbers are: "intensity", "probability" or "bipolar".
        issues: what was odd or missing.
    """

    clips: tuple[Clip, ...]
    speakers: tuple[str, ...]
    matrix: NDArray[np.float32]
    labels: tuple[str, ...]
    taxonomy: str | None
    quantity: str
    issues: tuple[Issue, ...] = ()

    def __len__(self) -> int:
        return len(self.clips)

    def take(self, places: Sequence[int]) -> Ratings:
        """Return some of the clips."""
        chosen = np.array(places, np.int64)
        return replace(
            self,
            clips=tuple(self.clips[i] for i in chosen),
            speakers=tuple(self.speakers[i] for i in chosen),
            matrix=self.matrix[chosen],
        )

    def of(self, labels: Sequence[str]) -> Ratings:
        """Return the ratings of these labels; a clip that has none of them is left out."""
        places = {label: place for place, label in enumerate(self.labels)}
        matrix = np.full((len(self), len(labels)), np.nan, np.float32)
        for column, label in enumerate(labels):
            if label in places:
                matrix[:, column] = self.matrix[:, places[label]]
        told = np.flatnonzero(~np.isnan(matrix).all(axis=1))
        return replace(self, matrix=matrix, labels=tuple(labels)).take(told.tolist())

    def noting(self, *issues: Issue) -> Ratings:
        """Return the same with more issues."""
        return replace(self, issues=(*self.issues, *issues))


def read_ratings(
    path: str,
    *,
    taxonomy: str | None = None,
    modality: str = "prosody",
    columns: Mapping[str, str | None] | None = None,
    format: str | None = None,  # noqa: A002 - as leed.read has it
) -> Ratings:
    """Return the ratings in a file that leed reads: a table with a row for each clip, or measured recordings.

    Several rows of one clip, as of several raters, are averaged. Rows of other modalities are left out.

    Args:
        path: the file; "-" is standard input.
        taxonomy: whose labels are wanted; None: all that there are.
        modality: what rows that say one have to be of.
        columns: which columns of a table are "clip" and "speaker", where they are called otherwise.
        format: the file's, where it should not be told from the content.

    Raises:
        InputError: it cannot be read, names no clips, or has no number for any label that is wanted.
        OptionError: there is no such taxonomy or column.
    """
    recording = _read(path, {role: name for role, name in (columns or {}).items() if name}, format)
    tracks = [track for track in recording.tracks if track.modality in (None, modality)]
    issues = [*recording.issues, *_other_modalities(recording, modality)]
    names = _Names(taxonomy, tracks)
    issues += names.issues()
    if not names.labels:
        raise InputError(f"{path}: {names.nothing()}")
    own = os.path.basename(path)
    rows = [row for track in tracks for row in names.rows(track)]
    if not any(clip.name not in ("", own) for clip, _, _ in rows):
        raise InputError(
            f"{path}: no column says which clip a row is of: call it file or source, or name it with --clip"
        )
    clips, speakers, matrix = _averaged(rows, len(names.labels), issues)
    told = Ratings(clips, speakers, matrix, names.labels, names.taxonomy, names.quantity, tuple(issues))
    return told.of(names.labels)


def _read(path: str, columns: Mapping[str, str], format_: str | None) -> Recording:
    """A recording; labels that leed does not know are those of the table's maker."""
    content = _renamed(path, columns) if columns else sys.stdin.buffer.read() if path == "-" else path
    try:
        return read(content, format=format_)
    except UnknownFormatError as error:
        if format_ is not None:
            raise
        try:
            return read(content, format="table")
        except InputError:
            raise error from None


def _renamed(path: str, columns: Mapping[str, str]) -> bytes:
    """A table as CSV, with the columns that were named called as leed calls them."""
    rows = table_rows(path)
    names = list(dict.fromkeys(name for row in rows for name in row))
    missing = [(role, name) for role, name in columns.items() if name not in names]
    if missing:
        role, name = missing[0]
        raise OptionError(f"{path}: there is no column {name!r} for --{role}; it has {', '.join(names[:12])}")
    fields = {name: "source" if role == "clip" else role for role, name in columns.items()}
    kept = [name for name in names if name in fields or field_of(name) not in fields.values()]
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow([fields.get(name, name) for name in kept])
    table.writerows([["" if row.get(name) is None else row[name] for name in kept] for row in rows])
    return text.getvalue().encode()


def _other_modalities(recording: Recording, modality: str) -> Iterator[Issue]:
    left: Counter[str] = Counter()
    for track in recording.tracks:
        if track.modality not in (None, modality):
            left[str(track.modality)] += len(track)
    for name, count in left.items():
        yield Issue("other-modality", f"{count} rows are of {name}, and this trains on {modality}: they are left out")


class _Names:
    """Which labels there are, and which column of the matrix each label of a track goes to."""

    def __init__(self, taxonomy: str | None, tracks: Sequence[Track]) -> None:
        own = taxonomy is None or taxonomy == OWN
        self._wanted = None if own else taxonomies.get(str(taxonomy))
        self._alien: dict[str, None] = {}
        self._spelled: dict[tuple[str, ...], dict[str, str]] = {}
        seen: dict[str, None] = {}
        rated = set()
        for track in tracks:
            if track.labels not in self._spelled:
                self._spelled[track.labels] = dict(self._spelling(track))
            known = self._spelled[track.labels]
            seen.update(dict.fromkeys(known.values()))
            blank = np.asarray(np.isnan(track.matrix).all(axis=0)).tolist()
            rated |= {
                known[name]
                for name, is_blank in zip(track.labels, blank, strict=True)
                if name in known and not is_blank
            }
        order = seen if self._wanted is None else self._wanted.labels
        self.labels = tuple(label for label in order if label in rated)
        self.taxonomy = self._wanted.name if self._wanted is not None else _common(self.labels, tracks)
        self.quantity = self._quantity(tracks)

    def rows(self, track: Track) -> Iterator[tuple[Clip, str, NDArray[np.float32]]]:
        """Yield each row of a track: its clip, who speaks, and k numbers."""
        known = self._spelled[track.labels]
        places = {label: place for place, label in enumerate(self.labels)}
        columns = [(i, places[known[name]]) for i, name in enumerate(track.labels) if known.get(name) in places]
        for row, begin, end in zip(track.matrix, track.begin.tolist(), track.end.tolist(), strict=True):
            numbers = np.full(len(self.labels), np.nan, np.float32)
            for source, target in columns:
                numbers[target] = row[source]
            clip = Clip(track.source or "", *(None if math.isnan(time) else time for time in (begin, end)))
            yield clip, track.speaker or "", numbers

    def issues(self) -> Iterator[Issue]:
        """Yield what is not trained."""
        if self._wanted is None:
            return
        if self._alien:
            yield Issue("not-a-label", f"{_listed(list(self._alien))}: no label of {self._wanted.name}, and left out")
        lacking = [label for label in self._wanted.labels if label not in self.labels]
        if lacking and self.labels:
            yield Issue(
                "not-rated",
                f"{len(lacking)} labels of {self._wanted.name} have no number in the table, and the model will not "
                f"score them: {_listed(lacking)}",
            )

    def nothing(self) -> str:
        """Return why there is no label to train."""
        if self._wanted is None:
            return "there is no number for any label"
        found = f"it has {_listed(list(self._alien))}" if self._alien else "it has none at all"
        return f"no column is a label of {self._wanted.name}; {found}: leave out --taxonomy to train on these"

    def _spelling(self, track: Track) -> Iterator[tuple[str, str]]:
        taken = set()
        for name in track.labels:
            found = name if self._wanted is None else self._wanted.find(name, track.labels)
            if found is None or found in taken:
                self._alien[name] = None
            else:
                taken.add(found)
                yield name, found

    def _quantity(self, tracks: Sequence[Track]) -> str:
        if self._wanted is not None:
            return _AS.get(self._wanted.quantity, "probability")
        rows: Counter[str] = Counter()
        for track in tracks:
            rows[_AS.get(track.quantity, "probability")] += len(track)
        return rows.most_common(1)[0][0] if rows else "intensity"


def _common(labels: Sequence[str], tracks: Sequence[Track]) -> str | None:
    """The taxonomy that all labels belong to, as they were read."""
    names = {track.taxonomy for track in tracks}
    name = names.pop() if len(names) == 1 else None
    return name if name is not None and all(label in taxonomies.get(name).labels for label in labels) else None


def _averaged(
    rows: Sequence[tuple[Clip, str, NDArray[np.float32]]], k: int, issues: list[Issue]
) -> tuple[tuple[Clip, ...], tuple[str, ...], NDArray[np.float32]]:
    """Each clip once, with the mean of what it was given; one that is said to be of two people is left out."""
    by_clip: dict[Any, list[tuple[Clip, str, NDArray[np.float32]]]] = {}
    for row in rows:
        by_clip.setdefault(row[0].key, []).append(row)
    clips, speakers, means = [], [], []
    several = 0
    for _, own in sorted(by_clip.items(), key=lambda entry: entry[0]):
        who = sorted({speaker for _, speaker, _ in own})
        if len(who) > 1:
            issues.append(
                Issue("several-speakers", f"is said to be of {_listed(who)}, and left out", source=own[0][0].name)
            )
            continue
        several += len(own) > 1
        clips.append(own[0][0])
        speakers.append(who[0])
        means.append(_mean(np.stack([numbers for _, _, numbers in own])))
    if several:
        issues.append(Issue("averaged", f"{several} clips have several rows, of which the mean is taken"))
    return tuple(clips), tuple(speakers), np.array(means, np.float32).reshape(len(clips), k)


def _mean(numbers: NDArray[np.float32]) -> NDArray[np.float64]:
    there = ~np.isnan(numbers)
    summed = np.where(there, numbers, 0.0).sum(axis=0, dtype=np.float64)
    mean: NDArray[np.float64] = np.where(there.any(axis=0), summed / np.maximum(there.sum(axis=0), 1), np.nan)
    return mean


def _listed(words: Sequence[str]) -> str:
    more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return ", ".join(words[:_SHOWN]) + more
