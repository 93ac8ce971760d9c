"""``python -m leed_evals empathy``: whether replies fit better how somebody came across when leed tells the model."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from leed.plugins import missing
from leed.prompts import POLICIES
from leed_evals.asking import options as asking
from leed_evals.asking.endpoint import KEY, Endpoint
from leed_evals.asking.questions import Answer
from leed_evals.asking.transcript import Transcript

FOLDER = "leed-empathy"
JUDGE_KEY = "JUDGE_API_KEY"


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to a parser's."""
    parser = commands.add_parser("empathy", help="do replies fit better how somebody came across with leed?")
    asking.add_to(parser, FOLDER)
    parser.add_argument("--judge", help="the judge's model (the same model, which may like its own words)")
    parser.add_argument("--judge-base-url", help=f"the judge's endpoint (the same); its key is in {JUDGE_KEY}")
    parser.add_argument("--cases", type=Path, metavar="FILE", help="dialogues of your own, as YAML")
    parser.add_argument("--policy", default="subtle", choices=POLICIES, help="what the model is told of notes (subtle)")
    parser.add_argument("--all-pairs", action="store_true", help="judge all pairs, not only those with leed")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Have the dialogues answered and judged, print the page and write it with its figures and transcript; return 0.

    Raises:
        LeedError: an option is not known, the cases are not as they should be, or an endpoint failed.
        MissingPackageError: OpenAI's client, PyYAML or NumPy is not installed.
    """
    try:
        import_module("openai")
        import_module("yaml")
    except ModuleNotFoundError as error:
        raise missing("judging replies", error, extra="evals") from error
    from leed_evals.asking.asker import ask, plan  # noqa: PLC0415 - after the check above
    from leed_evals.asking.order import shuffled  # noqa: PLC0415 - as above
    from leed_evals.empathy.cases import others, read_cases  # noqa: PLC0415 - as above
    from leed_evals.empathy.conditions import CONDITIONS, replies_wanted  # noqa: PLC0415 - as above
    from leed_evals.empathy.reading import report_of  # noqa: PLC0415 - as above
    from leed_evals.empathy.verdicts import ALL_PAIRS, LEED_PAIRS, judgements_wanted  # noqa: PLC0415 - as above

    cases = read_cases(options.cases)
    endpoint = asking.endpoint_of(options)
    judge = judge_of(options, endpoint)
    pairs = ALL_PAIRS if options.all_pairs else LEED_PAIRS
    transcript = Transcript(options.out / "transcript.jsonl")
    wanted = replies_wanted(cases, others(cases), options.policy)
    print(plan(wanted, endpoint, transcript, "replies"), file=sys.stderr)
    total = 2 * len(pairs) * len(cases)
    print(f"verdicts: {total} calls of {judge.model}, each with two replies", file=sys.stderr)
    if options.dry_run:
        return 0
    replies = shuffled(
        wanted, options.seed, lambda asked: ask(asked, endpoint, transcript, concurrency=options.concurrency)
    )
    texts = _texts([(str(q.about["case"]), str(q.about["condition"])) for q in wanted], replies)
    judging = judgements_wanted(cases, texts, pairs)
    print(plan(judging, judge, transcript, "verdicts"), file=sys.stderr)
    judged = shuffled(
        judging, options.seed, lambda asked: ask(asked, judge, transcript, concurrency=options.concurrency)
    )
    about = (
        f"model: {endpoint.model}; judge: {judge.model}; policy: {options.policy}",
        f"{len(cases)} cases, told in {len(CONDITIONS)} ways; {len(judged)} verdicts",
        f"transcript: {transcript.path}",
    )
    report = report_of(cases, pairs, replies, judged, about, options.seed)
    page = report.markdown()
    print(page)
    (options.out / "empathy.md").write_text(page, encoding="utf-8")
    (options.out / "empathy.json").write_text(report.json() + "\n", encoding="utf-8")
    return 0


def judge_of(options: argparse.Namespace, endpoint: Endpoint) -> Endpoint:
    """Return the judge's endpoint; the model's own key goes to another address only if it is given for it."""
    if options.judge_base_url is None:
        return replace(endpoint, model=options.judge or endpoint.model)
    key_name = KEY if options.judge_base_url == options.base_url else JUDGE_KEY
    return replace(endpoint, model=options.judge or endpoint.model, base_url=options.judge_base_url, key_name=key_name)


def _texts(names: Sequence[tuple[str, str]], replies: Sequence[Answer]) -> dict[tuple[str, str], str]:
    return {name: reply.text for name, reply in zip(names, replies, strict=True)}
