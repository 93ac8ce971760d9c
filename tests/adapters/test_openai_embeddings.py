"""openai:MODEL over loopback, with the real client: limits, failures that pass, failures that stay, bad answers."""

import asyncio
import pickle
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import numpy as np
import openai
import pytest

from leed.embed import Cache, OnceEmbedder, get_embedder
from leed.errors import EmbeddingError, InputError, OptionError
from leed_adapters.embedders.openai import OpenAIEmbedder
from leed_adapters.embedders.retrying import asked_to_wait
from leed_adapters.fakes.openai import FakeOpenAI, Fault
from leed_adapters.fakes.openai.answers import vector_of

KEY = "sk-a-key-that-nobody-may-see"
TEXTS = [f"They sound sad {i}" for i in range(5)]
MODEL = "text-embedding-3-small"
Make = Callable[..., OnceEmbedder]


@pytest.fixture
def make(server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes embedders of the server."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    def made(model: str = MODEL, cache: Any = None, **options: Any) -> OnceEmbedder:
        settings: dict[str, Any] = {"base_url": server.base_url, "backoff": 0.001} | options
        return get_embedder(OpenAIEmbedder(model, **settings), cache=cache)

    return made


def inputs(server: FakeOpenAI) -> list[list[str]]:
    return [request.json["input"] for request in server.requests]


def test_vectors_are_those_of_the_service(make: Make, server: FakeOpenAI) -> None:
    vectors = make().embed([*TEXTS, *TEXTS])
    expected = np.array([vector_of(text, 1536) for text in TEXTS], np.float32)
    assert np.abs(vectors - np.concatenate([expected, expected])).max() < 1e-7
    assert inputs(server) == [TEXTS]
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert "dimensions" not in server.requests[0].json


@pytest.mark.parametrize(
    ("model", "dimensions", "width", "sent"),
    [
        ("text-embedding-ada-002", None, 1536, None),
        ("text-embedding-ada-002", 1536, 1536, None),
        ("text-embedding-3-large", None, 3072, None),
        ("text-embedding-3-large", 256, 256, 256),
        ("of-your-own", None, 64, None),
        ("of-your-own", 32, 32, 32),
    ],
)
def test_dimensions_are_asked_for_where_they_are_not_the_models_own(
    make: Make, server: FakeOpenAI, model: str, dimensions: int | None, width: int, sent: int | None
) -> None:
    embedder = make(model, dimensions=dimensions)
    assert embedder.embed(TEXTS).shape == (5, width)
    assert server.requests[0].json.get("dimensions") == sent
    assert server.requests[0].json["model"] == model
    assert embedder.dimensions == (None if (model, dimensions) == ("of-your-own", None) else width)


def test_a_request_has_2048_texts_at_most(make: Make, server: FakeOpenAI) -> None:
    assert make("m").embed([f"text {i}" for i in range(5000)]).shape == (5000, 64)
    assert [len(texts) for texts in inputs(server)] == [2048, 2048, 904]


def test_a_request_has_300_000_tokens_at_most(make: Make, server: FakeOpenAI) -> None:
    texts = [f"{i} " + "sad " * 7000 for i in range(100)]
    embedder = make()
    tokens, _ = embedder.inner.count_tokens(texts)  # type: ignore[attr-defined]
    assert tokens > 700_000
    embedder.embed(texts)
    counted = [sum(embedder.inner.count_tokens([text])[0] for text in some) for some in inputs(server)]  # type: ignore[attr-defined]
    assert max(counted) <= 300_000
    assert len(counted) == 3
    assert [text for some in inputs(server) for text in some] == texts


@pytest.mark.needs_tokens
def test_a_text_longer_than_the_model_takes_is_refused_before_anything_is_sent(make: Make, server: FakeOpenAI) -> None:
    with pytest.raises(InputError, match=r"'sad sad sad .*' has 9,\d\d\d tokens; cut it: the model takes 8,191"):
        make().embed(["sad", "sad " * 9000])
    assert server.requests == []
    make("of-your-own").embed(["sad " * 9000])  # whose limit only the service knows


def test_an_empty_text_is_sent_as_a_space(make: Make, server: FakeOpenAI) -> None:
    assert make("m").embed(["", "sad", "\0"]).shape == (3, 64)
    assert inputs(server) == [[" ", "sad", "\0"]]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(429),
        Fault(500),
        Fault(502),
        Fault(503),
        Fault(408),
        Fault(409),
        Fault(0),
        Fault(spoil="cut"),
        Fault(500, body=b"<html>bad gateway"),
        Fault(429, headers={"retry-after": "nonsense"}),
        Fault(429, headers={"retry-after-ms": "5"}),
    ],
    ids=repr,
)
def test_a_failure_that_may_pass_is_tried_again(make: Make, server: FakeOpenAI, fault: Fault) -> None:
    server.faults += [fault, fault]
    assert make("m").embed(TEXTS).shape == (5, 64)
    assert inputs(server) == [TEXTS] * 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_failure_that_stays_is_not_tried_again(make: Make, server: FakeOpenAI, status: int) -> None:
    server.faults += [Fault(status)] * 9
    with pytest.raises(EmbeddingError, match=f"status {status}"):
        make("m").embed(TEXTS)
    assert len(server.requests) == 1


def test_a_budget_that_is_spent_is_not_asked_again(make: Make, server: FakeOpenAI) -> None:
    body = b'{"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}'
    server.faults.append(Fault(429, body=body))
    with pytest.raises(EmbeddingError, match=r"failed with status 429 \(You exceeded your current quota\); 0 of 5"):
        make("m").embed(TEXTS)
    assert len(server.requests) == 1


def test_a_time_that_the_service_names_is_waited_for(make: Make, server: FakeOpenAI) -> None:
    server.faults.append(Fault(429, headers={"retry-after": "1"}))
    begun = time.monotonic()
    make("m").embed(TEXTS)
    assert time.monotonic() - begun >= 1


def test_a_time_too_long_to_wait_for_is_told(make: Make, server: FakeOpenAI) -> None:
    server.faults.append(Fault(429, headers={"retry-after": "3600"}))
    with pytest.raises(EmbeddingError) as raised:
        make("m").embed(TEXTS)
    assert str(raised.value) == (
        "openai:m: the service failed with status 429 (The fake fails with 429.); it asks to wait 3600 s; 0 of 5 "
        "different texts are embedded, and none is kept: with a cache (cache=True) the next run would go on from there"
    )


def test_the_time_may_be_a_date() -> None:
    def error(value: str) -> Exception:
        failed = Exception()
        failed.response = type("Answer", (), {"headers": {"Retry-After": value}})()  # type: ignore[attr-defined]
        return failed

    soon = datetime.now(UTC) + timedelta(seconds=30)
    assert asked_to_wait(error(format_datetime(soon, usegmt=True))) == pytest.approx(30, abs=2)
    assert asked_to_wait(error(format_datetime(soon - timedelta(hours=1), usegmt=True))) == 0
    assert asked_to_wait(error("2.5")) == 2.5
    assert asked_to_wait(error("-3")) == 0
    assert asked_to_wait(error("soon")) is None
    assert asked_to_wait(Exception()) is None


def test_a_service_that_stays_down_is_a_clear_error_and_what_is_done_is_kept(
    make: Make, server: FakeOpenAI, tmp_path: Path
) -> None:
    path = tmp_path / "vectors.sqlite"
    embedder = make("m", cache=path, batch_size=2, tries=3)
    server.faults += [None] * 2 + [Fault(503)] * 3
    with pytest.raises(EmbeddingError) as raised:
        embedder.embed(TEXTS * 2)
    assert str(raised.value) == (
        "openai:m: the service failed 3 times, the last time with status 503 (The fake fails with 503.); "
        f"4 of 5 different texts are embedded and kept in {path}: run the same again to go on with the others"
    )
    assert (raised.value.done, raised.value.total) == (4, 5)
    server.requests.clear()
    assert embedder.embed(TEXTS * 2).shape == (10, 64)
    assert inputs(server) == [TEXTS[4:]]
    server.requests.clear()
    embedder.embed(TEXTS * 2)
    assert server.requests == []


def test_no_connection_is_a_clear_error(make: Make) -> None:
    with pytest.raises(EmbeddingError, match="the service failed 2 times, the last time with Connection error"):
        make("m", base_url="http://127.0.0.1:9/v1", tries=2).embed(TEXTS)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        ("dimension", "a vector has 1537 dimensions, and not 1536"),
        ("one-dimension", "the vectors are not numbers, or not all of one length"),
        ("nan", r"a vector has numbers that are not finite \(NaN or infinity\)"),
        ("missing", "2 texts were sent, and 1 vectors came back"),
        ("twice", "the vectors that came back are not numbered from 0 to 1"),
        ("empty", r"the answer of the service cannot be read \(ValueError: No embedding data received\)"),
    ],
)
def test_nothing_of_a_bad_answer_is_kept(
    make: Make, server: FakeOpenAI, tmp_path: Path, spoil: str, message: str
) -> None:
    path = tmp_path / "vectors.sqlite"
    server.faults += [None, Fault(spoil=spoil)]
    with pytest.raises(EmbeddingError, match=f"{message}; 2 of 5 different texts are embedded and kept"):
        make(cache=path, batch_size=2).embed(TEXTS)
    assert len(Cache(str(path))) == 2
    assert len(server.requests) == 2


@pytest.mark.parametrize("body", [b"<html>welcome", b"{}", b"[]", b'{"data": "x"}', b'{"data": [{"index": 0}]}', b""])
def test_an_answer_that_is_none_is_a_clear_error(make: Make, server: FakeOpenAI, body: bytes) -> None:
    server.faults.append(Fault(200, body=body))
    with pytest.raises(EmbeddingError, match=r"openai:m: .*; 0 of 1 different texts"):
        make("m").embed(["sad"])


def test_vectors_out_of_order_are_put_in_order(make: Make, server: FakeOpenAI) -> None:
    right = make("m").embed(TEXTS)
    server.faults.append(Fault(spoil="order"))
    assert np.array_equal(make("m").embed(TEXTS), right)


def test_it_works_where_a_loop_is_running(make: Make) -> None:
    async def inside() -> Any:
        return make("m").embed(TEXTS)

    assert asyncio.run(inside()).shape == (5, 64)


def test_no_key_is_a_clear_error(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(OptionError, match="openai:m needs a key: set OPENAI_API_KEY"):
        make("m").embed(TEXTS)


def test_a_key_is_in_no_error_and_no_pickle(make: Make, server: FakeOpenAI) -> None:
    server.faults += [Fault(400, body=f'{{"error": {{"message": "bad {KEY}"}}}}'.encode()), Fault(401)]
    for _ in range(2):
        with pytest.raises(EmbeddingError) as raised:
            make("m").embed(TEXTS)
        assert KEY not in str(raised.value)
    embedder = make("m")
    embedder.embed(TEXTS)
    assert KEY.encode() not in pickle.dumps(embedder)
    assert KEY not in repr(embedder)


def test_another_server_or_size_is_another_version(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = {
        make(base_url=None).version,
        make(base_url=None, dimensions=256).version,
        make(base_url="http://ann:secret@localhost:1/v1/").version,
    }
    assert versions == {
        "1; dimensions 1536",
        "1; dimensions 256",
        "1; dimensions 1536; at http://localhost:1/v1",
    }
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:2/v1")
    assert make(base_url=None).version == "1; dimensions 1536; at http://localhost:2/v1"


@pytest.mark.needs_tokens
def test_an_estimate_has_the_price_in_dollars(make: Make, server: FakeOpenAI) -> None:
    texts = [f"They sound quite sad {i}." for i in range(1000)]
    estimate = make(base_url=None).estimate(texts * 2)
    assert (estimate.texts, estimate.unique, estimate.uncached, estimate.exact) == (2000, 1000, 1000, True)
    assert estimate.dollars == pytest.approx(estimate.tokens * 0.02 / 1e6)
    assert 6000 <= estimate.tokens <= 8000
    assert str(estimate).endswith("under $0.01 (prices-2026-11: " + str(estimate.source).partition(": ")[2] + ")")
    assert make().estimate(texts).dollars is None, "another server's price is not known"
    assert str(make().estimate(texts)).endswith("at a price that leed does not know")
    assert server.requests == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 5000}, "batch_size is 5000; a request has 2,048 texts at most"),
        ({"tries": 0}, "tries is 0; give a whole number from 1"),
        ({"timeout": 0}, "timeout is 0; give seconds above 0"),
        ({"backoff": float("nan")}, "backoff is nan; give seconds above 0"),
        ({"dimensions": 5000}, "dimensions is 5000; this model's vectors have 1536 at most"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(make: Make, options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        make(**options)
    with pytest.raises(OptionError, match="this model's vectors always have 1536"):
        make("text-embedding-ada-002", dimensions=64)
    with pytest.raises(OptionError, match="'openai' needs a model behind its name: 'openai:MODEL'"):
        make("")


def test_the_client_is_the_real_one() -> None:
    assert int(openai.__version__.partition(".")[0]) in (2, 3)
