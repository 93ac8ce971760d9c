"""What is trained on: rated clips that are there, and which of them are held out, with whole speakers on one side."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from leed.errors import InputError, OptionError
from leed.schema.terms import Issue
from leed_adapters.transformers.training.ratings import Ratings, read_ratings
from leed_adapters.transformers.training.settings import Settings
from leed_adapters.transformers.training.sound import Folder, there
from leed_adapters.transformers.training.splitting import held_out

_SHOWN = 8


@dataclass(frozen=True, eq=False)
class Material:
    """Rated clips, some of them held out.

    Attributes:
        ratings: n clips with what they were given.
        paths: n files.
        held: (n,) whether each is held out.
    """

    ratings: Ratings
    paths: tuple[str, ...]
    held: NDArray[np.bool_]

    def take(self, places: list[int]) -> Material:
        """Return some of the clips."""
        return Material(self.ratings.take(places), tuple(self.paths[i] for i in places), self.held[places])

    def side(self, *, held: bool) -> list[int]:
        """Return the places of the clips on one side."""
        return [int(place) for place in np.flatnonzero(self.held == held)]

    def speakers(self, *, held: bool) -> tuple[str, ...]:
        """Return who is on one side."""
        return tuple(sorted({self.ratings.speakers[place] for place in self.side(held=held)}))

    def digest(self, sound: bytes) -> str:
        """Return a digest of all that is learned from.

        Args:
            sound: that of what was heard.
        """
        ratings = self.ratings
        found = hashlib.sha256(sound)
        for part in (ratings.labels, [clip.key for clip in ratings.clips], ratings.speakers):
            found.update(repr(part).encode())
        found.update(ratings.matrix.tobytes())
        found.update(self.held.tobytes())
        return found.hexdigest()


def gathered(
    ratings: str,
    audio: str,
    settings: Settings,
    *,
    taxonomy: str | None,
    validation: str | None,
    named: Collection[str],
    modality: str,
    columns: Mapping[str, str | None],
    format: str | None,  # noqa: A002 - as leed.read has it
) -> Material:
    """Return the clips of a table that are there, with some speakers held out.

    Raises:
        InputError: there are none, nobody is said to speak in them, there is one speaker only, or one is on both sides.
        OptionError: there is no such folder, taxonomy, column or speaker.
    """
    if validation is not None and named:
        raise OptionError("both a table of others and speakers to hold out are given: give one of them")
    folder = Folder(audio)
    own = read_ratings(ratings, taxonomy=taxonomy, modality=modality, columns=columns, format=format)
    own, paths = there(_spoken(own, ratings), folder)
    if validation is None:
        chosen = _chosen(own, settings, named)
        material = Material(own, tuple(paths), np.array([speaker in chosen for speaker in own.speakers]))
    else:
        other = read_ratings(validation, taxonomy=taxonomy, modality=modality, columns=columns, format=format)
        other, more = there(_spoken(other, validation).of(own.labels), folder)
        _apart(own, other)
        held = np.repeat([False, True], [len(own), len(other)])
        material = Material(_joined(own, other), (*paths, *more), held)
    return _in_range(_learnable(material), settings)


def check_heard(material: Material) -> None:
    """Refuse what nothing can be learned from any more, once it is known what can be heard.

    Raises:
        InputError: no clip of one side can be heard, or none that has a number for some label.
    """
    for held, what in ((False, "to learn from"), (True, "of the speakers who are held out")):
        if not material.side(held=held):
            raise InputError(f"no clip {what} can be heard: {_first(material.ratings)}")
    lacking = _unlearnable(material)
    if lacking:
        raise InputError(f"no clip that has a number for {lacking[0]!r} can be heard: {_first(material.ratings)}")


def _first(ratings: Ratings) -> str:
    told = [str(issue) for issue in ratings.issues if issue.code in ("unreadable-audio", "no-sound")]
    return told[0] if told else "nobody knows why"


def _spoken(ratings: Ratings, path: str) -> Ratings:
    """The same, if it is known who speaks."""
    if not any(ratings.speakers):
        raise InputError(
            f"{path}: no column says who speaks, and voices that the model has not met are needed to try it on: call "
            "the column speaker, or name it with --speaker"
        )
    blank = sum(not speaker for speaker in ratings.speakers)
    if not blank:
        return ratings
    return ratings.noting(Issue("blank-speaker", f"{blank} clips have no speaker; they are taken for one"))


def _chosen(ratings: Ratings, settings: Settings, named: Collection[str]) -> frozenset[str]:
    try:
        return held_out(ratings.speakers, share=settings.share, seed=settings.seed, named=named)
    except InputError as error:
        raise InputError(
            f"{error}, and voices that the model has not met are needed to try it on: add clips of others, or give a "
            "table of others with --validation"
        ) from None


def _apart(own: Ratings, other: Ratings) -> None:
    both = sorted(set(own.speakers) & set(other.speakers))
    if both:
        shown = ", ".join(map(repr, both[:_SHOWN]))
        raise InputError(
            f"{len(both)} speakers are on both sides: {shown}: each may be learned from or held out, and not both"
        )


def _joined(own: Ratings, other: Ratings) -> Ratings:
    return replace(
        own,
        clips=(*own.clips, *other.clips),
        speakers=(*own.speakers, *other.speakers),
        matrix=np.concatenate([own.matrix, other.matrix]),
        issues=tuple(dict.fromkeys((*own.issues, *other.issues))),
    )


def _unlearnable(material: Material) -> list[str]:
    numbers = material.ratings.matrix[material.side(held=False)]
    lacking = np.asarray(np.isnan(numbers).all(axis=0))
    return [label for label, has_none in zip(material.ratings.labels, lacking.tolist(), strict=True) if has_none]


def _learnable(material: Material) -> Material:
    """The same without labels that only those held out have a number for."""
    lacking = _unlearnable(material)
    if not lacking:
        return material
    ratings = material.ratings
    kept = [label for label in ratings.labels if label not in lacking]
    if not kept:
        raise InputError("no clip that is to be learned from has a number for any label")
    shown = ", ".join(lacking[:_SHOWN])
    told = ratings.of(kept)
    places = [place for place, clip in enumerate(ratings.clips) if clip in set(told.clips)]
    issue = Issue("not-rated", f"only speakers who are held out have numbers for {shown}: not learned")
    return replace(material.take(places), ratings=told.noting(issue))


def _in_range(material: Material, settings: Settings) -> Material:
    """The same, if the loss can take its numbers; noted where they are not from 0 to 1."""
    ratings = material.ratings
    with np.errstate(invalid="ignore"):
        wrong = np.argwhere((ratings.matrix < 0) | (ratings.matrix > 1))
    if not len(wrong):
        return material
    row, column = wrong[0].tolist()
    shown = f"{ratings.clips[row].name} has {ratings.matrix[row, column]:g} for {ratings.labels[column]}"
    if settings.loss == "bce":
        raise InputError(f"loss bce takes numbers from 0 to 1, and {shown}: bring them there, or take mse or ccc")
    issue = Issue(
        "out-of-range", f"{len(wrong)} numbers are not from 0 to 1 ({shown}); the model's scores will be like them"
    )
    return replace(material, ratings=ratings.noting(issue))
