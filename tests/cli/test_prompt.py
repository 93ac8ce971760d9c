"""leed prompt: a file of scores in, its timeline as text within a budget of tokens out."""

import json
import re
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


# --- messages

CHAT = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": "I'm fine", "expression": {"prosody": {"Sadness": 0.34}}},
    {"role": "assistant", "content": "Good."},
    {"role": "user", "content": [{"type": "text", "text": "Look!"}, {"type": "image_url", "image_url": {"url": "x"}}]},
]


def test_the_messages_of_a_chat_are_printed_with_what_leed_puts_in(prompt: Leed) -> None:
    status, out, err = prompt("-", "--policy", "none", "--counter", "estimate", stdin=json.dumps(CHAT).encode())
    assert status == 0
    assert out == (
        "system (4 tokens)\n"
        "  Be kind.\n"
        "user (14 tokens, 8 of them leed's)\n"
        "  I'm fine\n"
        "  \n"
        "  ⟦[The user sounds quite sad.]⟧\n"
        "assistant (3 tokens)\n"
        "  Good.\n"
        "user (9 tokens)\n"
        "  Look!\n"
        "  (image_url)\n"
    )
    assert err == "leed: 30 tokens in 4 messages, 8 of them leed's (estimate of o200k_base)\n"


def test_a_policy_is_marked_at_the_end_of_the_system_message(prompt: Leed) -> None:
    _, out, _ = prompt("-", "--policy", "companion", stdin=json.dumps({"messages": CHAT[:2]}).encode())
    assert out.splitlines()[1:4] == ["  Be kind.", "  ", "  ⟦<expression_notes>"]
    assert "  </expression_notes>⟧\n" in out


@pytest.mark.parametrize("handover", ["tag", "system", "developer", "json", "evi"])
def test_each_handover_is_marked(prompt: Leed, handover: str) -> None:
    options = ("--policy", "none", "--handover", handover)
    _, out, _ = prompt("-", *options, stdin=json.dumps(CHAT).encode())
    (injected,) = re.findall("⟦(.*?)⟧", out, re.DOTALL)
    assert "quite sad" in injected
    assert "fine" not in injected


def test_messages_as_json_are_those_of_inject(prompt: Leed) -> None:
    _, out, _ = prompt("-", "--output", "json", stdin=json.dumps(CHAT).encode())
    assert json.loads(out) == {"messages": leed.inject(CHAT)}


def test_a_recording_with_words_is_a_chat_of_its_utterances(prompt: Leed) -> None:
    rows = [
        {"begin": 2.0, "speaker": "Ben", "text": "Oh. It's broken.", "prosody": {"Disappointment": 0.33}},
        {"begin": 0.0, "speaker": "Ann", "text": "It came!", "prosody": {"Joy": 0.41}},
    ]
    _, out, _ = prompt("-", "--output", "json", "--policy", "none", stdin=json.dumps(rows).encode())
    assert json.loads(out)["messages"] == [
        {"role": "user", "content": "It came!\n\n[The user sounds very joyful.]", "name": "Ann"},
        {"role": "user", "content": "Oh. It's broken.\n\n[The user sounds quite disappointed.]", "name": "Ben"},
    ]


def test_a_message_that_cannot_be_described_goes_out_and_is_reported(prompt: Leed) -> None:
    chat = [{"role": "user", "content": "Hm.", "expression": 3}]
    status, out, err = prompt("-", "--policy", "none", "--output", "json", stdin=json.dumps(chat).encode())
    assert (status, json.loads(out)["messages"]) == (0, [{"role": "user", "content": "Hm."}])
    assert err.startswith("leed: message 1 goes out without a description: an expression is int")


def test_text_that_would_steer_a_terminal_is_shown(prompt: Leed) -> None:
    chat = [{"role": "user", "content": "a\x1b[2Jb"}]
    assert "\x1b" not in prompt("-", stdin=json.dumps(chat).encode())[1]


def test_names_that_are_allowed_and_stand_nowhere_are_told(prompt: Leed) -> None:
    _, _, err = prompt("-", "--allow", "Romanse", "--allow", "Sadness", stdin=json.dumps(CHAT).encode())
    assert "leed: --allow: 'Romanse'" in err
    assert "Sadness" not in err


def test_what_is_odd_about_a_chat_is_listed(prompt: Leed) -> None:
    said = {"type": "user_message", "message": {"role": "user", "content": "Hey."}, "from_text": True, "interim": False}
    log = "\n".join([json.dumps(said), json.dumps(said)])[:-20]
    status, out, err = prompt("-", "--policy", "none", stdin=log.encode())
    assert (status, out) == (0, "user (2 tokens)\n  Hey.\n")
    assert "leed: the last line, from byte 110 on, is cut off; it is left out" in err
