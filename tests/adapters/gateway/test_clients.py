"""Clients that know nothing of leed, unchanged against the gateway: what they are told is what the upstream says."""

import json
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import litellm
import pytest
from langchain_openai import ChatOpenAI

from leed_adapters.fakes.openai import FakeOpenAI
from tests.support import clients
from tests.support.gateway import Running
from tests.support.parts import program

NOTED = "You said: I'm fine\n\n[The user sounds quite sad.]"
EXPECTED = {
    "whole": NOTED,
    "streamed": NOTED,
    "response": NOTED,
    "last event": "response.completed",
    "tool": "look",
    "vector": True,
    "models": ["fake"],
    "status": 200,
    "error": "unknown_url",
}
SAID: list[Any] = [{"role": "user", "content": "I'm fine", "expression": {"prosody": {"Sadness": 0.34}}}]
CURL = ("curl", "-sS", "-N", "--noproxy", "*")
POSTED = {"prosody": {"Sadness": 0.34}}


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeOpenAI]:
    with FakeOpenAI(api_key="sk-client") as server:
        yield server


@pytest.fixture(scope="module")
def running(fake: FakeOpenAI) -> Iterator[Running]:
    with Running(fake.base_url) as found:
        yield found


@pytest.fixture(autouse=True)
def forgotten(fake: FakeOpenAI) -> None:
    fake.requests.clear()


def goes_through(run: Callable[[str], str], running: Running, fake: FakeOpenAI) -> None:
    """The client says the same as before, and the upstream is sent the same requests, as without the gateway."""
    assert json.loads(run(running.base_url)) == EXPECTED
    through = [(request.method, request.path, request.query) for request in fake.requests]
    fake.requests.clear()
    direct = json.loads(run(fake.base_url))
    assert direct["whole"] == "You said: I'm fine"
    assert through == [(request.method, request.path, request.query) for request in fake.requests]


def test_openais_client_for_python(running: Running, fake: FakeOpenAI) -> None:
    goes_through(clients.run_python, running, fake)


@pytest.mark.needs_openai3
def test_openais_client_for_python_version_3(running: Running, fake: FakeOpenAI) -> None:
    goes_through(lambda url: clients.run_python(url, program("openai3")), running, fake)


@pytest.mark.needs_node
def test_openais_client_for_javascript(running: Running, fake: FakeOpenAI) -> None:
    goes_through(clients.run_node, running, fake)


def test_langchain(running: Running) -> None:
    posted = {"X-Leed-Session": "langchain"}
    running.post("/leed/v1/sessions/langchain/expressions", POSTED)
    model = ChatOpenAI(model="m", base_url=running.base_url, api_key="sk-client", default_headers=posted)  # type: ignore[arg-type]
    assert model.invoke("I'm fine").content == NOTED
    assert "".join(str(chunk.content) for chunk in model.stream("I'm fine")) == NOTED


def test_litellm(running: Running) -> None:
    posted = {"X-Leed-Session": "litellm"}
    running.post("/leed/v1/sessions/litellm/expressions", POSTED)
    asked: dict[str, Any] = {
        "model": "openai/m",
        "api_base": running.base_url,
        "api_key": "sk-client",
        "messages": [{"role": "user", "content": "I'm fine"}],
        "extra_headers": posted,
    }
    whole: Any = litellm.completion(**asked)
    assert whole.choices[0].message.content == NOTED
    stream: Any = litellm.completion(**asked, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == NOTED


def curl(url: str, *options: str) -> bytes:
    body = json.dumps({"model": "m", "stream": True, "messages": SAID})
    command = [*CURL, f"{url}/chat/completions", "-d", body]
    headers = ["-H", "content-type: application/json", "-H", "authorization: Bearer sk-client"]
    return subprocess.run([*command, *headers, *options], capture_output=True, check=True).stdout


def test_curl_is_told_the_very_bytes_of_the_upstream(running: Running, fake: FakeOpenAI) -> None:
    through = curl(running.base_url)
    sent = fake.requests[0].body.decode()
    direct = subprocess.run(
        [*CURL, f"{fake.base_url}/chat/completions", "-d", sent, "-H", "authorization: Bearer sk-client"],
        capture_output=True,
        check=True,
    ).stdout
    assert through == direct
    assert through.endswith(b"data: [DONE]\n\n")
    assert b"sad.]" in through
