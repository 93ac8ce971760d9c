"""Corpora written for tests, and what a data set made of one holds."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.dataset

SCORES = {"Joy": 0.84, "Sadness": 0.1}


def talk(path: Path, rows: int = 3, **scores: float) -> Path:
    """Write a recording of so many frames of a face, and a sentence; return where."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = scores or SCORES
    segments = [{"modality": "face", "begin": i / 3, "speaker": "Ann", **told} for i in range(rows)]
    path.write_text(json.dumps([*segments, {"modality": "prosody", "text": "Oh.", "Sadness": 0.34}]), encoding="utf-8")
    return path


def many_talks(folder: Path, count: int) -> Path:
    """Write so many recordings, no two alike; return their folder."""
    for number in range(count):
        share = number / count
        talk(folder / f"talk{number:03}.json", rows=20 + number % 7, Joy=round(share, 4), Fear=round(1 - share, 4))
    return folder


def rows(out: Path) -> Iterator[dict[str, Any]]:
    for folder in sorted(out.glob("labels=*")):
        yield from pyarrow.dataset.dataset(folder).to_table().to_pylist()


def contents(out: Path) -> Counter[str]:
    return Counter(json.dumps(row, sort_keys=True) for row in rows(out))


def files(out: Path) -> set[str]:
    return {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
