"""What a user may wish of a local model, beside what all measurers are told."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from typing import Any, Final

from leed.errors import OptionError, one_of
from leed_adapters.media.boundaries import GRANULARITIES

_CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "channels": ("mix", "each"),
    "voice": ("silero", "off"),
    "faces": ("detect", "whole"),
    "granularity": GRANULARITIES,
}


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """How a local model measures.

    Attributes:
        transcript: who said what when, as a file that `leed_adapters.media.read_boundaries` reads: sound is cut by it.
        granularity: whether stretches are its words, sentences, utterances or turns; None: as it has them.
        voice: "silero" to find speech where there is no transcript; "off" to measure all of the sound.
        channels: "mix", or "each" where each channel is a speaker of its own.
        faces: "detect" to find them in pictures; "whole" where a picture is of a face, and nothing else.
        per_second: how many pictures of a second of video are measured.
        modality: what the model hears or sees, if not what its kind tells: "burst" for laughs and sighs.
        activation: what makes scores of its outputs, if its config does not tell: softmax, sigmoid or identity.
        device: "cpu", "cuda", "cuda:1", "mps", or "auto" for the fastest that is there.
        dtype: what is calculated in: float32, float16 or bfloat16.
        batch_size: how many stretches, texts or pictures at a time.
        revision: of a model on the hub: a branch, tag or commit.
        download: whether a model that is not here may be fetched from the hub.
    """

    transcript: str | os.PathLike[str] | None = None
    granularity: str | None = None
    voice: str = "silero"
    channels: str = "mix"
    faces: str = "detect"
    per_second: float = 3.0
    modality: str | None = None
    activation: str | None = None
    device: str = "auto"
    dtype: str = "float32"
    batch_size: int = 8
    revision: str | None = None
    download: bool = False

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            value = getattr(self, name)
            if value is not None and value not in choices:
                raise one_of(name, value, choices)
        given: object = self.batch_size  # whatever a caller gave
        if not isinstance(given, int) or given < 1:
            raise OptionError(f"batch_size is {self.batch_size!r}; give a whole number from 1")
        if not 0 < self.per_second <= _MOST_PER_SECOND:
            raise OptionError(f"per_second is {self.per_second!r}; give pictures a second, above 0 and up to 1000")


_MOST_PER_SECOND: Final = 1000
NAMES: Final = tuple(field.name for field in fields(Wishes))


def wishes_of(special: dict[str, Any]) -> Wishes:
    """Return what was wished.

    Raises:
        OptionError: a value cannot be.
    """
    try:
        return Wishes(**special)
    except TypeError as error:
        raise OptionError(f"an option has a value that cannot be: {error}") from error
