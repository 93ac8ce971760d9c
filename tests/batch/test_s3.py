"""`leed batch` from S3 to S3, by the client that its users have, from a server that turns requests away."""

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from leed.batch.corpus import describe_corpus
from tests.support.data_sets import contents, files, many_talks
from tests.support.s3 import S3, s3

FILES = 12


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return many_talks(tmp_path_factory.mktemp("corpus") / "talks", FILES)


@pytest.fixture(scope="module")
def store(corpus: Path) -> Iterator[S3]:
    with s3() as found:
        found.upload(corpus, "talks")
        yield found


@pytest.fixture(scope="module")
def expected(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Counter[str]:
    """The rows that a disk has, with the addresses of the store."""
    out = tmp_path_factory.mktemp("expected") / "out"
    describe_corpus([str(corpus)], str(out), workers=1)
    return Counter(row.replace(str(corpus), "s3://talks/2026") for row in contents(out).elements())


def batch(store: S3, bucket: str, *options: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "leed", "batch", "s3://talks/2026", "-o", f"s3://{bucket}/out", "--workers", "2"]
    return subprocess.Popen([*command, *options], env=store.environment, stderr=subprocess.PIPE, text=True)


def test_a_bucket_is_described_into_another(store: S3, expected: Counter[str], tmp_path: Path) -> None:
    store.client.create_bucket(Bucket="quiet")
    with batch(store, "quiet") as run:
        _, said = run.communicate()
    assert said.startswith(f"leed: s3://quiet/out: {expected.total()} rows; {FILES} files described now;")
    out = store.download("quiet", tmp_path) / "out"
    assert contents(out) == expected
    assert len(files(out)) == 3 * FILES + 1  # two parts and a record of each, and the manifest
    assert json.loads((out / "_leed" / "manifest.json").read_bytes())["rows"] == expected.total()


def test_a_store_that_turns_requests_away_loses_and_doubles_nothing(
    store: S3, expected: Counter[str], tmp_path: Path
) -> None:
    store.client.create_bucket(Bucket="slow")
    store.share, before = 0.1, store.refused
    with batch(store, "slow") as run:
        _, said = run.communicate()
    store.share = 0.0
    assert store.refused > before + 10
    assert (run.returncode, said.partition(";")[0]) == (0, f"leed: s3://slow/out: {expected.total()} rows")
    assert contents(store.download("slow", tmp_path) / "out") == expected


def test_a_run_killed_at_any_moment_is_gone_on_with(store: S3, expected: Counter[str], tmp_path: Path) -> None:
    store.client.create_bucket(Bucket="killed")
    moments = random.Random(30)
    for attempt in range(4):
        before = store.asked
        with batch(store, "killed", "--resume") as run:
            last = before + moments.randrange(20, 90)
            while store.asked < last and run.poll() is None:
                time.sleep(0.002)
            run.kill()
        found = contents(store.download("killed", tmp_path / str(attempt)) / "out")
        assert not found - expected
    with batch(store, "killed", "--resume") as run:
        assert run.wait() == 0
    out = store.download("killed", tmp_path / "end") / "out"
    assert contents(out) == expected
    assert len(files(out)) == 3 * FILES + 1
