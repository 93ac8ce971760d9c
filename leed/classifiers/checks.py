"""Checks of examples before a classifier is trained on them: what commonly goes wrong, and what to do about it."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leed.classifiers.table import Examples

FEW_ITEMS = 20
"""Fewer items than this tell next to nothing."""
FEW_OF_A_CLASS = 10
IMBALANCED = 5
"""How many times as large the largest class is as the smallest, for a warning."""
_ALIKE = 0.8  # happy and hapy 0.89, calm and clam 0.75, happy and unhappy 0.83
_SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or may be.

    Attributes:
        code: what it is, in a word.
        message: what was found, and what to do.
        fatal: whether a model trained all the same would be worthless.
    """

    code: str
    message: str
    fatal: bool = False


def check_examples(examples: Examples, *, numbers: bool = False) -> list[Finding]:
    """Return what is wrong with examples, the fatal first.

    Args:
        examples: the examples.
        numbers: whether the labels are numbers for a regression, and not classes.

    >>> from leed.classifiers.table import Examples
    >>> from leed.fusion import Items
    >>> items = Items.of([{"face": {"Joy": 0.8}}, {"face": {"Joy": 0.1}}])
    >>> findings = check_examples(Examples(items, ("happy", "Happy"), ("a", "b"), None, ("scores", "scores")))
    >>> print(findings[0].message)
    labels differ by case or spaces only: 'Happy' (1), 'happy' (1): write them alike
    """
    of_labels = (_blank, _one_number, _few_items) if numbers else _OF_CLASSES
    checks = (*of_labels, _split_groups, _groups, _media, _duplicates, _files)
    found = [finding for check in checks for finding in check(examples)]
    return sorted(found, key=lambda finding: not finding.fatal)


def _counts(examples: Examples) -> Counter[Any]:
    return Counter(label for label in examples.labels if label is not None)


def _blank(examples: Examples) -> Iterator[Finding]:
    blank = sum(label is None for label in examples.labels)
    if blank:
        yield Finding("no-label", f"{blank} items have no label, and are left out")


def _one_number(examples: Examples) -> Iterator[Finding]:
    counts = _counts(examples)
    if len(counts) < 2:  # noqa: PLR2004 - nothing else can be told apart
        told = f"all labels are {next(iter(counts))!r}" if counts else "no item has a label"
        yield Finding("one-number", f"{told}: a regression needs items of different numbers", fatal=True)


def _kinds(examples: Examples) -> Iterator[Finding]:
    told = {str(label) for label in _counts(examples)}
    numbers = sorted(label for label in told if _is_whole(label))
    words = sorted(told - set(numbers))
    if numbers and words:
        yield Finding(
            "mixed-labels",
            f"labels are numbers and words: {_listed(numbers)} and {_listed(words)}: use one or the other",
            fatal=True,
        )


def _is_whole(label: str) -> bool:
    return label.lstrip("+-").isdigit()


def _one_class(examples: Examples) -> Iterator[Finding]:
    counts = _counts(examples)
    if len(counts) < 2:  # noqa: PLR2004 - a classifier tells two apart
        told = f"all labels are {next(iter(counts))!r}" if counts else "no item has a label"
        yield Finding("one-class", f"{told}: a classifier needs items of two classes or more", fatal=True)


def _spellings(examples: Examples) -> Iterator[Finding]:
    folded: defaultdict[str, list[Any]] = defaultdict(list)
    counts = _counts(examples)
    for label in counts:
        folded[" ".join(str(label).casefold().replace("_", " ").replace("-", " ").split())].append(label)
    for same in folded.values():
        if len(same) > 1:
            shown = ", ".join(f"{label!r} ({counts[label]})" for label in sorted(same, key=str))
            yield Finding("spelling", f"labels differ by case or spaces only: {shown}: write them alike", fatal=True)


def _typos(examples: Examples) -> Iterator[Finding]:
    counts = _counts(examples)
    labels = sorted(
        {str(label).casefold(): str(label) for label in counts}.values(), key=lambda x: (-_of(counts, x), x)
    )
    for place, label in enumerate(labels):
        for other in labels[place + 1 :]:
            alike = difflib.SequenceMatcher(None, label.casefold(), other.casefold()).ratio() >= _ALIKE
            if alike and not _is_whole(label) and not _are_opposites(label, other):
                yield Finding(
                    "typo",
                    f"{other!r} ({_of(counts, other)}) looks like a typo of {label!r} ({_of(counts, label)}): "
                    "if it is one, mend it",
                )


def _of(counts: Counter[Any], label: str) -> int:
    return sum(count for own, count in counts.items() if str(own) == label)


def _are_opposites(one: str, other: str) -> bool:
    """Whether one is the other with a prefix or a number, as in unhappy, class1 and class2."""
    short, long = sorted((one.casefold(), other.casefold()), key=len)
    numbered = short.rstrip("0123456789") == long.rstrip("0123456789")
    return long.endswith(short) or numbered


def _few_items(examples: Examples) -> Iterator[Finding]:
    total = sum(_counts(examples).values())
    if 0 < total < FEW_ITEMS:
        yield Finding("few-items", f"there are {total} items; figures of fewer than {FEW_ITEMS} mean little: add more")


def _few(examples: Examples) -> Iterator[Finding]:
    counts = _counts(examples)
    few = [f"{label!r} ({count})" for label, count in sorted(counts.items(), key=lambda x: (x[1], str(x[0])))]
    few = few[: sum(count < FEW_OF_A_CLASS for count in counts.values())]
    if few:
        yield Finding(
            "few-of-a-class",
            f"fewer than {FEW_OF_A_CLASS} items of {_listed(few)}: add more, or join or drop the class",
        )


def _imbalance(examples: Examples) -> Iterator[Finding]:
    counts = _counts(examples).most_common()
    if len(counts) > 1 and counts[0][1] >= IMBALANCED * counts[-1][1]:
        (most, many), (least, few) = counts[0], counts[-1]
        yield Finding(
            "imbalance",
            f"{most!r} has {many} items and {least!r} {few}: classes are weighted alike, but add items of the small "
            "one, and judge by UAR rather than accuracy",
        )


_OF_CLASSES = (_blank, _kinds, _one_class, _spellings, _typos, _few_items, _few, _imbalance)


def _groups(examples: Examples) -> Iterator[Finding]:
    if examples.groups is None:
        yield Finding(
            "no-group",
            "no column says who each item is of, so that a speaker may stand on both sides of a fold and figures may "
            "be too good: add a column group, or name it with --group",
        )
        return
    blank = sum(group is None for group in examples.groups)
    if blank:
        yield Finding("blank-group", f"{blank} items have no group; they are taken for one speaker: fill them in")
    if len(set(examples.groups)) == 1:
        yield Finding(
            "one-group",
            "all items are of one group: how the model does with other people cannot be told; add more people",
        )


def _split_groups(examples: Examples) -> Iterator[Finding]:
    if examples.groups is None or examples.splits is None:
        return
    sides: defaultdict[Any, set[Any]] = defaultdict(set)
    for group, side in zip(examples.groups, examples.splits, strict=True):
        sides[group].add(side)
    both = sorted(str(group) for group, told in sides.items() if len(told) > 1)
    if both:
        yield Finding(
            "split-group",
            f"{len(both)} groups are on several sides of the split: {_listed(both)}: keep each speaker on one side",
            fatal=True,
        )


def _media(examples: Examples) -> Iterator[Finding]:
    kinds = Counter(examples.formats)
    if len(kinds) > 1:
        told = ", ".join(f"{kind} ({count})" for kind, count in kinds.most_common())
        yield Finding(
            "mixed-media", f"items come from several kinds of input: {told}: make sure that all were measured alike"
        )
    for name, block in examples.items.blocks.items():
        there = block.present
        if not there.all():
            told = f"{name} is lacking in {int((~there).sum())} of {len(there)} items"
            yield Finding("mixed-modalities", f"{told}: make sure that this does not go with the label")


def _duplicates(examples: Examples) -> Iterator[Finding]:
    same: defaultdict[bytes, list[int]] = defaultdict(list)
    for place in range(len(examples)):
        same[_content(examples, place)].append(place)
    several = [places for places in same.values() if len(places) > 1]
    differing = [places for places in several if len({examples.labels[i] for i in places}) > 1]
    if differing:
        shown = [" = ".join(examples.items.names[i] for i in places[:2]) for places in differing]
        yield Finding(
            "differing-duplicates",
            f"{len(differing)} sets of items have the very same scores and differing labels: {_listed(shown)}: "
            "find out which is right",
        )
    leaking = [places for places in several if _leaks(examples, places)]
    if leaking:
        shown = [" = ".join(examples.items.names[i] for i in places[:2]) for places in leaking]
        yield Finding(
            "leaking-duplicates",
            f"{len(leaking)} sets of items with the very same scores are of several groups or sides: {_listed(shown)}: "
            "keep one of each, or figures are too good",
        )


def _leaks(examples: Examples, places: Sequence[int]) -> bool:
    columns = [column for column in (examples.groups, examples.splits) if column is not None]
    return any(len({column[i] for i in places}) > 1 for column in columns)


def _content(examples: Examples, place: int) -> bytes:
    parts = []
    for name, block in examples.items.blocks.items():
        rows = block.matrix[block.starts[place] : block.starts[place + 1]]
        parts += [name.encode(), rows.tobytes()]
    return b"|".join(parts)


def _files(examples: Examples) -> Iterator[Finding]:
    told = {
        "missing-file": "files are missing",
        "unreadable-recording": "recordings cannot be read",
        "no-scores": "items have no scores, and are left out",
        "differing-label": "items have several labels",
        "differing-group": "items have several groups",
        "differing-split": "items are on several sides",
    }
    for code, what in told.items():
        found = [issue.message for issue in examples.issues if issue.code == code]
        if found:
            yield Finding(code, f"{len(found)} {what}: {_listed(found, '; ')}")


def _listed(words: Sequence[str], mark: str = ", ") -> str:
    more = f"{mark}and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return mark.join(words[:_SHOWN]) + more
