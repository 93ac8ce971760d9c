"""Questions to a chat model are asked once, kept as they are answered, and gone on with after a failure."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from leed.errors import InputError, OptionError
from leed_adapters.fakes.openai import FakeOpenAI, Fault
from leed_evals.asking.asker import ask, plan
from leed_evals.asking.endpoint import Endpoint
from leed_evals.asking.questions import Answer, Question
from leed_evals.asking.transcript import Transcript


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI(script=lambda body: body["messages"][-1]["content"].upper()) as fake:
        yield fake


def questions(*words: str) -> list[Question]:
    return [Question(({"role": "user", "content": word},), {"about": word}) for word in words]


def endpoint(server: FakeOpenAI, retries: int = 0, temperature: float | None = None) -> Endpoint:
    return Endpoint("m", server.base_url, temperature, retries)


def test_answers_come_in_the_order_of_the_questions_and_are_kept(server: FakeOpenAI, tmp_path: Path) -> None:
    kept = tmp_path / "new" / "answers.jsonl"
    assert ask(questions("a", "b", "c"), endpoint(server), Transcript(kept), concurrency=2) == [
        Answer("A"),
        Answer("B"),
        Answer("C"),
    ]
    lines = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    assert {line["about"]: line["answer"] for line in lines} == {"a": "A", "b": "B", "c": "C"}
    assert lines[0]["messages"] == [{"role": "user", "content": lines[0]["about"]}]


def test_what_is_kept_is_not_asked_again(server: FakeOpenAI, tmp_path: Path) -> None:
    ask(questions("a"), endpoint(server), Transcript(tmp_path / "kept"))
    assert ask(questions("a", "b"), endpoint(server), Transcript(tmp_path / "kept")) == [Answer("A"), Answer("B")]
    assert [request.json["messages"][0]["content"] for request in server.requests] == ["a", "b"]


def test_another_model_another_temperature_and_another_repeat_are_other_questions(server: FakeOpenAI) -> None:
    one = questions("a")[0]
    again = Question(one.messages, repeat=1)
    keys = {
        Endpoint("m").key(one),
        Endpoint("n").key(one),
        Endpoint("m", temperature=0.5).key(one),
        Endpoint("m").key(again),
    }
    assert len(keys) == 4
    assert Endpoint("m", server.base_url, retries=3).key(one) in keys, "where and how it is asked changes nothing"


def test_a_temperature_is_sent_only_if_given(server: FakeOpenAI, tmp_path: Path) -> None:
    ask(questions("a"), endpoint(server), Transcript(tmp_path / "1"))
    ask(questions("a"), endpoint(server, temperature=0.5), Transcript(tmp_path / "1"))
    assert ["temperature" in request.json for request in server.requests] == [False, True]


def test_a_line_that_was_cut_off_is_asked_again_and_spoils_nothing(server: FakeOpenAI, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    ask(questions("a", "b"), endpoint(server), Transcript(kept), concurrency=1)
    kept.write_text(kept.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    assert Transcript(kept).damaged == 1
    ask(questions("a", "b"), endpoint(server), Transcript(kept))
    assert len(server.requests) == 3
    assert len(Transcript(kept).lines) == 2


def test_a_failing_endpoint_ends_with_how_many_are_kept_and_how_to_go_on(server: FakeOpenAI, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    ask(questions("a"), endpoint(server), Transcript(kept))
    server.faults += [Fault(500)] * 3
    with pytest.raises(InputError) as caught:
        ask(questions("a", "b", "c", "d", "e"), endpoint(server), Transcript(kept), concurrency=1)
    assert str(caught.value) == (
        "m cannot be asked: status 500: The fake fails with 500.; 1 of 5 answers are kept in "
        f"{kept}: run the same command again to go on from there"
    )
    assert len(server.requests) == 4, "after three failures no more are asked"
    assert [answer.text for answer in ask(questions("a", "b"), endpoint(server), Transcript(kept))] == ["A", "B"]


def test_a_failure_that_passes_is_asked_again(server: FakeOpenAI, tmp_path: Path) -> None:
    server.faults += [Fault(429, headers={"retry-after-ms": "1"})]
    assert ask(questions("a"), endpoint(server, retries=1), Transcript(tmp_path / "kept")) == [Answer("A")]


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault(200, body=b"{}"), "its answer is not as OpenAI's API has it (TypeError: "),
        (Fault(200, body=b'{"choices": []}'), "its answer is not as OpenAI's API has it (IndexError: "),
        (Fault(200, body=b"<html>"), "its answer is not as OpenAI's API has it ("),
        (Fault(401), "status 401: The fake fails with 401."),
        (Fault(0), "Server disconnected without sending a response."),
    ],
    ids=["empty", "no choice", "no JSON", "no access", "hangs up"],
)
def test_what_is_no_answer_is_not_kept(fault: Fault, why: str, server: FakeOpenAI, tmp_path: Path) -> None:
    server.faults += [fault]
    with pytest.raises(InputError) as caught:
        ask(questions("a"), endpoint(server), Transcript(tmp_path / "kept"))
    assert str(caught.value).startswith(f"m cannot be asked: {why}")
    assert not Transcript(tmp_path / "kept").lines


def test_a_question_that_is_refused_is_told_and_the_rest_goes_on(server: FakeOpenAI, tmp_path: Path) -> None:
    server.faults += [Fault(400)]
    answers = ask(questions("a", "b"), endpoint(server), Transcript(tmp_path / "kept"), concurrency=1)
    assert answers == [Answer("", "status 400: The fake fails with 400."), Answer("B")]


def test_an_endpoint_that_refuses_all_is_an_error(server: FakeOpenAI, tmp_path: Path) -> None:
    server.faults += [Fault(400)] * 2
    with pytest.raises(InputError, match="m cannot be asked: status 400"):
        ask(questions("a", "b"), endpoint(server), Transcript(tmp_path / "kept"))


def test_asking_works_inside_a_running_event_loop(server: FakeOpenAI, tmp_path: Path) -> None:
    async def cell() -> list[Answer]:
        return ask(questions("a"), endpoint(server), Transcript(tmp_path / "kept"))

    assert asyncio.run(cell()) == [Answer("A")]


def test_a_key_is_needed_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(OptionError) as caught:
        Endpoint("m").access()
    assert str(caught.value) == "no key: set OPENAI_API_KEY, or give --base-url of a server that needs none"
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    assert Endpoint("m").access() == (None, "secret")
    assert Endpoint("m", "http://here/v1", key_name="OTHER").access() == ("http://here/v1", "none")


def test_the_key_is_written_nowhere(server: FakeOpenAI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    ask(questions("a"), endpoint(server), Transcript(tmp_path / "kept"))
    assert server.requests[0].headers["authorization"] == "Bearer secret"
    assert "secret" not in (tmp_path / "kept").read_text(encoding="utf-8")


def test_the_cost_is_told_before(server: FakeOpenAI, tmp_path: Path) -> None:
    ask(questions("a"), endpoint(server), Transcript(tmp_path / "kept"))
    told = plan(questions("a", "b"), endpoint(server), Transcript(tmp_path / "kept"), "ratings")
    assert told == f"ratings: 2 calls of m, of which 1 are kept in {tmp_path / 'kept'}; about 1 tokens go out"


def test_a_place_that_cannot_be_written_is_an_error(server: FakeOpenAI, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="answers cannot be kept there"):
        ask(questions("a"), endpoint(server), Transcript(tmp_path / "file" / "answers.jsonl"))
