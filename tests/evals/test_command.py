"""``python -m leed_evals faithful`` measures what is there, says what is not, and fails where a requirement does."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from leed_evals.__main__ import main
from leed_evals.faithful import information
from leed_evals.faithful.comparison import information_part
from leed_evals.faithful.information import Estimate
from leed_evals.faithful.report import Part, Report, Requirement, Table, grid
from tests.support.corpora import write_cremad


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three actors of CREMA-D, whose faces and voices are mostly taken for what they acted."""
    monkeypatch.setattr(information, "STRENGTHS", (1.0,))
    rng = np.random.default_rng(5)
    codes = {"A": "ANG", "H": "HAP", "N": "NEU"}
    rows = []
    for number in range(90):
        letter, other = "AHN"[number // 3 % 3], "AHN"[rng.integers(3)]
        votes = {other: (2, 50.0), letter: (int(rng.integers(6, 10)), 70.0)}
        name = f"{1001 + number % 3}_IEO_{codes[letter]}_XX"
        rows += [(f"{kind}{number:05}", name, votes) for kind in "12"]
    write_cremad(tmp_path, rows)
    return tmp_path


def test_what_is_there_is_measured_and_what_is_not_is_named(data: Path) -> None:
    part = information_part(data)
    assert [table.title for table in part.tables] == ["CREMA-D votes", "CREMA-D levels", "CREMA-D levels behind a gate"]
    assert part.tables[0].note.startswith("90 clips of 3 actors in each modality. ")
    assert part.skipped == (f"RAVDESS: no ravdess/prosody.csv or ravdess/face.csv in {data}",)
    gained = {row[0]: row[1] for row in part.tables[0].rows}
    assert isinstance(gained["leed-2026-11"], Estimate)
    assert 1 < gained["leed-2026-11"].value < np.log2(3)
    assert len(part.requirements) == 6


@pytest.fixture
def a_part(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], Path]:
    """Lets the command find a part with one table and one figure, which has to reach 1."""

    def found(value: float) -> Path:
        table = Table("Table", "", ("what", "bits"), (("words", Estimate(0.5, 0.25, float("nan"))),))
        part = Part("Information kept", "Told.", (table,), (Requirement("figure", value, 1),))
        monkeypatch.setattr("leed_evals.faithful.comparison.information_part", lambda _: part)
        return Path("nowhere")

    return found


def test_the_page_is_printed_and_written(
    a_part: Callable[[float], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "faithful.md"
    assert main(["faithful", "--data", str(a_part(1.0)), "-o", str(page)]) == 0
    printed = capsys.readouterr().out
    assert page.read_text(encoding="utf-8") == printed[:-1]
    for told in (
        "- command: `python -m leed_evals faithful` on nowhere, 20",
        "scikit-learn 1.",
        "| figure      | 1.000    | >= 1     | holds   |",
        "| words | 0.500 (0.250 to nan) |",
        "- left out: interreviewer: nowhere/hume/interreviewer/predictions.json is not there",
    ):
        assert told in printed, told


def test_json_is_the_same_as_plain_data(a_part: Callable[[float], Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["faithful", "--data", str(a_part(1.0)), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["holds"] is True
    assert [part["title"] for part in report["parts"]] == ["Information kept", "Variety", "Steadiness", "Order"]
    assert report["parts"][0]["tables"][0]["rows"] == [["words", {"value": 0.5, "low": 0.25, "high": None}]]
    assert report["parts"][0]["requirements"][0]["holds"] is True


@pytest.mark.parametrize("value", [0.99, float("nan")])
def test_a_missed_requirement_ends_with_status_1(
    value: float, a_part: Callable[[float], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["faithful", "--data", str(a_part(value))]) == 1
    printed = capsys.readouterr()
    assert printed.err == "leed_evals: missed: figure\n"
    assert "| MISSED  |" in printed.out


def test_a_folder_with_nothing_to_measure_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["faithful", "--data", str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        f"leed_evals: error: {tmp_path} has nothing to measure: "
        "give the folder with cremad, ravdess and hume as --data\n"
    )


def test_a_requirement_holds_on_its_bound_and_not_without_a_figure() -> None:
    assert Requirement("a", 1.0, 1.0).holds
    assert not Requirement("a", 0.99, 1.0).holds
    assert Requirement("a", 1.0, 1.0, more_is_better=False).holds
    assert not Requirement("a", 1.01, 1.0, more_is_better=False).holds
    assert not Requirement("a", float("nan"), 1.0).holds
    assert not Requirement("a", float("nan"), 1.0, more_is_better=False).holds


def test_a_page_has_verdicts_first() -> None:
    part = Part(
        "Part", "What it is.", (Table("T", "", ("a", "b"), (("x", 0.5),)),), (Requirement("r", 0.5, 1),), ("z",)
    )
    assert Report("Title", ("today",), (part,)).markdown() == (
        "# Title\n\n- today\n\n## What must hold\n\n"
        "| requirement | measured | required | verdict | where it is closest |\n"
        "| ----------- | -------- | -------- | ------- | ------------------- |\n"
        "| r           | 0.500    | >= 1     | MISSED  |                     |\n\n"
        "## Part\n\nWhat it is.\n\n- left out: z\n\n### T\n\n| a |    b |\n| - | ---: |\n| x | 0.50 |\n"
    )


def test_a_cell_cannot_break_its_row() -> None:
    assert grid(("a",), [("x|y",)]) == "| a   |\n| --- |\n| x/y |"
