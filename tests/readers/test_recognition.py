"""Formats told apart: each sample by its own reader alone; from a bounded look at data of any size."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leed
from leed import plugins
from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, GENERIC, POSSIBLE, readers, recognise
from leed.readers.content import Content, take
from leed.readers.glimpse import glimpse
from tests.support import formats
from tests.support.hume import minified, pretty
from tests.support.parts import shared, shared_files

SURE = {"huggingface": POSSIBLE, "mapping": GENERIC, "table": GENERIC, "files": GENERIC}
"""How sure the reader of a sample is, if it may be something else; all others are certain."""
SAMPLES = [*formats.PLAIN, *formats.BYTES]


def guesses(source: Any) -> dict[str, int]:
    """How sure each reader is, of a content of its own: what one noticed does not help another."""
    return {reader.name: reader.recognise(take(source)).sure for reader in readers()}


def written(name: str) -> Iterator[Any]:
    """A sample in all ways in which it may come."""
    if name in formats.BYTES:
        data = formats.BYTES[name]
        yield data
    else:
        plain = formats.PLAIN[name]
        data = minified(plain)
        yield from (plain, data, pretty(plain), json.dumps(plain).encode("utf-16"), b"\xef\xbb\xbf" + data)
    yield gzip.compress(data)


def test_there_is_a_sample_of_every_format() -> None:
    """One that is missing belongs into tests/support/formats.py."""
    assert set(plugins.BUILT_IN["leed.readers"]) - set(SAMPLES) == set()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_told_by_its_own_reader_alone(name: str) -> None:
    for source in written(name):
        sure = guesses(source)
        own = sure.pop(name)
        assert own == SURE.get(name, CERTAIN)
        assert {other: guess for other, guess in sure.items() if guess >= own} == {}
        assert recognise(take(source)).name == name
        assert len(leed.read(source)) > 0


@pytest.mark.parametrize("name", formats.PLAIN)
@pytest.mark.parametrize(
    "wrap", [lambda x: {"data": {"answer": x}, "version": 2}, lambda x: [[x]]], ids=["key", "list"]
)
def test_a_wrapped_sample_is_never_taken_for_another_format(name: str, wrap: Any) -> None:
    """An application may wrap what it got; not every reader looks so deep."""
    sure = guesses(wrap(formats.PLAIN[name]))
    sure.pop(name)
    assert max(sure.values()) < CERTAIN


@pytest.mark.parametrize("name", formats.PLAIN)
def test_many_samples_one_behind_the_other_are_told_too(name: str) -> None:
    """As a list and as JSON lines, where that is the format's way; never as another format."""
    plain = formats.PLAIN[name]
    for source in ([plain] * 3, b"\n".join(map(minified, [plain] * 3))):
        sure = guesses(source)
        own = sure.pop(name)
        assert max(sure.values()) < max(own, POSSIBLE)


def test_two_formats_that_are_equally_likely_are_asked_about() -> None:
    answer = {"labels": ["happy", "sad", "angry"], "scores": [0.8, 0.1, 0.1], "emotions": dict.fromkeys(LABELS, 0.1)}
    sure = guesses(answer)
    assert [name for name, guess in sure.items() if guess == POSSIBLE] == ["emotion2vec", "fer"]
    with pytest.raises(UnknownFormatError, match="could be emotion2vec or fer: name one with --format"):
        leed.read(answer)


LABELS = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]


# --- data of any size


class Counting(list[Any]):
    """A list that counts how many of its entries were looked at one by one."""

    looked_at = 0

    def __iter__(self) -> Iterator[Any]:
        for value in super().__iter__():
            self.looked_at += 1
            yield value


@pytest.mark.parametrize(
    "entry",
    [
        {"begin": 0.5, "text": "x", "other": 1},
        {"label": "happy", "score": 0.5},
        ["Joy", 0.5],
        {"a": [1, 2, {"b": 3}]},
        {"type": "x", "payload": {}},
        0.5,
    ],
    ids=["rows", "pairs", "lists", "nested", "events", "numbers"],
)
@pytest.mark.parametrize("inside", [False, True])
def test_a_long_list_is_not_looked_through(entry: Any, *, inside: bool) -> None:
    """All readers together look at some hundred entries of 100,000."""
    rows = Counting([entry] * 100_000)
    content = Content(plain={"results": rows} if inside else rows)
    for reader in readers():
        reader.recognise(content)
    assert rows.looked_at < 2_000


def test_what_comes_late_is_found_all_the_same() -> None:
    """A camera may show nobody for a while."""
    nobody = {"face": {"warning": "No faces detected.", "code": "W0105"}}
    log = [nobody] * 3_000 + [formats.STREAMING] * 100
    assert recognise(take(log)).name == "hume-streaming"
    assert len(leed.read(log)) == 100


def test_what_is_small_is_all_there() -> None:
    for plain in formats.PLAIN.values():
        assert glimpse(plain) == plain
    assert glimpse((1, [2, (3,)], {"a": None})) == (1, [2, (3,)], {"a": None})


def test_lists_beside_each_other_are_cut_alike() -> None:
    cut = glimpse([list(range(100_000)), [[i] for i in range(100_000)]])
    assert len(cut[0]) == 400
    assert [[i] for i in cut[0]] == cut[1]
    assert cut[0][:200] == list(range(200))
    assert cut[0][-1] > 99_000


def test_a_long_list_hides_nothing_beside_it() -> None:
    rows = [{"a": [{"b": 1}] * 100}] * 10_000
    cut = glimpse({"first": rows, "second": {"deep": [rows, formats.V1]}, "third": formats.EVI})
    assert cut["third"] == formats.EVI
    assert recognise(take({"first": rows, "results": formats.V1})).name == "hume-v1"


PLAIN = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner, max_size=5),
    max_leaves=60,
)


def containers(plain: Any) -> int:
    inner = plain.values() if isinstance(plain, dict) else plain if isinstance(plain, list) else ()
    return isinstance(plain, (dict, list)) + sum(map(containers, inner))


@settings(max_examples=100)
@given(plain=PLAIN, times=st.integers(1, 10_000))
def test_a_glimpse_is_never_large(plain: Any, times: int) -> None:
    for given_ in ([plain] * times, {str(i): plain for i in range(times)}, [[plain] * 300] * 300):
        assert containers(glimpse(given_)) <= 8_001


# --- real files

REAL = {
    "behavioralsignals/process_45133_results.json": "behavioral-signals",
    "hume/calhacks23/example_jume_output.json": "hume-batch",
    "hume/calhacks23/predictions.json": "hume-batch",
    "hume/evi/evi-recording.jsonl": "hume-evi",
    "hume/interreviewer/face.csv": "hume-csv",
    "hume/interreviewer/language.csv": "hume-csv",
    "hume/interreviewer/predictions.json": "hume-batch",
    "hume/interreviewer/prosody.csv": "hume-csv",
    "hume/ongaku/predictions.json": "hume-batch",
    "hume/streaming/face-message.json": "hume-streaming",
    "hume/twilio-vintel/predictions-language.json": "hume-batch",
    "hume/wilfordwoodruff/words.json": "hume-batch",
    "other/beyondverbal-sample.json": "beyond-verbal",
    "other/pyfeat-frames.csv": "pyfeat",
    "other/rekognition-detect-faces.json": "rekognition",
    "ravdess/face.csv": "table",
    "ravdess/prosody.csv": "table",
}
"""By shared file that holds scores: its format."""
NOT_REAL = {
    "SOURCES.md": "is text, but no table",
    "labels.json": "is JSON, but holds no scores",
    "cremad/LICENSE.txt": "is text, but no table",
    "cremad/VideoDemographics.csv": r"is a table, but none of its columns \(ActorID, Age, Sex, Race, Ethnicity\)",
    "cremad/summaryTable.csv": "is a table, but none of its columns",
    "cremad/tabulatedVotes.csv": "is a table, but none of its columns",
    "hume/sdk-envelopes/details-response-completed.json": "is a Hume job object",
    "hume/sdk-envelopes/details-response-failed.json": "is a Hume job object",
    "hume/sdk-envelopes/info-response-completed.json": "is a Hume job object",
    "hume/sdk-envelopes/result-response-completed.json": "is a Hume job object",
    "hume/sdk-envelopes/result-response-failed.json": "is a Hume job object",
    "hume/sdk-envelopes/wiremock-mappings.json": "is JSON, but holds no scores",
    "other/vocabularies.emotionml": "is an EmotionML document without emotions",
}
"""By shared file that holds none: what is said of it."""


@pytest.mark.parametrize("path", shared_files("**/*"))
def test_every_shared_file_is_told_or_refused(path: Path) -> None:
    name = path.relative_to(shared()).as_posix()
    if name in NOT_REAL:
        with pytest.raises(UnknownFormatError, match=NOT_REAL[name]):
            leed.read(path)
        return
    sure = guesses(path)
    own = sure.pop(REAL[name])
    assert own == SURE.get(REAL[name], CERTAIN)
    assert max(sure.values()) < own
