"""A table of described rows and their vectors, written some rows at a time: Parquet, CSV, or vectors only (.npy)."""

from __future__ import annotations

import csv
import os
from collections.abc import Generator, Iterable
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from leed import plugins
from leed.batch.blocks import FIELDS, TIMES, Block
from leed.errors import OptionError
from leed.schema.batches import same

if TYPE_CHECKING:
    from leed.embed import OnceEmbedder

ENDINGS: Final = (".parquet", ".csv", ".npy")
_GROUP: Final = 1 << 25  # bytes of vectors in a row group of Parquet, about
_MOST: Final = 1 << 20  # rows of one at most

Filled = tuple[Block, NDArray[np.float32]]


class Write(Protocol):
    """Takes blocks with their vectors, one after the other."""

    def __call__(self, block: Block, vectors: NDArray[np.float32], /) -> None:
        """Write the rows of a block."""
        ...


def check_target(path: str) -> None:
    """Refuse a target that could not be written, before anything is embedded.

    Raises:
        OptionError: its name says nothing of how to write, or its folder is not there.
        MissingPackageError: Parquet needs pyarrow.
    """
    ending = os.path.splitext(path)[1].casefold()
    if ending not in ENDINGS:
        raise OptionError(f"{path}: vectors are written to a name that ends in {', '.join(ENDINGS)}")
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise OptionError(f"{path}: there is no folder {folder}")
    if ending == ".parquet":
        try:
            import_module("pyarrow")
        except ModuleNotFoundError as error:
            raise plugins.missing("writing Parquet", error, extra="data") from error


def write(path: str, filled: Iterable[Filled], count: int, dimensions: int, embedder: OnceEmbedder) -> None:
    """Write so many rows with their vectors, in the form that the file's name asks for; all of them or nothing."""
    from leed.schema.files import replacing  # noqa: PLC0415 - keeps 'leed --help' fast

    about = {"embedder": embedder.name, "version": embedder.version}
    with replacing(path) as part, _opened(os.path.splitext(path)[1].casefold(), part, (count, dimensions), about) as to:
        for block, vectors in filled:
            to(block, vectors)


def _opened(ending: str, part: str, shape: tuple[int, int], about: dict[str, str]) -> AbstractContextManager[Write]:
    if ending == ".npy":
        return _npy(part, shape)
    return _csv(part, shape[1], about) if ending == ".csv" else _parquet(part, shape[1], about)


@contextmanager
def _npy(part: str, shape: tuple[int, int]) -> Generator[Write]:
    with open(part, "wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f4", "fortran_order": False, "shape": shape})

        def write(_: Block, vectors: NDArray[np.float32]) -> None:
            file.write(vectors.astype("<f4", copy=False).tobytes())

        yield write


@contextmanager
def _csv(part: str, dimensions: int, about: dict[str, str]) -> Generator[Write]:
    with open(part, "w", encoding="utf-8", errors="replace", newline="") as file:
        table = csv.writer(file)
        table.writerow([*FIELDS, *about, *(f"embedding.{i}" for i in range(dimensions))])

        def write(block: Block, vectors: NDArray[np.float32]) -> None:
            columns = [_seconds(block, name) if name in TIMES else block.texts[name].cells() for name in FIELDS]
            for cells, vector in zip(zip(*columns, strict=True), vectors, strict=True):
                table.writerow([*cells, *about.values(), *map(str, vector)])

        yield write


def _seconds(block: Block, name: str) -> list[float | None]:
    return [None if second != second else second for second in block.times(name).tolist()]  # noqa: PLR0124 - NaN


@contextmanager
def _parquet(part: str, dimensions: int, about: dict[str, str]) -> Generator[Write]:
    import pyarrow as pa  # noqa: PLC0415 - an extra

    from leed.batch.parquet import writer  # noqa: PLC0415 - as above

    text = pa.dictionary(pa.int32(), pa.string())
    kinds = {name: pa.float64() if name in TIMES else text for name in FIELDS} | dict.fromkeys(about, text)
    schema = pa.schema([*kinds.items(), ("embedding", pa.list_(pa.float32(), dimensions))])
    with open(part, "wb") as file:
        to = writer(file, schema, most=min(_MOST, max(_GROUP // max(4 * dimensions, 1), 1)))

        def write(block: Block, vectors: NDArray[np.float32]) -> None:
            columns = [_column(block, name) for name in FIELDS]
            columns += [same(value, len(block)) for value in about.values()]
            columns.append(pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1]))
            to.write_batch(pa.record_batch(columns, schema=schema))

        yield write
        to.close()


def _column(block: Block, name: str) -> Any:  # noqa: ANN401 - pyarrow has no types
    import pyarrow as pa  # noqa: PLC0415 - an extra

    if name in TIMES:
        return pa.array(block.times(name), pa.float64(), from_pandas=True)
    return pa.array(block.texts[name].values, pa.string()).take(pa.array(block.texts[name].codes)).dictionary_encode()
