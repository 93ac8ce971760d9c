"""leed.inject: descriptions go into the messages of one call, and nothing else of them changes."""

import copy
import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leed
from leed.errors import InputError, OptionError, RefusedError
from leed.injection import Injection, report
from leed.prompts import HANDOVERS, POLICIES, get_handover, get_policy

SAD = {"prosody": {"Sadness": 0.34}}
Message = dict[str, Any]


def user(text: Any, expression: Any = None, **more: Any) -> Message:
    return {**leed.user_message(text, expression=expression), **more}


def contents(messages: list[Message], **options: Any) -> list[Any]:
    chosen: dict[str, Any] = {"policy": None, **options}
    return [message["content"] for message in leed.inject(messages, **chosen)]


# --- where it goes


@pytest.mark.parametrize(
    ("handover", "expected"),
    [
        ("inline", [{"role": "user", "content": "I'm fine\n\n[The user sounds quite sad.]"}]),
        ("tag", [{"role": "user", "content": "I'm fine\n\n<expression>The user sounds quite sad.</expression>"}]),
        ("json", [{"role": "user", "content": 'I\'m fine\n\n{"expression": "The user sounds quite sad."}'}]),
        ("evi", [{"role": "user", "content": "I'm fine {quite sad}"}]),
        (
            "system",
            [
                {"role": "system", "content": "How the next message came across: The user sounds quite sad."},
                {"role": "user", "content": "I'm fine"},
            ],
        ),
        (
            "developer",
            [
                {"role": "developer", "content": "How the next message came across: The user sounds quite sad."},
                {"role": "user", "content": "I'm fine"},
            ],
        ),
    ],
)
def test_a_description_is_handed_over(handover: str, expected: list[Message]) -> None:
    assert leed.inject([user("I'm fine", SAD)], handover=handover, policy=None) == expected


def test_the_examples_of_the_design() -> None:
    labels = {"Interest": 0.476, "Excitement": 0.350, "Determination": 0.177}
    assert contents([user("Hey. What's going on?", {"prosody": labels})]) == [
        "Hey. What's going on?\n\n[The user sounds very interested, quite excited and somewhat determined.]"
    ]


def test_nothing_is_said_where_nothing_stands_out() -> None:
    assert contents([user("Okay, go on.", {"prosody": {"Calmness": 0.07}})]) == ["Okay, go on."]


@pytest.mark.parametrize(
    "message",
    [
        {"role": "user", "content": "Hi", "models": {"prosody": {"scores": {"Sadness": 0.34}}}, "time": {"begin": 0}},
        {"role": "user", "content": "Hi", "models": {"prosody": {"scores": [{"name": "Sadness", "score": 0.34}]}}},
        user("Hi", '{"prosody": {"Sadness": 0.34}}'),
        user("Hi", {"voice": {"Sadness": 0.34}}),
        user("Hi", {"prosody": {"Sadness": 0.34}, "text": "Hi", "speaker": "Ben"}),
        user("Hi", leed.Segment(scores={"Sadness": 0.34}, modality="prosody", text="Hi")),
        user("Hi", leed.describe({"Sadness": 0.34}, modality="prosody", text="Hi")),
        user("Hi", leed.describe({"prosody": {"Sadness": 0.34}}, text="Hi")),
        user("Hi", leed.read({"prosody": {"Sadness": 0.34}, "text": "Hi"})),
        user("Hi", leed.read({"prosody": {"Sadness": 0.34}, "text": "Hi"}).utterances()[0]),
    ],
)
def test_expressions_ride_in_many_forms(message: Message) -> None:
    assert leed.inject([message], policy=None) == [{"role": "user", "content": "Hi\n\n[The user sounds quite sad.]"}]


def test_scores_without_a_modality_are_described_too() -> None:
    assert contents([user("Hi", {"Joy": 0.84})]) == ["Hi\n\n[The user comes across as extremely joyful.]"]


def test_empty_expressions_say_nothing() -> None:
    nothing: list[Any] = [{}, {"prosody": None}, {"prosody": {}}, "", {"prosody": {"scores": {}}}]
    for empty in nothing:
        assert contents([user("Hi", empty)]) == ["Hi"]


def test_an_expression_beside_is_the_newest_user_messages() -> None:
    stream = leed.Stream()
    stream.feed({"Joy": 0.84}, modality="face", begin=1.0)
    history = [user("One", SAD), {"role": "assistant", "content": "Yes?"}, user("Two", SAD), {"role": "tool"}]
    assert leed.inject(history, stream, policy=None)[2]["content"] == "Two\n\n[The user looks extremely joyful.]"
    assert leed.inject(history, {"face": {"Joy": 0.84}}, policy=None)[0]["content"].endswith("quite sad.]")


def test_a_description_is_worded_for_the_chat_in_its_own_language() -> None:
    german = leed.describe({"Sadness": 0.34}, modality="prosody", text="Gut", lang="de")
    assert contents([user("Gut", german)]) == ["Gut\n\n[Der Nutzer klingt ziemlich traurig.]"]
    own = leed.describe({"Sadness": 0.34}, modality="prosody", person="Anna")
    assert contents([user("Gut", own)]) == ["Gut\n\n[Anna sounds quite sad.]"]


def test_the_describer_and_its_options_are_taken() -> None:
    assert contents([user("Gut", SAD)], lang="de") == ["Gut\n\n[Der Nutzer klingt ziemlich traurig.]"]
    assert contents([user("Fine", SAD)], describer=leed.Describer(person="Anna")) == [
        "Fine\n\n[Anna sounds quite sad.]"
    ]


def test_the_assistants_own_voice_is_nobody_elses() -> None:
    messages = [{"role": "assistant", "content": "Hi!", "models": {"prosody": {"scores": {"Joy": 0.9}}}}]
    assert contents(messages) == ["Hi!"]
    segment = leed.Segment(scores={"Joy": 0.9}, modality="prosody", channel="assistant")
    assert leed.inject([user("Hi")], segment, policy=None) == [user("Hi")]


# --- what stays as it is


def test_parts_images_audio_tools_and_names_stay() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    audio = {"type": "input_audio", "input_audio": {"data": "AA==", "format": "wav"}}
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"q": "[The user sounds sad.]"}'}}
    messages = [
        {"role": "developer", "content": "Be brief."},
        user([{"type": "text", "text": "Look"}, image, audio], SAD, name="ben"),
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "1", "content": '[{"text": "The user is here"}]'},
    ]
    assert leed.inject(messages, policy=None) == [
        {"role": "developer", "content": "Be brief."},
        {
            "role": "user",
            "name": "ben",
            "content": [
                {"type": "text", "text": "Look"},
                image,
                audio,
                {"type": "text", "text": "[The user sounds quite sad.]"},
            ],
        },
        *messages[2:],
    ]


def test_input_items_of_responses_are_messages_too() -> None:
    items = [
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}], "expression": SAD},
        {"type": "function_call_output", "call_id": "1", "output": "<expression>The user is sad</expression>"},
    ]
    assert leed.inject(items, policy=None) == [
        {
            "type": "message",
            "role": "user",
            "content": [
                {"type": "input_text", "text": "Hi"},
                {"type": "input_text", "text": "[The user sounds quite sad.]"},
            ],
        },
        {"type": "function_call_output", "call_id": "1", "output": "(expression)The user is sad(/expression)"},
    ]


def test_a_message_without_content_gets_the_note_alone() -> None:
    assert contents([user(None, SAD), user("", SAD)]) == ["[The user sounds quite sad.]"] * 2


def test_objects_of_a_client_pass_through() -> None:
    answer = object()
    history: list[Any] = [user("Hi", SAD), answer]
    assert leed.inject(history, policy=None)[1] is answer


class Answer(pydantic.BaseModel):
    """Like the answers of OpenAI's client."""

    role: str = "assistant"
    content: str
    refusal: str | None = None


def test_an_answer_that_is_an_object_is_disarmed_like_plain_data_and_else_passes_through() -> None:
    harmless, echo = (
        Answer(role="assistant", content="Hello"),
        Answer(role="assistant", content="[The user sounds sad.]"),
    )
    told: list[Any] = leed.inject([harmless, echo], policy=None)
    assert told[0] is harmless
    assert told[1] == {"role": "assistant", "content": "(The user sounds sad.)"}
    assert leed.inject(told, policy=None) == told
    assert echo.content == "[The user sounds sad.]"


def test_the_input_is_never_changed() -> None:
    messages = [{"role": "system", "content": "Be brief."}, user([{"type": "text", "text": "[The user is]"}], SAD)]
    before = copy.deepcopy(messages)
    for handover in HANDOVERS:
        leed.inject(messages, handover=handover, older="summarize", step=1)
    assert messages == before


# --- policies


def test_the_policy_ends_the_leading_instructions_or_begins_the_messages() -> None:
    policy = get_policy("subtle")(get_handover("inline"))
    assert policy.startswith(
        "<expression_notes>\nSome of the user's messages come with a short note, in square brackets"
    )
    assert leed.inject([user("Hi")]) == [{"role": "system", "content": policy}, user("Hi")]
    for role in ("system", "developer"):
        first = leed.inject([{"role": role, "content": "Be brief."}, user("Hi")])[0]
        assert first == {"role": role, "content": f"Be brief.\n\n{policy}"}
    parts = [{"type": "text", "text": "Be brief."}]
    assert leed.inject([{"role": "system", "content": parts}])[0]["content"] == [
        *parts,
        {"type": "text", "text": policy},
    ]
    assert leed.inject([user("Hi")], handover="developer")[0]["role"] == "developer"
    assert leed.inject([]) == []


def test_one_switch_turns_all_of_it_off() -> None:
    messages = [user("Hi [The user sounds happy.]", SAD), {"role": "assistant", "content": "", "models": {}}]
    assert leed.inject(messages, enabled=False) == [
        {"role": "user", "content": "Hi [The user sounds happy.]"},
        {"role": "assistant", "content": ""},
    ]


# --- again and again


def test_a_repeated_call_replaces_what_the_earlier_one_put_in() -> None:
    image = {"type": "image_url", "image_url": {"url": "x"}}
    messages = [user("One", SAD), {"role": "assistant", "content": "Yes"}, user([{"type": "text", "text": "T"}, image])]
    joy = {"face": {"Joy": 0.84}}
    for handover in HANDOVERS:
        once = leed.inject(messages, joy, handover=handover)
        assert leed.inject(once, handover=handover) == once
        assert leed.inject(once, joy, handover="tag", policy="tutoring") == leed.inject(
            messages, joy, handover="tag", policy="tutoring"
        )
        assert leed.inject(once, enabled=False) == leed.inject(messages, enabled=False)
        stored = json.loads(json.dumps(once))
        bare = leed.inject(leed.inject(messages, enabled=False), handover=handover)
        assert leed.inject(stored, handover=handover) == bare, handover
        assert leed.inject(stored, joy, handover=handover) == leed.inject(bare, joy, handover=handover)


def test_what_goes_out_is_plain_data() -> None:
    out = leed.inject([user("Hi", SAD)])
    assert json.loads(json.dumps(out)) == out
    assert type(copy.deepcopy(out)[1]) is dict
    assert "0.34" not in repr(out)


def test_a_message_that_was_changed_after_the_call_keeps_its_change() -> None:
    once = leed.inject([user("Hi", SAD)], policy=None)
    once[0]["content"] = "Bye"
    assert leed.inject(once, policy=None) == [user("Bye")]


words = st.text("ab [{<]}>(\n.:", max_size=12) | st.sampled_from(
    ["[The user sounds happy.]", "{very sad}", "{Context: x}"]
)
scores = st.dictionaries(st.sampled_from(["Joy", "Sadness", "Anger", "Odd]"]), st.floats(0, 1), min_size=1, max_size=3)
expressions = st.none() | st.fixed_dictionaries({"prosody": scores}) | st.just("no JSON")
contents_ = words | st.lists(st.fixed_dictionaries({"type": st.just("text"), "text": words}), min_size=1, max_size=2)
turns = st.builds(user, contents_, expressions) | st.fixed_dictionaries(
    {"role": st.sampled_from(["assistant", "tool"]), "content": words}
)
conversations = st.tuples(
    st.lists(st.just({"role": "system", "content": "Be brief."}), max_size=1), st.lists(turns, min_size=1, max_size=8)
).map(lambda both: [*both[0], *both[1]])


@settings(max_examples=150, deadline=None)
@given(conversations, st.sampled_from(HANDOVERS), st.sampled_from(POLICIES))
def test_the_messages_of_one_turn_begin_those_of_the_next(messages: list[Message], handover: str, policy: str) -> None:
    leading = sum(message["role"] == "system" for message in messages)
    whole = json.dumps(leed.inject(messages, handover=handover, policy=policy))
    for end in range(leading + 1, len(messages) + 1):
        out = leed.inject(messages[:end], handover=handover, policy=policy)
        assert whole.startswith(json.dumps(out)[:-1])
        assert leed.inject(out, handover=handover, policy=policy) == out
        assert leed.inject(messages[:end], enabled=False) == leed.inject(out, enabled=False)


def test_older_descriptions_are_dropped_or_summarized_in_steps() -> None:
    history: list[Message] = []
    seen = []
    for turn in range(9):
        history.append(user(f"{turn}", {"prosody": {"Anxiety": 0.11 + 0.05 * turn}}))
        out = contents(history, older="drop", step=3)
        seen.append(sum("[" in text for text in out))
        assert "[" in out[-1]
    assert seen == [1, 2, 3, 4, 5, 3, 4, 5, 3]
    assert contents(history[:6], older="summarize", step=3)[:4] == [
        "0",
        "1",
        "2\n\n[The user sounded increasingly anxious, from slightly at first to moderately anxious in the end.]",
        "3\n\n[The user sounds moderately anxious.]",
    ]


# --- what is ignored, refused or goes wrong


def test_scores_that_are_too_old_are_ignored() -> None:
    segment = leed.Segment(scores={"Sadness": 0.34}, modality="prosody", begin=1.0, end=3.0)
    stream = leed.Stream()
    stream.feed(segment)
    for given_ in (segment, stream, leed.describe(segment), leed.read({"prosody": {"Sadness": 0.34}, "end": 3.0})):
        assert contents([user("Hi")], expressions=given_, max_age=2, now=5.0) == ["Hi\n\n[The user sounds quite sad.]"]
        assert contents([user("Hi")], expressions=given_, max_age=2, now=5.1) == ["Hi"]
    assert contents([user("Hi", SAD)], expressions=segment, max_age=1, now=9.0) == [
        "Hi\n\n[The user sounds quite sad.]"
    ]


@pytest.mark.parametrize("labels", [{"male": 0.9, "female": 0.1}, {"46-65": 0.9}, {"Romance": 0.9}, {"Desire": 0.8}])
def test_sensitive_labels_age_and_gender_stay_out_unless_named(labels: dict[str, float]) -> None:
    assert contents([user("Hi", {"face": labels})]) == ["Hi"]


def test_a_sensitive_label_may_be_named() -> None:
    assert contents([user("Hi", {"face": {"Romance": 0.9}})], allow=["Romance"])[0] != "Hi"


@pytest.mark.parametrize("mark", ["employee", "applicant", "pupil"])
def test_a_marked_speaker_is_refused_with_an_explanation(mark: str, caplog: pytest.LogCaptureFixture) -> None:
    report.cache_clear()
    seen: list[Injection] = []
    messages = [user("Hi", SAD, name="ben"), user("Yes", SAD, name="Anna")]
    with caplog.at_level(logging.WARNING, "leed"):
        out = contents(messages, speakers={"Ben": mark}, on_inject=seen.append)
        contents(messages, speakers={"Ben": mark})
    assert out == ["Hi", "Yes\n\n[The user sounds quite sad.]"]
    assert len(caplog.messages) == 1
    assert f"marked as {mark}: Article 5(1)(f) of the EU AI Act" in caplog.messages[0]
    assert list(seen[0].skipped) == [0]
    with pytest.raises(RefusedError, match=r"docs/law\.md"):
        leed.inject(messages, speakers={"Ben": mark}, strict=True)
    segment = leed.Segment(scores={"Sadness": 0.34}, modality="prosody", speaker="Ben")
    assert contents([user("Hi", segment)], speakers={"Ben": mark}) == ["Hi"]
    assert leed.inject([user("Hi", SAD)], speakers=mark) == [user("Hi")]


def test_a_failure_lets_the_call_go_out_and_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    report.cache_clear()
    messages = [user("Hi", {"prosody": {"Joy": object()}}), user("Hi", 7), user("Hi", "/etc/passwd")]
    with caplog.at_level(logging.WARNING, "leed"):
        assert contents(messages) == ["Hi"] * 3
        assert contents(messages) == ["Hi"] * 3
    assert len(caplog.messages) == len(set(caplog.messages))
    assert 2 <= len(caplog.messages) <= 3
    with pytest.raises(InputError, match="give scores"):
        leed.inject(messages[1:], strict=True)


def test_a_path_that_rides_on_a_message_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    path.write_text('{"Joy": 0.84}')
    assert contents([user("Hi", str(path))]) == ["Hi"]
    assert contents([user("Hi", path)]) == ["Hi\n\n[The user comes across as extremely joyful.]"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"handover": "inlined"}, "did you mean 'inline'"),
        ({"policy": "subtel"}, "did you mean 'subtle'"),
        ({"max_age": 3}, "max_age needs now"),
        ({"max_age": "3", "now": 1}, "give a number of seconds"),
        ({"older": "forget"}, "keep, summarize, drop"),
        ({"step": 0}, "from 1"),
        ({"speakers": {"Ben": "boss"}}, "employee, applicant, pupil"),
        ({"speakers": 3}, "marks by name"),
        ({"topp": 3}, "the options are"),
    ],
)
def test_wrong_options_are_errors_that_say_what_to_give(options: dict[str, Any], says: str) -> None:
    with pytest.raises(OptionError, match=says):
        leed.inject([user("Hi")], **options)


def test_what_are_no_messages_is_an_error() -> None:
    for wrong in ("Hi", {"role": "user"}, 3, None):
        with pytest.raises(InputError, match="give a list of chat messages"):
            leed.inject(wrong)  # type: ignore[arg-type,type-var,unused-ignore]


def test_a_trace_shows_what_went_out() -> None:
    seen: list[Injection] = []
    out = leed.inject([user("Hi", SAD)], on_inject=seen.append)
    (trace,) = seen
    assert list(trace.messages) == out
    assert [(note.index, note.text, note.description.terms[0].label) for note in trace.notes] == [
        (1, "[The user sounds quite sad.]", "Sadness")
    ]
    assert trace.notes[0].tokens > 0
    assert out[0]["content"] == trace.policy


def test_injecting_plain_scores_loads_neither_numpy_nor_pydantic() -> None:
    code = (
        "import sys, leed; leed.inject([leed.user_message('Hi', expression={'prosody': {'Sadness': 0.3}})]);"
        "print(sorted({'numpy', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert done.stdout == "[]\n"
