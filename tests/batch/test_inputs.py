"""What goes in: files, directories, patterns, lists, and addresses that fsspec knows."""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest

from leed.batch.corpus import describe_corpus
from leed.batch.inputs import inputs_of
from leed.errors import InputError, OutputError
from tests.support import flaky_disk
from tests.support.data_sets import contents, many_talks
from tests.support.flaky_disk import FlakyDisk


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for name in ("a.json", "b/c.json", "b/d.csv", ".hidden/e.json", "b/.f.json"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}", encoding="utf-8")
    return tmp_path


def names(corpus: Path, *given: str) -> list[str]:
    return [str(Path(entry.url).relative_to(corpus)) for entry in inputs_of([str(corpus / one) for one in given])]


def test_a_directory_is_all_files_below_it_but_hidden_ones(corpus: Path) -> None:
    assert names(corpus, "") == ["a.json", "b/c.json", "b/d.csv"]


def test_a_pattern_is_what_it_matches(corpus: Path) -> None:
    assert names(corpus, "**/*.json") == ["a.json", "b/c.json"]


def test_a_file_that_is_given_twice_is_read_once(corpus: Path) -> None:
    assert names(corpus, "a.json", "*.json") == ["a.json"]


def test_a_list_names_files_a_line_each(corpus: Path) -> None:
    (corpus / "list.txt").write_text(f"# two\n{corpus}/a.json\n\n{corpus}/b/d.csv\n", encoding="utf-8")
    found = inputs_of([f"@{corpus}/list.txt"])
    assert [Path(entry.url).name for entry in found] == ["a.json", "d.csv"]


def test_an_address_of_fsspec_is_read_like_a_path() -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe_file("/talks/a.json", b"{}")
    (found,) = inputs_of(["memory://talks"])
    assert (found.url, found.size) == ("memory:///talks/a.json", 2)


@pytest.fixture
def archive(corpus: Path) -> str:
    """A zip of the same files, and two talks."""
    many_talks(corpus / "talks", 2)
    path = shutil.make_archive(str(corpus.parent / "all"), "zip", corpus)
    return path if path.startswith("/") else f"/{path}"


@pytest.mark.parametrize(
    ("inner", "found"),
    [
        ("", ["a.json", "b/c.json", "b/d.csv", "talks/talk000.json", "talks/talk001.json"]),
        ("b", ["b/c.json", "b/d.csv"]),
        ("*.json", ["a.json"]),
        ("**/talk*.json", ["talks/talk000.json", "talks/talk001.json"]),
        ("b/c.json", ["b/c.json"]),
    ],
)
@pytest.mark.parametrize("before", ["", "simplecache::"])
def test_addresses_that_lead_through_several_file_systems_stay_whole(
    archive: str, inner: str, found: list[str], before: str
) -> None:
    rest = f"file://{archive}"
    entries = inputs_of([f"{before}zip://{inner}::{rest}"])
    assert [entry.url for entry in entries] == [f"{before}zip://{name}::{rest}" for name in found]
    assert [entry.url for entry in inputs_of([entry.url for entry in entries])] == [entry.url for entry in entries]


def test_files_in_an_archive_are_described_by_workers(archive: str, tmp_path: Path) -> None:
    report = describe_corpus([f"zip://talks::{archive}"], str(tmp_path / "out"), workers=2)
    assert (report.files, report.rows, report.failed) == (2, 43, {})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("nope.json", "nope.json: cannot be opened: No such file or directory"),
        ("*.xml", "*.xml: matches no file"),
        ("@nope.txt", "nope.txt: cannot be opened: No such file or directory"),
    ],
)
def test_what_is_not_there_is_told(corpus: Path, monkeypatch: pytest.MonkeyPatch, given: str, said: str) -> None:
    monkeypatch.chdir(corpus)
    with pytest.raises(InputError) as raised:
        inputs_of([given])
    assert str(raised.value) == said


def test_a_name_with_the_letters_of_a_pattern_is_a_file_where_there_is_one(corpus: Path) -> None:
    (corpus / "a[1].json").write_text("{}", encoding="utf-8")
    assert names(corpus, "a[1].json") == ["a[1].json"]


# --- what cannot be listed, for a moment or at all


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """How often from now on the flaky disk does not list a folder, by its name."""
    times: Counter[str] = Counter()
    monkeypatch.setattr("time.sleep", lambda _: None)  # what waits between attempts
    ls = FlakyDisk.ls

    def listed(self: FlakyDisk, path: str, *args: Any, **options: Any) -> Any:
        name = Path(path).name
        if times[name]:
            times[name] -= 1
            raise ConnectionResetError("the disk is away for a moment")
        return ls(self, path, *args, **options)

    monkeypatch.setattr(FlakyDisk, "ls", listed)
    with flaky_disk.registered(share=0.0):
        yield times


@pytest.mark.parametrize("given", ["", "/*/*.json", "/**/*.json"])
def test_a_folder_that_is_away_for_a_moment_is_listed_again(corpus: Path, away: Counter[str], given: str) -> None:
    expected = [entry.url for entry in inputs_of([f"flaky://{corpus}{given}"])]
    assert len(expected) == {"": 3, "/*/*.json": 1, "/**/*.json": 2}[given]
    away.update({"b": 3, corpus.name: 4})
    assert [entry.url for entry in inputs_of([f"flaky://{corpus}{given}"])] == expected
    assert not +away


@pytest.mark.parametrize("given", ["", "/**/*.json"])
def test_a_folder_that_cannot_be_listed_is_told_and_the_others_are_read(
    corpus: Path, away: Counter[str], given: str
) -> None:
    away["b"] = 10
    told: dict[str, str] = {}
    (found,) = inputs_of([f"flaky://{corpus}{given}"], told.__setitem__)
    assert found.url == f"flaky://{corpus}/a.json"
    url = f"flaky://{corpus}/b"
    assert told == {url: f"{url}: cannot be listed: the disk is away for a moment"}
    with pytest.raises(InputError) as raised:
        inputs_of([f"flaky://{corpus}{given}"])
    assert str(raised.value) == told[url]


def test_the_first_folder_has_to_be_listed(corpus: Path, away: Counter[str]) -> None:
    away[corpus.name] = 10
    with pytest.raises(InputError, match="cannot be opened: the disk is away for a moment"):
        inputs_of([f"flaky://{corpus}"])


@pytest.mark.usefixtures("away")
def test_a_folder_that_is_gone_meanwhile_is_none(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ls = FlakyDisk.ls

    def listed(self: FlakyDisk, path: str, *args: Any, **options: Any) -> Any:
        if path.endswith("/b"):
            raise FileNotFoundError(path)
        return ls(self, path, *args, **options)

    monkeypatch.setattr(FlakyDisk, "ls", listed)
    assert [Path(entry.url).name for entry in inputs_of([f"flaky://{corpus}"])] == ["a.json"]


def test_a_data_set_whose_folder_cannot_be_listed_is_none_to_go_on_with(tmp_path: Path, away: Counter[str]) -> None:
    many_talks(tmp_path / "talks", 3)
    out = f"flaky://{tmp_path}/out"
    describe_corpus([f"flaky://{tmp_path}/talks"], out, workers=1)
    expected = contents(tmp_path / "out")
    away.update({"files": 4, "out": 3})
    report = describe_corpus([f"flaky://{tmp_path}/talks"], out, workers=1, resume=True)
    assert (report.files, report.before) == (3, 3)
    away["files"] = 5
    with pytest.raises(OutputError, match="cannot be listed: the disk is away for a moment"):
        describe_corpus([f"flaky://{tmp_path}/talks"], out, workers=1, resume=True)
    assert contents(tmp_path / "out") == expected
