"""Builds the calibration that comes with leed: ``python -m leed_evals.shipped_calibration DATA [-o FILE]``.

Face: the percentiles of 1,075 frames that ``labels.json`` publishes. Voice and language: what `leed.calibration.fit`
counts in the Hume recordings under DATA, where a recording counts as at most 100 segments, so that one long one does
not decide what is usual. The file holds percentiles, their number of segments and their source, and none of the data.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import msgspec

import leed
from leed.calibration import Calibration, Usual, digested
from leed.calibration.fit import Fit

NAME = "hume-2026-11"
MOST = 100
"""A recording counts as at most this many segments."""
VOICES = ("hume/interreviewer/predictions.json", "hume/evi/evi-recording.jsonl")
TEXTS = (
    "hume/interreviewer/predictions.json",
    "hume/wilfordwoodruff/words.json",
    "hume/twilio-vintel/predictions-language.json",
)
_POINTS = {"p05": 0.05, "p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99, "max": 1.0}


def build(data: Path) -> Calibration:
    """Return the calibration for the files under ``data``."""
    tables = (_published(data / "labels.json"), _fitted(data, VOICES, "prosody"), _fitted(data, TEXTS, "language"))
    source = "python -m leed_evals.shipped_calibration, 2026-11-20; percentiles only"
    return digested(Calibration(NAME, tables, source))


def _published(path: Path) -> Usual:
    told = json.loads(path.read_bytes())["hume"]["observed_face_stats_1075_frames"]
    labels = {label: tuple(figures[key] for key in _POINTS) for label, figures in sorted(told.items())}
    source = "percentiles of 1,075 video frames, published in labels.json (observed_face_stats_1075_frames)"
    return Usual("hume-48", "face", 1075, tuple(_POINTS.values()), labels, source=source)


def _fitted(data: Path, files: tuple[str, ...], modality: str) -> Usual:
    fit = Fit()
    for file in files:
        recording = leed.read(data / file)
        tracks = tuple(track for track in recording.tracks if track.modality == modality)
        segments = sum(map(len, tracks))
        fit.add(recording.replace(tracks=tracks), weight=min(1.0, MOST / segments))
    usual = fit.calibration(NAME).tables[0]
    source = f"{usual.segments} segments of {', '.join(Path(file).parent.name for file in files)}; each at most {MOST}"
    return msgspec.structs.replace(usual, counts=None, source=source)


def main(arguments: list[str] | None = None) -> int:
    """Write the calibration; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m leed_evals.shipped_calibration", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with labels.json and hume/")
    parser.add_argument("-o", "--out", type=Path, help="where to write it; without, it is printed")
    options = parser.parse_args(arguments)
    document = build(options.data).to_json()
    if options.out:
        options.out.write_bytes(document)
    else:
        sys.stdout.buffer.write(document)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
