"""Data sets as other programs read them, and what is hard to write."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import dataset, parquet

import leed
from leed.batch.corpus import describe_corpus
from leed.batch.parquet import writer
from leed.batch.rows import batches_of, describe_batch

FACES = [{"source": "a", "modality": "face", "speaker": "Ann", "begin": i, "Joy": 0.5, "Fear": 0.25} for i in range(3)]
VOICES = [{"source": "b", "modality": "prosody", "speaker": "Bo", "text": "Oh.", "Joy": 0.5, "Awe": 0.9, "Fear": 0.2}]
WITHOUT_SCORES = ["source", "modality", "speaker", "text", "description", "terms", "labels"]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A data set with two sets of labels."""
    (tmp_path / "in").mkdir()
    for name, rows in {"faces": FACES, "voices": VOICES}.items():
        (tmp_path / "in" / f"{name}.json").write_text(json.dumps(rows))
    describe_corpus([str(tmp_path / "in")], str(tmp_path / "out"), describer=leed.Describer(), workers=1)
    return tmp_path / "out"


def written(*batches: pa.RecordBatch) -> parquet.ParquetFile:
    """A file of batches."""
    target = io.BytesIO()
    part = writer(target, batches[0].schema)
    for batch in batches:
        part.write_batch(batch)
    part.close()
    return parquet.ParquetFile(target)


def described(recording: leed.Recording) -> list[pa.RecordBatch]:
    return [describe_batch(batch, leed.Describer()) for batch in batches_of(recording)]


def test_pyarrow_reads_all_labels_together_without_scores(out: Path) -> None:
    rows = dataset.dataset(out, partitioning="hive").to_table(columns=WITHOUT_SCORES).to_pylist()
    assert sorted((row["source"], row["modality"], row["speaker"], row["text"]) for row in rows) == [
        *[("a", "face", "Ann", None)] * 3,
        ("b", "prosody", "Bo", "Oh."),
    ]
    assert {row["labels"].rpartition("-")[0] for row in rows} == {"hume-48-face", "hume-48-prosody"}


def test_pandas_reads_all_labels_together_without_scores(out: Path) -> None:
    frame = pd.read_parquet(out, columns=WITHOUT_SCORES)
    assert frame["modality"].value_counts().to_dict() == {"face": 3, "prosody": 1}
    assert set(frame["description"]) == {
        "They look moderately joyful.",
        'They said "Oh." and sound extremely awed, very joyful and moderately fearful.',
    }


def test_pandas_reads_the_folder_of_one_set_of_labels_with_scores(out: Path) -> None:
    (folder,) = out.glob("labels=hume-48-face-*")
    frame = pd.read_parquet(folder)
    assert [list(scores) for scores in frame["scores"].to_list()] == [[0.25, 0.5]] * 3
    assert frame["channel"].isna().to_list() == [True] * 3


def test_polars_reads_the_folder_of_one_set_of_labels_and_all_without_scores(out: Path) -> None:
    (folder,) = out.glob("labels=hume-48-prosody-*")
    frame = pl.scan_parquet(folder).collect()
    assert frame.schema["scores"] == pl.Array(pl.Float32, 3)
    assert frame["terms"].to_list()[0][0] == {
        "label": "Awe",
        "score": pytest.approx(0.9),
        "adverb": "extremely",
        "adjective": "awed",
    }
    every = pl.scan_parquet(f"{out}/**/*.parquet", hive_partitioning=True).select(WITHOUT_SCORES).collect()
    assert len(every) == 4


def test_small_batches_stand_in_one_group_of_rows() -> None:
    rows = [{"speaker": f"s{i:03}", "begin": i, "modality": "face", "Joy": i / 100} for i in range(100)]
    file = written(*described(leed.read(rows)))
    assert file.metadata.num_row_groups == 1
    table = file.read()
    assert table.column("speaker").to_pylist() == [f"s{i:03}" for i in range(100)]
    assert table.column("description").to_pylist() == [
        str(leed.describe({"Joy": i / 100}, modality="face")) for i in range(100)
    ]


def test_columns_that_are_sought_have_statistics_and_scores_have_none() -> None:
    group = written(*described(leed.read(FACES))).metadata.row_group(0)
    told = {group.column(i).path_in_schema: group.column(i) for i in range(group.num_columns)}
    assert (told["begin"].statistics.min, told["begin"].statistics.max) == (0.0, 2.0)
    assert told["speaker"].statistics.min == "Ann"
    assert told["scores.list.element"].statistics is None
    assert "RLE_DICTIONARY" in told["terms.list.element.label"].encodings


HALF = "\ud83d"


def test_half_a_character_becomes_a_replacement_character_wherever_it_stands() -> None:
    given: dict[str, Any] = {"source": f"a{HALF}", "speaker": f"b{HALF}", "text": f"c{HALF}", "modality": "prosody"}
    rows = written(*described(leed.read([{**given, f"odd{HALF}": 0.9, "Joy": 0.1}]))).read().to_pylist()
    assert [rows[0][name] for name in ("source", "speaker", "text")] == ["a\ufffd", "b\ufffd", "c\ufffd"]
    assert "odd\ufffd" in str(rows[0]["terms"]) + rows[0]["description"]


def test_segments_without_labels_keep_their_times() -> None:
    track = leed.Track(labels=(), matrix=np.empty((2, 0), np.float32), modality="face", begin=np.array([0.0, 1.0]))
    rows = written(*described(leed.Recording((track,)))).read().to_pylist()
    assert [(row["begin"], row["scores"]) for row in rows] == [(0.0, [None]), (1.0, [None])]


def test_a_track_without_rows_gives_no_batch() -> None:
    assert not described(leed.Recording((leed.Track(labels=("Joy",), matrix=np.empty((0, 1), np.float32)),)))


def test_words_without_times_keep_their_texts() -> None:
    words = [
        {"text": word, "granularity": "word", "language": {"Joy": 0.5, "Fear": 0.25}} for word in ("so", "it", "is")
    ]
    table = written(*described(leed.read(words))).read()
    assert table.column("text").to_pylist() == ["so", "it", "is"]
    assert table.column("begin").null_count == 3
