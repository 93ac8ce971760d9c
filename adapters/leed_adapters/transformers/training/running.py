"""Training from a table and a folder of sound to a folder with a model."""

from __future__ import annotations

import os
from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager

from leed import plugins
from leed_adapters.transformers.training.output import Output
from leed_adapters.transformers.training.settings import Settings
from leed_adapters.transformers.training.trained import Tell, Trained


def train(
    ratings: str | os.PathLike[str],
    audio: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    settings: Settings | None = None,
    taxonomy: str | None = None,
    validation: str | os.PathLike[str] | None = None,
    held_out: Collection[str] = (),
    modality: str = "prosody",
    columns: Mapping[str, str | None] | None = None,
    format: str | None = None,  # noqa: A002 - as leed.read has it
    resume: bool = False,
    overwrite: bool = False,
    tell: Tell | None = None,
) -> Trained:
    """Train a voice model, write it to a folder that transformers and `leed measure` load, and return how good it is.

    The figures are of whole speakers who were held out. Features lie on disk while training lasts, so that memory does
    not grow with the clips; they are made anew when training is resumed.

    Args:
        ratings: a table that leed reads, with a row for each clip: its file, who speaks, a number for each label.
        audio: the folder of the clips.
        out: the folder to write.
        settings: how it is trained.
        taxonomy: whose labels are learned; None: those of the table.
        validation: a table of other speakers, who are held out.
        held_out: or the speakers of the table who are; else a share of them is drawn.
        modality: what rows that say one have to be of.
        columns: which columns are "clip" and "speaker", where they are called otherwise.
        format: the table's, where it should not be told from the content.
        resume: go on from the checkpoint in the folder: the weights are those of a training that was never stopped.
        overwrite: write over what is in the folder.
        tell: is told how far it is.

    Raises:
        InputError: the table, the clips or the base cannot be used; the message says why.
        OptionError: an option cannot be, the folder is not empty, or the checkpoint is of another training.
        MissingPackageError: torch, transformers, soundfile or soxr is not installed.
        Stopped: Ctrl-C was pressed; there is a checkpoint.
    """
    settings = settings or Settings()
    output = Output(os.fspath(out), resume=resume, overwrite=overwrite)
    with needed():
        from leed_adapters.transformers.training.making import made  # noqa: PLC0415 - heavy, and an extra
        from leed_adapters.transformers.training.material import gathered  # noqa: PLC0415 - as above
    material = gathered(
        os.fspath(ratings),
        os.fspath(audio),
        settings,
        taxonomy=taxonomy,
        validation=None if validation is None else os.fspath(validation),
        named=held_out,
        modality=modality,
        columns=columns or {},
        format=format,
    )
    return made(material, settings, output, modality=modality, tell=tell or (lambda _: None))


@contextmanager
def needed() -> Generator[None]:
    """Turn a missing package into the error that says how to install it."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise plugins.missing("leed train-expression", error, extra="audio,transformers") from error
