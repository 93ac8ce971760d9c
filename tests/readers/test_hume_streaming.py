"""Hume v0 streaming messages: one, a list, a log of lines; what they warn of and what failed."""

import copy
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leed
from leed.errors import DamagedInputError, UnknownFormatError
from leed.readers.content import Content
from tests.support import hume
from tests.support.parts import shared
from tests.support.told import codes, said

Plain = dict[str, Any]
WARNING = {"warning": "No faces detected.", "code": "W0105"}
ERROR = {"error": "Invalid payload.", "code": "E0100", "payload_id": "p9"}


def face(time: float | None = None, who: str = "face_0", **strong: float) -> Plain:
    """A face as a message has it: bbox, and who it is."""
    item = hume.face(time, **strong)
    item["bbox"] = item.pop("box")
    return item | {"face_id": who}


def voice(begin: float, end: float, **strong: float) -> Plain:
    return {"time": {"begin": begin, "end": end}, "emotions": hume.scores(strong)}


def message(payload: str | None = None, **models: Any) -> Plain:
    """A message; a list of items is what a model predicted."""
    blocks = {name: {"predictions": block} if isinstance(block, list) else block for name, block in models.items()}
    return ({"payload_id": payload} if payload else {}) | blocks


def read(plain: Any) -> leed.Recording:
    """The recording of messages, which has to be the same from bytes and from plain data."""
    recording = leed.read(hume.minified(plain))
    assert leed.read(plain) == recording
    assert leed.read(hume.pretty(plain)) == recording
    if isinstance(plain, list) and len(plain) > 1:
        assert leed.read(b"\n".join(map(hume.minified, plain))) == recording
        assert leed.read(b"\r\n".join(map(hume.minified, plain)) + b"\r\n") == recording
    assert leed.read(recording.to_json()) == recording
    return recording


# --- one message


def test_a_message_has_a_track_for_each_model_and_face() -> None:
    recording = read(
        message(
            "p1",
            face=[face(0.0, Joy=0.84), face(0.0, "face_1", Sadness=0.5), face(0.334, Calmness=0.9)],
            prosody=[voice(0.5, 1.75, Sadness=0.34)],
            language=[{"text": "I'm fine", "position": {"begin": 0, "end": 8}, "emotions": hume.scores({"Joy": 0.7})}],
        )
    )
    assert [(t.modality, t.granularity, t.speaker, len(t), t.source) for t in recording.tracks] == [
        ("face", "frame", "face_0", 2, None),
        ("face", "frame", "face_1", 1, None),
        ("prosody", "utterance", None, 1, None),
        ("language", "utterance", None, 1, None),
    ]
    assert recording.issues == ()
    assert [str(d) for d in leed.describe_all(recording)] == [
        "They look extremely joyful.",
        "They look moderately sad.",
        "They look extremely calm.",
        "They sound quite sad.",
        'Their words "I\'m fine" read as very joyful.',
    ]
    first = recording.tracks[0]
    np.testing.assert_array_equal(first.extras["box"], [[262.5, 104.25, 261.5, 341.75]] * 2)
    assert first.segment(0).extras["payload_id"] == "p1"
    assert (recording.tracks[2].begin[0], recording.tracks[2].end[0]) == (0.5, 1.75)
    assert recording.tracks[3].segment(0).extras["position"] == [0, 8]


def test_a_burst_is_read() -> None:
    recording = read(message(burst=[voice(0.0, 1.0, Amusement=0.58)]))
    assert [(t.modality, t.granularity) for t in recording.tracks] == [("burst", "utterance")]


def test_each_list_of_scores_is_an_aspect() -> None:
    seen = face(Joy=0.84) | {
        "facs": [{"name": "AU12 Lip Corner Puller", "score": 0.875}],
        "descriptions": [{"name": "Smile", "score": 0.75}, {"name": "Cry", "score": 0.125}],
    }
    words = {
        "text": "you idiot",
        "emotions": hume.scores({"Anger": 0.7}, hume.LABELS_53),
        "sentiment": [{"name": str(i), "score": 0.5 if i in (1, 2) else 0.0} for i in range(1, 10)],
        "toxicity": [{"name": "insult", "score": 0.875}],
    }
    recording = read(message(face=[seen], language=[words]))
    assert [(t.modality, t.aspect, t.taxonomy) for t in recording.tracks] == [
        ("face", "expression", "hume-48"),
        ("face", "action_unit", "action-units"),
        ("face", "description", "hume-face-descriptions-27"),
        ("language", "expression", "hume-53"),
        ("language", "sentiment", "hume-sentiment-9"),
        ("language", "toxicity", "hume-toxicity-6"),
    ]


@pytest.mark.parametrize("who", ["unknown", None, ""])
def test_an_unknown_face_is_nobody(who: Any) -> None:
    assert read(message(face=[face(0.0, who)])).tracks[0].speaker is None


def test_items_are_read_as_those_of_a_batch_are() -> None:
    """The same faces give the same scores, times, boxes and confidences."""
    items = [hume.face(0.0, Joy=0.84), hume.face(0.334, Interest=0.55)]
    batch = leed.read(hume.batch(hume.file("a", face=hume.model(hume.group("face_0", *items)))))
    sent = [
        {k: v for k, v in item.items() if k != "box"} | {"bbox": item["box"], "face_id": "face_0"} for item in items
    ]
    (track,) = read(message(face=sent)).tracks
    assert track.matrix.tolist() == batch.tracks[0].matrix.tolist()
    assert track.begin.tolist() == batch.tracks[0].begin.tolist()
    assert track.extras.keys() == batch.tracks[0].extras.keys()


# --- warnings and errors


def test_a_warning_of_a_model_is_reported() -> None:
    recording = read(message("p1", face=WARNING, prosody=[voice(0, 1, Sadness=0.34)]))
    assert said(recording) == ["They sound quite sad."]
    assert [(i.code, i.message, i.where) for i in recording.issues] == [
        ("nothing-detected", "No faces detected. (W0105)", "face")
    ]


def test_warnings_alone_are_a_recording_of_nothing() -> None:
    recording = read(message("p1", face=WARNING))
    assert (recording.tracks, codes(recording)) == ((), ["nothing-detected"])
    assert codes(read(message(face=[]))) == ["nothing-detected"]


def test_errors_among_messages_are_reported_with_their_payloads() -> None:
    plain = [message("p1", face=[face(Joy=0.84)]), ERROR, message("p2", face=WARNING), message("p3", face=WARNING)]
    recording = read([*plain, message(None, face=WARNING), message("p5", face=WARNING), WARNING])
    assert [(i.code, i.message, i.where) for i in recording.issues] == [
        ("source-failed", "Invalid payload. (E0100): message 1 (p9)", None),
        (
            "nothing-detected",
            "No faces detected. (W0105): message 2 (p2), message 3 (p3), message 4 and 1 more",
            "face",
        ),
        ("nothing-detected", "No faces detected. (W0105): message 6", None),
    ]
    assert said(recording) == ["They look extremely joyful."]


@pytest.mark.parametrize("plain", [ERROR, [ERROR], [ERROR, ERROR]])
def test_an_error_alone_is_a_near_miss(plain: Any) -> None:
    with pytest.raises(UnknownFormatError) as raised:
        leed.read(hume.minified(plain))
    what = "the input: is a Hume streaming message without predictions (Invalid payload. (E0100))"
    assert str(raised.value) == what


def test_an_error_alone_is_read_where_it_is_asked_for() -> None:
    assert codes(leed.read(ERROR, format="hume-streaming")) == ["source-failed"]


# --- a log


def test_the_messages_of_a_log_are_one_recording() -> None:
    """A face has one track, however many messages it is in; each row says from which one it is."""
    plain = [message(f"p{i}", face=[face(None, Joy=0.1 * i), face(None, "face_1")]) for i in range(3)]
    recording = read(plain)
    assert [(t.speaker, len(t)) for t in recording.tracks] == [("face_0", 3), ("face_1", 3)]
    extras = recording.tracks[0].extras
    np.testing.assert_array_equal(extras["message"], [0, 1, 2])
    np.testing.assert_array_equal(extras["payload_id"], ["p0", "p1", "p2"])
    assert np.isnan(recording.tracks[0].begin).all()
    assert recording.issues == ()


def test_times_that_begin_anew_are_no_times_of_the_talk() -> None:
    """They count from the start of what one message answers."""
    plain = [
        message("p0", prosody=[voice(0.25, 1.75, Sadness=0.34), voice(2, 2.5)]),
        message("p1", prosody=[voice(0.5, 1.5)]),
    ]
    recording = read(plain)
    assert codes(recording) == ["inferred"]
    assert "times begin anew with each message" in recording.issues[0].message
    (track,) = recording.tracks
    assert np.isnan(track.begin).all()
    assert np.isnan(track.end).all()
    np.testing.assert_array_equal(track.extras["payload_begin"], [0.25, 2.0, 0.5])
    np.testing.assert_array_equal(track.extras["payload_end"], [1.75, 2.5, 1.5])


def test_times_that_go_on_are_times_of_the_talk() -> None:
    plain = [
        message(prosody=[voice(0.25, 1.75)], face=[face(0.0), face(0.5)]),
        message(prosody=[voice(1.75, 3.0)]),
        message(face=[face(1.0)]),
    ]
    recording = read(plain)
    assert recording.issues == ()
    assert [track.begin.tolist() for track in recording.tracks] == [[0.25, 1.75], [0.0, 0.5, 1.0]]


def test_frames_that_are_all_at_zero_have_no_time() -> None:
    recording = read([message(face=[face(0)]), message(face=[face(0)])])
    assert codes(recording) == ["inferred"]


def test_the_last_line_of_a_log_may_be_cut_off() -> None:
    data = b"\n".join(hume.minified(message(face=[face(Joy=0.84)])) for _ in range(3))
    recording = leed.read(data[:-30])
    assert (len(recording), codes(recording)) == (2, ["cut-off"])


def test_a_message_that_is_cut_off_says_so() -> None:
    data = hume.minified(message(face=[face(Joy=0.84)]))
    with pytest.raises(DamagedInputError, match="cut off at byte"):
        leed.read(data[:-30])


def test_lines_that_are_no_messages_are_reported() -> None:
    recording = read([{"type": "open"}, message(face=[face(Joy=0.84)]), {"type": "close", "code": 1000}])
    assert [(i.code, i.message) for i in recording.issues] == [
        ("not-read", "2 entries are no Hume streaming messages; they are left out")
    ]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda m: {"message": m},
        lambda m: {"log": [{"at": 1, "data": {"hume": m}}]},
        lambda m: [[m]],
        lambda m: m | {"job_details": {"job_id": "1"}},
        lambda m: m | {"burst": None, "prosody": None},
    ],
)
def test_messages_are_found_however_an_application_wrapped_them(wrap: Callable[[Plain], Any]) -> None:
    plain = message("p1", face=[face(Joy=0.84)])
    assert read(wrap(plain)) == read(plain)


def test_a_large_log_is_told_by_its_beginning() -> None:
    line = hume.minified(message(face=[face(Joy=0.84)]))
    data = b"\n".join([line] * (2 + (1 << 20) // len(line)))
    assert len(leed.read(data)) > 400


def test_a_large_log_is_never_decoded_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Content, "plain", property(lambda _: pytest.fail("it was decoded as a whole")))
    lines = [
        hume.minified(message(f"p{i}", face=[face(i / 4, Joy=0.1)], prosody=[voice(i, i + 1)])) for i in range(600)
    ]
    assert len(b"\n".join(lines)) > 1 << 20
    recording = leed.read(b"\n".join(lines))
    assert [len(track) for track in recording.tracks] == [600, 600]
    np.testing.assert_array_equal(recording.tracks[0].begin, np.arange(600) / 4)
    np.testing.assert_array_equal(recording.tracks[0].extras["message"], np.arange(600))


def test_times_that_begin_anew_late_in_a_log_are_none_from_its_start() -> None:
    begins = [*range(600), 0]
    recording = read([message(face=[face(float(begin))]) for begin in begins])
    assert codes(recording) == ["inferred"]
    (track,) = recording.tracks
    assert np.isnan(track.begin).all()
    np.testing.assert_array_equal(track.extras["payload_begin"], begins)


# --- what is odd


def test_odd_items_are_reported_and_the_rest_is_read() -> None:
    good = face(0.5, Joy=0.84)
    no_scores = face(0.6) | {"emotions": None}
    strange = face(0.7) | {"emotions": [{"name": "Joy", "score": "0.5"}, {"name": "Awe", "score": float("nan")}, 3]}
    endless = face(0.8, Calmness=0.9) | {"time": float("inf")}
    recording = leed.read(message(face=[good, no_scores, "x", strange, endless]))
    assert sorted(codes(recording)) == ["no-scores", "not-a-number", "not-finite", "not-read", "not-read"]
    assert [segment.begin for segment in recording.segments()] == [0.5, None, 0.7]
    assert leed.read(json.dumps(message(face=[good, no_scores, "x", strange, endless])).encode()) == recording


def test_an_unknown_model_is_described_and_reported() -> None:
    recording = read(message(gaze=[face(Joy=0.84)]))
    assert codes(recording) == ["unknown-model"]
    assert said(recording) == ["They come across as extremely joyful."]


@pytest.mark.parametrize(
    "plain",
    [
        {"face": {"Joy": 0.84}},
        {"prosody": {"scores": {"Joy": 0.84}}},
        {"error": "no such file", "code": 404},
        {"error": "oh", "code": "ENOENT"},
        {"results": {"predictions": [{"label": "joy", "score": 0.5}]}},
        {"grouped_predictions": []},
    ],
)
def test_other_data_is_left_to_others(plain: Any) -> None:
    with pytest.raises(UnknownFormatError, match="holds no Hume streaming messages"):
        leed.read(plain, format="hume-streaming")


@pytest.mark.parametrize("given_", [b"", b"a,b\n1,2\n", b"<x/>", b"3"])
def test_a_forced_format_on_something_else_is_an_error(given_: bytes) -> None:
    with pytest.raises(leed.LeedError):
        leed.read(given_, format="hume-streaming")


@pytest.mark.needs_data
def test_the_real_message() -> None:
    recording = leed.read(shared("hume/streaming/face-message.json"))
    assert [(t.aspect, len(t.labels), t.speaker) for t in recording.tracks] == [
        ("expression", 48, None),
        ("action_unit", 36, None),
        ("description", 27, None),
    ]
    assert recording.sources == ("face-message.json",)
    assert said(recording)[0] == "They look moderately sad, and slightly distressed and disappointed."
    segment = recording.segments()[0]
    assert segment.scores["Admiration"] == 0.07090471
    assert segment.begin is None
    assert segment.extras["payload_id"] == "fcgdaeb"
    assert segment.extras["frame"] == 0
    assert segment.extras["box"] == [93.096924, 45.265724, 178.32294, 246.23633]
    assert codes(recording) == ["out-of-range"]


# --- whatever comes


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.just([]),
    st.just({}),
    st.just([{"name": "Joy"}]),
    st.just({"begin": "x"}),
    st.just("E0100"),
)
LOG = [
    message("p1", face=[face(0.0, Joy=0.84), face(0.5, "face_1")], prosody=[voice(0, 1)], language=WARNING),
    ERROR,
    message("p2", burst=[voice(0, 1)]),
]


@settings(max_examples=100)
@given(data=st.data())
def test_a_mangled_log_is_a_recording_or_a_leed_error(data: st.DataObject) -> None:
    plain: Any = copy.deepcopy(LOG)
    for _ in range(data.draw(st.integers(1, 3))):
        _mangle(plain, data)
    raw = json.dumps(plain).encode()
    cut = raw[: data.draw(st.integers(len(raw) // 2, len(raw)))]
    for given_ in (plain, raw, cut):
        for format_ in (None, "hume-streaming"):
            with suppress(leed.LeedError):
                recording = leed.read(given_, format=format_)
                list(leed.describe_all(recording))
                recording.to_json()


def _mangle(plain: Any, data: st.DataObject) -> None:
    """Put a value of another kind somewhere."""
    while True:
        keys = list(plain) if isinstance(plain, dict) else list(range(len(plain)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        inner = plain[key]
        if isinstance(inner, (dict, list)) and inner and data.draw(st.integers(0, 5)):
            plain = inner
            continue
        plain[key] = copy.deepcopy(data.draw(VALUES))
        return
