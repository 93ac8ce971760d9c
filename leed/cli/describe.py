"""``leed describe``: files of scores in, sentences out."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from leed import errors, quoting
from leed.cli import complain, options
from leed.cli.writers import Output, by_name, writer_for

if TYPE_CHECKING:
    from leed.describer import Describer
    from leed.schema import Description, Issue, Recording

_LONG = 5000  # segments from which a terminal sees progress


def command(  # noqa: PLR0917 - the command line names them all
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files of scores; - reads standard input.")],
    form: options.Format = None,
    scale: options.Scale = None,
    calibration: options.Calibration = None,
    top: options.Top = None,
    lang: options.Language = "en",
    person: options.Persons = None,
    tense: options.Tense = "present",
    modality: options.Modality = None,
    quantity: options.Quantity = None,
    ignore: options.Ignore = None,
    allow: options.Allow = None,
    quote: options.Quote = True,
    explain: Annotated[bool, typer.Option("--explain", help="Say below each sentence why it says so.")] = False,
    output: Annotated[
        Output | None, typer.Option(help="How to write; with -o, the ending of the file's name says it.")
    ] = None,
    path: Annotated[str | None, typer.Option("-o", "--out", metavar="PATH", help="Write to this file.")] = None,
) -> None:
    """Describe files of expression scores, one sentence a segment.

    What is odd or missing is listed on standard error.

    Examples:
    `leed describe predictions.json`

    `leed describe --modality prosody --output jsonl scores.csv > described.jsonl`

    `leed describe predictions.json -o subtitles.vtt`

    `echo '{"Joy": 0.84}' | leed describe --modality face -`
    """
    from leed.describer import Describer  # noqa: PLC0415 - keeps 'leed --help' fast
    from leed.modality import modality_named  # noqa: PLC0415 - as above

    written = output or by_name(path)
    modality = modality_named(modality)
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
    failed = 0
    met: set[str] = set()
    with target_of(path) as target:
        writer = writer_for(written, target, explain=explain, titles=describer.lexicon.titles)
        for file in files:
            try:
                recording = read_file(file, form)
                met.update(label for track in recording.tracks for label in track.labels)
                writer.write(recording, _described(recording, describer, modality, quantity))
            except errors.LeedError as error:
                if len(files) == 1:
                    raise
                failed = complain(str(error))
                continue
            report(recording)
        writer.close()
    report_unmet(allow or (), met)
    if failed:
        raise typer.Exit(failed)


def report(recording: Recording) -> None:
    """List a recording's issues on stderr, alike ones together; say so if nothing was there to describe."""
    report_issues(recording.issues, len(recording))


def report_issues(found: Iterable[Issue], segments: int) -> None:
    """List the issues of a recording of so many segments on stderr, as `report` does."""
    alike: dict[tuple[str, str | None, str], list[Issue]] = {}
    for issue in found:
        alike.setdefault((issue.code, issue.where, issue.message), []).append(issue)
    for (_, where, message), issues in alike.items():
        what = f"{where}: {message}" if where else message
        sources = list(dict.fromkeys(issue.source for issue in issues if issue.source))
        shown = ", ".join(sources[:3]) + (f", and {len(sources) - 3} more" if len(sources) > 3 else "")  # noqa: PLR2004
        line = f"leed: {shown}: {what}" if sources else f"leed: {what}"
        typer.echo(quoting.clean(line), err=True)
    if not segments:
        detected = any(code == "nothing-detected" for code, _, _ in alike)
        typer.echo("leed: nothing was detected" if detected else "leed: there is nothing to describe", err=True)


def report_unmet(allow: Sequence[str], labels: Iterable[str]) -> None:
    """Say on stderr which of the names allowed are those of no label."""
    from leed.options import unmet  # noqa: PLC0415 - as above

    for clause in unmet(allow, labels):
        typer.echo(quoting.clean(f"leed: --allow: {clause}"), err=True)


def read_file(file: str, form: str | None) -> Recording:
    """Return the recording that a file, or standard input, holds."""
    from leed.readers import read  # noqa: PLC0415 - as above

    return read(sys.stdin.buffer if file == "-" else file, format=form)


def _described(
    recording: Recording, describer: Describer, modality: str | None, quantity: str | None
) -> Iterator[Description]:
    segments: Iterable[Any] = recording.segments()
    total = len(recording)
    if total >= _LONG and sys.stderr.isatty():
        from rich.console import Console  # noqa: PLC0415 - for people only
        from rich.progress import track  # noqa: PLC0415 - for people only

        segments = track(segments, "describing", total=total, console=Console(stderr=True), transient=True)
    for segment in segments:
        yield describer.describe(segment, modality=segment.modality or modality, quantity=quantity)


@contextmanager
def target_of(path: str | None) -> Generator[IO[str]]:
    """Open what text is written to: a file, which is replaced once all has gone well, a device, or standard output."""
    if path is None or path == "-":
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", errors="replace")
        yield sys.stdout
        return
    if os.path.exists(path) and not os.path.isfile(path):  # a pipe or a device: nothing to keep
        with open(path, "w", encoding="utf-8", errors="replace", newline="") as file:
            yield file
        return
    from leed.schema.files import replacing  # noqa: PLC0415 - keeps 'leed --help' fast

    with replacing(path) as part, open(part, "w", encoding="utf-8", errors="replace", newline="") as file:
        yield file
