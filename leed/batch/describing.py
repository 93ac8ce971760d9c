"""One input's share of ``leed embed``: read and described, its rows in a folder of the run's own.

The sentences are those of `leed.Describer.describe` for each segment, in the order of the recording. Those that quote
nobody are told from the whole matrix of a track.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from leed.batch.blocks import TIMES, Block, Filling, put
from leed.batch.fetching import at_hand
from leed.batch.sources import STDIN
from leed.batch.texts import texts_of
from leed.batch.workplace import Workplace
from leed.describer import ASSISTANT
from leed.errors import InputError, LeedError
from leed.matrix import describe_matrix
from leed.readers import read

if TYPE_CHECKING:
    from leed.describer import Describer
    from leed.matrix import Sentences
    from leed.schema.recording import Recording
    from leed.schema.terms import Description, Issue
    from leed.schema.tracks import Track

LINES: Final = "text"
"""As a format: a text on each line."""
_ROWS: Final = 1 << 12
"""Rows of a block: with vectors of 2,048 dimensions, 32 MiB."""
_FROM_SEGMENTS: Final = ("source", "modality", "aspect", "granularity", "speaker", "text", "fingerprint")
_SAME: Final = ("source", "aspect", "granularity", "speaker")


@dataclass(frozen=True)
class Reading:
    """How inputs are read.

    Attributes:
        format: the format, where it should not be told from the content; "text": a text on each line.
        column: the column of CSV or Parquet whose texts are meant.
        modality: what scores are of where the input does not say it.
        quantity: what the numbers are, whatever the input says.
    """

    format: str | None = None
    column: str | None = None
    modality: str | None = None
    quantity: str | None = None

    def is_of_texts(self, source: str) -> bool:
        """Whether an input is texts, and no recording."""
        lines = self.format == LINES or (self.format is None and source.casefold().endswith(".txt"))
        return lines or self.column is not None


@dataclass(frozen=True)
class Share:
    """What came of one input.

    Attributes:
        source: the input.
        rows: how many rows there are of it.
        issues: what was odd in it; None for texts.
        error: why there are no rows, or None.
    """

    source: str
    rows: int = 0
    issues: tuple[Issue, ...] | None = None
    error: LeedError | None = None


class Describing:
    """Does one input after the other; each comes with the number that its files are called by."""

    def __init__(self, folder: str, describer: Describer, reading: Reading, place: Workplace) -> None:
        place.settle()
        self._folder = folder
        self._describer = describer
        self._reading = reading

    def __call__(self, numbered: tuple[int, str]) -> Share:
        """Return what came of an input; its rows are in the folder then. A bad input is an error in it."""
        number, source = numbered
        try:
            return self._done(number, source)
        except LeedError as error:
            return Share(source, error=error)
        except OSError as error:
            return Share(source, error=InputError(f"{error.filename or source}: {error.strerror or error}"))

    def _done(self, number: int, source: str) -> Share:
        rows, texts = files_of(self._folder, number)
        issues, blocks = self._described(source)
        count = 0
        with open(rows, "wb") as row_file, open(texts, "wb") as text_file:
            for block, sentences in blocks:
                put(row_file, block)
                put(text_file, sentences)
                count += len(block)
        return Share(source, count, issues)

    def _described(self, source: str) -> tuple[tuple[Issue, ...] | None, Iterator[tuple[Block, list[str]]]]:
        if self._reading.is_of_texts(source):
            return None, _of_texts(texts_of(source, self._reading.column), source)
        if source == STDIN:
            recording = read(sys.stdin.buffer, format=self._reading.format)
        else:
            with at_hand(source) as path:
                recording = read(path, format=self._reading.format)
        return recording.issues, _of_recording(recording, self._describer, self._reading)


def files_of(folder: str, number: int) -> tuple[str, str]:
    """Return where the rows of an input are, and where their different sentences."""
    return os.path.join(folder, f"{number}.rows"), os.path.join(folder, f"{number}.texts")


def _of_texts(texts: list[str], source: str) -> Iterator[tuple[Block, list[str]]]:
    for start in range(0, len(texts), _ROWS):
        some = texts[start : start + _ROWS]
        filling, every = Filling(len(some)), np.arange(len(some))
        for name in _FROM_SEGMENTS:
            filling.same(name, every, source if name == "source" else None)
        filling.each("text", every, some)
        filling.each("description", every, some)
        yield filling.done()


def _of_recording(recording: Recording, describer: Describer, reading: Reading) -> Iterator[tuple[Block, list[str]]]:
    order = recording.order()
    tracks = [_Track(track, describer, reading) for track in recording.tracks]
    for start in range(0, len(order), _ROWS):
        some = order[start : start + _ROWS]
        filling = Filling(len(some))
        for number in np.unique(some[:, 0]).tolist():
            where = np.flatnonzero(some[:, 0] == number)
            tracks[number].fill(filling, where, some[where, 1])
        yield filling.done()


class _Track:
    """A track, and what is said of its segments."""

    def __init__(self, track: Track, describer: Describer, reading: Reading) -> None:
        self._track = track
        self._describer = describer
        self._options: dict[str, Any] = {
            "modality": track.modality or reading.modality,
            "quantity": reading.quantity or track.quantity,
        }
        self._told: Sentences | None = None

    def fill(self, filling: Filling, where: NDArray[np.int64], rows: NDArray[np.int64]) -> None:
        """Fill in some of its segments."""
        for name in TIMES:
            filling.timed(name, where, getattr(self._track, name)[rows])
        if self._is_told_alone():
            self._fill_one_by_one(filling, where, rows)
        else:
            self._fill_together(filling, where, rows)

    def _is_told_alone(self) -> bool:
        """Whether each segment has a sentence of its own, or one that depends on no other segment's numbers."""
        track = self._track
        if track.channel == ASSISTANT or (track.text is not None and self._describer.quote):
            return True
        return bool(self._prepared().plans[0].dimensions)

    def _fill_one_by_one(self, filling: Filling, where: NDArray[np.int64], rows: NDArray[np.int64]) -> None:
        told = [self._describer.describe(self._track.segment(row), **self._options) for row in rows.tolist()]
        for name in _FROM_SEGMENTS:
            filling.each(name, where, (_field(description, name) for description in told))
        filling.each("description", where, (description.sentence for description in told))

    def _fill_together(self, filling: Filling, where: NDArray[np.int64], rows: NDArray[np.int64]) -> None:
        track = self._track
        if self._told is None:
            about: dict[str, Any] = {"exclusive": track.exclusive, "taxonomy": track.taxonomy, **self._options}
            self._told = describe_matrix(track.matrix, track.labels, describer=self._describer, **about)
        for name in _SAME:
            filling.same(name, where, getattr(track, name))
        filling.same("modality", where, self._prepared().plans[0].modality)
        filling.same("fingerprint", where, self._describer.fingerprint)
        filling.each("text", where, [None] * len(rows) if track.text is None else [track.text[row] for row in rows])
        filling.coded("description", where, self._told.codes[rows], self._told.unique)

    def _prepared(self) -> Any:  # noqa: ANN401 - of the describer's own
        track = self._track
        modality, quantity = self._options["modality"], self._options["quantity"]
        return self._describer.prepare(track.labels, modality, quantity, track.exclusive, track.taxonomy)


def _field(description: Description, name: str) -> str | None:
    found: str | None = getattr(description, name)
    return found
