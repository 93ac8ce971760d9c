"""The gateway with its page and its endpoints, as one server."""

import io
import json
from collections.abc import Iterator

import pytest

from tests.support.gateway import Running

KEY = {"LEED_API_KEY": "sesame"}
SCORES = {"scores": {"Sadness": 0.34}, "modality": "prosody"}


@pytest.fixture
def closed() -> Iterator[Running]:
    with Running("http://127.0.0.1:9/v1", environment=KEY, api_key_env="LEED_API_KEY") as gateway:
        yield gateway


@pytest.mark.parametrize("path", ["/", "/playground/app.js", "/playground/samples/call.json"])
def test_the_page_is_served_to_all_as_it_holds_nothing_of_anybody(closed: Running, path: str) -> None:
    answer = closed.send("GET", path)
    assert answer.status == 200
    assert answer.headers["content-security-policy"].startswith("default-src 'self'; ")


@pytest.mark.parametrize("path", ["/leed/v1/describe", "/leed/v1/read", "/leed/v1/sessions/a/expressions"])
def test_what_works_for_the_page_asks_for_the_key(closed: Running, path: str) -> None:
    assert closed.post(path, SCORES).status == 401
    assert closed.post(path, SCORES, authorization="Bearer sesame").status == 200


def test_a_description_comes_from_the_gateway_itself(closed: Running) -> None:
    answer = closed.post("/leed/v1/describe", SCORES, authorization="Bearer sesame")
    assert json.loads(answer.body)["description"] == "They sound quite sad."


def test_a_file_beyond_the_limit_is_refused_before_it_is_read() -> None:
    with Running("http://127.0.0.1:9/v1", limits={"file": 1000}) as gateway:
        answer = gateway.send("POST", "/leed/v1/read", b"x" * 1001)
    assert answer.status == 413
    assert "more than 1,000 bytes" in json.loads(answer.body)["error"]["message"]


def test_the_log_counts_what_a_file_brought() -> None:
    log = io.BytesIO()
    with Running("http://127.0.0.1:9/v1", log=log) as gateway:
        gateway.send("POST", "/leed/v1/read", b'{"Joy": 0.84}')
        gateway.send("POST", "/leed/v1/sessions/a/expressions", b'{"Joy": 0.84}')
    requests = [line for line in map(json.loads, log.getvalue().splitlines()) if line["event"] == "request"]
    assert [line["bytes_in"] for line in requests] == [13, 13]
