"""Recording.to_table: a row a segment, that leed.read gives back as the same recording, through Parquet as well."""

import io
import json
import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

import leed
from leed.errors import ColumnError, DamagedInputError, LeedError, MissingPackageError
from leed.schema import Issue, Recording, Track
from leed.schema.tables import KEY
from tests.support import hume
from tests.support.mangling import VALUES, changed
from tests.support.parts import shared_files
from tests.support.recordings import recordings

FIXED = [
    *("track", "row", "source", "channel", "modality", "aspect", "granularity", "speaker", "taxonomy", "quantity"),
    *("exclusive", "begin", "end", "text"),
]


def packed(table: pa.Table) -> bytes:
    target = io.BytesIO()
    parquet.write_table(table, target)
    return target.getvalue()


def two_tracks() -> Recording:
    voice = Track(
        labels=("Joy", "Fear"),
        matrix=np.array([[0.5, np.nan], [0.25, 0.125]], np.float32),
        source="a.wav",
        modality="prosody",
        speaker="Ben",
        taxonomy="hume-48",
        begin=np.array([0.0, 2.0]),
        end=np.array([1.0, np.nan]),
        text=("so", None),
        extras={"box": np.arange(8.0).reshape(2, 4), "id": np.array([7, 8]), "tag": np.array(["x", "yy"])},
    )
    face = Track(
        labels=("Joy",), matrix=np.array([[0.75]], np.float32), source="a.wav", modality="face", begin=np.array([1.5])
    )
    return Recording((voice, face), (Issue("not-read", "something", "a.wav"),))


def test_a_row_is_a_segment_in_the_order_of_the_recording() -> None:
    table = two_tracks().to_table()
    assert table.column_names == [*FIXED, "Joy", "Fear", "extras.box", "extras.id", "extras.tag"]
    assert table.select(["track", "row", "begin", "end", "text", "speaker", "Joy", "Fear"]).to_pylist() == [
        {"track": 0, "row": 0, "begin": 0.0, "end": 1.0, "text": "so", "speaker": "Ben", "Joy": 0.5, "Fear": None},
        {"track": 1, "row": 0, "begin": 1.5, "end": None, "text": None, "speaker": None, "Joy": 0.75, "Fear": None},
        {"track": 0, "row": 1, "begin": 2.0, "end": None, "text": None, "speaker": "Ben", "Joy": 0.25, "Fear": 0.125},
    ]
    assert table.select(["extras.box", "extras.id", "extras.tag"]).to_pylist()[1:] == [
        {"extras.box": None, "extras.id": None, "extras.tag": None},
        {"extras.box": [4.0, 5.0, 6.0, 7.0], "extras.id": 8, "extras.tag": "yy"},
    ]
    assert table.schema.field("Joy").type == pa.float32()
    assert json.loads(table.schema.metadata[KEY])["issues"] == [
        {"code": "not-read", "message": "something", "source": "a.wav", "where": None}
    ]


@given(recordings)
@settings(max_examples=150)
def test_a_table_and_its_parquet_give_back_the_same_recording(recording: Recording) -> None:
    table = recording.to_table()
    assert len(table) == len(recording)
    assert leed.read(table) == recording
    assert leed.read(packed(table)) == recording


@pytest.mark.parametrize(
    "path",
    shared_files(
        "hume/calhacks23/*.json", "hume/interreviewer/predictions.json", "hume/ongaku/*.json", "ravdess/face.csv"
    ),
)
def test_real_recordings_are_given_back(path: Path) -> None:
    recording = leed.read(path)
    assert leed.read(packed(recording.to_table())) == recording


def test_a_recording_without_segments_is_given_back() -> None:
    for recording in (
        Recording(),
        Recording((), (Issue("a", "b"),)),
        Recording((Track(labels=("Joy",), matrix=np.empty((0, 1), np.float32), extras={"a": np.empty((0, 2, 3))}),)),
        Recording((Track(labels=(), matrix=np.empty((3, 0), np.float32), extras={"a": np.empty((3, 0))}),)),
    ):
        assert leed.read(packed(recording.to_table())) == recording


def test_names_that_are_taken_get_others() -> None:
    labels = ("text", "extras.x", "row", "", "score.text", "a\0b", "A", "a")
    track = Track(
        labels=labels,
        matrix=np.arange(16, dtype=np.float32).reshape(2, 8) / np.float32(16),
        extras={"x": np.array([1, 2]), "begin": np.array([0.5, np.nan]), "": np.array([True, False])},
    )
    recording = Recording((track,))
    table = recording.to_table()
    assert len(set(table.column_names)) == len(table.column_names)
    assert leed.read(packed(table)) == recording


def test_extras_of_one_name_but_different_types_stand_in_columns_of_their_own() -> None:
    def track(column: Any) -> Track:
        return Track(labels=("Joy",), matrix=np.full((2, 1), 0.5, np.float32), extras={"x": np.asarray(column)})

    columns = [[1, 2], [0.5, np.nan], [[1.0], [2.0]], ["a", "b"], [True, False], np.array([1, 2], ">f8"), ["long", "c"]]
    recording = Recording(tuple(track(column) for column in columns))
    table = recording.to_table()
    assert [name for name in table.column_names if name.startswith("extras")] == [
        *("extras.x", "extras.x_", "extras.x__", "extras.x___", "extras.x____"),
    ]
    assert leed.read(packed(table)) == recording


def test_half_a_character_is_kept() -> None:
    """Some transcripts are cut in the middle of an emoji; Arrow takes no such text."""
    track = Track(
        labels=("a\ud800",),
        matrix=np.full((2, 1), 0.5, np.float32),
        source="s\ud83d",
        begin=np.array([1.0, 0.0]),
        text=("cut \ud83d", "whole 😀"),
        extras={"words\udc00": np.array(["\ud800", "b"])},
    )
    recording = Recording((track,), (Issue("c", "m\ud800"),))
    table = recording.to_table()
    table.validate(full=True)
    assert table.column("text").to_pylist() == ["whole 😀", "cut \ufffd"]
    assert leed.read(packed(table)) == recording


def test_an_extra_that_is_no_column_of_numbers_flags_or_text_is_an_error() -> None:
    for column in ([{1}], [1 + 2j], np.array(["2026-01-01"], "M8[s]"), np.array([1], np.longdouble)):
        track = Track(labels=("Joy",), matrix=np.full((1, 1), 0.5, np.float32), extras={"odd": np.asarray(column)})
        with pytest.raises(ColumnError, match=r"extras\.odd: type .* is not that of numbers, flags or text"):
            Recording((track,)).to_table()


def test_a_table_that_was_filtered_or_sorted_is_what_is_left_of_the_recording() -> None:
    table = two_tracks().to_table()
    voice, _ = two_tracks().tracks
    shuffled = table.take([2, 0, 1])
    assert leed.read(shuffled) == two_tracks()
    left = leed.read(table.filter(pa.array([False, False, True])))
    assert [len(track) for track in left.tracks] == [1, 0]
    assert left.tracks[0].segment(0) == voice.segment(1)


def test_tables_put_together_are_an_error() -> None:
    table = two_tracks().to_table()
    with pytest.raises(DamagedInputError, match="stands twice; read the tables of different recordings one by one"):
        leed.read(pa.concat_tables([table, table]))


def test_frames_that_lose_the_metadata_keep_scores_times_and_speakers() -> None:
    table = two_tracks().to_table()
    for frame in (table.to_pandas(), pl.from_arrow(table), table.replace_schema_metadata()):
        recording = leed.read(frame)
        assert [(s.speaker, s.modality, s.begin, s.text, s.scores) for s in recording.segments()] == [
            (s.speaker, s.modality, s.begin, s.text, s.scores) for s in two_tracks().segments()
        ]
    assert isinstance(table.to_pandas(), pd.DataFrame)


@given(st.integers(0, 2**32))
@settings(max_examples=60)
def test_a_table_with_something_wrong_in_it_is_a_recording_or_an_error(seed: int) -> None:
    rng = random.Random(seed)
    table = two_tracks().to_table()
    told = changed(json.loads(table.schema.metadata[KEY]), seed)
    columns = {name: table.column(name) for name in table.column_names if rng.random() > 0.1}
    for name in rng.sample(sorted(columns), 2):
        columns[name] = rng.choice([pa.nulls(3), pa.array(["a", "b", None]), pa.array([[1], [], None]), columns[name]])
    broken = pa.table(columns).replace_schema_metadata({KEY: json.dumps(rng.choice([told, told, VALUES[0]])).encode()})
    try:
        recording = leed.read(broken)
    except LeedError:
        return
    assert len(list(leed.describe_all(recording))) == len(recording)


@pytest.mark.parametrize("told", [b"", b"{", b"[]", b"null", b"{}", b'{"leed": "table/9"}', b"\xff", b"[" * 100_000])
def test_metadata_that_says_nothing_is_an_error(told: bytes) -> None:
    table = two_tracks().to_table().replace_schema_metadata({KEY: told})
    with pytest.raises(DamagedInputError, match="this table is not the recording that it says it is"):
        leed.read(table)


def test_without_pyarrow_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    recording = leed.read(hume.conversation())
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingPackageError, match=r"needs the package 'pyarrow'.*pip install 'leed\[data\]'$"):
        recording.to_table()
