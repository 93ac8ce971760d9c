"""``leed calibrate``: files of scores in, what is usual in them out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from leed import errors
from leed.cli import complain

if TYPE_CHECKING:
    from leed.calibration.fit import Fit
    from leed.schema import Issue, Recording


def command(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files of scores, or calibrations to add up.")],
    path: Annotated[str, typer.Option("-o", "--out", metavar="PATH", help="Write to this file; - is standard output.")],
    name: Annotated[
        str | None, typer.Option(help="What explanations call it; the output file's name, if it is not given.")
    ] = None,
    form: Annotated[
        str | None, typer.Option("--format", help="The files' format, if it should not be told from the content.")
    ] = None,
) -> None:
    """Count what is usual in files of expression scores, for `--calibration` of the other commands.

    A label of a full set of scores is named where it is above its 90th percentile here. The file states on how many
    segments each table rests; calibrations among the files are added up as if they had been fitted together.

    `leed fit` learns classes of your own from scores; `leed calibrate` counts what scores are usual; `leed
    train-expression` makes a model that gives scores, from sound.

    Examples:
    `leed calibrate monday.json tuesday.json -o ours.json`

    `leed calibrate ours.json wednesday.json -o ours.json`

    `leed describe --calibration ours.json call.json`
    """
    from leed.calibration.fit import Fit  # noqa: PLC0415 - keeps 'leed --help' fast

    fit = Fit()
    failed = 0
    for file in _followed(files):
        try:
            _add(fit, file, form)
        except errors.LeedError as error:
            if len(files) == 1:
                raise
            failed = complain(str(error))
    chosen = name or (os.path.splitext(os.path.basename(path))[0] if path != "-" else "own")
    calibration = fit.calibration(chosen, source=f"leed calibrate, {len(files)} files")
    document = calibration.to_json()
    if path == "-":
        sys.stdout.buffer.write(document)
    else:
        with open(path, "wb") as file_out:
            file_out.write(document)
    left_out = f"; {fit.left_out} segments tell nothing of the kind and are left out" if fit.left_out else ""
    typer.echo(f"leed: {calibration}{left_out}", err=True)
    if failed:
        raise typer.Exit(failed)


def _followed(files: list[str]) -> Iterable[str]:
    """The files, with a bar on a terminal where they are several."""
    if len(files) == 1 or not sys.stderr.isatty():
        return files
    from rich.console import Console  # noqa: PLC0415 - for people only
    from rich.progress import track  # noqa: PLC0415 - for people only

    return track(files, "counting", console=Console(stderr=True), transient=True)


def _add(fit: Fit, file: str, form: str | None) -> None:
    """Count a file: a calibration by its counts, anything else by its segments."""
    from leed.calibration import CALIBRATION_MARK, get_calibration  # noqa: PLC0415 - as above
    from leed.cli.describe import report_issues  # noqa: PLC0415 - as above
    from leed.readers import read_parts  # noqa: PLC0415 - as above

    if file != "-" and os.path.isfile(file):
        with open(file, "rb") as opened:
            if CALIBRATION_MARK in opened.read(1 << 12):
                fit.merge(get_calibration(file))
                return
    issues: list[Issue] = []
    segments = 0

    def noted(parts: Iterable[Recording]) -> Iterator[Recording]:
        nonlocal segments
        for part in parts:
            issues.extend(part.issues)
            segments += len(part)
            yield part

    fit.add_parts(noted(read_parts(sys.stdin.buffer if file == "-" else file, format=form)))
    report_issues(issues, segments)
