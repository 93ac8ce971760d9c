"""The values that pass between leed's stages: Recording, Track, Segment, Issue, Description, Term.

All are frozen and compare by value. Description and Term load without numpy, so that describing a mapping needs none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leed.schema.terms import Description, Issue, Segment, Term

if TYPE_CHECKING:
    from leed.schema.recording import Recording
    from leed.schema.tracks import Track

__all__ = ["Description", "Issue", "Recording", "Segment", "Term", "Track"]


def __getattr__(name: str) -> object:
    if name in ("Recording", "Track"):
        from leed.schema import recording  # noqa: PLC0415 - loads numpy

        return getattr(recording, name)
    raise AttributeError(f"module 'leed.schema' has no attribute {name!r}")
