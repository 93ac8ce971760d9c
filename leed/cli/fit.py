"""``leed fit``: a table of labelled recordings in, a classifier out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leed import quoting
from leed.cli import complain

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from leed.classifiers.checks import Finding
    from leed.classifiers.metrics import Interval
    from leed.classifiers.regressing import NumberReport
    from leed.classifiers.table import Examples
    from leed.classifiers.training import Report

_WIDEST = 1 << 20


def command(  # noqa: PLR0917 - the command line names them all
    data: Annotated[
        str, typer.Argument(metavar="DATA", help="A table of items: CSV, JSON lines, Parquet; - is stdin.")
    ],
    out: Annotated[str, typer.Option("-o", "--out", metavar="MODEL", help="Write the model to this file.")],
    features: Annotated[
        str, typer.Option(help="raw, leed, leed-frames, early, late, text, extras; or several, as raw+leed.")
    ] = "early",
    embedder: Annotated[str, typer.Option(help="What embeds the sentences: lexical, minilm, ...")] = "lexical",
    label: Annotated[str | None, typer.Option(help="The column of labels.")] = None,
    group: Annotated[str | None, typer.Option(help="The column that says who each item is of.")] = None,
    item: Annotated[str | None, typer.Option(help="The column that says which rows are one item.")] = None,
    path: Annotated[str | None, typer.Option(help="The column of recordings, relative to the table.")] = None,
    split: Annotated[
        str | None, typer.Option(help="The column of sides; a speaker on two of them is an error.")
    ] = None,
    modality: Annotated[str | None, typer.Option(help="What scores without a modality are of.")] = None,
    regression: Annotated[
        bool, typer.Option("--regression", help="The labels are numbers to come near to, such as valence.")
    ] = False,
    folds: Annotated[int, typer.Option(min=2, help="Folds of the cross-validation.")] = 5,
    seed: Annotated[int, typer.Option(help="Decides who stands together in a fold.")] = 0,
) -> None:
    """Train a classifier on your own labels, and say how good it is on people it has not met.

    The table has a row for each item: its label, who it is of (speaker, group), and either the path of a recording that
    leed reads, or scores in columns such as `face.Joy`; several rows of one item are put together. The data is checked
    first. Beside the model stands a model card (MODEL.md).

    `leed fit` learns classes of your own from scores; `leed calibrate` counts what scores are usual; `leed
    train-expression` makes a model that gives scores, from sound.

    Examples:
    `leed fit calls.csv -o calls.skops`

    `leed fit clips.parquet -o clips.skops --features raw+leed --embedder minilm --label mood --group actor`

    `leed fit calls.csv -o valence.skops --regression --label valence`

    `leed predict calls.skops new.csv`
    """
    from leed.classifiers.loading import needed  # noqa: PLC0415 - keeps 'leed --help' fast

    with needed("leed fit"):
        import_module("skops.io")  # before anything is trained that could not be saved

        from leed.classifiers.checks import check_examples  # noqa: PLC0415 - as above
        from leed.classifiers.regressing import train_regressor  # noqa: PLC0415 - as above
        from leed.classifiers.saving import save  # noqa: PLC0415 - as above
        from leed.classifiers.table import read_examples  # noqa: PLC0415 - as above
        from leed.classifiers.training import train  # noqa: PLC0415 - as above
    columns = {"label": label, "group": group, "item": item, "path": path, "split": split}
    examples = read_examples(data, columns=columns, modality=modality, progress=followed)
    if not _passes(check_examples(examples, numbers=regression)):
        raise typer.Exit(1)
    options: dict[str, Any] = {"features": features, "embedder": embedder, "n_folds": folds, "seed": seed}
    model, report = (train_regressor if regression else train)(examples, **options, progress=followed)
    save(model, out)
    _write_card(model.about, out)
    _show(examples, report)
    typer.echo(f"leed: wrote {out} and {out}.md", err=True)


def followed(steps: Iterable[Any], what: str) -> Iterable[Any]:
    """Return the steps, with a bar on a terminal."""
    if not sys.stderr.isatty():
        return steps
    from rich.console import Console  # noqa: PLC0415 - for people only
    from rich.progress import track  # noqa: PLC0415 - for people only

    return track(list(steps), what, console=Console(stderr=True), transient=True)


def _passes(findings: list[Finding]) -> bool:
    """Tell what was found; whether it may be trained."""
    for finding in findings:
        if finding.fatal:
            complain(finding.message)
        else:
            typer.echo(f"leed: {quoting.clean(finding.message)}", err=True)
    return not any(finding.fatal for finding in findings)


def _write_card(about: Any, out: str) -> None:  # noqa: ANN401 - plain data
    from leed.classifiers.card import model_card  # noqa: PLC0415 - as above

    with open(f"{out}.md", "w", encoding="utf-8") as file:
        file.write(model_card(about, os.path.basename(out)))


def _show(examples: Examples, report: Report | NumberReport) -> None:
    """Print the figures."""
    from rich.console import Console  # noqa: PLC0415 - as above

    from leed.classifiers.regressing import NumberReport  # noqa: PLC0415 - as above

    console = Console(highlight=False)
    over = "items" if examples.groups is None or len(set(examples.groups)) == 1 else "speakers"
    if isinstance(report, NumberReport):
        console.print(_figure("CCC", report.ccc, over))
        console.print(_figure("MAE", report.mae, over))
        console.print(f"held out in {report.folds} folds")
        return
    console.print(_figure("UAR", report.uar, over))
    console.print(f"held out in {report.folds} folds; calibration error {report.calibration_error:.3f}")
    table = _table(report, numbered=False)
    if _width(console, table) > console.width:
        table = _table(report, numbered=True)
    console.width = max(console.width, _width(console, table))  # a longer line is broken by whoever shows it
    console.print(table)


def _figure(name: str, figure: Interval, over: str) -> str:
    return f"{name} {figure.value:.3f}, 95 % interval over {over} {figure.low:.3f} to {figure.high:.3f}"


def _table(report: Report, *, numbered: bool) -> Table:
    """The recall of each label, and what was predicted for it; predicted labels by their numbers, if need be."""
    from rich.markup import escape  # noqa: PLC0415 - as above
    from rich.table import Table  # noqa: PLC0415 - as above

    names = [escape(quoting.clean(str(label))) for label in report.labels]
    heads = [str(number) for number in range(1, len(names) + 1)]
    if numbered:
        names = [f"{number}: {name}" for number, name in zip(heads, names, strict=True)]
    table = Table()
    for head in ("label", "recall", *(heads if numbered else names)):
        table.add_column(head, no_wrap=True)
    for label, name, row in zip(report.labels, names, report.confusion.tolist(), strict=True):
        recall = report.recalls.get(label)
        table.add_row(name, "" if recall is None else f"{recall:.3f}", *map(str, row))
    return table


def _width(console: Console, table: Table) -> int:
    """How wide a table is where nothing of it is cut."""
    from rich.measure import Measurement  # noqa: PLC0415 - as above

    return Measurement.get(console, console.options.update(max_width=_WIDEST), table).maximum
