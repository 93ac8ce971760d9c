"""Hume v0 as CSV, written by hand from the same items as the JSON, in the shape of the files that the API gave."""

import csv
import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import leed
from tests.support.hume import LABELS_48, LABELS_53, conversation

Plain = dict[str, Any]


def _csv_order(labels: list[str]) -> list[str]:
    """The order of the CSV: Desire stands behind Satisfaction, and with 48 labels Contemplation before Confusion."""
    order = [label for label in labels if label != "Desire"]
    order.insert(order.index("Satisfaction") + 1, "Desire")
    if len(labels) == len(LABELS_48):
        at = order.index("Confusion")
        order[at], order[at + 1] = "Contemplation", "Confusion"
    return order


CSV_48, CSV_53 = _csv_order(LABELS_48), _csv_order(LABELS_53)
ACTION_UNITS = ["AU1 Inner Brow Raise", "AU12 Lip Corner Puller", "Hand over Mouth", "Hand touching Face / Head"]
FACE_DESCRIPTIONS = ["Beaming", "Cry", "Gasp", "Laugh", "Smile"]
BURST_DESCRIPTIONS = ["Cry", "Gasp", "Laugh", "Sigh", "Uh-huh"]
SENTIMENT = [str(i) for i in range(1, 10)]
TOXICITY = ["toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"]
TEXT = ["Text"]
TIMES = ["BeginTime", "EndTime"]
SURE = ["Confidence", "SpeakerConfidence"]
BOX = ["FaceX0", "FaceY0", "FaceWidth", "FaceHeight"]
HEADERS = {
    "face": ["Id", "Frame", "Time", "Probability", *BOX, *CSV_48, *ACTION_UNITS, *FACE_DESCRIPTIONS],
    "prosody": ["Id", *TEXT, *TIMES, *SURE, *CSV_48],
    "burst": ["Id", *TIMES, *CSV_48, *BURST_DESCRIPTIONS],
    "language": ["Id", *TEXT, "BeginPosition", "EndPosition", *TIMES, *SURE, *CSV_53, *SENTIMENT, *TOXICITY],
}
LISTS = ("emotions", "facs", "descriptions", "sentiment", "toxicity")


def row(name: str | None, item: Plain) -> Plain:
    """The cells of one item, by column."""
    time = item.get("time")
    span = time if isinstance(time, dict) else {}
    place = item.get("position") or {}
    box = item.get("box") or {}
    cells = {
        "Id": name,
        "Text": item.get("text"),
        "Frame": item.get("frame"),
        "Probability": item.get("prob"),
        "Time": None if isinstance(time, dict) else time,
        "BeginTime": span.get("begin"),
        "EndTime": span.get("end"),
        "Confidence": item.get("confidence"),
        "SpeakerConfidence": item.get("speaker_confidence"),
        "BeginPosition": place.get("begin"),
        "EndPosition": place.get("end"),
        **dict(zip(BOX, (box.get(edge) for edge in "xywh"), strict=True)),
    }
    return cells | {e["name"]: e["score"] for key in LISTS for e in item.get(key) or ()}


def table(model: str, found: Plain, *, delimiter: str = ",", end: str = "\r\n", comma: bool = False) -> str:
    """The CSV of what one model found in one file."""
    header = HEADERS[model]
    out = io.StringIO()
    writer = csv.DictWriter(out, header, extrasaction="raise", delimiter=delimiter, lineterminator=end)
    writer.writeheader()
    for group in found["grouped_predictions"]:
        for item in group["predictions"]:
            cells = row(group["id"], item)
            shown = {name: cells.get(name) for name in header}
            if comma:
                shown = {k: str(v).replace(".", ",") if isinstance(v, float) else v for k, v in shown.items()}
            writer.writerow(shown)
    return out.getvalue()


def tables(file: Plain) -> dict[str, str]:
    """The CSV of each model of one file."""
    return {model: table(model, found) for model, found in file["models"].items() if found}


def artifacts(plain: list[Any]) -> dict[str, str]:
    """The files of a job's artifacts by their paths."""
    paths = {}
    for number, source in enumerate(plain):
        kind = source["source"]["type"]
        for file in source["results"]["predictions"]:
            for model, text in tables(file).items():
                paths[f"{kind}-{number}-{file['file']}/csv/{file['file']}/{model}.csv"] = text
    return paths


def zipped(files: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return out.getvalue()


def without_csv(recording: leed.Recording) -> leed.Recording:
    """A recording without what CSV does not hold: the language that was detected, and the name of the source."""
    tracks = [
        replace(track, source=None, extras={k: v for k, v in track.extras.items() if k != "detected_language"})
        for track in recording.tracks
    ]
    return recording.replace(tracks=tracks)


def saved(files: Mapping[str, str | bytes], folder: Path) -> Path:
    """Files in a folder; return it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


JOB = conversation()
TALK = JOB[0]["results"]["predictions"][0]
LAUGH = JOB[1]["results"]["predictions"][0]
FACE, PROSODY, LANGUAGE = (table(model, TALK["models"][model]) for model in ("face", "prosody", "language"))
BURST = table("burst", LAUGH["models"]["burst"])
