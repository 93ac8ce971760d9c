"""Hume Expression Measurement v0, streaming messages: one, a list, or a log of them as JSON lines.

::

    {"payload_id": "p1", "face": {"predictions": [{"frame": 0, "time": null, "prob": 0.99, "face_id": "face_0",
      "bbox": {"x": 93.1, "y": 45.3, "w": 178.3, "h": 246.2}, "facs": [...], "descriptions": [...],
      "emotions": [{"name": "Admiration", "score": 0.0709}, ...]}]},
     "prosody": {"warning": "No speech detected.", "code": "W0105"}}
    {"error": "Invalid payload.", "code": "E0100", "payload_id": "p2"}

Quantity: intensity, about 0 to 1; sentiment is a distribution over 1 to 9. Units: seconds, characters, pixels. Times
count from the start of what one message answers, so those of a log say nothing of when it was in the talk: where they
begin anew they become the extras payload_begin and payload_end. `message` is the number of the message, from 0.
Warnings and errors become issues. Source: Hume's API reference and SDK hume 0.13 (`StreamModelPredictions`), and a real
file. Messages may be wrapped by an application; `job_details` is passed over.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, NEAR, NOT_THIS, Guess, Reader, answers
from leed.readers.about import is_file
from leed.readers.content import Content
from leed.readers.hume_decoding import lenient
from leed.readers.hume_items import ASPECTS, MODALITY, Box, Group, Item, Stretch, words
from leed.readers.nesting import WRAPPERS
from leed.schema.recording import Recording
from leed.schema.terms import Issue
from leed.taxonomy import fold

_BLOCK = re.compile(
    rb'"(?:face|prosody|burst|language|facemesh)"\s*:\s*\{\s*"(?:predictions"\s*:\s*\[|warning"\s*:\s*")'
)
_CODE = re.compile(r"[A-Z]\d{4}")
_NO_MODELS = WRAPPERS | {"answer", "body", "json", "payload"}
_SMALL = 1 << 20
_SHOWN = 500
_BATCH = 1 << 8
_NOT_RUN = "every model is null, so none was run"


class _Sent(Item, gc=False):
    """An item as a message has it."""

    bbox: Box | None = None
    face_id: str | int | None = None


class _Part(Group):
    """The items of one model and face, added some at a time, with the numbers of their messages."""

    def __init__(self) -> None:
        super().__init__()
        self.messages = array("q")
        self._waiting: list[Item] = []

    def put(self, items: Sequence[Item], message: int) -> None:
        """Add the items of a message."""
        self._waiting += items
        self.messages.extend([message] * len(items))
        if len(self._waiting) >= _BATCH:
            self.settle()

    def settle(self) -> None:
        """Let what waits take its place in the columns."""
        self.add(self._waiting)
        self._waiting = []


class _Clock:
    """Watches whether the times of each message follow those of the message before, for each model.

    Attributes:
        begins_anew: whether they did not.
    """

    def __init__(self) -> None:
        self.begins_anew = False
        self._latest: dict[str, tuple[int, float, float]] = {}  # the message, its first and its last time

    def see(self, model: str, message: int, item: Item) -> None:
        """Take in an item."""
        begin, end = _span(item)
        if math.isnan(begin):
            return
        last_message, first, last = self._latest.get(model, (message, begin, begin))
        if last_message == message:
            self._latest[model] = (message, min(first, begin), max(last, begin, 0.0 if math.isnan(end) else end))
        else:
            self.begins_anew |= begin < last or begin <= first
            self._latest[model] = (message, begin, begin if math.isnan(end) else end)


def recognise(content: Content) -> Guess:
    """Return whether these are messages with a model's predictions, or with its warning that there are none."""
    if content.kind == "json":
        if content.size > _SMALL:
            return Guess(CERTAIN) if _BLOCK.search(content.head) else NOT_THIS
    elif not content.is_plain:
        return NOT_THIS
    refusal = None
    for message in _messages(content.glimpse):
        if any(True for _ in _blocks(message)):
            return Guess(CERTAIN)
        refusal = refusal or _refusal(message) or _NOT_RUN
    return Guess(NEAR, f"is a Hume streaming message without predictions ({refusal})") if refusal else NOT_THIS


def read(content: Content) -> Recording:
    """Return a recording with a track for each model, face and aspect, in the order of the messages."""
    log = _Log(content.name)
    for entry in content.entries():
        messages = list(_messages(entry))
        log.skipped += not messages
        for message in messages:
            log.add(message)
    if not log.blocks and not log.faults:
        raise UnknownFormatError(
            f"{content.shown}: holds no Hume streaming messages: nothing in it is a model (face, prosody, burst, "
            "language) with predictions or a warning"
        )
    return log.recording()


class _Log:
    """What the messages of one input hold.

    Attributes:
        blocks: how many models' answers there were.
        faults: errors and warnings, with their messages' numbers.
        skipped: how many entries were no messages.
    """

    def __init__(self, source: str | None) -> None:
        self.blocks = 0
        self.faults: dict[Issue, list[str]] = {}
        self.skipped = 0
        self._source = source
        self._clock = _Clock()
        self._payloads: list[str | None] = []
        self._parts: dict[tuple[str, str | None], _Part] = {}

    def add(self, message: Mapping[str, Any]) -> None:
        """Add what one message holds."""
        number = len(self._payloads)
        payload = message.get("payload_id")
        self._payloads.append(payload if isinstance(payload, str) else None)
        if (refusal := _refusal(message)) is not None:
            code = "nothing-detected" if isinstance(message.get("warning"), str) else "source-failed"
            self._note(code, refusal, None)
        elif _is_silent(message):
            self._note("no-segments", _NOT_RUN, None)
        for model, block in _blocks(message):
            self.blocks += 1
            if model not in MODALITY:
                self._note("unknown-model", f"leed does not know the model {model[:40]!r}", None)
            given = block.get("predictions")
            predictions = given if isinstance(given, list) else []
            if (refusal := _refusal(block)) is not None or not predictions:
                self._note("nothing-detected", refusal or "nothing was detected", model)
            for entry in predictions:
                self._add_item(model, entry, number)

    def recording(self) -> Recording:
        """Return everything as tracks."""
        issues = [self._issue(issue, payloads) for issue, payloads in self.faults.items()]
        if self.skipped:
            what = f"{self.skipped} entries are no Hume streaming messages; they are left out"
            issues.append(Issue("not-read", what, self._source))
        apart = self._clock.begins_anew
        if apart:
            what = (
                "times begin anew with each message: they count from the start of what was sent, so the segments have "
                "no common time; they are kept as the extras payload_begin and payload_end"
            )
            issues.append(Issue("inferred", what, self._source))
        tracks = []
        for (model, face), part in self._parts.items():
            self._finish(part, apart=apart)
            made = part.tracks(source=self._source, model=model, speaker=face, language=None)
            tracks += made
            issues += part.issues_of(made, self._source, model)
        return Recording(tuple(tracks), tuple(issues))

    def _finish(self, part: _Part, *, apart: bool) -> None:
        part.settle()
        if apart:
            part.untime("payload_begin", "payload_end")
        if len(self._payloads) > 1:
            part.more["message"] = np.array(part.messages, np.int64)
        payloads = [self._payloads[message] for message in part.messages]
        if any(payloads):
            part.more["payload_id"] = words(payloads)

    def _add_item(self, model: str, entry: Any, number: int) -> None:  # noqa: ANN401 - whatever the input holds
        sent = _sent(entry)
        if sent is None:
            face = _face(entry.get("face_id")) if isinstance(entry, Mapping) else None
            part = self._part(model, face)
            items: list[Item] = lenient([entry], part)
        else:
            sent.box = sent.box or sent.bbox
            part = self._part(model, _face(sent.face_id))
            items = [sent]
        for item in items:
            self._clock.see(model, number, item)
        part.put(items, number)

    def _part(self, model: str, face: str | None) -> _Part:
        return self._parts.setdefault((model, face), _Part())

    def _note(self, code: str, message: str, where: str | None) -> None:
        payload = self._payloads[-1]
        shown = f"message {len(self._payloads) - 1}" + (f" ({payload[:40]})" if payload else "")
        self.faults.setdefault(Issue(code, message, self._source, where), []).append(shown)

    def _issue(self, issue: Issue, messages: list[str]) -> Issue:
        if len(self._payloads) == 1:
            return issue
        shown = ", ".join(messages[:3]) + (f" and {len(messages) - 3} more" if len(messages) > 3 else "")  # noqa: PLR2004 - a handful
        return msgspec.structs.replace(issue, message=f"{issue.message}: {shown}")


def _messages(plain: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - whatever the input holds
    """Everything in plain data that has the shape of a message."""
    return (message for message, _ in answers.found(plain, _is_message))


def _is_message(plain: Mapping[Any, Any]) -> bool:
    return _refusal(plain) is not None or _is_silent(plain) or any(True for _ in _blocks(plain))


def _is_silent(plain: Mapping[Any, Any]) -> bool:
    """Whether this is a message as a dump of the SDK has it, with null for every model."""
    models = [plain[name] for name in MODALITY if name in plain]
    return "payload_id" in plain and len(models) > 1 and all(model is None for model in models)


def _blocks(message: Mapping[Any, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The models of a message with what they answered; a key that says nothing of a model is none by itself."""
    is_told = "payload_id" in message or any(name in MODALITY for name in message)
    for name, block in message.items():
        if not is_told and (fold(str(name)) in _NO_MODELS or is_file(str(name))):
            continue  # predictions that an application put under a key of its own
        if not isinstance(block, Mapping) or "grouped_predictions" in block:
            continue
        predictions = block.get("predictions")
        items = predictions if isinstance(predictions, list) else None
        told = name in MODALITY and _refusal(block) is not None
        if told or (items and any(map(_is_item, items))) or (items == [] and name in MODALITY):
            yield str(name), block


def _is_item(entry: Any) -> bool:  # noqa: ANN401 - whatever the input holds
    return isinstance(entry, Mapping) and any(isinstance(entry.get(field), (list, Mapping)) for field in ASPECTS)


def _refusal(plain: Mapping[Any, Any]) -> str | None:
    """What a warning or an error says, with its code."""
    code = plain.get("code")
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        return None
    text = next((plain[key] for key in ("error", "warning") if isinstance(plain.get(key), str)), None)
    return None if text is None else f"{text[:_SHOWN]} ({code})"


def _sent(entry: Any) -> _Sent | None:  # noqa: ANN401 - whatever the input holds
    """The item if it is just as Hume writes it."""
    try:
        sent = msgspec.convert(entry, _Sent)
    except (msgspec.ValidationError, UnicodeEncodeError):  # of half a character, where a number is expected
        return None
    lists = (getattr(sent, field) or () for field in ASPECTS)
    scores = sum(score.score for scores in lists for score in scores)
    begin, end = _span(sent)
    return None if math.isnan(scores) or any(map(math.isinf, (scores, begin, end, sent.frame or 0))) else sent


def _face(given: Any) -> str | None:  # noqa: ANN401 - any cell
    return None if given in (None, "", "unknown") or isinstance(given, (list, Mapping)) else str(given)


def _span(item: Item) -> tuple[float, float]:
    time = item.time
    begin, end = (time.begin, time.end) if isinstance(time, Stretch) else (time, time)
    return (math.nan if begin is None else begin), (math.nan if end is None else end)


reader = Reader(
    "hume-streaming", "Hume Expression Measurement v0, streaming messages (JSON)", "intensity", recognise, read
)
