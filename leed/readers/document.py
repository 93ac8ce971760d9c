"""leed's own document: a recording as JSON, read back exactly.

::

    {"leed": "recording/1", "tracks": [{"labels": ["Joy"], "scores": [[0.84]], "modality": "face", ...}], "issues": []}

Quantity: as written. Source: `Recording.to_json`; the JSON Schema is printed by ``python -m leed.schema.documents``.
"""

from __future__ import annotations

from collections.abc import Mapping

from leed.readers import CERTAIN, NOT_THIS, Guess, Reader
from leed.readers.content import Content
from leed.schema.recording import Recording


def recognise(content: Content) -> Guess:
    """Return whether the content says that it is a leed document."""
    if content.kind == "json" and b'"leed"' in content.head and b'"recording/' in content.head:
        return Guess(CERTAIN)
    if content.is_plain and isinstance(content.plain, Mapping) and "leed" in content.plain:
        return Guess(CERTAIN)
    return NOT_THIS


def read(content: Content) -> Recording:
    """Return the recording that the document holds."""
    return Recording.from_dict(content.plain)


reader = Reader("leed", "leed's own JSON document", "as written", recognise, read)
