"""Items: what is to be classified, with the scores of each modality step by step, and what was said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leed.errors import InputError
from leed.schema.recording import Recording
from leed.schema.terms import Issue
from leed.schema.tracks import Track


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Block:
    """What one modality scored in n items, each of any number of steps (frames, words, ...), one below the other.

    Attributes:
        modality: "face", "prosody", "burst" or "language"; None where nobody said.
        labels: k labels.
        matrix: (r, k) float32, the steps of all items; NaN where a score is not reported.
        starts: (n + 1,) where each item's steps begin; an item with no step lacks the modality.
        quantity, exclusive, taxonomy: what the numbers are, as in a Track.
    """

    modality: str | None
    labels: tuple[str, ...]
    matrix: NDArray[np.float32]
    starts: NDArray[np.int64]
    quantity: str = "intensity"
    exclusive: bool = False
    taxonomy: str | None = None

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(n,) how many steps each item has."""
        return np.diff(self.starts)

    @property
    def present(self) -> NDArray[np.bool_]:
        """(n,) whether an item has any score of this modality."""
        reported: NDArray[np.bool_] = np.any(~np.isnan(self.matrix), axis=1)
        return np.asarray(self.reduced(np.add, reported[:, None].astype(np.float64))[:, 0] > 0)

    def mean(self) -> NDArray[np.float32]:
        """Return (n, k) the mean of what is reported over an item's steps; NaN where nothing is."""
        counts = self.reduced(np.add, (~np.isnan(self.matrix)).astype(np.float64))
        sums = self.reduced(np.add, np.where(np.isnan(self.matrix), np.float32(0), self.matrix).astype(np.float64))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(sums / counts, np.float32)

    def reduced(self, by: np.ufunc, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (n, d) what a reduction makes of (r, d) numbers of the steps; 0 for an item without one."""
        out = np.zeros((len(self), rows.shape[1]))
        some = np.flatnonzero(self.lengths)
        if len(some):  # each item by itself, so that it does not matter what stands before it
            out[some] = by.reduceat(rows, self.starts[some], axis=0)
        return out

    def take(self, items: NDArray[np.int64]) -> Block:
        """Return the block of some of the items, in this order."""
        lengths = self.lengths[items]
        starts = np.concatenate(([0], np.cumsum(lengths)))
        rows = np.repeat(self.starts[items] - starts[:-1], lengths) + np.arange(starts[-1])
        return replace(self, matrix=self.matrix[rows], starts=starts)

    def with_labels(self, labels: Sequence[str]) -> Block:
        """Return the block with these labels: those it lacks are not reported, others are left out."""
        if tuple(labels) == self.labels:
            return self
        places = {label: i for i, label in enumerate(self.labels)}
        matrix = np.full((len(self.matrix), len(labels)), np.nan, np.float32)
        for i, label in enumerate(labels):
            if label in places:
                matrix[:, i] = self.matrix[:, places[label]]
        return replace(self, labels=tuple(labels), matrix=matrix)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Items:
    """What is to be classified: n items, what each modality scored in them, and what was said.

    scikit-learn takes it for an X: it has a length, and is indexed by arrays of places.

    >>> items = Items.of([{"face": {"Joy": 0.8}, "text": "Hi"}, {"prosody": {"Joy": 0.1, "Fear": 0.5}}])
    >>> items
    Items(2: face (1 label, lacking in 1), prosody (2 labels, lacking in 1))
    >>> items.blocks["prosody"].mean().tolist()[1], items[[1]].names
    ([0.5, 0.10000000149011612], ('1',))

    Attributes:
        names: n names; the place of each where nobody named them.
        blocks: by modality, in the order face, prosody, burst, language, others.
        texts: n texts: what was said in the item, or None.
        extras: by name, (n, d) numbers that came beside the scores, such as a vendor's embedding: the mean over the
            steps that have them, NaN where there is none.
        issues: what was odd while the items were gathered.
    """

    names: tuple[str, ...]
    blocks: Mapping[str, Block]
    texts: tuple[str | None, ...]
    extras: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()

    def __post_init__(self) -> None:
        n = len(self.names)
        sizes = {name: len(block) for name, block in self.blocks.items()}
        sizes |= {name: len(column) for name, column in self.extras.items()}
        for name, size in sizes.items():
            if size != n:
                raise InputError(f"{name} has {size} items; there are {n} names")
        if len(self.texts) != n:
            raise InputError(f"there are {len(self.texts)} texts for {n} items; give one for each, or None")
        order = sorted(self.blocks, key=lambda name: (_ORDER.get(name, len(_ORDER)), name))
        object.__setattr__(self, "blocks", MappingProxyType({name: self.blocks[name] for name in order}))
        object.__setattr__(self, "extras", MappingProxyType(dict(sorted(self.extras.items()))))

    def __len__(self) -> int:
        return len(self.names)

    @property
    def shape(self) -> tuple[int]:
        """(n,)."""
        return (len(self.names),)

    def __getitem__(self, which: Any) -> Items:  # noqa: ANN401 - whatever indexes an array
        """Return some of the items; one place gives Items of one."""
        if isinstance(which, tuple):  # scikit-learn asks for [places, ...]
            which = which[0]
        places = np.atleast_1d(np.arange(len(self))[which])
        return Items(
            names=tuple(self.names[i] for i in places),
            blocks={name: block.take(places) for name, block in self.blocks.items()},
            texts=tuple(self.texts[i] for i in places),
            extras={name: column[places] for name, column in self.extras.items()},
        )

    def __iter__(self) -> Iterator[Items]:
        return (self[i] for i in range(len(self)))

    def __reduce__(self) -> tuple[Any, ...]:
        given = (self.names, dict(self.blocks), self.texts, dict(self.extras), self.issues)
        return (_items, given)

    def __repr__(self) -> str:
        told = []
        for name, block in self.blocks.items():
            lacking = len(self) - int(block.present.sum())
            noun = "label" if len(block.labels) == 1 else "labels"
            told.append(f"{name} ({len(block.labels)} {noun}{f', lacking in {lacking}' if lacking else ''})")
        return f"Items({len(self)}: {', '.join(told) or 'no scores'})"

    @classmethod
    def of(cls, given: Any) -> Items:  # noqa: ANN401 - this is where anything comes in
        """Return the items that were given, whatever they came in.

        Args:
            given: Items; a list with, for each item, a Recording, Track, or whatever `leed.read` takes: plain data such
                as {"face": {"Joy": 0.8}, "text": "Hi"}, or a path; one Recording, each source of which is an item; or
                a pandas, polars or pyarrow table with columns such as "face.Joy", and "text".

        Raises:
            InputError: it is none of these, or the numbers of a modality are of two kinds.
        """
        from leed.fusion.gathering import gathered  # noqa: PLC0415 - it makes Items

        return gathered(given)

    @classmethod
    def from_matrices(
        cls,
        matrices: Mapping[str, ArrayLike],
        labels: Mapping[str, Sequence[str]],
        *,
        names: Sequence[str] | None = None,
        texts: Sequence[str | None] | None = None,
        quantity: str = "intensity",
        exclusive: bool = False,
        taxonomy: str | None = None,
    ) -> Items:
        """Return items of one step each, from a matrix for each modality: row i is item i.

        >>> Items.from_matrices({"face": [[0.8, 0.1], [0.2, 0.4]]}, {"face": ["Joy", "Fear"]})
        Items(2: face (2 labels))

        Args:
            matrices: by modality, (n, k) numbers; NaN where a score is not reported.
            labels: by modality, k labels.
            names: n names.
            texts: n texts.
            quantity: what all of the numbers are, as in a Track.
            exclusive: whether exactly one of the labels applies.
            taxonomy: the label set.

        Raises:
            InputError: the shapes do not fit.
        """
        tracks = {}
        for modality, matrix in matrices.items():
            if modality not in labels:
                raise InputError(f"labels has nothing for {modality!r}; give the label of each of its columns")
            about: dict[str, Any] = {"quantity": quantity, "exclusive": exclusive, "taxonomy": taxonomy}
            rows = np.asarray(matrix, np.float32)
            tracks[modality] = Track(labels=tuple(labels[modality]), matrix=rows, modality=modality, **about)
        return cls.from_tracks(tracks, names=names, texts=texts)

    @classmethod
    def from_tracks(
        cls,
        tracks: Mapping[str, Track],
        *,
        names: Sequence[str] | None = None,
        texts: Sequence[str | None] | None = None,
    ) -> Items:
        """Return items of one step each, from a track for each modality: segment i is item i.

        Raises:
            InputError: the tracks have different numbers of segments.
        """
        sizes = {name: len(track) for name, track in tracks.items()}
        if len(set(sizes.values())) > 1:
            told = ", ".join(f"{name} {size}" for name, size in sizes.items())
            raise InputError(f"the modalities have different numbers of rows ({told}); row i is item i in each")
        n = next(iter(sizes.values()), 0)
        said = texts if texts is not None else next((t.text for t in tracks.values() if t.text is not None), None)
        return cls(
            names=tuple(map(str, range(n) if names is None else names)),
            blocks={name: _block(track) for name, track in tracks.items()},
            texts=(None,) * n if said is None else tuple(said),
        )

    @classmethod
    def from_recordings(cls, recordings: Iterable[Recording], *, names: Sequence[str] | None = None) -> Items:
        """Return items from recordings, one each.

        The assistant's own voice is left out, and so is what is no expression (age, toxicity, ...).

        Raises:
            InputError: the numbers of a modality are of two kinds.
        """
        from leed.fusion.gathering import from_recordings  # noqa: PLC0415 - it makes Items

        return from_recordings(list(recordings), names)


_ORDER = {name: i for i, name in enumerate(("face", "prosody", "burst", "language"))}


def _block(track: Track) -> Block:
    return Block(
        modality=track.modality,
        labels=track.labels,
        matrix=track.matrix,
        starts=np.arange(len(track) + 1),
        quantity=track.quantity,
        exclusive=track.exclusive,
        taxonomy=track.taxonomy,
    )


def _items(
    names: tuple[str, ...],
    blocks: Mapping[str, Block],
    texts: tuple[str | None, ...],
    extras: Mapping[str, NDArray[np.float32]],
    issues: tuple[Issue, ...],
) -> Items:
    return Items(names=names, blocks=blocks, texts=texts, extras=extras, issues=issues)
