"""Speech models whose head is dense, tanh and linear, on the mean of what is heard: transformers has no class for them.

Models fine-tuned by an old, widely copied script have it, among them audEERING's for arousal, dominance and valence:
their weights are named ``classifier.dense`` and ``classifier.out_proj``. transformers would load them without a word of
error, with a head of random numbers.
"""

from __future__ import annotations

from typing import Any, Final

import torch
from transformers import PreTrainedConfig, PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput
from transformers.models.auto.modeling_auto import MODEL_MAPPING

DENSE: Final = "classifier.dense.weight"
"""What the weights of such a head are called."""
_POOLINGS: Final = ("mean", "sum", "max")


def pooled_class(config: PreTrainedConfig) -> type[PreTrainedModel]:
    """Return the class of models with such a head on the encoder that a config describes."""
    encoder: Any = MODEL_MAPPING[type(config)]
    parent: Any = encoder.__bases__[0]

    class PooledClassifier(parent):  # type: ignore[misc] # each kind of encoder has a parent of its own
        def __init__(self, config: Any) -> None:  # noqa: ANN401 - any of many
            super().__init__(config)
            setattr(self, parent.base_model_prefix, encoder(config))
            self.classifier = _Head(config)
            self.pooling = getattr(config, "pooling_mode", "mean")
            self.post_init()

        def forward(
            self, input_values: torch.Tensor, attention_mask: torch.Tensor | None = None
        ) -> SequenceClassifierOutput:
            heard = getattr(self, parent.base_model_prefix)(input_values, attention_mask=attention_mask)[0]
            mask = torch.ones(heard.shape[:2], dtype=torch.bool, device=heard.device)
            if attention_mask is not None:
                mask = self._get_feature_vector_attention_mask(heard.shape[1], attention_mask).bool()
            return SequenceClassifierOutput(logits=self.classifier(_pooled(heard, mask, self.pooling)))

    return PooledClassifier


class _Head(torch.nn.Module):
    def __init__(self, config: Any) -> None:  # noqa: ANN401 - any of many
        super().__init__()
        self.dense = torch.nn.Linear(config.hidden_size, config.hidden_size)
        self.out_proj = torch.nn.Linear(config.hidden_size, config.num_labels)

    def forward(self, pooled: torch.Tensor) -> torch.Tensor:
        outputs: torch.Tensor = self.out_proj(torch.tanh(self.dense(pooled)))
        return outputs


def _pooled(heard: torch.Tensor, mask: torch.Tensor, pooling: str) -> torch.Tensor:
    """What is heard in all that the mask says was there, as one vector each."""
    if pooling not in _POOLINGS:
        raise ValueError(f"pooling_mode is {pooling!r}; known are {', '.join(_POOLINGS)}")
    weights = mask.unsqueeze(-1).to(heard.dtype)
    if pooling == "max":
        return heard.masked_fill(weights == 0, -torch.inf).amax(dim=1)
    summed = (heard * weights).sum(dim=1)
    return summed if pooling == "sum" else summed / weights.sum(dim=1)
