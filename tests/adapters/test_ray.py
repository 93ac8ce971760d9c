"""The engine `ray` on a real Ray: the same results as the local one, whoever dies."""

import json
import logging
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pyarrow.dataset
import pytest

import leed
from leed.batch import local
from leed.batch.corpus import describe_corpus
from leed.batch.engines import Engine, Lost
from leed.batch.inputs import Input, inputs_of
from leed.batch.store import Store
from leed.batch.work import Worker
from leed.errors import InputError, LeedError, OptionError
from tests.support import flaky_disk
from tests.support.parts import ROOT
from tests.support.ray_tasks import Doubling, Slow, broken, deadly, unmade

ray = pytest.importorskip("ray")
leed_ray = pytest.importorskip("leed_adapters.ray")
run: Engine = leed_ray.run
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:ray[.].*")  # what Ray says of itself

DIED = Lost("the process that worked on it died 3 times: it was killed, or had too little memory")
ITEMS: list[int | str] = [0, 1, "kill", 3, "raise", 5, "exit", "kill once", "no data", 9]


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """A Ray of two CPUs in this process."""
    ray.init(
        address="local",
        num_cpus=2,
        include_dashboard=False,
        object_store_memory=80 << 20,
        log_to_driver=False,
        logging_level=logging.ERROR,
    )
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def results(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[int, Any]]:
    """What came of items of which some do harm."""
    request.getfixturevalue("cluster")
    return list(run(partial(Doubling, str(tmp_path_factory.mktemp("harm"))), ITEMS, workers=2))


def test_each_item_has_one_result(results: list[tuple[int, Any]]) -> None:
    assert sorted(place for place, _ in results) == list(range(len(ITEMS)))
    assert {ITEMS[place]: result for place, result in results if isinstance(ITEMS[place], int)} == {
        0: 0,
        1: 2,
        3: 6,
        5: 10,
        9: 18,
    }


def test_an_item_that_kills_its_worker_is_lost(results: list[tuple[int, Any]]) -> None:
    assert dict(results)[ITEMS.index("kill")] == DIED


def test_an_item_whose_worker_died_once_is_done_again(results: list[tuple[int, Any]]) -> None:
    assert dict(results)[ITEMS.index("kill once")] == 0


def test_an_error_that_nobody_expects_is_that_of_one_item(results: list[tuple[int, Any]]) -> None:
    assert dict(results)[ITEMS.index("raise")] == Lost("unexpected ValueError: no number")
    assert dict(results)[ITEMS.index("exit")] == Lost("unexpected SystemExit: enough")
    assert "unexpected" in dict(results)[ITEMS.index("no data")].why


@pytest.mark.usefixtures("cluster")
def test_thousands_of_items_are_done_some_at_a_time(tmp_path: Path) -> None:
    found = run(partial(Doubling, str(tmp_path)), range(2000))
    first = next(found)
    rest = list(found)
    assert dict([first, *rest]) == {i: i * 2 for i in range(2000)}
    assert len(rest) == 1999


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (unmade, "there is no such thing"),
        (broken, "the work cannot be begun: KeyError: 'such thing'"),
        (deadly, "the processes that were to work died 3 times while they began"),
    ],
)
def test_a_task_that_cannot_be_made_says_why(make: Any, message: str) -> None:
    with pytest.raises(LeedError) as caught:
        list(run(make, [1, 2], workers=1))
    assert str(caught.value) == message
    assert isinstance(caught.value, InputError) == (make is unmade)


@pytest.mark.usefixtures("cluster")
def test_a_run_that_is_left_stops_its_workers_and_leaves_ray_as_it_was(tmp_path: Path) -> None:
    found = run(
        partial(Slow, str(tmp_path / "out")), [Input(str(tmp_path / f"{i}.json"), None, "") for i in range(500)]
    )
    next(found)
    found.close()
    assert ray.is_initialized()
    assert wait_until(lambda: workers_of(os.getpid()) == [])
    assert not ray.data.DataContext.get_current().max_errored_blocks


@pytest.mark.parametrize("workers", [0, -1])
def test_no_worker_is_no_choice(workers: int, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=f"workers is {workers}; give a whole number from 1"):
        list(run(partial(Doubling, str(tmp_path)), [1], workers=workers))


def test_no_item_gives_no_result_and_needs_no_ray() -> None:
    assert list(run(unmade, [])) == []


def test_the_engine_is_registered_under_its_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, _, rest = project["entry-points"]["leed.engines"]["ray"].partition(":")
    name, _, extra = rest.partition(" ")
    assert getattr(sys.modules[module], name) is run
    assert extra.strip("[]") in project["optional-dependencies"]


@pytest.mark.usefixtures("cluster")
def test_a_data_set_of_rays_is_described_in_its_actors(tmp_path: Path) -> None:
    rows = [{"clip": f"{i}.wav", "Joy": i / 100, "Fear": 1 - i / 100} for i in range(100)]
    described = ray.data.from_items(rows, override_num_blocks=4).map_batches(
        leed_ray.DescribeBatches,
        fn_constructor_kwargs={"modality": "prosody", "top": 1},
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(size=1),
    )
    described.write_parquet(str(tmp_path))
    found = pyarrow.dataset.dataset(tmp_path, format="parquet").to_table().sort_by("clip").to_pylist()
    expected = [str(leed.describe({"Joy": r["Joy"], "Fear": r["Fear"]}, modality="prosody", top=1)) for r in rows]
    assert {row["clip"]: row["description"] for row in found} == {
        row["clip"]: sentence for row, sentence in zip(rows, expected, strict=True)
    }
    assert {row["fingerprint"] for row in found} == {leed.Describer(top=1).fingerprint}


# --- files


@pytest.mark.usefixtures("cluster")
def test_files_become_the_data_set_that_the_local_engine_writes(tmp_path: Path) -> None:
    corpus(tmp_path / "in", 6)
    (tmp_path / "in" / "bad.json").write_text('{"Joy": ', encoding="utf-8")
    entries = inputs_of([str(tmp_path / "in")])
    shares: dict[str, dict[int, Any]] = {}
    for name, engine in {"local": local.run, "ray": run}.items():
        make = partial(Worker, str(tmp_path / name), leed.Describer())
        shares[name] = dict(engine(make, entries, workers=2))
    assert shares["ray"] == shares["local"]
    assert sum(share.rows for share in shares["ray"].values()) == 60
    assert data_set(tmp_path / "ray") == data_set(tmp_path / "local")


@pytest.mark.usefixtures("cluster")
def test_workers_reach_a_file_system_that_the_program_registered(tmp_path: Path) -> None:
    corpus(tmp_path / "in", 6)
    with flaky_disk.registered(share=0.05):
        for engine in ("local", "ray"):
            out = f"flaky://{tmp_path}/{engine}"
            report = describe_corpus([f"flaky://{tmp_path}/in"], out, engine=engine, workers=2)
            assert (report.files, report.failed) == (6, {})
    assert data_set(tmp_path / "ray") == data_set(tmp_path / "local")


DRIVER = """
import sys
from functools import partial
from leed.batch.inputs import inputs_of
from leed_adapters.ray import run
from tests.support.ray_tasks import Slow
for place, share in run(partial(Slow, sys.argv[2]), inputs_of([sys.argv[1]]), workers=2):
    print(place, flush=True)
"""


@pytest.mark.usefixtures("cluster")
def test_a_driver_that_is_killed_takes_its_workers_along_and_the_next_run_ends_the_work(tmp_path: Path) -> None:
    corpus(tmp_path / "in", 60)
    entries = inputs_of([str(tmp_path / "in")])
    with subprocess.Popen(
        [sys.executable, "-c", DRIVER, tmp_path / "in", tmp_path / "out"], stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as driver:
        assert driver.stdout is not None
        assert driver.stdout.readline().strip().isdigit()
        started = workers_of(driver.pid)
        driver.kill()
    assert started
    assert wait_until(lambda: not any(map(is_running, started)))
    store = Store(str(tmp_path / "out"))
    done = store.records(store.places())
    left = [entry for entry in entries if entry.digest not in done]
    assert 0 < len(left) < len(entries)
    list(run(partial(Worker, str(tmp_path / "out"), leed.Describer()), left, workers=2))
    list(local.run(partial(Worker, str(tmp_path / "whole"), leed.Describer()), entries, workers=1))
    assert data_set(tmp_path / "out") == data_set(tmp_path / "whole")


# --- a Ray of our own

ALONE = """
import os, signal, sys, threading
from functools import partial
from leed_adapters.ray import run
from tests.support.ray_tasks import Doubling
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(sorted((place, str(result)) for place, result in run(partial(Doubling, sys.argv[1]), [1, "kill once", 2])))
import ray
assert not ray.is_initialized()
assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
print([thread.name for thread in threading.enumerate() if "usage" in thread.name])
"""


def test_without_a_ray_one_is_started_says_nothing_tells_nobody_and_is_ended(tmp_path: Path) -> None:
    done = alone(tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["[(0, '2'), (1, '0'), (2, '4')]", "[]"]
    assert done.stderr == ""


def test_an_address_without_a_ray_is_an_error_in_one_line(tmp_path: Path) -> None:
    done = alone(tmp_path, RAY_ADDRESS="127.0.0.1:1")
    said = done.stderr.splitlines()[-1]
    what = "the Ray at '127.0.0.1:1', which RAY_ADDRESS names, cannot be reached: ConnectionRefusedError: "
    assert said.startswith(f"leed.errors.LeedError: {what}")


def alone(tmp_path: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", ALONE, tmp_path],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


# --- helpers


def corpus(folder: Path, count: int) -> list[Input]:
    """Files of ten segments each."""
    folder.mkdir()
    for i in range(count):
        rows = [{"begin": j, "face": {"Joy": (i * 7 + j * 3) % 100 / 100, "Fear": j / 10}} for j in range(10)]
        (folder / f"{i:03}.json").write_text(json.dumps(rows), encoding="utf-8")
    return inputs_of([str(folder)])


def data_set(folder: Path) -> list[tuple[str, list[dict[str, Any]]]]:
    """Each file that readers of data sets see, with its rows."""
    found = pyarrow.dataset.dataset(folder, format="parquet")
    assert found.count_rows()
    return sorted(
        (str(Path(fragment.path).relative_to(folder)), fragment.to_table().to_pylist())
        for fragment in found.get_fragments()
    )


def is_running(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def workers_of(driver: int) -> list[psutil.Process]:
    """The processes of a driver's Ray that do the work of the engine."""
    return [p for p in psutil.Process(driver).children(recursive=True) if "ray::MapWorker" in name_of(p)]


def name_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def wait_until(so: Callable[[], bool]) -> bool:
    """Whether it is so within a minute."""
    until = time.monotonic() + 60
    while not so() and time.monotonic() < until:
        time.sleep(0.2)
    return so()
