"""SenseVoice transcripts: tags of emotions and sounds, with and without text, one stretch or several."""

from typing import Any

import pytest

import leed
from leed.errors import UnknownFormatError
from tests.support.told import said


def row(text: str, **fields: Any) -> list[dict[str, Any]]:
    return [{"key": "clip_1", "text": text} | fields]


HAPPY = 'They said "Thank you so much." and sound happy.'
UNREPORTED = 'They said "hm", and there are no scores for their voice.'


@pytest.mark.parametrize(
    ("source", "sentences"),
    [
        (row("<|en|><|HAPPY|><|Speech|><|withitn|>Thank you so much."), [HAPPY]),
        (row("<|en|> <|HAPPY|> <|Speech|> <|woitn|> Thank you so much."), [HAPPY]),
        (row("<|Speech|><|woitn|><|HAPPY|><|en|>Thank you so much."), [HAPPY]),
        (row("Thank you so much. <|HAPPY|>"), [HAPPY]),
        (row("<|HAPPY|>Thank you so much."), [HAPPY]),
        (b"<|en|><|HAPPY|><|Speech|><|woitn|>Thank you so much.\n", [HAPPY]),
        ({"text": "Thank you so much.", "lang": "<|en|>", "emotion": "<|HAPPY|>", "event": "<|Speech|>"}, [HAPPY]),
        ({"result": row("😊", raw_text="<|en|><|HAPPY|><|Speech|><|woitn|>Thank you so much.")}, [HAPPY]),
        (row("Thank you so much.😊"), [HAPPY]),
        (row("😀Thank you so much.😊"), [HAPPY, "They laughed."]),
        (row("<|en|><|HAPPY|><|Laughter|><|woitn|>Thank you so much."), [HAPPY, "They laughed."]),
        (
            row("<|zh|><|SAD|><|Speech|><|woitn|>one <|en|><|ANGRY|><|Cough|><|woitn|>two"),
            ['They said "one" and sound sad.', 'They said "two" and sound angry.', "They coughed."],
        ),
        (row("<|en|><|NEUTRAL|><|Speech|><|woitn|>well"), ['They said "well" and sound neutral.']),
        (row("<|en|><|EMO_UNKNOWN|><|Speech|><|woitn|>hm"), [UNREPORTED]),
        (row("<|en|><|Speech|><|woitn|>hm"), [UNREPORTED]),
        (row("<|en|><|SURPRISED|><|Cry|><|woitn|>"), ["They sound surprised.", "They cried."]),
    ],
)
def test_a_transcript_is_described(source: Any, sentences: list[str]) -> None:
    assert said(source) == sentences
    assert said(source, format="sensevoice") == sentences


def test_a_tag_is_presence_without_a_score() -> None:
    recording = leed.read(row("<|en|><|HAPPY|><|Laughter|><|BGM|><|woitn|>so"))
    voice, burst = recording.tracks
    assert (voice.modality, voice.taxonomy, voice.quantity) == ("prosody", "sensevoice-8", "presence")
    assert (burst.modality, burst.taxonomy, burst.quantity) == ("burst", "sensevoice-events-4", "presence")
    segment = recording.segments()[0]
    assert (segment.scores, segment.text, segment.source) == ({"HAPPY": 1.0}, "so", "clip_1")
    assert segment.extras == {"detected_language": "en", "events": "bgm"}
    assert recording.issues == ()


def test_what_reports_no_emotion_is_an_issue() -> None:
    recording = leed.read(row("<|en|><|EMO_UNKNOWN|>hm") + row("no tags") + row("<|en|><|SAD|>oh"))
    assert [(i.code, i.message) for i in recording.issues] == [
        ("no-scores", "a stretch has the tag EMO_UNKNOWN, so it reports nothing"),
        ("no-scores", "a stretch has no tag of an emotion, so it reports nothing"),
    ]
    assert len(recording) == 3


def test_a_tag_within_a_stretch_that_has_one_is_not_counted() -> None:
    recording = leed.read(row("<|en|><|SAD|><|Speech|>he said <|HAPPY|> to me"))
    assert [str(d) for d in leed.describe_all(recording)] == ['They said "he said to me" and sound sad.']
    assert [i.code for i in recording.issues] == ["not-read"]


def test_sentences_have_times_and_speakers() -> None:
    """FunASR counts milliseconds."""
    sentences = [
        {"text": "<|zh|><|SAD|>第一句", "start": 0, "end": 1200, "spk": 0},
        {"text": "<|en|><|HAPPY|>Yeah.", "timestamp": [[1200, 1500], [1500, 2400]], "spk": 1},
    ]
    recording = leed.read(row("<|zh|><|SAD|>第一句<|en|><|HAPPY|>Yeah.", sentence_info=sentences))
    assert [(s.begin, s.end, s.speaker, s.text) for s in recording.segments()] == [
        (0.0, 1.2, "0", "第一句"),
        (1.2, 2.4, "1", "Yeah."),
    ]


def test_tags_that_nobody_knows_stay_text() -> None:
    assert said(row("<|en|><|SAD|>press <|enter|> now")) == ['They said "press <|enter|> now" and sound sad.']


def test_a_transcript_without_tags_is_a_near_miss() -> None:
    with pytest.raises(UnknownFormatError, match="is a FunASR transcript without tags: it tells no expression"):
        leed.read(row("thank you"))
    recording = leed.read(row("thank you"), format="sensevoice")
    assert [i.code for i in recording.issues] == ["no-scores"]


def test_text_without_any_tag_is_refused_when_forced() -> None:
    with pytest.raises(UnknownFormatError, match="is text without any tag of SenseVoice"):
        leed.read(b"thank you", format="sensevoice")


@pytest.mark.parametrize("plain", [[{"key": "clip_1", "text": ""}]])
def test_nothing_found_is_an_empty_recording(plain: Any) -> None:
    recording = leed.read(plain)
    assert (len(recording), [i.code for i in recording.issues]) == (0, ["nothing-detected"])
