"""Behavioral Signals v5: results of a process, a bare list of its rows, and streaming messages.

::

    {"pid": 7, "cid": 1, "code": 2, "message": "Processing Complete", "results": [
      {"id": "0", "startTime": "4.227", "endTime": "16.707", "task": "emotion", "level": "utterance",
       "prediction": [{"label": "sad", "posterior": "0.5142", "dominantInSegments": []}, ...], "finalLabel": "sad",
       "embedding": null}, ...]}

A row for each task and stretch; rows of one (id, level) are one segment. Also streamed messages
``{"pid", "messageId", "result": [rows]}`` (one, a list, JSON lines), rows alone, the objects of the SDK
``behavioralsignals``, and ``audio_results`` and ``video_results`` of a video.

Quantity: probability; the classes of a task exclude each other, so emotion and every attribute stand in one segment
under ``behavioral-signals`` labels ("sad", "hesitation: yes"). Numbers are text ("1e-04"); times are seconds. Text is
the label of ``asr``, the speaker that of ``diarization``. Kept and never said: gender and age as labels marked
sensitive; language, deepfake, age bands, classes and tasks that leed has no words for as extras "TASK: LABEL"; the
regression score of a task such as intensity as an extra of its name; embeddings as float32 columns
``speaker_embedding`` (diarization, 192), ``behavioral_embedding`` (features, 768) and ``TASK_embedding``. Streamed
``segment`` rows are windows of about two seconds: granularity frame. Left out: the client's number (cid).
Source: the SDK behavioralsignals 0.7 (Apache-2.0) and a real process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, NEAR, NOT_THIS, Guess, Reader
from leed.readers.behavioral_rows import Place, Stretches
from leed.readers.content import Content
from leed.schema.recording import Recording
from leed.schema.terms import Issue
from leed.scores import number_of

_COMPLETE = 2
_STATUS = {
    0: "is pending",
    1: "is still being processed",
    2: "is complete",
    -1: "failed",
    -2: "was not run for lack of credits",
}
_NEXT = {
    0: "ask for its results again when its status is 2",
    1: "ask for its results again when its status is 2",
    -1: "there is nothing to read; send the audio again",
    -2: "there is nothing to read; add credits and send the audio again",
}
_ROWS = ("results", "result", "audio_results", "video_results")
_SMALL = 1 << 20
_KEYS = tuple(re.compile(key) for key in (rb'"task"\s*:', rb'"prediction"\s*:', rb'"(?:startTime|finalLabel)"\s*:'))
_SAMPLE = 20


class Message(msgspec.Struct, frozen=True):
    """What the API sent at once.

    Attributes:
        rows: the rows of each list in it, under that list's name.
        pid: which process it is about, or None.
        status: the process's status, or None where nothing is said about it.
        reason: what is said about the status.
        process: whether it tells about a process and is no answer with its results.
    """

    rows: dict[str, list[Any]]
    pid: str | None = None
    status: int | None = None
    reason: str = ""
    process: bool = False

    @property
    def holds(self) -> bool:
        """Whether there are results in it, if only an empty list of a process that is complete."""
        return any(self.rows.values()) or (bool(self.rows) and self.status in (None, _COMPLETE))


def recognise(content: Content) -> Guess:
    """Return whether there are result rows, or a process without its results."""
    if content.kind == "json" and content.size > _SMALL:
        return Guess(CERTAIN) if all(key.search(content.head) for key in _KEYS) else NOT_THIS
    if content.kind not in ("json", "plain"):
        return NOT_THIS
    messages = list(_messages(content.glimpse))
    if any(message.holds for message in messages):
        return Guess(CERTAIN)
    return Guess(NEAR, _why_not(list(_messages(content.plain)))) if messages else NOT_THIS


def read(content: Content) -> Recording:
    """Return a recording with a track for each process, level and speaker, its segments in the order of the input."""
    pids: list[str | None] = []
    holds = False
    for message in _messages(content.lean):
        pids.append(message.pid)
        holds = holds or message.holds
    if not holds:
        messages = list(_messages(content.lean))
        why = (
            _why_not(messages)
            if messages
            else 'holds no Behavioral Signals results: no rows of "task" and "prediction"'
        )
        raise UnknownFormatError(f"{content.shown}: {why}")
    stretches = Stretches()
    for message, source in zip(_messages(content.lean), _sources(pids, content.name), strict=True):
        if message.status not in (None, _COMPLETE) or not message.holds:
            stretches.issues.append(_status_issue(message, source))
        for name, rows in message.rows.items():
            video = name == "video_results"
            stretches.add(rows, Place(source, "video", None) if video else Place(source))
        if message.holds and not any(message.rows.values()):
            stretches.issues.append(Issue("no-segments", "the results are empty: no speech was found", source))
    return stretches.recording()


def _messages(plain: Any, depth: int = 0) -> Iterator[Message]:  # noqa: ANN401 - whatever the input holds
    """Everything in plain data that the API can have sent; rows that stand beside each other are one message."""
    if isinstance(plain, Mapping):
        message = _message(plain)
        if message is not None:
            yield message
        elif depth == 0:
            yield from _messages(plain.get("processes"), depth + 1)
    elif isinstance(plain, (list, tuple)):
        items = plain if isinstance(plain, list) else list(plain)
        if any(_is_row(item) for item in items[:_SAMPLE]):
            yield Message({"results": items})
        elif depth <= 1:
            for item in items:
                yield from _messages(item, depth + 1)


def _message(plain: Mapping[Any, Any]) -> Message | None:
    """A message from a mapping: an envelope, a streamed message, a single row or a process."""
    if _is_row(plain):
        return Message({"results": [plain]})
    given = {name: plain[name] for name in _ROWS if isinstance(plain.get(name), (list, tuple))}
    rows = {name: found if isinstance(found, list) else list(found) for name, found in given.items()}
    told = "pid" in plain or "cid" in plain
    if not told and not any(_is_row(row) for found in rows.values() for row in found[:_SAMPLE]):
        return None
    process = not rows and "pid" in plain and "status" in plain
    if not rows and not process and not ({"pid", "code"} <= plain.keys()):
        return None
    pid = plain.get("pid")
    return Message(
        rows,
        pid=str(pid)[:40] if isinstance(pid, (str, int)) else None,
        status=_status(plain.get("status" if process else "code")),
        reason=str(plain.get("statusmsg" if process else "message") or "")[:200].strip(),
        process=process,
    )


def _is_row(plain: Any) -> bool:  # noqa: ANN401 - whatever the input holds
    """Whether this is a result of one task; a row of the SDK leaves out what is null."""
    if not isinstance(plain, Mapping) or not isinstance(plain.get("task"), str):
        return False
    if "finalLabel" in plain or "final_label" in plain or isinstance(plain.get("prediction"), (list, tuple)):
        return True
    return "embedding" in plain and ("level" in plain or "startTime" in plain)


def _sources(pids: list[str | None], name: str | None) -> list[str | None]:
    """What each message is about: a process, or the file if all are about one; what names no process is numbered."""
    processes = [None if pid is None else f"process {pid}" for pid in pids]
    if len(set(processes)) == 1 and (processes[0] is not None or len(processes) == 1):
        return [name or processes[0]] * len(processes)
    numbered = (f"{name} ({n})" if name else f"result {n}" for n in range(1, len(processes) + 1))
    return [process or number for process, number in zip(processes, numbered, strict=True)]


def _status(value: Any) -> int | None:  # noqa: ANN401 - whatever the input holds
    number, _ = number_of(value)
    return int(number) if number in _STATUS else None


def _why_not(messages: list[Message]) -> str:
    """What to say of input that tells about processes and holds no results."""
    if len(messages) > 1:
        return (
            f"is a list of {len(messages)} Behavioral Signals processes, not the results of one; "
            "those come from /processes/PID/results"
        )
    return f"is {_about(messages[0])}"


def _about(message: Message) -> str:
    status = message.status
    name = "a Behavioral Signals process" if message.pid is None else f"Behavioral Signals process {message.pid}"
    if status is None or status == _COMPLETE:
        what = ", which is complete," if status == _COMPLETE else ""
        place = f"/processes/{message.pid or 'PID'}/results"
        return f"{name}{what} without its results; those come from {place}"
    said = f": {message.reason}" if message.reason else ""
    return f"{name}, which {_STATUS[status]} (status {status}{said}); {_NEXT[status]}"


def _status_issue(message: Message, source: str | None) -> Issue:
    if message.holds and message.status is not None:
        what = f"the process {_STATUS[message.status]} (status {message.status}); its results may be incomplete"
        return Issue("incomplete", what, source)
    return Issue("source-failed", f"this is {_about(message)}", source)


reader = Reader(
    "behavioral-signals",
    "Behavioral Signals v5, results of a process and streaming messages (JSON)",
    "probability of exclusive classes",
    recognise,
    read,
)
