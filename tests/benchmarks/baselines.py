"""What leed is measured against: the straightforward code that a competent user would write without it.

Each baseline does the same work as leed's path beside it, in plain Python and NumPy, without tricks and without waste.
"""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet

BOUNDS = np.array([0.26, 0.35, 0.44, 0.53, 0.62, 0.71, 10.0], np.float32)
ADVERBS = ("slightly", "somewhat", "moderately", "quite", "very", "extremely")


def describe_row(row: NDArray[np.float32], adjectives: Sequence[str], top: int = 3) -> str:
    """A sentence for one row: for each of six bounds the labels inside, their phrases, argsort, join."""
    phrases: list[str] = []
    scores: list[float] = []
    for low, high, adverb in zip(BOUNDS, BOUNDS[1:], ADVERBS, strict=False):
        inside = np.where((row >= low) & (row < high))[0]
        phrases += [f"{adverb} {adjectives[i]}" for i in inside]
        scores += [float(row[i]) for i in inside]
    if not phrases:
        return "They look neutral."
    best = [phrases[i] for i in np.argsort(scores)[::-1][:top]]
    listed = f"{', '.join(best[:-1])} and {best[-1]}" if len(best) > 1 else best[0]
    return f"They look {listed}."


def describe_rows(matrix: NDArray[np.float32], adjectives: Sequence[str]) -> list[str]:
    """A sentence for each row of a matrix."""
    return [describe_row(row, adjectives) for row in matrix]


def read_hume_json(data: bytes, labels: Sequence[str]) -> list[NDArray[np.float32]]:
    """The scores of Hume predictions by json.loads, with the label names checked: a matrix for each group."""
    matrices = []
    for source in json.loads(data):
        for file in source["results"]["predictions"]:
            for model in file["models"].values():
                for group in model["grouped_predictions"]:
                    rows = []
                    for item in group["predictions"]:
                        scores = {entry["name"]: entry["score"] for entry in item["emotions"]}
                        rows.append([scores[label] for label in labels])
                    matrices.append(np.array(rows, np.float32))
    return matrices


def read_csv(data: bytes) -> tuple[list[str], NDArray[np.float32]]:
    """The labels and scores of a table by the csv module: float() for each cell."""
    rows = csv.reader(io.StringIO(data.decode(), newline=""))
    labels = next(rows)
    return labels, np.array([[float(cell) for cell in row] for row in rows], np.float32)


def classify_stretches(
    data: bytes, spans: Sequence[tuple[float, float]], model: Any, extractor: Any, *, batch_size: int
) -> list[NDArray[np.float32]]:
    """The scores of stretches of a WAV by transformers alone: read it whole, mix, resample, cut, a batch at a time."""
    import soundfile  # noqa: PLC0415 - for this alone
    import soxr  # noqa: PLC0415 - as above
    import torch  # noqa: PLC0415 - as above

    samples, rate = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    sound = soxr.resample(samples.mean(axis=1), rate, 16_000)
    cut = [sound[round(begin * 16_000) : round(end * 16_000)] for begin, end in spans]
    scores: list[NDArray[np.float32]] = []
    for start in range(0, len(cut), batch_size):
        inputs = extractor(cut[start : start + batch_size], sampling_rate=16_000, return_tensors="pt")
        with torch.inference_mode():
            scores.extend(model(inputs["input_features"]).logits.sigmoid().numpy())
    return scores


def json_to_parquet(source: Path, target: Path, labels: Sequence[str], adjectives: Sequence[str]) -> None:
    """A Parquet file with a described row for each item of Hume predictions: json, a loop over the items, pyarrow."""
    rows = []
    for entry in json.loads(source.read_bytes()):
        for file in entry["results"]["predictions"]:
            for modality, model in file["models"].items():
                for group in model["grouped_predictions"]:
                    for item in group["predictions"]:
                        scores = {score["name"]: score["score"] for score in item["emotions"]}
                        row = np.array([scores[label] for label in labels], np.float32)
                        about = {"source": file["file"], "modality": modality, "begin": item["time"]}
                        rows.append(_described({**about, "end": item["time"]}, row, labels, adjectives))
    _written(rows, target, len(labels))


def parquet_to_parquet(source: Path, target: Path, labels: Sequence[str], adjectives: Sequence[str]) -> None:
    """The same from a table with a column for each label: read by pyarrow, and a loop over its rows."""
    rows = []
    for cells in parquet.read_table(source).to_pylist():
        row = np.array([cells[label] for label in labels], np.float32)
        about = {"source": source.name, "modality": cells["modality"], "begin": cells["begin"], "end": cells["begin"]}
        rows.append(_described(about, row, labels, adjectives))
    _written(rows, target, len(labels))


def _described(
    about: dict[str, Any], row: NDArray[np.float32], labels: Sequence[str], adjectives: Sequence[str], top: int = 3
) -> dict[str, Any]:
    """A row of the file: what `describe_row` says, with the terms that it comes from."""
    terms = []
    for low, high, adverb in zip(BOUNDS, BOUNDS[1:], ADVERBS, strict=False):
        for i in np.where((row >= low) & (row < high))[0]:
            score = float(row[i])
            terms.append({"label": labels[i], "score": score, "adverb": adverb, "adjective": adjectives[i]})
    best = sorted(terms, key=lambda term: term["score"], reverse=True)[:top]
    phrases = [f"{term['adverb']} {term['adjective']}" for term in best]
    listed = f"{', '.join(phrases[:-1])} and {phrases[-1]}" if len(phrases) > 1 else "".join(phrases) or "neutral"
    return {**about, "scores": row.tolist(), "description": f"They look {listed}.", "terms": best, "fingerprint": "1"}


def _written(rows: list[dict[str, Any]], target: Path, width: int) -> None:
    text, number = pa.string(), pa.float32()
    term = pa.struct([("label", text), ("score", number), ("adverb", text), ("adjective", text)])
    schema = pa.schema(
        [
            *((name, text) for name in ("source", "modality", "speaker", "text", "fingerprint")),
            *((name, pa.float64()) for name in ("begin", "end")),
            ("scores", pa.list_(number, width)),
            ("description", pa.dictionary(pa.int32(), text)),
            ("terms", pa.list_(term)),
        ]
    )
    parquet.write_table(pa.Table.from_pylist(rows, schema), target)
