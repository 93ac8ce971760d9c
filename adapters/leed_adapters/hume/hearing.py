"""Realtime audio with Hume: what is heard is kept until an utterance has ended, as a connection may break."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from leed.schema import Issue
from leed_adapters.hume.linking import Link
from leed_adapters.hume.parts import moved
from leed_adapters.media.sound import RATE

_SAMPLE = 2  # bytes
_MS = RATE // 1000 * _SAMPLE  # bytes of a millisecond
_FRAME = 100 * _MS  # what is sent at a time
_SILENCE = 10_000  # milliseconds that are kept while nobody speaks: nobody is heard that late
_UTTERANCE = 60_000  # milliseconds of an utterance that are kept; a measurement reaches back ten seconds


class Hearing(Link):
    """Sessions of audio, in the times of the whole."""

    resent_at_once = True

    def __init__(self, *about: Any) -> None:  # noqa: ANN401 - as Link
        super().__init__(*about)
        self._held = bytearray()  # what was sent, or is about to be, and is not answered
        self._begin = 0  # milliseconds at which that begins
        self._half = b""  # half a frame
        self._offset = 0  # milliseconds at which the session begins
        self._open: int | None = None  # the utterance that goes on
        self._opened = 0
        self._ids = {"utterance_id": 0, "measurement_id": 0}  # those that the session's are counted from
        self._next = {"utterance_id": 0, "measurement_id": 0}
        self._measured: dict[int, int] = {}  # up to where an utterance was measured

    def begin(self) -> None:
        """Begin where what is not answered begins."""
        self._offset = self._begin
        again = self._open is not None
        self._ids = dict(self._next)
        if again:  # the utterance is heard once more, and keeps its id
            self._ids["utterance_id"] -= 1

    def unanswered(self) -> Iterator[bytes]:
        """Yield what has to be sent again."""
        held = bytes(self._held)
        for at in range(0, len(held), _FRAME):
            yield held[at : at + _FRAME]

    def taken(self, item: Any) -> Iterator[bytes]:  # noqa: ANN401 - bytes of samples
        """Yield samples in frames of 100 ms at most, whole ones; what is over waits for more."""
        data = self._half + bytes(item)
        whole = len(data) // _MS * _MS
        self._half = data[whole:]
        for at in range(0, whole, _FRAME):
            frame = data[at : min(at + _FRAME, whole)]
            self._held += frame
            self._trim()
            yield frame

    def seconds(self, data: bytes) -> float:
        """Return how long some audio is."""
        return len(data) / (RATE * _SAMPLE)

    def answered(self, message: dict[str, Any]) -> Iterator[Any]:
        """Yield a measurement; note where utterances begin and end."""
        kind = message.get("type")
        entry = moved(message, self._offset, self._ids)
        if kind == "utterance.start":
            self._open, self._opened = entry["utterance_id"], entry["audio_start_ms"]
            self._next["utterance_id"] = max(self._next["utterance_id"], entry["utterance_id"] + 1)
        elif kind == "utterance.end":
            self._open = None
            self._measured.clear()
            self._settle(entry["audio_end_ms"])
        elif kind == "measurement.result":
            self._next["measurement_id"] = max(self._next["measurement_id"], entry.get("measurement_id", 0) + 1)
            if self._is_new(entry):
                yield entry
        elif kind == "error" and message.get("code") != "rate_limited":
            self.issues.append(
                Issue("not-read", f"Hume reported an error: {message.get('code')}: {message.get('message')}")
            )

    def _is_new(self, entry: dict[str, Any]) -> bool:
        """Whether a measurement tells of more than an earlier session did."""
        number, end = entry.get("utterance_id", -1), entry.get("audio_end_ms", 0)
        known = self._measured.get(number, -1)
        self._measured[number] = max(known, end)
        return end > known or entry.get("trigger") == "speech_ended"

    def _settle(self, until: int) -> None:
        """Forget what is answered."""
        if until > self._begin:
            del self._held[: (until - self._begin) * _MS]
            self._begin = until

    def _trim(self) -> None:
        """Forget what is too old to be of use."""
        end = self._begin + len(self._held) // _MS
        most = _SILENCE if self._open is None else _UTTERANCE
        if end - self._begin > most:
            self._settle(end - most)
