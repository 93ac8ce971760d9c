"""Wrapped OpenAI clients send what leed.inject makes, and return what the bare ones return; with openai 2 and 3."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import openai
import pytest
from pydantic import BaseModel

import leed
from leed.errors import InputError, OptionError
from leed_adapters.fakes.openai import FakeOpenAI, Fault
from leed_adapters.openai import LeedOpenAI, wrap

SAD = {"prosody": {"Sadness": 0.34}}
JOYFUL = {"prosody": {"Joy": 0.84}}
NOTE = "I'm fine\n\n[The user sounds quite sad.]"
TOOLS: list[Any] = [
    {
        "type": "function",
        "function": {"name": "weather", "parameters": {"type": "object", "properties": {"town": {"type": "string"}}}},
    }
]


class Mood(BaseModel):
    word: str


def history() -> list[Any]:
    return [
        {"role": "system", "content": "Be brief."},
        leed.user_message("Good morning", expression=JOYFUL),
        {"role": "assistant", "content": "Good morning! [The user sounds elated.]"},
        leed.user_message("I'm fine", expression=SAD),
    ]


Make = Callable[..., openai.OpenAI]


@pytest.fixture
def make(server: FakeOpenAI) -> Iterator[Make]:
    """Makes clients of the server, which are closed in the end."""
    with ExitStack() as stack:

        def made(kind: type[openai.OpenAI] = openai.OpenAI, **options: Any) -> openai.OpenAI:
            return stack.enter_context(kind(base_url=server.base_url, api_key="none", **options))

        yield made


def make_async(server: FakeOpenAI, **options: Any) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=server.base_url, api_key="none", **options)


# --- every way to call, synchronous; each takes a client and messages, and returns all that came back


def create(client: openai.OpenAI, messages: list[Any]) -> Any:
    return client.chat.completions.create(model="m", messages=messages, temperature=0.5)


def create_streaming(client: openai.OpenAI, messages: list[Any]) -> Any:
    with client.chat.completions.create(
        model="m", messages=messages, stream=True, stream_options={"include_usage": True}
    ) as chunks:
        return list(chunks)


def create_with_tools(client: openai.OpenAI, messages: list[Any]) -> Any:
    return client.chat.completions.create(model="m", messages=messages, tools=TOOLS)


def create_streaming_tools(client: openai.OpenAI, messages: list[Any]) -> Any:
    return list(client.chat.completions.create(model="m", messages=messages, tools=TOOLS, stream=True))


def parse(client: openai.OpenAI, messages: list[Any]) -> Any:
    return client.chat.completions.parse(model="m", messages=messages, response_format=Mood)


def stream(client: openai.OpenAI, messages: list[Any]) -> Any:
    with client.chat.completions.stream(model="m", messages=messages, response_format=Mood) as events:
        return list(events), events.get_final_completion()


def create_raw(client: openai.OpenAI, messages: list[Any]) -> Any:
    raw = client.chat.completions.with_raw_response.create(model="m", messages=messages)
    return raw.status_code, raw.parse()


def create_raw_of_the_client(client: openai.OpenAI, messages: list[Any]) -> Any:
    return client.with_raw_response.chat.completions.create(model="m", messages=messages).parse()


def create_with_streaming_response(client: openai.OpenAI, messages: list[Any]) -> Any:
    with client.chat.completions.with_streaming_response.create(model="m", messages=messages) as answer:
        return list(answer.iter_lines())


def create_with_options(client: openai.OpenAI, messages: list[Any]) -> Any:
    return client.with_options(timeout=9).copy(max_retries=0).chat.completions.create(model="m", messages=messages)


def create_in_a_context(client: openai.OpenAI, messages: list[Any]) -> Any:
    with client.with_options(http_client=None) as same:
        return same.chat.completions.create(model="m", messages=messages)


def create_of_beta(client: openai.OpenAI, messages: list[Any]) -> Any:
    return client.beta.chat.completions.parse(model="m", messages=messages, response_format=Mood)


def post(client: openai.OpenAI, messages: list[Any]) -> Any:
    return client.post("/chat/completions", body={"model": "m", "messages": messages}, cast_to=object)


CALLS: list[Callable[[openai.OpenAI, list[Any]], Any]] = [
    create,
    create_streaming,
    create_with_tools,
    create_streaming_tools,
    parse,
    stream,
    create_raw,
    create_raw_of_the_client,
    create_with_streaming_response,
    create_with_options,
    create_in_a_context,
    create_of_beta,
    post,
]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
def test_a_call_sends_what_inject_makes_and_returns_what_the_bare_client_returns(
    call: Callable[[openai.OpenAI, list[Any]], Any], server: FakeOpenAI, make: Make
) -> None:
    given = history()
    before = json.dumps(given)
    expected = call(make(), leed.inject(given))
    assert call(wrap(make()), given) == expected
    assert json.dumps(given) == before
    without, with_leed = server.requests
    assert with_leed.body == without.body
    assert with_leed.json["messages"] == leed.inject(given)
    assert with_leed.json["messages"][-1]["content"] == NOTE
    assert headers(with_leed.headers) == headers(without.headers)


def headers(given: Any) -> dict[str, str]:
    """Those that are the same in two requests alike."""
    return {name: value for name, value in given.items() if name not in ("host", "x-stainless-read-timeout")}


# --- asynchronous


async def create_async(client: openai.AsyncOpenAI, messages: list[Any]) -> Any:
    return await client.chat.completions.create(model="m", messages=messages, tools=TOOLS)


async def create_streaming_async(client: openai.AsyncOpenAI, messages: list[Any]) -> Any:
    return [chunk async for chunk in await client.chat.completions.create(model="m", messages=messages, stream=True)]


async def parse_async(client: openai.AsyncOpenAI, messages: list[Any]) -> Any:
    return await client.chat.completions.parse(model="m", messages=messages, response_format=Mood)


async def stream_async(client: openai.AsyncOpenAI, messages: list[Any]) -> Any:
    async with client.chat.completions.stream(model="m", messages=messages) as events:
        return [event async for event in events], await events.get_final_completion()


async def create_raw_async(client: openai.AsyncOpenAI, messages: list[Any]) -> Any:
    raw = await client.chat.completions.with_raw_response.create(model="m", messages=messages)
    return raw.parse()


async def create_with_streaming_response_async(client: openai.AsyncOpenAI, messages: list[Any]) -> Any:
    completions = client.chat.completions.with_streaming_response
    async with completions.create(model="m", messages=messages) as answer:
        return await answer.parse()


async def create_with_options_async(client: openai.AsyncOpenAI, messages: list[Any]) -> Any:
    return await client.with_options(timeout=9).chat.completions.create(model="m", messages=messages)


@pytest.mark.parametrize(
    "call",
    [
        create_async,
        create_streaming_async,
        parse_async,
        stream_async,
        create_raw_async,
        create_with_streaming_response_async,
        create_with_options_async,
    ],
    ids=lambda call: call.__name__,
)
def test_an_asynchronous_call_does_the_same(
    call: Callable[[openai.AsyncOpenAI, list[Any]], Any], server: FakeOpenAI
) -> None:
    async def both() -> tuple[Any, Any]:
        async with make_async(server) as bare:
            return await call(bare, leed.inject(history())), await call(wrap(bare), history())

    expected, answer = asyncio.run(both())
    assert answer == expected
    without, with_leed = server.requests
    assert with_leed.body == without.body
    assert with_leed.json["messages"] == leed.inject(history())


# --- other clients, and the client given


@pytest.mark.parametrize("kind", [openai.AzureOpenAI, openai.AsyncAzureOpenAI])
def test_azure_has_its_deployment_in_the_path_as_without_leed(kind: Any, server: FakeOpenAI) -> None:
    at = server.base_url.removesuffix("/v1")
    given = kind(azure_endpoint=at, api_key="none", api_version="2026-01-01", max_retries=0)
    client: Any = wrap(given).with_options(timeout=9)

    def call() -> None:
        with client:
            client.chat.completions.create(model="m", messages=history())

    async def call_async() -> None:
        async with client:
            await client.chat.completions.create(model="m", messages=history())

    with pytest.raises(openai.NotFoundError):  # the fake serves no deployments
        call() if isinstance(given, openai.AzureOpenAI) else asyncio.run(call_async())
    assert server.requests[0].path == "/openai/deployments/m/chat/completions"
    assert server.requests[0].query == "api-version=2026-01-01"
    assert server.requests[0].json["messages"] == leed.inject(history())


def test_a_client_of_a_users_own_class_stays_one(make: Make) -> None:
    class Mine(openai.OpenAI):
        mine: list[str]

    given = make(Mine)
    assert isinstance(given, Mine)
    given.mine = ["a"]
    client = wrap(given)
    assert isinstance(client, Mine)
    assert isinstance(client, LeedOpenAI)
    assert client.mine is given.mine
    assert create(client, history()).choices[0].message.content == f"You said: {NOTE}"


def test_the_client_given_stays_as_it_is_also_after_its_first_use(server: FakeOpenAI, make: Make) -> None:
    bare = make()
    create(bare, [{"role": "user", "content": "Hello"}])
    before = dict(vars(bare))
    wrapped = wrap(bare)
    create(wrapped, history())
    assert vars(bare) == before
    assert type(bare) is openai.OpenAI
    plain = [{"role": "user", "content": "Hello"}]
    create(bare, plain)
    assert server.requests[-1].json["messages"] == plain


def test_everything_else_passes_through(server: FakeOpenAI, make: Make) -> None:
    bare = make()
    client = wrap(bare)
    made: Any = {"model": "m", "input": "[The user sounds sad.]"}
    assert client.embeddings.create(**made) == bare.embeddings.create(**made)
    assert server.requests[0].body == server.requests[1].body
    assert client.models.list().data == bare.models.list().data
    assert (client.api_key, client.base_url, client.timeout) == (bare.api_key, bare.base_url, bare.timeout)


def test_a_wrapped_client_that_is_wrapped_again_injects_once_with_the_newer_options(
    server: FakeOpenAI, make: Make
) -> None:
    client = wrap(wrap(make()), policy=None)
    create(client, history()[-1:])
    assert server.requests[0].json["messages"] == [{"role": "user", "content": NOTE}]


def test_what_is_no_client_is_refused() -> None:
    with pytest.raises(InputError, match=r"client is module: give an openai\.OpenAI"):
        wrap(openai)  # type: ignore[call-overload] # pyright: ignore[reportCallIssue, reportArgumentType]


def test_a_bad_option_is_told_where_it_is_given(make: Make) -> None:
    with pytest.raises(OptionError, match="older 'droop' is not known"):
        wrap(make(), older="droop")
    with pytest.raises(OptionError, match="unexpected keyword argument 'polcy'"):
        wrap(make(), polcy=None)


# --- histories


def test_the_messages_of_one_turn_begin_those_of_the_next_byte_for_byte(server: FakeOpenAI, make: Make) -> None:
    client = wrap(make())
    kept: list[Any] = [{"role": "system", "content": "Be brief."}]
    for i, scores in enumerate((SAD, JOYFUL, SAD)):
        kept.append(leed.user_message(f"Turn {i}", expression=scores))
        answer = create(client, kept).choices[0].message
        kept.append(answer if i else answer.to_dict())  # an object or plain data: either is sent alike
    first, second, third = (sent_messages(request.body) for request in server.requests)
    assert second.startswith(first)
    assert third.startswith(second)
    assert first.count(b"[The user sounds quite sad.]") == 1


def sent_messages(body: bytes) -> bytes:
    """The bytes of the messages, but for what ends the list."""
    start = body.index(b'"messages":') + len(b'"messages":')
    _, end = json.JSONDecoder().raw_decode(body[start:].decode())
    return body[start:][: len(body[start:].decode()[:end].encode()) - 1]


def test_an_answers_object_goes_out_as_inject_makes_it_of_the_same_object(server: FakeOpenAI, make: Make) -> None:
    client = wrap(make())
    kept = history()
    kept.append(create(client, kept).choices[0].message)
    assert kept[-1].content == f"You said: {NOTE}"
    kept.append(leed.user_message("And now?"))
    create(client, kept)
    assert server.requests[-1].json["messages"] == leed.inject(kept)
    assert server.requests[-1].json["messages"][-2]["content"] == "You said: I'm fine\n\n(The user sounds quite sad.)"


def test_a_conversation_that_is_stored_and_reloaded_is_sent_by_the_same_bytes(server: FakeOpenAI, make: Make) -> None:
    client = wrap(make())
    kept = history()
    create(client, kept)
    create(client, json.loads(json.dumps(kept)))
    assert server.requests[0].body == server.requests[1].body
    assert json.dumps(kept) == json.dumps(history())


def test_a_conversation_with_tools_keeps_its_words(server: FakeOpenAI, make: Make) -> None:
    client = wrap(make())
    kept = history()
    call = create_with_tools(client, kept).choices[0].message
    kept.append(call)
    kept.append({"role": "tool", "tool_call_id": call.tool_calls[0].id, "content": "Rain"})
    assert create_with_tools(client, kept).choices[0].message.content == "The tool says: Rain"
    assert sent_messages(server.requests[1].body).startswith(sent_messages(server.requests[0].body))


def test_what_evi_puts_on_messages_is_taken_from_there(server: FakeOpenAI, make: Make) -> None:
    message: Any = {"role": "user", "content": "I'm fine", "models": {"prosody": {"scores": {"Sadness": 0.34}}}}
    message["time"] = {"begin": 0, "end": 900}
    create(wrap(make(), policy=None), [message])
    assert server.requests[0].json["messages"] == [{"role": "user", "content": NOTE}]


# --- live scores


def test_a_stream_is_asked_at_each_call(server: FakeOpenAI, make: Make) -> None:
    live = leed.Stream()
    client = wrap(make(), live, policy=None)
    plain: list[Any] = [{"role": "user", "content": "I'm fine"}]
    create(client, plain)
    live.feed({"Sadness": 0.34}, modality="prosody", begin=0.0, end=1.0)
    create(client, plain)
    assert [request.json["messages"][0]["content"] for request in server.requests] == ["I'm fine", NOTE]


def test_a_function_is_asked_at_each_call_for_the_newest_message(server: FakeOpenAI, make: Make) -> None:
    answers = iter([None, SAD])
    client = wrap(make(), lambda: next(answers), policy=None)
    plain: list[Any] = [{"role": "user", "content": "Hello"}, {"role": "user", "content": "I'm fine"}]
    create(client, plain)
    create(client, plain)
    assert server.requests[0].json["messages"] == plain
    assert server.requests[1].json["messages"] == [plain[0], {"role": "user", "content": NOTE}]


def test_live_scores_older_than_max_age_are_ignored(server: FakeOpenAI, make: Make) -> None:
    live = leed.Stream()
    live.feed({"Sadness": 0.34}, modality="prosody", begin=0.0, end=1.0)
    clock = iter([0.0, 2.0, 20.0])  # the first is for the check of the options
    client = wrap(make(), live, policy=None, max_age=5, now=lambda: next(clock))
    plain: list[Any] = [{"role": "user", "content": "I'm fine"}]
    create(client, plain)
    create(client, plain)
    assert [request.json["messages"][0]["content"] for request in server.requests] == [NOTE, "I'm fine"]


# --- what went out


def test_last_shows_what_went_out_and_on_inject_is_told(server: FakeOpenAI, make: Make) -> None:
    seen: list[object] = []
    client = wrap(make(), on_inject=seen.append)
    create(client.with_options(timeout=9), history())
    last = client.leed.last
    assert last is not None
    assert seen == [last]
    assert list(last.messages) == server.requests[0].json["messages"]
    assert [note.text for note in last.notes] == ["[The user sounds extremely joyful.]", "[The user sounds quite sad.]"]


def test_last_is_of_the_own_thread_and_else_the_newest_of_any(make: Make) -> None:
    client = wrap(make(), policy=None)
    theirs: list[Any] = []

    def other() -> None:
        create(client, history()[:2])
        theirs.append(client.leed.last)

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert client.leed.last is theirs[0]
    create(client, history()[-1:])
    own = client.leed.last
    assert own is not None
    assert len(own.messages) == 1
    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert client.leed.last is own
    assert len(theirs[1].messages) == 2


def test_last_is_of_the_own_task(server: FakeOpenAI) -> None:
    async def one(client: Any, text: str) -> str:
        await client.chat.completions.create(model="m", messages=[leed.user_message(text, expression=SAD)])
        return str(client.leed.last.messages[-1]["content"])

    async def both() -> list[str]:
        async with wrap(make_async(server)) as client:
            return list(await asyncio.gather(one(client, "One"), one(client, "Two")))

    end = "\n\n[The user sounds quite sad.]"
    assert asyncio.run(both()) == [f"One{end}", f"Two{end}"]


def test_last_is_none_before_the_first_call(make: Make) -> None:
    assert wrap(make()).leed.last is None


def test_one_switch_turns_all_of_it_off_and_on(server: FakeOpenAI, make: Make) -> None:
    client = wrap(make(), enabled=False)
    create(client, history())
    client.leed.enabled = True
    create(client, history())
    clean = [{key: value for key, value in message.items() if key != "expression"} for message in history()]
    assert server.requests[0].json["messages"] == clean
    assert server.requests[1].json["messages"] == leed.inject(history())
    assert client.leed.last is not None


# --- failures


def test_retries_send_what_was_injected_once(server: FakeOpenAI, make: Make) -> None:
    server.faults += [Fault(429, {"retry-after-ms": "1"}), Fault(500, {"retry-after-ms": "1"})]
    seen: list[object] = []
    create(wrap(make(max_retries=2), on_inject=seen.append), history())
    assert len(seen) == 1
    first, second, third = server.requests
    assert first.body == second.body == third.body
    assert third.headers["x-stainless-retry-count"] == "2"


def test_a_status_is_raised_as_without_leed(server: FakeOpenAI, make: Make) -> None:
    for status, error in ((429, openai.RateLimitError), (401, openai.AuthenticationError)):
        server.faults.append(Fault(status))
        with pytest.raises(error, match=f"The fake fails with {status}"):
            create(wrap(make(max_retries=0)), history())


def test_a_stream_that_is_cut_off_breaks_as_without_leed(server: FakeOpenAI, make: Make) -> None:
    broken = []
    for client in (make(), wrap(make())):
        server.faults.append(Fault(after=2))
        pieces: list[Any] = []
        with pytest.raises(Exception, match=r"peer closed|Connection error") as caught:  # noqa: PT012 - httpx's or openai's
            for chunk in client.chat.completions.create(
                model="m", messages=[{"role": "user", "content": "a b c"}], stream=True
            ):
                pieces.append(chunk.choices[0].delta.content)  # noqa: PERF401 - kept until it breaks
        broken.append((caught.type, pieces))
    assert broken[0] == broken[1]
    assert broken[0][1] == ["", "You "]


def test_messages_that_the_server_rejects_are_rejected_as_without_leed(server: FakeOpenAI, make: Make) -> None:
    wrong: Any = "Hello"
    with pytest.raises(openai.BadRequestError):
        create(make(max_retries=0), wrong)
    with pytest.raises(openai.BadRequestError):
        create(wrap(make(max_retries=0)), wrong)
    assert server.requests[0].body == server.requests[1].body
