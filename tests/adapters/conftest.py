"""A server for the clients that adapters serve."""

from collections.abc import Iterator

import pytest

from leed_adapters.fakes.openai import FakeOpenAI


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    """A fake OpenAI on loopback, with nothing sent to it yet."""
    with FakeOpenAI() as fake:
        yield fake
