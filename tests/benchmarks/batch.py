"""``leed batch``: files to Parquet beside straightforward code, one worker beside two, and memory at two sizes.

``python -m tests.benchmarks batch``; ``python -m tests.benchmarks.batch`` prints where the time goes.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import psutil
import pyarrow as pa
from pyarrow import parquet

import leed
from leed.batch.inputs import inputs_of
from leed.batch.parquet import writer
from leed.batch.rows import batches_of, describe_batch
from leed.batch.work import Worker
from leed.schema.batches import SAME
from tests.benchmarks import baselines
from tests.benchmarks.material import ADJECTIVES, HUME_BEGIN, HUME_END, LABELS, faces, hume_items, hume_json
from tests.benchmarks.measure import Result, cpu_of, cpu_ratio, effective_cores

FRAMES = 5_400  # half an hour at 3 a second
CANDOR = 9_800  # frames of a file of 27 MB, as large as a conversation's of CANDOR on average
ROWS = 100_000
_IN_A_ROW = 8  # files
_IDLE = 1.8  # with fewer cores' worth of work than this, two workers cannot be judged
_EVERY = 0.05  # seconds between two looks at the memory


def bench_batch() -> list[Result]:
    """All of it."""
    return [*ratios(), workers(), *memory()]


def ratios() -> list[Result]:
    """A file in, a data set out, on the disk; beside code that writes the same columns.

    Each round writes where nothing was, both ours and theirs: freeing what an earlier one left is no part of the work.
    Ours does some files one after the other, as a worker does.
    """
    with tempfile.TemporaryDirectory() as folder:
        talk, table = Path(folder) / "talk.json", Path(folder) / "table.parquet"
        talk.write_bytes(hume_json(faces(FRAMES)))
        _write_table(table)
        return [
            _over(baselines.json_to_parquet, talk, "JSON to Parquet over per-row loop", 5, 15, rounds=9),
            _over(baselines.parquet_to_parquet, table, "Parquet to Parquet over per-row loop", 60, None, rounds=9),
        ]


def _over(
    baseline: Callable[..., None], path: Path, name: str, required: float, stretch: float | None, *, rounds: int
) -> Result:
    describer = leed.Describer()
    workers = (Worker(str(path.parent / f"out-{i}"), describer) for i in range(rounds * _IN_A_ROW))
    theirs = (path.parent / f"theirs-{i}.parquet" for i in range(rounds))
    (entry,) = inputs_of([str(path)])
    ratio = cpu_ratio(
        lambda: baseline(path, next(theirs), LABELS, ADJECTIVES),
        lambda: next(workers)(entry),
        rounds=rounds,
        again=_IN_A_ROW,
    )
    return Result(name, ratio, required, stretch, note=f"{path.stat().st_size / 1e6:.1f} MB")


def workers(count: int = 96) -> Result:
    """A corpus of conversations by one worker and by two, in turns: the time on the clock, the best of two each.

    It is large enough that what a process takes to begin, which a second worker takes too, is a small part.
    """
    with corpus(12, CANDOR, times=count // 12) as folder:
        cores = effective_cores()
        one = two = float("inf")
        for _ in range(2):
            one = min(one, _seconds(folder, 1))
            two = min(two, _seconds(folder, 2))
        cores = min(cores, effective_cores())
    judged = cores >= _IDLE
    note = f"{count} conversations: {one:.1f} s and {two:.1f} s; {cores:.2f} cores{'' if judged else ', so not judged'}"
    return Result("two workers over one, on the clock", one / two, 1.6 if judged else 0, note=note)


def memory() -> list[Result]:
    """The most that a whole run has in memory at a time, all its processes together, at two sizes of a corpus."""
    results = []
    for count in (10, 40):
        with corpus(count, CANDOR) as folder:
            size = sum(path.stat().st_size for path in folder.iterdir())
            peak, seconds = peak_of(_command(folder, folder.parent / "out", 2))
        note = f"{count} files, {size / 1e9:.2f} GB: peak {peak / 1e6:.0f} MB, {seconds:.0f} s"
        results.append(Result("leed batch, 2 workers, peak / 1 GB", peak / 1e9, 1, more_is_better=False, note=note))
    return results


@contextmanager
def corpus(count: int, frames: int, *, times: int = 1) -> Generator[Path]:
    """A folder with so many Hume files of so many frames, each with others, and each under so many names."""
    step = 173
    items = hume_items(faces(frames + step * count))
    with tempfile.TemporaryDirectory() as folder:
        inner = Path(folder) / "in"
        inner.mkdir()
        for i in range(count):
            told = ", ".join(items[i * step : i * step + frames]).encode()
            begin = HUME_BEGIN.replace(b"a.mp4", f"{i:05}.mp4".encode())
            path = inner / f"{i:05}.json"
            path.write_bytes(begin + told + HUME_END)
            for again in range(1, times):
                (inner / f"{i:05}-{again}.json").hardlink_to(path)
        yield inner


def _command(folder: Path, out: Path, count: int) -> list[str]:
    return [sys.executable, "-m", "leed", "batch", str(folder), "-o", str(out), "--workers", str(count)]


def _seconds(folder: Path, count: int) -> float:
    with tempfile.TemporaryDirectory() as out:
        start = time.perf_counter()
        subprocess.run(_command(folder, Path(out) / "out", count), check=True, capture_output=True)
        return time.perf_counter() - start


def peak_of(command: list[str]) -> tuple[int, float]:
    """The most memory that a command and all its children have at a time, shared pages counted once; its seconds."""
    start = time.perf_counter()
    peak = 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as run:
        whole = psutil.Process(run.pid)
        while run.poll() is None:
            peak = max(peak, _now(whole))
            time.sleep(_EVERY)
        error = run.stderr.read().decode() if run.stderr is not None else ""
    if run.returncode:
        raise RuntimeError(error)
    return peak, time.perf_counter() - start


def _now(process: psutil.Process) -> int:
    total = 0
    try:
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for one in family:
        try:
            total += one.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied):
            continue
    return total


def stages() -> dict[str, float]:
    """CPU milliseconds of each stage for 5,400 frames of JSON, and of what the machine does at its best."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "talk.json"
        data = hume_json(faces(FRAMES))
        path.write_bytes(data)
        numbers = np.frombuffer(data, np.uint8)
        scores = leed.read(path).tracks[0].matrix
        return _best(
            {
                **_stages_of(path),
                "json.loads": lambda: json.loads(data),
                "msgspec, plain data": lambda: msgspec.json.decode(data),
                "msgspec, checked only": lambda: msgspec.json.decode(data, type=msgspec.Raw),
                "reading the bytes": path.read_bytes,
                "one pass over the bytes": lambda: int(numbers.max()),
                "one pass over the scores": lambda: float(scores.max()),
            }
        )


def stages_of_parquet() -> dict[str, float]:
    """The same for 100,000 rows of Parquet, and of what pyarrow takes for its part alone."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.parquet"
        _write_table(path)
        columns = parquet.ParquetFile(path)
        numbers = pa.array(faces(ROWS).ravel())
        lists = pa.table({"scores": pa.FixedSizeListArray.from_arrays(numbers, len(LABELS))})
        flat = pa.table({"scores": numbers})
        options: dict[str, Any] = {"use_dictionary": False, "write_statistics": False, "compression": "snappy"}
        return _best(
            {
                **_stages_of(path),
                "pyarrow, reading columns": lambda: [columns.read([name], use_threads=False) for name in LABELS],
                "pyarrow, scores as lists": lambda: parquet.write_table(lists, path.with_name("lists"), **options),
                "pyarrow, scores as numbers": lambda: parquet.write_table(flat, path.with_name("flat"), **options),
            }
        )


def _stages_of(path: Path) -> dict[str, Callable[[], Any]]:
    """What is done to a file, whole and by stages."""
    describer = leed.Describer()
    recording = leed.read(path)
    batches = list(batches_of(recording))
    described = [describe_batch(batch, describer) for batch in batches]
    (entry,) = inputs_of([str(path)])
    return {
        "the whole file": lambda: Worker(str(path.parent / "out"), describer)(entry),
        "  read": lambda: leed.read(path),
        "  batches": lambda: list(batches_of(recording)),
        "  describe": lambda: [describe_batch(batch, describer) for batch in batches],
        "  write": lambda: _write(described, path.parent / "part"),
        "    without terms": lambda: _write([batch.drop_columns("terms") for batch in described], path.parent / "part"),
        "  write, by pyarrow": lambda: _write_by_pyarrow(described, path.parent / "part"),
    }


def _best(measured: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """CPU milliseconds of each, the best of nine rounds."""
    best = dict.fromkeys(measured, float("inf"))
    for _ in range(9):
        for name, one in measured.items():
            best[name] = min(best[name], cpu_of(one) * 1e3)
    return best


def points(count: int = 96) -> dict[str, float]:
    """Seconds on the clock by what was done, each the best of two: what a model of the time rests on."""
    runs: dict[str, float] = {}
    with corpus(1, 3) as little, corpus(12, CANDOR, times=count // 12) as folder:
        for _ in range(2):
            for name, given, number in [("a small file", little, 1), ("1 worker", folder, 1), ("2 workers", folder, 2)]:
                runs[name] = min(runs.get(name, float("inf")), _seconds(given, number))
    return runs


def _write_table(path: Path) -> None:
    columns = {"begin": np.arange(ROWS) / 3, "modality": ["face"] * ROWS}
    parquet.write_table(pa.table({**columns, **dict(zip(LABELS, faces(ROWS).T, strict=True))}), path)


def _write(described: list[pa.RecordBatch], path: Path) -> None:
    with path.open("wb") as file:
        part = writer(file, described[0].schema)
        for batch in described:
            part.write_batch(batch)
        part.close()


def _write_by_pyarrow(described: list[pa.RecordBatch], path: Path) -> None:
    """The same by pyarrow, with options that suit scores: its own would take longer."""
    coded = [name for name in ("description", "fingerprint", "file", *SAME) if name in described[0].schema.names]
    terms = [f"terms.list.element.{name}" for name in ("label", "adverb", "adjective")]
    options: dict[str, Any] = {
        "compression": "snappy",
        "use_dictionary": [*coded, *terms],
        "write_statistics": ["begin", "end", *SAME],
    }
    many: dict[str, Any] = {"write_batch_size": 1 << 16, "data_page_size": 1 << 17, "row_group_size": 1 << 17}
    parquet.write_table(pa.Table.from_batches(described), path, **options, **many)


if __name__ == "__main__":
    print(f"effective cores: {effective_cores():.2f}")
    for title, found in [("JSON", stages()), ("Parquet", stages_of_parquet())]:
        print(title)
        for name, milliseconds in found.items():
            print(f"{name:<26} {milliseconds:8.2f} ms")
    for name, seconds in points().items():
        print(f"{name:<26} {seconds:8.2f} s on the clock")
    print(f"effective cores: {effective_cores():.2f}")
