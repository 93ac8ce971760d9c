"""A recording as a JSON document: its schema, and what is refused."""

import copy
import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

import leed
from leed.schema import Issue, Recording, Track
from leed.schema.documents import json_schema


def document() -> dict[str, Any]:
    track = Track(
        labels=("Joy", "Fear"),
        matrix=np.array([[0.8, np.nan], [0.1, 0.35]], np.float32),
        modality="face",
        begin=np.array([0.0, np.nan]),
        text=("Hi", None),
        extras={"box": np.arange(8.0).reshape(2, 4)},
    )
    plain: dict[str, Any] = json.loads(Recording((track,), (Issue("x", "y"),)).to_json())
    return plain


def test_a_document_is_what_to_json_writes() -> None:
    assert document() == {
        "leed": "recording/1",
        "tracks": [
            {
                "labels": ["Joy", "Fear"],
                "scores": [[0.8, None], [0.1, 0.35]],
                "source": None,
                "channel": None,
                "modality": "face",
                "aspect": "expression",
                "granularity": None,
                "speaker": None,
                "taxonomy": None,
                "quantity": "intensity",
                "exclusive": False,
                "begin": [0.0, None],
                "end": [None, None],
                "text": ["Hi", None],
                "extras": {
                    "box": {"type": "float64", "shape": [4], "values": [[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0]]},
                },
            }
        ],
        "issues": [{"code": "x", "message": "y", "source": None, "where": None}],
    }


def test_a_short_document_is_filled_in() -> None:
    recording = Recording.from_dict(
        {"leed": "recording/1", "tracks": [{"labels": ["Joy"], "scores": [[0.8]], "modality": "face"}]}
    )
    assert [str(d) for d in leed.describe_all(recording)] == ["They look extremely joyful."]
    assert recording.issues == ()


WRONG: list[tuple[list[Any], Any, str]] = [
    (["leed"], "recording/2", "leed: Input should be 'recording/1'"),
    (["leed"], None, "leed"),
    (["tracks"], None, "tracks: Input should be a valid list"),
    (["tracks"], {}, "tracks: Input should be a valid list"),
    (["new"], 1, "new: Extra inputs are not permitted"),
    (["tracks", 0, "new"], 1, "tracks.0.new: Extra inputs are not permitted"),
    (["tracks", 0, "labels"], None, "tracks.0.labels: Input should be a valid list"),
    (["tracks", 0, "labels"], ["Joy", 3], "tracks.0.labels.1: Input should be a valid string"),
    (["tracks", 0, "labels"], ["Joy", "Joy"], "label"),
    (["tracks", 0, "scores", 0], [0.8], "scores[0] has 1 numbers for 2 labels"),
    (["tracks", 0, "scores", 0, 0], "high", "tracks.0.scores.0.0"),
    (["tracks", 0, "aspect"], "mood", "tracks.0.aspect"),
    (["tracks", 0, "quantity"], "amount", "tracks.0.quantity"),
    (["tracks", 0, "modality"], "smell", "modality"),
    (["tracks", 0, "modality"], 3, "tracks.0.modality"),
    (["tracks", 0, "begin"], [0.0], "begin has 1 entries for 2 segments"),
    (["tracks", 0, "text"], ["Hi"], "text has 1 entries for 2 segments"),
    (["tracks", 0, "text"], ["Hi", 3], "tracks.0.text.1"),
    (["tracks", 0, "extras"], {"box": 3}, "tracks.0.extras.box"),
    (["tracks", 0, "extras", "box", "type"], "nonsense", "box"),
    (["tracks", 0, "extras", "box", "values"], [1.0], "box"),
    (["tracks", 0, "extras", "box", "values"], [[1.0], [1.0, 2.0]], "box"),
    (["tracks", 0, "extras", "box", "values"], ["a", "b"], "box"),
    (["issues", 0, "code"], None, "issues.0.code"),
]


@pytest.mark.parametrize(("place", "value", "message"), WRONG, ids=lambda v: str(v)[:40])
def test_a_wrong_document_is_an_input_error_that_says_where(place: list[Any], value: Any, message: str) -> None:
    wrong = copy.deepcopy(document())
    target: Any = wrong
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    with pytest.raises(leed.LeedError) as caught:
        Recording.from_dict(wrong)
    assert message in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("wrong", [None, 3, [], "x", {}, {"leed": "recording/1"}, {"tracks": []}], ids=str)
def test_what_is_no_document_is_an_input_error(wrong: Any) -> None:
    with pytest.raises(leed.LeedError, match="no leed recording document"):
        Recording.from_dict(wrong)


# --- the JSON Schema


def faults(value: Any, schema: dict[str, Any]) -> list[str]:
    """Where a value breaks a schema."""
    Draft202012Validator.check_schema(schema)
    return [error.json_path for error in Draft202012Validator(schema).iter_errors(value)]


def test_every_document_is_valid_under_the_schema() -> None:
    schema = json_schema()
    assert schema["title"] == "RecordingDocument"
    assert faults(document(), schema) == []
    assert faults(json.loads(Recording().to_json()), schema) == []


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (["leed"], "recording/2"),
        (["new"], 1),
        (["tracks"], {}),
        (["tracks", 0, "labels"], None),
        (["tracks", 0, "scores", 0, 0], "x"),
        (["tracks", 0, "aspect"], "mood"),
        (["tracks", 0, "begin", 0], "now"),
    ],
    ids=str,
)
def test_the_schema_refuses_what_reading_refuses(place: list[Any], value: Any) -> None:
    wrong = document()
    target: Any = wrong
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    schema = json_schema()
    assert faults(wrong, schema)


def test_every_reference_of_the_schema_is_there_and_nothing_else_is_allowed() -> None:
    schema = json_schema()
    text = json.dumps(schema)
    for name in schema["$defs"]:
        assert f"#/$defs/{name}" in text
    for part in (schema, *schema["$defs"].values()):
        assert part["additionalProperties"] is False
        assert part["description"]


def test_the_module_prints_the_schema() -> None:
    done = subprocess.run([sys.executable, "-m", "leed.schema.documents"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == json_schema()
