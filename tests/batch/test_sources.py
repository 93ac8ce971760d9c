"""What commands over many inputs are given, and in which order it is done."""

from pathlib import Path

import pytest

from leed.batch.local import run
from leed.batch.order import in_order
from leed.batch.sources import sources_of
from leed.errors import InputError


@pytest.fixture
def talks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "talks").mkdir()
    for name in ("b.json", "a.json", "c[1].json"):
        (tmp_path / "talks" / name).write_text("{}", encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("talks")
def test_what_is_here_stays_as_it_was_given() -> None:
    given = ["talks/b.json", "-", "talks", "talks/a.json", "talks/b.json", "talks/c[1].json", "none.json"]
    assert sources_of(given) == given


def test_a_pattern_is_the_files_that_match_in_order(talks: Path) -> None:
    assert sources_of(["talks/[ab].json"]) == [str(talks / "talks" / name) for name in ("a.json", "b.json")]


def test_a_list_is_its_lines_in_their_order(talks: Path) -> None:
    (talks / "list").write_text("# of talks\ntalks/b.json\n\ntalks/a*.json\n", encoding="utf-8")
    assert sources_of(["@list", "-"]) == ["talks/b.json", str(talks / "talks" / "a.json"), "-"]
    (talks / "@list").touch()
    assert sources_of(["@list"]) == ["@list"]


def test_a_url_is_what_is_found_there(talks: Path) -> None:
    assert sources_of([f"file://{talks}/talks/a.json"]) == [f"file://{talks}/talks/a.json"]


@pytest.mark.usefixtures("talks")
def test_a_pattern_that_matches_nothing_is_an_error() -> None:
    with pytest.raises(InputError, match=r"none/\*: matches no file"):
        sources_of(["none/*"])


class Doubling:
    def __call__(self, item: int) -> int:
        return item * 2


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_items_wherever_they_are_made(workers: int) -> None:
    assert list(in_order(run, Doubling, range(9), workers=workers, is_here=(3).__eq__)) == [i * 2 for i in range(9)]
