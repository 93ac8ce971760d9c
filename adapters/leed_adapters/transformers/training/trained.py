"""What comes of training, and what is told while it goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from leed.schema.terms import Issue


@dataclass(frozen=True)
class Event:
    """How far something is.

    Attributes:
        what: "reading clips", "encoding clips", "training" or "trying on held-out speakers".
        done, total: of so many clips or updates.
        note: figures, for a person.
    """

    what: str
    done: int
    total: int
    note: str = ""


Tell = Callable[[Event], None]


@dataclass(frozen=True)
class LabelFigures:
    """How near a label's scores come on speakers who were held out.

    Attributes:
        clips: how many of them had a number for it.
        ccc, pearson, mse: concordance, correlation, mean squared error; None where they are not defined.
        auc, f1: for the loss bce, of numbers from 0.5 up against others; None where all are alike, or for other losses.
    """

    label: str
    clips: int
    ccc: float | None
    pearson: float | None
    mse: float | None
    auc: float | None = None
    f1: float | None = None


@dataclass(frozen=True)
class Evaluated:
    """The loss on held-out speakers after so many updates, and that of the updates since the last time."""

    step: int
    held_out: float
    training: float | None


@dataclass(frozen=True)
class Trained:
    """A model that was trained, and how good it is.

    Attributes:
        folder: where it is.
        labels: its outputs.
        taxonomy: the set that they belong to, or None.
        figures: for each label, on speakers who were held out.
        untrained, best: the loss there before training, and of the weights that were kept.
        best_step, steps: after how many updates those were reached, and training ended.
        history: all evaluations.
        speakers, clips: how many were trained on, and held out.
        held_out: who was held out.
        seconds: of sound that was trained on.
        issues: what was odd or missing.
    """

    folder: str
    labels: tuple[str, ...]
    taxonomy: str | None
    figures: tuple[LabelFigures, ...]
    untrained: float
    best: float
    best_step: int
    steps: int
    history: tuple[Evaluated, ...]
    speakers: tuple[int, int]
    clips: tuple[int, int]
    held_out: tuple[str, ...]
    seconds: float
    issues: tuple[Issue, ...] = ()

    def mean(self, figure: str) -> float | None:
        """Return the mean of a figure over the labels for which it is defined; None if it is for none.

        >>> figures = (LabelFigures("Joy", 9, 0.5, 0.6, 0.1), LabelFigures("Fear", 9, None, None, 0.3))
        >>> Trained("f", (), None, figures, 1, 1, 0, 0, (), (1, 1), (1, 1), (), 1.0).mean("ccc")
        0.5
        """
        found = [value for one in self.figures if (value := getattr(one, figure)) is not None]
        return sum(found) / len(found) if found else None

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        plain = asdict(self)
        plain["issues"] = [issue.to_dict() for issue in self.issues]
        return plain


class Stopped(KeyboardInterrupt):
    """Training was stopped, and a checkpoint was written.

    Attributes:
        step, total: the updates that are done, of so many.
        folder: where it goes on.
    """

    def __init__(self, step: int, total: int, folder: str) -> None:
        super().__init__(f"stopped after {step} of {total} updates; resume goes on from there, in {folder}")
        self.step, self.total, self.folder = step, total, folder
