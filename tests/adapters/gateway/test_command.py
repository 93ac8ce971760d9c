"""``leed serve`` as a process of its own, and its options."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from leed.cli import main
from leed_adapters.fakes.openai import FakeOpenAI
from leed_adapters.gateway import command
from tests.support import gateway
from tests.support.parts import ROOT

CODE = "import typer\nfrom leed_adapters.gateway.command import command\ntyper.run(command)"
SOURCES = os.pathsep.join(str(ROOT / name) for name in ("", "adapters", "prompts"))
LeedCommand = Callable[..., tuple[int, str, str]]


@contextmanager
def serving(*options: str, **environment: str) -> Generator[tuple["subprocess.Popen[str]", str]]:
    """A process, and where it listens."""
    process = subprocess.Popen(
        [sys.executable, "-c", CODE, "--port", "0", *options],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": SOURCES, **environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line.startswith("leed: listening on http://"), line + process.stderr.read()
        yield process, line.split()[3].removesuffix(",").removesuffix("/v1")
    finally:
        process.kill()
        process.communicate()


def get(url: str, path: str) -> gateway.Answer:
    port = int(url.rpartition(":")[2])
    end = time.monotonic() + gateway.PATIENCE
    with socket.create_connection(("127.0.0.1", port), timeout=gateway.PATIENCE) as connection:
        connection.sendall(gateway.request("GET", path))
        answer = gateway.answer_from(connection)
    assert time.monotonic() < end
    return answer


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_listens_serves_and_stops_when_told(number: signal.Signals) -> None:
    with FakeOpenAI() as fake, serving("--upstream", fake.base_url) as (process, url):
        assert get(url, "/v1/models").status == 200
        process.send_signal(number)
        _, errors = process.communicate(timeout=gateway.PATIENCE)
        assert process.returncode in (0, -signal.SIGTERM)
    (line,) = errors.splitlines()
    assert json.loads(line)["route"] == "other"


def test_flags_and_a_file_say_what_it_does(tmp_path: Path) -> None:
    file = tmp_path / "leed.toml"
    with FakeOpenAI(api_key="sk-up") as fake:
        file.write_text(f'upstream = "{fake.base_url}"\nlog = "json"\n[inject]\npolicy = "none"\n', encoding="utf-8")
        options = ("--config", str(file), "--upstream-key-env", "UP", "--log", "none", "--top", "1", "--lang", "de")
        with serving(*options, UP="sk-up") as (process, url):
            said = {"role": "user", "content": "Gut.", "expression": {"prosody": {"Sadness": 0.34, "Joy": 0.3}}}
            body = json.dumps({"messages": [said]}).encode()
            port = int(url.rpartition(":")[2])
            with socket.create_connection(("127.0.0.1", port), timeout=gateway.PATIENCE) as connection:
                connection.sendall(gateway.request("POST", "/v1/chat/completions", body))
                assert gateway.answer_from(connection).status == 200
            process.terminate()
            _, errors = process.communicate(timeout=gateway.PATIENCE)
            assert errors == ""
    content = fake.requests[0].json["messages"][0]["content"]
    assert content.startswith("Gut.\n\n[")
    assert "traurig" in content
    assert "und" not in content


def test_it_starts_with_neither_openai_nor_pandas_nor_tiktoken() -> None:
    code = "import sys\nimport leed_adapters.gateway.command\n"
    code += "print([n for n in ('openai', 'pandas', 'pyarrow', 'tiktoken', 'httpx', 'sklearn') if n in sys.modules])"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": SOURCES}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch, leed_command: LeedCommand) -> LeedCommand:
    """The command as it is registered, in this process; it must end by itself."""
    real = main.__globals__["plugins"].load
    monkeypatch.setattr(
        main.__globals__["plugins"],
        "load",
        lambda group, name: command.command if name == "serve" else real(group, name),
    )
    names = main.__globals__["plugins"].names
    monkeypatch.setattr(main.__globals__["plugins"], "names", lambda group: tuple({*names(group), "serve"}))
    return leed_command


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ((), "leed: error: no upstream: give --upstream https://api.openai.com/v1, or upstream in a leed.toml"),
        (("--upstream", "x"), "leed: error: upstream 'x' is no address: give one such as https://api.openai.com/v1"),
        (
            ("--upstream", "http://a/v1", "--policy", "subtel"),
            "leed: error: policy 'subtel' is not known: give one of ",
        ),
        (("--upstream", "http://a/v1", "--older", "x"), "leed: error: older 'x' is not known: give one of keep, "),
        (("--upstream", "http://a/v1", "--scale", "x"), "leed: error: "),
        (("--upstream", "http://a/v1", "--host", "0.0.0.0"), "leed: error: --host 0.0.0.0 lets others in: "),  # noqa: S104
        (("--upstream", "http://a/v1", "--api-key-env", "NOWHERE"), "leed: error: --api-key-env names the variable"),
        (("--upstream", "http://a/v1", "--config", "nowhere.toml"), "leed: error: nowhere.toml: cannot be read: "),
        (("--upstream", "http://a/v1", "--host", "203.0.113.9", "--allow-public"), "leed: error: 203.0.113.9, port "),
    ],
)
def test_what_is_wrong_is_one_line(serve: LeedCommand, options: tuple[str, ...], line: str) -> None:
    status, out, err = serve("serve", *options)
    assert (status, out) == (1, "")
    assert err.startswith(line)
    assert err.count("\n") == 1


def test_a_port_that_is_taken_is_one_line(serve: LeedCommand) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, _, err = serve("serve", "--upstream", "http://a/v1", "--port", port)
    assert status == 1
    assert (
        err
        == f"leed: error: 127.0.0.1, port {port}, cannot be listened on: Address already in use; give another --port\n"
    )
