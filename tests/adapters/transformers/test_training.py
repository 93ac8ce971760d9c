"""Voice models trained: they learn, on voices that they never heard; and what is written is an ordinary model."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from safetensors.torch import load_file
from transformers import AutoFeatureExtractor, AutoModelForAudioClassification

from leed.classifiers.metrics import ccc
from leed_adapters.transformers import measure
from leed_adapters.transformers.training import Event, Settings, Trained, train
from tests.adapters.transformers.conftest import Voices
from tests.support.voices import RATE

MARGIN = 10
"""How many times smaller the loss on unseen voices is than the untrained model's, which has one guess for all."""


def trained(voices: Voices, out: Path, **given: Any) -> Trained:
    options = {name: given.pop(name) for name in ("taxonomy", "validation", "held_out", "tell") if name in given}
    return train(voices.ratings, voices.clips, out, settings=voices.settings(**given), **options)


def heard(folder: Path, clip: Path) -> np.ndarray[Any, Any]:
    """What anybody with transformers alone gets from a model for a clip."""
    extractor = AutoFeatureExtractor.from_pretrained(folder)  # type: ignore[no-untyped-call] # has no types
    model = AutoModelForAudioClassification.from_pretrained(folder)
    samples, _ = soundfile.read(clip, dtype="float32")
    features = extractor(samples, sampling_rate=RATE, return_tensors="pt")["input_features"]
    with torch.inference_mode():
        logits: np.ndarray[Any, Any] = model(features).logits[0].numpy()
    return logits


@pytest.mark.parametrize(
    ("loss", "freeze", "epochs", "rates"),
    [
        ("mse", "encoder", 12, {"head_rate": 1e-2}),
        ("ccc", "none", 12, {"head_rate": 3e-3, "encoder_rate": 1e-3}),
        ("mse", "1", 20, {"head_rate": 3e-3, "encoder_rate": 2e-3}),
        ("mse", "none", 12, {"head_rate": 3e-3, "encoder_rate": 1e-3}),
    ],
)
def test_a_trained_model_beats_the_untrained_one_on_unseen_voices(
    voices: Voices, tmp_path: Path, loss: str, freeze: str, epochs: int, rates: dict[str, float]
) -> None:
    done = trained(voices, tmp_path / "out", loss=loss, freeze=freeze, epochs=epochs, patience=0, **rates)
    assert done.best * MARGIN < done.untrained
    assert done.speakers == (6, 2)
    assert done.clips == (60, 20)
    for one in done.figures:
        assert one.clips == 20
        assert one.ccc is not None
        assert one.ccc > 0.7, one


def test_binary_cross_entropy_tells_high_from_low_on_unseen_voices(voices: Voices, tmp_path: Path) -> None:
    done = trained(voices, tmp_path / "out", loss="bce", epochs=12, head_rate=1e-2)
    assert done.best < done.untrained
    for one in done.figures:
        assert one.auc is not None
        assert one.f1 is not None
        assert one.auc > 0.9, one
        assert one.f1 > 0.7, one
    config = json.loads((tmp_path / "out" / "config.json").read_text())
    assert config["problem_type"] == "multi_label_classification"
    assert config["leed"]["activation"] == "sigmoid"


@pytest.mark.parametrize("freeze", ["encoder", "none"])
def test_transformers_loads_what_was_written_and_scores_as_was_said(
    voices: Voices, tmp_path: Path, freeze: str
) -> None:
    out = tmp_path / "my-voice"
    done = trained(voices, out, freeze=freeze, epochs=3, head_rate=1e-2, taxonomy="hume-48")
    unseen = [take for take in voices.takes if take.speaker in done.held_out]
    scores = np.array([heard(out, voices.clips / take.file) for take in unseen])
    rated = {
        "Determination": [take.determination for take in unseen],
        "Excitement": [take.excitement for take in unseen],
    }
    assert done.labels == ("Determination", "Excitement")
    for column, one in enumerate(done.figures):
        assert one.ccc == pytest.approx(ccc(rated[one.label], scores[:, column]), abs=1e-4)
    assert len({path.stat().st_mode for path in out.iterdir()}) == 1
    assert sorted(path.name for path in out.iterdir()) == [
        "README.md",
        "config.json",
        "model.safetensors",
        "preprocessor_config.json",
    ]


def test_the_config_says_what_leed_wants_to_know(voices: Voices, tmp_path: Path) -> None:
    trained(voices, tmp_path / "out", epochs=1, taxonomy="hume-48")
    config = json.loads((tmp_path / "out" / "config.json").read_text())
    assert config["leed"] == {
        "taxonomy": "hume-48",
        "quantity": "intensity",
        "modality": "prosody",
        "activation": "identity",
    }
    assert config["id2label"] == {"0": "Determination", "1": "Excitement"}
    assert config["label2id"] == {"Determination": 0, "Excitement": 1}
    assert config["problem_type"] == "regression"
    assert config["architectures"] == ["WhisperForAudioClassification"]


@pytest.mark.parametrize(
    ("freeze", "changed"),
    [
        ("encoder", set()),
        ("1", {"layers.1", "layer_norm"}),
        ("2", {"layer_norm"}),
        ("none", {"conv1", "conv2", "layers.0", "layers.1", "layer_norm"}),
    ],
)
def test_what_is_frozen_stays_as_it_was(few: Voices, tmp_path: Path, freeze: str, changed: set[str]) -> None:
    trained(few, tmp_path / "out", freeze=freeze, epochs=2, encoder_rate=1e-3, patience=0)
    before, after = load_file(few.whisper / "model.safetensors"), load_file(tmp_path / "out" / "model.safetensors")
    moved = set()
    for name, weights in after.items():
        if name.startswith("encoder.") and not torch.equal(weights, before[name]):
            parts = name.split(".")
            moved.add(".".join(parts[1:3]) if parts[1] == "layers" else parts[1])
    assert moved == changed


def test_the_same_seed_gives_the_same_weights_and_another_others(few: Voices, tmp_path: Path) -> None:
    for name, seed in (("one", 3), ("two", 3), ("three", 4)):
        torch.rand(1)  # what was drawn before does not matter
        trained(few, tmp_path / name, freeze="none", epochs=1, seed=seed, held_out=["bob"])
    one, two, three = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("one", "two", "three"))
    assert one == two
    assert one != three


def test_training_leaves_the_callers_chance_as_it_was(few: Voices, tmp_path: Path) -> None:
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    trained(few, tmp_path / "out", epochs=1)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_batches_that_are_gathered_give_what_one_large_batch_does(few: Voices, tmp_path: Path) -> None:
    small = trained(few, tmp_path / "small", batch_size=3, accumulate=2, epochs=2, held_out=["ann"])
    large = trained(few, tmp_path / "large", batch_size=6, epochs=2, held_out=["ann"])
    assert small.steps == large.steps == 6
    assert small.best == pytest.approx(large.best, rel=1e-4)


def test_training_ends_early_where_nothing_gets_better(few: Voices, tmp_path: Path) -> None:
    done = trained(few, tmp_path / "out", epochs=50, head_rate=10.0, patience=2, warmup=0.0)
    assert done.steps == done.best_step + 2 * 2
    assert done.steps < 50 * 2


def test_steps_decide_how_long_it_takes(few: Voices, tmp_path: Path) -> None:
    done = trained(few, tmp_path / "out", steps=5, patience=0)
    assert done.steps == 5
    assert [one.step for one in done.history] == [0, 2, 4, 5]


def test_fewer_seconds_are_heard_where_that_is_asked_for(few: Voices, tmp_path: Path) -> None:
    """The encoder's positions are cut, so that transformers still loads it."""
    from tests.support.voices import tiny_whisper  # noqa: PLC0415 - only here

    base = tiny_whisper(tmp_path / "whisper", max_source_positions=150)
    done = trained(few, tmp_path / "out", base=str(base), longest=1, epochs=1)
    config = json.loads((tmp_path / "out" / "config.json").read_text())
    extractor = json.loads((tmp_path / "out" / "preprocessor_config.json").read_text())
    assert config["max_source_positions"] == 50
    assert extractor["chunk_length"] == 1
    assert len(heard(tmp_path / "out", few.clips / few.takes[0].file)) == 2
    assert done.issues == ()


def test_it_is_told_how_far_training_is(few: Voices, tmp_path: Path) -> None:
    events: list[Event] = []
    trained(few, tmp_path / "out", epochs=1, held_out=["ann"], tell=events.append)
    told = {event.what: (event.done, event.total) for event in events}
    assert told == {
        "reading clips": (20, 20),
        "encoding clips": (20, 20),
        "trying on held-out speakers": (5, 5),
        "training": (2, 2),
    }
    assert events[-2].note.startswith("epoch 1, loss 0.")


def test_defaults_are_the_papers_encoder_and_a_frozen_one() -> None:
    assert (Settings().base, Settings().loss, Settings().freeze) == ("openai/whisper-small", "mse", "encoder")


def test_a_training_that_learned_nothing_says_so(voices: Voices, tmp_path: Path) -> None:
    done = trained(voices, tmp_path / "out", steps=2, head_rate=50.0, warmup=0.0, patience=0)
    assert done.best_step == 0
    assert [issue.code for issue in done.issues] == ["no-better"]


def test_leed_measures_with_what_was_trained(voices: Voices, tmp_path: Path) -> None:
    out = tmp_path / "my-voice"
    done = trained(voices, out, epochs=6, head_rate=1e-2, taxonomy="hume-48")
    take = next(take for take in voices.takes if take.speaker in done.held_out)
    recording = measure(voices.clips / take.file, out, voice="off")
    (track,) = recording.tracks
    assert (track.taxonomy, track.quantity, track.modality) == ("hume-48", "intensity", "prosody")
    assert set(track.labels) == {"Determination", "Excitement"}
    assert track.row(0)["Excitement"] == pytest.approx(take.excitement, abs=0.25)
