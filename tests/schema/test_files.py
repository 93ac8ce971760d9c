"""Recording.write: the file's name tells the form, and leed.read gives the recording back."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

import leed
from leed.errors import ColumnError, MissingPackageError, OptionError
from leed.schema import Recording, Track
from tests.support import hume


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.parquet", "A.JSONL"])
def test_a_file_is_read_back_as_the_same_recording(name: str, tmp_path: Path) -> None:
    recording = leed.read(hume.conversation())
    recording.write(tmp_path / name)
    assert leed.read(tmp_path / name) == recording
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_forms_are_those_of_their_names(tmp_path: Path) -> None:
    recording = leed.read({"face": {"Joy": 0.84}})
    recording.write(tmp_path / "a.json")
    assert json.loads((tmp_path / "a.json").read_bytes()) == recording.to_dict()
    recording.write(str(tmp_path / "a.jsonl"))
    assert (tmp_path / "a.jsonl").read_bytes() == b"".join(recording.to_json_lines())


def test_another_ending_is_an_error() -> None:
    with pytest.raises(
        OptionError, match=r"^a\.csv: a recording is written to a name that ends in \.jsonl, \.json, \.parq"
    ):
        Recording().write("a.csv")


def test_a_file_that_cannot_be_written_whole_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = Track(labels=("Joy",), matrix=np.full((1, 1), 0.5, np.float32), extras={"odd": np.array([1 + 2j])})
    path = tmp_path / "a.jsonl"
    path.write_text("before")
    with pytest.raises(ColumnError, match=r"extras\.odd"):
        Recording((odd,)).write(path)
    assert path.read_text() == "before"
    with pytest.raises(FileNotFoundError):
        Recording().write(tmp_path / "none" / "a.jsonl")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'leed\[data\]'$"):
        Recording().write(tmp_path / "a.parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]
