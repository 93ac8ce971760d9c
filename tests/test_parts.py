"""The rules of tests/conftest.py, each shown by a pytest run of its own on a small test file."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.parts import PARTS, ROOT, required, shared, shared_files

Run = Callable[..., "subprocess.CompletedProcess[str]"]

TWO_NEED_DATA = """
    import pytest

    @pytest.mark.needs_data
    def test_one(): pass

    @pytest.mark.needs_data
    def test_two(): pass

    def test_free(): pass
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A function that runs pytest on a source text under the house rules and gives the finished process."""

    def run_pytest(source: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        (tmp_path / "test_small.py").write_text(textwrap.dedent(source), encoding="utf-8")
        (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\n", encoding="utf-8")
        kept = {name: os.environ[name] for name in os.environ if not name.startswith(("LEED_", "PYTEST_"))}
        # Of the plugins that are installed only those that count here: all of them take six seconds to load.
        return subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-p",
                "no:cacheprovider",
                "-p",
                "pytest_asyncio.plugin",
                "-p",
                "tests.conftest",
                "test_small.py",
            ],
            cwd=tmp_path,
            env=kept | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run_pytest


def test_a_missing_part_skips_its_tests_and_the_summary_counts_them(run: Run, tmp_path: Path) -> None:
    done = run(TWO_NEED_DATA, LEED_SHARED=str(tmp_path / "nowhere"))
    assert done.returncode == 0, done.stdout
    assert f"leed: 2 tests skipped because data is missing ({tmp_path / 'nowhere' / 'data'})" in done.stdout
    assert "1 passed, 2 skipped" in done.stdout.splitlines()[-1]


def test_a_missing_part_that_is_required_fails_its_tests(run: Run, tmp_path: Path) -> None:
    done = run(TWO_NEED_DATA, LEED_SHARED=str(tmp_path / "nowhere"), LEED_REQUIRE="data")
    assert done.returncode == 1
    assert "LEED_REQUIRE names data, and it is missing" in done.stdout
    assert "1 passed, 2 errors" in done.stdout.splitlines()[-1]


def test_a_part_that_is_there_runs_its_tests(run: Run, tmp_path: Path) -> None:
    (tmp_path / "elsewhere" / "data").mkdir(parents=True)
    done = run(TWO_NEED_DATA, LEED_SHARED=str(tmp_path / "elsewhere"), LEED_REQUIRE="data")
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout.splitlines()[-1]
    assert "leed:" not in done.stdout


@pytest.mark.parametrize("name", ["chromium", "node"])
def test_a_program_is_looked_for_on_the_path(run: Run, tmp_path: Path, name: str) -> None:
    source = f"import pytest\n@pytest.mark.needs_{name}\ndef test_one(): pass\n"
    bare = run(source, PATH=str(tmp_path))
    assert f"leed: 1 test skipped because {name} is missing (no {name}" in bare.stdout

    program = tmp_path / name
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    found = run(source, PATH=str(tmp_path))
    assert "1 passed" in found.stdout.splitlines()[-1]


def test_a_missing_part_that_is_required_fails_a_session_that_never_needs_it(run: Run, tmp_path: Path) -> None:
    done = run("def test_free(): pass\n", PATH=str(tmp_path), LEED_REQUIRE="node")
    assert done.returncode == 1
    assert "leed: LEED_REQUIRE names node, and it is missing (no node on the PATH)" in done.stdout


def test_an_unknown_name_in_the_requirement_stops_the_session(run: Run) -> None:
    done = run("def test_free(): pass\n", LEED_REQUIRE="data,chrome")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert (
        "LEED_REQUIRE names 'chrome'; it accepts data, proxy, openai3, accelerator, tokens, chromium, node, espeak, "
        "joined by commas" in done.stderr
    )


def test_a_requirement_may_be_empty_and_may_have_spaces() -> None:
    assert required("") == ()
    assert required(" node ,data,") == (PARTS["node"], PARTS["data"])


@pytest.mark.needs_data
def test_a_misspelt_shared_file_is_an_error_and_not_a_skip() -> None:
    with pytest.raises(FileNotFoundError, match=r"has no 'hume/nothing\.json'"):
        shared("hume/nothing.json")
    with pytest.raises(FileNotFoundError, match="no shared file matches"):
        shared_files("hume/*.nothing")


def test_a_pattern_stands_for_one_skipped_test_when_all_data_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LEED_SHARED", str(tmp_path))
    assert len(shared_files("hume/**/*.json", "*.csv")) == 2
    assert shared("hume") == tmp_path / "data" / "hume"


CONNECT = "import asyncio, socket\ndef test_it():\n    {}\n"


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("socket.create_connection(('192.0.2.1', 443), timeout=1)", "192.0.2.1, port 443"),
        ("socket.create_connection(('2001:db8::1', 443), timeout=1)", "2001:db8::1, port 443"),
        ("socket.socket().connect_ex(('192.0.2.1', 443))", "192.0.2.1, port 443"),
        ("socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))", "192.0.2.1, port 53"),
        ("socket.getaddrinfo('example.org', 443)", "the address of example.org"),
        ("asyncio.run(asyncio.open_connection('192.0.2.1', 80))", "192.0.2.1, port 80"),
    ],
    ids=["connect", "connect by IPv6", "connect_ex", "datagram", "look-up", "asyncio"],
)
def test_reaching_beyond_loopback_raises(run: Run, line: str, wanted: str) -> None:
    done = run(CONNECT.format(line))
    assert done.returncode == 1
    assert f"NetworkUsedError: the network is off in tests, and this one wanted {wanted}" in done.stdout


def test_reaching_beyond_loopback_fails_the_test_even_if_the_error_is_swallowed(run: Run) -> None:
    done = run(
        "import contextlib, socket\n"
        "def test_it():\n"
        "    with contextlib.suppress(BaseException):\n"
        "        socket.create_connection(('192.0.2.1', 443))\n"
        "def test_next(): pass\n"
    )
    assert done.returncode == 1
    assert "this one wanted 192.0.2.1, port 443" in done.stdout
    assert "2 passed, 1 error" in done.stdout.splitlines()[-1]


def test_loopback_stays_open(run: Run) -> None:
    done = run(
        "import socket\n"
        "def test_it():\n"
        "    with socket.create_server(('localhost', 0)) as server:\n"
        "        socket.create_connection(('localhost', server.getsockname()[1])).close()\n"
        "        socket.create_connection(('127.0.0.1', server.getsockname()[1])).close()\n"
    )
    assert done.returncode == 0, done.stdout
