"""``leed prompt``: a file of scores in, its timeline as text for a prompt out."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from leed.cli import options
from leed.cli.describe import read_file, report, report_unmet


def command(  # noqa: PLR0917 - the command line names them all
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file of scores; - reads standard input.")],
    max_tokens: Annotated[int, typer.Option(help="How many tokens the text has at most.")] = 200,
    counter: Annotated[
        str | None, typer.Option(help="What counts tokens: o200k_base (the default), cl100k_base or estimate.")
    ] = None,
    form: options.Format = None,
    scale: options.Scale = None,
    calibration: options.Calibration = None,
    lang: options.Language = "en",
    person: Annotated[
        str | None, typer.Option(help="Whom it is about, where it is one person: You, or a name.")
    ] = None,
    tense: options.Tense = "present",
    ignore: options.Ignore = None,
    allow: options.Allow = None,
    quote: options.Quote = True,
) -> None:
    """Tell a recording in a few sentences: who, when, and what changed, within a budget of tokens.

    The text goes to standard output; how many tokens it is, and what is odd or missing, to standard error.

    Examples:
    `leed prompt predictions.json --max-tokens 200`

    `leed prompt call.json --max-tokens 60 --tense past --lang de`
    """
    from leed.describer import Describer  # noqa: PLC0415 - keeps 'leed --help' fast
    from leed.timeline import summarize  # noqa: PLC0415 - as above

    describer = Describer(
        scale=scale,
        calibration=calibration,
        lang=lang,
        person=person,
        tense=tense,
        ignore=ignore or (),
        allow=allow or (),
        quote=quote,
    )
    recording = read_file(file, form)
    summary = summarize(recording, max_tokens, describer=describer, counter=counter)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    if summary:
        typer.echo(str(summary))
    report(recording)
    report_unmet(allow or (), (label for track in recording.tracks for label in track.labels))
    typer.echo(f"leed: {summary.tokens} of {max_tokens} tokens ({summary.counter})", err=True)
