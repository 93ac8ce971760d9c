"""Answers for parts of one audio file, put together as if it had been sent whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def joined(answers: Sequence[tuple[int, Mapping[str, Any]]]) -> dict[str, Any]:
    """Return one answer from the answers for parts, each with the milliseconds at which it begins.

    >>> one = {"run_id": "a", "utterances": [{"utterance_id": 0, "audio_start_ms": 5, "audio_end_ms": 9}],
    ...        "measurements": []}
    >>> joined([(0, one), (1000, one)])["utterances"][1]
    {'utterance_id': 1, 'audio_start_ms': 1005, 'audio_end_ms': 1009}
    """
    whole: dict[str, Any] = {**(answers[0][1] if answers else {}), "utterances": [], "measurements": []}
    duration = 0
    for begin, answer in answers:
        before = {"utterance_id": _next(whole, "utterance_id"), "measurement_id": _next(whole, "measurement_id")}
        for key in ("utterances", "measurements"):
            whole[key] += [moved(entry, begin, before) for entry in answer.get(key) or ()]
        received = answer.get("received")
        heard = received.get("audio_duration_ms", 0) if isinstance(received, Mapping) else 0
        duration = max(duration, begin + heard)
    whole["received"] = {"audio_duration_ms": duration}
    return whole


def moved(entry: Any, begin: int, before: Mapping[str, int]) -> Any:  # noqa: ANN401 - whatever an answer has
    """Return an utterance or measurement at its time in the whole, with an id that no other part has."""
    if not isinstance(entry, Mapping):
        return entry
    shifted = dict(entry)
    for key in ("audio_start_ms", "audio_end_ms"):
        if isinstance(shifted.get(key), (int, float)):
            shifted[key] += begin
    for key, number in before.items():
        if isinstance(shifted.get(key), int):
            shifted[key] += number
    return shifted


def _next(whole: Mapping[str, Any], key: str) -> int:
    """The id after the greatest that there is."""
    entries = [*whole["utterances"], *whole["measurements"]]
    taken = [entry[key] for entry in entries if isinstance(entry, Mapping) and isinstance(entry.get(key), int)]
    return max(taken, default=-1) + 1
