"""The model: a Whisper encoder with a head, which parts of it are trained, and how it is saved."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import torch
import transformers
from numpy.typing import NDArray
from safetensors import SafetensorError
from torch import Tensor, nn

from leed.embed.hub import device_of, first_line, folder_of, quiet
from leed.errors import InputError, OptionError
from leed_adapters.media.sound import RATE
from leed_adapters.transformers.training.settings import Settings

_LEAST: Final = 0.1
"""Of the median spread: a direction that differs less between clips is scaled as if it differed so much."""
_TINY: Final = 1e-6
_STEP: Final = 320
"""Samples between two positions of the encoder: its features are 10 ms apart, and it takes every second one."""


class Voice:
    """A Whisper encoder with a head, on its device.

    Attributes:
        model: what transformers calls an audio classifier.
        device, precision: where it is, and what is calculated in there beside float32, or None.
        extractor: what makes its features of sound.
        encodes: whether the encoder stays as it is, so that the head can be trained on what it made once.
    """

    def __init__(self, settings: Settings, labels: Sequence[str]) -> None:
        self.device = device_of(settings.device, torch)
        self.precision = precision_of(settings.precision, self.device)
        self.model: Any = _loaded(settings, labels)
        _shortened(self.model, settings)
        config = self.model.config
        self.extractor = transformers.WhisperFeatureExtractor(  # type: ignore[no-untyped-call] # has no types
            feature_size=config.num_mel_bins, chunk_length=config.max_source_positions * _STEP // RATE
        )
        self.encodes = settings.frozen_layers is None
        self._frozen = list(_frozen(self.model, settings))
        for part in self._frozen:
            part.requires_grad_(requires_grad=False)
        self.model.encoder.embed_positions.requires_grad_(requires_grad=False)  # as Whisper has it
        self.model.to(self.device)
        self._mean, self._spread = torch.tensor(0.0), torch.tensor(1.0)

    @property
    def longest(self) -> float:
        """How many seconds of a clip it hears."""
        return float(self.extractor.chunk_length)

    def features(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (mels, frames) of (n,) samples."""
        made: NDArray[np.float32] = self.extractor(samples, sampling_rate=RATE, return_tensors="np")["input_features"][
            0
        ]
        return made

    def encoded(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (b, d) of (b, mels, frames): the mean of what the encoder makes of each."""
        self.train(training=False)
        with torch.inference_mode(), self._mixed():
            return self._pooled(features).cpu().numpy()

    def logits(self, inputs: NDArray[np.float32]) -> Tensor:
        """Return (b, k) of features, or, where the encoder stays as it is, of (b, d, 1) that `encoded` made of them.

        The head is linear up to the mean that it takes, so that the mean may come first: that changes only roundings.
        """
        with self._mixed():
            pooled = self._moved(inputs[..., 0]) if self.encodes else self._pooled(inputs)
            scaled = (pooled - self._mean) / self._spread
            made: Tensor = self.model.classifier(self.model.projector(scaled))
        return made.float()

    def _pooled(self, features: NDArray[np.float32]) -> Tensor:
        hidden: Tensor = self.model.encoder(self._moved(features)).last_hidden_state
        return hidden.float().mean(dim=1)

    def scale(self, encoded: NDArray[np.float32]) -> None:
        """Let the head see what the encoder makes on a mean of 0 and a spread of 1: it learns far sooner.

        Args:
            encoded: (n, d) of clips that are learned from.
        """
        mean, spread = encoded.mean(axis=0, dtype=np.float64), encoded.std(axis=0, dtype=np.float64)
        least = max(float(np.median(spread)) * _LEAST, _TINY)
        self._mean = torch.from_numpy(mean.astype(np.float32)).to(self.device)
        self._spread = torch.from_numpy(np.maximum(spread, least).astype(np.float32)).to(self.device)

    def begin_at(self, usual: NDArray[np.float32]) -> None:
        """Let the head begin with the (k,) logits that are usual, whatever it hears: no update is spent on them."""
        with torch.no_grad():
            self.model.classifier.weight.zero_()
            self.model.classifier.bias.copy_(torch.from_numpy(usual))

    def train(self, *, training: bool) -> None:
        """Turn on what differs while training, such as dropout, in the parts that are trained."""
        self.model.train(training)
        for part in self._frozen:
            part.eval()

    def groups(self, settings: Settings) -> list[dict[str, Any]]:
        """Return the parameters that are trained as an optimizer's groups; biases and norms do not decay."""
        made: list[dict[str, Any]] = []
        for encoder, rate in ((False, settings.head_rate), (True, settings.encoder_rate)):
            for decays in (True, False):
                params = [
                    weights
                    for name, weights in self.trained()
                    if name.startswith("encoder.") == encoder and (weights.ndim > 1) == decays
                ]
                if params:
                    decay = settings.weight_decay if decays else 0.0
                    made.append({"params": params, "lr": rate, "weight_decay": decay})
        return made

    def trained(self) -> Iterator[tuple[str, nn.Parameter]]:
        """Yield the parameters that are trained, with their names."""
        return ((name, weights) for name, weights in self.model.named_parameters() if weights.requires_grad)

    def weights(self) -> dict[str, Tensor]:
        """Return a copy of what is trained."""
        return {name: weights.detach().to("cpu", copy=True) for name, weights in self.trained()}

    def take(self, weights: Mapping[str, Tensor]) -> None:
        """Put back what `weights` gave."""
        with torch.no_grad():
            for name, own in self.trained():
                own.copy_(weights[name])

    def _unscale(self) -> None:
        """Put the scaling into the head's weights, so that it sees what the encoder gives as it is."""
        with torch.no_grad():
            head, mean, spread = self.model.projector, self._mean.cpu().double(), self._spread.cpu().double()
            weight = head.weight.cpu().double() / spread
            head.bias.copy_(head.bias.cpu().double() - (weight * mean).sum(dim=1))
            head.weight.copy_(weight)
        self._mean, self._spread = torch.tensor(0.0), torch.tensor(1.0)

    def _moved(self, inputs: NDArray[np.float32]) -> Tensor:
        return torch.from_numpy(inputs).to(self.device)

    def _mixed(self) -> torch.autocast:
        kind = torch.device(self.device).type
        return torch.autocast(kind, dtype=self.precision, enabled=self.precision is not None)

    def digest(self) -> str:
        """Return a digest of all weights."""
        found = hashlib.sha256()
        for name, weights in sorted(self.model.state_dict().items()):
            found.update(name.encode())
            found.update(weights.detach().cpu().contiguous().view(torch.uint8).numpy())
        return found.hexdigest()

    def save(self, folder: str, about: Mapping[str, Any], problem: str) -> None:
        """Write the model to a folder, as transformers reads it, with what leed wants to know of it."""
        self._unscale()
        self.model.config.problem_type = problem
        self.model.config.leed = dict(about)
        with quiet(transformers):
            self.model.save_pretrained(folder)
            self.extractor.save_pretrained(folder)


def precision_of(name: str, device: str) -> torch.dtype | None:
    """Return what is calculated in beside float32, or None.

    Raises:
        OptionError: mixed precision is asked for, and there is no GPU.
    """
    gpu = device.startswith("cuda")
    if name == "fp32" or (name == "auto" and not gpu):
        return None
    if not gpu:
        raise OptionError(f"precision {name} is for a GPU, and this runs on {device}: give fp32, or auto")
    if name == "fp16" or not torch.cuda.is_bf16_supported():
        return torch.float16
    return torch.bfloat16


def _loaded(settings: Settings, labels: Sequence[str]) -> Any:  # noqa: ANN401 - transformers' classes are typed in part
    """A base with a new head, which begins as torch's layers do, by the seed that is set, whatever the base had."""
    classifier: Any = transformers.WhisperForAudioClassification
    base = settings.base
    folder = folder_of(base, what=base, download=settings.download)
    try:
        with quiet(transformers):
            kind = transformers.AutoConfig.from_pretrained(folder, local_files_only=True).model_type
            if kind != "whisper":
                raise InputError(
                    f"{base}: is a model of the kind {kind!r}; give a Whisper, such as openai/whisper-small"
                )
            model, info = classifier.from_pretrained(
                folder,
                local_files_only=True,
                id2label=dict(enumerate(labels)),
                label2id={label: place for place, label in enumerate(labels)},
                use_weighted_layer_sum=False,
                ignore_mismatched_sizes=True,
                output_loading_info=True,
                dtype=torch.float32,
            )
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise InputError(f"{base}: is no model that transformers loads: {first_line(error)}") from error
    lacking = [name for name in info["missing_keys"] if name.startswith("encoder.")]
    if lacking:
        raise InputError(f"{base}: lacks {len(lacking)} of a Whisper encoder's weights, such as {min(lacking)}")
    model.projector.reset_parameters()
    model.classifier.reset_parameters()
    return model


def _shortened(model: Any, settings: Settings) -> None:  # noqa: ANN401 - as above
    """Let the encoder hear fewer seconds than it could."""
    config = model.config
    most = config.max_source_positions * _STEP / RATE
    if most != math.floor(most):
        raise InputError(f"{settings.base}: hears {most:g} s; leed takes models that hear whole seconds")
    if settings.longest is None or settings.longest == most:
        return
    if settings.longest > most:
        raise OptionError(f"longest is {settings.longest}; {settings.base} hears {most:g} s at most")
    kept = settings.longest * RATE // _STEP
    embedding: Any = nn.Embedding
    heard = model.encoder.embed_positions.weight.detach()[:kept].clone()
    model.encoder.embed_positions = embedding.from_pretrained(heard)
    model.encoder.max_source_positions = config.max_source_positions = kept


def _frozen(model: Any, settings: Settings) -> Iterator[nn.Module]:  # noqa: ANN401 - as above
    count, layers = settings.frozen_layers, model.encoder.layers
    if count is None:
        yield model.encoder
        return
    if count > len(layers):
        raise OptionError(f"freeze is {count}; the encoder of {settings.base} has {len(layers)} layers")
    if count:
        yield from (model.encoder.conv1, model.encoder.conv2, *layers[:count])
