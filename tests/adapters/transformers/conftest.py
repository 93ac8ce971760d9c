"""What the tests of training share: voices that were rated by rule, a tiny Whisper, and the command."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from leed_adapters.transformers.training import Settings
from tests.support.command_line import leed_command
from tests.support.voices import Take, table, takes, tiny_whisper

__all__ = ["leed_command"]


@dataclass(frozen=True)
class Voices:
    """Rated clips, and a Whisper to begin with."""

    ratings: Path
    clips: Path
    whisper: Path
    takes: tuple[Take, ...]

    def settings(self, **given: object) -> Settings:
        """Settings with this Whisper."""
        return Settings(**{"base": str(self.whisper), "batch_size": 8, "device": "cpu", **given})  # type: ignore[arg-type]


@pytest.fixture(scope="package", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="package")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Voices:
    """Eight speakers with ten clips each."""
    folder = tmp_path_factory.mktemp("voices")
    made = takes(folder / "clips", [f"speaker {number}" for number in range(8)], 10)
    return Voices(table(folder / "ratings.csv", made), folder / "clips", tiny_whisper(folder / "whisper"), tuple(made))


@pytest.fixture(scope="package")
def few(tmp_path_factory: pytest.TempPathFactory) -> Voices:
    """Four speakers with five clips each, and a Whisper that leaves some of what it knows to chance while training."""
    folder = tmp_path_factory.mktemp("few")
    made = takes(folder / "clips", ["ann", "bob", "cy", "dee"], 5)
    whisper = tiny_whisper(folder / "whisper", dropout=0.2, encoder_layerdrop=0.3)
    return Voices(table(folder / "ratings.csv", made), folder / "clips", whisper, tuple(made))
