"""Chats out of whatever holds one."""

import json

import pytest

import leed
from leed.conversations import conversation, labels_in
from tests.support.parts import shared

SCORES = {"Sadness": 0.34}


def test_messages_with_roles_are_kept_as_they_are() -> None:
    chat = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hi", "models": {"prosody": {"scores": SCORES}}, "time": {"begin": 0, "end": 900}},
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "tool", "tool_call_id": "1", "content": "3"},
    ]
    assert conversation(chat) == chat
    assert conversation(json.dumps({"model": "m", "messages": chat}).encode()) == chat


def test_a_log_of_evi_is_all_that_was_said_in_it() -> None:
    voice = {"prosody": {"scores": SCORES}}
    log = [
        {"type": "chat_metadata", "chat_group_id": "g", "chat_id": "c"},
        {"type": "assistant_message", "message": {"role": "assistant", "content": "Hello!"}, "models": voice},
        {"type": "user_message", "message": {"role": "user", "content": "I"}, "models": voice, "interim": True},
        {
            "type": "user_message",
            "message": {"role": "user", "content": "I'm fine. {quite sad}"},
            "models": voice,
            "time": {"begin": 0, "end": 900},
            "from_text": False,
        },
        {
            "type": "user_message",
            "message": {"role": "user", "content": "Typed."},
            "models": {"prosody": None},
            "from_text": True,
        },
        {"type": "audio_output", "id": "x", "data": "UklGRg=="},
    ]
    expected = [
        {"role": "assistant", "content": "Hello!"},
        {"role": "user", "content": "I'm fine.", "expression": {"prosody": SCORES}},
        {"role": "user", "content": "Typed."},
    ]
    assert conversation("\n".join(map(json.dumps, log)).encode()) == expected
    assert conversation(log) == expected


def test_a_history_of_evi_is_in_the_order_of_its_times() -> None:
    def event(name: str, at: int, role: str, text: str, features: str) -> dict[str, object]:
        about = {"id": name, "chat_id": "c", "timestamp": at, "role": role, "type": f"{role}_MESSAGE"}
        return {**about, "message_text": text, "emotion_features": features}

    events = [event("2", 2000, "AGENT", "Hi!", '{"Joy": 0.4}'), event("1", 1000, "USER", "Hello.", '{"Joy": 0.3}')]
    assert conversation({"id": "c", "start_timestamp": 0, "events_page": events}) == [
        {"role": "user", "content": "Hello.", "expression": {"prosody": {"Joy": 0.3}}},
        {"role": "assistant", "content": "Hi!"},
    ]


def test_what_holds_no_words_is_no_chat() -> None:
    assert conversation({"face": {"Joy": 0.84}}) == []


def test_what_cannot_be_read_is_an_error() -> None:
    with pytest.raises(leed.LeedError, match="is JSON, but holds no scores"):
        conversation(b'{"a": {}}')


def test_labels_are_found_in_whatever_rides_on_messages() -> None:
    (said,) = conversation([{"text": "Hi", "begin": 0, "prosody": {"Joy": 0.5}}])
    forms = ({"prosody": {"Awe": 1}}, {"prosody": {"scores": {"Fear": 1}}}, {"Pain": 0.2}, [{"name": "x"}], None)
    messages = [said, *({"role": "user", "content": "", "expression": form} for form in forms)]
    assert list(labels_in(messages)) == ["Joy", "Awe", "Fear", "Pain"]


def test_the_real_log_is_a_chat() -> None:
    chat = conversation(shared("hume/evi/evi-recording.jsonl"))
    assert [(message["role"], message["content"]) for message in chat] == [
        ("user", "Hey. What's going on?"),
        ("assistant", "Hey there!"),
    ]
