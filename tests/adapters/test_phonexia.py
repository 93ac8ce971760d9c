"""Phonexia: files handed over to a platform on loopback, over real sockets, with every fault that it can have."""

import asyncio
import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import leed
from leed.errors import InputError, OptionError, ServiceError, UnfinishedError
from leed_adapters import phonexia
from leed_adapters.fakes.phonexia import FakePhonexia, Fault, channel
from leed_adapters.measuring import Watch
from tests.support.services import everything_logged, in_a_running_loop, saved

Leed = Callable[..., tuple[int, str, str]]
KEY = "px-0123456789-secret"
TASK = "00000000-0000-0000-0000-000000000001"
LARGE = b"R" * 6_000_000  # more than loopback takes at once


@pytest.fixture
def fake() -> Iterator[FakePhonexia]:
    with FakePhonexia() as platform:
        yield platform


@pytest.fixture
def call(tmp_path: Path) -> Path:
    path = tmp_path / "call.wav"
    path.write_bytes(b"RIFF")
    return path


def quick(platform: FakePhonexia, media: Any = b"RIFF", **options: Any) -> leed.Recording:
    given: dict[str, Any] = {"base_url": platform.base_url, "pause": 0.01, "timeout": 20.0} | options
    return phonexia.measure(media, **given)


def failure(platform: FakePhonexia, media: Any = b"RIFF", **options: Any) -> ServiceError:
    with pytest.raises(ServiceError) as raised:
        quick(platform, media, **options)
    return raised.value


# --- the way of a file


def test_a_file_is_measured(fake: FakePhonexia, call: Path) -> None:
    (track,) = quick(fake, call).tracks
    assert (track.source, track.channel, track.row(0)["HAPPY"]) == ("call.wav", "0", 0.799)
    assert fake.files == ["call.wav"]
    assert [int(r.headers["content-length"]) for r in fake.asked("POST")] == [fake.requests[0].size]


def test_the_recording_is_what_is_read_from_the_answer_saved(fake: FakePhonexia, call: Path, tmp_path: Path) -> None:
    fake.channels = [channel(), channel({"SAD": 0.9, "SMUGNESS7": 0.1}, number=1), channel({}, number=2)]
    answer = {"task": {"task_id": TASK, "state": "done"}, "result": {"channels": fake.channels}}
    (tmp_path / "saved").mkdir()
    assert quick(fake, call) == saved(json.dumps(answer).encode(), "call.wav", tmp_path / "saved")


def test_no_speech_is_an_issue_and_no_error(fake: FakePhonexia) -> None:
    fake.channels = [channel({}, speech=0.0)]
    recording = quick(fake)
    assert [issue.code for issue in recording.issues] == ["nothing-detected"]
    assert len(recording) == 0


def test_an_unknown_label_is_kept(fake: FakePhonexia) -> None:
    fake.channels = [channel({"SMUGNESS7": 0.8, "SAD": 0.1})]
    assert quick(fake).tracks[0].row(0) == {"SMUGNESS7": 0.8, "SAD": 0.1}


@pytest.mark.parametrize("states", [(), ("pending",), ("pending", "running", "running", "queued")])
def test_a_task_is_looked_at_until_it_is_done(states: tuple[str, ...]) -> None:
    with FakePhonexia(states=states) as platform:
        assert len(quick(platform)) == 1
        assert platform.tasks == {TASK: len(states) + 1}


@pytest.mark.parametrize("location", ["Location", "X-Location", None])
@pytest.mark.parametrize("address", ["{place}/{task}", "{host}{place}/{task}", "emotion-recognition/{task}"])
def test_the_address_of_a_task_is_found(location: str | None, address: str) -> None:
    with FakePhonexia(location=location, address=address) as platform:
        assert len(quick(platform)) == 1


def test_a_platform_below_a_path_is_asked_there(fake: FakePhonexia) -> None:
    error = failure(fake, base_url=f"{fake.base_url}/speech/")
    assert [r.path for r in fake.requests] == ["/speech/api/technology/emotion-recognition"]
    assert error.status == 404


@pytest.mark.parametrize("address", ["http://localhost:9/{task}", "https://127.0.0.1/{task}", "//evil.example/{task}"])
def test_an_address_of_another_host_is_never_asked(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The task is looked at where the platform is; the key stays there."""
    monkeypatch.setenv("PHONEXIA_API_KEY", KEY)
    with FakePhonexia(address=address, api_key=KEY) as platform:
        assert len(quick(platform)) == 1
        assert [r.path for r in platform.asked("GET")] == [f"/api/technology/emotion-recognition/{TASK}"]


def test_a_redirect_is_not_followed(fake: FakePhonexia) -> None:
    fake.faults = [Fault("POST", 307, {"location": "http://127.0.0.1:9/elsewhere"})]
    assert failure(fake).status == 307
    assert len(fake.requests) == 1


def test_several_files_are_on_their_way_at_once_and_no_more(tmp_path: Path) -> None:
    paths = [tmp_path / f"{i}.wav" for i in range(6)]
    for path in paths:
        path.write_bytes(b"RIFF")
    with FakePhonexia(states=("running",) * 2) as platform:
        most: list[int] = []
        done: set[str] = set()

        def tell(event: Any) -> None:
            if event.what == "done":
                done.add(event.media)
            most.append(len(platform.tasks) - len(done))

        recording = quick(platform, paths, concurrency=2, watch=Watch(tell))
    assert recording.sources == ("0.wav", "1.wav", "2.wav", "3.wav", "4.wav", "5.wav")
    assert max(most) == 2


def test_of_several_files_one_that_fails_is_an_issue(fake: FakePhonexia, call: Path) -> None:
    fake.faults = [Fault("POST", 422)]
    recording = quick(fake, [call, call], concurrency=1)
    assert recording.sources == ("call.wav (2)",)
    assert [str(issue) for issue in recording.issues] == [
        (
            "call.wav: Phonexia did not take it on (status 422): body.file: The fake takes no such file.; "
            "the service cannot measure this file: check that it holds what the service expects"
        )
    ]


def test_once_a_key_is_refused_no_more_files_are_sent(fake: FakePhonexia) -> None:
    fake.api_key = KEY
    error = failure(fake, [b"1", b"2", b"3"], concurrency=1)
    assert error.status == 401
    assert len(fake.requests) == 1


def test_a_call_inside_a_running_loop_works(fake: FakePhonexia) -> None:
    assert in_a_running_loop(lambda: quick(fake)) == quick(fake)
    with pytest.raises(OptionError):
        in_a_running_loop(lambda: quick(fake, base_url="no address"))


async def test_an_async_call_works(fake: FakePhonexia) -> None:
    recording = await phonexia.ameasure(b"RIFF", base_url=fake.base_url)
    (job,) = await phonexia.asubmit(b"RIFF", base_url=fake.base_url)
    assert (await phonexia.aresume(job, base_url=fake.base_url)).tracks[0].row(0) == recording.tracks[0].row(0)


def test_a_job_is_handed_over_and_resumed(fake: FakePhonexia, call: Path) -> None:
    fake.states = ("pending", "running")
    (job,) = phonexia.submit(call, base_url=fake.base_url)
    assert (job.model, job.id, job.source) == ("phonexia", TASK, "call.wav")
    assert fake.asked("GET") == []
    recording = phonexia.resume(job, base_url=fake.base_url, pause=0.01)
    assert recording.sources == (f"task {TASK}",)
    assert phonexia.resume([job.id], base_url=fake.base_url) == recording


# --- faults


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413, 415, 422, 500, 502, 507])
def test_a_file_that_is_refused_is_sent_once(fake: FakePhonexia, status: int) -> None:
    fake.faults = [Fault("POST", status)]
    error = failure(fake)
    assert error.status == status
    assert str(error).startswith(f"media: Phonexia did not take it on (status {status}): ")
    assert len(fake.requests) == 1


@pytest.mark.parametrize("headers", [{}, {"retry-after": "0"}, {"retry-after": "nonsense"}])
@pytest.mark.parametrize("status", [408, 429])
def test_a_file_that_was_not_taken_is_sent_again(fake: FakePhonexia, status: int, headers: dict[str, str]) -> None:
    fake.faults = [Fault("POST", status, headers)] * 2
    assert len(quick(fake)) == 1
    assert len(fake.asked("POST")) == 3
    assert list(fake.tasks) == [TASK]


def test_the_wait_that_is_asked_for_is_kept(fake: FakePhonexia) -> None:
    fake.faults = [Fault("POST", 429, {"retry-after": "0.3"})]
    began = time.monotonic()
    quick(fake)
    assert time.monotonic() - began >= 0.3


def test_attempts_come_to_an_end(fake: FakePhonexia) -> None:
    fake.faults = [Fault("POST", 429)] * 9
    error = failure(fake, attempts=3)
    assert (error.status, len(fake.requests)) == (429, 3)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_a_look_that_fails_is_made_again(fake: FakePhonexia, status: int) -> None:
    fake.faults = [Fault("GET", status)] * 2
    assert len(quick(fake)) == 1
    assert (len(fake.asked("POST")), len(fake.asked("GET"))) == (1, 3)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 507])
def test_a_look_that_is_refused_is_not_made_again(fake: FakePhonexia, status: int) -> None:
    fake.faults = [Fault("GET", status)]
    error = failure(fake)
    assert (error.status, len(fake.asked("GET"))) == (status, 1)
    assert (TASK in (error.job or "")) == (status != 404)


def test_a_connection_cut_in_the_upload_is_made_again(fake: FakePhonexia) -> None:
    fake.faults = [Fault("POST", cut="upload")]
    assert len(quick(fake, LARGE)) == 1
    assert (len(fake.asked("POST")), list(fake.tasks)) == (2, [TASK])


def test_a_file_that_may_have_been_taken_is_not_sent_twice(fake: FakePhonexia) -> None:
    fake.faults = [Fault("POST", cut="taken")]
    error = failure(fake)
    assert "so it may have been taken on, and it is not sent twice" in str(error)
    assert (len(fake.asked("POST")), list(fake.tasks)) == (1, [TASK])


def test_a_task_whose_answer_was_cut_off_is_found_by_its_address(fake: FakePhonexia) -> None:
    fake.faults = [Fault("POST", cut="answer")]
    assert len(quick(fake)) == 1
    assert list(fake.tasks) == [TASK]


@pytest.mark.parametrize("cut", ["taken", "answer"])
def test_a_result_that_was_cut_off_is_got_again(fake: FakePhonexia, cut: str) -> None:
    fake.faults = [Fault("GET", cut=cut)]
    assert len(quick(fake)) == 1
    assert (len(fake.asked("POST")), len(fake.asked("GET"))) == (1, 2)


@pytest.mark.parametrize("on", ["POST", "GET"])
def test_an_answer_that_is_a_web_page_is_told(fake: FakePhonexia, on: str) -> None:
    fake.faults = [Fault(on, 200, body=b"<!DOCTYPE html><html><title>Sign in</title></html>")]
    error = failure(fake)
    assert "it answered with a web page (status 200), not JSON: Sign in; check --base-url" in str(error)
    assert len(fake.asked(on)) == 1


@pytest.mark.parametrize("body", [b"", b"[]", b'{"task": null}', b'{"task": {"task_id": 7}}', b"null"])
def test_an_answer_without_a_task_is_told(fake: FakePhonexia, body: bytes) -> None:
    fake.faults = [Fault("POST", 202, body=body)]
    assert "check --base-url" in str(failure(fake))


def test_an_answer_without_a_state_is_told(fake: FakePhonexia) -> None:
    fake.faults = [Fault("GET", 200, body=b"{}")]
    assert "it answered without a state" in str(failure(fake))


def test_a_result_that_holds_nothing_is_told(fake: FakePhonexia) -> None:
    fake.faults = [Fault("GET", 200, body=b'{"task": {"task_id": "1", "state": "done"}}')]
    assert "its result is missing" in str(failure(fake))


@pytest.mark.parametrize(("end", "said"), [("failed", "failed"), ("rejected", "was rejected")])
def test_a_task_that_fails_says_why(end: str, said: str) -> None:
    with FakePhonexia(end=end) as platform:
        error = failure(platform)
    assert str(error) == (
        f"media: Phonexia's task {TASK} {said}: No speech technology is licensed.; nothing was measured"
    )
    assert error.job == TASK


def test_a_task_that_never_ends_names_itself(call: Path) -> None:
    with FakePhonexia(end=None) as platform:
        error = failure(platform, call, timeout=0.5)
    assert isinstance(error, UnfinishedError)
    assert str(error) == (
        f"call.wav: Phonexia gave no result in 0.5 s; its job {TASK} goes on: "
        f"leed measure --model phonexia --resume {TASK}"
    )


def test_a_platform_that_says_nothing_is_not_waited_for(fake: FakePhonexia) -> None:
    fake.faults = [Fault("POST", delay=5.0)]
    assert str(failure(fake, timeout=0.3)) == ("media: Phonexia gave no result in 0.3 s; give it longer with --timeout")


def test_a_platform_that_is_not_there_is_told_after_some_attempts() -> None:
    with pytest.raises(ServiceError, match=r"media: Phonexia did not take it on: .*(refused|Connect)"):
        phonexia.measure(b"RIFF", base_url="http://127.0.0.1:9", pause=0.01, attempts=2)


async def test_who_cancels_is_told_which_task_goes_on() -> None:
    with FakePhonexia(end=None) as platform:
        task = asyncio.create_task(phonexia.ameasure(b"RIFF", base_url=platform.base_url, pause=0.01))
        await asyncio.to_thread(looked_at, platform)
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as raised:
            await task
    assert raised.value.__notes__ == [f"media: its job {TASK} goes on: leed measure --model phonexia --resume {TASK}"]


def looked_at(platform: FakePhonexia) -> None:
    """Wait until a task was looked at."""
    while not any(platform.tasks.values()):
        time.sleep(0.01)


# --- what is given


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (None, "where is the service? give --base-url (in Python, base_url=), or set PHONEXIA_BASE_URL"),
        ("speech.example", "base_url 'speech.example' is no address: give one such as https://speech.example.org"),
        ("http://me:pass@speech.example", "base_url holds more than a place"),
    ],
)
def test_a_base_url_that_is_none_is_told(url: str | None, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PHONEXIA_BASE_URL", raising=False)
    with pytest.raises(OptionError, match=said.replace("(", r"\(").replace(")", r"\)").replace("?", r"\?")):
        phonexia.measure(b"RIFF", base_url=url)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"timeout": 0}, "timeout is 0; give a number of seconds above 0"),
        ({"timeout": float("nan")}, "timeout is nan"),
        ({"concurrency": 0}, "concurrency is 0; give a whole number from 1"),
        ({"attempts": 1.5}, "attempts is 1.5; give a whole number from 1"),
        ({"language": "en"}, "Phonexia takes no language"),
        ({"embeddings": True}, "Phonexia has no option 'embeddings'; it has none of its own"),
    ],
)
def test_an_option_that_cannot_be_is_told(fake: FakePhonexia, options: dict[str, Any], said: str) -> None:
    with pytest.raises(OptionError, match=said):
        quick(fake, **options)
    assert fake.requests == []


@pytest.mark.parametrize(
    ("media", "said"),
    [
        ("/no/such.wav", "/no/such.wav: cannot be opened: No such file or directory"),
        ("/", "/: is a directory; give the files in it"),
        ([], "no media are given"),
        (7, "int is no medium"),
        ("https://example.org/call.wav?sig=1", "call.wav: Phonexia takes files, and no addresses"),
    ],
)
def test_what_is_no_file_is_told(fake: FakePhonexia, media: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        quick(fake, media)
    assert fake.requests == []


# --- keys


def test_a_key_shows_nowhere(monkeypatch: pytest.MonkeyPatch, call: Path, leed_command: Leed) -> None:
    """Neither in logs nor in errors, though the platform repeats it, nor in what is written."""
    monkeypatch.setenv("PHONEXIA_API_KEY", KEY)
    with FakePhonexia(api_key="another-key-entirely") as platform, everything_logged() as lines:
        error = failure(platform)
        shown = [str(error), repr(error), repr(error.__cause__), str(pickle.dumps(error))]
        shown += map(str, leed_command("measure", call, "--model", "phonexia", "--base-url", platform.base_url))
        platform.api_key = KEY
        recording = quick(platform)
        shown += [repr(recording), recording.to_json().decode()]
        platform.faults = [Fault("POST", cut="taken")]
        shown.append(repr(failure(platform)))
        assert platform.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert "Not a key: [hidden]" in shown[0]
    assert lines
    assert not [text for text in (*shown, *lines) if KEY in text]


def test_a_key_that_no_header_can_carry_is_told_without_it(monkeypatch: pytest.MonkeyPatch, fake: FakePhonexia) -> None:
    monkeypatch.setenv("PHONEXIA_API_KEY", "px 01\n23")
    with pytest.raises(OptionError, match="PHONEXIA_API_KEY holds a character that no key has") as raised:
        quick(fake)
    assert "px 01" not in str(raised.value)
    assert fake.requests == []


# --- the command


@pytest.fixture
def measure(leed_command: Leed, fake: FakePhonexia, monkeypatch: pytest.MonkeyPatch) -> Leed:
    monkeypatch.setenv("PHONEXIA_BASE_URL", fake.base_url)
    return partial(leed_command, "measure", "--model", "phonexia")


def test_the_command_prints_a_recording(measure: Leed, call: Path, leed_command: Leed) -> None:
    status, out, err = measure(call)
    assert (status, err) == (0, "")
    recording = leed.read(out.encode())
    assert recording.sources == ("call.wav",)
    status, out, _ = leed_command("describe", "-", stdin=out.encode())
    assert (status, out) == (0, "They sound clearly happy.\n")


@pytest.mark.parametrize("ending", ["json", "jsonl", "parquet"])
def test_the_command_writes_a_file(measure: Leed, call: Path, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out.{ending}"
    assert measure(call, "-o", path) == (0, "", "")
    assert leed.read(path).sources == ("call.wav",)


def test_the_command_reads_standard_input(measure: Leed) -> None:
    status, out, _ = measure("-", stdin=b"RIFF")
    assert (status, leed.read(out.encode()).sources) == (0, ("stdin",))


def test_the_command_prints_jobs_and_resumes_them(measure: Leed, call: Path) -> None:
    status, out, err = measure(call, "--no-wait")
    assert (status, json.loads(out)) == (0, {"model": "phonexia", "id": TASK, "source": "call.wav"})
    assert err == f"leed: call.wav: its job {TASK} goes on: leed measure --model phonexia --resume {TASK}\n"
    status, out, err = measure("--resume", TASK)
    assert (status, err, leed.read(out.encode()).sources) == (0, "", (f"task {TASK}",))


def test_the_command_ends_with_1_if_a_file_fails(measure: Leed, call: Path, fake: FakePhonexia) -> None:
    fake.faults = [Fault("POST", 413)]
    status, out, err = measure(call, call, "--concurrency", "1")
    assert status == 1
    assert leed.read(out.encode()).sources == ("call.wav (2)",)
    assert err == (
        "leed: error: call.wav: Phonexia did not take it on (status 413): The fake fails with 413.; "
        "the file is too large for the service: cut it, or send it in a smaller format\n"
    )


def test_the_command_prints_nothing_if_all_fail(measure: Leed, call: Path, fake: FakePhonexia) -> None:
    fake.faults = [Fault("POST", 500)]
    status, out, err = measure(call)
    assert (status, out, err.count("\n")) == (1, "", 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give media, or --resume with the id of a job, and not both"),
        (("x.wav", "--resume", "1"), "give media, or --resume with the id of a job, and not both"),
        (("-o", "x.wav", "y.wav"), "x.wav: a recording is written to a name that ends in .jsonl, .json, .parquet"),
    ],
)
def test_wrong_usage_is_one_line(measure: Leed, arguments: tuple[str, ...], said: str) -> None:
    assert measure(*arguments) == (1, "", f"leed: error: {said}\n")


def test_a_model_that_nobody_offers_is_told(leed_command: Leed) -> None:
    status, _, err = leed_command("measure", "x.wav", "--model", "phonexai")
    assert status == 1
    assert "measurer 'phonexai' is not known: give one of " in err
    assert "did you mean 'phonexia'?" in err
    assert "what measures them? give --model with one of " in leed_command("measure", "x.wav")[2]


def test_ctrl_c_names_the_job_that_goes_on(call: Path) -> None:
    with FakePhonexia(end=None) as platform:
        command = [sys.executable, "-m", "leed", "measure", str(call), "--model", "phonexia"]
        running = subprocess.Popen(
            [*command, "--base-url", platform.base_url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        while not any(platform.tasks.values()) and running.poll() is None:
            time.sleep(0.02)
        os.kill(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=30)
    assert (running.returncode, out) == (1, "")
    assert err == (
        f"leed: error: stopped\nleed: call.wav: its job {TASK} goes on: leed measure --model phonexia --resume {TASK}\n"
    )
