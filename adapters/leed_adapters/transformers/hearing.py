"""Stretches of sound classified, by any model that classifies audio."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

import numpy as np
import soxr
from numpy.typing import NDArray

from leed_adapters.transformers.loading import Loaded

RATE: Final = 16_000
"""Samples a second, as sound is given."""
_SHORTEST: Final = RATE // 10  # samples: what is shorter is filled up with silence, as a model's first layers need some
_AHEAD: Final = 4  # batches whose stretches are put in order of length together, so that little is padded
_FRAME: Final = 0.01  # seconds that a frame of a spectrogram goes on by

T = TypeVar("T")
Samples = NDArray[np.float32]


class Listener:
    """Gives stretches of sound their scores, some at a time.

    A score does not depend on what else is in a batch: what is padded is masked, and where a model has no mask, only
    stretches of one length are heard together.
    """

    def __init__(self, loaded: Loaded, batch_size: int) -> None:
        self._loaded = loaded
        self._batch_size = batch_size
        self._rate = int(loaded.prepare.sampling_rate)
        grouped = getattr(loaded.model.config, "feat_extract_norm", "layer") == "group"
        self._masked = bool(getattr(loaded.prepare, "return_attention_mask", False)) and not grouped

    @property
    def longest(self) -> float | None:
        """How many seconds the model hears at most; None where there is no limit."""
        samples = getattr(self._loaded.prepare, "n_samples", None)
        if samples is not None:
            return float(samples) / self._rate
        frames = getattr(self._loaded.prepare, "max_length", None)
        return None if frames is None else float(frames) * _FRAME

    def scored(self, stretches: Iterable[tuple[T, Samples]]) -> Iterator[tuple[T, NDArray[np.float32]]]:
        """Yield what each stretch was given with, and its scores, in order; memory is that of some batches.

        Args:
            stretches: with anything that tells whose they are, (n,) float32 samples of one channel, RATE a second.
        """
        coming = iter(stretches)
        while some := list(islice(coming, self._batch_size * _AHEAD)):
            samples = [self._fitted(heard) for _, heard in some]
            scores = np.empty((len(some), len(self._loaded.head.labels)), np.float32)
            for places in self._batches([len(heard) for heard in samples]):
                scores[places] = self._of([samples[i] for i in places])
            yield from zip((owner for owner, _ in some), scores, strict=True)

    @property
    def _is_wave(self) -> bool:
        """Whether the model hears samples, not a spectrogram of a fixed length."""
        return not hasattr(self._loaded.prepare, "n_samples") and not hasattr(self._loaded.prepare, "num_mel_bins")

    def _fitted(self, heard: Samples) -> Samples:
        """Samples at the model's rate, filled up where there are hardly any."""
        if len(heard) < _SHORTEST:
            heard = np.pad(heard, (0, _SHORTEST - len(heard)))
        return heard if self._rate == RATE else np.asarray(soxr.resample(heard, RATE, self._rate), np.float32)

    def _batches(self, lengths: Sequence[int]) -> Iterator[list[int]]:
        """Which stretches are heard together."""
        order = sorted(range(len(lengths)), key=lambda i: lengths[i], reverse=True)
        some: list[int] = []
        for place in order:
            alike = not self._is_wave or self._masked or not some or lengths[some[0]] == lengths[place]
            if len(some) == self._batch_size or not alike:
                yield some
                some = []
            some.append(place)
        if some:
            yield some

    def _of(self, samples: list[Samples]) -> NDArray[np.float32]:
        how: dict[str, Any] = {"padding": True, "return_attention_mask": self._masked} if self._is_wave else {}
        inputs = self._loaded.prepare(samples, sampling_rate=self._rate, return_tensors="pt", **how)
        return self._loaded.head.scores(self._loaded.outputs(inputs).numpy())
