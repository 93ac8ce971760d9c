"""``leed train-expression``: rated clips in, a voice model out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from leed import quoting
from leed.cli import complain
from leed.cli.describe import report_issues
from leed.readers.gathering import some

if TYPE_CHECKING:
    from leed_adapters.transformers.training.settings import Settings
    from leed_adapters.transformers.training.trained import Trained


def command(  # noqa: PLR0917 - the command line names them all
    ratings: Annotated[
        str,
        typer.Argument(metavar="RATINGS", help="A table: a row for each clip, a column for each label; - is stdin."),
    ],
    audio: Annotated[str, typer.Option(metavar="FOLDER", help="The folder of the clips.")],
    out: Annotated[str, typer.Option("-o", "--out", metavar="FOLDER", help="Write the model to this folder.")],
    taxonomy: Annotated[
        str | None, typer.Option(help="Whose labels are learned, such as hume-48; else those of the table.")
    ] = None,
    base: Annotated[
        str, typer.Option(help="The Whisper model whose encoder is taken: a folder, or an id on the Hugging Face hub.")
    ] = "openai/whisper-small",
    loss: Annotated[str, typer.Option(help="mse, ccc (concordance), or bce (binary cross-entropy).")] = "mse",
    freeze: Annotated[
        str, typer.Option(help="What stays as it is: encoder (fast), a number of its layers, or none (wants a GPU).")
    ] = "encoder",
    epochs: Annotated[int, typer.Option(help="How often all clips are gone through.")] = 10,
    steps: Annotated[int | None, typer.Option(help="How many updates are made, instead of --epochs.")] = None,
    batch_size: Annotated[int, typer.Option(help="Clips at a time.")] = 16,
    accumulate: Annotated[int, typer.Option(help="Batches that make one update.")] = 1,
    head_rate: Annotated[float, typer.Option(help="The head's learning rate.")] = 1e-3,
    encoder_rate: Annotated[float, typer.Option(help="The encoder's learning rate.")] = 1e-5,
    weight_decay: Annotated[float, typer.Option(help="AdamW's weight decay.")] = 0.01,
    warmup: Annotated[float, typer.Option(help="The share of the updates over which rates rise, then to fall.")] = 0.1,
    max_norm: Annotated[float, typer.Option(help="What the norm of the gradients is clipped to.")] = 1.0,
    patience: Annotated[int, typer.Option(help="Epochs without a better one that end training; 0: none do.")] = 5,
    longest: Annotated[
        int | None, typer.Option(help="Seconds of a clip that are heard, 30 if not given; fewer are faster.")
    ] = None,
    validation: Annotated[
        str | None, typer.Option(metavar="TABLE", help="A table of other speakers, to try the model on.")
    ] = None,
    held_out: Annotated[
        list[str] | None, typer.Option(metavar="SPEAKER", help="Or a speaker to try it on; may be repeated.")
    ] = None,
    share: Annotated[float, typer.Option(help="Or the share of the speakers that is drawn for it.")] = 0.2,
    seed: Annotated[int, typer.Option(help="Decides who is held out, how the head begins, the order of clips.")] = 0,
    precision: Annotated[str, typer.Option(help="fp32, bf16, fp16; auto: mixed on a GPU.")] = "auto",
    device: Annotated[str, typer.Option(help="cpu, cuda, mps; auto: the fastest that is there.")] = "auto",
    clip: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The column that names the clips, if not file or source.")
    ] = None,
    speaker: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The column that says who speaks, if not speaker.")
    ] = None,
    modality: Annotated[str, typer.Option(help="What rows that say a modality have to be of.")] = "prosody",
    form: Annotated[
        str | None, typer.Option("--format", help="The table's format, if it should not be told from the content.")
    ] = None,
    checkpoint_every: Annotated[
        int, typer.Option(help="Updates between checkpoints, beside those after each epoch; 0: none.")
    ] = 0,
    download: Annotated[  # noqa: FBT002 - typer's flags are positional in Python and named on the command line
        bool, typer.Option("--download", help="Fetch a base that is not here from the hub.")
    ] = False,
    resume: Annotated[  # noqa: FBT002 - typer's flags are positional in Python and named on the command line
        bool, typer.Option("--resume", help="Go on from the checkpoint in the folder.")
    ] = False,
    overwrite: Annotated[  # noqa: FBT002 - as above
        bool, typer.Option("--overwrite", help="Write over what is in the folder.")
    ] = False,
) -> None:
    """Train a voice model on clips that people have rated, and say how good it is on voices it has not met.

    The table is anything that leed reads, with a row for each clip: its file, who speaks in it, and a number for each
    label; empty cells count for nothing. The model is an ordinary transformers folder with a model card. Ctrl-C writes
    a checkpoint, from which --resume goes on as if nothing had happened.

    `leed fit` learns classes of your own from scores; `leed calibrate` counts what scores are usual; `leed
    train-expression` makes a model that gives scores, from sound.

    Examples:
    `leed train-expression ratings.csv --audio clips/ --taxonomy hume-48 -o my-voice/`

    `leed train-expression ratings.csv --audio clips/ --loss ccc --freeze 6 --batch-size 32 -o my-voice/`

    `leed measure call.wav --model transformers:my-voice/`
    """
    from leed_adapters.transformers.training.progress import shown  # noqa: PLC0415 - keeps 'leed --help' fast
    from leed_adapters.transformers.training.running import train  # noqa: PLC0415 - as above
    from leed_adapters.transformers.training.settings import Settings  # noqa: PLC0415 - as above

    settings = Settings(
        base=base,
        loss=loss,
        freeze=freeze,
        epochs=epochs,
        steps=steps,
        batch_size=batch_size,
        accumulate=accumulate,
        head_rate=head_rate,
        encoder_rate=encoder_rate,
        weight_decay=weight_decay,
        warmup=warmup,
        max_norm=max_norm,
        patience=patience,
        share=share,
        seed=seed,
        precision=precision,
        device=device,
        longest=longest,
        checkpoint_every=checkpoint_every,
        download=download,
    )
    try:
        with shown() as tell:
            trained = train(
                ratings,
                audio,
                out,
                settings=settings,
                taxonomy=taxonomy,
                validation=validation,
                held_out=held_out or (),
                modality=modality,
                columns={"clip": clip, "speaker": speaker},
                format=form,
                resume=resume,
                overwrite=overwrite,
                tell=tell,
            )
    except KeyboardInterrupt as error:
        complain(_stopped(error, out))
        raise typer.Exit(1) from None
    report_issues(trained.issues, sum(trained.clips))
    _show(trained, settings)
    typer.echo(
        quoting.clean(f"leed: wrote {out}; leed measure CLIP --model transformers:{out} scores with it"), err=True
    )


def _stopped(error: KeyboardInterrupt, out: str) -> str:
    from leed_adapters.transformers.training.output import checkpoint_in  # noqa: PLC0415 - as above
    from leed_adapters.transformers.training.trained import Stopped  # noqa: PLC0415 - as above

    if isinstance(error, Stopped):
        done = f"stopped after {error.step} of {error.total} updates, and a checkpoint is written"
        return f"{done}: the same command with --resume goes on from there"
    if checkpoint_in(out):
        return "stopped before the next checkpoint: the same command with --resume goes on from the last one"
    return "stopped before the first checkpoint: there is nothing to go on from"


def _show(trained: Trained, settings: Settings) -> None:
    """Print the figures."""
    from rich.console import Console  # noqa: PLC0415 - as above
    from rich.markup import escape  # noqa: PLC0415 - as above
    from rich.table import Table  # noqa: PLC0415 - as above

    from leed_adapters.transformers.training.card import columns  # noqa: PLC0415 - as above

    names = columns(settings)
    table = Table()
    for head in ("label", "clips", *names.values()):
        table.add_column(head, no_wrap=True)
    for one in trained.figures:
        cells = ("" if (value := getattr(one, name)) is None else f"{value:.3f}" for name in names)
        table.add_row(escape(quoting.clean(one.label)), str(one.clips), *cells)
    means = ("" if (mean := trained.mean(name)) is None else f"{mean:.3f}" for name in names)
    table.add_row("mean", "", *means)
    console = Console(highlight=False, width=max(80, int(os.environ.get("COLUMNS", "80"))))
    console.print(
        f"{some(trained.clips[1], 'clip')} of {some(trained.speakers[1], 'speaker')} held out: "
        f"loss {trained.untrained:.4f} untrained, {trained.best:.4f} after {trained.best_step} updates",
        soft_wrap=True,
    )
    console.print(table)
