"""``leed embed``: sentences in a table, each with its vector."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leed import errors, quoting
from leed.cli import complain, options
from leed.cli.describe import read_file, report
from leed.cli.embedded import Rows, check_target, texts_of, write

if TYPE_CHECKING:
    from leed.describer import Describer
    from leed.embed import OnceEmbedder

_LINES = "text"


def command(  # noqa: PLR0917 - the command line names them all
    files: Annotated[
        list[str], typer.Argument(metavar="DATA...", help="Recordings; texts, a line each (.txt); - is standard input.")
    ],
    path: Annotated[
        str,
        typer.Option(
            "-o", "--out", metavar="PATH", help="Write to this file: .parquet, .csv, or .npy for vectors only."
        ),
    ],
    embedder: Annotated[
        str, typer.Option(help="lexical, minilm, transformers:PATH-OR-ID, openai:MODEL, litellm:MODEL, ...")
    ] = "minilm",
    cache: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="Keep vectors in this file; 'default': in your folder for caches."),
    ] = None,
    batch_size: Annotated[int | None, typer.Option(help="How many sentences are embedded at a time.")] = None,
    dimensions: Annotated[int | None, typer.Option(help="How long a vector is, for embedders that can choose.")] = None,
    text_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="DATA are CSV or Parquet: embed the texts of this column.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before a service is paid.")] = False,
    form: Annotated[
        str | None, typer.Option("--format", help="The format, if it should not be told; 'text': a text on each line.")
    ] = None,
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
    """Embed the sentences for recordings, or texts of your own, into a table: a row for each segment or text.

    Each different sentence is embedded once. A service that costs money is asked only after you agreed.

    Examples:
    `leed embed predictions.json -o vectors.parquet`

    `leed embed talks/ --embedder openai:text-embedding-3-small --cache default -o vectors.parquet`

    `leed embed answers.csv --text-column answer --embedder lexical -o vectors.npy`
    """
    from leed.describer import Describer  # noqa: PLC0415 - keeps 'leed --help' fast
    from leed.embed import get_embedder  # noqa: PLC0415 - as above

    check_target(path)
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
    chosen = get_embedder(
        embedder,
        cache=True if cache == "default" else cache,
        batch_size=batch_size,
        progress=True,
        **({} if dimensions is None else {"dimensions": dimensions}),
    )
    rows, failed = Rows(), 0
    for file in files:
        try:
            _take(rows, file, text_column, form, describer, {"modality": modality, "quantity": quantity})
        except errors.LeedError as error:
            if len(files) == 1:
                raise
            failed = complain(str(error))
    if not rows.sentences:
        raise errors.InputError(f"{', '.join(files)}: there is nothing to embed")
    _agree(chosen, rows.sentences, yes=yes)
    write(path, rows, chosen.embed(rows.sentences), chosen)
    if failed:
        raise typer.Exit(failed)


def _take(
    rows: Rows, file: str, column: str | None, form: str | None, describer: Describer, told: dict[str, Any]
) -> None:
    if column is not None or form == _LINES or (form is None and file.casefold().endswith(".txt")):
        for text in texts_of(file, column):
            rows.add_text(text, source=file)
        return
    recording = read_file(file, form)
    for segment in recording.segments():
        rows.add(describer.describe(segment, **told))
    report(recording)


def _agree(embedder: OnceEmbedder, sentences: list[str], *, yes: bool) -> None:
    """Say what a service will cost, and ask whether to go on."""
    from leed.embed import Paid  # noqa: PLC0415 - as above

    if not isinstance(embedder.inner, Paid):
        return
    estimate = embedder.estimate(sentences)
    typer.echo(quoting.clean(f"leed: {embedder.name}: {estimate}"), err=True)
    if yes or not estimate.uncached:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise errors.OptionError(f"{embedder.name} may cost money ({estimate}); give --yes to go on")
    if not typer.confirm("Embed them?", err=True):
        raise typer.Exit(1)
