"""What the tests of adapters share: a server that speaks OpenAI's API, and the command line."""

from collections.abc import Iterator

import pytest

from leed_adapters.fakes.openai import FakeOpenAI
from tests.support.command_line import leed_command

__all__ = ["fake_openai", "leed_command"]


@pytest.fixture
def fake_openai() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server
