"""Places: what stands in braces, and who fills it."""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter
from typing import Any

from leed.lexicon.check.fault import UNKNOWN, Fault, Where, english, inner, persons

_CLAUSES = ("unclear", "unreported", "withheld", "nothing", "hint")  # a noun may stand in them in any of its cases
_WORDLESS = ("mid", "predicate", "head", "rest")
_MAY_LACK: dict[Where, set[str]] = {("usual",): {"mid"}}  # "more than they usually do" needs no person everywhere


def places(plain: dict[str, Any]) -> Iterator[Fault]:
    """Yield places that a text lacks or that nothing fills, and words that some persons have and others do not."""
    by_person = {key for _, person in persons(plain) for key in inner(person, "words")}
    for where, person in persons(plain):
        for key in sorted(by_person - set(inner(person, "words"))):
            yield Fault((*where, "words", key), "missing; other persons have it")
    modalities = inner(plain, "modalities")
    cases = {key for modality in modalities.values() for key in inner(modality, "cases")}
    for name, modality in modalities.items():
        for key in sorted(cases - set(inner(modality, "cases"))):
            yield Fault(("modalities", name, "cases", key), "missing; other modalities have it")
    for where, text in _texts(plain, ()):
        yield from _misplaced(where, text, by_person, {"noun", *cases})


def _misplaced(where: Where, text: str, by_person: set[str], nouns: set[str]) -> Iterator[Fault]:
    found = _in_braces(text)
    if found is None:
        yield Fault(where, "has a brace that belongs to no place such as {x}")
        return
    needed, known = _expected(where, by_person, nouns)
    if found & nouns:
        needed = needed - nouns  # whichever case the language wants
    for place in sorted(needed - found):
        yield Fault(where, f"lacks the place {{{place}}}")
    for place in sorted(found - known):
        yield Fault(where, f"{UNKNOWN} place {{{place}}}")


def _texts(value: object, where: Where) -> Iterator[tuple[Where, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, (dict, list)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(item, (*where, str(key)))


def _in_braces(text: str) -> set[str] | None:
    """The names in braces; None where there is anything but bare names."""
    try:
        fields = [
            (name, bool(spec or conversion))
            for _, name, spec, conversion in Formatter().parse(text)
            if name is not None
        ]
    except ValueError:
        return None
    return {name for name, _ in fields} if all(name.isidentifier() and not more for name, more in fields) else None


def _expected(where: Where, by_person: set[str], nouns: set[str]) -> tuple[set[str], set[str]]:
    """The places that a text needs, and all that are filled in it."""
    model = _english_places(where)
    needed, known = model - {"their"} - _MAY_LACK.get(where[1:2], set()), model
    match where:
        case ("persons", person, *_):
            known = {"name"} if person == "*" else set()
        case ("modalities", _, "wordless"):
            needed, known = {"mid"}, {*_WORDLESS, *by_person}
        case ("modalities", _, "verb", _):
            needed, known = {"x"}, {"x", "adverb", *by_person}
        case ("modalities", _, "how" | "noun" | "again" | "cases", *_):
            known = by_person
        case ("words", _, "verb", _):
            known = {"adverb", *by_person}
        case ("adverbs", _, "noun"):
            needed, known = {"noun"}, {"noun"}
        case ("grammar", frame, *_) if frame in _CLAUSES:
            known = {*model, "mid", "how", "show", *nouns, *by_person}
        case ("grammar", "said" | "show" | "usual", *_):
            known = {*model, *by_person}
        case _:
            pass
    return needed, known


def _english_places(where: Where) -> set[str]:
    """The places of the same text in English; of a list's last entry where English has fewer."""
    value: Any = english()
    for key in where:
        if isinstance(value, list) and key.isdecimal():
            value = value[min(int(key), len(value) - 1)]
        else:
            value = value.get(key) if isinstance(value, dict) else None
    return (_in_braces(value) or set()) if isinstance(value, str) else set()
