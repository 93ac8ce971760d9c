"""Where somebody speaks: silero-vad's network many windows at a time, and stretches of speech from it."""

import subprocess
import sys
import warnings
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from leed_adapters.media.voice import WINDOW, Hearing, Listener, Utterances, network
from tests.support.making import spoken, tone

RATE = 16_000


def odds(*runs: tuple[float, float]) -> np.ndarray:
    """Probabilities of windows: each run is seconds, and how likely somebody speaks."""
    return np.concatenate([np.full(round(seconds * RATE / WINDOW), odd, np.float32) for seconds, odd in runs])


def spans(found: np.ndarray, **hearing: float) -> list[tuple[float, float]]:
    utterances = Utterances(Hearing(**hearing))
    made = [*utterances.add(found), *utterances.ended(len(found) * WINDOW)]
    return [(round(begin / RATE, 1), round(end / RATE, 1)) for begin, end in made]


@pytest.mark.needs_espeak
def test_probabilities_are_those_of_silero_vad_itself_whatever_the_blocks() -> None:
    talk = np.concatenate([np.zeros(8000), spoken("I am very glad to see you.", RATE), tone(1.0)]).astype(np.float32)
    listener = Listener()
    blocks = np.array_split(talk[:, None], [3, 100, 5000, 5001, 20_000])
    made = np.concatenate([*map(listener, blocks), listener.end()])[:, 0]
    folder = find_spec("silero_vad").submodule_search_locations[0]  # type: ignore[union-attr, index]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole = torch.jit.load(f"{folder}/data/silero_vad.jit")  # type: ignore[no-untyped-call]
        theirs = whole.audio_forward(torch.from_numpy(talk)[None], RATE)[0].numpy()
    assert made.shape == theirs.shape
    assert np.abs(made - theirs).max() < 1e-4
    assert theirs.max() > 0.9


@pytest.mark.needs_espeak
def test_channels_are_heard_each_on_its_own() -> None:
    talk = spoken("I am very glad to see you.", RATE).astype(np.float32)
    both = np.stack([talk, np.zeros_like(talk)], axis=1)
    made = Listener()(both)
    assert made[:, 0].max() > 0.9
    assert made[:, 1].max() < 0.2
    assert np.allclose(made[:, 0], Listener()(both[:, :1])[:, 0], atol=1e-5)


def test_the_threads_of_torch_stay_as_they_are() -> None:
    code = (
        "import torch; torch.set_num_threads(3); from leed_adapters.media.voice import Listener; import numpy as np;"
        "Listener()(np.zeros((16000, 1), np.float32)); print(torch.get_num_threads())"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "3\n"


def test_silero_vad_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(ModuleNotFoundError) as error:
        network()
    assert error.value.name == "silero_vad"


# --- stretches


def test_speech_is_padded_and_a_pause_ends_it() -> None:
    assert spans(odds((1, 0), (2, 0.9), (1, 0), (3, 0.9), (1, 0))) == [(0.9, 3.1), (3.9, 7.1)]


def test_a_short_pause_ends_nothing_and_a_short_sound_is_no_speech() -> None:
    assert spans(odds((1, 0), (1, 0.9), (0.4, 0), (1, 0.9), (1, 0))) == [(0.9, 3.5)]
    assert spans(odds((1, 0), (0.2, 0.9), (1, 0))) == []


def test_speech_goes_on_while_it_is_likelier_than_the_lower_threshold() -> None:
    assert spans(odds((1, 0.4), (1, 0.9), (1, 0.4), (1, 0.1))) == [(0.9, 3.1)]


def test_speech_up_to_the_end_ends_there() -> None:
    assert spans(odds((1, 0), (2, 0.9))) == [(0.9, 3.0)]


def test_silence_has_no_stretches() -> None:
    assert spans(odds((5, 0))) == []
    assert spans(odds((0, 0))) == []


def test_what_is_too_long_is_cut_at_the_longest_pause_of_its_second_half() -> None:
    talk = odds((3, 0.9), (0.4, 0), (3, 0.9), (0.1, 0), (1.5, 0.9), (0.3, 0), (5, 0.9), (1, 0))
    made = spans(talk, longest=10.0)
    assert made == [(0.0, 8.1), (8.1, 13.4)]
    assert all(end - begin <= 10.0 for begin, end in made)


def test_where_there_is_no_pause_it_is_cut_where_speech_is_least_likely() -> None:
    made = spans(odds((7, 0.9), (0.1, 0.6), (7, 0.9), (1, 0)), longest=10.0)
    assert made[0][1] == pytest.approx(7.0, abs=0.05)
    assert len(made) == 2


def test_an_hour_of_talk_without_a_pause_comes_in_parts_of_bounded_length() -> None:
    made = spans(odds((3600, 0.99)), longest=30.0)
    assert made[0][0] == 0.0
    assert made[-1][1] == pytest.approx(3600, abs=0.1)
    assert max(end - begin for begin, end in made) <= 30.0
    assert all(before[1] == after[0] for before, after in pairwise(made))
    assert len(made) < 250
