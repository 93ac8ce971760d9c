"""README.md, docs/*.md and every docstring do what they say."""

import doctest
import importlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import soundfile
from huggingface_hub import constants
from sybil import Example, Sybil
from sybil.evaluators.doctest import DocTestEvaluator
from sybil.parsers.abstract import DocTestStringParser
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

from leed import taxonomy
from leed_adapters.fakes.openai import FakeOpenAI
from leed_adapters.fakes.phonexia import FakePhonexia
from leed_adapters.transformers.presets import presets
from tests.support.local_models import cached, tone
from tests.support.loops import event_loop
from tests.support.parts import ROOT
from tests.wheel_check import FLAGS, PACKAGES, module_names, run_doctests

if TYPE_CHECKING:
    from sybil import Document, Region

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
SOURCE_ROOTS = (ROOT, ROOT / "adapters", ROOT / "prompts", ROOT / "evals")
NOT_COPIED = shutil.ignore_patterns(".git", ".venv*", "dist", "build", "__pycache__", ".*_cache")
WILDCARD = "..."
CALL = "WEBVTT\n\n00:00.500 --> 00:02.000\n<v Ann>I am so very happy today.\n"


# --- console blocks


def runs_leed(command: str) -> bool:
    """Whether a console line is one that is run here: it starts with leed, or pipes something into it.

    >>> runs_leed("leed demo"), runs_leed("cat scores.json | leed describe -"), runs_leed("pip install leed")
    (True, True, False)
    """
    return re.search(r"(^|\|\s*)leed\s", command + " ") is not None


def sessions(block: str) -> Iterator[tuple[str, str]]:
    r"""The commands of a console block, each with the output that is shown below it.

    >>> list(sessions("$ leed demo\nscores\n$ leed formats\n"))
    [('leed demo', 'scores\n'), ('leed formats', '')]
    """
    for chunk in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = re.sub(r"\\\n> ?", "", chunk).partition("\n")
        yield command, output


def matches(shown: str, printed: str) -> bool:
    r"""Whether the printed text is the shown one; a line `...` stands for any number of lines.

    >>> matches("a\n...\nz\n", "a\nb\nc\nz\n"), matches("a\n", "a\nb\n"), matches("a.c\n", "abc\n")
    (True, False, False)
    """
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == WILDCARD else re.escape(line.rstrip()) + r"[ \t]*\n"
        for line in shown.rstrip("\n").splitlines()
    )
    return re.fullmatch(pattern, printed.rstrip("\n") + "\n" if printed.strip() else "") is not None


def shell(command: str) -> "subprocess.CompletedProcess[str]":
    """A command line run in the current folder, with stdout and stderr together as on a terminal."""
    programs = Path.cwd().parent / "bin"
    programs.mkdir(exist_ok=True)
    leed = programs / "leed"
    # -P: the package under test is imported, not the copy in the current folder.
    leed.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m leed "$@"\n', encoding="utf-8")
    leed.chmod(0o755)
    environment = os.environ | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(map(str, SOURCE_ROOTS)),
        "PYTHONIOENCODING": "utf-8",
        "NO_COLOR": "1",
        "TERM": "dumb",
        "COLUMNS": "100",
    }
    return subprocess.run(
        ["bash", "-c", command],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )


def run_console(example: Example) -> str | None:
    """What differs in a console block, or None."""
    for command, shown in sessions(str(example.parsed)):
        if not runs_leed(command):
            continue
        done = shell(command)
        if not matches(shown, done.stdout):
            return f"$ {command}\n--- shown\n{shown}--- printed (status {done.returncode})\n{done.stdout}"
        if done.returncode and "leed: error:" not in shown:
            return f"$ {command}\nended with status {done.returncode}, and no error is shown"
    return None


# --- documents


def pycon(document: "Document") -> "Iterator[Region]":
    """The examples of pycon blocks; sybil reads prompts in python blocks only."""
    for block in CodeBlockParser("pycon", evaluator=lambda _: None)(document):
        for region in DocTestStringParser(DocTestEvaluator(FLAGS))(block.parsed, document.path):
            region.adjust(block, block.parsed)
            yield region


DOCUMENT_PARSER = Sybil(
    parsers=[PythonCodeBlockParser(doctest_optionflags=FLAGS), CodeBlockParser("console", run_console), pycon]
)


@pytest.fixture
def chat_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    """A server that OpenAI's client, and whatever is made with it, finds by itself."""
    with FakeOpenAI() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        yield server


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePhonexia]:
    """A platform of Phonexia's that `leed measure` finds by itself."""
    with FakePhonexia() as server:
        monkeypatch.setenv("PHONEXIA_BASE_URL", server.base_url)
        monkeypatch.setenv("HUME_API_KEY", "none")
        yield server


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of Hugging Face's hub with tiny models under the names of well-known ones."""
    cache = tmp_path_factory.mktemp("hub")
    for name, kind in (("superb/hubert-large-superb-er", "hubert"), ("SamLowe/roberta-base-go_emotions", "roberta")):
        cached(cache, name, kind, tuple(taxonomy.get(presets()[name].taxonomy).labels))
    return cache


@pytest.fixture
def cached_models(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models that `leed measure` finds by their names, here and in a process of its own."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(hub))
    monkeypatch.setenv("HF_HUB_CACHE", str(hub))


@pytest.mark.usefixtures("chat_server", "platform", "cached_models")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # clients are left to their end, as in a program
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_snippet_of_a_document_runs_and_prints_what_it_shows(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT, tmp_path / "leed", ignore=NOT_COPIED)
    monkeypatch.chdir(tmp_path / "leed")
    soundfile.write("call.wav", tone(4.0), 16_000)  # for examples that send a file somewhere, or measure it
    Path("call.vtt").write_text(CALL, encoding="utf-8")
    with event_loop():
        for example in DOCUMENT_PARSER.parse(document).examples():
            example.evaluate()


def test_the_readme_has_a_python_example_and_a_console_example() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "```python\n" in text
    assert re.search(r"```console\n\$ .*\bleed ", text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```python\nassert 1 == 2, 'one is not two'\n```\n", "one is not two"),
        ("```python\n>>> 1 + 1\n3\n```\n", "Expected:\n    3\nGot:\n    2"),
        ("```pycon\n>>> 1 + 1\n3\n```\n", "Expected:\n    3\nGot:\n    2"),
        ("```console\n$ leed --help\nno such line\n```\n", "--- shown\nno such line"),
        ("```console\n$ leed nonsense\n...\n```\n", "no error is shown"),
    ],
    ids=["python", "prompt in python", "pycon", "console", "console status"],
)
def test_a_snippet_that_is_not_true_is_caught(
    text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    document = tmp_path / "wrong.md"
    document.write_text(text, encoding="utf-8")
    (example,) = DOCUMENT_PARSER.parse(document).examples()
    with pytest.raises(AssertionError, match=re.escape(message)):
        example.evaluate()


# --- docstrings


@pytest.mark.filterwarnings("ignore::DeprecationWarning:ray[.].*")  # what Ray says of itself
@pytest.mark.parametrize("name", [name for package in PACKAGES for name in module_names(package)])
def test_the_doctests_of_a_module_hold(name: str) -> None:
    assert run_doctests(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("name", ["tests.support.parts", "tests.test_documents", "tests.test_floors"])
def test_the_doctests_of_a_test_helper_hold(name: str) -> None:
    results = run_doctests(importlib.import_module(name))
    assert results.failed == 0
    assert results.attempted


def test_a_doctest_that_is_not_true_is_caught(capsys: pytest.CaptureFixture[str]) -> None:
    module = type(doctest)("wrong", ">>> 1 + 1\n3\n")
    assert run_doctests(module).failed == 1
    assert "Got:\n    2" in capsys.readouterr().out
