"""Work in processes of this machine: each item once, whatever happens to a worker."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import ModuleType

import psutil
import pytest

from leed.batch.engines import Lost, get_engine
from leed.batch.local import _do, _pool, run
from leed.errors import InputError, LeedError, OptionError
from tests.support.parts import ROOT


class Doubling:
    """Doubles numbers; what it does with some words is told by them."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def __call__(self, item: int | str) -> int:
        if isinstance(item, int):
            return item * 2
        if item == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if item == "kill once" and not (self._folder / "killed").exists():
            (self._folder / "killed").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if item == "raise":
            raise ValueError("no\nnumber")
        return 0


def at_work() -> list[psutil.Process]:
    """The workers: what the servers that this process has started have started."""
    return [child for child in psutil.Process().children(recursive=True) if child.ppid() != os.getpid()]


def unmade() -> Doubling:
    raise InputError("there is no such thing")


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_each_item_has_one_result(workers: int, tmp_path: Path) -> None:
    results = dict(run(partial(Doubling, str(tmp_path)), range(20), workers=workers))
    assert results == {i: i * 2 for i in range(20)}


def test_a_task_that_cannot_be_sent_is_refused() -> None:
    with pytest.raises(OptionError, match=r"what workers need cannot be sent to another process \(.*\); use 1 worker"):
        list(run(lambda: abs, [1, 2], workers=2))


def test_a_task_that_cannot_be_loaded_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("of_the_moment")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(unmade, "__module__", module.__name__)
    setattr(module, unmade.__name__, unmade)
    with pytest.raises(OptionError) as raised:
        list(run(unmade, [1, 2], workers=2))
    assert str(raised.value) == (
        "what workers need cannot be loaded in another process (ModuleNotFoundError: No module named 'of_the_moment'); "
        "use 1 worker"
    )


def broken() -> Doubling:
    raise KeyError("such thing")


def test_a_task_that_cannot_be_made_for_no_reason_of_leeds_says_why() -> None:
    with pytest.raises(LeedError) as raised:
        list(run(broken, [1, 2], workers=2))
    assert str(raised.value) == "the work cannot be begun: KeyError: 'such thing'"


def test_the_main_module_is_back_when_workers_have_begun(tmp_path: Path) -> None:
    main = sys.modules["__main__"]
    with ThreadPoolExecutor(4) as threads:
        runs = [threads.submit(list, run(partial(Doubling, str(tmp_path)), range(4), workers=2)) for _ in range(4)]
    assert [sorted(one.result()) for one in runs] == [[(i, i * 2) for i in range(4)]] * 4
    assert sys.modules["__main__"] is main


def test_no_item_gives_no_result(tmp_path: Path) -> None:
    assert list(run(partial(Doubling, str(tmp_path)), [], workers=2)) == []


def test_an_item_that_kills_its_worker_is_lost_and_the_others_are_done(tmp_path: Path) -> None:
    items: list[int | str] = [*range(5), "kill", *range(5, 10)]
    results = list(run(partial(Doubling, str(tmp_path)), items, workers=2))
    died = Lost("the process that worked on it died 3 times: it was killed, or had too little memory")
    assert dict(results) == {place: died if item == "kill" else item * 2 for place, item in enumerate(items)}
    assert len(results) == len(items)


def test_an_item_whose_worker_died_once_is_done_again(tmp_path: Path) -> None:
    items: list[int | str] = [1, "kill once", 2]
    results = dict(run(partial(Doubling, str(tmp_path)), items, workers=2))
    assert results == {0: 2, 1: 0, 2: 4}


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_that_nobody_expects_is_that_of_one_item(workers: int, tmp_path: Path) -> None:
    items: list[int | str] = [1, "raise", 2]
    results = dict(run(partial(Doubling, str(tmp_path)), items, workers=workers))
    assert results == {0: 2, 1: Lost("unexpected ValueError: no number"), 2: 4}


@pytest.mark.parametrize("workers", [1, 2])
def test_a_task_that_cannot_be_made_says_why(workers: int) -> None:
    with pytest.raises(InputError, match="there is no such thing"):
        list(run(unmade, [1, 2], workers=workers))


def test_a_run_that_is_left_leaves_no_process(tmp_path: Path) -> None:
    results = run(partial(Doubling, str(tmp_path)), range(1000), workers=2)
    next(results)
    assert at_work()
    results.close()
    _, alive = psutil.wait_procs(at_work(), timeout=10)
    assert alive == []


def test_no_worker_is_no_choice(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="workers is 0; give a whole number from 1"):
        list(run(partial(Doubling, str(tmp_path)), [1], workers=0))


def test_an_engine_is_found_by_its_name() -> None:
    assert get_engine("local") is run
    with pytest.raises(OptionError, match="engine"):
        get_engine("cloud")


class Keeping:
    """Takes the lock with which workers answer, once its own answer is out, and never gives it back."""

    def __call__(self, _: int) -> None:
        frame = sys._getframe()
        while frame.f_code.co_name != "_process_worker":
            assert frame.f_back is not None
            frame = frame.f_back
        threading.Timer(0.1, frame.f_locals["result_queue"]._wlock.acquire).start()


def keep_the_lock() -> None:
    """Have a worker keep the lock, and end."""
    with _pool(Keeping, 2) as pool:
        pool.submit(_do, 0).result()
        time.sleep(0.5)


def test_a_lock_that_died_with_a_worker_keeps_no_run_from_ending() -> None:
    code = "from tests.batch.test_local import keep_the_lock; keep_the_lock()"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)
