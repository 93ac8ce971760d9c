"""Scores of which it is known what the actor was asked to express: CREMA-D's votes and levels, RAVDESS's models."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import leed

MODALITIES = {"prosody": "voice", "face": "face"}
"""The modalities of which there are labelled scores, and what tables call them."""

_VOTES = "cremad/tabulatedVotes.csv"
_ROWS = {"prosody": "1", "face": "2"}  # what the number of a row begins with
_CREMAD = {"ANG": "Anger", "DIS": "Disgust", "FEA": "Fear", "HAP": "Happy", "NEU": "Neutral", "SAD": "Sad"}
_RAVDESS = {
    "angry": "angry",
    "calm": "calm",
    "disgust": "disgust",
    "fear": "fearful",
    "happy": "happy",
    "neutral": "neutral",
    "sad": "sad",
    "surprise": "surprised",
}
_STATES = {
    "ANG": "Anger",
    "DIS": "Disgust",
    "FEA": "Fear",
    "HAP": "Joy",
    "SAD": "Sadness",
    "angry": "Anger",
    "calm": "Calmness",
    "disgust": "Disgust",
    "fearful": "Fear",
    "happy": "Joy",
    "sad": "Sadness",
    "surprised": "Surprise (positive)",
}


@dataclass(frozen=True, eq=False)
class Labelled:
    """Scores, and what each row was acted as.

    Attributes:
        name: what tables call the scores, without the modality.
        told: what the numbers are.
        track: the scores.
        acted: (n,) the emotion that was asked for.
        speakers: (n,) who acted.
        clips: n names of clips, the same in each modality.
    """

    name: str
    told: str
    track: leed.Track
    acted: NDArray[np.str_]
    speakers: NDArray[np.str_]
    clips: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.track)

    @property
    def modality(self) -> str:
        """The modality of the scores."""
        return str(self.track.modality)

    def as_states(self) -> Labelled:
        """Return the same under Hume's names, without the neutral class.

        A gate acts on taxonomies of states only; those of the corpora have a neutral class.
        """
        kept = [i for i, label in enumerate(self.track.labels) if label in _STATES]
        track = leed.Track(
            labels=tuple(_STATES[self.track.labels[i]] for i in kept),
            matrix=self.track.matrix[:, kept],
            modality=self.track.modality,
            taxonomy="hume-48",
        )
        return replace(self, track=track)


def cremad(data: Path, modality: str) -> tuple[Labelled, Labelled]:
    """Return CREMA-D's crowd votes and its levels, with the emotion that the file's name tells.

    Votes are the shares of raters who chose a class: probabilities of exclusive classes. Levels are intensities: how
    much of it they saw, from 0 to 1, as the mean over all raters, with 0 from those who chose another class.
    """
    with (data / _VOTES).open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row[""].startswith(_ROWS[modality])]
    named = [row["fileName"].split("_") for row in rows]
    counts = np.array([[float(row[name[0]]) for name in _CREMAD.values()] for row in rows])
    votes = counts / counts.sum(axis=1, keepdims=True)
    seen = np.array([[float(row[f"mean{name}Resp"]) for name in _CREMAD.values()] for row in rows])
    levels = votes * np.maximum(seen, 0) / 100  # -1: nobody chose that class
    about = {"labels": tuple(_CREMAD), "taxonomy": "cremad-6", "modality": modality}
    who = _who([name[2] for name in named], [name[0] for name in named], [row["fileName"] for row in rows])
    return (
        Labelled("CREMA-D votes", "Shares of raters: probabilities of classes.", _classes(votes, about), **who),
        Labelled("CREMA-D levels", "How much of it raters saw: intensities.", _intensities(levels, about), **who),
    )


def ravdess(data: Path, modality: str) -> tuple[Labelled, Labelled]:
    """Return a model's class probabilities for RAVDESS: as what they are, and as intensities, as in LEED 2023."""
    with (data / "ravdess" / f"{modality}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    scores = np.array([[float(row[column]) for column in _RAVDESS] for row in rows])
    about = {"labels": tuple(_RAVDESS.values()), "taxonomy": "ravdess-8", "modality": modality}
    who = _who(*([row[column] for row in rows] for column in ("emotion", "actor", "clip")))
    return (
        Labelled("RAVDESS, as classes", "A model's probabilities of classes.", _classes(scores, about), **who),
        Labelled("RAVDESS, as intensities", "The same, read as in LEED 2023.", _intensities(scores, about), **who),
    )


READERS: Mapping[str, tuple[Callable[[Path, str], Sequence[Labelled]], tuple[str, ...]]] = {
    "CREMA-D": (cremad, (_VOTES,)),
    "RAVDESS": (ravdess, tuple(f"ravdess/{modality}.csv" for modality in MODALITIES)),
}
"""What reads a corpus, and the files that it needs."""


def _who(acted: Sequence[str], speakers: Sequence[str], clips: Sequence[str]) -> dict[str, Any]:
    return {"acted": np.array(acted), "speakers": np.array(speakers), "clips": tuple(clips)}


def _classes(scores: NDArray[np.float64], about: Mapping[str, Any]) -> leed.Track:
    return leed.Track(matrix=scores.astype(np.float32), quantity="probability", exclusive=True, **about)


def _intensities(scores: NDArray[np.float64], about: Mapping[str, Any]) -> leed.Track:
    return leed.Track(matrix=scores.astype(np.float32), **about)
