"""What was said when, to tie a change to: the words just before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from leed import quoting
from leed.timeline.points import Points

if TYPE_CHECKING:
    from leed.lexicon import Lexicon
    from leed.schema.tracks import Track

QUOTED = 40
"""How many characters of what was said stand behind a change."""

_RECENT = 30.0  # seconds: what was said longer ago did not lead to a change


@dataclass(frozen=True)
class Cause:
    """Words beside a change: somebody else's just before it, or one's own as it began."""

    kind: Literal["after", "with_words"]
    quote: str


@dataclass(frozen=True, eq=False)
class Spoken:
    """A stretch of speech: a row of a track that has a text."""

    begin: float
    end: float
    track: Track
    row: int

    @property
    def who(self) -> tuple[str | None, str | None]:
        """Channel and speaker."""
        return self.track.channel, self.track.speaker


class Speech:
    """What was said in one source, in the order of time: the texts of its voices, else of its words."""

    def __init__(self, tracks: Sequence[Track]) -> None:
        with_text = [track for track in tracks if track.text is not None]
        chosen: list[Track] = []
        for modality in ("prosody", "language", "burst", None, "face"):
            chosen = chosen or [track for track in with_text if track.modality == modality]
        found = [
            Spoken(begin, end, track, row)
            for track in chosen
            for row, (begin, end) in enumerate(zip(track.begin.tolist(), track.end.tolist(), strict=True))
            if begin == begin and track.text is not None and track.text[row]  # noqa: PLR0124 - NaN is not itself
        ]
        self.spoken = sorted(found, key=lambda one: one.begin)
        self._begins = np.array([one.begin for one in self.spoken])

    def cause(self, points: Points, point: int) -> Cause | None:
        """Return the words that a change at a point is tied to, if any were said."""
        track = points.track
        row = int(points.rows[points.starts[point]])
        own = text_from(track, row, QUOTED)
        if points.timed:
            began = float(track.begin[row])
            before = self._before(began, at_once=own is None)
            if before is not None and (own is None or before.who != (track.channel, track.speaker)):
                quote = text_from(before.track, before.row, QUOTED)
                return Cause("after", quote) if quote is not None else None
        return Cause("with_words", own) if own is not None else None

    def during(self, begin: float, end: float) -> list[Spoken]:
        """Return what was begun to be said within a time."""
        first, last = np.searchsorted(self._begins, [begin, end])
        return self.spoken[first:last]

    def _before(self, time: float, *, at_once: bool) -> Spoken | None:
        """What was last begun to be said before a time, or at it, if that is not long ago."""
        i = int(np.searchsorted(self._begins, time, "right" if at_once else "left")) - 1
        return self.spoken[i] if i >= 0 and time - self.spoken[i].begin <= _RECENT else None


def quoted(text: str, lexicon: Lexicon) -> str:
    """Return other people's words between the quotation marks of a language."""
    before, after = lexicon.grammar.quote
    return before + text + after


def text_from(track: Track, row: int, limit: int) -> str | None:
    """Return what was said in a row, fit to be quoted, without its full stop; of single words as many as fit."""
    if track.text is None or not track.text[row]:
        return None
    words = track.text[row : row + limit] if track.granularity == "word" else track.text[row : row + 1]
    said = quoting.spoken(" ".join(word for word in words if word), limit)
    return said.removesuffix(".") or None if said is not None else None
