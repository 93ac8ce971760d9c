"""Batches described: the same sentences and terms as one segment at a time."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import leed
from leed.batch.rows import batches_of, describe_batch, scores_in, told_of
from tests.support.parts import shared_files

pytest.importorskip("pyarrow")
DESCRIBERS = {
    "default": leed.Describer(),
    "no calibration": leed.Describer(calibration="none"),
    "German, one": leed.Describer(lang="de", top=1),
    "all": leed.Describer(top=None, calibration="none"),
    "three-step": leed.Describer(scale="three-step"),
    "no quotes": leed.Describer(quote=False),
    "the user": leed.Describer(person="The user"),
}


def described(recording: leed.Recording, describer: leed.Describer) -> list[dict[str, Any]]:
    return [row for batch in batches_of(recording) for row in describe_batch(batch, describer).to_pylist()]


def one_by_one(recording: leed.Recording, describer: leed.Describer) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for track in recording.tracks:
        for i in range(len(track)):
            segment = track.segment(i)
            description = describer.describe(segment)
            yield str(description), [term.to_dict() for term in description.terms]


@pytest.mark.parametrize("name", DESCRIBERS)
@pytest.mark.parametrize(
    "path", shared_files("hume/interreviewer/predictions.json", "ravdess/*.csv", "other/*.json", "other/*.csv")
)
def test_a_batch_says_what_one_segment_at_a_time_says(path: Path, name: str) -> None:
    recording, describer = leed.read(path), DESCRIBERS[name]
    rows = described(recording, describer)
    expected = list(one_by_one(recording, describer))
    assert len(rows) == len(expected)
    for row, (sentence, terms) in zip(rows, expected, strict=True):
        assert row["description"] == sentence
        assert [{**term, "score": pytest.approx(term["score"], rel=1e-6)} for term in terms] == row["terms"]
        assert row["fingerprint"] == describer.fingerprint


def test_what_was_read_stands_in_the_columns() -> None:
    recording = leed.read([{"source": "a.wav", "speaker": "Ann", "begin": 0.5, "end": 1.5, "text": "Oh", "Joy": 0.75}])
    (row,) = described(recording, leed.Describer())
    assert {k: row[k] for k in ("source", "speaker", "begin", "end", "text", "scores")} == {
        "source": "a.wav",
        "speaker": "Ann",
        "begin": 0.5,
        "end": 1.5,
        "text": "Oh",
        "scores": [0.75],
    }


def test_what_is_not_reported_is_null_and_comes_back_as_nan() -> None:
    recording = leed.read([{"Joy": 0.5}, {"Fear": 0.25}])
    (batch,) = batches_of(recording)
    assert batch.column("scores").to_pylist() == [[None, 0.5], [0.25, None]]
    assert told_of(batch.schema)["labels"] == ["Fear", "Joy"]
    matrix = scores_in(batch)
    assert np.isnan(matrix[0, 0])
    assert math.isclose(float(matrix[1, 0]), 0.25)


def test_a_part_of_a_batch_is_described_like_the_whole() -> None:
    recording = leed.read([{"modality": "face", "Joy": i / 100, "Fear": 1 - i / 100} for i in range(100)])
    (batch,) = batches_of(recording)
    whole = describe_batch(batch, leed.Describer()).to_pylist()
    assert describe_batch(batch.slice(40, 20), leed.Describer()).to_pylist() == whole[40:60]


def test_no_row_gives_no_row() -> None:
    (batch,) = batches_of(leed.read([{"Joy": 0.5}]))
    assert describe_batch(batch.slice(0, 0), leed.Describer()).num_rows == 0
