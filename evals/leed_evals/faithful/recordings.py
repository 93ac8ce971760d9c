"""The real Hume recordings, and what is usual in all of them but one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import leed
from leed.calibration import Calibration
from leed.calibration.fit import Fit
from leed_evals.shipped_calibration import MOST

FILES = {
    "interreviewer": "interreviewer/predictions.json",
    "calhacks23, video": "calhacks23/predictions.json",
    "calhacks23, pictures": "calhacks23/example_jume_output.json",
    "wilfordwoodruff": "wilfordwoodruff/words.json",
    "twilio-vintel": "twilio-vintel/predictions-language.json",
    "evi": "evi/evi-recording.jsonl",
    "streaming": "streaming/face-message.json",
}
"""Recordings by name; interreviewer's CSV is the same job once more."""
MODALITIES = {"face": "face", "prosody": "voice", "language": "language"}
"""The modalities that are looked at, and what tables call them."""

Recordings = Mapping[str, leed.Recording]


def hume_recordings(data: Path) -> tuple[dict[str, leed.Recording], list[str]]:
    """Return the recordings that are there, by name, and what is missing."""
    paths = {name: data / "hume" / file for name, file in FILES.items()}
    there = {name: leed.read(path) for name, path in paths.items() if path.exists()}
    return there, [f"{name}: {path} is not there" for name, path in paths.items() if name not in there]


def tracks_of(recording: leed.Recording, modality: str) -> tuple[leed.Track, ...]:
    """Return the tracks with a person's expressions in a modality; an assistant's voice is nobody's."""
    return tuple(
        track
        for track in recording.tracks
        if track.modality == modality and track.aspect == "expression" and track.channel != "assistant"
    )


def segments_of(tracks: Iterable[leed.Track]) -> int:
    """Return how many segments tracks have together."""
    return sum(map(len, tracks))


def usual_elsewhere(recordings: Recordings, but: str, modality: str) -> Calibration | None:
    """Return a calibration fitted on all recordings but one, or None where no other has the modality.

    As in the calibration that comes with leed, a recording counts as at most 100 segments.
    """
    fit = Fit()
    for name, recording in recordings.items():
        tracks = tracks_of(recording, modality)
        if name != but and tracks:
            fit.add(leed.Recording(tracks), weight=min(1.0, MOST / segments_of(tracks)))
    return fit.calibration(f"all but {but}") if fit.segments else None
