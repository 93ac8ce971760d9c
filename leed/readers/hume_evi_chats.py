"""The chats of Hume EVI, gathered message by message into tracks; `hume_evi` shows the shapes."""

from __future__ import annotations

import json
import math
import re
from array import array
from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec

from leed.readers.columns import range_issues, track_of
from leed.readers.gathering import Notes, counted
from leed.readers.stretches import Kept, Stretches
from leed.schema.recording import Recording
from leed.schema.terms import Issue
from leed.schema.tracks import Track
from leed.scores import as_pairs, from_pairs, number_of

_SPEAKERS = {"user_message": "user", "user": "user", "assistant_message": "assistant", "assistant": "assistant"}
_TYPES = {*_SPEAKERS, "assistant_prosody", "chat_metadata", "error"}
_LOGGED = ("chat_metadata", "error", "assistant_prosody", "assistant_end", "audio_output", "user_interruption")
_ROLES = {"USER": "user", "AGENT": "assistant", "SYSTEM": None}


def kind_of(entry: Mapping[str, Any]) -> str | None:
    """Return which form an entry of plain data has, or None."""
    if isinstance(entry.get("events_page"), list):
        return "page"
    if isinstance(entry.get("messages"), list):
        return None if any(map(_is_logged, entry["messages"])) else "request"
    if "emotion_features" in entry or ("message_text" in entry and str(entry.get("role")).upper() in _ROLES):
        return "event"
    if isinstance(entry.get("type"), str) and entry["type"] in _TYPES:
        return "log"
    if isinstance(entry.get("role"), str) and ("content" in entry or "models" in entry):
        return "message"
    return None


def _is_logged(message: Any) -> bool:  # noqa: ANN401 - whatever the input holds
    """Whether a message stands in logs only, so that those around it are no request."""
    return isinstance(message, Mapping) and message.get("type") in _LOGGED


def voice_of(entry: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever the input holds
    """Return the scores of the voice, or None."""
    models = entry.get("models")
    prosody = models.get("prosody") if isinstance(models, Mapping) else None
    return prosody.get("scores") if isinstance(prosody, Mapping) else None


def tells(entry: Mapping[str, Any]) -> bool:
    """Return whether an entry can be nobody else's."""
    kind = kind_of(entry)
    if kind == "request":
        return any(isinstance(message, Mapping) and voice_of(message) is not None for message in entry["messages"])
    if kind == "log":
        return voice_of(entry) is not None or any(key in entry for key in ("from_text", "interim", "chat_group_id"))
    return kind in ("page", "event") or (kind == "message" and voice_of(entry) is not None)


class Row(msgspec.Struct, gc=False):
    """A message of the user or the assistant; voice is None where there are no scores."""

    text: str | None
    voice: Kept | None
    begin: float
    end: float
    extras: dict[str, Any]
    typed: bool = False
    place: int = 0
    """Its place among the messages of its chat."""


_NOTHING: dict[str, Any] = {}  # nobody changes it


def _when(row: Row) -> float:
    return math.inf if math.isnan(row.begin) else row.begin


class _Chat:
    """The messages of one chat."""

    def __init__(self, name: str | None, *, exact: bool) -> None:
        self.name = name
        self._type = "d" if exact else "f"
        self._labels: dict[tuple[str, ...], tuple[str, ...]] = {}
        self.notes = Notes()
        self.start = math.nan
        self.rows: dict[str, list[Row]] = {"user": [], "assistant": []}
        self.events: set[str] = set()
        self.counts: Counter[bytes] = Counter()
        self.logged = False
        self._heard_until = math.nan
        self._placed = 0
        self._waiting: dict[str, list[Row]] = {}

    def message(self, speaker: str, entry: Mapping[str, Any], said: Any) -> None:  # noqa: ANN401 - text or its parts
        """Add a message of a log or request."""
        time = entry.get("time")
        begin, end = (_seconds(time.get(k)) if isinstance(time, Mapping) else math.nan for k in ("begin", "end"))
        if speaker == "assistant" and math.isnan(begin):
            begin = self._heard_until
        row = Row(
            self._text(speaker, said),
            self._scores(speaker, voice_of(entry)),
            begin,
            end,
            _named(message_id=entry.get("id"), detected_language=entry.get("language")),
            typed=entry.get("from_text") is True,
        )
        if speaker == "user" and not math.isnan(end):
            self._place_greeting()
            self._heard_until = end
        self._placed += speaker == "assistant" and row.voice is not None and not math.isnan(begin)
        self._append(speaker, row)
        if speaker == "assistant" and row.voice is None and isinstance(entry.get("id"), str):
            self._waiting.setdefault(entry["id"], []).append(row)

    def _place_greeting(self) -> None:
        """Put what the assistant said before anybody else at the start, once there are times at all."""
        if not math.isnan(self._heard_until) or self.rows["user"]:
            return
        for row in self.rows["assistant"]:
            row.begin = 0.0
            self._placed += row.voice is not None

    def prosody(self, entry: Mapping[str, Any]) -> None:
        """Add the scores of the assistant's voice, which newer chats send after its message."""
        name = entry.get("id")
        waiting = self._waiting.get(name) if isinstance(name, str) else None
        if waiting:
            waiting.pop(0).voice = self._scores("assistant", voice_of(entry))
        else:
            self.message("assistant", entry, None)

    def event(self, speaker: str, entry: Mapping[str, Any], timestamp: float) -> None:
        """Add a message of a history."""
        self.logged = True
        features = entry.get("emotion_features")
        if isinstance(features, str) and features.strip():
            try:
                features = json.loads(features)
            except (ValueError, RecursionError):
                self.notes.add("not-read", "emotion_features is no JSON; the message counts as without scores", speaker)
        heard = _heard(entry.get("metadata"))
        extras = _named(message_id=entry.get("id")) | {"timestamp": timestamp}
        if heard is not None:
            extras |= {"audio_begin": heard[0], "audio_end": heard[1]}
        scores = self._scores(speaker, features) if not isinstance(features, str) else None
        self._append(speaker, Row(self._text(speaker, entry.get("message_text")), scores, timestamp, math.nan, extras))

    def _append(self, speaker: str, row: Row) -> None:
        row.place = sum(map(len, self.rows.values()))
        self.rows[speaker].append(row)

    def turns(self) -> list[tuple[str, Row]]:
        """Return who said what, in the order of the messages."""
        told = [(speaker, row) for speaker, rows in self.rows.items() for row in rows]
        return sorted(told, key=lambda turn: (_when(turn[1]) if self.logged else 0, turn[1].place))

    def tracks(self, source: str | None) -> list[Track]:
        """Return a track for the user and one for the assistant, if there are scores, which are gone then."""
        tracks = []
        for speaker, rows in self.rows.items():
            stretches = Stretches()
            for row in sorted(rows, key=_when) if self.logged else rows:
                if row.voice is not None:
                    stretches.add(row.voice.by_label(), self._since(row.begin), row.end, row.text, row.extras)
                    row.voice = None
            tracks += stretches.tracks(
                track_of,
                source=source,
                channel="assistant" if speaker == "assistant" else None,
                speaker=speaker,
                modality="prosody",
                granularity="utterance",
                taxonomy="hume-48",
                quantity="intensity",
                exclusive=False,
            )
        return tracks

    def issues(self, source: str | None) -> list[Issue]:
        """Return what was odd or left out."""
        notes = Notes()
        for speaker, rows in self.rows.items():
            typed = sum(row.typed for row in rows if row.voice is None)
            silent = sum(row.voice is None for row in rows) - typed
            if silent + typed == len(rows) and speaker == "assistant":
                continue  # a request tells its words only
            if typed:
                what = counted(typed, len(rows), "message")
                notes.add("no-scores", f"typed, so there is no voice to describe: {what}; left out", speaker)
            if silent:
                what = f"without scores of the voice: {counted(silent, len(rows), 'message')}; left out"
                notes.add("no-scores", what, speaker)
        if self._placed:
            what = f"{self._placed} messages carry no time; each is placed where the speech before it ended"
            notes.add("inferred", what.replace("1 messages carry", "1 message carries"), "assistant")
        return self.notes.issues(source) + notes.issues(source)

    def _since(self, begin: float) -> float:
        return round(begin - self.start, 3) if self.logged else begin

    def _text(self, speaker: str, said: Any) -> str | None:  # noqa: ANN401 - text or its parts
        if isinstance(said, list):
            parts = [part.get("text") for part in said if isinstance(part, Mapping)]
            said = " ".join(part for part in parts if isinstance(part, str))
        if not isinstance(said, str):
            return None
        text = said if speaker == "assistant" else without_annotations(said)
        if text != said:
            self.notes.add("text-cut", "what EVI appended to the text, in braces, is taken away", speaker)
        return text if text.strip() else None

    def _scores(self, speaker: str, given: Any) -> Kept | None:  # noqa: ANN401 - whatever the input holds
        pairs = as_pairs(given)
        if pairs is None:
            if given:
                self.notes.add("not-read", "the scores are no map of label to number; they are left out", speaker)
            return None
        tidy = from_pairs(pairs)
        self.notes.add_all(tidy.issues, speaker)
        labels = self._labels.setdefault(tidy.labels, tidy.labels)
        return Kept(labels, array(self._type, tidy.values)) if labels else None


class Chats:
    """The chats of an input, by their id.

    Attributes:
        met: whether anything of EVI was there.
        notes: what was odd about the input as a whole.
    """

    def __init__(self, name: str | None, *, exact: bool = True) -> None:
        """Take the name of the input, and whether scores are kept as exactly as they were written."""
        self.met = False
        self.notes = Notes()
        self._name = name
        self._exact = exact
        self._chats: dict[str | None, _Chat] = {}
        self._current: str | None = None

    def add(self, entry: Mapping[str, Any]) -> None:
        """Add an entry of any form."""
        kind = kind_of(entry)
        self.met |= kind in ("page", "event") or (kind == "log" and (entry["type"] in _SPEAKERS or tells(entry)))
        if kind == "page":
            self._page(entry)
        elif kind == "request":
            self._request(entry)
        elif kind == "event":
            self._event(entry)
        elif kind == "log":
            self._message(entry)
        else:
            self._role(entry, self._chat(self._current))

    def turns(self) -> list[tuple[str, Row]]:
        """Return who said what ("user", "assistant"), chat by chat."""
        return [turn for chat in self._chats.values() for turn in chat.turns()]

    def recording(self) -> Recording:
        """Return everything as tracks, chat by chat; the scores are gone then."""
        tracks: list[Track] = []
        issues = self.notes.issues(self._name)
        several = sum(any(chat.rows.values()) for chat in self._chats.values()) > 1
        for chat in self._chats.values():
            source = (chat.name or self._name) if several else (self._name or chat.name)
            odd = chat.issues(source)  # while it is known which messages have scores
            made = chat.tracks(source)
            tracks += made
            issues += odd
            issues += [issue for track in made for issue in range_issues(track)]
        if not tracks:
            issues.append(Issue("no-segments", "no message has scores of a voice", self._name))
        return Recording(tuple(tracks), tuple(issues))

    def _chat(self, name: Any) -> _Chat:  # noqa: ANN401 - whatever the input holds
        key = name if isinstance(name, str) and name else None
        return self._chats.setdefault(key, _Chat(key, exact=self._exact))

    def _message(self, entry: Mapping[str, Any]) -> None:
        what = entry["type"]
        if what == "chat_metadata":
            name = entry.get("chat_id")
            self._current = name if isinstance(name, str) else self._current
        elif what == "error":
            self._chat(self._current).notes.add("source-failed", f"the chat reported an error: {error_of(entry)}")
        elif what == "assistant_prosody":
            self._chat(self._current).prosody(entry)
        else:
            self._role(entry, self._chat(self._current))

    def _role(self, entry: Mapping[str, Any], chat: _Chat) -> None:
        """Add a message under the type of a log or the role of a request."""
        what = entry.get("type") or entry.get("role")
        speaker = _SPEAKERS.get(what) if isinstance(what, str) else None
        if speaker is None or entry.get("interim") is True:
            return
        self.met |= voice_of(entry) is not None
        message = entry.get("message", entry)
        chat.message(speaker, entry, message.get("content") if isinstance(message, Mapping) else message)

    def _request(self, entry: Mapping[str, Any]) -> None:
        """Add a request's messages; each request of a chat repeats those of the requests before it."""
        chat = self._chat(entry.get("custom_session_id"))
        counts: Counter[bytes] = Counter()
        for message in entry["messages"]:
            if isinstance(message, Mapping):
                same = _same(message)
                counts[same] += 1
                if counts[same] > chat.counts[same]:
                    chat.counts[same] += 1
                    self._role(message, chat)

    def _page(self, page: Mapping[str, Any]) -> None:
        start = _seconds(page.get("start_timestamp"))
        if not math.isnan(start) and isinstance(page.get("id"), str):
            self._chat(page["id"]).start = start
        for event in page["events_page"]:
            if isinstance(event, Mapping):
                self._event(event)

    def _event(self, entry: Mapping[str, Any]) -> None:
        chat = self._chat(entry.get("chat_id"))
        timestamp = _seconds(entry.get("timestamp"))
        if not chat.start <= timestamp and not math.isnan(timestamp):  # also where the start is not known yet
            chat.start = timestamp
        name = entry.get("id")
        if isinstance(name, str):
            if name in chat.events:
                return
            chat.events.add(name)
        speaker = _ROLES.get(str(entry.get("role")).upper())
        if speaker is not None and (entry.get("emotion_features") or entry.get("message_text")):
            chat.event(speaker, entry, timestamp)


# --- values


class _Heard(msgspec.Struct):
    time: dict[str, Any] | None = None


class _Metadata(msgspec.Struct):
    segments: list[_Heard] = []


def _heard(metadata: Any) -> tuple[float, float] | None:  # noqa: ANN401 - whatever the input holds
    """When a message of a history was heard in the chat's audio; the embeddings beside that are not decoded."""
    if not isinstance(metadata, str) or not metadata.strip():
        return None
    try:
        segments = msgspec.json.decode(metadata, type=_Metadata).segments
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    times = [segment.time for segment in segments if segment.time]
    begins = [_seconds(time.get("begin_ms")) for time in times]
    ends = [_seconds(time.get("end_ms")) for time in times]
    return (min(begins), max(ends)) if times else None


def _same(message: Mapping[str, Any]) -> bytes:
    """What two messages share if they are the same."""
    try:
        return msgspec.json.encode(message, enc_hook=str, order="sorted")
    except (TypeError, ValueError, RecursionError):
        return repr(message.get("content")).encode("utf-8", "replace")


def _seconds(milliseconds: Any) -> float:  # noqa: ANN401 - any cell
    return number_of(milliseconds)[0] / 1000


def _named(**words: Any) -> dict[str, Any]:  # noqa: ANN401 - any cells
    return {name: word for name, word in words.items() if isinstance(word, str) and word} or _NOTHING


def error_of(entry: Mapping[str, Any]) -> str:
    """Return an error's code, name and message."""
    head = " ".join(str(entry[key]) for key in ("code", "slug") if entry.get(key))
    message = entry.get("message")
    return ": ".join(part for part in (head[:100], str(message)[:500] if message else "") if part)


_DEGREE = r"(?:slightly|mildly|somewhat|moderately|fairly|rather|quite|very|highly|extremely|incredibly|a little|a bit)"
_APPENDED = re.compile(rf"\{{\s*{_DEGREE}\s[^{{}},]{{1,60}}(?:,\s*{_DEGREE}\s[^{{}},]{{1,60}})*\}}", re.IGNORECASE)
_CONTEXT = re.compile(r"\{\s*Context\s*:", re.IGNORECASE)
_BRACE = re.compile(r"[{}]")


def without_annotations(text: str) -> str:
    """Return a user's text without the expressions and the context that EVI appends to it.

    >>> without_annotations("I'm fine. {very sad, moderately anxious, somewhat tired}")
    "I'm fine."
    >>> without_annotations("Now? {Context: The user is at {home}.} {quite calm}"), without_annotations("f(x) = {x}")
    ('Now?', 'f(x) = {x}')
    """
    kept = []
    start = 0
    while (found := _CONTEXT.search(text, start)) is not None:
        kept.append(text[start : found.start()])
        start = _closed(text, found.end())
    kept.append(text[start:])
    parts = [part for piece in kept for part in _APPENDED.split(piece)]
    return text if len(parts) == 1 else "".join([part.rstrip() for part in parts]).strip()


def _closed(text: str, start: int) -> int:
    """Where the brace that was opened before the start is closed; the end of the text if it never is."""
    depth = 1
    for brace in _BRACE.finditer(text, start):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return brace.end()
    return len(text)
