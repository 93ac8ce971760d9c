"""Plain mappings: label to score, alone, by modality, or in rows."""

import json
from typing import Any

import pytest

import leed
from leed.errors import InputError, UnknownFormatError


def said(plain: Any) -> list[str]:
    """The sentences, which have to be the same from plain data and from JSON."""
    sentences = [str(d) for d in leed.describe_all(leed.read(plain))]
    assert [str(d) for d in leed.describe_all(leed.read(json.dumps(plain).encode()))] == sentences
    return sentences


def codes(plain: Any) -> list[str]:
    return [issue.code for issue in leed.read(plain).issues]


@pytest.mark.parametrize(
    ("plain", "sentences"),
    [
        ({"Joy": 0.84}, ["They come across as extremely joyful."]),
        ({"joy": 0.84}, ["They come across as extremely joyful."]),
        ({"face": {"Joy": 0.84}}, ["They look extremely joyful."]),
        ({"Joy": 0.84, "modality": "face"}, ["They look extremely joyful."]),
        ({"voice": {"Sadness": 0.34}, "text": "I'm fine"}, ['They said "I\'m fine" and sound quite sad.']),
        (
            {"prosody": {"Sadness": 0.34}, "face": {"Joy": 0.84}},
            ["They sound quite sad.", "They look extremely joyful."],
        ),
        (
            [{"begin": 1.0, "Joy": 0.5}, {"begin": 0.0, "Joy": 0.84}],
            ["They come across as extremely joyful.", "They come across as moderately joyful."],
        ),
        ([{"label": "happy", "score": 0.8}, {"label": "sad", "score": 0.2}], ["They come across as clearly happy."]),
        ([{"name": "Joy", "score": 0.84}], ["They come across as extremely joyful."]),
        ({"face": [{"name": "Joy", "score": 0.84}]}, ["They look extremely joyful."]),
        (
            {"joy": "VERY_LIKELY", "surprise": "POSSIBLE"},
            ["They come across as clearly joyful and possibly surprised."],
        ),
    ],
)
def test_a_mapping_is_described(plain: Any, sentences: list[str]) -> None:
    assert said(plain) == sentences


def test_the_rest_of_a_row_says_when_who_and_where() -> None:
    """Usual names of the fields are known, whatever their case, and milliseconds are seconds afterwards."""
    row = {
        "Start": "1.5",
        "end_ms": 2500,
        "Speaker": "Ben",
        "FileName": "a.wav",
        "transcript": "so",
        "channel_number": 1,
        "confidence": 0.9,
        "voice": {"Sadness": 0.34},
    }
    segment = leed.read(row).segments()[0]
    assert (segment.begin, segment.end, segment.speaker, segment.source) == (1.5, 2.5, "Ben", "a.wav")
    assert (segment.text, segment.channel, segment.modality) == ("so", "1", "prosody")
    assert segment.extras == {"confidence": 0.9}


def test_rows_of_one_speaker_stand_in_one_track() -> None:
    rows = [{"speaker": s, "begin": b, "Joy": b / 10} for b, s in enumerate(["Ann", "Ben", "Ann"])]
    recording = leed.read(rows)
    assert [(t.speaker, t.begin.tolist()) for t in recording.tracks] == [("Ann", [0.0, 2.0]), ("Ben", [1.0])]
    assert [s.speaker for s in recording.segments()] == ["Ann", "Ben", "Ann"]


def test_labels_are_spelled_as_their_taxonomy_has_them() -> None:
    recording = leed.read({"aesthetic_appreciation": 0.5, "JOY": 0.4, "empathic-pain": 0.1})
    assert set(recording.tracks[0].labels) == {"Aesthetic Appreciation", "Joy", "Empathic Pain"}


def test_probabilities_that_sum_to_1_are_exclusive() -> None:
    track = leed.read({"HAPPY": 0.133, "NEUTRAL": 0.476, "SAD": 0.386, "ANGRY": 0.005, "modality": "voice"})
    assert (track.tracks[0].quantity, track.tracks[0].exclusive) == ("probability", True)
    assert [str(d) for d in leed.describe_all(track)] == ["They sound either neutral or sad."]


def test_a_label_that_is_also_a_field_is_a_field() -> None:
    """'speaker' is who, not a label; an 'id' may be a row's."""
    assert leed.read({"speaker": "spk_0", "Joy": 0.84}).segments()[0].speaker == "spk_0"
    assert leed.read({"id": "7", "Joy": 0.84}).segments()[0].speaker is None


@pytest.mark.parametrize(
    ("plain", "sentence", "issues"),
    [
        ({"Joy": "0.84"}, "They come across as extremely joyful.", ["not-a-number"]),
        ({"Joy": 1.3}, "They come across as extremely joyful.", ["out-of-range"]),
        ({"Joy": -0.2, "Awe": 0.5}, "They come across as moderately awed.", ["out-of-range"]),
        ({"Joy": float("nan"), "Awe": 0.5}, "They come across as moderately awed.", ["not-finite"]),
        ({"Joy": float("inf"), "Awe": 0.5}, "They come across as moderately awed.", ["not-finite"]),
        ({"Joy": 10**400, "Awe": 0.5}, "They come across as moderately awed.", ["not-finite"]),
        ({"Joy": None, "Awe": 0.5}, "They come across as moderately awed.", []),
        ({"Joy": [], "Awe": 0.5}, "They come across as moderately awed.", ["unreadable-score"]),
        ({"Joy": "a lot", "Awe": 0.5}, "They come across as moderately awed.", ["unreadable-score"]),
        ({"Joy": 0.84, "joy": 0.2}, "They come across as extremely joyful.", ["duplicate-label"]),
        ({"Awe": 0.5, "comment": "typed by hand"}, "They come across as moderately awed.", ["not-read"]),
        ({"Awe": 0.5, "tags": ["a"]}, "They come across as moderately awed.", ["not-read"]),
    ],
)
def test_an_odd_score_is_described_and_reported(plain: Any, sentence: str, issues: list[str]) -> None:
    assert said(plain) == [sentence]
    assert codes(plain) == issues


def test_a_row_that_is_no_mapping_is_left_out_and_reported() -> None:
    recording = leed.read([{"Joy": 0.84}, 3, {"Joy": 0.5}], format="mapping")
    assert len(recording) == 2
    assert [i.code for i in recording.issues] == ["not-read"]


def test_no_row_at_all_is_reported() -> None:
    recording = leed.read([], format="mapping")
    assert (len(recording), [i.code for i in recording.issues]) == (0, ["no-segments"])


@pytest.mark.parametrize("plain", [b"3", b'"Joy"', b"null", b"true"])
def test_a_forced_mapping_that_is_none_is_an_error(plain: bytes) -> None:
    with pytest.raises(UnknownFormatError, match="not a mapping of label to score"):
        leed.read(plain, format="mapping")


@pytest.mark.parametrize("plain", [{"a": "b"}, {"rows": 3}, {"name": "Ann", "age": 31}, [1, 2]])
def test_data_without_scores_is_refused(plain: Any) -> None:
    with pytest.raises(InputError, match="holds no scores in a shape that leed knows"):
        leed.read(plain)


@pytest.mark.parametrize("text", ['a "b" c', "a\nb", "a\x00b", "\u202ea\u202c", "שלום", "x " * 500_000])
def test_a_transcript_of_any_kind_is_kept_and_quoted(text: str) -> None:
    plain = {"prosody": {"Sadness": 0.34}, "text": text}
    assert leed.read(plain).segments()[0].text == text
    (sentence,) = said(plain)
    assert sentence.startswith('They said "')
    assert sentence.endswith('" and sound quite sad.')
    assert sentence.count('"') == 2
    assert len(sentence) < 500


@pytest.mark.parametrize("lines", [True, False])
def test_entries_of_a_label_and_its_score_that_say_when_are_stretches(lines: bool) -> None:  # noqa: FBT001 - a case
    entries = [
        {"time": 0, "speaker": "Ann", "label": "Joy", "score": 0.8},
        {"time": 1, "speaker": "Ann", "label": "Sadness", "score": 0.6},
        {"time": 0, "speaker": "Ann", "label": "Fear", "score": 0.3},
        {"time": 0, "speaker": "Ben", "label": "Joy", "score": 0.1},
    ]
    data = "\n".join(map(json.dumps, entries)) if lines else json.dumps(entries)
    recording = leed.read(data.encode())
    assert leed.read(entries) == recording
    assert [(s.speaker, s.begin, {k: round(v, 3) for k, v in s.scores.items()}) for s in recording.segments()] == [
        ("Ann", 0.0, {"Joy": 0.8, "Fear": 0.3}),
        ("Ben", 0.0, {"Joy": 0.1}),
        ("Ann", 1.0, {"Sadness": 0.6}),
    ]


def test_frames_by_number_are_kept_apart() -> None:
    entries = [{"frame": i, "name": "Joy", "score": score} for i, score in enumerate((0.9, 0.1))]
    assert [len(track) for track in leed.read(entries).tracks] == [2]
