"""Texts as people hand them over: each different one once, fit for any tokenizer, and which one each row has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leed.errors import InputError
from leed.matrix import Sentences


def different(texts: Sequence[str] | Sentences) -> tuple[list[str], NDArray[np.int64]]:
    """Return the different texts in the order of their first row, and for each row which one it has.

    Halves of characters, which tokenizers and JSON refuse, become U+FFFD. What `leed.describe_matrix` returned is
    not expanded.

    >>> unique, codes = different(["sad", "glad", "sad"])
    >>> unique, codes.tolist()
    (['sad', 'glad'], [0, 1, 0])

    Raises:
        InputError: it is no sequence of texts.
    """
    if isinstance(texts, Sentences):
        unique, codes = different(texts.unique)
        return _used(unique, codes[texts.codes])
    rows = _listed(texts)
    try:
        places: dict[Any, int] = {text: place for place, text in enumerate(dict.fromkeys(rows))}
    except TypeError as error:  # what cannot be a key is no text either
        raise _no_text(next(row for row in rows if not isinstance(row, str))) from error
    if not all(isinstance(text, str) for text in places):
        raise _no_text(next(text for text in places if not isinstance(text, str)))
    codes = np.fromiter(map(places.__getitem__, rows), np.int64, len(rows))
    known = [fit(text) for text in places]
    if len(set(known)) < len(known):
        unique, again = different(known)
        return unique, again[codes]
    return known, codes


def _used(unique: list[str], codes: NDArray[np.int64]) -> tuple[list[str], NDArray[np.int64]]:
    """Without texts that no row has: they would be embedded, and paid for, for nothing."""
    used = np.bincount(codes, minlength=len(unique)) > 0
    return [unique[place] for place in np.flatnonzero(used).tolist()], (np.cumsum(used) - 1)[codes]


def _listed(texts: Any) -> list[Any]:  # noqa: ANN401 - whatever was given
    given = type(texts).__name__
    for way in ("tolist", "to_pylist", "to_list"):  # of NumPy and pandas, of Arrow, of polars
        if hasattr(texts, way):
            texts = getattr(texts, way)()
            break
    if isinstance(texts, str | bytes | Mapping) or not isinstance(texts, Iterable):
        raise InputError(f"embed was given {given}; give a list of texts, as ['They look sad.']")
    return list(texts)


def _no_text(given: object) -> InputError:
    return InputError(f"a text to embed is {given!r:.60} ({type(given).__name__}); each is a str")


def fit(text: str) -> str:
    r"""Return a text without halves of characters, each of which is U+FFFD.

    >>> fit("a\ud800")
    'a\ufffd'
    """
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
