"""A chat out of whatever holds one: messages that carry their expressions, as `leed.inject` takes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from leed.describer import ASSISTANT
from leed.injection import user_message
from leed.messages import carried
from leed.readers import read_content, recognise
from leed.readers.content import Content, take
from leed.readers.hume_evi import chats_of
from leed.readers.hume_evi_chats import Chats
from leed.schema.terms import Issue
from leed.schema.utterances import Utterance

if TYPE_CHECKING:
    from leed.schema import Recording

Message = dict[str, Any]
_ROLES = ("system", "developer", "user", "assistant", "tool", "function")


def conversation(source: Any, *, format: str | None = None) -> list[Message]:  # noqa: A002, ANN401 - as `leed.read` has them
    r"""Return the messages of a chat; those of users carry what was measured.

    >>> conversation(b'[{"begin": 0, "text": "I\'m fine", "prosody": {"Sadness": 0.34}}]')[0]["content"]
    "I'm fine"

    Args:
        source: a chat request or a list of messages with roles (kept as they are), a log, a history or a request of
            Hume's EVI (also what was typed, and what the assistant said), or anything else that `leed.read` takes:
            then each utterance is a message, in the order in which they began.
        format: as for `leed.read`.

    Returns an empty list where nothing was said, as in a recording of faces alone.

    Raises:
        InputError: it cannot be read.
    """
    return conversation_with_issues(source, format=format)[0]


def conversation_with_issues(
    source: Any,  # noqa: ANN401 - as for conversation
    *,
    format: str | None = None,  # noqa: A002 - as for conversation
) -> tuple[list[Message], tuple[Issue, ...]]:
    """Return the same messages, and what was odd about their input."""
    content = take(source)
    messages = _messages(content) if format is None else []
    if messages:
        return messages, tuple(content.issues)
    form = recognise(content).name if format is None else format
    if form == "hume-evi":
        chats = chats_of(content)
        turns = _turns(chats)
        if turns:
            return turns, (*content.issues, *chats.recording().issues)
    recording = read_content(content, form)
    return spoken(recording), recording.issues


def _messages(content: Content) -> list[Message]:
    """The messages of a chat request, or of a list of them; none if it is something else."""
    if content.kind not in ("json", "plain"):
        return []
    plain = content.plain
    if isinstance(plain, Mapping) and "messages" in plain:
        plain = plain["messages"]
    if not isinstance(plain, list) or not plain:
        return []
    return [dict(m) for m in plain] if all(map(_is_message, plain)) else []


def _is_message(entry: object) -> bool:
    return (
        isinstance(entry, Mapping)
        and entry.get("role") in _ROLES
        and ("content" in entry or "tool_calls" in entry)
        and "type" not in entry
    )


def _turns(chats: Chats) -> list[Message]:
    """What was said in chats of EVI, with scores or without."""
    found: list[Message] = []
    for speaker, row in chats.turns():
        if row.text is None:
            continue
        if speaker == "user":
            found.append(user_message(row.text, expression={"prosody": row.voice.by_label()} if row.voice else None))
        else:
            found.append({"role": "assistant", "content": row.text})
    return found


def spoken(recording: Recording) -> list[Message]:
    """Return each utterance of a recording as a message; those of several speakers have names."""
    said = sorted((u for u in recording.utterances() if u.text), key=lambda u: u.begin or 0.0)
    names = {name for name in _users(said) if name}
    return [_message(utterance, named=len(names) > 1) for utterance in said]


def labels_in(messages: Iterable[Message]) -> Iterator[str]:
    """Return the labels of all that rides on messages, as far as they can be told without reading it."""
    for message in messages:
        expression = carried(message)
        if isinstance(expression, Utterance):
            parts = (expression.prosody, expression.language, *expression.faces, *expression.bursts)
            for part in parts:
                yield from () if part is None else part.scores
        elif isinstance(expression, Mapping):
            for name, scores in expression.items():
                yield from _labels(name, scores)


def _labels(name: object, scores: object) -> Iterator[str]:
    """The labels of scores under the name of a modality; or the name, where it is that of a label."""
    inner = scores.get("scores", scores) if isinstance(scores, Mapping) else None
    yield from map(str, inner if isinstance(inner, Mapping) else [] if isinstance(scores, Mapping) else [name])


def _users(said: Iterable[Utterance]) -> list[str | None]:
    return [utterance.speaker for utterance in said if not _is_assistant(utterance)]


def _is_assistant(utterance: Utterance) -> bool:
    voice = utterance.prosody or utterance.language
    return voice is not None and voice.channel == ASSISTANT


def _message(utterance: Utterance, *, named: bool) -> Message:
    text = utterance.text or ""
    if _is_assistant(utterance):
        return {"role": "assistant", "content": text}
    message: Message = user_message(text, expression=utterance, name=utterance.speaker if named else None)
    return message
