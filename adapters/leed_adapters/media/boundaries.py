"""Boundaries: who said what from when to when, and stretches of words put together to longer ones."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from leed.errors import OptionError, one_of
from leed.schema import Issue, Recording, Track

GRANULARITIES = ("word", "sentence", "utterance", "turn")


@dataclass(frozen=True)
class Stretch:
    """Something that was said.

    Attributes:
        begin, end: seconds; NaN where nobody knows, as for lines of plain text.
        text: the words, or None.
        speaker: who says them, or None.
        channel: in which channel of the sound, from 0, or None.
    """

    begin: float = math.nan
    end: float = math.nan
    text: str | None = None
    speaker: str | None = None
    channel: int | None = None

    @property
    def is_timed(self) -> bool:
        """Whether it has both times."""
        return math.isfinite(self.begin) and math.isfinite(self.end)


@dataclass(frozen=True)
class Boundaries:
    """What was said, stretch by stretch.

    >>> oh, no, yes = Stretch(0.0, 0.4, "Oh", "A"), Stretch(0.5, 0.9, "no.", "A"), Stretch(1.0, 1.4, "Yes.", "B")
    >>> [(s.begin, s.end, s.text, s.speaker) for s in Boundaries("word", (oh, no, yes)).at("turn").stretches]
    [(0.0, 0.9, 'Oh no.', 'A'), (1.0, 1.4, 'Yes.', 'B')]

    Attributes:
        granularity: how long a stretch is: "word", "sentence", "utterance" or "turn".
        stretches: in the order of time.
        issues: what was odd about them when they were read.
    """

    granularity: str
    stretches: tuple[Stretch, ...]
    issues: tuple[Issue, ...] = ()

    def __post_init__(self) -> None:
        if self.granularity not in GRANULARITIES:
            raise one_of("granularity", self.granularity, GRANULARITIES)

    def __len__(self) -> int:
        return len(self.stretches)

    def at(self, granularity: str, *, pause: float | None = None) -> Boundaries:
        """Return longer stretches: sentences end with a full stop, utterances with a pause, turns with another speaker.

        The rules and pauses are those of `Recording.at`.

        Raises:
            OptionError: there is no such granularity, or it is below this one.
        """
        if granularity not in GRANULARITIES:
            raise one_of("granularity", granularity, GRANULARITIES)
        here, there = GRANULARITIES.index(self.granularity), GRANULARITIES.index(granularity)
        if there < here:
            raise OptionError(
                f"granularity {granularity!r} is below what these boundaries have, which are {self.granularity}s: "
                f"give one of {', '.join(GRANULARITIES[here:])}, or a transcript with times for each {granularity}"
            )
        if there == here or not self.stretches:
            return replace(self, granularity=granularity)
        voices = list(dict.fromkeys((s.speaker, s.channel) for s in self.stretches))
        tracks = tuple(self._track(number, *voice) for number, voice in enumerate(voices))
        made = []
        for s in Recording(tracks).at(granularity, pause=pause).segments():
            begin, end = (math.nan if time is None else time for time in (s.begin, s.end))
            made.append(Stretch(begin, end, s.text, *voices[int(s.speaker or 0)]))
        return replace(self, granularity=granularity, stretches=in_order(made))

    def _track(self, number: int, speaker: str | None, channel: int | None) -> Track:
        """The stretches of one voice, by its number: those of nobody's name are a voice too, and so is a channel."""
        own = [s for s in self.stretches if (s.speaker, s.channel) == (speaker, channel)]
        return Track(
            modality="language",
            granularity=self.granularity,
            speaker=str(number),
            labels=(),
            matrix=np.empty((len(own), 0), np.float32),
            begin=np.array([s.begin for s in own]),
            end=np.array([s.end for s in own]),
            text=tuple(s.text for s in own),
        )


def in_order(stretches: list[Stretch]) -> tuple[Stretch, ...]:
    """Return stretches in the order of time; those without times stay behind the one before them."""
    keys, last = [], -math.inf
    for stretch in stretches:
        last = last if math.isnan(stretch.begin) else stretch.begin
        keys.append(last)
    return tuple(stretches[i] for i in sorted(range(len(stretches)), key=keys.__getitem__))
