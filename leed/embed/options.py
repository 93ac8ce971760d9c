"""Checks of options that several embedders have."""

from __future__ import annotations

from leed.errors import OptionError


def whole(name: str, given: object) -> int:
    """Return a whole number from 1.

    >>> whole("batch_size", 32)
    32

    Raises:
        OptionError: it is none.
    """
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        raise OptionError(f"{name} is {given!r}; give a whole number from 1")
    return given


def no_model(name: str, given: str | None) -> None:
    """Refuse a model behind the name of an embedder that has its own.

    Raises:
        OptionError: one was given.
    """
    if given is not None:
        raise OptionError(f"embedder '{name}:{given}': {name} takes no model behind its name; give '{name}'")
