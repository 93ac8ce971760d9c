"""Embedders that tests can count, and a small model of their own."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leed.errors import EmbeddingError

WORDS = ("they", "look", "sound", "quite", "very", "sad", "glad", "joyful", ".", "a", "b", "c")


class Counting:
    """An embedder that keeps what it was given; a text's vector is its length and its number of words.

    Attributes:
        seen: every text that it was given, in order.
        fails_at: from how many texts on it fails.
    """

    def __init__(self, name: str = "counting", version: str = "1", fails_at: int | None = None) -> None:
        self.name = name
        self.version = version
        self.dimensions: int | None = 2
        self.seen: list[str] = []
        self.fails_at = fails_at

    def embed(self, texts: Sequence[str], /) -> NDArray[np.float32]:
        if self.fails_at is not None and len(self.seen) + len(texts) > self.fails_at:
            raise EmbeddingError("the service is down")
        self.seen += texts
        return np.array([[len(text), len(text.split())] for text in texts], np.float32)


def tiny_model(folder: Path, kind: str = "bert", seed: int = 0) -> str:
    """Save a model of a few dimensions with random weights, and its tokenizer; return the folder."""
    import torch  # noqa: PLC0415 - heavy
    import transformers  # noqa: PLC0415 - heavy

    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    tokenizer = transformers.BertTokenizer(vocab={word: i for i, word in enumerate(vocabulary)})
    torch.manual_seed(seed)
    model: transformers.PreTrainedModel
    if kind == "bert":
        model = transformers.BertModel(
            transformers.BertConfig(
                vocab_size=len(vocabulary),
                hidden_size=16,
                num_hidden_layers=2,
                num_attention_heads=2,
                intermediate_size=32,
                max_position_embeddings=24,
            )
        )
    else:
        model = transformers.T5Model(
            transformers.T5Config(
                vocab_size=len(vocabulary), d_model=16, d_kv=8, d_ff=32, num_layers=2, num_heads=2, pad_token_id=0
            )
        )
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    assert json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return str(folder)
