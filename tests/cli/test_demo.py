"""leed demo: scores beside sentences beside chat messages, on a bundled conversation."""

import json
import subprocess
import sys
from importlib.resources import files

import pytest

import leed
from leed.cli import main


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """What `leed demo` prints."""
    monkeypatch.setenv("COLUMNS", "160")
    with pytest.raises(SystemExit) as ended:
        main(["demo"])
    out, err = capsys.readouterr()
    assert (ended.value.code, err) == (0, "")
    return out


def sample() -> leed.Recording:
    return leed.read(files("leed.cli").joinpath("sample-conversation.json").read_bytes())


def messages(shown: str) -> list[dict[str, str]]:
    start = shown.index("\n[\n") + 1
    found, _ = json.JSONDecoder().raw_decode(shown[start:])
    assert isinstance(found, list)
    return found


def test_the_sample_is_whole() -> None:
    """Two speakers, 48 scores of the voice each turn, in order of time; no issue."""
    recording = sample()
    assert recording.issues == ()
    assert {(t.modality, len(t.labels)) for t in recording.tracks} == {("prosody", 48)}
    assert len({t.speaker for t in recording.tracks}) == 2
    assert len(recording) >= 6


def test_it_shows_scores_beside_sentences(shown: str) -> None:
    flat = " ".join(shown.replace("│", " ").split())
    for turn in leed.describe_all(sample()):
        for term in turn.terms[:1]:
            assert f"{term.label} {term.score:.2f}" in shown
        assert str(turn).rsplit(" ", 1)[-1] in flat
    assert "sound" in shown


def test_it_shows_the_messages_as_json(shown: str) -> None:
    turns = messages(shown)
    assert len(turns) == len(sample())
    assert {frozenset(turn) for turn in turns} == {frozenset({"role", "content"})}
    assert {turn["role"] for turn in turns} == {"user", "assistant"}


def test_the_users_messages_carry_a_description_and_the_assistants_never_do(shown: str) -> None:
    """Only where something stood out; the words of the message are not repeated in it."""
    turns = messages(shown)
    described = [turn for turn in turns if "[The user sounds " in turn["content"]]
    assert described
    assert all(turn["role"] == "user" and turn["content"].endswith(".]") for turn in described)
    for turn in described:
        words, _, description = turn["content"].rpartition("\n\n[")
        assert words
        assert words not in description


@pytest.mark.parametrize("columns", ["20", "80", "400"])
def test_it_runs_on_a_terminal_of_any_width_and_encoding(columns: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "leed", "demo"],
        capture_output=True,
        check=False,
        env={"COLUMNS": columns, "PYTHONIOENCODING": "ascii" if columns == "20" else "utf-8", "PATH": ""},
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    assert len(messages(done.stdout.decode())) == len(sample())
