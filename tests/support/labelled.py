"""Made-up scores of which the acted emotion is known, for tests of the evaluations."""

from collections.abc import Sequence

import numpy as np

import leed
from leed_evals.faithful.labelled import Labelled

SPEAKERS = 10
ROWS = 240


def made(acted: Sequence[str], rows: Sequence[dict[str, float]], taxonomy: str = "hume-48") -> Labelled:
    """Labelled scores under the labels of the first row, each speaker having every tenth."""
    names = tuple(rows[0])
    matrix = np.array([[row[label] for label in names] for row in rows], np.float32)
    track = leed.Track(labels=names, matrix=matrix, modality="face", taxonomy=taxonomy)
    speakers = np.array([f"speaker {i % SPEAKERS}" for i in range(len(rows))])
    return Labelled("made up", "Made up.", track, np.array(acted), speakers)


def telling_labels(seed: int = 1) -> Labelled:
    """Three emotions, each with a label of its own that is nearly always the strongest."""
    rng = np.random.default_rng(seed)
    names: tuple[str, ...] = ("Joy", "Fear", "Sadness")
    acted = [names[i] for i in rng.integers(3, size=ROWS)]
    low = rng.uniform(0.1, 0.4, size=(ROWS, 3))
    rows: list[dict[str, float]] = [dict(zip(names, row, strict=True)) for row in low.tolist()]
    for label, row in zip(acted, rows, strict=True):
        row[label] = float(rng.uniform(0.35, 0.9))
    return made(acted, rows)


def telling_degrees(seed: int = 2) -> Labelled:
    """Two emotions that only differ in how strong the one label is."""
    rng = np.random.default_rng(seed)
    strong = rng.random(ROWS) < 0.5
    rows = [{"Joy": float(rng.uniform(0.65, 0.9) if s else rng.uniform(0.3, 0.5)), "Fear": 0.3} for s in strong]
    return made(["much" if s else "little" for s in strong], rows)
