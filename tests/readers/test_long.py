"""Long tables: a row for each label of a stretch."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import leed
from leed.errors import UnknownFormatError
from tests.support.told import codes

LONG = "time,label,score\n0,Joy,0.8\n0,Fear,0.1\n1.5,Joy,0.2\n1.5,Fear,0.4\n"
WIDE = "time,Joy,Fear\n0,0.8,0.1\n1.5,0.2,0.4\n"


def read(text: str, **options: str) -> leed.Recording:
    return leed.read(text.encode(), **options)


def rows(recording: leed.Recording) -> list[dict[str, float]]:
    return [segment.scores for segment in recording.segments()]


@pytest.mark.parametrize(
    "text",
    [
        LONG,
        LONG.replace(",", ";"),
        LONG.replace("label,score", "emotion,probability"),
        LONG.replace("label,score", "variable,value"),
        LONG.replace("label,score", "Name,Intensity"),
        "score,label,begin\n0.8,Joy,0\n0.1,Fear,0\n0.2,Joy,1.5\n0.4,Fear,1.5\n",
        "time,label,score\n0,Joy,0.8\n1.5,Joy,0.2\n0,Fear,0.1\n1.5,Fear,0.4\n",  # as melt of pandas has it
    ],
)
def test_a_row_for_each_label_is_read_as_a_column_for_each(text: str) -> None:
    assert read(text) == read(WIDE)


def test_a_frame_and_parquet_are_read_as_text_is(tmp_path: Path) -> None:
    wide = pd.DataFrame({"time": [0.0, 1.5], "Joy": [0.8, 0.2], "Fear": [0.1, 0.4]})
    frame = wide.melt("time", var_name="label", value_name="score")
    frame.to_parquet(tmp_path / "long.parquet")
    assert leed.read(frame) == leed.read(wide)
    assert rows(leed.read(tmp_path / "long.parquet")) == rows(leed.read(wide))


def test_who_where_and_when_tell_stretches_apart() -> None:
    text = (
        "file,speaker,modality,begin,end,label,score\n"
        "a.wav,Ann,face,0:01,0:02,Joy,0.8\n"
        "a.wav,Ann,prosody,0:01,0:02,Joy,0.5\n"
        "a.wav,Ben,face,0:01,0:02,Joy,0.3\n"
        "a.wav,Ann,face,0:01,0:03,Joy,0.4\n"
        "b.wav,Ann,face,0:01,0:02,Joy,0.6\n"
        "a.wav,Ann,face,0:01,0:02,Fear,0.1\n"
    )
    found = [(s.source, s.speaker, s.modality, s.begin, s.end, s.scores) for s in read(text).segments()]
    assert sorted(found, key=repr) == [
        ("a.wav", "Ann", "face", 1.0, 2.0, {"Fear": 0.1, "Joy": 0.8}),
        ("a.wav", "Ann", "face", 1.0, 3.0, {"Joy": 0.4}),
        ("a.wav", "Ann", "prosody", 1.0, 2.0, {"Joy": 0.5}),
        ("a.wav", "Ben", "face", 1.0, 2.0, {"Joy": 0.3}),
        ("b.wav", "Ann", "face", 1.0, 2.0, {"Joy": 0.6}),
    ]


def test_texts_and_numbers_of_rows_tell_stretches_apart_where_no_time_does() -> None:
    texts = read("text,label,score\nhi,Joy,0.8\nhi,Fear,0.1\nho,Joy,0.3\n")
    assert [(s.text, s.scores) for s in texts.segments()] == [("hi", {"Fear": 0.1, "Joy": 0.8}), ("ho", {"Joy": 0.3})]
    assert rows(read("id,label,score\n7,Joy,0.8\n7,Fear,0.1\n8,Joy,0.3\n")) == [{"Fear": 0.1, "Joy": 0.8}, {"Joy": 0.3}]


def test_a_label_that_stands_twice_keeps_its_higher_score_and_is_reported() -> None:
    recording = read(LONG + "0,Joy,0.9\n0,Fear,0.05\n")
    assert rows(recording)[0] == {"Fear": 0.1, "Joy": 0.9}
    assert [i.message for i in recording.issues] == [
        "2 rows give a label of a stretch once more; the higher score is kept"
    ]


def test_what_is_odd_about_rows_is_reported() -> None:
    recording = read(
        LONG.replace("score\n", "score,rank\n").replace("0.1\n", "much,1\n") + "1.5,,0.3,1\nsoon,Joy,0.1,1\n"
    )
    assert [(i.code, i.message) for i in recording.issues] == [
        ("short-rows", "3 rows have fewer cells than the header; the rest counts as empty"),
        ("unreadable-score", "column 'score': 1 cell is no finite number"),
        ("not-read", "1 row names no label in column 'label'; left out"),
        ("unreadable-number", "column 'time': there are cells that are no number; they are left out"),
        ("not-a-label", "1 column that says nothing of a stretch is left out: rank"),
    ]


def test_likelihood_words_are_likelihoods() -> None:
    (track,) = read("file,label,score\na,Joy,LIKELY\na,Anger,UNLIKELY\n").tracks
    assert (track.quantity, track.matrix.tolist()) == ("likelihood", [[2.0, 4.0]])


def test_labels_of_nobody_are_read_when_asked_for() -> None:
    text = LONG.replace("Joy", "wistfulness").replace("Fear", "glee-ish")
    with pytest.raises(UnknownFormatError, match="say so with format 'table'"):
        read(text)
    assert rows(read(text, format="table"))[0] == {"wistfulness": 0.8, "glee-ish": 0.1}


def test_a_long_table_without_rows_is_an_empty_recording() -> None:
    assert codes(read("time,label,score\n", format="table")) == ["no-segments"]


def test_a_column_of_names_is_no_column_of_labels() -> None:
    with pytest.raises(UnknownFormatError):
        read("time,name,score\n0,Ann,0.8\n0,Ben,0.1\n1,Joy,0.3\n")


def test_a_table_in_which_every_label_differs_is_refused() -> None:
    text = "time,label,score\n" + "".join(f"{i},answer {i},0.5\n" for i in range(5_000))
    with pytest.raises(UnknownFormatError, match="has 5000 different labels in column 'label'"):
        read(text, format="table")


def test_pieces_of_any_size_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "time,label,score\n" + "".join(f"{i},{n},{i % 7 / 10}\n" for i in range(200) for n in ("Joy", "Fear", "Awe"))
    whole = read(text)
    monkeypatch.setattr("leed.readers.pieces._SIZE", 64)
    assert read(text) == whole
    assert len(whole) == 200


def test_memory_is_near_that_of_the_scores(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    labels = leed.read(b"time,Joy,Fear,Awe,Anger,Pride,Relief,Shame,Sadness\n0,1,1,1,1,1,1,1,1\n").tracks[0].labels
    rng = np.random.default_rng(0)
    with path.open("w") as file:
        file.write("time,label,score\n")
        for i, row in enumerate(rng.random((60_000, len(labels))).round(3).tolist()):
            file.writelines(f"{i},{label},{score}\n" for label, score in zip(labels, row, strict=True))
    code = (
        "import leed, sys, tracemalloc\n"
        "leed.read(b'time,label,score\\n0,Joy,0.5\\n')\n"
        "tracemalloc.start()\n"
        "recording = leed.read(sys.argv[1])\n"
        "print(tracemalloc.get_traced_memory()[1], sum(track.matrix.nbytes for track in recording.tracks))\n"
    )
    told: Any = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    peak, scores = map(int, told.stdout.split())
    assert peak < 6 * scores + (16 << 20)
