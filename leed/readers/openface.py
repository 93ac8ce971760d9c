"""OpenFace tables (CSV): action units of faces, a row for each face and frame.

::

    frame, face_id, timestamp, confidence, success, gaze_0_x, ..., AU01_r, AU02_r, ..., AU01_c, AU02_c, ...
    1, 0, 0.000, 0.98, 1, 0.05, ..., 0.42, 0.00, ..., 1.00, 0.00, ...

Two tracks of each face: ``AUxx_r`` is intensity, 0 to 5 there and divided by 5 here, so that it runs from 0 to 1;
``AUxx_c`` is presence, 0 or 1. Names have blanks before them. Rows with ``success`` 0 hold no face: they are left out
and counted. Units: seconds. A face's number is its speaker, where there are several. Gaze, pose and landmarks are kept
as extras of the first track. Source: OpenFace 2 (FeatureExtraction, FaceLandmarkVidMulti, FaceLandmarkImg).
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, NEAR, NOT_THIS, POSSIBLE, Guess, Reader
from leed.readers.content import Content
from leed.readers.frames import Frames, Part, header_of, recording_of
from leed.schema.recording import Recording

LARGEST = 5.0
"""The highest intensity of OpenFace (its wiki, output format)."""

_UNIT = re.compile(r"AU\d\d_([rc])")
_OWN = {"success", "confidence", "timestamp", "face_id", "gaze_0_x", "pose_Tx"}
_FEW = 2


def recognise(content: Content) -> Guess:
    """Return whether columns are named as OpenFace names action units."""
    header = header_of(content)
    if any(_UNIT.fullmatch(name) for name in header):
        return Guess(CERTAIN if len(_OWN & set(header)) >= _FEW else POSSIBLE)
    if {"gaze_0_x", "confidence", "success"} <= set(header):
        return Guess(NEAR, "is an OpenFace table without action units; run it with -aus")
    return NOT_THIS


def read(content: Content) -> Recording:
    """Return a recording with a track of intensities and a track of presence for each face."""
    frames = Frames(content, ("face_id",))
    units = {kind: list(dict.fromkeys(n for n in frames.header if _is(n, kind))) for kind in "rc"}
    parts = []
    for kind, quantity, unit in (("r", "intensity", LARGEST), ("c", "presence", 1.0)):
        if units[kind]:
            names = [name.partition("_")[0] for name in units[kind]]
            matrix = frames.matrix(units[kind]) / unit
            fields = {"taxonomy": "action-units", "aspect": "action_unit", "quantity": quantity}
            parts.append(Part(names, matrix, **fields))
    if not parts:
        raise UnknownFormatError(
            f"{content.shown}: is no table of OpenFace: it has no columns such as AU01_r or AU01_c"
        )
    extras: dict[str, NDArray[np.float64]] = {
        name: frames.numbers(name) for name in ("frame", "confidence") if name in frames
    }
    used = {*units["r"], *units["c"], "frame", "confidence", "success", "timestamp", "face_id", "face"}
    failed = frames.numbers("success") == 0 if "success" in frames else np.zeros(len(frames), bool)
    return recording_of(
        frames,
        parts,
        keys=[(content.name, speaker) for speaker in _speakers(frames)],
        begin=frames.numbers("timestamp"),
        extras=extras,
        more=frames.others(used),
        failed=failed,
    )


def _is(name: str, kind: str) -> bool:
    found = _UNIT.fullmatch(name)
    return found is not None and found[1] == kind


def _speakers(frames: Frames) -> list[str | None]:
    """Who each row is of: the face's number, where there is more than one; in a picture all faces are of one frame."""
    names = frames.text("face_id")
    several = len(set(names)) > 1
    return [f"face_{name.removesuffix('.0')}" if several and name else None for name in names]


reader = Reader(
    "openface",
    "OpenFace: action units of faces (CSV)",
    "intensity (0 to 5, read onto 0 to 1) and presence, a track each",
    recognise,
    read,
)
