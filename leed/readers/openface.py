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
from leed.readers.delimited import header, names_of
from leed.readers.frames import Frames, Part, recording_of
from leed.readers.groups import renamed
from leed.readers.sheet import Words
from leed.schema.recording import Recording

LARGEST = 5.0
"""The highest intensity of OpenFace (its wiki, output format)."""

_UNIT = re.compile(r"AU\d\d_([rc])")
_OWN = {"success", "confidence", "timestamp", "face_id", "gaze_0_x", "pose_Tx"}
_FEW = 2


def recognise(content: Content) -> Guess:
    """Return whether columns are named as OpenFace names action units."""
    names = names_of(content)
    if any(_UNIT.fullmatch(name) for name in names):
        return Guess(CERTAIN if len(_OWN & set(names)) >= _FEW else POSSIBLE)
    if {"gaze_0_x", "confidence", "success"} <= set(names):
        return Guess(NEAR, "is an OpenFace table without action units; run it with -aus")
    return NOT_THIS


def read(content: Content) -> Recording:
    """Return a recording with a track of intensities and a track of presence for each face."""
    found = header(content)
    units = [name for name in dict.fromkeys(found.names) if _UNIT.fullmatch(name)] if found else []
    if found is None or not units:
        raise UnknownFormatError(
            f"{content.shown}: is no table of OpenFace: it has no columns such as AU01_r or AU01_c"
        )
    fields = ("frame", "confidence", "success", "timestamp")
    frames = Frames(content, found, words=("face_id",), numbers=(*units, *fields), without=("face",))
    parts = []
    for kind, quantity, unit in (("_r", "intensity", LARGEST), ("_c", "presence", 1.0)):
        names = [name for name in units if name.endswith(kind)]
        if names:
            matrix = frames.matrix(names) / unit
            of = {"taxonomy": "action-units", "aspect": "action_unit", "quantity": quantity}
            parts.append(Part([name.removesuffix(kind) for name in names], matrix, **of))
    extras: dict[str, NDArray[np.float64]] = {
        name: frames.numbers(name) for name in ("frame", "confidence") if name in frames
    }
    return recording_of(
        frames,
        parts,
        speakers=_speakers(frames),
        begin=frames.numbers("timestamp"),
        extras=extras,
        more=frames.others(),
        failed=frames.numbers("success") == 0,
    )


def _speakers(frames: Frames) -> Words | None:
    """Who each row is of: the face's number, where there is more than one; in a picture all faces are of one frame."""
    words = frames.words("face_id")
    several = len(np.unique(words.codes)) > 1
    return renamed(words, lambda name: f"face_{name.removesuffix('.0')}") if several else None


reader = Reader(
    "openface",
    "OpenFace: action units of faces (CSV)",
    "intensity (0 to 5, read onto 0 to 1) and presence, a track each",
    recognise,
    read,
)
