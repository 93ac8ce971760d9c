"""Examples out of a table: rows of item, group, label, and a recording's path or the scores themselves."""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from leed import plugins
from leed.errors import DamagedInputError, InputError, LeedError, OptionError
from leed.fusion.gathering import from_recordings, split_column, track_of
from leed.fusion.items import Items
from leed.modality import NAMES, modality_named
from leed.readers import read
from leed.schema.recording import Recording
from leed.schema.terms import Issue
from leed.schema.tracks import Track

ROLES: Mapping[str, tuple[str, ...]] = {
    "item": ("item", "item_id", "clip", "id", "utterance"),
    "group": ("group", "speaker", "speaker_id", "actor", "subject", "participant", "person"),
    "label": ("label", "emotion", "class", "target", "category"),
    "path": ("path", "recording", "file", "filename", "scores_file"),
    "modality": ("modality",),
    "text": ("text", "transcript"),
    "split": ("split", "fold", "set"),
}
"""What each column may be called, the first that is there; case is forgiven."""

_BEGINNING = 40
"""Characters of what cannot be read that are shown."""

_PROGRESS = Callable[[Iterable[Any], str], Iterable[Any]]


@dataclass(frozen=True, eq=False)
class Examples:
    """Items with what is known of each.

    Attributes:
        items: the items that can be used.
        labels: n labels as the table has them, None where a cell is empty.
        groups: n groups (speakers), or None if the table has none.
        splits: n names of the side an item is on ("train", "test"), or None.
        formats: n names of what an item was read from: the endings of its paths, or "scores".
        issues: what was odd: files that are missing or cannot be read, labels that differ within an item.
    """

    items: Items
    labels: tuple[Any, ...]
    groups: tuple[Any, ...] | None
    splits: tuple[Any, ...] | None
    formats: tuple[str, ...]
    issues: tuple[Issue, ...] = ()

    def __len__(self) -> int:
        return len(self.items)

    def take(self, places: Sequence[int]) -> Examples:
        """Return some of the examples."""
        chosen = [int(i) for i in places]

        def some(column: tuple[Any, ...] | None) -> tuple[Any, ...] | None:
            return None if column is None else tuple(column[i] for i in chosen)

        return Examples(
            self.items[np.array(chosen, np.int64)],
            tuple(self.labels[i] for i in chosen),
            some(self.groups),
            some(self.splits),
            tuple(self.formats[i] for i in chosen),
            self.issues,
        )


def read_examples(
    path: str,
    *,
    columns: Mapping[str, str | None] | None = None,
    modality: str | None = None,
    labelled: bool = True,
    progress: _PROGRESS | None = None,
) -> Examples:
    """Return the examples of a table: CSV, TSV, JSON lines or Parquet; "-" is standard input.

    Several rows of one item belong together: each brings a recording or a modality. Paths are relative to the table.

    Args:
        path: the table.
        columns: which column is what (see ROLES), where it is called otherwise.
        modality: what scores without one are of.
        labelled: whether a label is needed.
        progress: wraps the rows whose recordings are read.

    Raises:
        InputError: there is no such file or it is no table; it lacks a column; no item can be used.
        OptionError: a column that was named is not there.
    """
    rows = table_rows(path)
    if not rows:
        raise InputError(f"{path}: has no rows; expected one for each item, under a line of column names")
    names = _names(rows, columns or {}, path)
    if labelled and names["label"] is None:
        raise InputError(
            f"{path}: no column of labels: it has {', '.join(list(rows[0])[:8])}; name it with --label, or call it "
            "label"
        )
    folder = os.path.dirname(path) if path != "-" else ""
    return _gathered(rows, names, _Scores(rows, names, modality), folder, path, progress)


def table_rows(path: str) -> list[dict[str, Any]]:
    """Return the rows of a table, each a dict.

    Raises:
        InputError: it cannot be read, or is no table.
    """
    if path.endswith(".parquet"):
        return _parquet(path)
    try:
        data = sys.stdin.buffer.read() if path == "-" else _bytes(path)
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DamagedInputError(
            f"{path}: is no text in UTF-8 ({error}); a table is CSV, JSON lines or Parquet"
        ) from error
    if text.lstrip()[:1] in {"[", "{"}:
        return _of_json(path, text)
    head = text.partition("\n")[0]
    marks = [mark for mark in ("\t", ";", ",") if mark in head] or [","]
    return [{**row} for row in csv.DictReader(io.StringIO(text), delimiter=marks[0], restkey="")]


def _bytes(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise InputError(
            f"{path}: {error.strerror or error}; give a table of items (CSV, JSON lines, Parquet)"
        ) from error


def _of_json(path: str, text: str) -> list[dict[str, Any]]:
    """The rows of a list of objects, or of an object on each line."""
    if text.lstrip().startswith("["):
        rows = _decoded(path, text, "the file")
    else:
        lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
        rows = [_decoded(path, line, f"line {number}") for number, line in lines]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError(f"{path}: expected an object for each item, such as {{'item': ..., 'label': ...}}")
    return rows


def _decoded(path: str, text: str, where: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        cut = isinstance(error, msgspec.DecodeError) and "truncated" in str(error)
        begins = text.strip()[:_BEGINNING]
        raise DamagedInputError(
            f"{path}: {where} is no whole JSON ({str(error) or 'nested too deeply'}): it begins {begins!r}. Expected a "
            "list of objects, or an object on each line (JSON lines), one for each item: "
            + ("get the file again if it was cut off, or write each object on one line" if cut else "mend it")
        ) from error


def _parquet(path: str) -> list[dict[str, Any]]:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        import pyarrow.parquet as pq  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise plugins.missing("reading Parquet", error, extra="data") from error
    try:
        rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path}: cannot be read as Parquet: {error}") from error
    return rows


def _names(rows: Sequence[Mapping[str, Any]], given: Mapping[str, str | None], path: str) -> dict[str, str | None]:
    """By role, the column that has it."""
    there = list(dict.fromkeys(name for row in rows for name in row))
    found: dict[str, str | None] = {}
    for role, usual in ROLES.items():
        chosen = given.get(role)
        if chosen is not None and chosen not in there:
            raise OptionError(f"{path}: there is no column {chosen!r} for --{role}; it has {', '.join(there[:12])}")
        by_case = {name.strip().casefold(): name for name in reversed(there)}
        taken = {*given.values(), *found.values()}
        free = (by_case[name] for name in usual if name in by_case and by_case[name] not in taken)
        found[role] = chosen or next(free, None)
    return found


class _Scores:
    """The scores that stand in the table's own columns."""

    def __init__(
        self, rows: Sequence[Mapping[str, Any]], names: Mapping[str, str | None], modality: str | None
    ) -> None:
        self.rows = rows
        self.modality = modality_named(modality)
        self.column = names["modality"]
        taken = {name for name in names.values() if name is not None}
        there = list(dict.fromkeys(name for row in rows for name in row))
        free = [name for name in there if name not in taken]
        self.nested = [name for name in free if any(isinstance(row.get(name), (dict, list)) for row in rows)]
        split = {name: found for name in free if (found := split_column(name)) is not None}
        plain = [] if split else [name for name in free if name not in self.nested and _is_numeric(rows, name)]
        self.tracks: list[tuple[Track, list[int]]] = []
        for own in dict.fromkeys(found[0] for found in split.values()):
            columns = {found[1]: name for name, found in split.items() if found[0] == own}
            self._add(own, columns, range(len(rows)))
        if plain and names["path"] is None:
            self._add_plain({name: name for name in plain})

    def _add_plain(self, columns: Mapping[str, str]) -> None:
        by_modality: dict[str | None, list[int]] = {}
        for place, row in enumerate(self.rows):
            said = row.get(self.column) if self.column is not None else None
            by_modality.setdefault(modality_named(str(said)) if said else self.modality, []).append(place)
        for own, places in by_modality.items():
            self._add(own, columns, places)

    def _add(self, own: str | None, columns: Mapping[str, str], places: Iterable[int]) -> None:
        chosen = list(places)
        scores = {label: [_cell(self.rows[i].get(name)) for i in chosen] for label, name in columns.items()}
        told = {label: column for label, column in scores.items() if any(cell is not None for cell in column)}
        if told:
            self.tracks.append((track_of(own, told), chosen))

    def recordings(self) -> dict[int, list[Recording]]:
        """Return, by row, what its own columns score."""
        found: dict[int, list[Recording]] = {}
        for track, places in self.tracks:
            for at, place in enumerate(places):
                if not np.isnan(track.matrix[at]).all():
                    found.setdefault(place, []).append(Recording((_row(track, at),)))
        for place, row in enumerate(self.rows):
            for name in self.nested:
                if row.get(name):
                    found.setdefault(place, []).append(read(_with_modality(name, row[name], self.modality)))
        return found


def _with_modality(name: str, scores: Any, modality: str | None) -> dict[str, Any]:
    own = NAMES.get(name.casefold(), modality)
    return {own: scores} if own is not None else {name: scores}


def _row(track: Track, at: int) -> Track:
    return Track(
        labels=track.labels,
        matrix=track.matrix[at : at + 1],
        modality=track.modality,
        quantity=track.quantity,
        exclusive=track.exclusive,
        taxonomy=track.taxonomy,
    )


def _is_numeric(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    cells = [cell for row in rows if (cell := _cell(row.get(name))) is not None]
    return bool(cells) and all(_is_number(cell) for cell in cells)


def _is_number(cell: object) -> bool:
    if isinstance(cell, bool):
        return False
    try:
        float(cell)  # type: ignore[arg-type] # what is none raises
    except (TypeError, ValueError):
        return False
    return True


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        value = value.strip()
    return None if value is None or value == "" or value != value else value  # noqa: PLR0124 - NaN


def _gathered(
    rows: Sequence[Mapping[str, Any]],
    names: Mapping[str, str | None],
    scores: _Scores,
    folder: str,
    path: str,
    progress: _PROGRESS | None,
) -> Examples:
    def cell(row: Mapping[str, Any], role: str) -> Any:
        name = names[role]
        return None if name is None else _cell(row.get(name))

    by_item: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        own = cell(row, "item")
        file = cell(row, "path")
        name = str(own if own is not None else file if file is not None else place)
        by_item.setdefault(name, []).append(place)
    found = scores.recordings()
    issues: list[Issue] = []
    kept: list[tuple[str, int, Recording, str]] = []
    for name, places in progress(by_item.items(), "reading") if progress else by_item.items():
        parts = [part for place in places for part in found.get(place, [])]
        kinds = ["scores"] if parts else []
        for place in places:
            file, said = cell(rows[place], "path"), cell(rows[place], "text")
            if file is not None:
                kinds.append(os.path.splitext(str(file))[1].lower() or "no ending")
                parts += _read(os.path.join(folder, str(file)), name, issues)
            if said is not None:
                parts.append(_saying(str(said)))
        if not any(track.labels for part in parts for track in part.tracks):
            issues.append(Issue("no-scores", f"{name}: has no scores, and is left out"))
            continue
        tracks = tuple(track for part in parts for track in part.tracks)
        kept.append((name, places[0], Recording(tracks), "+".join(sorted(set(kinds)))))
        issues += _differing(name, [rows[place] for place in places], names)
    if not kept:
        raise InputError(f"{path}: no item can be used: {_why(issues)}")
    first = [rows[place] for _, place, _, _ in kept]
    columns = {role: tuple(cell(row, role) for row in first) if names[role] else None for role in ROLES}
    items = from_recordings([recording for _, _, recording, _ in kept], [name for name, _, _, _ in kept])
    return Examples(
        items,
        columns["label"] or (None,) * len(kept),
        columns["group"],
        columns["split"],
        tuple(kind for _, _, _, kind in kept),
        (*issues, *items.issues),
    )


def _read(path: str, name: str, issues: list[Issue]) -> list[Recording]:
    try:
        recording = read(path)
    except LeedError as error:
        code = "missing-file" if not os.path.exists(path) else "unreadable-recording"
        issues.append(Issue(code, f"{name}: {error}"))
        return []
    return [recording]


def _saying(text: str) -> Recording:
    return Recording((Track(labels=(), matrix=np.zeros((1, 0), np.float32), text=(text,)),))


def _differing(name: str, rows: Sequence[Mapping[str, Any]], names: Mapping[str, str | None]) -> list[Issue]:
    issues = []
    for role in ("label", "group", "split"):
        column = names[role]
        told = {str(_cell(row.get(column))) for row in rows} if column is not None else set()
        if len(told) > 1:
            shown = ", ".join(sorted(told))
            issues.append(
                Issue(f"differing-{role}", f"{name}: its rows have several {role}s ({shown}); the first counts")
            )
    return issues


def _why(issues: Sequence[Issue]) -> str:
    shown = 3
    told = "; ".join(issue.message for issue in issues[:shown])
    return told + (f"; and {len(issues) - shown} more" if len(issues) > shown else "")
