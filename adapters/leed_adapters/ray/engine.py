"""The engine ``ray``: a task for each item, done by actors of Ray Data; one that dies takes nothing with it."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any, Final

import pyarrow as pa
import ray
import ray.data
from ray import cloudpickle
from ray.exceptions import RayError

from leed.batch.engines import Item, Lost, Result, done, named
from leed.errors import LeedError, OptionError
from leed_adapters.ray.cluster import cluster, quiet
from leed_adapters.ray.ledger import Ledger

_BLOCKS: Final = 512  # at most: Ray takes some milliseconds for each
_BLOCKS_EACH: Final = 32  # or this many for each worker, so that none ends long before the others
_ATTEMPTS: Final = 3  # how often an item may have been at work when its process died


def run(
    make: Callable[[], Callable[[Item], Result]], items: Sequence[Item], *, workers: int | None = None
) -> Iterator[tuple[int, Result | Lost]]:
    """Yield the place of each item with its result, as they are ready.

    >>> from operator import methodcaller
    >>> from functools import partial
    >>> sorted(run(partial(methodcaller, "upper"), ["a", "b"], workers=1))
    [(0, 'A'), (1, 'B')]

    The work is done by Ray Data on the Ray that this process is connected to, else on the one that the environment
    variable RAY_ADDRESS names, else on one that is started on this machine and ended afterwards. The items go out in
    some hundreds of blocks, and the results come back block by block. Where a worker dies (killed, or out of memory),
    its block is done again, with a note of each item before its turn, so that the one at fault is found out: it is
    `Lost` after three times, and the others are done.

    Args:
        make: makes the task, once for each worker.
        items: what is worked on.
        workers: how many actors, of a CPU each; None: as many as there are CPUs.

    Raises:
        OptionError: there are to be no workers.
        LeedError: the task could not be made, or Ray failed.
    """
    if workers is not None and workers < 1:
        raise OptionError(f"workers is {workers}; give a whole number from 1")
    if not items:
        return
    with quiet(), cluster(workers) as cpus:
        ledger: Any = ray.remote(num_cpus=0)(Ledger).remote()
        try:
            for place, result in _results(make, items, ledger, workers or cpus):
                if isinstance(result, _Unmade):
                    raise result.error
                yield place, result
        except RayError as error:
            raise LeedError(f"Ray failed: {_last(error)}") from error
        finally:
            ray.kill(ledger)


def _results(make: Any, items: Sequence[Any], ledger: Any, workers: int) -> Iterator[tuple[int, Any]]:  # noqa: ANN401
    """Places with results, a block after the other; closed, it stops the work."""
    rows = [{"place": place, "item": pickle.dumps(item)} for place, item in enumerate(items)]
    blocks = min(len(rows), max(_BLOCKS, _BLOCKS_EACH * workers))
    results = ray.data.from_items(rows, override_num_blocks=blocks).map_batches(
        _Blocks,
        batch_size=None,
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(size=min(workers, blocks)),
        fn_constructor_args=(cloudpickle.dumps(make), ledger),  # pyright: ignore[reportPrivateImportUsage]
    )
    results.context.max_errored_blocks = 0  # whatever the program allows elsewhere: no block is left out here
    results.context.enable_progress_bars = False
    batches: Any = iter(results.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=0))
    with closing(batches):
        for batch in batches:
            found = map(pickle.loads, batch["result"].to_pylist())
            yield from zip(batch["place"].to_pylist(), found, strict=True)


def _last(error: RayError) -> str:
    """The line of a Ray error that names the one underneath, which stands at its end."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return next((line for line in reversed(lines) if not line.startswith((" ", "\t"))), type(error).__name__)


# --- in a worker


class _Unmade:
    """Stands for the result where there is no task."""

    def __init__(self, error: LeedError) -> None:
        self.error = error


class _Blocks:
    """Does one block of items after the other; holds the task."""

    def __init__(self, make: bytes, ledger: Any) -> None:  # noqa: ANN401 - a handle of Ray's
        self._ledger = ledger
        self._task = self._made(make)

    def __call__(self, block: pa.Table) -> pa.Table:
        """Return the results of a block, in its order."""
        places, items = block["place"].to_pylist(), block["item"].to_pylist()
        deaths: Any = ray.get(self._ledger.begin.remote(places[0]))
        if deaths is None:
            results = [self._result(item) for item in items]
        else:
            results = [
                self._carefully(places[0], place, item, deaths.get(place, 0))
                for place, item in zip(places, items, strict=True)
            ]
            ray.get(self._ledger.note.remote(places[0], None))
        return pa.table({"place": block["place"], "result": pa.array(results, pa.large_binary())})

    def _carefully(self, block: int, place: int, item: bytes, deaths: int) -> bytes:
        """The result of an item of a block that a worker died of."""
        if deaths + 1 >= _ATTEMPTS:  # the first time, nobody took note
            why = f"the process that worked on it died {_ATTEMPTS} times: it was killed, or had too little memory"
            return pickle.dumps(Lost(why))
        ray.get(self._ledger.note.remote(block, place))
        return self._result(item)

    def _result(self, item: bytes) -> bytes:
        try:
            result = done(lambda packed: pickle.dumps(self._task(pickle.loads(packed))), item)  # noqa: S301 - our own
        except SystemExit as error:
            result = Lost(f"unexpected SystemExit: {error}")
        return pickle.dumps(result) if isinstance(result, Lost) else result

    def _made(self, make: bytes) -> Callable[[Any], Any]:
        """The task, or one that says why there is none."""
        who = ray.get_runtime_context().get_actor_id()
        begun: Any = ray.get(self._ledger.making.remote(who))
        if begun > _ATTEMPTS:
            return _unmade(LeedError(f"the processes that were to work died {_ATTEMPTS} times while they began"))
        try:
            task: Callable[[Any], Any] = cloudpickle.loads(make)()
        except LeedError as error:
            task = _unmade(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told where the run began
            task = _unmade(LeedError(f"the work cannot be begun: {named(error)}"))
        ray.get(self._ledger.made.remote(who))
        return task


def _unmade(error: LeedError) -> Callable[[Any], Any]:
    return lambda _: _Unmade(error)
