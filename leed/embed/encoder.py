"""Sentence encoders that run here, by transformers: texts become tokens, tokens vectors, and these one vector."""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from leed import plugins
from leed.embed.hub import device_of, first_line, limits, quiet, read_json
from leed.embed.light import Light
from leed.embed.options import whole
from leed.embed.protocol import Part
from leed.errors import InputError, one_of

if TYPE_CHECKING:
    import torch

POOLINGS: Final = ("mean", "cls", "last")
DTYPES: Final = ("float32", "float16", "bfloat16")
_SORTED: Final = 64  # batches whose texts are sorted by length together, so that little is padded
_METHOD: Final = "1"
"""Counts up when the same weights and settings give other vectors."""


@dataclass(frozen=True)
class Encoder(Light):
    """An encoder in a folder; subclasses say which.

    Attributes:
        pooling: what becomes of a text's tokens: their "mean", the first ("cls") or the "last".
        normalize: whether vectors have length 1.
        max_length: after how many tokens a text is cut off; None: what the model takes.
        dtype: what is calculated in: float32, float16 or bfloat16.
        device: "cpu", "cuda", "cuda:1", "mps", or "auto" for the fastest that is there.
        batch_size: how many texts at a time.
    """

    pooling: str = "mean"
    normalize: bool = True
    max_length: int | None = None
    dtype: str = "float32"
    device: str = "auto"
    batch_size: int = 32

    def __post_init__(self) -> None:
        if self.pooling not in POOLINGS:
            raise one_of("pooling", self.pooling, POOLINGS)
        if self.dtype not in DTYPES:
            raise one_of("dtype", self.dtype, DTYPES)
        whole("batch_size", self.batch_size)
        if self.max_length is not None:
            whole("max_length", self.max_length)

    @property
    @abstractmethod
    def name(self) -> str:
        """What it is found by."""

    @property
    @abstractmethod
    def weights(self) -> str:
        """What identifies the weights."""

    @abstractmethod
    def folder(self) -> str:
        """Return where model and tokenizer lie."""

    @property
    def version(self) -> str:
        """The weights and settings."""
        settings = [self.weights, self.pooling, "normalized" if self.normalize else "as they are"]
        if self.max_length is not None:
            settings.append(f"cut off at {self.max_length}")
        if self.dtype != "float32":
            settings.append(self.dtype)
        return "; ".join([_METHOD, *settings])

    @cached_property
    def dimensions(self) -> int | None:
        """How long a vector is, by the model's config.json."""
        config = read_json(os.path.join(self.folder(), "config.json"))
        found = next((config[key] for key in ("hidden_size", "d_model", "dim", "n_embd") if key in config), None)
        return found if isinstance(found, int) else None

    def embed(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        """Return (n, d) float32, a row for each text."""
        rows: list[Any] = [None] * len(texts)
        for places, vectors in self.parts(texts):
            for place, vector in zip(places, vectors, strict=True):
                rows[place] = vector
        return np.stack(rows) if rows else np.zeros((0, self.dimensions or 0), np.float32)

    def parts(self, texts: Sequence[str]) -> Iterator[Part]:
        """Yield a batch of texts of similar length at a time, by their places, with their vectors."""
        step = self.batch_size * _SORTED
        for start in range(0, len(texts), step):
            tokens = self._loaded.tokens(texts[start : start + step])
            order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]), reverse=True)
            for first in range(0, len(order), self.batch_size):
                some = order[first : first + self.batch_size]
                vectors = self._loaded.vectors([tokens[i] for i in some], self.pooling, normalize=self.normalize)
                yield [start + i for i in some], vectors

    @cached_property
    def _loaded(self) -> _Loaded:
        try:
            import torch  # noqa: PLC0415 - an extra, and heavy
            import transformers  # noqa: PLC0415 - an extra, and heavy
        except ModuleNotFoundError as error:
            raise plugins.missing(f"the embedder {self.name}", error, extra="transformers") from error
        folder = self.folder()
        try:
            with quiet(transformers):
                tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
                model = transformers.AutoModel.from_pretrained(
                    folder, local_files_only=True, dtype=getattr(torch, self.dtype)
                )
        except (OSError, ValueError, KeyError) as error:
            raise InputError(
                f"{self.name}: {folder} is no model that transformers loads: {first_line(error)}"
            ) from error
        limit = min([*filter(None, [self.max_length]), *limits(folder, tokenizer, model.config)])
        return _Loaded(tokenizer, model, device_of(self.device, torch), limit)


class _Loaded:
    """A tokenizer and a model on its device."""

    def __init__(self, tokenizer: Any, model: Any, device: str, limit: int) -> None:  # noqa: ANN401 - any of many
        self._tokenizer = tokenizer
        self._model = (model.get_encoder() if model.config.is_encoder_decoder else model).to(device).eval()
        self._device = device
        self._limit = limit
        self._padding = tokenizer.pad_token_id or 0  # masked, so any token does

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the tokens of each text, cut off at the limit."""
        found: list[list[int]] = self._tokenizer(
            list(texts), truncation=True, max_length=self._limit, padding=False, return_attention_mask=False
        )["input_ids"]
        return [tokens or [self._padding] for tokens in found]  # some tokenizers make nothing of an empty text

    def vectors(self, tokens: Sequence[Sequence[int]], pooling: str, *, normalize: bool) -> NDArray[np.float32]:
        """Return a vector for each text, from its tokens."""
        import torch  # noqa: PLC0415 - loaded by now

        lengths = torch.tensor([len(some) for some in tokens])
        ids = torch.full((len(tokens), int(lengths.max())), self._padding)
        for row, some in zip(ids, tokens, strict=True):
            row[: len(some)] = torch.tensor(some)
        mask = torch.arange(ids.shape[1])[None, :] < lengths[:, None]
        with torch.inference_mode():
            hidden = self._model(input_ids=ids.to(self._device), attention_mask=mask.long().to(self._device))
            pooled = _pooled(hidden.last_hidden_state.float(), mask.to(self._device), pooling)
            if normalize:
                pooled = torch.nn.functional.normalize(pooled, dim=1)
            vectors: NDArray[np.float32] = pooled.cpu().numpy()
        return vectors


def _pooled(hidden: torch.Tensor, mask: torch.Tensor, pooling: str) -> torch.Tensor:
    if pooling == "cls":
        return hidden[:, 0]
    if pooling == "last":
        last = mask.sum(dim=1) - 1
        return hidden[range(len(hidden)), last]
    weights = mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * weights).sum(dim=1) / weights.sum(dim=1)
