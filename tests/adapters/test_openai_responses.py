"""Responses: the policy ends the instructions, and only what is sent is injected."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import openai
import pytest
from pydantic import BaseModel

import leed
from leed.prompts import get_handover, get_policy
from leed_adapters.fakes.openai import FakeOpenAI
from leed_adapters.openai import LeedOpenAI, wrap

SAD = {"prosody": {"Sadness": 0.34}}
NOTE = "I'm fine\n\n[The user sounds quite sad.]"
POLICY = get_policy("subtle")(get_handover("inline"))
TOOLS: list[Any] = [
    {"type": "function", "name": "weather", "strict": False}
    | {"parameters": {"type": "object", "properties": {"town": {"type": "string"}}}}
]


class Mood(BaseModel):
    word: str


def items() -> list[Any]:
    return [
        {"role": "user", "content": [{"type": "input_text", "text": "Good morning"}]},
        {"role": "assistant", "content": "Good morning! [The user sounds elated.]"},
        leed.user_message("I'm fine", expression=SAD),
    ]


Wrap = Callable[..., LeedOpenAI]


@pytest.fixture
def wrapped(server: FakeOpenAI) -> Iterator[Wrap]:
    """Makes wrapped clients of the server, which are closed in the end."""
    with ExitStack() as stack:

        def made(expressions: Any = None, **options: Any) -> LeedOpenAI:
            bare = stack.enter_context(openai.OpenAI(base_url=server.base_url, api_key="none"))
            return wrap(bare, expressions, **options)

        yield made


def create(client: Any, **request: Any) -> Any:
    return client.responses.create(model="m", **request)


def create_streaming(client: Any, **request: Any) -> Any:
    return list(client.responses.create(model="m", stream=True, **request))


def create_with_tools(client: Any, **request: Any) -> Any:
    return client.responses.create(model="m", tools=TOOLS, **request)


def parse(client: Any, **request: Any) -> Any:
    return client.responses.parse(model="m", text_format=Mood, **request)


def stream(client: Any, **request: Any) -> Any:
    with client.responses.stream(model="m", text_format=Mood, **request) as events:
        return list(events), events.get_final_response()


def create_raw(client: Any, **request: Any) -> Any:
    return client.responses.with_raw_response.create(model="m", **request).parse()


@pytest.mark.parametrize(
    "call", [create, create_streaming, create_with_tools, parse, stream, create_raw], ids=lambda call: call.__name__
)
def test_a_call_sends_what_inject_makes_and_returns_what_the_bare_client_returns(
    call: Callable[..., Any], server: FakeOpenAI, wrapped: Wrap
) -> None:
    given = items()
    before = json.dumps(given)
    told = leed.inject(given, policy=None)
    with openai.OpenAI(base_url=server.base_url, api_key="none") as bare:
        expected = call(bare, input=told, instructions=f"Be brief.\n\n{POLICY}")
    assert call(wrapped(), input=given, instructions="Be brief.") == expected
    assert json.dumps(given) == before
    without, with_leed = server.requests
    assert with_leed.json == without.json
    assert with_leed.json["input"] == told
    assert told[-1]["content"] == NOTE


def test_an_asynchronous_call_does_the_same(server: FakeOpenAI) -> None:
    async def call() -> list[Any]:
        async with wrap(openai.AsyncOpenAI(base_url=server.base_url, api_key="none")) as client:
            answer = await client.responses.create(model="m", input=items())
            async with client.responses.stream(model="m", input=items()) as events:
                types = [event.type async for event in events]
            parsed = await client.responses.parse(model="m", input=items(), text_format=Mood)
            return [answer.output_text, types[-1], parsed.output_parsed]

    assert asyncio.run(call()) == [f"You said: {NOTE}", "response.completed", Mood(word=NOTE)]
    for request in server.requests:
        assert request.json["input"] == leed.inject(items(), policy=None)
        assert request.json["instructions"] == POLICY


def test_a_text_stays_a_text(server: FakeOpenAI, wrapped: Wrap) -> None:
    create(wrapped(lambda: SAD), input="I'm fine")
    assert (server.requests[0].json["input"], server.requests[0].json["instructions"]) == (NOTE, POLICY)


def test_a_text_with_a_note_of_its_own_message_becomes_items(server: FakeOpenAI, wrapped: Wrap) -> None:
    create(wrapped(lambda: SAD, handover="developer", policy=None), input="I'm fine")
    note, said = server.requests[0].json["input"]
    assert note["role"] == "developer"
    assert "sounds quite sad" in note["content"]
    assert said == {"role": "user", "content": "I'm fine"}
    assert "instructions" not in server.requests[0].json


def test_without_a_policy_instructions_stay_as_they_are(server: FakeOpenAI, wrapped: Wrap) -> None:
    client = wrapped(policy=None)
    create(client, input="Hello")
    create(client, input="Hello", instructions="Be brief.")
    assert "instructions" not in server.requests[0].json
    assert server.requests[1].json["instructions"] == "Be brief."


def test_a_policy_in_instructions_that_are_sent_again_stands_there_once(server: FakeOpenAI, wrapped: Wrap) -> None:
    answer = create(wrapped(), input="Hello", instructions="Be brief.")
    create(wrapped(), input="Hello", instructions=answer.instructions)
    assert server.requests[1].json["instructions"] == f"Be brief.\n\n{POLICY}"
    create(wrapped(policy=None), input="Hello", instructions=POLICY)
    assert (server.requests[2].json["input"], server.requests[2].json["instructions"]) == ("Hello", "")


def test_with_a_conversation_that_the_server_keeps_only_what_is_sent_is_injected(
    server: FakeOpenAI, wrapped: Wrap
) -> None:
    client = wrapped()
    first = create(client, input=items()[:1])
    create(client, input=items()[-1:], previous_response_id=first.id)
    assert server.requests[1].json["input"] == [{"role": "user", "content": NOTE}]
    assert server.requests[1].json["instructions"] == server.requests[0].json["instructions"] == POLICY


def test_a_stored_prompt_keeps_its_instructions_and_the_policy_is_the_first_item(
    server: FakeOpenAI, wrapped: Wrap
) -> None:
    create(wrapped(), input=items()[-1:], prompt={"id": "pmpt_1"})
    assert server.requests[0].json["input"] == [
        {"role": "system", "content": POLICY},
        {"role": "user", "content": NOTE},
    ]
    assert "instructions" not in server.requests[0].json


def test_a_request_without_input_passes_through(server: FakeOpenAI, wrapped: Wrap) -> None:
    with pytest.raises(openai.BadRequestError):
        create(wrapped(), prompt={"id": "pmpt_1"})
    assert server.requests[0].json == {"model": "m", "prompt": {"id": "pmpt_1"}}


def test_output_items_go_back_in_with_what_a_tool_answered(server: FakeOpenAI, wrapped: Wrap) -> None:
    client = wrapped()
    kept = items()
    call = create_with_tools(client, input=kept)
    kept += call.output
    kept.append({"type": "function_call_output", "call_id": call.output[0].call_id, "output": "[The user sounds sad.]"})
    answer = create_with_tools(client, input=kept)
    assert answer.output_text == "The tool says: (The user sounds sad.)"
    first, second = (request.json["input"] for request in server.requests)
    assert second[: len(first)] == first
    assert second[3] == call.output[0].to_dict()


def test_the_switch_takes_the_keys_out_and_leaves_the_rest(server: FakeOpenAI, wrapped: Wrap) -> None:
    create(wrapped(enabled=False), input=items()[-1:], instructions="Be brief.")
    assert server.requests[0].json == {
        "model": "m",
        "input": [{"role": "user", "content": "I'm fine"}],
        "instructions": "Be brief.",
    }


def test_last_counts_the_instructions_as_the_first_message(server: FakeOpenAI, wrapped: Wrap) -> None:
    client = wrapped()
    create(client, input=items(), instructions="Be brief.")
    last = client.leed.last
    assert last is not None
    assert [message["role"] for message in last.messages] == ["system", "user", "assistant", "user"]
    assert list(last.messages[1:]) == server.requests[0].json["input"]
    assert [note.index for note in last.notes] == [3]
