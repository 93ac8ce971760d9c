"""What LAION's raw values run from and to, and tracks of a table of raw values brought onto 0 to 1."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leed.readers.columns import range_issues
from leed.schema.recording import Recording
from leed.schema.terms import Issue
from leed.schema.tracks import Track
from leed.taxonomy import get

VOICE, FACE = 4.0, 7.0
"""The highest raw values, about: of voice heads, and of face heads (EmoNet's annotators rated faces from 0 to 7)."""

RANGES: dict[str, tuple[float, float]] = {
    "Age": (0, 6),
    "Arousal": (0, 4),
    "Authenticity": (0, 4),
    "Background_Noise": (0, 3),
    "Confident_vs._Hesitant": (0, 4),
    "Gender": (-2, 2),
    "High-Pitched_vs._Low-Pitched": (0, 4),
    "Monotone_vs._Expressive": (0, 4),
    "Recording_Quality": (0, 4),
    "Serious_vs._Humorous": (0, 4),
    "Soft_vs._Harsh": (-2, 2),
    "Submissive_vs._Dominant": (-3, 3),
    "Valence": (-3, 3),
    "Vulnerable_vs._Emotionally_Detached": (0, 4),
    "Warm_vs._Cold": (-2, 2),
}
"""The ends of the attributes' raw values, as leed/taxonomy/data/laion-attributes-15.json has them."""

UNCALIBRATED = "raw values differ in what is usual from label to label: the words are rough without a calibration"
"""Said of every recording of raw values."""

ENOUGH = 10
"""So many of LAION's names tell that a mapping or table is one of raw values."""

_EXPRESSIONS, _ATTRIBUTES = "laion-voice-40", "laion-attributes-15"
_WRAPPER = re.compile(r"emotions?[._/:]", re.IGNORECASE)  # as pandas names the columns of a nested mapping
_TELLING = re.compile(r"[_/&]")
_ABOVE_VOICE = 4.5
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|bmp|gif|tiff?)$", re.IGNORECASE)
_SOUND = re.compile(r"\.(?:wav|mp3|flac|ogg|m4a|opus|aac)$", re.IGNORECASE)
_DECIMALS = 6


def of_laion(names: Sequence[str]) -> int:
    """Return how many of the names are LAION's."""
    known, attributes = get(_EXPRESSIONS), get(_ATTRIBUTES)
    own = sum(known.canonical(name) is not None or attributes.canonical(name) is not None for name in names)
    return own + sum("/" in name and known.find(name) is not None for name in names)


def is_of_hume(names: Sequence[str]) -> bool:
    """Return whether nearly all of the names are Hume's."""
    hume = get("hume-53")
    return sum(hume.canonical(name) is not None for name in names) > 0.9 * len(names)


def is_telling(name: str) -> bool:
    """Return whether one of LAION's names is written as nobody else writes one."""
    return _TELLING.search(name) is not None


def columns_of(names: Sequence[str]) -> list[str] | None:
    """Return the names of a table's columns as leed has them if it is one of LAION's raw values, else None.

    >>> columns_of(["file", "Joy", "Fear"])
    """
    bare = [_WRAPPER.sub("", name, count=1) if _WRAPPER.match(name) else name for name in names]
    own = [name for name in bare if get(_EXPRESSIONS).find(name) or get(_ATTRIBUTES).canonical(name)]
    if len(own) < ENOUGH or is_of_hume(own) or not any(map(is_telling, own)):
        return None
    return ["text" if name.casefold() == "caption" else name for name in bare]


def modality_of(source: str | None, highest: float, *, speaks: bool) -> str | None:
    """Return whether raw values are of a voice or a face, or None.

    Args:
        source: the file they are of.
        highest: of the expressions.
        speaks: whether attributes or a caption come with them, which only voices have.
    """
    if speaks or (source and _SOUND.search(source)):
        return "prosody"
    return "face" if (source and _PICTURE.search(source)) or highest > _ABOVE_VOICE else None


def share(label: str, values: Any) -> Any:  # noqa: ANN401 - a float or an array
    """Return raw values of an attribute from 0 to 1."""
    low, high = RANGES[label]
    return (values - low) / (high - low)


def settled(recording: Recording, source: str | None) -> Recording:
    """Return tracks of raw values as tracks from 0 to 1, expressions and attributes apart."""
    tracks = tuple(part for track in recording.tracks for part in _parts(track))
    issues = [issue for track in tracks for issue in range_issues(track)]
    uncalibrated = Issue("uncalibrated", UNCALIBRATED, source)
    return Recording(tracks, (*recording.issues, *issues, uncalibrated))


def _parts(track: Track) -> Iterator[Track]:
    told = _attributes(track)
    names = [label for label in track.labels if _canonical(label) is None]
    values = track.matrix[:, [track.labels.index(name) for name in names]]
    highest = float(np.nanmax(values, initial=0.0))
    modality = track.modality or modality_of(track.source, highest, speaks=bool(told) or track.text is not None)
    if names:
        yield replace(
            track,
            labels=tuple(names),
            matrix=(_exact(values) / (FACE if modality == "face" else VOICE)).astype(np.float32),
            modality=modality,
            granularity=track.granularity or ("frame" if modality == "face" else None),
            taxonomy=_EXPRESSIONS,
            quantity="intensity",
            exclusive=False,
        )
    if told:
        columns = [share(label, column) for label, column in told.items()]
        yield replace(
            track,
            labels=tuple(told),
            matrix=np.stack(columns, axis=1).astype(np.float32),
            modality=modality,
            aspect="attribute",
            taxonomy=_ATTRIBUTES,
            quantity="bipolar",
            exclusive=False,
            extras={},
        )


def _attributes(track: Track) -> Mapping[str, NDArray[np.float64]]:
    """The raw values of each attribute."""
    return {label: _exact(track.matrix[:, i]) for i, name in enumerate(track.labels) if (label := _canonical(name))}


def _canonical(name: str) -> str | None:
    return get(_ATTRIBUTES).canonical(name)


def _exact(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Numbers as they were written, where they had few digits, so that a score on a bound stays on it."""
    wide = values.astype(np.float64)
    written = wide.round(_DECIMALS)
    return np.where(written.astype(np.float32) == values, written, wide)
