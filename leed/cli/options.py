"""Options that several commands have, with the same names and the same help."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from leed import errors

Format = Annotated[str | None, typer.Option("--format", help="The format, if it should not be told from the content.")]
Scale = Annotated[
    str | None, typer.Option(help="Which adverb a score takes: a name, or a TOML or JSON file of your own.")
]
Calibration = Annotated[
    str | None, typer.Option(help="What is usual: a name, a file that 'leed calibrate' made, or none.")
]
Top = Annotated[str | None, typer.Option(help="How many terms are named at most; 'all' for every one.")]
Language = Annotated[str, typer.Option(help="The language: en, de, or a JSON file of your own.")]
Person = Annotated[str | None, typer.Option(help="Whom it is about, where it is one person: You, or a name.")]
Persons = Annotated[str | None, typer.Option(help="Whom the sentences are about: They, You, or a name.")]
Modality = Annotated[str | None, typer.Option(help="face, prosody, burst or language, where the file does not say it.")]
Quantity = Annotated[
    str | None, typer.Option(help="What the numbers are: intensity, probability, likelihood, bipolar or presence.")
]
Tense = Annotated[str, typer.Option(help="present or past.")]
Ignore = Annotated[list[str] | None, typer.Option(help="A label that is never named; may be repeated.")]
Allow = Annotated[
    list[str] | None, typer.Option(help="A sensitive label that may be named all the same; may be repeated.")
]
Quote = Annotated[bool, typer.Option(help="Quote what was said.")]
Handover = Annotated[
    str, typer.Option(help="How: inline, tag, system, developer, json, evi, or a template of your own.")
]
Policy = Annotated[
    str, typer.Option(help="subtle, companion, de-escalation, tutoring, none, or a template of your own.")
]

EngineName = Annotated[
    str, typer.Option("--engine", help="Where it is done: local (processes of this machine), or ray.")
]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1, help="How many work at a time; by default one, in this process; of ray, as many as it has cores."
    ),
]


def top_of(given: str | None) -> Any:  # noqa: ANN401 - checked by Describer
    """Return what Describer takes for ``--top``.

    >>> top_of("2"), top_of("all"), top_of(None)
    (2, 'all', None)

    Raises:
        OptionError: it is neither a number nor "all".
    """
    if given is None or given == "all":
        return given
    try:
        return int(given)
    except ValueError:
        raise errors.OptionError(f"top is {given!r}; give a number from 1, or 'all'") from None


def workers_of(given: int | None, engine: str) -> int | None:
    """Return how many workers an engine gets: where nobody says it, one on this machine, and all that others have.

    >>> workers_of(None, "local"), workers_of(4, "local"), workers_of(None, "ray")
    (1, 4, None)
    """
    return 1 if given is None and engine == "local" else given
