"""Parquet: tables with a column for each label, whatever wrote them."""

import io
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

import leed
import leed.readers.parquet
from leed.errors import DamagedInputError, MissingPackageError, UnknownFormatError
from tests.support.mangling import harmless, mangled

TABLE: dict[str, Any] = {
    "file": ["a.mp4", "a.mp4", "b.mp4"],
    "begin": [0.0, 1.5, 0.0],
    "speaker": ["Ben", None, "unknown"],
    "text": ["so", "", None],
    "Joy": [0.84, None, 0.1],
    "Sadness": [0.02, 0.5, float("nan")],
}


def packed(table: Any, **options: Any) -> bytes:
    target = io.BytesIO()
    parquet.write_table(table if isinstance(table, pa.Table) else pa.table(table), target, **options)
    return target.getvalue()


def read(columns: Any, **options: str) -> leed.Recording:
    return leed.read(packed(columns), **options)


def test_columns_under_their_usual_names_say_when_and_who() -> None:
    recording = read(TABLE)
    assert [(s.source, s.speaker, s.begin, s.text, s.scores) for s in recording.segments()] == [
        ("a.mp4", "Ben", 0.0, "so", {"Joy": 0.84, "Sadness": 0.02}),
        ("a.mp4", None, 1.5, None, {"Sadness": 0.5}),
        ("b.mp4", None, 0.0, None, {"Joy": 0.1}),
    ]
    assert recording.issues == ()
    assert [str(d) for d in leed.describe_all(recording)][:2] == [
        'They said "so" and come across as extremely joyful.',
        "They come across as moderately sad.",
    ]


def test_a_file_is_told_by_its_content_and_names_the_source_of_rows_that_name_none(tmp_path: Path) -> None:
    path = tmp_path / "anything"
    path.write_bytes(packed({"Joy": [0.84]}))
    recording = leed.read(path)
    assert recording.sources == ("anything",)
    assert leed.read(path, format="parquet") == recording
    assert leed.read(path, format="table") == recording
    assert leed.read(io.BytesIO(path.read_bytes())).segments()[0].scores == {"Joy": 0.84}


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd", "brotli"])
@pytest.mark.parametrize("version", ["1.0", "2.6"])
def test_any_compression_and_version_is_read(compression: str, version: str) -> None:
    many = {name: column * 50 for name, column in TABLE.items()}
    data = packed(many, compression=compression, version=version, row_group_size=7, data_page_size=64)
    assert leed.read(data) == read(many)


@pytest.mark.parametrize(
    "kind",
    ["float16", "float32", "float64", "int8", "uint64", "decimal128(5, 2)", "string", "large_string", "dictionary"],
)
def test_numbers_of_any_type_are_scores(kind: str) -> None:
    if kind.startswith("decimal"):
        column = pa.array([1, None, 0], pa.int8()).cast(pa.decimal128(5, 2))
    elif "string" in kind:
        column = pa.array(["1", None, " 0.0 "], getattr(pa, kind)())
    elif kind == "dictionary":
        column = pa.array(["1", None, "0"]).dictionary_encode()
    else:
        column = pa.array([1, None, 0], kind)
    recording = read({"Joy": column, "Fear": pa.array([0.5, 0.25, 0.125])})
    assert [s.scores.get("Joy") for s in recording.segments()] == [1.0, None, 0.0]


def test_flags_are_presence() -> None:
    recording = read({"Joy": [True, False, None], "Sadness": [False, True, None]})
    assert recording.tracks[0].quantity == "presence"
    assert [s.scores for s in recording.segments()] == [{"Joy": 1.0, "Sadness": 0.0}, {"Joy": 0.0, "Sadness": 1.0}, {}]


def test_what_is_no_score_is_an_extra_or_left_out_and_reported() -> None:
    recording = read(
        {
            "Joy": [0.5, 0.25],
            "embedding": [[1.0, 2.0], [3.0, 4.0]],
            "ragged": [[1.0], [3.0, 4.0]],
            "face": [{"x": 1}, {"x": 2}],
            "picture": [b"\xff\xd8", None],
            "frame": [1, 2],
            "note": ["a", "b"],
            "moment": pa.array([1_000_000, None], pa.timestamp("us")),
            "length": pa.array([1500, 2500], pa.duration("ms")),
            "nothing": pa.nulls(2),
        }
    )
    (track,) = recording.tracks
    np.testing.assert_array_equal(track.extras["embedding"], [[1, 2], [3, 4]])
    np.testing.assert_array_equal(track.extras["frame"], [1, 2])
    np.testing.assert_array_equal(track.extras["moment"], [1, np.nan])
    np.testing.assert_array_equal(track.extras["length"], [1.5, 2.5])
    assert set(track.extras) == {"embedding", "frame", "moment", "length"}
    assert [issue.message for issue in recording.issues] == [
        (
            "4 columns of other numbers are kept as extras: embedding, frame, moment, length; "
            "2 columns that hold no numbers are left out: ragged, note"
        ),
        "2 columns of bytes or nested values are left out: face, picture",
    ]


def test_times_may_be_spans_and_times_of_the_day_but_no_dates() -> None:
    spans = read({"Joy": [0.5], "begin": pa.array([1500], pa.duration("ms")), "end": pa.array([2], pa.time32("s"))})
    assert (spans.segments()[0].begin, spans.segments()[0].end) == (1.5, 2.0)
    dates = read({"Joy": [0.5], "timestamp": pa.array([2_000], pa.timestamp("ms"))})
    assert dates.segments()[0].begin is None
    assert dates.segments()[0].extras == {"timestamp": 2.0}
    assert [issue.code for issue in dates.issues] == ["not-a-time", "not-a-label"]
    assert "holds moments, not seconds" in dates.issues[0].message


def test_numbers_that_are_none_and_text_are_counted() -> None:
    recording = read({"Joy": ["high", "0.5", None], "Fear": [float("inf"), 1e39, -0.001], "begin": ["soon", "2", None]})
    assert [s.scores for s in recording.segments()] == [{}, {"Joy": 0.5}, {"Fear": -0.001}]
    assert [issue.message for issue in recording.issues] == [
        "column 'begin': 1 cell is no number; it is left out",
        "column 'Joy': 1 cell is no finite number",
        "column 'Fear': 2 cells are no finite number",
        "1 of 3 rows report no score",
        "1 of 3 segments have scores outside 0 to 1 (-0.001 to 0.5); they are kept as they are",
    ]


def test_a_label_that_stands_twice_is_read_once() -> None:
    table = pa.Table.from_arrays([pa.array([0.5]), pa.array([0.25])], names=["Joy", "Joy"])
    recording = read(table)
    assert recording.segments()[0].scores == {"Joy": 0.5}
    assert [issue.code for issue in recording.issues] == ["duplicate-label"]


def test_a_speaker_may_be_a_number() -> None:
    recording = read({"Joy": [0.5, 0.5, 0.5], "speaker": pa.array([1.0, None, 2.5])})
    assert sorted(str(track.speaker) for track in recording.tracks) == ["1", "2.5", "None"]
    assert read({"Joy": [0.5], "speaker": [7]}).tracks[0].speaker == "7"


def test_no_rows_are_no_error() -> None:
    recording = read(pa.table(TABLE).slice(0, 0))
    assert len(recording) == 0
    assert [issue.code for issue in recording.issues] == ["no-segments"]


def test_labels_that_nobody_knows_are_asked_about() -> None:
    columns = {"bliss": [0.5], "grumpiness": [0.25]}
    with pytest.raises(
        UnknownFormatError, match=r"\(bliss, grumpiness\) is a label that leed knows; .*with format 'parquet'"
    ):
        read(columns)
    assert read(columns, format="parquet").tracks[0].labels == ("bliss", "grumpiness")
    with pytest.raises(UnknownFormatError, match="none of the 1 columns holds scores"):
        read({"name": ["x"]}, format="parquet")


@pytest.mark.parametrize("size", [4, 8, 40, 400, -1])
def test_a_file_that_is_cut_off_says_so(size: int) -> None:
    with pytest.raises(DamagedInputError, match=r"is Parquet, but damaged or cut off: .*; download or copy the file"):
        leed.read(packed(TABLE)[:size])


@given(st.integers(0, 2**32))
@settings(max_examples=150)
def test_a_mangled_file_is_a_recording_or_an_error(seed: int) -> None:
    harmless(mangled(packed(TABLE, compression="none"), seed), format="parquet")
    harmless(mangled(packed(leed.read(packed(TABLE)).to_table()), seed))


def test_rows_and_columns_come_in_parts_and_blank_ones_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leed.readers.parquet, "_DECODED", 64)
    joy = [None] * 50 + [i / 100 for i in range(50)]
    columns = {"Joy": pa.array(joy, pa.float32()), "clip": ["a", "b"] * 50, "Fear": [0.5] * 100, "file": ["x"] * 100}
    (track,) = leed.read(packed(columns, row_group_size=30)).tracks
    assert track.labels == ("Fear", "Joy")
    np.testing.assert_array_equal(track.matrix[:, 1], np.array(joy, np.float32))
    assert (track.matrix[:, 0] == 0.5).all()
    assert track.source == "x"


def test_what_is_no_parquet_is_an_error() -> None:
    for data in (b"", b"Joy\n0.5\n", b"{}"):
        with pytest.raises(UnknownFormatError, match="is no Parquet"):
            leed.read(data, format="parquet")


def test_a_small_file_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number that stands in every row takes next to no space, however many rows there are."""
    data = packed({"Joy": pa.array(np.full(1 << 20, 0.5))}, compression="zstd")
    assert len(leed.read(data)) == 1 << 20
    monkeypatch.setattr(leed.readers.parquet, "_LARGE", 1 << 20)
    with pytest.raises(DamagedInputError, match="claim 1048576 rows; no recording of scores is packed so tightly"):
        leed.read(data)


def test_a_long_text_that_stands_in_every_row_is_kept_once() -> None:
    """A dictionary of one transcript of a megabyte and 100,000 rows would be 100 GB."""
    text = pa.DictionaryArray.from_arrays(pa.array(np.zeros(100_000, np.int8)), pa.array(["so " * 350_000]))
    data = packed({"Joy": pa.array(np.full(100_000, 0.5)), "text": text, "note": text})
    assert len(data) < 1 << 20
    recording = leed.read(data)
    texts = recording.tracks[0].text
    assert texts is not None
    assert texts[0] is texts[-1]


def test_without_pyarrow_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed(TABLE)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(
        MissingPackageError,
        match=r"^reading Parquet needs the package 'pyarrow', which is not installed: pip install 'leed\[data\]'$",
    ):
        leed.read(data)
