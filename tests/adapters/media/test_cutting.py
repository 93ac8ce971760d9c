"""Clips of sound: by voice, by boundaries, or throughout; each of bounded length, and in little memory."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from leed.errors import InputError, MissingPackageError, OptionError
from leed.schema import Issue
from leed_adapters.measuring import Media
from leed_adapters.media import Boundaries, Clip, Stretch, clips, window_mean
from tests.support.making import sound, spoken, tone

RATE = 22_050


def made(data: bytes, **options: Any) -> tuple[list[Clip], list[Issue]]:
    issues: list[Issue] = []
    return list(clips(Media("a.wav", data=data), on_issue=issues.append, **options)), issues


def times(found: list[Clip]) -> list[tuple[float, float]]:
    return [(clip.begin, clip.end) for clip in found]


@pytest.fixture(scope="module")
def talk() -> tuple[bytes, list[tuple[float, float]]]:
    """Three sentences with silence between them, and when each is said."""
    parts, truth, at = [np.zeros(RATE)], [], 1.0
    for words, pause in (("Hello there, my friend.", 1.5), ("I am very glad to see you.", 2.0), ("How are you?", 1.0)):
        said = spoken(words)
        truth.append((at, at + len(said) / RATE))
        at += len(said) / RATE + pause
        parts += [said, np.zeros(round(pause * RATE))]
    return sound(np.concatenate(parts), RATE), truth


@pytest.mark.needs_espeak
def test_utterances_are_found_where_they_are_said(talk: tuple[bytes, list[tuple[float, float]]]) -> None:
    data, truth = talk
    found, issues = made(data)
    assert len(found) == 3
    for clip, (begin, end) in zip(found, truth, strict=True):
        assert clip.begin == pytest.approx(begin, abs=0.2)
        assert clip.end == pytest.approx(end, abs=0.2)
        assert len(clip.samples) == round((clip.end - clip.begin) * 16_000)
        assert clip.samples.dtype == np.float32
        assert np.abs(clip.samples).max() > 0.1
        assert (clip.granularity, clip.channel, clip.text) == ("utterance", None, None)
        assert clip.whole == (clip.begin, clip.end)
    assert [clip.stretch for clip in found] == [0, 1, 2]
    assert issues == []


@pytest.mark.needs_espeak
def test_each_channel_is_a_speaker_where_that_is_asked_for() -> None:
    one, other = spoken("I am very glad to see you."), spoken("And I am not glad at all.")
    left = np.concatenate([one, np.zeros(RATE + len(other))])
    right = np.concatenate([np.zeros(len(one) + RATE), other])
    found, _ = made(sound(np.stack([left, right], axis=1), RATE), channels="each")
    assert [clip.channel for clip in found] == [0, 1]
    assert found[0].end < len(one) / RATE + 0.3
    assert found[1].begin == pytest.approx(len(one) / RATE + 1, abs=0.2)
    assert np.abs(found[1].samples).max() > 0.1


@pytest.mark.parametrize("samples", [np.zeros(80_000), tone(5.0) / 100], ids=["silence", "a hum"])
def test_where_nobody_speaks_there_are_no_clips_and_an_issue(samples: np.ndarray) -> None:
    found, issues = made(sound(samples))
    assert found == []
    assert issues == [Issue("no-speech", "nobody is heard to speak", "a.wav")]


def test_all_of_it_is_taken_where_no_voice_is_looked_for() -> None:
    found, issues = made(sound(np.zeros(16_000)), voice="off")
    assert [(c.begin, c.end, c.granularity, c.whole) for c in found] == [(0.0, 1.0, "clip", (0.0, 1.0))]
    assert issues == []


def test_long_sound_comes_in_windows_that_overlap_and_are_all_as_long() -> None:
    found, _ = made(sound(tone(70.0)), voice="off")
    assert times(found) == [(0.0, 30.0), (15.0, 45.0), (30.0, 60.0), (40.0, 70.0)]
    assert {len(clip.samples) for clip in found} == {480_000}
    assert {clip.stretch for clip in found} == {0}
    assert found[-1].whole == (0.0, 70.0)
    assert np.allclose(found[1].samples[:240_000], found[0].samples[240_000:])


@pytest.mark.parametrize(("seconds", "windows"), [
    (30.0, [(0.0, 30.0)]),
    (30.5, [(0.0, 30.0), (0.5, 30.5)]),
    (45.0, [(0.0, 30.0), (15.0, 45.0)]),
    (60.0, [(0.0, 30.0), (15.0, 45.0), (30.0, 60.0)]),
])  # fmt: skip
def test_the_last_window_ends_with_the_sound(seconds: float, windows: list[tuple[float, float]]) -> None:
    assert times(made(sound(tone(seconds)), voice="off")[0]) == windows


def test_windows_may_overlap_less_and_be_shorter() -> None:
    assert times(made(sound(tone(10.0)), voice="off", longest=4.0, overlap=0.0)[0]) == [(0, 4), (4, 8), (6, 10)]


def test_boundaries_say_where_to_cut_and_what_is_said() -> None:
    ramp = np.arange(64_000) / 64_000
    said = Boundaries("word", (Stretch(1.0, 1.5, "hello", "Ada"), Stretch(2.25, 3.0, "there", "Bo")))
    found, issues = made(sound(ramp, subtype="FLOAT"), boundaries=said)
    assert [(c.begin, c.end, c.text, c.speaker, c.granularity, c.stretch) for c in found] == [
        (1.0, 1.5, "hello", "Ada", "word", 0),
        (2.25, 3.0, "there", "Bo", "word", 1),
    ]
    assert np.allclose(found[0].samples, ramp[16_000:24_000])
    assert np.allclose(found[1].samples, ramp[36_000:48_000])
    assert issues == []


def test_overlapping_boundaries_are_all_cut() -> None:
    said = Boundaries("turn", (Stretch(0.0, 3.0, speaker="A"), Stretch(1.0, 2.0, speaker="B"), Stretch(1.5, 4.0)))
    found, _ = made(sound(tone(4.0)), boundaries=said)
    assert [(c.stretch, c.begin, len(c.samples)) for c in found] == [
        (0, 0.0, 48_000),
        (1, 1.0, 16_000),
        (2, 1.5, 40_000),
    ]


def test_a_long_stretch_comes_in_windows_and_its_scores_are_put_together() -> None:
    said = Boundaries("turn", (Stretch(10.0, 80.0, "long"), Stretch(20.0, 22.0, "short")))
    found, _ = made(sound(tone(90.0)), boundaries=said)
    assert [(c.stretch, c.begin, c.end) for c in found] == [
        (0, 10.0, 40.0),
        (1, 20.0, 22.0),
        (0, 23.3333125, 53.3333125),
        (0, 36.6666875, 66.6666875),
        (0, 50.0, 80.0),
    ]
    assert {c.whole for c in found if c.stretch == 0} == {(10.0, 80.0)}
    scores = [[0.0], [1.0], [0.5], [0.5], [0.25]]
    mean, stretches = window_mean(scores, *([getattr(c, n) for c in found] for n in ("begin", "end", "stretch")))
    assert stretches.tolist() == [0, 1]
    assert mean[1].tolist() == [1.0]
    assert 0.25 < mean[0, 0] < 0.3


def test_a_word_without_length_is_heard_with_what_is_around_it() -> None:
    said = Boundaries("word", (Stretch(1.0, 1.0, "a"), Stretch(0.0, 0.0, "b"), Stretch(2.0, 2.02, "c")))
    found, _ = made(sound(tone(3.0)), boundaries=said)
    assert [(c.text, c.begin, c.end, c.whole) for c in found] == [
        ("b", 0.0, 0.1, (0.0, 0.0)),
        ("a", 0.95, 1.05, (1.0, 1.0)),
        ("c", 1.96, 2.06, (2.0, 2.02)),
    ]


def test_what_is_beyond_the_end_or_has_no_time_is_told() -> None:
    said = Boundaries(
        "word", (Stretch(0.5, 1.5, "a"), Stretch(1.5, 9.0, "b"), Stretch(5.0, 6.0, "c"), Stretch(text="d"))
    )
    found, issues = made(sound(tone(2.0)), boundaries=said)
    assert [(c.text, c.begin, c.end) for c in found] == [("a", 0.5, 1.5), ("b", 1.5, 2.0)]
    assert [str(issue) for issue in issues] == [
        "a.wav: 1 stretch is without times, and not measured in sound",
        "a.wav: 1 stretch is beyond the end of the sound, and not measured",
    ]


def test_a_window_that_adds_nothing_before_the_end_of_the_sound_is_left_out() -> None:
    said = Boundaries("turn", (Stretch(0.0, 120.0),))
    found, _ = made(sound(tone(40.0)), boundaries=said)
    assert times(found) == [(0.0, 30.0), (15.0, 40.0)]


def test_a_stretch_with_a_channel_is_cut_from_it_and_others_from_the_loudest() -> None:
    both = np.stack([np.full(32_000, 0.1), np.full(32_000, 0.5)], axis=1)
    said = Boundaries("turn", (Stretch(0.0, 1.0, "one", channel=0), Stretch(1.0, 2.0, "both")))
    found, _ = made(sound(both), boundaries=said, channels="each")
    levels = [(c.text, c.channel, c.stretch, round(float(c.samples.mean()), 3)) for c in found]
    assert levels == [("one", 0, 0, 0.1), ("both", 1, 1, 0.5)]
    mixed, _ = made(sound(both), boundaries=said)
    assert [(c.channel, c.stretch, round(float(c.samples.mean()), 3)) for c in mixed] == [
        (None, 0, 0.3),
        (None, 1, 0.3),
    ]


def test_no_boundaries_are_no_clips() -> None:
    assert made(sound(tone(1.0)), boundaries=Boundaries("word", ())) == ([], [])


@pytest.mark.parametrize(("options", "told"), [
    ({"voice": "on"}, "voice 'on' is not known: give one of silero, off"),
    ({"longest": 0.5}, "longest is 0.5: give the seconds of a clip at most, from 1 to 600"),
    ({"longest": float("nan")}, "longest is nan: give the seconds of a clip at most, from 1 to 600"),
    ({"overlap": 1.0}, "overlap is 1.0: give the share of a window that its neighbour has, below 0.95"),
])  # fmt: skip
def test_options_have_bounds(options: dict[str, Any], told: str) -> None:
    with pytest.raises(OptionError) as error:
        made(sound(tone(1.0)), **options)
    assert str(error.value) == told


def test_sound_without_samples_is_an_error_whichever_way_it_is_cut() -> None:
    for options in ({}, {"voice": "off"}, {"boundaries": Boundaries("word", (Stretch(0.0, 1.0),))}):
        with pytest.raises(InputError, match=r"^a\.wav: holds no audio: it has no samples$"):
            made(sound(np.zeros(0)), **options)


def test_finding_speech_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "leed_adapters.media.voice", None)
    with pytest.raises(MissingPackageError, match=r"^finding speech needs the package .* pip install 'leed"):
        made(sound(tone(1.0)))


# --- memory


_PEAK = """
import resource, sys
import numpy as np
import soundfile
from leed_adapters.media import clips
from leed_adapters.measuring import Media

path, minutes, voice = sys.argv[1], int(sys.argv[2]), sys.argv[3]
minute = np.random.default_rng(0).normal(0, 0.05, 960_000)
with soundfile.SoundFile(path, "w", 16_000, 1, format="WAV") as file:
    for _ in range(minutes):
        file.write(minute)
count = sum(1 for _ in clips(Media("a", path=path), voice=voice))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, count)
"""


@pytest.mark.parametrize("voice", ["silero", "off"])
def test_memory_does_not_grow_with_length(tmp_path: Any, voice: str) -> None:
    """The peak of a process, in MiB, with ten minutes and with an hour: decoded they would be 37 and 220."""
    peaks = []
    for minutes in (10, 60):
        told = [sys.executable, "-c", _PEAK, str(tmp_path / "a.wav"), str(minutes), voice]
        done = subprocess.run(told, capture_output=True, text=True, check=True)
        peak, count = map(int, done.stdout.split())
        assert count == (0 if voice == "silero" else minutes * 4 - 1)
        peaks.append(peak)
    assert peaks[1] - peaks[0] < 25
