"""From recordings and texts to a table with vectors: each different sentence is embedded once, wherever it stands.

Three stages, none of which holds all rows or all vectors: inputs are read and described by workers, into files; the
different sentences of all inputs are embedded by workers, into a file; the table is written from the files, in the
order of the inputs.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from leed.batch.blocks import blocks_in, texts_in
from leed.batch.describing import Describing, Reading, Share, files_of
from leed.batch.different import DifferentTexts
from leed.batch.engines import Engine
from leed.batch.order import in_order
from leed.batch.sources import STDIN
from leed.batch.vector_table import Filled, check_target, write
from leed.batch.vectors import Asker, VectorFile
from leed.batch.workplace import Workplace
from leed.embed.progress import steps
from leed.embed.rows import Rows
from leed.errors import InputError, LeedError

if TYPE_CHECKING:
    from leed.describer import Describer
    from leed.embed import Estimate, OnceEmbedder

_NAMED: Final = 3  # inputs that an error names


def embed_inputs(
    sources: Sequence[str],
    path: str,
    *,
    describer: Describer,
    embedder: OnceEmbedder,
    reading: Reading,
    engine: Engine,
    workers: int | None = 1,
    told: Callable[[Share], None] = lambda _: None,
    agree: Callable[[Callable[[], Estimate]], None] = lambda _: None,
) -> int:
    """Write the sentences of inputs with their vectors, and return how many rows there are.

    What is on its way lies in a folder beside the target, which is removed in the end: with an engine on several
    machines, all of them have to reach it.

    Args:
        sources: what `leed.batch.sources.sources_of` made of what was given.
        path: the table: .parquet, .csv, or .npy for vectors only.
        describer: how recordings are described.
        embedder: what embeds, and where vectors are kept.
        reading: how inputs are read.
        engine: where it is done.
        workers: on how many workers; None: as many as the engine has.
        told: is given what came of each input, in their order.
        agree: is given how to find out what embedding will take, before it begins; whoever does not agree raises.

    Raises:
        InputError: there is nothing to embed.
        EmbeddingError: some sentences got no vector; it says how many did, and how to go on.
        CacheError: the cache is damaged, or no such file.
        OptionError: the target says nothing of how to write.
    """
    check_target(path)
    beside = os.path.dirname(os.path.abspath(path))
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix=".leed-embed-", dir=beside))
        make = partial(Describing, folder, describer, reading, Workplace.of(workers, len(sources)))
        counts = _described(sources, make, engine, workers, told, shown=embedder.progress)
        count = sum(counts.values())
        texts = stack.enter_context(DifferentTexts(os.path.join(folder, "texts")))
        places = os.path.join(folder, "places")
        _gather(folder, counts, texts, places)
        if not count:
            raise InputError(f"{_named(sources)}: there is nothing to embed")
        agree(partial(embedder.estimate_different, texts, count))
        rows = Rows(len(texts), embedder.dimensions, partial(VectorFile, os.path.join(folder, "vectors")))
        embedder.fill(rows, texts, Asker(engine, workers, embedder, texts, os.path.join(folder, "stop")))
        vectors: VectorFile = rows.store
        write(path, _filled(folder, counts, places, vectors), count, vectors.dimensions, embedder)
    return count


def _described(
    sources: Sequence[str],
    make: Callable[[], Describing],
    engine: Engine,
    workers: int | None,
    told: Callable[[Share], None],
    *,
    shown: bool,
) -> dict[int, int]:
    """How many rows each input has, by its number, if any; they are in the folder then."""
    counts = {}
    results = in_order(engine, make, list(enumerate(sources)), workers=workers, is_here=_is_stdin)
    several = shown and len(sources) > 1
    with closing(results), steps(len(sources), 0, shown=several, what="inputs", doing="reading") as step:
        for number, (source, share) in enumerate(zip(sources, results, strict=True)):
            found = share if isinstance(share, Share) else Share(source, error=LeedError(f"{source}: {share.why}"))
            told(found)
            step(1)
            if found.rows:
                counts[number] = found.rows
    return counts


def _is_stdin(numbered: tuple[int, str]) -> bool:
    return numbered[1] == STDIN


def _gather(folder: str, numbers: Iterable[int], texts: DifferentTexts, places: str) -> None:
    """Put the different sentences of all inputs together, and note where each block's stand among them."""
    with open(places, "wb") as file:
        for number in numbers:
            file.writelines(texts.add(some).tobytes() for some in texts_in(files_of(folder, number)[1]))
    texts.settle()


def _filled(folder: str, numbers: Iterable[int], places: str, vectors: VectorFile) -> Iterator[Filled]:
    """The blocks of all inputs, with the vectors of their rows."""
    with open(places, "rb") as file:
        for number in numbers:
            for block in blocks_in(files_of(folder, number)[0]):
                described = block.texts["description"]
                own = np.frombuffer(file.read(8 * len(described.values)), np.int64)
                yield block, vectors[own][described.codes]


def _named(sources: Sequence[str]) -> str:
    more = len(sources) - _NAMED
    return ", ".join(sources[:_NAMED]) + (f" and {more} more" if more > 0 else "")
