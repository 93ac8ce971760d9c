"""Chats with Hume's EVI: their history, page by page, and one that goes on, against a fake that the SDK verifies."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
from hume import HumeClient
from hume.empathic_voice import UserMessage

import leed
from leed.errors import OptionError, ServiceError
from leed_adapters.fakes.hume import FakeEvi, Fault
from leed_adapters.fakes.hume.chatting import message
from leed_adapters.hume import evi
from leed_adapters.measuring.calls import Calls
from tests.support.services import everything_logged, in_a_running_loop, saved

Leed = Callable[..., tuple[int, str, str]]
KEY = "hk-0123456789-secret"


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeEvi]:
    monkeypatch.setenv("HUME_API_KEY", KEY)
    with FakeEvi(api_key=KEY) as service:
        yield service


def quick(service: FakeEvi, chat: str = "chat_1", **options: Any) -> leed.Recording:
    given: dict[str, Any] = {"base_url": service.base_url, "pause": 0.01, "timeout": 20.0} | options
    return evi.history(chat, **given)


def said(recording: leed.Recording) -> list[str | None]:
    return [segment.text for segment in recording.segments() if segment.channel != "assistant"]


def test_the_sdk_reads_what_the_fake_answers(fake: FakeEvi) -> None:
    with httpx.Client() as http:
        voice = HumeClient(base_url=fake.base_url, api_key=KEY, httpx_client=http).empathic_voice
        chat = voice.chats.list_chat_events("chat_1", page_size=4, ascending_order=True)
        assert [event.message_text for event in chat] == [f"Hello {number}." for number in range(6)]
        group = voice.chat_groups.list_chat_group_events("group_1", page_size=4, ascending_order=True)
        assert [event.role for event in group] == ["USER", "AGENT"] * 3


@pytest.mark.parametrize(("chat", "group"), [("chat_1", False), ("group_1", True)])
def test_all_pages_of_a_chat_are_read(fake: FakeEvi, chat: str, group: bool) -> None:  # noqa: FBT001 - one of a case
    recording = quick(fake, chat, group=group)
    assert said(recording) == ["Hello 0.", "Hello 2.", "Hello 4."]
    assert len(recording) == 6
    assert [request.query.split("&")[0] for request in fake.requests] == ["page_number=0", "page_number=1"]


def test_the_recording_is_what_is_read_from_the_answers_saved(fake: FakeEvi, tmp_path: Path) -> None:
    headers = {"x-hume-api-key": KEY}
    place = f"{fake.base_url}/v0/evi/chats/chat_1?page_size=4&ascending_order=true"
    pages = [httpx.get(f"{place}&page_number={number}", headers=headers).json() for number in range(2)]
    assert quick(fake) == saved(json.dumps(pages).encode(), "chat_1", tmp_path)


@pytest.mark.parametrize("fault", [{"status": 429}, {"status": 500}, {"cut": "taken"}, {"cut": "answer"}])
def test_a_page_that_fails_is_asked_for_again(fake: FakeEvi, fault: dict[str, Any]) -> None:
    fake.faults = [Fault("GET", **fault)]
    assert said(quick(fake)) == ["Hello 0.", "Hello 2.", "Hello 4."]
    assert len(fake.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_page_that_is_refused_is_asked_for_once(fake: FakeEvi, status: int) -> None:
    fake.faults = [Fault("GET", status)]
    with pytest.raises(ServiceError, match=f"chat_1: Hume's EVI did not give the chat .status {status}"):
        quick(fake)
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"<html><title>Sign in</title></html>", "it answered with a web page"),
        (b'{"chats_page": []}', "it answered without events"),
    ],
)
def test_an_answer_that_is_no_page_is_told(fake: FakeEvi, body: bytes, what: str) -> None:
    fake.faults = [Fault("GET", 200, body=body)]
    with pytest.raises(ServiceError, match=what):
        quick(fake)


def test_a_key_shows_nowhere(fake: FakeEvi) -> None:
    with everything_logged() as lines:
        quick(fake)
        fake.api_key = "another-key-entirely"
        with pytest.raises(ServiceError, match=r"Invalid API key \[hidden\]") as raised:
            quick(fake)
    assert lines
    assert not [text for text in (str(raised.value), repr(raised.value.__cause__), *lines) if KEY in text]


def test_media_are_no_chats(fake: FakeEvi) -> None:
    with pytest.raises(OptionError, match="EVI measures while it talks: give the id of a chat, with --resume"):
        Calls(evi.measurer).measure(b"RIFF", base_url=fake.base_url)
    assert fake.requests == []


def test_the_command_gets_a_chat(fake: FakeEvi, leed_command: Leed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUME_EVI_BASE_URL", fake.base_url)
    status, out, err = leed_command("measure", "--model", "hume-evi", "--resume", "group:group_1")
    assert (status, err, len(leed.read(out.encode()))) == (0, "", 6)


# --- a chat that goes on


def test_a_chat_over_a_websocket_is_tapped(fake: FakeEvi) -> None:
    async def messages() -> AsyncIterator[str]:
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{fake.ws_url}/chat?api_key={KEY}") as socket,
        ):
            async for told in socket:
                yield told.data

    stream = leed.Stream(person="The user")
    live = list(evi.chat_stream(messages(), stream=stream))
    assert [(one.segment.text, one.segment.begin, one.segment.end) for one in live] == [
        ("Hello 0.", 0.0, 1.0),
        ("Hello 1.", 2.0, 3.0),
        ("Hello 2.", 4.0, 5.0),
    ]
    assert str(live[0].description).startswith('The user said "Hello 0."')


def test_what_is_not_the_users_voice_is_passed_over() -> None:
    typed = message(1) | {"from_text": True, "models": {"prosody": None}}
    interim = message(2) | {"interim": True}
    theirs = message(3) | {"type": "assistant_message", "message": {"role": "assistant", "content": "Hi."}}
    live = evi.chat_stream([typed, interim, theirs, b'{"type": "audio_output"}', message(4)])
    assert in_a_running_loop(lambda: [one.segment.text for one in live]) == ["Hello 4."]


def test_objects_of_the_sdk_are_taken() -> None:
    told = UserMessage.model_validate(message(1))
    assert [one.segment.text for one in evi.chat_stream([told])] == ["Hello 1."]
