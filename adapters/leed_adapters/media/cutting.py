"""Clips: stretches of sound as models take them, cut while the file is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np

from leed import plugins
from leed.errors import OptionError, one_of
from leed.schema import Issue
from leed_adapters.measuring.media import Media
from leed_adapters.media.boundaries import Boundaries, Stretch
from leed_adapters.media.sound import RATE, OnIssue, OnProgress, Samples, blocks, ignore
from leed_adapters.media.windows import windows

VOICES = ("silero", "off")
_SHORTEST = RATE // 10  # samples: a shorter stretch, such as a word without a length, is heard with what is around it


@dataclass(frozen=True, eq=False)
class Clip:
    """A stretch of sound, or a window of a long one.

    Attributes:
        begin, end: seconds from the start of the medium, of these samples.
        samples: (n,) float32, 16,000 a second; full scale is 1.
        channel: which channel it is of, from 0; None for all of them.
        text, speaker: as the boundaries say.
        granularity: of the stretch: "word", "sentence", "utterance", "turn" or "clip".
        stretch: which stretch of which channel it belongs to; clips of one are windows that overlap: see `window_mean`.
        whole: where that stretch begins and ends, in seconds, by the boundaries. Where all of the sound is one stretch,
            its end is that of the window, as nobody knows yet: the last window's is right.
    """

    begin: float
    end: float
    samples: Samples
    channel: int | None
    text: str | None
    speaker: str | None
    granularity: str
    stretch: int
    whole: tuple[float, float]


def clips(
    media: Media,
    *,
    boundaries: Boundaries | None = None,
    voice: str = "silero",
    channels: str = "mix",
    longest: float = 30.0,
    overlap: float = 0.5,
    on_issue: OnIssue = ignore,
    on_progress: OnProgress = ignore,
) -> Iterator[Clip]:
    """Yield clips of a medium's sound as it is read; memory does not grow with its length.

    They are cut by the boundaries, else where silero-vad hears speech. A stretch by boundaries that is longer than
    ``longest`` comes as windows that overlap; an utterance that silero-vad hears is cut at its best pause instead.

    >>> import io, numpy as np, soundfile
    >>> file = io.BytesIO()
    >>> soundfile.write(file, np.zeros(64_000), 16_000, format="WAV")
    >>> talk = Boundaries("word", (Stretch(1.0, 1.5, "hello"), Stretch(1.5, 2.0, "there")))
    >>> [(c.begin, c.end, c.text, len(c.samples)) for c in clips(Media("a.wav", data=file.getvalue()), boundaries=talk)]
    [(1.0, 1.5, 'hello', 8000), (1.5, 2.0, 'there', 8000)]

    Args:
        media: an audio file, or a video.
        boundaries: where to cut; see `read_boundaries`.
        voice: "silero" to find speech, where no boundaries are given; "off" to take all of it, silence too.
        channels: "mix" for their mean, "each" where each channel is a speaker of its own. A stretch whose channel is
            not known is then cut from the one that is loudest in it.
        longest: seconds of a clip at most.
        overlap: the share of a window that its neighbour has too, at least.
        on_issue: is called with what is odd, such as a recording in which nobody speaks.
        on_progress: is called with the seconds done, and the seconds there are, or None.

    Raises:
        InputError: it holds no sound, or none that can be decoded.
        MissingPackageError: a package that it needs is not installed.
        OptionError: an option has no such value.
    """
    _check(voice, longest, overlap)
    heard = blocks(media, channels=channels, on_issue=on_issue, on_progress=on_progress)
    asked = _Asked(media, channels == "each", round(longest * RATE), overlap, on_issue)
    if boundaries is not None:
        yield from _by_boundaries(asked, heard, boundaries)
    elif voice == "off":
        yield from _throughout(asked, heard)
    else:
        yield from _by_voice(asked, heard)


@dataclass(frozen=True)
class _Asked:
    """What was asked for; lengths in samples."""

    media: Media
    each: bool
    longest: int
    overlap: float
    on_issue: OnIssue


def _check(voice: str, longest: float, overlap: float) -> None:
    if voice not in VOICES:
        raise one_of("voice", voice, VOICES)
    if not 1.0 <= longest <= 600.0:  # noqa: PLR2004 - as it says
        raise OptionError(f"longest is {longest!r}: give the seconds of a clip at most, from 1 to 600")
    if not 0.0 <= overlap < 0.95:  # noqa: PLR2004 - as it says
        raise OptionError(f"overlap is {overlap!r}: give the share of a window that its neighbour has, below 0.95")


class _Tape:
    """The sound that may still be wanted, by the numbers of its samples."""

    def __init__(self) -> None:
        self._held: Samples | None = None
        self._begin = 0

    @property
    def end(self) -> int:
        return self._begin + (0 if self._held is None else len(self._held))

    @property
    def channels(self) -> int:
        return 0 if self._held is None else self._held.shape[1]

    def add(self, block: Samples) -> None:
        self._held = block if self._held is None else np.concatenate([self._held, block])

    def forget(self, before: int) -> None:
        before = min(before, self.end)
        if self._held is not None and before > self._begin:
            self._held = self._held[before - self._begin :]
            self._begin = before

    def samples(self, begin: int, end: int, channel: int | None) -> Samples:
        """Samples of a channel, as far as they are there."""
        held = np.empty((0, 1), np.float32) if self._held is None else self._held
        return np.ascontiguousarray(held[max(begin - self._begin, 0) : max(end - self._begin, 0), channel or 0])

    def clip(self, piece: _Piece, channel: int | None, stretch: Stretch, granularity: str) -> Clip:
        begin, end = max(piece.begin, self._begin), min(piece.end, self.end)
        return Clip(
            begin / RATE,
            end / RATE,
            self.samples(begin, end, channel),
            channel,
            stretch.text,
            stretch.speaker,
            granularity,
            piece.stretch,
            (stretch.begin, stretch.end),
        )


@dataclass(frozen=True, order=True)
class _Piece:
    """What one clip has, in samples, and of which stretch."""

    begin: int
    end: int
    stretch: int
    after: int = 0
    """Where the window before it ends: one that adds nothing is left out."""


# --- by voice


def _by_voice(asked: _Asked, heard: Iterable[Samples]) -> Iterator[Clip]:
    try:
        from leed_adapters.media.voice import Hearing, Listener, Utterances  # noqa: PLC0415 - loads torch

        listener = Listener()
    except ModuleNotFoundError as error:
        raise plugins.missing("finding speech", error, extra="audio") from error
    tape, number = _Tape(), 0
    voices: list[Utterances] = []
    for block in chain(heard, (None,)):
        if block is not None:
            tape.add(block)
        odds = listener.end() if block is None else listener(block)
        if not voices:
            voices = [Utterances(Hearing(longest=asked.longest / RATE)) for _ in range(tape.channels)]
        spans = [(*span, channel) for channel, voice in enumerate(voices) for span in voice.add(odds[:, channel])]
        if block is None:
            spans += [(*span, channel) for channel, voice in enumerate(voices) for span in voice.ended(tape.end)]
        for begin, end, channel in sorted(spans):
            stretch = Stretch(begin / RATE, min(end, tape.end) / RATE)
            yield tape.clip(_Piece(begin, end, number), channel if asked.each else None, stretch, "utterance")
            number += 1
        tape.forget(min(voice.needed for voice in voices))
    if not number:
        asked.on_issue(Issue("no-speech", "nobody is heard to speak", asked.media.name))


# --- throughout


def _throughout(asked: _Asked, heard: Iterable[Samples]) -> Iterator[Clip]:
    """All of the sound as one stretch, whose end nobody knows yet; the last window is as long as the others."""
    tape, begin, told = _Tape(), 0, 0
    hop = max(round(asked.longest * (1 - asked.overlap)), 1)
    for block in heard:
        tape.add(block)
        while tape.end > begin + asked.longest:
            yield from _windows_of(asked, tape, begin, begin + asked.longest)
            told, begin = begin + asked.longest, begin + hop
        tape.forget(min(begin, tape.end - asked.longest))
    if tape.end > told:
        yield from _windows_of(asked, tape, max(tape.end - asked.longest, 0), tape.end)


def _windows_of(asked: _Asked, tape: _Tape, begin: int, end: int) -> Iterator[Clip]:
    for channel in range(tape.channels):
        stretch = Stretch(0.0, end / RATE)
        yield tape.clip(_Piece(begin, end, channel), channel if asked.each else None, stretch, "clip")


# --- by boundaries


def _by_boundaries(asked: _Asked, heard: Iterable[Samples], boundaries: Boundaries) -> Iterator[Clip]:
    tape, coming, done = _Tape(), iter(heard), dict[int, int | None]()
    for piece in _pieces(boundaries, asked):
        tape.forget(piece.begin)
        while tape.end < piece.end and (block := next(coming, None)) is not None:
            tape.add(block)
            tape.forget(piece.begin)
        if max(piece.after, piece.begin) < tape.end:
            stretch = boundaries.stretches[piece.stretch]
            if piece.stretch not in done:
                done[piece.stretch] = _channel(stretch, piece, tape, asked)
            yield tape.clip(piece, done[piece.stretch], stretch, boundaries.granularity)
    for _ in coming:  # what is odd about the rest is told as it is read
        pass
    for issue in _unheard(asked.media, boundaries, done):
        asked.on_issue(issue)


def _channel(stretch: Stretch, piece: _Piece, tape: _Tape, asked: _Asked) -> int | None:
    """The channel that a stretch is cut from: where nobody says which, its speaker is in the loudest one."""
    if not asked.each:
        return None
    if stretch.channel is not None and 0 <= stretch.channel < tape.channels:
        return stretch.channel
    loudness = [float(np.square(tape.samples(piece.begin, piece.end, c)).sum()) for c in range(tape.channels)]
    return int(np.argmax(loudness))


def _pieces(boundaries: Boundaries, asked: _Asked) -> list[_Piece]:
    """What is cut, in the order in which it begins."""
    made = []
    for number, stretch in enumerate(boundaries.stretches):
        if stretch.is_timed:
            begin, end = round(max(stretch.begin, 0.0) * RATE), round(max(stretch.end, 0.0) * RATE)
            if end - begin < _SHORTEST:
                begin = max((begin + end - _SHORTEST) // 2, 0)
                end = begin + _SHORTEST
            spans = [(a + begin, b + begin) for a, b in windows(end - begin, asked.longest, asked.overlap)]
            made.append(_Piece(*spans[0], number))
            made += [_Piece(*span, number, before[1]) for before, span in pairwise(spans)]
    return sorted(made)


def _unheard(media: Media, boundaries: Boundaries, done: Collection[int]) -> Iterator[Issue]:
    timed = [number for number, stretch in enumerate(boundaries.stretches) if stretch.is_timed]
    without = len(boundaries.stretches) - len(timed)
    if without:
        yield Issue("no-times", f"{_counted(without)} without times, and not measured in sound", media.name)
    beyond = sum(number not in done for number in timed)
    if beyond:
        yield Issue("beyond-end", f"{_counted(beyond)} beyond the end of the sound, and not measured", media.name)


def _counted(number: int) -> str:
    return "1 stretch is" if number == 1 else f"{number} stretches are"
