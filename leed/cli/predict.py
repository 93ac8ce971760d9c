"""``leed predict``: a model and recordings in, a label for each item out."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from contextlib import closing
from importlib import import_module
from typing import IO, Annotated, Any

import typer

from leed import quoting
from leed.cli import complain, options
from leed.cli.describe import target_of
from leed.cli.fit import followed


def command(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A model that 'leed fit' wrote.")],
    data: Annotated[
        list[str],
        typer.Argument(
            metavar="DATA...", help="Tables as for 'leed fit', or recordings; patterns, @lists, URLs; - is stdin."
        ),
    ],
    out: Annotated[
        str, typer.Option("-o", "--out", metavar="PATH", help="Write here, as .csv or .jsonl; - is standard output.")
    ] = "-",
    item: Annotated[str | None, typer.Option(help="The column that says which rows are one item.")] = None,
    path: Annotated[str | None, typer.Option(help="The column of recordings, relative to the table.")] = None,
    modality: Annotated[str | None, typer.Option(help="What scores without a modality are of.")] = None,
    engine: options.EngineName = "local",
    workers: options.Workers = None,
) -> None:
    """Say which label each item gets, and how probable each label is.

    A row has the item, its label, and `p.LABEL` for each label of the model; of a regression, the item and its number.
    A recording that is no table is one item for each of its sources. Of several DATA each row has its file first, and
    one that fails does not stop the others. A model is refused where its sentences or their vectors would be others
    than in training, and scores of other modalities than it was fitted on.

    With several workers each loads the model, and takes one of DATA after the other; the items of one table alone are
    shared out.

    Examples:
    `leed predict calls.skops new.csv -o predicted.csv`

    `leed predict calls.skops predictions.json`

    `leed predict calls.skops "talks/*.json" --workers 8 -o predicted.jsonl`
    """
    from leed.batch.engines import get_engine  # noqa: PLC0415 - keeps 'leed --help' fast
    from leed.batch.predicting import predict_inputs  # noqa: PLC0415 - as above
    from leed.batch.sources import sources_of  # noqa: PLC0415 - as above
    from leed.classifiers.loading import needed  # noqa: PLC0415 - as above

    with needed("leed predict"):
        import_module("skops.io")
        import_module("leed.classifiers.saving")
    sources = sources_of(data)
    named = sources != data or len(data) > 1
    predicted = predict_inputs(
        model,
        sources,
        engine=get_engine(engine),
        workers=options.workers_of(workers, engine),
        columns={"item": item, "path": path},
        modality=modality,
        progress=followed,
    )
    failed = False
    with target_of(out) as target, closing(predicted):
        write = _writer(target, lines=out.endswith((".jsonl", ".ndjson")))
        for one in predicted:
            if one.error is not None:
                if len(sources) == 1:
                    raise one.error
                complain(str(one.error))
                failed = True
            for message in one.messages:
                typer.echo(f"leed: {quoting.clean(f'{one.source}: {message}' if named else message)}", err=True)
            write([{"file": one.source, **row} for row in one.rows] if named else one.rows)
    if failed:
        raise typer.Exit(1)


def _writer(file: IO[str], *, lines: bool) -> Callable[[list[dict[str, Any]]], None]:
    """Return what writes rows behind those that were written."""
    if lines:
        return lambda rows: file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    table: csv.DictWriter[str] | None = None

    def write(rows: list[dict[str, Any]]) -> None:
        nonlocal table
        if table is None and rows:
            table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            table.writeheader()
        if table is not None:
            table.writerows(rows)

    return write
