"""Where somebody speaks: silero-vad's network over a stream, many windows at a time, and stretches of speech from it.

The weights are those in silero-vad's wheel, of its TorchScript model, which is what the package itself loads: those in
its safetensors file are others (in 6.2.3). The package is not imported, as doing so sets how many threads torch uses
for the whole program, which is the user's business; and its own loop runs a window of 32 ms at a time.
"""

from __future__ import annotations

import importlib.util
import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from leed.schema.granularity import PAUSES
from leed_adapters.media.sound import RATE, Samples

WINDOW = 512
"""Samples that one probability is about: 32 ms."""

_CONTEXT = 64  # samples before a window that the network sees too
_FILE = "silero_vad.jit"
_NAMES = {
    "_model.stft.forward_basis_buffer": "stft.weight",
    **{f"_model.encoder.{i}.reparam_conv.{what}": f"conv{i}.{what}" for i in range(4) for what in ("weight", "bias")},
    **{f"_model.decoder.rnn.{what}_{of}": f"lstm.{what}_{of}_l0" for what in ("weight", "bias") for of in ("ih", "hh")},
    **{f"_model.decoder.decoder.2.{what}": f"final.{what}" for what in ("weight", "bias")},
}


class Network(nn.Module):
    """silero-vad's network of version 6 for 16 kHz: (channels, n, 64 + 512) windows to (channels, n) probabilities."""

    def __init__(self) -> None:
        super().__init__()
        self.stft = nn.Conv1d(1, 258, 256, stride=128, bias=False)
        self.conv0 = nn.Conv1d(129, 128, 3, padding=1)
        self.conv1 = nn.Conv1d(128, 64, 3, stride=2, padding=1)
        self.conv2 = nn.Conv1d(64, 64, 3, stride=2, padding=1)
        self.conv3 = nn.Conv1d(64, 128, 3, padding=1)
        self.lstm = nn.LSTM(128, 128, batch_first=True)
        self.final = nn.Conv1d(128, 1, 1)

    def forward(self, windows: Tensor, state: tuple[Tensor, Tensor] | None) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Return the probability of speech in each window, and the state that goes on with the next."""
        channels, count, _ = windows.shape
        given = functional.pad(windows.reshape(channels * count, 1, -1), (0, _CONTEXT), mode="reflect")
        real, imaginary = self.stft(given).chunk(2, dim=1)
        made = (real**2 + imaginary**2).sqrt()
        for layer in (self.conv0, self.conv1, self.conv2, self.conv3):
            made = layer(made).relu()
        heard, after = self.lstm(made.reshape(channels, count, 128), state)
        told = self.final(heard.relu().transpose(1, 2)).sigmoid()
        return told[:, 0], after


def network() -> Network:
    """Return silero-vad's network.

    Raises:
        ModuleNotFoundError: silero-vad is not installed.
    """
    found = importlib.util.find_spec("silero_vad")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("No module named 'silero_vad'", name="silero_vad")
    path = os.path.join(found.submodule_search_locations[0], "data", _FILE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # TorchScript is what the wheel has
        given = torch.jit.load(path, map_location="cpu").state_dict()  # type: ignore[no-untyped-call]
    made = Network()
    made.load_state_dict({name: given[theirs] for theirs, name in _NAMES.items()})
    return made.eval().requires_grad_(requires_grad=False)


class Listener:
    """The probability of speech in each window of a stream, for each of its channels."""

    def __init__(self) -> None:
        self._network = network()
        self._state: tuple[Tensor, Tensor] | None = None
        self._held: Samples | None = None

    def __call__(self, block: Samples) -> NDArray[np.float32]:
        """Return (n, channels) probabilities of the windows that are whole by now."""
        held = np.zeros((_CONTEXT, block.shape[1]), np.float32) if self._held is None else self._held
        held = np.concatenate([held, block])
        count = (len(held) - _CONTEXT) // WINDOW
        self._held = held[count * WINDOW :]
        if not count:
            return np.empty((0, held.shape[1]), np.float32)
        seen = np.lib.stride_tricks.sliding_window_view(held, _CONTEXT + WINDOW, axis=0)[::WINDOW][:count]
        with torch.inference_mode():
            told, self._state = self._network(torch.from_numpy(seen.transpose(1, 0, 2).copy()), self._state)
        odds: NDArray[np.float32] = told.numpy().T
        return odds

    def end(self) -> NDArray[np.float32]:
        """Return the probabilities of what is left, filled up with silence."""
        if self._held is None or len(self._held) == _CONTEXT:
            return np.empty((0, 1 if self._held is None else self._held.shape[1]), np.float32)
        return self(np.zeros((WINDOW + _CONTEXT - len(self._held), self._held.shape[1]), np.float32))


@dataclass(frozen=True)
class Hearing:
    """What passes for speech, and for a pause; all in seconds but the thresholds.

    The thresholds and the shortest speech are silero-vad's own defaults, and a pause is what ends an utterance
    elsewhere in leed. Padding of 0.1 s keeps soft beginnings and ends.
    """

    threshold: float = 0.5
    quiet: float = 0.35
    pause: float = PAUSES["utterance"]
    shortest: float = 0.25
    padding: float = 0.1
    longest: float = 30.0


class Utterances:
    """Stretches of speech from the probabilities of one channel, as soon as they have ended.

    One that is too long is cut where the longest pause of its second half is, else where speech is least likely.
    """

    def __init__(self, hearing: Hearing) -> None:
        self._hearing = hearing
        self._pad = round(hearing.padding * RATE)
        self._most = max(round(hearing.longest * RATE) - 2 * self._pad, WINDOW) // WINDOW
        self._at = 0  # which window comes next
        self._begin: int | None = None  # with which one the utterance began
        self._odds: list[float] = []  # of its windows
        self._quiet = 0  # windows at its end in which nobody spoke
        self._end = 0  # samples up to which all is told

    @property
    def needed(self) -> int:
        """The first sample that may still be wanted."""
        begin = self._at if self._begin is None else self._begin
        return max(begin * WINDOW - self._pad, 0)

    def add(self, odds: NDArray[np.float32]) -> Iterator[tuple[int, int]]:
        """Yield where utterances begin and end, in samples."""
        for odd in odds.tolist():
            yield from self._add(odd)

    def ended(self, samples: int) -> Iterator[tuple[int, int]]:
        """Yield the utterance that goes on at the end."""
        if self._begin is not None:
            yield from self._told(len(self._odds) - self._quiet, samples)

    def _add(self, odd: float) -> Iterator[tuple[int, int]]:
        self._at += 1
        if self._begin is None:
            if odd < self._hearing.threshold:
                return
            self._begin, self._odds, self._quiet = self._at - 1, [], 0
        self._odds.append(odd)
        speaks = odd >= (self._hearing.threshold if self._quiet else self._hearing.quiet)
        self._quiet = 0 if speaks else self._quiet + 1
        if self._quiet * WINDOW >= self._hearing.pause * RATE:
            yield from self._told(len(self._odds) - self._quiet, None)
        elif len(self._odds) > self._most:
            yield from self._split()

    def _told(self, count: int, samples: int | None) -> Iterator[tuple[int, int]]:
        """The utterance, of so many windows."""
        begin = self._begin or 0
        self._begin = None
        if count * WINDOW >= self._hearing.shortest * RATE:
            first = max(begin * WINDOW - self._pad, self._end)
            self._end = (begin + count) * WINDOW + self._pad
            yield first, self._end if samples is None else min(self._end, samples)

    def _split(self) -> Iterator[tuple[int, int]]:
        begin, cut = self._begin or 0, self._cut()
        first = max(begin * WINDOW - self._pad, self._end)
        self._end = (begin + cut) * WINDOW
        yield first, self._end
        self._begin, self._odds = begin + cut, self._odds[cut:]
        self._quiet = min(self._quiet, len(self._odds))

    def _cut(self) -> int:
        odds = np.array(self._odds)
        half = len(odds) // 2
        edges = np.flatnonzero(np.diff(np.concatenate(([0], odds[half:] < self._hearing.quiet, [0]))))
        runs = [(int(b - a), half + int(a + b) // 2) for a, b in zip(edges[::2], edges[1::2], strict=True)]
        cut = max(runs)[1] if runs else half + int(np.argmin(odds[half:]))
        return max(cut, 1)
