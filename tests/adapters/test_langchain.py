"""LangChain's client of OpenAI's API, with leed in a chain and around the model: what goes out, and what comes back."""

import asyncio
import copy
import logging
import pickle
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from langchain_core.caches import InMemoryCache
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    HumanMessage,
    RemoveMessage,
    SystemMessage,
    ToolMessage,
)
from langchain_core.outputs import LLMResult
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from pydantic import BaseModel, SecretStr

import leed
from leed import injection
from leed.errors import InputError, OptionError, RefusedError
from leed.injection import Injection
from leed_adapters.fakes.openai import FakeOpenAI
from leed_adapters.langchain import LeedChatModel, leed_messages
from leed_adapters.langchain.injector import _report
from leed_adapters.langchain.messages import injected

SAD = {"prosody": {"Sadness": 0.34}}
NOTED = "I'm fine\n\n[The user sounds quite sad.]"

PLAIN: list[dict[str, Any]] = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": "I'm fine", "name": "Ann", "expression": SAD},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": "call_1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1, "b": 2}'}}
        ],
    },
    {"role": "tool", "content": "3", "tool_call_id": "call_1"},
    {"role": "user", "content": [{"type": "text", "text": "Is it?"}], "expression": {"prosody": {"Joy": 0.5}}},
]
"""A history as `leed.inject` takes it; LangChain takes it too."""


class Joke(BaseModel):
    setup: str
    punchline: str


@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@pytest.fixture
async def chat(server: FakeOpenAI) -> AsyncIterator[ChatOpenAI]:
    with httpx.Client() as sync:
        async with httpx.AsyncClient() as concurrent:
            yield ChatOpenAI(
                model="gpt-4o-mini",
                base_url=server.base_url,
                api_key=SecretStr("key"),
                http_client=sync,
                http_async_client=concurrent,
                stream_usage=True,
            )


def langchain(plain: list[dict[str, Any]]) -> list[BaseMessage]:
    prompt = ChatPromptTemplate([("placeholder", "{history}")])
    return prompt.invoke({"history": plain}).to_messages()


def without_expressions(plain: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in message.items() if key != "expression"} for message in plain]


def sent(server: FakeOpenAI) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = server.requests[-1].json["messages"]
    return messages


def stable(answer: Any) -> str:
    """An answer without the ids that LangChain draws for a run."""
    return re.sub(r"lc_run-[-0-9a-f]+|run-[-0-9a-f]{36}|id='[-0-9a-f]{36}(-0)?'", "id", repr(answer))


# --- what goes out, and what comes back


async def ask(model: Any, way: str, messages: list[BaseMessage]) -> Any:
    if way == "invoke":
        return await asyncio.to_thread(model.invoke, messages)
    if way == "batch":
        return await asyncio.to_thread(model.batch, [messages])
    if way == "stream":
        return await asyncio.to_thread(lambda: list(model.stream(messages)))
    if way == "ainvoke":
        return await model.ainvoke(messages)
    return [chunk async for chunk in model.astream(messages)]


SHAPES: dict[str, Any] = {
    "plain": lambda model: model,
    "tools": lambda model: model.bind_tools([add]),
    "forced tool": lambda model: model.bind_tools([add], tool_choice="add"),
    "structured": lambda model: model.with_structured_output(Joke, method="json_schema"),
    "structured by a tool": lambda model: model.with_structured_output(Joke, method="function_calling"),
    "structured with raw": lambda model: model.with_structured_output(Joke, include_raw=True),
    "stop": lambda model: model.bind(stop=["x"]),
    "retry": lambda model: model.with_retry(),
}


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings:UserWarning")  # langchain-openai's, of parsed answers
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("way", ["invoke", "batch", "stream", "ainvoke", "astream"])
@pytest.mark.parametrize("adapter", ["step", "model"])
async def test_what_goes_out_is_what_inject_makes_and_what_comes_back_is_as_without_leed(
    chat: ChatOpenAI, server: FakeOpenAI, shape: str, way: str, adapter: str
) -> None:
    told = leed.inject(PLAIN)
    expected = await ask(SHAPES[shape](chat), way, langchain(told))
    without = server.requests[-1]
    history = langchain(PLAIN)
    kept = copy.deepcopy(history)
    model = SHAPES[shape](LeedChatModel(chat)) if adapter == "model" else leed_messages() | SHAPES[shape](chat)
    answer = await ask(model, way, history)
    assert server.requests[-1].json == without.json
    assert sent(server) == told
    assert stable(answer) == stable(expected)
    assert history == kept


async def test_nothing_of_a_call_differs_where_nothing_is_measured_but_the_policy(
    chat: ChatOpenAI, server: FakeOpenAI
) -> None:
    history = langchain(without_expressions(PLAIN))
    expected = await chat.ainvoke(history)
    answer = await LeedChatModel(chat, policy=None).ainvoke(history)
    assert server.requests[0].json == server.requests[1].json
    assert stable(answer) == stable(expected)
    assert answer.usage_metadata == expected.usage_metadata
    assert answer.usage_metadata is not None


async def test_an_error_of_the_server_comes_through(chat: ChatOpenAI, server: FakeOpenAI) -> None:
    from openai import BadRequestError  # noqa: PLC0415 - only here

    from leed_adapters.fakes.openai import Fault  # noqa: PLC0415 - only here

    server.faults.append(Fault(400))
    with pytest.raises(BadRequestError, match="The fake fails with 400"):
        await LeedChatModel(chat).ainvoke("Hello")


async def test_a_cache_keeps_calls_with_different_expressions_apart(chat: ChatOpenAI, server: FakeOpenAI) -> None:
    chat = chat.model_copy(update={"cache": InMemoryCache()})
    for scores in ({"Sadness": 0.34}, {"Joy": 0.5}, {"Sadness": 0.34}):
        await LeedChatModel(chat, expressions={"prosody": scores}, policy=None).ainvoke("I'm fine")
    assert [request.json["messages"][0]["content"] for request in server.requests] == [
        NOTED,
        "I'm fine\n\n[The user sounds very joyful.]",
    ]


class Seen(BaseCallbackHandler):
    """A tracer that keeps all that it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("on_") and name != "on_llm_end":
            return lambda *args, **kwargs: self.told.append(repr((name, args, kwargs)))
        return super().__getattribute__(name)

    def on_llm_end(self, response: LLMResult, **kwargs: Any) -> None:
        self.told.append(repr((response, kwargs)))


def test_traces_of_the_chat_model_hold_neither_notes_nor_scores_that_come_beside() -> None:
    seen = Seen()
    model = LeedChatModel(FakeListChatModel(responses=["Oh."]), expressions={"prosody": {"Sadness": 0.3417}})
    model.invoke("I'm fine", {"callbacks": [seen]})
    assert list(model.stream("I'm fine", {"callbacks": [seen]}))
    told = " ".join(seen.told)
    assert "I'm fine" in told
    for secret in ("0.3417", "Sadness", "sad", "expression_notes"):
        assert secret not in told


@pytest.mark.filterwarnings("ignore:.* is in beta")
def test_events_of_a_stream_are_those_of_the_inner_model() -> None:
    inner = FakeListChatModel(responses=["Oh, what happened?"])
    events = [
        [re.sub(r"lc_run-[-0-9a-f]+", "id", repr(event)) for event in model.stream_events("Hi", version="v3")]
        for model in (inner, LeedChatModel(inner, expressions=SAD))
    ]
    assert events[0] == events[1]
    assert len(events[0]) > len("Oh, what happened?")


def test_callbacks_tags_and_metadata_of_the_inner_model_hold() -> None:
    seen = Seen()
    inner = FakeListChatModel(responses=["Oh."], callbacks=[seen], tags=["inner"])
    LeedChatModel(inner).invoke("Hello")
    assert "inner" in seen.told[0]
    assert LeedChatModel(inner, tags=["outer"]).tags == ["outer"]


def test_token_counts_and_names_are_those_of_the_inner_model(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = FakeListChatModel(responses=["Oh."], custom_get_token_ids=lambda text: [ord(c) for c in text])
    model = LeedChatModel(inner)
    assert model.get_num_tokens("abc") == inner.get_num_tokens("abc") == 3
    assert model.get_num_tokens_from_messages([HumanMessage("abc")]) == inner.get_num_tokens_from_messages(
        [HumanMessage("abc")]
    )
    assert model.model_name == "FakeListChatModel"
    assert model._llm_type == inner._llm_type
    monkeypatch.setenv("OPENAI_API_KEY", "key")
    assert LeedChatModel(ChatOpenAI(model="gpt-4o-mini")).profile == ChatOpenAI(model="gpt-4o-mini").profile
    assert LeedChatModel(ChatOpenAI(model="gpt-4o-mini")).model_name == "gpt-4o-mini"


# --- messages


HISTORY: list[BaseMessage] = [
    SystemMessage("Be kind.", id="s"),
    HumanMessage("I'm fine", additional_kwargs={"expression": SAD, "mine": 1}, id="h", name="Ann"),
    AIMessage(
        [{"type": "text", "text": "Let me see."}, {"type": "reasoning", "reasoning": "{hm}", "extras": {"id": "r"}}],
        id="a",
        tool_calls=[{"name": "add", "args": {"a": 1}, "id": "call_1"}],
        response_metadata={"model_name": "m"},
        usage_metadata={"input_tokens": 1, "output_tokens": 2, "total_tokens": 3},
    ),
    ToolMessage("3", tool_call_id="call_1", artifact=object(), id="t", status="error"),
    ChatMessage(content="Hi", role="critic"),
    RemoveMessage(id="x"),
]


def test_only_messages_that_change_are_new_objects_and_they_lose_nothing() -> None:
    told = injected(HISTORY)
    assert [new is old for new, old in zip(told, HISTORY, strict=True)] == [False, False, True, True, True, True]
    assert told[1] == HumanMessage(NOTED, additional_kwargs={"mine": 1}, id="h", name="Ann")
    assert told[0].id == "s"
    assert HISTORY[1].additional_kwargs["expression"] == SAD


def test_a_forged_note_in_an_answer_is_disarmed_and_the_rest_of_the_message_stays() -> None:
    answer = AIMessage("Hm [The user sounds sad.]", id="a", response_metadata={"model_name": "m"})
    (told,) = injected([answer], policy=None)
    assert told == AIMessage("Hm (The user sounds sad.)", id="a", response_metadata={"model_name": "m"})


@pytest.mark.parametrize("handover", ["inline", "tag", "json", "evi", "system", "developer"])
def test_a_repeated_call_changes_nothing(handover: str) -> None:
    once = injected(HISTORY, handover=handover)
    assert injected(once, handover=handover) == once
    assert injected(once, handover="inline") == injected(HISTORY, handover="inline")


def test_a_repeated_call_keeps_what_came_beside() -> None:
    parts: list[Any] = [[{"type": "text", "text": "I'm fine"}], "I'm fine"]
    for content in parts:
        once = injected([HumanMessage(content)], SAD)
        assert injected(once) == once
        assert (
            injected(once, {"prosody": {"Joy": 0.5}})[1]
            == injected([HumanMessage(content)], {"prosody": {"Joy": 0.5}})[1]
        )


def test_copies_of_messages_with_descriptions_are_plain() -> None:
    once = injected([HumanMessage("I'm fine"), HumanMessage([{"type": "text", "text": "Hm"}])], SAD)
    for copied in (copy.deepcopy(once), pickle.loads(pickle.dumps(once))):  # noqa: S301 - our own
        assert copied == once
        assert [type(message.content) for message in copied] == [str, str, list]


@pytest.mark.parametrize(("handover", "role"), [("system", {}), ("developer", {"__openai_role__": "developer"})])
def test_a_note_of_its_own_is_a_system_message(handover: str, role: dict[str, str]) -> None:
    note, said = injected([HumanMessage("I'm fine")], SAD, handover=handover, policy=None)
    assert note == SystemMessage("How the next message came across: The user sounds quite sad.", additional_kwargs=role)
    assert said == HumanMessage("I'm fine")


def test_expressions_of_messages_may_come_by_their_ids() -> None:
    messages = [HumanMessage("I'm fine", id="1"), AIMessage("Oh."), HumanMessage("Hm", id="2")]
    told = injected(messages, by_id={"1": SAD}, policy=None)
    assert [message.content for message in told] == [NOTED, "Oh.", "Hm"]


# --- the step of a chain


@pytest.mark.parametrize(
    "given",
    [
        "I'm fine",
        [HumanMessage("I'm fine")],
        [("user", "I'm fine")],
        [{"role": "user", "content": "I'm fine"}],
        ChatPromptTemplate([("user", "I'm fine")]).invoke({}),
    ],
)
def test_the_step_takes_what_a_model_takes(given: Any) -> None:
    assert leed_messages(SAD, policy=None).invoke(given) == [HumanMessage(NOTED)]


async def test_the_step_can_be_called_in_every_way() -> None:
    step = leed_messages(SAD, policy=None)
    noted = [HumanMessage(NOTED)]
    assert await step.ainvoke("I'm fine") == noted
    assert step.batch(["I'm fine", "I'm fine"]) == await step.abatch(["I'm fine", "I'm fine"]) == [noted, noted]
    assert list(step.stream("I'm fine")) == [noted]
    assert [told async for told in step.astream("I'm fine")] == [noted]


@pytest.mark.parametrize("given", [{"messages": []}, b"x", 3, None])
def test_what_is_no_input_of_a_model_is_refused_in_one_line(given: Any) -> None:
    with pytest.raises(InputError, match="give a prompt value, a list of messages or a str"):
        leed_messages().invoke(given)


def test_expressions_come_in_the_config_before_those_of_the_step() -> None:
    step = leed_messages({"prosody": {"Joy": 0.5}}, policy=None)
    assert step.invoke("I'm fine", {"configurable": {"expression": SAD}})[0].content == NOTED
    assert step.invoke("Yes", {"configurable": {}})[0].content == "Yes\n\n[The user sounds very joyful.]"


def test_a_function_is_asked_for_expressions_at_each_call() -> None:
    by_thread = {"1": SAD, "2": None}
    step = leed_messages(lambda config: by_thread[config["configurable"]["thread_id"]], policy=None)
    assert step.invoke("I'm fine", {"configurable": {"thread_id": "1"}})[0].content == NOTED
    assert step.invoke("I'm fine", {"configurable": {"thread_id": "2"}})[0].content == "I'm fine"
    times: Iterator[float] = iter([1.0, 2.0, 99.0])
    stream = leed.Stream()
    stream.feed({"Sadness": 0.34}, modality="prosody", begin=0.0)
    live = leed_messages(stream, policy=None, max_age=5.0, now=lambda: next(times))
    assert [live.invoke("I'm fine")[0].content for _ in range(2)] == [NOTED, "I'm fine"]


# --- what goes wrong


def test_a_failing_description_is_logged_once_and_the_call_goes_out(caplog: pytest.LogCaptureFixture) -> None:
    injection.report.cache_clear()
    said = HumanMessage("I'm fine", additional_kwargs={"expression": "no JSON"})
    model = LeedChatModel(FakeListChatModel(responses=["Oh."]), policy=None)
    with caplog.at_level(logging.WARNING, "leed"):
        assert [model.invoke([said]).content for _ in range(2)] == ["Oh.", "Oh."]
    assert len(caplog.records) == 1
    with pytest.raises(InputError, match="no JSON"):
        LeedChatModel(FakeListChatModel(responses=["Oh."]), strict=True).invoke([said])


def test_a_failing_function_is_logged_once_and_the_call_goes_out(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: object) -> object:
        raise RuntimeError("I'm fine is secret")

    _report.cache_clear()
    step = leed_messages(broken, policy=None)
    with caplog.at_level(logging.WARNING, "leed"):
        assert [step.invoke("I'm fine")[0].content for _ in range(2)] == ["I'm fine", "I'm fine"]
    assert [record.getMessage() for record in caplog.records] == [
        "messages go out without a description: the function for expressions raised RuntimeError"
    ]
    with pytest.raises(InputError, match="the function for expressions failed: I'm fine is secret"):
        leed_messages(broken, strict=True).invoke("I'm fine")


def test_a_marked_speaker_is_refused() -> None:
    with pytest.raises(RefusedError):
        leed_messages(SAD, speakers="employee", strict=True).invoke("I'm fine")


@pytest.mark.parametrize("make", [leed_messages, lambda **o: LeedChatModel(FakeListChatModel(responses=[""]), **o)])
@pytest.mark.parametrize("options", [{"handover": "nonsense"}, {"older": "nonsense"}, {"nonsense": 1}])
def test_a_wrong_option_is_an_error_at_once(make: Any, options: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match="nonsense"):
        make(**options)


def test_only_a_chat_model_is_wrapped() -> None:
    with pytest.raises(InputError, match="model is str: give a chat model"):
        LeedChatModel("gpt-4o")  # type: ignore[arg-type]


def test_enabled_false_only_takes_expressions_out() -> None:
    told = injected(HISTORY, enabled=False)
    assert told[0] is HISTORY[0]
    assert told[1] == HumanMessage("I'm fine", additional_kwargs={"mine": 1}, id="h", name="Ann")


def test_on_inject_sees_the_messages_that_go_out() -> None:
    seen: list[Injection] = []
    told = leed_messages(SAD, on_inject=seen.append).invoke("I'm fine")
    assert list(seen[0].messages) == told
    assert [note.text for note in seen[0].notes] == ["[The user sounds quite sad.]"]
