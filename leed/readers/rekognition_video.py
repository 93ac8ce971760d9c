"""The faces of a video by Rekognition, a long list of them, decoded as a type and gathered some at a time.

What comes out is what `leed.readers.rekognition` makes of them one by one. Where anything may be odd about one of them,
nothing comes out: a key beside Timestamp and Face, a number that is none, something that not all faces have.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.readers.long_lists import LongList
from leed.readers.shares import Pairs, UnevenError, widths_of
from leed.readers.stretches import Stretches

_LARGEST = 1e30  # of numbers about which nothing is odd
_MS = 1000
_PERCENT = 100
_HALF, _MOST_AT_ONCE = 0.4, 2


class _Emotion(msgspec.Struct, gc=False):
    Type: str
    Confidence: float


class _Box(msgspec.Struct, gc=False):
    Left: float
    Top: float
    Width: float
    Height: float


class _Pose(msgspec.Struct, gc=False):
    Pitch: float
    Roll: float
    Yaw: float


class _Quality(msgspec.Struct, gc=False):
    Brightness: float
    Sharpness: float


class _Age(msgspec.Struct, gc=False):
    Low: float
    High: float


class _Word(msgspec.Struct, gc=False):
    Value: str


class _Flag(msgspec.Struct, gc=False):
    Value: bool
    Confidence: float


class _Face(msgspec.Struct, gc=False):
    Emotions: list[_Emotion]
    BoundingBox: _Box | None = None
    Confidence: float | None = None
    Pose: _Pose | None = None
    Quality: _Quality | None = None
    AgeRange: _Age | None = None
    Gender: _Word | None = None
    Smile: _Flag | None = None
    EyesOpen: _Flag | None = None
    MouthOpen: _Flag | None = None
    Eyeglasses: _Flag | None = None
    Sunglasses: _Flag | None = None
    Beard: _Flag | None = None
    Mustache: _Flag | None = None
    FaceOccluded: _Flag | None = None


class _Entry(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    Timestamp: float
    Face: _Face


_ENTRY = msgspec.json.Decoder(_Entry)
_ENTRIES = msgspec.json.Decoder(list[_Entry])
_TUPLES = {
    "BoundingBox": ("box", ("Left", "Top", "Width", "Height")),
    "Pose": ("pose", ("Pitch", "Roll", "Yaw")),
    "Quality": ("quality", ("Brightness", "Sharpness")),
    "AgeRange": ("age", ("Low", "High")),
}


class Video:
    """Gathers faces.

    Attributes:
        stretches: the faces.
        undecided: how many there are whose scores tell no expression from another.
    """

    def __init__(self, flags: dict[str, str]) -> None:
        """Take the names of what is said yes or no, and what their extras are called."""
        self.stretches = Stretches()
        self.undecided = 0
        self._flags = flags
        self._pairs = Pairs()
        self._told: tuple[str, ...] | None = None

    def add(self, entries: Sequence[_Entry]) -> None:
        """Add some faces.

        Raises:
            UnevenError: something may be odd about one of them.
        """
        faces = [entry.Face for entry in entries]
        lists = [face.Emotions for face in faces]
        emotions = list(chain.from_iterable(lists))
        given = _numbers([emotion.Confidence for emotion in emotions])
        labels = [emotion.Type for emotion in emotions]
        matrix = self._pairs.matrix(widths_of(lists, len(lists)), labels, given / _PERCENT)
        self.undecided += int(np.count_nonzero(np.count_nonzero(matrix > _HALF, axis=1) > _MOST_AT_ONCE))
        times = _numbers([entry.Timestamp for entry in entries]) / _MS
        self.stretches.add_rows(list(self._pairs.labels), matrix, times, self._extras(faces))

    def _extras(self, faces: list[_Face]) -> dict[str, Any]:
        """What else is said of faces, the same of each."""
        extras: dict[str, Any] = {}
        told = tuple(name for name in _Face.__struct_fields__[1:] if getattr(faces[0], name) is not None)
        if self._told not in (None, told):
            raise UnevenError
        self._told = told
        for name in _Face.__struct_fields__[1:]:
            values = list(map(attrgetter(name), faces))
            missing = values.count(None)
            if missing and (missing < len(values) or name in told):
                raise UnevenError
            if not missing:
                extras |= self._extra(name, values)
        return extras

    def _extra(self, name: str, values: list[Any]) -> dict[str, Any]:
        if name in _TUPLES:
            extra, parts = _TUPLES[name]
            get: Callable[[Any], tuple[float, ...]] = attrgetter(*parts)
            return {extra: _numbers(list(chain.from_iterable(map(get, values)))).reshape(-1, len(parts))}
        if name == "Confidence":
            return {"confidence": _numbers(values) / _PERCENT}
        if name == "Gender":
            return {"gender": [value.Value for value in values]}
        sure = _numbers([value.Confidence for value in values]) / _PERCENT
        return {self._flags[name]: np.where([value.Value for value in values], sure, 1 - sure)}


def _numbers(values: list[float]) -> NDArray[np.float64]:
    numbers = np.frombuffer(array("d", values), np.float64)
    if len(numbers) and np.abs(numbers).max() > _LARGEST:
        raise UnevenError
    return numbers


def quickly(faces: LongList, flags: dict[str, str]) -> Video | None:
    """Return the faces of a long list; None if each has to be looked at."""
    video = Video(flags)
    try:
        for entries in faces.some(_ENTRY, _ENTRIES, strict=True):
            video.add(entries)
    except (msgspec.DecodeError, UnicodeDecodeError, UnevenError, OverflowError):
        return None
    return video
