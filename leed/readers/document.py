"""leed's own document: a recording as JSON, read back exactly.

::

    {"leed": "recording/1", "tracks": [{"labels": ["Joy"], "scores": [[0.84]], "modality": "face", ...}], "issues": []}

Quantity: as written. Source: `Recording.to_json`; the JSON Schema is printed by ``python -m leed.schema.documents``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, NOT_THIS, Guess, Reader
from leed.readers.content import Content
from leed.schema.recording import Recording

_FIRST = re.compile(rb'\s*\{\s*"leed"\s*:\s*"recording/')


def recognise(content: Content) -> Guess:
    """Return whether the content says that it is a leed document."""
    if content.kind == "json":
        return Guess(CERTAIN) if _FIRST.match(content.head) else NOT_THIS
    version = content.plain.get("leed") if content.is_plain and isinstance(content.plain, Mapping) else None
    return Guess(CERTAIN) if isinstance(version, str) and version.startswith("recording/") else NOT_THIS


def read(content: Content) -> Recording:
    """Return the recording that the document holds."""
    if not isinstance(content.plain, Mapping):
        raise UnknownFormatError(f"{content.shown}: is {type(content.plain).__name__}, not a leed document")
    return Recording.from_dict(content.plain)


reader = Reader("leed", "leed's own JSON document", "as written", recognise, read)
