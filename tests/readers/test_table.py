"""Tables with a column for each label."""

import csv
import io
import random
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leed
from leed.errors import LeedError, MissingPackageError, UnknownFormatError
from leed.readers import arrow_csv, delimited, matrices, pieces
from leed.readers.content import Content
from tests.support.mangling import harmless, mangled
from tests.support.parts import shared_files


def said(data: str | bytes) -> list[str]:
    return [str(d) for d in leed.describe_all(read(data))]


def read(data: str | bytes, **options: str) -> leed.Recording:
    return leed.read(data.encode() if isinstance(data, str) else data, **options)


@pytest.mark.parametrize(
    "data",
    [
        "Joy,Sadness\n0.84,0.1\n",
        "Joy\tSadness\n0.84\t0.1\n",
        "Joy;Sadness\n0.84;0.1\n",
        "Joy;Sadness\n0,84;0,1\n",
        "Joy\tSadness\n0,84\t0,1\n",
        "Joy|Sadness\n0.84|0.1\n",
        "\ufeffJoy,Sadness\n0.84,0.1\n",
        "Joy,Sadness\r\n0.84,0.1\r\n",
        "Joy,Sadness\r0.84,0.1\r",
        '"Joy","Sadness"\n"0.84","0.1"',
        " Joy , Sadness \n 0.84 , 0.1 \n",
        "joy,SADNESS\n8.4e-1,1e-1\n\n\n",
        "Joy,Sadness\n.84,nan\n",
        "Joy,Sadness\n0.84,\n",
        "Joy,Sadness\n0.84\n",
        "Joy,Sadness\n0.84,0.1,7\n",
        "Joy\n0.84\n",
    ],
)
def test_a_table_is_read_however_it_is_written(data: str) -> None:
    """Commas, tabs, semicolons with decimal commas, byte order marks, any line ends, quotation marks, blanks."""
    assert said(data) == ["They come across as extremely joyful."]
    assert [str(d) for d in leed.describe_all(read(data, format="table"))] == said(data)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_spreadsheets_encodings_are_read(encoding: str) -> None:
    assert "extremely joyful" in said("Joy\tText\n0.84\tnaïve\n".encode(encoding))[0]
    assert read("Joy\tText\n0.84\tnaïve\n".encode(encoding)).segments()[0].text == "naïve"


def test_columns_under_their_usual_names_say_when_who_and_where() -> None:
    data = "File,Start Time,EndTime,Speaker ID,Transcript,Modality,Channel,Joy\na.wav,0.5,1.5,Ben,so,face,2,0.84\n"
    segment = read(data).segments()[0]
    assert (segment.source, segment.begin, segment.end) == ("a.wav", 0.5, 1.5)
    assert (segment.speaker, segment.text, segment.modality, segment.channel) == ("Ben", "so", "face", "2")


def test_milliseconds_become_seconds() -> None:
    segment = read("start_ms,end_ms,Joy\n500,1500,0.84\n").segments()[0]
    assert (segment.begin, segment.end) == (0.5, 1.5)


def test_rows_are_ordered_by_source_and_begin() -> None:
    recording = read("file,begin,Joy\nb,1,0.1\na,2,0.2\nb,0,0.3\na,0,0.4\n")
    assert [(s.source, s.begin) for s in recording.segments()] == [("b", 0.0), ("b", 1.0), ("a", 0.0), ("a", 2.0)]


def test_a_file_is_the_source_of_rows_that_name_none(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("Joy\n0.84\n", encoding="utf-8")
    assert leed.read(path).sources == ("scores.csv",)


def test_a_cell_may_hold_delimiters_newlines_and_quotation_marks() -> None:
    target = io.StringIO()
    texts = ["a, b", "line one\nline two", 'he said "go"', "x;y\tz", "", "\r\nlast"]
    table = csv.writer(target)
    table.writerows([["Text", "Joy"], *([text, "0.84"] for text in texts)])
    assert [s.text for s in read(target.getvalue()).segments()] == [t or None for t in texts]


def test_a_cell_may_hold_a_megabyte() -> None:
    text = "word " * 210_000
    recording = read(f'Text,Joy\n"{text}",0.84\n')
    assert recording.segments()[0].text == text
    assert len(said(f'Text,Joy\n"{text}",0.84\n')[0]) < 600


def test_a_transcript_with_letters_that_end_lines_elsewhere_stays_in_one_cell() -> None:
    """U+2028, vertical tabs and U+0085 are no line ends in CSV."""
    data = "Text,Joy\nline\u2028two\x0bthree\x85four\x1cfive,0.84\nb,0.5\n"
    assert [s.text for s in read(data).segments()] == ["line\u2028two\x0bthree\x85four\x1cfive", "b"]


def test_unknown_columns_of_shares_are_labels_and_other_numbers_are_extras() -> None:
    """Beside a known label: "wistfulness" holds shares, "pitch" does not, "note" holds no numbers."""
    recording = read("Joy,wistfulness,pitch,note,embedding_0\n0.1,0.6,210.5,hello,0.25\n0.2,0.5,180,x,0.5\n")
    (track,) = recording.tracks
    assert set(track.labels) == {"Joy", "wistfulness"}
    np.testing.assert_array_equal(track.extras["pitch"], [210.5, 180.0])
    np.testing.assert_array_equal(track.extras["embedding_0"], [0.25, 0.5])
    assert "note" not in track.extras
    assert [i.code for i in recording.issues] == ["not-a-label"]
    assert 'signs of "wistfulness"' in said("Joy,wistfulness\n0.1,0.6\n")[0]


def test_a_table_without_a_known_label_says_what_to_do() -> None:
    data = "when,grumpiness,bliss\n1,0.5,0.25\n2,0.4,0.1\n"
    with pytest.raises(
        UnknownFormatError,
        match=r"is a table, but none of its columns \(when, grumpiness, bliss.*\) is a label that leed knows; .*table",
    ):
        read(data)


WHO = "ActorID,Age,Sex,Ethnicity\n1001,51,Male,Not Hispanic\n1002,21,Female,Hispanic\n"
MOODS = "start,speaker,grumpiness,bliss\n0,Ben,0.25,0.5\n1.5,Ann,0.75,1\n"


def frame_of(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text))


@pytest.mark.parametrize(
    "form",
    [
        lambda text: text.encode(),
        frame_of,
        lambda text: pl.from_pandas(frame_of(text)),
        lambda text: frame_of(text).to_parquet(),
        lambda text: (frame_of(text).to_json(orient="records", lines=True) or "").encode(),
    ],
    ids=["CSV", "pandas", "polars", "Parquet", "JSON lines"],
)
def test_who_somebody_is_makes_no_table_of_scores(form: Callable[[str], Any]) -> None:
    with pytest.raises(UnknownFormatError):
        leed.read(form(WHO))


@pytest.mark.parametrize(
    "form",
    [lambda text: text.encode(), frame_of, lambda text: frame_of(text).to_parquet()],
    ids=["CSV", "pandas", "Parquet"],
)
def test_shares_of_somebody_at_some_time_are_scores_whatever_they_are_called(form: Callable[[str], Any]) -> None:
    tracks = leed.read(form(MOODS)).tracks
    assert [(t.speaker, t.labels, t.begin.tolist()) for t in tracks] == [
        ("Ben", ("grumpiness", "bliss"), [0.0]),
        ("Ann", ("grumpiness", "bliss"), [1.5]),
    ]


@pytest.mark.parametrize(
    "data",
    [
        "speaker,grumpiness,bliss\nBen,0.25,0.5\n",
        "start,grumpiness,bliss\n0,0.25,0.5\n",
        "start,speaker,grumpiness,bliss\n0,Ben,25,0.5\n",
        "start,speaker,grumpiness,Age\n0,Ben,0.25,0.5\n",
        "start,speaker,grumpiness\n0,Ben,0.25\n",
        "start,speaker,grumpiness,bliss\n0,Ben,1,0\n",
    ],
    ids=["no time", "nobody", "no share", "who somebody is", "only one", "flags"],
)
def test_anything_less_is_asked_about(data: str) -> None:
    with pytest.raises(UnknownFormatError, match="is a table, but none of its columns"):
        read(data)


def test_a_table_without_a_known_label_is_read_when_it_is_said_to_be_one() -> None:
    recording = read("grumpiness,bliss\n0.6,0.25\n0.4,0.1\n", format="table")
    assert recording.tracks[0].labels == ("grumpiness", "bliss")
    assert 'signs of "grumpiness"' in str(leed.describe_all(recording)[0])


@pytest.mark.parametrize("data", ["", "\n", "a,b\n", "a,b\nx,y\n", "hello world"])
def test_a_forced_table_without_scores_is_an_error(data: str) -> None:
    with pytest.raises(LeedError):
        read(data, format="table")


@pytest.mark.parametrize("data", ["Joy,Sadness\n", "Joy,Sadness\n,\n", "Joy,Sadness\nnan,NA\n"])
def test_a_table_without_a_score_is_described_as_nothing_or_refused_with_a_reason(data: str) -> None:
    """A header alone is no traceback and no silence."""
    try:
        recording = read(data)
    except LeedError as error:
        assert "scores" in str(error)  # noqa: PT017 - either is fine
    else:
        assert recording.issues or "not" in str(leed.describe_all(recording)[0])


def test_cells_that_are_no_numbers_are_counted_and_reported() -> None:
    recording = read("Joy,Sadness\nhigh,0.5\n0.84,inf\n,0.1\n")
    assert [str(d) for d in leed.describe_all(recording)] == [
        "They come across as moderately sad.",
        "They come across as extremely joyful.",
        "They come across as neutral.",
    ]
    assert [(i.code, "'Joy'" in i.message) for i in recording.issues] == [
        ("unreadable-score", True),
        ("unreadable-score", False),
    ]


def test_scores_outside_0_to_1_are_kept_and_reported() -> None:
    recording = read("Joy,Sadness\n1.303,-0.001\n")
    assert recording.segments()[0].scores == {"Joy": 1.303, "Sadness": -0.001}
    assert [i.code for i in recording.issues] == ["out-of-range"]


def test_a_label_that_stands_twice_is_read_once_and_reported() -> None:
    recording = read("Joy,Joy\n0.84,0.1\n")
    assert [str(d) for d in leed.describe_all(recording)] == ["They come across as extremely joyful."]
    assert [i.code for i in recording.issues] == ["duplicate-label"]


def test_one_label_in_two_spellings_is_no_error() -> None:
    recording = read("happy,happiness,sad\n0.84,0.1,0.2\n")
    assert len(recording) == 1
    assert "happy" in str(leed.describe_all(recording)[0])


def test_short_rows_are_read_and_reported() -> None:
    recording = read("Joy,Sadness,Awe\n0.84\n0.1,0.2,0.3\n")
    assert len(recording) == 2
    assert "short-rows" in [i.code for i in recording.issues]


def test_valence_from_minus_1_to_1_is_told_by_its_negative_values() -> None:
    """One of a model's dimensions tells it of all of them."""
    recording = read("speaker,valence,arousal\na,-0.8,0.8\na,0.8,0.1\na,0.0,0.0\n")
    assert [str(d) for d in leed.describe_all(recording)] == [
        str(leed.describe({"valence": 0.1, "arousal": 0.9})),
        str(leed.describe({"valence": 0.9, "arousal": 0.55})),
        str(leed.describe({"valence": 0.5, "arousal": 0.5})),
    ]
    assert [i.code for i in recording.issues] == ["inferred"]
    assert "valence" in recording.issues[0].message


def test_rows_that_sum_to_1_are_exclusive_probabilities() -> None:
    recording = read("angry,calm,happy,sad\n0.7,0.1,0.1,0.1\n0.25,0.25,0.25,0.25\n")
    assert (recording.tracks[0].quantity, recording.tracks[0].exclusive) == ("probability", True)
    assert said("angry,calm,happy,sad\n0.7,0.1,0.1,0.1\n0.26,0.25,0.25,0.24\n") == [
        "They probably come across as angry.",
        "It is unclear how they come across.",
    ]


@pytest.mark.parametrize("path", shared_files("ravdess/*.csv"))
def test_ravdess_is_1200_clips_of_exclusive_probabilities(path: Path) -> None:
    recording = leed.read(path)
    assert len(recording) == 1200
    assert {(t.quantity, t.exclusive) for t in recording.tracks} == {("probability", True)}
    assert {len(t.labels) for t in recording.tracks} == {8}
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    labels = ["angry", "calm", "disgust", "fear", "happy", "neutral", "sad", "surprise"]
    strongest = [max(labels, key=lambda label: float(row[label])) for row in rows]
    named = [d.terms[0].label.casefold()[:4] if d.terms else None for d in leed.describe_all(recording)]
    assert all(name in (None, best[:4]) for name, best in zip(named, strongest, strict=True))
    assert sum(name is not None for name in named) > 1000


@pytest.mark.parametrize("path", shared_files("hume/interreviewer/*.csv"))
def test_humes_csv_is_read_as_a_table_by_its_header(path: Path) -> None:
    """Desire stands after Satisfaction there: columns are told by name."""
    recording = leed.read(path)
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    segments = [s for s in recording.segments() if "Joy" in s.scores]
    assert len(segments) == len(rows)
    assert sorted(round(s.scores["Desire"], 5) for s in segments) == sorted(
        round(float(np.float32(row["Desire"])), 5) for row in rows
    )
    assert all(str(d) for d in leed.describe_all(recording))


# --- columns that say the rest


def test_an_index_without_a_name_keeps_the_columns_in_place() -> None:
    """As pandas writes tables: nothing stands before the first delimiter."""
    assert said("\tJoy\tSadness\n0\t0.84\t0.1\n") == ["They come across as extremely joyful."]
    assert said(",Joy,Sadness\n0,0.84,0.1\n") == ["They come across as extremely joyful."]


def test_a_line_that_names_the_delimiter_is_no_header() -> None:
    assert said("sep=;\nJoy;Sadness\n0,84;0,1\n") == ["They come across as extremely joyful."]


def test_times_with_decimal_commas_are_times() -> None:
    segment = read("begin;end_ms;Joy\n0,5;1500;0,84\n").segments()[0]
    assert (segment.begin, segment.end) == (0.5, 1.5)


def test_of_several_columns_for_one_thing_the_plainest_name_counts() -> None:
    """The others are kept as extras if they are numbers."""
    recording = read("timestamp,begin,id,speaker,Joy\n1700000000,1.5,17,Ben,0.84\n")
    segment = recording.segments()[0]
    assert (segment.begin, segment.speaker) == (1.5, "Ben")
    assert segment.extras == {"timestamp": 1_700_000_000.0, "id": 17.0}


def test_columns_of_other_text_are_left_out_and_reported() -> None:
    recording = read("Joy,note\n0.84,hello\n")
    assert [i.message for i in recording.issues] == ["1 column that holds no numbers is left out: note"]


def test_extras_go_with_the_rows_of_each_track() -> None:
    recording = read("speaker,Joy,pitch\nBen,0.1,200\nAnn,0.2,300\nBen,0.3,220\n")
    assert {t.speaker: t.extras["pitch"].tolist() for t in recording.tracks} == {"Ben": [200, 220], "Ann": [300]}
    assert [t.speaker for t in recording.tracks] == ["Ben", "Ann"]


def test_what_is_no_time_and_no_modality_is_reported() -> None:
    recording = read("begin,modality,Joy\nsoon,smell,0.84\n2,voice,0.5\n")
    assert [(t.modality, t.begin[0]) for t in recording.tracks][1] == ("prosody", 2.0)
    assert [i.message for i in recording.issues] == [
        "column 'modality': smell is no modality that leed knows; it is left out",
        "column 'begin': 1 cell is no number; it is left out",
    ]


def test_likelihood_words_and_flags_are_read_as_what_they_are() -> None:
    likely = read("joy,sorrow\nVERY_LIKELY,UNLIKELY\nUNKNOWN,\n")
    assert [(t.quantity, t.segment(0).scores) for t in likely.tracks] == [("likelihood", {"Joy": 5.0, "Sadness": 2.0})]
    flags = read("Joy,Sadness\nTrue,False\n")
    assert [(t.quantity, t.segment(0).scores) for t in flags.tracks] == [("presence", {"Joy": 1.0, "Sadness": 0.0})]


def test_long_rows_are_read_and_reported() -> None:
    recording = read("Joy,Sadness\n0.84,0.1,7\n0.5,0.2,\n")
    assert [i.message for i in recording.issues] == ["1 row has more cells than the header; what is beyond is left out"]


def test_columns_beyond_the_first_64_kilobytes_are_read() -> None:
    names = [f"feature_{i:05}" for i in range(6000)]
    recording = read(",".join([*names, "Joy"]) + "\n" + "2," * 6000 + "0.84\n", format="table")
    assert recording.segments()[0].scores == {"Joy": 0.84}
    assert len(recording.tracks[0].extras) == 6000


# --- with and without pyarrow

NAMES = [
    *("Joy", "Sadness", "Awe", "valence", "arousal", "text", "begin", "end_ms", "start", "speaker", "id", "file"),
    *("modality", "granularity", "confidence", "pitch", "wistfulness", "note", "emb_0", "", "Joy", "channel"),
]
CELLS = [
    *("0.5", "0.25", "-0.3", "1", "7", "", "nan", "NaN", "-nan", "+nan", "NA", "n/a", "null", "-", " ", "  0.5 "),
    *("+0.5", "inf", "-inf", "1e400", "1e39", "1e-400", "0,5", "1,234.5", "1_0", "0x10", "١", "high", "LIKELY"),
    *("true", "False", "Ben", "unknown", "face", "voice", "word", 'he said "go"', "a\nb", "a\r\nb", "\t", "\x0b"),
    *("\x1c", "\u2003", "\xa0", "\u200b", "é", "\u2028", "x" * 300, "\x00", "None", "5.", ".5", "1" * 400, "1e5"),
    *("0.1234567890123456789", "16777217", "0.7099999785423279"),
]


def tables(seed: int) -> bytes:
    rng = random.Random(seed)
    width = rng.randint(1, 6)
    cells = [rng.choice(CELLS) for _ in range(rng.choice([1, 3, 30]))] + [f"{rng.random()}" for _ in range(9)]
    uneven = rng.random() < 0.2
    rows = [
        [rng.choice(cells) for _ in range(rng.randint(0, 8) if uneven else width)] for _ in range(rng.randint(0, 9))
    ]
    target = io.StringIO()
    ends = rng.choice(["\n", "\r\n", "\r"])
    writer = csv.writer(target, delimiter=rng.choice(",\t;|"), lineterminator=ends, quoting=rng.choice([0, 0, 1]))
    writer.writerows([[rng.choice(NAMES) for _ in range(width)], *rows])
    data = target.getvalue().encode()
    return mangled(data, seed) if rng.random() < 0.3 else data


def outcome(data: bytes) -> Any:
    try:
        return leed.read(data, format="table")
    except LeedError as error:
        return str(error)


@given(st.integers(0, 2**64))
@settings(max_examples=400)
def test_both_routes_give_the_same(seed: int) -> None:
    data = tables(seed)
    fast = outcome(data)
    with mock.patch.object(delimited, "arrow_pieces", return_value=None):
        assert outcome(data) == fast


@given(st.integers(0, 2**64), st.integers(1, 60))
@settings(max_examples=200)
def test_a_table_of_many_pieces_is_the_same_as_of_one(seed: int, size: int) -> None:
    data = tables(seed)
    whole = outcome(data)
    with (
        mock.patch.object(pieces, "_SIZE", size),
        mock.patch.object(matrices, "_BLOCK", 2),
        mock.patch.object(arrow_csv, "_BLOCK", 3 * size),
    ):
        assert outcome(data) == whole


@given(st.integers(0, 2**64))
@settings(max_examples=150)
def test_a_mangled_table_is_a_recording_or_an_error(seed: int) -> None:
    harmless(tables(seed))


def test_a_table_of_numbers_is_read_at_once() -> None:
    """No cell is looked at one by one where all are plain."""
    data = b"speaker,begin,Joy,Sadness\nBen,0,0.5,\nAnn,1,NA,0.25\n"
    with mock.patch.object(delimited.Delimited, "rows_of", side_effect=AssertionError):
        assert len(leed.read(data)) == 2


def test_one_odd_row_leaves_the_others_to_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the piece in which it stands is read by the csv module."""
    monkeypatch.setattr(pieces, "_SIZE", 64)
    table = delimited.Delimited
    with mock.patch.object(table, "rows_of", autospec=True, side_effect=table.rows_of) as by_csv:
        recording = read("Joy,Sadness\n" + "0.5,0.25\n" * 100 + "0.1\n" + "0.5,0.25\n" * 100)
    assert (len(recording), by_csv.call_count) == (201, 1)
    assert [i.message for i in recording.issues] == ["1 row has fewer cells than the header; the rest counts as empty"]


def test_a_file_is_never_held_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """30 MB of text, 5 MB of scores."""
    path = tmp_path / "scores.csv"
    row = b"0.12345678901234567,0.23456789012345678,0.34567890123456789," + b"x" * 200 + b"\n"
    path.write_bytes(b"Joy,Sadness,Awe,note\n" + row * 110_000)
    leed.read(path)  # what is loaded and kept only once
    monkeypatch.setattr(Content, "data", property(lambda _: pytest.fail("it was read as a whole")))
    for arrow in (True, False):
        if not arrow:
            monkeypatch.setattr(delimited, "arrow_pieces", lambda *_: None)
        tracemalloc.start()
        recording = leed.read(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(recording) == 110_000
        assert peak < 16 << 20


def test_a_large_table_needs_no_pandas(tmp_path: Path) -> None:
    """pyarrow imports it, 40 MiB, for any of its own ways to NumPy."""
    path = tmp_path / "scores.csv"
    path.write_text("speaker,begin,text,note,Joy,Sadness\nBen,0,so,x,0.84,\nAnn,1,,y,NA,0.5\n", encoding="utf-8")
    code = "import leed, sys; recording = leed.read(sys.argv[1]); print(len(recording), 'pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["2", "False"]


def test_a_column_of_text_is_looked_at_until_it_is_known_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand cells of text and no number in the first piece are enough."""
    monkeypatch.setattr(pieces, "_SIZE", 1 << 14)
    data = "Joy,note\n" + "".join(f"0.5,word {i}\n" for i in range(1400)) + "0.5,7\n" * 9000
    (issue,) = read(data).issues
    assert issue.message == "1 column that holds no numbers is left out: note"


def test_without_pyarrow_a_table_is_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"speaker;begin;Joy\nBen;0,5;0,84\n"
    recording = leed.read(data)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert leed.read(data) == recording
    assert recording.segments()[0].scores == {"Joy": 0.84}


# --- frames

COLUMNS: dict[str, Any] = {
    "file": ["a", "a", "b"],
    "start": [0.0, 1.5, 2.0],
    "speaker": ["Ben", None, "unknown"],
    "Joy": [0.84, None, 0.1],
    "Sadness": [0.02, 0.5, 0.25],
}


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame,
        pl.DataFrame,
        pa.table,
        pa.RecordBatch.from_pydict,
        lambda columns: pa.table(columns).to_reader(),
        lambda columns: pd.DataFrame(columns).convert_dtypes(),
        lambda columns: pd.DataFrame(columns).astype({"file": "category"}),
        lambda columns: pd.DataFrame(columns).set_index(["file", "start"]),
        lambda columns: pl.DataFrame(columns).cast({"speaker": pl.Categorical, "Joy": pl.Float32}),
    ],
)
def test_frames_are_read_by_the_names_of_their_columns(frame: Callable[[Any], Any]) -> None:
    recording = leed.read(frame(COLUMNS))
    assert [(s.source, s.begin, s.speaker, s.scores) for s in recording.segments()] == [
        ("a", 0.0, "Ben", {"Joy": 0.84, "Sadness": 0.02}),
        ("a", 1.5, None, {"Sadness": 0.5}),
        ("b", 2.0, None, {"Joy": 0.1, "Sadness": 0.25}),
    ]
    assert recording.issues == ()


def test_a_frame_and_its_csv_are_the_same_recording() -> None:
    frame = pd.DataFrame(COLUMNS)
    assert leed.read(frame) == leed.read(frame.to_csv(index=False).encode()) == leed.read(frame, format="table")


def test_rows_that_were_picked_from_a_pandas_frame_say_nothing_of_their_numbers() -> None:
    frame = pd.DataFrame(COLUMNS)
    recording = leed.read(frame[frame.Sadness > 0.1])
    assert len(recording) == 2
    assert recording.issues == ()
    assert recording.tracks[0].extras == {}


def test_a_column_of_numbers_and_text_is_read_cell_by_cell() -> None:
    recording = leed.read(pd.DataFrame({"Joy": [0.84, "high", None], "speaker": [1.0, "b", None]}))
    assert [(s.speaker, s.scores) for s in recording.segments()] == [("1", {"Joy": 0.84}), ("b", {}), (None, {})]
    assert [i.code for i in recording.issues] == ["unreadable-score", "no-scores"]


def test_a_frame_with_a_name_that_stands_twice_is_read_once() -> None:
    frame = pd.concat([pd.DataFrame({"Joy": [0.84]}), pd.DataFrame({"Joy": [0.1]})], axis=1)
    recording = leed.read(frame)
    assert recording.segments()[0].scores == {"Joy": 0.84}
    assert [i.code for i in recording.issues] == ["duplicate-label"]


def test_the_rows_of_a_frame_may_be_read_as_mappings() -> None:
    recording = leed.read(pl.DataFrame({"Joy": [0.84], "begin": [1.0]}), format="mapping")
    assert [(s.begin, s.scores) for s in recording.segments()] == [(1.0, {"Joy": 0.84})]


@pytest.mark.parametrize("given_", [pl.Series([1, 2]), pa.chunked_array([[1]]), pl.DataFrame(), pd.DataFrame()])
def test_what_is_no_table_of_scores_is_an_error(given_: Any) -> None:
    with pytest.raises(UnknownFormatError, match=rf"^the {type(given_).__name__} given: is "):
        leed.read(given_)
    with pytest.raises(LeedError):
        leed.read(given_, format="table")


def test_a_frame_without_a_known_label_says_what_to_do() -> None:
    frame = pl.DataFrame({"bliss": [0.5]})
    with pytest.raises(UnknownFormatError, match=r"none of its columns \(bliss\) is a label .* format 'table'"):
        leed.read(frame)
    assert leed.read(frame, format="table").tracks[0].labels == ("bliss",)


def test_a_frame_that_fails_is_an_error() -> None:
    class Broken:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            raise RuntimeError("gone")

    with pytest.raises(UnknownFormatError, match="RuntimeError: gone"):
        leed.read(Broken())


@pytest.mark.parametrize("format_", ["hume-batch", "leed", "parquet", "mapping", "hume-csv"])
def test_a_frame_forced_into_another_format_is_a_recording_or_an_error(format_: str) -> None:
    for frame in (pl.DataFrame(COLUMNS), pl.DataFrame({"a": ["b"]})):
        harmless(frame, format=format_)


def test_a_frame_needs_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pl.DataFrame(COLUMNS)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingPackageError, match=r"^reading a DataFrame needs the package 'pyarrow'.*'leed\[data\]'$"):
        leed.read(frame)


def test_clock_times_are_seconds() -> None:
    recording = read("begin,end,joy\n00:00:01.5,00:00:02.25,0.8\n01:30,,0.2\n1:00:00,1:00:01,0.3\n")
    assert [(s.begin, s.end) for s in recording.segments()] == [(1.5, 2.25), (90.0, None), (3600.0, 3601.0)]
    assert recording.issues == ()


def test_an_id_of_each_row_is_no_speaker() -> None:
    recording = read("id,text,joy\na1,hello,0.8\na2,yo,0.2\n")
    assert [(track.speaker, len(track)) for track in recording.tracks] == [(None, 2)]


@pytest.mark.parametrize(
    ("data", "columns"),
    [
        ("Joy,Fear\n80%,0.1\n70 %,5%\n", "Joy, Fear"),
        ("Joy;Fear\n80,5%;0,1\n", "Joy"),
        ("time,label,score\n0,Joy,80%\n0,Fear,0.1\n", "score"),
    ],
)
@pytest.mark.parametrize("with_arrow", [True, False])
def test_cells_in_per_cent_are_read_as_shares_and_noted_once(data: str, columns: str, with_arrow: bool) -> None:  # noqa: FBT001
    with mock.patch.object(delimited, "arrow_pieces", delimited.arrow_pieces if with_arrow else lambda *_: None):
        recording = read(data)
    assert [(i.code, i.message) for i in recording.issues] == [
        ("inferred", f"{columns}: cells written with % are per cent; read as shares of 1")
    ]
    assert 0.79 < recording.segments()[0].scores["Joy"] < 0.81


def test_a_sign_of_per_cent_in_text_is_not_noted() -> None:
    assert read("Joy,text\n0.8,80%\n").issues == ()
