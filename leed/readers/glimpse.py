"""A look at plain data of any size, to recognise a format by: long lists are sampled, and the whole is kept small."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from leed.readers.long_lists import LongList

_MOST = 8_000  # mappings and lists
_ENTRIES = 200  # of a list: the first, and as many again from all over it
_KEYS = 4_096  # of a mapping
_DEEPEST = 12
_CONTAINERS = (Mapping, list, tuple)


def glimpse(plain: Any) -> Any:  # noqa: ANN401 - whatever the input holds
    """Return plain data of the same shape with no more than some thousand values in it; what is small is all there.

    A part that is cut away is not there at all. The keys of a mapping share what may be looked at, so that a long list
    under one of them hides nothing under the others.

    >>> glimpse({"rows": [{"a": 1}] * 100_000, "more": [{"b": 2}]})["more"]
    [{'b': 2}]
    """
    return _Glimpse(_MOST).of(plain, 0)


class _Glimpse:
    """Copies until so many mappings and lists were met."""

    def __init__(self, left: int) -> None:
        self._left = left

    def of(self, value: Any, depth: int) -> Any:  # noqa: ANN401 - as above
        if not isinstance(value, _CONTAINERS):
            return value
        self._left -= 1
        if isinstance(value, Mapping):
            return self._mapping(value, depth)
        sample = (self.of(inner, depth + 1) for inner in _sample(value) if self._takes(inner, depth))
        return tuple(sample) if isinstance(value, tuple) else list(sample)

    def _mapping(self, value: Mapping[Any, Any], depth: int) -> dict[Any, Any]:
        items = list(islice(value.items(), _KEYS))
        sharing = sum(isinstance(inner, _CONTAINERS) for _, inner in items)
        found = {}
        for key, inner in items:
            if not isinstance(inner, _CONTAINERS):
                found[key] = inner
            elif self._takes(inner, depth):
                part = _Glimpse(max(1, self._left // sharing))
                before = part._left
                found[key] = part.of(inner, depth + 1)
                self._left -= before - part._left
                sharing -= 1
        return found

    def _takes(self, value: Any, depth: int) -> bool:  # noqa: ANN401 - as above
        return not isinstance(value, _CONTAINERS) or (self._left > 0 and depth < _DEEPEST)


def sampled(length: int) -> Iterator[int]:
    """Return the places of the entries of a list that are looked at: the first ones, and some from all over the rest.

    >>> list(sampled(3)), len(list(sampled(1_000_000)))
    ([0, 1, 2], 400)
    """
    yield from range(min(length, _ENTRIES))
    if length > _ENTRIES:
        yield from range(_ENTRIES, length, -(-(length - _ENTRIES) // _ENTRIES))


def _sample(values: Sequence[Any]) -> Iterator[Any]:
    """Some of the values; of lists of one length, those at the same places."""
    places = sampled(len(values))
    return values.at(places) if isinstance(values, LongList) else (values[i] for i in places)
