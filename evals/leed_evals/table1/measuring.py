"""The figures of a corpus: each contender's predictions, and how many of them are right."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leed.embed import Embedder
from leed_evals.faithful.information import Estimate
from leed_evals.table1.contenders import EARLY, LATE, LEED, PER_FRAME, RAW, Contenders
from leed_evals.table1.corpora import Corpus
from leed_evals.table1.learning import optimistic, predictions
from leed_evals.table1.scoring import Hits, hits

PROTOCOLS = ("nested", "paper")


@dataclass(frozen=True, eq=False)
class Measured:
    """What came out for a corpus and an embedder.

    Attributes:
        embedder: its name.
        predicted: by row and view, a label for each item that was tested on.
        tested: the items that were tested on.
        dims: by row and view, how many numbers a classifier sees.
    """

    corpus: Corpus
    embedder: str
    predicted: Mapping[tuple[str, str], NDArray[np.str_]]
    tested: NDArray[np.intp]
    dims: Mapping[tuple[str, str], int]

    @property
    def rows(self) -> list[str]:
        """The rows, in their order."""
        order = dict.fromkeys(row for row, _ in self.predicted)
        late = [row for row in order if row in (EARLY, LATE)]
        first = [RAW, LEED, PER_FRAME, *late]
        return [row for row in [*first, *(row for row in order if row not in first)] if row in order]

    def hits(self, row: str, view: str, among: NDArray[np.bool_] | None = None) -> Hits:
        """Return the counts of a row in a view, among some of the items."""
        labels, groups = self.corpus.labels[self.tested], self.corpus.groups[self.tested]
        which = np.ones(len(labels), bool) if among is None else among[self.tested]
        return hits(self.predicted[row, view][which], labels[which], groups[which])

    def uar(self, row: str, view: str) -> Estimate:
        """Return the UAR of a row in a view."""
        return self.hits(row, view).uar

    def over(self, row: str, view: str, other: str = RAW, other_view: str | None = None) -> Estimate:
        """Return by how much a row is better than another one."""
        return self.hits(row, view).over(self.hits(other, other_view or view))

    def leed(self, view: str) -> str:
        """Return the row that is LEED in a view: early fusion where there are several modalities."""
        return LEED if (LEED, view) in self.predicted else EARLY


def measure(corpus: Corpus, embedder: Embedder, *, protocol: str = "nested", seed: int = 0) -> Measured:
    """Return what came out; "paper" for the paper's protocol, which is optimistic."""
    predicted: dict[tuple[str, str], NDArray[np.str_]] = {}
    dims: dict[tuple[str, str], int] = {}
    tested = np.arange(len(corpus))
    for contender in Contenders(corpus, embedder, seed):
        features = contender.features()
        key = contender.row, contender.view
        dims[key] = features.dims
        if protocol == "paper":
            predicted[key], tested = optimistic(features, corpus.labels, corpus.groups, seed)
        else:
            predicted[key] = predictions(features, corpus.labels, corpus.groups)
        print(f"{corpus.name}, {contender.view}: {contender.row}", file=sys.stderr)
    return Measured(corpus, embedder.name, predicted, tested, dims)
