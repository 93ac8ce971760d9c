"""``python -m leed_evals adverbs``: tells whether a chat model reads the adverbs of a scale in their order."""

from __future__ import annotations

import argparse
import json
import sys
from importlib import import_module

import leed
from leed.errors import OptionError
from leed.plugins import missing
from leed.scale import get_scale
from leed_evals.adverbs.items import ASKED_OF, LABELS, QUANTITIES, items_of, questions_of
from leed_evals.asking import options as asking
from leed_evals.asking.transcript import Transcript

FOLDER = "leed-adverbs"


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to a parser's."""
    parser = commands.add_parser("adverbs", help="does a chat model read the adverbs of a scale in their order?")
    asking.add_to(parser, FOLDER)
    parser.add_argument("--scale", help="a scale by name, or a file (the default scale)")
    parser.add_argument("--lang", default="en", help="the language of the sentences (en)")
    parser.add_argument("--quantity", default="intensity", choices=QUANTITIES, help="whose adverbs (intensity)")
    parser.add_argument("--label", action="append", metavar="LABEL", help=f"repeatable ({', '.join(LABELS)})")
    parser.add_argument("--modality", action="append", metavar="M", help=f"repeatable ({', '.join(ASKED_OF)})")
    parser.add_argument("--repeats", type=int, default=3, help="how often each sentence is rated (3)")
    parser.add_argument("--gap", type=float, default=2.0, help="points that tell two steps apart at least (2)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Ask, print the page, and write it with its figures, the answers and the scale that survives; return 0.

    Raises:
        LeedError: an option is not known, the endpoint failed, or no answer was a number.
        MissingPackageError: OpenAI's client or scikit-learn is not installed.
    """
    try:
        import_module("openai")
        import_module("scipy")
    except ModuleNotFoundError as error:
        extra = "openai" if error.name == "openai" else "ml"
        raise missing("asking about adverbs", error, extra=extra) from error
    from leed_evals.adverbs.reading import report_of  # noqa: PLC0415 - after the check above
    from leed_evals.asking.asker import ask, plan  # noqa: PLC0415 - as above
    from leed_evals.asking.order import shuffled  # noqa: PLC0415 - as above

    if options.repeats < 1:
        raise OptionError(f"--repeats is {options.repeats}; give a number from 1")
    scale, endpoint = get_scale(options.scale), asking.endpoint_of(options)
    labels, modalities = options.label or LABELS, options.modality or ASKED_OF
    items = items_of(scale, options.quantity, labels, modalities, options.lang)
    questions = questions_of(items, options.quantity, options.repeats)
    transcript = Transcript(options.out / "answers.jsonl")
    print(plan(questions, endpoint, transcript, "adverbs"), file=sys.stderr)
    if options.dry_run:
        return 0
    answers = shuffled(
        questions, options.seed, lambda asked: ask(asked, endpoint, transcript, concurrency=options.concurrency)
    )
    report, proposed = report_of(scale, options, items, answers)
    page = report.markdown()
    print(page)
    (options.out / "adverbs.md").write_text(page, encoding="utf-8")
    (options.out / "adverbs.json").write_text(report.json() + "\n", encoding="utf-8")
    (options.out / "scale.json").write_text(_json(proposed), encoding="utf-8")
    leed.Describer(scale=options.out / "scale.json", lang=options.lang)  # what is proposed can be loaded
    return 0


def _json(plain: object) -> str:
    return json.dumps(plain, indent=1, ensure_ascii=False) + "\n"
