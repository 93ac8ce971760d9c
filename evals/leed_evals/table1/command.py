"""``python -m leed_evals table1``: the paper's Table 1, for the corpora at hand or a table of your own."""

from __future__ import annotations

import argparse
import datetime as dt
import platform
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import leed
from leed.errors import InputError
from leed.plugins import missing
from leed_evals.faithful.command import SHARED
from leed_evals.faithful.report import Part, Report

if TYPE_CHECKING:
    from leed_evals.table1.corpora import Corpus
    from leed_evals.table1.measuring import Measured

FOLDER = "leed-table1"
EMBEDDERS = ("minilm", "lexical")


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to a parser's."""
    parser = commands.add_parser("table1", help="what classifiers tell from scores, from words, and from both")
    parser.add_argument("--data", type=Path, default=SHARED, help="the folder of real files (../shared/data)")
    parser.add_argument("--table", metavar="DATA", help="a table of your own, as leed fit takes it")
    parser.add_argument("--group", metavar="COLUMN", help="of who an item is of (group, speaker, ...)")
    parser.add_argument("--label", metavar="COLUMN", help="of what is to be told (label, emotion, ...)")
    parser.add_argument("--embedder", action="append", metavar="NAME", help=f"repeatable ({', '.join(EMBEDDERS)})")
    parser.add_argument(
        "--protocol", default="nested", choices=("nested", "paper"), help="paper is optimistic (nested)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of shuffled adverbs, and of the paper's split (0)")
    parser.add_argument("--cache", metavar="FILE", help="where vectors are kept for the next run (in DIR)")
    parser.add_argument("-o", "--out", type=Path, default=Path(FOLDER), metavar="DIR", help=f"({FOLDER})")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write the page there too, with a picture beside it")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure, print the page, write it with its figures and a plot; return 1 if a requirement is missed.

    Raises:
        LeedError: there is nothing to measure, or an embedder cannot be had.
        MissingPackageError: scikit-learn or matplotlib is not installed.
    """
    try:
        import_module("matplotlib")
        import_module("sklearn")
    except ModuleNotFoundError as error:
        raise missing("the table", error, extra="plots" if error.name == "matplotlib" else "ml") from error
    from leed.embed import get_embedder  # noqa: PLC0415 - after the check above
    from leed_evals.table1.measuring import measure  # noqa: PLC0415 - as above
    from leed_evals.table1.plot import plot  # noqa: PLC0415 - as above

    corpora, absent = _corpora(options)
    options.out.mkdir(parents=True, exist_ok=True)
    cache = options.cache or options.out / "vectors.sqlite"
    embedders = [get_embedder(name, cache=cache, progress=True) for name in options.embedder or EMBEDDERS]
    measured = [
        measure(corpus, embedder, protocol=options.protocol, seed=options.seed)
        for corpus in corpora
        for embedder in embedders
    ]
    report = report_of(measured, options, absent)
    page = report.markdown()
    print(page)
    (options.out / "table1.md").write_text(page, encoding="utf-8")
    (options.out / "table1.json").write_text(report.json() + "\n", encoding="utf-8")
    plot(measured, options.out / "table1", title=report.title)
    if options.page:
        plot(measured, options.page, title=report.title, kinds=("png",))
        picture = f"\n![UAR of each row, with its interval]({options.page.with_suffix('.png').name})\n"
        options.page.write_text(page + picture, encoding="utf-8")
    missed = [
        f"{requirement.name} ({requirement.note})" for requirement in report.requirements if not requirement.holds
    ]
    if missed:
        print(f"leed_evals: missed: {'; '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


def report_of(measured: Sequence[Measured], options: argparse.Namespace, absent: Sequence[str]) -> Report:
    """Return the page of what was measured."""
    from leed_evals.table1.reading import NOT, NOTE, lost_and_found, part_of  # noqa: PLC0415 - NumPy

    nested = options.protocol == "nested"
    parts = [
        *([Part("How it is measured", NOTE, skipped=tuple(absent))] if nested else []),
        *(part_of(one, protocol=options.protocol) for one in measured),
        *([lost_and_found(measured)] if nested else []),
        *([Part("What this is not", NOT)] if options.table is None else []),
    ]
    title = "What classifiers tell from scores and from words" + ("" if nested else ", optimistic")
    return Report(title, _about(options), tuple(parts))


def _corpora(options: argparse.Namespace) -> tuple[list[Corpus], list[str]]:
    from leed_evals.table1.corpora import shared_corpora, table_corpus  # noqa: PLC0415 - NumPy

    if options.table is not None:
        corpus, odd = table_corpus(options.table, group=options.group, label=options.label)
        return [corpus], odd
    corpora, absent = shared_corpora(options.data)
    if not corpora:
        raise InputError(f"{options.data} has nothing to measure: {'; '.join(absent)}; or give --table")
    return corpora, absent


def _about(options: argparse.Namespace) -> tuple[str, ...]:
    command = f"python -m leed_evals table1 --protocol {options.protocol} --seed {options.seed}"
    embedders = ", ".join(options.embedder or EMBEDDERS)
    what = options.table if options.table is not None else options.data
    return (
        f"command: `{command}` on {what}, {dt.datetime.now(tz=dt.UTC).date()}",
        f"leed {leed.__version__}, {leed.Describer().fingerprint}; embedders: {embedders}",
        f"Python {platform.python_version()}, NumPy {version('numpy')}, scikit-learn {version('scikit-learn')}",
    )
