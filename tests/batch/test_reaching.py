"""Workers that are to reach what this program alone has told fsspec; and what no other process reaches."""

import errno
import io
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pytest
from fsspec.config import conf
from fsspec.implementations import dirfs
from fsspec.registry import _registry

from leed.batch.corpus import describe_corpus
from leed.batch.filesystems import may_pass
from leed.batch.reaching import Reaching, only_here, registered
from leed.errors import InputError, OptionError
from tests.support import flaky_disk
from tests.support.data_sets import contents, many_talks
from tests.support.faulty import FaultyFileSystem
from tests.support.flaky_disk import PROTOCOL, FlakyDisk
from tests.support.parts import ROOT

FILES = 6


@pytest.fixture
def talks(tmp_path: Path) -> Path:
    return many_talks(tmp_path / "talks", FILES)


@pytest.fixture
def known() -> Iterator[None]:
    """The flaky disk is known here, and one in ten requests fails."""
    with flaky_disk.registered(share=0.1):
        yield


def without_addresses(out: Path) -> Counter[str]:
    return Counter(row.replace(f"{PROTOCOL}://", "") for row in contents(out).elements())


@pytest.mark.usefixtures("known")
def test_workers_reach_a_file_system_that_the_program_registered(talks: Path, tmp_path: Path) -> None:
    describe_corpus([str(talks)], str(tmp_path / "expected"), workers=1)
    out = f"{PROTOCOL}://{tmp_path}/out"
    report = describe_corpus([f"{PROTOCOL}://{talks}"], out, workers=2)
    while report.failed:
        report = describe_corpus([f"{PROTOCOL}://{talks}"], out, workers=2, resume=True)
    assert report.files == FILES
    assert without_addresses(tmp_path / "out") == contents(tmp_path / "expected")


@pytest.mark.usefixtures("known")
def test_what_is_registered_and_set_goes_with_the_task(monkeypatch: pytest.MonkeyPatch) -> None:
    found: Reaching[dict[str, int]] = Reaching.of(dict, ["flaky:///a.json", "simplecache::flaky:///b.json", "/c.json"])
    assert (found.classes, found.options) == ({PROTOCOL: FlakyDisk}, {PROTOCOL: {"share": 0.1}})
    assert "share" not in repr(found)
    monkeypatch.delitem(conf, PROTOCOL)
    monkeypatch.delitem(_registry, PROTOCOL)
    assert found() == {}
    assert fsspec.filesystem(PROTOCOL).share == 0.1


def test_what_every_process_knows_does_not_go_with_it() -> None:
    addresses = ["memory://a.json", "file:///a.json", "zip://a.json::file:///b.zip", "odd::/a.json", "/a://b.json"]
    for address in addresses[:2]:
        fsspec.core.url_to_fs(address)
    assert registered(addresses) == {}


def test_memory_is_described_here_however_many_workers_there_are(talks: Path) -> None:
    memory = fsspec.filesystem("memory")
    for path in talks.iterdir():
        memory.pipe_file(f"/reaching/{path.name}", path.read_bytes())
    report = describe_corpus(["memory://reaching"], "memory://reached", workers=2)
    assert (report.files, report.failed) == (FILES, {})
    memory.rm("/reaching", recursive=True)
    memory.rm("/reached", recursive=True)


@pytest.mark.parametrize(
    "url", ["memory://a.json", "faulty://a.json", "chrooted://a.json", "zip://a.json::memory://t.zip"]
)
def test_memory_is_only_here(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = io.BytesIO()
    zipfile.ZipFile(archive, "w").close()
    monkeypatch.setitem(fsspec.filesystem("memory").store, "/t.zip", None)
    fsspec.filesystem("memory").pipe_file("/t.zip", archive.getvalue())

    class Chrooted(dirfs.DirFileSystem):  # type: ignore[misc]  # fsspec has no types
        def __init__(self, **options: Any) -> None:
            super().__init__("/folder", FaultyFileSystem(), **options)

    monkeypatch.setitem(_registry, "chrooted", Chrooted)
    assert only_here(["/a.json", "file:///a.json", url]) == url


def in_function() -> type:
    class Own(FlakyDisk):
        pass

    return Own


def in_script() -> type:
    return type("Own", (FlakyDisk,), {"__module__": "__main__"})


def in_module_of_the_moment() -> type:
    return type("Own", (FlakyDisk,), {"__module__": "tests.batch.of_the_moment"})


@pytest.mark.parametrize("made", [in_function, in_script, in_module_of_the_moment])
def test_a_class_that_cannot_be_imported_is_worked_with_here(
    made: Any, talks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(_registry, PROTOCOL, made())
    given = [f"{PROTOCOL}://{talks}"]
    assert only_here(given) == given[0]
    assert describe_corpus(given, str(tmp_path / "out"), workers=2).files == FILES
    with pytest.raises(OptionError) as raised:
        describe_corpus(given, str(tmp_path / "other"), engine="ray")
    assert str(raised.value) == (
        f"{given[0]}/talk000.json is reached by this process only (it is in its memory, or its file system is of a "
        "class that cannot be imported elsewhere): use engine 'local'"
    )


@pytest.mark.usefixtures("known")
def test_a_class_of_a_module_is_no_reason_to_stay_here() -> None:
    assert only_here([f"{PROTOCOL}:///a.json"]) is None


class OfAStore(Exception):  # noqa: N818 - as clients of stores call theirs
    """What a client raises that has errors of its own."""


def told(error: Exception) -> InputError:
    """An error of leed's, because of another one."""
    of_leeds = InputError("a.json: cannot be read")
    of_leeds.__cause__ = error
    return of_leeds


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (OSError(errno.EIO, "503 Slow Down"), True),
        (TimeoutError(), True),
        (ConnectionResetError(), True),
        (OfAStore(), True),
        (Exception("503"), True),
        (RuntimeError("503"), True),
        (RecursionError(), False),
        (NotImplementedError(), False),
        (KeyError("Joy"), False),
        (ValueError(), False),
        (pa.ArrowInvalid(), False),
        (MemoryError(), False),
        (FileNotFoundError(), False),
        (PermissionError(errno.EACCES, "403"), False),
        (OSError(errno.ENOSPC, "No space left on device"), False),
        (InputError("a.json: is empty"), False),
    ],
)
def test_what_may_pass_is_what_a_store_said(error: Exception, *, passes: bool) -> None:
    assert may_pass(error) == may_pass(told(error)) == passes


def test_a_script_needs_no_guard(talks: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from leed.batch.corpus import describe_corpus\n"
        f"print(describe_corpus([{str(talks)!r}], {str(tmp_path / 'out')!r}, workers=2).files)\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == (f"{FILES}\n", "")
