"""How a voice model is trained: every choice, checked when it is made."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from leed.errors import OptionError, one_of

BASE: Final = "openai/whisper-small"
LOSSES: Final = ("mse", "ccc", "bce")
PRECISIONS: Final = ("auto", "fp32", "bf16", "fp16")
QUANTITIES: Final = ("intensity", "probability", "bipolar")
ALL, NOTHING = "encoder", "none"

_COUNTS: Final = {"epochs": 1, "steps": 1, "batch_size": 1, "accumulate": 1, "patience": 0, "longest": 1}
_COUNTS_TOO: Final = {"checkpoint_every": 0, "seed": 0}
_POSITIVE: Final = ("head_rate", "encoder_rate", "max_norm")
_FREE: Final = ("checkpoint_every", "device", "download", "precision")  # the weights do not follow from these names


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What decides how a model is trained.

    >>> Settings(freeze="none").frozen_layers, Settings().frozen_layers is None
    (0, True)

    Attributes:
        base: the Whisper model whose encoder is taken: a folder, or an id on the Hugging Face hub.
        loss: "mse" (mean squared error), "ccc" (1 - concordance), or "bce" (binary cross-entropy, of numbers 0 to 1).
        freeze: "encoder" (only the head is trained), a number of layers, counted from the sound, that stay as they are,
            or "none".
        epochs, steps: how often all clips are gone through; or, where it is given, how many updates there are.
        batch_size, accumulate: clips at a time; how many times that make one update.
        head_rate, encoder_rate: learning rates, at their highest.
        weight_decay: AdamW's.
        warmup: the share of the updates over which rates rise; then they fall as a cosine does.
        max_norm: what the norm of the gradients is clipped to.
        patience: after how many epochs without a better one training ends; 0: never before its time.
        share: the share of the speakers who are held out, where none are named.
        seed: decides who is held out, how the head begins, and the order of the clips.
        precision: what is calculated in: "fp32", "bf16", "fp16", or "auto": mixed where a GPU can do it.
        device: "cpu", "cuda", "mps", or "auto" for the fastest that is there.
        longest: seconds of a clip that are heard; None: what the base hears, which is 30. Fewer are faster.
        checkpoint_every: after how many updates a checkpoint is written, beside those after each epoch; 0: none.
        download: whether a base that is not here may be fetched from the hub.

    Raises:
        OptionError: one has a value that cannot be.
    """

    base: str = BASE
    loss: str = "mse"
    freeze: str = ALL
    epochs: int = 10
    steps: int | None = None
    batch_size: int = 16
    accumulate: int = 1
    head_rate: float = 1e-3
    encoder_rate: float = 1e-5
    weight_decay: float = 0.01
    warmup: float = 0.1
    max_norm: float = 1.0
    patience: int = 5
    share: float = 0.2
    seed: int = 0
    precision: str = "auto"
    device: str = "auto"
    longest: int | None = None
    checkpoint_every: int = 0
    download: bool = False

    def __post_init__(self) -> None:
        if self.loss not in LOSSES:
            raise one_of("loss", self.loss, LOSSES)
        if self.precision not in PRECISIONS:
            raise one_of("precision", self.precision, PRECISIONS)
        if self.freeze not in (ALL, NOTHING) and not (self.freeze.isascii() and self.freeze.isdigit()):
            raise OptionError(f"freeze {self.freeze!r} is not known: give encoder, none, or a number of layers")
        for name, least in {**_COUNTS, **_COUNTS_TOO}.items():
            _at_least(name, getattr(self, name), least)
        for name in _POSITIVE:
            _positive(name, getattr(self, name))
        for name in ("share", "warmup"):
            if not 0 <= getattr(self, name) < 1:
                raise OptionError(f"{name} is {getattr(self, name)!r}; give a share, from 0 to below 1")
        if not 0 <= self.weight_decay < math.inf:
            raise OptionError(f"weight_decay is {self.weight_decay!r}; give 0 or more")
        if self.loss == "ccc" and self.batch_size < 2:  # noqa: PLR2004 - one clip goes with nothing
            raise OptionError("loss ccc compares the clips of a batch: give a batch_size of 2 or more, better 16")

    @property
    def frozen_layers(self) -> int | None:
        """How many layers stay as they are, counted from the sound; None: the whole encoder."""
        if self.freeze == ALL:
            return None
        return 0 if self.freeze == NOTHING else int(self.freeze)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)


def differing(then: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Return, for each setting that is not the same, what it was and what it is.

    >>> differing(Settings().to_dict(), Settings(seed=7).to_dict())
    ['seed was 0 and is 7']
    """
    names = [field.name for field in fields(Settings) if field.name not in _FREE]
    return [f"{name} was {then.get(name)} and is {now[name]}" for name in names if then.get(name) != now[name]]


def _at_least(name: str, value: object, least: int) -> None:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < least):
        raise OptionError(f"{name} is {value!r}; give a whole number from {least} up")


def _positive(name: str, value: float) -> None:
    if not 0 < value < math.inf:
        raise OptionError(f"{name} is {value!r}; give a number above 0")
