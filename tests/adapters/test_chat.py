"""leed chat: a chat in the terminal, against a server on loopback."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

import leed
from leed_adapters.fakes.openai import FakeOpenAI, Fault
from tests.support.parts import shared

Answer = tuple[int, str, str]
Leed = Callable[..., Answer]

TALK = [
    {"begin": 0, "text": "One.", "prosody": {"Sadness": 0.34}},
    {"begin": 1, "text": "Two.", "prosody": {"Joy": 0.6}},
]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as fake:
        monkeypatch.setenv("OPENAI_BASE_URL", fake.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
        yield fake


@pytest.fixture
def chat(leed_command: Leed) -> Leed:
    """A function that runs `leed chat` in this process and gives its status, stdout and stderr."""
    return partial(leed_command, "chat", "--model", "m")


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = tmp_path / "talk.json"
    path.write_text(json.dumps(TALK))
    return path


def test_stretches_of_a_recording_ride_on_what_is_typed(chat: Leed, server: FakeOpenAI, talk: Path) -> None:
    status, out, err = chat("--expressions", talk, "--policy", "none", stdin=b"I'm fine\n\nWow\nThree\n")
    assert status == 0
    assert out == (
        "You said: I'm fine\n\n[The user sounds quite sad.]\n"
        "You said: Wow\n\n[The user sounds extremely joyful.]\n"
        "You said: Three\n"
    )
    assert err == (
        "  The user sounds quite sad. (7 tokens)\n"
        "  The user sounds extremely joyful. (7 tokens)\n"
        "  nothing stands out\n"
    )
    assert [len(request.json["messages"]) for request in server.requests] == [1, 3, 5]
    first, second = (request.json["messages"] for request in server.requests[:2])
    assert second[:1] == first


def test_a_log_of_evi_is_said_anew(chat: Leed, server: FakeOpenAI) -> None:
    log = shared("hume/evi/evi-recording.jsonl")
    status, out, err = chat("--evi", log, "--system", "Be brief.", "--policy", "none")
    assert (status, out.splitlines()[0]) == (0, "> Hey. What's going on?")
    assert "The user sounds very interested, quite excited and somewhat determined." in err
    (request,) = server.requests
    assert request.json["messages"] == [
        {"role": "system", "content": "Be brief."},
        {
            "role": "user",
            "content": "Hey. What's going on?\n\n"
            "[The user sounds very interested, quite excited and somewhat determined.]",
        },
    ]


def test_the_key_comes_from_the_environment_and_is_never_shown(chat: Leed, server: FakeOpenAI) -> None:
    server.faults.append(Fault(401))
    status, out, err = chat(stdin=b"Hi\n")
    assert server.requests[0].headers["authorization"] == "Bearer sk-secret"
    assert status == 1
    assert err.splitlines()[-1] == (
        f"leed: error: {server.base_url}/: the model cannot be asked: status 401: The fake fails with 401."
    )
    assert "sk-secret" not in out + err


def test_an_endpoint_that_is_not_there_is_one_line(chat: Leed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    status, _, err = chat(stdin=b"Hi\n")
    assert status == 1
    assert err.splitlines()[-1].startswith("leed: error: http://127.0.0.1:9/v1/: the model cannot be asked: ")
    assert "refused" in err


def test_without_a_key_or_an_endpoint_it_says_what_to_do(chat: Leed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    status, _, err = chat(stdin=b"Hi\n")
    assert (status, err) == (
        1,
        "leed: error: no key: set OPENAI_API_KEY, or give --base-url of a server that needs none\n",
    )


def test_an_answer_that_breaks_off_is_one_line(chat: Leed, server: FakeOpenAI) -> None:
    server.faults.append(Fault(after=2))
    status, out, err = chat(stdin=b"Hi\n")
    assert (status, out) == (1, "You ")
    assert err.splitlines()[-1].startswith(f"leed: error: {server.base_url}/: the model cannot be asked: ")


@pytest.mark.usefixtures("server")
def test_what_the_model_says_does_not_steer_the_terminal(chat: Leed) -> None:
    _, out, _ = chat(stdin=b"a\x1b[2Jb\n")
    assert "\x1b" not in out


def test_a_file_without_a_chat_is_refused(chat: Leed, server: FakeOpenAI, tmp_path: Path) -> None:
    path = tmp_path / "face.json"
    path.write_text('{"face": {"Joy": 0.84}}')
    status, _, err = chat("--evi", path)
    assert (status, server.requests) == (1, [])
    assert err == f"leed: error: {path}: no user says anything in it; give a log of Hume EVI, or a chat\n"


def test_only_one_of_both_says_what_is_expressed(chat: Leed, talk: Path) -> None:
    status, _, err = chat("--evi", talk, "--expressions", talk)
    assert (status, err.startswith("leed: error: --evi and --expressions both say")) == (1, True)


def test_the_messages_are_those_of_inject(chat: Leed, server: FakeOpenAI, talk: Path) -> None:
    chat("--expressions", talk, "--handover", "tag", "--policy", "companion", "--lang", "de", stdin=b"Na ja\n")
    history = [leed.user_message("Na ja", expression={"prosody": {"Sadness": 0.34}})]
    expected = leed.inject(history, handover="tag", policy="companion", lang="de")
    assert server.requests[0].json["messages"] == expected
