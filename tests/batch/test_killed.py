"""Killed at any moment and gone on with: the data set of a run that was left alone."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from pyarrow import parquet

from leed.batch.corpus import describe_corpus
from tests.support.data_sets import contents, files, many_talks

FILES = 80
MOMENTS = 10  # for the one that hands out work, and as many for those that do it


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return many_talks(tmp_path_factory.mktemp("corpus") / "talks", FILES)


@pytest.fixture(scope="module")
def undisturbed(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    assert describe_corpus([str(corpus)], str(out), workers=1).files == FILES
    return out


@contextmanager
def running(corpus: Path, out: Path) -> Generator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "leed", "batch", str(corpus), "-o", str(out), "--workers", "2", "--resume"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def started_by(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    """What a run has started and what that has; nothing once it has ended."""
    try:
        found = psutil.Process(process.pid).children(recursive=True)
        return [child for child in found if "resource_tracker" not in " ".join(child.cmdline())]
    except psutil.NoSuchProcess:
        return []


def begun(out: Path) -> int:
    return sum(1 for _ in out.glob("_leed/files/*.json"))


def wait_for(out: Path, count: int, process: "subprocess.Popen[str]") -> None:
    """Wait until so many files are done, or the run has ended."""
    while begun(out) < count and process.poll() is None:
        time.sleep(0.002)


def all_parts_are_whole(out: Path) -> None:
    for part in out.rglob("part-*.parquet"):
        assert parquet.ParquetFile(part).read().num_rows > 0


def are_gone(processes: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=10)
    return not [process for process in alive if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


def test_a_run_killed_at_random_moments_and_gone_on_with_writes_the_same(
    corpus: Path, undisturbed: Path, tmp_path: Path
) -> None:
    out, moments = tmp_path / "out", random.Random(10)
    for _ in range(MOMENTS):
        before = begun(out)
        with running(corpus, out) as process:
            wait_for(out, before + moments.randrange(FILES // MOMENTS), process)
            time.sleep(moments.random() / 50)
            others = started_by(process)
            process.kill()
        assert are_gone(others), "what it had started is still at work"
        all_parts_are_whole(out)
    report = describe_corpus([str(corpus)], str(out), resume=True, workers=1)
    assert (report.files, report.failed) == (FILES, {})
    assert contents(out) == contents(undisturbed)
    assert files(out) == files(undisturbed)


def test_workers_killed_at_random_moments_lose_no_row(corpus: Path, undisturbed: Path, tmp_path: Path) -> None:
    out, moments = tmp_path / "out", random.Random(20)
    killed = 0
    for _ in range(MOMENTS):
        with running(corpus, out) as process:
            while process.poll() is None:
                wait_for(out, begun(out) + moments.randrange(1, FILES // MOMENTS), process)
                workers = started_by(process)
                if killed < MOMENTS and workers:
                    with suppress(psutil.NoSuchProcess):
                        moments.choice(workers).kill()
                        killed += 1
            said = process.stderr.read() if process.stderr else ""
            process.wait()
        assert "Traceback" not in said
        if process.returncode == 0:
            break
    assert killed == MOMENTS
    assert contents(out) == contents(undisturbed)
    assert files(out) == files(undisturbed)


def test_a_run_that_is_interrupted_says_so_and_is_gone_on_with(corpus: Path, undisturbed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with running(corpus, out) as process:
        wait_for(out, 5, process)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: all of them
        said = process.stderr.read() if process.stderr else ""
        process.wait(timeout=30)
    assert process.returncode == 130
    assert said.startswith("leed: error: interrupted;")
    assert "--resume" in said
    assert describe_corpus([str(corpus)], str(out), resume=True, workers=1).files == FILES
    assert contents(out) == contents(undisturbed)
