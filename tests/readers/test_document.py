"""leed's own JSON document: an exact round trip, and refusals that say where."""

import json
from pathlib import Path
from typing import Any

import pytest

import leed
from leed.errors import InputError
from tests.support import hume
from tests.support.parts import shared_files


@pytest.mark.parametrize(
    "plain",
    [
        hume.conversation(),
        {"prosody": {"Sadness": 0.34}, "text": "I'm \ud83d fine\u2028", "begin": 0.1},
        [{"Joy": None, "Awe": 0.1}, {"Joy": float("nan"), "Awe": 1e-30}],
        {"joy": "VERY_LIKELY"},
        hume.batch(hume.file("a", face=hume.model())),
    ],
    ids=["hume", "odd text", "gaps", "likelihood", "empty"],
)
def test_a_recording_comes_back_exactly(plain: Any, tmp_path: Path) -> None:
    recording = leed.read(plain)
    assert leed.read(recording.to_json()) == recording
    assert leed.read(recording.to_dict()) == recording
    assert leed.read(json.loads(recording.to_json()), format="leed") == recording
    path = tmp_path / "recording.json"
    path.write_text(json.dumps(recording.to_dict(), indent=1), encoding="utf-8")
    assert leed.read(path) == recording


@pytest.mark.parametrize("path", shared_files("hume/*/predictions*.json"))
def test_a_real_recording_comes_back_exactly(path: Path) -> None:
    recording = leed.read(path)
    assert leed.read(recording.to_json()) == recording


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"leed": "recording/9"}, "leed"),
        ({"tracks": 3}, "tracks"),
        ({"tracks": [{"labels": ["Joy"], "scores": [[0.1, 0.2]]}]}, r"scores\[0\] has 2 numbers for 1 labels"),
        ({"tracks": [{"labels": ["Joy"], "scores": [[0.1]], "begin": []}]}, "begin has 0 entries for 1 segments"),
        ({"tracks": [{"labels": ["Joy"], "scores": [["x"]]}]}, "tracks.0.scores"),
        ({"tracks": [{"labels": ["Joy"], "scores": [[0.1]], "quantity": "much"}]}, "tracks.0.quantity"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_document_that_is_none_says_where(change: dict[str, Any], message: str) -> None:
    document = {"leed": "recording/1", "tracks": [], "issues": []} | change
    with pytest.raises(InputError, match=f"no leed recording document.*{message}"):
        leed.read(document)


@pytest.mark.parametrize(
    "track",
    [
        {"labels": ["Joy", "Joy"], "scores": [[0.1, 0.2]]},
        {"labels": ["Joy"], "scores": [[1e39]]},
        {"labels": ["Joy"], "scores": [[0.1]], "extras": {"x": {"type": "O", "values": [1]}}},
        {"labels": ["Joy"], "scores": [[0.1]], "extras": {"x": {"type": "nonsense", "values": [1]}}},
        {"labels": ["Joy"], "scores": [[0.1]], "extras": {"x": {"type": "float64", "values": []}}},
        {"labels": ["Joy"], "scores": [[0.1]], "extras": {"x": {"type": "int64", "values": ["a"]}}},
        {"labels": ["Joy"], "scores": [[0.1]], "extras": {"x": {"type": "int8", "values": [999]}}},
        {"labels": ["Joy"], "scores": [[0.1]], "extras": {"x": {"type": "<U999999999", "values": ["a"]}}},
        {"labels": ["Joy"], "scores": [[0.1]], "taxonomy": "nonsense"},
        {"labels": ["Joy"], "scores": [[0.1]], "modality": "smell"},
        {"labels": [], "scores": [[]]},
        {"labels": [], "scores": []},
        {"labels": ["1"], "scores": [[1]], "taxonomy": "hume-sentiment-9", "aspect": "sentiment"},
    ],
)
def test_a_document_with_odd_columns_is_described_or_refused(track: dict[str, Any]) -> None:
    """A document from elsewhere may hold anything; what comes is a description or a LeedError."""
    document = {"leed": "recording/1", "tracks": [track], "issues": []}
    for given in (document, json.dumps(document).encode()):
        try:
            recording = leed.read(given)
            assert all(str(d) for d in leed.describe_all(recording))
        except leed.LeedError as error:
            assert str(error)  # noqa: PT017 - either is fine


def test_a_transcript_that_speaks_of_documents_is_no_document() -> None:
    """Words inside the data do not decide the format."""
    text = 'The key "leed" holds "recording/1"'
    assert leed.read(json.dumps({"face": {"Joy": 0.84}, "text": text}).encode()).segments()[0].text == text
    said = hume.batch(hume.file("a", prosody=hume.model(hume.group("leed", hume.prosody(0, 1, "recording/1")))))
    assert len(leed.read(hume.minified(said))) == 1
    assert len(leed.read(json.dumps([{"Joy": 0.84, "leed": "recording/1"}]).encode())) == 1
