"""``python -m leed_evals faithful``: measures whether the words are faithful, and says what does not hold."""

from __future__ import annotations

import argparse
import datetime as dt
import platform
import sys
from importlib.metadata import version
from pathlib import Path

import leed
from leed.calibration import get_calibration
from leed.errors import InputError
from leed.plugins import missing
from leed_evals.faithful.report import Part, Report

SHARED = Path("../shared/data")
COMMAND = "python -m leed_evals faithful"

ORDER = Part(
    "Order",
    "A higher score never gives a weaker adverb and never un-names a label, calibrated or not: that is a property, and "
    "is tested on generated scores (test_a_higher_score_never_gives_a_weaker_adverb... in "
    "tests/test_describer_properties.py and tests/test_calibration.py) rather than measured here.",
)


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to a parser's."""
    parser = commands.add_parser(
        "faithful", help="what the words keep of the scores, how varied and how steady they are"
    )
    parser.add_argument("--data", type=Path, default=SHARED, help="the folder of real files (../shared/data)")
    parser.add_argument("-o", "--out", type=Path, help="write the page there too, as Markdown")
    parser.add_argument("--json", action="store_true", help="print plain data instead of tables")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure, print and write; return the exit status: 1 if a requirement is missed."""
    report = measured(options.data)
    page = report.markdown()
    print(report.json() if options.json else page)
    if options.out:
        options.out.write_text(page, encoding="utf-8")
    missed = [requirement.name for requirement in report.requirements if not requirement.holds]
    if missed:
        print(f"leed_evals: missed: {'; '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


def measured(data: Path) -> Report:
    """Return everything that was measured on a folder of real files.

    Raises:
        InputError: there is nothing to measure in the folder.
        MissingPackageError: scikit-learn is not installed.
    """
    try:
        learner = version("scikit-learn")
    except ModuleNotFoundError as error:
        error.name = "scikit-learn"
        raise missing("measuring information", error, extra="ml") from error
    from leed_evals.faithful.comparison import information_part  # noqa: PLC0415 - after the check above
    from leed_evals.faithful.recordings import hume_recordings  # noqa: PLC0415 - after the check above
    from leed_evals.faithful.steadiness import steadiness_part  # noqa: PLC0415 - after the check above
    from leed_evals.faithful.variety import variety_part  # noqa: PLC0415 - after the check above

    recordings, absent = hume_recordings(data)
    parts = (
        information_part(data),
        variety_part(recordings, absent),
        steadiness_part(recordings, absent),
        ORDER,
    )
    if not any(part.tables for part in parts):
        raise InputError(f"{data} has nothing to measure: give the folder with cremad, ravdess and hume as --data")
    about = (
        f"command: `{COMMAND}` on {data}, {dt.datetime.now(tz=dt.UTC).date()}",
        f"leed {leed.__version__}, {leed.Describer().fingerprint}; calibration {get_calibration()}",
        f"Python {platform.python_version()}, NumPy {version('numpy')}, scikit-learn {learner}",
    )
    return Report("Are the words faithful?", about, parts)
