"""What the outputs of a classification model are: labels, and what makes scores of numbers.

A model that leed trained says it in its config.json, under "leed"; a preset says it of models that are well known; of
all others, config.json tells as Hugging Face's pipelines read it: ``problem_type``, ``function_to_apply`` and how many
labels there are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.errors import InputError, one_of
from leed.schema.terms import MODALITIES
from leed.taxonomy.matching import dimensions
from leed_adapters.transformers.presets import Preset

ACTIVATIONS: Final = ("softmax", "sigmoid", "identity")
"""What makes scores of a model's outputs: shares of 1, a probability each, or nothing."""

_BY_PROBLEM: Final = {
    "single_label_classification": "softmax",
    "multi_label_classification": "sigmoid",
    "regression": "identity",
}
_BY_FUNCTION: Final = {"softmax": "softmax", "sigmoid": "sigmoid", "none": "identity"}
_MODALITY: Final = {"audio": "prosody", "text": "language", "image": "face"}
_UNNAMED: Final = re.compile(r"LABEL_\d+")


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What a model's outputs are.

    Attributes:
        labels: a name for each output.
        modality: what the model hears, sees or reads.
        activation: what makes scores of the outputs, one of ACTIVATIONS.
        taxonomy: the labels' taxonomy, where it is known.
        quantity: what the scores are; None where the labels tell, as those of dimensions do.
    """

    labels: tuple[str, ...]
    modality: str
    activation: str
    taxonomy: str | None = None
    quantity: str | None = None

    @property
    def exclusive(self) -> bool:
        """Whether the scores of a row are shares of 1."""
        return self.activation == "softmax"

    @property
    def is_unnamed(self) -> bool:
        """Whether the labels are only numbered."""
        return all(_UNNAMED.fullmatch(label) for label in self.labels)

    def scores(self, outputs: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return outputs as scores, (n, labels).

        >>> head = Head(labels=("Joy", "Fear"), modality="prosody", activation="softmax")
        >>> head.scores(np.array([[0.0, 0.0]])).tolist()
        [[0.5, 0.5]]
        """
        values = np.asarray(outputs, np.float64)
        if self.activation == "softmax":
            shifted = np.exp(values - values.max(axis=1, keepdims=True))
            values = shifted / shifted.sum(axis=1, keepdims=True)
        elif self.activation == "sigmoid":
            values = 0.5 * (1 + np.tanh(0.5 * values))  # which does not overflow
        return values.astype(np.float32)


def head_of(
    config: Mapping[str, Any],
    kind: str,
    *,
    name: str,
    preset: Preset | None = None,
    modality: str | None = None,
    activation: str | None = None,
) -> Head:
    """Return what the outputs of a model are.

    >>> head_of({"id2label": {"0": "happy", "1": "sad"}}, "audio", name="a/b").activation
    'softmax'

    Args:
        config: config.json.
        kind: what the model takes: "audio", "text" or "image".
        name: what messages call the model.
        preset: what is known of it.
        modality: what the user says that it hears or sees, which goes before everything else.
        activation: what the user says that makes scores of its outputs, likewise.

    Raises:
        InputError: its labels or settings make no sense.
        OptionError: the user says what leed does not know.
    """
    labels = _labels(config, name)
    own = _own(config, name)
    chosen = activation or own.get("activation") or (preset.activation if preset else None) or _told(config, labels)
    if chosen not in ACTIVATIONS:
        raise one_of("activation", chosen, ACTIVATIONS)
    heard = modality or own.get("modality") or (preset.modality if preset else None) or _MODALITY[kind]
    if heard not in MODALITIES:
        raise one_of("modality", heard, MODALITIES)
    quantity = own.get("quantity") or (preset.quantity if preset and not activation else None)
    if quantity is None and chosen != "identity":
        quantity = "probability"
    return Head(
        labels=labels,
        modality=heard,
        activation=chosen,
        taxonomy=own.get("taxonomy") or (preset.taxonomy if preset else None),
        quantity=quantity,
    )


def _labels(config: Mapping[str, Any], name: str) -> tuple[str, ...]:
    named = config.get("id2label")
    if not isinstance(named, Mapping) or not named:
        count = config.get("num_labels", 2)  # transformers writes neither where there are two, unnamed
        return tuple(f"LABEL_{i}" for i in range(count if isinstance(count, int) and count > 0 else 2))
    by_place = {str(place): str(label).strip() for place, label in named.items()}
    labels = [by_place.get(str(i)) for i in range(len(by_place))]
    if not all(labels) or len(set(labels)) < len(labels):
        raise InputError(f"{name}: id2label in its config.json needs one name, and one of its own, for each output")
    return tuple(label for label in labels if label)


def _own(config: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What leed wrote into a config when it trained the model."""
    own = config.get("leed", {})
    if not isinstance(own, Mapping) or not all(value is None or isinstance(value, str) for value in own.values()):
        raise InputError(f'{name}: "leed" in its config.json is no object of words, as leed writes it')
    return own


def _told(config: Mapping[str, Any], labels: Sequence[str]) -> str:
    """What makes scores of the outputs of a model, as its config tells."""
    problem, function = config.get("problem_type"), config.get("function_to_apply")
    if problem in _BY_PROBLEM:
        return _BY_PROBLEM[problem]
    if function in _BY_FUNCTION:
        return _BY_FUNCTION[function]
    if len(dimensions(labels)) == len(labels):
        return "identity"
    return "sigmoid" if len(labels) == 1 else "softmax"
