"""LangChain's agents with leed: descriptions reach the model, and nothing of them is stored or traced."""

import sqlite3
import struct
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import ModelRequest, ModelResponse
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import tool
from langchain_core.tracers.base import BaseTracer
from langchain_core.tracers.schemas import Run
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.sqlite import SqliteSaver
from pydantic import BaseModel, SecretStr

import leed
from leed_adapters.fakes.openai import FakeOpenAI
from leed_adapters.langchain import LeedContext, LeedMiddleware

SCORE = 0.341782916  # long: LangGraph's versions of channels hold random numbers
SAD = {"prosody": {"Sadness": SCORE}}
PACKED = struct.pack(">d", SCORE)  # as msgpack has it
SECRETS = ("0.341782916", "Sadness", "quite sad", "expression_notes")
NOTED = "I'm fine, 1 and 2\n\n[The user sounds quite sad.]"


class Joke(BaseModel):
    setup: str


@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


class Tracer(BaseTracer):
    """A tracer that keeps whole runs."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def _persist_run(self, run: Run) -> None:
        self.text += repr((run.inputs, run.outputs, run.extra, run.serialized, run.events, run.tags))
        for child in run.child_runs:
            self._persist_run(child)


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
            )


def asked(text: str = "I'm fine, 1 and 2", **more: Any) -> Any:
    return {"messages": [HumanMessage(text, id="h1", **more)]}


def bodies(server: FakeOpenAI) -> list[dict[str, Any]]:
    return [request.json for request in server.requests]


def plain(messages: list[AnyMessage]) -> list[tuple[str, Any, Any]]:
    """Messages without the ids that are drawn."""
    return [(message.type, message.content, getattr(message, "tool_calls", None)) for message in messages]


@pytest.mark.parametrize("context", [LeedContext(SAD), {"expression": SAD}, LeedContext(expressions={"h1": SAD})])
@pytest.mark.parametrize("traced", [False, True])
@pytest.mark.parametrize("system", [None, "Be kind."])
async def test_each_call_of_an_agent_sends_what_inject_makes(
    chat: ChatOpenAI, server: FakeOpenAI, context: Any, traced: Any, system: str | None
) -> None:
    create_agent(chat, [add], system_prompt=system).invoke(asked())
    without = bodies(server)
    agent = create_agent(
        chat,
        [add],
        system_prompt=system,
        middleware=[LeedMiddleware(traced=traced)],
        context_schema=type(context) if isinstance(context, LeedContext) else dict,
    )
    server.requests.clear()
    answer = agent.invoke(asked(), context=context)
    told = bodies(server)
    server.requests.clear()
    awaited = await agent.ainvoke(asked(), context=context)
    assert len(without) == len(told) == 2
    for body, plain_body in zip(told, without, strict=True):
        given = plain_body["messages"]
        given = [{**m, "expression": SAD} if m["role"] == "user" else m for m in given]
        assert body == {**plain_body, "messages": leed.inject(given)}
    assert bodies(server) == told
    assert plain(answer["messages"]) == plain(awaited["messages"])
    assert answer["messages"][0] == asked()["messages"][0]
    assert told[0]["messages"][1]["content"] == NOTED


def test_nothing_lands_in_checkpoints_or_traces_and_the_history_is_one_without_leed(
    chat: ChatOpenAI, tmp_path: Path
) -> None:
    histories = []
    for name, middleware in (("without", []), ("with", [LeedMiddleware()])):
        tracer = Tracer()
        config: RunnableConfig = {"configurable": {"thread_id": "1"}, "callbacks": [tracer]}
        path = tmp_path / f"{name}.sqlite"
        with SqliteSaver.from_conn_string(str(path)) as saver:
            agent = create_agent(chat, [add], middleware=middleware, checkpointer=saver, context_schema=LeedContext)
            for _ in range(2):
                agent.invoke(asked(), config, context=LeedContext(SAD))
        stored = b"".join(file.read_bytes() for file in tmp_path.glob(f"{name}.sqlite*"))
        assert b"I'm fine" in stored
        assert "I'm fine" in tracer.text
        assert PACKED not in stored
        for secret in SECRETS:
            assert secret.encode() not in stored
            assert secret not in tracer.text
        with SqliteSaver.from_conn_string(str(path)) as saver:
            agent = create_agent(chat, [add], middleware=middleware, checkpointer=saver, context_schema=LeedContext)
            histories.append(plain(agent.get_state(config).values["messages"]))
    assert histories[0] == histories[1]


def test_the_check_for_secrets_finds_what_rides_on_messages(tmp_path: Path) -> None:
    """By choice, with the warning in the documentation: then scores are stored, and notes still are not."""
    path = tmp_path / "riding.sqlite"
    with closing(sqlite3.connect(path, check_same_thread=False)) as connection:
        model = FakeListChatModel(responses=["Oh."])
        agent = create_agent(model, middleware=[LeedMiddleware()], checkpointer=SqliteSaver(connection))
        agent.invoke(asked(additional_kwargs={"expression": SAD}), {"configurable": {"thread_id": "1"}})
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"Sadness" in stored
    assert PACKED in stored
    assert b"quite sad" not in stored


def test_the_check_for_secrets_finds_notes_in_traces_that_were_asked_for() -> None:
    tracer = Tracer()
    agent = create_agent(FakeListChatModel(responses=["Oh."]), middleware=[LeedMiddleware(SAD, traced=True)])
    agent.invoke(asked(), {"callbacks": [tracer]})
    assert "quite sad" in tracer.text


def test_expressions_by_id_keep_earlier_descriptions_word_for_word(chat: ChatOpenAI, server: FakeOpenAI) -> None:
    agent = create_agent(chat, middleware=[LeedMiddleware()], context_schema=LeedContext)
    history: list[Any] = [HumanMessage("I'm fine", id="1")]
    store: dict[str, Any] = {"1": SAD}
    agent.invoke({"messages": history}, context=LeedContext(expressions=store))
    history += [AIMessage("Oh."), HumanMessage("Yes!", id="2")]
    store["2"] = {"prosody": {"Joy": 0.5}}
    agent.invoke({"messages": history}, context=LeedContext(expressions=store))
    first, second = (body["messages"] for body in bodies(server))
    assert second[: len(first)] == first
    assert second[-1]["content"] == "Yes!\n\n[The user sounds very joyful.]"


@pytest.mark.parametrize("strategy", ["auto", "provider", "tool"])
def test_structured_output_of_an_agent_is_as_without_leed(chat: ChatOpenAI, server: FakeOpenAI, strategy: str) -> None:
    from langchain.agents.structured_output import ProviderStrategy, ToolStrategy  # noqa: PLC0415 - only here

    form: Any = {"auto": Joke, "provider": ProviderStrategy(Joke), "tool": ToolStrategy(Joke)}[strategy]
    answers = [
        create_agent(chat, response_format=form, middleware=middleware).invoke(asked())["structured_response"]
        for middleware in ([], [LeedMiddleware(policy=None)])
    ]
    assert answers[0] == answers[1] == Joke(setup="I'm fine, 1 and 2")
    first, second = bodies(server)
    assert first == second


def test_a_stream_of_an_agent_has_the_tokens_that_it_has_without_leed(chat: ChatOpenAI) -> None:
    told = [
        [
            chunk.content
            for chunk, _ in create_agent(chat, [add], middleware=middleware).stream(asked(), stream_mode="messages")
            if isinstance(chunk, AIMessage)
        ]
        for middleware in ([], [LeedMiddleware(SAD)])
    ]
    assert told[0] == told[1]
    assert len(told[0]) > 3


def test_a_function_is_given_the_runtime() -> None:
    seen: list[Any] = []

    def heard(runtime: Any) -> object:
        seen.append(runtime.context)
        return SAD

    middleware = LeedMiddleware(heard, traced=True, policy=None)
    agent = create_agent(FakeListChatModel(responses=["Oh."]), middleware=[middleware], context_schema=dict)
    agent.invoke(asked(), context={"user": "Ann"})
    assert seen == [{"user": "Ann"}]


def test_a_request_is_overridden_and_not_changed() -> None:
    request: ModelRequest[Any] = ModelRequest(
        model=FakeListChatModel(responses=["Oh."]),
        messages=[SystemMessage("From the state."), HumanMessage("I'm fine")],
    )
    given: list[ModelRequest[Any]] = []

    def handler(asked: ModelRequest[Any]) -> ModelResponse[Any]:
        given.append(asked)
        return ModelResponse([AIMessage("Oh.")])

    LeedMiddleware(SAD, traced=True, policy=None).wrap_model_call(request, handler)
    assert given[0].system_message is None
    assert [m.content for m in given[0].messages] == ["From the state.", "I'm fine\n\n[The user sounds quite sad.]"]
    assert [m.content for m in request.messages] == ["From the state.", "I'm fine"]
    LeedMiddleware(SAD, policy=None).wrap_model_call(request, handler)
    assert given[1].messages is request.messages


def test_the_context_does_not_show_its_expressions() -> None:
    assert repr(LeedContext(SAD, {"1": SAD})) == "LeedContext()"


def test_without_langchain_only_the_middleware_is_missing() -> None:
    source = """
import sys
sys.modules["langchain"] = None
import leed_adapters.langchain as adapter
adapter.leed_messages().invoke("Hello")
try:
    adapter.LeedMiddleware
except adapter.MissingPackageError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout == "LeedMiddleware needs langchain, which is not installed: pip install langchain\n"
