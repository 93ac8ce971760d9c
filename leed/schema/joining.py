"""Tracks under other speaker names, and those that become one by it put together in the order of time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leed.schema.recording import Recording
from leed.schema.tracks import Track


def renamed(tracks: Sequence[Track], name: Callable[[Track], str | None]) -> tuple[Track, ...]:
    """Return the tracks under the speaker names that ``name`` gives, in their order.

    Tracks that get the key and labels of another by it are put together, their segments in the order of time (those
    without a time keep their place after the one before). Tracks whose extras of one name do not fit stay apart.

    >>> parts = [
    ...     Track(labels=("Joy",), matrix=np.array([[0.2], [0.3]]), speaker="A", begin=np.array([0.0, 2.0])),
    ...     Track(labels=("Joy",), matrix=np.array([[0.9]]), speaker="B", begin=np.array([1.0])),
    ... ]
    >>> [(t.speaker, t.begin.tolist()) for t in renamed(parts, lambda track: "A")]
    [('A', [0.0, 1.0, 2.0])]
    """
    names = [name(track) for track in tracks]
    moved = [
        track if track.speaker == new else replace(track, speaker=new) for track, new in zip(tracks, names, strict=True)
    ]
    changed = {new.key for new, old in zip(moved, tracks, strict=True) if new is not old}
    groups: list[_Group] = []
    by_key: dict[tuple[str | None, ...], list[_Group]] = {}
    for track in moved:
        there = by_key.setdefault(track.key, [])
        group = next((group for group in there if group.takes(track)), None) if track.key in changed else None
        if group is None:
            group = _Group()
            groups.append(group)
            there.append(group)
        group.add(track)
    return tuple(_together(group.tracks) for group in groups)


class _Group:
    """Tracks of one key with the same labels and, as far as they share them, extras of the same shape."""

    def __init__(self) -> None:
        self.tracks: list[Track] = []
        self._columns: dict[str, tuple[object, ...]] = {}

    def takes(self, track: Track) -> bool:
        """Return whether the columns of the track fit those that are there."""
        plain = ("labels", "taxonomy", "quantity", "exclusive")
        return all(getattr(self.tracks[0], name) == getattr(track, name) for name in plain) and all(
            self._columns.get(name, shape) == shape for name, shape in _shapes(track).items()
        )

    def add(self, track: Track) -> None:
        """Add a track that fits."""
        self.tracks.append(track)
        self._columns.update(_shapes(track))


def _shapes(track: Track) -> dict[str, tuple[object, ...]]:
    return {name: (column.dtype.kind == "U", *column.shape[1:]) for name, column in track.extras.items()}


def _together(group: Sequence[Track]) -> Track:
    if len(group) == 1:
        return group[0]
    pairs = Recording(tuple(group)).order()
    starts = np.cumsum([0, *(len(track) for track in group[:-1])])
    order = starts[pairs[:, 0]] + pairs[:, 1]
    texts = [text for track in group for text in (track.text or (None,) * len(track))]
    names = dict.fromkeys(name for track in group for name in track.extras)
    return replace(
        group[0],
        matrix=np.concatenate([track.matrix for track in group])[order],
        begin=np.concatenate([track.begin for track in group])[order],
        end=np.concatenate([track.end for track in group])[order],
        text=tuple(texts[i] for i in order),
        extras={name: _column(group, name)[order] for name in names},
    )


def _column(group: Sequence[Track], name: str) -> NDArray[Any]:
    """An extra of all tracks; NaN, or an empty text, in the rows of those that have none."""
    known = next(track.extras[name] for track in group if name in track.extras)
    missing = "" if known.dtype.kind == "U" else np.nan
    return np.concatenate(
        [
            track.extras[name] if name in track.extras else np.full((len(track), *known.shape[1:]), missing)
            for track in group
        ]
    )
