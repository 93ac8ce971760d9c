"""Many inputs to one table with vectors: the same whoever does it, each sentence embedded once, nothing lost."""

import csv
import json
import os
import signal
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

import leed
from leed.batch.describing import Reading, Share
from leed.batch.embedding import embed_inputs
from leed.batch.engines import Engine
from leed.batch.local import run
from leed.embed import Cache, OnceEmbedder, get_embedder
from leed.errors import EmbeddingError, InputError, LeedError

EMOTIONS = ("Joy", "Sadness", "Anger", "Fear", "Calmness")


def talk(seed: int, rows: int) -> list[dict[str, Any]]:
    """Two people of whom one is quoted; sentences that recur within a talk and between talks."""
    rng = np.random.default_rng(seed)
    return [
        {
            "begin": float(i),
            "speaker": ("Ann", "Ben")[i % 2],
            **({"text": f"I said {i % 7}."} if i % 2 else {}),
            ("prosody", "face")[i % 3 == 0]: dict(zip(EMOTIONS, rng.integers(0, 5, 5).tolist(), strict=True)),
        }
        for i in range(rows)
    ]


@pytest.fixture
def talks(tmp_path: Path) -> list[str]:
    folder = tmp_path / "talks"
    folder.mkdir()
    for i in range(5):
        rows = [
            {k: {e: s / 5 for e, s in v.items()} if isinstance(v, dict) else v for k, v in r.items()}
            for r in talk(i, 40)
        ]
        (folder / f"{i}.json").write_text(json.dumps(rows), encoding="utf-8")
    return [str(folder / f"{i}.json") for i in (3, 0, 4, 1, 2)]


def embed(
    sources: Sequence[str], out: Path, *, embedder: Any = None, engine: Engine = run, **options: Any
) -> list[Share]:
    shares: list[Share] = []
    chosen = embedder or get_embedder("lexical", dimensions=64)
    about: dict[str, Any] = {"describer": leed.Describer(), "reading": Reading(), "told": shares.append, **options}
    embed_inputs(sources, str(out), embedder=chosen, engine=engine, **about)
    return shares


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".npy"])
def test_two_workers_write_the_table_of_one(talks: list[str], tmp_path: Path, ending: str) -> None:
    for workers in (1, 2):
        embed(talks, tmp_path / f"{workers}{ending}", workers=workers)
    if ending == ".parquet":
        assert parquet.read_table(tmp_path / "1.parquet").equals(parquet.read_table(tmp_path / "2.parquet"))
    assert (tmp_path / f"1{ending}").read_bytes() == (tmp_path / f"2{ending}").read_bytes()


def test_rows_are_those_of_describe_all_in_the_order_of_the_inputs(talks: list[str], tmp_path: Path) -> None:
    embed(talks, tmp_path / "x.parquet", workers=2)
    table = parquet.read_table(tmp_path / "x.parquet")
    told = [description for source in talks for description in leed.describe_all(leed.read(source))]
    for name in ("source", "modality", "aspect", "granularity", "speaker", "begin", "end", "text", "fingerprint"):
        assert table[name].to_pylist() == [getattr(description, name) for description in told]
    assert table["description"].to_pylist() == [str(description) for description in told]
    vectors = get_embedder("lexical", dimensions=64).embed([str(description) for description in told])
    assert np.array_equal(np.array(table["embedding"].to_pylist(), np.float32), vectors)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".leed")]
