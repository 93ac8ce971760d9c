"""Py-Feat tables (CSV): a row for each face and frame, up to 2,183 columns.

::

    FaceRectX,FaceRectY,FaceRectWidth,FaceRectHeight,FaceScore,x_0,...,AU01,...,Neutral,Happy,...,valence,arousal,...
    231.36,213.9,662.0,662.0,0.99,262.1,...,0.31,...,0.015,0.977,...,0.738,0.071,...

Three tracks of each face: emotions (seven exclusive classes, probability), valence and arousal (bipolar; -1 to 1 there,
0 to 1 here), and action units (0 to 1). Rows in which no face was found are NaN throughout: they are left out and
counted. Units: pixels; ``approx_time`` is minutes and whole seconds, so that frames share a time. Landmarks, pose,
gaze, blend shapes and the identity embedding are kept as extras of the first track. Source: py-feat.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, NEAR, NOT_THIS, Guess, Reader
from leed.readers.about import clock_seconds
from leed.readers.answers import without_query
from leed.readers.content import Content
from leed.readers.delimited import header, names_of
from leed.readers.frames import Frames, Part, box_of, recording_of
from leed.readers.groups import renamed
from leed.schema.recording import Recording
from leed.scores import centred

_BOX = ("FaceRectX", "FaceRectY", "FaceRectWidth", "FaceRectHeight")
_EMOTIONS = {
    **{name: name for name in ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")},
    "happy": "happiness",
    "sad": "sadness",
}
_DIMENSIONS = ("valence", "arousal")
_ENOUGH = 4
_UNIT = re.compile(r"AU\d\d?")


def recognise(content: Content) -> Guess:
    """Return whether the columns are Py-Feat's box beside its emotions or action units."""
    names = names_of(content)
    if _BOX[0] not in names and "FaceScore" not in names:
        return NOT_THIS
    if any(_UNIT.fullmatch(name) or name.casefold() in _EMOTIONS for name in names):
        return Guess(CERTAIN)
    return Guess(NEAR, "is a Py-Feat table without emotions and action units; detect with a Detector that has them")


def read(content: Content) -> Recording:
    """Return a recording with tracks of emotions, of valence and arousal, and of action units, for each face."""
    found = header(content)
    names = list(dict.fromkeys(found.names)) if found else []
    emotions = [name for name in names if name.casefold() in _EMOTIONS]
    mood = [name for name in _DIMENSIONS if name in names]
    units = [name for name in names if _UNIT.fullmatch(name)]
    told = mood or units or len(emotions) >= _ENOUGH or (emotions and "FaceScore" in names)
    if found is None or not told:
        raise UnknownFormatError(
            f"{content.shown}: is no table of Py-Feat: none of its columns is an emotion, valence, arousal or AU01"
        )
    frames = Frames(
        content,
        found,
        words=("input", "approx_time", "Identity"),
        numbers=(*emotions, *mood, *units, *_BOX, "FaceScore", "frame"),
    )
    parts = []
    if emotions:
        fields = {"taxonomy": "fer-7", "quantity": "probability", "exclusive": True}
        parts.append(Part([_EMOTIONS[n.casefold()] for n in emotions], frames.matrix(emotions), **fields))
    if mood:
        moved = centred(frames.matrix(mood))
        parts.append(Part(mood, moved, taxonomy="dimensions-3", quantity="bipolar", exclusive=False))
    if units:
        fields = {"taxonomy": "action-units", "quantity": "intensity", "aspect": "action_unit"}
        parts.append(Part(units, frames.matrix(units), **fields))
    extras = box_of(frames, _BOX)
    if "FaceScore" in frames:
        extras["confidence"] = frames.numbers("FaceScore")
    if "frame" in frames:
        extras["frame"] = frames.numbers("frame")
    more = frames.others()
    if "Identity" in more:
        more["embedding"] = more.pop("Identity")
    return recording_of(
        frames,
        parts,
        sources=renamed(frames.words("input"), without_query),
        speakers=frames.words("Identity"),
        begin=_seconds(frames),
        extras=extras,
        more=more,
    )


def _seconds(frames: Frames) -> NDArray[np.float64]:
    words = frames.words("approx_time")
    return np.asarray(np.array([*map(clock_seconds, words.values), np.nan])[words.codes])


reader = Reader(
    "pyfeat",
    "Py-Feat: emotions, valence, arousal and action units of faces (CSV)",
    "probability, bipolar and intensity, a track each",
    recognise,
    read,
)
