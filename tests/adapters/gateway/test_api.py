"""leed's own endpoints: content in, sentences and reasons out; errors that say what to do."""

import gzip
import json
import threading
from collections import Counter
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

import anyio
import pytest
from starlette.routing import Route

import leed
from leed_adapters.gateway.api import OPERATIONS, Operation, document, routes
from leed_adapters.gateway.api.endpoint import Asked, Endpoint, Refusal, Threads
from leed_adapters.gateway.api.openapi import Answer
from tests.support.parts import ROOT, shared
from tests.support.serving import Served, served
from tests.support.talks import six_minutes

SAMPLE = ROOT / "leed" / "cli" / "sample-conversation.json"


@pytest.fixture(scope="module")
def api() -> Iterator[Served]:
    with served(routes()) as server:
        yield server


# --- describe


def test_scores_become_a_sentence_with_its_terms_and_reasons(api: Served) -> None:
    answer = api.ask("POST", "/leed/v1/describe", {"scores": {"Joy": 0.84, "Fear": 0.1}, "modality": "face"})
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    found = answer.json
    assert found["description"] == "They look extremely joyful."
    assert found["terms"] == [
        {"label": "Joy", "score": 0.84, "adverb": "extremely", "adjective": "joyful", "phrase": "extremely joyful"}
    ]
    assert found["explanation"].splitlines()[1] == "- Joy 0.84: extremely (from 0.71, intensity)"
    assert {one["label"]: (one["step"], one["named"], one["why"]) for one in found["labels"]} == {
        "Joy": (6, True, "extremely (from 0.71, intensity)"),
        "Fear": (0, False, "not strong enough to be said (floor 0.26)"),
    }
    assert found["ladders"][0]["steps"][0] == {"from": 0.26, "adverb": "slightly"}


def test_a_description_is_the_plain_data_that_leed_gives(api: Served) -> None:
    given = {"scores": {"Sadness": 0.34}, "modality": "prosody", "text": "I'm fine"}
    found = api.ask("POST", "/leed/v1/describe", given).json
    plain = leed.describe({"Sadness": 0.34}, modality="prosody", text="I'm fine").to_dict()
    assert {name: found[name] for name in plain if name != "terms"} == {k: v for k, v in plain.items() if k != "terms"}


def test_several_modalities_are_set_against_each_other(api: Served) -> None:
    given = {
        "expression": {"language": {"Calmness": 0.55}, "prosody": {"Distress": 0.31, "Sadness": 0.22}},
        "text": "No, it's fine.",
    }
    found = api.ask("POST", "/leed/v1/describe", given).json
    assert found["description"] == (
        'They said "No, it\'s fine." The words read as quite calm, but the voice sounds quite distressed and '
        "moderately sad."
    )
    assert [(one["modality"], one["label"], one["phrase"]) for one in found["labels"]] == [
        ("language", "Calmness", "quite calm"),
        ("prosody", "Distress", "quite distressed"),
        ("prosody", "Sadness", "moderately sad"),
    ]


def test_what_is_usual_is_told_of_each_label(api: Served) -> None:
    """Also where it did not decide, because the score was picked by hand."""
    found = api.ask("POST", "/leed/v1/describe", {"scores": {"Interest": 0.55}, "modality": "face"}).json
    (interest,) = found["labels"]
    assert (interest["gated"], interest["named"]) == (False, True)
    assert (round(interest["usual"], 2), interest["usual"] < interest["high"] < interest["rare"]) == (0.46, True)


def test_a_full_set_is_gated_by_what_is_usual(api: Served) -> None:
    table = leed.Describer().calibration.table("hume-48", "face")
    assert table is not None
    scores = {label: table.at(label, 0.5) for label in table.labels} | {"Interest": 0.55}
    found = api.ask("POST", "/leed/v1/describe", {"scores": scores, "modality": "face"}).json
    assert found["description"] == "Nothing in their face stands out."
    interest = next(one for one in found["labels"] if one["label"] == "Interest")
    assert (interest["gated"], interest["named"]) == (True, False)
    assert interest["why"].startswith("as usual (usually 0.46")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"lang": "de"}, "Die Person sieht äußerst fröhlich und ziemlich amüsiert aus."),
        ({"scale": "words-and-number"}, "They look extremely joyful (6 of 6) and quite amused (4 of 6)."),
        ({"top": 1}, "They look extremely joyful."),
        ({"top": "all"}, "They look extremely joyful and quite amused."),
        ({"person": "Anna", "tense": "past"}, "Anna looked extremely joyful and quite amused."),
        ({"person": " \x00"}, "They look extremely joyful and quite amused."),
        ({"ignore": ["Joy"]}, "They look quite amused."),
    ],
    ids=["lang", "scale", "top", "top all", "person", "blank person", "ignore"],
)
def test_options_are_those_of_a_describer(api: Served, options: dict[str, object], sentence: str) -> None:
    given = {"scores": {"Joy": 0.84, "Amusement": 0.61}, "modality": "face", **options}
    assert api.ask("POST", "/leed/v1/describe", given).json["description"] == sentence


def test_a_name_that_is_no_label_is_an_issue(api: Served) -> None:
    given = {"scores": {"Joy": 0.84}, "modality": "face", "allow": ["desier"]}
    assert api.ask("POST", "/leed/v1/describe", given).json["issues"] == [
        {
            "code": "unknown-label",
            "message": "'desier' is no label that leed knows or the input has (did you mean 'desire'?)",
            "source": None,
            "where": None,
        }
    ]


# --- read


def test_the_bytes_of_a_file_become_tracks_and_rows(api: Served) -> None:
    answer = api.ask("POST", "/leed/v1/read", SAMPLE.read_bytes())
    found = answer.json
    assert (answer.status, found["format"], found["count"], found["track_count"]) == (200, "hume-batch", 9, 2)
    assert [(t["speaker"], t["modality"], t["count"]) for t in found["tracks"]] == [
        ("user", "prosody", 5),
        ("assistant", "prosody", 4),
    ]
    row = found["rows"][0]
    assert row["description"] == (
        'They said "Hi. I\'ve been on hold for forty minutes." and sound moderately angry, and somewhat tired and '
        "disappointed."
    )
    assert (row["track"], row["row"], row["scores"]["Anger"], row["quantity"]) == (0, 0, 0.243, "intensity")
    assert [plot["who"] for plot in found["report"]["plots"]] == ["The user", "assistant"]
    assert found["report"]["rows"] == []


def test_rows_are_those_of_leed_describe(api: Served) -> None:
    found = api.ask("POST", "/leed/v1/read?lang=de&limit=2", SAMPLE.read_bytes()).json
    described = [d.to_dict() for d in leed.describe_all(leed.read(SAMPLE), lang="de")[:2]]
    for row, plain in zip(found["rows"], described, strict=True):
        assert {k: row[k] for k in plain if k != "terms"} == {k: v for k, v in plain.items() if k != "terms"}


def test_rows_come_in_pages(api: Served) -> None:
    pages = [
        api.ask("POST", f"/leed/v1/read?report=no&limit=4&offset={offset}", SAMPLE.read_bytes()).json
        for offset in (0, 4, 8, 12)
    ]
    assert [len(page["rows"]) for page in pages] == [4, 4, 1, 0]
    assert [page["count"] for page in pages] == [9, 9, 9, 9]
    assert [page["report"] for page in pages] == [None] * 4
    assert [row["begin"] for page in pages for row in page["rows"]] == sorted(
        row["begin"] for page in pages for row in page["rows"]
    )


def test_rows_of_one_track_are_found_by_its_number(api: Served) -> None:
    found = api.ask("POST", "/leed/v1/read?track=1&offset=2&limit=1", SAMPLE.read_bytes()).json
    assert [(row["track"], row["row"], row["speaker"]) for row in found["rows"]] == [(1, 2, "assistant")]
    assert found["count"] == 4
    nowhere = api.ask("POST", "/leed/v1/read?track=7", SAMPLE.read_bytes()).json
    assert (nowhere["rows"], nowhere["count"]) == ([], 0)


def test_a_packed_file_is_read(api: Served) -> None:
    assert api.ask("POST", "/leed/v1/read", gzip.compress(SAMPLE.read_bytes())).json["count"] == 9


@pytest.mark.needs_data
def test_a_real_file_is_read(api: Served) -> None:
    body = shared("hume/calhacks23/predictions.json").read_bytes()
    found = api.ask("POST", "/leed/v1/read?limit=1", body).json
    assert (found["format"], found["count"], found["tracks"][0]["modality"]) == ("hume-batch", 122, "face")
    assert [issue["code"] for issue in found["issues"]] == ["out-of-range"]
    assert len(found["report"]["plots"][0]["points"]) == 25


def test_what_is_no_recording_is_an_error_that_says_so(api: Served) -> None:
    answer = api.ask("POST", "/leed/v1/read", b"%PDF-1.4 nothing")
    assert answer.status == 422
    assert answer.json == {
        "error": {
            "message": "the input: is a PDF document, which leed does not read; 'leed formats' lists what leed reads",
            "type": "unreadable_input",
            "param": None,
            "code": None,
        }
    }


@pytest.mark.parametrize("content", ["/etc/passwd", "{path}", '"{path}"'], ids=["unix", "real", "as JSON"])
def test_a_path_is_content_and_is_not_opened(api: Served, content: str) -> None:
    answer = api.ask("POST", "/leed/v1/read", content.replace("{path}", str(SAMPLE)).encode())
    assert answer.status == 422
    assert "held for forty" not in answer.body.decode()


@pytest.mark.parametrize("name", ["scale", "calibration", "lang", "policy", "handover"])
def test_an_option_that_is_a_path_is_not_opened(api: Served, name: str, tmp_path: Path) -> None:
    own = tmp_path / "mine.j2"
    own.write_text("{{ description }} {{ text }}", encoding="utf-8")
    given = {"scores": {"Joy": 0.84}, name: str(own)}
    answer = api.ask("POST", "/leed/v1/prompt", given)
    assert (answer.status, answer.json["error"]["param"]) == (400, name)
    assert answer.json["error"]["message"].startswith(f"{name}: Invalid enum value '{own}'; give one of ")


# --- summarize


def test_a_recording_is_told_within_a_budget(api: Served) -> None:
    found = api.ask("POST", "/leed/v1/summarize?max_tokens=60&tense=past", six_minutes().to_json()).json
    assert found["text"] == (
        'Anna sounded calm, then increasingly anxious after "the deadline", peaking at very anxious (4:10). Ben '
        "sounded quite amused until 2:30, then neutral. Caro sounded somewhat bored throughout."
    )
    assert found["tokens"] <= found["max_tokens"] == 60
    assert found["facts"][0] == "Anna, prosody, main"


def test_rows_are_told_as_a_file_is(api: Served) -> None:
    rows = [{"prosody": {"Anxiety": score}} for score in (0.11, 0.16, 0.24, 0.33)]
    found = api.ask("POST", "/leed/v1/summarize", rows).json
    assert found["text"] == "They sound increasingly anxious, from slightly at first to quite anxious now."


# --- prompt


def test_a_chat_is_shown_as_it_would_be_sent(api: Served) -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        leed.user_message("I'm fine", expression={"prosody": {"Sadness": 0.34}}),
    ]
    found = api.ask("POST", "/leed/v1/prompt", {"messages": messages}).json
    assert found["messages"] == leed.inject(messages)
    assert found["marked"][1]["parts"] == [
        {"text": "I'm fine\n\n", "injected": False},
        {"text": "[The user sounds quite sad.]", "injected": True},
    ]
    assert 0 < found["injected"] < found["tokens"]
    assert found["tokens"] == sum(message["tokens"] for message in found["marked"])


def test_words_and_scores_make_a_chat_of_one_message(api: Served) -> None:
    given = {"scores": {"HAPPY": 0.85, "NEUTRAL": 0.1, "SAD": 0.05, "ANGRY": 0.0}, "modality": "prosody"}
    found = api.ask("POST", "/leed/v1/prompt", {**given, "text": "Hi", "policy": "none", "handover": "tag"}).json
    assert found["messages"] == [
        {"role": "user", "content": "Hi\n\n<expression>The user sounds clearly happy.</expression>"}
    ]


def test_a_message_that_cannot_be_described_goes_out_without(api: Served) -> None:
    messages = [{"role": "user", "content": "Hi", "expression": "no scores"}]
    found = api.ask("POST", "/leed/v1/prompt", {"messages": messages, "policy": "none"}).json
    assert found["messages"] == [{"role": "user", "content": "Hi"}]
    assert found["skipped"]["0"].startswith("an expression is str that is no JSON")


def test_a_prompt_in_german(api: Served) -> None:
    given = {"expression": {"prosody": {"Sadness": 0.34}}, "text": "Mir geht’s gut", "lang": "de", "policy": "none"}
    found = api.ask("POST", "/leed/v1/prompt", given).json
    assert found["messages"][0]["content"] == "Mir geht’s gut\n\n[Der Nutzer klingt ziemlich traurig.]"


# --- options and the document


def test_what_can_be_chosen_is_listed(api: Served) -> None:
    found = api.ask("GET", "/leed/v1/options").json
    assert found["scales"][0]["name"] == "leed-2026-11"
    assert [language["name"] for language in found["languages"]] == ["en", "de"]
    hume = found["taxonomies"][0]
    assert (hume["name"], len(hume["labels"])) == ("hume-48", 48)
    assert {label["label"] for label in hume["labels"] if label["sensitive"]} >= {"Desire", "Romance"}
    assert [policy["name"] for policy in found["policies"]] == [
        "subtle", "companion", "de-escalation", "tutoring", "none",
    ]  # fmt: skip
    assert found["limits"] == {"file": 16777216, "json": 1048576, "rows": 500}


def test_the_document_names_every_operation_and_those_of_others(api: Served) -> None:
    found = api.ask("GET", "/openapi.json").json
    assert found["openapi"] == "3.1.0"
    assert list(found["paths"]) == [operation.path for operation in OPERATIONS]
    health = Operation("GET", "/healthz", "healthz", "Whether it runs.", {200: Answer("It does.")})
    assert "/healthz" in document((*OPERATIONS, health))["paths"]


def test_a_head_request_has_no_body(api: Served) -> None:
    answer = api.ask("HEAD", "/leed/v1/options")
    assert (answer.status, answer.body) == (200, b"")


# --- what is refused


def test_no_json_is_refused(api: Served) -> None:
    answer = api.ask("POST", "/leed/v1/describe", b"{", {"content-type": "application/json"})
    assert answer.status == 400
    assert answer.json["error"]["message"] == (
        "the body is no JSON: Input data was truncated; send an object, see /openapi.json"
    )


@pytest.mark.parametrize(
    ("given", "message", "param"),
    [
        ({}, "neither of scores and expression: give one, such as 'scores': {'Joy': 0.84}", "scores"),
        ({"scores": {}, "expression": {}}, "both of scores and expression: give one, such as 'scores': {'Joy': 0.84}", "scores"),  # noqa: E501
        ({"scores": {"Joy": True}}, "scores[...]: Expected float | str | null, got bool; see /openapi.json", "scores"),
        ({"scores": {}, "top": 0}, "top: Expected int >= 1; see /openapi.json", "top"),
        ({"scores": {}, "lang": "fr"}, "lang: Invalid enum value 'fr'; give one of de, en", "lang"),
        ({"scores": {}, "scael": "x"}, "Object contains unknown field scael; see /openapi.json", None),
        ([], "Expected object, got array; see /openapi.json", None),
    ],
    ids=["neither", "both", "flag", "top", "lang", "unknown", "list"],
)  # fmt: skip
def test_a_request_of_another_shape_is_refused_with_what_is_accepted(
    api: Served, given: object, message: str, param: str | None
) -> None:
    answer = api.ask("POST", "/leed/v1/describe", given)
    assert (answer.status, answer.json["error"]["message"], answer.json["error"]["param"]) == (400, message, param)


def test_a_parameter_that_stands_twice_or_is_not_known_is_refused(api: Served) -> None:
    twice = api.ask("POST", "/leed/v1/read?lang=de&lang=en", b"[]")
    assert (twice.status, twice.json["error"]["message"]) == (400, "lang is given 2 times; give it once")
    unknown = api.ask("POST", "/leed/v1/read?path=/etc/passwd", b"[]")
    assert (unknown.status, unknown.json["error"]["message"]) == (
        400,
        "Object contains unknown field path; see /openapi.json",
    )


def test_a_body_that_is_no_json_by_its_type_is_refused(api: Served) -> None:
    """So that a page elsewhere cannot have a browser send it without asking."""
    answer = api.ask("POST", "/leed/v1/describe", b"{}", {"content-type": "text/plain"})
    assert (answer.status, answer.json["error"]["message"]) == (
        415,
        "the body is text/plain; send it as application/json (content-type: application/json)",
    )


def test_another_method_is_refused_with_the_right_one(api: Served) -> None:
    answer = api.ask("GET", "/leed/v1/describe")
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    assert answer.json["error"]["message"] == "GET /leed/v1/describe: use POST"


def test_a_body_beyond_the_limit_is_refused_before_it_is_sent() -> None:
    with served(routes(most_of_a_file=1000)) as server:
        answer = server.ask("POST", "/leed/v1/read", b"x" * 1001)
        assert (answer.status, answer.headers["connection"]) == (413, "close")
        assert answer.json["error"]["message"] == (
            "the body has more than 1,000 bytes, which is the limit here; send a part of it"
        )
        assert server.ask("POST", "/leed/v1/read", json.dumps({"Joy": 0.84}).encode()).status == 200


def test_a_stream_without_a_length_is_counted_as_it_comes() -> None:
    with served(routes(most_of_a_file=1000)) as server:
        answer = server.ask("POST", "/leed/v1/read", repeat(b"x" * 100, 11), encode_chunked=True)
        assert answer.status == 413
        assert server.ask("POST", "/leed/v1/read", repeat(b"x" * 100, 10), encode_chunked=True).status == 422


def test_the_limit_of_json_is_its_own() -> None:
    with served(routes(most_of_json=100)) as server:
        given = {"scores": {"Joy": 0.84}, "text": "x" * 100}
        assert server.ask("POST", "/leed/v1/describe", given).status == 413


def test_a_fault_of_leed_is_told_without_the_words_of_the_input(caplog: pytest.LogCaptureFixture) -> None:
    def faulty(asked: Asked) -> object:
        raise ZeroDivisionError(asked.body.decode())

    with served([Route("/faulty", Endpoint("POST", faulty, Threads(1), limit=100))]) as server:
        answer = server.ask("POST", "/faulty", b"a secret")
    assert (answer.status, answer.json["error"]["type"]) == (500, "server_error")
    assert answer.json["error"]["message"] == "unexpected ZeroDivisionError: this is a fault in leed"
    assert "secret" not in caplog.text


def test_requests_that_come_in_one_turn_of_the_loop_are_counted() -> None:
    threads = Threads(1)
    outcomes: list[bytes | int] = []

    async def ask() -> None:
        try:
            outcomes.append(await threads.run(lambda: b"done"))
        except Refusal as refusal:
            outcomes.append(refusal.status)

    async def all_at_once() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(40):
                group.start_soon(ask)
        await ask()

    anyio.run(all_at_once)
    assert Counter(outcomes) == {b"done": 17 + 1, 503: 40 - 17}


def test_more_requests_than_can_wait_are_turned_away() -> None:
    go = threading.Event()

    def slow(_: Asked) -> object:
        go.wait(30)
        return {}

    with served([Route("/slow", Endpoint("POST", slow, Threads(1), limit=100))]) as server:
        statuses: list[int] = []
        clients = [
            threading.Thread(target=lambda: statuses.append(server.ask("POST", "/slow", b"x").status))
            for _ in range(40)
        ]
        for client in clients:
            client.start()
        while len(statuses) < 40 - 17:
            threading.Event().wait(0.01)
        go.set()
        for client in clients:
            client.join()
    assert sorted(set(statuses)) == [200, 503]
    assert statuses.count(200) == 17
