"""``python -m leed_evals``: the evaluations, a command each."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from leed.errors import LeedError
from leed_evals.adverbs import command as adverbs
from leed_evals.empathy import command as empathy
from leed_evals.faithful import command as faithful
from leed_evals.figures import command as figures
from leed_evals.table1 import command as table1

COMMANDS = (table1, figures, faithful, adverbs, empathy)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the exit status: 1 if a requirement is missed or nothing could be measured."""
    parser = argparse.ArgumentParser(prog="python -m leed_evals", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(commands)
    options = parser.parse_args(arguments)
    try:
        status: int = options.run(options)
    except LeedError as error:
        print(f"leed_evals: error: {error}", file=sys.stderr)
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
