"""How figures look, and how they are written: PNG, SVG, and their numbers as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from leed_evals.faithful.report import finite

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#7F7F7F", "#000000", "#F0E442")
"""Okabe and Ito's palette, which people with any colour vision tell apart, and a grey."""
MARKERS = "osD^vPX<>"
DIVERGING = "RdBu_r"
_SETTINGS: Any = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 9,
    "svg.fonttype": "none",
    "svg.hashsalt": "leed",
    "figure.dpi": 150,
}


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """Return an empty figure of so many inches, and its axes."""
    with mpl.rc_context(_SETTINGS):
        figure = Figure(figsize=(width, height), layout="constrained")
        return figure, figure.add_subplot()


def titled(axes: Axes, title: str, note: str) -> None:
    """Give axes a title in bold, and below it a line of what is seen."""
    axes.set_title(f"{title}\n", fontweight="bold", fontsize=11, loc="left")
    axes.annotate(
        note, (0, 1), (0, 5), xycoords="axes fraction", textcoords="offset points", fontsize=8, color="#444444"
    )


def write(figure: Figure, numbers: Mapping[str, Any], folder: Path, name: str) -> list[Path]:
    """Write a figure as PNG and SVG, and its numbers as JSON; return the paths."""
    paths = [folder / f"{name}.{kind}" for kind in ("png", "svg", "json")]
    with mpl.rc_context(_SETTINGS):
        figure.savefig(paths[0], metadata={"Software": None})
        figure.savefig(paths[1], metadata={"Date": None})
    paths[2].write_text(json.dumps(finite(dict(numbers)), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return paths
