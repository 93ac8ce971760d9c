"""Keys: taken from the environment, sent in a header, and shown nowhere."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final, NoReturn

from leed.errors import OptionError

HIDDEN: Final = "[hidden]"
_SHORT = 6  # characters; what is shorter stands in ordinary words too, and hides nothing


class Secret:
    """A key that shows itself only where `reveal` is called.

    >>> secret = Secret("sk-1234567890")
    >>> secret, str(secret), f"{secret}"
    (Secret([hidden]), '[hidden]', '[hidden]')
    >>> secret.scrub("invalid key sk-1234567890")
    'invalid key [hidden]'
    >>> secret.reveal()
    'sk-1234567890'
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def __repr__(self) -> str:
        return f"Secret({HIDDEN})"

    def __str__(self) -> str:
        return HIDDEN

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written to anywhere")

    def reveal(self) -> str:
        """Return the key, for the header of a request."""
        return self._value

    def scrub(self, text: str) -> str:
        """Return a text without the key."""
        return text.replace(self._value, HIDDEN) if len(self._value) >= _SHORT else text


def from_environment(name: str, environment: Mapping[str, str] | None = None) -> Secret | None:
    """Return the key that stands in the environment under a name; None if there is none.

    Raises:
        OptionError: it has characters that no header can carry. What it is stays unsaid.
    """
    value = (os.environ if environment is None else environment).get(name, "").strip()
    if not value:
        return None
    if not value.isascii() or not value.isprintable() or " " in value:
        raise OptionError(f"{name} holds a character that no key has (a space, a line break, ...): set it anew")
    return Secret(value)


def required(name: str, service: str, environment: Mapping[str, str] | None = None) -> Secret:
    """Return the key that stands in the environment under a name.

    >>> required("ACME_KEY", "Acme", {})
    Traceback (most recent call last):
        ...
    leed.errors.OptionError: Acme wants a key, and ACME_KEY is not set: put the key into that environment variable

    Raises:
        OptionError: there is none, or it is no key.
    """
    found = from_environment(name, environment)
    if found is None:
        raise OptionError(f"{service} wants a key, and {name} is not set: put the key into that environment variable")
    return found
