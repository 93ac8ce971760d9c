"""Hume's Expression Measurement v1: files and images, over real sockets, against a fake that Hume's SDK verifies."""

import io
import json
import stat
import wave
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile
from hume_expression_measurement import ExpressionMeasurementClient
from hume_expression_measurement.environment import ExpressionMeasurementClientEnvironment
from PIL import Image

import leed
from leed.errors import InputError, MissingPackageError, OptionError, ServiceError
from leed_adapters import hume, hume_v0
from leed_adapters.fakes.hume import FakeHume, Fault, speech
from leed_adapters.measuring.audio import decoded, parts
from leed_adapters.measuring.calls import Calls
from leed_adapters.measuring.media import Media
from tests.support.services import everything_logged, in_a_running_loop, saved

Leed = Callable[..., tuple[int, str, str]]
KEY = "hk-0123456789-secret"
TALK = speech((0.5, 2.0), (3.0, 8.0), (9.0, 10.2))


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHume]:
    monkeypatch.setenv("HUME_API_KEY", KEY)
    with FakeHume(api_key=KEY) as service:
        yield service


def quick(service: FakeHume, media: Any = TALK, **options: Any) -> leed.Recording:
    given: dict[str, Any] = {"base_url": service.base_url, "pause": 0.01, "timeout": 20.0} | options
    return hume.measure(media, **given)


def failure(service: FakeHume, media: Any = TALK, **options: Any) -> ServiceError:
    with pytest.raises(ServiceError) as raised:
        quick(service, media, **options)
    return raised.value


def spans(recording: leed.Recording, aspect: str = "expression") -> list[tuple[float | None, float | None]]:
    return [(s.begin, s.end) for s in recording.segments() if s.aspect == aspect]


def image(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), (200, 100, 50)).save(out, kind)
    return out.getvalue()


# --- the fake, verified by Hume's SDK


def test_the_sdk_reads_what_the_fake_answers(fake: FakeHume) -> None:
    place = ExpressionMeasurementClientEnvironment(base=fake.base_url, production=fake.ws_url)
    with httpx.Client() as http:
        verify(ExpressionMeasurementClient(environment=place, api_key=KEY, httpx_client=http))


def verify(client: ExpressionMeasurementClient) -> None:
    audio = client.audio.measure(file=TALK)
    assert [(u.audio_start_ms, u.audio_end_ms) for u in audio.utterances] == [(500, 2000), (3000, 8000), (9000, 10200)]
    assert [m.trigger for m in audio.measurements] == ["speech_ended", "interval", "speech_ended", "speech_ended"]
    video = client.video.measure(file=[image("JPEG"), image("JPEG")])
    assert [m.frame_id for m in video.measurements] == [0, 1]
    assert [run.endpoint for run in client.runs.list().runs] == ["video", "audio"]
    assert client.runs.get(audio.run_id).config.model_dump()["measurement_timer_ms"] == 3000


# --- audio


def test_audio_is_measured_by_utterance(fake: FakeHume) -> None:
    recording = quick(fake)
    assert spans(recording) == [(0.5, 2.0), (3.0, 8.0), (9.0, 10.2)]
    assert spans(recording, "attribute") == spans(recording)
    assert recording.tracks[0].row(0) == {"amusement": 0.7124, "aesthetic appreciation": 0.4031}


def test_the_recording_is_what_is_read_from_the_answer_saved(fake: FakeHume, tmp_path: Path) -> None:
    headers = {"x-hume-api-key": KEY}
    answer = httpx.post(f"{fake.base_url}/v1/expression/audio/file", files={"file": TALK}, headers=headers)
    path = tmp_path / "given" / "call.wav"
    path.parent.mkdir()
    path.write_bytes(TALK)
    assert quick(fake, path) == saved(answer.content, "call.wav", tmp_path)


def test_an_interval_is_handed_on(fake: FakeHume) -> None:
    recording = quick(fake, interval=1.5)
    assert [issue.message for issue in recording.issues] == [
        "2 of 5 windows are left out: of each utterance the one at the end of speech is read, else the last"
    ]


@pytest.mark.parametrize(("rate", "channels", "form", "subtype"), [
    (16_000, 1, "WAV", "PCM_16"),
    (44_100, 2, "WAV", "PCM_24"),
    (8_000, 1, "WAV", "ULAW"),
    (48_000, 2, "FLAC", "PCM_16"),
    (22_050, 1, "OGG", "VORBIS"),
    (44_100, 2, "MP3", "MPEG_LAYER_III"),
])  # fmt: skip
def test_audio_of_any_format_is_decoded(fake: FakeHume, rate: int, channels: int, form: str, subtype: str) -> None:
    at = np.arange(3 * rate)
    tone = np.where((at >= rate) & (at < 2 * rate), 0.25 * np.sin(at * 2 * np.pi * 220 / rate), 0)
    out = io.BytesIO()
    soundfile.write(out, np.tile(tone[:, None], (1, channels)), rate, format=form, subtype=subtype)
    ((begin, end),) = spans(quick(fake, out.getvalue()))
    assert begin == pytest.approx(1.0, abs=0.06)
    assert end == pytest.approx(2.0, abs=0.06)


def test_samples_that_are_right_already_are_sent_as_they_are() -> None:
    noise = np.random.default_rng(1).integers(-32768, 32767, 5000, np.int16, endpoint=True)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(noise.tobytes())
    assert (decoded(Media("x", data=out.getvalue())) == noise).all()


@pytest.mark.usefixtures("without_av")
def test_what_libsndfile_does_not_read_needs_pyav_or_ffmpeg(fake: FakeHume, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(
        MissingPackageError,
        match=r"media: this is no audio that libsndfile reads .* pip install av, install ffmpeg, or",
    ) as e:
        quick(fake, b"\0\0\0\x20ftypM4A " + b"\0" * 100)
    assert e.value.name == "av"
    assert fake.requests == []


@pytest.mark.usefixtures("without_av")
@pytest.mark.parametrize("given", ["path", "bytes"])
def test_ffmpeg_is_asked_for_other_formats_where_pyav_is_missing(
    fake: FakeHume, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: str
) -> None:
    """A stand-in is asked, as ffmpeg is not installed where leed is tested: what it says counts as samples."""
    script = tmp_path / "ffmpeg"
    (tmp_path / "samples").write_bytes(TALK[44:])
    script.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\n/bin/cat {tmp_path}/samples\n')
    script.chmod(script.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "-y.m4a"
    path.write_bytes(b"\0\0\0\x20ftypM4A ")
    assert spans(quick(fake, path if given == "path" else path.read_bytes()))[0] == (0.5, 2.0)
    asked = (tmp_path / "asked").read_text()
    assert asked.endswith(" -f s16le -ac 1 -ar 16000 -\n")
    assert "-nostdin -i file:/" in asked


@pytest.mark.usefixtures("without_av")
def test_ffmpeg_that_fails_is_told(fake: FakeHume, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "ffmpeg"
    script.write_text("#!/bin/sh\necho 'moov atom not found' >&2\nexit 1\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="media: holds no audio that can be decoded: moov atom not found"):
        quick(fake, b"\0\0\0\x20ftypM4A ")


def test_audio_without_samples_is_told(fake: FakeHume) -> None:
    with pytest.raises(InputError, match="media: holds no audio: it has no samples"):
        quick(fake, speech(seconds=0.0))


def test_no_speech_is_an_issue(fake: FakeHume) -> None:
    recording = quick(fake, speech(seconds=2.0))
    assert [issue.code for issue in recording.issues] == ["no-segments"]


# --- parts


def test_long_audio_is_measured_as_if_it_had_been_sent_whole(fake: FakeHume) -> None:
    talk = speech(*((4.0 * i + 0.5, 4.0 * i + 3.2) for i in range(12)))
    whole = quick(fake, talk)
    cut = quick(fake, talk, part_bytes=32_000 * 11)
    assert len(fake.asked("POST")) > 5
    assert cut == whole
    assert len({segment.extras["utterance"] for segment in cut.segments()}) == 12


def test_no_utterance_is_cut_while_there_is_a_pause() -> None:
    rng = np.random.default_rng(7)
    for _ in range(20):
        edges = np.cumsum(rng.uniform(0.5, 3.0, 40))
        stretches = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
        samples = decoded(Media("x", data=speech(*stretches)))
        noisy = (samples + rng.normal(0, 40, len(samples))).astype(np.int16)
        pieces = list(parts(noisy, 16_000 * 12))
        assert [piece.in_speech for piece in pieces] == [False] * len(pieces)
        assert (np.concatenate([piece.samples for piece in pieces]) == noisy).all()
        for piece in pieces[1:]:
            at = piece.begin / 16_000
            assert piece.begin % 16 == 0
            assert not [1 for a, b in stretches if a < at < b]


def test_speech_without_a_pause_is_cut_and_that_is_told(fake: FakeHume) -> None:
    recording = quick(fake, speech((0.0, 20.0)), part_bytes=32_000 * 8)
    assert [issue.code for issue in recording.issues].count("cut-off") == 2
    assert spans(recording)[0][0] == 0.0
    assert spans(recording)[-1][1] == 20.0


def test_a_part_that_fails_is_an_issue_and_the_others_stay(fake: FakeHume) -> None:
    fake.faults = [Fault("POST", 500)]
    recording = quick(fake, speech((0.5, 3.0), (5.0, 8.0), (9.0, 12.0)), part_bytes=32_000 * 5)
    assert spans(recording) == [(5.0, 8.0), (9.0, 12.0)]
    (issue,) = (issue for issue in recording.issues if issue.code == "source-failed")
    assert issue.message.startswith("from 0.0 s to 4.")
    assert "was not measured: media: Hume did not measure it (status 500, code internal_error" in issue.message


def test_if_all_parts_fail_the_first_error_is_raised(fake: FakeHume) -> None:
    fake.faults = [Fault("POST", 500)] * 9
    assert failure(fake, speech((0.5, 3.0), (5.0, 8.0)), part_bytes=32_000 * 5).status == 500


# --- images


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_an_image_is_measured(fake: FakeHume, kind: str) -> None:
    recording = quick(fake, image(kind))
    assert [(t.modality, t.aspect, t.speaker, t.row(0)) for t in recording.tracks] == [
        ("face", "expression", "face_0", {"Joy": 0.8312}),
        ("face", "description", "face_0", {"Smile": 0.6}),
    ]


def test_images_of_a_scene_are_sent_together(fake: FakeHume) -> None:
    recording = hume.images([image("JPEG"), image("PNG")], name="scene", base_url=fake.base_url)
    assert [int(s.extras["frame"]) for s in recording.segments() if s.aspect == "expression"] == [0, 1]
    assert (recording.sources, len(fake.requests)) == (("scene",), 1)


def test_an_image_that_is_broken_is_told(fake: FakeHume) -> None:
    with pytest.raises(InputError, match="media: is no image that can be read"):
        quick(fake, image("PNG")[:60])
    assert fake.requests == []


def test_an_image_without_a_face_is_an_issue(fake: FakeHume) -> None:
    fake.faces = []
    assert [issue.code for issue in quick(fake, image("JPEG")).issues] == ["nothing-detected", "no-segments"]


# --- faults


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413, 415, 422, 500, 503])
def test_a_file_that_is_refused_is_sent_once(fake: FakeHume, status: int) -> None:
    fake.faults = [Fault("POST", status)]
    error = failure(fake)
    assert (error.status, error.request_id, len(fake.requests)) == (status, "req_1", 1)


def test_an_error_has_the_message_the_code_and_the_request_id(fake: FakeHume) -> None:
    fake.faults = [Fault("POST", 413)]
    error = failure(fake)
    assert (error.code, error.request_id) == ("audio_too_long", "req_1")
    assert str(error) == (
        "media: Hume did not measure it (status 413, code audio_too_long, request req_1): The fake fails with 413.; "
        "the file is too large for the service: cut it, or send it in a smaller format"
    )


@pytest.mark.parametrize("headers", [{}, {"retry-after": "0"}])
def test_a_file_that_was_not_taken_is_sent_again(fake: FakeHume, headers: dict[str, str]) -> None:
    fake.faults = [Fault("POST", 429, headers)] * 2
    assert len(spans(quick(fake))) == 3
    assert (len(fake.requests), len(fake.runs)) == (3, 1)


def test_a_connection_cut_in_the_upload_is_made_again(fake: FakeHume) -> None:
    fake.faults = [Fault("POST", cut="upload")]
    assert len(spans(quick(fake, speech((0.5, 2.0), seconds=300.0)))) == 1
    assert (len(fake.requests), len(fake.runs)) == (2, 1)


@pytest.mark.parametrize("cut", ["taken", "answer"])
def test_a_file_that_may_have_been_measured_is_not_sent_twice(fake: FakeHume, cut: str) -> None:
    fake.faults = [Fault("POST", cut=cut)]
    assert "so it may have been measured and charged, and it is not sent twice" in str(failure(fake))
    assert (len(fake.requests), len(fake.runs)) == (1, 1)


def test_an_answer_that_is_a_web_page_is_told(fake: FakeHume) -> None:
    fake.faults = [Fault("POST", 200, body=b"<html><title>Sign in</title></html>")]
    assert str(failure(fake)) == (
        "media: Hume did not measure it: it answered with a web page (status 200), not JSON: Sign in; check --base-url"
    )
    assert len(fake.requests) == 1


def test_an_answer_that_the_sdk_does_not_know_is_read_all_the_same(fake: FakeHume) -> None:
    window = {"utterance_id": 0, "audio_end_ms": 900, "expressions": [{"name": "newness", "probability": 0.9}]}
    fake.faults = [Fault("POST", 200, body=json.dumps({"run_id": "r", "measurements": [window]}).encode())]
    assert quick(fake).tracks[0].row(0) == {"newness": 0.9}


def test_hume_that_does_not_answer_is_not_waited_for(fake: FakeHume) -> None:
    fake.faults = [Fault("POST", delay=5.0)]
    assert "in 0.4 s" in str(failure(fake, timeout=0.4)) or "did not answer in time" in str(failure(fake, timeout=0.4))


def test_hume_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUME_API_KEY", KEY)
    with pytest.raises(ServiceError, match="media: Hume did not measure it: "):
        hume.measure(TALK, base_url="http://127.0.0.1:9", pause=0.01, attempts=2)


# --- keys, runs, v0, and the command


def test_without_a_key_nothing_is_sent(fake: FakeHume, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUME_API_KEY")
    with pytest.raises(OptionError, match="Hume wants a key, and HUME_API_KEY is not set"):
        quick(fake)
    assert fake.requests == []


def test_a_key_shows_nowhere(fake: FakeHume) -> None:
    fake.api_key = "another-key-entirely"
    with everything_logged() as lines:
        error = failure(fake)
        fake.api_key = KEY
        recording = quick(fake)
        fake.faults = [Fault("POST", cut="taken")]
        broken = failure(fake)
    shown = [str(error), repr(error), repr(error.__cause__), recording.to_json().decode(), repr(broken)]
    assert "Invalid API key [hidden]" in shown[0]
    assert fake.requests[-1].headers["x-hume-api-key"] == KEY
    assert lines
    assert not [text for text in (*shown, *lines) if KEY in text]


def test_a_call_inside_a_running_loop_works(fake: FakeHume) -> None:
    assert in_a_running_loop(lambda: quick(fake)) == quick(fake)


def test_a_run_holds_no_measurements(fake: FakeHume) -> None:
    quick(fake)
    with pytest.raises(
        InputError, match=r"run run_1: Hume has it \(audio, ended, begun 2026-11-01 09:30\), but keeps no"
    ):
        Calls(hume.measurer).resume("run_1", base_url=fake.base_url)
    with pytest.raises(OptionError, match="Hume answers at once, and has no jobs: leave out --no-wait"):
        Calls(hume.measurer).submit(TALK, base_url=fake.base_url)


@pytest.mark.parametrize("call", [
    lambda _: Calls(hume_v0.measurer).measure(TALK),
    lambda fake: hume.measure(TALK, base_url=f"{fake.base_url}/v0/batch/jobs"),
])  # fmt: skip
def test_v0_is_gone_and_nothing_is_sent(fake: FakeHume, call: Callable[[FakeHume], Any]) -> None:
    with pytest.raises(
        OptionError, match=r"v0 .* ended in June 2026, and nothing was sent: use --model hume, which is v1"
    ):
        call(fake)
    assert fake.requests == []


@pytest.mark.parametrize("model", ["hume-v0", "hume-batch"])
def test_the_command_says_that_v0_is_gone(leed_command: Leed, tmp_path: Path, model: str) -> None:
    (tmp_path / "call.wav").write_bytes(TALK)
    status, out, err = leed_command("measure", tmp_path / "call.wav", "--model", model)
    assert (status, out) == (1, "")
    assert err.startswith("leed: error: Hume's Expression Measurement v0 (batch and streaming) ended in June 2026")


def test_the_command_measures(fake: FakeHume, leed_command: Leed, tmp_path: Path) -> None:
    (tmp_path / "call.wav").write_bytes(TALK)
    (tmp_path / "face.png").write_bytes(image("PNG"))
    run = partial(leed_command, "measure", "--model", "hume", "--base-url", fake.base_url)
    status, out, err = run(tmp_path / "call.wav", tmp_path / "face.png")
    left_out = "1 of 4 windows are left out: of each utterance the one at the end of speech is read, else the last"
    assert (status, err) == (0, f"leed: call.wav: prosody: {left_out}\n")
    assert leed.read(out.encode()).sources == ("call.wav", "face.png")
