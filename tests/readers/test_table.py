"""Tables with a column for each label."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest

import leed
from leed.errors import LeedError, UnknownFormatError
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
    recording = read("speaker,valence,arousal\na,-0.8,0.9\na,0.8,0.1\na,0.0,0.5\n")
    assert [str(d) for d in leed.describe_all(recording)] == [
        str(leed.describe({"valence": 0.1, "arousal": 0.9})),
        str(leed.describe({"valence": 0.9, "arousal": 0.1})),
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
