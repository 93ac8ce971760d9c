"""Beyond Verbal: analysed segments, a summary alone, and answers without an analysis."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leed
from leed.errors import UnknownFormatError
from tests.support.mangling import changed, harmless, mangled
from tests.support.parts import shared
from tests.support.told import said

Plain = dict[str, Any]


def dimension(value: Any, group: str) -> Plain:
    return {"Value": value, "Group": group, "Summary": {"Mean": value, "Mode": group, "ModePct": 100}}


def segment(arousal: Any, valence: Any, *, groups: tuple[str, str] = ("low", "neutral"), offset: Any = 0) -> Plain:
    """An analysed stretch of ten seconds."""
    return {
        "offset": offset,
        "duration": 10_000,
        "analysis": {
            "Temper": dimension("18.36", "low"),
            "Valence": dimension(valence, groups[1]),
            "Arousal": dimension(arousal, groups[0]),
            "Gender": {"Group": "male"},
            "AudioQuality": {"Value": "0.78"},
            "Mood": {"Group11": {"Primary": {"Id": 9, "Phrase": "Sadness, Sorrow"}}},
        },
    }


def answer(*segments: Plain, status: str = "Done", recording: str = "77cc", **fields: Any) -> Plain:
    result = {"duration": "34310.50", "sessionStatus": status, "analysisSegments": list(segments)} | fields
    return {"status": "success", "result": result, "recordingId": recording}


def test_arousal_and_valence_are_described_by_their_distance_from_the_middle() -> None:
    """As in example 16: 0 to 100 become 0 to 1, and milliseconds become seconds."""
    plain = answer(
        segment("90.00", "20.00", groups=("high", "negative")),
        segment("12.00", "48.00", offset=10_000),
        segment(50, 50, groups=("neutral", "neutral"), offset=20_000),
    )
    recording = leed.read(plain)
    assert [str(d) for d in leed.describe_all(recording)] == [
        "They sound highly energetic and rather negative in tone.",
        "They sound very subdued.",
        "They sound neutral.",
    ]
    assert said(json.dumps(plain).encode()) == said(plain)
    (track,) = recording.tracks
    assert (track.source, track.modality, track.granularity) == ("recording 77cc", "prosody", "utterance")
    assert (track.taxonomy, track.quantity, track.exclusive) == ("dimensions-3", "bipolar", False)
    assert (track.begin.tolist(), track.end.tolist()) == ([0.0, 10.0, 20.0], [10.0, 20.0, 30.0])
    assert recording.segments()[1].scores == {"arousal": 0.12, "valence": 0.48}
    assert recording.issues == ()
    assert leed.read(recording.to_json()) == recording


def test_what_has_no_words_is_kept_and_not_said() -> None:
    assert leed.read(answer(segment("1.83", "43.27"))).segments()[0].extras == {
        "temper": 18.36,
        "temper_group": "low",
        "valence_group": "neutral",
        "arousal_group": "low",
        "gender_group": "male",
        "audio_quality": 0.78,
        "mood_group11_primary_id": 9.0,
        "mood_group11_primary_phrase": "Sadness, Sorrow",
    }


def test_a_middle_group_that_is_not_near_the_middle_is_reported() -> None:
    recording = leed.read(answer(segment("50", "25.07")))
    assert [str(d) for d in leed.describe_all(recording)] == ["They sound rather negative in tone."]
    (issue,) = recording.issues
    assert (issue.code, issue.where) == ("group-differs", "valence")
    assert issue.message == "1 segments are in Beyond Verbal's middle group, but described by how far they are from 50"


def test_an_ambiguous_value_is_not_reported() -> None:
    recording = leed.read(answer(segment("12", "48", groups=("ambiguous", "ambiguous"))))
    assert [str(i) for i in recording.issues] == ["recording 77cc: 1 of 1 segments report neither arousal nor valence"]
    assert recording.segments()[0].scores == {}


def test_a_summary_alone_is_one_clip() -> None:
    summary = {"AnalysisResult": {"Arousal": {"Mean": "8.00", "Mode": "low"}, "Valence": {"Mean": "50.00"}}}
    recording = leed.read(answer(analysisSummary=summary))
    assert [str(d) for d in leed.describe_all(recording)] == ["They sound very subdued."]
    track = recording.tracks[0]
    assert (track.granularity, track.begin.tolist(), track.end.tolist()) == ("clip", [0.0], [34.3105])


def test_several_answers_are_several_sources() -> None:
    plain = [answer(segment("1", "50")), answer(segment("99", "50"), recording="88"), answer(recording="99")]
    recording = leed.read(plain)
    assert recording.sources == ("recording 77cc", "recording 88")
    assert [str(i) for i in recording.issues] == [
        "recording 99: it is a Beyond Verbal answer without segments: there was too little speech to analyse"
    ]


@pytest.mark.parametrize(
    ("plain", "code"),
    [
        (answer(segment("much", "50")), "unreadable-score"),
        (answer(segment("1e999", "50")), "not-finite"),
        (answer(segment("1", "50", offset="soon")), "unreadable-time"),
        (answer(segment("1", "50"), status="Processing"), "incomplete"),
    ],
)
def test_odd_answers_are_read_and_reported(plain: Plain, code: str) -> None:
    recording = leed.read(plain)
    assert len(recording) == 1
    assert code in [i.code for i in recording.issues]


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        (answer(status="Started"), "without segments .session status Started.; the analysis was not done yet"),
        (answer(), "without segments: there was too little speech to analyse"),
    ],
)
def test_an_answer_without_an_analysis_is_a_near_miss(plain: Plain, message: str) -> None:
    for options in ({}, {"format": "beyond-verbal"}):
        with pytest.raises(UnknownFormatError, match=message):
            leed.read(plain, **options)


@pytest.mark.parametrize("source", [b"{}", b"[1]", b'"a"'])
def test_what_is_no_answer_is_refused_when_forced(source: bytes) -> None:
    with pytest.raises(UnknownFormatError, match="holds no Beyond Verbal result"):
        leed.read(source, format="beyond-verbal")


@pytest.mark.needs_data
def test_a_real_answer_is_described() -> None:
    recording = leed.read(shared("other/beyondverbal-sample.json"))
    assert [str(d) for d in leed.describe_all(recording)] == ["They sound very subdued."]
    segment = recording.segments()[0]
    assert (segment.begin, segment.end) == (2.936, 24.806)
    assert segment.scores == {"arousal": 0.0183, "valence": 0.4327}
    assert (segment.extras["temper"], segment.extras["mood_composite_primary_phrase"]) == (
        18.36,
        "Communication difficulties.",
    )
    assert recording.issues == ()


# --- hostile input

FIXTURE = [answer(segment("90.00", "20.00"), segment("12.00", "48.00", offset=10_000))]


@settings(max_examples=150)
@given(st.integers(0, 2**32))
def test_changed_values_are_harmless(seed: int) -> None:
    plain = changed(FIXTURE, seed)
    harmless(plain)
    harmless(plain, format="beyond-verbal")


@settings(max_examples=150)
@given(st.integers(0, 2**32))
def test_mangled_bytes_are_harmless(seed: int) -> None:
    broken = mangled(json.dumps(FIXTURE).encode(), seed)
    harmless(broken)
    harmless(broken, format="beyond-verbal")
