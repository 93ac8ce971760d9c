"""Words that depend on each other: parts of speech, persons, and the forms that they take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from leed.lexicon import TENSES
from leed.lexicon.check.fault import UNKNOWN, Fault, Where, english, inner, persons, sample


def words(plain: dict[str, Any]) -> Iterator[Fault]:
    """Yield adverbs that would be said in English, and names of adverbs and modalities that nobody knows."""
    known = english()["adverbs"]
    for name, adverb in inner(plain, "adverbs").items():
        if plain.get("lang") != "en" and name in known and isinstance(adverb, dict) and "word" not in adverb:
            yield Fault(("adverbs", name, "word"), f"missing{sample(name)}")
    for name, word in inner(plain, "words").items():
        yield from _unknown(word, "adverbs", inner(plain, "adverbs"), name)
        yield from _unknown(word, "by_modality", english()["modalities"], name)
    person = plain.get("person")
    if isinstance(person, str) and person not in inner(plain, "persons"):
        yield Fault(("person",), "is no key of persons")


def _unknown(word: object, part: str, known: Mapping[str, object], name: str) -> Iterator[Fault]:
    for key in inner(word, part):
        if key not in known:
            yield Fault(("words", name, part, key), UNKNOWN)


def conjugation(plain: dict[str, Any]) -> Iterator[Fault]:
    """Yield lines of the conjugation that are missing, and verbs with too few or too many forms."""
    lines = inner(plain, "conjugation")
    for line in ("singular", "plural"):
        if line not in lines:
            yield Fault(("conjugation", line), "missing; nouns agree with it")
    for where, agrees in _agreements(plain):
        if isinstance(agrees, str) and agrees not in lines:
            yield Fault(where, f"{agrees!r} is no line of the conjugation")
    if not {"singular", "plural"} <= set(lines):
        return
    pairs = [line for line in lines.values() if isinstance(line, list) and len(line) == len(TENSES)]
    numbers = [number for pair in pairs for number in pair]
    if not numbers or not all(type(number) is int and number >= 0 for number in numbers):
        yield Fault(("conjugation",), "counts no forms; give each line two numbers from 0")
        return
    least, most = min(past for _, past in pairs) + 1, max(numbers) + 1
    for where, forms in _verbs(plain):
        if isinstance(forms, list) and forms and not least <= len(forms) <= most:
            counted = f"{least} to {most}" if least < most else str(most)
            yield Fault(where, f"has {len(forms)} forms, needs {counted}")


def _agreements(plain: dict[str, Any]) -> Iterator[tuple[Where, object]]:
    for where, person in persons(plain):
        yield (*where, "agrees"), person.get("agrees")
    for name, modality in inner(plain, "modalities").items():
        if isinstance(modality, dict):
            yield ("modalities", name, "agrees"), modality.get("agrees")


def _verbs(plain: dict[str, Any]) -> Iterator[tuple[Where, object]]:
    for name, modality in inner(plain, "modalities").items():
        for part in ("verb", "how"):
            if isinstance(modality, dict) and part in modality:
                yield ("modalities", name, part), modality[part]
    if "show" in inner(plain, "grammar"):
        yield ("grammar", "show"), plain["grammar"]["show"]
    for name, word in inner(plain, "words").items():
        if isinstance(word, dict) and "verb" in word:
            yield ("words", name, "verb"), word["verb"]
