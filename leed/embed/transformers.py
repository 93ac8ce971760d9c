"""Any encoder that transformers loads, from a folder or from the cache of Hugging Face's hub."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from leed.embed.encoder import Encoder
from leed.embed.hub import folder_of
from leed.errors import OptionError

_DECISIVE: Final = (".safetensors", ".bin", ".json", ".txt", ".model")
"""Endings of files that decide what the vectors are: weights, settings, the tokenizer."""


@dataclass(frozen=True)
class TransformersEmbedder(Encoder):
    """Sentences by any encoder: BERT and its kin, E5, BGE, GTE, ...; see `Encoder` for how.

    What is named is looked for on this disk. A model of the hub is only fetched with ``download=True``.

    Attributes:
        model: a folder, or the name of a model on Hugging Face's hub.
        revision: of a model on the hub: a branch, tag or commit.
        download: whether what is not here may be fetched from the hub.

    Raises:
        OptionError: an option has a value that makes no sense.
    """

    model: str | None = None
    revision: str | None = None
    download: bool = False

    def __init__(
        self,
        model: str | None = None,
        *,
        pooling: str = "mean",
        normalize: bool = True,
        max_length: int | None = None,
        dtype: str = "float32",
        device: str = "auto",
        batch_size: int = 32,
        revision: str | None = None,
        download: bool = False,
    ) -> None:
        if not model:
            raise OptionError("embedder 'transformers' needs a model behind its name: 'transformers:PATH-OR-ID'")
        super().__init__(pooling, normalize, max_length, dtype, device, batch_size)
        for name, value in (("model", model), ("revision", revision), ("download", download)):
            object.__setattr__(self, name, value)

    @property
    def name(self) -> str:
        """The name."""
        return f"transformers:{self.model}"

    @cached_property
    def weights(self) -> str:  # pyright: ignore[reportIncompatibleMethodOverride, reportIncompatibleVariableOverride] - kept, as files are large
        """The commit of a model of the hub; the digest of the files in a folder."""
        folder = self.folder()
        commit = os.path.basename(folder)
        if os.path.basename(os.path.dirname(folder)) == "snapshots":
            return f"commit {commit}"
        return f"sha256 {_digest(folder)}"

    def folder(self) -> str:
        """Return the folder that was named, or that of a model of the hub."""
        return self._folder

    @cached_property
    def _folder(self) -> str:
        return folder_of(str(self.model), what=self.name, revision=self.revision, download=self.download)


def _digest(folder: str) -> str:
    """A digest of the files that decide, by name and content."""
    whole = hashlib.sha256()
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if name.endswith(_DECISIVE) and os.path.isfile(path):
            with open(path, "rb") as file:
                whole.update(f"{name}\0{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode(errors="replace"))
    return whole.hexdigest()[:32]
