"""Options of the hook from the environment: LEED_POLICY=companion and so on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from leed.errors import OptionError

_SWITCH = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


def options_from(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the options of `leed.inject` that an environment names, without those that are empty.

    >>> options_from({"LEED_POLICY": "companion", "LEED_TOP": "2", "LEED_ALLOW": "Desire, Craving", "HOME": "/root"})
    {'policy': 'companion', 'top': 2, 'allow': ('Desire', 'Craving')}

    Raises:
        OptionError: a value is of another kind than its option.
    """
    given = {name: environment.get(f"LEED_{name.upper()}", "").strip() for name in OPTIONS}
    return {name: OPTIONS[name](f"LEED_{name.upper()}", value) for name, value in given.items() if value}


def _text(_: str, value: str) -> str:
    return value


def _switch(name: str, value: str) -> bool:
    if value.lower() not in _SWITCH:
        raise OptionError(f"{name} is {value!r}; give true or false")
    return _SWITCH[value.lower()]


def _number(name: str, value: str) -> int:
    try:
        return int(value)
    except ValueError as error:
        raise OptionError(f"{name} is {value!r}; give a whole number") from error


def _top(name: str, value: str) -> int | str:
    return value if value == "all" else _number(name, value)


def _policy(_: str, value: str) -> str | None:
    return None if value == "none" else value


def _names(_: str, value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _speakers(name: str, value: str) -> Any:  # noqa: ANN401 - inject checks the marks
    """One mark for everybody, or a JSON object with a mark for each name."""
    if not value.startswith("{"):
        return value
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError as error:
        raise OptionError(f"{name} is no JSON ({error}); give a mark, or a JSON object of marks by name") from error


OPTIONS: Mapping[str, Callable[[str, str], Any]] = {
    "handover": _text,
    "policy": _policy,
    "speakers": _speakers,
    "older": _text,
    "step": _number,
    "strict": _switch,
    "enabled": _switch,
    "scale": _text,
    "calibration": _text,
    "top": _top,
    "lang": _text,
    "person": _text,
    "tense": _text,
    "ignore": _names,
    "allow": _names,
}
"""What can be set by LEED_ and the option's name in capitals."""
