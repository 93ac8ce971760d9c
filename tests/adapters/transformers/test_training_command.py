"""``leed train-expression`` as people use it: what it prints, writes and refuses."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from transformers import ViTConfig

from leed.errors import InputError, OptionError
from leed_adapters.transformers.training import Event, LabelFigures, Settings, Trained, train
from leed_adapters.transformers.training.card import model_card
from leed_adapters.transformers.training.figures import figures
from leed_adapters.transformers.training.progress import shown
from tests.adapters.transformers.conftest import Voices
from tests.support.command_line import Answer
from tests.support.lacking import leed_without

Command = Callable[..., Answer]
ENTRY = "[leed.commands]\ntrain-expression = leed_adapters.transformers.training.command:command [transformers]\n"
APART = (
    "leed fit learns classes of your own from scores; leed calibrate counts what scores are usual; leed "
    "train-expression makes a model that gives scores, from sound."
)


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's entry point, in an environment that may have been made before there was one."""
    folder = tmp_path / "site" / "leed_training-1.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: leed-training\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text(ENTRY)
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "site"), *sys.path]))


def arguments(voices: Voices, out: Path, *more: object) -> list[object]:
    return [
        "train-expression",
        voices.ratings,
        "--audio",
        voices.clips,
        "--base",
        voices.whisper,
        "--device",
        "cpu",
        "-o",
        out,
        *more,
    ]


def test_it_prints_figures_and_says_what_it_wrote(leed_command: Command, few: Voices, tmp_path: Path) -> None:
    out = tmp_path / "my-voice"
    status, told, said = leed_command(
        *arguments(few, out, "--taxonomy", "hume-48", "--epochs", 2, "--held-out", "ann", "--held-out", "bob")
    )
    assert status == 0
    assert told.startswith("10 clips of 2 speakers held out: loss 0.")
    assert [line.split()[1] for line in told.splitlines() if line.startswith("│")] == [
        "Determination",
        "Excitement",
        "mean",
    ]
    assert "leed: 46 labels of hume-48 have no number in the table" in said
    assert f"leed: wrote {out}; leed measure CLIP --model transformers:{out} scores with it" in said
    assert (out / "model.safetensors").is_file()


@pytest.mark.parametrize("command", ["fit", "calibrate", "train-expression"])
def test_one_line_tells_the_three_commands_that_learn_apart(leed_command: Command, command: str) -> None:
    status, told, _ = leed_command(command, "--help")
    assert status == 0
    assert APART in " ".join(told.replace("│", " ").split())


def test_help_has_examples_and_loads_no_torch() -> None:
    code = (
        "import sys\nfrom leed.cli import main\ntry: main(['train-expression', '--help'])\n"
        "except SystemExit: print(sorted({'torch', 'transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    shown = " ".join(done.stdout.replace("│", " ").split())
    assert "leed train-expression ratings.csv --audio clips/ --taxonomy hume-48 -o my-voice/" in shown
    assert done.stdout.splitlines()[-1] == "[]"


def test_without_torch_one_line_says_what_to_install(few: Voices, tmp_path: Path) -> None:
    status, _, said = leed_without("torch", *arguments(few, tmp_path / "out"))
    assert status == 1
    assert said == (
        "leed: error: leed train-expression needs the package 'torch', which is not installed: "
        "pip install 'leed[audio,transformers]'\n"
    )


def test_ctrl_c_says_how_to_go_on_and_going_on_ends_it(leed_command: Command, few: Voices, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = list(map(str, arguments(few, out, "--steps", 600, "--patience", 0, "--checkpoint-every", 1)))
    running = subprocess.Popen([sys.executable, "-m", "leed", *told], stderr=subprocess.PIPE, text=True)
    while not (out / "training" / "checkpoint.pt").exists() and running.poll() is None:
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 1, said
    last = said.splitlines()[-1]
    assert last.startswith("leed: error: stopped after ")
    assert last.endswith(
        " of 600 updates, and a checkpoint is written: the same command with --resume goes on from there"
    )
    status, _, said = leed_command(*told, "--epochs", "3", "--resume")
    assert (status, "epochs was 10 and is 3" in said) == (1, True)
    (out / "model.safetensors").touch()  # what else is there does not matter
    status, printed, _ = leed_command(*told, "--resume")
    assert (status, " held out: loss " in printed) == (0, True)


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (
            ["checkpoint.pt"],
            "stopped before the next checkpoint: the same command with --resume goes on from the last one",
        ),
        ([], "stopped before the first checkpoint: there is nothing to go on from"),
    ],
)
def test_ctrl_c_that_leaves_no_time_for_a_checkpoint_says_what_there_is(
    leed_command: Command, monkeypatch: pytest.MonkeyPatch, few: Voices, tmp_path: Path, kept: list[str], said: str
) -> None:
    out = tmp_path / "out"

    def interrupted(*_: Any, **__: Any) -> None:
        (out / "training").mkdir(parents=True)
        for name in kept:
            (out / "training" / name).write_bytes(b"")
        raise KeyboardInterrupt

    monkeypatch.setattr("leed_adapters.transformers.training.running.train", interrupted)
    assert leed_command(*arguments(few, out)) == (1, "", f"leed: error: {said}\n")


def test_an_output_folder_that_is_not_empty_is_refused_and_may_be_overwritten(
    leed_command: Command, few: Voices, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    status, _, said = leed_command(*arguments(few, out, "--epochs", 1))
    assert (status, said) == (
        1,
        f"leed: error: {out}: is not empty; give --overwrite to write over it, or another folder\n",
    )
    status, _, _ = leed_command(*arguments(few, out, "--epochs", 1, "--overwrite"))
    assert status == 0
    assert (out / "notes.txt").read_text() == "mine"


def test_resume_and_overwrite_go_against_each_other(few: Voices, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="resume goes on with what is there, and overwrite replaces it: give one"):
        train(few.ratings, few.clips, tmp_path / "out", resume=True, overwrite=True)


def test_a_file_is_no_output_folder(few: Voices) -> None:
    with pytest.raises(OptionError, match="is a file; a model is written to a folder"):
        train(few.ratings, few.clips, few.ratings)


# --- bases


def refused(few: Voices, base: Path, out: Path, **given: Any) -> str:
    with pytest.raises((InputError, OptionError)) as error:
        train(few.ratings, few.clips, out, settings=few.settings(base=str(base), **given))
    assert not out.exists(), "nothing is left of what did not begin"
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_folder_that_is_no_model_is_refused(few: Voices, tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.mkdir()
    (base / "readme.txt").write_text("nothing")
    assert refused(few, base, tmp_path / "out") == (
        f"{base}: the folder {base} has no config.json; give one that a model was saved to"
    )
    (base / "config.json").write_text("{}")
    assert refused(few, base, tmp_path / "out").startswith(f"{base}: is no model that transformers loads: ")


def test_a_model_of_another_kind_is_refused(few: Voices, tmp_path: Path) -> None:
    ViTConfig().save_pretrained(tmp_path / "base")
    assert refused(few, tmp_path / "base", tmp_path / "out") == (
        f"{tmp_path}/base: is a model of the kind 'vit'; give a Whisper, such as openai/whisper-small"
    )


def test_weights_that_are_cut_off_are_refused(few: Voices, tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.mkdir()
    for path in few.whisper.iterdir():
        (base / path.name).write_bytes(path.read_bytes()[: 5000 if path.suffix == ".safetensors" else None])
    assert refused(few, base, tmp_path / "out").startswith(f"{base}: is no model that transformers loads: ")


def test_more_frozen_layers_than_there_are_is_refused(few: Voices, tmp_path: Path) -> None:
    said = refused(few, few.whisper, tmp_path / "out", freeze="3")
    assert said == f"freeze is 3; the encoder of {few.whisper} has 2 layers"


def test_longer_than_the_base_hears_is_refused(few: Voices, tmp_path: Path) -> None:
    said = refused(few, few.whisper, tmp_path / "out", longest=5)
    assert said == f"longest is 5; {few.whisper} hears 1 s at most"


def test_mixed_precision_wants_a_gpu(few: Voices, tmp_path: Path) -> None:
    said = refused(few, few.whisper, tmp_path / "out", precision="bf16")
    assert said == "precision bf16 is for a GPU, and this runs on cpu: give fp32, or auto"


def test_a_device_that_is_not_there_is_refused(few: Voices, tmp_path: Path) -> None:
    assert refused(few, few.whisper, tmp_path / "out", device="warp").startswith("device 'warp' cannot be used: ")


def test_a_hub_id_without_a_network_is_one_line(monkeypatch: pytest.MonkeyPatch, few: Voices, tmp_path: Path) -> None:
    """In a process of its own, as the hub's client reads whether it is offline when it is imported."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    told = ["train-expression", few.ratings, "--audio", few.clips, "-o", tmp_path / "out"]
    done = subprocess.run([sys.executable, "-m", "leed", *map(str, told)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "leed: error: openai/whisper-small: there is no folder openai/whisper-small, and no model of that name in "
        "Hugging Face's cache; 'hf download openai/whisper-small' fetches one from the hub, as does --download "
        "(download=True)\n"
    )


def test_a_download_without_a_network_is_one_line(monkeypatch: pytest.MonkeyPatch, few: Voices, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    told = ["train-expression", few.ratings, "--audio", few.clips, "-o", tmp_path / "out", "--download"]
    done = subprocess.run([sys.executable, "-m", "leed", *map(str, told)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "leed: error: openai/whisper-small: there is no folder openai/whisper-small, and no model of that name could "
        "be fetched from the hub; check the name and the network, or give a folder\n"
    )


# --- progress


def test_a_terminal_shows_how_far_training_is(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    monkeypatch.setenv("TERM", "xterm")
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with shown() as tell:
            tell(Event("reading clips", 20, 20))
            tell(Event("training", 3, 8))
            tell(Event("training", 8, 8, "epoch 1, loss 0.1234"))
        terminal.flush()
        told = b""
        while select.select([ours], [], [], 0)[0]:
            told += os.read(ours, 65536)
    os.close(ours)
    assert b"reading clips" in told
    assert b"20/20" in told
    assert b"training: epoch 1, loss 0.1234" in told
    assert b"8/8" in told


def test_nothing_is_shown_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with shown() as tell:
        tell(Event("training", 3, 8))
    assert capsys.readouterr() == ("", "")


# --- settings


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"loss": "mae"}, "loss 'mae' is not known: give one of mse, ccc, bce"),
        ({"freeze": "half"}, "freeze 'half' is not known: give encoder, none, or a number of layers"),
        ({"precision": "fp8"}, "precision 'fp8' is not known: give one of auto, fp32, bf16, fp16"),
        ({"epochs": 0}, "epochs is 0; give a whole number from 1 up"),
        ({"batch_size": 1, "loss": "ccc"}, "loss ccc compares the clips of a batch: give a batch_size of 2 or more"),
        ({"head_rate": 0.0}, "head_rate is 0.0; give a number above 0"),
        ({"share": 1.0}, "share is 1.0; give a share, from 0 to below 1"),
        ({"weight_decay": -1.0}, "weight_decay is -1.0; give 0 or more"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(OptionError) as error:
        Settings(**given)
    assert str(error.value).startswith(told)


# --- the card


def card(**settings: Any) -> str:
    classes = settings.get("loss") == "bce"
    told = (
        LabelFigures("Joy", 20, 0.51234, 0.6, 0.01, *((0.9, 0.8) if classes else ())),
        LabelFigures("a|b", 3, None, None, 0.3),
    )
    done = Trained("out/my-voice", ("Joy", "a|b"), None, told, 0.4, 0.1, 30, 50, (), (8, 2), (80, 20), ("x",), 123.0)
    about = {"quantity": "intensity", "modality": "prosody", "activation": "identity"}
    return model_card(done, Settings(**settings), about)


def test_the_card_says_what_was_trained_on_and_how_good_it_is() -> None:
    text = card(loss="ccc", freeze="6", seed=7)
    for line in (
        "# my-voice",
        "base_model: openai/whisper-small",
        "- base: the encoder of openai/whisper-small",
        "- labels (2): Joy, a\\|b",
        "- scores: intensity (prosody), by the activation identity",
        "| trained on | 8 | 80 |",
        "| held out | 2 | 20 |",
        "2.0 minutes of sound were trained on. No speaker is on both sides.",
        "- loss: 1 - concordance correlation coefficient; labels that a clip has no number for count for nothing",
        "- frozen: the first 6 layers",
        "- seed: 7",
        "On 20 clips by 2 speakers whom it had not met. The weights are those after",
        "Loss there: 0.4000 untrained (the same guess for all), 0.1000 trained.",
        "| label | clips | CCC | Pearson | MSE |",
        "| Joy | 20 | 0.512 | 0.600 | 0.010 |",
        "| a\\|b | 3 | – | – | 0.300 |",
        "| mean | | 0.512 | 0.600 | 0.155 |",
        "A score says how people like those who rated the clips are likely to perceive an expression, not what",
        "## Licence",
        "The weights derive from openai/whisper-small, whose licence goes on to hold. The clips and their",
    ):
        assert line in text.splitlines(), line
    assert "x" not in text.split("## Data")[1].split("##")[0].split(), "who was held out is nobody's business"


def test_the_card_of_classes_has_auc_and_f1() -> None:
    text = card(loss="bce")
    assert "| label | clips | AUC | F1 | CCC | Pearson | MSE |" in text.splitlines()
    assert "| Joy | 20 | 0.900 | 0.800 | 0.512 | 0.600 | 0.010 |" in text.splitlines()


def test_a_folder_of_ones_own_shows_no_more_than_its_name(tmp_path: Path) -> None:
    (tmp_path / "secret" / "base").mkdir(parents=True)
    text = card(base=str(tmp_path / "secret" / "base"))
    assert "- base: the encoder of base" in text.splitlines()
    assert "secret" not in text
    assert "base_model" not in text


def test_figures_are_of_what_was_rated_and_none_where_they_are_not_defined() -> None:
    import numpy as np  # noqa: PLC0415 - only here

    nan = np.nan
    scores = np.array([[0.0, 0.5, 0.3], [0.5, 0.5, 0.3], [1.0, 0.5, 0.3]], np.float32)
    given = np.array([[0.0, nan, 0.2], [nan, nan, 0.4], [0.5, nan, 0.9]], np.float32)
    joy, fear, awe = figures(scores, given, ["Joy", "Fear", "Awe"], classes=True)
    assert joy == LabelFigures("Joy", 2, ccc=0.666667, pearson=1.0, mse=0.125, auc=1.0, f1=1.0)
    assert fear == LabelFigures("Fear", 0, ccc=None, pearson=None, mse=None, auc=None, f1=None)
    assert (awe.ccc, awe.pearson, awe.auc, awe.f1) == (0.0, None, 0.5, 0.0)
