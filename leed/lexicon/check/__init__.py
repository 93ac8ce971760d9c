"""What is wrong with a lexicon: everything that English has and it lacks, and everything in it that nobody would read.

English is the measure: its keys, its forms, and the places in braces of its frames.
"""

from __future__ import annotations

import json
from typing import Any

from leed.errors import DataFileError
from leed.lexicon.check.agreement import conjugation, words
from leed.lexicon.check.fault import UNKNOWN, Fault
from leed.lexicon.check.places import places
from leed.lexicon.check.shape import shape


def faults(data: bytes) -> list[Fault]:
    """Return what is wrong with the JSON text of a lexicon: missing first, by path.

    >>> from leed.lexicon import source_of
    >>> faults(source_of("de"))
    []
    >>> text = source_of("de").decode().replace('"said"', '"sagt"').replace("{mid} {how}", "{how}")
    >>> for fault in faults(text.encode()):
    ...     print(fault)
    grammar.said: missing (English: "{subject} said ")
    grammar.unclear.0: lacks the place {mid}
    grammar.unclear.1: lacks the place {mid}
    grammar.sagt: unknown
    """
    repeated: list[str] = []
    try:
        plain = json.loads(data, object_pairs_hook=lambda pairs: _object(pairs, repeated))
    except (ValueError, RecursionError) as error:
        return [Fault((), f"not JSON: {error}")]
    found = [Fault((), f"the key {key!r} stands twice in one object") for key in repeated]
    found += shape(plain)
    if isinstance(plain, dict):
        unread = {fault.where for fault in found if fault.what.startswith(UNKNOWN)}
        more = [*words(plain), *conjugation(plain), *places(plain)]
        found += [fault for fault in more if not any(fault.where[: len(where)] == where for where in unread)]
    return sorted(dict.fromkeys(found), key=lambda fault: fault.what.startswith(UNKNOWN))


def refuse_broken(data: bytes, path: str) -> None:
    """Raise an error that names what leed cannot speak without, if a lexicon lacks any of it.

    Raises:
        DataFileError: it does.
    """
    broken = [fault for fault in faults(data) if fault.breaks]
    if broken:
        more = f", and {len(broken) - 1} more" if broken[1:] else ""
        raise DataFileError(f"lexicon {path}: {broken[0]}{more}; `leed lexicon check {path}` lists all")


def _object(pairs: list[tuple[str, Any]], repeated: list[str]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        repeated += sorted({key for key in keys if keys.count(key) > 1})
    return made


__all__ = ["Fault", "faults", "refuse_broken"]
