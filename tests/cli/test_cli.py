"""The command leed: statuses, one-line errors, help, and what goes to which stream."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import leed
from leed import plugins
from leed.cli import complain, main
from leed.cli.formats import table
from tests.support.parts import ROOT

Answer = tuple[int, str, str]
Leed = Callable[..., Answer]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Leed:
    """A function that runs the command in this process and gives its status, stdout and stderr."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("NO_COLOR", "1")

    def leed_(*arguments: str) -> Answer:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        out, err = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out, err

    return leed_


def process(*arguments: str, stdin: str | None = None) -> "subprocess.CompletedProcess[str]":
    """The command as users start it, in a process of its own."""
    command = [sys.executable, "-m", "leed", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)


def test_python_m_leed_describes_standard_input() -> None:
    done = process("describe", "--modality", "face", "-", stdin='{"Joy": 0.84}')
    assert (done.returncode, done.stdout, done.stderr) == (0, "They look extremely joyful.\n", "")


def test_the_installed_command_is_the_same() -> None:
    script = Path(sys.executable).with_name("leed")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"leed {leed.__version__}\n")


def test_an_error_is_one_line_on_stderr_with_status_1() -> None:
    done = process("describe", "/no/such/file.json")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "leed: error: /no/such/file.json: no such file\n")


def test_debug_shows_the_traceback_and_fails_too() -> None:
    for arguments in (("--debug", "describe", "/no/such/file"), ("describe", "--debug", "/no/such/file")):
        done = process(*arguments)
        assert done.returncode == 1
        assert done.stdout == ""
        assert "Traceback (most recent call last)" in done.stderr
        assert "leed.errors.InputError: /no/such/file: no such file" in done.stderr


def test_a_closed_pipe_ends_in_silence(tmp_path: Path) -> None:
    """`leed describe ... | head -1` shows one line and nothing else."""
    path = tmp_path / "many.csv"
    path.write_text("begin,Joy\n" + "".join(f"{i},0.84\n" for i in range(20_000)), encoding="utf-8")
    for output in ("text", "jsonl", "csv"):
        pipe = f'"{sys.executable}" -m leed describe --output {output} "{path}" | head -1'
        done = subprocess.run(["sh", "-c", pipe], capture_output=True, text=True, check=False)
        assert (len(done.stdout.splitlines()), done.stderr) == (1, ""), output


def test_output_that_the_locale_cannot_show_is_no_crash() -> None:
    environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-m", "leed", "describe", "-"],
        input='{"prosody": {"Sadness": 0.34}, "text": "naïve 😀", "näme": "x"}'.encode(),
        capture_output=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    assert 'They said "naïve 😀" and sound quite sad.' in done.stdout.decode()


@pytest.mark.parametrize(
    "arguments",
    [
        ("describe",),
        ("describe", "--nonsense", "x"),
        ("nonsense",),
        ("describe", "--output", "yaml", "x"),
        ("formats", "x"),
        ("demo", "x"),
        ("--nonsense",),
        ("describe", "x", "--top"),
    ],
)
def test_wrong_usage_is_status_2_on_stderr(run: Leed, arguments: tuple[str, ...]) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert "Usage: leed" in err or "Error" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("name", plugins.BUILT_IN["leed.commands"])
def test_help_has_an_example(run: Leed, name: str) -> None:
    status, out, err = run(name, "--help")
    assert (status, err) == (0, "")
    assert "Example" in out
    assert re.search(rf"leed {name}\b", out.partition("Example")[2])


def test_help_lists_every_command_with_a_line_about_it(run: Leed) -> None:
    status, out, err = run("--help")
    assert (status, err) == (0, "")
    assert "leed describe predictions.json" in out
    for name in plugins.names("leed.commands"):
        assert re.search(rf"\b{name}\b +\w", out), name


def test_no_arguments_shows_the_help(run: Leed) -> None:
    _, out, err = run()
    assert "Usage: leed" in out + err
    assert "describe" in out + err


def test_formats_is_a_table_of_every_reader(run: Leed) -> None:
    status, out, err = run("formats")
    assert (status, err) == (0, "")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in out.splitlines()]
    assert rows[0] == ["format", "what it is", "what its numbers are"]
    assert [row[0] for row in rows[2:]] == list(plugins.names("leed.readers"))
    assert len({len(line) for line in out.splitlines()}) == 1


def test_formats_is_the_table_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "\n".join(table()) in readme


def test_complain_writes_one_line_whatever_the_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert complain("one\ntwo\r\n\tthree \ud83d") == 1
    assert capsys.readouterr().err == "leed: error: one two three \ufffd\n"


def test_complain_shows_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    """A file's name or content may hold an escape sequence of the terminal."""
    complain("no \x1b[31mred\x1b[0m \x00 file \u202e")
    err = capsys.readouterr().err
    assert "\x1b" not in err
    assert "\x00" not in err
    assert err.count("\n") == 1


def test_a_fault_of_leeds_own_is_one_line_too(run: Leed, monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback ever reaches a user without --debug."""

    def broken(*_: object) -> None:
        raise RuntimeError("unforeseen\nin two lines")

    monkeypatch.setattr("leed.cli.formats.table", broken)
    status, out, err = run("formats")
    assert (status, out) == (1, "")
    assert err.startswith("leed: error: unexpected RuntimeError: unforeseen in two lines")
    assert err.count("\n") == 1
    with pytest.raises(RuntimeError, match="unforeseen"):
        main(["--debug", "formats"])


def test_an_interrupt_is_no_traceback(run: Leed, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("leed.cli.formats.table", interrupted)
    status, out, err = run("formats")
    assert (status in (1, 130), out) == (True, "")
    assert "Traceback" not in err
