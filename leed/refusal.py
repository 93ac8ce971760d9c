"""Whose expression leed refuses to describe: people at work and in education, where the law forbids it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from leed.errors import OptionError, one_of

MARKS: Final = ("employee", "applicant", "pupil")
"""Marks of speakers whom leed does not describe."""

WHY: Final = (
    "leed describes nobody who is marked as {mark}: Article 5(1)(f) of the EU AI Act forbids inferring emotions from "
    "voice, face or other biometric data of people at work (employees, applicants) and in education (pupils, "
    "students), except for medical or safety reasons; see docs/law.md"
)

Speakers = Mapping[str, str] | str | None
"""Marks by the name of a speaker, or one mark for everybody; None: nobody is marked."""


def refusal(speakers: Speakers, *names: str | None) -> str | None:
    """Return why a speaker with one of these names is not described, or None if nothing is against it.

    >>> refusal({"Ben": "employee"}, "Anna") is None
    True
    >>> refusal({"Ben": "employee"}, "ben").partition(":")[0]
    'leed describes nobody who is marked as employee'
    """
    if speakers is None:
        return None
    if isinstance(speakers, str):
        return WHY.format(mark=speakers)
    marked = {name.casefold(): mark for name, mark in speakers.items()}
    mark = next((marked[name.casefold()] for name in names if name is not None and name.casefold() in marked), None)
    return None if mark is None else WHY.format(mark=mark)


def check_speakers(speakers: object) -> None:
    """Check that marks are known.

    Raises:
        OptionError: it is no mapping of name to mark, or there is no such mark.
    """
    given = [speakers] if isinstance(speakers, str) else speakers
    if isinstance(given, Mapping):
        given = list(given.values())
    elif not isinstance(given, list) and given is not None:
        raise OptionError(f"speakers is {speakers!r}; give marks by name, such as {{'Ben': 'employee'}}, or one mark")
    unknown = [mark for mark in given or () if mark not in MARKS]
    if unknown:
        raise one_of("mark", unknown[0], MARKS)
