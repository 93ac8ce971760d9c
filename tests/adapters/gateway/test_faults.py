"""What goes wrong, over real sockets: the right status, and no task or connection left behind."""

import json
import socket
import time
from threading import Event
from typing import Any

import pytest

from leed_adapters.fakes.openai import FakeOpenAI, Fault
from tests.support import gateway
from tests.support.gateway import PATIENCE, STREAM, Running, chunk, event, until

CHAT = "/v1/chat/completions"
SAID = {"messages": [{"role": "user", "content": "Hey."}]}
STREAMED = json.dumps({**SAID, "stream": True}).encode()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_an_upstream_that_is_down_is_502() -> None:
    with Running(f"http://127.0.0.1:{free_port()}/v1") as running:
        assert running.post(CHAT, SAID).error == (502, "upstream_unreachable")
        assert running.send("GET", "/v1/models").error == (502, "upstream_unreachable")
        until(running.is_idle, "no task is left")


def test_an_upstream_that_says_nothing_is_504() -> None:
    asked, over = Event(), Event()

    def behave(connection: socket.socket, _: bytes) -> None:
        asked.set()
        while connection.recv(100):  # until the gateway gives up
            pass
        over.set()

    with gateway.upstream(behave) as url, Running(url, limits={"silence_s": 0.3}) as running:
        assert running.post(CHAT, SAID).error == (504, "upstream_timeout")
        assert asked.is_set()
        assert over.wait(PATIENCE)
        until(running.is_idle, "no task is left")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-le",
        b"this is no HTTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef",
    ],
)
def test_an_upstream_that_answers_with_no_http_is_502(raw: bytes) -> None:
    with gateway.upstream(gateway.answering(raw)) as url, Running(url) as running:
        assert running.post(CHAT, SAID).error == (502, "upstream_failed")
        until(running.is_idle, "no task is left")


def test_garbage_in_an_answer_is_passed_on() -> None:
    raw = gateway.whole(b"\x00\xff{not json", "application/json")
    with gateway.upstream(gateway.answering(raw)) as url, Running(url) as running:
        answer = running.post(CHAT, SAID)
    assert (answer.status, answer.body) == (200, b"\x00\xff{not json")


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_errors_of_the_upstream_are_passed_on(status: int) -> None:
    with FakeOpenAI() as fake, Running(fake.base_url) as running:
        fake.faults.append(Fault(status, headers={"x-a": "1"}))
        answer = running.post(CHAT, SAID)
        assert answer.error == (status, "fault")
        assert len(fake.requests) == 1  # nothing is tried again: clients do that themselves


def test_too_many_requests_keep_their_retry_after() -> None:
    with FakeOpenAI() as fake, Running(fake.base_url) as running:
        fake.faults.append(Fault(429, {"retry-after": "7", "x-ratelimit-reset-requests": "7s"}, b'{"error":{}}'))
        answer = running.post(CHAT, SAID)
    assert answer.status == 429
    assert (answer.headers["retry-after"], answer.headers["x-ratelimit-reset-requests"]) == ("7", "7s")
    assert answer.body == b'{"error":{}}'


@pytest.mark.parametrize(
    "raw",
    [
        STREAM + chunk(event("Hel")),
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf of it",
    ],
)
def test_an_answer_that_breaks_off_breaks_off_for_the_client_too(raw: bytes) -> None:
    with gateway.upstream(gateway.answering(raw)) as url, Running(url) as running:
        answer = running.send("POST", CHAT, STREAMED)
        assert answer.status == 200
        assert not answer.whole
        assert answer.body in (event("Hel"), b"half of it")
        assert running.metric('leed_troubles_total{kind="broken_upstream_failed"}') == 1
        until(running.is_idle, "no task is left")
        assert running.metric("leed_open_answers") == 0


def test_a_stream_that_becomes_malformed_breaks_off() -> None:
    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(STREAM + chunk(event("Hel")))
        time.sleep(0.2)  # in one piece with its beginning, the whole answer would be none
        connection.sendall(b"zz\r\n")
        while connection.recv(100):
            pass

    with gateway.upstream(behave) as url, Running(url) as running:
        answer = running.send("POST", CHAT, STREAMED)
        assert (answer.body, answer.whole) == (event("Hel"), False)
        until(running.is_idle, "no task is left")


def test_a_stream_that_falls_silent_breaks_off() -> None:
    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(STREAM + chunk(event("Hel")))
        while connection.recv(100):
            pass

    with gateway.upstream(behave) as url, Running(url, limits={"silence_s": 0.3}) as running:
        answer = running.send("POST", CHAT, STREAMED)
        assert (answer.body, answer.whole) == (event("Hel"), False)
        assert running.metric('leed_troubles_total{kind="broken_upstream_timeout"}') == 1


def test_a_client_that_leaves_in_mid_stream_ends_the_upstreams_work() -> None:
    left = Event()

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(STREAM + chunk(event("Hel")))
        while connection.recv(100):
            pass
        left.set()

    with gateway.upstream(behave) as url, Running(url) as running:
        with running.connect() as connection:
            connection.sendall(gateway.request("POST", CHAT, STREAMED))
            while b"Hel" not in connection.recv(1 << 16):
                pass
            assert running.metric("leed_open_answers") == 1
        assert left.wait(PATIENCE)
        until(running.is_idle, "no task is left")
        until(lambda: running.connections() == 0, "no connection is left")
        until(lambda: running.metric("leed_open_answers") == 0, "no answer is open")
        assert running.metric('leed_requests_total{route="chat_completions",status="499"}') == 1


@pytest.mark.parametrize("path", [CHAT, "/v1/models", "/chat/completions?custom_session_id=a"])
def test_a_client_that_leaves_before_an_answer_ends_the_upstreams_work(path: str) -> None:
    asked, left = Event(), Event()

    def behave(connection: socket.socket, _: bytes) -> None:
        asked.set()
        while connection.recv(100):
            pass
        left.set()

    with gateway.upstream(behave) as url, Running(url) as running:
        with running.connect() as connection:
            method = "GET" if path == "/v1/models" else "POST"
            connection.sendall(gateway.request(method, path, b"" if method == "GET" else STREAMED))
            assert asked.wait(PATIENCE)
        assert left.wait(PATIENCE)
        until(running.is_idle, "no task is left")


@pytest.mark.parametrize("path", [CHAT, "/v1/files", "/chat/completions?custom_session_id=a"])
def test_a_client_that_leaves_within_its_body_leaves_nothing(path: str) -> None:
    with gateway.upstream(gateway.echo) as url, Running(url) as running:
        with running.connect() as connection:
            head = gateway.request("POST", path, content_length="2000000")
            connection.sendall(head + b"x" * 1000)
            until(lambda: running.connections() == 1, "it is connected")
        until(running.is_idle, "no task is left")
        until(lambda: running.connections() == 0, "no connection is left")


@pytest.mark.parametrize("path", [CHAT, "/v1/files", "/chat/completions?custom_session_id=a"])
def test_a_body_of_50_mb_is_413_before_it_is_read(path: str) -> None:
    with gateway.upstream(gateway.echo) as url, Running(url) as running, running.connect() as connection:
        connection.sendall(gateway.request("POST", path, content_length="50000000", connection="keep-alive"))
        raw = b""
        while b"}}" not in raw:
            raw += connection.recv(1 << 16)
        assert gateway.Answer(raw).error == (413, "request_too_large")


def test_a_client_that_sends_all_of_50_mb_reads_the_413_and_can_go_on() -> None:
    with gateway.upstream(gateway.echo) as url, Running(url) as running, running.connect() as connection:
        connection.sendall(gateway.request("POST", CHAT, content_length="50000000", connection="keep-alive"))
        for _ in range(50):
            connection.sendall(b"x" * 1_000_000)
        connection.sendall(gateway.request("GET", "/healthz"))
        raw = gateway.answer_from(connection).raw
    assert raw.startswith(b"HTTP/1.1 413 ")
    assert b"HTTP/1.1 200 OK" in raw


@pytest.mark.parametrize("path", [CHAT, "/v1/files"])
def test_a_body_of_50_mb_without_a_length_is_413(path: str) -> None:
    with gateway.upstream(gateway.echo) as url, Running(url, limits={"body": 1_000_000}) as running:
        with running.connect() as connection:
            connection.sendall(gateway.request("POST", path, transfer_encoding="chunked", connection="keep-alive"))
            for _ in range(50):
                connection.sendall(chunk(b"x" * 1_000_000))
            connection.sendall(b"0\r\n\r\n" + gateway.request("GET", "/healthz"))
            raw = gateway.answer_from(connection).raw
        assert raw.startswith(b"HTTP/1.1 413 ")
        assert raw.endswith(b'{"status":"ok"}')
        until(running.is_idle, "no task is left")


@pytest.mark.parametrize("body", [b"", b"{", b"{'a': 1}", b'{"a": nope}', b"\xff\xfe", b"[" * 100_000])
@pytest.mark.parametrize("path", [CHAT, "/v1/responses", "/chat/completions?custom_session_id=a"])
def test_what_is_no_json_is_400_and_goes_nowhere(path: str, body: bytes) -> None:
    with FakeOpenAI() as fake, Running(fake.base_url) as running:
        assert running.send("POST", path, body).error == (400, "invalid_json")
        assert not fake.requests


def test_hundreds_of_connections_that_send_nothing_are_closed_and_harm_nobody() -> None:
    with FakeOpenAI() as fake, Running(fake.base_url, limits={"headers_s": 1.0}) as running:
        silent = [running.connect() for _ in range(300)]
        for i, connection in enumerate(silent[:100]):
            connection.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\n"[: 10 + i % 40])
        for _ in range(20):
            assert running.post(CHAT, {**SAID, "model": "m"}).status == 200
        for connection in silent:
            answer = gateway.answer_from(connection)
            assert answer.status == 408
            connection.close()
        until(lambda: running.connections() == 0, "no connection is left")


def test_a_body_that_does_not_come_is_given_up() -> None:
    with FakeOpenAI() as fake, Running(fake.base_url, limits={"body_s": 1.0}) as running, running.connect() as slow:
        slow.sendall(gateway.request("POST", CHAT, content_length="100") + b"{")
        assert slow.recv(100) == b""
        until(running.is_idle, "no task is left")
        assert not fake.requests


def test_an_idle_connection_outlives_the_deadline_for_headers() -> None:
    limits = {"headers_s": 0.5, "keep_alive_s": 30}
    with FakeOpenAI() as fake, Running(fake.base_url, limits=limits) as running, running.connect() as connection:
        connection.sendall(gateway.request("GET", "/healthz", connection="keep-alive"))
        assert connection.recv(1 << 16)
        time.sleep(2)
        connection.sendall(gateway.request("GET", "/healthz"))
        assert gateway.answer_from(connection).status == 200


def test_a_stop_lets_an_open_stream_finish() -> None:
    go_on = Event()

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(STREAM + chunk(event("Hel")))
        assert go_on.wait(PATIENCE)
        connection.sendall(chunk(event("lo")) + b"0\r\n\r\n")

    with gateway.upstream(behave) as url, Running(url) as running, running.connect() as connection:
        connection.sendall(gateway.request("POST", CHAT, STREAMED, connection="keep-alive"))
        raw = b""
        while b"Hel" not in raw:
            raw += connection.recv(1 << 16)
        running.server.should_exit = True
        until(lambda: is_refused(running.port), "new connections are refused")
        go_on.set()
        answer = gateway.Answer(raw + gateway.answer_from_rest(connection))
        assert (answer.body, answer.whole) == (event("Hel") + event("lo"), True)


def is_refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return True
    return False


def test_a_stop_breaks_off_what_does_not_finish_within_the_limit() -> None:
    left = Event()

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(STREAM + chunk(event("Hel")))
        while connection.recv(100):
            pass
        left.set()

    with gateway.upstream(behave) as url, Running(url, limits={"stop_s": 1.0}) as running:
        with running.connect() as connection:
            connection.sendall(gateway.request("POST", CHAT, STREAMED))
            raw = b""
            while b"Hel" not in raw:
                raw += connection.recv(1 << 16)
            running.stop()
            answer = gateway.Answer(raw + gateway.answer_from_rest(connection))
            assert not answer.whole
        assert left.wait(PATIENCE)


def test_a_fault_in_leed_is_500_in_the_usual_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise ZeroDivisionError

    with FakeOpenAI() as fake, Running(fake.base_url) as running:
        monkeypatch.setattr(running.app._proxy, "_described", fail)
        assert running.post(CHAT, SAID).error == (500, "gateway_fault")
        assert running.send("GET", "/v1/models").status == 200
