"""The rows of one input: those of `Describer.describe` for each segment, whatever the input holds."""

import json
from pathlib import Path
from typing import Any

import pytest

import leed
from leed.batch.blocks import FIELDS, TIMES, blocks_in, texts_in
from leed.batch.describing import Describing, Reading, files_of
from leed.batch.workplace import Workplace
from leed.schema.plain import clean

FULL = dict.fromkeys(("Joy", "Sadness", "Anger", "Fear", "Calmness", "Awe", "Boredom"), 0.05)
INPUTS: dict[str, Any] = {
    "what is not reported": [{"face": {"Joy": 0.8}}, {"face": {"Fear": 0.5}}, {"face": {"Joy": 0.0, "Fear": 0.1}}],
    "speakers by turns": [{"begin": t, "speaker": "AB"[t % 2], "prosody": {**FULL, "Joy": t / 9}} for t in range(9)],
    "words, and none": [{"text": text, "prosody": {"Joy": 0.4}} for text in ("It came!", "", None, "Oh.")],
    "dimensions": [{"prosody": {"valence": v, "arousal": 0.2}} for v in (0.9, -0.4, 0.1)],
    "one class": [{"prosody": {"HAPPY": 0.6, "SAD": 0.3, "NEUTRAL": 0.1}}],
    "halves of characters": [{"text": "\ud800 x", "prosody": {"Joy": 0.4}}],
}


def rows(folder: Path, source: Path, describer: leed.Describer, reading: Reading) -> list[tuple[Any, ...]]:
    share = Describing(str(folder), describer, reading, Workplace())((0, str(source)))
    assert share.error is None
    found: list[tuple[Any, ...]] = []
    for block in blocks_in(files_of(str(folder), 0)[0]):
        columns = [block.times(name).tolist() if name in TIMES else block.texts[name].cells() for name in FIELDS]
        found += zip(*columns, strict=True)
    assert len(found) == share.rows
    return [tuple(None if cell != cell else cell for cell in row) for row in found]  # noqa: PLR0124 - NaN


@pytest.mark.parametrize("options", [{}, {"quote": False}, {"person": "The user", "tense": "past", "top": 1}])
@pytest.mark.parametrize("name", INPUTS)
def test_rows_are_those_of_describe(name: str, options: dict[str, Any], tmp_path: Path) -> None:
    source = tmp_path / "talk.json"
    source.write_text(json.dumps(INPUTS[name]), encoding="utf-8")
    describer = leed.Describer(**options)
    told = [description.to_dict() for description in leed.describe_all(leed.read(str(source)), describer=describer)]
    expected = [tuple(row[field] for field in FIELDS) for row in told]
    assert rows(tmp_path, source, describer, Reading()) == [
        tuple(clean(cell) if isinstance(cell, str) else cell for cell in row) for row in expected
    ]


def test_an_assistant_is_not_called_what_the_user_is(tmp_path: Path) -> None:
    track = leed.read([{"prosody": {"Joy": 0.8}}]).tracks[0]
    recording = leed.Recording((leed.Track(labels=track.labels, matrix=track.matrix, channel="assistant"),))
    recording.write(tmp_path / "talk.json")
    (row,) = rows(tmp_path, tmp_path / "talk.json", leed.Describer(person="The user"), Reading())
    assert row[FIELDS.index("description")] == "The assistant comes across as extremely joyful."


def test_what_the_input_does_not_say_is_told(tmp_path: Path) -> None:
    source = tmp_path / "scores.csv"
    source.write_text("Joy,Fear\n0.8,0.1\n", encoding="utf-8")
    (row,) = rows(tmp_path, source, leed.Describer(), Reading(modality="voice"))
    assert (row[FIELDS.index("modality")], row[FIELDS.index("description")]) == (
        "prosody",
        "They sound both extremely joyful and slightly fearful.",
    )


def test_sentences_are_embedded_without_halves_of_characters(tmp_path: Path) -> None:
    source = tmp_path / "talk.json"
    source.write_text(json.dumps(INPUTS["halves of characters"]), encoding="utf-8")
    rows(tmp_path, source, leed.Describer(), Reading())
    assert list(texts_in(files_of(str(tmp_path), 0)[1])) == [['They said "\ufffd x" and sound very joyful.']]


def test_an_input_that_is_not_there_is_an_error_in_what_comes_of_it(tmp_path: Path) -> None:
    work = Describing(str(tmp_path), leed.Describer(), Reading(), Workplace())
    assert str(work((0, "none.txt")).error) == "none.txt: No such file or directory"
    assert "none.json" in str(work((0, "none.json")).error)
