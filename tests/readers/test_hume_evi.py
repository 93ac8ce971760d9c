"""Hume EVI: chat logs, chat history and requests to a custom language model, as recordings and sentences."""

import json
import math
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leed
from leed.readers import reader_named, recognise
from leed.readers.content import take
from leed.readers.hume_evi_chats import without_annotations
from tests.support.hume import LABELS_48, minified, pretty
from tests.support.mangling import changed, harmless, mangled
from tests.support.parts import shared

Plain = dict[str, Any]


def scores(**strong: float) -> dict[str, float]:
    """All labels at a low value that float32 holds exactly, but those given; a map, as EVI sends it."""
    return dict.fromkeys(LABELS_48, 0.03125) | strong


def models(**strong: float) -> Plain:
    return {"prosody": {"scores": scores(**strong)}}


def user(text: str, begin: int | None = 1200, end: int | None = 2580, **strong: float) -> Plain:
    return {
        "type": "user_message",
        "message": {"role": "user", "content": text},
        "models": models(**strong),
        "time": {"begin": begin, "end": end},
        "from_text": False,
        "interim": False,
    }


def typed(text: str) -> Plain:
    return user(text) | {"models": {"prosody": None}, "time": None, "from_text": True}


def assistant(text: str, name: str = "c7a4", **strong: float) -> Plain:
    return {
        "type": "assistant_message",
        "id": name,
        "message": {"role": "assistant", "content": text},
        "models": models(**strong),
        "from_text": False,
    }


METADATA = {"type": "chat_metadata", "chat_group_id": "00b0", "chat_id": "5e1a", "request_id": "9023"}
ERROR = {"type": "error", "code": "E0101", "slug": "payload_parse", "message": "Failed to parse payload."}
AUDIO = {"type": "audio_output", "id": "c7a4", "index": 0, "data": "UklGRqSd" * 20, "is_final_chunk": False}
END = {"type": "assistant_end"}
LOG = [
    METADATA,
    user("Hey. What's", 1200, 2000, Interest=0.5) | {"interim": True},
    user("Hey. What's going on?", Interest=0.476, Excitement=0.35, Determination=0.177),
    assistant("Hey there!", Joy=0.45),
    AUDIO,
    END,
    user("Nothing.", 5000, 5400, Boredom=0.3, Sadness=0.12),
    assistant("Oh?", "d8", Interest=0.22),
    {"type": "user_interruption", "time": 6100},
]


def event(role: str, text: str, at: int, features: Any = "", number: int = 0, **more: Any) -> Plain:
    return {
        "id": f"{role}-{number}-{at}",
        "chat_id": "470a",
        "timestamp": 1716244940648 + at,
        "role": role,
        "type": {"USER": "USER_MESSAGE", "AGENT": "AGENT_MESSAGE"}.get(role, "SYSTEM_PROMPT"),
        "message_text": text,
        "emotion_features": features if isinstance(features, str) else json.dumps(features),
        "metadata": "",
    } | more


HEARD = json.dumps(
    {"segments": [{"content": "Hello.", "embedding": [0.5] * 20, "time": {"begin_ms": 640, "end_ms": 1140}}]}
)
PAGE = {
    "id": "470a",
    "chat_group_id": "9fc1",
    "status": "USER_ENDED",
    "start_timestamp": 1716244940648,
    "pagination_direction": "ASC",
    "events_page": [
        event("SYSTEM", "You are a weather assistant.", 114),
        event("USER", "Hello.", 15630, scores(Joy=0.296), metadata=HEARD),
        event("AGENT", "Hello!", 16383, scores(Interest=0.134)),
        event("USER", "", 17000, type="USER_INTERRUPTION"),
        event("USER", "Rain?", 18000),
    ],
}
REQUEST = {
    "model": "evi",
    "stream": True,
    "messages": [
        {"role": "system", "content": "Be brief."},
        {
            "role": "user",
            "content": "I'm fine. {very sad, moderately anxious, somewhat tired}",
            "time": {"begin": 1000, "end": 2000},
            "models": models(Sadness=0.34),
        },
        {"role": "assistant", "content": "Good."},
    ],
}
SOCKET = {
    "messages": [user("I'm fine", 1000, 2000, Sadness=0.34), assistant("Good.") | {"models": {"prosody": None}}],
    "custom_session_id": "a1",
}


def lines(entries: list[Plain]) -> bytes:
    """JSON lines, without a newline at the end, as many logs end."""
    return b"\n".join(map(minified, entries))


def said(given_: Any) -> list[tuple[str | None, float | None, str]]:
    return [(d.speaker, d.begin, str(d)) for d in leed.describe_all(leed.read(given_), calibration="none")]


def issues(given_: Any) -> list[tuple[str, str]]:
    return [(issue.code, str(issue)) for issue in leed.read(given_).issues]


# --- a log

SAID = [
    (
        "user",
        1.2,
        'They said "Hey. What\'s going on?" and sound very interested, quite excited and somewhat determined.',
    ),
    ("assistant", 2.58, 'They said "Hey there!" and sound very joyful.'),
    ("user", 5.0, 'They said "Nothing." and sound quite bored and slightly sad.'),
    ("assistant", 5.4, 'They said "Oh?" and sound moderately interested.'),
]


@pytest.mark.parametrize("written", [lines, minified, pretty, lambda entries: lines(entries) + b"\n", list])
def test_a_log_is_described_turn_by_turn_whatever_it_is_written_as(written: Callable[[list[Plain]], Any]) -> None:
    assert said(written(LOG)) == SAID


def test_the_assistants_voice_is_marked_and_in_a_track_of_its_own() -> None:
    first, second = leed.read(lines(LOG)).tracks
    assert (first.speaker, first.channel, len(first)) == ("user", None, 2)
    assert (second.speaker, second.channel, len(second)) == ("assistant", "assistant", 2)
    for track in (first, second):
        assert (track.modality, track.aspect, track.granularity) == ("prosody", "expression", "utterance")
        assert (track.taxonomy, track.quantity, track.exclusive) == ("hume-48", "intensity", False)
        assert track.labels == tuple(LABELS_48)
        assert track.source == "5e1a"
    assert first.text == ("Hey. What's going on?", "Nothing.")
    assert first.end.tolist() == [2.58, 5.4]
    assert math.isnan(second.end[0])
    assert second.extras["message_id"].tolist() == ["c7a4", "d8"]
    assert issues(lines(LOG)) == [
        (
            "inferred",
            "5e1a: assistant: 2 messages carry no time; each is placed where the speech before it ended",
        )
    ]


def test_a_greeting_comes_before_everything() -> None:
    assert said([assistant("Welcome.", Joy=0.3), user("Hi.", Joy=0.12)]) == [
        ("assistant", 0.0, 'They said "Welcome." and sound quite joyful.'),
        ("user", 1.2, 'They said "Hi." and sound slightly joyful.'),
    ]


def test_a_log_of_a_file_has_its_name_and_several_chats_have_their_ids(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(lines(LOG))
    assert leed.read(path).sources == ("log.jsonl",)
    path.write_bytes(lines([*LOG, METADATA | {"chat_id": "second"}, user("Hi.", Joy=0.5)]))
    recording = leed.read(path)
    assert recording.sources == ("5e1a", "second")
    assert [d.text for d in leed.describe_all(recording) if d.source == "second"] == ["Hi."]


def test_an_error_becomes_an_issue() -> None:
    assert issues([METADATA, ERROR, user("Hi.")]) == [
        ("source-failed", "5e1a: the chat reported an error: E0101 payload_parse: Failed to parse payload.")
    ]


def test_typed_text_is_no_segment_and_is_reported() -> None:
    recording = leed.read([METADATA, typed("What now?"), user("Hi.", Joy=0.5)])
    assert [s.text for s in recording.segments()] == ["Hi."]
    assert [str(i) for i in recording.issues] == [
        "5e1a: user: typed, so there is no voice to describe: 1 of 2 messages; left out"
    ]
    only = leed.read([METADATA, typed("What now?")])
    assert len(only) == 0
    assert [i.code for i in only.issues] == ["no-scores", "no-segments"]


def test_speech_without_scores_is_reported() -> None:
    entries = [
        METADATA,
        user("Hi.") | {"models": {}},
        user("Ho.", Joy=0.5),
        assistant("A."),
        {**assistant("B."), "models": None},
    ]
    assert issues(entries)[:2] == [
        ("no-scores", "5e1a: user: without scores of the voice: 1 of 2 messages; left out"),
        ("no-scores", "5e1a: assistant: without scores of the voice: 1 of 2 messages; left out"),
    ]


def test_scores_of_the_assistant_that_come_after_its_message_are_put_with_its_words() -> None:
    late = [
        user("Hi."),
        assistant("One.", "a") | {"models": {"prosody": None}},
        assistant("Two.", "a") | {"models": {"prosody": None}},
        {"type": "assistant_prosody", "id": "a", "models": models(Joy=0.45)},
        {"type": "assistant_prosody", "id": "a", "models": models(Fear=0.45)},
        {"type": "assistant_prosody", "id": "unknown", "models": models(Awe=0.45)},
    ]
    assert [sentence for speaker, _, sentence in said(late) if speaker == "assistant"] == [
        'They said "One." and sound very joyful.',
        'They said "Two." and sound very fearful.',
        "They sound very awed.",
    ]


def test_the_language_that_was_detected_is_kept() -> None:
    assert leed.read([user("Hallo.") | {"language": "de"}]).tracks[0].extras["detected_language"].tolist() == ["de"]


def test_a_last_line_that_is_cut_off_is_an_issue() -> None:
    data = lines(LOG[:4]) + b'\n{"type": "user_mess'
    recording = leed.read(data)
    assert len(recording) == 2
    assert [(i.code, i.message) for i in recording.issues][:1] == [
        ("cut-off", "the last line, line 5, is cut off; it is left out")
    ]


def test_a_line_that_is_no_message_is_an_issue_and_the_rest_is_read() -> None:
    data = lines(LOG[:3]) + b'\n{"type": "user\n[1]\n\n' + lines(LOG[3:])
    recording = leed.read(data)
    assert len(recording) == 4
    assert [i.message for i in recording.issues][:2] == [
        "line 4 is no JSON object; it is left out",
        "line 5 is no JSON object; it is left out",
    ]


def test_odd_scores_are_reported_and_kept() -> None:
    odd = user("Hi.")
    odd["models"]["prosody"]["scores"] |= {"Joy": "0.5", "Fear": float("nan"), "Awe": 1.25, "Wistfulness": 0.45}
    for written in (lines([METADATA, odd]), json.dumps([odd]).encode(), [odd]):
        recording = leed.read(written)
        assert {i.code for i in recording.issues} == {"not-a-number", "not-finite", "out-of-range"}
        assert recording.segments()[0].scores["Wistfulness"] == 0.45
        assert "Fear" not in recording.segments()[0].scores
    named = user("Hi.")
    named["models"]["prosody"]["scores"] = [{"name": "Joy", "score": 0.5}]
    assert said([named]) == [("user", 1.2, 'They said "Hi." and sound very joyful.')]
    named["models"]["prosody"]["scores"] = [1, 2]
    assert issues([named])[0] == ("not-read", "user: the scores are no map of label to number; they are left out")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_log_saved_by_an_editor_is_read(encoding: str) -> None:
    assert said(lines(LOG).decode().encode(encoding)) == SAID


def test_a_line_separator_inside_a_text_parts_no_line() -> None:
    assert leed.read(lines([METADATA, user("one\u2028two\x85three")])).segments()[0].text == "one\u2028two\x85three"


def test_audio_is_neither_decoded_nor_kept(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    chunk = minified({"type": "audio_output", "id": "x", "index": 0, "data": "A" * 150_000})
    path.write_bytes(b"\n".join([chunk, minified(LOG[2]), *[chunk] * 100, minified(LOG[3])]))
    leed.read(path)
    tracemalloc.start()
    recording = leed.read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [s.speaker for s in recording.segments()] == ["user", "assistant"]
    assert peak < 2_000_000  # of 15 MB
    assert b"AAAA" not in recording.to_json()


def test_a_log_that_begins_with_audio_under_another_order_of_keys_is_known() -> None:
    chunk = {"data": "A" * 150_000, "type": "audio_output"}
    assert len(leed.read(lines([chunk, *LOG]))) == 4


# --- what EVI appends

TEXTS = [
    ("I'm fine", "I'm fine"),
    ("I'm fine. {very sad, moderately anxious, somewhat tired}", "I'm fine."),
    ("I'm fine {quite calm}", "I'm fine"),
    ("One {quite calm} two {very sad}", "One two"),
    ("Now? {Context: The user is at {home}, alone.}", "Now?"),
    ("Now? {context: cut off", "Now?"),
    ("Now? {Context: a} {slightly surprised (positive), very joyful}", "Now?"),
    ("{extremely angry}", ""),
    ("a set {x, y} of {1, 2}", "a set {x, y} of {1, 2}"),
    ("{very}", "{very}"),
    ("it is {sad, very sad}", "it is {sad, very sad}"),
    ("  spaces stay  ", "  spaces stay  "),
    ("", ""),
]


@pytest.mark.parametrize(("text", "kept"), TEXTS)
def test_what_evi_appends_to_a_text_is_taken_away_and_the_rest_is_kept(text: str, kept: str) -> None:
    assert without_annotations(text) == kept


def test_taking_it_away_is_reported_and_the_assistants_text_is_untouched() -> None:
    recording = leed.read([user("Hi. {very sad}", Joy=0.5), assistant("Ho. {very sad}", Joy=0.5)])
    assert [s.text for s in recording.segments()] == ["Hi.", "Ho. {very sad}"]
    assert ("text-cut", "user: what EVI appended to the text, in braces, is taken away") in issues(
        [user("Hi. {very sad}"), user("Ho.")]
    )
    assert leed.read([user("{very sad}", Joy=0.5)]).segments()[0].text is None


@pytest.mark.parametrize("text", ["{very " * 50_000, " " * 200_000 + "{", "{Context:" * 50_000, "{very sad," * 50_000])
def test_hostile_text_is_cheap(text: str) -> None:
    without_annotations(text)


# --- history

HISTORY = [
    ("user", 15.63, 'They said "Hello." and sound quite joyful.'),
    ("assistant", 16.383, 'They said "Hello!" and sound slightly interested.'),
]


@pytest.mark.parametrize("given_", [PAGE, minified(PAGE), pretty(PAGE), [PAGE], [PAGE, PAGE], minified([PAGE])])
def test_a_page_of_events_is_described(given_: Any) -> None:
    assert said(given_) == HISTORY


def test_a_history_keeps_when_a_message_was_logged_and_heard() -> None:
    first, second = leed.read(PAGE).tracks
    assert (first.source, first.speaker, second.channel) == ("470a", "user", "assistant")
    assert first.extras["timestamp"].tolist() == [1716244956.278]
    assert (first.extras["audio_begin"].tolist(), first.extras["audio_end"].tolist()) == ([0.64], [1.14])
    assert math.isnan(first.end[0])
    assert "audio_begin" not in second.extras
    assert issues(PAGE) == [("no-scores", "470a: user: without scores of the voice: 1 of 2 messages; left out")]


def test_bare_events_begin_with_the_first_of_their_chat_and_are_put_in_order() -> None:
    events = PAGE["events_page"]
    assert isinstance(events, list)
    expected = [(speaker, round((begin or 0) - 0.114, 3), sentence) for speaker, begin, sentence in HISTORY]
    assert said(events) == said(events[::-1]) == said(lines(events)) == expected


def test_a_group_of_chats_has_a_source_for_each() -> None:
    group = {
        "id": "697",
        "events_page": [
            event("USER", "One.", 0, scores(Joy=0.5)),
            event("USER", "Two.", 9_000_000, scores(Joy=0.5), chat_id="second"),
        ],
    }
    recording = leed.read(group)
    assert recording.sources == ("470a", "second")
    assert [(s.source, s.begin) for s in recording.segments()] == [("470a", 0.0), ("second", 0.0)]


def test_a_page_without_events_gives_an_issue() -> None:
    assert issues({"id": "470a", "events_page": []}) == [("no-segments", "no message has scores of a voice")]


def test_broken_features_and_times_are_reported_or_left_out() -> None:
    page = {"events_page": [event("USER", "Hi.", 0, "{broken"), event("USER", "Ho.", 1, scores(Joy=0.5), metadata="{")]}
    assert [i.code for i in leed.read(page).issues] == ["not-read", "no-scores"]
    late = event("USER", "Hi.", 0, scores(Joy=0.5), timestamp=None)
    assert leed.read([late]).segments()[0].begin is None


# --- requests to a custom language model

I_AM_FINE = [("user", 1.0, 'They said "I\'m fine." and sound quite sad.')]


@pytest.mark.parametrize("given_", [REQUEST, minified(REQUEST), pretty(REQUEST), [REQUEST], REQUEST["messages"]])
def test_an_openai_request_is_described(given_: Any) -> None:
    assert said(given_) == I_AM_FINE
    assert leed.read(given_).tracks[0].end.tolist() == [2.0]


@pytest.mark.parametrize("given_", [SOCKET, minified(SOCKET)])
def test_a_websocket_request_is_described(given_: Any) -> None:
    assert said(given_) == [("user", 1.0, 'They said "I\'m fine" and sound quite sad.')]
    assert leed.read(given_).sources == ("a1",)
    assert issues(given_) == []


def test_requests_that_repeat_the_history_give_each_message_once() -> None:
    first = {"messages": [user("One.", 0, 1000, Joy=0.5)], "custom_session_id": "a"}
    second = {"messages": [*first["messages"], user("Two.", 2000, 2500, Joy=0.5)], "custom_session_id": "a"}
    third = {"messages": [user("One.", 0, 1000, Joy=0.5)], "custom_session_id": "b"}
    recording = leed.read(lines([first, second, third]))
    assert [(s.source, s.text) for s in recording.segments()] == [("a", "One."), ("a", "Two."), ("b", "One.")]


def test_content_in_parts_is_joined() -> None:
    message = {"role": "user", "content": [{"type": "text", "text": "One"}, {"type": "text", "text": "two"}, 3]}
    assert leed.read({"messages": [message | {"models": models()}]}).segments()[0].text == "One two"


def test_a_request_with_a_long_prompt_before_the_scores_is_known() -> None:
    request = REQUEST | {"messages": [{"role": "system", "content": "x" * 100_000}, *REQUEST["messages"]]}  # type: ignore[misc]
    assert said(minified(request)) == I_AM_FINE


# --- telling it apart

KNOWN = [LOG, LOG[2], [typed("Hi.")], [METADATA], PAGE, PAGE["events_page"], REQUEST, REQUEST["messages"], SOCKET]


@pytest.mark.parametrize("given_", [*KNOWN, *map(minified, KNOWN), *map(pretty, KNOWN)])
def test_each_form_is_recognised(given_: Any) -> None:
    assert recognise(take(given_ if isinstance(given_, (bytes, list)) else [given_])).name == "hume-evi"


NEAR = [
    (
        {"page_number": 0, "chats_page": [{"id": "470a", "status": "USER_ENDED"}]},
        (
            "is a list of Hume EVI chats, without what was said in them; their messages come from "
            "GET /v0/evi/chats/{id} (events_page)"
        ),
    ),
    (
        {"messages": [{"role": "user", "content": "Hi."}], "stream": True},
        "is a chat request, but none of its messages carries expression scores (models.prosody.scores)",
    ),
    (ERROR, "is an error message of Hume EVI: E0101 payload_parse: Failed to parse payload."),
]


@pytest.mark.parametrize(("plain", "why"), NEAR)
def test_a_near_miss_says_what_it_is(plain: Any, why: str) -> None:
    for given_, shown in ((plain, "the dict given"), (minified(plain), "the input"), (pretty(plain), "the input")):
        with pytest.raises(leed.LeedError) as caught:
            leed.read(given_)
        assert str(caught.value) == f"{shown}: {why}"


@pytest.mark.parametrize("given_", [b"", b"Joy,Fear\n1,2\n", b"[]", {"Joy": 0.5}, b"\x00\x01", b"<a/>", [], [LOG[4]]])
def test_what_is_something_else_cannot_be_forced(given_: Any) -> None:
    with pytest.raises(leed.LeedError, match="holds nothing of Hume EVI: expected messages"):
        leed.read(given_, format="hume-evi")


def test_the_reader_says_what_it_is() -> None:
    reader = reader_named("hume-evi")
    assert reader.title == "Hume EVI: chat logs (JSON lines), chat history events, custom language model requests"
    assert reader.holds == "intensity"


# --- real data


@pytest.mark.needs_data
def test_the_real_log_gives_the_sentence_of_the_page() -> None:
    recording = leed.read(shared("hume/evi/evi-recording.jsonl"))
    assert [(d.speaker, d.begin, str(d)) for d in leed.describe_all(recording, calibration="none")] == [
        SAID[0],
        (
            "assistant",
            2.58,
            'They said "Hey there!" and sound quite excited, pleasantly surprised and interested.',
        ),
    ]
    assert [i.code for i in recording.issues] == ["source-failed", "inferred"]
    injected = leed.Describer(person="The user", quote=False)(recording.segments()[0])
    assert str(injected) == "The user sounds very interested, quite excited and somewhat determined."
    assert leed.read(recording.to_json()) == recording


@pytest.mark.needs_data
def test_the_real_history_answers_are_read() -> None:
    mappings = json.loads(shared("hume/sdk-envelopes/wiremock-mappings.json").read_bytes())["mappings"]
    bodies = {m["request"].get("urlPathTemplate"): m["response"].get("body") for m in mappings}
    for path, begin in (("/v0/evi/chats/{id}", 15.63), ("/v0/evi/chat_groups/{id}/events", 15.516)):
        recording = leed.read(bodies[path].encode())
        assert [(d.source, d.speaker, d.begin, str(d)) for d in leed.describe_all(recording, calibration="none")] == [
            (
                "470a49f6-1dec-4afe-8b61-035d3b2d63b0",
                "user",
                begin,
                'They said "Hello." and sound quite joyful, and moderately pleasantly surprised and interested.',
            ),
            (
                "470a49f6-1dec-4afe-8b61-035d3b2d63b0",
                "assistant",
                round(begin + 0.753, 3),
                'They said "Hello!" and sound slightly interested, excited and amused.',
            ),
        ]
        assert recording.issues == ()
        assert recording.tracks[0].extras["audio_end"].tolist() == [1.14]
    for path in ("/v0/evi/chats", "/v0/evi/chat_groups", "/v0/evi/chat_groups/{id}", "/v0/evi/chat_groups/{id}/audio"):
        with pytest.raises(leed.LeedError, match="is a list of Hume EVI chats, without what was said in them"):
            leed.read(bodies[path].encode())


# --- there and back, and anything at all


@pytest.mark.parametrize("given_", [LOG, PAGE, REQUEST, SOCKET, [METADATA, typed("Hi.")]])
def test_a_recording_is_written_and_read_back(given_: Any) -> None:
    recording = leed.read(given_)
    assert leed.read(recording.to_json()) == recording


WRITTEN = [
    lines([*LOG, ERROR, typed("x")]),
    minified([*LOG, ERROR]),
    minified(PAGE),
    minified(REQUEST),
    minified(SOCKET),
]


@settings(max_examples=150)
@given(st.sampled_from(WRITTEN), st.integers(0, 2**63))
def test_mangled_bytes_are_harmless(data: bytes, seed: int) -> None:
    harmless(mangled(data, seed))
    harmless(mangled(data, seed), format="hume-evi")


@settings(max_examples=200)
@given(st.sampled_from([[*LOG, ERROR, typed("x")], PAGE, REQUEST, SOCKET]), st.integers(0, 2**63))
def test_mangled_values_are_harmless(plain: Any, seed: int) -> None:
    harmless(changed(plain, seed))
    harmless(changed(plain, seed), format="hume-evi")


@pytest.mark.parametrize("log", [LOG, [METADATA, user("Hey.", Joy=0.5), ERROR]])
def test_a_log_that_an_application_wrapped_is_the_log(log: list[Plain]) -> None:
    """Below a key of each message or of all: errors and the chat's id are kept."""
    wrapped = [{"ts": i, "data": message} for i, message in enumerate(log)]
    lines = b"\n".join(map(minified, wrapped))
    expected = leed.read(log)
    assert expected.sources == ("5e1a",)
    for given_ in (wrapped, minified(wrapped), lines, {"session": {"messages": log}}):
        assert leed.read(given_) == expected
