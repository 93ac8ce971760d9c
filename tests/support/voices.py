"""Voices made by numpy, rated by rule: excitement follows the pitch, determination the loudness; and a tiny Whisper."""

import csv
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from transformers import WhisperConfig, WhisperModel

RATE = 16_000
LABELS = ("Excitement", "Determination")
_LOWEST, _OCTAVES = 110.0, 1.5
_QUIETEST, _DECIBELS = -40.0, 34.0


@dataclass(frozen=True)
class Take:
    """A clip that somebody rated: its file, who speaks, and how excited and how determined they sound."""

    file: str
    speaker: str
    excitement: float
    determination: float


def voice(excitement: float, determination: float, timbre: NDArray[np.float64], seconds: float) -> NDArray[np.float32]:
    """A vowel: harmonics of a pitch, as loud as a timbre has them."""
    times = np.arange(round(seconds * RATE)) / RATE
    pitch = _LOWEST * 2 ** (_OCTAVES * excitement)
    waves = sum(
        strength * np.sin(2 * math.pi * pitch * (number + 1) * times)
        for number, strength in enumerate(timbre)
        if pitch * (number + 1) < RATE / 2
    )
    level = 10 ** ((_QUIETEST + _DECIBELS * determination) / 20)
    wave = np.asarray(waves) / np.sqrt(np.mean(np.square(waves)))
    sound: NDArray[np.float32] = (wave * level * 0.3).astype(np.float32)
    return sound


def takes(folder: Path, speakers: Sequence[str], each: int, seed: int = 0, seconds: float = 0.9) -> list[Take]:
    """Clips of several speakers, each with a timbre of their own, written to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(seed)
    made = []
    for speaker in speakers:
        tilt, colour = chance.uniform(0.6, 1.6), chance.uniform(0.3, 1.0, 20)
        timbre = colour / np.arange(1, 21) ** tilt
        for number in range(each):
            excitement, determination = chance.uniform(0, 1, 2).round(3).tolist()
            take = Take(f"{speaker}-{number}.wav", speaker, excitement, determination)
            soundfile.write(folder / take.file, voice(excitement, determination, timbre, seconds), RATE)
            made.append(take)
    return made


def table(path: Path, made: Sequence[Take], labels: Sequence[str] = LABELS) -> Path:
    """The ratings of clips, as CSV."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "speaker", *labels])
        rows.writerows([take.file, take.speaker, take.excitement, take.determination] for take in made)
    return path


def tiny_whisper(folder: Path, seed: int = 0, **settings: Any) -> Path:
    """A Whisper that hears 1 s, with random weights, in a folder as people have one."""
    options: dict[str, Any] = {
        "d_model": 32,
        "encoder_layers": 2,
        "decoder_layers": 1,
        "encoder_attention_heads": 2,
        "decoder_attention_heads": 2,
        "encoder_ffn_dim": 64,
        "decoder_ffn_dim": 64,
        "max_source_positions": 50,
        "max_target_positions": 8,
        "num_mel_bins": 80,
        "vocab_size": 16,
        "classifier_proj_size": 16,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "decoder_start_token_id": 1,
        **settings,
    }
    torch.manual_seed(seed)
    random.seed(seed)
    WhisperModel(WhisperConfig(**options)).save_pretrained(folder)
    return folder
