"""The folder that a model is written to: what may stand in it, and a place in it for what lasts while training does."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from leed.errors import OptionError

WORK: Final = "training"
CHECKPOINT: Final = "checkpoint.pt"
_LAST: Final = "config.json"


@dataclass(frozen=True)
class Output:
    """A folder to be written.

    Attributes:
        folder: where the model will be.
        resume: whether training goes on from a checkpoint in it.
        overwrite: whether what is there may be replaced.

    Raises:
        OptionError: it is not empty, or there is no checkpoint to go on from.
    """

    folder: str
    resume: bool = False
    overwrite: bool = False

    def __post_init__(self) -> None:
        if self.resume and self.overwrite:
            raise OptionError("resume goes on with what is there, and overwrite replaces it: give one of them")
        if os.path.exists(self.folder) and not os.path.isdir(self.folder):
            raise OptionError(f"{self.folder}: is a file; a model is written to a folder")
        there = checkpoint_in(self.folder)
        if self.resume and not there:
            raise OptionError(f"{self.folder}: there is no checkpoint to go on from; leave out --resume")
        if not self.resume and not self.overwrite and os.path.isdir(self.folder) and os.listdir(self.folder):
            hint = (
                "--resume to go on with the training in it, or --overwrite" if there else "--overwrite to write over it"
            )
            raise OptionError(f"{self.folder}: is not empty; give {hint}, or another folder")

    @property
    def work(self) -> str:
        """Where checkpoints and features lie while training lasts."""
        return os.path.join(self.folder, WORK)

    @contextmanager
    def opened(self) -> Generator[None]:
        """Have the folder; where nothing came of it, nothing is left of it, but for a checkpoint."""
        if self.overwrite:
            shutil.rmtree(self.work, ignore_errors=True)
        os.makedirs(self.work, exist_ok=True)
        try:
            yield
        finally:
            for name in os.listdir(self.work):
                if name != CHECKPOINT:
                    _remove(os.path.join(self.work, name))
            for folder in (self.work, self.folder):
                if not os.listdir(folder):
                    os.rmdir(folder)

    def take(self, folder: str) -> None:
        """Put what lies in a folder into place, what makes it a model last; then no checkpoint is needed any more.

        All may be read by whom the folder's other files are read by: safetensors lets nobody but their owner.
        """
        allowed = 0o666 & ~_umask()
        for name in sorted(os.listdir(folder), key=lambda name: name == _LAST):
            os.chmod(os.path.join(folder, name), allowed)
            os.replace(os.path.join(folder, name), os.path.join(self.folder, name))
        _remove(os.path.join(self.work, CHECKPOINT))


def checkpoint_in(folder: str) -> bool:
    """Return whether there is a checkpoint in the folder of a model."""
    return os.path.isfile(os.path.join(folder, WORK, CHECKPOINT))


def _umask() -> int:
    """What files are not allowed; it can only be read by setting it."""
    now = os.umask(0o077)
    os.umask(now)
    return now


def _remove(path: str) -> None:
    if os.path.isdir(path):
        shutil.rmtree(path)
    elif os.path.exists(path):
        os.remove(path)
