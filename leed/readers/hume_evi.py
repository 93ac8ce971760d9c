r"""Hume's Empathic Voice Interface (EVI): chat logs, chat history, and requests to a custom language model.

A log of the websocket's messages, as JSON lines or a list; the scores are a map::

    {"type": "user_message", "message": {"role": "user", "content": "Hey."}, "from_text": false, "interim": false,
     "models": {"prosody": {"scores": {"Admiration": 0.005, ...}}}, "time": {"begin": 1200, "end": 2580}}
    {"type": "assistant_message", "id": "c7a4", "message": {"role": "assistant", "content": "Hi!"}, "models": {...}}
    {"type": "audio_output", "id": "c7a4", "index": 0, "data": "UklGRqSd..."}

also each below an application's key, or all of them: ``{"ts": 0, "data": {...}}``, ``{"call": {"messages": [...]}}``.

Pages of a chat's or chat group's events, or the events; here the scores are a string of JSON::

    {"id": "470a", "start_timestamp": 1716244940648, "events_page": [
      {"id": "5976", "chat_id": "470a", "timestamp": 1716244956278, "role": "USER", "type": "USER_MESSAGE",
       "message_text": "Hello.", "emotion_features": "{\"Admiration\": 0.099, ...}", "metadata": ""}]}

What EVI posts to a custom language model, over HTTP and over a websocket::

    {"messages": [{"role": "user", "content": "Hey.", "time": {"begin": 1200, "end": 2580},
                   "models": {"prosody": {"scores": {...}}}}]}
    {"messages": [{"type": "user_message", "message": {...}, "models": {...}}], "custom_session_id": "a1"}

Quantity: intensity, the 48 labels of the voice. Units: milliseconds, which become seconds from the start of the chat;
in a history, from its start to the moment at which the message was logged (when it was heard in the chat's audio stands
in the extras audio_begin and audio_end). Source: Hume's API reference, SDK hume 0.13, and a real log.

The assistant's voice has speaker and channel "assistant". It has no times; each of its messages is placed where the
speech before it ended, a greeting at the start. Interim messages and audio are passed over; typed text has no voice, so
it is no segment.
What EVI itself appends to the user's text, ``{very sad, somewhat tired}`` and ``{Context: ...}``, is taken away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import msgspec

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, NEAR, NOT_THIS, Guess, Reader
from leed.readers.answers import found
from leed.readers.content import Content
from leed.readers.encoding import as_text
from leed.readers.gathering import Notes
from leed.readers.hume_evi_chats import Chats, error_of, kind_of, tells
from leed.readers.json_text import decoded
from leed.schema.recording import Recording

# --- what it looks like

_LOG = re.compile(
    rb'"type"\s*:\s*"(?:(?:user|assistant)_message|assistant_(?:prosody|end)|chat_metadata|audio_output)"'
)
_LOGGED = re.compile(rb'"(?:prosody|chat_group_id|from_text|interim|is_final_chunk)"\s*:|"audio_output".{0,200}?"data"')
_EVENTS = re.compile(rb'"(?:emotion_features|events_page)"\s*:')
_MESSAGES = re.compile(rb'"messages"\s*:\s*\[\s*\{')
_PROSODY = re.compile(rb'"prosody"\s*:\s*\{\s*"scores"\s*:')
_ROLE = re.compile(rb'"(?:role|type)"\s*:\s*"(?:user|assistant|system|(?:user|assistant)_message)"')
_CHATS = re.compile(rb'"(?:chats_page|chat_groups_page|audio_reconstructions_page)"\s*:')
_BASE64 = re.compile(rb'"[A-Za-z0-9+/]{4096}')
_WHOLE = 1 << 25  # up to here, a file is searched to its end for what tells the format

_NO_EVENTS = (
    "is a list of Hume EVI chats, without what was said in them; "
    "their messages come from GET /v0/evi/chats/{id} (events_page)"
)
_NO_SCORES = "is a chat request, but none of its messages carries expression scores (models.prosody.scores)"


def recognise(content: Content) -> Guess:
    """Return whether these are messages or events of EVI, or a chat request that EVI made."""
    if content.kind == "json":
        return _recognise_json(content)
    return _recognise_plain(content.glimpse) if content.is_plain else NOT_THIS


def _recognise_json(content: Content) -> Guess:
    head = content.head
    requested = _MESSAGES.search(head) is not None
    if _is_evi(head) or (_BASE64.search(head) and _logs(content)):
        return Guess(CERTAIN)
    if requested and len(head) < content.size <= _WHOLE and _is_evi(content.data):  # behind a long prompt
        return Guess(CERTAIN)
    if _CHATS.search(head):
        return Guess(NEAR, _NO_EVENTS)
    if requested and _ROLE.search(head) and b'"expression"' not in head:
        return Guess(NEAR, _NO_SCORES)
    if len(head) == content.size and b'"slug"' in head:
        return _recognise_plain(content.glimpse)
    return NOT_THIS


def _is_evi(data: bytes) -> bool:
    spoken = _PROSODY.search(data) and _ROLE.search(data)
    return bool(_EVENTS.search(data) or spoken or (_LOG.search(data) and _LOGGED.search(data)))


def _logs(content: Content) -> bool:
    """Whether lines of JSON, the first of which are long, are messages of a chat."""
    with content.open() as file:
        read = 0
        for line in file:
            read += len(line)
            entry = _decoded(line) if line.lstrip()[:1] == b"{" else None
            if entry is None or read > _WHOLE:
                return False
            if any(map(tells, _walk(entry))):
                return True
    return False


def _recognise_plain(plain: Any) -> Guess:  # noqa: ANN401 - whatever the input holds
    first = plain[0] if isinstance(plain, list) and plain else plain
    if any(tells(entry) for entry in _walk(plain)):
        return Guess(CERTAIN)
    if not isinstance(first, Mapping):
        return NOT_THIS
    if any(key in first for key in ("chats_page", "chat_groups_page", "audio_reconstructions_page")):
        return Guess(NEAR, _NO_EVENTS)
    if first.get("type") == "error" and "slug" in first:
        return Guess(NEAR, f"is an error message of Hume EVI: {error_of(first)}")
    if kind_of(first) in ("request", "message"):
        return Guess(NEAR, _NO_SCORES)
    return NOT_THIS


def _walk(plain: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - whatever the input holds
    return (entry for entry, _ in found(plain, lambda entry: kind_of(entry) is not None))


# --- reading


class Line(msgspec.Struct):
    """What is read of a message or event. All else, such as the audio in "data", is not even decoded."""

    type: Any = None
    message: Any = None
    models: Any = None
    time: Any = None
    from_text: Any = None
    interim: Any = None
    language: Any = None
    id: Any = None
    code: Any = None
    slug: Any = None
    chat_id: Any = None
    role: Any = None
    content: Any = None
    messages: Any = None
    custom_session_id: Any = None
    events_page: Any = None
    start_timestamp: Any = None
    timestamp: Any = None
    message_text: Any = None
    emotion_features: Any = None
    metadata: Any = None


_LINE = msgspec.json.Decoder(Line)
_LINES = msgspec.json.Decoder(list[Line])


def read(content: Content) -> Recording:
    """Return a recording with a track for the user and one for the assistant, of each chat."""
    return chats_of(content, exact=False).recording()


def chats_of(content: Content, *, exact: bool = True) -> Chats:
    """Return all that was said, with scores or without: ``exact`` ones as they were written, others in float32.

    Raises:
        UnknownFormatError: nothing of EVI is in it.
    """
    chats = Chats(content.name, exact=exact)
    for entry in _entries(content, chats):
        chats.add(entry)
    if not chats.met:
        raise UnknownFormatError(
            f"{content.shown}: holds nothing of Hume EVI: expected messages (user_message, assistant_message), "
            "history events (emotion_features), or a chat request whose messages have models.prosody.scores"
        )
    return chats


def _entries(content: Content, chats: Chats) -> Iterator[Mapping[str, Any]]:
    if content.kind not in ("json", "plain"):
        return
    if content.kind == "json" and content.head.lstrip()[:1] == b"[":
        if all(isinstance(entry, Line) and not _is_wrapper(_plain(entry)) for entry in _listed(content)):
            for entry in _listed(content):
                yield from _walk(_plain(entry))
            return
    elif content.kind == "json":
        with content.open() as file:
            numbered = ((n, line) for n, line in enumerate(file, 1) if not line.isspace())
            first, second = next(numbered, None), next(numbered, None)
            if first is not None and second is not None and _decoded(first[1]) is not None:
                for number, line in chain((first, second), numbered):
                    yield from _line(number, line, content, chats)
                return
    yield from _walk(content.lean)


def _listed(content: Content) -> Iterator[Any]:
    """The messages of a list, some at a time where it is long; or None for what is of another shape."""
    if content.long_list is not None:
        yield from chain.from_iterable(content.long_list.some(_LINE, _LINES))
        return
    try:
        if not content.data.isascii():
            content.data.decode()  # what is passed over has to be UTF-8 too
        yield from _LINES.decode(content.data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        yield None  # as plain data, then


def _line(number: int, line: bytes, content: Content, chats: Chats) -> Iterator[Mapping[str, Any]]:
    entry = _decoded(line, chats.notes)
    if entry is not None:
        yield from _walk(entry)
    elif line.endswith(b"\n"):
        chats.notes.add("not-read", f"line {number} is no JSON object; it is left out")
    elif not any(issue.code == "cut-off" for issue in content.issues):  # said when another reader looked at it
        chats.notes.add("cut-off", f"the last line, line {number}, is cut off; it is left out")


def _decoded(line: bytes, notes: Notes | None = None) -> Mapping[str, Any] | None:
    try:
        entry = _plain(_LINE.decode(line))
        if not _is_wrapper(entry):
            return entry
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    text, odd = as_text(line)
    try:
        plain = decoded(text)
    except (ValueError, RecursionError):
        return None
    if odd and notes is not None:
        notes.add("encoding", "a line is not UTF-8; read as Windows-1252, so letters may be wrong")
    return plain if isinstance(plain, dict) else None


def _is_wrapper(entry: Mapping[str, Any]) -> bool:
    """Whether a message may stand below a key that is not decoded, as an application's ``{"ts": ..., "data": ...}``."""
    return "type" not in entry and kind_of(entry) is None


def _plain(line: Line) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(line).items() if value is not None}


reader = Reader(
    "hume-evi",
    "Hume EVI: chat logs (JSON lines), chat history events, custom language model requests",
    "intensity",
    recognise,
    read,
)
