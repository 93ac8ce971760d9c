"""What modalities are called elsewhere."""

from __future__ import annotations

from leed.errors import one_of
from leed.schema.terms import MODALITIES

NAMES = {
    **{name: name for name in MODALITIES},
    "voice": "prosody",
    "speech": "prosody",
    "audio": "prosody",
    "vocal": "prosody",
    "facial": "face",
    "video": "face",
    "image": "face",
    "bursts": "burst",
    **dict.fromkeys(("vocal burst", "vocal bursts", "vocal_burst", "vocal_bursts"), "burst"),
    "text": "language",
    "words": "language",
}
"""From any usual name to leed's."""


def modality_named(name: str | None) -> str | None:
    """Return a modality by any of its usual names; None for None.

    >>> modality_named("voice")
    'prosody'

    Raises:
        OptionError: nobody calls a modality so.
    """
    if name is None:
        return None
    known = NAMES.get(str(name).casefold())
    if known is None:
        raise one_of("modality", name, tuple(NAMES))
    return known
