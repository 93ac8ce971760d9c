"""Sound of any file, as float32 at 16,000 samples a second; what is odd is told."""

import io

import numpy as np
import pytest

from leed.errors import InputError, MissingPackageError, OptionError
from leed.schema import Issue
from leed_adapters.measuring.media import Media
from leed_adapters.media.sound import blocks, opened
from tests.support.making import m4a, sound, tone, video


def heard(data: bytes, channels: str = "mix") -> tuple[np.ndarray, list[Issue]]:
    issues: list[Issue] = []
    made = list(blocks(Media("a.wav", data=data), channels=channels, on_issue=issues.append))
    assert {block.dtype for block in made} == {np.dtype("float32")}
    return np.concatenate(made), issues


def loudness(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(samples[4000:-4000] ** 2)))


@pytest.mark.parametrize("channels", [1, 2, 8])
@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 48_000])
def test_any_rate_and_number_of_channels_becomes_one_at_16_khz(rate: int, channels: int) -> None:
    samples, issues = heard(sound(np.tile(tone(2.0, rate)[:, None], (1, channels)), rate))
    assert samples.shape == (32_000, 1)
    assert loudness(samples) == pytest.approx(0.25 / np.sqrt(2), rel=0.01)
    assert np.argmax(np.abs(np.fft.rfft(samples[:, 0]))) / 2 == pytest.approx(220, abs=1)
    assert issues == []


def test_channels_stay_apart_where_each_is_asked_for() -> None:
    both = np.stack([tone(1.0, 48_000), np.zeros(48_000)], axis=1)
    samples, _ = heard(sound(both, 48_000), "each")
    assert samples.shape == (16_000, 2)
    assert loudness(samples[:, 0]) == pytest.approx(0.177, abs=0.002)
    assert loudness(samples[:, 1]) < 1e-4


@pytest.mark.parametrize(("form", "subtype"), [("FLAC", None), ("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", None)])
def test_formats_of_libsndfile_are_read(form: str, subtype: str | None) -> None:
    samples, issues = heard(sound(tone(2.0, 48_000), 48_000, form, subtype))
    assert len(samples) == pytest.approx(32_000, abs=800)
    assert loudness(samples) == pytest.approx(0.177, abs=0.01)
    assert issues == []


def test_blocks_of_mp3_join_without_a_gap() -> None:
    samples, _ = heard(sound(tone(20.0), 16_000, "MP3"))
    envelope = np.abs(samples[1600:-1600, 0]).reshape(-1, 160).max(axis=1)
    assert envelope.min() > 0.24


@pytest.mark.parametrize("form", ["ipod", "adts", "mp4"])
def test_what_libsndfile_does_not_read_is_read_by_pyav(form: str) -> None:
    samples, issues = heard(m4a(tone(2.0, 48_000), form=form))
    assert len(samples) == pytest.approx(32_000, abs=800)
    assert loudness(samples) == pytest.approx(0.177, abs=0.01)
    assert issues == []


def test_the_sound_of_a_video_is_read() -> None:
    pictures = [np.full((48, 64, 3), 10 * i, np.uint8) for i in range(10)]
    samples, _ = heard(video(pictures, [i / 5 for i in range(10)], heard=(tone(2.0, 48_000), 48_000)))
    assert loudness(samples) == pytest.approx(0.177, abs=0.01)


def test_a_video_without_sound_is_told() -> None:
    mute = video([np.zeros((48, 64, 3), np.uint8)] * 3, [0, 0.1, 0.2])
    with pytest.raises(InputError, match=r"^a\.wav: holds no audio: it is a video without sound$"):
        heard(mute)


NO_SOUND = "give a file with sound (WAV, FLAC, MP3, Ogg, M4A, a video)"
INVALID = "holds no audio or video that can be decoded: Invalid data found when processing input"


@pytest.mark.parametrize(("data", "told"), [
    (b"", f"is empty: {NO_SOUND}"),
    (b"just words\n" * 9, f"is text, and no audio: {NO_SOUND}"),
    ("just words".encode("utf-16"), f"is text, and no audio: {NO_SOUND}"),
    (sound(np.zeros(0)), "holds no audio: it has no samples"),
    (bytes(range(256)) * 40, INVALID),
    (m4a(tone(1.0, 48_000))[:5000], INVALID),
])  # fmt: skip
def test_what_is_no_audio_gives_one_line(data: bytes, told: str) -> None:
    with pytest.raises(InputError) as error:
        heard(data)
    assert str(error.value) == f"a.wav: {told}"


def test_a_playlist_named_wav_is_text_and_nothing_is_fetched() -> None:
    with pytest.raises(InputError, match="is text, and no audio"):
        heard(b"#EXTM3U\n#EXTINF:10,\nhttp://192.0.2.1/a.ts\n")


@pytest.mark.parametrize("form", ["WAV", "FLAC", "OGG", "MP3"])
def test_of_a_file_that_is_cut_off_what_is_there_is_read(form: str) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 160_000)
    whole = sound(noise, 16_000, form)
    samples, issues = heard(whole[: len(whole) // 2])
    assert len(samples) / 16_000 == pytest.approx(5.0, abs=0.6)
    assert [issue.code for issue in issues] == ["cut-off"]
    assert str(issues[0]) == f"a.wav: the file is cut off; the first {len(samples) / 16_000:.2f} s are there"


def test_a_cut_off_video_says_so() -> None:
    pictures = [np.random.default_rng(i).integers(0, 255, (48, 64, 3), np.uint8) for i in range(50)]
    whole = video(pictures, [i / 5 for i in range(50)], form="matroska", heard=(tone(10.0, 48_000), 48_000))
    samples, issues = heard(whole[: len(whole) // 2])
    assert 0 < len(samples) < 160_000
    assert issues == []  # Matroska has its streams' lengths nowhere that FFmpeg tells


def test_samples_that_are_no_numbers_are_silence_and_told() -> None:
    samples = tone(1.0)
    samples[100:110], samples[200:205] = np.nan, np.inf
    made, issues = heard(sound(samples, subtype="FLOAT"))
    assert np.isfinite(made).all()
    assert (made[100:110] == 0).all()
    assert [str(issue) for issue in issues] == [
        "a.wav: 15 of 16000 samples are no finite numbers; they are taken for silence"
    ]
    assert issues[0].code == "not-finite"


def test_clipped_sound_is_told_and_a_loud_wave_is_not_clipped() -> None:
    _, issues = heard(sound(np.clip(tone(1.0) * 8, -1, 1)))
    assert [issue.code for issue in issues] == ["clipped"]
    assert issues[0].message.startswith("the sound is clipped: 6")
    assert heard(sound(tone(1.0) * 3.999))[1] == []


def test_floats_far_beyond_full_scale_are_told() -> None:
    _, issues = heard(sound(tone(1.0) * 32_768, subtype="FLOAT"))
    assert [str(issue) for issue in issues] == ["a.wav: samples reach 8192, where full scale is 1"]


def test_a_header_that_was_written_before_the_end_was_known_is_no_cut() -> None:
    data = bytearray(sound(tone(1.0)))
    data[4:8] = data[40:44] = b"\xff\xff\xff\xff"
    samples, issues = heard(bytes(data))
    assert (len(samples), issues) == (16_000, [])


def test_progress_is_told_in_seconds() -> None:
    told: list[tuple[float, float | None]] = []
    list(blocks(Media("a", data=sound(tone(20.0))), on_progress=lambda *at: told.append(at)))
    assert told == [(8.192, 20.0), (16.384, 20.0), (20.0, 20.0)]


def test_channels_have_two_ways() -> None:
    with pytest.raises(OptionError, match="channels 'mixed' is not known: give one of mix, each"):
        heard(sound(tone(0.1)), "mixed")


@pytest.mark.usefixtures("without_av")
def test_what_needs_pyav_says_so_where_it_is_missing() -> None:
    with pytest.raises(MissingPackageError) as error:
        heard(m4a(tone(0.1, 48_000)))
    assert str(error.value) == (
        "a.wav: this is no audio that libsndfile reads (WAV, FLAC, Ogg, MP3, ...), and reading it needs the package "
        "'av', which is not installed: pip install 'leed[audio]'"
    )


def test_a_gap_between_timestamps_is_silence() -> None:
    """Ogg's Opus as WebM, with packets left out as a call that was silent leaves them out."""
    av = pytest.importorskip("av")
    out = io.BytesIO()
    with av.open(out, "w", format="webm") as container:
        stream = container.add_stream("libopus", rate=48_000, layout="mono")
        for i in range(150):
            frame = av.AudioFrame.from_ndarray(
                tone(0.02, 48_000).astype(np.float32)[None], format="fltp", layout="mono"
            )
            frame.rate, frame.pts = 48_000, i * 960
            for packet in stream.encode(frame):
                if not 50 <= i < 100:
                    container.mux(packet)
        container.mux(stream.encode(None))
    samples, _ = heard(out.getvalue())
    assert len(samples) == pytest.approx(48_000, abs=1000)
    assert np.abs(samples[20_000:30_000]).max() < 0.01
    assert np.abs(samples[36_000:44_000]).max() > 0.2


def test_a_file_is_read_block_by_block() -> None:
    with opened(Media("a", data=sound(tone(60.0)))) as source:
        assert (source.rate, source.channels, source.seconds) == (16_000, 1, 60.0)
        assert len(next(source.blocks)) == 131_072
