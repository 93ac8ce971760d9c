"""What `leed batch` wrote is read back as it was."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import leed
from leed.batch.corpus import describe_corpus
from leed.errors import DamagedInputError, UnknownFormatError
from leed.readers import read_parts
from tests.support.parts import shared_files

pytest.importorskip("pyarrow")


def written(folder: Path, *rows: list[dict[str, Any]]) -> Path:
    """A data set of files of these rows."""
    (folder / "in").mkdir()
    for number, some in enumerate(rows):
        (folder / "in" / f"{number}.json").write_text(json.dumps(some))
    describe_corpus([str(folder / "in")], str(folder / "out"), describer=leed.Describer(), workers=1)
    return folder / "out"


TALK = [
    {"source": "a", "speaker": "Ann", "begin": 0, "end": 1, "text": "Oh.", "prosody": {"Joy": 0.5, "Fear": 0.25}},
    {"source": "a", "speaker": "Bo", "begin": 1, "end": 2, "prosody": {"Joy": 0.125, "Fear": 0.5}},
    {"source": "a", "speaker": "Ann", "begin": 2, "text": "Well", "prosody": {"Joy": 0.0, "Fear": 0.75}},
]


def test_a_data_set_is_read_back_with_scores_labels_times_speakers_and_text(tmp_path: Path) -> None:
    out = written(tmp_path, TALK)
    assert leed.read(out).tracks == leed.read(TALK).tracks


def test_a_part_and_the_folder_of_a_set_of_labels_are_read_alone(tmp_path: Path) -> None:
    out = written(tmp_path, TALK, [{"source": "b", "face": {"anger": 0.9, "neutral": 0.1}}])
    folders = sorted(out.glob("labels=*"))
    assert sorted(len(leed.read(folder)) for folder in folders) == [1, 3]
    (part,) = [path for path in out.glob("labels=*/*.parquet") if len(leed.read(path)) == 3]
    assert leed.read(part).tracks == leed.read(TALK).tracks
    assert len(leed.read(out)) == 4


@pytest.mark.parametrize("path", shared_files("hume/interreviewer/predictions.json", "other/*.json", "other/*.csv"))
def test_real_files_come_back_without_their_extras(path: Path, tmp_path: Path) -> None:
    recording = leed.read(path)
    describe_corpus([str(path)], str(tmp_path / "out"), describer=leed.Describer(), workers=1)
    back = {(track.key, track.labels): track for track in leed.read(tmp_path / "out").tracks}
    assert len(back) == sum(1 for track in recording.tracks if len(track))
    for track in recording.tracks:
        again = back[track.key, track.labels]
        np.testing.assert_array_equal(again.matrix, track.matrix)
        np.testing.assert_array_equal(again.begin, track.begin)
        np.testing.assert_array_equal(again.end, track.end)
        for name in ("text", "taxonomy", "quantity", "exclusive"):
            assert getattr(again, name) == getattr(track, name)


def test_what_is_described_again_reads_the_same(tmp_path: Path) -> None:
    out = written(tmp_path, TALK)
    first, again = (list(map(str, leed.describe_all(leed.read(given)))) for given in (TALK, out))
    assert again == first


def test_a_large_part_is_given_in_parts(tmp_path: Path) -> None:
    rows = [{"modality": "face", "begin": i / 3, "Joy": i % 7 / 8, "Fear": 0.25} for i in range(140_000)]
    out = written(tmp_path, rows)
    parts = list(read_parts(out))
    assert [len(part) for part in parts] == [131_072, 8_928]
    whole = np.concatenate([track.matrix for part in parts for track in part.tracks])
    np.testing.assert_array_equal(whole, leed.read(out).tracks[0].matrix)


def test_leftover_files_that_begin_with_a_dot_are_not_read(tmp_path: Path) -> None:
    out = written(tmp_path, TALK)
    (part,) = out.glob("labels=*/*.parquet")
    part.with_name(f".{part.name}.parquet").write_bytes(part.read_bytes())
    assert len(leed.read(out)) == 3


def test_a_part_whose_metadata_tells_of_other_labels_is_an_error(tmp_path: Path) -> None:
    from pyarrow import parquet  # noqa: PLC0415 - optional

    (part,) = written(tmp_path, TALK).glob("labels=*/*.parquet")
    table = parquet.read_table(part)
    assert table.schema.metadata is not None
    about = json.loads(table.schema.metadata[b"leed.batch"])
    about["labels"].append("Awe")
    told = {b"leed.batch": json.dumps(about).encode()}
    parquet.write_table(table.replace_schema_metadata(told), tmp_path / "odd.parquet")
    with pytest.raises(DamagedInputError, match=r"odd\.parquet: this part is not as its metadata says: .*leed batch"):
        leed.read(tmp_path / "odd.parquet")


def test_another_folder_is_no_data_set(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("so")
    with pytest.raises(UnknownFormatError, match="is no folder with parts of a data set that leed batch wrote"):
        leed.read(tmp_path, format="dataset")
    with pytest.raises(UnknownFormatError, match="is no part of a data set that leed batch wrote"):
        leed.read(tmp_path / "a.txt", format="dataset")
