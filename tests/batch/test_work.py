"""One file's share: its parts and its record, or nothing."""

from pathlib import Path

import pyarrow.dataset
import pytest

import leed
from leed.batch.inputs import inputs_of
from leed.batch.work import Worker

TALK = '[{"modality": "face", "speaker": "Ann", "begin": 0.0, "Joy": 0.84}, {"modality": "prosody", "Sadness": 0.34}]'


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = tmp_path / "talk.json"
    path.write_text(TALK, encoding="utf-8")
    return path


def test_a_file_becomes_a_part_for_each_set_of_labels(talk: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    share = Worker(str(out), leed.Describer())(inputs_of([str(talk)])[0])
    assert (share.rows, share.error, len(share.parts)) == (2, None, 2)
    rows = [row for part in share.parts for row in pyarrow.dataset.dataset(out / part).to_table().to_pylist()]
    assert [row["description"] for row in rows] == ["They look extremely joyful.", "They sound quite sad."]
    assert sorted(path.name for path in out.rglob("*") if path.is_file()) == sorted(
        [Path(part).name for part in share.parts] + [f"{inputs_of([str(talk)])[0].digest}.json"]
    )


def test_a_bad_file_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{"Joy": ', encoding="utf-8")
    share = Worker(str(tmp_path / "out"), leed.Describer())(inputs_of([str(tmp_path / "bad.json")])[0])
    assert share.error is not None
    assert "bad.json" in share.error
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
