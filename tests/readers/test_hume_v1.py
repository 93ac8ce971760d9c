"""Hume v1: answers for audio and images, and realtime messages, as recordings and sentences."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leed
from leed.readers import reader_named, recognise
from leed.readers.content import take
from leed.readers.stretches import Stretches, plain_track
from tests.support.hume import LABELS_48, minified, pretty
from tests.support.mangling import changed, harmless, mangled

Plain = dict[str, Any]


def probabilities(scores: dict[str, float]) -> list[Plain]:
    return [{"name": name, "probability": score} for name, score in scores.items()]


def window(
    number: int,
    utterance: int | None,
    begin: int,
    end: int,
    expressions: dict[str, float],
    attributes: dict[str, float] | None = None,
    *,
    ended: bool = True,
) -> Plain:
    """A measurement of a voice."""
    return {
        "measurement_id": number,
        "utterance_id": utterance,
        "audio_start_ms": begin,
        "audio_end_ms": end,
        "trigger": "speech_ended" if ended else "interval",
        "expressions": probabilities(expressions),
        "voice_attributes": probabilities(attributes or {}),
    }


def face(
    name: int | None,
    expressions: dict[str, float] | None,
    descriptions: dict[str, float] | None = None,
    x: float = 34.0,
) -> Plain:
    """A face; null for one that was not measured."""
    return {
        "face_id": name,
        "bbox": [x, 20.5, x + 64, 110.0],
        "confidence": 0.9921875,
        "expressions": None if expressions is None else probabilities(expressions),
        "descriptions": None if expressions is None else probabilities(descriptions or {}),
    }


def answer(measurements: list[Plain], *, name: str = "run-1", **more: Any) -> Plain:
    return {"request_id": "req-1", "run_id": name, "received": {}, **more, "measurements": measurements}


def utterance(number: int, begin: int, end: int) -> Plain:
    return {"utterance_id": number, "audio_start_ms": begin, "audio_end_ms": end}


AUDIO = answer(
    [
        window(0, 0, 480, 3480, {"boredom": 0.95}, ended=False),
        window(1, 0, 480, 6480, {"boredom": 0.91}, ended=False),
        window(2, 0, 480, 7210, {"amusement": 0.7124, "pleasure": 0.35}, {"husky": 0.81, "fast": 0.77}),
        window(3, 0, 480, 7260, {"boredom": 0.9}, ended=False),
        window(4, 1, 8000, 9500, {"interest": 0.6231}, ended=False),
        window(5, 1, 8000, 11000, {"neutral": 0.8}, {"clear": 0.9612, "calm": 0.9148}, ended=False),
    ],
    utterances=[utterance(0, 480, 7210), utterance(1, 8000, 11500)],
)
VIDEO = answer(
    [
        {
            "frame_id": 0,
            "faces": [
                face(0, {"joy": 0.8312, "amusement": 0.71, "surprise (positive)": 0.12}, {"smile": 0.84, "grin": 0.31}),
                face(1, {"empathic pain": 0.6}, {"wide-eyed": 0.6}, x=134.0),
                face(None, None, x=300.0),
            ],
        },
        {"frame_id": 1, "faces": []},
        {"frame_id": 2, "faces": [face(0, {"sadness": 0.5}, {"jaw drop": 0.95})]},
    ],
    name="run-2",
)
SESSION = {"type": "session.created", "session_id": "s-1", "audio": {"type": "audio/pcm"}, "measurement_timer_ms": 3000}
CLOSED = {
    "type": "session.closed",
    "session_id": "s-1",
    "reason": "client_request",
    "received": {"audio_duration_ms": 9120, "frames": 92},
    "produced": {"utterances": 2, "measurements": 6},
}
ERROR = {"type": "error", "code": "invalid_audio_frame", "message": "The frame is empty.", "retryable": True}
LOG = [
    SESSION,
    SESSION | {"type": "session.updated"},
    {"type": "utterance.start", "utterance_id": 0, "audio_start_ms": 480},
    *({"type": "measurement.result"} | measurement for measurement in AUDIO["measurements"][:3]),
    {"type": "utterance.end"} | utterance(0, 480, 7210),
    {"type": "utterance.start", "utterance_id": 1, "audio_start_ms": 8000},
    *({"type": "measurement.result"} | measurement for measurement in AUDIO["measurements"][4:]),
    CLOSED,
]
FACES = [
    {"type": "session.created", "session_id": "v-1", "image": {"type": "image/jpeg"}, "face": {"threshold": 0.5}},
    *({"type": "measurement.result"} | measurement for measurement in VIDEO["measurements"]),
]
RUN = {
    "run_id": "run-1",
    "user_id": "u",
    "status": "ended",
    "endpoint": "audio",
    "mode": "file",
    "started_at": "2026-11-20T10:00:00Z",
    "metered_seconds": 10.0,
    "config": {"schema": "v4", "measurement_timer_ms": 3000},
}


def lines(entries: list[Plain]) -> bytes:
    return b"\n".join(map(minified, entries))


def said(given_: Any) -> list[tuple[str | None, float | None, str]]:
    return [(d.speaker or d.aspect, d.begin, str(d)) for d in leed.describe_all(leed.read(given_))]


def issues(given_: Any) -> list[tuple[str, str]]:
    return [(issue.code, str(issue)) for issue in leed.read(given_).issues]


# --- audio

SAID = [
    ("expression", 0.48, "They probably sound amused and possibly pleased."),
    ("attribute", 0.48, "They sound husky and speak fast."),
    ("expression", 8.0, "They sound neutral."),
    ("attribute", 8.0, "They sound clear and calm."),
]


@pytest.mark.parametrize(
    "given_", [AUDIO, minified(AUDIO), pretty(AUDIO), [AUDIO], AUDIO["measurements"], LOG, minified(LOG), lines(LOG)]
)
def test_a_voice_is_described_by_utterance_whatever_the_answer_is_written_as(given_: Any) -> None:
    assert said(given_) == SAID


def test_each_array_is_a_track_with_its_own_quantity() -> None:
    first, second = leed.read(AUDIO).tracks
    assert (first.aspect, first.taxonomy, first.quantity, first.exclusive) == (
        "expression",
        "hume-v1-audio",
        "probability",
        False,
    )
    assert (second.aspect, second.taxonomy, second.quantity, second.exclusive) == (
        "attribute",
        "hume-v1-voice",
        "intensity",
        False,
    )
    for track in (first, second):
        assert (track.source, track.modality, track.granularity, track.speaker) == (
            "run-1",
            "prosody",
            "utterance",
            None,
        )


def test_what_is_not_in_a_sparse_list_is_not_reported() -> None:
    first, second = leed.read(AUDIO).tracks
    assert first.labels == ("amusement", "neutral", "pleasure")
    assert [[None if math.isnan(v) else round(float(v), 4) for v in row] for row in first.matrix] == [
        [0.7124, None, 0.35],
        [None, 0.8, None],
    ]
    assert second.labels == ("calm", "clear", "fast", "husky")


def test_of_each_utterance_the_window_at_the_end_of_speech_is_read_or_else_the_last() -> None:
    recording = leed.read(AUDIO)
    track = recording.tracks[0]
    assert (track.begin.tolist(), track.end.tolist()) == ([0.48, 8.0], [7.21, 11.0])
    assert track.extras["utterance"].tolist() == [0, 1]
    assert track.extras["utterance_begin"].tolist() == [0.48, 8.0]
    assert track.extras["utterance_end"].tolist() == [7.21, 11.5]
    assert issues(AUDIO) == [
        (
            "left-out",
            (
                "run-1: prosody: 4 of 6 windows are left out: of each utterance the one at the end of speech is read, "
                "else the last"
            ),
        )
    ]


def test_windows_without_an_utterance_are_each_read() -> None:
    loose = [window(i, None, 1000 * i, 1000 * i + 500, {"joy": 0.8}) for i in range(3)]
    assert [s.begin for s in leed.read(loose).segments()] == [0.0, 1.0, 2.0]


def test_an_utterance_without_a_measurement_or_a_score_is_reported() -> None:
    audio = answer(
        [window(0, 0, 0, 900, {}, {"husky": 0.8}), window(1, 1, 900, 1800, {"joy": 0.8})],
        utterances=[utterance(0, 0, 900), utterance(1, 900, 1800), utterance(2, 2000, 2100)],
    )
    assert said(audio) == [("attribute", 0.0, "They sound husky."), ("expression", 0.9, "They sound clearly joyful.")]
    assert issues(audio) == [
        ("no-scores", "run-1: prosody: no expression passed Hume's threshold in 1 of 2 utterances"),
        ("no-scores", "run-1: prosody: there is no measurement of 1 of 3 utterances"),
    ]


def test_silence_gives_an_issue() -> None:
    assert issues(answer([], utterances=[])) == [("no-segments", "run-1: nothing in it has scores")]


def test_names_that_nobody_knows_stay_as_they_are() -> None:
    audio = answer([window(0, 0, 0, 900, {"joy": 0.8, "wistful yearning": 0.6}, {"flutey": 0.8, "husky": 0.75})])
    assert [sentence for _, _, sentence in said(audio)] == [
        'They sound clearly joyful, and their voice shows probable signs of "wistful yearning".',
        "They sound husky.",
    ]
    assert leed.read(audio).tracks[0].labels == ("joy", "wistful yearning")


def test_pleasure_is_an_expression_and_no_dimension() -> None:
    """Elsewhere "pleasure" is another name of valence, of which 0.35 would be the low side."""
    assert said([window(0, 0, 0, 900, {"pleasure": 0.35})]) == [("expression", 0.0, "They possibly sound pleased.")]


def test_what_is_sensitive_is_not_said() -> None:
    attributes = {"british accent": 0.9, "middle-aged": 0.9, "male": 0.95, "young": 0.9, "husky": 0.85, "engaged": 0.8}
    audio = answer([window(0, 0, 0, 900, {"joy": 0.8, "desire": 0.9, "sexual longing": 0.9}, attributes)])
    assert [sentence for _, _, sentence in said(audio)] == [
        "They sound clearly joyful.",
        "They sound husky and engaged.",
    ]
    what = "2 voice attributes are unknown to leed, so they may say who somebody is"
    assert ("withheld", f"run-1: prosody: {what}; only those that allow= lists are described") in issues(audio)
    recording = leed.read(audio)
    allowed = leed.describe_all(
        recording, describer=leed.Describer(allow=["british accent", "sexual longing"], top="all")
    )
    assert [str(description) for description in allowed] == [
        'They sound clearly joyful, and their voice shows very clear signs of "sexual longing".',
        'They sound husky and engaged, and their voice shows signs of "british accent".',
    ]


@pytest.mark.parametrize("name", ["mature", "sexy", "autistic", "gay", "black", "flutey"])
def test_an_attribute_that_nobody_knows_is_named_only_where_it_is_allowed(name: str) -> None:
    audio = answer([window(0, 0, 0, 900, {"joy": 0.8}, {name: 0.9, "husky": 0.85})])
    segment = leed.read(audio).segments()[1]
    assert str(leed.describe(segment)) == "They sound husky."
    assert name in str(leed.describe(segment, allow=[name]))


def test_a_term_has_the_spelling_of_the_score() -> None:
    """Sadness is no name of v1 that leed has seen, but one of Hume's v0, which writes it with a capital."""
    segment = leed.read(answer([window(0, 0, 0, 900, {"joy": 0.5, "sadness": 0.8})])).segments()[0]
    assert [term.label for term in leed.describe(segment).terms] == ["sadness", "joy"]
    assert list(segment.scores) == ["joy", "sadness"]


# --- realtime


def test_a_log_of_two_sessions_keeps_their_utterances_apart() -> None:
    second = [entry | {"session_id": "s-2"} if "session_id" in entry else entry for entry in LOG]
    recording = leed.read(lines([*LOG, *second]))
    assert recording.sources == ("s-1", "s-2")
    assert [len(track) for track in recording.tracks] == [2, 2, 2, 2]


def test_errors_and_the_end_of_a_session_become_issues() -> None:
    log = [*LOG[:-1], ERROR, CLOSED | {"reason": "server_shutdown"}]
    assert issues(log)[:2] == [
        ("source-failed", "s-1: the API reported an error: invalid_audio_frame: The frame is empty."),
        ("source-failed", "s-1: the session ended before it was closed: server_shutdown"),
    ]
    assert said(log) == SAID


def test_a_last_line_that_is_cut_off_is_an_issue() -> None:
    recording = leed.read(lines(LOG)[:-20])
    assert [i.code for i in recording.issues] == ["cut-off", "left-out"]
    assert [str(d) for d in leed.describe_all(recording)] == [sentence for _, _, sentence in SAID]


def test_a_file_gives_its_name(tmp_path: Path) -> None:
    (tmp_path / "call.json").write_bytes(minified(AUDIO))
    assert leed.read(tmp_path / "call.json").sources == ("call.json",)
    (tmp_path / "call.json").write_bytes(minified([AUDIO, VIDEO, AUDIO]))
    assert leed.read(tmp_path / "call.json").sources == ("run-1", "run-2", "run-1 (3)")


# --- images

SEEN = [
    ("face_0", None, "They look clearly joyful and probably amused."),
    ("face_0", None, "They possibly look sad."),
    ("face_0", None, "They smile."),
    ("face_0", None, "Their jaw drops."),
    ("face_1", None, "They probably look pained on someone's behalf."),
    ("face_1", None, "They probably look wide-eyed."),
]


@pytest.mark.parametrize("given_", [VIDEO, minified(VIDEO), VIDEO["measurements"], FACES, lines(FACES)])
def test_faces_are_described_one_by_one(given_: Any) -> None:
    found = said(given_)
    assert [(speaker, begin) for speaker, begin, _ in found] == [(speaker, begin) for speaker, begin, _ in SEEN]
    assert [sentence for _, _, sentence in found if "jaw" not in sentence] == [
        sentence for _, _, sentence in SEEN if "jaw" not in sentence
    ]


def test_a_face_has_the_labels_of_the_48_its_box_and_its_image() -> None:
    first, second, *_ = leed.read(VIDEO).tracks
    assert set(first.labels) <= set(LABELS_48)
    assert first.labels == ("Amusement", "Joy", "Sadness", "Surprise (positive)")
    assert (first.taxonomy, first.quantity, first.exclusive) == ("hume-48", "probability", False)
    assert (first.modality, first.aspect, first.granularity, first.speaker) == ("face", "expression", "frame", "face_0")
    assert (second.aspect, second.taxonomy) == ("description", "hume-face-descriptions-27")
    assert first.extras["frame"].tolist() == [0, 2]
    assert first.extras["box"].tolist() == [[34.0, 20.5, 64.0, 89.5]] * 2
    assert first.extras["confidence"].tolist() == [0.9921875] * 2
    assert issues(VIDEO) == [
        ("nothing-detected", "run-2: face: no face was detected in 1 of 3 images"),
        ("no-scores", "run-2: face: not measured, as only the largest are: 1 of 4 faces"),
    ]


def test_a_new_name_of_a_face_stays_as_it_is() -> None:
    track = leed.read([{"frame_id": 0, "faces": [face(0, {"joy": 0.8, "smugness": 0.7})]}]).tracks[0]
    assert track.labels == ("Joy", "smugness")


def test_a_face_with_nothing_above_the_threshold_is_reported() -> None:
    assert issues(answer([{"frame_id": 0, "faces": [face(0, {}, {"smile": 0.9})]}])) == [
        ("no-scores", "run-1: face: no expression passed Hume's threshold of 0.1 in the only face")
    ]
    assert issues(answer([{"frame_id": 0, "faces": []}])) == [
        ("nothing-detected", "run-1: face: no face was detected in the only image"),
        ("no-segments", "run-1: nothing in it has scores"),
    ]


def test_frames_with_their_times_are_read() -> None:
    """What stream_video of the SDK gives: a frame's time with its result, or with the error that rejected it."""
    replies = [
        {"timestamp_ms": 333.5, "result": FACES[1], "error": None},
        {"timestamp_ms": 667.0, "result": None, "error": ERROR},
    ]
    segment = leed.read(replies).segments()[0]
    assert (segment.begin, segment.end) == (0.3335, 0.3335)
    assert issues(replies)[0] == (
        "source-failed",
        "face: an image was rejected: invalid_audio_frame: The frame is empty.",
    )


# --- odd input


def test_odd_scores_are_reported() -> None:
    odd = window(0, 0, 0, 900, {"joy": 0.8})
    odd["expressions"] += [{"name": "awe", "probability": "0.9"}, {"name": "fear", "probability": None}, 7, {"name": 3}]
    odd["expressions"] += [{"name": "anger", "probability": 1.5}, {"name": "pride", "probability": float("inf")}]
    recording = leed.read([odd])
    assert recording.segments()[0].scores == {"anger": 1.5, "awe": 0.9, "joy": 0.8}
    assert [i.code for i in recording.issues] == ["not-read", "not-a-number", "not-finite", "out-of-range"]
    assert leed.read([odd | {"voice_attributes": "x"}]).issues[0].code == "not-read"


def test_huge_and_missing_numbers_are_harmless() -> None:
    values: tuple[Any, ...] = (None, "x", -5, 10**400, float("nan"), [])
    for value in values:
        harmless([window(0, 0, 0, 900, {"joy": 0.8}) | {"utterance_id": value, "audio_end_ms": value}])
        harmless([{"frame_id": value, "faces": [face(0, {"joy": 0.8}) | {"face_id": value, "bbox": [value] * 4}]}])
        harmless([{"frame_id": 0, "faces": [face(0, {"joy": 0.8}) | {"bbox": value}]}])


def test_labels_that_are_hardly_shared_are_parted_so_that_no_matrix_is_all_holes() -> None:
    rows = [{f"label {i} {j}": 0.5 for j in range(50)} for i in range(300)]
    gathered = Stretches()
    for row in rows:
        gathered.add(row)
    tracks = gathered.tracks(plain_track)
    assert len(tracks) > 1
    assert sum(map(len, tracks)) == 300
    assert sum(track.matrix.size for track in tracks) < 300 * 300 * 50 / 2
    assert next(track.row(0) for track in tracks) == rows[0]


# --- telling it apart

KNOWN = [AUDIO, VIDEO, AUDIO["measurements"], LOG, FACES, [SESSION, CLOSED], [VIDEO["measurements"][1]], [AUDIO, RUN]]


@pytest.mark.parametrize("given_", [*KNOWN, *map(minified, KNOWN), *map(pretty, KNOWN)])
def test_each_form_is_recognised(given_: Any) -> None:
    assert recognise(take(given_)).name == "hume-v1"


@pytest.mark.parametrize(
    "plain",
    [
        {"counts": {"expressions": 62, "voice_attributes": 190}},
        {"voice_attributes": ["husky", "calm"], "utterance_id": 0},
        {"request_id": "q", "measurements": [20.5, 21.0]},
        {"request_id": "q", "measurements": [{"sensor": 1, "celsius": 20.5}]},
        {"timestamp_ms": 1, "result": {"ok": True}},
        {"frame_id": 1, "faces": [{"bbox": [0, 0, 9, 9], "score": 0.9}]},
        {"face_id": 1, "expressions": {"smile": True}},
        {"utterances": [{"utterance_id": 0, "text": "so"}]},
        {"type": "session.created", "session": {"id": "s"}},
    ],
)
@pytest.mark.parametrize("written", [dict, minified, pretty])
def test_what_only_has_a_key_in_common_is_something_else(plain: Any, written: Callable[[Any], Any]) -> None:
    assert reader_named("hume-v1").recognise(take(written(plain))).sure == 0


NEAR = [
    (
        RUN,
        (
            "is a Hume run (audio, ended), which does not keep its measurements; they came with the answer to the "
            "request, or as the session's measurement.result messages"
        ),
    ),
    ({"runs": [RUN], "next_cursor": None}, "is a list of Hume runs, which do not keep their measurements"),
    ({"events": [], "at_cap": False, "gaps": False}, "is the log of a Hume run, which holds no measurements"),
    (
        {"type": "error", "code": "audio_too_long", "message": "Too long.", "request_id": "r"},
        "is an error of the Hume API, with no measurements: audio_too_long: Too long.",
    ),
]


@pytest.mark.parametrize(("plain", "why"), NEAR)
@pytest.mark.parametrize("written", [dict, minified, pretty])
def test_a_near_miss_says_what_it_is(plain: Any, why: str, written: Callable[[Any], Any]) -> None:
    for options in ({}, {"format": "hume-v1"}):
        with pytest.raises(leed.LeedError) as caught:
            leed.read(written(plain), **options)
        assert str(caught.value) == f"{'the dict given' if written is dict else 'the input'}: {why}"


@pytest.mark.parametrize("given_", [b"", b"Joy,Fear\n1,2\n", b"[]", {"Joy": 0.5}, b"\x00\x01", b"<a/>", []])
def test_what_is_something_else_cannot_be_forced(given_: Any) -> None:
    with pytest.raises(
        leed.LeedError, match="holds no measurements of Hume v1: expected an answer with 'measurements'"
    ):
        leed.read(given_, format="hume-v1")


def test_openai_realtime_messages_are_something_else() -> None:
    log = [{"type": "session.created", "session": {"id": "s"}}, {"type": "response.done"}]
    with pytest.raises(leed.LeedError, match="holds no scores"):
        leed.read(log)


def test_the_reader_says_what_it_is() -> None:
    reader = reader_named("hume-v1")
    assert reader.title == "Hume Expression Measurement v1: answers for audio and images, realtime messages"
    assert reader.holds == "probability; voice attributes: intensity"


# --- there and back, and anything at all


@pytest.mark.parametrize("given_", [AUDIO, VIDEO, LOG, FACES, [AUDIO, VIDEO]])
def test_a_recording_is_written_and_read_back(given_: Any) -> None:
    recording = leed.read(given_)
    assert leed.read(recording.to_json()) == recording


@settings(max_examples=150)
@given(st.sampled_from([minified(AUDIO), minified(VIDEO), lines(LOG), lines(FACES)]), st.integers(0, 2**63))
def test_mangled_bytes_are_harmless(data: bytes, seed: int) -> None:
    harmless(mangled(data, seed))
    harmless(mangled(data, seed), format="hume-v1")


@settings(max_examples=200)
@given(st.sampled_from([AUDIO, VIDEO, [*LOG, ERROR], FACES, [AUDIO, VIDEO]]), st.integers(0, 2**63))
def test_mangled_values_are_harmless(plain: Any, seed: int) -> None:
    harmless(changed(plain, seed))
    harmless(changed(plain, seed), format="hume-v1")
    harmless(json.dumps(changed(plain, seed)).encode())


def test_ids_that_are_no_numbers_are_kept() -> None:
    """So windows of one utterance are told, and two faces stay apart."""
    joy = [{"name": "joy", "probability": 0.5}]
    windows = [
        {"utterance_id": "u_a", "audio_start_ms": 0, "audio_end_ms": end, "trigger": trigger, "expressions": joy}
        for end, trigger in ((1000, "timer"), (2000, "speech_ended"))
    ]
    (voice,) = leed.read({"run_id": "r", "measurements": windows}).tracks
    assert (voice.end.tolist(), voice.extras["utterance"].tolist()) == ([2.0], ["u_a"])
    faces = [{"face_id": name, "expressions": joy} for name in ("ann", "ben")]
    recording = leed.read({"run_id": "r", "measurements": [{"frame_id": "f0", "faces": faces}]})
    assert [(t.speaker, t.extras["frame"].tolist()) for t in recording.tracks] == [("ann", ["f0"]), ("ben", ["f0"])]
