"""``leed lexicon``: what is wrong with a language's words, and the words of the languages that leed speaks."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from leed import errors
from leed.lexicon import LANGUAGES, source_of


class Action(StrEnum):
    """What is done with a lexicon."""

    check = "check"
    show = "show"


def command(
    action: Annotated[Action, typer.Argument(help="check lists what is wrong; show prints the JSON file.")],
    lexicon: Annotated[
        str, typer.Argument(metavar="LANG|FILE", help=f"{', '.join(LANGUAGES)}, a JSON file, or - for standard input.")
    ],
) -> None:
    """Check a lexicon for all that is missing or unknown in it, a line each; or show one to start from.

    A lexicon without faults ends with status 0, any other with 1. It is taken wherever a language is:
    `leed describe --lang mine.json scores.json`.

    Examples:
    `leed lexicon show en > mine.json`

    `leed lexicon check mine.json`
    """
    data = sys.stdin.buffer.read() if lexicon == "-" else source_of(lexicon)
    if action is Action.show:
        typer.echo(data, nl=False)
        return
    from leed.lexicon.check import faults  # noqa: PLC0415 - keeps 'leed --help' fast

    found = faults(data)
    for fault in found:
        typer.echo(str(fault))
    if found:
        broken = sum(fault.breaks for fault in found)
        raise errors.DataFileError(
            f"lexicon {lexicon}: faults: {len(found)}, of which {broken} must be mended before leed can speak it"
        )
    typer.echo(f"lexicon {lexicon}: complete")
