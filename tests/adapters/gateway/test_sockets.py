"""EVI's custom language model over a WebSocket, with a real client."""

import asyncio
import json
import socket
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from threading import Event
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from leed_adapters.fakes.openai import FakeOpenAI, Fault
from leed_adapters.gateway.sockets import Pieces, Sentences
from tests.support import gateway
from tests.support.gateway import PATIENCE, STREAM, Running, chunk, event, until
from tests.support.parts import shared

SAD = {"prosody": {"scores": {"Sadness": 0.34}}}


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


@asynccontextmanager
async def socket_to(running: Running, path: str = "/llm", **options: Any) -> AsyncGenerator[ClientConnection]:
    async with connect(f"ws://127.0.0.1:{running.port}{path}", proxy=None, **options) as found:
        yield found


def said(text: str, models: Any = None, **more: Any) -> str:
    message = {"type": "user_message", "message": {"role": "user", "content": text}, "models": models or SAD}
    return json.dumps({"messages": [message], "custom_session_id": "s1"} | more)


async def answer(connection: ClientConnection) -> list[str]:
    """The texts up to the end of an answer."""
    texts = []
    async with asyncio.timeout(PATIENCE):
        while (told := json.loads(await connection.recv()))["type"] == "assistant_input":
            texts.append(told["text"])
    assert told == {"type": "assistant_end"}
    return texts


async def test_scores_go_out_as_a_few_words_and_the_answer_comes_sentence_by_sentence(
    running: Running, fake: FakeOpenAI
) -> None:
    async with socket_to(running, additional_headers={"authorization": "Bearer hume-key"}) as connection:
        await connection.send(said("I'm fine! Really."))
        assert await answer(connection) == ["You said: I'm fine! ", "Really.\n\n", "[The user sounds quite sad.]"]
        await connection.send(said("Bye."))
        assert "".join(await answer(connection)).startswith("You said: Bye.")
    request = fake.requests[0]
    assert request.headers["authorization"] == "Bearer hume-key"
    assert not [name for name in request.headers if name.startswith("sec-websocket")]
    assert request.json == {
        "messages": [{"role": "user", "content": "I'm fine! Really.\n\n[The user sounds quite sad.]"}],
        "stream": True,
        "model": "gpt-5-mini",
    }


async def test_an_answer_may_come_in_the_pieces_of_the_upstream() -> None:
    heard = Event()

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(STREAM + chunk(event("Let me ")))
        assert heard.wait(PATIENCE)
        connection.sendall(chunk(event("tell. ")) + chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n")

    with gateway.upstream(behave) as url, Running(url, evi={"pieces": "chunk"}) as running:
        async with socket_to(running) as connection:
            await connection.send(said("Hey you."))
            assert json.loads(await connection.recv())["text"] == "Let me "
            heard.set()
            assert await answer(connection) == ["tell. "]


async def test_what_was_posted_for_the_session_describes_its_newest_message(running: Running, fake: FakeOpenAI) -> None:
    running.post("/leed/v1/sessions/s9/expressions", {"face": {"Joy": 0.84}})
    async with socket_to(running) as connection:
        await connection.send(said("Hey.", custom_session_id="s9"))
        await answer(connection)
    assert fake.requests[0].json["messages"][0]["content"] == "Hey.\n\n[The user looks extremely joyful.]"


async def test_a_message_that_comes_in_between_interrupts_the_answer_before() -> None:
    left = Event()

    def behave(connection: socket.socket, data: bytes) -> None:
        if b"Bye." in data:
            connection.sendall(STREAM + chunk(event("See you.")) + chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n")
            return
        connection.sendall(STREAM + chunk(event("Let me tell. ")))
        while connection.recv(100):
            pass
        left.set()

    with gateway.upstream(behave) as url, Running(url) as running:
        async with socket_to(running) as connection:
            await connection.send(said("Hey."))
            assert json.loads(await connection.recv())["text"] == "Let me tell. "
            await connection.send(said("Bye."))
            assert await answer(connection) == ["See you."]
            assert left.wait(PATIENCE)
        assert running.metric('leed_requests_total{route="socket",status="499"}') == 1
        until(running.is_idle, "no task is left")


async def test_a_client_that_leaves_ends_the_upstreams_work() -> None:
    left = Event()

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(STREAM + chunk(event("Let me tell. ")))
        while connection.recv(100):
            pass
        left.set()

    with gateway.upstream(behave) as url, Running(url) as running:
        async with socket_to(running) as connection:
            await connection.send(said("Hey."))
            await connection.recv()
            assert running.metric("leed_open_sockets") == 1
        assert left.wait(PATIENCE)
        until(running.is_idle, "no task is left")
        assert running.metric("leed_open_sockets") == 0


@pytest.mark.parametrize("fault", [Fault(500), Fault(429), Fault(0), Fault(200, body=b"garbage")])
async def test_whatever_the_upstream_does_the_answer_ends(fake: FakeOpenAI, fault: Fault) -> None:
    with Running(fake.base_url) as running:
        async with socket_to(running) as connection:
            fake.faults.append(fault)
            await connection.send(said("Hey."))
            assert await answer(connection) == []
            await connection.send(said("Hey."))  # and the next one is answered
            assert "".join(await answer(connection)).startswith("You said: Hey.")


async def test_a_stream_that_breaks_off_ends_with_what_there_was(fake: FakeOpenAI) -> None:
    with Running(fake.base_url) as running:
        async with socket_to(running) as connection:
            fake.faults.append(Fault(after=3))
            await connection.send(said("Hey you there."))
            assert await answer(connection) == []  # no sentence was complete
            assert running.metric('leed_troubles_total{kind="broken_upstream"}') == 1


@pytest.mark.parametrize("text", ['{"messages": []}', '{"messages": 7}', "{}"])
async def test_a_message_without_messages_has_an_empty_answer(running: Running, text: str) -> None:
    async with socket_to(running) as connection:
        await connection.send(text)
        assert await answer(connection) == []


@pytest.mark.parametrize("text", ["nonsense", "[]", b"\xff\xfe", "7"])
async def test_what_is_no_json_object_closes_the_socket(running: Running, text: str | bytes) -> None:
    async with socket_to(running) as connection:
        await connection.send(text)
        with pytest.raises(ConnectionClosed):
            await connection.recv()
        assert connection.close_code == 1007
    until(running.is_idle, "no task is left")


async def flood(connection: ClientConnection) -> None:
    for _ in range(2000):
        await connection.send(said("Hey."))
    while True:
        await connection.recv()


async def test_a_flood_closes_the_socket_and_harms_nobody(fake: FakeOpenAI) -> None:
    fake.pause = 0.01
    try:
        with Running(fake.base_url, limits={"socket_messages": 5}) as running:
            async with socket_to(running) as other, socket_to(running) as flooding:
                with pytest.raises(ConnectionClosed):
                    await flood(flooding)
                assert flooding.close_code == 1008
                assert len(fake.requests) <= 6
                await other.send(said("Hey."))
                assert "".join(await answer(other)).startswith("You said: Hey.")
            until(running.is_idle, "no task is left")
            assert running.metric('leed_troubles_total{kind="socket_flood"}') == 1
    finally:
        fake.pause = 0.0


async def test_a_message_that_is_too_long_closes_the_socket(fake: FakeOpenAI) -> None:
    with Running(fake.base_url, limits={"socket_message": 1000}) as running:
        async with socket_to(running) as connection:
            await connection.send("x" * 2000)
            with pytest.raises(ConnectionClosed):
                await connection.recv()
            assert connection.close_code == 1009
        until(running.is_idle, "no task is left")


async def test_a_socket_that_is_idle_is_closed(fake: FakeOpenAI) -> None:
    with Running(fake.base_url, limits={"socket_idle_s": 0.3}) as running:
        async with socket_to(running) as connection:
            with pytest.raises(ConnectionClosed):
                await connection.recv()
            assert (connection.close_code, connection.close_reason) == (1000, "idle")


async def test_so_many_sockets_are_open_at_most(fake: FakeOpenAI) -> None:
    with Running(fake.base_url, limits={"sockets": 1}) as running:
        async with socket_to(running):
            with pytest.raises(InvalidStatus, match="503"):
                async with socket_to(running):
                    pass
        until(lambda: running.metric("leed_open_sockets") == 0, "the first is closed")
        async with socket_to(running) as connection:
            await connection.send(said("Hey."))
            assert await answer(connection)


async def test_who_may_not_come_in_has_no_socket(fake: FakeOpenAI, running: Running) -> None:
    keyed: dict[str, Any] = {"environment": {"K": "lk-secret"}, "api_key_env": "K"}
    with Running(fake.base_url, **keyed) as closed:
        for path, headers in (("/llm", {}), ("/llm?api_key=wrong", {}), ("/llm", {"authorization": "Bearer wrong"})):
            with pytest.raises(InvalidStatus, match="401"):
                async with socket_to(closed, path, additional_headers=headers):
                    pass
        for path, headers in (("/llm?api_key=lk-secret", {}), ("/llm", {"authorization": "Bearer lk-secret"})):
            async with socket_to(closed, path, additional_headers=headers) as connection:
                await connection.send(said("Hey."))
                assert await answer(connection)
    assert all("lk-secret" not in repr(request.headers) for request in fake.requests)
    with pytest.raises(InvalidStatus, match="403"):
        async with socket_to(running, origin="https://evil.example"):
            pass
    with pytest.raises(InvalidStatus, match="404"):
        async with socket_to(running, "/v1/realtime"):
            pass


async def test_a_stop_closes_sockets(fake: FakeOpenAI) -> None:
    with Running(fake.base_url) as running:
        async with socket_to(running) as connection:
            running.server.should_exit = True
            with pytest.raises(ConnectionClosed):
                await connection.recv()
            assert connection.close_code == 1012


@pytest.mark.needs_data
async def test_a_real_log_is_replayed_turn_by_turn(running: Running, fake: FakeOpenAI) -> None:
    lines = shared("hume/evi/evi-recording.jsonl").read_text(encoding="utf-8").splitlines()
    logged = [json.loads(line) for line in lines if '"audio_output"' not in line]
    history: list[Any] = []
    async with socket_to(running) as connection:
        for entry in logged:
            history.append(entry)
            if entry["type"] == "user_message":
                await connection.send(json.dumps({"messages": history, "custom_session_id": "s"}))
                assert await answer(connection)
    (request,) = fake.requests
    assert request.json["messages"][0]["content"].startswith("Hey. What's going on?\n\n[The user sounds ")


# --- sentences


@pytest.mark.parametrize(
    ("pieces", "sentences"),
    [
        (["Hello. How are you? I am"], ["Hello. ", "How are you? ", "I am"]),
        (["Hel", "lo.", " ", "Yes"], ["Hello. ", "Yes"]),
        (['He said "no." And', " left…\nNow"], ['He said "no." ', "And left…\n", "Now"]),
        (["3.14 is pi.5"], ["3.14 is pi.5"]),
        (["好。是"], ["好。", "是"]),
        ([], []),
    ],
)
def test_words_are_cut_at_the_ends_of_sentences(pieces: list[str], sentences: list[str]) -> None:
    cut = Sentences()
    found = [sentence for piece in pieces for sentence in cut.feed(piece)] + cut.rest()
    assert found == sentences
    assert "".join(found) == "".join(pieces)


def test_pieces_stay_as_they_come() -> None:
    assert Pieces().feed("a. b") == ["a. b"]
