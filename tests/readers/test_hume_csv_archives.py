"""Hume v0 as CSV: directories and the zip of a job, those made to do harm included."""

import io
import os
import struct
import zipfile
from pathlib import Path

import pytest

import leed
from leed.errors import InputError, UnknownFormatError
from leed.readers import folders
from tests.support import hume_csv
from tests.support.hume_csv import BURST, FACE, JOB, PROSODY, saved, without_csv
from tests.support.told import codes


def test_the_artifacts_of_a_job_are_its_json(tmp_path: Path) -> None:
    """One recording, a source for each NAME, models in the order of the JSON; zipped or not."""
    files = hume_csv.artifacts(JOB)
    assert sorted(files) == [
        "file-0-talk.mp4/csv/talk.mp4/face.csv",
        "file-0-talk.mp4/csv/talk.mp4/language.csv",
        "file-0-talk.mp4/csv/talk.mp4/prosody.csv",
        "url-1-laugh.wav/csv/laugh.wav/burst.csv",
    ]
    recording = leed.read(saved(files, tmp_path / "job"))
    expected = leed.read(JOB)
    assert recording.sources == ("talk.mp4", "laugh.wav")
    assert without_csv(recording) == without_csv(expected)
    assert [t.source for t in recording.tracks] == [t.source for t in expected.tracks]
    data = hume_csv.zipped(files)
    (tmp_path / "artifacts.zip").write_bytes(data)
    assert leed.read(data) == recording
    assert leed.read(tmp_path / "artifacts.zip") == recording
    assert leed.read(io.BytesIO(data)) == recording
    assert leed.read(data, format="hume-csv") == recording
    assert leed.read(saved(files, tmp_path / "job"), format="hume-csv") == recording


def test_files_in_one_directory_are_one_source(tmp_path: Path) -> None:
    folder = saved({"face.csv": FACE, "prosody.csv": PROSODY}, tmp_path / "my talk")
    recording = leed.read(folder)
    assert (recording.sources, recording.issues) == (("my talk",), ())
    assert [t.modality for t in recording.tracks] == ["face", "face", "prosody", "prosody"]
    assert leed.read(str(folder) + os.sep) == recording
    zipped = hume_csv.zipped({"face.csv": FACE, "prosody.csv": PROSODY})
    assert leed.read(zipped).sources == (None,)
    (tmp_path / "my talk.zip").write_bytes(zipped)
    assert leed.read(tmp_path / "my talk.zip") == recording


def test_files_named_after_what_they_measured_are_a_source_each(tmp_path: Path) -> None:
    names = ["b_face.csv", "b_prosody.csv", "a-10.face.csv", "a-9.face.csv", "any.csv"]
    texts = [FACE, PROSODY, FACE, FACE, BURST]
    recording = leed.read(saved(dict(zip(names, texts, strict=True)), tmp_path / "x"))
    assert recording.sources == ("a-9", "a-10", "any", "b")


def test_two_sources_of_one_name_stay_apart(tmp_path: Path) -> None:
    files = {f"file-{i}-a.mp4/csv/a.mp4/face.csv": FACE for i in (0, 1, 10, 2)}
    recording = leed.read(saved(files, tmp_path / "job"))
    assert recording.sources == ("a.mp4", "a.mp4 (2)", "a.mp4 (3)", "a.mp4 (4)")
    assert leed.read(hume_csv.zipped(files)) == recording


def test_a_name_may_have_directories_of_its_own() -> None:
    """A job may be given a zip of files."""
    recording = leed.read(hume_csv.zipped({"url-0-faces.zip/csv/faces/100.jpg/face.csv": FACE}))
    assert recording.sources == ("faces/100.jpg",)


def test_what_else_lies_there_is_reported(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "face.csv": FACE,
        "predictions.json": "[]",
        "notes.csv": "a,b\n1,2\n",
        "c/d/e/face.csv": FACE,
        ".DS_Store": b"\x00",
        "__MACOSX/._face.csv": b"\x00",
    }
    recording = leed.read(saved(files, tmp_path / "job"))
    assert [issue.message for issue in recording.issues] == [
        "notes.csv: is text, but no table with a column for each label; it is left out",
        "predictions.json: is JSON, but holds no scores in a shape that leed knows; it is left out",
        "1 files in directories within it are not looked at; give those directories",
    ]
    assert recording.sources == ("job",)
    alone = leed.read(tmp_path / "job", format="hume-csv")
    what = (
        "c/d/e/face.csv, notes.csv, predictions.json are left out: with format='hume-csv', only a job's CSV files are"
    )
    assert [issue.message for issue in alone.issues] == [f"{what} read"]
    assert len(leed.read(hume_csv.zipped(files)).sources) == 2


@pytest.mark.parametrize("files", [{}, {"predictions.json": "[]"}, {"a.csv": "a,b\n1,2\n"}, {"a/b/c/face.csv": FACE}])
def test_any_other_directory_is_an_error(files: dict[str, str | bytes], tmp_path: Path) -> None:
    folder = saved(files, tmp_path / "x")
    folder.mkdir(exist_ok=True)
    for format_ in (None, "hume-csv", "table"):
        with pytest.raises(InputError) as raised:
            leed.read(folder, format=format_)
        assert str(raised.value).startswith(f"{folder}: is a directory")
        assert "\n" not in str(raised.value)


def test_pipes_links_and_unreadable_files_of_a_directory_are_harmless(tmp_path: Path) -> None:
    folder = saved({"face.csv": FACE}, tmp_path / "job")
    os.mkfifo(folder / "prosody.csv")
    (folder / "burst.csv").symlink_to(folder / "nowhere.csv")
    (folder / "loop").symlink_to(folder)
    (folder / "language.csv").mkdir()
    recording = leed.read(folder)
    assert [(i.code, i.message.partition(":")[0]) for i in recording.issues] == [
        ("not-read", "burst.csv"),
        ("not-read", "prosody.csv"),
    ]
    assert "is no regular file" in recording.issues[1].message
    assert without_csv(recording).tracks == without_csv(leed.read(FACE.encode())).tracks


def test_a_directory_of_thousands_of_files_is_not_walked_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "MOST_FILES", 10)
    folder = saved({f"{i}.csv": FACE for i in range(11)}, tmp_path / "x")
    for format_ in (None, "hume-csv", "files"):
        with pytest.raises(InputError, match="is a directory of more than 10 files; give one in it"):
            leed.read(folder, format=format_)


# --- hostile zips


def test_names_that_point_elsewhere_are_only_names(tmp_path: Path) -> None:
    files = {"../../../etc/face.csv": FACE, "/etc/passwd/face.csv": FACE, "..\\..\\win\\face.csv": FACE}
    before = sorted(tmp_path.parent.rglob("*"))
    recording = leed.read(hume_csv.zipped(files))
    assert recording.sources == ("etc", "win", "passwd")
    assert sorted(tmp_path.parent.rglob("*")) == before


def test_a_zip_bomb_is_left_out() -> None:
    """Of a gigabyte that is a megabyte packed, no more than the head is unpacked."""
    head = FACE.encode()
    data = hume_csv.zipped({"a/face.csv": head + b"\n" * (1 << 26), "b/face.csv": FACE})
    assert len(data) < 1 << 17
    recording = leed.read(data)
    assert recording.sources == ("b",)
    assert [i.code for i in recording.issues] == ["not-read"]
    assert "which no scores do" in recording.issues[0].message
    for format_ in (None, "hume-csv"):
        with pytest.raises(InputError, match=r"file.? in it can be read: .* which no scores do"):
            leed.read(hume_csv.zipped({"a/face.csv": head + b"\n" * (1 << 26)}), format=format_)


def test_many_files_that_unpack_to_too_much_together_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "LARGEST_SUM", 3 * len(FACE.encode()))
    recording = leed.read(hume_csv.zipped({f"{i}/face.csv": FACE for i in range(5)}))
    assert recording.sources == ("0", "1", "2")
    assert codes(recording) == ["not-read", "not-read"]


def test_a_size_that_lies_is_harmless() -> None:
    """An entry that says it is small gives no more than that, and is damaged."""
    data = bytearray(hume_csv.zipped({"face.csv": FACE.encode() + b"\n" * (1 << 22)}))
    at = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 1000)
    with pytest.raises(InputError, match=r"no file in it can be read: face\.csv: is damaged"):
        leed.read(bytes(data))


def test_an_encrypted_zip_says_so() -> None:
    data = bytearray(hume_csv.zipped({"face.csv": FACE}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + at] |= 1
    for format_ in (None, "hume-csv"):
        with pytest.raises(InputError, match="is encrypted; unpack it with its password and give the directory"):
            leed.read(bytes(data), format=format_)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_to_pack_are_not_tried(method: int) -> None:
    with pytest.raises(InputError, match="neither stored nor deflated"):
        leed.read(hume_csv.zipped({"face.csv": FACE}, method))


def test_a_zip_that_is_cut_off_or_broken_says_so() -> None:
    data = hume_csv.zipped({"face.csv": FACE, "prosody.csv": PROSODY})
    for cut in (5, 100, len(data) // 2, len(data) - 1):
        with pytest.raises(InputError, match="is a zip archive that is damaged or cut off"):
            leed.read(data[:cut])
    broken = bytearray(data)
    broken[200:240] = bytes(40)
    recording = leed.read(bytes(broken))
    assert [t.modality for t in recording.tracks] == ["prosody", "prosody"]
    assert "face.csv: is damaged" in recording.issues[0].message


def test_a_list_of_entries_that_is_too_long_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MOST_ENTRIES", 1 << 12)
    with pytest.raises(InputError, match="is a zip archive of more files than are read"):
        leed.read(hume_csv.zipped({f"{i}/face.csv": "" for i in range(100)}))


def test_thousands_of_entries_are_harmless() -> None:
    files: dict[str, str | bytes] = {f"n{i}.txt": "" for i in range(5000)}
    recording = leed.read(hume_csv.zipped({**files, "x/face.csv": FACE}))
    assert len(recording.issues) == 21
    assert recording.issues[-1].message == "4980 more files cannot be read; they are left out"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"predictions.json": "[]"}, "is a zip archive without any CSV of Hume; it holds predictions.json"),
        ({"[Content_Types].xml": "", "xl/a.xml": ""}, "is an Office document"),
        ({"in/inner.zip": "PK"}, "is a zip archive without any CSV of Hume; it holds in/inner.zip"),
    ],
)
def test_a_zip_that_is_not_humes_says_what_it_holds(files: dict[str, str | bytes], message: str) -> None:
    with pytest.raises(UnknownFormatError) as raised:
        leed.read(hume_csv.zipped(files), format="hume-csv")
    assert message in str(raised.value)


def test_an_entry_that_stands_twice_is_two_sources() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a/face.csv", FACE)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a/face.csv", FACE)
    assert len(leed.read(out.getvalue()).tracks) == 4
