"""``leed report``: files of scores as one page, or as the data behind it."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from io import TextIOWrapper
from typing import TYPE_CHECKING, Annotated

import typer

from leed import errors
from leed.cli import complain, options
from leed.cli.describe import read_file, report, report_unmet

if TYPE_CHECKING:
    from leed.schema import Recording


class Output(StrEnum):
    """What is written."""

    HTML = "html"
    JSON = "json"


def command(  # noqa: PLR0917 - the command line names them all
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files of scores; - reads standard input.")],
    path: Annotated[str | None, typer.Option("-o", "--out", metavar="PATH", help="Write to this file.")] = None,
    output: Annotated[
        Output | None, typer.Option(help="A page, or the data behind it; with -o, the ending of the name says it.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="The heading; else the names of the sources.")] = None,
    form: options.Format = None,
    scale: options.Scale = None,
    calibration: options.Calibration = None,
    top: options.Top = None,
    lang: options.Language = "en",
    person: options.Person = None,
    tense: options.Tense = "past",
    ignore: options.Ignore = None,
    allow: options.Allow = None,
    quote: options.Quote = True,
) -> None:
    """Write a recording as one self-contained page: summary, people, plots over time, strongest moments, tables.

    The page needs no network and runs no script; it prints, and has a light and a dark face. Very long recordings are
    bounded, and the page says what it leaves out.

    Examples:
    `leed report predictions.json -o report.html`

    `leed report call.json --title "Call of 3 May" --lang de -o call.html`

    `leed report predictions.json --output json | jq .summary`
    """
    from leed.describer import Describer  # noqa: PLC0415 - keeps 'leed --help' fast
    from leed.report import make_report, to_html  # noqa: PLC0415 - as above
    from leed.schema.plain import to_json  # noqa: PLC0415 - as above

    written = output or _by_name(path)
    describer = Describer(
        scale=scale,
        calibration=calibration,
        top=options.top_of(top),
        lang=lang,
        person=person,
        tense=tense,
        ignore=ignore or (),
        allow=allow or (),
        quote=quote,
    )
    recording, failed = _read(files, form)
    made = make_report(recording, title=title, describer=describer)
    data = to_json(made.to_dict()) + b"\n" if written is Output.JSON else _encoded(to_html(made))
    _write(data, path)
    report(recording)
    report_unmet(allow or (), {label for track in recording.tracks for label in track.labels})
    if failed:
        raise typer.Exit(failed)


def _read(files: list[str], form: str | None) -> tuple[Recording, int]:
    """The recording that all files make together, and the status of those that cannot be read."""
    from leed.schema.recording import Recording  # noqa: PLC0415 - as above

    read: list[Recording] = []
    failed = 0
    for file in files:
        try:
            read.append(read_file(file, form))
        except errors.LeedError as error:
            if len(files) == 1:
                raise
            failed = complain(str(error))
    if not read:
        raise errors.InputError(f"none of the {len(files)} files can be read: there is nothing to report")
    tracks = [track for recording in read for track in recording.tracks]
    return Recording(tuple(tracks), tuple(issue for recording in read for issue in recording.issues)), failed


def _by_name(path: str | None) -> Output:
    """The form that a file's name asks for by its ending.

    >>> _by_name("a.JSON").value, _by_name(None).value
    ('json', 'html')
    """
    ending = os.path.splitext(path or "")[1].casefold()
    if ending in ("", ".html", ".htm"):
        return Output.HTML
    if ending == ".json":
        return Output.JSON
    raise errors.OptionError(
        f"{path}: the ending {ending!r} says nothing of how to write; give .html or .json, or --output"
    )


def _encoded(page: str) -> bytes:
    return page.encode("utf-8", "replace")


def _write(data: bytes, path: str | None) -> None:
    if path is None or path == "-":
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        else:
            sys.stdout.write(data.decode())
        return
    if os.path.exists(path) and not os.path.isfile(path):  # a pipe or a device: nothing to keep
        with open(path, "wb") as file:
            file.write(data)
        return
    from leed.schema.files import replacing  # noqa: PLC0415 - as above

    with replacing(path) as part, open(part, "wb") as file:
        file.write(data)
