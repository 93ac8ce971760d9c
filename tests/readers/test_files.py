"""Directories and zip archives of files in any format: one recording of all that can be read; hostile ones."""

import gzip
import io
import json
import os
import stat
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leed
from leed.errors import DamagedInputError, InputError, UnknownFormatError
from leed.readers import files as files_reader
from leed.readers import folders
from leed.readers.content import Content
from tests.support import answers, hume, hume_csv
from tests.support.mangling import harmless, mangled

Files = Mapping[str, str | bytes]
VOICE = b'{"prosody": {"Sadness": 0.34}, "text": "I\'m fine"}'
LINES = b'{"Joy": 0.84}\n{"Joy": 0.2}\n'
TABLE = b"speaker,begin,Joy\nBen,0,0.84\nAnn,1,0.2\n"
BATCH = hume.minified(hume.conversation())
MIXED = {
    "voice.json": VOICE,
    "deep/down/lines.jsonl": LINES,
    "deep/table.csv": TABLE,
    "deep/predictions.json": BATCH,
    "faces.json": json.dumps(answers.REKOGNITION).encode(),
    "packed.json.gz": gzip.compress(VOICE),
}
AGAIN = "it ends in the middle; download or copy the file again"
CUT = gzip.compress(VOICE)[:-3]
NONE = "is a zip archive, and no file in it can be read"
TEXT = "is text, but no table with a column for each label"


def saved(files: Files, folder: Path) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return folder


def messages(recording: leed.Recording) -> list[str]:
    return [issue.message for issue in recording.issues]


def test_all_that_is_in_a_zip_makes_one_recording() -> None:
    """A file whose content names no source is its own; the ending .gz is no part of its name."""
    recording = leed.read(hume_csv.zipped(MIXED))
    named = ("faces.json", "packed.json", "voice.json")
    assert recording.sources == ("lines.jsonl", *leed.read(BATCH).sources, "table.csv", *named)
    alone = [leed.read(data) for data in MIXED.values()]
    assert len(recording) == sum(map(len, alone))
    assert {str(d) for d in leed.describe_all(recording)} == {str(d) for r in alone for d in leed.describe_all(r)}


def test_a_zip_of_one_file_is_that_file() -> None:
    for data in (VOICE, LINES, TABLE, BATCH):
        recording = leed.read(hume_csv.zipped({"one": data}))
        expected = leed.read(data)
        assert [str(d) for d in leed.describe_all(recording)] == [str(d) for d in leed.describe_all(expected)]


def test_parquet_in_a_zip_is_read() -> None:
    sink = io.BytesIO()
    from pyarrow import parquet  # noqa: PLC0415 - of the dev extra

    parquet.write_table(leed.read(TABLE).to_table(), sink)
    recording = leed.read(hume_csv.zipped({"a.parquet": sink.getvalue(), "voice.json": VOICE}))
    assert len(recording) == 3


def test_files_of_one_name_are_told_apart_by_their_paths() -> None:
    recording = leed.read(hume_csv.zipped({"a/x.json": VOICE, "b/x.json": VOICE, "b/../../y.json": VOICE}))
    assert recording.sources == ("a/x.json", "y.json", "b/x.json")


def test_what_cannot_be_read_is_reported_with_the_reason() -> None:
    files: Files = {
        "voice.json": VOICE,
        "notes.txt": "dear diary",
        "film.mp4": b"\x00\x00\x00\x20ftypisom",
        "cut.json": b'{"Joy": 0.',
        "more.zip": hume_csv.zipped({"a.json": VOICE}),
        "cut.json.gz": CUT,
        "__MACOSX/._voice.json": b"\x00",
    }
    recording = leed.read(hume_csv.zipped(files))
    assert recording.sources == ("voice.json",)
    assert messages(recording) == [
        f"cut.json: the JSON is cut off at byte 10: {AGAIN}; it is left out",
        f"cut.json.gz: the gzip data is cut off at byte {len(CUT)}: {AGAIN}; it is left out",
        "film.mp4: is binary data, which leed does not read; it is left out",
        "more.zip: is a zip archive within the other; unpack it and give it alone; it is left out",
        "notes.txt: is text, but no table with a column for each label; it is left out",
    ]


def test_many_that_cannot_be_read_are_counted() -> None:
    files: dict[str, str | bytes] = {f"{i}.txt": "no" for i in range(50)}
    recording = leed.read(hume_csv.zipped({**files, "voice.json": VOICE}))
    assert len(recording.issues) == 21
    assert messages(recording)[-1] == "30 more files cannot be read; they are left out"


@pytest.mark.parametrize(
    ("files", "message", "error"),
    [
        ({}, "is a zip archive without a file in it", UnknownFormatError),
        (
            {"a.txt": "no", "b.png": b"\x89PNG"},
            f"{NONE}: a.txt: {TEXT}; b.png: is a PNG picture, which leed does not read",
            UnknownFormatError,
        ),
        (
            {f"{i}.json": b'{"Joy": 0.' for i in range(5)},
            f"{NONE}: {'; '.join(f'{i}.json: the JSON is cut off at byte 10: {AGAIN}' for i in range(3))}; and 2 more",
            DamagedInputError,
        ),
        (
            {"[Content_Types].xml": "", "xl/a.xml": ""},
            "is an Office document (xlsx, docx); save its table as CSV and give that",
            UnknownFormatError,
        ),
    ],
)
def test_a_zip_of_nothing_that_can_be_read_is_one_error(files: Files, message: str, error: type[Exception]) -> None:
    with pytest.raises(error) as raised:
        leed.read(hume_csv.zipped(files))
    assert str(raised.value) == f"the input: {message}"


def test_a_format_that_is_forced_on_something_else_says_what_it_is() -> None:
    with pytest.raises(UnknownFormatError, match="is json; expected a directory or a zip archive"):
        leed.read(VOICE, format="files")
    with pytest.raises(UnknownFormatError, match="without a file in it"):
        leed.read(hume_csv.zipped({}), format="files")


# --- directories


def test_files_directly_in_a_directory_are_read(tmp_path: Path) -> None:
    folder = saved(MIXED, tmp_path / "session")
    os.mkfifo(folder / "pipe.json")
    (folder / "loop").symlink_to(folder)
    (folder / "nowhere.json").symlink_to(folder / "gone.json")
    recording = leed.read(folder)
    assert recording.sources == ("faces.json", "packed.json", "voice.json")
    assert [(i.code, i.message.partition(":")[0]) for i in recording.issues] == [
        ("not-read", "nowhere.json"),
        ("not-read", "pipe.json"),
        ("not-read", "3 files in directories within it are not looked at; give those directories"),
    ]


def test_a_directory_of_nothing_that_can_be_read_is_one_error(tmp_path: Path) -> None:
    folder = saved({"b/voice.json": VOICE}, tmp_path / "a")
    with pytest.raises(UnknownFormatError) as raised:
        leed.read(folder)
    assert str(raised.value) == f"{folder}: is a directory without a file directly in it"
    saved({"notes.md": "# no"}, folder)
    with pytest.raises(UnknownFormatError) as raised:
        leed.read(folder)
    assert str(raised.value) == f"{folder}: is a directory, and no file in it can be read: notes.md: {TEXT}"


# --- hostile zips


def test_large_files_in_a_zip_are_streamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(hume_csv.zipped({"predictions.json": BATCH}))
    monkeypatch.setattr("leed.readers.hume_batch.LARGE", 1)
    monkeypatch.setattr(Content, "data", property(lambda _: pytest.fail("it was read as a whole")))
    assert leed.read(path) == leed.read(hume.conversation())


def test_large_files_in_a_zip_are_read_whole_where_they_have_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """What bounds the list of entries bounds no file."""
    monkeypatch.setattr("leed.readers.folders.MOST_ENTRIES", 1 << 17)
    rows = [{"Joy": i / 10000, "text": f"{i * 7919:x}"} for i in range(5000)]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("rows.json", json.dumps(rows))
    assert len(target.getvalue()) > 1 << 17
    (track,) = leed.read(target.getvalue()).tracks
    assert len(track) == 5000


def test_names_that_point_elsewhere_are_only_names(tmp_path: Path) -> None:
    before = sorted(tmp_path.parent.rglob("*"))
    names = ["../../../etc/x.json", "/etc/passwd", "..\\..\\x.json", "C:\\x.json", "a\nb.json", "~/.ssh/y.json"]
    recording = leed.read(hume_csv.zipped(dict.fromkeys(names, VOICE)))
    assert recording.sources == ("etc/x.json", "x.json", "passwd", "C:/x.json", "a\nb.json", "y.json")
    assert sorted(tmp_path.parent.rglob("*")) == before


def test_symbolic_links_are_not_followed() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link.json")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("voice.json", VOICE)
    assert messages(leed.read(out.getvalue())) == [
        "link.json: is a symbolic link; give what it points to; it is left out"
    ]


def test_encrypted_files_are_left_out() -> None:
    data = bytearray(hume_csv.zipped({"a.json": VOICE, "b.json": VOICE}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + at] |= 1
    assert messages(leed.read(bytes(data))) == [
        "a.json: is encrypted; unpack it with its password and give the directory; it is left out"
    ]


def test_bombs_are_left_out() -> None:
    data = hume_csv.zipped({"bomb.json": b" " * (1 << 26), "voice.json": VOICE})
    assert len(data) < 1 << 17
    recording = leed.read(data)
    assert recording.sources == ("voice.json",)
    assert messages(recording) == [
        "bomb.json: unpacks from 65233 bytes to 67108864, which no scores do; it is left out"
    ]


def test_files_that_unpack_to_too_much_together_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those packed once more count as what they unpack to."""
    monkeypatch.setattr(folders, "LARGEST_SUM", 3 * len(VOICE))
    recording = leed.read(hume_csv.zipped({f"{i}.json": gzip.compress(VOICE) for i in range(5)}))
    assert recording.sources == ("0.json", "1.json", "2.json")
    assert ["the files before it unpack to" in message for message in messages(recording)] == [True, True]


def test_entries_that_overlap_are_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many names for the same bytes are read as often, up to the sum of all."""
    data = bytearray(hume_csv.zipped({"a.json": VOICE, "b.json": VOICE}))
    second = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, second + 42, 0)  # both begin where the first does
    monkeypatch.setattr(folders, "LARGEST_SUM", 2 * len(VOICE))
    recording = leed.read(bytes(data))
    assert recording.sources == ("a.json",)
    assert "b.json: is damaged (BadZipFile:" in messages(recording)[0]


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_reader, "MOST_FILES", 3)
    with pytest.raises(InputError, match="is a zip archive of more than 3 files; give some of them"):
        leed.read(hume_csv.zipped({f"{i}.json": VOICE for i in range(4)}))


def test_a_file_may_have_no_name() -> None:
    data = bytearray(hume_csv.zipped({"a": VOICE}))
    entry, end = data.find(b"PK\x01\x02"), data.find(b"PK\x05\x06")
    struct.pack_into("<H", data, entry + 28, 0)
    struct.pack_into("<I", data, end + 12, end - entry - 1)
    del data[entry + 46]
    with pytest.raises(DamagedInputError, match="no file in it can be read: : is damaged"):
        leed.read(bytes(data))


@settings(max_examples=100)
@given(seed=st.integers(0, 2**32), method=st.sampled_from([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED]))
def test_a_mangled_zip_is_harmless(seed: int, method: int) -> None:
    harmless(mangled(hume_csv.zipped({"a.json": VOICE, "b/c.csv": TABLE, "d.gz": gzip.compress(LINES)}, method), seed))


NAMES = st.text(st.characters(min_codepoint=1, exclude_categories=["Cs"]), min_size=1, max_size=12)


@settings(max_examples=50)
@given(files=st.dictionaries(NAMES, st.binary(max_size=40) | st.just(VOICE), max_size=5))
def test_any_files_are_a_recording_or_a_leed_error(files: dict[str, Any]) -> None:
    harmless(hume_csv.zipped(files))


# --- files that belong together


def test_files_beside_the_csv_files_of_a_hume_job_are_read(tmp_path: Path) -> None:
    job = hume_csv.artifacts(hume.conversation())
    files: Files = {**job, "voice.json": VOICE, "notes.txt": "dear diary"}
    for given_ in (saved(files, tmp_path / "x"), hume_csv.zipped(files)):
        recording = leed.read(given_)
        assert recording.sources == ("talk.mp4", "laugh.wav", "voice.json")
        assert messages(recording) == [f"notes.txt: {TEXT}; it is left out"]


def test_the_json_of_a_hume_job_beside_its_csv_files_counts_once() -> None:
    csvs = hume_csv.artifacts(hume.conversation())
    recording = leed.read(hume_csv.zipped({**csvs, "predictions.json": BATCH}))
    assert recording.tracks == leed.read(hume_csv.zipped(csvs)).tracks
    assert messages(recording) == ["predictions.json: all 7 tracks: the same as in the job's CSV files; left out"]


def test_files_that_measure_the_same_of_one_source_are_kept_apart() -> None:
    """What they measure otherwise stays together, so that a face and a voice are those of one talk."""
    face = hume.batch(hume.file("a.mp4", face=hume.model(hume.group("face_0", hume.face(0.0, Joy=0.84)))))
    voice = {"source": "a.mp4", "prosody": {"Sadness": 0.34}}
    files = {"1.json": json.dumps(face), "2.json": json.dumps(face), "3.json": json.dumps(voice)}
    recording = leed.read(hume_csv.zipped(files))
    assert [(t.source, t.modality) for t in recording.tracks] == [
        ("a.mp4", "face"),
        ("a.mp4 (2)", "face"),
        ("a.mp4", "prosody"),
    ]
    assert messages(recording) == ["2.json: another file measures a.mp4 too; this one is called a.mp4 (2)"]
