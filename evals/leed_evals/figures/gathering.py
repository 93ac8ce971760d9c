"""What is drawn: the scores of a modality out of all recordings, with times, and classes where they are known."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import leed
from leed.errors import InputError
from leed.schema.terms import MODALITIES

CALLED = {"face": "face", "prosody": "voice", "burst": "bursts", "language": "words", None: "scores"}
"""What figures call a modality."""

_CLASS = "leed class code"
_FIRST_CODE = 1000
"""Codes of classes that no reader takes for scores from 0 to 1."""


@dataclass(frozen=True, eq=False)
class Scores:
    """The scores of a modality.

    Attributes:
        labels: k labels.
        matrix: (n, k) scores; NaN where a label is not reported.
        begin, end: (n,) seconds; NaN where there are none.
        source: (n,) which recording a row is of.
        classes: (n,) the class of each row, empty where it has none.
    """

    modality: str | None
    labels: tuple[str, ...]
    matrix: NDArray[np.float64]
    begin: NDArray[np.float64]
    end: NDArray[np.float64]
    source: NDArray[np.str_]
    classes: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.matrix)

    @property
    def called(self) -> str:
        """What figures call the modality."""
        return CALLED[self.modality]

    def told(self, n: int | None = None) -> str:
        """Return how many rows there are, and of what, for a title."""
        sources = list(dict.fromkeys(self.source.tolist()))
        named = ", ".join(Path(source).name for source in sources[:2])
        more = f" and {len(sources) - 2} more" if len(sources) > 2 else ""  # noqa: PLR2004 - two are named
        count = len(self) if n is None else n
        return f"n = {count:,} segment{'s' if count != 1 else ''}; {named[:60]}{more}"


def gathered(files: Iterable[str], label_column: str | None = None) -> tuple[list[Scores], list[str]]:
    """Return the scores by modality, and what was odd or left out.

    Args:
        files: paths; "face=scores.csv" says the modality of a table that does not tell.
        label_column: the column of a table with each row's class.

    Raises:
        InputError: there are no scores of expressions, or no such column in any table.
    """
    tracks: dict[str | None, list[tuple[str, leed.Track, NDArray[np.str_]]]] = {}
    notes: list[str] = []
    found = False
    for file in files:
        modality, path = _named(file)
        recording, classes = _read(path, label_column)
        found = found or bool(classes)
        notes += [f"{path}: {issue.message}" for issue in recording.issues]
        for track in recording.tracks:
            if track.aspect == "expression" and track.channel != "assistant" and len(track):
                one = replace(track, modality=modality) if modality else track
                source = f"{path}{'' if len(recording.sources) < 2 else f' ({track.source})'}"  # noqa: PLR2004 - one
                tracks.setdefault(one.modality, []).append((source, one, _classes(one, classes)))
    if label_column and not found:
        raise InputError(f"no table has a column {label_column!r}: name the column with each row's class")
    if not tracks:
        raise InputError("there are no scores of expressions to draw in what was given")
    return [_scores(name, tracks[name]) for name in (*MODALITIES, None) if name in tracks], notes


def _named(file: str) -> tuple[str | None, str]:
    head, equals, path = file.partition("=")
    return (head, path) if equals and head in MODALITIES else (None, file)


def _read(path: str, label_column: str | None) -> tuple[leed.Recording, list[str]]:
    """A recording, and the names of its classes by code, if it is a table with the column."""
    table = _table(path, label_column) if label_column else None
    if table is None:
        return leed.read(path), []
    rows, place = table
    names = sorted({row[place] for row in rows[1:] if row[place]})
    codes = {name: str(_FIRST_CODE + i) for i, name in enumerate(names)}
    coded = [
        [*row[:place], _CLASS if i == 0 else codes.get(row[place], ""), *row[place + 1 :]] for i, row in enumerate(rows)
    ]
    text = io.StringIO()
    csv.writer(text).writerows(coded)
    recording = leed.read(text.getvalue().encode(), format="table")
    ours = [issue for issue in recording.issues if _CLASS not in issue.message]
    return leed.Recording(recording.tracks, tuple(ours)), names


def _table(path: str, label_column: str) -> tuple[list[list[str]], int] | None:
    """The rows of a text table and the place of the column, if it has it."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None  # leed.read says what is wrong with it, or reads it as what it is
    head = text.partition("\n")[0]
    for delimiter in ",;\t":
        if label_column in next(csv.reader([head.rstrip("\r")], delimiter=delimiter), []):
            rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]
            place = rows[0].index(label_column)
            return [row for row in rows if len(row) > place], place
    return None


def _classes(track: leed.Track, names: Sequence[str]) -> NDArray[np.str_]:
    codes = track.extras.get(_CLASS)
    if codes is None:
        return np.full(len(track), "", dtype=np.str_)
    return np.array(["" if np.isnan(code) else names[int(code) - _FIRST_CODE] for code in codes.tolist()], np.str_)


def _scores(modality: str | None, parts: Sequence[tuple[str, leed.Track, NDArray[np.str_]]]) -> Scores:
    """All tracks of a modality as one table; a label that a track lacks is not reported there."""
    labels = tuple(dict.fromkeys(label for _, track, _ in parts for label in track.labels))
    matrices = []
    for _, track, _ in parts:
        matrix = np.full((len(track), len(labels)), np.nan)
        matrix[:, [labels.index(label) for label in track.labels]] = track.matrix
        matrices.append(matrix)
    return Scores(
        modality,
        labels,
        np.vstack(matrices),
        np.concatenate([track.begin for _, track, _ in parts]),
        np.concatenate([track.end for _, track, _ in parts]),
        np.concatenate([np.full(len(track), source) for source, track, _ in parts]),
        np.concatenate([classes for _, _, classes in parts]),
    )
