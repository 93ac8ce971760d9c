"""Texts classified, by any model that classifies text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leed.embed.hub import limits
from leed_adapters.transformers.loading import Loaded


class TextReader:
    """Gives texts their scores, some at a time; longer ones than the model takes are read in windows.

    Attributes:
        limit: how many tokens the model takes.
        long: how many texts had more, and are means over windows that overlap by half, weighted by their tokens.
        cut: how many were cut off at the limit, as a tokenizer written in Python makes no windows.
    """

    def __init__(self, loaded: Loaded, batch_size: int) -> None:
        self._loaded = loaded
        self._batch_size = batch_size
        self.limit = min(limits(loaded.folder, loaded.prepare, loaded.model.config))
        self.long = 0
        self.cut = 0

    def scores(self, texts: Sequence[str]) -> Iterator[NDArray[np.float32]]:
        """Yield the scores of some texts at a time, (n, labels), in their order."""
        for start in range(0, len(texts), self._batch_size):
            yield self._of(list(texts[start : start + self._batch_size]))

    def _of(self, texts: list[str]) -> NDArray[np.float32]:
        tokens, owners = self._windows(texts)
        counts = np.array([len(ids) for ids in tokens["input_ids"]])
        scores = np.empty((len(counts), len(self._loaded.head.labels)), np.float32)
        order = np.argsort(counts, kind="stable")
        for start in range(0, len(order), self._batch_size):
            some = order[start : start + self._batch_size]
            batch = {name: [column[i] for i in some] for name, column in tokens.items()}
            padded = self._loaded.prepare.pad(batch, padding=True, return_tensors="pt")
            scores[some] = self._loaded.head.scores(self._loaded.outputs(padded).numpy())
        return _means(scores, counts, owners, len(texts))

    def _windows(self, texts: list[str]) -> tuple[dict[str, Any], NDArray[np.int64]]:
        """The tokens of windows of texts, and which text each is of."""
        tokenizer = self._loaded.prepare
        windowed = tokenizer.is_fast
        more = {"return_overflowing_tokens": True, "stride": self.limit // 2 - 2} if windowed and self._parts() else {}
        tokens = dict(tokenizer(texts, truncation=True, max_length=self.limit, return_attention_mask=True, **more))
        owners = np.array(tokens.pop("overflow_to_sample_mapping", range(len(texts))), np.int64)
        several = np.flatnonzero(np.bincount(owners, minlength=len(texts)) > 1)
        self.long += len(several)
        if not more:
            whole = tokenizer(texts, truncation=False, verbose=False)["input_ids"]
            self.cut += sum(len(ids) > self.limit for ids in whole)
        return tokens, owners

    def _parts(self) -> bool:
        """Whether windows of half the limit hold anything."""
        return self.limit > 8  # noqa: PLR2004 - tokens: what begins and ends a text takes some


def _means(
    scores: NDArray[np.float32], counts: NDArray[np.int64], owners: NDArray[np.int64], total: int
) -> NDArray[np.float32]:
    """The mean of the windows of each text, by their tokens."""
    if len(owners) == total:
        return scores
    summed = np.zeros((total, scores.shape[1]))
    np.add.at(summed, owners, scores.astype(np.float64) * counts[:, None])
    weights = np.bincount(owners, weights=counts, minlength=total)
    return (summed / weights[:, None]).astype(np.float32)
