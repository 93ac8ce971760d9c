"""What all measurers share, seen from outside: the process, the terminal, and labels that nobody knew."""

import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from leed_adapters import behavioral_signals, hume
from leed_adapters.fakes.behavioral_signals import FakeBehavioralSignals
from leed_adapters.fakes.hume import FakeHume, Fault, speech
from leed_adapters.fakes.phonexia import FakePhonexia
from tests.support.services import saved

KEY = "px-0123456789-secret"
TALK = speech((0.5, 2.0))


@pytest.fixture
def call(tmp_path: Path) -> Path:
    path = tmp_path / "call.wav"
    path.write_bytes(TALK)
    return path


def command(call: Path, platform: FakePhonexia) -> list[str]:
    where = ["--model", "phonexia", "--base-url", platform.base_url]
    return [sys.executable, "-m", "leed", "measure", str(call), *where]


def test_a_key_is_in_no_title_of_a_process(call: Path) -> None:
    with FakePhonexia(end=None, api_key=KEY) as platform:
        environment = os.environ | {"PHONEXIA_API_KEY": KEY}
        running = subprocess.Popen(
            command(call, platform), env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        while not any(platform.tasks.values()) and running.poll() is None:
            time.sleep(0.02)
        process = psutil.Process(running.pid)
        titles = [" ".join(one.cmdline()) + one.name() for one in (process, *process.children(recursive=True))]
        running.terminate()
        out, err = running.communicate(timeout=30)
    assert "measure" in titles[0]
    assert not [text for text in (*titles, out, err) if KEY in text]


def test_a_terminal_shows_what_goes_on_with_each_file(call: Path) -> None:
    with FakePhonexia(states=("pending", "running", "running")) as platform:
        ours, theirs = pty.openpty()
        running = subprocess.Popen(
            command(call, platform), env=os.environ | {"TERM": "xterm"}, stdout=subprocess.PIPE, stderr=theirs
        )
        os.close(theirs)
        shown = b""
        while chunk := _some(ours):
            shown += chunk
        os.close(ours)
        out, _ = running.communicate(timeout=30)
    assert running.returncode == 0
    assert json.loads(out)["tracks"]
    assert b"measuring" in shown
    assert b"call.wav: running" in shown


def _some(terminal: int) -> bytes:
    """More of what a terminal shows; nothing once nobody writes to it any more, which Linux says by an error."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def test_an_unknown_expression_of_hume_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HUME_API_KEY", KEY)
    with FakeHume() as service:
        answer = service._heard(TALK[44:], 3000)
        answer["measurements"][0]["expressions"] = [{"name": "smugness seven", "probability": 0.75}]
        body = json.dumps(answer).encode()
        service.faults = [Fault("POST", 200, body=body)]
        recording = hume.measure(TALK, base_url=service.base_url)
    assert recording.segments()[0].scores["smugness seven"] == 0.75
    assert recording.tracks[0].matrix.tolist() == saved(body, "answer.json", tmp_path).tracks[0].matrix.tolist()


def test_an_unknown_emotion_of_behavioral_signals_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEHAVIORALSIGNALS_API_KEY", KEY)
    monkeypatch.setenv("BEHAVIORALSIGNALS_CID", "7")
    with FakeBehavioralSignals() as service:
        behavioral_signals.measure(TALK, base_url=service.base_url, pause=0.01)
        body = json.dumps(service.answer(1)).replace('"sad"', '"smug7"').encode()
        service.faults = [Fault("GET .*/results", 200, body=body)]
        recording = behavioral_signals.measure(TALK, base_url=service.base_url, pause=0.01)
    scores = next(iter(recording.segments())).scores
    assert scores["smug7"] == 0.5142
    assert "sad" not in scores
