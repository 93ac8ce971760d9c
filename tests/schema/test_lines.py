"""Recording.to_json_lines: a line a segment, that leed.read gives back as the same recording."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

import leed
from leed.errors import ColumnError
from leed.schema import Issue, Recording, Track
from leed.schema.lines import json_schema
from tests.support.recordings import recordings


def two_tracks() -> Recording:
    voice = Track(
        labels=("Joy", "Fear"),
        matrix=np.array([[0.5, np.nan], [0.1, np.nan]], np.float32),
        source="a.wav",
        modality="prosody",
        speaker="Ben",
        taxonomy="hume-48",
        begin=np.array([0.0, 2.0]),
        end=np.array([1.0, np.nan]),
        text=("so", None),
        extras={"box": np.array([[0.5, np.nan], [np.inf, 2.0]]), "id": np.array([7, 8])},
    )
    face = Track(
        labels=("Joy",), matrix=np.array([[0.75]], np.float32), source="a.wav", modality="face", begin=np.array([1.5])
    )
    return Recording((voice, face), (Issue("not-read", "something", "a.wav"),))


SAME = (
    '"source":"a.wav","channel":null,"modality":"prosody","aspect":"expression","granularity":null,"speaker":"Ben",'
    '"taxonomy":"hume-48","quantity":"intensity","exclusive":false'
)
FACE = (
    '"source":"a.wav","channel":null,"modality":"face","aspect":"expression","granularity":null,"speaker":null,'
    '"taxonomy":null,"quantity":"intensity","exclusive":false'
)
LINES = f"""\
{{"leed":"lines/1","tracks":2,"segments":3,"issues":1}}
{{"leed":"track",{SAME},"labels":["Joy","Fear"],"extras":{{"box":{{"type":"float64","shape":[2]}},"id":{{"type":"int64","shape":[]}}}},"track":0}}
{{"leed":"track",{FACE},"labels":["Joy"],"extras":{{}},"track":1}}
{{"leed":"issue","code":"not-read","message":"something","source":"a.wav","where":null}}
{{"leed":"segment",{SAME},"begin":0.0,"end":1.0,"text":"so","scores":{{"Joy":0.5}},"extras":{{"box":[0.5,null],"id":7}},"track":0,"row":0}}
{{"leed":"segment",{FACE},"begin":1.5,"end":null,"text":null,"scores":{{"Joy":0.75}},"extras":{{}},"track":1,"row":0}}
{{"leed":"segment",{SAME},"begin":2.0,"end":null,"text":null,"scores":{{"Joy":0.1}},"extras":{{"box":["inf",2.0],"id":8}},"track":0,"row":1}}
"""


def test_a_line_is_a_segment_in_the_order_of_the_recording() -> None:
    assert b"".join(two_tracks().to_json_lines()).decode() == LINES
    assert leed.read(LINES.encode()) == two_tracks()


@given(recordings)
@settings(max_examples=150)
def test_lines_give_back_the_same_recording(recording: Recording) -> None:
    lines = list(recording.to_json_lines())
    assert len(lines) == 1 + len(recording.tracks) + len(recording.issues) + len(recording)
    assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in lines)
    assert leed.read(b"".join(lines)) == recording
    assert leed.read([json.loads(line) for line in lines]) == recording


def test_every_line_is_valid_under_the_schema() -> None:
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for line in LINES.splitlines():
        validator.validate(json.loads(line))
        assert not validator.is_valid({**json.loads(line), "leed": "verse"})
        assert not validator.is_valid({**json.loads(line), "source": 3, "segments": "x"})


def test_lines_are_made_as_they_are_asked_for() -> None:
    lines = two_tracks().to_json_lines()
    assert isinstance(lines, Iterator)
    assert json.loads(next(lines)) == {"leed": "lines/1", "tracks": 2, "segments": 3, "issues": 1}


def test_half_a_character_is_kept() -> None:
    track = Track(
        labels=("a\ud800",),
        matrix=np.array([[0.5]], np.float32),
        speaker="\udc00",
        text=("cut \ud83d",),
        extras={"words\udc00": np.array(["\ud800"])},
    )
    recording = Recording((track,), (Issue("c", "m\ud800"),))
    assert leed.read(b"".join(recording.to_json_lines())) == recording


@pytest.mark.parametrize("column", [np.array([1 + 2j]), np.array(["2026-01-01"], "M8[s]"), np.array([{1}])])
def test_an_extra_that_is_no_column_of_numbers_flags_or_text_is_an_error_before_the_first_line(
    column: np.ndarray[Any, Any],
) -> None:
    track = Track(labels=("Joy",), matrix=np.full((1, 1), 0.5, np.float32), extras={"odd": column})
    with pytest.raises(ColumnError, match=r"extras\.odd: type .* is not that of numbers, flags or text"):
        Recording((track,)).to_json_lines()
