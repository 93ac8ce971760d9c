"""Expressions that are posted before their message: what is kept, for how long, and which message has it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from leed import Describer
from leed.expressions import for_chat
from leed_adapters.fakes.openai import FakeOpenAI
from leed_adapters.gateway.sessions import Sessions
from leed_adapters.gateway.settings import LimitSettings
from tests.support.gateway import Running, answer_from, request

CHAT = "/v1/chat/completions"
SAD = {"prosody": {"Sadness": 0.34}}
JOLLY = {"face": {"Joy": 0.84}}
SAD_NOTE = "\n\n[The user sounds quite sad.]"
JOLLY_NOTE = "\n\n[The user looks extremely joyful.]"


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server


@pytest.fixture(scope="module")
def running(fake: FakeOpenAI) -> Iterator[Running]:
    with Running(fake.base_url) as found:
        yield found


@pytest.fixture(autouse=True)
def forgotten(fake: FakeOpenAI) -> None:
    fake.requests.clear()


def path(name: str) -> str:
    return f"/leed/v1/sessions/{name}/expressions"


def said(*texts: str) -> list[dict[str, Any]]:
    roles = ("user", "assistant")
    return [{"role": roles[i % 2], "content": text} for i, text in enumerate(texts)]


def sent(fake: FakeOpenAI) -> list[str]:
    body = fake.requests[-1].json
    return [message["content"] for message in body.get("messages") or body["input"]]


def test_what_was_posted_describes_the_newest_message_and_its_answer_tells_what_is_kept(
    running: Running, fake: FakeOpenAI
) -> None:
    answer = running.post(path("one"), SAD)
    assert answer.json == {
        "session": "one",
        "description": "The user sounds quite sad.",
        "terms": ["Sadness"],
        "expires_in": 600.0,
    }
    running.post(CHAT, {"messages": said("Hey.", "Hi.", "I'm fine")}, x_leed_session="one")
    assert sent(fake) == ["Hey.", "Hi.", f"I'm fine{SAD_NOTE}"]
    assert "x-leed-session" not in fake.requests[-1].headers


def test_the_newest_post_wins(running: Running, fake: FakeOpenAI) -> None:
    running.post(path("two"), SAD)
    running.post(path("two"), JOLLY)
    running.post(CHAT, {"messages": said("Hey.")}, x_leed_session="two")
    assert sent(fake) == [f"Hey.{JOLLY_NOTE}"]


def test_a_description_stays_on_its_message_and_tells_of_no_later_one(running: Running, fake: FakeOpenAI) -> None:
    running.post(path("three"), SAD)
    for _ in range(2):  # a call that is repeated says the same
        running.post(CHAT, {"messages": said("Hey.")}, x_leed_session="three")
        assert sent(fake) == [f"Hey.{SAD_NOTE}"]
    running.post(CHAT, {"messages": said("Hey.", "Hi.", "Typed.")}, x_leed_session="three")
    assert sent(fake) == [f"Hey.{SAD_NOTE}", "Hi.", "Typed."]
    running.post(path("three"), JOLLY)
    running.post(CHAT, {"messages": said("Hey.", "Hi.", "Typed.", "Oh.", "Hey.")}, x_leed_session="three")
    assert sent(fake) == [f"Hey.{SAD_NOTE}", "Hi.", "Typed.", "Oh.", f"Hey.{JOLLY_NOTE}"]


def test_sessions_are_apart_and_a_request_without_one_has_none(running: Running, fake: FakeOpenAI) -> None:
    running.post(path("four"), SAD)
    for headers in ({}, {"x_leed_session": "another"}):
        running.post(CHAT, {"messages": said("Hey.")}, **headers)
        assert sent(fake) == ["Hey."]


def test_a_post_goes_before_what_rides_on_the_message(running: Running, fake: FakeOpenAI) -> None:
    running.post(path("five"), JOLLY)
    message = {"role": "user", "content": "Hey.", "expression": SAD}
    running.post(CHAT, {"messages": [message]}, x_leed_session="five")
    assert sent(fake) == [f"Hey.{JOLLY_NOTE}"]


def test_a_response_to_a_plain_text_is_described_too(running: Running, fake: FakeOpenAI) -> None:
    running.post(path("six"), SAD)
    running.post("/v1/responses", {"model": "m", "input": "Hey."}, x_leed_session="six")
    assert fake.requests[-1].json["input"] == f"Hey.{SAD_NOTE}"


@pytest.mark.parametrize(
    "body",
    [
        b'{"Sadness": 0.34}',
        b'{"prosody": {"scores": {"Sadness": 0.34}}}',
        b'{"models": {"prosody": {"scores": {"Sadness": 0.34}}}}',
        b"begin,end,text,Sadness\n0,1,Hey.,0.34\n",
        b'{"prosody": [{"name": "Sadness", "score": 0.34}]}',
    ],
)
def test_scores_and_whatever_leed_reads_can_be_posted(running: Running, body: bytes) -> None:
    answer = running.send("POST", path("seven"), body)
    assert (answer.status, answer.json["terms"]) == (200, ["Sadness"])


def test_where_nothing_stands_out_nothing_is_said(running: Running, fake: FakeOpenAI) -> None:
    assert running.post(path("eight"), {"prosody": {"Sadness": 0.01}}).json["description"] is None
    running.post(CHAT, {"messages": said("Hey.")}, x_leed_session="eight")
    assert sent(fake) == ["Hey."]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"nonsense that nobody reads", (400, "invalid_expression")),
        (b"{", (400, "invalid_expression")),
        (b"7", (400, "invalid_expression")),
        (b'"/etc/passwd"', (400, "invalid_expression")),
        (b"/etc/passwd", (400, "invalid_expression")),
        (b"PK\x03\x04archive", (415, "unsupported")),
        (b"\x1f\x8bpacked", (415, "unsupported")),
    ],
)
def test_what_cannot_be_described_is_refused(running: Running, body: bytes, error: tuple[int, str]) -> None:
    assert running.send("POST", path("nine"), body).error == error
    assert running.send("GET", path("nine")).error == (404, "not_found")


def test_what_is_too_large_is_refused(running: Running) -> None:
    with running.connect() as connection:
        # Only a connection that is kept lets the server take in what it does not read, so that none is reset.
        connection.sendall(request("POST", path("nine"), b" " * 2_000_000, connection="keep-alive"))
        connection.sendall(request("GET", path("nine")))
        first, _, second = answer_from(connection).raw.partition(b"HTTP/1.1 404")
    assert first.startswith(b"HTTP/1.1 413")
    assert b"request_too_large" in first
    assert b"not_found" in second


def test_a_session_can_be_looked_at_and_dropped(running: Running) -> None:
    running.post(path("ten"), SAD)
    assert running.send("GET", path("ten")).json == {
        "session": "ten",
        "description": "The user sounds quite sad.",
        "terms": ["Sadness"],
        "messages_described": 0,
    }
    running.post(CHAT, {"messages": said("Hey.")}, x_leed_session="ten")
    looked = running.send("GET", path("ten")).json
    assert (looked["description"], looked["messages_described"]) == (None, 1)
    assert running.send("DELETE", path("ten")).status == 204
    assert running.send("DELETE", path("ten")).error == (404, "not_found")
    assert running.send("GET", path("ten")).error == (404, "not_found")


def test_a_name_is_bounded(running: Running) -> None:
    assert running.post(path("x" * 257), SAD).error == (400, "invalid_session")
    assert running.post(path("%0a"), SAD).error == (400, "invalid_session")


def test_nothing_of_the_scores_or_the_words_is_kept() -> None:
    sessions = kept()
    sessions.put("a", sessions.described(json.dumps({"prosody": {"Sadness": 0.34, "Joy": 0.01}}).encode()))
    sessions.attached("a", said("A secret."))
    session = sessions.get("a")
    assert session is not None
    (description,) = session.bound.values()
    assert description.to_dict()["text"] is None
    assert [term.label for term in description.terms] == ["Sadness"]
    assert description.evidence is None
    assert b"secret" not in b"".join(session.bound)


# --- bounds


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def kept(clock: Clock | None = None, **limits: Any) -> Sessions:
    return Sessions(LimitSettings(**limits), for_chat(Describer()), clock or Clock())


def put(sessions: Sessions, name: str) -> None:
    sessions.put(name, sessions.described(b'{"prosody": {"Sadness": 0.34}}'))


def names(sessions: Sessions, *wanted: str) -> list[str]:
    return [name for name in wanted if sessions.get(name) is not None]


def test_the_session_that_was_used_least_lately_makes_room() -> None:
    sessions = kept(sessions=2)
    put(sessions, "a")
    put(sessions, "b")
    sessions.attached("a", said("Hey."))
    put(sessions, "c")
    assert names(sessions, "a", "b", "c") == ["a", "c"]
    assert len(sessions) == 2


def test_all_sessions_together_have_so_many_bytes() -> None:
    sessions = kept(session_bytes=2000)
    for i in range(10):
        put(sessions, f"s{i}")
    assert 1 <= len(sessions) <= 4
    assert sessions.get("s9") is not None
    for i in range(10):
        sessions.drop(f"s{i}")
    assert sessions._size == 0


def test_a_session_is_forgotten_in_time_counted_from_its_last_use() -> None:
    clock = Clock()
    sessions = kept(clock, session_s=60.0)
    put(sessions, "a")
    clock.now = 50.0
    sessions.attached("a", said("Hey."))
    clock.now = 100.0
    assert names(sessions, "a") == ["a"]
    clock.now = 111.0
    assert names(sessions, "a") == []
    assert len(sessions) == 0
    assert sessions.attached("a", said("Hey.")) == said("Hey.")


def test_one_session_describes_so_many_messages_at_most() -> None:
    sessions = kept()
    for i in range(200):
        put(sessions, "a")
        sessions.attached("a", said(f"{i}"))
    session = sessions.get("a")
    assert session is not None
    assert len(session.bound) == 128


@pytest.mark.parametrize("messages", ["text", None, [], [{"role": "assistant", "content": "Hi."}], [7]])
def test_what_has_no_users_message_stays_as_it_is(messages: Any) -> None:
    sessions = kept()
    put(sessions, "a")
    assert sessions.attached("a", messages) == messages
