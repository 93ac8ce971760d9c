"""Media measured by models on this machine, as a user would: voices, words and faces."""

import asyncio
import io
import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
import soundfile
import torch

import leed
from leed.errors import InputError, OptionError
from leed_adapters import transformers as local
from leed_adapters.measuring.measurer import Event, Watch, get_measurer
from leed_adapters.measuring.media import Media
from leed_adapters.transformers.loading import load
from leed_adapters.transformers.measuring import Measuring, StoppedError
from leed_adapters.transformers.wishes import Wishes
from tests.support.local_models import rewritten, tiny, tone

SUBTITLES = """WEBVTT

00:00.500 --> 00:01.700
<v Ann>you are so happy

00:02.000 --> 00:02.900
<v Bob>I am sad today.
"""


@pytest.fixture(scope="session")
def voices(tmp_path_factory: pytest.TempPathFactory) -> str:
    return tiny(tmp_path_factory.mktemp("voices"), "wav2vec2")


@pytest.fixture(scope="session")
def words(tmp_path_factory: pytest.TempPathFactory) -> str:
    return tiny(tmp_path_factory.mktemp("words"), "roberta")


@pytest.fixture(scope="session")
def looks(tmp_path_factory: pytest.TempPathFactory) -> str:
    return tiny(tmp_path_factory.mktemp("looks"), "vit")


@pytest.fixture
def subtitles(tmp_path: Path) -> Path:
    path = tmp_path / "talk.vtt"
    path.write_text(SUBTITLES, encoding="utf-8")
    return path


def sound(*channels: np.ndarray[Any, Any], rate: int = 16_000) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, np.stack(channels, axis=1), rate, format="WAV")
    return file.getvalue()


def picture(seed: int = 0) -> bytes:
    file = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 255, (48, 36, 3), np.uint8)
    PIL.Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def leed_measure(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "leed", "measure", *arguments], capture_output=True, text=True, check=False
    )


def always(folder: str, outputs: list[float]) -> leed.Recording:
    """What a model with a pooled head measures that says the same of everything."""
    loaded = load(folder, name="tiny")
    loaded.model.classifier.out_proj.weight.data.zero_()
    loaded.model.classifier.out_proj.bias.data[:] = torch.tensor(outputs)
    media = Media("a.wav", data=sound(tone(1.0)))
    return Measuring(loaded, Wishes(voice="off"), Watch()).measure(media, threading.Event())


# --- voices


def test_a_voice_is_measured_where_subtitles_say_that_somebody_speaks(voices: str, subtitles: Path) -> None:
    recording = local.measure(sound(tone(4.0)), voices, transcript=subtitles)
    ann, bob = sorted(recording.tracks, key=lambda track: track.speaker or "")
    assert (ann.modality, ann.granularity, ann.quantity, ann.exclusive) == ("prosody", "utterance", "probability", True)
    assert (ann.speaker, ann.begin.tolist(), ann.end.tolist(), ann.text) == ("Ann", [0.5], [1.7], ("you are so happy",))
    assert (bob.speaker, bob.begin.tolist(), bob.end.tolist(), bob.text) == ("Bob", [2.0], [2.9], ("I am sad today.",))
    assert not recording.issues


def test_scores_are_those_of_the_stretch_alone(voices: str, subtitles: Path) -> None:
    samples = np.concatenate([tone(2.0, 150), tone(2.0, 400)])
    recording = local.measure(sound(samples), voices, transcript=subtitles)
    alone = local.measure(sound(samples[8000:27200]), voices, voice="off")
    by_speaker = {track.speaker: track for track in recording.tracks}
    np.testing.assert_allclose(by_speaker["Ann"].matrix, alone.tracks[0].matrix, atol=1e-3)  # 16 bits of the file
    assert not np.allclose(by_speaker["Ann"].matrix, by_speaker["Bob"].matrix, atol=1e-2)


def test_what_is_longer_than_a_window_is_one_stretch_with_the_mean_of_its_windows(voices: str) -> None:
    samples = np.concatenate([tone(20.0, 150), tone(25.0, 400)])
    recording = local.measure(sound(samples), voices, voice="off")
    (track,) = recording.tracks
    assert (track.granularity, track.begin.tolist(), track.end.tolist()) == ("clip", [0.0], [45.0])
    halves = (samples[:480_000], samples[-480_000:])
    first, last = (local.measure(sound(half), voices, voice="off").tracks[0].matrix[0] for half in halves)
    np.testing.assert_allclose(track.matrix[0], (first + last) / 2, atol=2e-3)


def test_each_channel_may_be_a_speaker(voices: str) -> None:
    recording = local.measure(sound(tone(2.0, 150), tone(2.0, 400)), voices, voice="off", channels="each")
    assert [(track.channel, track.speaker) for track in recording.tracks] == [("0", "channel 0"), ("1", "channel 1")]
    mixed = local.measure(sound(tone(2.0, 150), tone(2.0, 400)), voices, voice="off")
    assert [track.channel for track in mixed.tracks] == [None]


def test_a_cue_is_measured_where_its_speaker_is_heard(voices: str, subtitles: Path) -> None:
    ann, bob = tone(4.0, 150), tone(4.0, 400)
    ann[30_000:], bob[:30_000] = 0, 0
    recording = local.measure(sound(ann, bob), voices, transcript=subtitles, channels="each")
    assert [(track.speaker, track.channel, len(track)) for track in recording.tracks] == [
        ("Ann", "0", 1),
        ("Bob", "1", 1),
    ]


def test_stretches_go_up_to_turns(voices: str, tmp_path: Path) -> None:
    said = [("Ann", 0.2, 0.6), ("Ann", 0.7, 1.2), ("Bob", 1.5, 2.2)]
    rows = [{"begin": b, "end": e, "text": "so", "speaker": s} for s, b, e in said]
    path = tmp_path / "words.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    recording = local.measure(sound(tone(3.0)), voices, transcript=path, granularity="turn")
    times = {track.speaker: (track.begin.tolist(), track.end.tolist()) for track in recording.tracks}
    assert times == {"Ann": ([0.2], [1.2]), "Bob": ([1.5], [2.2])}
    assert {track.granularity for track in recording.tracks} == {"turn"}


def test_a_transcript_with_times_for_words_is_cut_at_words_or_above(voices: str, tmp_path: Path) -> None:
    words = [{"word": " Hi", "start": 0.2, "end": 0.5}, {"word": " there.", "start": 0.6, "end": 1.1}]
    path = tmp_path / "whisper.json"
    path.write_text(json.dumps({"segments": [{"start": 0.0, "end": 1.2, "text": " Hi there.", "words": words}]}))
    found = {}
    for granularity in ("word", "sentence", "utterance", "turn"):
        (track,) = local.measure(sound(tone(2.0)), voices, transcript=path, granularity=granularity).tracks
        found[granularity] = (track.granularity, track.begin.tolist(), track.text)
    assert found == {
        "word": ("word", [0.2, 0.6], ("Hi", "there.")),
        "sentence": ("sentence", [0.2], ("Hi there.",)),
        "utterance": ("utterance", [0.0], ("Hi there.",)),
        "turn": ("turn", [0.0], ("Hi there.",)),
    }


def test_arousal_and_valence_are_described_as_such(tmp_path: Path) -> None:
    folder = tiny(tmp_path, "pooled", ("arousal", "dominance", "valence"))
    recording = always(folder, [0.9, 0.5, 0.2])
    (track,) = recording.tracks
    assert (track.taxonomy, track.quantity) == ("dimensions-3", "bipolar")
    assert track.row(0) == {"arousal": 0.9, "dominance": 0.5, "valence": 0.2}
    (description,) = leed.describe_all(recording)
    assert str(description) == "They sound highly energetic and rather negative in tone."


def test_dimensions_from_minus_one_to_one_are_put_onto_zero_to_one(tmp_path: Path) -> None:
    folder = tiny(tmp_path, "pooled", ("arousal", "dominance", "valence"))
    recording = always(folder, [0.5, -0.5, 0.0])
    assert recording.tracks[0].row(0) == {"arousal": 0.75, "dominance": 0.25, "valence": 0.5}
    assert [issue.code for issue in recording.issues] == ["inferred"]


def test_labels_that_are_only_numbered_are_said_to_be(tmp_path: Path) -> None:
    folder = tiny(tmp_path, "wav2vec2", tuple(f"LABEL_{i}" for i in range(4)))
    recording = local.measure(sound(tone(1.0)), folder, voice="off")
    assert [issue.code for issue in recording.issues] == ["unnamed-labels"]
    assert set(recording.tracks[0].labels) == {"LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3"}


def test_a_licence_against_commercial_use_is_said_with_each_recording(tmp_path: Path) -> None:
    folder = tiny(tmp_path, "wav2vec2")
    (tmp_path / "README.md").write_text("---\nlicense: cc-by-nc-sa-4.0\n---\n", encoding="utf-8")
    (issue,) = local.measure(sound(tone(1.0)), folder, voice="off").issues
    assert issue.code == "licence"
    assert issue.message.endswith("cc-by-nc-sa-4.0, forbids commercial use; what it measures may fall under it too")


def test_intensities_of_a_model_that_leed_trained_are_intensities(tmp_path: Path) -> None:
    folder = rewritten(
        tiny(tmp_path, "whisper", ("Joy", "Sadness", "Aesthetic Appreciation")),
        problem_type="regression",
        leed={"taxonomy": "hume-48", "quantity": "intensity", "modality": "prosody", "activation": "sigmoid"},
    )
    (track,) = local.measure(sound(tone(1.0)), folder, voice="off").tracks
    assert (track.taxonomy, track.quantity, track.modality) == ("hume-48", "intensity", "prosody")
    assert set(track.labels) == {"Joy", "Sadness", "Aesthetic Appreciation"}


# --- words


def test_words_are_measured_line_by_line(words: str) -> None:
    recording = local.measure(b"you are so happy\n\nI am sad today.\n", words)
    (track,) = recording.tracks
    assert (track.modality, track.text) == ("language", ("you are so happy", "I am sad today."))
    assert np.isnan(track.begin).all()


def test_subtitles_are_words_with_times_and_speakers(words: str, subtitles: Path) -> None:
    recording = local.measure(subtitles, words)
    assert {t.speaker: (t.begin.tolist(), t.text) for t in recording.tracks} == {
        "Ann": ([0.5], ("you are so happy",)),
        "Bob": ([2.0], ("I am sad today.",)),
    }
    assert {track.source for track in recording.tracks} == {"talk.vtt"}


def test_a_recording_of_sound_has_its_words_measured_by_its_transcript(words: str, subtitles: Path) -> None:
    recording = local.measure(sound(tone(4.0)), words, transcript=subtitles)
    assert [track.modality for track in recording.tracks] == ["language", "language"]


# --- faces


def test_a_picture_that_is_a_face_is_measured_whole(looks: str) -> None:
    recording = local.measure([picture(0), picture(1)], looks, faces="whole")
    assert [(t.source, t.modality, t.granularity, len(t)) for t in recording.tracks] == [
        ("media", "face", "frame", 1),
        ("media (2)", "face", "frame", 1),
    ]


def test_a_picture_without_a_face_says_so(looks: str) -> None:
    recording = local.measure(picture(), looks)
    assert not recording.tracks
    assert [(issue.code, issue.source) for issue in recording.issues] == [("no-face", "media")]


# --- the calls


def test_media_of_another_kind_are_refused_in_one_line(voices: str, looks: str, subtitles: Path) -> None:
    with pytest.raises(InputError) as raised:
        local.measure(subtitles, voices)
    assert str(raised.value) == f"talk.vtt: is text, and {voices} hears voices: give audio or video"
    with pytest.raises(InputError, match="sees faces: give pictures or video"):
        local.measure(sound(tone(1.0)), looks)


def test_one_file_that_fails_is_an_issue_of_the_others(voices: str) -> None:
    recording = local.measure([sound(tone(1.0)), b"words"], voices, voice="off")
    assert [track.source for track in recording.tracks] == ["media"]
    assert [(issue.code, issue.source) for issue in recording.issues] == [("source-failed", "media (2)")]


def test_options_that_cannot_be_are_told(voices: str) -> None:
    for options, said in (
        ({"voice": "loud"}, "voice 'loud'"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"per_second": -1.0}, "per_second is -1.0"),
        ({"granularity": "phoneme"}, "granularity 'phoneme'"),
        ({"dtype": "int8"}, "dtype 'int8'"),
        ({"colour": "red"}, "has no option 'colour'"),
        ({"base_url": "http://a"}, "computes here, and has no address"),
        ({"language": "en"}, "takes no language"),
    ):
        given: Any = options
        with pytest.raises(OptionError, match=said):
            local.measure(sound(tone(1.0)), voices, **given)


def test_a_hub_id_that_is_not_here_is_one_clear_line() -> None:
    with pytest.raises(InputError) as raised:
        local.measure(sound(tone(1.0)), "nobody/no-such")
    assert str(raised.value) == (
        "transformers:nobody/no-such: there is no folder nobody/no-such, and no model of that name in Hugging Face's "
        "cache; 'hf download nobody/no-such' fetches one from the hub, as does --download (download=True)"
    )


def test_a_model_has_to_be_named() -> None:
    with pytest.raises(OptionError, match=r"which model\? put a folder, or a name on Hugging Face's hub"):
        local.measure(sound(tone(1.0)), "")


def test_a_vendor_has_no_models_to_choose_from() -> None:
    with pytest.raises(OptionError, match="phonexia has no models to choose from"):
        get_measurer("phonexia:large")


def test_it_works_within_a_running_loop(voices: str) -> None:
    async def notebook() -> int:
        return len(local.measure(sound(tone(1.0)), voices, voice="off").tracks)

    assert asyncio.run(notebook()) == 1


def test_progress_is_told(voices: str) -> None:
    events: list[Event] = []
    local.measure(sound(tone(40.0)), voices, voice="off", watch=Watch(tell=events.append))
    shares = [event.share or 0.0 for event in events if event.what == "listening"]
    assert shares[-1] == 1.0
    assert shares == sorted(shares)
    assert events[-1].what == "done"


def test_a_model_stops_after_the_batch_at_hand(voices: str) -> None:
    stop = threading.Event()
    stop.set()
    measuring = Measuring(load(voices, name="tiny"), Wishes(voice="off"), Watch())
    with pytest.raises(StoppedError):
        measuring.measure(Media("a.wav", data=sound(tone(1.0))), stop)


def test_a_time_limit_holds_where_one_is_given(voices: str) -> None:
    begun = time.monotonic()
    with pytest.raises(leed.LeedError, match=r"gave no result in 0\.001 s; give it longer with --timeout"):
        local.measure(sound(tone(60.0)), voices, voice="off", timeout=0.001)
    assert time.monotonic() - begun < 60


def test_threads_are_left_to_the_user_and_neither_torchaudio_nor_torchvision_comes_in(voices: str) -> None:
    code = (
        "import sys, torch; torch.set_num_threads(3)\n"
        "from leed_adapters import transformers as local\n"
        "local.measure(sys.argv[2], sys.argv[1])\n"
        "print(torch.get_num_threads(), [name for name in ('torchaudio', 'torchvision') if name in sys.modules])"
    )
    path = Path(voices, "talk.wav")
    path.write_bytes(sound(tone(2.0)))
    done = subprocess.run([sys.executable, "-c", code, voices, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout == "3 []\n"


def test_describing_loads_no_torch() -> None:
    code = (
        "import sys, leed, leed_adapters.transformers, leed_adapters.measuring.command\n"
        "leed.describe({'Joy': 0.8}, modality='face')\n"
        "print([name for name in ('torch', 'transformers', 'soundfile', 'av') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# --- the command


def test_the_command_writes_a_recording(voices: str, subtitles: Path, tmp_path: Path) -> None:
    path = tmp_path / "talk.wav"
    path.write_bytes(sound(tone(4.0)))
    done = leed_measure(str(path), "--model", f"transformers:{voices}", "--transcript", str(subtitles))
    assert (done.returncode, done.stderr) == (0, "")
    there, here = leed.read(done.stdout.encode()), local.measure(path, voices, transcript=subtitles)
    assert [(t.key, t.labels, t.text, t.begin.tolist()) for t in there.tracks] == [
        (t.key, t.labels, t.text, t.begin.tolist()) for t in here.tracks
    ]
    for one, other in zip(there.tracks, here.tracks, strict=True):  # that process may have more threads
        np.testing.assert_allclose(one.matrix, other.matrix, atol=1e-5)


def test_the_command_refuses_one_transcript_for_several_files(voices: str, subtitles: Path, tmp_path: Path) -> None:
    path = tmp_path / "talk.wav"
    path.write_bytes(sound(tone(1.0)))
    done = leed_measure(str(path), str(path), "--model", f"transformers:{voices}", "--transcript", str(subtitles))
    assert done.returncode == 1
    assert done.stderr == (
        f"leed: error: --transcript {subtitles} is of one file, and 2 are given: measure each by itself\n"
    )


def test_the_command_tells_options_that_a_service_lacks(tmp_path: Path) -> None:
    path = tmp_path / "talk.wav"
    path.write_bytes(sound(tone(1.0)))
    done = leed_measure(str(path), "--model", "phonexia", "--base-url", "http://127.0.0.1:9", "--device", "cpu")
    assert done.stderr == "leed: error: Phonexia has no option 'device'; it has none of its own\n"


def test_the_command_measures_what_it_can_open_and_names_what_it_cannot(voices: str, tmp_path: Path) -> None:
    path, out = tmp_path / "talk.wav", tmp_path / "talk.json"
    path.write_bytes(sound(tone(1.0)))
    told = ["--model", f"transformers:{voices}", "--voice", "off", "-o", str(out)]
    done = leed_measure(str(path), str(tmp_path / "nope.wav"), *told)
    assert done.returncode == 1
    assert done.stderr == f"leed: error: {tmp_path}/nope.wav: cannot be opened: No such file or directory\n"
    recording = leed.read(out)
    assert [track.source for track in recording.tracks] == ["talk.wav"]
    assert [(issue.code, issue.source) for issue in recording.issues] == [("source-failed", "nope.wav")]
