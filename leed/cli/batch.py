"""``leed batch``: a corpus of scores in, a data set of described segments out."""

from __future__ import annotations

import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from leed import quoting
from leed.cli import complain, options

if TYPE_CHECKING:
    from leed.batch.corpus import Follow, Report

_INTERRUPTED = 130  # as shells have it
_SHOWN = 20


def command(  # noqa: PLR0917 - the command line names them all
    given: Annotated[
        list[str],
        typer.Argument(
            metavar="IN...",
            help="Files, directories, patterns ('talks/**/*.json'), @lists of files; paths, or URLs such as s3://....",
        ),
    ],
    out: Annotated[str, typer.Option("-o", "--out", metavar="OUT", help="The data set's folder, a path or URL.")],
    engine: options.EngineName = "local",
    workers: Annotated[
        int | None, typer.Option(min=1, help="How many work at a time; as many as there are cores, if not given.")
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with what OUT holds: files that have not changed are not done again."),
    ] = False,
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
) -> None:
    """Describe a corpus: a row for each segment, in a partitioned Parquet data set.

    A row has what `leed describe` says of a segment, its scores, and the terms behind the sentence. Each file's rows
    are there whole or not at all; what failed is listed on standard error and in OUT/_leed/manifest.json, and stops
    nothing. A run that was stopped goes on with `--resume`. docs/performance.md says how long it takes.

    Examples:
    `leed batch talks/ -o described`

    `leed batch 'talks/**/*.json' more.csv.gz -o described --workers 8 --resume`

    `leed batch @files.txt -o s3://bucket/described --engine ray`
    """
    from leed.batch.corpus import describe_corpus  # noqa: PLC0415 - keeps 'leed --help' fast
    from leed.describer import Describer  # noqa: PLC0415 - as above

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
    try:
        with _shown() as follow:
            report = describe_corpus(
                given,
                out,
                describer=describer,
                engine=engine,
                workers=workers,
                resume=resume,
                form=form,
                modality=modality,
                quantity=quantity,
                follow=follow,
            )
    except KeyboardInterrupt:
        complain(f"interrupted; what is done stays in {out}, and the same with --resume goes on with it")
        raise typer.Exit(_INTERRUPTED) from None
    _tell(report, out)
    if report.failed:
        raise typer.Exit(1)


@contextmanager
def _shown() -> Generator[Follow]:
    """Give what is told of each file; a terminal shows a bar with files, rows and the time that is left."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console  # noqa: PLC0415 - for people only
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    rows = TextColumn("{task.fields[rows]:,} rows")
    columns = (TextColumn("describing"), BarColumn(), MofNCompleteColumn(), rows, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, rows=0)
        yield lambda done, total, count: bar.update(task, completed=done, total=total, rows=count)


def _tell(report: Report, out: str) -> None:
    """Say on stderr what came of it."""
    for code, (count, first) in report.issues.items():
        more = f" (and {count - 1:,} more of the kind)" if count > 1 else ""
        _say(f"{code}: {first}{more}")
    _list(dict.fromkeys(report.left_out, "is no recording, and left out"), report.manifest)
    same = {file: f"seems to hold the same as {other}: give one of them" for file, other in report.twice.items()}
    _list(same, report.manifest)
    failed = list(report.failed.values())
    for why in failed[:_SHOWN]:
        complain(why)
    if failed[_SHOWN:]:
        complain(f"{_many(len(failed) - _SHOWN, 'more file')} failed; {report.manifest} lists them all")
    if report.others:
        were = "was" if report.others == 1 else "were"
        _say(f"{_many(report.others, 'file')} of earlier runs {were} not asked for this time; all rows are still there")
    done = f"{_many(report.files - report.before - report.others, 'file')} described now"
    before = f", {report.before:,} before" if report.before else ""
    not_done = f", {len(failed):,} failed" if failed else ""
    _say(f"{out}: {report.rows:,} rows; {done}{before}{not_done}; {report.manifest} tells more")


def _list(told: Mapping[str, str], manifest: str) -> None:
    for file, what in list(told.items())[:_SHOWN]:
        _say(f"{file}: {what}")
    if len(told) > _SHOWN:
        _say(f"{_many(len(told) - _SHOWN, 'more file')} of the kind; {manifest} lists them all")


def _many(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def _say(line: str) -> None:
    typer.echo(quoting.clean(f"leed: {line}"), err=True)
