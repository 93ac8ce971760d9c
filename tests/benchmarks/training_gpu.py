"""How fast a voice model is trained: clips a second with and without mixed precision, and the share of the card's peak.

``python -m tests.benchmarks.training_gpu`` makes a Whisper of whisper-small's size with random weights, and updates of
leed's own loop on clips of 30 s. Floating-point operations are counted by torch; the peak is that of dense matrices in
the precision that is used, from the maker's data sheets. Without a GPU it runs small, and says so.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.flop_counter import FlopCounterMode

from leed_adapters.transformers.training import Settings
from leed_adapters.transformers.training.loop import Learner, Side
from leed_adapters.transformers.training.model import Voice
from tests.support.voices import tiny_whisper

LABELS = tuple(f"label {number}" for number in range(48))
SMALL = {
    "d_model": 768,
    "encoder_layers": 12,
    "encoder_attention_heads": 12,
    "encoder_ffn_dim": 3072,
    "decoder_attention_heads": 12,
    "classifier_proj_size": 256,
}
PEAKS = {  # by card: TFLOP/s of (float32, bfloat16 or float16), dense, from NVIDIA's data sheets
    "H200": (67.0, 989.0),
    "H100": (67.0, 989.0),
    "A100": (19.5, 312.0),
    "L40S": (91.6, 362.0),
    "L4": (30.3, 121.0),
    "A10": (31.2, 125.0),
    "V100": (15.7, 125.0),
    "T4": (8.1, 65.0),
    "RTX 4090": (82.6, 165.2),
}


@dataclass(frozen=True)
class Random:
    """Features as those of clips: of no sound, but of the right shape."""

    array: NDArray[np.float32]

    def batch(self, places: Sequence[int]) -> NDArray[np.float32]:
        """Some of them."""
        return self.array[list(places)]


@dataclass(frozen=True)
class Speed:
    """What one way of training does.

    Attributes:
        clips: a second.
        teraflops: floating-point operations a second, of the model's forward and backward passes, in 10^12.
    """

    clips: float
    teraflops: float


def measured(settings: Settings, *, rounds: int) -> Speed:
    """How fast updates are, at the middle of some rounds after two that warm up."""
    voice = Voice(settings, LABELS)
    frames = int(voice.longest * 100)
    chance = np.random.default_rng(0)
    inputs = Random(chance.normal(size=(settings.batch_size, 80, frames)).astype(np.float32))
    targets = chance.uniform(size=(settings.batch_size, len(LABELS))).astype(np.float32)
    side = Side(inputs, range(settings.batch_size), targets)
    learner = Learner(voice, settings, 1000)

    def update() -> None:
        learner.update(side, [list(range(settings.batch_size))])

    update()
    with FlopCounterMode(display=False) as counter:
        update()
    seconds = _middle([_timed(update) for _ in range(rounds)])
    return Speed(settings.batch_size / seconds, counter.get_total_flops() / seconds / 1e12)


def encoding(settings: Settings, *, rounds: int) -> float:
    """How many clips a second a frozen encoder encodes, which it does once."""
    voice = Voice(settings, LABELS)
    features = np.zeros((settings.batch_size, 80, int(voice.longest * 100)), np.float32)
    voice.encoded(features)
    return settings.batch_size / _middle([_timed(lambda: voice.encoded(features)) for _ in range(rounds)])


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()  # its loss is read, so that the card is waited for
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - start


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def peak(card: str, precision: str, given: float | None) -> float | None:
    """The card's peak in TFLOP/s, or None where it is not known."""
    if given is not None:
        return given
    found = next((both for name, both in PEAKS.items() if name in card), None)
    return None if found is None else found[precision != "fp32"]


def main() -> None:
    """Print a line for each precision and each way of freezing."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--batch-size", type=int, default=32)
    options.add_argument("--rounds", type=int, default=10)
    options.add_argument("--seconds", type=int, help="what a clip is heard as; 30 on a GPU, 2 without")
    options.add_argument("--peak", type=float, help="the card's peak in TFLOP/s, where it is not known here")
    given = options.parse_args()
    gpu = torch.cuda.is_available()
    card = torch.cuda.get_device_name() if gpu else "CPU"
    size = given.batch_size if gpu else 2
    seconds = given.seconds or (30 if gpu else 2)
    rounds = given.rounds if gpu else 3
    print(f"{card}; torch {torch.__version__}; whisper-small's size, clips of {seconds} s, batches of {size}")
    if not gpu:
        print("no GPU: mixed precision is not measured, and these figures only show that the script runs")
    with tempfile.TemporaryDirectory() as folder:
        base = tiny_whisper(Path(folder) / "base", **{**SMALL, "max_source_positions": 50 * seconds})
        precisions = ("fp32", "bf16", "fp16") if gpu else ("fp32",)
        for precision in precisions:
            frozen = Settings(base=str(base), precision=precision, batch_size=size)
            print(f"frozen encoder {precision}  {encoding(frozen, rounds=rounds):6.1f} clips/s are encoded, once")
        for freeze in ("none", "6"):
            first = None
            for precision in precisions:
                settings = Settings(base=str(base), freeze=freeze, precision=precision, batch_size=size)
                speed = measured(settings, rounds=rounds)
                first = first or speed
                most = peak(card, precision, given.peak)
                share = "peak not known: give --peak" if most is None else f"{speed.teraflops / most:.1%} of the peak"
                print(
                    f"frozen {freeze:<5} {precision}  {speed.clips:8.1f} clips/s  {speed.clips / first.clips:5.2f} x  "
                    f"{speed.teraflops:7.2f} TFLOP/s  {share}"
                )


if __name__ == "__main__":
    main()
