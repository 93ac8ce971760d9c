"""Who is let in, and what a page in a browser may do."""

from collections.abc import Iterator
from typing import Any

import pytest

from leed_adapters.fakes.openai import FakeOpenAI
from tests.support.gateway import Running

CHAT = "/v1/chat/completions"
BODY = {"model": "m", "messages": [{"role": "user", "content": "Hey."}]}
KEYED: dict[str, Any] = {"environment": {"LEED_KEY": "lk-secret"}, "api_key_env": "LEED_KEY"}


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server


@pytest.fixture(scope="module")
def keyed(fake: FakeOpenAI) -> Iterator[Running]:
    with Running(fake.base_url, **KEYED) as found:
        yield found


@pytest.fixture(scope="module")
def local(fake: FakeOpenAI) -> Iterator[Running]:
    with Running(fake.base_url, cors=["https://app.example"]) as found:
        yield found


@pytest.fixture(autouse=True)
def forgotten(fake: FakeOpenAI) -> None:
    fake.requests.clear()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": "Bearer "},
        {"authorization": "lk-secret"},
        {"authorization": "Basic lk-secret"},
        {"authorization": "Bearer lk-secret2"},
        {"x_leed_api_key": "wrong", "authorization": "Bearer lk-secret"},
        {"authorization": "Bearer \xe9"},
    ],
)
def test_without_the_key_nothing_goes_anywhere(keyed: Running, fake: FakeOpenAI, headers: dict[str, str]) -> None:
    for path in (CHAT, "/v1/files", "/chat/completions?custom_session_id=a", "/leed/v1/sessions/a/expressions"):
        answer = keyed.post(path, BODY, **headers)
        assert answer.error == (401, "invalid_api_key")
        assert answer.headers["www-authenticate"] == "Bearer"
    for path in ("/v1/models", "/metrics", "/nothing"):
        assert keyed.send("GET", path, **headers).error == (401, "invalid_api_key")
    assert not fake.requests


def test_the_gateways_own_key_goes_no_further(keyed: Running, fake: FakeOpenAI) -> None:
    assert keyed.post(CHAT, BODY, authorization="bearer lk-secret").status == 200
    assert keyed.post(CHAT, BODY, x_leed_api_key="lk-secret", authorization="Bearer sk-client").status == 200
    assert [request.headers.get("authorization") for request in fake.requests] == [None, "Bearer sk-client"]
    assert all("lk-secret" not in repr(request.headers) for request in fake.requests)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_load_balancers_need_no_key(keyed: Running, path: str) -> None:
    assert keyed.send("GET", path).json == {"status": "ok"}


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000", "LOCALHOST", "127.9.9.9"])
def test_a_local_gateway_answers_to_names_of_loopback(local: Running, host: str) -> None:
    assert local.send("GET", "/healthz", host=host).status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil@[", "10.0.0.1", "\xe9"]
)
def test_a_local_gateway_answers_to_no_other_name(local: Running, fake: FakeOpenAI, host: str) -> None:
    assert local.post(CHAT, BODY, host=host).error == (403, "host_not_allowed")
    assert local.send("GET", "/v1/models", host=host).status == 403
    assert not fake.requests


def test_a_gateway_with_a_key_answers_to_any_name(keyed: Running) -> None:
    assert keyed.post(CHAT, BODY, host="leed.example", authorization="Bearer lk-secret").status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "https://app.example.evil"])
def test_pages_of_other_origins_are_refused(local: Running, fake: FakeOpenAI, origin: str) -> None:
    assert local.send("POST", CHAT, b'{"messages":[]}', origin=origin, content_type="text/plain").error == (
        403,
        "origin_not_allowed",
    )
    assert "access-control-allow-origin" not in local.send("GET", "/healthz", origin=origin).headers
    assert not fake.requests


def test_its_own_page_may_call_it_and_cookies_stay_here(local: Running, fake: FakeOpenAI) -> None:
    host = f"127.0.0.1:{local.port}"
    answer = local.post(CHAT, BODY, host=host, origin=f"http://{host}", cookie="a=1")
    assert answer.status == 200
    assert "access-control-allow-origin" not in answer.headers
    assert "cookie" not in fake.requests[0].headers


def test_a_page_that_was_named_may_call_it(local: Running) -> None:
    answer = local.post(CHAT, BODY, origin="https://app.example")
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
    assert answer.headers["vary"] == "Origin"


def test_a_preflight_is_answered_without_the_upstream(local: Running, fake: FakeOpenAI) -> None:
    asked = {"access_control_request_method": "POST", "access_control_request_headers": "authorization, x-leed-session"}
    answer = local.send("OPTIONS", CHAT, origin="https://app.example", **asked)
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
    assert answer.headers["access-control-allow-headers"] == "authorization, x-leed-session"
    assert "access-control-allow-credentials" not in answer.headers
    assert local.send("OPTIONS", CHAT, origin="https://evil.example", **asked).status == 403
    assert not fake.requests


def test_a_preflight_needs_no_key(fake: FakeOpenAI) -> None:
    with Running(fake.base_url, cors=["https://app.example"], **KEYED) as running:
        answer = running.send("OPTIONS", CHAT, origin="https://app.example", access_control_request_method="POST")
        assert answer.status == 204
        assert running.post(CHAT, BODY, origin="https://app.example").status == 401


@pytest.mark.parametrize("path", ["/healthz", "/nothing", "/metrics", "/leed/v1/sessions/a/expressions"])
def test_its_own_answers_have_headers_that_keep_them_to_themselves(local: Running, path: str) -> None:
    headers = local.send("GET", path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers
