"""Prompts: how a description is handed over to a language model, and policies for its use; compiled once.

The templates are the files of `leed_prompts`, with a version in their names. A user's own are Jinja templates too, and
run in a sandbox. A template is rendered once, with marks where the words go; from then on it is a few literal parts.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec

from leed import marks
from leed.errors import DataFileError, one_of
from leed.tokens import count_tokens

HANDOVERS: Final = ("inline", "tag", "system", "developer", "json", "evi")
"""How a description can be handed over."""

POLICIES: Final = ("subtle", "companion", "de-escalation", "tutoring", "none")
"""What a model can be told about the use of descriptions."""

SLOTS: Final = ("text", "description", "description_json", "phrases")
"""What a handover's template may hold: the message's words; the sentence, also as a JSON string; its phrases alone."""

VERSION: Final = 1

_SLOT = re.compile("\x02(\\w+)\x02")
_NOTE = re.compile(r"\{#\s*(?:[\w-]+:\s*)?(.*?)\s*#\}", re.DOTALL)
_BLOCK = ("<expression_notes>\n", "\n</expression_notes>")
_ANY_BLOCK = re.compile(r"\s*<expression_notes>.*?</expression_notes>", re.DOTALL)
_ROLES = ("system", "developer")


class Handover(msgspec.Struct, frozen=True):
    """How a description is handed over: literal parts, with places for the words.

    Attributes:
        note: what it does, in one line.
        where: where the notes stand, as policies say it.
        role: the role of a message of its own; None where the description stands in the message it belongs to.
        parts: literal text and names of slots, in turns; the first is literal.
    """

    name: str
    version: int
    note: str
    where: str
    role: str | None
    parts: tuple[str, ...]

    def __call__(self, description: str, phrases: str = "", text: str = "") -> str:
        r"""Return the text with the description handed over.

        >>> get_handover("inline")("The user sounds quite sad.", text="I'm fine")
        "I'm fine\n\n[The user sounds quite sad.]"
        >>> get_handover("evi")("The user sounds quite sad.", "quite sad", "I'm fine")
        "I'm fine {quite sad}"
        """
        words = {"text": text, "description": description, "phrases": phrases}
        told = [
            part if not i % 2 else json.dumps(description) if part == "description_json" else words[part]
            for i, part in enumerate(self.parts)
        ]
        return "".join(told).strip() if not text else "".join(told)

    def ending(self) -> re.Pattern[str]:
        """Return what finds a note in this form: at the end of a text, or as the whole of a message of its own."""
        return _ending(self.parts)

    @property
    def tokens(self) -> int:
        """How many tokens it adds to a description."""
        return count_tokens(self("x", "x")) - 1


class Policy(msgspec.Struct, frozen=True):
    """What a model is told about the use of descriptions.

    Attributes:
        note: whom it is for, in one line.
        parts: the text, cut where it says in which place the notes stand.
    """

    name: str
    version: int
    note: str
    parts: tuple[str, ...]

    def __call__(self, handover: Handover) -> str:
        """Return the text for a handover, between the marks by which `without_policy` finds it; empty for none.

        >>> get_policy("none")(get_handover("inline"))
        ''
        """
        text = handover.where.join(self.parts).strip()
        return _BLOCK[0] + text + _BLOCK[1] if text else ""

    @property
    def tokens(self) -> int:
        """How many tokens it is, with the default handover."""
        return count_tokens(self(get_handover("inline")))


def get_handover(handover: str | os.PathLike[str] | Handover) -> Handover:
    """Return a handover by its name (see HANDOVERS), or from a template of your own.

    Args:
        handover: a name, or the path of a Jinja template: a PathLike, or a str that ends in ".j2". It holds
            {{ description }} (or {{ phrases }}, or {{ description_json }}) and most often {{ text }}; see `SLOTS`. It
            may set where, which policies quote, and role, for a message of its own.

    Raises:
        OptionError: there is none of that name.
        DataFileError: the template cannot be used; the message says why.
    """
    if isinstance(handover, Handover):
        return handover
    own = _own(handover)
    if own is not None:
        return _handover(own, os.fspath(handover), 0)
    if handover not in HANDOVERS:
        raise one_of("handover", handover, (*HANDOVERS, "the path of a template (.j2)"))
    return _built_in_handover(str(handover))


def get_policy(policy: str | os.PathLike[str] | Policy | None) -> Policy:
    """Return a policy by its name (see POLICIES; None is "none"), or from a template of your own.

    A template may hold {{ where }}: the place in which the notes of the handover stand.

    Raises:
        OptionError: there is none of that name.
        DataFileError: the template cannot be used; the message says why.
    """
    if isinstance(policy, Policy):
        return policy
    own = _own(policy)
    if own is not None:
        return _policy(own, str(policy), 0)
    if policy not in (*POLICIES, None):
        raise one_of("policy", policy, (*POLICIES, "the path of a template (.j2)"))
    return _built_in_policy(str(policy or "none"))


def disclosure() -> str:
    """Return a text that tells users what is measured and what for, to be shown before anything is.

    >>> disclosure().split(":")[0]
    'This assistant measures expression'
    """
    return _rendered(_source("disclosure"), "disclosure", {})[0]


def without_policy(text: str) -> str:
    r"""Return the text of a system message without what an earlier call put in.

    >>> without_policy("Be brief." + "\n\n" + get_policy("subtle")(get_handover("tag")))
    'Be brief.'
    """
    return _ANY_BLOCK.sub("", text) if _BLOCK[0] in text else text


def without_note(text: str, handover: Handover | None = None) -> str:
    r"""Return a text without the notes at its end, in any handover's form; such as an earlier call put in.

    >>> without_note("I'm fine\n\n[The user sounds quite sad.]")
    "I'm fine"
    """
    endings = _endings(() if handover is None or handover.name in HANDOVERS else handover.parts)
    while found := _note_at_end(text, endings):
        text = text[: found.start()].rstrip()
    return text


def _note_at_end(text: str, endings: Sequence[tuple[str, re.Pattern[str]]]) -> re.Match[str] | None:
    last = text.rstrip()[-1:]
    for letter, ending in endings:
        if letter in ("", last):  # most texts end with no bracket: that tells at once
            found = ending.search(text)
            if found and marks.claims(found["note"]):
                return found
    return None


@cache
def _endings(own: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What finds a note at the end of a text, behind the letter it ends with; empty where that can be any."""
    built_in = [handover.parts for handover in map(get_handover, HANDOVERS) if handover.role is None]
    return tuple((parts[-1].strip()[-1:], _ending(parts)) for parts in ([own] if own else []) + built_in)


@cache
def _ending(parts: tuple[str, ...]) -> re.Pattern[str]:
    """The literal parts behind the words, with one line in place of the rest."""
    start = parts.index("text") + 1 if "text" in parts else 0
    pattern, named = "" if start else r"\A", False
    for i, part in enumerate(parts[start:], start):
        if not i % 2:
            shown = part.strip() if i in (start, len(parts) - 1) else part
            before = part[: len(part) - len(part.lstrip())] if i == start else ""
            pattern += (rf"(?:\A|{re.escape(before)})" if before else "") + re.escape(shown)
        elif named:
            pattern += r"[^\n]*"
        else:
            pattern, named = pattern + r"(?P<note>[^\n\[\]{}<>]+)", True
    return re.compile(pattern + r"\s*\Z")


@cache
def _built_in_handover(name: str) -> Handover:
    return _handover(_source(name), name, VERSION)


@cache
def _built_in_policy(name: str) -> Policy:
    return _policy(_source(name), name, VERSION)


def _handover(source: str, name: str, version: int) -> Handover:
    text, settings = _rendered(source, name, {slot: f"\x02{slot}\x02" for slot in SLOTS})
    parts = tuple(_SLOT.split(text))
    role = settings.get("role")
    if not {"description", "description_json", "phrases"} & {*parts[1::2]}:
        raise DataFileError(f"handover {name}: holds no {{{{ description }}}}: write it once, without a filter")
    if "text" not in parts[1::2] and role not in _ROLES:
        raise DataFileError(
            f"handover {name}: holds no {{{{ text }}}}: write it where the message's words go, or, for a message "
            'of its own, set a role, system or developer: {% set role = "system" %}'
        )
    where = settings.get("where") or ("in a message just before it" if role else "after the words")
    return Handover(name, version, _note(source), str(where), role if "text" not in parts[1::2] else None, parts)


def _policy(source: str, name: str, version: int) -> Policy:
    text, _ = _rendered(source, name, {"where": "\x02where\x02"})
    return Policy(name, version, _note(source), tuple(text.split("\x02where\x02")))


def _note(source: str) -> str:
    found = _NOTE.search(source)
    return " ".join(found[1].split()) if found else ""


def _own(given: object) -> str | None:
    """The source of a user's own template, or None where the name of one of leed's is given."""
    if not isinstance(given, os.PathLike) and not (isinstance(given, str) and given.endswith(".j2")):
        return None
    try:
        with open(given, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(f"the template {os.fspath(given)!r} cannot be read: {error}") from error


def _source(name: str) -> str:
    return (files("leed_prompts") / f"{name}.v{VERSION}.j2").read_text(encoding="utf-8")


def _rendered(source: str, name: str, words: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """A template rendered, and the variables that it sets."""
    from jinja2 import FunctionLoader, StrictUndefined, TemplateError  # noqa: PLC0415 - loaded at the first prompt
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 - as above

    load: Callable[[str], str | None] = {f"rules.v{VERSION}.j2": _source("rules")}.get
    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(load),
        undefined=StrictUndefined,
        autoescape=False,
    )
    try:
        module = environment.from_string(source).make_module(dict(words))
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as error:
        raise DataFileError(f"the template {name} does not work: {error}") from error
    return str(module).strip(), {key: value for key, value in vars(module).items() if not key.startswith("_")}
