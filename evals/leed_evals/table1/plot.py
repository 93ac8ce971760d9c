"""The table as a picture: UAR of each row in each view, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from leed_evals.figures.drawing import COLOURS, MARKERS
from leed_evals.table1.measuring import Measured

_UNDATED = {"png": {"Software": None}, "svg": {"Date": None}}


def plot(measured: Sequence[Measured], path: Path, *, title: str, kinds: Sequence[str] = ("png", "svg")) -> None:
    """Write a panel for each corpus and embedder to files of that name, one of each kind."""
    with mpl.rc_context({"svg.hashsalt": "leed", "svg.fonttype": "none", "font.size": 9}):
        tallest = max(len(one.rows) for one in measured)
        figure = Figure(figsize=(1.8 + 3.6 * len(measured), 1.2 + 0.36 * tallest), layout="constrained", dpi=150)
        panels = figure.subplots(1, len(measured), squeeze=False, sharey=True)[0]
        rows = list(dict.fromkeys(row for one in measured for row in one.rows))
        for axes, one in zip(panels, measured, strict=True):
            _panel(axes, one, rows)
        figure.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
        handles, names = panels[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", ncols=len(names), frameon=False)
        for kind in kinds:
            figure.savefig(path.with_suffix(f".{kind}"), metadata=_UNDATED[kind])


def _panel(axes: Axes, one: Measured, rows: Sequence[str]) -> None:
    views = list(one.corpus.views)
    for i, view in enumerate(views):
        heights, values, low, high = [], [], [], []
        for j, row in enumerate(rows):
            if (row, view) in one.predicted:
                found = one.uar(row, view)
                heights.append(len(rows) - 1 - j + 0.22 * (len(views) / 2 - 0.5 - i))
                values.append(found.value)
                low.append(found.value - found.low)
                high.append(found.high - found.value)
        axes.errorbar(
            values,
            heights,
            xerr=[low, high],
            fmt=MARKERS[i],
            color=COLOURS[i],
            markersize=5,
            elinewidth=1,
            label=view,
        )
    chance = 1 / len(set(one.corpus.labels.tolist()))
    axes.axvline(chance, color="#999999", linewidth=0.8, linestyle=":")
    axes.set_yticks(range(len(rows)), list(rows)[::-1])
    axes.grid(axis="x", color="#EEEEEE")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlabel("UAR (dotted: chance)")
    groups = len(set(one.corpus.groups[one.tested].tolist()))
    axes.set_title(f"{one.corpus.name}, {one.embedder}\n{len(one.tested):,} items, {groups} speakers", fontsize=9)
