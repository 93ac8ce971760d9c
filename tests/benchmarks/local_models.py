"""A model of whisper-small's size on this machine: leed's path beside transformers alone, on the same boundaries."""

import io
import tempfile
import threading
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from leed_adapters.measuring.measurer import Watch
from leed_adapters.measuring.media import Media
from leed_adapters.media import Boundaries, Stretch, clips
from leed_adapters.transformers.loading import load
from leed_adapters.transformers.measuring import Measuring
from leed_adapters.transformers.wishes import Wishes
from tests.benchmarks import baselines
from tests.benchmarks.measure import Result, cpu_of, cpu_ratio

LABELS = tuple(f"label {i}" for i in range(48))
RATE = 44_100
SPANS = ((0.5, 3.1), (4.0, 9.5), (10.0, 11.2), (12.0, 19.5))
"""Four utterances of a talk of twenty seconds."""


def whisper_small(folder: str) -> str:
    """Save a model with the sizes of openai/whisper-small's encoder, random weights, and a head of 48 labels."""
    import torch  # noqa: PLC0415 - heavy
    import transformers  # noqa: PLC0415 - heavy

    torch.manual_seed(0)
    config = transformers.WhisperConfig(
        d_model=768,
        encoder_layers=12,
        encoder_attention_heads=12,
        encoder_ffn_dim=3072,
        decoder_layers=1,
        id2label=dict(enumerate(LABELS)),
        label2id={label: i for i, label in enumerate(LABELS)},
        problem_type="multi_label_classification",
    )
    transformers.WhisperForAudioClassification(config).save_pretrained(folder)
    extractor: Any = transformers.WhisperFeatureExtractor  # which has no types
    extractor().save_pretrained(folder)
    return folder


def talk(seconds: float, rate: int = RATE) -> bytes:
    """A stereo WAV of something like a voice: a gliding tone with overtones, louder and softer."""
    times = np.arange(round(seconds * rate)) / rate
    phase = 2 * np.pi * np.cumsum(140 + 40 * np.sin(2 * np.pi * 0.7 * times)) / rate
    voice = sum(np.sin(k * phase) / k for k in range(1, 9)) * (0.5 + 0.5 * np.sin(2 * np.pi * 3 * times)) * 0.1
    file = io.BytesIO()
    soundfile.write(file, np.stack([voice, voice * 0.8], axis=1).astype(np.float32), rate, format="WAV")
    return file.getvalue()


def bench_local() -> list[Result]:
    """The share of CPU time that leed adds to the model, and what finding speech takes, apart."""
    data = talk(20.0)
    with tempfile.TemporaryDirectory() as folder:
        loaded = load(whisper_small(folder), name="whisper-small", device="cpu")
    media = Media("talk.wav", data=data)
    path = Path(tempfile.mkdtemp()) / "talk.csv"
    path.write_text("begin,end,text\n" + "".join(f"{a},{b},words\n" for a, b in SPANS), encoding="utf-8")
    measuring = Measuring(loaded, Wishes(transcript=path, batch_size=2), Watch())

    def bare() -> object:
        return baselines.classify_stretches(data, SPANS, loaded.model, loaded.prepare, batch_size=2)

    def ours() -> object:
        return measuring.measure(media, threading.Event())

    overhead = 1 / cpu_ratio(bare, ours, rounds=3)
    spoken = Media("long.wav", data=talk(120.0))
    whole = Boundaries("turn", (Stretch(0.0, 120.0),))
    decoding = min(cpu_of(lambda: list(clips(spoken, boundaries=whole))) for _ in range(3))
    finding = min(cpu_of(lambda: list(clips(spoken))) for _ in range(3)) - decoding
    return [
        Result("leed measure / transformers alone", overhead, 1.1, more_is_better=False, note="whisper-small's size"),
        Result("finding speech: seconds of sound a CPU second", 120 / finding, 30, note="apart from the above"),
        Result("decoding and resampling: the same", 120 / decoding, 100, note="44.1 kHz stereo to 16 kHz"),
    ]
