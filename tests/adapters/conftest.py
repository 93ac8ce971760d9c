"""What the tests of adapters share: a server that speaks OpenAI's API, and the command line."""

from collections.abc import Iterator

import pytest

from leed_adapters.fakes.openai import FakeOpenAI
from tests.support.command_line import leed_command

__all__ = ["leed_command"]


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    """A fake OpenAI on loopback, with nothing sent to it yet."""
    with FakeOpenAI() as fake:
        yield fake
