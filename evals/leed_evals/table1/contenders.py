"""What is compared: scores, words, both, and what makes it believable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from leed.embed import Embedder
from leed.errors import InputError
from leed.fusion import step_embeddings
from leed_evals.table1.corpora import Corpus
from leed_evals.table1.learning import Features, of_scores, of_vectors, together
from leed_evals.table1.wording import Words, as_features, as_prompts, numbers_as_text, shuffled_adverbs, without_adverbs

RAW = "raw scores"
LEED = "LEED"
EARLY = "LEED, early (concat_embeddings)"
LATE = "LEED, late (concat_text)"
WITH_RAW = "raw + LEED"
PROMPTS = "LEED, worded as in prompts"
NUMBERS = "numbers as text"
BARE = "labels without adverbs"
SHUFFLED = "shuffled adverbs"
SPOKEN = "LEED with the transcript"
PER_FRAME = "LEED per frame"

Said = Mapping[str, Sequence[str]]
"""A sentence for each item, by modality."""


@dataclass(frozen=True, eq=False)
class Contender:
    """One row of the table in one view.

    Attributes:
        row: what the row is called.
        view: what is seen: "voice", "face", "both".
        features: makes the features, when they are needed.
    """

    row: str
    view: str
    features: Callable[[], Features]


class Contenders:
    """The rows of the table, for a corpus and an embedder."""

    def __init__(self, corpus: Corpus, embedder: Embedder, seed: int = 0) -> None:
        self.corpus = corpus
        self.embedder = embedder
        words = as_features()
        plain = {name: words(track) for name, track in corpus.tracks.items()}
        self.said: dict[str, Said] = {
            LEED: plain,
            PROMPTS: _each(as_prompts(), corpus),
            NUMBERS: {name: numbers_as_text(track) for name, track in corpus.tracks.items()},
            BARE: {name: without_adverbs(words)(said) for name, said in plain.items()},
            SHUFFLED: {name: shuffled_adverbs(words, seed)(said) for name, said in plain.items()},
        }
        self.quoted = {name: words.quoting(track, corpus.texts) for name, track in corpus.tracks.items()}

    @property
    def spoken(self) -> bool:
        """Whether it is known what was said."""
        return any(self.corpus.texts)

    def __iter__(self) -> Iterator[Contender]:
        for view, modalities in self.corpus.views.items():
            yield from self._of_view(view, modalities)

    def _of_view(self, view: str, seen: tuple[str, ...]) -> Iterator[Contender]:
        yield Contender(RAW, view, lambda: self.raw(seen))
        leed = EARLY if len(seen) > 1 else LEED
        yield Contender(leed, view, lambda: self.early(LEED, seen))
        if self.corpus.stepped:
            yield Contender(PER_FRAME, view, lambda: self.per_frame(seen))
        if len(seen) > 1:
            yield Contender(LATE, view, lambda: self.late(seen))
        yield Contender(WITH_RAW, view, lambda: together(self.raw(seen), self.early(LEED, seen)))
        for row in (PROMPTS, NUMBERS, BARE, SHUFFLED):
            yield Contender(row, view, lambda row=row: self.early(row, seen))  # type: ignore[misc]
        if self.spoken and "prosody" in seen:
            yield Contender(SPOKEN, view, lambda: self.spoken_late(seen))

    def raw(self, seen: Sequence[str]) -> Features:
        """Return the scores, side by side."""
        return of_scores(np.hstack([self.corpus.tracks[name].matrix for name in seen]))

    def early(self, row: str, seen: Sequence[str]) -> Features:
        """Return the vectors of each modality's sentences, side by side."""
        parts = [self.said[row][name] for name in seen]
        return of_vectors(np.hstack([self._embedded(part) for part in parts]), _alike(parts))

    def per_frame(self, seen: Sequence[str]) -> Features:
        """Return what is kept of the vectors of each modality's steps: mean, max, standard deviation."""
        if self.corpus.items is None:
            raise InputError(f"{self.corpus.name} has no steps")
        matrix = step_embeddings(self.corpus.items, self.embedder, modalities=seen).matrix
        return of_vectors(matrix, np.unique(matrix, axis=0, return_inverse=True)[1].reshape(-1))

    def late(self, seen: Sequence[str]) -> Features:
        """Return the vectors of the sentences of all modalities, joined."""
        return self._of_texts([self.said[LEED][name] for name in seen])

    def spoken_late(self, seen: Sequence[str]) -> Features:
        """Return the vectors of the sentences, joined, of which that of the voice quotes what was said."""
        return self._of_texts([self.quoted[name] if name == "prosody" else self.said[LEED][name] for name in seen])

    def _of_texts(self, parts: Sequence[Sequence[str]]) -> Features:
        texts = [" ".join(sentences) for sentences in zip(*parts, strict=True)]
        return of_vectors(self._embedded(texts), _alike([texts]))

    def _embedded(self, sentences: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        """Vectors; each different sentence is embedded once, in an order that does not depend on the rows'."""
        unique, place = np.unique(np.array(sentences, np.str_), return_inverse=True)
        vectors = np.asarray(self.embedder.embed(unique.tolist()), np.float32)
        return vectors[place.reshape(-1)]


def _each(words: Words, corpus: Corpus) -> Said:
    return {name: words(track) for name, track in corpus.tracks.items()}


def _alike(parts: Sequence[Sequence[str]]) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    columns = [np.unique(np.array(part, np.str_), return_inverse=True)[1].reshape(-1) for part in parts]
    return np.unique(np.column_stack(columns), axis=0, return_inverse=True)[1].reshape(-1)
