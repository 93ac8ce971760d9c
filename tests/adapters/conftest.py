"""What the tests of adapters share: a server that speaks OpenAI's API, and the command line."""

import sys
from collections.abc import Iterator

import pytest

from leed_adapters import media
from leed_adapters.fakes.openai import FakeOpenAI
from tests.support.command_line import leed_command

__all__ = ["leed_command"]


@pytest.fixture
def without_av(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyAV as if it were not installed."""
    for name in ("containers", "footage"):
        monkeypatch.delattr(media, name, raising=False)
        monkeypatch.delitem(sys.modules, f"leed_adapters.media.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "av", None)


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    """A fake OpenAI on loopback, with nothing sent to it yet."""
    with FakeOpenAI() as fake:
        yield fake
