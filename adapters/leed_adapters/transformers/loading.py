"""Classification models of Hugging Face's kind, loaded from a folder with what prepares their input.

Nothing in a folder is run (``trust_remote_code`` is off), and a model whose head has no weights is refused: its scores
would be random.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import torch
import transformers
from safetensors import SafetensorError

from leed.embed.hub import device_of, first_line, quiet, read_json
from leed.errors import InputError, one_of
from leed_adapters.transformers.heads import Head, head_of
from leed_adapters.transformers.pooled import DENSE, pooled_class
from leed_adapters.transformers.presets import licence_of, preset_of

KINDS: Final = {
    "audio": transformers.models.auto.modeling_auto.MODEL_FOR_AUDIO_CLASSIFICATION_MAPPING,
    "text": transformers.models.auto.modeling_auto.MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING,
    "image": transformers.models.auto.modeling_auto.MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING,
}
"""What models take, and the classes of those that leed knows how to use."""
_PREPARING: Final[dict[str, Any]] = {
    "audio": transformers.AutoFeatureExtractor,
    "text": transformers.AutoTokenizer,
    "image": transformers.AutoImageProcessor,
}
_NEEDED: Final = {"audio": "preprocessor_config.json", "text": "its tokenizer", "image": "preprocessor_config.json"}
DTYPES: Final = ("float32", "float16", "bfloat16")


@dataclass(frozen=True)
class Loaded:
    """A model on its device.

    Attributes:
        name: what messages call it.
        folder: where it lies.
        kind: what it takes: "audio", "text" or "image".
        head: what its outputs are.
        model: the model.
        prepare: what makes its input: a feature extractor, a tokenizer or an image processor.
        device: where it is.
        licence: its licence, as far as it is known.
    """

    name: str
    folder: str
    kind: str
    head: Head
    model: Any
    prepare: Any
    device: str
    licence: str | None

    def outputs(self, inputs: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """Return what the model says of some inputs, (n, labels) float32 on the CPU."""
        dtype = next(self.model.parameters()).dtype
        placed = {
            name: value.to(self.device, dtype if value.is_floating_point() else None) for name, value in inputs.items()
        }
        with torch.inference_mode(), warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Support for mismatched key_padding_mask")  # by transformers' own WavLM
            logits: torch.Tensor = self.model(**placed).logits
        return logits.float().cpu()


def load(
    folder: str,
    *,
    name: str,
    device: str = "auto",
    dtype: str = "float32",
    modality: str | None = None,
    activation: str | None = None,
) -> Loaded:
    """Return the model in a folder.

    Args:
        folder: what `leed.embed.hub.folder_of` returned.
        name: what the user called the model.
        device: "cpu", "cuda", "cuda:1", "mps", or "auto" for the fastest that is there.
        dtype: what is calculated in: float32, float16 or bfloat16.
        modality: what the user says that it hears or sees.
        activation: what the user says that makes scores of its outputs.

    Raises:
        InputError: there is no model in it that leed can use.
        OptionError: an option has a value that cannot be.
    """
    if dtype not in DTYPES:
        raise one_of("dtype", dtype, DTYPES)
    plain = dict(read_json(os.path.join(folder, "config.json")))
    preset = preset_of(name, plain)
    with quiet(transformers):
        config = _config(folder, name)
        kind = _kind(config, plain, name)
        head = head_of(plain, kind, name=name, preset=preset, modality=modality, activation=activation)
        config.num_labels = len(head.labels)
        placed = device_of(device, torch)
        model = _model(folder, config, kind, getattr(torch, dtype), name)
        prepare = _prepare(folder, kind, name)
    return Loaded(name, folder, kind, head, model.to(placed).eval(), prepare, placed, licence_of(folder, preset))


def _config(folder: str, name: str) -> Any:  # noqa: ANN401 - any of many
    try:
        return transformers.AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise InputError(f"{name}: {folder} holds no model that transformers knows: {first_line(error)}") from error


def _kind(config: Any, plain: Mapping[str, Any], name: str) -> str:  # noqa: ANN401 - any of many
    """What a model takes, by the class that it was saved by, else by the kind of its config."""
    saved = plain.get("architectures") or []
    able = [kind for kind, classes in KINDS.items() if type(config) in classes]
    if not able:
        what = f"is a {config.model_type} model, and leed measures with models that classify audio, text or images"
        raise InputError(f"{name}: {what}")
    return next((kind for kind in able if _class_of(kind, config).__name__ in saved), able[0])


def _class_of(kind: str, config: Any) -> Any:  # noqa: ANN401 - any of many
    found: Any = KINDS[kind][type(config)]
    return found[0] if isinstance(found, tuple) else found


def _model(folder: str, config: Any, kind: str, dtype: torch.dtype, name: str) -> Any:  # noqa: ANN401 - any of many
    model, told = _from(_class_of(kind, config), folder, config, dtype, name)
    if kind == "audio" and DENSE in told["unexpected_keys"]:
        model, told = _from(pooled_class(config), folder, config, dtype, name)
    other = sorted(key for key, *_ in told["mismatched_keys"])
    if other:
        what = f"has {config.num_labels} labels in its config.json, and a head of another size ({other[0]})"
        raise InputError(f"{name}: {what}: correct id2label, or give a model that was saved whole")
    missing = sorted(told["missing_keys"])
    if missing:
        shown = ", ".join(missing[:3]) + (", ..." if len(missing) > 3 else "")  # noqa: PLR2004 - fits a line
        what = f"has no weights for {shown}, so its scores would be random"
        raise InputError(f"{name}: {what}; give a model that was trained to classify, and saved whole")
    return model


def _from(cls: Any, folder: str, config: Any, dtype: torch.dtype, name: str) -> tuple[Any, dict[str, set[Any]]]:  # noqa: ANN401
    try:
        model, told = cls.from_pretrained(
            folder,
            config=config,
            dtype=dtype,
            local_files_only=True,
            output_loading_info=True,
            ignore_mismatched_sizes=True,
        )
    except (OSError, ValueError, KeyError, AttributeError, TypeError, RuntimeError, SafetensorError) as error:
        raise InputError(f"{name}: the model in {folder} cannot be loaded: {first_line(error)}") from error
    return model, told


def _prepare(folder: str, kind: str, name: str) -> Any:  # noqa: ANN401 - any of many
    try:
        return _PREPARING[kind].from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"{folder} lacks what prepares its input ({_NEEDED[kind]}), or it cannot be read"
        raise InputError(f"{name}: {what}") from error
