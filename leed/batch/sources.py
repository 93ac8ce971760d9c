"""What commands over many inputs are given: what is read as one recording, in the order in which it was given."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Final

from leed.batch.inputs import inputs_of, listed

STDIN: Final = "-"
_LIST: Final = "@"
_MAGIC: Final = frozenset("*?[")


def sources_of(given: Iterable[str]) -> list[str]:
    """Return what is meant, an address for each input, in order; each as often as it was given.

    What is here on this disk is one input, a directory too: `leed.read` reads it as one recording. Patterns stand for
    the files that match, an @list for its lines; so do URLs for what fsspec finds there, in the order of the addresses.

    >>> sources_of(["-", "no such file.json"])
    ['-', 'no such file.json']

    Raises:
        InputError: a list, pattern or URL leads nowhere.
        MissingPackageError: it needs a package that is not installed.
    """
    return [source for one in given for line in _lines(one) for source in _meant(line)]


def _lines(one: str) -> Iterable[str]:
    return listed([one]) if one.startswith(_LIST) and not os.path.exists(one) else [one]


def _meant(one: str) -> Iterator[str]:
    if "://" in one or (_MAGIC & set(one) and not os.path.exists(one)):
        yield from (entry.url for entry in inputs_of([one]))
    else:
        yield one  # one that is not there is an error of its own
