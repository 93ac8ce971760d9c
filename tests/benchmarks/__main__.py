"""``make bench``: leed against straightforward code, as ratios of CPU time measured side by side in one run.

``python -m tests.benchmarks [NAME...]`` measures all, or those whose name holds one of the words. Exits with
1 if a requirement is missed.
"""

import argparse
import codecs
import csv
import io
import itertools
import json
import resource
import subprocess
import sys
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet

import leed
from leed import taxonomy
from leed.calibration import get_calibration
from tests.benchmarks import baselines, batch, gateway, large_json
from tests.benchmarks.embedding import bench_embed
from tests.benchmarks.local_models import bench_local
from tests.benchmarks.material import ADJECTIVES, LABELS, faces, hume_json, hume_parts
from tests.benchmarks.measure import Result, cpu_ratio, effective_cores

MIB = 1 << 20
PEAK = (  # not ru_maxrss: that one remembers the process that started this one
    "status = open('/proc/self/status').read()\npeak = int(status.split('VmHWM:')[1].split()[0]) * 1024\n"
)
"""Code for how much memory its process has had at most."""


def bench_describe() -> list[Result]:
    """One mapping of 48 scores at a time, as it comes from a model: just made, and so in the processor's cache."""
    matrix = faces(100)
    rows = [dict(zip(LABELS, map(float, row), strict=True)) for row in matrix]
    calibrated, describer = leed.Describer(), leed.Describer(calibration="none")

    def baseline() -> object:
        return baselines.describe_rows(matrix, ADJECTIVES)

    def full() -> object:
        return [leed.describe(row, modality="face") for row in rows]

    def text() -> object:
        return [describer.text(row, modality="face") for row in rows]

    def calibrated_text() -> object:
        return [calibrated.text(row, modality="face") for row in rows]

    return [
        Result("leed.describe(dict) over per-row loop", cpu_ratio(baseline, full, rounds=300), 4, 6),
        Result("Describer.text over per-row loop, no calibration", cpu_ratio(baseline, text, rounds=300), 8, 12),
        Result("Describer.text over per-row loop, calibrated", cpu_ratio(baseline, calibrated_text, rounds=300), 6),
    ]


def bench_live() -> list[Result]:
    """A stream at 3 frames a second, beside one description of each frame."""
    rows = [dict(zip(LABELS, map(float, row), strict=True)) for row in faces(300)]
    frames = [leed.Segment(scores=row, modality="face", granularity="frame", begin=i / 3) for i, row in enumerate(rows)]

    def single() -> object:
        return [leed.describe(row, modality="face") for row in rows]

    def live(*, baseline: bool) -> object:
        stream = leed.Stream(baseline=baseline)
        return [stream.feed(frame) for frame in frames]

    step = 1 / cpu_ratio(single, lambda: live(baseline=False), rounds=40)
    learning = 1 / cpu_ratio(single, lambda: live(baseline=True), rounds=40)
    return [
        Result("Stream step / leed.describe(dict)", step, 6, more_is_better=False),
        Result("Stream step with a baseline / leed.describe(dict)", learning, 6, more_is_better=False),
    ]


def bench_matrix() -> list[Result]:
    """A million rows of 48 at once."""
    matrix = faces(1_000_000)
    few = matrix[:20_000]
    ratio = cpu_ratio(
        lambda: baselines.describe_rows(few, ADJECTIVES),
        lambda: leed.describe_matrix(matrix, LABELS, modality="face"),
        rounds=3,
        share=len(few) / len(matrix),
    )
    tracemalloc.start()
    sentences = leed.describe_matrix(matrix, LABELS, modality="face")
    peak = tracemalloc.get_traced_memory()[1] / matrix.nbytes
    tracemalloc.stop()
    note = f"{len(sentences.unique)} different sentences"
    part = matrix[:200_000]
    calibrated = 1 / cpu_ratio(
        lambda: leed.describe_matrix(part, LABELS, modality="face", calibration="none"),
        lambda: leed.describe_matrix(part, LABELS, modality="face"),
        rounds=5,
    )
    return [
        Result("describe_matrix, calibrated / not", calibrated, 2, more_is_better=False),
        Result("describe_matrix, 1M x 48, over per-row loop", ratio, 80, 110, note=note),
        Result("describe_matrix, extra memory / matrix", peak, 0.75, more_is_better=False),
    ]


def bench_read() -> list[Result]:
    """Hume JSON in memory."""
    data = hume_json(faces(3000))
    ratio = cpu_ratio(lambda: baselines.read_hume_json(data, LABELS), lambda: leed.read(data))
    return [Result("Hume JSON over json.loads route", ratio, 3.5, note=f"{len(data) / MIB:.1f} MiB")]


def bench_table() -> list[Result]:
    """100,000 rows of 48 columns in memory, as CSV and as Parquet."""
    matrix = faces(100_000)
    text = io.StringIO()
    csv.writer(text).writerows([LABELS, *matrix.astype(float).tolist()])
    rows = text.getvalue().encode()
    columns = io.BytesIO()
    parquet.write_table(pa.table({name: matrix[:, i] for i, name in enumerate(LABELS)}), columns)
    packed = columns.getvalue()

    def baseline() -> object:
        return baselines.read_csv(rows)

    return [
        Result(
            "CSV over csv.reader route",
            cpu_ratio(baseline, lambda: leed.read(rows), rounds=9),  # the first few take memory from the system
            8,
            note=f"{len(rows) / MIB:.1f} MiB",
        ),
        Result(
            "Parquet over the same route on CSV",
            cpu_ratio(baseline, lambda: leed.read(packed), rounds=5),
            60,
            note=f"{len(packed) / MIB:.1f} MiB",
        ),
    ]


def bench_stream(size: int = 2_000_000_000) -> list[Result]:
    """A file larger than anyone's memory should need: its peak, in a process of its own."""
    rows = faces(3000)
    one = sum(map(len, hume_parts(rows, 1)))
    return [peak_memory("2 GB file", "predictions.json", hume_parts(rows, size // one))]


def bench_memory(size: int = 150_000_000) -> list[Result]:
    """Large tables: of anybody's, with cells of text in them, and of Hume's; as text, packed, by column and by row."""
    rows = faces(1000)
    small = size // 2
    utf16 = codecs.getincrementalencoder("utf-16")()
    return [
        peak_memory("150 MB CSV", "scores.csv", csv_parts(rows, size)),
        peak_memory("150 MB CSV of Hume", "face.csv", hume_csv_parts(rows, size)),
        peak_memory("75 MB CSV in UTF-16", "a.csv", (utf16.encode(p.decode()) for p in csv_parts(rows, small // 2))),
        peak_memory("75 MB CSV in a zip", "scores.zip", [zipped("scores.csv", csv_parts(rows, small))]),
        peak_memory("75 MB Parquet", "scores.parquet", [random_parquet(small)]),
        peak_memory("75 MB JSON lines", "scores.jsonl", json_parts(rows, small)),
        peak_memory("115 MB with a row for each label", "long.csv", long_parts(rows, 75_000)),
        peak_memory("115 MB as melt of pandas writes it", "melt.csv", melted_parts(rows, 75_000)),
    ]


def bench_json(size: int = 75_000_000) -> list[Result]:
    """Large JSON of lists whose entries are more than rows of scores, and leed's own document of 17 MB."""
    rows = [dict(zip(LABELS, row, strict=True)) for row in faces(1000).astype(float).tolist()]
    document = leed.read([{"begin": i / 3, "speaker": "a", "face": row} for i, row in enumerate(rows * 30)])
    return [
        peak_memory("75 MB Hugging Face answers", "answers.json", large_json.hugging_face(size)),
        peak_memory("75 MB Rekognition video", "faces.json", large_json.rekognition(size)),
        peak_memory("75 MB log of Hume v1", "log.jsonl", large_json.hume_v1(size)),
        peak_memory("75 MB log of Hume EVI", "chat.jsonl", large_json.evi(rows, size)),
        peak_memory("75 MB Behavioral Signals", "results.json", large_json.behavioral_signals(size)),
        peak_memory("75 MB Beyond Verbal", "analysis.json", large_json.beyond_verbal(size)),
        peak_memory("75 MB rows of scores as text", "rows.json", large_json.worded(rows, size)),
        peak_memory("75 MB rows below wrappers", "rows.json", large_json.wrapped(rows, size)),
        peak_memory("75 MB columns of pandas", "columns.json", large_json.columns(rows, size)),
        peak_memory("75 MB split table of pandas", "split.json", large_json.split(rows, size)),
        peak_memory("75 MB rows of audEERING", "dimensions.json", large_json.dimensions(size)),
        peak_memory("75 MB emotion2vec frames", "frames.json", large_json.emotion2vec(size)),
        peak_memory("leed's own document", "recording.json", [document.to_json()]),
    ]


def zipped(name: str, parts: Iterable[bytes]) -> bytes:
    """A zip archive with a file of these parts."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(name, "w") as file,
    ):
        file.writelines(parts)
    return target.getvalue()


def random_parquet(size: int) -> bytes:
    """A table of about so many bytes, with a column of time and one for each label, that do not pack at all."""
    matrix = np.random.default_rng(48).random((size // 250, len(LABELS)), np.float32)
    columns = {"begin": np.arange(len(matrix)) / 3, **{name: matrix[:, i] for i, name in enumerate(LABELS)}}
    target = io.BytesIO()
    parquet.write_table(pa.table(columns), target)
    return target.getvalue()


def long_parts(matrix: NDArray[np.float32], count: int) -> Iterator[bytes]:
    """A table with a row for each label of so many stretches, one stretch after the other."""
    rows = matrix.astype(float).tolist()
    yield b"time,label,score\n"
    for i in range(count):
        scores = zip(LABELS, rows[i % len(rows)], strict=True)
        yield "".join(f"{i / 3:.3f},{label},{score:.8f}\n" for label, score in scores).encode()


def melted_parts(matrix: NDArray[np.float32], count: int) -> Iterator[bytes]:
    """The same, one label after the other."""
    columns = matrix.T.astype(float).tolist()
    yield b"time,variable,value\n"
    for label, scores in zip(LABELS, columns, strict=True):
        yield "".join(f"{i / 3:.3f},{label},{scores[i % len(scores)]:.8f}\n" for i in range(count)).encode()


def json_parts(matrix: NDArray[np.float32], size: int) -> Iterator[bytes]:
    """JSON lines of about so many bytes, each with time, speaker and scores, with the rows repeated."""
    rows = [dict(zip(LABELS, row, strict=True)) for row in matrix.astype(float).tolist()]
    told = [json.dumps({"begin": i / 3, "speaker": "ab"[i % 2], **row}).encode() for i, row in enumerate(rows)]
    part = b"".join(line + b"\n" for line in told)
    return itertools.repeat(part, size // len(part))


def bench_calibrate(size: int = 300_000_000) -> list[Result]:
    """``leed calibrate`` of files whose size its memory must not grow with."""
    rows = faces(3000)
    one = sum(map(len, hume_parts(rows, 1)))
    cells = [["face", "speaker_", i / 3, *row] for i, row in enumerate(rows.astype(float).tolist())]
    table = table_parts(["modality", "speaker", "begin", *LABELS], cells, size)
    return [
        peak_of_calibrate("Hume JSON", "predictions.json", hume_parts(rows, size // one)),
        peak_of_calibrate("CSV", "scores.csv", table),
    ]


def peak_of_calibrate(what: str, name: str, parts: Iterable[bytes]) -> Result:
    """The peak of a process that fits a calibration to a file of these parts, against 150 MiB."""
    code = (
        "import sys, time\n"
        "from leed.cli.calibrate import command\n"
        "command([sys.argv[1]], '-', 'bench', None)\n"
        f"{PEAK}"
        "print(peak, time.process_time())"
    )
    peak, seconds, size = in_a_process(code, name, parts)
    note = f"{size / 1e6:.0f} MB, peak {peak / MIB:.0f} MiB, {size / 1e6 / seconds:.0f} MB/s"
    return Result(
        f"leed calibrate, {what}, peak memory / 150 MiB", peak / 150 / MIB, 1, more_is_better=False, note=note
    )


def csv_parts(matrix: NDArray[np.float32], size: int) -> Iterator[bytes]:
    """A table with four columns of text and one of time before those of the labels, with the rows repeated."""
    rows = matrix.astype(float).tolist()
    cells = [[f"clip{i % 9:04}", "speaker_", i / 3, f"so, {i:04}", "of notes", *row] for i, row in enumerate(rows)]
    yield from table_parts(["file", "speaker", "begin", "text", "note", *LABELS], cells, size)


def hume_csv_parts(matrix: NDArray[np.float32], size: int) -> Iterator[bytes]:
    """The face.csv of a Hume job, columns of action units empty, with the rows repeated."""
    fields = ["Id", "Frame", "Time", "Probability", "FaceX0", "FaceY0", "FaceWidth", "FaceHeight"]
    units = list(taxonomy.get("action-units").labels)[:26]
    box = [0.9999997615814209, 262.83242797851562, 104.95152282714844, 261.6309509277344, 341.7525634765625]
    rows = enumerate(matrix.astype(float).tolist())
    cells = [[f"face_{i % 2}", i, i / 3, *box, *row, *[""] * len(units)] for i, row in rows]
    yield from table_parts([*fields, *LABELS, *units], cells, size)


def table_parts(names: Sequence[str], rows: Iterable[Sequence[object]], size: int) -> Iterator[bytes]:
    """CSV of about so many bytes, with the rows repeated."""
    target = io.StringIO()
    csv.writer(target).writerow(names)
    yield target.getvalue().encode()
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    part = target.getvalue().encode()
    yield from itertools.repeat(part, size // len(part))


def peak_memory(what: str, name: str, parts: Iterable[bytes]) -> Result:
    """The peak of a process that reads a file of these parts, against what is allowed for its scores."""
    code = (
        "import leed, sys, time\n"
        "recording = leed.read(sys.argv[1])\n"
        f"{PEAK}"
        "scores = sum(track.matrix.nbytes for track in recording.tracks)\n"
        "print(peak, scores, len(recording), time.process_time())"
    )
    peak, scores, segments, seconds, size = in_a_process(code, name, parts)
    note = f"{size / 1e9:.2f} GB, {segments:,.0f} segments, peak {peak / MIB:.0f} MiB, {size / 1e6 / seconds:.0f} MB/s"
    allowed = 1.25 * scores + 100 * MIB
    return Result(f"{what}, peak memory / allowed", peak / allowed, 1, more_is_better=False, note=note)


def in_a_process(code: str, name: str, parts: Iterable[bytes]) -> list[float]:
    """The numbers that code prints last, run on a file of these parts, and the size of that file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        with path.open("wb") as file:
            file.writelines(parts)
        done = subprocess.run([sys.executable, "-c", code, str(path)], check=True, capture_output=True, text=True)
        return [*map(float, done.stdout.splitlines()[-1].split()), path.stat().st_size]


def bench_import() -> list[Result]:
    """``import leed`` against bare python, as CPU time of whole processes."""

    def cpu(code: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    bare = with_leed = float("inf")
    for _ in range(20):
        bare, with_leed = min(bare, cpu("pass")), min(with_leed, cpu("import leed"))
    note = f"{with_leed * 1e3:.1f} ms against {bare * 1e3:.1f} ms"
    return [Result("import leed / bare python", with_leed / bare, 2.5, more_is_better=False, note=note)]


def chat(messages: int) -> list[dict[str, Any]]:
    """A history in which each message carries 48 scores, as EVI's do."""
    usual = get_calibration().table("hume-48", "prosody")
    assert usual is not None
    rng = np.random.default_rng(200)
    level = np.array([usual.at(label, 0.5) for label in LABELS])
    history: list[dict[str, Any]] = []
    for turn in range(messages):
        scores = dict(zip(LABELS, (level * rng.lognormal(0, 0.8, len(LABELS))).tolist(), strict=True))
        words = f"This is what was said in turn {turn}."
        models = {"prosody": {"scores": scores}}
        history.append({"role": ("user", "assistant")[turn % 2], "content": words, "models": models})
    return history


def bench_inject() -> list[Result]:
    """A history of 200 messages, every other one with 48 scores, as EVI sends it with each turn; beside json.dumps."""
    history = chat(200)
    cost = 1 / cpu_ratio(lambda: json.dumps(history), lambda: leed.inject(history), rounds=60)
    out = leed.inject(history)
    shrunk = len(json.dumps(history)) / len(json.dumps(out))
    note = f"{sum('[' in str(message['content']) for message in out)} notes"
    return [
        Result("leed.inject(200 messages) / json.dumps of them", cost, 4, more_is_better=False, note=note),
        Result("bytes of 200 messages / after leed.inject", shrunk, 10),
    ]


def bench_openai() -> list[Result]:
    """A call with 20 messages, ten of them described, beside the bare client's; the server's CPU is its own."""
    import openai  # noqa: PLC0415 - loads for a second, and only for this

    from leed_adapters.openai import wrap  # noqa: PLC0415 - as above

    history: list[Any] = chat(20)
    plain: list[Any] = [{"role": message["role"], "content": message["content"]} for message in history]
    with fake_openai() as url, openai.OpenAI(base_url=url, api_key="none") as bare:
        wrapped = wrap(bare)

        def call(client: openai.OpenAI, messages: list[Any]) -> object:
            return client.chat.completions.create(model="m", messages=messages)

        share = 1 / cpu_ratio(lambda: call(bare, plain), lambda: call(wrapped, history), rounds=500) - 1
    note = f"openai {openai.__version__}"
    return [Result("wrapped OpenAI client, leed's share of a call", share, 0.2, more_is_better=False, note=note)]


@contextmanager
def fake_openai() -> Generator[str]:
    """The address of a fake server in a process of its own."""
    code = (
        "import sys\nfrom leed_adapters.fakes.openai import FakeOpenAI\n"
        "with FakeOpenAI() as server:\n    print(server.base_url, flush=True)\n    sys.stdin.read()"
    )
    server = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with server:
        assert server.stdin is not None
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.stdin.close()


CASES: dict[str, Callable[[], list[Result]]] = {
    "describe": bench_describe,
    "live": bench_live,
    "matrix": bench_matrix,
    "read": bench_read,
    "table": bench_table,
    "stream": bench_stream,
    "memory": bench_memory,
    "json": bench_json,
    "calibrate": bench_calibrate,
    "batch": batch.bench_batch,
    "embed": bench_embed,
    "local": bench_local,
    "inject": bench_inject,
    "openai": bench_openai,
    "import": bench_import,
    "gateway": gateway.bench_gateway,
    "litellm": gateway.bench_litellm,
}


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which to measure: {', '.join(CASES)}")
    chosen = parser.parse_args().names or list(CASES)
    print(f"effective cores: {effective_cores():.2f}; Python {sys.version.split()[0]}, NumPy {np.__version__}")
    cases = [case for name, case in CASES.items() if any(word in name for word in chosen)]
    results = [result for case in cases for result in _shown(case)]
    return 0 if all(result.holds for result in results) else 1


def _shown(case: Callable[[], list[Result]]) -> list[Result]:
    results = case()
    for result in results:
        print(result.line(), flush=True)
    return results


if __name__ == "__main__":
    sys.exit(main())
