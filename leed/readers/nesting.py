"""Rows of scores inside of plain data: below modalities and wrappers, under names of files and people, by column.

Each program puts keys of its own around its scores. What a key is, is told from its name and from what is under it:

- a modality: ``{"prosody": {"Joy": 0.8}}``;
- a wrapper, which says nothing: ``{"emotions": {"Joy": 0.8}}``, ``{"models": {"prosody": {"scores": {"Joy": 0.8}}}}``;
- the task of labels: ``{"strength": {"weak": 0.2}}`` is the label "strength: weak";
- who somebody is, which is no score: ``{"race": {"white": 0.9}}``;
- above known labels a file (``{"a.wav": {...}}``), a time (``{"0.0": {...}, "1.5": {...}}``), the number of a row
  (``{"0": {...}, "1": {...}}``), or else a speaker (``{"Ann": {...}, "Bob": {...}}``); an issue says which;
- a label and its score in an entry that also says when or who: ``[{"time": 0, "label": "Joy", "score": 0.8}]``;
- a label above its column, as pandas writes it: ``{"Joy": {"0": 0.8, "1": 0.2}}``, ``{"Joy": [0.8, 0.2]}``, or beside
  the cells: ``{"columns": ["Joy"], "index": [0, 1], "data": [[0.8], [0.2]]}``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

import msgspec

from leed.modality import NAMES
from leed.readers.about import field_of, is_file, is_personal
from leed.readers.gathering import Notes
from leed.readers.long import tells_apart
from leed.scores import LIKELIHOODS, PAIR_KEYS, as_pairs
from leed.taxonomy import concept_of, concepts, fold
from leed.taxonomy.matching import match

Pairs = list[tuple[Any, Any]]

WRAPPERS = frozenset(
    [
        *(
            "data",
            "emotion",
            "emotions",
            "expression",
            "expressions",
            "items",
            "labels",
            "messages",
            "models",
            "output",
        ),
        *("outputs", "prediction", "predictions", "probabilities", "probability", "probs", "response", "result"),
        *("results", "rows", "score", "scores", "segments", "turns", "utterances"),
    ]
)
"""Keys that say nothing of what is under them, folded."""
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?", re.IGNORECASE)
_SAMPLE = 20
_MOST = 4_096  # keys of a mapping that are looked at
_SHOWN = 5
_SPLIT = frozenset({"columns", "data"})
_SPLIT_OR_TIGHT = _SPLIT | {"index", "index_names", "column_names"}
_PAIRED = frozenset(key for keys in PAIR_KEYS for key in keys)


class Row(msgspec.Struct):
    """One set of scores.

    Attributes:
        scores: label and value.
        fields: what else is said of it, by field (see `leed.readers.about`).
        personal: what is said of who somebody is, by key.
        modality: the one that it stands under, or None.
    """

    scores: Pairs
    fields: dict[str, Any]
    personal: dict[str, Any]
    modality: str | None = None

    def below(self, modality: str | None = None, **fields: Any) -> Row:  # noqa: ANN401 - any cell
        """Return a row without scores, of which the same is said, and this."""
        return Row([], {**self.fields, **fields}, dict(self.personal), modality or self.modality)


class Table(msgspec.Struct, frozen=True):
    """A table as pandas writes it by column, or with its cells apart from their names.

    Attributes:
        names: of the columns.
        columns: the cells of each, in a list or by what the row is called.
        cells: the cells of each row, where there are no columns.
        index: what the rows are called, where that says more than their numbers.
        twice: whether several rows are called the same, so that it is left out.
    """

    names: list[Any]
    columns: list[Any] = []
    cells: list[Any] = []
    index: list[str] | None = None
    twice: bool = False

    def rows(self) -> Mapping[Any, Any] | list[Any]:
        """Return it by row; a row that has not as many cells as there are columns as it is."""
        if self.columns and isinstance(self.columns[0], Mapping):
            named = list(zip(self.names, self.columns, strict=True))
            return {place: {key: column[place] for key, column in named} for place in self.columns[0]}
        listed = zip(*self.columns, strict=True) if self.columns else self.cells
        rows = [dict(zip(self.names, cells, strict=True)) if self._fits(cells) else cells for cells in listed]
        return rows if self.index is None else dict(zip(self.index, rows, strict=True))

    def _fits(self, cells: Any) -> bool:  # noqa: ANN401 - whatever the input holds
        return isinstance(cells, (list, tuple)) and len(cells) == len(self.names)


class _Sorted(msgspec.Struct):
    """What stands in a mapping: the cells of its row; by modality what is looked into; what its keys tell apart."""

    row: Row
    inner: list[tuple[str | None, Any]] = []
    outer: list[tuple[str, Any]] = []


class Nest:
    """Finds the rows in plain data; what is inferred or left out is noted.

    >>> [(row.modality, row.scores) for row in Nest().rows({"models": {"prosody": {"scores": {"Joy": 0.8}}}})]
    [('prosody', [('Joy', 0.8)])]

    Args:
        pairs_of: gives the keys and values of a mapping, a key that stood twice included.
        aside: takes a `Table` or list, and what is said around it, and returns whether it is read by somebody else.
    """

    def __init__(
        self,
        pairs_of: Callable[[Mapping[Any, Any]], Pairs] = lambda plain: list(plain.items()),
        aside: Callable[[Any, Row], bool] = lambda _, __: False,
    ) -> None:
        self.notes = Notes()
        self._pairs_of = pairs_of
        self._aside = aside

    def rows(self, plain: Any) -> Iterator[Row]:  # noqa: ANN401 - whatever the input holds
        """Return the rows in the order of the input."""
        return self._rows(plain, Row([], {}, {}))

    def _rows(self, plain: Any, around: Row) -> Iterator[Row]:  # noqa: ANN401 - as above
        table = table_in(plain)
        if (table is not None or not isinstance(plain, Mapping)) and self._aside(table or plain, around):
            return
        if table is not None:
            plain = self._by_row(table)
        if isinstance(plain, Mapping):
            yield from self._mapping(plain, around)
            return
        pairs = as_pairs(plain)
        if pairs is not None:
            yield from self._stretches(plain, list(pairs), around)
            return
        for number, inner in enumerate(plain, 1):
            if is_nested(inner):
                yield from self._rows(inner, around)
            elif inner is not None:  # a line that was cut off, and is reported
                self.notes.add("not-read", f"row {number} is no mapping of label to score; it is left out")

    def _by_row(self, table: Table) -> Any:  # noqa: ANN401 - as above
        if table.twice:
            self.notes.add("not-read", "several rows of the table have the same index; it is left out")
        return table.rows()

    def _stretches(self, entries: Sequence[Mapping[Any, Any]], pairs: Pairs, around: Row) -> Iterator[Row]:
        """A row for each stretch that entries of a label and its score name; most often they name none, and are one."""
        rows: dict[tuple[Any, ...], Row] = {}
        for entry, pair in zip(entries, pairs, strict=True):
            others = ((str(key), value) for key, value in entry.items() if key not in _PAIRED)
            named = [(name, value) for name, value in others if tells_apart(name) and not is_nested(value)]
            key = tuple(sorted((name, repr(value)) for name, value in named))
            if key not in rows:
                fields = [(field_of(name), value) for name, value in named]
                rows[key] = around.below(**{field: value for field, value in fields if field is not None})
            rows[key].scores.append(pair)
        yield from rows.values()

    def _mapping(self, plain: Mapping[Any, Any], around: Row) -> Iterator[Row]:
        found = _Sorted(around.below())
        for key, value in self._pairs_of(plain):
            if isinstance(value, (dict, list, tuple, Mapping)):
                self._sort(found, str(key), value)
            else:
                self._cell(found.row, str(key), value)
        row = found.row
        if found.inner or found.outer:
            self._leave_counts(row)
        if row.scores or not (found.inner or found.outer):
            yield row
            for name, _ in found.outer:
                self.notes.add("not-read", f"{name[:60]!r} holds scores beside those of its row; it is left out")
            found.outer = []
        for modality, value in found.inner:
            yield from self._rows(value, row.below(modality))
        yield from self._under_keys(found.outer, row)

    def _leave_counts(self, row: Row) -> None:
        """Leave out whole numbers and flags beside rows, such as a total or a page, unless leed knows the label."""
        counts = [(name, value) for name, value in row.scores if isinstance(value, int) and not is_known(name)]
        if counts:
            row.scores = [pair for pair in row.scores if pair not in counts]
            shown = ", ".join(name[:60] for name, _ in counts[:_SHOWN]) + (", ..." if len(counts) > _SHOWN else "")
            self.notes.add("not-read", f"{shown}: a count or flag beside rows of scores is no score; it is left out")

    def _sort(self, found: _Sorted, name: str, value: Any) -> None:  # noqa: ANN401 - any value of a mapping
        """Put what stands under a key where it belongs."""
        row = found.row
        modality = NAMES.get(name.casefold())
        if not is_nested(value):
            self._cell(row, name, value)
        elif is_personal(name):
            row.personal.update({f"{name}: {label}": number for label, number in as_pairs(value) or ()})
        elif modality is not None and (not value or holds_scores(value)):
            found.inner.append((modality, value))
        elif fold(name) in WRAPPERS and holds_scores(value):
            self._unwrap(found, value)
        elif _is_task(name, value) or (not tells(value) and holds_scores(value)):
            row.scores += [(f"{name}: {label}", number) for label, number in as_pairs(value) or ()]
        elif tells(value):
            found.outer.append((name, value))
        else:
            self._not_read(name)

    def _unwrap(self, found: _Sorted, value: Any) -> None:  # noqa: ANN401 - as above
        """Take wrapped scores into the row that the wrapper stands in, or look into the wrapper, if there is more."""
        if isinstance(value, Mapping) and not is_table(value) and not any(map(is_nested, value.values())):
            for key, cell in self._pairs_of(value):
                self._cell(found.row, str(key), cell)
        else:
            found.inner.append((None, value))

    def _cell(self, row: Row, name: str, value: Any) -> None:  # noqa: ANN401 - any cell
        what, field = place_of(name)
        if what == "field":
            row.fields[field] = value
        elif what == "personal":
            row.personal[name] = value
        elif what == "label" or is_score(value):
            row.scores.append((name, value))
        else:
            self._not_read(name)

    def _under_keys(self, outer: list[tuple[str, Any]], row: Row) -> Iterator[Row]:
        """The rows under keys that are files, times, numbers of rows, or people."""
        if not outer:
            return
        names = [name for name, _ in outer]
        numbered = all(map(_NUMBER.fullmatch, names))
        timed = numbered and not all(name.lstrip("-").isdigit() for name in names)
        files = not numbered and all(map(is_file, names))
        kind = "times in seconds" if timed else "numbers of rows" if numbered else "sources" if files else "speakers"
        shown = ", ".join(name[:60] for name in names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
        self.notes.add("inferred", f"keys above labels are read as {kind}: {shown}")
        for name, value in outer:
            if timed:
                said = {"begin": name}
            elif numbered:
                said = {}
            elif files:
                said = {"source": name}
            else:  # people of several groups
                said = {"speaker": name, **({"source": row.fields["speaker"]} if "speaker" in row.fields else {})}
            yield from self._rows(value, row.below(**said))

    def _not_read(self, name: str) -> None:
        not_read(self.notes, name)


def not_read(notes: Notes, name: str) -> None:
    """Note that what stands under a name is left out."""
    notes.add("not-read", f"{name[:60]!r} holds no score; it is left out")


@lru_cache(maxsize=4096)
def place_of(name: str) -> tuple[str, str]:
    """Return what a cell under this name is: ("field", which), or "personal", "label" (a known one) or "unknown"."""
    field = field_of(name)
    if field is not None:
        return "field", field
    return ("personal" if is_personal(name) else "label" if concept_of(name) is not None else "unknown"), ""


# --- what it looks like


def is_nested(value: Any) -> bool:  # noqa: ANN401 - any value of a mapping
    """Return whether a value may hold rows: a mapping, or a list with mappings in it."""
    if isinstance(value, Mapping):
        return True
    return isinstance(value, (list, tuple)) and any(isinstance(inner, (Mapping, list)) for inner in value[:_SAMPLE])


def is_row(plain: Mapping[Any, Any]) -> bool:
    """Return whether a mapping is one of scores: there are known labels in it, or it is nothing but shares."""
    if tells(plain) or _names_modality(plain):
        return True
    others = {k: v for k, v in plain.items() if field_of(str(k)) is None and not is_personal(str(k))}
    nested = [v for v in others.values() if isinstance(v, Mapping)]
    if nested and all(map(is_row, nested)):
        return True
    return bool(others) and all(is_score(v) and isinstance(v, float) and 0 <= v <= 1 for v in others.values())


def holds_scores(value: Any) -> bool:  # noqa: ANN401 - any value of a mapping
    """Return whether there are rows in a value, of known labels or others."""
    if isinstance(value, Mapping):
        return is_row(value)
    return as_pairs(value) is not None or any(map(holds_scores, filter(is_nested, value[:_SAMPLE])))


def tells(value: Any) -> bool:  # noqa: ANN401 - any value of a mapping
    """Return whether somewhere in a value a known label has a score; one that is marked sensitive does not count."""
    if not isinstance(value, Mapping):
        pairs = as_pairs(value)
        if pairs is not None:
            return any(_is_told(str(label), number) for label, number in pairs)
        return isinstance(value, (list, tuple)) and any(tells(v) for v in value[:_SAMPLE] if is_nested(v))
    looked_at = [(str(k), v) for k, v in islice(value.items(), _MOST)]
    nested = [(name, v) for name, v in looked_at if is_nested(v)]
    if any(_is_told(name, v) for name, v in looked_at) or any(_opens(name) and tells(v) for name, v in nested):
        return True
    only = bool(nested) and all(is_nested(v) or field_of(name) is not None for name, v in looked_at)
    return is_table(value) or (only and any(tells(v) for _, v in nested))


def is_score(value: Any) -> bool:  # noqa: ANN401 - any value of a mapping
    """Return whether a value can be a score: a number, a number as text, or a likelihood's word."""
    if isinstance(value, str):
        word = value.strip().upper()
        if word in LIKELIHOODS:
            return True
        try:
            float(word.removesuffix("%"))
        except ValueError:
            return False
        return True
    return hasattr(value, "__float__")


def is_known(label: str) -> bool:
    """Return whether a label is one that leed knows, and is not marked sensitive."""
    concept = concepts().get(concept_of(label) or "")
    return concept is not None and not concept.sensitive


def _opens(name: str) -> bool:
    return name.casefold() in NAMES or fold(name) in WRAPPERS


def _is_told(name: str, value: Any) -> bool:  # noqa: ANN401 - any cell
    return (value is None or is_score(value)) and field_of(name) is None and is_known(name)


def _names_modality(plain: Mapping[Any, Any]) -> bool:
    return any(
        str(k).casefold() in NAMES and any(is_score(number) for _, number in as_pairs(v) or ())
        for k, v in plain.items()
        if is_nested(v)
    )


def _is_task(name: str, value: Any) -> bool:  # noqa: ANN401 - any value of a mapping
    """Whether a key and the labels under it are labels together."""
    labels = [str(label) for label, number in as_pairs(value) or () if not is_nested(number)]
    return any(match((f"{name}: {label}",))[0].taxonomy is not None for label in labels[:_SAMPLE])


# --- tables by column


def is_table(plain: Any) -> bool:  # noqa: ANN401 - whatever the input holds
    """Return whether this is a table by column, or with its cells apart from their names."""
    return isinstance(plain, Mapping) and (_is_split(plain) or _is_by_column(plain))


def table_in(plain: Any) -> Table | None:  # noqa: ANN401 - whatever the input holds
    """Return a table that stands by column, or with its cells apart from their names; None if it is none.

    >>> table = table_in({"columns": ["Joy"], "index": ["a.wav"], "data": [[0.5]]})
    >>> table and table.rows()
    {'a.wav': {'Joy': 0.5}}
    """
    if not is_table(plain):
        return None
    if not _is_split(plain):
        return Table(list(plain), columns=list(plain.values()))
    index = plain.get("index")
    if index is None or all(type(name) is int and name == i for i, name in enumerate(index)):
        return Table(plain["columns"], cells=plain["data"])
    names = [str(name) for name in index]
    twice = len({*names}) < len(names)
    return Table(plain["columns"], cells=plain["data"], index=None if twice else names, twice=twice)


def _is_split(plain: Mapping[Any, Any]) -> bool:
    """Whether names, cells and perhaps an index stand apart, as pandas' orientation "split" has them."""
    if not _SPLIT <= plain.keys() <= _SPLIT_OR_TIGHT:
        return False
    names, cells, index = plain["columns"], plain["data"], plain.get("index")
    if not (isinstance(names, (list, tuple)) and isinstance(cells, (list, tuple)) and names and cells):
        return False
    if index is not None and not (isinstance(index, (list, tuple)) and len(index) == len(cells)):
        return False
    if not all(isinstance(name, str) for name in names) or len({*names}) < len(names):
        return False
    rows = all(isinstance(row, (list, tuple)) and len(row) == len(names) for row in cells[:_SAMPLE])
    return rows and any(map(is_known, names))


def _is_by_column(plain: Mapping[Any, Any]) -> bool:
    """Whether columns stand below their names: one of the keys is a label, and the columns agree."""
    first = next(iter(plain.values()), None)
    if not (isinstance(first, (Mapping, list, tuple)) and first and any(is_known(str(key)) for key in plain)):
        return False
    columns = plain.values()
    if isinstance(first, Mapping):
        same = all(isinstance(column, Mapping) and column.keys() == first.keys() for column in columns)
        return same and not any(is_known(str(key)) for key in islice(first, _SAMPLE))
    return all(isinstance(c, (list, tuple)) and len(c) == len(first) and not is_nested(c) for c in columns)
