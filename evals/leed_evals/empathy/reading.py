"""Which replies are preferred: the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from math import isnan

import numpy as np

import leed
from leed.errors import InputError
from leed_evals.asking.questions import Answer
from leed_evals.empathy.cases import Case
from leed_evals.empathy.conditions import CONDITIONS
from leed_evals.empathy.verdicts import RESAMPLES, Pair, Verdicts, first_position, verdicts_of
from leed_evals.faithful.report import Part, Report, Table

NOTE = (
    "The same dialogues are answered with LEED, with the raw numbers in its place, with the LEED of another case, and "
    "without anything. A judge reads the dialogue, how the last message came across in words that are not leed's, and "
    "two replies, in both orders. A reply that wins in one order and loses in the other has won nothing. The win rate "
    f"counts a tie as half a win; its 95 % interval is that of {RESAMPLES} resamples of the cases. A preference is "
    "reported where the interval leaves out 0.5. What a judge prefers need not be what people prefer."
)


def report_of(
    cases: Sequence[Case],
    pairs: Sequence[Pair],
    replies: Sequence[Answer],
    judged: Sequence[Answer],
    about: Sequence[str],
    seed: int,
) -> Report:
    """Return the page.

    Raises:
        InputError: the judge gave no verdict at all.
    """
    verdicts, shares = verdicts_of(cases, pairs, judged, seed)
    if np.isnan(shares).all():
        raise InputError(
            f"none of {len(judged)} answers of the judge is A, B or tie; the first is {judged[0].text[:80]!r}: "
            "take a judge that follows instructions"
        )
    position, decided = first_position(verdicts)
    odd = [
        *_counted(sum(not reply.text.strip() for reply in replies), "replies are empty"),
        *_counted(int(np.isnan(shares).sum()), f"of {shares.size} verdicts are not A, B or tie, and not counted"),
        *_counted(sum(answer.refused is not None for answer in (*replies, *judged)), "questions were refused"),
    ]
    lines = (
        *about,
        f"leed {leed.__version__}, {leed.Describer().fingerprint}; prompt judge.v1",
        f"made on {dt.datetime.now(tz=dt.UTC).date()}",
        _bias(position, decided, shares),
        *odd,
    )
    tables = (_pairs(verdicts), _lengths(cases, replies), _by_case(cases, verdicts))
    return Report("Do replies fit better with LEED?", lines, (Part("Preferences", NOTE, tables),))


def _counted(n: int, what: str) -> list[str]:
    return [f"{n} {what}"] if n else []


def _bias(position: float, decided: int, shares: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> str:
    ties = int((shares == 0.5).sum())  # noqa: PLR2004 - a tie
    if isnan(position):
        return f"position: no verdict but {ties} ties"
    return f"position: the reply that stood first was chosen in {position:.2f} of {decided} verdicts; {ties} ties"


def _pairs(verdicts: Sequence[Verdicts]) -> Table:
    rows = []
    for found in verdicts:
        rate, low, high = found.rate
        shown = "–" if isnan(rate) else f"{rate:.2f} ({low:.2f} to {high:.2f})"
        rows.append((" over ".join(found.pair), shown, *found.outcomes, len(found.won), found.preferred))
    columns = ("pair", "win rate", "won", "even", "lost", "cases", "preferred")
    return Table("By pair", "", columns, tuple(rows))


def _lengths(cases: Sequence[Case], replies: Sequence[Answer]) -> Table:
    words = np.array([len(reply.text.split()) for reply in replies]).reshape(len(cases), len(CONDITIONS))
    rows = tuple((condition, float(words[:, i].mean())) for i, condition in enumerate(CONDITIONS))
    return Table("Length", "Judges like length: compare.", ("told", "words of a reply"), rows)


def _by_case(cases: Sequence[Case], verdicts: Sequence[Verdicts]) -> Table:
    rows = []
    for i, case in enumerate(cases):
        won = [(found.shares[i, 0] + 1 - found.shares[i, 1]) / 2 for found in verdicts]
        rows.append((case.name, *(None if isnan(share) else float(share) for share in won)))
    columns = ("case", *(" over ".join(found.pair) for found in verdicts))
    return Table("By case", "What the first of each pair won, over both orders.", columns, tuple(rows))
