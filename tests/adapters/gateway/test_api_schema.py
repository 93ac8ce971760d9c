"""What the endpoints do is what their OpenAPI document says: schemathesis finds nothing, in what is right and wrong."""

import json
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from leed_adapters.gateway.api import OPERATIONS, routes
from tests.support.parts import ROOT
from tests.support.serving import Served, served

EXAMPLES = 60
"""For each operation and kind of data; about 600 requests in all."""

SLOW = (hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.filter_too_much, hypothesis.HealthCheck.data_too_large)
"""Of making requests: the machine may be busy, and wrong data is found by trying."""

SAMPLE = (ROOT / "leed" / "cli" / "sample-conversation.json").read_bytes()
FILES = ("/leed/v1/read", "/leed/v1/summarize")
"""What takes a file: no schema tells whether bytes are one that leed reads, so 422 is a right answer there."""


@pytest.fixture(scope="module")
def api() -> Iterator[Served]:
    with served(routes()) as server:
        yield server


@pytest.fixture(scope="module")
def schema(api: Served) -> Any:
    return schemathesis.openapi.from_url(f"{api.url}/openapi.json")


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("path", [operation.path for operation in OPERATIONS])
def test_schemathesis_finds_nothing(schema: Any, path: str, mode: GenerationMode) -> None:
    operation = schema[path][next(o.method for o in OPERATIONS if o.path == path)]
    if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query):
        return  # there is nothing to get wrong
    strategy = operation.as_strategy(generation_mode=mode)
    statuses: set[int] = set()

    @hypothesis.settings(max_examples=EXAMPLES, database=None, suppress_health_check=SLOW, derandomize=True)
    @hypothesis.given(case=strategy)
    def holds(case: Any) -> None:
        response = case.call()
        excluded = [positive_data_acceptance] if path in FILES else []
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
