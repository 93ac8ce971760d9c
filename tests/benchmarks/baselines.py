"""What leed is measured against: the straightforward code that a competent user would write without it.

Each baseline does the same work as leed's path beside it, in plain Python and NumPy, without tricks and without waste.
"""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
