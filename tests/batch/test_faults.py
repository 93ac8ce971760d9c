"""Disks that are full and stores that return errors: no lost row, no doubled row, no half file."""

import io
import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from leed.batch.corpus import describe_corpus
from leed.errors import LeedError, OutputError
from tests.support.data_sets import contents, files, many_talks
from tests.support.faulty import Faults, FaultyFileSystem, faults

FILES = 12
OUT = "faulty://out"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return many_talks(tmp_path_factory.mktemp("corpus") / "talks", FILES)


@pytest.fixture
def store() -> Iterator[Any]:
    FaultyFileSystem.store.clear()
    FaultyFileSystem.pseudo_dirs[:] = [""]
    yield FaultyFileSystem()
    FaultyFileSystem.store.clear()


@pytest.fixture
def there(corpus: Path, store: Any) -> str:
    """The same corpus in the store."""
    for path in corpus.iterdir():
        store.pipe_file(f"/talks/{path.name}", path.read_bytes())
    return "faulty://talks"


def stored(store: Any) -> Counter[str]:
    """The rows of all parts in the store, without the addresses that they were read from; each part is whole."""
    found: Counter[str] = Counter()
    for place in store.find("/out"):
        if "/labels=" in place:
            assert not place.rpartition("/")[2].startswith("."), "written halfway"
            table = parquet.read_table(io.BytesIO(bytes(store.cat_file(place))))
            found.update(json.dumps(row | {"file": None, "source": None}, sort_keys=True) for row in table.to_pylist())
    return found


@pytest.fixture
def expected(corpus: Path, tmp_path: Path) -> Counter[str]:
    describe_corpus([str(corpus)], str(tmp_path / "expected"), workers=1)
    rows = [json.loads(row) for row in contents(tmp_path / "expected").elements()]
    return Counter(json.dumps(row | {"file": None, "source": None}, sort_keys=True) for row in rows)


def test_a_store_is_read_and_written_like_a_disk(there: str, store: Any, expected: Counter[str]) -> None:
    report = describe_corpus([there], OUT, workers=1)
    assert (report.files, report.failed) == (FILES, {})
    assert stored(store) == expected


@pytest.mark.parametrize("seed", range(5))
def test_errors_that_pass_lose_and_double_nothing(there: str, store: Any, expected: Counter[str], seed: int) -> None:
    with faults(share=0.1, seed=seed):
        report = describe_corpus([there], OUT, workers=1)
        assert Faults.refused > 3
    if report.failed:  # each of them is told, and done by going on
        report = describe_corpus([there], OUT, workers=1, resume=True)
    assert (report.files, report.failed) == (FILES, {})
    assert stored(store) == expected


@pytest.mark.parametrize("answered", [0, 5, 20, 77, 120])
def test_a_store_that_goes_away_is_gone_on_with(
    there: str,
    store: Any,
    expected: Counter[str],
    answered: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)  # what waits between attempts
    with faults(left=answered), pytest.raises(LeedError, match=r"503 Slow Down|no answer in 60 s"):
        describe_corpus([there], OUT, workers=1)
    assert not stored_rows_beyond(store, expected)
    report = describe_corpus([there], OUT, workers=1, resume=True)
    assert (report.files, report.failed) == (FILES, {})
    assert stored(store) == expected


def stored_rows_beyond(store: Any, expected: Counter[str]) -> Counter[str]:
    for place in store.find("/out"):
        if place.rpartition("/")[2].startswith("."):
            store.rm_file(place)
    return stored(store) - expected


def test_a_full_store_ends_the_run_and_is_gone_on_with_once_there_is_room(
    there: str, store: Any, expected: Counter[str]
) -> None:
    with faults(room=40_000), pytest.raises(OutputError, match="No space left on device") as raised:
        describe_corpus([there], OUT, workers=1)
    assert "once there is room, the same with --resume goes on" in str(raised.value)
    assert raised.value.hopeless
    assert describe_corpus([there], OUT, workers=1, resume=True).files == FILES
    assert stored(store) == expected


def test_a_file_that_cannot_be_fetched_stops_no_other(there: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    fetch = FaultyFileSystem.get_file

    def failing(self: FaultyFileSystem, rpath: str, lpath: str, **options: object) -> None:
        if rpath.endswith("talk003.json"):
            raise OSError("403 Forbidden for now")
        fetch(self, rpath, lpath, **options)

    monkeypatch.setattr(FaultyFileSystem, "get_file", failing)
    report = describe_corpus([there], OUT, workers=1)
    url = "faulty:///talks/talk003.json"
    assert (report.files, report.failed) == (FILES - 1, {url: f"{url}: cannot be read: 403 Forbidden for now"})


@pytest.mark.skipif(shutil.which("unshare") is None, reason="no unshare, to have a disk of its own")
def test_a_disk_that_is_full_ends_the_run_and_is_gone_on_with_once_there_is_room(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    leed = [sys.executable, "-m", "leed", "batch", str(corpus), "-o", str(out / "set"), "--workers", "2", "--resume"]
    script = """
        mount -t tmpfs -o size=96k tmpfs "$1" || exit 77
        cd "$2"; kept=$1.kept; set=$1; shift 2
        "$@"; status=$?
        cp -r "$set" "$kept"; exit $status
    """
    command = ["unshare", "-Urm", "sh", "-c", script, "sh", str(out), str(Path.cwd()), *leed]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 77 or done.stderr.startswith("unshare:"):
        pytest.skip(f"no disk of its own: {done.stderr.strip()}")
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert "the same with --resume goes on" in done.stderr
    assert "Traceback" not in done.stderr
    kept = Path(f"{out}.kept") / "set"
    for part in kept.rglob("part-*.parquet"):
        assert parquet.ParquetFile(part).read().num_rows > 0
    assert describe_corpus([str(corpus)], str(kept), workers=1, resume=True).files == FILES
    describe_corpus([str(corpus)], str(tmp_path / "expected"), workers=1)
    assert contents(kept) == contents(tmp_path / "expected")
    assert files(kept) == files(tmp_path / "expected")
