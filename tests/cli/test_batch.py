"""leed batch: a corpus in, a data set out."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyarrow.dataset
import pytest

from tests.support.data_sets import contents, talk

Answer = tuple[int, str, str]
Leed = Callable[..., Answer]


@pytest.fixture
def batch(leed_command: Leed) -> Leed:
    """A function that runs `leed batch` in this process and gives its status, stdout and stderr."""
    return partial(leed_command, "batch")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for number in range(3):
        talk(tmp_path / "talks" / f"talk{number}.json", rows=number + 1)
    return tmp_path / "talks"


def test_a_corpus_becomes_a_data_set_and_says_what_came_of_it(batch: Leed, corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert batch(corpus, "-o", out, "--workers", 1) == (
        0,
        "",
        f"leed: {out}: 9 rows; 3 files described now; {out}/_leed/manifest.json tells more\n",
    )
    (face,) = out.glob("labels=hume-48-face-*")
    rows = pyarrow.dataset.dataset(face).to_table().to_pylist()
    first = min(rows, key=lambda row: (row["file"], row["begin"]))
    assert first["file"] == str(corpus / "talk0.json")
    assert {name: first[name] for name in first if name not in ("scores", "file", "fingerprint")} == {
        "source": "talk0.json",
        "channel": None,
        "modality": "face",
        "aspect": "expression",
        "granularity": None,
        "speaker": "Ann",
        "begin": 0.0,
        "end": None,
        "text": None,
        "description": "They look extremely joyful.",
        "terms": [
            {"label": "Joy", "score": pytest.approx(0.84), "adverb": "extremely", "adjective": "joyful"},
        ],
    }


def test_it_goes_on_with_what_is_there_only_if_it_is_told_to(batch: Leed, corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    batch(corpus, "-o", out, "--workers", 1)
    talk(corpus / "more.json", rows=1)
    told = "go on with what is there by --resume, or name another folder"
    assert batch(corpus, "-o", out, "--workers", 1) == (1, "", f"leed: error: {out} is not empty: {told}\n")
    status, _, said = batch(corpus, "-o", out, "--workers", 1, "--resume")
    assert (status, said.splitlines()[-1]) == (
        0,
        f"leed: {out}: 11 rows; 1 file described now, 3 before; {out}/_leed/manifest.json tells more",
    )


def test_what_failed_is_listed_and_the_status_says_so(batch: Leed, corpus: Path, tmp_path: Path) -> None:
    (corpus / "bad.json").write_text("[{", encoding="utf-8")
    (corpus / "notes.txt").write_text("They met on Monday.", encoding="utf-8")
    status, _, said = batch(corpus, "nope.json", "-o", tmp_path / "out", "--workers", 1)
    assert status == 1
    lines = said.splitlines()
    assert lines[0] == f"leed: {corpus}/notes.txt: is no recording, and left out"
    assert lines[1].startswith(f"leed: error: {corpus}/bad.json: the JSON is cut off")
    assert lines[2] == "leed: error: nope.json: cannot be opened: No such file or directory"
    assert "9 rows; 3 files described now, 2 failed;" in lines[3]


def test_what_is_odd_is_told_once_of_each_kind_with_the_first_file_of_it(batch: Leed, tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.csv").write_text("begin,modality,Joy\n0,face,0.5\n1,face,oops\n", encoding="utf-8")
    status, _, said = batch(tmp_path / "b.csv", tmp_path / "a.csv", "-o", tmp_path / "out", "--workers", 1)
    assert status == 0
    what = "column 'Joy': 1 cell is no finite number (and 1 more of the kind)"
    assert f"leed: unreadable-score: {tmp_path}/a.csv: {what}" in said.splitlines()


def test_many_failures_are_listed_in_the_manifest(batch: Leed, tmp_path: Path) -> None:
    for number in range(23):
        (tmp_path / "talks").mkdir(exist_ok=True)
        (tmp_path / "talks" / f"bad{number:02}.json").write_text("[{", encoding="utf-8")
    status, _, said = batch(tmp_path / "talks", "-o", tmp_path / "out", "--workers", 1)
    manifest = tmp_path / "out" / "_leed" / "manifest.json"
    assert status == 1
    assert f"leed: error: 3 more files failed; {manifest} lists them all" in said
    assert len(json.loads(manifest.read_text(encoding="utf-8"))["failed"]) == 23


@pytest.mark.parametrize(
    "options", [["--tense", "past"], ["--person", "Ann"], ["--lang", "de"], ["--ignore", "Joy"], ["--no-quote"]]
)
def test_words_are_chosen_as_for_describe(
    batch: Leed, leed_command: Leed, corpus: Path, tmp_path: Path, options: list[str]
) -> None:
    assert batch(corpus, "-o", tmp_path / "out", "--workers", 1, *options)[0] == 0
    rows = [json.loads(row) for row in contents(tmp_path / "out")]
    path = corpus / "talk0.json"
    _, expected, _ = leed_command("describe", path, *options, "--output", "jsonl")
    described = [json.loads(line)["description"] for line in expected.splitlines()]
    assert sorted(row["description"] for row in rows if row["file"] == str(path)) == sorted(described)


def test_scores_without_a_modality_are_of_the_one_that_is_given(batch: Leed, tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    path.write_text('[{"Joy": 0.84}, {"modality": "prosody", "Sadness": 0.34}]', encoding="utf-8")
    batch(path, "-o", tmp_path / "out", "--workers", 1, "--modality", "face")
    rows = [json.loads(row) for row in contents(tmp_path / "out")]
    assert sorted((row["modality"], row["description"]) for row in rows) == [
        ("face", "They look extremely joyful."),
        ("prosody", "They sound quite sad."),
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--engine", "cloud"], "engine 'cloud' is not known: give one of local"),
        (["--scale", "nope"], "nope"),
        (["--modality", "smell"], "modality 'smell' is not known"),
        (["--quantity", "much"], "quantity 'much' is not known"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    batch: Leed, corpus: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    status, _, error = batch(corpus, "-o", tmp_path / "out", *arguments)
    assert (status, error.count("\n")) == (1, 1)
    assert said in error


def test_a_store_whose_package_is_missing_is_told_with_how_to_install_it(batch: Leed, tmp_path: Path) -> None:
    assert batch("dask://talks", "-o", tmp_path / "out") == (
        1,
        "",
        "leed: error: dask://talks needs the package 'dask', which is not installed: pip install 'dask'\n",
    )
