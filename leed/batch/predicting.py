"""What a model says of many recordings and tables: each worker loads the model once.

A recording or table is one piece of work, for its refusals look at all of its items. One table alone is read here, and
its items are predicted some at a time.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, overload

import numpy as np

from leed.batch.engines import Engine, Lost
from leed.batch.fetching import at_hand
from leed.batch.local import cores
from leed.batch.order import in_order
from leed.batch.sources import STDIN
from leed.batch.workplace import Workplace
from leed.errors import InputError, LeedError
from leed.readers import read

if TYPE_CHECKING:
    from leed.fusion.items import Items

_TABLES: Final = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
_CHUNKS: Final = 4  # for each worker
_LEAST: Final = 64  # items that are worth a worker's while

Progress = Callable[[Iterable[Any], str], Iterable[Any]]


@dataclass(frozen=True)
class Predicted:
    """What a model says of one input.

    Attributes:
        source: the input.
        rows: one for each item.
        messages: what was odd, a sentence each.
        error: why there are no rows, or None.
    """

    source: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    messages: tuple[str, ...] = ()
    error: LeedError | None = None


def predict_inputs(
    model: str,
    sources: Sequence[str],
    *,
    engine: Engine,
    workers: int | None = 1,
    columns: Mapping[str, str | None] | None = None,
    modality: str | None = None,
    progress: Progress | None = None,
) -> Generator[Predicted]:
    """Yield what a model says of each input, in their order. A bad input is an error in what is yielded.

    Args:
        model: the file of a model.
        sources: what `leed.batch.sources.sources_of` made of what was given.
        engine: where it is done.
        workers: on how many workers; None: as many as the engine has.
        columns: which column of a table is what.
        modality: what scores without one are of.
        progress: wraps the rows of a table that is read in this process.

    Raises:
        InputError: the model is none, or would be given other features here than where it was trained.
        MissingPackageError: what it needs is not installed.
    """
    make = partial(Predicting, model, columns or {}, modality)
    if len(sources) == 1 and workers != 1 and is_table(sources[0]):
        yield _in_chunks(make(progress=progress), sources[0], make, engine, workers)
        return
    place = Workplace.of(workers, len(sources))
    told = partial(make, place, progress if place.threads is None else None)
    with closing(in_order(engine, told, sources, workers=workers, is_here=STDIN.__eq__)) as results:
        for source, result in zip(sources, results, strict=True):
            yield result if isinstance(result, Predicted) else Predicted(source, error=_lost(source, result))


def is_table(source: str) -> bool:
    """Whether an input is a table of items, and no recording.

    >>> is_table("calls.CSV"), is_table("-"), is_table("talk.json")
    (True, True, False)
    """
    return source == STDIN or os.path.splitext(source)[1].lower() in _TABLES


class Predicting:
    """Says of one input after the other, or of some items at a time, what a model makes of them."""

    def __init__(
        self,
        model: str,
        columns: Mapping[str, str | None],
        modality: str | None,
        place: Workplace | None = None,
        progress: Progress | None = None,
    ) -> None:
        from leed.classifiers.saving import load  # noqa: PLC0415 - an extra

        if place is not None:
            place.settle()
        self._saved = load(model)
        self._columns = columns
        self._modality = modality
        self._progress = progress
        self._vectorizer = self._saved.estimator.vectorizer_
        if self._vectorizer is not None:
            self._vectorizer.remember()

    def __call__(self, work: str | Items) -> Predicted:
        """Return what the model says of an input, or of items that `aligned` gave."""
        from leed.classifiers.predicting import predicted_rows  # noqa: PLC0415 - an extra

        source = work if isinstance(work, str) else ""
        try:
            if not isinstance(work, str):
                return Predicted(source, list(predicted_rows(self._saved, work)))
            items, messages = self.read(work)
            return Predicted(source, list(predicted_rows(self._saved, items)), messages)
        except LeedError as error:
            return Predicted(source, error=error)
        except OSError as error:
            return Predicted(source, error=InputError(f"{error.filename or source}: {error.strerror or error}"))

    def read(self, source: str) -> tuple[Items, tuple[str, ...]]:
        """Return the items of a recording or table, and what is odd about them.

        Raises:
            InputError: it cannot be read.
        """
        from leed.classifiers.predicting import oddities  # noqa: PLC0415 - an extra
        from leed.classifiers.table import read_examples  # noqa: PLC0415 - as above
        from leed.fusion.items import Items  # noqa: PLC0415 - as above

        if is_table(source):
            found = read_examples(
                source, columns=self._columns, modality=self._modality, labelled=False, progress=self._progress
            )
            items, issues = found.items, found.issues
        else:
            with at_hand(source) as path:
                recording = read(path)
            items = Items.of(recording)
            issues = (*recording.issues, *items.issues)
        return items, (*(issue.message for issue in issues), *oddities(self._saved, items))

    def aligned(self, items: Items) -> Items:
        """Return items as the model takes them, so that some of them are told of as among all.

        Raises:
            InputError: the model was not fitted on such scores.
        """
        if self._vectorizer is None:
            return items
        found: Items = self._vectorizer.aligned(items)
        return found


def _in_chunks(
    here: Predicting, source: str, make: Callable[[Workplace], Predicting], engine: Engine, workers: int | None
) -> Predicted:
    """What a model says of a table that is read in this process."""
    try:
        items, messages = here.read(source)
        chunks = _Chunks(here.aligned(items), workers or cores())
    except LeedError as error:
        return Predicted(source, error=error)
    rows: list[dict[str, Any]] = []
    for part in in_order(engine, partial(make, Workplace.of(workers, len(chunks))), chunks, workers=workers):
        if isinstance(part, Lost):
            return Predicted(source, error=_lost(source, part))
        if part.error is not None:
            return Predicted(source, error=part.error)
        rows += part.rows
    return Predicted(source, rows, messages)


def _lost(source: str, result: Lost) -> LeedError:
    return LeedError(f"{source}: {result.why}")


class _Chunks(Sequence["Items"]):
    """Items some at a time."""

    def __init__(self, items: Items, workers: int) -> None:
        self._items = items
        self._size = max(-(-len(items) // (_CHUNKS * workers)), _LEAST)

    def __len__(self) -> int:
        return (len(self._items) + self._size - 1) // self._size

    @overload
    def __getitem__(self, index: int) -> Items: ...
    @overload
    def __getitem__(self, index: slice) -> list[Items]: ...
    def __getitem__(self, index: int | slice) -> Items | list[Items]:
        if isinstance(index, slice):
            return [self[number] for number in range(len(self))[index]]
        start = range(len(self))[index] * self._size
        return self._items[np.arange(start, min(start + self._size, len(self._items)))]
