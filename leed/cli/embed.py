"""``leed embed``: sentences in a table, each with its vector."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from leed import errors, quoting
from leed.cli import complain, options
from leed.cli.describe import report_issues

if TYPE_CHECKING:
    from leed.batch.describing import Share
    from leed.embed import Estimate, OnceEmbedder


def command(  # noqa: PLR0917 - the command line names them all
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="DATA...",
            help="Recordings; texts, a line each (.txt); patterns, @lists of them, URLs; - is standard input.",
        ),
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
    engine: options.EngineName = "local",
    workers: options.Workers = None,
) -> None:
    """Embed the sentences for recordings, or texts of your own, into a table: a row for each segment or text.

    Each different sentence is embedded once, wherever it stands. A service that costs money is asked only after you
    agreed. A directory is one recording; the files that match a pattern ("talks/**/*.json") or stand in an @list are
    one each. The rows come in the order of DATA.

    With several workers each reads inputs, then embeds sentences with an embedder of its own, in its share of the
    cores. What is on its way lies beside PATH.

    Examples:
    `leed embed predictions.json -o vectors.parquet`

    `leed embed talks/ --embedder openai:text-embedding-3-small --cache default -o vectors.parquet`

    `leed embed answers.csv --text-column answer --embedder lexical -o vectors.npy`

    `leed embed "talks/**/*.json" --workers 8 -o vectors.parquet`
    """
    from leed.batch.describing import Reading  # noqa: PLC0415 - keeps 'leed --help' fast
    from leed.batch.embedding import embed_inputs  # noqa: PLC0415 - as above
    from leed.batch.engines import get_engine  # noqa: PLC0415 - as above
    from leed.batch.sources import sources_of  # noqa: PLC0415 - as above
    from leed.batch.vector_table import check_target  # noqa: PLC0415 - as above
    from leed.describer import Describer  # noqa: PLC0415 - as above
    from leed.embed import get_embedder  # noqa: PLC0415 - as above
    from leed.modality import modality_named  # noqa: PLC0415 - as above

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
    sources = sources_of(files)
    failed = False

    def told(share: Share) -> None:
        nonlocal failed
        if share.error is not None:
            if len(sources) == 1:
                raise share.error
            complain(str(share.error))
            failed = True
        elif share.issues is not None:
            report_issues(share.issues, share.rows)

    embed_inputs(
        sources,
        path,
        describer=describer,
        embedder=chosen,
        reading=Reading(form, text_column, modality_named(modality), quantity),
        engine=get_engine(engine),
        workers=options.workers_of(workers, engine),
        told=told,
        agree=lambda estimate: _agree(chosen, estimate, yes=yes),
    )
    if failed:
        raise typer.Exit(1)


def _agree(embedder: OnceEmbedder, told: Callable[[], Estimate], *, yes: bool) -> None:
    """Say what a service will cost, and ask whether to go on."""
    from leed.embed import Paid  # noqa: PLC0415 - as above

    if not isinstance(embedder.inner, Paid):
        return
    estimate = told()
    typer.echo(quoting.clean(f"leed: {embedder.name}: {estimate}"), err=True)
    if yes or not estimate.uncached:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise errors.OptionError(f"{embedder.name} may cost money ({estimate}); give --yes to go on")
    if not typer.confirm("Embed them?", err=True):
        raise typer.Exit(1)
