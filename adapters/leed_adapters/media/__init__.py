"""Media cut into segments: what is heard, seen and said, as models take it; nothing here knows a model of expression.

Each name is imported at its first use, as what reads sound needs no Pillow, and what reads a transcript no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leed_adapters.media.boundaries import Boundaries as Boundaries
    from leed_adapters.media.boundaries import Stretch as Stretch
    from leed_adapters.media.cutting import Clip as Clip
    from leed_adapters.media.cutting import clips as clips
    from leed_adapters.media.detection import Detector as Detector
    from leed_adapters.media.detection import faces as faces
    from leed_adapters.media.kinds import kind_of as kind_of
    from leed_adapters.media.looking import Picture as Picture
    from leed_adapters.media.looking import pictures as pictures
    from leed_adapters.media.tracking import Face as Face
    from leed_adapters.media.tracking import Tracker as Tracker
    from leed_adapters.media.transcripts import read_boundaries as read_boundaries
    from leed_adapters.media.windows import window_mean as window_mean

_HOME = {
    "Boundaries": "boundaries",
    "Clip": "cutting",
    "Detector": "detection",
    "Face": "tracking",
    "Picture": "looking",
    "Stretch": "boundaries",
    "Tracker": "tracking",
    "clips": "cutting",
    "faces": "detection",
    "kind_of": "kinds",
    "pictures": "looking",
    "read_boundaries": "transcripts",
    "window_mean": "windows",
}

__all__ = [
    "Boundaries",
    "Clip",
    "Detector",
    "Face",
    "Picture",
    "Stretch",
    "Tracker",
    "clips",
    "faces",
    "kind_of",
    "pictures",
    "read_boundaries",
    "window_mean",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - only here

    value: object = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
