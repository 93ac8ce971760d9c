"""What is measured with: scores like a face's, and files of Hume's that hold them."""

import json
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from leed import taxonomy
from leed.calibration import get_calibration
from leed.lexicon import get_lexicon

LABELS = tuple(taxonomy.get("hume-48").labels)
ADJECTIVES = tuple(
    str(get_lexicon("en").words[entry.concept].adjective) for entry in taxonomy.get("hume-48").labels.values()
)

HUME_BEGIN = (
    b'[{"source": {"type": "file", "filename": "a.mp4"}, "results": {"predictions": [{"file": "a.mp4", "models": '
    b'{"face": {"metadata": null, "grouped_predictions": [{"id": "face_0", "predictions": ['
)
HUME_END = b"]}]}}}]}}]"


def faces(rows: int) -> NDArray[np.float32]:
    """Scores like a face's at 3 frames a second: each label around what is usual for it, with a drift and a tremor.

    The usual scores are the medians of 1,075 real frames; 8 of the labels are above 0.26 at a time, and one or two of
    those above their own 90th percentile.
    """
    rng = np.random.default_rng(48)
    usual = get_calibration().table("hume-48", "face")
    assert usual is not None
    level = np.array([usual.at(label, 0.5) for label in LABELS])
    drift = np.repeat(rng.lognormal(0, 0.3, (rows // 30 + 1, len(LABELS))), 30, axis=0)[:rows]
    return np.asarray(level * drift * rng.lognormal(0, 0.1, (rows, len(LABELS))), np.float32)


def hume_json(matrix: NDArray[np.float32]) -> bytes:
    """A Hume v0 predictions file with these rows as face frames."""
    return b"".join(hume_parts(matrix, 1))


def hume_parts(matrix: NDArray[np.float32], times: int) -> Iterator[bytes]:
    """The same in parts, with the rows repeated."""
    part = ", ".join(hume_items(matrix)).encode()
    yield HUME_BEGIN
    for i in range(times):
        yield part if i == 0 else b", " + part
    yield HUME_END


def hume_items(matrix: NDArray[np.float32]) -> Sequence[str]:
    """The items of a Hume v0 file, one a row."""
    items = []
    for i, row in enumerate(matrix.astype(float).tolist()):
        scores = [{"name": name, "score": score} for name, score in zip(LABELS, row, strict=True)]
        box = {"x": 262.83242797851562, "y": 104.95152282714844, "w": 261.6309509277344, "h": 341.7525634765625}
        item = {"frame": i, "time": i / 3, "prob": 0.9999997615814209, "box": box, "emotions": scores}
        items.append(json.dumps({**item, "facs": None, "descriptions": None}))
    return items
