"""Boundaries out of files: subtitles, what recognisers write, tables, recordings, plain text; odd ones too."""

import csv
import io
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leed.errors import InputError, LeedError, OptionError
from leed_adapters.media import Boundaries, read_boundaries


def told(found: Boundaries) -> list[tuple[Any, ...]]:
    return [(s.begin, s.end, s.text, s.speaker) for s in found.stretches]


def words(plain: Any) -> list[tuple[Any, ...]]:
    found = read_boundaries(json.dumps(plain).encode(), granularity="word")
    assert found.granularity == "word"
    return told(found)


# --- subtitles

VTT = """WEBVTT - a talk
Kind: captions

NOTE somebody's
note

STYLE
::cue { color: red }

intro
00:01.000 --> 00:02.500 align:start position:0%
<v Ada Lovelace>I&amp;d <i>rather</i>
not&nbsp;go

01:00:03.250 --> 01:00:04.000
<v.loud Bo>Yes <00:00:03.500><c>we</c> do</v>
<v Ada>No.

00:00:09.000 --> 00:00:10.000

"""
SRT = (
    "1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Hi</i> {\\an8}there\r\n- Ho\r\n\r\n"
    "2\r\n00:00:03,0 --> 00:00:04,000\r\n2026\r\n\r\n"
)


def test_webvtt_gives_cues_with_their_voices() -> None:
    found = read_boundaries(VTT.encode())
    assert found.granularity == "utterance"
    assert told(found) == [
        (1.0, 2.5, "I&d rather not go", "Ada Lovelace"),
        (9.0, 10.0, None, None),
        (3603.25, 3604.0, "Yes we do", "Bo"),
        (3603.25, 3604.0, "No.", "Ada"),
    ]
    assert found.issues == ()


def test_subrip_gives_cues_and_a_number_that_is_said_stays() -> None:
    found = read_boundaries(("\ufeff" + SRT).encode())
    assert told(found) == [(1.0, 2.5, "Hi there - Ho", None), (3.0, 4.0, "2026", None)]
    assert found.issues == ()


def test_cues_that_no_empty_line_parts_are_parted() -> None:
    found = read_boundaries(b"1\n00:00:01,000 --> 00:00:02,000\nHi\n2\n00:00:02,000 --> 00:00:03,000\nHo\n")
    assert told(found) == [(1.0, 2.0, "Hi", None), (2.0, 3.0, "Ho", None)]


def test_parts_that_are_no_subtitles_are_told() -> None:
    found = read_boundaries(SRT.encode() + b"3\n00:00:05 -> 00:00:06\nlost\n\nstray\n", granularity="utterance")
    assert len(found) == 2
    assert [str(issue) for issue in found.issues] == ["2 parts are no subtitles, the first '3'"]


def test_subtitles_have_no_words() -> None:
    with pytest.raises(OptionError) as error:
        read_boundaries(SRT.encode(), granularity="word")
    assert str(error.value) == (
        "the input: has utterances, and no times for each word: give granularity 'utterance' or above, or a transcript "
        "with times for each word"
    )


def test_subtitles_without_a_cue_are_an_error() -> None:
    with pytest.raises(InputError, match=r"^the input: holds no cue with times, as in '00:00:01\.000 -->"):
        read_boundaries(b"WEBVTT\n\n")


# --- recognisers

HELLO = [(0.1, 0.4, "Hello,", None), (0.5, 0.9, "you.", None)]
SPOKEN = [(0.1, 0.4, "Hello,", "A"), (0.5, 0.9, "you.", "B")]


def entries(
    text: str, begin: str = "start", end: str = "end", by: Any = float, **more: list[Any]
) -> list[dict[str, Any]]:
    made = [{text: "Hello,", begin: by(0.1), end: by(0.4)}, {text: "you.", begin: by(0.5), end: by(0.9)}]
    for name, values in more.items():
        for entry, value in zip(made, values, strict=True):
            entry[name] = value
    return made


SEGMENT = {"id": 0, "start": 0.1, "end": 0.9, "text": " Hello, you."}


@pytest.mark.parametrize("plain", [
    {"text": "", "segments": [{**SEGMENT, "words": entries("word", probability=[0.9, 0.8])}], "language": "en"},
    [{**SEGMENT, "words": entries("word")}],
    {"segments": [{**SEGMENT, "words": entries("word", score=[0.9, 0.8])}], "word_segments": entries("word")},
    {"task": "transcribe", "duration": 1.0, "text": "Hello, you.", "segments": [SEGMENT], "words": entries("word")},
    {"task": "transcribe", "text": "Hello, you.", "words": entries("word")},
], ids=["openai-whisper", "faster-whisper", "WhisperX", "verbose_json", "verbose_json of words"])  # fmt: skip
def test_the_whisper_family_has_words(plain: Any) -> None:
    assert words(plain) == HELLO


def test_whisper_has_segments_unless_words_are_asked_for() -> None:
    plain = {"segments": [{**SEGMENT, "words": entries("word")}]}
    assert told(read_boundaries(plain)) == [(0.1, 0.9, "Hello, you.", None)]
    assert read_boundaries(plain).granularity == "utterance"
    assert told(read_boundaries(plain, granularity="sentence")) == [(0.1, 0.9, "Hello, you.", None)]


def test_whisperx_names_speakers_and_leaves_times_out() -> None:
    said = entries("word", speaker=["A", "B"])
    del said[1]["start"], said[1]["end"]
    found = read_boundaries({"segments": [{**SEGMENT, "words": said, "speaker": "A"}]}, granularity="word")
    assert told(found)[0] == (0.1, 0.4, "Hello,", "A")
    assert math.isnan(found.stretches[1].begin)
    assert found.stretches[1].speaker == "B"
    assert [issue.code for issue in found.issues] == ["no-times"]


def test_openai_diarized_segments_have_speakers() -> None:
    plain = {
        "text": "Hello, you.",
        "segments": entries("text", speaker=["A", "B"], type=["transcript.text.segment"] * 2),
    }
    assert told(read_boundaries(plain)) == SPOKEN


def test_whisper_cpp_counts_milliseconds() -> None:
    plain = {
        "systeminfo": "",
        "transcription": [
            {"timestamps": {"from": "00:00:00,100"}, "offsets": {"from": 100, "to": 900}, "text": " Hello, you."}
        ],
    }
    assert told(read_boundaries(plain)) == [(0.1, 0.9, "Hello, you.", None)]


def test_hugging_face_chunks_are_words_or_phrases() -> None:
    chunks = [{"timestamp": [0.1, 0.4], "text": " Hello,"}, {"timestamp": [0.5, 0.9], "text": " you."}]
    assert words({"text": "Hello, you.", "chunks": chunks}) == HELLO
    phrases = read_boundaries({"text": "x", "chunks": [{"timestamp": (0.1, None), "text": " Hello, you."}]})
    assert phrases.granularity == "utterance"
    assert math.isnan(phrases.stretches[0].end)


def test_deepgram_has_words_utterances_and_channels() -> None:
    said = entries("word", punctuated_word=["Hello,", "you."], speaker=[0, 1], confidence=[1, 1])
    said[0]["word"] = "hello"
    channel = {"alternatives": [{"transcript": "Hello, you.", "words": said}]}
    utterance = {"start": 0.1, "end": 0.9, "transcript": "Hello, you.", "channel": 0, "speaker": 0, "words": said}
    plain = {"metadata": {}, "results": {"channels": [channel], "utterances": [utterance]}}
    assert words(plain) == [(0.1, 0.4, "Hello,", "0"), (0.5, 0.9, "you.", "1")]
    assert told(read_boundaries(plain)) == [(0.1, 0.9, "Hello, you.", "0")]
    two = read_boundaries({"results": {"channels": [channel, channel]}})
    assert [(s.text, s.channel) for s in two.stretches] == [("Hello,", 0), ("Hello,", 1), ("you.", 0), ("you.", 1)]


def test_assemblyai_counts_milliseconds() -> None:
    said = entries("text", by=lambda s: round(s * 1000), speaker=["A", "B"], confidence=[1, 1])
    plain = {
        "id": "1",
        "status": "completed",
        "audio_duration": 1,
        "text": "Hello, you.",
        "words": said,
        "utterances": None,
    }
    assert words(plain) == SPOKEN
    plain["utterances"] = [{"start": 100, "end": 900, "text": "Hello, you.", "speaker": "A", "words": said}]
    assert told(read_boundaries(plain)) == [(0.1, 0.9, "Hello, you.", "A")]


def test_aws_joins_punctuation_to_words_and_finds_speakers_in_either_place() -> None:
    items: list[dict[str, Any]] = [
        {"type": "pronunciation", "start_time": "0.1", "end_time": "0.4", "alternatives": [{"content": "Hello"}]},
        {"type": "punctuation", "alternatives": [{"content": ","}]},
        {"type": "pronunciation", "start_time": "0.5", "end_time": "0.9", "alternatives": [{"content": "you"}]},
        {"type": "punctuation", "alternatives": [{"content": "."}]},
    ]
    results: dict[str, Any] = {"transcripts": [{"transcript": "Hello, you."}], "items": items}
    assert words({"jobName": "x", "results": results}) == HELLO
    labels = [{"items": [{"start_time": t, "speaker_label": f"spk_{i}"}]} for i, t in enumerate(("0.1", "0.5"))]
    old = {"results": {**results, "speaker_labels": {"segments": labels}}}
    assert [w[3] for w in words(old)] == ["spk_0", "spk_1"]
    for item in items:
        item["speaker_label"] = "spk_1"
    audio = [{"start_time": "0.1", "end_time": "0.9", "transcript": "Hello, you.", "speaker_label": "spk_1"}]
    new = {"results": {**results, "audio_segments": audio}}
    assert [w[3] for w in words(new)] == ["spk_1", "spk_1"]
    assert told(read_boundaries(new)) == [(0.1, 0.9, "Hello, you.", "spk_1")]


@pytest.mark.parametrize(("begin", "end", "by"), [
    ("startTime", "endTime", lambda s: f"{s}s"),
    ("startOffset", "endOffset", lambda s: f"{s:.3f}s"),
    ("start_time", "end_time", lambda s: {"seconds": "0", "nanos": round(s * 1e9)}),
])  # fmt: skip
def test_google_has_durations_in_several_forms(begin: str, end: str, by: Any) -> None:
    said = entries("word", begin, end, by)
    assert words({"results": [{"alternatives": [{"transcript": "Hello, you.", "words": said}]}]}) == HELLO


def test_google_with_speakers_tells_all_words_again_at_the_end() -> None:
    plain = entries("word", "startTime", "endTime", lambda s: f"{s}s")
    tagged = entries("word", "startTime", "endTime", lambda s: f"{s}s", speakerTag=[1, 2])
    results = [{"alternatives": [{"words": [plain[0]]}]}, {"alternatives": [{"words": [plain[1]]}]}]
    found = words({"results": [*results, {"alternatives": [{"words": tagged}]}]})
    assert found == [(0.1, 0.4, "Hello,", "1"), (0.5, 0.9, "you.", "2")]


def test_azure_counts_ticks_or_milliseconds() -> None:
    ticks = entries("displayText", "offsetInTicks", "durationInTicks", lambda s: s * 1e7)
    for word, length in zip(ticks, (0.3, 0.4), strict=True):
        word["durationInTicks"] = length * 1e7
    phrase = {"offsetInTicks": 1e6, "durationInTicks": 8e6, "speaker": 1, "channel": 0}
    batch = {"recognizedPhrases": [{**phrase, "nBest": [{"display": "Hello, you.", "displayWords": ticks}]}]}
    assert told(read_boundaries(batch)) == [(0.1, 0.9, "Hello, you.", "1")]
    assert [(round(b, 3), round(e, 3), t, s) for b, e, t, s in words(batch)] == [(*w[:3], "1") for w in HELLO]
    fast_words = [{"text": "Hello,", "offsetMilliseconds": 100, "durationMilliseconds": 300}]
    fast = {"offsetMilliseconds": 100, "durationMilliseconds": 800, "text": "Hello, you.", "words": fast_words}
    assert told(read_boundaries({"combinedPhrases": [], "phrases": [fast]})) == [(0.1, 0.9, "Hello, you.", None)]
    assert words({"phrases": [fast]}) == [(0.1, 0.4, "Hello,", None)]
    detailed = {"Offset": 1_000_000, "Duration": 8_000_000, "NBest": [
        {"Display": "Hello, you.", "Words": [{"Word": "hello", "Offset": 1_000_000, "Duration": 3_000_000}]},
    ]}  # fmt: skip
    assert told(read_boundaries(detailed)) == [(0.1, 0.9, "Hello, you.", None)]
    assert words(detailed) == [(0.1, 0.4, "hello", None)]


def test_vosk_answers_come_one_or_several_or_a_line_each() -> None:
    answer: dict[str, Any] = {"result": entries("word", conf=[1.0, 1.0]), "text": "Hello, you."}
    assert words(answer) == words([answer]) == HELLO
    lines = b"\n".join(json.dumps({"result": [e], "text": e["word"]}).encode() for e in answer["result"])
    assert told(read_boundaries(lines)) == HELLO


# --- rows


@pytest.mark.parametrize(
    "header", ["begin,end,text,speaker", "Start;Stop;Transcript;Who", "onset\toffset\ttext\tspeaker"]
)
def test_tables_have_rows_of_boundaries(header: str) -> None:
    mark = next(m for m in ",;\t" if m in header)
    out = io.StringIO()
    csv.writer(out, delimiter=mark).writerows(
        [header.split(mark), (0.1, 0.4, "Hello, you", "A"), ("1:02.5", 63, "", "")]
    )
    found = read_boundaries(out.getvalue().encode())
    assert told(found) == [(0.1, 0.4, "Hello, you", "A"), (62.5, 63.0, None, None)]


def test_rows_may_say_how_long_they_are_and_in_which_channel() -> None:
    found = read_boundaries([{"start": 1, "duration": 0.5, "word": "hm", "channel": 1}])
    assert (found.granularity, told(found), found.stretches[0].channel) == ("word", [(1.0, 1.5, "hm", None)], 1)


def test_rows_as_json_lines_are_read() -> None:
    assert told(read_boundaries(b'{"begin": 0, "end": 1, "text": "a"}\n{"begin": 1, "end": 2, "text": "b"}\n')) == [
        (0.0, 1.0, "a", None),
        (1.0, 2.0, "b", None),
    ]


# --- recordings, and lines of text


def test_a_recording_gives_each_of_its_stretches_once() -> None:
    rows = [
        {"modality": modality, "begin": begin, "end": begin + 1, "text": text, "speaker": "A", "Joy": 0.5, "Fear": 0.1}
        for modality in ("prosody", "language")
        for begin, text in ((0.0, "Hi."), (2.0, "Ho."))
    ]
    assert told(read_boundaries(rows)) == [(0.0, 1.0, "Hi.", "A"), (2.0, 3.0, "Ho.", "A")]


def test_lines_of_text_are_utterances_without_times() -> None:
    found = read_boundaries(b"Hello there.\n\n  How  are you?\r\nFine\n")
    assert [s.text for s in found.stretches] == ["Hello there.", "How are you?", "Fine"]
    assert all(math.isnan(s.begin) and math.isnan(s.end) for s in found.stretches)
    assert (found.granularity, found.issues) == ("utterance", ())


def test_a_path_names_the_source_of_issues(tmp_path: Path) -> None:
    path = tmp_path / "talk.txt"
    path.write_bytes(b"na\xefve\n")
    found = read_boundaries(path)
    assert found.stretches[0].text == "naïve"
    assert [issue.source for issue in found.issues] == ["talk.txt"]


# --- odd input


def test_odd_times_are_told_and_nothing_is_lost() -> None:
    rows = [
        {"begin": 3.0, "end": 2.0, "text": "reversed"},
        {"begin": 4.0, "end": 4.0, "text": "empty"},
        {"begin": "soon", "end": 5.0, "text": "no time"},
        {"begin": 5.0, "end": 7.0, "text": "long"},
        {"begin": 6.0, "end": 8.0, "text": "overlapping"},
        {"begin": -1.0, "end": 1.0, "text": "early"},
    ]
    found = read_boundaries(rows)
    assert [s.text for s in found.stretches] == ["early", "reversed", "empty", "no time", "long", "overlapping"]
    assert (found.stretches[1].begin, found.stretches[1].end) == (2.0, 3.0)
    assert [str(issue) for issue in found.issues] == [
        "1 of 6 stretches have no time, or none that can be read",
        "1 stretches end before they begin; their times are exchanged",
        "1 stretches end when they begin",
        "1 stretches begin before the start",
        "1 stretches begin before the one before them of the same speaker has ended",
    ]


def test_two_speakers_may_talk_at_once() -> None:
    rows = [{"begin": 0, "end": 2, "text": "a", "speaker": "A"}, {"begin": 1, "end": 3, "text": "b", "speaker": "B"}]
    assert read_boundaries(rows).issues == ()


@pytest.mark.parametrize(("source", "told"), [
    (b"", "the input: is empty: give WebVTT"),
    (b" \n", "the input: is empty: give WebVTT"),
    (b"RIFF\x00\x00WAVE", "the input: holds no boundaries: give WebVTT"),
    (b"\x01\x02\x03", "the input: is no text: give WebVTT"),
    (b'{"a": 1}', "the input: holds no boundaries: give WebVTT"),
    (b"[]", "the input: holds no boundaries: give WebVTT"),
    (b'{"segments": [{"start": 1', "the input: "),
    ({"Joy": 0.5}, "the dict given: is a recording whose segments have neither times nor texts: give WebVTT"),
    ("/nowhere/talk.vtt", "/nowhere/talk.vtt: "),
])  # fmt: skip
def test_what_has_no_boundaries_gives_one_line(source: Any, told: str) -> None:
    with pytest.raises(InputError) as error:
        read_boundaries(source)
    assert str(error.value).startswith(told)
    assert "\n" not in str(error.value)


def test_an_unknown_granularity_is_refused_before_anything_is_read() -> None:
    with pytest.raises(
        OptionError, match="granularity 'clip' is not known: give one of word, sentence, utterance, turn"
    ):
        read_boundaries("/nowhere", granularity="clip")


def shapes() -> st.SearchStrategy[Any]:
    names = st.sampled_from(
        ["segments", "words", "word", "text", "start", "end", "results", "channels", "alternatives", "items", "phrases",
         "NBest", "chunks", "timestamp", "transcription", "offsets", "result", "content", "utterances", "begin"]
    )  # fmt: skip
    leaves = (
        st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["1.5s", "x", "", "00:01", "1e999"])
    )
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4))


@given(shapes())
def test_json_of_any_shape_is_read_or_refused_by_leed(plain: Any) -> None:
    try:
        found = read_boundaries(json.dumps(plain).encode())
    except LeedError:
        return
    assert isinstance(found, Boundaries)


LINES = ["WEBVTT", "1", "", "00:01.000 --> 00:02.000", "00:00:03,5 --> 99999:00:00,1", "-->", "<v A>x", "<v", "NOTE"]


@given(st.lists(st.sampled_from([*LINES, "&#999999999;", "{\\an8}", "text"]), max_size=12))
def test_text_of_any_lines_is_read_or_refused_by_leed(lines: list[str]) -> None:
    try:
        found = read_boundaries("\n".join(lines).encode())
    except LeedError:
        return
    assert all(s.begin <= s.end or math.isnan(s.begin) for s in found.stretches)


def test_the_csv_of_a_service_is_a_recording_and_no_text() -> None:
    table = b"Id,Text,BeginTime,EndTime,Confidence,Joy\nA,Hi there,1.5,2.5,0.9,0.4\nA,Well,3.0,3.5,0.9,0.1\n"
    found = read_boundaries(table)
    assert [(s.begin, s.end, s.text, s.speaker) for s in found.stretches] == [
        (1.5, 2.5, "Hi there", "A"),
        (3.0, 3.5, "Well", "A"),
    ]


def test_a_table_without_a_known_column_of_text_names_those_that_are_left_out() -> None:
    found = read_boundaries(b"start;stop;wer;was\n0;5;Ann;Hello\n")
    assert [(s.begin, s.end, s.text) for s in found.stretches] == [(0.0, 5.0, None)]
    assert [issue.message for issue in found.issues] == [
        "no column is called text, transcript or word, so that there are no words; left out are wer, was"
    ]


def test_words_of_a_recording_without_times_are_all_there_once() -> None:
    rows = [{"modality": "language", "text": text, "Joy": 0.5} for text in ("Yes", "no", "Yes")]
    found = read_boundaries([*rows, *({**row, "modality": "prosody"} for row in rows)])
    assert [stretch.text for stretch in found.stretches] == ["Yes", "no", "Yes"]
