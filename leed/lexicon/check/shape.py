"""Keys and types: what is missing, unknown or of the wrong type."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping

from msgspec import inspect

from leed import quoting, taxonomy
from leed.lexicon import Lexicon
from leed.lexicon.check.fault import UNKNOWN, Fault, Where, english, sample

_NEEDED = ("persons", "modalities", "adverbs", "words")  # objects that have all the keys that English has
_WANTED = ("timeline", "wordless", "adjective", "verb")  # may be left out, but not unnoticed where English has them
_CLOSED = ("modalities", "words")  # and no others: nobody would read them


def shape(plain: object) -> Iterator[Fault]:
    """Yield what is missing in a lexicon, unknown or of the wrong type."""
    return _value(plain, inspect.type_info(Lexicon), english(), ())


def _value(value: object, kind: inspect.Type, model: object, where: Where) -> Iterator[Fault]:
    """What is wrong with a value; the model is the same one in English, or None."""
    if isinstance(kind, inspect.UnionType):
        if value is None:
            return
        kind = next(one for one in kind.types if not isinstance(one, inspect.NoneType))
    if isinstance(kind, inspect.StructType):
        yield from _struct(value, kind, model, where)
    elif isinstance(kind, inspect.DictType):
        yield from _object(value, kind, model, where)
    elif isinstance(kind, (inspect.VarTupleType, inspect.TupleType)):
        yield from _list(value, kind, model, where)
    elif isinstance(kind, inspect.StrType):
        yield from _text(value, where)
    elif type(value) is not (bool if isinstance(kind, inspect.BoolType) else int):
        expected = "true or false" if isinstance(kind, inspect.BoolType) else "a number"
        yield Fault(where, f"{_type(value)}; expected {expected}")


def _struct(value: object, kind: inspect.StructType, model: object, where: Where) -> Iterator[Fault]:
    fields = {field.encode_name: field for field in kind.fields if field.encode_name != "digest"}
    models = model if isinstance(model, dict) else {}
    needed = [name for name, field in fields.items() if field.required or (name in _WANTED and models.get(name))]
    yield from _keys(value, {name: field.type for name, field in fields.items()}, needed, model, where, closed=True)


def _object(value: object, kind: inspect.DictType, model: object, where: Where) -> Iterator[Fault]:
    listed = len(where) == 1 and where[0] in _NEEDED and isinstance(model, dict)
    needed = list(model) if listed and isinstance(model, dict) else []
    closed = listed and where[0] in _CLOSED
    keys = needed if closed else [*needed, *(value if isinstance(value, dict) else ())]
    yield from _keys(value, dict.fromkeys(keys, kind.value_type), needed, model, where, closed=closed)


def _keys(
    value: object,
    kinds: Mapping[str, inspect.Type],
    needed: Iterable[str],
    model: object,
    where: Where,
    *,
    closed: bool,
) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield Fault(where, f"{_type(value)}; expected an object")
        return
    models = model if isinstance(model, dict) else {}
    for name in needed:
        if name not in value:
            yield Fault((*where, name), f"missing{sample(models.get(name))}", breaks=_breaks((*where, name)))
    for name, item in value.items():
        if closed and name not in kinds:
            close = difflib.get_close_matches(name, kinds, n=1)
            yield Fault((*where, name), UNKNOWN + (f" (did you mean {close[0]}?)" if close else ""))
        else:
            yield from _value(item, kinds[name], models.get(name), (*where, name))


def _list(
    value: object, kind: inspect.VarTupleType | inspect.TupleType, model: object, where: Where
) -> Iterator[Fault]:
    if not isinstance(value, list) or not value:
        yield Fault(where, f"{'an empty list' if value == [] else _type(value)}; expected a list with entries")
        return
    if isinstance(kind, inspect.VarTupleType):
        kinds: tuple[inspect.Type, ...] = (kind.item_type,) * len(value)
    else:
        kinds = kind.item_types
    if len(value) != len(kinds):
        yield Fault(where, f"has {len(value)} entries, needs {len(kinds)}{sample(model)}")
        return
    for number, (item, item_kind) in enumerate(zip(value, kinds, strict=True)):
        yield from _value(item, item_kind, None, (*where, str(number)))


def _breaks(missing: Where) -> bool:
    """Whether leed cannot do without: a label may lack words, but no end of a scale, nor the neutral class."""
    if missing[-1] in ("timeline", "wordless"):
        return False
    if missing[0] != "words" or missing[-1] in ("words", "noun"):
        return True
    return taxonomy.concepts()[missing[1]].kind in ("pole", "neutral")


def _text(value: object, where: Where) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield Fault(where, f"{_type(value)}; expected text")
    elif quoting.clean(value) != value.strip():
        yield Fault(where, "has line breaks, control characters or several spaces in a row")


def _type(value: object) -> str:
    if value is None:
        return "null"
    names = {"dict": "an object", "list": "a list", "str": "text", "bool": "true or false"}
    return names.get(type(value).__name__, "a number")
