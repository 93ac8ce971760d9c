"""What is classified: scores by modality, what was expressed, who expressed it, and what was said."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import leed
from leed.errors import InputError
from leed_evals.faithful.labelled import MODALITIES, READERS, Labelled

_CREMAD_SAYS = {
    "IEO": "It's eleven o'clock.",
    "TIE": "That is exactly what happened.",
    "IOM": "I'm on my way to the meeting.",
    "IWW": "I wonder what this is about.",
    "TAI": "The airplane is almost full.",
    "MTI": "Maybe tomorrow it will be cold.",
    "IWL": "I would like a new alarm clock.",
    "ITH": "I think I have a doctor's appointment.",
    "DFA": "Don't forget a jacket.",
    "ITS": "I think I've seen this before.",
    "TSI": "The surface is slick.",
    "WSI": "We'll stop in a couple of minutes.",
}
_RAVDESS_SAYS = {"01": "Kids are talking by the door.", "02": "Dogs are sitting by the door."}
_SCORED = {"face": "face", "prosody": "prosody", "voice": "prosody", "burst": "burst", "language": "language"}
_KEYS = ("item", "group", "label", "text")


@dataclass(frozen=True, eq=False)
class Corpus:
    """Items with scores of one or more modalities, in an order that their content alone decides.

    Attributes:
        name: what tables call it.
        told: what the numbers are.
        tracks: by modality, n rows of scores.
        labels: (n,) what was expressed.
        groups: (n,) who expressed it.
        texts: n texts: what was said; empty where that is not known.
        people: by name of a column ("sex"), what each group is.
    """

    name: str
    told: str
    tracks: Mapping[str, leed.Track]
    labels: NDArray[np.str_]
    groups: NDArray[np.str_]
    texts: tuple[str, ...]
    people: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def views(self) -> dict[str, tuple[str, ...]]:
        """What classifiers see: each modality alone, and all of them."""
        single: dict[str, tuple[str, ...]] = {called(modality): (modality,) for modality in self.tracks}
        return single if len(single) < 2 else {**single, _all(len(single)): tuple(self.tracks)}  # noqa: PLR2004 - one

    def ordered(self) -> Corpus:
        """Return the same with its rows in the order of their content, so that the order of a file changes nothing."""
        scores = [tuple(t.matrix[i].tobytes() for t in self.tracks.values()) for i in range(len(self))]
        keys = [(str(self.groups[i]), str(self.labels[i]), self.texts[i], scores[i]) for i in range(len(self))]
        order = np.array(sorted(range(len(self)), key=keys.__getitem__), np.intp)
        return replace(
            self,
            tracks={name: _taken(track, order) for name, track in self.tracks.items()},
            labels=self.labels[order],
            groups=self.groups[order],
            texts=tuple(self.texts[i] for i in order.tolist()),
        )


def called(modality: str) -> str:
    """Return what tables call a modality."""
    return MODALITIES.get(modality, modality)


def _all(modalities: int) -> str:
    return "both" if modalities == 2 else "all"  # noqa: PLR2004 - both


def _taken(track: leed.Track, rows: NDArray[np.intp]) -> leed.Track:
    return leed.Track(
        labels=track.labels,
        matrix=track.matrix[rows],
        modality=track.modality,
        quantity=track.quantity,
        exclusive=track.exclusive,
        taxonomy=track.taxonomy,
    )


# --- the corpora of ../shared/data


def shared_corpora(data: Path) -> tuple[list[Corpus], list[str]]:
    """Return the corpora whose files are there, and what is missing."""
    there = {name: all((data / file).exists() for file in files) for name, (_, files) in READERS.items()}
    found = [_corpus(name, data) for name in READERS if there[name]]
    return found, [f"{name}: no {' or '.join(READERS[name][1])} in {data}" for name in READERS if not there[name]]


def _corpus(name: str, data: Path) -> Corpus:
    parts = [READERS[name][0](data, modality)[0] for modality in MODALITIES]
    first = parts[0]
    if any(part.clips != first.clips for part in parts):
        raise InputError(f"{name}: the files of its modalities have different clips: take them from one source")
    says, people = _ABOUT[name]
    return Corpus(
        name,
        first.told,
        {part.modality: part.track for part in parts},
        first.acted,
        first.speakers,
        tuple(map(says, first.clips)),
        people(data, first),
    ).ordered()


def _cremad_people(data: Path, labelled: Labelled) -> dict[str, dict[str, str]]:
    path = data / "cremad" / "VideoDemographics.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = {row["ActorID"]: row for row in csv.DictReader(file)}
    known = set(labelled.speakers.tolist()) & set(rows)
    return {column.lower(): {actor: rows[actor][column] for actor in sorted(known)} for column in ("Sex", "Race")}


_ABOUT: Mapping[str, tuple[Callable[[str], str], Callable[[Path, Labelled], Mapping[str, Mapping[str, str]]]]] = {
    "CREMA-D": (lambda clip: _CREMAD_SAYS.get(clip.split("_")[1], ""), _cremad_people),
    "RAVDESS": (lambda clip: _RAVDESS_SAYS.get(clip.split("-")[4] if clip.count("-") > 4 else "", ""), lambda *_: {}),  # noqa: PLR2004 - as its names are
}


# --- a user's own table


def table_corpus(path: Path, *, group: str = "group", label: str = "label") -> Corpus:
    """Return the corpus of a CSV file: a row for each item, with group, label, columns MODALITY.LABEL, and maybe text.

    Raises:
        InputError: it cannot be read, or lacks a column; the message says which.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read: {error}; give a CSV file with a row for each item") from error
    columns = list(rows[0]) if rows else []
    for name in (group, label):
        if name not in columns:
            told = ", ".join(columns[:8]) or "none"
            raise InputError(f"{path} has no column {name!r}; it has {told}: name it with --group and --label")
    tracks = {modality: _track(path, rows, modality, names) for modality, names in _scored(columns).items()}
    if not tracks:
        raise InputError(f"{path}: no column is named MODALITY.LABEL, such as face.Joy or voice.Sadness")
    return Corpus(
        path.name,
        "Scores of your own.",
        tracks,
        np.array([row[label] for row in rows]),
        np.array([row[group] for row in rows]),
        tuple(row.get("text") or "" for row in rows),
    ).ordered()


def _scored(columns: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for column in columns:
        head, dot, label = column.partition(".")
        modality = _SCORED.get(head.strip().casefold())
        if dot and label.strip() and modality:
            found.setdefault(modality, []).append(column)
    return found


def _track(path: Path, rows: Sequence[Mapping[str, Any]], modality: str, names: Sequence[str]) -> leed.Track:
    matrix = np.full((len(rows), len(names)), np.nan, np.float32)
    for i, row in enumerate(rows):
        for j, name in enumerate(names):
            matrix[i, j] = _number(path, i, name, row[name])
    labels = tuple(name.partition(".")[2].strip() for name in names)
    full = np.flatnonzero(np.isfinite(matrix).all(axis=1))
    told = dict(zip(labels, (matrix[full[0]] if len(full) else np.zeros(len(labels))).tolist(), strict=True))
    kind = leed.read({modality: told}).tracks[0]
    return leed.Track(
        labels=labels,
        matrix=matrix,
        modality=modality,
        quantity=kind.quantity,
        exclusive=kind.exclusive,
        taxonomy=kind.taxonomy,
    )


def _number(path: Path, row: int, column: str, cell: str | None) -> float:
    if not (cell or "").strip():
        return np.nan
    try:
        return float(cell or "")
    except ValueError as error:
        raise InputError(f"{path}, row {row + 2}: {column} is {cell!r}; a column of scores holds numbers") from error
