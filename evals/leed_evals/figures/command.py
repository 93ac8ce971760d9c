"""``python -m leed_evals figures``: the figures of the LEED paper, of any recordings."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from itertools import combinations
from pathlib import Path
from typing import Any

from leed.errors import InputError, OptionError
from leed.plugins import missing

FOLDER = "leed-figures"


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to a parser's."""
    parser = commands.add_parser("figures", help="the paper's figures, of any recordings")
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help='recordings; "face=scores.csv" for a table that does not tell'
    )
    parser.add_argument("-o", "--out", type=Path, default=Path(FOLDER), metavar="DIR", help=f"({FOLDER})")
    parser.add_argument("--label-column", metavar="COLUMN", help="the column of a text table with each row's class")
    parser.add_argument("--top", type=int, default=10, help="how many labels a ridge plot shows (10)")
    parser.add_argument("--seed", type=int, default=0, help="of t-SNE, and of which rows it draws (0)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Draw what can be drawn, print the files that were written, say what was left out and why; return 0.

    Raises:
        LeedError: there is nothing to draw in what was given.
        MissingPackageError: matplotlib or scikit-learn is not installed.
    """
    try:
        import_module("matplotlib")
        import_module("sklearn")
    except ModuleNotFoundError as error:
        raise missing("drawing figures", error, extra="plots" if error.name == "matplotlib" else "ml") from error
    from leed_evals.figures.between import between  # noqa: PLC0415 - after the check above
    from leed_evals.figures.classes import by_class  # noqa: PLC0415 - as above
    from leed_evals.figures.correlation import correlation  # noqa: PLC0415 - as above
    from leed_evals.figures.gathering import gathered  # noqa: PLC0415 - as above
    from leed_evals.figures.ridge import ridge  # noqa: PLC0415 - as above

    if options.top < 1:
        raise OptionError(f"--top is {options.top}; give a number from 1")
    found, notes = gathered(options.files, options.label_column)
    for note in notes:
        print(f"leed_evals: {note}", file=sys.stderr)
    drawn = _Drawn(options.out)
    for scores in found:
        drawn.add(f"ridge-{scores.called}", partial(ridge, scores, options.top), "")
        drawn.add(f"correlation-{scores.called}", partial(correlation, scores), "fewer than two labels vary")
        if options.label_column:
            few = "fewer than 10 rows have a class"
            drawn.add(f"tsne-{scores.called}", partial(by_class, scores, options.seed), few)
    for first, second in combinations(found, 2):
        few = "no label of both over at least 5 stretches that overlap in time"
        drawn.add(f"between-{first.called}-{second.called}", partial(between, first, second), few)
    if not options.label_column:
        print("leed_evals: no t-SNE: no classes are known without --label-column", file=sys.stderr)
    if len(found) == 1:
        print("leed_evals: no correlation between modalities: there is one", file=sys.stderr)
    return 0


class _Drawn:
    """The figures in a folder, as they are written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder}: figures cannot be written there: {error.strerror or error}") from error

    def add(self, name: str, draw: Callable[[], Any], without: str) -> None:
        """Draw a figure and write it, or say why there is none."""
        from leed_evals.figures.drawing import write  # noqa: PLC0415 - after the check in run

        made = draw()
        if made is None:
            print(f"leed_evals: no {name}: {without}", file=sys.stderr)
            return
        figure, numbers = made
        for path in write(figure, numbers, self.folder, name):
            print(path)
