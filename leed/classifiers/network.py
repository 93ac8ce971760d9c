"""The head of a SequenceClassifier in torch: trained here, and handed back as NumPy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn


class Head(nn.Module):
    """A hidden layer for each step, masked mean and maximum over the steps, and a linear layer."""

    def __init__(self, width: int, hidden: int, classes: int, dropout: float, pieces: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(width, hidden)
        self.drop = nn.Dropout(dropout)
        self.out = nn.Linear(pieces * hidden, classes)

    def forward(self, steps: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        """Return (n, classes) logits of (n, t, width) steps, of which those are looked at that are there, (n, t)."""
        heights = torch.relu(self.hidden(steps))
        mask = there[..., None]
        mean = (heights * mask).sum(dim=1) / mask.sum(dim=1)
        most = heights.masked_fill(~mask, 0.0).amax(dim=1)  # a relu is never below 0
        logits: torch.Tensor = self.out(self.drop(torch.cat((mean, most), dim=1)))
        return logits


def trained(
    settings: Any,  # noqa: ANN401 - a SequenceClassifier
    sequences: list[NDArray[np.float32]],
    codes: NDArray[np.int64],
    train: NDArray[np.int64],
    held: NDArray[np.int64],
    *,
    pieces: int,
) -> tuple[dict[str, NDArray[np.float32]], int]:
    """Return the weights of the epoch with the lowest loss on held-out items, and its number."""
    generator = torch.Generator().manual_seed(settings.random_state or 0)
    torch.manual_seed(settings.random_state or 0)
    classes = int(codes.max()) + 1
    head = Head(sequences[0].shape[1], settings.hidden, classes, settings.dropout, pieces)
    counts = np.bincount(codes[train], minlength=classes)
    weights = torch.tensor(len(train) / (classes * np.maximum(counts, 1)), dtype=torch.float32)
    loss = nn.CrossEntropyLoss(weight=weights)
    adam = torch.optim.Adam(head.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay)
    best, best_epoch = np.inf, 0
    kept = _arrays(head)
    for epoch in range(1, settings.max_epochs + 1):
        head.train()
        order = train[torch.randperm(len(train), generator=generator).numpy()]
        for start in range(0, len(order), settings.batch_size):
            places = order[start : start + settings.batch_size]
            adam.zero_grad()
            loss(head(*_padded(sequences, places)), torch.from_numpy(codes[places])).backward()
            adam.step()
        found = _loss(head, loss, sequences, codes, held)
        if found < best:
            best, best_epoch, kept = found, epoch, _arrays(head)
        elif epoch - best_epoch >= settings.patience:
            break
    return kept, best_epoch


def _loss(
    head: Head, loss: nn.Module, sequences: list[NDArray[np.float32]], codes: NDArray[np.int64], held: NDArray[np.int64]
) -> float:
    head.eval()
    with torch.inference_mode():
        return float(loss(head(*_padded(sequences, held)), torch.from_numpy(codes[held])))


def _padded(sequences: list[NDArray[np.float32]], places: NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
    """Sequences as one tensor (n, t, width), and which of its steps are there, (n, t)."""
    chosen = [sequences[i] for i in places]
    longest = max(len(sequence) for sequence in chosen)
    steps = np.zeros((len(chosen), longest, chosen[0].shape[1]), np.float32)
    there = np.zeros((len(chosen), longest), bool)
    for place, sequence in enumerate(chosen):
        steps[place, : len(sequence)] = sequence
        there[place, : len(sequence)] = True
    return torch.from_numpy(steps), torch.from_numpy(there)


def _arrays(head: Head) -> dict[str, NDArray[np.float32]]:
    return {name: tensor.detach().numpy().copy() for name, tensor in head.state_dict().items()}
