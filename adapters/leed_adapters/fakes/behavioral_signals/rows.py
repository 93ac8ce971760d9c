"""What the fake measures, by rules: a row for each task of an utterance. Numbers are text, as the API has them."""

from __future__ import annotations

import io
import wave
from typing import Any

from leed_adapters.fakes.hume.hearing import Ear

_EMOTION = (("sad", "0.5142"), ("neutral", "0.4"), ("angry", "0.05"), ("happy", "0.0358"))
_STRENGTH = (("weak", "0.7"), ("neutral", "0.2"), ("strong", "1e-01"))


def utterances(data: bytes) -> list[tuple[int, float, float]]:
    """Return the number, begin and end in seconds of each utterance in a WAV file; none in what is no WAV."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            samples: bytes = file.readframes(file.getnframes())
    except (wave.Error, EOFError):
        return []
    ear = Ear()
    said = [*ear.hear(samples), *ear.end()]
    return [
        (entry["utterance_id"], entry["audio_start_ms"] / 1000, entry["audio_end_ms"] / 1000)
        for entry in said
        if entry["type"] == "utterance.end"
    ]


def rows(number: int, begin: float, end: float, *, embeddings: bool = False) -> list[dict[str, Any]]:
    """Return the rows of one utterance.

    >>> [row["task"] for row in rows(0, 0.5, 2.0)]
    ['asr', 'diarization', 'emotion', 'strength']
    """

    def row(task: str, predictions: tuple[tuple[str, str], ...], embedding: str | None = None) -> dict[str, Any]:
        listed = [{"label": label, "posterior": p, "dominantInSegments": [0]} for label, p in predictions]
        about = {"id": str(number), "startTime": f"{begin:g}", "endTime": f"{end:g}", "task": task}
        label = predictions[0][0] if predictions else None
        return {**about, "prediction": listed, "finalLabel": label, "level": "utterance", "embedding": embedding}

    speaker = "[0.5, -0.25]" if embeddings else None
    found = [
        row("asr", ((f"Utterance {number}.", ""),)),
        row("diarization", (("SPEAKER_00", "1.0"),), speaker),
        row("emotion", _EMOTION),
        row("strength", _STRENGTH),
    ]
    return [*found, row("features", (), "[1.5, 2.5, -3.5]")] if embeddings else found
