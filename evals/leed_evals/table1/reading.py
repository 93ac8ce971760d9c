"""The table, and what has to hold in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from leed_evals.faithful.information import RESAMPLES, Estimate
from leed_evals.faithful.report import Part, Requirement, Table
from leed_evals.table1.contenders import BARE, EARLY, LATE, LEED, NUMBERS, PER_FRAME, PROMPTS, RAW, SHUFFLED, WITH_RAW
from leed_evals.table1.learning import COMPONENTS, FEWER, INNER, MANY, OUTER
from leed_evals.table1.measuring import Measured

LOST = -0.03
"""What words may cost, in UAR: the lower end of the interval."""

NOTE = (
    "UAR, unweighted average recall, of a linear SVM, with the 95 % interval of "
    f"{RESAMPLES} resamples of the speakers; *over raw* is the difference to the raw scores on the same items and "
    "speakers. Each speaker is tested on once, by a classifier that never met them "
    f"({OUTER} folds by speaker, {FEWER} of more than {MANY:,} items); C, and how vectors are scaled, is chosen by "
    f"{INNER} folds of the speakers inside each training part. Vectors of sentences are scaled and turned to their "
    f"{COMPONENTS} strongest principal components. For features every label above the scale's floor is named with its "
    "adverb, and probabilities are read as amounts, as in the paper; *worded as in prompts* is what a chat model would "
    "read: of exclusive classes the likeliest, three labels at most. Early and late are the paper's names, the reverse "
    "of common use: *early* puts the vectors of the modalities side by side, *late* joins their sentences and embeds "
    "the text. *Shuffled adverbs* puts any adverb in the place of each."
)
OPTIMISTIC = (
    "**Optimistic**: the paper's protocol. Twenty speakers (or all but four) are trained on, four others tested on, "
    "and the best C is that of the test set itself. The figures are upper ends, for comparison with the paper only, "
    "and nothing is required of them. UAR with the 95 % interval of "
    f"{RESAMPLES} resamples of the four speakers."
)
NOT = (
    "It is not the paper's table. The scores of RAVDESS voices come from a model that was fine-tuned on "
    "RAVDESS (on other actors), so that they are nearer to the labels than those of any general model; the scores of "
    "CREMA-D are shares of human raters, not of a model. Actors play what they were asked to, and labels are that, not "
    "what anybody felt. The paper's scale, bounds and classifier settings are not published, its scores are of 48 or "
    "more expressions, and its embedder was another one. There are no frames in these corpora, so that LEED per frame, "
    "the paper's best row, cannot be measured on them."
)


def part_of(measured: Measured, *, protocol: str = "nested") -> Part:
    """Return the tables of a corpus, and what has to hold; of the paper's protocol nothing has to."""
    nested = protocol == "nested"
    corpus = measured.corpus
    groups = len(np.unique(corpus.groups[measured.tested]))
    size = (
        f"{len(measured.tested):,} items of {groups} speakers, {len(np.unique(corpus.labels))} classes. {corpus.told}"
    )
    tables = [
        Table(f"{corpus.name}, {measured.embedder}", size, _columns(measured), tuple(_rows(measured))),
        *(_people(measured, column) for column in (corpus.people if nested else ())),
    ]
    requirements = requirements_of(measured) if nested else []
    return Part(f"{corpus.name}, {measured.embedder}", "" if nested else OPTIMISTIC, tuple(tables), tuple(requirements))


def _columns(measured: Measured) -> tuple[str, ...]:
    views = [name for view in measured.corpus.views for name in (f"{view}: UAR", f"{view}: over raw")]
    return ("what is seen", *views, "numbers")


def _rows(measured: Measured) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for row in measured.rows:
        cells: list[object] = [row]
        dims = []
        for view in measured.corpus.views:
            there = (row, view) in measured.predicted
            cells += [
                measured.uar(row, view) if there else None,
                measured.over(row, view) if there and row != RAW else None,
            ]
            dims += [str(measured.dims[row, view])] if there else []
        rows.append((*cells, ", ".join(dict.fromkeys(dims))))
        if row == measured.leed(next(iter(measured.corpus.views))) and not measured.corpus.stepped:
            nothing = (None,) * (2 * len(measured.corpus.views) - 1)
            rows.append((PER_FRAME, "no frames", *nothing, ""))
    return rows


def _people(measured: Measured, column: str) -> Table:
    """How well it goes for whom, with the scores and with LEED."""
    corpus = measured.corpus
    kinds = corpus.people[column]
    rows = []
    for kind in sorted(set(kinds.values())):
        among = np.array([kinds.get(group) == kind for group in corpus.groups.tolist()])
        people = len(np.unique(corpus.groups[among]))
        row: list[object] = [kind, people]
        for view in corpus.views:
            raw, leed = (measured.hits(name, view, among) for name in (RAW, measured.leed(view)))
            row += [raw.uar, leed.uar]
        rows.append(tuple(row))
    columns = [name for view in corpus.views for name in (f"{view}: raw", f"{view}: LEED")]
    note = "UAR on the speakers of each kind; intervals over few speakers are themselves uncertain."
    return Table(f"{corpus.name}, {measured.embedder}, by {column}", note, (column, "speakers", *columns), tuple(rows))


def requirements_of(measured: Measured) -> list[Requirement]:
    """Return what has to hold of a corpus and an embedder."""
    place = f"{measured.corpus.name}, {measured.embedder}"
    views = list(measured.corpus.views)
    single = [view for view, seen in measured.corpus.views.items() if len(seen) == 1]
    found = [
        Requirement("LEED over raw, lower end", _leed_over_raw(measured, view).low, LOST, note=f"{place}, {view}")
        for view in single
    ]
    if len(views) > len(single) and measured.corpus.name == "CREMA-D":
        found += [
            Requirement(
                f"LEED of both over {view} alone, lower end",
                measured.over(EARLY, views[-1], measured.leed(view), view).low,
                0,
                note=place,
            )
            for view in single
        ]
    return found + [
        Requirement("raw + LEED over raw, upper end", measured.over(WITH_RAW, view).high, 0, note=f"{place}, {view}")
        for view in views
    ]


def _leed_over_raw(measured: Measured, view: str) -> Estimate:
    return measured.over(measured.leed(view), view)


def lost_and_found(measured: Sequence[Measured]) -> Part:
    """Return where information is lost on the way from scores to words, by how much UAR."""
    rows = [
        (f"{one.corpus.name}, {one.embedder}, {view}", *_lost(one, view, single=len(seen) == 1))
        for one in measured
        for view, seen in one.corpus.views.items()
    ]
    columns = (
        "where",
        "LEED over prompts' words",
        "over no adverbs",
        "over shuffled",
        "over numbers as text",
        "late over early",
    )
    note = (
        "Differences in UAR with their 95 % intervals. What prompts leave out, the labels that are not the likeliest, "
        "is what classifiers miss most; that is why features name all of them."
    )
    return Part("What is lost, and where", "", (Table("Differences", note, columns, tuple(rows)),))


def _lost(one: Measured, view: str, *, single: bool) -> tuple[Estimate | None, ...]:
    if not single:
        return (None,) * 4 + (one.over(LATE, view, EARLY),)
    return (*(one.over(LEED, view, other) for other in (PROMPTS, BARE, SHUFFLED, NUMBERS)), None)
