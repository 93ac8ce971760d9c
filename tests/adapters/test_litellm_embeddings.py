"""litellm:MODEL over loopback, with the real litellm."""

import asyncio
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import litellm
import numpy as np
import openai
import pytest

from leed.embed import Cache, OnceEmbedder, get_embedder
from leed.errors import EmbeddingError
from leed_adapters.embedders.litellm import LiteLLMEmbedder
from leed_adapters.fakes.openai import FakeOpenAI, Fault
from leed_adapters.fakes.openai.answers import vector_of

TEXTS = [f"They sound sad {i}" for i in range(5)]
MODEL = "openai/text-embedding-3-small"
Make = Callable[..., OnceEmbedder]


@pytest.fixture(scope="module", autouse=True)
def closed() -> Iterator[None]:
    """The clients that litellm keeps are closed in the end."""
    yield
    for client in litellm.in_memory_llm_clients_cache.cache_dict.values():
        if isinstance(client, openai.OpenAI):
            client.close()


@pytest.fixture
def make(server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes embedders of the server."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-a-key-that-nobody-may-see")

    def made(model: str = MODEL, cache: Any = None, **options: Any) -> OnceEmbedder:
        settings: dict[str, Any] = {"base_url": server.base_url, "backoff": 0.001} | options
        return get_embedder(LiteLLMEmbedder(model, **settings), cache=cache)

    return made


def test_vectors_are_those_of_the_service(make: Make, server: FakeOpenAI) -> None:
    vectors = make().embed([*TEXTS, *TEXTS])
    expected = np.array([vector_of(text, 1536) for text in TEXTS], np.float32)
    assert np.abs(vectors - np.concatenate([expected, expected])).max() < 1e-7
    assert [request.json["input"] for request in server.requests] == [TEXTS]
    assert make(dimensions=256).embed(TEXTS).shape == (5, 256)
    assert server.requests[-1].json["dimensions"] == 256


@pytest.mark.parametrize("fault", [Fault(429), Fault(500), Fault(503), Fault(408), Fault(409), Fault(0)], ids=repr)
def test_a_failure_that_may_pass_is_tried_again(make: Make, server: FakeOpenAI, fault: Fault) -> None:
    server.faults += [fault, fault]
    assert make().embed(TEXTS).shape == (5, 1536)
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_failure_that_stays_is_not_tried_again_and_nothing_is_printed(
    make: Make, server: FakeOpenAI, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    server.faults += [Fault(status)] * 9
    with pytest.raises(EmbeddingError, match=f"status {status}"):
        make().embed(TEXTS)
    assert len(server.requests) == 1
    assert capsys.readouterr().out == ""


def test_a_budget_that_is_spent_is_not_asked_again(make: Make, server: FakeOpenAI) -> None:
    body = b'{"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}'
    server.faults += [Fault(429, body=body)] * 9
    with pytest.raises(EmbeddingError, match=r"failed with status 429 \(.*You exceeded your current quota.*\); 0 of 5"):
        make().embed(TEXTS)
    assert len(server.requests) == 1


@pytest.mark.parametrize("fault", [Fault(429), Fault(500), Fault(0)], ids=repr)
def test_a_failure_is_tried_as_often_as_was_asked_and_no_oftener(make: Make, server: FakeOpenAI, fault: Fault) -> None:
    server.faults += [fault] * 9
    with pytest.raises(EmbeddingError, match="failed 2 times, the last time"):
        make(tries=2).embed(TEXTS)
    assert len(server.requests) == 2


def test_a_time_too_long_to_wait_for_is_told(make: Make, server: FakeOpenAI) -> None:
    server.faults.append(Fault(429, headers={"retry-after": "3600"}))
    with pytest.raises(EmbeddingError, match="it asks to wait 3600 s; 0 of 5"):
        make().embed(TEXTS)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        ("dimension", "a vector has 1537 dimensions, and not 1536"),
        ("one-dimension", "the vectors are not numbers, or not all of one length"),
        ("nan", r"a vector has numbers that are not finite \(NaN or infinity\)"),
        ("missing", "2 texts were sent, and 1 vectors came back"),
        ("twice", "the vectors that came back are not numbered from 0 to 1"),
        ("empty", "2 texts were sent, and 0 vectors came back"),
    ],
)
def test_nothing_of_a_bad_answer_is_kept(
    make: Make, server: FakeOpenAI, tmp_path: Path, spoil: str, message: str
) -> None:
    path = tmp_path / "vectors.sqlite"
    server.faults.append(Fault(spoil=spoil))
    with pytest.raises(EmbeddingError, match=message):
        make(cache=path, batch_size=2).embed(TEXTS)
    assert len(Cache(str(path))) == 0


def test_it_works_where_a_loop_is_running(make: Make) -> None:
    async def inside() -> Any:
        return make().embed(TEXTS)

    assert asyncio.run(inside()).shape == (5, 1536)


def test_the_price_is_that_of_the_list_that_litellm_brings(make: Make) -> None:
    estimate = make(base_url=None).estimate(["They sound quite sad."])
    assert estimate.dollars == pytest.approx(estimate.tokens * 0.02 / 1e6)
    assert estimate.source == f"the list of litellm {version('litellm')}"
    assert make("openai/nobody-knows", base_url=None).estimate(["sad"]).dollars is None
    assert make().estimate(["sad"]).dollars is None
