"""The loop: updates by batches, evaluations after each epoch, the best weights kept, and all of it resumable."""

from __future__ import annotations

import math
import signal
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import get_cosine_schedule_with_warmup

from leed.errors import InputError
from leed_adapters.transformers.training import chance
from leed_adapters.transformers.training.losses import LOSSES
from leed_adapters.transformers.training.model import Voice
from leed_adapters.transformers.training.settings import Settings
from leed_adapters.transformers.training.trained import Evaluated, Event, Tell


class Inputs(Protocol):
    """What a model is given of clips, a batch at a time."""

    def batch(self, places: Sequence[int]) -> NDArray[np.float32]:
        """Return (b, ...) float32."""
        ...


@dataclass(frozen=True, eq=False)
class Side:
    """The clips of one side of the split.

    Attributes:
        inputs: what the model is given of all clips.
        places: where this side's stand among them.
        targets: (n, k) what they were given; NaN = nothing.
    """

    inputs: Inputs
    places: Sequence[int]
    targets: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.places)


class Learner:
    """One update, and scores: a model with its optimizer, schedule and scaler."""

    def __init__(self, voice: Voice, settings: Settings, total: int) -> None:
        self.voice = voice
        self._settings = settings
        self._loss = LOSSES[settings.loss]
        self.optimizer = torch.optim.AdamW(voice.groups(settings))
        self.schedule = get_cosine_schedule_with_warmup(self.optimizer, round(settings.warmup * total), total)
        kind = torch.device(voice.device).type
        self.scaler = torch.amp.GradScaler(kind, enabled=voice.precision is torch.float16)

    def update(self, side: Side, batches: Sequence[Sequence[int]]) -> float:
        """Make one update by some batches, and return their loss."""
        self.voice.train(training=True)
        self.optimizer.zero_grad(set_to_none=True)
        told = [np.count_nonzero(~np.isnan(side.targets[batch])) for batch in batches]
        whole = 0.0
        for batch, count in zip(batches, told, strict=True):
            targets = torch.from_numpy(side.targets[batch]).to(self.voice.device)
            loss = self._loss(self._logits(side, batch), targets) * (count / sum(told))
            self.scaler.scale(loss).backward()  # type: ignore[no-untyped-call] # torch has no type for it
            whole += loss.item()
        self._step()
        return whole

    def scores(self, side: Side, tell: Callable[[int], None] = lambda _: None) -> Tensor:
        """Return (n, k) logits of all clips of a side."""
        self.voice.train(training=False)
        parts, size = [], self._settings.batch_size
        with torch.inference_mode():
            for begin in range(0, len(side), size):
                parts.append(self._logits(side, range(begin, min(begin + size, len(side)))).cpu())
                tell(min(begin + size, len(side)))
        return torch.cat(parts)

    def state(self) -> dict[str, Any]:
        """Return all that changes with an update, but for chance."""
        return {
            "weights": self.voice.weights(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "scaler": self.scaler.state_dict(),
        }

    def take(self, state: dict[str, Any]) -> None:
        """Put back what `state` gave."""
        self.voice.take(state["weights"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.scaler.load_state_dict(state["scaler"])

    def _logits(self, side: Side, rows: Sequence[int]) -> Tensor:
        return self.voice.logits(side.inputs.batch([side.places[row] for row in rows]))

    def _step(self) -> None:
        self.scaler.unscale_(self.optimizer)
        trained = [weights for _, weights in self.voice.trained()]
        torch.nn.utils.clip_grad_norm_(trained, self._settings.max_norm)
        self.scaler.step(self.optimizer)
        before = self.scaler.get_scale()
        self.scaler.update()
        if self.scaler.get_scale() >= before:  # a scale that falls says that the update was left out
            self.schedule.step()


@dataclass
class Progress:
    """How far training is.

    Attributes:
        step: updates that are done.
        evaluated: the last of them after which it was tried on held-out speakers; -1: none.
        running, counted: the sum of the losses since then, and of how many.
        history: all evaluations.
        best: the weights of the best of them.
    """

    step: int = 0
    evaluated: int = -1
    running: float = 0.0
    counted: int = 0
    history: tuple[Evaluated, ...] = ()
    best: dict[str, Tensor] | None = None

    @property
    def best_one(self) -> Evaluated:
        """The best evaluation, the earliest of those alike."""
        return min(self.history, key=lambda one: one.held_out)

    @property
    def stale(self) -> int:
        """How many evaluations there were since the best one."""
        return len(self.history) - 1 - self.history.index(self.best_one) if self.history else 0

    def to_dict(self) -> dict[str, Any]:
        """Return plain data and tensors."""
        return {**vars(self), "history": [(one.step, one.held_out, one.training) for one in self.history]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Progress:
        """Return what `to_dict` was made from."""
        history: Any = tuple(Evaluated(*one) for one in data["history"])
        return cls(**{**data, "history": history})


class Course:
    """Training from its beginning, or a checkpoint, to its end.

    Attributes:
        progress: how far it is.
        total: how many updates there are, if it does not end early.
    """

    def __init__(self, learner: Learner, settings: Settings, train: Side, held_out: Side) -> None:
        self.progress = Progress()
        self._learner, self._settings = learner, settings
        self._train, self._held_out = train, held_out
        self._per_epoch = per_epoch(len(train), settings)
        self.total = total_of(len(train), settings)

    def state(self) -> dict[str, Any]:
        """Return all that it takes to go on."""
        return {**self._learner.state(), "progress": self.progress.to_dict(), "chance": chance.state()}

    def take(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave."""
        self._learner.take(state)
        self.progress = Progress.from_dict(state["progress"])
        chance.restore(state["chance"])

    def run(self, write: Callable[[], None], tell: Tell) -> bool:
        """Train to the end, and return whether that was reached; not if it was asked to stop.

        Args:
            write: writes a checkpoint.
            tell: is told how far it is.
        """
        progress, every = self.progress, self._settings.checkpoint_every
        with _asked_to_stop() as asked:
            while True:
                if self._is_due():
                    self._evaluate(tell)
                    write()
                if progress.step >= self.total or self._has_stalled():
                    return True
                if asked.is_set():
                    write()
                    return False
                self._update(tell)
                if every and progress.step % every == 0 and not self._is_due():
                    write()

    def _is_due(self) -> bool:
        step = self.progress.step
        return step != self.progress.evaluated and (step % self._per_epoch == 0 or step == self.total)

    def _has_stalled(self) -> bool:
        return 0 < self._settings.patience <= self.progress.stale

    def _update(self, tell: Tell) -> None:
        progress = self.progress
        loss = self._learner.update(self._train, self._batches(progress.step))
        progress.step += 1
        if not math.isfinite(loss) and not self._learner.scaler.is_enabled():
            raise InputError(
                f"training went astray at update {progress.step}: the loss is {loss}; lower the learning rates"
            )
        progress.running += loss
        progress.counted += 1
        tell(Event("training", progress.step, self.total, self._note(loss)))

    def _batches(self, step: int) -> list[list[int]]:
        """The batches of an update: which clips come now follows from how many updates were made."""
        epoch, group = divmod(step, self._per_epoch)
        order = chance.order(len(self._train), epoch, self._settings.seed)
        size, times = self._settings.batch_size, self._settings.accumulate
        begin = group * size * times
        some = order[begin : begin + size * times]
        return [some[i : i + size] for i in range(0, len(some), size)]

    def _evaluate(self, tell: Tell) -> None:
        progress, side = self.progress, self._held_out

        def told(done: int) -> None:
            tell(Event("trying on held-out speakers", done, len(side)))

        logits = self._learner.scores(side, told)
        loss = LOSSES[self._settings.loss](logits, torch.from_numpy(side.targets)).item()
        if not math.isfinite(loss):
            raise InputError(f"training went astray by update {progress.step}: scores are no numbers any more")
        training = progress.running / progress.counted if progress.counted else None
        progress.history = (*progress.history, Evaluated(progress.step, loss, training))
        progress.evaluated, progress.running, progress.counted = progress.step, 0.0, 0
        if progress.stale == 0:
            progress.best = self._learner.voice.weights()

    def _note(self, loss: float) -> str:
        epoch = min((self.progress.step - 1) // self._per_epoch + 1, math.ceil(self.total / self._per_epoch))
        seen = f", held-out speakers {self.progress.best_one.held_out:.4f} at best" if self.progress.history else ""
        return f"epoch {epoch}, loss {loss:.4f}{seen}"


def per_epoch(clips: int, settings: Settings) -> int:
    """Return how many updates an epoch has.

    >>> per_epoch(33, Settings(batch_size=8, accumulate=2))
    3
    """
    return math.ceil(clips / (settings.batch_size * settings.accumulate))


def total_of(clips: int, settings: Settings) -> int:
    """Return how many updates there are."""
    return settings.steps or settings.epochs * per_epoch(clips, settings)


@contextmanager
def _asked_to_stop() -> Generator[threading.Event]:
    """A flag that Ctrl-C (or a cluster's SIGTERM) raises, so that an update ends first; a second one stops at once."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():  # signals go to the main thread
        yield asked
        return
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) or signal.SIG_DFL for number in signals}

    def ask(_: int, __: FrameType | None) -> None:
        asked.set()
        for number, handler in before.items():
            signal.signal(number, handler)

    try:
        for number in signals:
            signal.signal(number, ask)
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
