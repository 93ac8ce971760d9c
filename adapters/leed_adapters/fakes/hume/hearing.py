"""What the fake hears: stretches of loud samples, and what is measured in them, by rules."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
_LOUD = 500  # of 32768
_GAP = 250  # milliseconds of silence that end an utterance
_WINDOW = 10_000  # milliseconds that a measurement reaches back at most
_LEAST = 1_000  # milliseconds after a measurement that another one at the end of speech is worth
_STEP = RATE // 1000
EXPRESSIONS = (("amusement", 0.7124), ("aesthetic appreciation", 0.4031))
ATTRIBUTES = (("husky", 0.81),)


def speech(*stretches: tuple[float, float], seconds: float | None = None, loud: int = 8000) -> bytes:
    """Return a WAV file in which tones, which the fake takes for speech, last from one second to another.

    >>> len(speech((0.0, 1.0), seconds=2.0))
    64044
    """
    length = max((end for _, end in stretches), default=0.0) + 0.5 if seconds is None else seconds
    samples = np.zeros(round(length * RATE), np.int16)
    for begin, end in stretches:
        at = np.arange(round(begin * RATE), round(end * RATE))
        samples[at] = np.where(at % 80 < 40, loud, -loud)  # noqa: PLR2004 - 200 Hz
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    return file.getvalue()


@dataclass
class Ear:
    """Hears samples as they come, and says what an API would: utterances that begin and end, and measurements.

    Attributes:
        interval: milliseconds of speech between measurements.
        heard: milliseconds heard so far.
    """

    interval: int = 3000
    heard: int = 0
    utterances: int = 0
    measurements: int = 0
    _begun: int | None = None
    _loud: int = 0
    _measured: int = 0
    _rest: bytes = field(default=b"")

    def hear(self, data: bytes) -> Iterator[dict[str, Any]]:
        """Yield what there is to say after more samples."""
        data = self._rest + data
        whole = len(data) // (2 * _STEP) * 2 * _STEP
        self._rest = data[whole:]
        samples: NDArray[np.int16] = np.frombuffer(data[:whole], "<i2")
        for loud in (np.abs(samples.reshape(-1, _STEP).astype(np.int32)).max(axis=1) > _LOUD).tolist():
            yield from self._millisecond(loud)

    def end(self) -> Iterator[dict[str, Any]]:
        """Yield what there is to say at the end."""
        if self._begun is not None:
            yield from self._ended()

    def _millisecond(self, loud: bool) -> Iterator[dict[str, Any]]:  # noqa: FBT001 - one of many
        if loud:
            if self._begun is None:
                self._begun = self._measured = self.heard
                yield {"type": "utterance.start", "utterance_id": self.utterances, "audio_start_ms": self.heard}
            self._loud = self.heard + 1
        self.heard += 1
        if self._begun is None:
            return
        if self.heard - self._loud >= _GAP:
            yield from self._ended()
        elif self.heard - self._measured >= self.interval:
            yield self._result(self.heard, "interval")

    def _ended(self) -> Iterator[dict[str, Any]]:
        begun = self._begun
        if self._loud - self._measured >= _LEAST or self._measured == begun:
            yield self._result(self._loud, "speech_ended")
        yield {
            "type": "utterance.end",
            "utterance_id": self.utterances,
            "audio_start_ms": begun,
            "audio_end_ms": self._loud,
        }
        self._begun = None
        self.utterances += 1

    def _result(self, end: int, trigger: str) -> dict[str, Any]:
        result = {
            "type": "measurement.result",
            "measurement_id": self.measurements,
            "utterance_id": self.utterances,
            "audio_start_ms": max(self._begun or 0, end - _WINDOW),
            "audio_end_ms": end,
            "trigger": trigger,
            "expressions": [{"name": name, "probability": score} for name, score in EXPRESSIONS],
            "voice_attributes": [{"name": name, "probability": score} for name, score in ATTRIBUTES],
        }
        self.measurements += 1
        self._measured = end
        return result
