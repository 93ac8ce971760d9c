"""What the tests of adapters share: a server that speaks OpenAI's API."""

from collections.abc import Iterator

import pytest

from leed_adapters.fakes.openai import FakeOpenAI


@pytest.fixture
def fake_openai() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server
