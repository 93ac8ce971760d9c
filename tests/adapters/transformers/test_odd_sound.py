"""Sound as people have it, good and bad, measured on this machine: a sensible recording, or one clear line."""

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from leed.errors import InputError
from leed.schema import Recording
from leed_adapters import transformers as local
from tests.support.local_models import tiny, tone
from tests.support.told import codes


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return tiny(tmp_path_factory.mktemp("odd"), "wav2vec2")


def wav(
    samples: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]", rate: int = 16_000, subtype: str = "PCM_16"
) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format="WAV", subtype=subtype)
    return file.getvalue()


def measured(model: str, data: bytes, voice: str = "off") -> Recording:
    return local.measure(data, model, voice=voice)


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000])
def test_any_rate_gives_nearly_the_same_scores(model: str, rate: int) -> None:
    usual = measured(model, wav(tone(2.0))).tracks[0]
    here = measured(model, wav(tone(2.0, rate=rate), rate)).tracks[0]
    assert (here.begin.tolist(), here.end.tolist()) == ([0.0], [2.0])
    np.testing.assert_allclose(here.matrix, usual.matrix, atol=0.02)


@pytest.mark.parametrize("channels", [1, 2, 6, 8])
def test_channels_are_mixed(model: str, channels: int) -> None:
    usual = measured(model, wav(tone(1.0))).tracks[0]
    here = measured(model, wav(np.stack([tone(1.0)] * channels, axis=1)))
    assert len(here.tracks) == 1
    np.testing.assert_allclose(here.tracks[0].matrix, usual.matrix, atol=1e-3)


@pytest.mark.parametrize("data", [b"", wav(tone(0.0))], ids=["no bytes", "no samples"])
def test_sound_of_no_length_is_an_error(model: str, data: bytes) -> None:
    with pytest.raises(InputError) as raised:
        measured(model, data)
    assert str(raised.value).startswith("media: ")
    assert "\n" not in str(raised.value)


def test_silence_has_nobody_who_speaks(model: str) -> None:
    recording = measured(model, wav(np.zeros(48_000, np.float32)), voice="silero")
    assert not recording.tracks
    assert codes(recording) == ["no-speech"]


def test_silence_may_be_measured_all_the_same(model: str) -> None:
    recording = measured(model, wav(np.zeros(48_000, np.float32)))
    assert np.isfinite(recording.tracks[0].matrix).all()


def test_a_few_milliseconds_are_measured(model: str) -> None:
    recording = measured(model, wav(tone(0.005)))
    assert recording.tracks[0].end.tolist() == [0.005]


def test_sound_that_is_clipped_is_measured_and_said_to_be(model: str) -> None:
    recording = measured(model, wav(np.clip(tone(2.0) * 20, -1, 1)))
    assert len(recording.tracks) == 1
    assert codes(recording) == ["clipped"]


def test_samples_that_are_no_numbers_are_silence_and_said_to_be(model: str) -> None:
    samples = tone(2.0)
    samples[1000:1100] = np.nan
    samples[2000] = np.inf
    recording = measured(model, wav(samples, subtype="FLOAT"))
    assert np.isfinite(recording.tracks[0].matrix).all()
    assert codes(recording) == ["not-finite"]


def test_text_under_a_name_of_sound_is_refused(model: str, tmp_path: Path) -> None:
    path = tmp_path / "talk.wav"
    path.write_text("I am no sound.\n", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        local.measure(path, model)
    assert str(raised.value) == f"talk.wav: is text, and {model} hears voices: give audio or video"


def test_a_file_that_is_cut_off_is_measured_as_far_as_it_goes(model: str) -> None:
    recording = measured(model, wav(tone(4.0))[:64_000])
    assert 1.9 < recording.tracks[0].end[0] <= 2.0
    assert codes(recording) == ["cut-off"]


@pytest.mark.parametrize("data", [b"RIFF", b"\x00" * 5000, b"ID3\x04" + b"\xff" * 300], ids=["RIFF", "zeros", "mp3"])
def test_rubbish_is_one_clear_line(model: str, data: bytes) -> None:
    with pytest.raises(InputError) as raised:
        measured(model, data)
    assert str(raised.value).startswith("media: ")
    assert "\n" not in str(raised.value)
