"""Which wordings are compared on labelled scores, and what has to hold between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import leed
from leed import scale
from leed_evals.faithful.information import (
    FOLDS,
    RESAMPLES,
    SEED,
    Bits,
    Estimate,
    calibrated,
    gain,
    labels,
    labels_in_order,
    mean,
    raw,
    worded,
    words,
)
from leed_evals.faithful.labelled import MODALITIES, READERS, Labelled
from leed_evals.faithful.report import Part, Requirement, Table
from leed_evals.faithful.ways import Describe, described

DEFAULT = scale.DEFAULT
PUBLISHED = "hume-2023"

RAW = "raw scores"
ORDERED = "labels in their order, no adverbs"
BARE = "labels, no adverbs"
SHUFFLED = "emotions shuffled"
UNGATED = "not calibrated"
CALM = "usual: others' neutral clips"
ALL = "usual: all of others' clips"

NOISE = 0.02
"""What shuffled emotions may gain, in bits: a hundredth of what six to eight classes hold."""
NEGLIGIBLE = 0.01
"""A difference of less, in bits, is none, however sure it is."""
_NEUTRAL = ("NEU", "neutral", "calm")

NOTE = (
    "How many bits about the acted emotion a model draws from what is said, for actors that it never met: the log-loss "
    f"that it saves over the classes' frequencies on held-out rows ({FOLDS} folds by actor), with the 95 % interval of "
    f"{RESAMPLES} resamples of the actors. The model is a multinomial logistic regression with an L2 penalty whose "
    "strength is chosen inside each training part, where actors are left out in turn too. Of words it sees which "
    "labels are named, and each with which adverb, or the sentence where none is named; of raw scores, the scores and "
    "their logarithms. Six classes hold 2.6 bits, eight hold 3."
)
_GATE_NOTE = (
    "What a calibration costs. leed gates full sets of states, such as Hume's 48 labels; the corpora's own label sets "
    "have a neutral class, and are not gated. So these are the intensities under Hume's names without the neutral "
    "class, behind a gate that was fitted on other actors: on their neutral clips, as of people who do not act, or "
    "on all of their clips, of which most are acted emotions, so that the 90th percentile hides half of them."
)


@dataclass(frozen=True, eq=False)
class Comparison:
    """What each contender gains on the same rows."""

    labelled: Labelled
    bits: Mapping[str, Bits]

    @property
    def place(self) -> str:
        """The scores and the modality, in words."""
        return f"{self.labelled.name}, {MODALITIES[self.labelled.modality]}"

    def estimate(self, name: str) -> Estimate:
        """Return a contender's gain."""
        return mean(self.bits[name], self.labelled.speakers)

    def difference(self, name: str, other: str) -> Estimate:
        """Return by how much a contender gains more than another one on the same rows."""
        return mean(self.bits[name] - self.bits[other], self.labelled.speakers)


def wordings(labelled: Labelled, describers: Mapping[str, Describe] | None = None) -> Comparison:
    """Return what raw scores, words, labels without adverbs, and words about shuffled emotions gain.

    Args:
        labelled: the scores and their emotions.
        describers: by name, what is compared; the first one's labels are also taken alone. None: leed's scales.
    """
    chosen = describers or {name: leed.Describer(scale=name) for name in scale.NAMES}
    said = {name: described(labelled.track, describe) for name, describe in chosen.items()}
    first = next(iter(said.values()))
    known: dict[tuple[tuple[str, ...], ...], Bits] = {}

    def gained(descriptions: Sequence[leed.Description], read: Callable[[leed.Description], list[str]] = words) -> Bits:
        rows = tuple(tuple(read(description)) for description in descriptions)
        if rows not in known:  # scales often say the same, and so gain the same
            known[rows] = gain(worded(descriptions, read), labelled)
        return known[rows]

    bits = {RAW: gain(raw(labelled), labelled)}
    bits |= {name: gained(descriptions) for name, descriptions in said.items()}
    bits[ORDERED] = gained(first, labels_in_order)
    bits[BARE] = gained(first, labels)
    shuffled = replace(labelled, acted=np.random.default_rng(SEED).permutation(labelled.acted))
    bits[SHUFFLED] = gain(worded(first), shuffled)
    return Comparison(labelled, bits)


def gates(labelled: Labelled) -> Comparison:
    """Return what words gain without a gate, and behind one that was fitted on actors of the training part."""
    states = labelled.as_states()
    neutral = np.isin(labelled.acted, _NEUTRAL)
    ungated = described(states.track, leed.Describer(calibration="none"))
    return Comparison(
        states,
        {
            RAW: gain(raw(states), states),
            UNGATED: gain(worded(ungated), states),
            CALM: gain(calibrated(states, neutral), states),
            ALL: gain(calibrated(states, np.ones_like(neutral)), states),
        },
    )


# --- what has to hold


def requirements_of_words(comparisons: Sequence[Comparison]) -> list[Requirement]:
    """Return what has to hold of words, each by the scores where it holds least.

    Of two wordings, one counts as worse where the whole 95 % interval of their difference is below -0.01 bits.
    """
    told = min(comparisons, key=lambda c: c.estimate(DEFAULT).low)
    noise = max(comparisons, key=lambda c: c.estimate(SHUFFLED).value)
    return [
        Requirement("words: bits, lower end", told.estimate(DEFAULT).low, 0, note=told.place),
        _not_worse("words: bits over labels without adverbs, upper end", comparisons, DEFAULT, BARE),
        _not_worse("words: bits over labels in their order, upper end", comparisons, DEFAULT, ORDERED),
        _not_worse("words: bits over hume-2023, upper end", comparisons, DEFAULT, PUBLISHED),
        Requirement(
            "shuffled emotions: bits", noise.estimate(SHUFFLED).value, NOISE, more_is_better=False, note=noise.place
        ),
    ]


def requirements_of_gates(comparisons: Sequence[Comparison]) -> list[Requirement]:
    """Return what has to hold of a gate: fitted on people who do not act, it loses nothing."""
    return [_not_worse("calibrated words: bits over uncalibrated, upper end", comparisons, CALM, UNGATED)]


def _not_worse(what: str, comparisons: Sequence[Comparison], name: str, other: str) -> Requirement:
    worst = min(comparisons, key=lambda c: c.difference(name, other).high)
    return Requirement(what, worst.difference(name, other).high, -NEGLIGIBLE, note=worst.place)


# --- the part of the report


def information_part(data: Path) -> Part:
    """Return the tables of all labelled scores that are there, and what has to hold."""
    there = [name for name, (_, files) in READERS.items() if all((data / file).exists() for file in files)]
    skipped = [f"{name}: no {' or '.join(READERS[name][1])} in {data}" for name in READERS if name not in there]
    corpora = ([READERS[name][0](data, modality) for modality in MODALITIES] for name in there)
    sets = [list(same) for corpus in corpora for same in zip(*corpus, strict=True)]
    of_words = [[wordings(one) for one in same] for same in sets]
    of_gates = [[gates(one) for one in same] for same in sets if not same[0].track.exclusive]
    tables = [_table(same, DEFAULT, same[0].labelled.told) for same in of_words]
    tables += [_table(same, UNGATED, _GATE_NOTE, title="behind a gate") for same in of_gates]
    requirements = [
        *(requirements_of_words([c for same in of_words for c in same]) if of_words else []),
        *(requirements_of_gates([c for same in of_gates for c in same]) if of_gates else []),
    ]
    return Part("Information kept", NOTE, tuple(tables), tuple(requirements), tuple(skipped))


def _table(same: Sequence[Comparison], mark: str, note: str, *, title: str = "") -> Table:
    """The same scores in each modality: what every contender gains, and how much more than one of them."""
    first = same[0].labelled
    columns = ["what is seen"]
    for comparison in same:
        called = MODALITIES[comparison.labelled.modality]
        columns += [f"{called}: bits", f"{called}: over {mark}"]
    rows = []
    for name in same[0].bits:
        row: list[object] = [name]
        for comparison in same:
            row += [
                comparison.estimate(name),
                comparison.difference(name, mark) if name not in (mark, SHUFFLED) else None,
            ]
        rows.append(tuple(row))
    size = f"{len(first)} clips of {len(np.unique(first.speakers))} actors in each modality"
    return Table(" ".join(filter(None, [first.name, title])), f"{size}. {note}", tuple(columns), tuple(rows))
