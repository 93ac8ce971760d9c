"""Tables and requirements, shown as Markdown, which reads well on a terminal too, or as plain data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from math import isfinite, isnan
from typing import Any

Cell = object
"""A float is shown with two decimals, None as a dash, anything else by its own str."""


@dataclass(frozen=True)
class Requirement:
    """What was measured, against what is required.

    Attributes:
        value: the figure; NaN where it could not be measured, which does not hold.
        bound: what it has to reach, or, where less is better, what it may be at most.
        note: where it was measured.
    """

    name: str
    value: float
    bound: float
    more_is_better: bool = True
    note: str = ""

    @property
    def holds(self) -> bool:
        """Whether the requirement is met."""
        return self.value >= self.bound if self.more_is_better else self.value <= self.bound

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The requirement as a row of a table."""
        sign = ">=" if self.more_is_better else "<="
        verdict = "holds" if self.holds else "MISSED"
        value = "–" if isnan(self.value) else f"{self.value:.3f}"
        return self.name, value, f"{sign} {self.bound:.3g}", verdict, self.note


@dataclass(frozen=True)
class Table:
    """Rows of figures with a title and a note of what they are."""

    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def markdown(self, under: str = "") -> str:
        """Return the table with its note, and its title unless that is the one it stands under."""
        title = f"### {self.title}\n\n" if self.title != under else ""
        note = f"{self.note}\n\n" if self.note else ""
        return f"{title}{note}{grid(self.columns, self.rows)}\n"


@dataclass(frozen=True)
class Part:
    """One of the questions that are asked, and what came out.

    Attributes:
        skipped: what was left out, and why.
    """

    title: str
    note: str
    tables: tuple[Table, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    skipped: tuple[str, ...] = ()

    def markdown(self) -> str:
        """Return the part as a section."""
        left_out = "".join(f"- left out: {what}\n" for what in self.skipped)
        told = filter(None, [self.note, left_out, *(table.markdown(self.title) for table in self.tables)])
        return f"## {self.title}\n\n" + "\n".join(text if text.endswith("\n") else f"{text}\n" for text in told)


@dataclass(frozen=True)
class Report:
    """Everything that was measured.

    Attributes:
        about: what the figures were made with: command, date, versions.
    """

    title: str
    about: tuple[str, ...]
    parts: tuple[Part, ...] = field(default=())

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """The requirements of all parts."""
        return tuple(requirement for part in self.parts for requirement in part.requirements)

    @property
    def holds(self) -> bool:
        """Whether every requirement is met."""
        return all(requirement.holds for requirement in self.requirements)

    def markdown(self) -> str:
        """Return the report as a page."""
        about = "".join(f"- {line}\n" for line in self.about)
        return "\n".join([f"# {self.title}\n", about, *self._verdicts(), *(p.markdown() for p in self.parts)])

    def _verdicts(self) -> list[str]:
        if not self.requirements:
            return []
        columns = ("requirement", "measured", "required", "verdict", "where it is closest")
        return ["## What must hold\n", f"{grid(columns, [r.cells for r in self.requirements])}\n"]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, with the verdict of each requirement."""
        plain = asdict(self)
        for part, shown in zip(self.parts, plain["parts"], strict=True):
            for requirement, row in zip(part.requirements, shown["requirements"], strict=True):
                row["holds"] = requirement.holds
        return {**plain, "holds": self.holds}

    def json(self) -> str:
        """Return the plain data as JSON, with null for what is no finite number."""
        return json.dumps(finite(self.to_dict()), indent=1, ensure_ascii=False)


def grid(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a Markdown table with columns of even width, numbers to the right.

    >>> print(grid(("what", "bits"), [("words", 0.5), ("noise", None)]))
    | what  | bits |
    | ----- | ---: |
    | words | 0.50 |
    | noise |    – |
    """
    rows = [tuple(row) for row in rows]
    texts = [[_shown(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [list(columns), *texts]) for i in range(len(columns))]
    numeric = [all(isinstance(row[i], (int, float, type(None))) for row in rows) for i in range(len(columns))]

    def line(cells: Sequence[str]) -> str:
        padded = (c.rjust(w) if right else c.ljust(w) for c, w, right in zip(cells, widths, numeric, strict=True))
        return f"| {' | '.join(padded)} |"

    rule = ["-" * (width - 1) + ":" if right else "-" * width for width, right in zip(widths, numeric, strict=True)]
    return "\n".join([line(columns), line(rule), *(line(row) for row in texts)])


def finite(plain: object) -> object:
    """Return plain data with null for NaN and infinity, which JSON does not have.

    >>> finite({"a": (1.5, float("nan"))})
    {'a': [1.5, None]}
    """
    if isinstance(plain, float) and not isfinite(plain):
        return None
    if isinstance(plain, dict):
        return {key: finite(value) for key, value in plain.items()}
    return [finite(value) for value in plain] if isinstance(plain, (list, tuple)) else plain


def _shown(cell: Cell) -> str:
    if cell is None:
        return "–"
    return (f"{cell:.2f}" if isinstance(cell, float) else str(cell)).replace("|", "/")
