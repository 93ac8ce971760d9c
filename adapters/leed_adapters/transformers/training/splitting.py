"""Who is held out: whole speakers, so that figures are of voices that the model has not met."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from leed.errors import InputError, OptionError

_SHOWN = 8


def held_out(speakers: Sequence[str], *, share: float, seed: int, named: Collection[str] = ()) -> frozenset[str]:
    """Return the speakers to hold out: those named, or a share of all, drawn by the seed.

    The order of the speakers does not matter.

    >>> sorted(held_out(["ann", "bob", "cy", "dee", "eve"], share=0.4, seed=0))
    ['cy', 'eve']
    >>> sorted(held_out(["ann", "bob"], share=0.2, seed=0, named=["bob"]))
    ['bob']

    Raises:
        InputError: there is only one speaker.
        OptionError: somebody named is not there, or nobody would be left to train on.
    """
    there = sorted(set(speakers))
    if len(there) < 2:  # noqa: PLR2004 - one to learn from, and one to try it on
        raise InputError(f"there is only one speaker ({there[0]!r})" if there else "there is no speaker")
    if named:
        return _named(there, named)
    if not share:
        raise OptionError("share is 0: somebody has to be held out; give a share above 0, or name speakers")
    count = min(max(round(share * len(there)), 1), len(there) - 1)
    drawn = np.random.default_rng(seed).permutation(len(there))[:count]
    return frozenset(there[i] for i in drawn.tolist())


def _named(there: Sequence[str], named: Collection[str]) -> frozenset[str]:
    unknown = [name for name in named if name not in there]
    if unknown:
        shown = ", ".join(there[:_SHOWN]) + (", ..." if len(there) > _SHOWN else "")
        raise OptionError(f"there is no speaker {unknown[0]!r} to hold out; there are {shown}")
    if set(named) == set(there):
        raise OptionError(f"all {len(there)} speakers would be held out: name fewer, so that some can be learned from")
    return frozenset(named)
