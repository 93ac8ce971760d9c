"""leed predict with several inputs; tests/classifiers/test_training.py has what it says of one."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from leed.classifiers import read_examples, save, train

Leed = Callable[..., tuple[int, str, str]]
TRAINED = ["item,speaker,label,face.Joy,face.Fear"] + [
    f"c{i},s{i // 6},{('low', 'high')[i % 2]},{0.2 + 0.5 * (i % 2) + i / 1000:.3f},0.1" for i in range(36)
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    (folder / "t.csv").write_text("\n".join(TRAINED), encoding="utf-8")
    saved, _ = train(read_examples(str(folder / "t.csv")), features="raw")
    save(saved, folder / "m.skops")
    return folder / "m.skops"


@pytest.fixture
def talks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, joy in (("low", 0.2), ("high", 0.7)):
        (tmp_path / f"{name}.json").write_text(json.dumps({"face": {"Joy": joy, "Fear": 0.1}}), encoding="utf-8")
    return tmp_path


def test_each_row_of_several_inputs_has_its_file(leed_command: Leed, model: Path, talks: Path) -> None:
    (talks / "t.csv").write_text("item,face.Joy,face.Fear,voice.Joy\na,0.7,0.1,0.5\n", encoding="utf-8")
    status, out, err = leed_command("predict", model, "low.json", "t.csv", "high.json")
    assert status == 0
    assert err == "leed: t.csv: prosody: 1 items have scores of it, which the model was not fitted on; left out\n"
    rows = list(csv.DictReader(out.splitlines()))
    assert [*rows[0]][:3] == ["file", "item", "label"]
    assert [(row["file"], row["label"]) for row in rows] == [
        ("low.json", "low"),
        ("t.csv", "high"),
        ("high.json", "high"),
    ]


def test_one_input_that_fails_does_not_stop_the_others_on_several_workers(
    leed_command: Leed, model: Path, talks: Path
) -> None:
    (talks / "bad.json").write_bytes(b"{")
    given = ("high.json", "bad.json", "l*.json")
    status, out, err = leed_command("predict", model, *given, "--workers", 2, "-o", "p.jsonl")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "bad.json" in err
    rows = [json.loads(line) for line in (talks / "p.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["file"], row["label"]) for row in rows] == [
        ("high.json", "high"),
        (str(talks / "low.json"), "low"),
    ]


def test_one_input_that_fails_leaves_what_was_there(leed_command: Leed, model: Path, talks: Path) -> None:
    (talks / "bad.json").write_bytes(b"{")
    (talks / "p.csv").write_text("before", encoding="utf-8")
    assert leed_command("predict", model, "bad.json", "-o", "p.csv")[0] == 1
    assert (talks / "p.csv").read_text(encoding="utf-8") == "before"


def test_standard_input_is_a_table_among_others(leed_command: Leed, model: Path, talks: Path) -> None:
    data = b"item,face.Joy,face.Fear\na,0.7,0.1\n"
    status, out, _ = leed_command("predict", model, talks / "low.json", "-", stdin=data)
    assert status == 0
    assert [line.split(",")[1:3] for line in out.splitlines()[2:]] == [["a", "high"]]


@pytest.mark.parametrize(
    ("options", "message"),
    [(("--engine", "cloud"), "engine 'cloud' is not known: give one of local"), (("none/*.json",), "matches no file")],
)
def test_what_leads_nowhere_is_one_line(
    leed_command: Leed, model: Path, talks: Path, options: tuple[str, ...], message: str
) -> None:
    status, out, err = leed_command("predict", model, talks / "low.json", *options)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert message in err


def test_no_worker_is_wrong_usage(leed_command: Leed, model: Path, talks: Path) -> None:
    assert leed_command("predict", model, talks / "low.json", "--workers", 0)[0] == 2


def test_help_has_examples(leed_command: Leed) -> None:
    assert "leed predict calls.skops predictions.json" in leed_command("predict", "--help")[1]
