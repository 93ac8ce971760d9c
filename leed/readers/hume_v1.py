"""Hume Expression Measurement v1: answers for audio and images, and logs of the realtime messages.

Audio; windows reach back over one another, and the last one of an utterance says "speech_ended"::

    {"request_id": "...", "run_id": "...", "received": {"audio_duration_ms": 9120},
     "utterances": [{"utterance_id": 0, "audio_start_ms": 480, "audio_end_ms": 4210}],
     "measurements": [{"measurement_id": 0, "utterance_id": 0, "audio_start_ms": 480, "audio_end_ms": 4210,
                       "trigger": "speech_ended", "expressions": [{"name": "amusement", "probability": 0.7124}, ...],
                       "voice_attributes": [{"name": "husky", "probability": 0.81}, ...]}]}

Images; a box is [x0, y0, x1, y1] in pixels, and faces beyond the largest have null for their scores::

    {"request_id": "...", "run_id": "...", "received": {"frames": 1}, "measurements": [{"frame_id": 0, "faces": [
      {"face_id": 0, "bbox": [34.0, 20.5, 98.0, 110.0], "confidence": 0.99,
       "expressions": [{"name": "joy", "probability": 0.8312}, ...], "descriptions": [...]}]}]}

Realtime, as JSON lines or a list: messages of type session.created, session.updated, utterance.start, utterance.end,
measurement.result, error and session.closed.

Quantity, another one in each array: `expressions` of audio, probability that it is truly present; `voice_attributes`,
intensity; `expressions` and `descriptions` of a face, probability that a rater would name it. None is exclusive. The
lists are sparse: what is absent was below a threshold, so it is not reported. Names are lower case and grow in number;
one that leed does not know stays as it is. Of each utterance the window at the end of speech is read, else the last:
begin and end are those of the window. Units: milliseconds, which become seconds; images have no time, but a number.
Source: documentation and docstrings of the SDK hume-expression-measurement 0.1.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, NEAR, NOT_THIS, Guess, Reader
from leed.readers.answers import found
from leed.readers.content import Content
from leed.readers.hume_v1_runs import Runs, error_of, kind_of
from leed.schema.recording import Recording

_SMALL = 1 << 20

# --- what it looks like

_SURE = re.compile(
    rb'"voice_attributes"\s*:\s*\[\s*(?:\]|\{\s*"(?:name|probability)")|"measurement\.result"'
    rb'|"utterance\.(?:start|end)"|"utterances"\s*:\s*\[\s*\{\s*"utterance_id"\s*:\s*"?[^",]+"?\s*,\s*"audio_start_ms"'
    rb'|"frame_id"\s*:\s*"?[^",]+"?\s*,\s*"faces"\s*:\s*\[\s*\{\s*"face_id"'
)
_ANSWER = re.compile(rb'"measurements"\s*:\s*\[\s*[\]{]')
_MEASURED = re.compile(rb'"(?:expressions|voice_attributes|faces)"\s*:')
_ASKED = re.compile(rb'"(?:request_id|run_id)"\s*:')
_SESSION = re.compile(rb'"session\.(?:created|updated|closed)"')
_SETTINGS = re.compile(rb'"(?:measurement_timer_ms|min_size|produced)"\s*:')
_RUN = re.compile(rb'"(?:run_id|at_cap|retryable|request_id|frame_id)"\s*:')


def recognise(content: Content) -> Guess:
    """Return whether these are measurements of Hume v1, or a run or an error, which hold none."""
    if content.kind == "json":
        sure = _is_sure(content.head)
        if content.size > _SMALL:
            return Guess(CERTAIN) if sure else NOT_THIS
        if not sure and not _RUN.search(content.head):
            return NOT_THIS
    plain = content.glimpse
    if any(kind_of(entry) != "error" for entry in _walk(plain)):
        return Guess(CERTAIN)
    why = _without(plain[0] if isinstance(plain, list) and plain else plain)
    return Guess(NEAR, why) if why else NOT_THIS


def _is_sure(head: bytes) -> bool:
    return bool(
        _SURE.search(head)
        or (_ANSWER.search(head) and _ASKED.search(head) and _MEASURED.search(head))
        or (_SESSION.search(head) and _SETTINGS.search(head))
    )


def _without(plain: Any) -> str | None:  # noqa: ANN401 - whatever the input holds
    """What to say of an answer of the API that holds no measurements; None if it is none."""
    if not isinstance(plain, Mapping):
        return None
    if "run_id" in plain and "endpoint" in plain:
        what = f"is a Hume run ({plain['endpoint']}, {plain.get('status')}), which does not keep its measurements"
        return f"{what}; they came with the answer to the request, or as the session's measurement.result messages"
    if isinstance(plain.get("runs"), list) and "next_cursor" in plain:
        return "is a list of Hume runs, which do not keep their measurements"
    if isinstance(plain.get("events"), list) and "at_cap" in plain:
        return "is the log of a Hume run, which holds no measurements"
    if plain.get("type") == "error" and ("request_id" in plain or "retryable" in plain):
        return f"is an error of the Hume API, with no measurements: {error_of(plain)}"
    return None


def _walk(plain: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - whatever the input holds
    return (entry for entry, _ in found(plain, lambda entry: kind_of(entry) is not None))


# --- reading


def read(content: Content) -> Recording:
    """Return a recording with a track for the voice's expressions, one for its attributes, and those of each face."""
    plain = content.lean if content.kind in ("json", "plain") else None
    runs = Runs(content.name)
    kinds: list[str | None] = []  # of the entry that was looked at last, so that each is looked at once

    def is_entry(entry: Mapping[str, Any]) -> bool:
        kinds[:] = [kind_of(entry)]
        return kinds != [None]

    for entry, _ in found(plain, is_entry):
        runs.add(entry, kinds[0] or "")
    if not runs.met:
        why = _without(plain[0] if isinstance(plain, list) and plain else plain)
        expected = (
            "holds no measurements of Hume v1: expected an answer with 'measurements', or measurement.result messages"
        )
        raise UnknownFormatError(f"{content.shown}: {why or expected}")
    return runs.recording()


reader = Reader(
    "hume-v1",
    "Hume Expression Measurement v1: answers for audio and images, realtime messages",
    "probability; voice attributes: intensity",
    recognise,
    read,
)
