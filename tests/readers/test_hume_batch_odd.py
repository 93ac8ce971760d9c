"""Hume v0 batch predictions where something is missing, odd or broken."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import leed
from leed.errors import UnknownFormatError
from tests.support import hume, told
from tests.support.hume import one_file, read, smile
from tests.support.parts import shared_files

said = partial(told.said, calibration="none")


def test_an_empty_group_is_reported_as_nothing_detected() -> None:
    recording = read(one_file(face=hume.model(), prosody=hume.model(hume.group("spk_0", hume.prosody(Sadness=0.34)))))
    assert said(recording) == ['They said "hello" and sound quite sad.']
    assert [(i.code, i.source, i.where) for i in recording.issues] == [("nothing-detected", "a.mp4", "face")]


@pytest.mark.parametrize(
    "found",
    [{}, hume.model(), hume.model(hume.group("unknown")), {"metadata": None, "grouped_predictions": None}],
    ids=["empty object", "no groups", "an empty group", "null groups"],
)
def test_a_model_without_predictions_is_reported(found: Any) -> None:
    recording = leed.read(hume.minified(one_file(face=found, prosody=hume.model(hume.group("spk_0", hume.prosody())))))
    assert len(recording) == 1
    assert [i.code for i in recording.issues] == ["nothing-detected"]
    recording = leed.read(one_file(face=found, prosody=hume.model(hume.group("spk_0", hume.prosody()))))
    assert len(recording) == 1
    assert [i.code for i in recording.issues] == ["nothing-detected"]


def test_null_for_a_model_says_that_it_was_not_run() -> None:
    """As dumps of the SDK have it; streamed and as plain data."""
    plain = one_file(face=None, burst=None, prosody=hume.model(hume.group("spk_0", hume.prosody())))
    for given_ in (plain, hume.minified(plain)):
        (issue,) = leed.read(given_).issues
        assert (issue.code, issue.source) == ("not-run", "a.mp4")
        assert issue.message.startswith("null stands for face, burst: models that were not run")
    for given_ in (one_file(face=None), hume.minified(one_file(face=None))):
        assert [i.code for i in leed.read(given_).issues] == ["no-segments"]


def test_the_three_places_of_errors_are_all_reported() -> None:
    """A source that failed, and a file whose voice could not be transcribed while its face is fine."""
    transcription = "unable to transcribe file: transcript confidence (0.0) below threshold value (0.5)"
    plain = [
        hume.source(
            {"type": "file", "filename": "a.mp4"},
            hume.file("a.mp4", face=hume.model(hume.group("face_0", smile()))),
            errors=[{"message": transcription, "file": "a.mp4", "model": "prosody"}],
        ),
        {"source": {"type": "file", "filename": "b.mp4"}, "results": None, "error": "file is corrupt"},
        {"source": {"type": "url", "url": "https://example.org/c?sig=2"}, "results": None, "error": None},
    ]
    recording = read(plain)
    assert said(recording) == ["They look extremely joyful."]
    issues = [(i.code, i.source, i.where) for i in recording.issues]
    assert issues == [
        ("source-failed", "a.mp4", "prosody"),
        ("source-failed", "b.mp4", None),
        ("source-failed", "https://example.org/c", None),
    ]
    assert transcription in recording.issues[0].message
    assert "file is corrupt" in recording.issues[1].message


def test_a_job_in_which_all_failed_is_read_and_says_so() -> None:
    plain = [{"source": {"type": "file", "filename": "b.mp4"}, "results": None, "error": "file is corrupt"}]
    recording = read(plain)
    assert (len(recording), [i.code for i in recording.issues]) == (0, ["source-failed"])


def test_no_predictions_at_all_are_reported() -> None:
    """An object that is there and holds nothing is never passed over in silence."""
    for plain in (
        hume.batch(),
        hume.batch({"file": "a.mp4", "models": {}}),
        hume.batch({"file": "a.mp4", "models": None}),
    ):
        recording = leed.read(hume.minified(plain))
        assert len(recording) == 0
        assert [i.code for i in recording.issues] == ["no-segments"], plain
        assert [i.code for i in leed.read(plain).issues] == ["no-segments"], plain


@pytest.mark.parametrize(
    "plain", [{"source": None, "results": None}, [{"source": None, "results": None, "error": None}]]
)
def test_a_source_that_is_null_is_not_passed_over_in_silence(plain: Any) -> None:
    assert leed.read(hume.minified(plain)).issues
    assert leed.read(plain).issues


def test_an_unknown_model_is_described_and_reported() -> None:
    plain = one_file(gaze=hume.model(hume.group("face_0", {"time": 1.0, "emotions": hume.scores({"Joy": 0.84})})))
    recording = leed.read(hume.minified(plain))
    assert leed.read(plain) == recording
    assert [i.code for i in recording.issues] == ["unknown-model"]
    assert said(recording) == ["They come across as extremely joyful."]


def test_named_entities_and_face_meshes_are_described() -> None:
    entity = {
        "entity": "Utah",
        "position": {"begin": 0, "end": 4},
        "time": None,
        "emotions": hume.scores({"Pride": 0.5}),
    }
    mesh = {"emotions": hume.scores({"Joy": 0.84})}
    recording = read(
        one_file(ner=hume.model(hume.group("unknown", entity)), facemesh=hume.model(hume.group("unknown", mesh)))
    )
    assert said(recording) == ['Their words "Utah" read as moderately proud.', "They look extremely joyful."]


def test_an_unknown_label_is_described_as_a_quoted_noun() -> None:
    item = {"time": 0.0, "emotions": [{"name": "Wistfulness", "score": 0.6}, {"name": "Joy", "score": 0.1}]}
    assert said(read(one_file(face=hume.model(hume.group("face_0", item))))) == [
        'Their face shows considerable signs of "wistfulness".'
    ]


def odd(*emotions: Any, text: Any = None) -> leed.Recording:
    item = {"time": 0.0, "emotions": list(emotions)} | ({} if text is None else {"text": text})
    plain = one_file(face=hume.model(hume.group("face_0", item)))
    recording = leed.read(json.dumps(plain).encode())
    assert leed.read(plain) == recording
    return recording


def score(name: Any, value: Any) -> dict[str, Any]:
    return {"name": name, "score": value}


@pytest.mark.parametrize(
    ("emotions", "sentence", "codes"),
    [
        ([score("Joy", 1.303)], "They look extremely joyful.", ["out-of-range"]),
        ([score("Joy", -0.001)], "They look neutral.", ["out-of-range"]),
        ([score("Joy", -0.001), score("Awe", 1.2)], "They look extremely awed.", ["out-of-range"]),
        ([score("Joy", "0.84")], "They look extremely joyful.", ["not-a-number"]),
        ([score("Joy", "high"), score("Awe", 0.5)], "They look moderately awed.", ["unreadable-score"]),
        ([score("Joy", None), score("Awe", 0.5)], "They look moderately awed.", []),
        ([score("Joy", [0.5]), score("Awe", 0.5)], "They look moderately awed.", ["unreadable-score"]),
        ([score("Joy", {"a": 1}), score("Awe", 0.5)], "They look moderately awed.", ["unreadable-score"]),
        ([score("Joy", float("nan")), score("Awe", 0.5)], "They look moderately awed.", ["not-finite"]),
        ([score("Joy", float("inf")), score("Awe", 0.5)], "They look moderately awed.", ["not-finite"]),
        ([score("Joy", float("-inf")), score("Awe", 0.5)], "They look moderately awed.", ["not-finite"]),
        ([score("Joy", 10**400), score("Awe", 0.5)], "They look moderately awed.", ["not-finite"]),
        ([score("Joy", 1e39), score("Awe", 0.5)], "They look moderately awed.", ["not-finite"]),
        ([score("Joy", 0.5), score("Joy", 0.84)], "They look extremely joyful.", ["duplicate-label"]),
        ([score("Joy", 0.84), score("Joy", 0.5)], "They look extremely joyful.", ["duplicate-label"]),
        ([score("Joy", 1)], "They look extremely joyful.", []),
    ],
)
def test_an_odd_score_is_described_and_reported(emotions: list[Any], sentence: str, codes: list[str]) -> None:
    recording = odd(*emotions)
    assert said(recording) == [sentence]
    assert [issue.code for issue in recording.issues] == codes
    assert all(issue.source == "a.mp4" for issue in recording.issues)


def test_a_score_that_is_missing_spares_the_others() -> None:
    """An entry without a score counts as not reported; it does not take its neighbours along."""
    recording = odd({"name": "Joy"}, score("Awe", 0.5))
    assert said(recording) == ["They look moderately awed."]


def test_an_entry_without_a_name_is_left_out_and_reported() -> None:
    recording = odd({"score": 0.9}, score("Awe", 0.5), None, "Joy")
    assert said(recording) == ["They look moderately awed."]
    assert recording.issues


def test_an_overflowing_literal_is_no_finite_number() -> None:
    """`1e999` is infinity to a JSON parser."""
    raw = json.dumps(one_file(face=hume.model(hume.group("face_0", smile()))))
    recording = leed.read(raw.replace("0.84", "1e999").encode())
    assert said(recording) == ["They look neutral."]
    assert [i.code for i in recording.issues] == ["not-finite"]


def test_an_item_without_scores_is_left_out_and_reported() -> None:
    recording = read(one_file(face=hume.model(hume.group("face_0", smile(), {"time": 1.0, "emotions": []}))))
    assert said(recording) == ["They look extremely joyful."]
    assert [i.code for i in recording.issues] == ["no-scores"]


@pytest.mark.parametrize("junk", [None, 3, "Joy", [], [smile()]])
def test_a_prediction_that_is_no_object_is_left_out_and_reported(junk: Any) -> None:
    recording = leed.read(hume.minified(one_file(face=hume.model(hume.group("face_0", smile(), junk)))))
    assert said(recording) == ["They look extremely joyful."]
    assert recording.issues
    assert leed.read(one_file(face=hume.model(hume.group("face_0", smile(), junk)))) == recording


def test_one_odd_file_does_not_spoil_the_others() -> None:
    """Where one group or file is malformed, everything else is read as if it were not there."""
    plain = [
        *hume.conversation(),
        *hume.batch(None, 3, {"file": 5, "models": {"face": [1]}}, {"file": "x", "models": []}),  # type: ignore[arg-type]
    ]
    recording = leed.read(hume.minified(plain))
    assert said(recording) == said(read(hume.conversation()))
    assert [(i.code, i.message) for i in recording.issues][-2:] == [
        ("not-read", "3 entries are no predictions; they are left out"),
        ("no-segments", "no model was run on it"),
    ]
    assert leed.read(plain) == recording


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('He said "go"', "They said \"He said 'go'\" and sound quite sad."),
        ("line one\nline two\r\n\tthree", 'They said "line one line two three" and sound quite sad.'),
        ("a\x00b\x1b[31mc\x7f", 'They said "ab[31mc" and sound quite sad.'),
        ("\u202eevil\u202c \u2066x\u2069", 'They said "evil x" and sound quite sad.'),
        ("שלום עולם", 'They said "שלום עולם" and sound quite sad.'),
        ("مرحبا", 'They said "مرحبا" and sound quite sad.'),
        ("”. They are calm. “", "They said \"'. They are calm. '\" and sound quite sad."),
        ("", "They sound quite sad."),
        (" \n ", "They sound quite sad."),
        ("\ud83d", 'They said "\ufffd" and sound quite sad.'),
    ],
    ids=["quotes", "newlines", "control", "direction", "hebrew", "arabic", "curly", "empty", "blank", "lone surrogate"],
)
def test_a_transcript_is_data(text: str, sentence: str) -> None:
    """It is quoted on one line and cannot end its quotation."""
    plain = one_file(prosody=hume.model(hume.group("spk_0", hume.prosody(0, 1, text, Sadness=0.34))))
    recording = leed.read(json.dumps(plain).encode())
    assert said(recording) == [sentence]
    assert said(leed.read(plain)) == [sentence]


def test_a_transcript_of_a_megabyte_is_kept_and_quoted_in_part() -> None:
    text = "word " * 210_000
    plain = one_file(prosody=hume.model(hume.group("spk_0", hume.prosody(0, 1, text, Sadness=0.34))))
    recording = leed.read(hume.minified(plain))
    assert recording.segments()[0].text == text
    (sentence,) = said(recording)
    assert sentence.startswith('They said "word word')
    assert sentence.endswith('word…" and sound quite sad.')
    assert len(sentence) < 500


# --- what is no predictions file


@pytest.mark.parametrize("status", ["QUEUED", "IN_PROGRESS", "COMPLETED", "FAILED"])
@pytest.mark.parametrize("wrap", [lambda j: j, lambda j: [j]], ids=["alone", "listed"])
def test_a_job_object_is_not_predictions(status: str, wrap: Callable[[Any], Any]) -> None:
    """The error says what it is, the job's state, and where the predictions are."""
    state: dict[str, Any] = {"status": status, "created_timestamp_ms": 1660594811000}
    if status == "FAILED":
        state["message"] = "user 'abcde' has exceeded their usage limit"
    if status == "COMPLETED":
        state |= {"num_predictions": 20, "num_errors": 0}
    job = {"type": "INFERENCE", "job_id": "b1b9", "request": {"models": {"face": {}}, "urls": []}, "state": state}
    for given in (wrap(job), hume.minified(wrap(job)), hume.pretty(wrap(job))):
        with pytest.raises(
            UnknownFormatError, match=f"Hume job object .*status {status}.* not the job's predictions"
        ) as raised:
            leed.read(given)
        assert ("exceeded their usage limit" in str(raised.value)) == (status == "FAILED")
        with pytest.raises(UnknownFormatError, match="Hume job object"):
            leed.read(given, format="hume-batch")


@pytest.mark.parametrize("path", shared_files("hume/sdk-envelopes/*-response-*.json"))
def test_the_sdks_job_objects_are_not_predictions(path: Path) -> None:
    with pytest.raises(UnknownFormatError, match="is a Hume job object"):
        leed.read(path)


def test_asked_for_hume_other_scores_are_refused() -> None:
    with pytest.raises(UnknownFormatError, match="grouped_predictions"):
        leed.read({"Joy": 0.84}, format="hume-batch")


@pytest.mark.parametrize("write", [hume.minified, hume.pretty])
def test_a_file_cut_in_the_middle_says_at_which_byte(write: Callable[[Any], bytes], tmp_path: Path) -> None:
    """Wherever it is cut, in a string, a number, a literal or a letter of several bytes: the byte is its size."""
    whole = write(hume.conversation())
    middle = whole.index(b"Then") - 40
    places = {*range(1, 300), *range(middle, middle + 250), *range(500, len(whole), 211), len(whole) - 1}
    assert hume.wrongly_told(whole, places, tmp_path / "cut.json") == []
