"""Answers of small models: told apart by their content, and harmless whatever is broken in them."""

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leed
from leed.errors import LeedError, UnknownFormatError
from leed.readers import answers
from tests.support.answers import PLAIN, TEXT
from tests.support.mangling import changed, harmless, mangled

FORMATS = [*PLAIN, *TEXT]


def as_bytes(name: str) -> bytes:
    return TEXT[name] if name in TEXT else json.dumps(PLAIN[name], ensure_ascii=False).encode()


@pytest.mark.parametrize("name", FORMATS)
def test_each_is_the_same_when_forced_from_bytes_and_written_back(name: str) -> None:
    recording = leed.read(as_bytes(name))
    assert len(recording) > 0
    assert leed.read(as_bytes(name), format=name) == recording
    assert leed.read(b"\xef\xbb\xbf" + as_bytes(name)) == recording
    assert leed.read(recording.to_json()) == recording
    if name in PLAIN:
        assert leed.read(PLAIN[name]) == recording
        assert leed.read(json.dumps(PLAIN[name]).encode("utf-16")) == recording


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    "source", [b"{}", b"[]", b"[1]", b'"a"', b"null", b"", b"\x00\x01", b"<a/>", b"Joy,Fear\n1,2\n", {}, [], {"a": {}}]
)
def test_what_is_something_else_is_refused_when_forced(name: str, source: Any) -> None:
    """The message says what was expected."""
    with pytest.raises(UnknownFormatError) as caught:
        leed.read(source, format=name)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("name", PLAIN)
@settings(max_examples=60)
@given(seed=st.integers(0, 2**32))
def test_changed_values_are_harmless(name: str, seed: int) -> None:
    plain = changed(PLAIN[name], seed)
    harmless(plain)
    harmless(plain, format=name)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=60)
@given(seed=st.integers(0, 2**32))
def test_mangled_bytes_are_harmless(name: str, seed: int) -> None:
    broken = mangled(as_bytes(name), seed)
    harmless(broken)
    harmless(broken, format=name)


@pytest.mark.parametrize("name", PLAIN)
def test_deep_nesting_and_data_that_holds_itself_are_harmless(name: str) -> None:
    deep: Any = PLAIN[name]
    for _ in range(5000):
        deep = {"a": deep}
    circle: dict[str, Any] = {}
    circle["a"] = [circle]
    for source in (deep, circle):
        for options in ({}, {"format": name}):
            with pytest.raises(LeedError):
                leed.read(source, **options)


@pytest.mark.parametrize("name", ["deepface", "fer", "rekognition", "google-vision", "laion", "emotion2vec"])
def test_an_application_may_wrap_answers_at_any_depth(name: str) -> None:
    wrapped = {"job": 7, "items": [{"file": "a/b.png", "out": {"answer": PLAIN[name]}}, {"file": "c.png", "out": None}]}
    plain = leed.read(PLAIN[name])
    assert [str(d) for d in leed.describe_all(leed.read(wrapped))] == [str(d) for d in leed.describe_all(plain)]
    sources = {"emotion2vec": "clip_1", "laion": "a.wav"}
    assert leed.read(wrapped).sources == (sources.get(name, "a/b.png"),)


def test_arousal_dominance_and_valence_are_a_plain_mapping() -> None:
    """As audEERING's model has them: about 0 to 1, 0.5 in the middle."""
    recording = leed.read({"arousal": 0.9, "dominance": 0.52, "valence": 0.2, "modality": "voice"})
    assert [str(d) for d in leed.describe_all(recording)] == [
        "They sound highly energetic and rather negative in tone."
    ]
    assert (recording.tracks[0].taxonomy, recording.tracks[0].quantity) == ("dimensions-3", "bipolar")


# --- the helpers


def test_shares_per_cent_and_logits_are_told_by_their_size_and_sum() -> None:
    assert answers.probabilities({"a": 0.6, "b": 0.4}, whole=True) == ({"a": 0.6, "b": 0.4}, None)
    assert answers.probabilities({"a": 60.0, "b": 40.0}, whole=False) == ({"a": 0.6, "b": 0.4}, "per cent")
    made, was = answers.probabilities({"a": 1.0, "b": -1.0, "c": 1.0}, whole=True)
    assert was == "logits"
    assert made["a"] == made["c"] == pytest.approx(0.4683, abs=1e-4)
    assert sum(made.values()) == pytest.approx(1)
    assert answers.probabilities({"a": 1.0, "b": -1.0}, whole=False) == ({"a": 1.0, "b": -1.0}, None)
    assert answers.probabilities({"a": 900.0, "b": -900.0}, whole=True)[0] == {"a": 1.0, "b": 0.0}
    assert answers.probabilities({}, whole=True) == ({}, None)


def test_logits_with_a_hole_are_left_as_they_are() -> None:
    scores = {"a": 3.0, "b": math.nan}
    assert answers.probabilities(scores, whole=True) == (scores, None)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (({"file": "a.png"},), "a.png"),
        (({"file": "a.png"}, {"src": "https://x.org/b.png?sig=1#t"}), "https://x.org/b.png"),
        (({"image": "data:image/png;base64,AAAA"},), None),
        (({"file": 3}, {}), None),
        ((), None),
    ],
)
def test_the_nearest_name_is_the_source(path: answers.Path, source: str | None) -> None:
    assert answers.source_of(path) == source


@pytest.mark.parametrize(
    ("path", "time"),
    [
        (({"time": 1.5},), 1.5),
        (({"timestamp_ms": 1500},), 1.5),
        (({"time": 1.5}, {"start": 2}), 2.0),
        (({"timestamp": 1_700_000_000},), math.nan),
        (({"time": "2024-01-01"},), math.nan),
        ((), math.nan),
    ],
)
def test_the_nearest_time_is_in_seconds_and_no_date(path: answers.Path, time: float) -> None:
    assert answers.time_of(path) == pytest.approx(time, nan_ok=True)
