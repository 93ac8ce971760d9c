"""What goes in: files, directories, patterns, lists, and addresses that fsspec knows."""

from pathlib import Path

import fsspec
import pytest

from leed.batch.inputs import inputs_of
from leed.errors import InputError


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
