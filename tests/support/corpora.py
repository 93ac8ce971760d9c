"""Files in the shape of CREMA-D's and RAVDESS's, written small."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

EMOTIONS = {"A": "Anger", "D": "Disgust", "F": "Fear", "H": "Happy", "N": "Neutral", "S": "Sad"}
CLASSES = ("angry", "calm", "disgust", "fear", "happy", "neutral", "sad", "surprise")


def write_cremad(folder: Path, rows: Iterable[tuple[str, str, Mapping[str, tuple[int, float]]]]) -> None:
    """Write tabulatedVotes.csv; rows are (id, file name, {letter: (votes, mean level)})."""
    (folder / "cremad").mkdir(exist_ok=True)
    with (folder / "cremad/tabulatedVotes.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["", *EMOTIONS, "fileName", *(f"mean{name}Resp" for name in EMOTIONS.values())])
        for number, name, seen in rows:
            votes = [seen.get(letter, (0, -1))[0] for letter in EMOTIONS]
            levels = [seen.get(letter, (0, -1))[1] for letter in EMOTIONS]
            table.writerow([number, *votes, name, *levels])


def write_ravdess(folder: Path, rows: Iterable[tuple[str, str, Mapping[str, float]]]) -> None:
    """Write prosody.csv and face.csv; rows are (actor, emotion, {class: probability})."""
    (folder / "ravdess").mkdir(exist_ok=True)
    listed = list(rows)
    for modality in ("prosody", "face"):
        with (folder / f"ravdess/{modality}.csv").open("w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow(["clip", "actor", "emotion", *CLASSES])
            table.writerows(
                ["x", actor, emotion, *(scores.get(c, 0.0) for c in CLASSES)] for actor, emotion, scores in listed
            )
