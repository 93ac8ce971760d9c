"""MTCNN's three networks (Zhang et al., IEEE Signal Processing Letters 23(10), 2016) in torch.

The weights are those that the package ``mtcnn`` carries (MIT); the package itself runs them by TensorFlow.
"""

from __future__ import annotations

import importlib.util
import os
from typing import Any, cast

import joblib
import torch
from torch import Tensor, nn

# Convolutions by their numbers of channels in and out and their size, each followed by PReLU; and pools by size.
_PROPOSAL = ((3, 10, 3), 2, (10, 16, 3), (16, 32, 3))
_REFINEMENT = ((3, 28, 3), 3, (28, 48, 3), -3, (48, 64, 2))
_OUTPUT = ((3, 32, 3), 3, (32, 64, 3), -3, (64, 64, 3), 2, (64, 128, 2))


class _Flat(nn.Module):
    """Channels last, by columns: the order in which the weights were trained."""

    def forward(self, made: Tensor) -> Tensor:
        return made.permute(0, 3, 2, 1).flatten(1)


class Stage(nn.Module):
    """One of the networks: pictures (n, 3, height, width) to shifts of the box's edges, and how sure it is of a face.

    The first works on pictures of any size and answers for each place; the others on squares.
    """

    def __init__(self, layers: tuple[Any, ...], flat: int = 0, wide: int = 0) -> None:
        super().__init__()
        self.body = nn.Sequential()
        for layer in layers:
            if isinstance(layer, tuple):
                self.body.append(nn.Conv2d(*layer))
                self.body.append(nn.PReLU(layer[1]))
            else:  # a negative size leaves out a border that is not full
                self.body.append(nn.MaxPool2d(abs(layer), 2, ceil_mode=layer > 0))
        if flat:
            self.body.append(_Flat())
            self.body.append(nn.Linear(flat, wide))
            self.body.append(nn.PReLU(wide))
        last = layers[-1][1]
        self.box: nn.Module = nn.Linear(wide, 4) if flat else nn.Conv2d(last, 4, 1)
        self.face: nn.Module = nn.Linear(wide, 2) if flat else nn.Conv2d(last, 2, 1)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Return (n, 4, ...) shifts and (n, ...) confidences."""
        made = self.body(pictures)
        return self.box(made), self.face(made).softmax(dim=1)[:, 1]


def stages() -> tuple[Stage, Stage, Stage]:
    """Return the networks that propose, refine and decide.

    Raises:
        ModuleNotFoundError: the package mtcnn is not installed.
    """
    found = importlib.util.find_spec("mtcnn")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("No module named 'mtcnn'", name="mtcnn")
    folder = os.path.join(found.submodule_search_locations[0], "assets", "weights")
    return (
        _filled(Stage(_PROPOSAL), joblib.load(os.path.join(folder, "pnet.lz4"))),
        _filled(Stage(_REFINEMENT, 576, 128), joblib.load(os.path.join(folder, "rnet.lz4"))),
        _filled(Stage(_OUTPUT, 1152, 256), joblib.load(os.path.join(folder, "onet.lz4")), landmarks=True),
    )


def _filled(stage: Stage, given: list[Any], *, landmarks: bool = False) -> Stage:
    """A network with weights in the order and layout of Keras."""
    arrays = [torch.tensor(array) for array in given]
    if landmarks:
        del arrays[-4:-2]  # where eyes, nose and mouth are
    with torch.no_grad():
        for layer in [*stage.body, stage.box, stage.face]:
            if isinstance(layer, nn.PReLU):
                layer.weight.copy_(arrays.pop(0).flatten())
            elif isinstance(layer, (nn.Conv2d, nn.Linear)):
                weight = arrays.pop(0)
                layer.weight.copy_(weight.T if weight.ndim == 2 else weight.permute(3, 2, 0, 1))  # noqa: PLR2004
                cast("Tensor", layer.bias).copy_(arrays.pop(0))
    return stage.eval().requires_grad_(requires_grad=False)
