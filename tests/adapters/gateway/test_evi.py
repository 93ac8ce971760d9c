"""EVI's custom language model over server-sent events: a real log replayed, and everything that an upstream may do."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from leed import Describer
from leed.expressions import for_chat
from leed_adapters.fakes.openai import FakeOpenAI, Fault
from leed_adapters.gateway.history import described
from leed_adapters.gateway.sockets import from_socket
from tests.support import gateway
from tests.support.gateway import STREAM, Running, chunk, event
from tests.support.parts import shared

PATH = "/chat/completions?custom_session_id=session-1"


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server


@pytest.fixture(scope="module")
def running(fake: FakeOpenAI) -> Iterator[Running]:
    with Running(fake.base_url, evi={"model": "gpt-5-mini"}) as found:
        yield found


@pytest.fixture(autouse=True)
def forgotten(fake: FakeOpenAI) -> None:
    fake.requests.clear()


def user(text: str, at: float | None = None, **scores: float) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "user", "content": text, "models": {"prosody": {"scores": scores}}}
    return message if at is None else message | {"time": {"begin": at * 1000, "end": at * 1000 + 900}}


def events(answer: gateway.Answer) -> list[Any]:
    """The chunks of a stream, whose framing and end are looked at."""
    assert answer.whole
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    *found, done, empty = answer.body.decode().split("\n\n")
    assert (done, empty) == ("data: [DONE]", "")
    assert all(one.startswith("data: {") for one in found)
    return [json.loads(one.removeprefix("data: ")) for one in found]


def text_of(chunks: list[Any]) -> str:
    return "".join(c["choices"][0]["delta"].get("content") or "" for c in chunks if c["choices"])


@pytest.mark.parametrize("path", [PATH, f"/v1{PATH}"])
def test_scores_leave_as_a_few_words_and_chunks_come_back_with_the_session(
    running: Running, fake: FakeOpenAI, path: str
) -> None:
    said = [{"role": "system", "content": "Be kind."}, user("I'm fine", 1.2, Sadness=0.34)]
    chunks = events(running.post(path, {"messages": said}, authorization="Bearer hume-key"))
    assert {c["system_fingerprint"] for c in chunks} == {"session-1"}
    assert {c["object"] for c in chunks} == {"chat.completion.chunk"}
    assert text_of(chunks) == "You said: I'm fine\n\n[The user sounds quite sad.]"
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    (request,) = fake.requests
    assert (request.path, request.query) == ("/v1/chat/completions", "")
    assert request.headers["authorization"] == "Bearer hume-key"
    assert request.json == {
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "I'm fine\n\n[The user sounds quite sad.]"},
        ],
        "stream": True,
        "model": "gpt-5-mini",
    }


def test_what_evi_says_itself_goes_on(running: Running, fake: FakeOpenAI) -> None:
    body = {"model": "own", "temperature": 1.0, "stream": False, "tools": [], "messages": [user("Hey.")]}
    running.post(f"{PATH}&beta=1", body)
    assert fake.requests[0].query == "beta=1"
    assert fake.requests[0].json == body | {"stream": True, "messages": [{"role": "user", "content": "Hey."}]}


def test_what_evi_appends_to_a_text_is_taken_away_and_typed_text_has_no_note(
    running: Running, fake: FakeOpenAI
) -> None:
    said = [
        user("I'm fine. {very sad, moderately anxious}", 1.0, Sadness=0.34),
        {"role": "assistant", "content": "Hm.", "models": {"prosody": {"scores": {"Joy": 0.9}}}},
        {"role": "user", "content": "Typed.", "models": {"prosody": None}},
    ]
    running.post(PATH, {"messages": said})
    assert [message["content"] for message in fake.requests[0].json["messages"]] == [
        "I'm fine.\n\n[The user sounds quite sad.]",
        "Hm.",
        "Typed.",
    ]
    assert all(set(message) == {"role", "content"} for message in fake.requests[0].json["messages"])


def test_without_a_session_at_the_root_scores_tell_that_it_is_evi(running: Running) -> None:
    chunks = events(running.post("/chat/completions", {"messages": [user("Hey.", Joy=0.5)]}))
    assert {c["system_fingerprint"] for c in chunks} == {"fp_leed_fake"}


def test_a_client_with_a_short_base_url_has_its_plain_answer(running: Running) -> None:
    answer = running.post("/chat/completions", {"model": "m", "messages": [{"role": "user", "content": "Hey."}]})
    assert answer.json["object"] == "chat.completion"


def test_below_v1_without_a_session_answers_are_as_they_are(running: Running) -> None:
    answer = running.post("/v1/chat/completions", {"model": "m", "messages": [user("Hey.", Joy=0.5)]})
    assert answer.json["object"] == "chat.completion"


# --- whatever the upstream does


def asked(raw: bytes) -> gateway.Answer:
    with gateway.upstream(gateway.answering(raw)) as url, Running(url) as running:
        answer = running.post(PATH, {"messages": [user("Hey.")]})
        gateway.until(running.is_idle, "no task is left")
        return answer


def test_a_completion_in_one_piece_comes_as_chunks() -> None:
    call = {"id": "c", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    message = {"role": "assistant", "content": "Hello", "refusal": None, "tool_calls": [call]}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    whole = {"id": "c1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": {}}
    chunks = events(asked(gateway.whole(json.dumps(whole).encode())))
    about = {
        "id": "c1",
        "created": 1,
        "model": "m",
        "object": "chat.completion.chunk",
        "system_fingerprint": "session-1",
    }
    delta = {"role": "assistant", "content": "Hello", "tool_calls": [{"index": 0} | call]}
    assert chunks == [
        about | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]},
        about | {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]},
    ]


def test_a_stream_of_any_framing_comes_in_one() -> None:
    parts = [b": comment\r\n\r\n", event("Hel").replace(b"\n", b"\r\n")[:20]]
    parts += [event("Hel").replace(b"\n", b"\r\n")[20:], b"id: 1\nevent: x\n", event("lo")[:-1], b"data:[DONE]\n\n"]
    parts += [event("never")]
    raw = STREAM + b"".join(map(chunk, parts)) + b"0\r\n\r\n"
    assert text_of(events(asked(raw))) == "Hello"


def test_a_stream_that_ends_without_saying_so_is_ended() -> None:
    assert text_of(events(asked(STREAM + chunk(event("Hello")) + b"0\r\n\r\n"))) == "Hello"
    assert events(asked(STREAM + b"0\r\n\r\n")) == []


@pytest.mark.parametrize(
    "end",
    [b"", chunk(b'data: {"error": {"message": "overloaded"}}\n\n'), chunk(b"data: nonsense\n\n"), b"zz\r\n"],
)
def test_a_stream_that_breaks_off_is_ended_so_that_evi_does_not_wait(end: bytes) -> None:
    def behave(connection: Any, _: bytes) -> None:
        connection.sendall(STREAM + chunk(event("Hello")))
        time.sleep(0.2)
        connection.sendall(end)

    with gateway.upstream(behave) as url, Running(url) as running:
        chunks = events(running.post(PATH, {"messages": [user("Hey.")]}))
        assert running.metric('leed_troubles_total{kind="broken_upstream"}') == 1
    assert text_of(chunks) == "Hello"
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    assert chunks[-1]["system_fingerprint"] == "session-1"
    assert "overloaded" not in json.dumps(chunks)


@pytest.mark.parametrize(
    "raw", [gateway.whole(b"garbage"), gateway.whole(b"[]"), gateway.whole(b'{"a":1}'), STREAM + chunk(b"data: x\n\n")]
)
def test_an_answer_that_is_no_completion_is_502(raw: bytes) -> None:
    assert asked(raw).error == (502, "upstream_failed")


def test_errors_of_the_upstream_come_as_they_are(running: Running, fake: FakeOpenAI) -> None:
    fake.faults.append(Fault(429, {"retry-after": "7"}))
    answer = running.post(PATH, {"messages": [user("Hey.")]})
    assert answer.error == (429, "fault")
    assert answer.headers["retry-after"] == "7"


@pytest.mark.parametrize("body", [{}, {"messages": "Hey."}, [1]])
def test_a_request_without_messages_is_400(running: Running, body: Any) -> None:
    assert running.post(PATH, body).error == (400, "invalid_request")


def test_a_packed_answer_is_unpacked() -> None:
    packed = gateway.gzipped(event("Hello") + b"data: [DONE]\n\n")
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n"
    assert text_of(events(asked(head % len(packed) + packed))) == "Hello"


def test_what_was_posted_for_the_session_goes_before_the_voice(running: Running, fake: FakeOpenAI) -> None:
    running.post("/leed/v1/sessions/session-2/expressions", {"face": {"Joy": 0.84}})
    running.post("/chat/completions?custom_session_id=session-2", {"messages": [user("Hey.", Sadness=0.34)]})
    assert fake.requests[0].json["messages"][0]["content"] == "Hey.\n\n[The user looks extremely joyful.]"


# --- the history


DESCRIBER = for_chat(Describer())


def sentences(messages: list[Any]) -> list[str | None]:
    told = (message.get("expression") for message in described(messages, DESCRIBER))
    return [None if description is None else description.sentence for description in told]


def full(**scores: float) -> dict[str, float]:
    """Scores of all 48 labels, with these among them."""
    from leed import taxonomy  # noqa: PLC0415 - data that only this needs

    return dict.fromkeys(taxonomy.get("hume-48").labels, 0.02) | scores


def test_the_words_of_a_history_begin_those_of_a_longer_one() -> None:
    history = [
        user(f"{i}", i * 8.0, **full(Sadness=0.05 + 0.04 * (i % 9), Joy=0.3 - 0.03 * (i % 7))) for i in range(40)
    ]
    whole = sentences(history)
    assert len({*whole} - {None}) > 3
    for length in (1, 7, 12, 25, 39):
        assert sentences(history[:length]) == whole[:length]
    assert sentences(history) == whole


def test_what_is_usual_for_the_one_who_speaks_is_learned_from_the_history() -> None:
    alone = sentences([user("Now.", 400.0, **full(Distress=0.14))])
    history = [user(f"{i}", i * 8.0, **full(Distress=0.04)) for i in range(30)]
    assert alone == ["The user sounds slightly distressed."]
    assert sentences([*history, user("Now.", 400.0, **full(Distress=0.14))])[-1] == (
        "The user sounds slightly distressed, more than the user usually does."
    )


def test_the_assistants_voice_and_what_is_typed_teach_nothing() -> None:
    voice = {"role": "assistant", "content": "Hm.", "models": {"prosody": {"scores": full(Distress=0.04)}}}
    typed = {"role": "user", "content": "Typed.", "models": {"prosody": None}}
    assert sentences([voice, typed] * 20 + [user("Now.", 400.0, **full(Distress=0.14))])[-1] == (
        "The user sounds slightly distressed."
    )


@pytest.mark.parametrize(
    "models",
    [
        None,
        7,
        {},
        {"prosody": 7},
        {"prosody": {"scores": 7}},
        {"prosody": {"scores": {}}},
        {"prosody": {"scores": {"Joy": None}}},
    ],
)
def test_scores_that_are_none_leave_the_message_to_inject(models: Any) -> None:
    message = {"role": "user", "content": "Hey.", "models": models, "time": "now"}
    (told,) = described([message], DESCRIBER)
    assert (told["content"], told.get("expression")) == ("Hey.", None)


def test_other_messages_and_what_is_none_stay_as_they_are() -> None:
    others: list[Any] = [{"role": "tool", "content": "x {very sad}", "tool_call_id": "c"}, 7, None]
    assert described(others, DESCRIBER) == others


def test_a_websockets_messages_are_those_of_a_chat() -> None:
    said = {"type": "user_message", "message": {"role": "user", "content": "Hey."}, "models": {"prosody": None}}
    given: list[Any] = [
        {"type": "chat_metadata", "chat_id": "c"},
        said | {"interim": True},
        said | {"time": {"begin": 1, "end": 2}, "from_text": False, "interim": False},
        {"type": "assistant_message", "id": "a", "message": {"role": "assistant", "content": "Hi!"}},
        {"type": "audio_output", "data": "UklGRg"},
        {"type": "user_message", "message": "nonsense"},
        7,
    ]
    assert from_socket(given) == [
        {"role": "user", "content": "Hey.", "models": {"prosody": None}, "time": {"begin": 1, "end": 2}},
        {"role": "assistant", "content": "Hi!"},
    ]
    assert from_socket("nonsense") == []


# --- a real log


def logged() -> list[dict[str, Any]]:
    """The messages of a real chat, as EVI would send them."""
    lines = shared("hume/evi/evi-recording.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if '"audio_output"' not in line]


@pytest.mark.needs_data
def test_a_real_log_is_replayed_turn_by_turn(running: Running, fake: FakeOpenAI) -> None:
    history = from_socket(logged())
    assert [message["role"] for message in history] == ["user", "assistant"]
    body = {"messages": history[:1]}
    chunks = events(running.post(PATH, body))
    sent = fake.requests[0].json["messages"]
    assert sent[0]["content"].startswith("Hey. What's going on?\n\n[The user sounds ")
    assert text_of(chunks) == f"You said: {sent[0]['content']}"
    events(running.post(PATH, {"messages": [*history, user("And now?", 9.0, **full())]}))
    assert fake.requests[1].json["messages"][0] == sent[0]  # prompt caches live
    assert fake.requests[1].json["messages"][1] == {"role": "assistant", "content": "Hey there!"}
    assert len(json.dumps(body)) > 5 * len(fake.requests[0].body)
    assert b"prosody" not in fake.requests[1].body
