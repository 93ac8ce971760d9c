"""Media measured by a loaded model: sound in stretches, words in sentences, faces in pictures."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final, NoReturn, TypeVar

import numpy as np
from numpy.typing import NDArray

from leed.errors import InputError
from leed.schema import Issue, Recording
from leed_adapters.measuring.measurer import Event, Watch
from leed_adapters.measuring.media import Media
from leed_adapters.media import Boundaries, Clip, clips, kind_of, read_boundaries, window_mean
from leed_adapters.transformers.hearing import Listener
from leed_adapters.transformers.loading import Loaded
from leed_adapters.transformers.presets import licence_issue
from leed_adapters.transformers.reading import TextReader
from leed_adapters.transformers.rows import About, Rows
from leed_adapters.transformers.watching import faces_in
from leed_adapters.transformers.wishes import Wishes

_LONGEST: Final = 30.0  # seconds of a stretch at most
_TAKES: Final = {
    "audio": ("hears voices", "audio or video"),
    "text": ("reads words", "text, subtitles or a transcript"),
    "image": ("sees faces", "pictures or video"),
}
_MADE_FOR: Final = {"audio": ("audio", "video"), "text": ("text",), "image": ("image", "video")}


T = TypeVar("T")


class StoppedError(Exception):
    """Nobody waits for the result any more."""


class Measuring:
    """A model, and how it measures."""

    def __init__(self, loaded: Loaded, wishes: Wishes, watch: Watch) -> None:
        self._loaded = loaded
        self._wishes = wishes
        self._watch = watch
        self._licence = licence_issue(loaded.name, loaded.licence)

    def measure(self, media: Media, stop: threading.Event) -> Recording:
        """Return what is measured in a medium; ``stop`` ends it after the batch at hand.

        Raises:
            InputError: it holds nothing that the model takes, or cannot be read.
        """
        kind = kind_of(media)
        loaded = self._loaded
        transcribed = loaded.kind == "text" and self._wishes.transcript is not None
        if kind not in _MADE_FOR[loaded.kind] and not transcribed:
            self._refuse(media, kind)
        issues: list[Issue] = [] if self._licence is None else [self._licence]
        rows = Rows(media.name, loaded.head)
        work = {"audio": self._hear, "text": self._read, "image": self._see}[loaded.kind]
        work(media, rows, issues.append, stop)
        return rows.recording(issues)

    def _refuse(self, media: Media, kind: str) -> NoReturn:
        does, wanted = _TAKES[self._loaded.kind]
        raise InputError(f"{media.name}: is {kind}, and {self._loaded.name} {does}: give {wanted}")

    # --- sound

    def _hear(self, media: Media, rows: Rows, note: Callable[[Issue], object], stop: threading.Event) -> None:
        listener = Listener(self._loaded, self._wishes.batch_size)
        heard = clips(
            media,
            boundaries=self._boundaries(note),
            voice=self._wishes.voice,
            channels=self._wishes.channels,
            longest=min(_LONGEST, listener.longest or _LONGEST),
            on_issue=note,
            on_progress=self._progress(media, "listening"),
        )
        pairs = ((clip, clip.samples) for clip in heard)
        windows: list[tuple[Clip, NDArray[np.float32]]] = []
        for clip, scores in _until(stop, listener.scored(pairs)):
            windows.append((_light(clip), scores))
        for clip, scores in _stretches(windows):
            rows.add(_about(clip), scores)

    def _boundaries(self, note: Callable[[Issue], object]) -> Boundaries | None:
        """The user's transcript, if there is one."""
        if self._wishes.transcript is None:
            return None
        return self._read_in(self._wishes.transcript, note)

    def _read_in(self, source: str | os.PathLike[str] | bytes, note: Callable[[Issue], object]) -> Boundaries:
        """Boundaries at the granularity that was wished; what was odd about them is told."""
        boundaries = read_boundaries(source, granularity=self._wishes.granularity)
        for issue in boundaries.issues:
            note(issue)
        return boundaries

    # --- words

    def _read(self, media: Media, rows: Rows, note: Callable[[Issue], object], stop: threading.Event) -> None:
        found = self._boundaries(note) or self._read_in(media.path or media.read(), note)
        said = [stretch for stretch in found.stretches if stretch.text and not stretch.text.isspace()]
        if not said:
            raise InputError(f"{media.name}: holds no words: give text, subtitles, or a transcript with text")
        reader = TextReader(self._loaded, self._wishes.batch_size)
        tell = self._progress(media, "reading")
        done = 0
        for some in _until(stop, reader.scores([stretch.text or "" for stretch in said])):
            for stretch, scores in zip(said[done:], some, strict=False):
                channel = None if stretch.channel is None else str(stretch.channel)
                rows.add(
                    About(
                        granularity=found.granularity,
                        channel=channel,
                        speaker=stretch.speaker,
                        begin=stretch.begin,
                        end=stretch.end,
                        text=stretch.text,
                    ),
                    scores,
                )
            done += len(some)
            tell(done, len(said))
        if reader.long:
            what = f"{_texts(reader.long)} more than the {reader.limit} tokens that the model takes: mean of windows"
            note(Issue("windowed", what))
        if reader.cut:
            note(Issue("cut-off", f"{_texts(reader.cut)} more than {reader.limit} tokens: the rest was not read"))

    # --- faces

    def _see(self, media: Media, rows: Rows, note: Callable[[Issue], object], stop: threading.Event) -> None:
        found = faces_in(media, self._loaded, self._wishes, on_issue=note, on_progress=self._progress(media, "looking"))
        for about, scores in _until(stop, found):
            rows.add(about, scores)

    def _progress(self, media: Media, what: str) -> Callable[[float, float | None], None]:
        def tell(done: float, total: float | None) -> None:
            self._watch.tell(Event(media.name, what, min(done / total, 1.0) if total else None))

        return tell


def _until(stop: threading.Event, items: Iterable[T]) -> Iterator[T]:
    for item in items:
        if stop.is_set():
            raise StoppedError
        yield item


def _light(clip: Clip) -> Clip:
    """A clip without its samples, which are not needed any more."""
    return replace(clip, samples=clip.samples[:0].copy())


def _stretches(windows: list[tuple[Clip, NDArray[np.float32]]]) -> Iterator[tuple[Clip, NDArray[np.float32]]]:
    """A clip for each stretch, from its beginning to its end, with the mean of the scores of its windows."""
    if not windows:
        return
    numbers: dict[tuple[int, int | None], int] = {}
    of = [numbers.setdefault((clip.stretch, clip.channel), len(numbers)) for clip, _ in windows]
    begins, ends = [clip.begin for clip, _ in windows], [clip.end for clip, _ in windows]
    means, found = window_mean(np.stack([scores for _, scores in windows]), begins, ends, of)
    last = {number: clip for number, (clip, _) in zip(of, windows, strict=True)}
    first = {number: clip for number, (clip, _) in reversed(list(zip(of, windows, strict=True)))}
    for number, scores in zip(found.tolist(), means, strict=True):
        clip = first[number]
        if clip is last[number]:
            yield clip, scores
        else:
            yield replace(clip, end=last[number].end), scores


def _about(clip: Clip) -> About:
    return About(
        granularity=clip.granularity,
        channel=None if clip.channel is None else str(clip.channel),
        speaker=clip.speaker or (None if clip.channel is None else f"channel {clip.channel}"),
        begin=clip.begin,
        end=clip.end,
        text=clip.text,
    )


def _texts(count: int) -> str:
    return f"{count} text{'s have' if count > 1 else ' has'}"
