"""The shape of rows of JSON that are all alike, so that they are decoded as one type: what each key is.

A shape is made of the first row, and only where what `leed.readers.nesting` makes of a row depends on its keys alone:
scores beside each other, or below modalities or one wrapper, with numbers or null for known labels, and numbers for all
others. Where one of them is a number as text, such as "80%", all may be.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from leed.modality import NAMES
from leed.readers.about import is_personal
from leed.readers.nesting import WRAPPERS, is_known, is_score, place_of
from leed.readers.units import says_per_cent
from leed.scores import PAIR_KEYS, number_of
from leed.taxonomy import fold

_TIMES = frozenset({"begin", "begin_ms", "end", "end_ms", "confidence"})
_MOST = 64  # modalities in a row
_WIDEST = 1000  # labels under one of them

Row = dict[str, Any]
Values = Callable[[Any], tuple[Any, ...]]


class Scores(msgspec.Struct, frozen=True):
    """Scores that stand beside each other.

    Attributes:
        labels: in the order of the first row.
        key: what they stand under, or None.
        modality: the one that this is.
        values: takes them out of a decoded row; None for null.
    """

    labels: tuple[str, ...]
    key: str | None
    modality: str | None
    values: Values


class Shape(msgspec.Struct, frozen=True):
    """What the keys of rows are.

    Attributes:
        row: the type to decode them as; nothing else fits it.
        keys: in their order, those of mappings within with what is in them.
        scores: one for each modality, or a single one.
        fields: those that rows fill (see `leed.readers.about`).
        values: takes the fields out of a decoded row.
        unread: keys of text that is no score.
        texts: takes these out of a decoded row.
        optional: whether keys may be missing, but for those of modalities; what is missing is UNSET.
        worded: whether scores may be text, too.
    """

    row: type[msgspec.Struct]
    keys: tuple[Any, ...]
    scores: tuple[Scores, ...]
    fields: tuple[str, ...]
    values: Values
    unread: tuple[str, ...]
    texts: Values
    optional: bool = False
    worded: bool = False


@lru_cache(maxsize=1 << 14)
def number_in(text: str) -> float:
    """Return the number that a score is as text, NaN for blanks.

    >>> number_in("80%"), number_in("0.5")
    (0.8, 0.5)

    Raises:
        ValueError: it is none, or a word that says how likely something is.
    """
    number, code = number_of(text)
    if text.strip() and code != "not-a-number":
        raise ValueError(f"{text[:20]!r} is no number")
    return number


def shape_of(row: Any, *, optional: bool = False) -> Shape | None:  # noqa: ANN401 - whatever the input holds
    """Return the shape of a row, or None where there is more to a row than its keys tell.

    ``optional`` is whether others may have some of the keys only; `union` makes a row of all that there are.

    >>> shape_of({"begin": 0.5, "Joy": 0.8}).fields, shape_of({"models": {"prosody": {"Joy": 0.8}}})
    (('begin',), None)
    """
    if not isinstance(row, dict) or any(row.keys() >= {*keys} for keys in PAIR_KEYS):
        return None
    kinds = {key: _kind(key, value) for key, value in row.items()}
    below = {key: value for key, value in row.items() if isinstance(value, dict)}
    beside = [key for key, (what, _) in kinds.items() if what == "score"]
    fields = [name for what, name in kinds.values() if what == "field"]
    modalities = [name for what, name in kinds.values() if what == "modality"]
    odd = any(what == "odd" for what, _ in kinds.values()) or (bool(below) and any(map(is_known, row)))
    twice = len({*fields}) < len(fields) or len({*modalities}) < len(modalities) or len(below) > _MOST
    wrapped = any(what == "wrapper" for what, _ in kinds.values())
    both = bool(below) and (bool(beside) or (len(below) > 1 if wrapped else "modality" in fields))
    told = bool(below) or any(map(is_known, beside))  # else the numbers of all rows have to tell that they are scores
    if odd or twice or both or not told or not (below or _are_labels(beside)):
        return None
    try:
        return _made(row, kinds, optional=optional)
    except ValueError:  # a key that msgspec does not take
        return None


def keys_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the keys of a row in their order, those of mappings within with what is in them."""
    return tuple((key, *value) if isinstance(value, dict) else key for key, value in row.items())


def union(rows: Iterable[Row]) -> Row:
    """Return a row with each key of any, in the order in which they come, and the first value that is not null.

    >>> union([{"Joy": None, "face": {"Awe": 0}}, {"Joy": 0.5, "face": {"Fear": 1}, "begin": 2}])
    {'Joy': 0.5, 'face': {'Awe': 0, 'Fear': 1}, 'begin': 2}
    """
    whole: Row = {}
    for row in rows:
        for key, value in row.items():
            held = whole.get(key)
            if isinstance(held, dict) and isinstance(value, dict):
                whole[key] = union([held, value])
            elif held is None:
                whole[key] = value
    return whole


def _kind(key: str, value: Any) -> tuple[str, str]:  # noqa: ANN401 - any value of a row
    """What stands under a key, and as which field or modality."""
    if isinstance(value, dict):
        return _below(key) if _are_scores(value) else ("odd", "")
    what, field = place_of(key)
    if what == "field":
        number = value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))
        word = value is None or isinstance(value, str) or type(value) is int
        return ("field", field) if (number if field in _TIMES else word) else ("odd", "")
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if number and what in ("label", "unknown"):
        return "score", ""
    if value is None and what == "label":
        return "score", ""
    if isinstance(value, str) and is_score(value):
        return ("score", "") if what in ("label", "unknown") and _is_number(value) else ("odd", "")
    text = value is None or isinstance(value, str)
    return ("unread", "") if what == "unknown" and text else ("odd", "")


def _below(key: str) -> tuple[str, str]:
    """What scores are that stand under a key."""
    if is_personal(key):
        return "odd", ""
    modality = NAMES.get(key.casefold())
    if modality is not None:
        return "modality", modality
    return ("wrapper" if fold(key) in WRAPPERS else "odd"), ""


def _are_scores(value: Mapping[str, Any]) -> bool:
    """Whether these are labels, at least one of them known, and their scores."""
    labels = any(map(is_known, value)) and _are_labels(list(value))
    return labels and all(_kind(label, cell)[0] == "score" for label, cell in value.items())


def _is_number(text: str) -> bool:
    try:
        return not math.isnan(number_in(text))
    except ValueError:
        return False


def _are_labels(names: Sequence[str]) -> bool:
    """Whether these are labels that are all different, and do not say what their numbers are."""
    different = len({fold(name) or name for name in names}) == len(names)
    return different and 0 < len(names) <= _WIDEST and not any(map(says_per_cent, names))


def _made(row: Mapping[str, Any], kinds: Mapping[str, tuple[str, str]], *, optional: bool) -> Shape:
    types: dict[str, Any] = {}
    scores = []
    below = [cell for value in row.values() if isinstance(value, dict) for cell in value.values()]
    worded = any(isinstance(value, str) for value in [*below, *(row[key] for key in row if kinds[key][0] == "score")])
    for key, value in row.items():
        what, name = kinds[key]
        place = f"f{len(types)}"
        if what in {"modality", "wrapper"}:
            types[key] = _struct({label: _score(label, worded=worded) for label in value}, optional=optional)
            inner = [f"{place}.f{i}" for i in range(len(value))]
            scores.append(Scores(tuple(value), key, name or None, _getter(inner)))
        elif what == "field":
            types[key] = float | None if name in _TIMES else str | int | None
        else:
            types[key] = _score(key, worded=worded) if what == "score" else str | None
    places = {key: f"f{i}" for i, key in enumerate(types)}
    of = {what: [key for key in row if kinds[key][0] == what] for what in ("score", "field", "unread")}
    if of["score"]:
        scores.append(Scores(tuple(of["score"]), None, None, _getter([places[key] for key in of["score"]])))
    return Shape(
        row=_struct(types, optional=optional),
        keys=keys_of(row),
        scores=tuple(scores),
        fields=tuple(kinds[key][1] for key in of["field"]),
        values=_getter([places[key] for key in of["field"]]),
        unread=tuple(of["unread"]),
        texts=_getter([places[key] for key in of["unread"]]),
        optional=optional,
        worded=worded,
    )


def _score(label: str, *, worded: bool) -> Any:  # noqa: ANN401 - a type
    """The type of a score: null is one that is missing where leed knows the label; under other names, it is none."""
    kind: Any = float | None if place_of(label)[0] == "label" else float
    return kind | str if worded else kind


def _struct(types: Mapping[str, Any], *, optional: bool) -> type[msgspec.Struct]:
    """A type of objects that have all of these keys, or some of them if they are optional, and no other."""
    names = {f"f{i}": key for i, key in enumerate(types)}
    fields: list[Any] = list(zip(names, types.values(), strict=True))
    if optional:
        fields = [_optional(name, kind) for name, kind in fields]
    return msgspec.defstruct("Row", fields, rename=names, forbid_unknown_fields=True, gc=False, kw_only=True)


def _optional(name: str, kind: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a type
    """A field that may be missing; a modality may not."""
    is_modality = isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    return (name, kind) if is_modality else (name, kind | UnsetType, UNSET)


def _getter(places: Sequence[str]) -> Values:
    """What returns the values at places of an object, always as a tuple."""
    if not places:
        return lambda _: ()
    get = attrgetter(*places)
    return get if len(places) > 1 else lambda row: (get(row),)
