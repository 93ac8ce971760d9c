"""`leed report`: files in, one page or its data out."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.command_line import Answer
from tests.support.parts import ROOT
from tests.support.talks import six_minutes

SAMPLE = ROOT / "leed" / "cli" / "sample-conversation.json"


@pytest.fixture
def meeting(tmp_path: Path) -> Path:
    path = tmp_path / "meeting.json"
    path.write_bytes(six_minutes().to_json())
    return path


def test_a_page_is_written(leed_command: Callable[..., Answer], meeting: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    assert leed_command("report", meeting, "-o", page, "--title", "A meeting") == (0, "", "")
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "<h1>A meeting</h1>" in text
    assert "Anna sounded moderately calm until 0:58, then increasingly anxious" in text


def test_a_page_goes_to_standard_output(leed_command: Callable[..., Answer], meeting: Path) -> None:
    status, out, err = leed_command("report", "-", stdin=meeting.read_bytes())
    assert (status, out.startswith("<!doctype html>"), err) == (0, True, "")


def test_the_data_behind_it_is_json(leed_command: Callable[..., Answer], meeting: Path, tmp_path: Path) -> None:
    status, out, _ = leed_command("report", meeting, "--output", "json", "--lang", "de", "--tense", "present")
    assert status == 0
    found = json.loads(out)
    assert [person["name"] for person in found["people"]] == ["Anna", "Ben", "Caro"]
    assert found["people"][2]["sentences"] == ["Caro klingt durchgehend etwas gelangweilt."]
    by_name = tmp_path / "report.json"
    leed_command("report", meeting, "-o", by_name, "--lang", "de", "--tense", "present")
    assert json.loads(by_name.read_bytes()) == found


def test_options_are_those_of_a_describer(leed_command: Callable[..., Answer], meeting: Path) -> None:
    _, out, _ = leed_command(
        "report", meeting, "--output", "json", "--ignore", "Boredom", "--top", "1", "--scale", "hume-2023"
    )
    found = json.loads(out)
    assert found["people"][2]["sentences"] == ["Caro: What their voice showed is left unsaid."]
    assert found["provenance"]["scale"] == "hume-2023"


def test_several_files_make_one_report(leed_command: Callable[..., Answer], meeting: Path) -> None:
    _, out, _ = leed_command("report", meeting, SAMPLE, "--output", "json")
    found = json.loads(out)
    assert (found["count"], found["sources"]) == (29, [None, "sample-conversation.wav"])


def test_a_file_that_cannot_be_read_is_said_and_the_others_are_told(
    leed_command: Callable[..., Answer], meeting: Path, tmp_path: Path
) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("nothing here", encoding="utf-8")
    status, out, err = leed_command("report", other, meeting, "--output", "json")
    assert (status, json.loads(out)["count"]) == (1, 20)
    assert err.startswith(f"leed: error: {other}: is text, but no table")
    status, out, err = leed_command("report", other, other)
    assert (status, out) == (1, "")
    assert err.splitlines()[-1] == "leed: error: none of the 2 files can be read: there is nothing to report"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "r.pdf"], "r.pdf: the ending '.pdf' says nothing of how to write; give .html or .json, or --output"),
        (["--top", "x"], "top is 'x'; give a number from 1, or 'all'"),
        (["--lang", "fr"], "lang 'fr' is not known: give one of en, de, a JSON file"),
    ],
    ids=["ending", "top", "lang"],
)  # fmt: skip
def test_wrong_options_are_one_line(
    leed_command: Callable[..., Answer], meeting: Path, arguments: list[str], message: str
) -> None:
    status, out, err = leed_command("report", meeting, *arguments)
    assert (status, out) == (1, "")
    assert err == f"leed: error: {message}\n"


def test_issues_are_listed_on_standard_error(leed_command: Callable[..., Answer], tmp_path: Path) -> None:
    odd = tmp_path / "odd.json"
    odd.write_text('[{"begin": 0, "prosody": {"Joy": 0.4, "Fear": "NaN"}}]', encoding="utf-8")
    status, _, err = leed_command("report", odd, "-o", tmp_path / "odd.html", "--allow", "desier")
    assert status == 0
    assert "'Fear': the score is 'NaN', which is no finite number" in err
    assert "--allow: 'desier' is no label that leed knows" in err
