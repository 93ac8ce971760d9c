"""Training stopped and gone on with: the weights are those of a training that was never stopped."""

import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch

from leed.errors import DamagedInputError, OptionError
from leed_adapters.transformers.training import Event, Stopped, Trained, chance, checkpoints, train
from tests.adapters.transformers.conftest import Voices
from tests.support.voices import RATE, Take, table

FILES = ("config.json", "model.safetensors")


def stopping(at: int) -> Callable[[Event], None]:
    """Presses Ctrl-C once, when so many updates are made."""

    def tell(event: Event) -> None:
        if event.what == "training" and event.done == at:
            signal.raise_signal(signal.SIGINT)

    return tell


def trained(voices: Voices, out: Path, *, tell: Any = None, resume: bool = False, **given: Any) -> Trained:
    options = {"freeze": "none", "epochs": 2, "batch_size": 4, "encoder_rate": 1e-3, "patience": 0, **given}
    return train(voices.ratings, voices.clips, out, settings=voices.settings(**options), tell=tell, resume=resume)


def same(one: Path, other: Path) -> bool:
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in FILES)


@pytest.mark.parametrize("freeze", ["none", "1", "encoder"])
@pytest.mark.parametrize("at", [1, 4, 6])
def test_a_training_that_was_stopped_ends_as_if_it_had_not(few: Voices, tmp_path: Path, freeze: str, at: int) -> None:
    """An epoch has four updates: it is stopped at its beginning, at its end, and amid the second one."""
    whole = trained(few, tmp_path / "whole", freeze=freeze)
    with pytest.raises(Stopped) as stopped:
        trained(few, tmp_path / "parts", freeze=freeze, tell=stopping(at))
    assert (stopped.value.step, stopped.value.total) == (at, 8)
    torch.rand(7)  # what was drawn meanwhile does not matter
    parts = trained(few, tmp_path / "parts", freeze=freeze, resume=True)
    assert same(tmp_path / "whole", tmp_path / "parts")
    assert parts.history == whole.history
    assert parts.figures == whole.figures


def test_it_may_be_stopped_more_than_once_and_amid_gathered_batches(few: Voices, tmp_path: Path) -> None:
    options: dict[str, Any] = {"accumulate": 2, "batch_size": 2, "loss": "ccc", "epochs": 3}
    whole = trained(few, tmp_path / "whole", **options)
    for at in (2, 3, 9):
        with pytest.raises(Stopped):
            trained(few, tmp_path / "parts", tell=stopping(at), resume=at > 2, **options)
    parts = trained(few, tmp_path / "parts", resume=True, **options)
    assert same(tmp_path / "whole", tmp_path / "parts")
    assert parts.history == whole.history


def test_a_training_that_was_killed_goes_on_from_the_last_checkpoint(few: Voices, tmp_path: Path) -> None:
    class KilledError(Exception):
        pass

    def kill(event: Event) -> None:
        if event.what == "training" and event.done == 6:
            raise KilledError

    trained(few, tmp_path / "whole", checkpoint_every=3)
    with pytest.raises(KilledError):
        trained(few, tmp_path / "parts", checkpoint_every=5, tell=kill)
    reached: list[int] = []

    def tell(event: Event) -> None:
        if event.what == "training":
            reached.append(event.done)

    trained(few, tmp_path / "parts", checkpoint_every=2, resume=True, tell=tell)
    assert reached == [6, 7, 8]
    assert same(tmp_path / "whole", tmp_path / "parts")


def test_a_cluster_may_stop_it_too(few: Voices, tmp_path: Path) -> None:
    def tell(event: Event) -> None:
        if event.what == "training" and event.done == 2:
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(Stopped):
        trained(few, tmp_path / "out", tell=tell)
    assert [path.name for path in (tmp_path / "out" / "training").iterdir()] == ["checkpoint.pt"]


def test_handlers_of_signals_are_put_back(few: Voices, tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    trained(few, tmp_path / "out", freeze="encoder")
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_it_trains_in_another_thread_where_no_signal_comes(few: Voices, tmp_path: Path) -> None:
    done: list[Trained] = []
    thread = threading.Thread(target=lambda: done.append(trained(few, tmp_path / "out", freeze="encoder")))
    thread.start()
    thread.join()
    assert done[0].steps == 8


def stopped(few: Voices, out: Path) -> None:
    with pytest.raises(Stopped):
        trained(few, out, tell=stopping(3))


def test_a_checkpoint_of_other_settings_is_refused(few: Voices, tmp_path: Path) -> None:
    stopped(few, tmp_path / "out")
    with pytest.raises(OptionError) as refused:
        trained(few, tmp_path / "out", resume=True, epochs=5, head_rate=0.5)
    assert str(refused.value) == (
        f"{tmp_path}/out/training/checkpoint.pt: was made otherwise: epochs was 2 and is 5; head_rate was 0.001 and is "
        "0.5. Give the same again, or start anew with --overwrite"
    )
    assert trained(few, tmp_path / "out", resume=True).steps == 8, "the refusal left the checkpoint as it was"


def test_a_checkpoint_of_other_ratings_is_refused(few: Voices, tmp_path: Path) -> None:
    stopped(few, tmp_path / "out")
    first, *others = few.takes
    changed = table(tmp_path / "other.csv", [Take(first.file, first.speaker, 0.123, 0.456), *others])
    other = Voices(changed, few.clips, few.whisper, few.takes)
    with pytest.raises(OptionError, match=r"was made otherwise: the clips or their ratings are not the same. Give"):
        trained(other, tmp_path / "out", resume=True)


def test_a_checkpoint_of_other_sound_is_refused(few: Voices, tmp_path: Path) -> None:
    clips = tmp_path / "clips"
    clips.mkdir()
    for take in few.takes:
        (clips / take.file).write_bytes((few.clips / take.file).read_bytes())
    own = Voices(few.ratings, clips, few.whisper, few.takes)
    stopped(own, tmp_path / "out")
    soundfile.write(clips / few.takes[0].file, np.zeros(RATE, np.float32), RATE)
    with pytest.raises(OptionError, match="the clips or their ratings are not the same"):
        trained(own, tmp_path / "out", resume=True)


def test_a_checkpoint_of_another_base_is_refused(few: Voices, voices: Voices, tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.mkdir()
    for path in few.whisper.iterdir():
        (base / path.name).write_bytes(path.read_bytes())
    own = Voices(few.ratings, few.clips, base, few.takes)
    stopped(own, tmp_path / "out")
    (base / "model.safetensors").write_bytes((voices.whisper / "model.safetensors").read_bytes())
    assert trained(own, tmp_path / "out", resume=True).steps == 8, "these weights are the same"
    stopped(own, tmp_path / "again")
    from tests.support.voices import tiny_whisper  # noqa: PLC0415 - only here

    tiny_whisper(base, seed=9, dropout=0.2, encoder_layerdrop=0.3)
    with pytest.raises(OptionError, match="was made otherwise: the weights of the base are not the same"):
        trained(own, tmp_path / "again", resume=True)


def test_a_damaged_checkpoint_is_said_to_be_one(few: Voices, tmp_path: Path) -> None:
    stopped(few, tmp_path / "out")
    path = tmp_path / "out" / "training" / "checkpoint.pt"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(DamagedInputError, match="is no checkpoint that can be read; start anew with --overwrite"):
        trained(few, tmp_path / "out", resume=True)


def test_a_file_that_could_run_commands_is_no_checkpoint(few: Voices, tmp_path: Path) -> None:
    stopped(few, tmp_path / "out")
    torch.save({"leed": Path("x")}, tmp_path / "out" / "training" / "checkpoint.pt")
    with pytest.raises(DamagedInputError, match="is no checkpoint that can be read"):
        trained(few, tmp_path / "out", resume=True)


def test_resuming_where_there_is_no_checkpoint_says_so(few: Voices, tmp_path: Path) -> None:
    with pytest.raises(OptionError) as refused:
        trained(few, tmp_path / "out", resume=True)
    assert str(refused.value) == f"{tmp_path}/out: there is no checkpoint to go on from; leave out --resume"


def test_the_checkpoint_before_stands_until_the_next_is_whole(tmp_path: Path) -> None:
    identity = {"settings": {}, "data": "", "weights": "", "run": ""}
    checkpoints.write(str(tmp_path), identity, {"step": 1})
    with pytest.raises(AttributeError, match="pickle"):
        checkpoints.write(str(tmp_path), identity, {"step": lambda: 2})
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.pt"]


def test_chance_goes_on_from_where_it_was() -> None:
    with chance.seeded(1):
        np.random.default_rng(0)
        kept = chance.state()
        drawn = (torch.rand(3).tolist(), np.random.rand(3).tolist())  # noqa: NPY002 - what libraries draw from
        chance.restore(kept)
        assert (torch.rand(3).tolist(), np.random.rand(3).tolist()) == drawn  # noqa: NPY002 - as above
