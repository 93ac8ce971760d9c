"""What goes through the gateway: chats with descriptions put in, all else as it is, answers byte for byte."""

import gzip
import json
import socket
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest

import leed
from leed_adapters.fakes.openai import FakeOpenAI
from tests.support import gateway
from tests.support.gateway import PATIENCE, STREAM, Running, chunk, event

SAD = {"prosody": {"Sadness": 0.34}}
SAID = [{"role": "user", "content": "I'm fine", "expression": SAD}]
TOLD = [{"role": "user", "content": "I'm fine\n\n[The user sounds quite sad.]"}]
CHAT = "/v1/chat/completions"


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server


@pytest.fixture(scope="module")
def running(fake: FakeOpenAI) -> Iterator[Running]:
    with Running(fake.base_url) as found:
        yield found


@pytest.fixture(scope="module")
def echoing() -> Iterator[Running]:
    with gateway.upstream(gateway.echo) as url, Running(url) as found:
        yield found


@pytest.fixture(autouse=True)
def forgotten(fake: FakeOpenAI) -> None:
    fake.requests.clear()


def test_a_chat_goes_out_with_descriptions_and_without_scores(running: Running, fake: FakeOpenAI) -> None:
    answer = running.post(CHAT, {"model": "m", "messages": SAID, "seed": 7})
    assert answer.json["choices"][0]["message"]["content"] == "You said: I'm fine\n\n[The user sounds quite sad.]"
    assert fake.requests[0].json == {"model": "m", "messages": TOLD, "seed": 7}


def test_a_chat_has_evis_scores_and_the_policy(fake: FakeOpenAI) -> None:
    said = [{"role": "user", "content": "I'm fine", "models": {"prosody": {"scores": {"Sadness": 0.34}}}}]
    with Running(fake.base_url, inject={"policy": "subtle"}) as running:
        running.post(CHAT, {"model": "m", "messages": said})
    assert fake.requests[0].json["messages"] == json.loads(json.dumps(leed.inject(SAID)))


def test_a_response_goes_out_with_descriptions(running: Running, fake: FakeOpenAI) -> None:
    running.post("/v1/responses", {"model": "m", "input": SAID})
    assert fake.requests[0].json == {"model": "m", "input": TOLD}


def test_the_options_of_injection_hold(fake: FakeOpenAI) -> None:
    with Running(fake.base_url, inject={"handover": "tag", "lang": "de", "top": 1}) as running:
        said = [{"role": "user", "content": "Gut.", "expression": {"prosody": {"Sadness": 0.34, "Joy": 0.3}}}]
        running.post(CHAT, {"model": "m", "messages": said})
    assert fake.requests[0].json["messages"] == leed.inject(said, policy=None, handover="tag", lang="de", top=1)


@pytest.mark.parametrize(
    "body",
    [
        b'{ "messages": [ {"role":"user",  "content":"Hey."} ], "seed": 1.0, "n": 1 }',
        b'{"messages": "nonsense"}',
        b'{"input": 7}',
        b"[1, 2]",
        b'"text"',
        b'{"messages":[{"role":"user","content":"half a character: \\ud83d"}]}',
    ],
)
def test_a_body_that_does_not_change_goes_on_as_the_very_bytes(echoing: Running, body: bytes) -> None:
    answer = echoing.send("POST", CHAT, body, content_type="application/json")
    assert answer.body.partition(b"\r\n\r\n")[2] == body


def test_what_need_not_be_looked_into_goes_on_as_it_came(echoing: Running) -> None:
    body = b'{"messages":%b,"logit_bias":{"1":  1.50e1},"big":123456789012345678901234567890}'
    answer = echoing.send("POST", CHAT, body % json.dumps(SAID).encode())
    told = json.dumps(TOLD, separators=(",", ":")).encode()
    assert answer.body.partition(b"\r\n\r\n")[2] == body % told


def test_half_a_character_beside_an_expression_stays_half_a_character(echoing: Running) -> None:
    said = b'{"messages":[{"role":"user","content":"\\ud83d","expression":{"prosody":{"Sadness":0.34}}}],"seed":1}'
    sent = json.loads(echoing.send("POST", CHAT, said).body.partition(b"\r\n\r\n")[2])
    assert sent == {
        "messages": [{"role": "user", "content": "\ud83d\n\n[The user sounds quite sad.]"}],
        "seed": 1,
    }


@pytest.mark.parametrize("expression", [7, "nonsense", {"prosody": {"Sadness": "much"}}, {"prosody": [1]}, [[[]]]])
def test_an_expression_that_is_none_never_keeps_a_call_from_going_out(
    running: Running, fake: FakeOpenAI, expression: Any
) -> None:
    said = [{"role": "user", "content": "Hey.", "expression": expression}]
    assert running.post(CHAT, {"model": "m", "messages": said}).status == 200
    assert fake.requests[0].json["messages"][0]["role"] == "user"
    assert set(fake.requests[0].json["messages"][0]) == {"role", "content"}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_every_other_request_goes_on_as_it_is(echoing: Running, method: str) -> None:
    body = b"" if method in ("GET", "OPTIONS", "DELETE") else b"\x00bytes\xff"
    answer = echoing.send(method, "/v1/files/a%2Fb%20c?after=1&x=%2e%2e", body, x_thing="é")
    head, _, sent = answer.body.partition(b"\r\n\r\n")
    assert head.startswith(f"{method} /v1/files/a%2Fb%20c?after=1&x=%2e%2e HTTP/1.1\r\n".encode())
    assert sent == body


def test_headers_go_on_without_those_between_two_hosts(echoing: Running) -> None:
    answer = echoing.send(
        "POST",
        CHAT,
        b"{}",
        authorization="Bearer sk-client",
        openai_organization="org",
        accept_encoding="br",
        connection="close, x-private",
        x_private="1",
        te="trailers",
        x_leed_session="s",
        user_agent="OpenAI/Python",
    )
    lines = answer.body.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
    sent = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    assert sent.pop("host").startswith("127.0.0.1:")
    assert sent == {
        "authorization": "Bearer sk-client",
        "openai-organization": "org",
        "accept-encoding": "br",
        "user-agent": "OpenAI/Python",
        "content-length": "2",
    }


def test_the_key_of_the_environment_goes_on_in_place_of_the_clients() -> None:
    environment = {"UPSTREAM": "sk-own"}
    with (
        gateway.upstream(gateway.echo) as url,
        Running(url, environment=environment, upstream_key_env="UPSTREAM") as running,
    ):
        sent = running.send("POST", CHAT, b"{}", authorization="Bearer anything").body
    assert b"authorization: Bearer sk-own\r\n" in sent.lower().replace(b"bearer", b"Bearer")
    assert b"anything" not in sent


def test_an_upload_longer_than_what_is_held_goes_on_as_it_comes(echoing: Running) -> None:
    body = bytes(range(256)) * 8192  # 2 MiB
    answer = echoing.send("POST", "/v1/files", body)
    head, _, sent = answer.body.partition(b"\r\n\r\n")
    assert b"content-length: 2097152" in head.lower()
    assert sent == body


def test_an_upload_without_a_length_goes_on_in_chunks(echoing: Running) -> None:
    chunks = b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    with echoing.connect() as connection:
        connection.sendall(gateway.request("POST", "/v1/files", transfer_encoding="chunked") + chunks)
        answer = gateway.answer_from(connection)
    head, _, sent = answer.body.partition(b"\r\n\r\n")
    assert b"transfer-encoding: chunked" in head.lower()
    assert gateway.unchunked(sent) == (b"abcde", True)


def test_status_and_headers_of_an_answer_are_kept_in_their_order() -> None:
    raw = (
        b"HTTP/1.1 418 I'm a teapot\r\nServer: up\r\nset-cookie: a=1\r\nset-cookie: b=2\r\nX-Request-Id: req_1\r\n"
        b"x-private: 1\r\nconnection: x-private, close\r\ncontent-length: 3\r\n\r\n\x00\xffz"
    )
    with gateway.upstream(gateway.answering(raw)) as url, Running(url) as running:
        answer = running.send("GET", "/v1/models", x_request_id="mine-1")
    assert answer.status == 418
    assert answer.body == b"\x00\xffz"
    assert [pair for pair in answer.pairs if pair[0] != "connection"] == [
        ("server", "up"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("x-request-id", "req_1"),
        ("content-length", "3"),
        ("x-leed-request-id", "mine-1"),
    ]


def test_a_redirect_is_not_followed() -> None:
    raw = b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n"
    with gateway.upstream(gateway.answering(raw)) as url, Running(url) as running:
        answer = running.send("GET", "/v1/models")
    assert (answer.status, answer.headers["location"]) == (302, "http://169.254.169.254/")


def test_a_packed_answer_stays_packed() -> None:
    packed = gzip.compress(b'{"a": 1}', mtime=0)
    raw = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(packed) + packed
    with gateway.upstream(gateway.answering(raw)) as url, Running(url) as running:
        answer = running.post(CHAT, {"messages": SAID}, accept_encoding="gzip")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.body == packed


def test_a_packed_request_goes_on_as_it_is_and_is_counted(echoing: Running) -> None:
    packed = gzip.compress(json.dumps({"messages": SAID}).encode(), mtime=0)
    before = echoing.metric('leed_troubles_total{kind="packed"}')
    answer = echoing.send("POST", CHAT, packed, content_encoding="gzip")
    assert answer.body.partition(b"\r\n\r\n")[2] == packed
    assert echoing.metric('leed_troubles_total{kind="packed"}') == before + 1


def test_answers_to_head_and_without_content_have_no_body() -> None:
    raw = b"HTTP/1.1 204 No Content\r\nx-a: 1\r\n\r\n"
    with gateway.upstream(gateway.answering(raw)) as url, Running(url) as running:
        assert running.send("DELETE", "/v1/files/1").raw.endswith(b"\r\n\r\n")
    raw = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n"
    with gateway.upstream(gateway.answering(raw)) as url, Running(url) as running:
        answer = running.send("HEAD", "/v1/models")
        assert (answer.status, answer.headers["content-length"], answer.body) == (200, "5", b"")


def test_a_stream_is_passed_on_byte_for_byte_and_each_chunk_as_it_comes() -> None:
    parts = [
        event("Hel"),
        b"da",
        b"ta: {}\r\n: comment\n\n",
        "data: \N{GRINNING FACE}".encode()[:8],
        b"\xff\x00",
        b"\n\n",
    ]
    go_on = Event()

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(STREAM + chunk(parts[0]))
        assert go_on.wait(PATIENCE)  # the rest comes only once the first chunk was seen on the other side
        for part in parts[1:]:
            connection.sendall(chunk(part))
        connection.sendall(b"0\r\n\r\n")

    with gateway.upstream(behave) as url, Running(url) as running, running.connect() as connection:
        body = json.dumps({"messages": SAID, "stream": True}).encode()
        connection.sendall(gateway.request("POST", CHAT, body))
        first = b""
        while parts[0] not in first:
            first += connection.recv(1 << 16)
        go_on.set()
        rest = gateway.answer_from_rest(connection)
    answer = gateway.Answer(first + rest)
    assert answer.whole
    assert answer.body == b"".join(parts)
    assert answer.headers["content-type"] == "text/event-stream"


def test_requests_that_follow_each_other_on_one_connection_are_all_answered(running: Running) -> None:
    one = gateway.request("GET", "/v1/models", connection="keep-alive")
    with running.connect() as connection:
        connection.sendall(one + one + gateway.request("GET", "/v1/models"))
        assert gateway.answer_from_rest(connection).count(b"HTTP/1.1 200 OK") == 3


@pytest.mark.parametrize(
    "path",
    [
        "/v1/../admin",
        "/v1/%2e%2e/admin",
        "/v1/%2e%2e%2fadmin",
        "/v1/a/..%5c..%5cadmin",
        "/v1/%252e%252e/admin",
        "/v1/./models",
        "/v1/%00",
    ],
)
def test_a_path_that_leads_out_of_the_api_is_refused(echoing: Running, path: str) -> None:
    assert echoing.send("GET", path).error == (400, "invalid_path")


@pytest.mark.parametrize(
    ("target", "sent"),
    [
        ("http://169.254.169.254/v1/models", b"GET /v1/models "),
        ("/v1//evil.example/x", b"GET /v1//evil.example/x "),
        ("/v1/@evil.example/x", b"GET /v1/@evil.example/x "),
        ("/v1/http://evil.example/", b"GET /v1/http://evil.example/ "),
    ],
)
def test_no_target_leads_to_another_host(echoing: Running, target: str, sent: bytes) -> None:
    assert echoing.send("GET", target).body.startswith(sent)


@pytest.mark.parametrize("target", ["//evil.example/v1/models", "/v1@evil.example/", "/v2/models", "/v1"])
def test_what_is_not_below_v1_goes_nowhere(echoing: Running, target: str) -> None:
    assert echoing.send("GET", target).error == (404, "not_found")
