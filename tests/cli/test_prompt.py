"""leed prompt: a file of scores in, its timeline as text within a budget of tokens out."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

import leed
from tests.support.talks import six_minutes

Answer = tuple[int, str, str]
Leed = Callable[..., Answer]


@pytest.fixture
def prompt(leed_command: Leed) -> Leed:
    """A function that runs `leed prompt` in this process and gives its status, stdout and stderr."""
    return partial(leed_command, "prompt")


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = tmp_path / "talk.json"
    path.write_bytes(six_minutes().to_json())
    return path


def test_it_prints_the_summary_and_says_how_many_tokens_it_is(prompt: Leed, talk: Path) -> None:
    status, out, err = prompt(talk, "--max-tokens", 20, "--tense", "past", "--counter", "estimate")
    assert (status, out) == (0, "Anna sounded increasingly anxious, peaking at very anxious (4:10).\n")
    assert err == "leed: 18 of 20 tokens (estimate of o200k_base)\n"


def test_its_options_are_those_of_summarize(prompt: Leed, talk: Path) -> None:
    describer = leed.Describer(lang="de", tense="past", scale="three-step", ignore=["Boredom"], quote=False)
    told = leed.summarize(six_minutes(), 100, describer=describer)
    arguments = ("--lang", "de", "--tense", "past", "--scale", "three-step", "--ignore", "Boredom", "--no-quote")
    assert prompt(talk, "--max-tokens", 100, *arguments)[1] == f"{told}\n"


def test_it_reads_standard_input(prompt: Leed) -> None:
    scores = json.dumps({"prosody": {"Sadness": 0.34}}).encode()
    status, out, _ = prompt("-", "--person", "The user", stdin=scores)
    assert (status, out) == (0, "The user sounds quite sad.\n")


def test_issues_are_listed(prompt: Leed) -> None:
    status, out, err = prompt("-", stdin=b'{"prosody": {"Sadness": 0.34, "Joy": "high"}}')
    assert (status, out) == (0, "They sound quite sad.\n")
    assert err.splitlines()[0].startswith("leed: ")
    assert "'high'" in err.splitlines()[0]


def test_a_budget_too_small_for_any_sentence_prints_nothing(prompt: Leed, talk: Path) -> None:
    status, out, err = prompt(talk, "--max-tokens", 2)
    assert (status, out) == (0, "")
    assert err.startswith("leed: 0 of 2 tokens (")


def test_wrong_options_are_one_line(prompt: Leed, talk: Path) -> None:
    status, out, err = prompt(talk, "--max-tokens", 0)
    assert (status, out, err) == (1, "", "leed: error: max_tokens is 0; give a number from 1, such as 200\n")
    status, out, err = prompt(talk, "--counter", "words")
    assert (status, out) == (1, "")
    assert err.startswith("leed: error: counter 'words' is not known: give one of o200k_base, cl100k_base")
