"""A model that reads the adverbs in their order is told from one that does not, against a server on loopback."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import leed
from leed.errors import OptionError
from leed.scale import Steps, get_scale
from leed_adapters.fakes.openai import FakeOpenAI, Fault
from leed_evals.__main__ import main
from leed_evals.adverbs.items import items_of, questions_of, scores_on
from leed_evals.adverbs.proposal import coarser, starts, survivors
from leed_evals.adverbs.ratings import Ratings, number_in, rho

ORDER = {"slightly": 10, "somewhat": 25, "moderately": 40, "quite": 55, "very": 75, "extremely": 95}


def reader(ratings: dict[str, int], spread: int = 3) -> Callable[[dict[str, Any]], str]:
    """A model that rates by the adverb, and a little by the rest of the sentence."""

    def says(body: dict[str, Any]) -> str:
        asked = body["messages"][-1]["content"]
        adverb = next(word for word in ratings if re.search(rf"\b{word}\b", asked))
        return str(ratings[adverb] + len(asked.replace(adverb, "")) % spread)

    return says


def run(server: FakeOpenAI, folder: Path, *more: str) -> int:
    few = ["--label", "Joy", "--label", "Sadness", "--label", "Anger", "--modality", "face", "--modality", "prosody"]
    asked = ["adverbs", "--model", "m", "--base-url", server.base_url, "-o", str(folder), "--retries", "0"]
    return main([*asked, "--repeats", "2", *few, *more])


def test_a_model_that_reads_the_scale_keeps_all_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FakeOpenAI(script=reader(ORDER)) as server:
        assert run(server, tmp_path) == 0
    printed = capsys.readouterr()
    assert len(server.requests) == 2 * 3 * 6 * 2
    assert "Every step is told apart from the next. What survives: slightly, somewhat, moderately, quite, very, " in (
        printed.out
    )
    assert "What must hold" not in printed.out
    assert printed.err.startswith("adverbs: 72 calls of m, of which 0 are kept in ")
    assert (tmp_path / "adverbs.md").read_text(encoding="utf-8") == printed.out[:-1]
    assert leed.Describer(scale=tmp_path / "scale.json").scale.intensity == get_scale().intensity


def test_two_steps_that_a_model_reads_alike_become_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FakeOpenAI(script=reader(ORDER | {"quite": 40})) as server:
        assert run(server, tmp_path) == 0
    assert "Not told apart: 'moderately' and 'quite'. " in capsys.readouterr().out
    scale = leed.Describer(scale=tmp_path / "scale.json").scale
    assert scale.name == "leed-2026-11-for-m"
    assert scale.intensity["prosody"] == Steps(
        (0.1, 0.15, 0.2, 0.4, 0.55), ("slightly", "somewhat", "moderately", "very", "extremely")
    )
    assert scale.intensity["default"].bounds == (0.26, 0.35, 0.44, 0.62, 0.71)
    assert scale.probability == get_scale().probability
    report = json.loads((tmp_path / "adverbs.json").read_text(encoding="utf-8"))
    steps = report["parts"][0]["tables"][0]
    assert [row[3] for row in steps["rows"]] == ["", "apart", "apart", "alike", "apart", "apart"]


def test_an_order_that_is_turned_round_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FakeOpenAI(script=reader({word: 100 - rating for word, rating in ORDER.items()})) as server:
        run(server, tmp_path)
    out = capsys.readouterr().out
    assert "rating is -1.00 (-1.00 to -1.00)" in out.replace("-0.99", "-1.00")
    assert out.count("| reversed |") == 5
    assert leed.Describer(scale=tmp_path / "scale.json").scale.intensity["default"].adverbs == ("slightly",)


def test_a_second_run_asks_nothing_and_says_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FakeOpenAI(script=reader(ORDER)) as server:
        run(server, tmp_path)
        first = capsys.readouterr().out
        run(server, tmp_path)
    assert len(server.requests) == 72
    assert capsys.readouterr().out == first


def test_a_run_that_broke_off_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FakeOpenAI(script=reader(ORDER)) as server:
        server.faults += [Fault(503)] * 3
        assert run(server, tmp_path, "--concurrency", "1") == 1
        told = capsys.readouterr().err.splitlines()[-1]
        assert told.startswith("leed_evals: error: m cannot be asked: status 503: The fake fails with 503.; 0 of 72 ")
        assert run(server, tmp_path) == 0


def test_a_dry_run_says_the_cost_and_asks_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FakeOpenAI() as server:
        assert run(server, tmp_path / "new", "--dry-run") == 0
    assert (len(server.requests), (tmp_path / "new").exists()) == (0, False)
    assert "72 calls of m" in capsys.readouterr().err


def test_answers_without_a_number_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def says(body: dict[str, Any]) -> str:
        return "I would rather not." if "anger" in body["messages"][-1]["content"] else reader(ORDER)(body)

    with FakeOpenAI(script=says) as server:
        assert run(server, tmp_path) == 0
    assert "- no number from 0 to 100: 24 answers\n" in capsys.readouterr().out


def test_a_model_that_never_gives_a_number_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FakeOpenAI(script=lambda _: "As a language model") as server:
        assert run(server, tmp_path) == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        "leed_evals: error: none of 72 answers of m is a number from 0 to 100; the first is 'As a language model': "
        f"read {tmp_path / 'answers.jsonl'}, and try a model that follows instructions"
    )


def test_words_of_certainty_are_asked_about_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sure = {"possibly": 30, "probably": 60, "very clearly": 95, "clearly": 80}
    with FakeOpenAI(script=reader(sure)) as server:
        assert run(server, tmp_path, "--quantity", "probability") == 0
        asked = server.requests[0].json["messages"][0]["content"]
    assert "How certain is it, by this sentence alone, that they come across as " in asked
    assert "What survives: possibly, probably, clearly, very clearly." in capsys.readouterr().out


def test_german_sentences_are_asked_about_too(tmp_path: Path) -> None:
    with FakeOpenAI(script=lambda _: "50") as server:
        assert run(server, tmp_path, "--lang", "de") == 0
    asked = {request.json["messages"][0]["content"].splitlines()[2] for request in server.requests}
    assert '"Die Person sieht etwas traurig aus."' in asked


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--label", "Wistfulness", "leed has no adjective for the label 'Wistfulness': ask about labels like Joy, "),
        ("--modality", "gait", "modality 'gait' is not known: give one of face, prosody, burst, language"),
        ("--repeats", "0", "--repeats is 0; give a number from 1"),
        ("--concurrency", "0", "--concurrency is 0; give a number from 1"),
        ("--timeout", "0", "--timeout is 0; give seconds above 0"),
        ("--scale", "none-such", "scale 'none-such' is not known: give one of leed-2026-11"),
    ],
)
def test_a_wrong_option_is_named(
    option: str, value: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with FakeOpenAI() as server:
        assert run(server, tmp_path, option, value) == 1
    assert capsys.readouterr().err.startswith(f"leed_evals: error: {message}")


# --- sentences


def test_the_sentences_of_an_item_differ_in_the_adverb_only() -> None:
    (item,) = items_of(get_scale(), "intensity", ["Boredom"], ["prosody"], "en")
    bare = {sentence.replace(f"{adverb} ", "") for adverb, sentence in zip(item.adverbs, item.sentences, strict=True)}
    assert bare == {"They sound bored."}
    assert len(set(item.sentences)) == 6


def test_a_question_holds_its_sentence_and_what_is_rated() -> None:
    items = items_of(get_scale("three-step"), "intensity", ["Sadness"], ["prosody"], "en")
    questions = questions_of(items, "intensity", 2)
    assert [(q.about["adverb"], q.repeat) for q in questions[:3]] == [("slightly", 0), ("slightly", 1), ("quite", 0)]
    assert '"They sound slightly sad."' in questions[0].messages[0]["content"]
    assert "How strong is the sadness in it" in questions[0].messages[0]["content"]


def test_a_last_step_that_begins_above_1_has_a_score() -> None:
    assert scores_on(Steps((1.5,), ("very",))) == [pytest.approx(1.575)]


def test_a_quantity_that_has_no_adverbs_is_refused() -> None:
    with pytest.raises(OptionError, match="quantity 'presence' is not known: give one of intensity, probability"):
        items_of(get_scale(), "presence", ["Joy"], ["face"], "en")


# --- numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("85", 85),
        (" 85.5\n", 85.5),
        ("**85**", 85),
        ("85%", 85),
        ("Rating: 85/100", 85),
        ("85 out of 100", 85),
        ("On a scale from 0 to 100: 85.", 85),
        ("85. I say 85.", 85),
        ("0", 0),
        ("100", 100),
        ("101", None),
        ("-5", None),
        ("60-70", None),
        ("between 60 and 70", None),
        ("eighty", None),
        ("", None),
        ("1,000", None),
        ("v2.5.1", None),
    ],
)
def test_a_number_is_taken_only_where_it_is_the_only_one(text: str, number: float | None) -> None:
    found = number_in(text)
    assert np.isnan(found) if number is None else found == number


def test_ratings_that_never_vary_have_no_order() -> None:
    assert rho(np.full((2, 3, 1), 50.0)) == 0.0
    assert rho(np.full((2, 3, 1), np.nan)) == 0.0


def ratings(*means: float, items: int = 4) -> Ratings:
    rated = np.array([[[m + 0.1 * i] for m in means] for i in range(items)])
    return Ratings(tuple("abcdef"[: len(means)]), rated)


@pytest.mark.parametrize(
    ("means", "kept", "begins"),
    [
        ((10, 30, 50), (0, 1, 2), [0, 1, 2]),
        ((10, 11, 50), (0, 2), [0, 2]),
        ((10, 49, 50), (0, 2), [0, 1]),
        ((50, 10, 20, 60), (1, 2, 3), [0, 2, 3]),
        ((50, 50, 50), (0,), [0]),
        ((60, 40, 20), (0,), [0]),
    ],
)
def test_the_most_steps_survive_and_take_over_those_between(
    means: tuple[float, ...], kept: tuple[int, ...], begins: list[int]
) -> None:
    found = ratings(*means)
    assert survivors(found, 2.0) == kept
    assert starts(found, kept) == begins


def test_a_rise_that_one_label_alone_makes_does_not_tell_steps_apart() -> None:
    rated = np.array([[[10.0], [10.0]], [[10.0], [10.0]], [[10.0], [10.0]], [[10.0], [90.0]]])
    found = Ratings(("a", "b"), rated)
    assert found.difference(0, 1).value == 20
    assert not found.told_apart(0, 1, 2.0)


def test_a_small_gap_does_not_tell_steps_apart_however_sure() -> None:
    assert not ratings(10, 11).told_apart(0, 1, 2.0)
    assert ratings(10, 11).told_apart(0, 1, 0.5)


def test_a_proposed_scale_keeps_what_was_not_asked_about() -> None:
    own = get_scale(
        {
            "name": "mine",
            "top": 2,
            "intensity": {"default": {"bounds": [0.3, 0.5, 0.7], "adverbs": ["slightly", "quite", "a lot"]}},
            "adverbs": {"a lot": {"noun": "a lot of {noun}"}},
        }
    )
    plain = coarser(own, "intensity", {("slightly", "quite", "a lot"): ((0, 2), (0, 1))}, "some/model:7b")
    scale = get_scale(plain)
    assert scale.name == "mine-for-some-model-7b"
    assert scale.intensity["default"] == Steps((0.3, 0.5), ("slightly", "a lot"))
    assert (scale.top, scale.adverbs) == (2, {"a lot": {"noun": "a lot of {noun}"}})
