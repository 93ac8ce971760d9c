"""Behavioral Signals: processes by REST, streams by gRPC, over real sockets, against a fake that its SDK verifies."""

import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import pytest
import requests
from behavioralsignals import Behavioral, BehavioralSignalsError, StreamingOptions
from behavioralsignals.configuration import Configuration

import leed
from leed.errors import OptionError, ServiceError, UnfinishedError
from leed_adapters import behavioral_signals
from leed_adapters.fakes.behavioral_signals import FakeBehavioralSignals, Fault
from leed_adapters.fakes.hume import speech
from leed_adapters.measuring.live import Live
from tests.support.services import everything_logged, in_a_running_loop, saved

Leed = Callable[..., tuple[int, str, str]]
KEY = "bs-0123456789-secret"
TALK = speech((0.5, 2.0), (3.0, 8.0), (9.0, 10.2))
WHOLE = [(0.5, 2.0), (3.0, 8.0), (9.0, 10.2)]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBehavioralSignals]:
    monkeypatch.setenv("BEHAVIORALSIGNALS_API_KEY", KEY)
    monkeypatch.setenv("BEHAVIORALSIGNALS_CID", "7")
    with FakeBehavioralSignals(api_key=KEY) as service:
        yield service


def quick(service: FakeBehavioralSignals, media: Any = TALK, **options: Any) -> leed.Recording:
    given: dict[str, Any] = {"base_url": service.base_url, "pause": 0.01, "timeout": 20.0} | options
    return behavioral_signals.measure(media, **given)


def failure(service: FakeBehavioralSignals, media: Any = TALK, **options: Any) -> ServiceError:
    with pytest.raises(ServiceError) as raised:
        quick(service, media, **options)
    return raised.value


def spans(recording: leed.Recording) -> list[tuple[float | None, float | None]]:
    return [(segment.begin, segment.end) for segment in recording.segments()]


# --- the fake, verified by the SDK


class Pointed(Behavioral):
    """The SDK's client at another place than the vendor's, which its own __init__ does not offer."""

    def __init__(self, service: FakeBehavioralSignals) -> None:
        self.config = Configuration(
            "7", KEY, service.base_url, service.streaming_url.removeprefix("http://"), use_ssl=False
        )
        self.session = requests.Session()
        self._authenticate()  # type: ignore[no-untyped-call] # the SDK's


def test_the_sdk_reads_what_the_fake_answers(fake: FakeBehavioralSignals, tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(TALK)
    fake.statuses = (0, 1)
    with Pointed(fake) as client:
        process = client.upload_audio(str(path), embeddings=True)
        assert (process.pid, process.status, process.name) == (1, 0, "call.wav")
        results = client.wait_for_result(process.pid).results or []
        assert [row.finalLabel for row in results if row.task == "emotion"] == ["sad"] * 3
        assert client.upload_s3_presigned_url("https://bucket.example/call.wav?sig=1", "far").pid == 2
        assert [item.name for item in client.list_processes()] == ["call.wav", "far"]
        with pytest.raises(BehavioralSignalsError, match="API Error 404: No such process"):
            client.get_process(9)


def test_the_sdk_streams_with_the_fake(fake: FakeBehavioralSignals) -> None:
    with Pointed(fake) as client:
        options = StreamingOptions(sample_rate=16_000, encoding="LINEAR_PCM", level="utterance")
        answers = list(client.stream_audio(iter(frames()), options))
    assert [row.st for answer in answers for row in answer.results or [] if row.task == "emotion"] == [0.5, 3.0, 9.0]


# --- processes


def test_audio_is_measured_by_utterance(fake: FakeBehavioralSignals) -> None:
    recording = quick(fake)
    assert spans(recording) == WHOLE
    segment = recording.segments()[0]
    assert (segment.speaker, segment.text, segment.scores["sad"]) == ("SPEAKER_00", "Utterance 0.", 0.5142)
    assert segment.scores["strength: strong"] == 0.1


def test_the_recording_is_what_is_read_from_the_answer_saved(fake: FakeBehavioralSignals, tmp_path: Path) -> None:
    path = tmp_path / "given" / "call.wav"
    path.parent.mkdir()
    path.write_bytes(TALK)
    recording = quick(fake, path, embeddings=True)
    assert recording == saved(json.dumps(fake.answer(1)).encode(), "call.wav", tmp_path)


def test_embeddings_come_if_asked_for(fake: FakeBehavioralSignals) -> None:
    extras = quick(fake, embeddings=True).segments()[0].extras
    assert extras["speaker_embedding"] == [0.5, -0.25]
    assert extras["behavioral_embedding"] == [1.5, 2.5, -3.5]
    assert "speaker_embedding" not in quick(fake).segments()[0].extras
    assert [process["embeddings"] for process in fake.processes] == [True, False]


def test_an_address_is_handed_over_as_it_is(fake: FakeBehavioralSignals) -> None:
    url = "https://bucket.example/deep/call.wav?X-Amz-Signature=abcdef0123"
    recording = quick(fake, url, meta='{"ticket": 7}')
    assert recording.sources == ("call.wav",)
    (process,) = fake.processes
    assert (process["url"], process["name"], process["meta"]) == (url, "call.wav", '{"ticket": 7}')


def test_a_signed_address_shows_in_no_error(fake: FakeBehavioralSignals) -> None:
    url = "https://bucket.example/call.wav?X-Amz-Signature=abcdef0123"
    fake.faults = [Fault("POST", 422, body=json.dumps({"code": 422, "message": f"Cannot fetch {url}"}).encode())]
    assert str(failure(fake, url)).startswith(
        "call.wav: Behavioral Signals did not take it on (status 422, code 422): Cannot fetch [hidden]; "
    )


@pytest.mark.parametrize("statuses", [(), (0,), (0, 1, 1)])
def test_a_process_is_looked_at_until_it_is_complete(fake: FakeBehavioralSignals, statuses: tuple[int, ...]) -> None:
    fake.statuses = statuses
    assert spans(quick(fake)) == WHOLE
    assert fake.processes[0]["looks"] == len(statuses) + 1


def test_a_process_is_handed_over_and_resumed(fake: FakeBehavioralSignals) -> None:
    (job,) = behavioral_signals.submit(TALK, base_url=fake.base_url)
    assert (job.id, len(fake.asked("GET"))) == ("1", 0)
    assert spans(behavioral_signals.resume(job, base_url=fake.base_url)) == WHOLE
    with pytest.raises(OptionError, match="process 'x' is no number"):
        behavioral_signals.resume("x", base_url=fake.base_url)


def test_no_speech_is_an_issue(fake: FakeBehavioralSignals) -> None:
    assert [issue.code for issue in quick(fake, speech(seconds=2.0)).issues] == ["no-segments"]


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (-1, "failed: Unsupported codec"),
        (-2, "was not run for lack of credits: Out of credits"),
    ],
)
def test_a_process_that_fails_says_why(fake: FakeBehavioralSignals, end: int, said: str) -> None:
    fake.end = end
    assert str(failure(fake)) == f"media: Behavioral Signals' process 1 {said}; nothing was measured"


def test_a_status_that_is_not_known_is_told(fake: FakeBehavioralSignals) -> None:
    fake.end = 9
    assert "has no status that is known (9)" in str(failure(fake))


def test_a_process_that_never_ends_names_itself(fake: FakeBehavioralSignals) -> None:
    fake.end = None
    error = failure(fake, timeout=0.5)
    assert isinstance(error, UnfinishedError)
    assert str(error).endswith("its job 1 goes on: leed measure --model behavioral-signals --resume 1")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422, 500])
def test_audio_that_is_refused_is_sent_once(fake: FakeBehavioralSignals, status: int) -> None:
    fake.faults = [Fault("POST", status)]
    error = failure(fake)
    assert (error.status, error.code, len(fake.requests)) == (status, str(status), 1)


@pytest.mark.parametrize("headers", [{}, {"retry-after": "0"}])
@pytest.mark.parametrize("media", [TALK, "https://bucket.example/call.wav"])
def test_audio_that_was_not_taken_is_sent_again(
    fake: FakeBehavioralSignals, headers: dict[str, str], media: Any
) -> None:
    fake.faults = [Fault("POST", 429, headers)] * 2
    quick(fake, media)
    assert (len(fake.asked("POST")), len(fake.processes)) == (3, 1)


@pytest.mark.parametrize("on", ["GET .*/processes/1$", "GET .*/results"])
@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429}, {"cut": "taken"}, {"cut": "answer"}])
def test_a_look_that_fails_is_made_again(fake: FakeBehavioralSignals, on: str, fault: dict[str, Any]) -> None:
    fake.faults = [Fault(on, **fault)]
    assert spans(quick(fake)) == WHOLE
    assert len(fake.processes) == 1


def test_a_connection_cut_in_the_upload_is_made_again(fake: FakeBehavioralSignals) -> None:
    fake.faults = [Fault("POST", cut="upload")]
    quick(fake, speech((0.5, 2.0), seconds=200.0))
    assert (len(fake.asked("POST")), len(fake.processes)) == (2, 1)


@pytest.mark.parametrize("media", [TALK, "https://bucket.example/call.wav"])
@pytest.mark.parametrize("cut", ["taken", "answer"])
def test_audio_that_may_have_been_taken_is_not_sent_twice(fake: FakeBehavioralSignals, cut: str, media: Any) -> None:
    fake.faults = [Fault("POST", cut=cut)]
    assert "look for it at the service" in str(failure(fake, media)) or isinstance(media, str)
    assert (len(fake.asked("POST")), len(fake.processes)) == (1, 1)


@pytest.mark.parametrize("on", ["POST", "GET .*/processes/1$", "GET .*/results"])
def test_an_answer_that_is_a_web_page_is_told(fake: FakeBehavioralSignals, on: str) -> None:
    fake.faults = [Fault(on, 200, body=b"<html><title>Sign in</title></html>")]
    assert "it answered with a web page (status 200), not JSON: Sign in; check --base-url" in str(failure(fake))


def test_a_key_shows_nowhere(fake: FakeBehavioralSignals) -> None:
    with everything_logged() as lines:
        quick(fake)
        heard(fake)
        fake.api_key = "another-key-entirely"
        errors = [failure(fake)]
        with pytest.raises(ServiceError) as raised:
            heard(fake)
        errors.append(raised.value)
    assert fake.requests[0].headers["x-auth-token"] == KEY
    assert all("Not a token: [hidden]" in str(error) for error in errors)
    shown = [text for error in errors for text in (str(error), repr(error), repr(error.__cause__))]
    assert not [text for text in (*shown, *lines) if KEY in text]


@pytest.mark.parametrize("name", ["BEHAVIORALSIGNALS_API_KEY", "BEHAVIORALSIGNALS_CID"])
def test_without_a_key_nothing_is_sent(fake: FakeBehavioralSignals, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(OptionError, match=f"Behavioral Signals wants a key, and {name} is not set"):
        quick(fake)
    assert fake.requests == []


def test_the_command_measures_and_resumes(fake: FakeBehavioralSignals, leed_command: Leed, tmp_path: Path) -> None:
    (tmp_path / "call.wav").write_bytes(TALK)
    run = partial(leed_command, "measure", "--model", "behavioral-signals", "--base-url", fake.base_url)
    status, out, err = run(tmp_path / "call.wav")
    assert (status, err, spans(leed.read(out.encode()))) == (0, "", WHOLE)
    status, out, err = run("--resume", "1")
    assert (status, err, spans(leed.read(out.encode()))) == (0, "", WHOLE)


# --- streams


def frames(data: bytes = TALK, size: int = 3200) -> list[bytes]:
    samples = data[44:]
    return [samples[at : at + size] for at in range(0, len(samples), size)]


def paced() -> Iterator[bytes]:
    """Frames that do not run ahead of what a connection can say of them."""
    for frame in frames():
        time.sleep(0.003)
        yield frame


def heard(service: FakeBehavioralSignals, source: Any = None, **options: Any) -> list[Live]:
    given: dict[str, Any] = {"target": service.streaming_url, "pace": 0, "pause": 0.01, "timeout": 10} | options
    return list(behavioral_signals.audio_stream(frames() if source is None else source, **given))


def times(live: list[Live]) -> list[tuple[float | None, float | None]]:
    return [(one.segment.begin, one.segment.end) for one in live]


def test_audio_is_measured_as_it_is_heard(fake: FakeBehavioralSignals) -> None:
    live = heard(fake, stream=leed.Stream())
    assert times(live) == WHOLE
    assert live[0].segment.scores["sad"] == 0.5142
    assert live[0].description is not None
    assert bytes(fake.streams[0]) == TALK[44:]


def test_a_loop_over_a_stream_works_inside_a_running_event_loop(fake: FakeBehavioralSignals) -> None:
    assert times(in_a_running_loop(lambda: heard(fake))) == WHOLE


@pytest.mark.parametrize("code", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL])
@pytest.mark.parametrize("after", [1, 15, 40, 75])
def test_what_was_not_answered_is_sent_again_and_nothing_is_told_twice(
    fake: FakeBehavioralSignals, code: grpc.StatusCode, after: int
) -> None:
    fake.cuts = [(after, code)]
    assert times(heard(fake, paced())) == WHOLE
    assert len(fake.streams) == 2


@pytest.mark.parametrize(
    "code", [grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.RESOURCE_EXHAUSTED]
)
def test_a_stream_that_is_refused_is_not_made_anew(fake: FakeBehavioralSignals, code: grpc.StatusCode) -> None:
    fake.cuts = [(1, code)]
    with pytest.raises(
        ServiceError, match=f"Behavioral Signals ended the stream .{code.name}.: The fake breaks off.; "
    ):
        heard(fake)
    assert len(fake.streams) == 1


def test_streams_that_break_again_and_again_come_to_an_end(fake: FakeBehavioralSignals) -> None:
    fake.cuts = [(1, grpc.StatusCode.UNAVAILABLE)] * 9
    with pytest.raises(ServiceError, match=r"ended the stream, 3 times in a row \(UNAVAILABLE\)"):
        heard(fake, attempts=3)
    assert len(fake.streams) == 3


def test_a_source_that_fails_is_told_as_it_is(fake: FakeBehavioralSignals) -> None:
    def broken() -> Iterator[bytes]:
        yield frames()[0]
        raise ZeroDivisionError("microphone")

    with pytest.raises(ZeroDivisionError, match="microphone"):
        heard(fake, broken())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"target": "streaming.example"}, "target 'streaming.example' is no address"),
        ({"level": "word"}, "level 'word' or rate 16000 cannot be"),
        ({"rate": 0}, "level 'utterance' or rate 0 cannot be"),
    ],
)
def test_an_option_that_cannot_be_is_told(fake: FakeBehavioralSignals, options: dict[str, Any], said: str) -> None:
    with pytest.raises(OptionError, match=said):
        heard(fake, **options)
