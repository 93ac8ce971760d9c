"""A real LiteLLM proxy with leed's hook: what reaches the model, and what the proxy keeps for itself."""

import json
import re
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

import leed
from leed_adapters.fakes.openai import FakeOpenAI, Fault, Request
from tests.support.parts import ROOT
from tests.support.proxy import Proxy, config_for

pytestmark = pytest.mark.needs_proxy

# Scores with digits that occur nowhere else.
SAD = {"prosody": {"Sadness": 0.3417291}}
TIRED = {"prosody": {"Tiredness": 0.4117293}}
NAMES = ("Sadness", "Tiredness", "'expression'", '"expression"', 'expression\\"', "'end': 900", '"end": 900')
TRACES = ("3417291", "4117293", *NAMES)

SAID: list[Any] = [
    {"role": "system", "content": "You are a helpful assistant."},
    {"role": "user", "content": "I'm fine", "expression": SAD},
    {"role": "assistant", "content": "Good."},
    {"role": "user", "content": "Is it late?", "models": TIRED, "time": {"begin": 0, "end": 900}},
]
PLAIN: list[Any] = [{"role": "user", "content": "Where are they?"}]
TOLD = json.loads(json.dumps(leed.inject(SAID)))


@pytest.fixture(scope="module")
def upstream() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server


@pytest.fixture(scope="module")
def proxy(upstream: FakeOpenAI, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("proxy")
    with Proxy(folder, config_for(upstream.base_url), {}) as running:
        yield running
        keeps_nothing(running)  # of no request of any test


@pytest.fixture
def client(proxy: Proxy) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{proxy.url}/v1", api_key=proxy.key, max_retries=0) as made:
        yield made


@pytest.fixture(autouse=True)
def forgotten(upstream: FakeOpenAI) -> None:
    upstream.requests.clear()
    upstream.faults.clear()


def keeps_nothing(proxy: Proxy) -> None:
    for name, text in (("output", proxy.output()), ("log", proxy.log())):
        for trace in TRACES:
            at = text.find(trace)
            assert at < 0, f"the proxy's {name} holds {trace}: ...{text[max(0, at - 200) : at + 100]}"


def asked(upstream: FakeOpenAI) -> list[Request]:
    """What came for a model; the proxy also looks which models there are."""
    return [request for request in upstream.requests if request.method == "POST"]


def sent(upstream: FakeOpenAI) -> Any:
    (request,) = asked(upstream)
    for trace in TRACES:
        assert trace.encode() not in request.body
    return request.json


def lines(proxy: Proxy) -> int:
    return proxy.log().count("\n")


def test_a_chat_completion_goes_out_as_inject_makes_it(
    client: openai.OpenAI, upstream: FakeOpenAI, proxy: Proxy
) -> None:
    before = lines(proxy)
    answer = client.chat.completions.create(model="chat", messages=SAID)
    assert sent(upstream)["messages"] == TOLD
    assert answer.choices[0].message.content == "You said: Is it late?\n\n[The user sounds very tired.]"
    newest = json.loads(proxy.log(before + 1).splitlines()[-1])
    assert newest["kind"] == "success"
    assert newest["payload"]["messages"] == TOLD
    assert "The user sounds quite sad." in json.dumps(newest["spend"])
    keeps_nothing(proxy)


def test_a_stream_comes_as_it_is(client: openai.OpenAI, upstream: FakeOpenAI, proxy: Proxy) -> None:
    before = lines(proxy)
    stream: Any = client.chat.completions.create(model="chat", messages=SAID, stream=True)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
    assert text == "You said: Is it late?\n\n[The user sounds very tired.]"
    assert sent(upstream)["messages"] == TOLD
    proxy.log(before + 1)
    keeps_nothing(proxy)


def test_tools_go_through(client: openai.OpenAI, upstream: FakeOpenAI) -> None:
    schema = {"type": "object", "properties": {"time": {"type": "string"}}}
    tool: Any = {"type": "function", "function": {"name": "look", "parameters": schema}}
    answer = client.chat.completions.create(model="chat", messages=PLAIN, tools=[tool])
    assert asked(upstream)[0].json["tools"] == [tool]
    assert answer.choices[0].finish_reason == "tool_calls"


def test_a_response_goes_out_as_inject_makes_it(client: openai.OpenAI, upstream: FakeOpenAI, proxy: Proxy) -> None:
    before = lines(proxy)
    answer = client.responses.create(model="chat", input=SAID)
    assert sent(upstream)["input"] == TOLD
    assert answer.output_text == "You said: Is it late?\n\n[The user sounds very tired.]"
    assert "The user sounds quite sad." in proxy.log(before + 1).splitlines()[-1]
    keeps_nothing(proxy)


def test_a_response_to_a_plain_text_has_the_expression_of_the_metadata(
    client: openai.OpenAI, upstream: FakeOpenAI, proxy: Proxy
) -> None:
    before = lines(proxy)
    client.responses.create(model="chat", input="Is it late?", metadata={"expression": json.dumps(TIRED), "id": "7"})
    policy, told = leed.inject([{"role": "user", "content": "Is it late?"}], TIRED)
    body = sent(upstream)
    assert (body["instructions"], body["input"]) == (policy["content"], told["content"])
    proxy.log(before + 1)
    keeps_nothing(proxy)


@pytest.mark.parametrize(
    "beside", [{"metadata": {"expression": SAD}}, {"expression": SAD}, {"litellm_metadata": {"expression": SAD}}]
)
def test_an_expression_beside_the_messages_is_described_and_kept_nowhere(
    beside: dict[str, Any], client: openai.OpenAI, upstream: FakeOpenAI, proxy: Proxy
) -> None:
    before = lines(proxy)
    client.chat.completions.create(model="chat", messages=PLAIN, extra_body=beside)
    body = sent(upstream)
    assert body["messages"] == json.loads(json.dumps(leed.inject(PLAIN, SAD)))
    assert set(body) == {"model", "messages"}
    proxy.log(before + 1)
    keeps_nothing(proxy)


def anthropic(**more: Any) -> bytes:
    said = [{"type": "text", "text": "Is it late?"}]
    messages = [{"role": "user", "content": said, "expression": SAD}]
    return json.dumps({"model": "chat", "max_tokens": 100, "messages": messages} | more).encode()


def texts_of(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


def test_anthropics_messages_have_notes_in_their_blocks_and_the_policy_in_system(
    upstream: FakeOpenAI, proxy: Proxy
) -> None:
    before = lines(proxy)
    answer = json.loads(proxy.post("/v1/messages", anthropic(system="Be kind.")))
    assert answer["role"] == "assistant"
    assert texts_of(answer["content"]).startswith("You said: Is it late?")
    body = sent(upstream)
    whole = json.dumps(body)
    assert "[The user sounds quite sad.]" in whole
    system = body.get("instructions") or texts_of(body["messages"][0]["content"])
    policy = leed.inject([{"role": "user", "content": "."}])[0]["content"]
    assert system == f"Be kind.\n\n{policy}"
    proxy.log(before + 1)
    keeps_nothing(proxy)


def test_anthropics_stream_comes_as_events(upstream: FakeOpenAI, proxy: Proxy) -> None:
    before = lines(proxy)
    events = proxy.post("/v1/messages", anthropic(stream=True)).decode()
    assert "event: message_start" in events
    assert "event: message_stop" in events
    assert "[The user sounds quite sad.]" in json.dumps(sent(upstream))
    proxy.log(before + 1)
    keeps_nothing(proxy)


def test_a_call_whose_expression_is_nonsense_goes_out_without_and_is_reported_once(
    client: openai.OpenAI, upstream: FakeOpenAI, proxy: Proxy
) -> None:
    wrong: list[Any] = [{"role": "user", "content": "Hey.", "expression": 7}]
    for _ in range(2):
        client.chat.completions.create(model="chat", messages=wrong)
    assert [r.json["messages"][-1] for r in asked(upstream)] == [{"role": "user", "content": "Hey."}] * 2
    assert proxy.output().count("a message goes out without a description: an expression is int") == 1


def test_a_call_that_fails_upstream_keeps_nothing_either(
    client: openai.OpenAI, upstream: FakeOpenAI, proxy: Proxy
) -> None:
    before = lines(proxy)
    upstream.faults.extend([Fault(400)] * 4)
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(model="chat", messages=SAID)
    proxy.log(before + 1)
    keeps_nothing(proxy)


def test_a_call_without_a_model_that_the_proxy_knows_keeps_nothing(client: openai.OpenAI, proxy: Proxy) -> None:
    before = lines(proxy)
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(model="unknown", messages=SAID)
    proxy.log(before + 1)
    keeps_nothing(proxy)


def test_a_hook_of_a_module_beside_the_config_has_its_own_options_and_strict_answers_400(
    upstream: FakeOpenAI, tmp_path: Path
) -> None:
    module = "from leed_adapters.litellm import LeedHook\nhook = LeedHook(policy=None, handover='tag', strict=True)\n"
    config = config_for(upstream.base_url, "[mine.hook, recorder.recorder]")
    with Proxy(tmp_path, config, {}, {"mine.py": module}) as running:
        said = json.dumps({"model": "chat", "messages": [SAID[1]]}).encode()
        running.post("/v1/chat/completions", said)
        assert sent(upstream)["messages"] == leed.inject([SAID[1]], policy=None, handover="tag")
        wrong = {"role": "user", "content": "Hey.", "expression": 3417291}
        with pytest.raises(urllib.error.HTTPError, match="400"):
            running.post("/v1/chat/completions", json.dumps({"model": "chat", "messages": [wrong]}).encode())
        assert len(asked(upstream)) == 1


def test_the_config_of_the_readme_runs_with_options_of_the_environment(upstream: FakeOpenAI, tmp_path: Path) -> None:
    (config,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    environment = {"OPENAI_BASE_URL": upstream.base_url, "OPENAI_API_KEY": "none", "LEED_POLICY": "none"}
    with Proxy(tmp_path, config, environment) as running:
        running.post("/v1/chat/completions", json.dumps({"model": "gpt-5-mini", "messages": [SAID[1]]}).encode())
        assert sent(upstream)["messages"] == leed.inject([SAID[1]], policy=None)
