"""Health, metrics, and logs that hold nothing of what anybody said."""

import io
import json
import logging
import sys
from typing import Any

import pytest

from leed_adapters.fakes.openai import FakeOpenAI, Fault
from leed_adapters.gateway.logs import Lines, is_unexpected
from leed_adapters.gateway.upstream import BrokenStreamError
from tests.support import gateway
from tests.support.gateway import Running, until

CHAT = "/v1/chat/completions"
SECRETS = ("sk-client", "sk-up", "lk-gate", "Where are", "0.3417", "3417", "Sadness", "quite sad", "the-session")


def lines(log: io.BytesIO, least: int) -> list[dict[str, Any]]:
    until(lambda: log.getvalue().count(b"\n") >= least, f"{least} lines of log")
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_line_for_each_request_has_counts_and_durations_and_no_words_scores_or_keys() -> None:
    log = io.BytesIO()
    environment = {"UP": "sk-up", "GATE": "lk-gate"}
    options: dict[str, Any] = {"upstream_key_env": "UP", "api_key_env": "GATE", "environment": environment}
    said = {
        "messages": [{"role": "user", "content": "Where are they?", "expression": {"prosody": {"Sadness": 0.3417}}}]
    }
    evi = {
        "messages": [
            {"role": "user", "content": "Where are they?", "models": {"prosody": {"scores": {"Sadness": 0.3417}}}}
        ]
    }
    with FakeOpenAI() as fake, Running(fake.base_url, log=log, **options) as running:
        key = {"x_leed_api_key": "lk-gate", "authorization": "Bearer sk-client"}
        running.post(CHAT, said, x_request_id="mine-1", **key)
        running.post("/chat/completions?custom_session_id=the-session", evi, **key)
        running.post("/leed/v1/sessions/the-session/expressions", {"prosody": {"Sadness": 0.3417}}, **key)
        running.post(CHAT, said, x_leed_api_key="wrong")
        fake.faults.append(Fault(500))
        running.post(CHAT, said, **key)
        running.send("POST", CHAT, b'{"Where are": ', **key)
        found = lines(log, 6)
    assert [(line["route"], line["status"], line.get("trouble")) for line in found] == [
        ("chat_completions", 200, None),
        ("evi", 200, None),
        ("own", 200, None),
        ("other", 401, "invalid_api_key"),
        ("chat_completions", 500, None),
        ("chat_completions", 400, "invalid_json"),
    ]
    first = found[0]
    assert (first["request_id"], first["method"], first["descriptions"], first["level"]) == (
        "mine-1",
        "POST",
        1,
        "info",
    )
    assert first["bytes_in"] == len(json.dumps(said))
    assert first["tokens"] > 5
    assert first["bytes_out"] > 100
    assert first["ms"] >= first["first_ms"] > 0
    assert first["upstream_request_id"] == "req_1"
    for secret in SECRETS:
        assert secret.encode() not in log.getvalue()


def test_a_request_id_that_is_none_is_replaced() -> None:
    with FakeOpenAI() as fake, Running(fake.base_url) as running:
        fake.faults.extend([Fault(200, {"x-request-id": ""}, b"{}")] * 3)
        for given in ("x" * 129, "a b", 'a"b'):
            made = running.send("GET", "/healthz", x_request_id=given).headers["x-request-id"]
            assert made != given
            assert len(made) == 24
        assert running.send("GET", "/healthz", x_request_id="a.b-c:1").headers["x-request-id"] == "a.b-c:1"


def test_readiness_asks_the_upstream_once_in_a_while() -> None:
    with FakeOpenAI() as fake, Running(fake.base_url) as running:
        for _ in range(5):
            assert running.send("GET", "/readyz").json == {"status": "ok"}
        assert [request.path for request in fake.requests] == ["/v1/models"]


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (gateway.whole(b"{}", status="401 Unauthorized"), 200),
        (gateway.whole(b"{}", status="500 Oh"), 503),
        (b"", 503),
    ],
)
def test_an_upstream_is_ready_if_it_answers(raw: bytes, status: int) -> None:
    with gateway.upstream(gateway.answering(raw)) as url, Running(url) as running:
        assert running.send("GET", "/readyz").status == status
        assert running.send("GET", "/healthz").status == 200


def test_metrics_count_what_happened() -> None:
    said = {"messages": [{"role": "user", "content": "Hey.", "expression": {"prosody": {"Sadness": 0.34}}}]}
    with FakeOpenAI() as fake, Running(fake.base_url) as running:
        for _ in range(3):
            running.post(CHAT, said)
        running.send("GET", "/v1/models")
        running.send("POST", CHAT, b"{")
        running.post("/leed/v1/sessions/a/expressions", {"Joy": 0.5})
        answer = running.send("GET", "/metrics")
        text = answer.body.decode()
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        for line in (
            'leed_requests_total{route="chat_completions",status="200"} 3.0',
            'leed_requests_total{route="chat_completions",status="400"} 1.0',
            'leed_requests_total{route="other",status="200"} 1.0',
            'leed_request_seconds_count{route="chat_completions"} 4.0',
            'leed_first_byte_seconds_count{route="other"} 1.0',
            "leed_descriptions_total 3.0",
            "leed_description_tokens_total 24.0",
            'leed_troubles_total{kind="invalid_json"} 1.0',
            "leed_sessions 1.0",
            "leed_open_answers 0.0",
            "leed_open_sockets 0.0",
        ):
            assert line in text.splitlines()
        assert "python_info" not in text  # a registry of its own


def record(message: str, error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error is not None else None
    return logging.LogRecord("leed", logging.WARNING, "here.py", 7, message, (), info)


def test_a_record_of_a_library_is_a_line_without_the_words_of_its_exception() -> None:
    with pytest.raises(ValueError, match="Where are they") as caught:
        int("Where are they?")
    line = json.loads(Lines().format(record("it failed", caught.value)))
    assert line["message"] == "it failed"
    assert line["error"] == "ValueError"
    assert line["place"].partition(":")[0] == __file__
    assert "Where" not in json.dumps(line)
    assert json.loads(Lines().format(record("plain")))["level"] == "warning"


def test_what_ends_a_connection_on_purpose_is_not_logged() -> None:
    assert not is_unexpected(record("x", BrokenStreamError()))
    assert is_unexpected(record("x", ValueError()))
    assert is_unexpected(record("x"))
    assert sys.exception() is None
