"""Hume v0 as CSV: every model; equal to the JSON of the same job."""

import json
import sys
import zipfile
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import leed
from leed.errors import InputError, UnknownFormatError
from leed.readers import delimited
from tests.support import hume, hume_csv, told
from tests.support.hume_csv import BURST, FACE, LANGUAGE, LAUGH, PROSODY, TALK, without_csv
from tests.support.parts import shared
from tests.support.told import codes

WRONG = "is no CSV of Hume"

said = partial(told.said, calibration="none")


def json_of(model: str, found: Any) -> leed.Recording:
    return without_csv(leed.read(hume.batch(hume.file("a.mp4", **{model: found}))))


@pytest.fixture(params=["pyarrow", "csv"])
def route(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to read the cells."""
    if request.param == "csv":
        monkeypatch.setattr(delimited, "arrow_pieces", lambda *_: None)
    return str(request.param)


# --- each model


@pytest.mark.usefixtures("route")
@pytest.mark.parametrize("model", ["face", "prosody", "language", "burst"])
def test_the_csv_of_a_model_is_the_json_of_that_model(model: str) -> None:
    """Labels, scores, times, texts, boxes, positions and confidences are the same, in the same types."""
    found = {**TALK["models"], **LAUGH["models"]}[model]
    recording = leed.read(hume_csv.table(model, found).encode())
    assert recording == json_of(model, found)
    assert leed.read(recording.to_json()) == recording


@pytest.mark.usefixtures("route")
def test_a_face_says_what_stands_in_its_row() -> None:
    recording = leed.read(FACE.encode())
    assert [(t.modality, t.aspect, t.granularity, t.speaker, len(t)) for t in recording.tracks] == [
        ("face", "expression", "frame", "face_0", 3),
        ("face", "expression", "frame", "face_1", 2),
    ]
    track = recording.tracks[0]
    assert track.labels == tuple(hume.LABELS_48)
    assert track.row(0) == dict.fromkeys(hume.LABELS_48, 0.03125) | {"Joy": 0.84}
    np.testing.assert_array_equal(track.begin, [0.0, 0.334, 1.0])
    np.testing.assert_array_equal(track.end, track.begin)
    np.testing.assert_array_equal(track.extras["frame"], [0, 1, 3])
    np.testing.assert_array_equal(track.extras["confidence"], [0.9921875] * 3)
    np.testing.assert_array_equal(track.extras["box"], [[262.5, 104.25, 261.5, 341.75]] * 3)
    assert said(recording)[:2] == ["They look extremely joyful.", "They look moderately sad."]


@pytest.mark.usefixtures("route")
def test_a_voice_says_what_stands_in_its_row() -> None:
    recording = leed.read(PROSODY.encode())
    assert said(recording) == [
        'They said "I\'m fine." and sound quite sad.',
        "They said \"He said 'go', then left – naïve 😀\" and sound very angry.",
    ]
    assert [track.speaker for track in recording.tracks] == ["spk_0", "spk_1"]
    segment = recording.segments()[1]
    assert (segment.begin, segment.end, segment.text) == (2.0, 3.25, 'He said "go",\nthen left – naïve 😀')
    assert segment.extras == {}


@pytest.mark.usefixtures("route")
def test_words_have_sentiment_and_toxicity_as_aspects_of_their_own() -> None:
    item = hume.language("you idiot", {"begin": 1, "end": 2}, Anger=0.7) | {
        "sentiment": [{"name": str(i), "score": 0.5 if i in (1, 2) else 0.0} for i in range(1, 10)],
        "toxicity": [{"name": name, "score": 0.875 if name == "insult" else 0.0625} for name in hume_csv.TOXICITY],
    }
    found = hume.model(hume.group("unknown", item, hume.language("go")))
    recording = leed.read(hume_csv.table("language", found).encode())
    assert recording == json_of("language", found)
    tracks = {track.aspect: track for track in recording.tracks}
    assert [(aspect, len(track)) for aspect, track in tracks.items()] == [
        ("expression", 2),
        ("sentiment", 1),
        ("toxicity", 1),
    ]
    assert (tracks["expression"].taxonomy, tracks["sentiment"].taxonomy) == ("hume-53", "hume-sentiment-9")
    assert tracks["toxicity"].row(0)["insult"] == 0.875
    np.testing.assert_array_equal(tracks["expression"].extras["position"], [[0, 9], [0, 2]])


@pytest.mark.usefixtures("route")
def test_faces_have_action_units_and_descriptions_as_aspects_of_their_own() -> None:
    """Cry, Gasp and Laugh of a face stay with the face; they are names of bursts too."""
    seen = hume.face(0.0, Joy=0.84) | {
        "facs": [{"name": name, "score": 0.25 * i} for i, name in enumerate(hume_csv.ACTION_UNITS)],
        "descriptions": [{"name": name, "score": 0.125 * i} for i, name in enumerate(hume_csv.FACE_DESCRIPTIONS)],
    }
    found = hume.model(hume.group("face_0", seen, hume.face(1.0)))
    recording = leed.read(hume_csv.table("face", found).encode())
    assert recording == json_of("face", found)
    assert [(t.aspect, t.taxonomy, len(t)) for t in recording.tracks] == [
        ("expression", "hume-48", 2),
        ("action_unit", "action-units", 1),
        ("description", "hume-face-descriptions-27", 1),
    ]
    assert recording.tracks[2].row(0)["Laugh"] == 0.375


@pytest.mark.usefixtures("route")
def test_a_burst_says_what_was_heard() -> None:
    recording = leed.read(BURST.encode())
    assert [(t.modality, t.aspect, t.taxonomy) for t in recording.tracks] == [
        ("burst", "expression", "hume-48"),
        ("burst", "description", "hume-bursts-67"),
    ]
    assert "They laughed." in said(recording)


@pytest.mark.usefixtures("route")
def test_a_missing_id_is_nobody() -> None:
    text = "\r\n".join(line.partition(",")[2] for line in FACE.splitlines())
    recording = leed.read(text.encode())
    assert [(track.speaker, len(track)) for track in recording.tracks] == [(None, 5)]
    unknown = FACE.replace("face_0", "unknown").replace("face_1", "")
    assert leed.read(unknown.encode()) == recording


@pytest.mark.usefixtures("route")
def test_faces_that_take_turns_in_the_rows_have_a_track_each() -> None:
    header, *rows = FACE.splitlines()
    mixed = "\n".join([header, rows[0], rows[3], rows[1], rows[4], rows[2]])
    assert leed.read(mixed.encode()) == leed.read(FACE.encode())


@pytest.mark.usefixtures("route")
def test_columns_are_matched_by_name() -> None:
    header, *rows = (line.split(",") for line in BURST.splitlines())
    order = sorted(range(len(header)), key=lambda i: header[i][::-1])
    turned = "\n".join(",".join(line[i] for i in order) for line in [header, *rows])
    assert leed.read(turned.encode()) == leed.read(BURST.encode())
    assert leed.read(BURST.replace("Surprise (negative)", "surprise_NEGATIVE").encode()) == leed.read(BURST.encode())


@pytest.mark.usefixtures("route")
def test_named_entities_have_their_entity_as_text() -> None:
    header = ["Id", "Entity", "BeginPosition", "EndPosition", "EntityConfidence", "Support", "Uri", "LinkWord"]
    row = ["unknown", "Utah", "3", "7", "0.5", "12", "http://dbpedia.org/resource/Utah", "Utah"]
    text = ",".join([*header, *hume_csv.CSV_53]) + "\n" + ",".join([*row, *["0.02"] * 52, "0.71"]) + "\n"
    (track,) = leed.read(text.encode()).tracks
    assert (track.modality, track.granularity, track.text) == ("language", "word", ("Utah",))
    assert track.segment(0).extras == {
        "entity": "Utah",
        "entity_confidence": 0.5,
        "support": 12.0,
        "uri": "http://dbpedia.org/resource/Utah",
        "link_word": "Utah",
        "position": [3, 7],
    }


def test_pyarrow_reads_what_is_well_formed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited.Delimited, "rows_of", lambda *_: pytest.fail("the csv module was asked"))
    for text in (FACE, PROSODY, LANGUAGE, BURST):
        assert leed.read(text.encode()).tracks


def test_without_pyarrow_all_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = leed.read(FACE.encode())
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert leed.read(FACE.encode()) == expected


# --- what is odd


@pytest.mark.usefixtures("route")
@pytest.mark.parametrize(
    ("delimiter", "end", "comma", "mark", "encoding"),
    [
        (";", "\r\n", True, "", "utf-8-sig"),
        (";", "\n", False, "", "utf-8"),
        ("\t", "\r\n", True, "", "utf-16"),
        (";", "\r\n", True, "sep=;\r\n", "utf-8"),
        (",", "\r", False, "\n\n", "utf-8"),
    ],
    ids=["European Excel", "semicolons", "Unicode text", "with a hint", "old line ends"],
)
def test_a_copy_of_a_spreadsheet_is_the_same(
    delimiter: str, end: str, mark: str, encoding: str, *, comma: bool
) -> None:
    found = TALK["models"]["prosody"]
    text = hume_csv.table("prosody", found, delimiter=delimiter, end=end, comma=comma)
    assert leed.read((mark + text).encode(encoding)) == json_of("prosody", found)


@pytest.mark.usefixtures("route")
def test_empty_rows_and_columns_of_a_spreadsheet_are_nothing() -> None:
    lines = FACE.splitlines()
    padded = [line + ",," for line in lines] + ["," * (len(lines[0].split(",")) + 1)] * 3 + [""]
    recording = leed.read("\r\n".join(padded).encode())
    assert recording == leed.read(FACE.encode())
    assert recording.issues == ()


@pytest.mark.usefixtures("route")
def test_numbers_in_any_notation_are_the_same_in_float32() -> None:
    """A spreadsheet writes nine digits, or 8.62e-05."""
    header = ",".join(["BeginTime", "EndTime", *hume_csv.CSV_48])
    rows = [["8.62e-05", *["2.17851698E-01"] * 47], ["0.0000862", *["0.2178516983985901"] * 47]]
    text = "\n".join([header, *(",".join(["0", "1", *row]) for row in rows)])
    (track,) = leed.read(text.encode()).tracks
    np.testing.assert_array_equal(track.matrix[0], track.matrix[1])
    assert track.row(0)["Admiration"] == 8.62e-05


@pytest.mark.usefixtures("route")
def test_an_empty_cell_is_not_reported_and_never_zero() -> None:
    text = BURST.replace("0.58", "")
    recording = leed.read(text.encode())
    assert "Amusement" not in recording.tracks[0].labels
    assert recording.issues == ()


@pytest.mark.usefixtures("route")
def test_a_row_without_scores_is_left_out_and_reported() -> None:
    line = "face_0,9,3,0.5,1,2,3,4" + "," * (len(hume_csv.HEADERS["face"]) - 8)
    recording = leed.read((FACE + line + "\n").encode())
    assert [(i.code, i.message, i.where) for i in recording.issues] == [
        ("no-scores", "1 of 4 items hold no scores; they are left out", "face")
    ]
    assert recording.replace(issues=()) == leed.read(FACE.encode())


@pytest.mark.usefixtures("route")
def test_cells_that_are_no_numbers_are_counted() -> None:
    text = PROSODY.replace("0.34", "high").replace("0.41", "inf").replace("0.5,1.75", "soon,1e99")
    recording = leed.read(text.encode())
    assert [(i.code, i.message) for i in recording.issues] == [
        ("unreadable-score", "column 'BeginTime': 1 cell is no finite number"),
        ("unreadable-score", "column 'EndTime': 1 cell is no finite number"),
        ("unreadable-score", "column 'Anger': 1 cell is no finite number"),
        ("unreadable-score", "column 'Sadness': 1 cell is no finite number"),
    ]
    assert [segment.begin for segment in recording.segments()] == [2.0, None]
    assert "Sadness" not in recording.tracks[0].labels


@pytest.mark.usefixtures("route")
def test_rows_that_are_too_short_or_too_long_are_reported() -> None:
    lines = BURST.splitlines()
    recording = leed.read("\n".join([lines[0], lines[1], ",".join(lines[1].split(",")[:20]), lines[1] + ",7"]).encode())
    assert codes(recording) == ["short-rows", "long-rows"]
    assert len(recording.tracks[0]) == 3


@pytest.mark.usefixtures("route")
def test_a_column_that_is_not_humes_is_kept_and_reported() -> None:
    """Numbers as numbers, words as words; a column that stands twice is read once."""
    header, row = BURST.splitlines()
    text = f",{header},Joy,take,note\n0,{row},0.9,3,a note\n"
    recording = leed.read(text.encode())
    assert [(i.code, i.message) for i in recording.issues] == [
        ("duplicate-label", "column 'Joy' stands twice; the first is read"),
        ("not-read", "a column without a name is left out"),
        ("not-a-label", "2 columns that are not Hume's are kept as extras: take, note"),
    ]
    extras = recording.tracks[0].segment(0).extras
    assert extras == {"take": 3.0, "note": "a note"}
    assert recording.tracks[0].row(0)["Joy"] == 0.03125


@pytest.mark.usefixtures("route")
def test_another_encoding_is_read_and_reported() -> None:
    text = PROSODY.replace("😀", "").encode("cp1252")
    recording = leed.read(text)
    assert codes(recording) == ["encoding"]
    assert recording.segments()[1].text == 'He said "go",\nthen left – naïve '


@pytest.mark.usefixtures("route")
def test_line_separators_within_a_text_part_no_rows() -> None:
    text = PROSODY.replace("I'm fine.", "I'm\u2028fine\x0b\x85.")
    assert leed.read(text.encode()).segments()[0].text == "I'm\u2028fine\x0b\x85."


@pytest.mark.usefixtures("route")
@pytest.mark.parametrize("model", ["face", "prosody", "language", "burst"])
def test_a_header_alone_says_that_nothing_was_detected(model: str) -> None:
    recording = leed.read(hume_csv.table(model, hume.model()).encode())
    assert [(i.code, i.where) for i in recording.issues] == [("nothing-detected", model)]
    assert recording.tracks == ()


def test_scores_outside_0_to_1_are_kept_and_reported() -> None:
    recording = leed.read(BURST.replace("0.58", "1.303").encode())
    assert codes(recording) == ["out-of-range"]
    assert recording.tracks[0].row(0)["Amusement"] == 1.303


@pytest.mark.parametrize(
    "text",
    [
        "Id,Frame,Time,Probability,FaceX0,FaceY0,FaceWidth,FaceHeight\nface_0,1,2,0.9,1,2,3,4\n",
        "id;facex0;facey0;facewidth;faceheight;note\n",
    ],
)
def test_a_face_without_labels_is_a_near_miss(text: str) -> None:
    with pytest.raises(UnknownFormatError, match="has the header of a Hume CSV of faces, but no column for any label"):
        leed.read(text.encode())


@pytest.mark.parametrize("given_", [b"Joy,Sadness\n0.1,0.2\n", b"{}", b"", b"\x00", {"Joy": 0.3}, b"a\n", b'"\n'])
def test_a_forced_format_says_what_was_expected(given_: Any) -> None:
    with pytest.raises(UnknownFormatError, match=WRONG):
        leed.read(given_, format="hume-csv")


def test_other_tables_are_left_to_others() -> None:
    """Labels alone, or beside other columns, are a table like any."""
    recording = leed.read(b"speaker,begin,end,Joy,Sadness\nBen,0,1,0.84,0.02\n")
    assert recording.tracks[0].speaker == "Ben"
    assert recording.tracks[0].granularity is None


# --- the real files


@pytest.mark.needs_data
def test_json_and_csv_of_the_same_job_are_equal() -> None:
    """All tracks, in the same order, to the last bit; CSV does not hold the file's name nor the detected language."""
    csvs = leed.read(shared("hume/interreviewer"))
    jsons = leed.read(shared("hume/interreviewer/predictions.json"))
    assert without_csv(csvs).tracks == without_csv(jsons).tracks
    assert (csvs.sources, jsons.sources) == (("interreviewer",), ("bad_interview.mp4",))
    assert [list(t.extras) for t in csvs.tracks] == [
        [name for name in t.extras if name != "detected_language"] for t in jsons.tracks
    ]
    assert jsons.issues == ()
    what = "predictions.json: all 6 tracks: the same as in the job's CSV files; left out"
    assert [issue.message for issue in csvs.issues] == [what]
    assert said(without_csv(csvs)) == said(without_csv(jsons))


@pytest.mark.needs_data
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("face", "They look quite interested, moderately amused and somewhat joyful."),
        ("prosody", 'They said "Hi, Nun." and sound neutral.'),
        ("language", 'Their words "Hi, Nun." read as quite calm and slightly interested.'),
    ],
)
def test_a_real_file_alone(name: str, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = shared(f"hume/interreviewer/{name}.csv")
    recording = leed.read(path)
    assert (recording.sources, recording.issues) == ((f"{name}.csv",), ())
    assert said(recording)[0] == sentence
    assert leed.read(recording.to_json()) == recording
    monkeypatch.setattr(delimited, "arrow_pieces", lambda *_: None)
    assert leed.read(path) == recording


# --- whatever comes


CELLS = st.one_of(
    st.sampled_from(
        [
            *(
                "",
                " ",
                "nan",
                "NaN",
                "inf",
                "-inf",
                "1e400",
                "1e-400",
                "1e39",
                " 0.5 ",
                "+.5",
                "5.",
                "00.5",
                "-0",
                "1_0",
            ),
            *("0x1", "1d5", "NA", "null", "None", "-", "'", '""', "0,5", "1,5,5", "１", "x", "true", "1\x00", "\r"),
            *("\u2028", "😀"),
        ]
    ),
    st.floats(allow_nan=False, allow_infinity=False).map(str),
    st.text(max_size=5),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=5),
    delimiter=st.sampled_from(",;\t"),
    quoted=st.booleans(),
)
def test_pyarrow_and_csv_read_the_same(
    rows: list[list[str]], delimiter: str, monkeypatch: pytest.MonkeyPatch, *, quoted: bool
) -> None:
    """Whatever stands in the cells, recordings and issues are equal; only LeedErrors leave."""
    labels = [f"{label}" for label in hume_csv.CSV_48[2:]]
    header = delimiter.join(["Text", "BeginTime", "EndTime", "Admiration", "Adoration", *labels])
    shown = [[f'"{cell}"' if quoted else cell for cell in row] for row in rows]
    text = "\n".join([header, *(delimiter.join([*row, "0.5", *["0.25"] * 47]) for row in shown)])
    data = text.encode("utf-8", "replace")

    def outcome() -> leed.Recording | str:
        try:
            recording = leed.read(data)
        except leed.LeedError as error:
            return str(error)
        list(leed.describe_all(recording))
        return recording

    one = outcome()
    with monkeypatch.context() as patch:
        patch.setattr(delimited, "arrow_pieces", lambda *_: None)
        assert outcome() == one


@settings(max_examples=150)
@given(data=st.data())
def test_a_mangled_file_is_a_recording_or_a_leed_error(data: st.DataObject) -> None:
    whole = data.draw(
        st.sampled_from(
            [
                FACE.encode(),
                PROSODY.encode(),
                LANGUAGE.encode("utf-16"),
                hume_csv.zipped({"a/face.csv": FACE, "a/prosody.csv": PROSODY, "n.txt": "n"}),
                hume_csv.zipped({"a/burst.csv": BURST}, zipfile.ZIP_STORED),
            ]
        )
    )
    mangled = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(mangled)))
        kind = data.draw(st.sampled_from(["set", "cut", "drop", "insert"]))
        some = data.draw(st.binary(min_size=1, max_size=8))
        if kind == "set":
            mangled[at : at + len(some)] = some
        elif kind == "cut":
            del mangled[at:]
        elif kind == "drop":
            del mangled[at : at + len(some)]
        else:
            mangled[at:at] = some
    for format_ in (None, "hume-csv"):
        with suppress(leed.LeedError):
            recording = leed.read(bytes(mangled), format=format_)
            list(leed.describe_all(recording))
            json.loads(recording.to_json())


def test_a_crc_that_is_wrong_is_damage() -> None:
    data = bytearray(hume_csv.zipped({"face.csv": FACE}, zipfile.ZIP_STORED))
    data[data.find(b"face_0")] ^= 1
    with pytest.raises(InputError, match=r"none of the CSV files in it can be read: .*is damaged"):
        leed.read(bytes(data), format="hume-csv")
