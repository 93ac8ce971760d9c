"""What is classified: scores by modality, what was expressed, who expressed it, and what was said."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import leed
from leed.classifiers.table import read_examples
from leed.errors import InputError
from leed.fusion import Block, Items
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
        items: the same with the steps (frames, words) of each, if there are any.
    """

    name: str
    told: str
    tracks: Mapping[str, leed.Track]
    labels: NDArray[np.str_]
    groups: NDArray[np.str_]
    texts: tuple[str, ...]
    people: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    items: Items | None = None

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
            items=None if self.items is None else self.items[order],
        )

    @property
    def stepped(self) -> bool:
        """Whether an item has several steps."""
        return self.items is not None and any((block.lengths > 1).any() for block in self.items.blocks.values())


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


def table_corpus(path: str, *, group: str | None = None, label: str | None = None) -> tuple[Corpus, list[str]]:
    """Return the corpus of a table as ``leed fit`` takes it, and what was odd: rows of item, group, label, and scores.

    Raises:
        InputError: it cannot be read, or lacks a column; the message says which.
    """
    examples = read_examples(path, columns={"group": group, "label": label})
    if examples.groups is None:
        raise InputError(
            f"{path}: no column of groups: name with --group who each item is of, so that they can be left out"
        )
    kept = [i for i, one in enumerate(examples.labels) if one is not None and examples.groups[i] is not None]
    if not kept:
        raise InputError(f"{path}: no item has both a label and a group")
    odd = [issue.message for issue in (*examples.issues, *examples.items.issues)]
    odd += (
        [f"{len(examples) - len(kept)} items without a label or a group: left out"] if len(kept) < len(examples) else []
    )
    examples = examples.take(kept)
    tracks = {name: _mean(block) for name, block in examples.items.blocks.items()}
    if not tracks:
        raise InputError(f"{path}: no item has any scores; give columns such as face.Joy, or paths of recordings")
    corpus = Corpus(
        Path(path).name,
        "Scores of your own.",
        tracks,
        np.array([str(one) for one in examples.labels]),
        np.array([str(one) for one in examples.groups or ()]),
        tuple(text or "" for text in examples.items.texts),
        items=examples.items,
    )
    return corpus.ordered(), odd


def _mean(block: Block) -> leed.Track:
    return leed.Track(
        labels=block.labels,
        matrix=block.mean(),
        modality=block.modality,
        quantity=block.quantity,
        exclusive=block.exclusive,
        taxonomy=block.taxonomy,
    )
