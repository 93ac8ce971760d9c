"""Dialogues are answered in four ways and judged in both orders, against a server on loopback."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from leed.errors import DataFileError
from leed_adapters.fakes.openai import FakeOpenAI, Fault
from leed_evals.__main__ import main
from leed_evals.asking.questions import Answer
from leed_evals.empathy.cases import others, read_cases
from leed_evals.empathy.conditions import messages_of
from leed_evals.empathy.verdicts import LEED_PAIRS, Verdicts, first_position, share_of_first, verdicts_of

Script = Callable[[dict[str, Any]], str]


def between(text: str, tag: str) -> str:
    return text.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0].strip()


def served(judge: Callable[[str, str], str]) -> Script:
    """A model that repeats its note in reply, and a judge of two replies."""

    def says(body: dict[str, Any]) -> str:
        asked = body["messages"][-1]["content"]
        if "<reply_a>" in asked:
            return judge(between(asked, "reply_a"), between(asked, "reply_b"))
        return f"I heard: {asked}"

    return says


def likes_leed(first: str, second: str) -> str:
    liked = ["[The user" in first, "[The user" in second]
    return "A" if liked == [True, False] else "B" if liked == [False, True] else "tie"


CASES = """
- name: fine
  situation: Close to tears.
  dialogue: [{role: user, content: "I am fine."}]
  expression: {prosody: {Sadness: 0.46}}
- name: job
  situation: Bubbling over.
  dialogue: [{role: user, content: I got it.}]
  expression: {prosody: {Joy: 0.52}}
- name: pin
  situation: Lost.
  dialogue:
    - {role: user, content: "How?"}
    - {role: assistant, content: Like this.}
    - {role: user, content: "And now?"}
  expression: {face: {Confusion: 0.66}}
"""


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    path = tmp_path / "cases.yaml"
    path.write_text(CASES, encoding="utf-8")
    return path


def run(server: FakeOpenAI, cases: Path, *more: str) -> int:
    asked = ["empathy", "--model", "m", "--base-url", server.base_url, "-o", str(cases.parent / "out")]
    return main([*asked, "--cases", str(cases), "--retries", "0", *more])


def page(cases: Path) -> str:
    return (cases.parent / "out" / "empathy.md").read_text(encoding="utf-8")


def test_a_judge_who_likes_leed_prefers_it(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FakeOpenAI(script=served(likes_leed)) as server:
        assert run(server, cases, "--judge", "j") == 0
    printed = capsys.readouterr()
    assert page(cases) == printed.out[:-1]
    assert [server.requests[i].json["model"] for i in (0, 11, 12, 29)] == ["m", "m", "j", "j"]
    assert len(server.requests) == 3 * 4 + 3 * 3 * 2
    assert "- model: m; judge: j; policy: subtle\n" in printed.out
    assert "| leed over numbers | 1.00 (1.00 to 1.00) |   3 |    0 |    0 |     3 | leed          |" in printed.out
    assert "| leed over wrong   | 0.50 (0.50 to 0.50) |   0 |    3 |    0 |     3 | no preference |" in printed.out
    assert "- position: the reply that stood first was chosen in 0.50 of 12 verdicts; 6 ties\n" in printed.out


def test_a_judge_who_always_takes_the_first_prefers_nothing(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FakeOpenAI(script=served(lambda *_: "A")) as server:
        assert run(server, cases, "--all-pairs") == 0
    out = capsys.readouterr().out
    assert out.count("| 0.50 (0.50 to 0.50) |   0 |    3 |    0 |     3 | no preference |") == 6
    assert "- position: the reply that stood first was chosen in 1.00 of 36 verdicts; 0 ties\n" in out


def test_verdicts_that_are_none_are_counted_and_left_out(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def judge(first: str, second: str) -> str:
        return "I cannot choose." if "fine" in first else likes_leed(first, second)

    with FakeOpenAI(script=served(judge)) as server:
        assert run(server, cases) == 0
    out = capsys.readouterr().out
    assert "- 6 of 18 verdicts are not A, B or tie, and not counted\n" in out
    assert "| leed over none    | 1.00 (1.00 to 1.00) |   2 |    0 |    0 |     2 | leed          |" in out
    report = json.loads((cases.parent / "out" / "empathy.json").read_text(encoding="utf-8"))
    assert report["parts"][0]["tables"][2]["rows"][0] == ["fine", None, None, None]


def test_a_judge_without_any_verdict_is_an_error(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FakeOpenAI(script=served(lambda *_: "Hm.")) as server:
        assert run(server, cases) == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        "leed_evals: error: none of 18 answers of the judge is A, B or tie; the first is 'Hm.': "
        "take a judge that follows instructions"
    )


def test_the_cost_is_told_before_and_a_dry_run_asks_nothing(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FakeOpenAI() as server:
        assert run(server, cases, "--judge", "j", "--dry-run") == 0
        assert server.requests == []
    told = capsys.readouterr().err
    assert "replies: 12 calls of m, of which 0 are kept in " in told
    assert "verdicts: 18 calls of j, each with two replies\n" in told


def test_a_run_that_broke_off_goes_on_and_the_transcript_has_all(
    cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with FakeOpenAI(script=served(likes_leed)) as server:
        server.faults += [Fault(500)] * 3
        assert run(server, cases, "--concurrency", "1") == 1
        assert "0 of 12 answers are kept in " in capsys.readouterr().err
        assert run(server, cases) == 0
        first = capsys.readouterr().out
        assert run(server, cases) == 0
    assert capsys.readouterr().out == first
    assert len(server.requests) == 3 + 12 + 18
    text = (cases.parent / "out" / "transcript.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert sorted(line["kind"] for line in lines) == ["reply"] * 12 + ["verdict"] * 18
    assert {line["expression_of"] for line in lines if line.get("condition") == "wrong"} <= {"fine", "job", "pin"}


def test_the_models_own_key_is_not_sent_to_the_judges_address(cases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "mine")
    monkeypatch.delenv("JUDGE_API_KEY", raising=False)
    script = served(likes_leed)
    with FakeOpenAI(script=script) as server, FakeOpenAI(script=script) as judge:
        assert run(server, cases, "--judge", "j", "--judge-base-url", judge.base_url) == 0
    assert server.requests[0].headers["authorization"] == "Bearer mine"
    assert judge.requests[0].headers["authorization"] == "Bearer none"


# --- what the model is told


def test_each_way_tells_the_model_what_it_should() -> None:
    fine, job = read_cases()[:2]
    told = {name: messages_of(fine, name, job) for name in ("leed", "numbers", "wrong", "none")}
    assert [told[name][-1]["content"].removeprefix(fine.dialogue[-1].content).strip() for name in told] == [
        "[The user sounds very sad and quite tired.]",
        "[prosody: Sadness 0.46, Tiredness 0.31, Calmness 0.05]",
        "[The user sounds very joyful and excited, and moderately interested.]",
        "",
    ]
    assert told["leed"][0] == told["numbers"][0] == told["wrong"][0]
    assert "expression_notes" in told["leed"][0]["content"]
    assert told["none"][0]["content"] == fine.system


def test_the_judge_reads_the_situation_and_neither_scores_nor_notes(cases: Path) -> None:
    with FakeOpenAI(script=lambda body: "tie" if "<reply_a>" in body["messages"][0]["content"] else "Hm") as server:
        run(server, cases)
    asked = server.requests[-1].json["messages"]
    assert len(asked) == 1
    assert any(words in asked[0]["content"] for words in ("Close to tears.", "Bubbling over.", "Lost."))
    assert "0." not in asked[0]["content"]
    assert "[The user" not in asked[0]["content"]


def test_a_wrong_expression_has_another_strongest_label() -> None:
    cases = read_cases()
    assert len(cases) == 16
    for case, other in zip(cases, others(cases), strict=True):
        assert case.strongest != other.strongest


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- [", "no YAML: "),
        ("name: fine", "Input should be a valid list"),
        (CASES.replace("Sadness: 0.46", "Sadness: high"), "0.expression.prosody.Sadness: Input should be a valid num"),
        (CASES.replace("prosody: {Sad", "gait: {Sad"), "0: the modality 'gait' is not known: give one of face, pro"),
        (CASES.replace('user, content: "And', 'assistant, content: "And'), "2: the last message must be the user's"),
        (CASES.replace("name: job", "name: fine"), "the name 'fine' stands twice; give each case its own"),
        (CASES.partition("- name: job")[0], "give at least two cases whose strongest labels differ"),
        (CASES.replace("situation", "setting", 1), "0.situation: Field required"),
        ("", "Input should be a valid list"),
    ],
)
def test_cases_that_are_not_as_they_should_be_are_told(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataFileError) as caught:
        read_cases(path)
    assert str(caught.value).startswith(f"cases {path}: {message}")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="cannot be read: "):
        read_cases(tmp_path / "none.yaml")


# --- verdicts


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("A", 1.0),
        ("b", 0.0),
        ("**B**", 0.0),
        ("Reply A.", 1.0),
        ("Tie", 0.5),
        ("I prefer B, as it is a warmer one.", 0.0),
        ("A or B", None),
        ("It is a good one.", None),
        ("", None),
    ],
)
def test_a_verdict_is_taken_only_where_it_is_plain(text: str, share: float | None) -> None:
    found = share_of_first(text)
    assert np.isnan(found) if share is None else found == share


def test_winning_in_one_order_and_losing_in_the_other_is_even() -> None:
    verdicts = Verdicts(("x", "y"), np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.5, 0.0]]))
    assert verdicts.won.tolist() == [0.5, 1.0, 0.0, 0.75]
    assert verdicts.outcomes == (2, 1, 1)
    share, decided = first_position([verdicts])
    assert (round(share, 3), decided) == (0.571, 7)


def test_answers_are_put_to_their_pairs_and_orders() -> None:
    cases = read_cases()[:1]
    answers = [Answer(text) for text in ("A", "B", "B", "A", "tie", "tie")]
    found, _ = verdicts_of(cases, LEED_PAIRS, answers, 0)
    assert [(v.pair[1], v.won.tolist()) for v in found] == [("numbers", [1.0]), ("wrong", [0.0]), ("none", [0.5])]
    assert [v.preferred for v in found] == ["leed", "wrong", "no preference"]
