"""The command line in this process."""

import io
import sys
from collections.abc import Callable

import pytest

from leed.cli import main

Answer = tuple[int, str, str]


@pytest.fixture
def leed_command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    """A function that runs a command and gives its status, stdout and stderr."""

    def run(*arguments: object, stdin: bytes | None = None) -> Answer:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out, err

    return run
