"""Objects of vendors' SDKs as plain data, told by what they offer; no SDK is imported.

Models of pydantic (1 and 2), dataclasses, attrs classes, named tuples and pandas' Series become mappings, however deep
they stand. What is plain already stays the very same object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any

from leed.errors import InputError, UnknownFormatError

_LEAVES = frozenset({str, int, float, bool, type(None), bytes})
_DEEPEST = 64

Fields = Callable[[Any], Mapping[Any, Any]]


def plain(given: Any) -> Any:  # noqa: ANN401 - anything that leed.read takes
    """Return mappings and lists for objects of vendors' SDKs, alone or within mappings and lists.

    >>> from collections import namedtuple
    >>> Answer = namedtuple("Answer", "label score")
    >>> plain([Answer("happy", 0.9)])
    [{'label': 'happy', 'score': 0.9}]

    Raises:
        InputError: an object cannot be taken apart, holds itself, or is nested too deeply; the message names it.
    """
    return _Plain(f"the {type(given).__name__} given")(given, 0)


def is_object(given: Any) -> bool:  # noqa: ANN401 - as above
    """Return whether this is an object that can be taken apart."""
    return _fields_of(type(given)) is not None


class _Plain:
    """Takes one input apart. ``shown`` is what messages call it."""

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._within: set[int] = set()
        self._done: dict[int, tuple[Any, Any]] = {}

    def __call__(self, value: Any, depth: int) -> Any:  # noqa: ANN401 - anything
        """Return the value itself if all of it is plain."""
        kind = type(value)
        if kind in _LEAVES or (kind is dict and _LEAVES.issuperset(map(type, value.values()))):
            return value
        made = self._done.get(id(value))
        if made is None:
            made = (value, self._opened(value, depth))  # the value is held, so that its id is not given away again
            self._done[id(value)] = made
        return made[1]

    def _opened(self, value: Any, depth: int) -> Any:  # noqa: ANN401 - as above
        kind = type(value)
        fields = _fields_of(kind)
        if fields is None and not isinstance(value, (Mapping, list, tuple)):
            return value.value if isinstance(value, Enum) else value
        if id(value) in self._within or depth > _DEEPEST:
            raise InputError(f"{self._shown}: is nested too deeply to be a recording of scores, or holds itself")
        self._within.add(id(value))
        try:
            if fields is not None:
                return self(_taken(value, fields), depth + 1)
            return self._mapping(value, depth) if isinstance(value, Mapping) else self._list(value, depth)
        finally:
            self._within.discard(id(value))

    def _mapping(self, value: Mapping[Any, Any], depth: int) -> Mapping[Any, Any]:
        made = {key: self(inner, depth + 1) for key, inner in value.items()}
        return made if _changed(value.values(), made.values()) else value

    def _list(self, value: list[Any] | tuple[Any, ...], depth: int) -> Any:  # noqa: ANN401 - the same, or a list
        if _LEAVES.issuperset(map(type, value)):
            return value
        made = [self(inner, depth + 1) for inner in value]
        return made if _changed(value, made) else value


def _changed(before: Iterable[Any], after: Iterable[Any]) -> bool:
    return any(a is not b for a, b in zip(before, after, strict=False))


def _taken(value: Any, fields: Fields) -> Mapping[Any, Any]:  # noqa: ANN401 - any object
    name = type(value).__name__
    try:
        taken = fields(value)
    except Exception as error:  # an object of somebody else's may raise anything
        raise InputError(f"the {name} given cannot be taken apart: {type(error).__name__}: {error!s:.200}") from error
    if not isinstance(taken, Mapping):
        raise UnknownFormatError(f"the {name} given gives {type(taken).__name__}, not its fields by name")
    return taken


def _fields_of(kind: type) -> Fields | None:  # noqa: PLR0911 - one for each kind
    """What takes objects of a class apart. The class is asked, as an object may claim to have anything."""
    if issubclass(kind, (dict, list, str, bytes)):
        return None
    if callable(getattr(kind, "model_dump", None)):
        return _model_dump
    if callable(getattr(kind, "dict", None)) and hasattr(kind, "__fields__"):
        return _dict
    if hasattr(kind, "__dataclass_fields__"):
        return _named("__dataclass_fields__")
    if hasattr(kind, "__attrs_attrs__"):
        return lambda value: {field.name: getattr(value, field.name) for field in kind.__attrs_attrs__}
    if hasattr(kind, "to_dict") and hasattr(kind, "index") and not hasattr(kind, "columns"):  # a Series of pandas
        return lambda value: {str(name): cell for name, cell in value.to_dict().items()}
    return _named("_fields") if issubclass(kind, tuple) and hasattr(kind, "_fields") else None


def _named(attribute: str) -> Fields:
    return lambda value: {name: getattr(value, name) for name in getattr(type(value), attribute)}


def _model_dump(value: Any) -> Any:  # noqa: ANN401 - a model of pydantic 2, or what looks like one
    """What the answer held: the fields that were set, under the names that the vendor gives them."""
    try:
        return value.model_dump(by_alias=True, exclude_unset=True, warnings=False)
    except TypeError:
        return value.model_dump()


def _dict(value: Any) -> Any:  # noqa: ANN401 - a model of pydantic 1
    try:
        return value.dict(by_alias=True, exclude_unset=True)
    except TypeError:
        return value.dict()
