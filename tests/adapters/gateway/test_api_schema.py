"""What the endpoints do is what their OpenAPI document says: schemathesis finds nothing, in what is right and wrong."""

import json
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from leed_adapters.fakes.openai import FakeOpenAI
from leed_adapters.gateway import api, endpoints
from tests.support.gateway import Running
from tests.support.parts import ROOT

OPERATIONS = (*api.OPERATIONS, *endpoints.OPERATIONS)

EXAMPLES = 30
"""For each operation and kind of data; about 600 requests in all."""

SLOW = (hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.filter_too_much, hypothesis.HealthCheck.data_too_large)
"""Of making requests: the machine may be busy, and wrong data is found by trying."""

SAMPLE = (ROOT / "leed" / "cli" / "sample-conversation.json").read_bytes()
UNTOLD = (*(operation.path for operation in endpoints.OPERATIONS), "/leed/v1/read", "/leed/v1/summarize")
"""Where no schema tells whether a body is one that leed reads, or a session there is."""

FILES = ("/leed/v1/read", "/leed/v1/summarize")
"""What takes a file."""


@pytest.fixture(scope="module")
def schema() -> Iterator[Any]:
    with FakeOpenAI() as upstream, Running(upstream.base_url) as gateway:
        yield schemathesis.openapi.from_url(f"{gateway.url}/openapi.json")


def test_the_document_has_all_that_the_gateway_answers_itself(schema: Any) -> None:
    assert sorted(schema.raw_schema["paths"]) == sorted({operation.path for operation in OPERATIONS})


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("declared", OPERATIONS, ids=lambda operation: operation.name)
def test_schemathesis_finds_nothing(schema: Any, declared: api.Operation, mode: GenerationMode) -> None:
    path = declared.path
    operation = schema[path][declared.method]
    if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query):
        return  # there is nothing to get wrong
    strategy = operation.as_strategy(generation_mode=mode)
    statuses: set[int] = set()

    @hypothesis.settings(max_examples=EXAMPLES, database=None, suppress_health_check=SLOW, derandomize=True)
    @hypothesis.given(case=strategy)
    def holds(case: Any) -> None:
        response = case.call()
        excluded = [positive_data_acceptance] if path in UNTOLD else []
        case.validate_response(response, excluded_checks=excluded)
        statuses.add(response.status_code)

    holds()
    assert statuses
    assert max(statuses) < 500


@pytest.mark.parametrize("path", FILES)
def test_a_file_that_leed_reads_is_taken_with_any_options(schema: Any, path: str) -> None:
    strategy = schema[path]["POST"].as_strategy(generation_mode=GenerationMode.POSITIVE)

    @hypothesis.settings(max_examples=EXAMPLES, database=None, suppress_health_check=SLOW, derandomize=True)
    @hypothesis.given(case=strategy)
    def holds(case: Any) -> None:
        case.body = SAMPLE
        if "format" in (case.query or {}):
            case.query["format"] = "hume-batch"
        response = case.call_and_validate()
        assert response.status_code == 200
        assert json.loads(response.content)

    holds()
