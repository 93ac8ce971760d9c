"""Behavioral Signals v5: results of a process, bare rows, streaming messages, and a process without results."""

import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leed
from leed.errors import UnknownFormatError
from tests.support.mangling import changed, harmless, mangled
from tests.support.parts import shared
from tests.support.told import codes, said

Plain = dict[str, Any]


def row(task: str, *predictions: tuple[str | None, str | None], stretch: str = "0", **fields: Any) -> Plain:
    """A result of one task for one stretch; the first label is the final one."""
    begin = 4.25 + 10 * int(stretch)
    return {
        "id": stretch,
        "startTime": str(begin),
        "endTime": str(begin + 5.5),
        "task": task,
        "prediction": [{"label": label, "posterior": p, "dominantInSegments": []} for label, p in predictions],
        "finalLabel": predictions[0][0] if predictions else None,
        "level": "utterance",
        "embedding": None,
    } | fields


def calm(stretch: str = "0") -> list[Plain]:
    """The rows of example 21 a of SENTENCES.md."""
    return [
        row("asr", (" Right, I'll see to it.", None), stretch=stretch),
        row("diarization", ("SPEAKER_01", None), stretch=stretch, embedding="[1.5, -2.25, 1e-3]"),
        row("language", ("en", "0.916015625"), ("ja", "0.00027108192443847656"), stretch=stretch),
        row("features", (None, None), stretch=stretch, embedding="[0.5, 0.25, -0.125, 4]"),
        row("gender", ("male", "0.82"), ("female", "0.18"), stretch=stretch),
        row("age", ("46 - 65", "0.73"), ("31 - 45", "0.27"), stretch=stretch),
        row("emotion", ("neutral", "0.93"), ("sad", "0.04"), ("happy", "0.03"), ("angry", "1e-04"), stretch=stretch),
        row("positivity", ("neutral", "0.9"), ("positive", "0.06"), ("negative", "0.04"), stretch=stretch),
        row("strength", ("neutral", "0.8"), ("weak", "0.15"), ("strong", "0.05"), stretch=stretch),
        row("speaking_rate", ("fast", "0.79"), ("normal", "0.2"), ("slow", "0.01"), stretch=stretch),
        row("hesitation", ("yes", "0.83"), ("no", "0.17"), stretch=stretch),
        row("engagement", ("neutral", "0.6"), ("withdrawn", "0.3"), ("engaged", "0.1"), stretch=stretch),
    ]


def torn(stretch: str = "1") -> list[Plain]:
    """The rows of example 21 b, of another speaker."""
    return [
        row("diarization", ("SPEAKER_00", None), stretch=stretch),
        row("emotion", ("sad", "0.51"), ("neutral", "0.45"), ("happy", "0.03"), ("angry", "0.01"), stretch=stretch),
        row("strength", ("weak", "0.51"), ("neutral", "0.48"), ("strong", "0.01"), stretch=stretch),
        row("speaking_rate", ("slow", "0.66"), ("normal", "0.3"), ("fast", "0.04"), stretch=stretch),
        row("hesitation", ("yes", "0.62"), ("no", "0.38"), stretch=stretch),
    ]


def envelope(*rows: Plain, code: int = 2, pid: int = 7, **fields: Any) -> Plain:
    """What the API answers."""
    return {"pid": pid, "cid": 10, "code": code, "message": "Processing Complete", "results": list(rows)} | fields


def streamed(number: int, *rows: Plain, level: str = "segment") -> Plain:
    """A message as protobuf writes it: numbers that are long as text, and what is empty as "" or not there."""
    result = []
    for given_row in rows:
        plain = {k: v for k, v in given_row.items() if v is not None} | {"level": level}
        plain["prediction"] = [{k: v for k, v in p.items() if v} for p in given_row["prediction"]]
        result.append(plain | {"finalLabel": given_row["finalLabel"] or ""})
    return {"cid": "10", "pid": "7", "messageId": number, "result": result}


CALM = """They said "Right, I'll see to it." and sound neutral and hesitant, and speak fast."""
TORN = "They sound either sad or neutral, probably hesitant, and probably speak slowly."


@pytest.mark.parametrize(
    "source",
    [
        envelope(*calm(), *torn()),
        [*calm(), *torn()],
        [envelope(*calm(), *torn())],
        json.dumps(envelope(*calm(), *torn())).encode(),
        json.dumps([*torn(), *calm()], indent=2).encode(),
        b"\n".join(json.dumps(row).encode() for row in [*calm(), *torn()]),
        {k: v for k, v in envelope(*calm(), *torn()).items() if k == "results"},
        [*calm()[6:], *torn(), *calm()[:6]],  # rows of one stretch need not stand together
    ],
)
def test_all_tasks_of_a_stretch_are_one_sentence(source: Any) -> None:
    """Examples 21 a and b, from an envelope, bare rows and JSON lines."""
    assert said(source) == [CALM, TORN]
    assert codes(source) == []


def test_a_recording_holds_everything_that_the_rows_say() -> None:
    recording = leed.read(envelope(*calm(), *torn()))
    first, second = recording.tracks
    assert (first.source, first.speaker, first.granularity, first.modality) == (
        "process 7",
        "SPEAKER_01",
        "utterance",
        "prosody",
    )
    assert (first.taxonomy, first.quantity, first.exclusive) == ("behavioral-signals", "probability", True)
    assert (first.begin.tolist(), first.end.tolist()) == ([4.25], [9.75])
    assert first.text == (" Right, I'll see to it.",)
    assert first.row(0) == {
        "angry": 1e-4,
        "happy": 0.03,
        "neutral": 0.93,
        "sad": 0.04,
        "positivity: negative": 0.04,
        "positivity: neutral": 0.9,
        "positivity: positive": 0.06,
        "strength: weak": 0.15,
        "strength: neutral": 0.8,
        "strength: strong": 0.05,
        "speaking_rate: slow": 0.01,
        "speaking_rate: normal": 0.2,
        "speaking_rate: fast": 0.79,
        "hesitation: yes": 0.83,
        "hesitation: no": 0.17,
        "engagement: withdrawn": 0.3,
        "engagement: neutral": 0.6,
        "engagement: engaged": 0.1,
        "gender: male": 0.82,
        "gender: female": 0.18,
        "age: 31 - 45": 0.27,
        "age: 46 - 65": 0.73,
    }
    assert {name: column.tolist() for name, column in first.extras.items()} == {
        "id": ["0"],
        "language: en": [0.916015625],
        "language: ja": [0.00027108192443847656],
        "detected_language": ["en"],
        "speaker_embedding": [[1.5, -2.25, float(np.float32(1e-3))]],
        "behavioral_embedding": [[0.5, 0.25, -0.125, 4.0]],
    }
    assert first.extras["speaker_embedding"].dtype == np.float32
    assert (second.speaker, second.text, list(second.extras)) == ("SPEAKER_00", None, ["id"])
    assert leed.read(recording.to_json()) == recording


def test_what_is_sensitive_or_about_the_signal_is_never_said() -> None:
    rows = [
        row("gender", ("male", "0.99")),
        row("age", ("75 - 99", "0.9"), ("46 - 65", "0.1")),
        row("language", ("fr", "0.99")),
        row("deepfake", ("spoofed", "0.99"), ("bonafide", "0.01")),
        row("emotion", ("happy", "0.97"), ("sad", "0.03")),
    ]
    recording = leed.read(rows)
    assert [str(d) for d in leed.describe_all(recording)] == ["They sound very clearly happy."]
    extras = recording.segments()[0].extras
    assert extras["age: 75 - 99"] == 0.9
    assert (extras["deepfake: spoofed"], extras["deepfake: bonafide"]) == (0.99, 0.01)
    assert recording.segments()[0].scores["age: 46 - 65"] == pytest.approx(0.1)
    assert recording.issues == ()


def test_streamed_messages_are_joined_and_their_levels_kept_apart() -> None:
    """The level tells the granularity: a segment is a short window, an utterance is one."""
    first = [row("emotion", ("happy", "0.95")), row("features", (None, None), embedding="[0.5, 1.5]")]
    second = [row("emotion", ("angry", "0.8")), row("asr", ("Stop it.", None))]
    messages = [streamed(0, *first), streamed(1, *second, level="utterance")]
    recording = leed.read(messages)
    assert [(t.granularity, t.source) for t in recording.tracks] == [("frame", "process 7"), ("utterance", "process 7")]
    sentences = ["They sound very clearly happy.", 'They said "Stop it." and sound clearly angry.']
    assert [str(d) for d in leed.describe_all(recording)] == sentences
    assert recording.tracks[0].extras["behavioral_embedding"].tolist() == [[0.5, 1.5]]
    assert said(b"\n".join(json.dumps(message).encode() for message in messages)) == sentences
    assert said(messages[0]) == sentences[:1]


def test_numbers_of_stretches_may_begin_again_in_a_stream() -> None:
    """A task that comes again under the same number at another time belongs to another stretch."""
    rows = [row("emotion", ("happy", "0.95")), row("emotion", ("sad", "0.95"), startTime="20.5", endTime="22")]
    recording = leed.read([streamed(i, r) for i, r in enumerate(rows)])
    assert [s.begin for s in recording.segments()] == [4.25, 20.5]
    assert recording.issues == ()
    assert [str(d) for d in leed.describe_all(recording)] == [
        "They sound very clearly happy.",
        "They sound very clearly sad.",
    ]


def test_a_row_that_comes_again_replaces_the_earlier_one() -> None:
    rows = [row("emotion", ("happy", "0.95"), ("sad", "0.05")), row("emotion", ("sad", "0.95"), ("happy", "0.05"))]
    assert said(rows) == ["They sound very clearly sad."]
    assert codes(rows) == ["duplicate-row"]


@dataclass
class Dumped:
    """An object with the method that the SDK's models have."""

    plain: Any

    def model_dump(self) -> Any:
        return self.plain


def test_objects_of_the_sdk_are_read_as_what_they_dump() -> None:
    """A dump leaves out what is null, and calls the message number and the rows by their Python names."""
    prediction = [{"label": "sad", "posterior": "0.95"}]
    emotion = {"id": "1", "startTime": "0.5", "endTime": "", "task": "emotion", "prediction": prediction, "st": 0.5}
    features = {"id": "1", "task": "features", "level": "utterance", "embedding": "[0.25]"}
    rows = [emotion | {"finalLabel": "sad", "level": "utterance"}, features]
    message = {"pid": 7, "cid": 10, "message_id": 0, "results": rows}
    assert said([Dumped(message)]) == said(message) == ["They sound very clearly sad."]
    assert said([Dumped(row) for row in rows]) == ["They sound very clearly sad."]
    track = leed.read([Dumped(message)]).tracks[0]
    assert (track.begin.tolist(), np.isnan(track.end).tolist()) == ([0.5], [True])
    assert track.extras["behavioral_embedding"].tolist() == [[0.25]]


def test_several_processes_are_several_sources() -> None:
    recording = leed.read([envelope(*calm()), envelope(*torn("0"), pid=8)])
    assert recording.sources == ("process 7", "process 8")


def test_several_lists_of_rows_are_several_sources() -> None:
    """Their stretches are counted from 0 each time."""
    recording = leed.read([calm(), torn("0")])
    assert recording.sources == ("result 1", "result 2")
    assert [str(d) for d in leed.describe_all(recording)] == [CALM, TORN]
    assert recording.issues == ()


def test_the_name_of_a_file_is_the_source(tmp_path: Any) -> None:
    path = tmp_path / "call.json"
    path.write_text(json.dumps(envelope(*calm())))
    assert leed.read(path).sources == ("call.json",)


def test_a_stretch_without_emotion_is_kept_and_reported() -> None:
    """Its attributes and text are still described."""
    rows = [*calm(), row("hesitation", ("yes", "0.9"), stretch="1"), row("asr", ("Hm.", None), stretch="2")]
    recording = leed.read(rows)
    assert [str(d) for d in leed.describe_all(recording)] == [
        CALM,
        "They sound hesitant.",
        'They said "Hm.", and there are no scores for their voice.',
    ]
    assert [str(i) for i in recording.issues] == ["emotion: no scores of emotion in 2 of 3 segments"]


def test_rows_without_anything_expressive_are_kept_and_reported() -> None:
    """Results of the deepfake API."""
    recording = leed.read([row("deepfake", ("bonafide", "0.9"), ("spoofed", "0.1"))])
    assert recording.segments()[0].extras == {"id": "0", "deepfake: bonafide": 0.9, "deepfake: spoofed": 0.1}
    assert [i.code for i in recording.issues] == ["nothing-detected"]


def test_results_of_a_video_keep_its_two_lists_apart() -> None:
    answer = {
        "pid": 7,
        "code": 2,
        "audio_results": [row("deepfake", ("bonafide", "0.9"))],
        "video_results": [row("visual_deepfake", ("spoofed", "0.8"))],
    }
    tracks = leed.read(answer).tracks
    assert [(t.channel, t.modality, list(t.extras)[-1]) for t in tracks] == [
        (None, "prosody", "deepfake: bonafide"),
        ("video", None, "visual_deepfake: spoofed"),
    ]


@pytest.mark.parametrize(
    ("rows", "sentence", "extras", "issues"),
    [
        (  # classes that are not in the taxonomy
            [row("politeness", ("very polite", "0.9"), ("polite", "0.1"))],
            "They sound very clearly happy.",
            {"politeness: very polite": 0.9},
            ["politeness: leed has no words for 'very polite'; the numbers are kept as extras and not said"],
        ),
        ([row("politeness", ("rude", "0.9"))], "They sound very clearly happy, and impolite.", {}, []),
        (  # a task that leed does not know
            [row("sarcasm", ("yes", "0.9"), ("no", "0.1"))],
            "They sound very clearly happy.",
            {"sarcasm: yes": 0.9, "sarcasm: no": 0.1},
            ["sarcasm: leed has no words for 'yes', 'no'; the numbers are kept as extras and not said"],
        ),
        (  # a task that is a number and has no classes
            [row("intensity", prediction=[{"label": None, "posterior": None, "score": "0.62"}])],
            "They sound very clearly happy.",
            {"intensity": 0.62},
            ["intensity: leed has no words for this task; the numbers are kept as extras and not said"],
        ),
        (  # a class that was chosen otherwise than by the highest probability, or without any
            [
                row("hesitation", ("no", "0.6"), ("yes", "0.4"), finalLabel="yes"),
                row("engagement", finalLabel="engaged"),
            ],
            "They sound very clearly happy.",
            {"hesitation_label": "yes", "engagement_label": "engaged"},
            [],
        ),
        (  # empty labels and posteriors
            [row("hesitation", ("yes", ""), ("no", None)), row("strength", ("", ""), (None, None), finalLabel="")],
            "They sound very clearly happy.",
            {"hesitation_label": "yes"},
            [],
        ),
        (
            [row("strength", ("", "0.9"), ("weak", "0.1"), finalLabel="")],
            "They sound very clearly happy.",
            {},
            ["1 predictions have a probability and no label; they are left out"],
        ),
        (
            [
                row(
                    "strength",
                    prediction=[
                        {"label": "weak", "posterior": "0.9", "logit": "2.5", "dominantInSegments": [0, 2]},
                        {"label": "strong", "posterior": 0.1, "dominantInSegments": None},
                    ],
                )
            ],
            "They sound very clearly happy, and emotionally muted.",
            {"strength: weak logit": 2.5, "strength_dominant_in_segments": "weak 0 2"},
            [],
        ),
        (
            [row("strength", ("weak", "high"), ("strong", "NaN"), finalLabel="weak")],
            "They sound very clearly happy.",
            {"strength_label": "weak"},
            [
                "1 probabilities are no numbers; they count as not reported",
                "1 numbers are not finite; they count as not reported",
            ],
        ),
        (
            [row("strength", ("weak", "0.6"), ("WEAK", "0.9"), finalLabel="WEAK")],
            "They sound very clearly happy, and emotionally muted.",
            {},
            ["1 labels stand twice in a row; the higher probability is kept"],
        ),
        (
            [row("strength", prediction={"label": "weak", "posterior": "0.9"}), row("hesitation", prediction=[3])],
            "They sound very clearly happy, and emotionally muted.",
            {},
            ["1 rows or predictions are no mappings, or name no task; they are left out"],
        ),
        (
            [{"id": "0", "task": None, "prediction": []}, None],
            "They sound very clearly happy.",
            {},
            ["1 rows or predictions are no mappings, or name no task; they are left out"],
        ),
    ],
)
def test_odd_rows_lose_nothing_and_spoil_nothing(
    rows: list[Any], sentence: str, extras: Plain, issues: list[str]
) -> None:
    recording = leed.read([row("emotion", ("happy", "0.95"), ("sad", "0.05")), *rows])
    assert [str(d) for d in leed.describe_all(recording)] == [sentence]
    assert {k: v for k, v in recording.segments()[0].extras.items() if k != "id"} == extras
    assert [str(issue) for issue in recording.issues] == issues
    assert leed.read(recording.to_json()) == recording


@pytest.mark.parametrize(
    ("label", "sentence"),
    [
        ("frustrated", "They sound very clearly frustrated."),
        ("smug", 'Their voice shows very clear signs of "smug".'),
        ("withdrawn", 'Their voice shows very clear signs of "emotion: withdrawn".'),
    ],
)
def test_a_new_emotion_is_one_of_the_exclusive_classes(label: str, sentence: str) -> None:
    assert said([row("emotion", (label, "0.95"), ("happy", "0.05"))]) == [sentence]


@pytest.mark.parametrize(
    "embedding",
    ["[1, 2", "[1, null]", "[NaN, 1]", '["a"]', "[[1], [2]]", "1, 2", "{}", [1e400], "[" * 10_000, True, 3.5],
)
def test_a_malformed_embedding_is_reported_and_left_out(embedding: Any) -> None:
    rows = [row("diarization", ("A", None), embedding=embedding), row("emotion", ("happy", "0.95"))]
    assert codes(rows) == ["malformed-embedding"]
    assert "speaker_embedding" not in leed.read(rows).tracks[0].extras


def test_missing_embeddings_are_nan_and_those_of_another_length_are_left_out() -> None:
    given_vectors = ["[1, 2]", None, "", "[]", "[1, 2, 3]", "[3, 4]"]
    rows = [row("diarization", ("A", None), stretch=str(i), embedding=e) for i, e in enumerate(given_vectors)]
    rows += [row("emotion", ("happy", "0.95"), stretch=str(i)) for i in range(len(rows))]
    recording = leed.read(rows)
    column = recording.tracks[0].extras["speaker_embedding"]
    assert column.shape == (6, 2)
    assert column.dtype == np.float32
    assert [None if np.isnan(v).all() else v.tolist() for v in column] == [[1, 2], None, None, None, None, [3, 4]]
    assert [i.code for i in recording.issues] == ["malformed-embedding"]


def test_embeddings_may_be_lists_and_other_tasks_have_their_own() -> None:
    rows = [row("features", embedding=[1, 2.5]), row("intermediate_features", embedding="[3]")]
    extras = leed.read([*rows, row("emotion", ("happy", "0.95"))]).tracks[0].extras
    assert extras["behavioral_embedding"].tolist() == [[1.0, 2.5]]
    assert extras["intermediate_features_embedding"].tolist() == [[3.0]]


@pytest.mark.parametrize(
    ("fields", "begin", "end", "issues"),
    [
        ({"startTime": "", "endTime": None}, None, None, []),
        ({"startTime": 3, "endTime": 4.5}, 3.0, 4.5, []),
        ({"startTime": None, "st": 0.5, "endTime": "soon", "et": 1.5}, 0.5, 1.5, ["unreadable-time"]),
        ({"startTime": "inf", "endTime": "1e999"}, None, None, ["unreadable-time"]),
        ({"startTime": None, "start_time": "1.5", "endTime": None, "end_time": "2"}, 1.5, 2.0, []),
    ],
)
def test_times_are_read_from_text_or_numbers(fields: Plain, begin: Any, end: Any, issues: list[str]) -> None:
    recording = leed.read([row("emotion", ("happy", "0.95"), **fields)])
    segment = recording.segments()[0]
    assert (segment.begin, segment.end) == (begin, end)
    assert [i.code for i in recording.issues] == issues


def test_a_speaker_that_is_not_known_has_no_name() -> None:
    rows = [row("diarization", ("unknown", None)), row("emotion", ("happy", "0.95"))]
    assert leed.read(rows).tracks[0].speaker is None


def test_another_level_is_kept() -> None:
    segment = leed.read([row("emotion", ("happy", "0.95"), level="call")]).segments()[0]
    assert (segment.granularity, segment.extras["level"]) == (None, "call")


FAILED = (
    "Behavioral Signals process {}, which failed (status -1: bad audio); there is nothing to read; send the audio again"
)
CREDITS = (
    "was not run for lack of credits (status -2: no credits); "
    "there is nothing to read; add credits and send the audio again"
)
WITHOUT = "without its results; those come from /processes/7/results"
LATER = "ask for its results again when its status is 2"
LIST = "is a list of 2 Behavioral Signals processes, not the results of one; those come from /processes/PID/results"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            {"pid": 7, "cid": 10, "code": 0, "message": ""},
            f"is Behavioral Signals process 7, which is pending (status 0); {LATER}",
        ),
        (
            {"pid": 7, "cid": 10, "code": 1, "message": "Processing", "results": []},
            f"is Behavioral Signals process 7, which is still being processed (status 1: Processing); {LATER}",
        ),
        (
            {"pid": 7, "cid": 10, "name": "a.wav", "status": -1, "statusmsg": "bad audio", "duration": None},
            f"is {FAILED.format(7)}",
        ),
        (
            {"pid": 7, "cid": 10, "code": "-2", "message": "no credits", "results": None},
            f"is Behavioral Signals process 7, which {CREDITS}",
        ),
        (
            {"pid": 7, "status": 2, "statusmsg": "done"},
            f"is Behavioral Signals process 7, which is complete, {WITHOUT}",
        ),
        ([{"pid": 7, "status": 2}, {"pid": 8, "status": -1}], LIST),
        ({"processes": [{"pid": 7, "status": 2}, {"pid": 8, "status": -1}], "total_count": 2}, LIST),
    ],
)
@pytest.mark.parametrize("options", [{}, {"format": "behavioral-signals"}])
def test_a_process_without_results_is_a_near_miss(source: Any, message: str, options: Plain) -> None:
    for given_source in (source, json.dumps(source).encode()):
        with pytest.raises(UnknownFormatError) as caught:
            leed.read(given_source, **options)
        assert str(caught.value).endswith(f": {message}")


def test_a_failed_process_beside_others_is_reported() -> None:
    recording = leed.read([envelope(*calm()), envelope(code=-1, pid=8, message="bad audio")])
    assert [str(i) for i in recording.issues] == [f"process 8: this is {FAILED.format(8)}"]
    assert len(recording) == 1


def test_partial_results_are_read_and_reported() -> None:
    assert codes(envelope(*calm(), code=1)) == ["incomplete"]
    assert said(envelope(*calm(), code=1)) == [CALM]


def test_no_results_of_a_complete_process_are_reported() -> None:
    assert codes(envelope()) == ["no-segments"]


@pytest.mark.parametrize("source", [b"[]", b"3", b'{"results": []}', b'{"task": "emotion"}', b"[[]]"])
def test_what_is_no_result_is_refused_when_forced(source: bytes) -> None:
    with pytest.raises(UnknownFormatError, match="holds no Behavioral Signals results"):
        leed.read(source, format="behavioral-signals")


def test_a_large_file_is_told_by_its_beginning() -> None:
    rows = [*calm(), *(row("features", (None, None), stretch=str(i), embedding=str([0.5] * 768)) for i in range(400))]
    data = json.dumps(envelope(*rows)).encode()
    assert len(data) > 1 << 20
    assert len(leed.read(data)) == 400


def test_many_unknown_labels_take_no_more_than_so_many_columns() -> None:
    rows = [row(task, (str(i), "0.5")) for i in range(400) for task in ("emotion", "new")]
    recording = leed.read(rows)
    track = recording.tracks[0]
    assert len(track.labels) + len(track.extras) <= 256
    assert any("more than 256 labels" in str(issue) for issue in recording.issues)


@pytest.mark.needs_data
def test_a_real_process_is_described() -> None:
    recording = leed.read(shared("behavioralsignals/process_45133_results.json"))
    (track,) = recording.tracks
    assert recording.issues == ()
    assert (len(track), len(track.labels), track.speaker) == (5, 26, "SPEAKER_00")
    assert track.begin.tolist() == [4.227, 18.287, 27.059, 36.148, 39.76]
    assert track.extras["speaker_embedding"].shape == (5, 192)
    assert np.isnan(track.extras["speaker_embedding"]).all(axis=1).tolist() == [False, True, True, True, True]
    assert track.extras["behavioral_embedding"].shape == (5, 768)
    assert not np.isnan(track.extras["behavioral_embedding"]).any()
    assert track.extras["detected_language"].tolist() == ["en"] * 5
    assert [str(d) for d in leed.describe_all(recording, quote=False)] == [
        "They sound either sad or neutral, probably hesitant, and probably speak slowly.",
        "They sound emotionally muted, and probably sad and withdrawn.",
        "They sound hesitant, probably sad, and speak slowly.",
        "They probably sound happy, and probably speak fast.",
        "They sound very clearly sad, and probably withdrawn and negative in tone.",
    ]
    assert leed.read(recording.to_json()) == recording


# --- hostile input

FIXTURE = envelope(*calm(), *torn())


@settings(max_examples=150)
@given(st.integers(0, 2**32))
def test_changed_values_are_harmless(seed: int) -> None:
    plain = changed(FIXTURE, seed)
    harmless(plain)
    harmless(plain, format="behavioral-signals")


@settings(max_examples=150)
@given(st.integers(0, 2**32))
def test_mangled_bytes_are_harmless(seed: int) -> None:
    broken = mangled(json.dumps(FIXTURE).encode(), seed)
    harmless(broken)
    harmless(broken, format="behavioral-signals")


def test_a_transcript_of_any_kind_is_kept() -> None:
    for text in ("\x00", "\ud800", '"} \u202e', "x" * 100_000):
        rows = [row("asr", (text, None)), row("emotion", ("happy", "0.95"))]
        assert leed.read(rows).segments()[0].text == text
        assert said(rows)[0].endswith("sound very clearly happy.")
        harmless(rows)


def test_no_number_is_made_up() -> None:
    """A class that another row of the track has, and this one does not, is not reported."""
    rows = [row("emotion", ("happy", "0.95")), row("emotion", ("sad", "0.9"), stretch="1")]
    matrix = leed.read(rows).tracks[0].matrix
    assert [[None if math.isnan(v) else round(float(v), 2) for v in r] for r in matrix] == [[0.95, None], [None, 0.9]]
