"""``leed predict``: a model and recordings in, a label for each item out."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from leed import quoting
from leed.cli.fit import followed

if TYPE_CHECKING:
    from leed.classifiers.saving import SavedModel
    from leed.fusion.items import Items
    from leed.schema import Issue

_SHOWN = 5
_TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")


def command(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A model that 'leed fit' wrote.")],
    data: Annotated[str, typer.Argument(metavar="DATA", help="A table as for 'leed fit', or a recording; - is stdin.")],
    out: Annotated[
        str, typer.Option("-o", "--out", metavar="PATH", help="Write here, as .csv or .jsonl; - is standard output.")
    ] = "-",
    item: Annotated[str | None, typer.Option(help="The column that says which rows are one item.")] = None,
    path: Annotated[str | None, typer.Option(help="The column of recordings, relative to the table.")] = None,
    modality: Annotated[str | None, typer.Option(help="What scores without a modality are of.")] = None,
) -> None:
    """Say which label each item gets, and how probable each label is.

    A row has the item, its label, and `p.LABEL` for each label of the model; of a regression, the item and its number.
    A recording that is no table is one item for each of its sources. A model is refused where its sentences or their
    vectors would be others than in training, and scores of other modalities than it was fitted on.

    Examples:
    `leed predict calls.skops new.csv -o predicted.csv`

    `leed predict calls.skops predictions.json`
    """
    from leed.classifiers.loading import needed  # noqa: PLC0415 - keeps 'leed --help' fast

    with needed("leed predict"):
        import_module("skops.io")

        from leed.classifiers.saving import load  # noqa: PLC0415 - as above
    saved = load(model)
    items, issues = _items(data, {"item": item, "path": path}, modality)
    rows = list(_rows(saved, items))
    for message in (*(issue.message for issue in issues), *_oddities(saved, items)):
        typer.echo(f"leed: {quoting.clean(message)}", err=True)
    if out == "-":
        _write(sys.stdout, rows, lines=False)
        return
    with open(out, "w", encoding="utf-8", newline="") as file:
        _write(file, rows, lines=out.endswith((".jsonl", ".ndjson")))


def _items(data: str, columns: dict[str, str | None], modality: str | None) -> tuple[Items, Sequence[Issue]]:
    from leed.classifiers.table import read_examples  # noqa: PLC0415 - as above
    from leed.fusion import Items as Gathered  # noqa: PLC0415 - as above
    from leed.readers import read  # noqa: PLC0415 - as above

    if data == "-" or os.path.splitext(data)[1].lower() in _TABLES:
        found = read_examples(data, columns=columns, modality=modality, labelled=False, progress=followed)
        return found.items, found.issues
    recording = read(data)
    items = Gathered.of(recording)
    return items, (*recording.issues, *items.issues)


def _oddities(saved: SavedModel, items: Items) -> Iterator[str]:
    """What of the items the model makes nothing of."""
    import numpy as np  # noqa: PLC0415 - keeps 'leed --help' fast

    from leed.classifiers.vectorizers import kinds_of  # noqa: PLC0415 - as above

    if not {*kinds_of(saved.about["features"])} - {"text", "extras"}:
        return  # it makes nothing of any scores
    known = saved.about["modalities"]
    there = {name: block.present for name, block in items.blocks.items()}
    for name, column in there.items():
        if name not in known and column.any():
            yield f"{name}: {int(column.sum())} items have scores of it, which the model was not fitted on; left out"
    scored = [there[name] for name in known if name in there]
    names = [items.names[place] for place in np.flatnonzero(~np.any(scored, axis=0))] if scored else []
    if names:
        more = ", ..." if names[_SHOWN:] else ""
        yield (
            f"{len(names)} items have no scores of {', '.join(known)}, so that what they get means little: "
            f"{', '.join(names[:_SHOWN])}{more}"
        )


def _rows(saved: SavedModel, items: Items) -> Iterator[dict[str, Any]]:
    labels = saved.estimator.predict(items).tolist()
    if not hasattr(saved.estimator, "predict_proba"):
        for name, number in zip(items.names, labels, strict=True):
            yield {"item": name, "number": round(number, 6)}
        return
    told = saved.estimator.predict_proba(items)
    classes = saved.estimator.classes_.tolist()
    for name, label, row in zip(items.names, labels, told.tolist(), strict=True):
        yield {"item": name, "label": label} | {f"p.{c}": round(p, 6) for c, p in zip(classes, row, strict=True)}


def _write(file: TextIO, rows: Sequence[dict[str, Any]], *, lines: bool) -> None:
    if lines:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return
    writer = csv.DictWriter(file, list(rows[0]) if rows else ["item", "label"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
